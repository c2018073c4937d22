"""Reminds, once, of cases whose time to bring what is missing runs out, and gives up those for which it is long
over: by the way the last answer went."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog

from mailroom.calendar import ROME
from mailroom.case import Case
from mailroom.timetable import in_office_hours, last_day
from outbound.reminding import LastAnswer, give_up, remind
from road.gateway import Gateway

log = structlog.get_logger()


def remind_cases(gateway: Gateway, now: datetime) -> int:
    """How many cases were reminded. Outside office hours none: a reminder at night helps nobody."""
    if not in_office_hours(now, gateway.config.policy):
        return 0
    return sum(_remind(gateway, case, now) for case in gateway.ledger.cases_to_remind())


def give_up_cases(gateway: Gateway, now: datetime) -> int:
    """How many cases were closed because what was asked for did not come, even after the reminder; none unless
    ``[policy] closing_days`` says so. A case whose citizen can't be told stays for a person to see."""
    days = gateway.config.policy.closing_days
    if not days or not in_office_hours(now, gateway.config.policy):
        return 0
    midnight = now.astimezone(ROME).replace(hour=0, minute=0, second=0, microsecond=0)
    over = midnight - timedelta(days=days)
    return sum(_give_up(gateway, case, now) for case in gateway.ledger.cases_to_give_up(over))


def _remind(gateway: Gateway, case: Case, now: datetime) -> bool:
    last = _last_answer(gateway, case)
    if last is None:
        # Nobody was ever answered, or the answer came back: a person sees the case when its time is over.
        log.info("not_reminded", case=case.code)
        return gateway.ledger.reminded(case.code, ())
    dispatch = remind(
        case,
        last,
        now=now,
        answers=gateway.config.answers,
        personal=gateway.keys(),
        closes_on=last_day(case.waits_until, now, gateway.config.policy),
    )
    return gateway.ledger.reminded(case.code, (dispatch,))


def _give_up(gateway: Gateway, case: Case, now: datetime) -> bool:
    last = _last_answer(gateway, case)
    if last is None:
        return False
    dispatch = give_up(case, last, now=now, answers=gateway.config.answers, personal=gateway.keys())
    return gateway.ledger.give_up(case, (dispatch,))


def _last_answer(gateway: Gateway, case: Case) -> LastAnswer | None:
    """None where nobody was answered, or nobody got the answer."""
    answer = gateway.views.last_answer(case.code)
    if answer is None or not answer.row.to:
        return None
    return LastAnswer(channel=answer.row.channel, to=answer.row.to, payload=answer.payload)
