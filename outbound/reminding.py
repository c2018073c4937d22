"""The one reminder of a case that waits for the citizen: it goes the way the last answer went."""

from __future__ import annotations

import json
from datetime import datetime
from email import message_from_bytes

from mailroom.case import Case
from mailroom.dispatch import Dispatch, DispatchChannel
from mailroom.envelope import Channel, Envelope
from outbound.acknowledging import AnswersConfig, Wording, reminding_words
from outbound.composing import address_lines, letter_payload, plain_text, written
from outbound.occasion import Occasion
from outbound.personal import Impersonal, Personal
from outbound.tongue import language_of


def remind(
    case: Case,
    *,
    channel: DispatchChannel,
    to: str,
    answer: bytes,
    now: datetime,
    answers: AnswersConfig,
    personal: Personal = Impersonal(),
) -> Dispatch:
    """What reminds the citizen of `case`. `channel`, `to` and `answer` are those of our last answer on it; a message
    goes on with its conversation and speaks its language."""
    token = personal.reply_token(case.code)
    on_paper = channel is DispatchChannel.LETTER
    language = language_of(plain_text(channel, answer))
    words = reminding_words(case, answers=answers, reply_token=token, language=language, on_paper=on_paper)
    key = f"reminder/{case.code}"
    if on_paper:
        to_lines = _address(answer) or address_lines(case.applicant)
        payload = letter_payload(words, to=to_lines, case_code=case.code, language=language)
    else:
        payload = _message(words, key, to, channel, answer, now, answers)
    return Dispatch(
        key=key,
        channel=channel,
        to=to,
        payload=payload,
        repeatable=not on_paper,
        item_id=None,
        case_code=case.code,
        reply_token=token,
    )


def _message(
    words: Wording, key: str, to: str, channel: DispatchChannel, answer: bytes, now: datetime, answers: AnswersConfig
) -> bytes:
    earlier = message_from_bytes(answer)
    pec = channel is DispatchChannel.PEC
    conversation = Envelope(
        channel=Channel.PEC if pec else Channel.EMAIL,
        message_id=earlier["Message-ID"],
        references=tuple(str(earlier["References"] or "").split()),
    )
    occasion = Occasion(item_id="", revision=1, envelope=conversation, now=now)
    return written(words, key=key, to=to, occasion=occasion, answers=answers, pec=pec, submitted="auto-generated")


def _address(answer: bytes) -> list[str]:
    return [str(line) for line in json.loads(answer).get("to", [])]
