"""Answers, letters and deliveries, over real sockets."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pdfplumber
import pypdfium2
import pytest
import zxingcpp

sys.path.insert(0, str(Path(__file__).parents[1] / "servers"))

from smtp import Mailbox, smtp_server

from mailroom.case import Case, CaseStatus
from mailroom.context import CaseChange, Judgement
from mailroom.decision import (
    Applicant,
    Decision,
    Disposition,
    Problem,
    Reply,
    ReplyKind,
    Requirement,
    Sector,
    Service,
    Supply,
    Topic,
    Via,
)
from mailroom.dispatch import Dispatch, DispatchChannel
from mailroom.envelope import Channel, Envelope
from mailroom.errors import InDoubt, Refused, Transient
from outbound.acknowledging import AnswersConfig, word
from outbound.composing import Occasion, compose, plain_text
from outbound.drop import MaildirSender
from outbound.letter import Letter, draft, render
from outbound.personal import Keys
from outbound.phrases import TABLES, Language, phrases_of
from outbound.portal import PortalConfig, PortalSender, is_genuine, sign
from outbound.sandbox_portal import SandboxPortal
from outbound.smtp import SmtpConfig, SmtpSender

NOW = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
ANSWERS = AnswersConfig()


def decision(
    kind: ReplyKind = ReplyKind.ACKNOWLEDGEMENT,
    *,
    via: Via = Via.EMAIL,
    to: str = "ada@posta.example",
    missing: tuple[Requirement, ...] = (),
    disposition: Disposition = Disposition.CASE,
    detail: str | None = None,
    template: str | None = None,
) -> Decision:
    return Decision(
        disposition=disposition,
        detail=detail,
        service=Service.CONCILIATION if disposition is Disposition.CASE else None,
        applicant=Applicant(first_name="Ada", last_name="Neri", address="Via dei Tigli 14, 37122 Verona"),
        missing=missing,
        needs_review=False,
        reply=Reply(kind=kind, via=via, to=to, template=template),
    )


def case(missing: tuple[Requirement, ...] = ()) -> Case:
    return Case(
        code="SPCEN00000017", service=Service.CONCILIATION, sector=Sector.GAS, topic=Topic.BILLING,
        status=CaseStatus.OPEN, applicant=Applicant(first_name="Ada", last_name="Neri"), supply=Supply(),
        missing=missing, opened_at=NOW,
    )  # fmt: skip


def occasion(channel: Channel = Channel.EMAIL) -> Occasion:
    outside = Envelope(channel=channel, message_id="<theirs@posta.example>", subject="x")
    return Occasion(item_id="item1", revision=1, envelope=outside, now=NOW)


def owed(said: Decision, channel: Channel = Channel.EMAIL) -> tuple[Dispatch, ...]:
    return compose(Judgement(decision=said), case(said.missing), occasion(channel), answers=ANSWERS)


@pytest.fixture
def server() -> Iterator[Mailbox]:
    with smtp_server() as box:
        yield box


def sender(box: Mailbox) -> SmtpSender:
    return SmtpSender(SmtpConfig(host="127.0.0.1", port=box.port, tls="none", timeout=5))


# Words ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["acknowledgement", "conciliation", "follow_up", "unreadable", "integration_request"])
def test_every_template_is_whole_and_ends_with_how_to_reach_us(name: str) -> None:
    words = word(decision(template=name, missing=(Requirement.TAX_CODE,)), case_code="SPCEN00000017")
    assert words.subject and "{{" not in words.text and "None" not in words.text
    assert ANSWERS.toll_free in words.text and words.html.startswith("<!doctype html>")


@pytest.mark.parametrize("detail", ["delegate", "association", "professional", "legal_person"])
def test_the_portal_notice_names_no_case_and_explains_itself(detail: str) -> None:
    words = word(decision(ReplyKind.PORTAL_ONLY, disposition=Disposition.PORTAL_ONLY, detail=detail))
    assert ANSWERS.portal in words.text and "SPCEN" not in words.text


def test_what_is_missing_is_named_in_plain_words() -> None:
    lacks = (Requirement.IDENTITY_DOCUMENT, Requirement.PRIOR_COMPLAINT)
    words = word(decision(ReplyKind.INTEGRATION_REQUEST, missing=lacks), case_code="SPCEN00000017")
    assert "documento d'identità" in words.text and "reclamo scritto" in words.text


def receipt(missing: tuple[Requirement, ...], *completes: Requirement) -> str:
    """What a follow-up is answered when its case then lacks `missing`."""
    said = replace(decision(disposition=Disposition.FOLLOW_UP, template="follow_up"), applicant=Applicant())
    waits = replace(case(missing), waits_until=NOW if missing else None)
    change = CaseChange(join=waits.code, completes=completes)
    keys = Keys(secret="x", base="https://sportello.example/ritira", days=60)
    owed = compose(Judgement(decision=said, change=change), waits, occasion(), answers=ANSWERS, personal=keys)
    return plain_text(DispatchChannel.EMAIL, owed[0].payload)


def test_a_follow_up_is_told_what_is_still_missing_and_until_when() -> None:
    text = receipt((Requirement.PRIOR_COMPLAINT,), Requirement.IDENTITY_DOCUMENT)
    assert "copia del reclamo" in text and "4 maggio 2026" in text and "ritira/" not in text


def test_the_sending_that_completes_a_conciliation_is_answered_with_the_personal_link() -> None:
    text = receipt((), Requirement.IDENTITY_DOCUMENT)
    assert "abbiamo tutto" in text and "https://sportello.example/ritira/" in text
    assert "ritira/" not in receipt(()), "a sending that completed nothing gets no second link"


def test_a_follow_up_speaks_to_the_applicant_whoever_wrote_it() -> None:
    assert receipt(()).startswith("Gentile Ada Neri,")


def test_a_template_of_the_bodys_own_comes_first(tmp_path: Path) -> None:
    (tmp_path / "follow_up.txt").write_text("Oggetto: Nostro\n\nTesto nostro.", "utf-8")
    words = word(decision(template="follow_up"), answers=AnswersConfig(templates=tmp_path))
    assert (words.subject, words.text) == ("Nostro", "Testo nostro.\n")


def test_phrases_of_the_bodys_own_take_the_place_of_ours_line_by_line(tmp_path: Path) -> None:
    (tmp_path / "phrases.toml").write_text('[missing]\ntax_code = "il codice sulla tessera sanitaria"\n', "utf-8")
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "phrases.toml").write_text('[refused]\nempty = "there was nothing in it"\n', "utf-8")
    asked = decision(template="integration_request", missing=(Requirement.TAX_CODE, Requirement.BILL))
    own = AnswersConfig(templates=tmp_path)
    text = word(asked, answers=own).text
    assert "il codice sulla tessera sanitaria" in text and "una copia della bolletta" in text
    assert "codice fiscale" in word(asked).text, "without the folder, ours"
    assert phrases_of(tmp_path, Language.ENGLISH).refused(Problem.EMPTY) == "there was nothing in it"
    assert phrases_of(tmp_path, Language.ITALIAN).refused(Problem.EMPTY).startswith("è arrivato vuoto")


@pytest.mark.parametrize("language", Language)
def test_there_is_a_phrase_for_all_that_may_be_missing_or_refused(language: Language) -> None:
    book = phrases_of(None, language).tables
    assert {name: sorted(book[name]) for name in book} == {name: sorted(keys) for name, keys in TABLES.items()}
    assert len(phrases_of(None, language).missing(tuple(Requirement))) == len(Requirement)


# Composing --------------------------------------------------------------------------------------------------------


def test_an_answer_has_the_manners_of_rfc_3834() -> None:
    mail = message_from_bytes(owed(decision())[0].payload, policy=default)
    assert mail["Auto-Submitted"] == "auto-replied"
    assert mail["In-Reply-To"] == "<theirs@posta.example>"
    assert mail["Message-ID"] == message_from_bytes(owed(decision())[0].payload, policy=default)["Message-ID"]


def test_long_identifiers_go_out_as_they_came() -> None:
    ids = [f"<{'A' * 90}{n}@mail.example>" for n in range(12)]
    outside = Envelope(channel=Channel.EMAIL, message_id=ids[-1], references=tuple(ids[:-1]))
    said = Occasion(item_id="item1", revision=1, envelope=outside, now=NOW)
    payload = compose(Judgement(decision=decision()), case(), said, answers=ANSWERS)[0].payload
    mail = message_from_bytes(payload, policy=default)
    assert b"=?" not in payload.partition(b"From:")[0]
    assert mail["In-Reply-To"] == ids[-1] and str(mail["References"]).split() == ids[-9:]


@pytest.mark.parametrize("given", ["<a@b>\r\nBcc: <x@y>", "no angle", "<è@posta.example>", ""])
def test_an_identifier_that_is_none_is_left_out(given: str) -> None:
    outside = Envelope(channel=Channel.EMAIL, message_id=given)
    said = Occasion(item_id="item1", revision=1, envelope=outside, now=NOW)
    payload = compose(Judgement(decision=decision()), case(), said, answers=ANSWERS)[0].payload
    mail = message_from_bytes(payload, policy=default)
    assert mail["Bcc"] is None and mail["In-Reply-To"] is None


def test_no_value_can_begin_a_header_of_its_own() -> None:
    mail = message_from_bytes(
        owed(decision(to="ada@posta.example\r\nBcc: all@posta.example"))[0].payload, policy=default
    )
    assert mail["Bcc"] is None


def test_nothing_goes_out_before_a_person_has_looked() -> None:
    assert owed(replace(decision(), needs_review=True)) == ()


def test_a_complete_case_is_handed_over_and_an_incomplete_one_is_not() -> None:
    assert [d.channel for d in owed(decision())] == [DispatchChannel.EMAIL, DispatchChannel.PORTAL]
    assert [d.channel for d in owed(decision(missing=(Requirement.TAX_CODE,)))] == [DispatchChannel.EMAIL]


def test_paper_without_an_address_for_mail_gets_a_letter_that_is_not_repeatable() -> None:
    letter = owed(decision(via=Via.LETTER, to="Via dei Tigli 14, 37122 Verona"), Channel.POST)[0]
    assert (letter.channel, letter.repeatable) == (DispatchChannel.LETTER, False)
    assert draft(letter.payload).to == ("Ada Neri", "Via dei Tigli 14", "37122 Verona")


def test_a_letter_to_others_than_private_people_has_an_address_too() -> None:
    said = decision(ReplyKind.PORTAL_ONLY, via=Via.LETTER, to="Via dei Tigli 14, 37122 Verona",
                    disposition=Disposition.PORTAL_ONLY, detail="delegate")  # fmt: skip
    said = replace(said, applicant=Applicant(), reply=replace(said.reply, name="Ada Neri"))
    (letter,) = compose(Judgement(decision=said), None, occasion(Channel.FAX), answers=ANSWERS)
    assert draft(letter.payload).to == ("Ada Neri", "Via dei Tigli 14", "37122 Verona")


MM = 72 / 25.4
WINDOW = (55, 79)
"""Millimetres from the sheet's top that show in a DL envelope's window wherever the folded sheet lies."""


def drawn(letter: Letter) -> bytes:
    return render(letter, answers=ANSWERS, day=NOW.date())


@pytest.mark.parametrize(
    "to",
    [
        ("Ada Neri", "Via dei Tigli 14", "37122 Verona"),
        ("Maria Antonietta De Benedictis Castelnuovo Scognamiglio", "Via Monsignor Giovanni Battista Scalabrini 123 "
         "interno 45, scala B", "29121 Piacenza"),
    ],
    ids=["short", "long"],
)  # fmt: skip
def test_the_address_stands_in_the_window_above_the_first_fold(to: tuple[str, ...]) -> None:
    letter = Letter(subject="Oggetto", text="Gentile Ada,\n\nsaluti", to=to, case_code="SPCEN00000017")
    with pdfplumber.open(io.BytesIO(drawn(letter))) as pdf:
        words = pdf.pages[0].extract_words()
    shown = set(" ".join(to).split())
    address = [w for w in words if w["text"] in shown]
    assert len(address) == len(" ".join(to).split())
    assert all(w["x0"] > 100 * MM and w["x1"] < 190 * MM for w in address)
    assert all(WINDOW[0] * MM < w["top"] and w["bottom"] < WINDOW[1] * MM for w in address)
    assert next(w["top"] for w in words if w["text"] == "Gentile") > 99 * MM


def test_a_letter_of_two_sheets_has_its_code_on_the_first_and_covers_no_words() -> None:
    link = "https://sportello.example/ritira/IlNQQ0VOMDAwMDAwMTMi.aSl2Vw.abcdefghijklmnopqrstuvwxyz0"
    text = "Gentile Ada,\n\n" + "\n\n".join(["La procedura prosegue sul Portale, come Le abbiamo scritto."] * 30)
    letter = Letter(subject="Lunga", text=text, to=("Ada Neri",), case_code="SPCEN00000017", link=link)
    sheets = [page.render(scale=150 / 72).to_pil() for page in pypdfium2.PdfDocument(drawn(letter))]
    assert [[code.text for code in zxingcpp.read_barcodes(sheet)] for sheet in sheets] == [[link], []]
    with pdfplumber.open(io.BytesIO(drawn(letter))) as pdf:
        assert "SPCEN00000017" in (pdf.pages[1].extract_text() or ""), "a sheet that goes astray finds its case"


def test_an_english_letter_is_dated_and_read_aloud_in_english() -> None:
    letter = Letter(subject="Case", text="Dear Ada", to=("Ada Neri",), case_code=None, language=Language.ENGLISH)
    with pdfplumber.open(io.BytesIO(drawn(letter))) as pdf:
        assert "Roma, 4 May 2026" in (pdf.pages[0].extract_text() or "")
        assert pdf.doc.catalog["Lang"] == b"en" and pdf.doc.catalog["MarkInfo"]["Marked"]


# SMTP -------------------------------------------------------------------------------------------------------------


def test_mail_goes_out_with_the_null_return_path(server: Mailbox) -> None:
    dispatch = owed(decision())[0]
    assert sender(server).send(dispatch, dispatch.payload).startswith("250")
    assert server.mails[0].mail_from in ("", "<>") and server.mails[0].rcpt_tos == ["ada@posta.example"]


@pytest.mark.parametrize(
    ("answer", "failure"),
    [("451 greylisted, come back", Transient), ("550 no such user", Refused)],
)
def test_what_the_server_says_of_a_recipient_is_translated(
    server: Mailbox, answer: str, failure: type[Exception]
) -> None:
    server.recipients_answer = answer
    dispatch = owed(decision())[0]
    with pytest.raises(failure, match=answer[:3]):
        sender(server).send(dispatch, dispatch.payload)
    assert server.mails == []


def test_an_address_that_cannot_travel_is_refused_before_anything_goes_out(server: Mailbox) -> None:
    dispatch = replace(owed(decision())[0], to="nicolò@posta.example")
    with pytest.raises(Refused):
        sender(server).send(dispatch, dispatch.payload)
    assert server.mails == []


def test_an_address_cannot_smuggle_in_a_second_recipient(server: Mailbox) -> None:
    dispatch = replace(owed(decision())[0], to="ada@posta.example\r\nRCPT TO:<x@posta.example>")
    with pytest.raises(Refused, match="caratteri non ammessi"):
        sender(server).send(dispatch, dispatch.payload)
    assert server.mails == []


@pytest.mark.parametrize(("answer", "failure"), [("452 full", Transient), ("554 spam", Refused), ("cut", InDoubt)])
def test_what_happens_after_data_is_told_apart(server: Mailbox, answer: str, failure: type[Exception]) -> None:
    server.script = [answer]
    dispatch = owed(decision())[0]
    with pytest.raises(failure):
        sender(server).send(dispatch, dispatch.payload)


def test_a_server_that_is_not_there_is_no_verdict() -> None:
    gone = SmtpSender(SmtpConfig(host="127.0.0.1", port=9, tls="none", timeout=2))
    with pytest.raises(Transient):
        gone.send(owed(decision())[0], b"")


def test_the_drop_folder_holds_one_file_a_debt(tmp_path: Path) -> None:
    dispatch = owed(decision())[0]
    for _ in range(2):
        MaildirSender(tmp_path).send(dispatch, dispatch.payload)
    assert len(list((tmp_path / "new").iterdir())) == 1


# Portal -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def portal() -> Iterator[SandboxPortal]:
    sandbox = SandboxPortal().start()
    yield sandbox
    sandbox.close()


def hand_over(with_document: bytes | None = None) -> Dispatch:
    import hashlib
    import json

    said = owed(decision())[1]
    body = json.loads(said.payload)
    if with_document is not None:
        body["documents"] = [{"sha256": hashlib.sha256(with_document).hexdigest(), "filename": "a.pdf"}]
    from dataclasses import replace

    return replace(said, payload=json.dumps(body).encode())


def test_a_case_handed_over_twice_is_there_once_with_its_documents(portal: SandboxPortal) -> None:
    to = PortalSender(PortalConfig(url=portal.url), lambda item, digest: b"pdf")
    dispatch = hand_over(b"pdf")
    for _ in range(2):
        to.send(dispatch, dispatch.payload)
    assert portal.cases() == [("SPCEN00000017", 2)]
    assert len(portal.documents("SPCEN00000017")) == 1


def test_a_portal_in_trouble_is_asked_again_later_and_not_stormed(portal: SandboxPortal) -> None:
    portal.faults = [503, "drop", 503]
    to = PortalSender(PortalConfig(url=portal.url, rest_seconds=60), lambda item, digest: b"")
    dispatch = hand_over()
    for _ in range(3):
        with pytest.raises(Transient):
            to.send(dispatch, dispatch.payload)
    portal.faults = []
    with pytest.raises(Transient, match="più tardi"):
        to.send(dispatch, dispatch.payload)
    assert portal.cases() == []


def test_a_refusal_is_final(portal: SandboxPortal) -> None:
    portal.faults = [422]
    with pytest.raises(Refused, match="422"):
        PortalSender(PortalConfig(url=portal.url), lambda item, digest: b"").send(hand_over(), hand_over().payload)


def test_a_webhook_is_genuine_only_with_our_secret_and_in_time() -> None:
    body, stamp = b'{"status": "closed"}', str(NOW.timestamp())
    good = sign(b"secret", stamp, body)
    assert is_genuine(b"secret", timestamp=stamp, body=body, signature=good, now=NOW)
    assert not is_genuine(b"other", timestamp=stamp, body=body, signature=good, now=NOW)
    assert not is_genuine(b"secret", timestamp=stamp, body=body + b" ", signature=good, now=NOW)
    assert not is_genuine(b"secret", timestamp="0", body=body, signature=sign(b"secret", "0", body), now=NOW)
    assert not is_genuine(b"secret", timestamp="x", body=body, signature=good, now=NOW)
