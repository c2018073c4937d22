"""Which sender works off which channel of the outbox, by configuration."""

from __future__ import annotations

from collections.abc import Mapping

from mailroom.dispatch import DispatchChannel
from mailroom.ports import Sender
from outbound.drop import MaildirSender
from road.config import GatewayConfig


def senders_for(config: GatewayConfig) -> Mapping[DispatchChannel, Sender]:
    """Channels without a sender stay in the outbox: letters wait in the print queue, hand-overs for a Portal."""
    out = MaildirSender(config.gateway.state / "outgoing")
    return {DispatchChannel.EMAIL: out, DispatchChannel.PEC: out}
