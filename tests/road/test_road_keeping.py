"""What keepers do: count the sources, keep the register, let go what may go, hand out what is known of a person."""

from __future__ import annotations

import hashlib
import json
import os
import stat
import zipfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner

from bench.plain_pdf import text_pdf
from cli import app
from ingest.scan_folder import ScanFolderConfig
from mailroom.errors import LostLease
from mailroom.finding import Finding
from mailroom.item import Rung
from mailroom.policy import Policy
from outbound.acknowledging import KINDS
from parsers.page_cache import FolderCache, cache_key
from road.chores import AT_THE_SOURCES, AT_WORK, Chores
from road.config import load
from road.gateway import Gateway, open_gateway
from road.retaining import retention_of
from road.rethinking import rethink
from store.retention import RetentionPolicy
from tests.road.answering import arrive, letter

ASKS = (
    "Buongiorno, vorrei sapere chi è il mio attuale fornitore di energia elettrica e da quando: chiedo il servizio "
    "SMART Info.\n\nAda Neri\n"
)
CODE = "NREDAA80A41L781G"
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


class LaterClock:
    """The real time, and some days more."""

    def __init__(self, days: int) -> None:
        self._more = timedelta(days=days)

    def now(self) -> datetime:
        return datetime.now(UTC) + self._more


def config_file(gateway: Gateway, folder: Path, more: str = "") -> str:
    file = folder / "gateway.toml"
    file.write_text(f'{more}\n[gateway]\nstate = "{gateway.config.gateway.state}"\n', "utf-8")
    return str(file)


def test_what_lies_at_a_source_too_long_is_an_alarm_until_it_is_taken(gateway: Gateway, tmp_path: Path) -> None:
    folder = tmp_path / "scan"
    folder.mkdir()
    source = ScanFolderConfig(name="scanner", folder=folder, settle_seconds=0)
    watched = replace(gateway, config=replace(gateway.config, scan_folder=(source,)))
    (folder / "a.pdf").write_bytes(b"%PDF-1.4\n%%EOF\n")
    yesterday = datetime.now().timestamp() - 86_400
    os.utime(folder / "a.pdf", (yesterday, yesterday))
    chores = Chores(watched, AT_THE_SOURCES)
    assert chores.run_due() == {"reconciliation": 1}
    assert chores.run_due() == {}, "a turn is over only after its time"
    assert [alarm.code for alarm in watched.views.alarms()] == ["reconciliation_untaken"]
    assert [row.difference for row in watched.views.reconciliation() if row.source == "scanner"] == [1]
    for attendance in watched.attendances():
        taken = attendance.take()
        assert len(taken.receipts) == 1
    latest = Chores(replace(watched, clock=LaterClock(1)), AT_THE_SOURCES)
    assert latest.run_due() == {"reconciliation": 0}
    assert watched.views.alarms() == ()


def test_every_day_that_is_over_has_its_register_with_a_digest(gateway: Gateway, tmp_path: Path) -> None:
    arrive(gateway, tmp_path, "a.eml", letter(ASKS))
    later = replace(gateway, clock=LaterClock(2))
    assert Chores(later, AT_WORK).run_due()["daily_register"] == 2
    files = sorted((gateway.config.gateway.state / "register").glob("*.xml"))
    assert len(files) == 2
    entries = ElementTree.fromstring(files[0].read_bytes()).findall("Registrazione")
    assert {entry.get("Verso") for entry in entries} == {"entrata", "uscita"}
    said = files[0].with_suffix(".xml.sha256").read_text().split()
    assert said == [hashlib.sha256(files[0].read_bytes()).hexdigest(), files[0].name]
    before = files[0].stat().st_mtime_ns
    Chores(replace(gateway, clock=LaterClock(3)), AT_WORK).run_due()
    assert files[0].stat().st_mtime_ns == before, "a day's register is written once"


def test_the_register_is_exported_for_the_bodys_own_system(gateway: Gateway, tmp_path: Path) -> None:
    arrive(gateway, tmp_path, "a.eml", letter(ASKS))
    config = config_file(gateway, tmp_path, '[register]\nadministration = "au"\narea = "AOO1"\n')
    out = tmp_path / "segnature"
    done = CliRunner().invoke(app, ["register", "export", str(out), "--since", "2026-01-01", "-c", config])
    assert done.exit_code == 0, done.output
    first, *rest = sorted(out.iterdir())
    assert rest and ElementTree.fromstring(first.read_bytes()).findtext(".//CodiceAmministrazione") == "au"


def test_nothing_is_erased_unless_it_is_configured_and_then_only_what_is_over(gateway: Gateway, tmp_path: Path) -> None:
    item = arrive(gateway, tmp_path, "a.eml", letter("Offerta! Compri ora le nostre pentole a metà prezzo, clicchi."))
    gateway.ledger.hold(item, "review", "?")
    assert gateway.ledger.correct(item, [], "anna")
    runner = CliRunner()
    for command in (["retention", "run"], ["retention", "list"]):
        done = runner.invoke(app, [*command, "-c", config_file(gateway, tmp_path)])
        assert ("Nessuna tabella" in done.output) == (command[1] == "list")
    late = replace(gateway, clock=LaterClock(4000))
    assert Chores(late, AT_WORK).run_due()["retention"] == 0
    closing = arrive(gateway, tmp_path, "b.eml", report())
    detail = gateway.views.item(closing)
    assert detail is not None and detail.row.rung is Rung.CLOSED
    ruled = replace(late, config=replace(late.config, retention=RetentionPolicy()), clock=LaterClock(4002))
    assert Chores(ruled, AT_WORK).run_due()["retention"] == 1
    gone = gateway.views.item(closing)
    assert gone is not None and gone.erased_at is not None and gone.protocol_number == detail.protocol_number


def report() -> bytes:
    return (
        b"From: MAILER-DAEMON@mx.example\r\nTo: sportello@sportello.example\r\nAuto-Submitted: auto-replied\r\n"
        b"Subject: Delivery Status Notification\r\nContent-Type: multipart/report; report-type=delivery-status;"
        b" boundary=B\r\n\r\n--B\r\nContent-Type: text/plain\r\n\r\nno\r\n--B\r\n"
        b"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n"
        b"Final-Recipient: rfc822; x@y.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--B--\r\n"
    )


def test_a_person_gets_all_that_is_held_and_what_is_closed_is_erased_on_request(
    gateway: Gateway, tmp_path: Path
) -> None:
    raw = letter(f"{ASKS}codice fiscale {CODE}\nVia dei Tigli 14, 37122 Verona\n")
    item = arrive(gateway, tmp_path, "a.eml", raw)
    config, file, runner = config_file(gateway, tmp_path), tmp_path / "ada.zip", CliRunner()
    done = runner.invoke(app, ["person", "export", CODE.lower(), str(file), "-c", config])
    assert done.exit_code == 0, done.output
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with zipfile.ZipFile(file) as archive:
        assert archive.read(f"originali/{item}") == raw
        assert CODE in json.dumps(json.loads(archive.read("dati.json")))
    assert [look.what for look in gateway.views.looks(since=LONG_AGO)] == ["person_file"]
    assert runner.invoke(app, ["person", "export", CODE, str(file), "-c", config]).exception is not None

    done = runner.invoke(app, ["person", "erase", CODE, "--reason", "richiesta", "-c", config])
    detail = gateway.views.item(item)
    assert detail is not None
    erased = detail.row.rung is Rung.CLOSED
    assert (done.exit_code == 0) == erased == (detail.erased_at is not None)


def test_what_was_made_of_erased_files_goes_with_them(gateway: Gateway, tmp_path: Path) -> None:
    paper = text_pdf("Carta d'identità di Ada Neri, nata a Verona")
    item = arrive(gateway, tmp_path, "a.eml", letter(ASKS, files={"carta.pdf": paper}))
    digest = hashlib.sha256(paper).hexdigest()
    read = gateway.state / "read"
    assert gateway.document(item, digest) == paper and gateway.derived.has(digest)
    key = cache_key(digest, "application/pdf", gateway.tools().reading, 0, 1)
    FolderCache(read).put(key, {"text": "Ada Neri"})
    gateway.ledger.correct(item, [Finding(kind="disposition", value="portal_only", confidence=1.0, by="person:a")], "a")
    gateway.climber(lambda ids, slow: None).climb([item], slow=True)
    assert retention_of(gateway).erase([item], by="prova", reason="richiesta").items == (item,)
    assert not gateway.derived.has(digest)
    assert FolderCache(read).get(key) is None and not list(read.rglob("*.json"))


def test_a_dry_run_shows_what_another_threshold_would_have_decided(gateway: Gateway, tmp_path: Path) -> None:
    item = arrive(gateway, tmp_path, "a.eml", letter(ASKS))
    arrive(gateway, tmp_path, "b.eml", letter(ASKS + "\nSollecito la mia richiesta di ieri."))
    assert not any(one.differs for one in rethink(gateway, since=LONG_AGO))
    strict = replace(gateway, config=replace(gateway.config, policy=Policy(service_confidence=1.01)))
    (changed,) = [one for one in rethink(strict, since=LONG_AGO) if one.differs and one.item_id == item]
    assert not changed.before.needs_review and changed.now.needs_review
    assert changed.before.policy != changed.now.policy, "a changed threshold is another edition of the rules"

    config = config_file(gateway, tmp_path, "[policy]\nservice_confidence = 1.01\n")
    runner = CliRunner()
    done = runner.invoke(app, ["decide", "--dry-run", "--since", "2020-01-01", "--json", "-c", config])
    said = [json.loads(line) for line in done.output.splitlines() if line.startswith("{")]
    assert item in {one["item"] for one in said}
    after = gateway.views.item(item)
    assert after is not None and after.row.held_code is None, "nothing was changed"
    assert runner.invoke(app, ["decide", "--since", "2020-01-01", "-c", config]).exit_code != 0


def test_the_retention_rule_is_read_from_the_configuration(gateway: Gateway, tmp_path: Path) -> None:
    config = load(Path(config_file(gateway, tmp_path, "[retention]\nsettled_case = 7\nby_detail = {spam = 3}\n")))
    assert config.retention is not None
    assert (config.retention.settled_case, dict(config.retention.by_detail)) == (7, {"spam": 3})
    ruled = open_gateway(config)
    assert ruled.views.item(arrive(ruled, tmp_path, "a.eml", letter("boh"))) is not None


def test_the_rules_can_be_read_aloud(gateway: Gateway, tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["rules", "-c", config_file(gateway, tmp_path)], env={"COLUMNS": "200"})
    assert "Chi cita il codice di una pratica scrive per quella pratica." in done.output
    assert Policy().edition in done.output


def test_slow_reading_keeps_the_item_and_stops_when_another_has_it(gateway: Gateway, tmp_path: Path) -> None:
    config = load(Path(config_file(gateway, tmp_path)))
    quick = open_gateway(replace(config, gateway=replace(config.gateway, lease_seconds=0.0)))
    item = arrive(gateway, tmp_path, "a.eml", letter("boh"))
    gateway.ledger.release(item, "test")
    (claim,) = gateway.ledger.claim(lease_seconds=60)
    climber = quick.climber(lambda ids, slow: None)
    progress = climber._progress(claim)
    progress(1, 3)
    assert gateway.ledger.claim(lease_seconds=60)[0].item.id == item, "a lease of no time is free at once"
    with pytest.raises(LostLease):
        progress(2, 3)


def test_the_doctor_names_what_is_not_well_and_goes_on(gateway: Gateway, tmp_path: Path) -> None:
    own = tmp_path / "testi"
    own.mkdir()
    runner = CliRunner()
    well = runner.invoke(app, ["doctor", "-c", config_file(gateway, tmp_path)], env={"COLUMNS": "200"})
    assert well.exit_code == 0 and f"{len(KINDS)} risposte in 2 lingue" in well.output
    (own / "closing.txt").write_text("Saluti {{ nome_sbagliato }}", "utf-8")
    ill = f"""[answers]
templates = "{own}"
[opening.scanner.address]
path = "{tmp_path / "nessuno.sock"}"
[[mailbox]]
name = "posta"
host = "127.0.0.1"
port = 9
user = "x"
password_file = "{own / "closing.txt"}"
[portal]
url = "http://127.0.0.1:9"
"""
    done = runner.invoke(app, ["doctor", "-c", config_file(gateway, tmp_path, ill)], env={"COLUMNS": "200"})
    assert done.exit_code == 1
    failed = {line.split("│")[1].strip() for line in done.output.splitlines() if "failed" in line}
    assert {"antivirus", "fonte posta", "Portale", "testo it/acknowledgement"} <= failed
