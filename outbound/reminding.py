"""The one reminder of a case that waits for the citizen, and the word that it waits no longer: they go the way the last
answer went."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from email import message_from_bytes

from mailroom.case import Case
from mailroom.dispatch import Dispatch, DispatchChannel
from mailroom.envelope import Channel, Envelope
from mailroom.timetable import reminder_key
from outbound.acknowledging import AnswersConfig, Wording, giving_up_words, reminding_words
from outbound.composing import address_lines, letter_payload, plain_text, written
from outbound.occasion import Occasion
from outbound.personal import Impersonal, Personal
from outbound.phrases import Language
from outbound.tongue import language_of


@dataclass(frozen=True, slots=True, kw_only=True)
class LastAnswer:
    """Our last answer on a case: what comes after it goes the same way and speaks the same language."""

    channel: DispatchChannel
    to: str
    payload: bytes

    @property
    def on_paper(self) -> bool:
        return self.channel is DispatchChannel.LETTER


def remind(
    case: Case,
    last: LastAnswer,
    *,
    now: datetime,
    answers: AnswersConfig,
    personal: Personal = Impersonal(),
    closes_on: date | None = None,
) -> Dispatch:
    """What reminds the citizen of `case`; `closes_on` is told if the case then ends."""
    token, language = personal.reply_token(case.code), _language(last)
    words = reminding_words(
        case,
        answers=answers,
        reply_token=token,
        language=language,
        on_paper=last.on_paper,
        closes_on=closes_on,
    )
    return _dispatch(reminder_key(case.code), words, language, case, last, now=now, answers=answers, token=token)


def give_up(
    case: Case, last: LastAnswer, *, now: datetime, answers: AnswersConfig, personal: Personal = Impersonal()
) -> Dispatch:
    """What tells the citizen that `case` is closed, since what was asked for did not come; once for each time that it
    waited."""
    token, language = personal.reply_token(case.code), _language(last)
    words = giving_up_words(case, answers=answers, reply_token=token, language=language, on_paper=last.on_paper)
    waited = case.waits_until.date().isoformat() if case.waits_until else ""
    key = f"given_up/{case.code}/{waited}"
    return _dispatch(key, words, language, case, last, now=now, answers=answers, token=token)


def _language(last: LastAnswer) -> Language:
    return language_of(plain_text(last.channel, last.payload))


def _dispatch(
    key: str,
    words: Wording,
    language: Language,
    case: Case,
    last: LastAnswer,
    *,
    now: datetime,
    answers: AnswersConfig,
    token: str | None,
) -> Dispatch:
    if last.on_paper:
        to_lines = _address(last.payload) or address_lines(case.applicant)
        payload = letter_payload(words, to=to_lines, case_code=case.code, language=language)
    else:
        payload = _message(words, key, last.to, last.channel, last.payload, now, answers)
    return Dispatch(
        key=key,
        channel=last.channel,
        to=last.to,
        payload=payload,
        repeatable=not last.on_paper,
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
