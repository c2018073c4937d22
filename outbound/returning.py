"""A letter in the place of an answer that came back."""

from __future__ import annotations

import re
from datetime import datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.utils import parsedate_to_datetime

from mailroom.case import Case
from mailroom.dispatch import Dispatch, DispatchChannel
from outbound.acknowledging import AnswersConfig, returning_words
from outbound.composing import address_lines, letter_payload, plain_text
from outbound.tongue import language_of

LEAST_LINES = 3
"""Name, street, and CAP with town: with less a letter doesn't arrive."""


def letter_instead(dispatch: Dispatch, case: Case | None, *, now: datetime, answers: AnswersConfig) -> Dispatch | None:
    """The letter that says what `dispatch` (a message) said; None where no postal address is known."""
    lines = address_lines(case.applicant) if case is not None else []
    if len(lines) < LEAST_LINES:
        return None
    message = message_from_bytes(dispatch.payload)
    text = plain_text(dispatch.channel, dispatch.payload)
    language = language_of(text)
    words = returning_words(
        subject=str(make_header(decode_header(message["Subject"] or ""))),
        text=text,
        day=parsedate_to_datetime(message["Date"]) if message["Date"] else now,
        address=dispatch.to or "",
        case_code=dispatch.case_code,
        answers=answers,
        language=language,
    )
    link = _claim_link(text, answers.claim_base)
    return Dispatch(
        key=f"return/{dispatch.key}",
        channel=DispatchChannel.LETTER,
        to=", ".join(lines),
        payload=letter_payload(words, to=lines, case_code=dispatch.case_code, link=link, language=language),
        repeatable=False,
        item_id=dispatch.item_id,
        case_code=dispatch.case_code,
    )


def _claim_link(text: str, base: str | None) -> str | None:
    """The personal link of a conciliation answer, for the letter's QR code."""
    found = re.search(re.escape(base.rstrip("/")) + r"/\S+", text) if base else None
    return found[0] if found else None
