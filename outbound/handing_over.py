"""What the on-line handling gets: a complete case with all its sendings, and later what is added to it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from mailroom.case import Case, CaseStatus, Filed
from mailroom.context import Judgement
from mailroom.decision import Disposition
from mailroom.dispatch import Dispatch, DispatchChannel
from mailroom.services import QUEUES
from outbound.occasion import Occasion

LONGEST_TEXT = 50_000
"""Characters of one sending's words that go along; the original goes in any case if the Portal asks for it."""
_BEYOND_US = (CaseStatus.READY, CaseStatus.HANDED_OVER, CaseStatus.CLOSED)


def hand_over(
    judgement: Judgement, case: Case | None, occasion: Occasion, earlier: Sequence[Filed]
) -> tuple[Dispatch, ...]:
    """The case, once it lacks nothing; for one that has gone already, what came since or was corrected."""
    if case is None:
        return ()
    decision, change = judgement.decision, judgement.change
    opens = decision.disposition is Disposition.CASE and change.join is None
    completes = change.join is not None and bool(change.completes) and not case.missing
    mine = (occasion.filed,) if occasion.filed else ()
    if (opens and not decision.missing and case.status is not CaseStatus.HANDED_OVER) or completes:
        return (_dispatch(f"portal/{case.code}", _body(case, (*earlier, *mine)), occasion, case.code),)
    follows = decision.disposition is Disposition.FOLLOW_UP and change.join is not None
    if case.status in _BEYOND_US and (follows or (opens and occasion.revision > 1)):
        body = {**_body(case, mine), "addition": True}
        key = f"portal/{case.code}/{occasion.item_id}/{occasion.revision}"
        return (_dispatch(key, body, occasion, case.code),)
    return ()


def _body(case: Case, sendings: Sequence[Filed]) -> dict[str, Any]:
    return {
        "case_code": case.code,
        "service": case.service.value,
        "sector": case.sector.value,
        "topic": case.topic.value,
        "queue": QUEUES[case.service],
        "applicant": _plain(case.applicant),
        "supply": _plain(case.supply),
        "opened_at": case.opened_at.isoformat(),
        "submissions": [
            {
                "item_id": sending.item_id,
                "channel": sending.channel,
                "received_at": sending.received_at.isoformat() if sending.received_at else None,
                "subject": sending.subject,
                "text": sending.text[:LONGEST_TEXT],
            }
            for sending in sendings
        ],
        "documents": [
            {"item_id": sending.item_id, **_plain(paper)} for sending in sendings for paper in sending.papers
        ],
    }


def _plain(value: Any) -> dict[str, Any]:
    return {name: getattr(value, name) for name in value.__slots__}


def _dispatch(key: str, body: dict[str, Any], occasion: Occasion, code: str) -> Dispatch:
    return Dispatch(
        key=key,
        channel=DispatchChannel.PORTAL,
        to=None,
        payload=json.dumps(body, ensure_ascii=False).encode(),
        repeatable=True,
        item_id=occasion.item_id,
        case_code=code,
    )
