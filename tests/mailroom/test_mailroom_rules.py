"""The house rules, one table row after the other."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))

from sheets import AT, document, envelope, findings, judged, paper, submission

from mailroom.calendar import due_by, easter, is_working_day
from mailroom.case import Case, CaseStatus, damm, is_ours, new_code
from mailroom.context import NO_LEDGER, Context, Judgement, KnownCase, Twin
from mailroom.decision import (
    Applicant,
    Decision,
    Disposition,
    Problem,
    ReplyKind,
    Requirement,
    Sector,
    Service,
    Supply,
    Topic,
    Via,
)
from mailroom.document import Document, Page, TextSource
from mailroom.envelope import Automatic, AutomaticKind, Channel
from mailroom.finding import Examination, Paper
from mailroom.house_rules import HOUSE_RULES, decide
from mailroom.policy import Policy
from mailroom.services import missing

MB = 2**20


def automatic(kind: AutomaticKind) -> Automatic:
    return Automatic(kind=kind, confidence=0.99, evidence=("test",))


def known_case(code: str = "SPCEN00000017", **more: object) -> KnownCase:
    case = Case(
        code=code,
        service=Service.CONCILIATION,
        sector=Sector.GAS,
        topic=Topic.BILLING,
        status=CaseStatus.WAITING,
        applicant=Applicant(tax_code="RSSMRA80A01H501U"),
        supply=Supply(pdr="00123456789012"),
        missing=(Requirement.IDENTITY_DOCUMENT,),
        opened_at=AT,
    )
    facts: dict[str, object] = {"known_senders": ("ada@posta.example",), **more}
    return KnownCase(case=case, status=case.status, **facts)  # type: ignore[arg-type]


# What it is -------------------------------------------------------------------------------------------------------


def test_what_may_be_dangerous_is_held_with_its_reason_and_opens_nothing() -> None:
    assert not judged(findings()).decision.needs_review
    found = judged(findings(), isolated="Contiene un programma dannoso.")
    assert found.decision.needs_review
    assert found.decision.review_reasons[0] == "Contiene un programma dannoso."
    assert not found.change.open_new


@pytest.mark.parametrize(
    ("kind", "detail"),
    [
        (AutomaticKind.BOUNCE, "bounce"),
        (AutomaticKind.PEC_RECEIPT, "pec_receipt"),
        (AutomaticKind.READ_RECEIPT, "read_receipt"),
        (AutomaticKind.AUTO_REPLY, "auto_reply"),
        (AutomaticKind.INVOICE_EXCHANGE, "invoice_exchange"),
    ],
)
def test_automatic_mail_is_filed_and_never_answered(kind: AutomaticKind, detail: str) -> None:
    decision = judged(findings(case_code="SPCEN123456"), outside=envelope(automatic=(automatic(kind),))).decision
    assert (decision.disposition, decision.detail) == (Disposition.SERVICE_MESSAGE, detail)
    assert decision.reply.kind is ReplyKind.NONE and not decision.needs_review


@pytest.mark.parametrize(("confidence", "held"), [(0.6, False), (0.8, True)])
def test_what_a_machine_may_have_sent_is_no_follow_up_by_itself(confidence: float, held: bool) -> None:
    perhaps = replace(automatic(AutomaticKind.AUTO_REPLY), confidence=confidence)
    judgement = judged(findings(case_code="SPCEN123456"), outside=envelope(automatic=(perhaps,)))
    assert judgement.decision.needs_review is held
    assert any("automatico" in reason for reason in judgement.decision.review_reasons) is held


def test_a_named_case_makes_a_follow_up_in_a_dry_run() -> None:
    decision = judged(findings(case_code="SPCEN123456")).decision
    assert (decision.disposition, decision.case_code) == (Disposition.FOLLOW_UP, "SPCEN123456")


@pytest.mark.parametrize("kind", ["spam", "newsletter", "misdirected"])
def test_what_is_not_for_us_opens_no_case(kind: str) -> None:
    decision = judged(findings(mail=kind, applicant__first_name="Ada")).decision
    assert (decision.disposition, decision.detail) == (Disposition.NOT_FOR_US, kind)
    assert (decision.applicant.first_name is None) == (kind != "misdirected")


@pytest.mark.parametrize("heard", [(), (Page(number=0, text="buongiorno, il contatore", source=TextSource.SPEECH),)])
def test_few_words_beside_a_file_that_nobody_read_are_not_sent_to_others(heard: tuple[Page, ...]) -> None:
    voice = replace(document(0, "vocale.opus"), pages=heard)
    said = findings(mail="misdirected")
    judgement = judged(said, (voice, paper(0, "other")), text="Vi mando un vocale.")
    assert judgement.decision.needs_review and "vocale.opus" in judgement.decision.review_reasons[0]
    assert not judged(said, (voice, paper(0, "other")), text="Non riguarda voi. " * 40).decision.needs_review
    assert not judged(said, (document(0, "avviso.pdf"), paper(0, "other")), text="Per voi.").decision.needs_review


def test_an_empty_mail_is_unreadable_whatever_it_sounds_like() -> None:
    decision = judged(findings(mail="misdirected"), text="", outside=envelope(subject="")).decision
    assert (decision.disposition, decision.detail) == (Disposition.UNREADABLE, "blank")


@pytest.mark.parametrize("kind", ["spam", "newsletter"])
def test_who_gives_a_tax_code_is_no_advertiser(kind: str) -> None:
    decision = judged(findings(mail=kind, applicant__tax_code="RSSMRA80A01H501U")).decision
    assert decision.disposition is Disposition.CASE and decision.needs_review


def test_a_few_words_are_left_to_a_person() -> None:
    assert judged(findings(), text="boh").decision.needs_review


def test_bytes_that_are_no_text_open_no_case() -> None:
    noise = "".join(map(chr, range(256))) * 20
    decision = judged(findings(), text=noise).decision
    assert decision.disposition is Disposition.UNREADABLE and decision.needs_review
    assert judged(findings(), (document(0, "bolletta.pdf"), paper(0, "bill")), text=noise).decision.disposition is (
        Disposition.CASE
    )
    typographic = "Buongiorno, l\x92importo della bolletta \x93non\x94 torna e chiedo una verifica. " * 5
    assert judged(findings(), text=typographic).decision.disposition is Disposition.CASE


def test_an_empty_mail_of_nobody_waits_and_one_of_somebody_is_asked_for_again() -> None:
    nobody = judged(findings(), text="", outside=envelope(subject=None, sender=None)).decision
    assert nobody.needs_review and "senza mittente" in nobody.review_reasons[0]
    somebody = judged(findings(), text="", outside=envelope(subject=None)).decision
    assert not somebody.needs_review and somebody.reply.via is Via.EMAIL


def test_a_case_that_nobody_can_be_told_of_waits_for_a_person() -> None:
    fax = judged(findings(), outside=envelope(Channel.FAX)).decision
    assert fax.needs_review and any("indirizzo a cui rispondere" in reason for reason in fax.review_reasons)
    told = judged(findings(applicant__address="Via Roma 1, 00100 Roma"), outside=envelope(Channel.FAX)).decision
    assert not told.needs_review and told.reply.via is Via.LETTER


def test_a_piece_of_a_message_waits_for_the_others_and_nobody_is_answered() -> None:
    piece = replace(submission("Vorrei sapere"), defects=("partial_message",))
    examined = Examination(findings=findings(), papers=())
    judgement = decide(envelope(), piece, (), examined, context=NO_LEDGER, policy=Policy())
    assert judgement.decision.needs_review and not judgement.change.open_new
    assert judgement.decision.review_reasons[0].startswith("Pezzo di un messaggio")


@pytest.mark.parametrize("channel", [Channel.FAX, Channel.POST])
def test_a_portal_only_letter_whose_writer_nobody_can_tell_waits_for_a_person(channel: Channel) -> None:
    lawyer = findings(sender_kind="delegate")
    untold = judged(lawyer, outside=envelope(channel)).decision
    assert untold.disposition is Disposition.PORTAL_ONLY and untold.needs_review
    assert untold.review_reasons == (
        "Non c'è un indirizzo a cui rispondere: chi scrive non saprebbe che deve usare il Portale.",
    )
    told = judged(
        findings(sender_kind="delegate", applicant__address="Via Roma 1, 00100 Roma"), outside=envelope(channel)
    )
    assert not told.decision.needs_review and told.decision.reply.via is Via.LETTER
    office = findings(
        sender_kind="delegate",
        writer__address="Corso Duca 5, 10129 Torino",
        applicant__first_name="Ada",
        applicant__address="Via Roma 1, 00100 Roma",
    )
    reply = judged(office, outside=envelope(channel)).decision.reply
    assert reply.to == "Corso Duca 5, 10129 Torino", "the lawyer wrote, not the citizen"
    assert reply.name is None
    assert not judged(lawyer, outside=envelope()).decision.needs_review, "by mail the answer goes back"


def test_a_portal_only_mail_that_takes_no_answers_waits_for_a_person() -> None:
    mute = judged(findings(sender_kind="association"), outside=envelope(return_path="")).decision
    assert mute.needs_review and "non accetta risposte" in mute.review_reasons[0]


@pytest.mark.parametrize(
    ("defects", "says"),
    [(("empty",), "vuoto"), (("corrupt",), "danneggiato"), (("type_mismatch", "unsupported"), "nome"), ((), "nulla")],
)
def test_what_can_not_be_read_waits_with_the_reason(defects: tuple[str, ...], says: str) -> None:
    file = replace(document(0, "scan.pdf", defects=defects), pages=())
    decision = judged(findings(), (file, paper(0, "other")), text="", outside=envelope(subject=None)).decision
    assert decision.disposition is Disposition.UNREADABLE and decision.needs_review
    assert says in decision.review_reasons[0]


@pytest.mark.parametrize(("defects", "problem"), [(("corrupt",), Problem.CORRUPT), (("empty",), Problem.EMPTY)])
def test_a_scan_in_which_nothing_can_be_read_is_a_document_with_its_problem(
    defects: tuple[str, ...], problem: Problem
) -> None:
    scan = replace(document(0, "scan.pdf", defects=defects), pages=(), page_count=0, carrier=True)
    decision = judged_without_papers(scan)
    assert decision.disposition is Disposition.UNREADABLE
    assert [(v.accepted, v.problem, v.paper.pages) for v in decision.verdicts] == [(False, problem, 0)]


def test_blank_sheets_are_no_documents() -> None:
    blank = document(0, "fax.tif")
    blank = replace(blank, pages=(replace(blank.pages[0], blank=True, text=""),), carrier=True)
    decision = judged_without_papers(blank)
    assert (decision.detail, decision.verdicts) == ("blank", ())
    half = judged_without_papers(replace(blank, defects=("corrupt",)))
    assert half.detail is None and half.needs_review


def judged_without_papers(scan: Document) -> Decision:
    """What is decided of a fax that came apart into no papers."""
    outside = envelope(Channel.FAX, subject=None)
    nothing = replace(submission(""), parts=(), messages=())
    examined = Examination(findings=findings(), papers=())
    return decide(outside, nothing, (scan,), examined, context=NO_LEDGER, policy=Policy()).decision


def test_an_empty_enclosure_does_not_make_a_letter_unreadable() -> None:
    empty = document(0, "vuoto.pdf", size=0, defects=("empty",))
    blank = replace(empty, pages=(replace(empty.pages[0], blank=True, text=""),))
    assert judged(findings(), (blank, paper(0, "other"))).decision.disposition is Disposition.CASE


@pytest.mark.parametrize("kind", ["delegate", "association", "professional", "legal_person"])
def test_others_than_private_people_are_shown_to_the_portal(kind: str) -> None:
    decision = judged(findings(sender_kind=kind, applicant__last_name="Neri", supply__pod="IT001E12345678")).decision
    assert (decision.disposition, decision.detail) == (Disposition.PORTAL_ONLY, kind)
    assert decision.reply.kind is ReplyKind.PORTAL_ONLY
    assert decision.applicant.email == "ada@posta.example" or kind == "professional"
    assert (decision.applicant.last_name == "Neri") == (kind == "professional")


def test_a_doubtful_sender_is_held_and_nothing_is_sent_away_silently() -> None:
    judgement = judged(findings(sender_kind=("delegate", 0.55)))
    assert judgement.decision.needs_review and judgement.decision.disposition is Disposition.PORTAL_ONLY


def test_a_sure_case_is_opened_and_a_doubtful_one_waits() -> None:
    assert judged(findings()).change.open_new
    held = judged(findings(service=("conciliation", 0.5)))
    assert held.decision.needs_review and not held.change.open_new
    assert any("Servizio" in reason for reason in held.decision.review_reasons)


def test_nobody_is_asked_for_what_may_lie_in_a_doubtful_paper_or_under_another_name() -> None:
    said = findings(service="conciliation", applicant__tax_code="RSSMRA80A01H501U")
    reply = paper(0, "supplier_reply")
    assert Requirement.PRIOR_COMPLAINT in judged(said, (document(0, "r.pdf"), reply)).decision.missing
    assert not judged(said, (document(0, "r.pdf"), reply)).decision.needs_review
    assert judged(said, (document(0, "r.pdf"), replace(reply, confidence=0.55))).decision.needs_review
    other = findings(service="conciliation", tax_code_other="RSSMRA80A01H501U")
    assert judged(other, (document(0, "r.pdf"), reply)).decision.needs_review


def fax_of(*, pages_unread: tuple[int, ...] = (), defects: tuple[str, ...] = ()) -> tuple[Document, Paper]:
    sheet = document(0, "fax.tif")
    pages = tuple(
        Page(number=number, text="testo", defects=("timed_out",) if number in pages_unread else ())
        for number in range(3)
    )
    return replace(sheet, filename=None, carrier=True, pages=pages, page_count=3, defects=defects), paper(
        0, "complaint"
    )


def test_a_fax_of_which_a_page_could_not_be_read_waits_for_a_person() -> None:
    assert not judged(findings(), fax_of()).decision.needs_review
    unread = judged(findings(), fax_of(pages_unread=(1,))).decision
    assert unread.review_reasons == ("Pagine non lette in fax o scansione: 2.",)


@pytest.mark.parametrize("defect", ["corrupt", "too_many_pages", "crashed"])
def test_a_fax_that_was_cut_short_waits_for_a_person(defect: str) -> None:
    assert judged(findings(), fax_of(defects=(defect,))).decision.review_reasons == (
        "Letto solo in parte: fax o scansione.",
    )


def test_a_broken_identifier_is_no_value_but_a_reason() -> None:
    decision = judged((*findings(), *findings(broken_identifier="RSSMRA80A01H501X")[-1:])).decision
    assert decision.applicant.tax_code is None
    assert any("RSSMRA80A01H501X" in reason for reason in decision.review_reasons)


def test_every_decision_tells_which_rules_hit_and_which_missed() -> None:
    traces = judged(findings()).decision.rules
    assert [t.rule for t in traces] == [rule.name for rule in HOUSE_RULES]
    assert [t.hit for t in traces] == [False] * (len(traces) - 1) + [True]


def test_a_scan_with_letters_apart_from_each_other_is_left_to_a_person_to_cut() -> None:
    carrier = replace(document(0, "scan.pdf"), carrier=True)
    told = [paper(0, kind) for kind in ("request_form", "request_form", "bill", "request_form")]
    assert not judged(findings(), *((carrier, p) for p in told[:3])).decision.needs_review
    decision = judged(findings(), *((carrier, p) for p in told)).decision
    assert any("tagliare" in reason for reason in decision.review_reasons)


# Completeness -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("service", "sector", "topic", "lacks"),
    [
        ("information", "gas", "billing", set()),
        ("smart_help", "electricity", "cmor", {"tax_code", "pod_or_pdr", "supplier", "prior_complaint"}),
        ("water_complaint", "water", "social_bonus", {"tax_code", "supplier", "prior_complaint"}),
        ("smart_info", "gas", "cmor", {"tax_code", "pod_or_pdr", "identity_document", "signature"}),
        ("smart_info", "gas", "supplier_identity", {"tax_code", "identity_document", "signature"}),
        ("conciliation", "water", "billing", {"tax_code", "identity_document", "supplier", "prior_complaint"}),
        ("conciliation", "gas", "billing",
         {"tax_code", "identity_document", "supplier", "prior_complaint", "pod_or_pdr"}),
    ],
)  # fmt: skip
def test_each_service_asks_for_what_it_needs(service: str, sector: str, topic: str, lacks: set[str]) -> None:
    decision = judged(findings(service=service, sector=sector, topic=topic)).decision
    assert {m.value for m in decision.missing} == lacks
    assert decision.reply.kind is (ReplyKind.INTEGRATION_REQUEST if lacks else ReplyKind.ACKNOWLEDGEMENT)


def test_what_was_brought_is_not_asked_for() -> None:
    decision = judged(
        findings(service="conciliation", applicant__tax_code="RSSMRA80A01H501U", supply__pdr="00123456789012",
                 supply__supplier="Hera Comm"),
        (document(0, "ci.jpg"), paper(0, "identity_document")),
        (document(1, "reclamo.pdf"), paper(1, "complaint")),
    ).decision  # fmt: skip
    assert decision.missing == ()


def test_a_paper_that_nobody_can_read_was_not_brought() -> None:
    decision = judged(
        findings(service="conciliation"), (document(0, "ci.pdf", defects=("encrypted",)), paper(0, "identity_document"))
    ).decision
    assert Requirement.IDENTITY_DOCUMENT in decision.missing


@given(
    st.sampled_from(Service),
    st.sampled_from(Sector),
    st.sampled_from(Topic),
    st.frozensets(st.sampled_from(Requirement)),
)
def test_bringing_more_never_asks_for_more(
    service: Service, sector: Sector, topic: Topic, brought: frozenset[Requirement]
) -> None:
    assert set(missing(service, sector, topic, brought)) <= set(missing(service, sector, topic, frozenset()))


# Attachments ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("service", "filename", "size", "defects", "problem"),
    [
        ("information", "bolletta.pdf", 10, (), None),
        ("information", "foto.jpeg", 10, (), Problem.EXTENSION_NOT_ALLOWED),
        ("conciliation", "foto.jpeg", 10, (), None),
        ("conciliation", "vecchio.doc", 10, (), Problem.EXTENSION_NOT_ALLOWED),
        ("information", "voce.wav", 10, (), None),
        ("information", "fax.tif", 10, (), Problem.EXTENSION_NOT_ALLOWED),
        ("information", "senza_estensione", 10, (), Problem.EXTENSION_NOT_ALLOWED),
        ("information", "grande.pdf", 15 * MB + 1, (), Problem.TOO_LARGE),
        ("conciliation", "giusto.pdf", 15 * MB, (), None),
        ("information", "vuoto.pdf", 0, ("empty",), Problem.EMPTY),
        ("information", "chiuso.pdf", 10, ("encrypted",), Problem.ENCRYPTED),
        ("information", "rotto.pdf", 10, ("corrupt",), Problem.CORRUPT),
        ("information", "foto.jpg", 10, ("type_mismatch",), Problem.TYPE_MISMATCH),
        ("information", "fattura.zip", 10, ("malware",), Problem.MALWARE),
    ],
)  # fmt: skip
def test_the_two_lists_judge_each_paper(
    service: str, filename: str, size: int, defects: tuple[str, ...], problem: Problem | None
) -> None:
    found = judged(
        findings(service=service), (document(0, filename, size=size, defects=defects), paper(0, "other"))
    ).decision.verdicts[0]
    assert (found.accepted, found.problem) == (problem is None, problem)


def test_the_sixth_attachment_is_one_too_many_but_not_for_conciliation() -> None:
    sent = tuple((document(n, f"{n}.pdf"), paper(n, "bill")) for n in range(7))
    smart = judged(findings(service="smart_help", topic="cmor"), *sent).decision.verdicts
    assert [v.problem for v in smart] == [None] * 5 + [Problem.TOO_MANY] * 2
    assert all(v.accepted for v in judged(findings(service="conciliation"), *sent).decision.verdicts)


@pytest.mark.parametrize(
    ("folder", "counted"),
    [("2/carte.zip", False), ("2/carte.zip/2025", False), ("2/a.zip/b.7z", False), ("2/winmail.dat", True),
     ("2/inoltrata.eml/3", True), ("2/1", True)],
)  # fmt: skip
def test_only_what_an_archive_held_was_not_attached_by_itself(folder: str, counted: bool) -> None:
    sent = tuple((replace(document(n, f"{n}.pdf"), path=f"{folder}/{n}.pdf"), paper(n, "bill")) for n in range(7))
    found = judged(findings(service="smart_help", topic="cmor"), *sent).decision.verdicts
    assert [v.problem for v in found] == [None] * 5 + [Problem.TOO_MANY if counted else None] * 2


def test_fifteen_megabytes_are_shared_by_all_files_of_the_first_list() -> None:
    sent = tuple((document(n, f"{n}.pdf", size=8 * MB), paper(n, "bill")) for n in range(2))
    assert [v.problem for v in judged(findings(), *sent).decision.verdicts] == [None, Problem.TOO_LARGE]


# Follow-ups and twins ---------------------------------------------------------------------------------------------


def test_code_and_known_sender_are_two_proofs() -> None:
    judgement = judged(findings(case_code="SPCEN00000017"), context=Context(named=(known_case(),)))
    assert judgement.change.join == "SPCEN00000017" and not judgement.decision.needs_review


def test_the_answer_to_a_follow_up_goes_to_the_applicant_not_to_an_address_the_letter_names() -> None:
    said = findings(case_code="SPCEN00000017", applicant__email="altrove@posta.example")
    joined = judged(said, context=Context(named=(known_case(),)))
    assert joined.decision.reply.to == "ada@posta.example"
    stranger = envelope(sender=None)
    by_paper = judged(said, outside=stranger, context=Context(named=(known_case(),)))
    assert by_paper.decision.reply.kind is ReplyKind.NONE


def test_a_follow_up_on_paper_is_answered_where_the_applicant_lives() -> None:
    target = known_case()
    home = replace(target.case.applicant, last_name="Rossi", address="Via Roma 1, 00100 Roma")
    target = replace(target, case=replace(target.case, applicant=home))
    said = findings(case_code="SPCEN00000017", applicant__tax_code="RSSMRA80A01H501U")
    reply = judged(said, outside=envelope(Channel.FAX), context=Context(named=(target,))).decision.reply
    assert (reply.via, reply.to, reply.name) == (Via.LETTER, "Via Roma 1, 00100 Roma", "Rossi")


def test_who_knows_code_and_tax_code_is_not_for_that_the_applicant() -> None:
    said = findings(case_code="SPCEN00000017", applicant__tax_code="RSSMRA80A01H501U")
    target = known_case(known_senders=("altri@posta.example",))
    joined = judged(said, context=Context(named=(target,)))
    assert joined.change.join == "SPCEN00000017" and not joined.change.vouched
    assert joined.decision.reply.kind is ReplyKind.NONE
    own = judged(said, context=Context(named=(known_case(),)))
    assert own.change.vouched


def test_a_code_alone_is_only_a_suggestion() -> None:
    stranger = known_case(known_senders=("altri@posta.example",))
    judgement = judged(findings(case_code="SPCEN00000017"), context=Context(named=(stranger,)))
    assert judgement.change.join is None and judgement.change.suggest == ("SPCEN00000017",)
    assert judgement.decision.needs_review


def test_a_code_that_names_no_case_is_held() -> None:
    judgement = judged(findings(case_code="SPCEN99999999"), context=Context())
    assert judgement.decision.needs_review and judgement.change.join is None


def test_a_follow_up_that_brings_what_was_missing_completes_the_case() -> None:
    judgement = judged(
        findings(case_code="SPCEN00000017"),
        (document(0, "ci.jpg"), paper(0, "identity_document")),
        context=Context(named=(known_case(),)),
    )
    assert judgement.change.completes == (Requirement.IDENTITY_DOCUMENT,)


def test_the_same_letter_again_is_a_duplicate_of_the_first() -> None:
    twin = Twin(item_id="first", case_code="SPCEN00000017", exact=True, similarity=1.0, same_tax_code=True)
    judgement = judged(findings(), context=Context(twins=(twin,)))
    assert judgement.decision.disposition is Disposition.DUPLICATE
    assert (judgement.change.duplicate_of, judgement.change.open_new) == ("first", False)


def test_the_same_letter_again_with_the_forgotten_paper_completes_its_case() -> None:
    twin = Twin(item_id="first", case_code="SPCEN00000017", exact=False, similarity=0.95, same_tax_code=True)
    context = Context(twins=(twin,), open_of_sender=(known_case(),))
    card = (document(0, "ci.jpg"), paper(0, "identity_document"))
    again = judged(findings(), card, context=context)
    assert again.decision.disposition is Disposition.DUPLICATE
    assert again.change.completes == (Requirement.IDENTITY_DOCUMENT,)
    assert again.decision.reply.kind is ReplyKind.ACKNOWLEDGEMENT
    nothing_new = judged(findings(), context=context).decision
    assert nothing_new.reply.kind is ReplyKind.NONE


def test_a_text_that_many_copy_is_not_the_same_letter_from_another_address() -> None:
    twin = Twin(item_id="first", case_code="SPCEN00000017", exact=True, similarity=1.0)
    copied = "Chiedo anch'io che si risponda sulle tariffe del gas nel nostro comune. " * 8
    another = judged(findings(applicant__last_name="Bianchi"), text=copied, context=Context(twins=(twin,)))
    assert another.decision.disposition is Disposition.CASE and another.decision.needs_review
    signed = judged(findings(applicant__last_name="Neri"), text=f"{copied}\nAda Neri", context=Context(twins=(twin,)))
    assert signed.decision.disposition is Disposition.DUPLICATE
    assert not signed.change.vouched, "the address it came from proves nothing"


def test_the_same_words_about_another_day_are_another_matter() -> None:
    twin = Twin(
        item_id="first", case_code="SPCEN00000017", exact=True, similarity=1.0, same_sender=True, other_numbers=1
    )
    assert judged(findings(), context=Context(twins=(twin,))).decision.disposition is Disposition.CASE


def test_two_people_with_the_same_form_are_two_cases() -> None:
    twin = Twin(item_id="first", case_code="SPCEN00000017", exact=False, similarity=0.9)
    assert judged(findings(), context=Context(twins=(twin,))).decision.disposition is Disposition.CASE


def test_the_same_form_for_another_supply_is_not_joined_unasked() -> None:
    twin = Twin(item_id="first", case_code="SPCEN00000017", exact=False, similarity=0.95, same_tax_code=True)
    judgement = judged(findings(supply__pdr="00881234567890"), context=Context(twins=(twin,)))
    assert judgement.decision.disposition is Disposition.CASE
    assert judgement.decision.needs_review and not judgement.change.open_new


def alike(similarity: float, **more: Any) -> Judgement:
    twin = Twin(item_id="first", case_code="SPCEN00000017", exact=False, similarity=similarity, **more)
    return judged(findings(), context=Context(twins=(twin,)))


@pytest.mark.parametrize(
    "twin",
    [
        {"same_tax_code": True, "other_numbers": 2, "same_numbers": 5},
        {"same_tax_code": True, "other_numbers": 1, "same_numbers": 2},
        {"same_sender": True, "other_tax_code": True},
    ],
)
def test_another_bill_or_another_person_of_the_house_is_not_joined_unasked(twin: dict[str, Any]) -> None:
    judgement = alike(0.97, **twin)
    assert judgement.decision.disposition is Disposition.CASE
    assert judgement.decision.needs_review and not judgement.change.open_new


def test_the_form_letter_of_another_person_holds_nobody_up() -> None:
    assert not alike(0.97, other_tax_code=True).decision.needs_review
    assert alike(0.97, other_tax_code=True, same_sender=True).decision.needs_review


def test_half_the_words_are_enough_where_person_and_numbers_agree() -> None:
    assert alike(0.65, same_tax_code=True, same_numbers=3).decision.disposition is Disposition.DUPLICATE
    assert alike(0.65, same_tax_code=True, same_numbers=3, other_numbers=1).decision.needs_review
    assert alike(0.65, same_sender=True, same_numbers=3).decision.needs_review


def test_an_address_that_the_text_merely_names_is_no_proof() -> None:
    stranger = known_case(known_senders=("altri@posta.example",))
    said = findings(case_code="SPCEN00000017", applicant__email="altri@posta.example")
    judgement = judged(said, context=Context(named=(stranger,)))
    assert judgement.change.join is None and judgement.decision.needs_review


@pytest.mark.parametrize("said", [{"topic": "nonsense"}, {"service": ""}, {"minhash": "a,b"}])
def test_words_that_we_do_not_have_are_unknown_and_stop_nothing(said: dict[str, str]) -> None:
    context = Context(open_of_sender=(known_case(),))
    assert judged(findings(**said), context=context).decision.disposition


def test_a_paper_of_no_document_is_passed_over() -> None:
    assert judged(findings(), (document(0, "a.pdf"), paper(3, "bill"))).decision.verdicts == ()


def test_an_address_that_was_answered_often_today_is_left_in_peace() -> None:
    decision = judged(findings(sender_kind="association"), context=Context(answers_to_sender_today=3)).decision
    assert decision.reply.kind is ReplyKind.NONE


def test_no_case_is_opened_whose_code_nobody_would_be_told() -> None:
    often = judged(findings(), context=Context(answers_to_sender_today=3))
    assert often.decision.needs_review and not often.change.open_new
    assert "automa" in often.decision.review_reasons[0]
    no_way_back = judged(findings(), outside=envelope(return_path=""))
    assert no_way_back.decision.needs_review and not no_way_back.change.open_new


def test_the_null_return_path_is_honoured() -> None:
    assert judged(findings(), outside=envelope(return_path="")).decision.reply.kind is ReplyKind.NONE


@given(
    st.sampled_from(Channel),
    st.dictionaries(
        st.sampled_from(["mail", "sender_kind", "service", "sector", "topic", "case_code"]), st.none(), max_size=6
    ),
    st.text(max_size=40),
)
def test_deciding_is_total(channel: Channel, silent: dict[str, None], text: str) -> None:
    decision = judged(findings(**silent), outside=envelope(channel), text=text).decision
    assert decision.policy and decision.rules


# Codes and calendar -----------------------------------------------------------------------------------------------


@given(st.integers(1, 9_999_999), st.integers(0, 7), st.integers(0, 9))
def test_no_single_wrong_digit_makes_another_of_our_codes(sequence: int, place: int, digit: int) -> None:
    code = new_code(sequence)
    assert is_ours(code) and damm(code[5:]) == 0
    wrong = code[: 5 + place] + str(digit) + code[6 + place :]
    assert wrong == code or not is_ours(wrong)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 4, 6), False),
        (date(2026, 6, 29), False),
        (date(2026, 10, 5), True),
        (date(2027, 10, 4), False),
        (date(2025, 10, 3), True),
        (date(2026, 8, 15), False),
        (date(2026, 11, 23), True),
    ],
)
def test_italian_working_days(day: date, works: bool) -> None:
    assert is_working_day(day) is works


def test_the_promise_counts_working_days_from_the_day_after() -> None:
    friday = datetime(2026, 4, 3, 23, 30, tzinfo=UTC)
    assert due_by(friday) == date(2026, 4, 9)
    assert easter(2026) == date(2026, 4, 5)
    assert due_by(friday + timedelta(days=4)) == date(2026, 4, 13)


def test_the_offices_own_patron_and_promise_come_by_configuration() -> None:
    wednesday = envelope(received_at=datetime(2026, 6, 24, 8, tzinfo=UTC))
    said = findings(service="information", sector="gas", topic="billing")
    assert judged(said, outside=wednesday).decision.answer_due == date(2026, 6, 30)
    milan = Policy(patron_day="12-07")
    assert judged(said, outside=wednesday, policy=milan).decision.answer_due == date(2026, 6, 29)
    quick = Policy(promise_days=1, patron_day="")
    assert judged(said, outside=wednesday, policy=quick).decision.answer_due == date(2026, 6, 25)


@pytest.mark.parametrize("wrong", [{"patron_day": "29 giugno"}, {"patron_day": "02-30"}])
def test_a_patron_that_is_none_stops_the_start(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Policy(**wrong)


def test_a_case_code_has_a_range() -> None:
    with pytest.raises(ValueError, match="out of range"):
        new_code(10_000_000)
    assert replace(known_case()).case.code == "SPCEN00000017"
