"""Claim links, reply codes, reminders and the languages of our answers."""

from __future__ import annotations

import hashlib
import hmac
import io
import string
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pdfplumber
import pikepdf
import pytest
from itsdangerous import TimestampSigner

from mailroom.case import Case, CaseStatus
from mailroom.decision import Applicant, Requirement, Sector, Service, Supply, Topic
from mailroom.dispatch import Dispatch, DispatchChannel
from mailroom.envelope import Channel, Envelope
from outbound.acknowledging import KINDS, AnswersConfig, Wording, template_files
from outbound.composing import Occasion, letter_payload, written
from outbound.letter import Letter, draft, print_run
from outbound.personal import Expired, Keys, portal_ticket
from outbound.phrases import Language
from outbound.reminding import LastAnswer, give_up, remind
from outbound.tongue import language_of
from road.config import GatewayConfig
from road.templating import export_templates, preview

NOW = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
ANSWERS = AnswersConfig()
KEYS = Keys(secret="s3cret", base="https://sportello.example/ritira/", days=60)
CODE = "SPCEN00000017"

ITALIAN = "Gentile Ada, abbiamo ricevuto la Sua richiesta e la pratica è aperta: non deve fare altro."
ENGLISH = "I am writing to you about my bill: I have not received the refund that you have promised to me in May."


def waiting() -> Case:
    return Case(
        code=CODE, service=Service.SMART_HELP, sector=Sector.GAS, topic=Topic.BILLING, status=CaseStatus.WAITING,
        applicant=Applicant(first_name="Ada", last_name="Neri", address="Via dei Tigli 14, 37122 Verona"),
        supply=Supply(), missing=(Requirement.BILL,), opened_at=NOW, waits_until=NOW + timedelta(days=5),
    )  # fmt: skip


def answered(text: str, *, pec: bool = False) -> bytes:
    conversation = Envelope(channel=Channel.PEC if pec else Channel.EMAIL, message_id="<theirs@posta.example>")
    occasion = Occasion(item_id="i", revision=1, envelope=conversation, now=NOW)
    words = Wording(subject="Risposta", text=text, html="<p>x</p>")
    return written(words, key="answer/i/1", to="ada@posta.example", occasion=occasion, answers=ANSWERS)


def reminder(answer: bytes, channel: DispatchChannel = DispatchChannel.EMAIL) -> Dispatch:
    last = LastAnswer(channel=channel, to="ada@posta.example", payload=answer)
    return remind(waiting(), last, now=NOW, answers=ANSWERS, personal=KEYS)


# Claim links ------------------------------------------------------------------------------------------------------


def test_a_link_leads_back_to_its_case_and_a_changed_one_to_none() -> None:
    link = KEYS.claim_link(CODE)
    assert link is not None and link.startswith("https://sportello.example/ritira/") and CODE not in link
    token = link.rpartition("/")[2]
    assert KEYS.claimed_code(token) == CODE
    letters = string.ascii_letters + string.digits + "-_"
    # All of them: base64 reads the same signature out of four last letters, and each would be a link of its own.
    changed = [token[:-1] + last for last in letters if last != token[-1]]
    assert {KEYS.claimed_code(other) for other in (*changed, token + "=", f"{token}A")} == {None}
    assert Keys(secret="another", base=None, days=60).claimed_code(token) is None


def test_a_link_expires(monkeypatch: pytest.MonkeyPatch) -> None:
    then = int(datetime.now(UTC).timestamp()) - 61 * 86_400
    with monkeypatch.context() as earlier:
        earlier.setattr(TimestampSigner, "get_timestamp", lambda self: then)
        link = KEYS.claim_link(CODE)
    assert link is not None
    with pytest.raises(Expired):
        KEYS.claimed_code(link.rpartition("/")[2])


def test_without_a_public_address_there_is_no_link() -> None:
    assert Keys(secret="s", base=None, days=60).claim_link(CODE) is None


def test_the_portal_can_check_whom_we_send() -> None:
    asked = parse_qs(urlsplit(portal_ticket("https://portale.example/collega", CODE, b"k", NOW)).query)
    expires = asked["expires"][0]
    said = hmac.new(b"k", f"claim.{CODE}.{expires}".encode(), hashlib.sha256).hexdigest()
    assert asked["case"] == [CODE] and asked["signature"] == [said]
    assert int(expires) - NOW.timestamp() == 600
    assert portal_ticket("https://portale.example/", CODE, None, NOW) == "https://portale.example/"


# Reminders --------------------------------------------------------------------------------------------------------


def test_a_reminder_goes_on_with_the_conversation_and_names_what_is_missing() -> None:
    answer = answered(ITALIAN)
    owed = reminder(answer)
    mail = message_from_bytes(owed.payload, policy=default)
    assert mail["In-Reply-To"] == message_from_bytes(answer)["Message-ID"]
    assert "<theirs@posta.example>" in mail["References"]
    assert mail["Auto-Submitted"] == "auto-generated"
    body = mail.get_body(("plain",))
    assert body is not None
    text = body.get_content()
    assert "copia della bolletta" in text and CODE in text and "9 maggio 2026" in text
    assert owed.reply_token is not None and owed.reply_token in text
    assert reminder(answer).key == owed.key


def test_a_reminder_speaks_the_language_of_the_answer() -> None:
    text = "Dear Ada, we have received your request and opened the case: it waits for you, and there is nothing to pay."
    mail = message_from_bytes(reminder(answered(text)).payload, policy=default)
    assert mail["Subject"].startswith("Reminder")


def test_who_was_answered_on_paper_is_reminded_on_paper() -> None:
    words = Wording(subject="Oggetto", text=ITALIAN, html="")
    earlier = letter_payload(words, to=["Ada Neri", "Via dei Tigli 14", "37122 Verona"], case_code=CODE)
    owed = reminder(earlier, DispatchChannel.LETTER)
    letter = draft(owed.payload)
    assert letter.to == ("Ada Neri", "Via dei Tigli 14", "37122 Verona") and not owed.repeatable
    assert "per posta" in letter.text and "rispondere a questo messaggio" not in letter.text


def test_the_word_that_a_case_is_closed_goes_the_same_way_and_once_for_each_time_that_it_waited() -> None:
    last = LastAnswer(channel=DispatchChannel.EMAIL, to="ada@posta.example", payload=answered(ENGLISH))
    owed = give_up(waiting(), last, now=NOW, answers=ANSWERS, personal=KEYS)
    mail = message_from_bytes(owed.payload, policy=default)
    assert mail["Subject"].startswith("We have closed your case") and mail["Auto-Submitted"] == "auto-generated"
    body = mail.get_body(("plain",))
    assert body is not None and "by 9 May 2026" in body.get_content()
    again = give_up(replace(waiting(), waits_until=NOW + timedelta(days=90)), last, now=NOW, answers=ANSWERS)
    assert owed.key == f"given_up/{CODE}/2026-05-09" and again.key != owed.key
    words = Wording(subject="Oggetto", text=ITALIAN, html="")
    paper = letter_payload(words, to=["Ada Neri", "37122 Verona"], case_code=CODE)
    on_paper = give_up(
        waiting(), LastAnswer(channel=DispatchChannel.LETTER, to="x", payload=paper), now=NOW, answers=ANSWERS
    )
    letter = draft(on_paper.payload)
    assert letter.to == ("Ada Neri", "37122 Verona") and "copia della bolletta" in letter.text
    assert "entro il 9 maggio 2026" in letter.text and "riapriamo la pratica" in letter.text


# Languages and templates ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (ITALIAN, Language.ITALIAN),
        (ENGLISH, Language.ENGLISH),
        ("", Language.ITALIAN),
        ("Good morning, vorrei sapere della mia bolletta", Language.ITALIAN),
        ("Bonjour, je vous écris pour ma facture de gaz du mois de mai", Language.ITALIAN),
    ],
)
def test_only_english_letters_are_answered_in_english(text: str, language: Language) -> None:
    assert language_of(text) is language


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_answer_is_whole_in_both_languages_and_forms(kind: str, language: Language) -> None:
    config = GatewayConfig()
    text = preview(kind, config, language=language, form="text").decode()
    html = preview(kind, config, language=language, form="html").decode()
    for words in (text, html):
        assert "{{" not in words and "None" not in words and ANSWERS.toll_free in words
    assert f'lang="{language}"' in html
    assert ("Gentile" in text) == (language is Language.ITALIAN)


def test_html_links_can_be_clicked_and_lists_are_lists() -> None:
    config = GatewayConfig()
    assert '<a href="https://' in preview("conciliation", config, language="it", form="html").decode()
    assert preview("integration_request", config, language="it", form="html").decode().count("<li>") == 3


def test_exported_templates_override_ours_file_by_file(tmp_path: Path) -> None:
    export_templates(tmp_path)
    (tmp_path / "it" / "follow_up.txt").unlink()
    (tmp_path / "en" / "greeting.txt").write_text("Ahoy,")
    config = GatewayConfig(answers=AnswersConfig(templates=tmp_path))
    assert "Ahoy," in preview("follow_up", config, language="en", form="text").decode()
    assert "Gentile Ada" in preview("follow_up", config, language="it", form="text").decode()
    used = dict(template_files(tmp_path))
    assert used[Path("en/greeting.txt")] and not used[Path("it/follow_up.txt")]


# The print run ----------------------------------------------------------------------------------------------------


def test_a_print_run_is_a_cover_list_and_letters_with_page_numbers_of_their_own() -> None:
    long = Letter(subject="Lunga", text="\n\n".join([ITALIAN] * 30), to=("Ada Neri", "37122 Verona"), case_code=CODE)
    short = Letter(subject="Breve", text=ITALIAN, to=("Ugo Bo", "00100 Roma"), case_code=None)
    pdf = print_run([long, short], answers=ANSWERS, day=date(2026, 5, 1))
    with pdfplumber.open(io.BytesIO(pdf)) as pages:
        texts = [page.extract_text() for page in pages.pages]
    assert "Lettere del 01/05/2026: 2" in texts[0] and "Ugo Bo – 00100 Roma" in texts[0]
    assert "Roma, 1º maggio 2026" in texts[1]
    assert texts[1].endswith("1/2") and texts[2].endswith("2/2") and texts[3].endswith("1/1")
    with pikepdf.open(io.BytesIO(pdf)) as document:
        assert bool(document.Root.MarkInfo.Marked)
        assert b'pdfaid:part="3"' in document.Root.Metadata.read_bytes()
