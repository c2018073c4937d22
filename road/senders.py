"""Which sender works off which channel of the outbox, by configuration."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from mailroom.dispatch import DispatchChannel
from mailroom.ports import Sender
from outbound.drop import MaildirSender
from outbound.portal import PortalSender
from outbound.smtp import SmtpConfig, SmtpSender
from road.config import GatewayConfig


def senders_for(config: GatewayConfig, content: Callable[[str, str], bytes]) -> Mapping[DispatchChannel, Sender]:
    """Channels without a sender stay in the outbox: letters wait in the print queue, hand-overs for a Portal.

    `content` gives a document's bytes by item id and digest.
    """
    drop = MaildirSender(config.gateway.state / "outgoing")
    mail: Sender = SmtpSender(config.smtp) if config.smtp else drop
    senders: dict[DispatchChannel, Sender] = {
        DispatchChannel.EMAIL: mail,
        DispatchChannel.PEC: SmtpSender(_certified(config, config.pec_smtp)) if config.pec_smtp else mail,
    }
    if config.portal:
        senders[DispatchChannel.PORTAL] = PortalSender(config.portal, content)
    return senders


def _certified(config: GatewayConfig, smtp: SmtpConfig) -> SmtpConfig:
    """PEC providers take mail only from the mailbox's own address, the null return path included: receipts go there."""
    return replace(smtp, bounce_address=smtp.bounce_address or config.answers.pec_sender or "")
