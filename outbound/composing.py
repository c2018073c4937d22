"""What a decision makes us owe: an answer by mail or letter, and the hand-over of a case that is ready.

Pure and quick: it is called inside the deciding transaction, once the case code is known. Keys are derived from the
item and its revision, so that the same debt never gets two.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from email import message_from_bytes
from email.header import decode_header, make_header
from email.utils import format_datetime, formataddr

from mailroom.case import Case, Filed
from mailroom.context import Judgement
from mailroom.decision import Applicant, ReplyKind, Service, Via
from mailroom.dispatch import Dispatch, DispatchChannel
from mailroom.envelope import Channel
from outbound.acknowledging import AnswersConfig, Wording, template_name, word
from outbound.addressing import message_id, one_line, thread_fields
from outbound.handing_over import hand_over
from outbound.occasion import Occasion
from outbound.personal import Impersonal, Personal
from outbound.phrases import Language
from outbound.wire import two_forms


def compose(
    judgement: Judgement,
    case: Case | None,
    occasion: Occasion,
    *,
    answers: AnswersConfig,
    personal: Personal = Impersonal(),
    earlier: Sequence[Filed] = (),
) -> tuple[Dispatch, ...]:
    """Every dispatch this judgement makes us owe; nothing while a person has yet to look at it. `earlier`: the other
    sendings of a case that this one completes."""
    if judgement.decision.needs_review:
        return ()
    answer = _answer(judgement, case, occasion, answers, personal)
    return (*answer, *hand_over(judgement, case, occasion, earlier))


def _answer(
    judgement: Judgement, case: Case | None, occasion: Occasion, answers: AnswersConfig, personal: Personal
) -> tuple[Dispatch, ...]:
    decision = judgement.decision
    reply = decision.reply
    if reply.kind is ReplyKind.NONE or reply.via is Via.NONE or not reply.to:
        return ()
    code = case.code if case else decision.case_code
    # Only a case that we know to be theirs: a code that a letter merely names proves nothing and gets nothing.
    own = case.code if case else None
    completed = _completes(judgement, case)
    invited = template_name(decision) == "conciliation" or (completed and _of_conciliation(case))
    link = personal.claim_link(own) if own and invited else None
    token = personal.reply_token(own) if own else None
    words = word(
        decision,
        case_code=code,
        case=case,
        answers=answers,
        completed=completed,
        claim_link=link,
        reply_token=token,
        language=occasion.language,
        on_paper=reply.via is Via.LETTER,
    )
    key = f"answer/{occasion.item_id}/{occasion.revision}"
    said = hashlib.sha256(f"{words.subject}\n{_without_link(words.text, link)}".encode()).hexdigest()
    if reply.via is Via.LETTER:
        to = _window(reply.name or _name(decision.applicant), reply.to)
        payload = letter_payload(words, to=to, case_code=code, link=link, language=occasion.language)
        letter = _dispatch(key, DispatchChannel.LETTER, reply.to, payload, False, occasion, code)
        return (replace(letter, reply_token=token, words=said),)
    pec = occasion.envelope.channel is Channel.PEC and answers.pec_sender is not None
    channel = DispatchChannel.PEC if pec else DispatchChannel.EMAIL
    mail = written(words, key=key, to=reply.to, occasion=occasion, answers=answers, pec=pec)
    return (replace(_dispatch(key, channel, reply.to, mail, True, occasion, code), reply_token=token, words=said),)


def _completes(judgement: Judgement, case: Case | None) -> bool:
    """Whether this sending brought the last that a case had waited for."""
    change = judgement.change
    return case is not None and change.join is not None and bool(change.completes) and not case.missing


def _of_conciliation(case: Case | None) -> bool:
    return case is not None and case.service is Service.CONCILIATION


def _without_link(text: str, link: str | None) -> str:
    """Each personal link is another one, and says nothing new."""
    return text.replace(link, "") if link else text


def letter_payload(
    words: Wording,
    *,
    to: Sequence[str],
    case_code: str | None,
    link: str | None = None,
    language: Language = Language.ITALIAN,
) -> bytes:
    """A letter's draft, as `outbound.letter` reads it."""
    draft = {
        "subject": words.subject,
        "text": words.text,
        "to": list(to),
        "case_code": case_code,
        "link": link,
        "language": language.value,
    }
    return json.dumps(draft, ensure_ascii=False).encode()


def address_lines(who: Applicant) -> list[str]:
    """Name, street, CAP and town, as far as they are known."""
    return _window(_name(who), who.address)


def _name(who: Applicant) -> str:
    return " ".join(filter(None, (who.first_name, who.last_name)))


def _window(name: str, address: str | None) -> list[str]:
    street, _, town = (address or "").rpartition(", ")
    return [line for line in (name, street, town) if line]


def written(
    words: Wording,
    *,
    key: str,
    to: str,
    occasion: Occasion,
    answers: AnswersConfig,
    pec: bool = False,
    submitted: str = "auto-replied",
) -> bytes:
    """An RFC 5322 message with the manners of RFC 3834; the same key always gives the same Message-ID."""
    sender = answers.pec_sender if pec and answers.pec_sender else answers.sender
    domain = sender.partition("@")[2]
    fields = (
        ("From", formataddr((one_line(answers.sender_name), sender))),
        ("To", one_line(to)),
        ("Subject", one_line(words.subject)),
        ("Date", format_datetime(occasion.now)),
        ("Message-ID", message_id(key, domain)),
        ("Auto-Submitted", submitted),
        # Exchange looks at this field rather than at RFC 3834's before it sends a notice of absence.
        ("X-Auto-Response-Suppress", "All"),
    )
    thread = thread_fields(occasion.envelope.message_id or "", occasion.envelope.references)
    return thread + two_forms(fields, text=words.text, html=words.html)


def plain_text(channel: DispatchChannel, payload: bytes) -> str:
    """The words of an answer that lies in the outbox; empty for what has none."""
    if channel is DispatchChannel.LETTER:
        return str(json.loads(payload)["text"])
    parts = message_from_bytes(payload).walk()
    words = next((part for part in parts if part.get_content_type() == "text/plain"), None)
    raw = words.get_payload(decode=True) if words is not None else None
    return raw.decode("utf-8", "replace") if isinstance(raw, bytes) else ""


def outgoing(channel: DispatchChannel, payload: bytes) -> tuple[str | None, str]:
    """Subject and words of what lies in the outbox, for people to read; empty words once they are erased. Of a
    hand-over its JSON, indented."""
    if not payload:
        return None, ""
    if channel is DispatchChannel.PORTAL:
        return None, json.dumps(json.loads(payload), ensure_ascii=False, indent=2)
    if channel is DispatchChannel.LETTER:
        return str(json.loads(payload)["subject"]), plain_text(channel, payload)
    subject = str(make_header(decode_header(message_from_bytes(payload)["Subject"] or "")))
    return subject, plain_text(channel, payload)


def _dispatch(
    key: str,
    channel: DispatchChannel,
    to: str | None,
    payload: bytes,
    repeatable: bool,
    occasion: Occasion,
    code: str | None,
) -> Dispatch:
    return Dispatch(
        key=key,
        channel=channel,
        to=to,
        payload=payload,
        repeatable=repeatable,
        item_id=occasion.item_id,
        case_code=code,
    )
