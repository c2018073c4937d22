"""Reminds, once, of cases whose time to bring what is missing runs out: by the way the last answer went."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import structlog

from mailroom.calendar import is_working_day
from mailroom.case import Case
from outbound.reminding import remind
from road.gateway import Gateway

log = structlog.get_logger()
ROME = ZoneInfo("Europe/Rome")
OFFICE_HOURS = range(8, 18)


def remind_cases(gateway: Gateway, now: datetime) -> int:
    """How many cases were reminded. Outside office hours none: a reminder at night helps nobody."""
    here = now.astimezone(ROME)
    if here.hour not in OFFICE_HOURS or not is_working_day(here.date()):
        return 0
    return sum(_remind(gateway, case, now) for case in gateway.ledger.cases_to_remind())


def _remind(gateway: Gateway, case: Case, now: datetime) -> bool:
    answer = gateway.views.last_answer(case.code)
    if answer is None or not answer.row.to:
        # Nobody was ever answered, or the answer came back: a person sees the case when its time is over.
        log.info("not_reminded", case=case.code)
        return gateway.ledger.reminded(case.code, ())
    dispatch = remind(
        case,
        channel=answer.row.channel,
        to=answer.row.to,
        answer=answer.payload,
        now=now,
        answers=gateway.config.answers,
        personal=gateway.keys(),
    )
    return gateway.ledger.reminded(case.code, (dispatch,))
