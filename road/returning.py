"""Answers that came back: a letter goes out instead, or an operator is asked."""

from __future__ import annotations

from datetime import datetime

from outbound.returning import letter_instead
from road.gateway import Gateway


def answer_returned(gateway: Gateway, now: datetime) -> int:
    """How many came back since the last look."""
    back = gateway.ledger.returned_dispatches()
    for dispatch in back:
        detail = gateway.views.case(dispatch.case_code) if dispatch.case_code else None
        case = detail.row.case if detail else None
        letter = letter_instead(dispatch, case, now=now, answers=gateway.config.answers)
        gateway.ledger.replace_dispatch(dispatch, letter)
    return len(back)
