"""What a person decides holds: the rules fill in the rest and ask nothing again."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from sheets import AT, findings, judged

from mailroom.amending import amended, paper_name
from mailroom.case import Case, CaseStatus
from mailroom.context import Context, Judgement, KnownCase, Twin
from mailroom.decision import Applicant, Disposition, ReplyKind, Sector, Service, Supply, Topic
from mailroom.finding import Examination, Finding, Paper, PaperKind

CODE = "SPCEN00000017"


def person(**values: str) -> tuple[Finding, ...]:
    return tuple(Finding(kind=kind, value=value, confidence=1.0, by="person:anna") for kind, value in values.items())


def decided(disposition: str, detail: str = "", context: Context = Context(), **more: object) -> Judgement:
    said = person(disposition=disposition, disposition_detail=detail)
    return judged((*findings(**more), *said), context=context)


def known_case() -> KnownCase:
    case = Case(
        code=CODE, service=Service.REPORT, sector=Sector.GAS, topic=Topic.BILLING, status=CaseStatus.OPEN,
        applicant=Applicant(email="ada@posta.example"), supply=Supply(), opened_at=AT,
    )  # fmt: skip
    return KnownCase(case=case, status=case.status, known_senders=("ada@posta.example",))


def test_a_case_that_a_person_saw_is_opened_whatever_was_doubtful() -> None:
    doubtful = {"service": ("report", 0.4), "sender_kind": ("delegate", 0.6), "disagreement": "POD e bolletta"}
    judgement = decided("case", **doubtful)
    assert judgement.decision.disposition is Disposition.CASE
    assert not judgement.decision.needs_review and judgement.change.open_new


@pytest.mark.parametrize(
    ("disposition", "detail", "reply"),
    [
        ("portal_only", "association", ReplyKind.PORTAL_ONLY),
        ("not_for_us", "newsletter", ReplyKind.NONE),
        ("service_message", "bounce", ReplyKind.NONE),
        ("unreadable", "", ReplyKind.ACKNOWLEDGEMENT),
        ("duplicate", "", ReplyKind.NONE),
    ],
)
def test_every_other_outcome_can_be_said_too(disposition: str, detail: str, reply: ReplyKind) -> None:
    decision = decided(disposition, detail).decision
    assert (decision.disposition.value, decision.detail or "") == (disposition, detail)
    assert decision.reply.kind is reply and not decision.needs_review


def test_a_follow_up_joins_the_case_that_the_person_names() -> None:
    context = Context(named=(known_case(),))
    judgement = decided("follow_up", context=context, case_code=CODE)
    assert judgement.change.join == CODE and not judgement.decision.needs_review


def test_a_follow_up_of_no_case_asks_for_its_code_and_one_of_before_the_gateway_is_taken() -> None:
    assert decided("follow_up").decision.review_reasons == ("Indicare il codice della pratica.",)
    assert decided("follow_up", case_code="SPCEN00000018").decision.needs_review
    old = decided("follow_up", case_code="SPCEN301122")
    assert not old.decision.needs_review and old.change.join is None


def test_a_duplicate_is_linked_to_its_likeliest_twin() -> None:
    twins = (
        Twin(item_id="far", case_code="SPCEN00000025", exact=False, similarity=0.6),
        Twin(item_id="near", case_code=CODE, exact=False, similarity=0.9),
    )
    judgement = decided("duplicate", context=Context(twins=twins))
    assert (judgement.change.join, judgement.change.duplicate_of) == (CODE, "near")


def test_a_word_that_is_none_of_ours_decides_nothing() -> None:
    assert decided("nonsense").decision.disposition is Disposition.CASE


def test_an_emptied_field_says_that_there_is_no_such_thing() -> None:
    emptied = Finding(kind="supply.pod", value="", confidence=1.0, by="person:anna")
    decision = judged((*findings(supply__pod="IT001E12345678"), emptied)).decision
    assert decision.supply.pod is None


def test_a_paper_has_the_kind_that_a_person_gave_it_last() -> None:
    paper = Paper(document=0, first_page=2, pages=1, kind=PaperKind.OTHER, confidence=0.5)
    said = [*person(**{paper_name(paper): "bill"}), *person(**{paper_name(paper): "identity_document"})]
    (named,) = amended(Examination(findings=(), papers=(paper,)), said).papers
    assert (named.kind, named.by) == (PaperKind.IDENTITY_DOCUMENT, "person:anna")
