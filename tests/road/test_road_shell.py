"""The `sportello` command in the hands of a stranger: wrong arguments, missing files, wrong configuration."""

from __future__ import annotations

import json
import os
import socket
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

import cli
from ingest.files import FilesSource, arrivals_in
from ingest.reception import take
from mailroom.errors import ConfigError, Transient
from road.attempting import Failure, attempt, keep_at, log_to_stderr
from road.config import ConsoleConfig, GatewayConfig, load
from road.gateway import Gateway, open_gateway
from road.inspecting import inspect_arrival, show
from road.serving import ConsoleServer

ROOT = Path(__file__).parents[2]
LETTER = b"From: ada@posta.example\nTo: info@sportello.example\nSubject: bolletta\n\nVorrei informazioni sul bonus.\n"
DIRTY = b"Da tre giorni esce acqua sporca dal rubinetto, chi devo chiamare? Grazie, Ada Neri"


Said = tuple[int, str, str]
Shell = Callable[..., Said]


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path) -> Callable[..., Said]:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "gateway.toml").write_text('[gateway]\nstate = "state"\n')

    def run(*arguments: str) -> Said:
        monkeypatch.setattr(sys, "argv", ["sportello", *arguments])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        out, err = capfd.readouterr()
        return int(ended.value.code or 0), out, err

    return run


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        (["nonsense"], "nonsense"),
        (["inspect"], "paths"),
        (["inspect", "missing.eml", "--json"], "missing.eml"),
        (["inspect", "gateway.toml/below"], "gateway.toml/below"),
        (["inspect", ".", "--channel", "pigeon"], "pigeon"),
        (["inspect", ".", "--jobs", "-1"], "--jobs"),
        (["ingest", "missing.eml"], "missing.eml"),
        (["cases", "list", "-c", "missing.toml"], "missing.toml"),
        (["cases", "list", "-c", "."], "directory"),
        (["backup", "missing/copy.tar", "-c", "gateway.toml"], "missing"),
        (["backup", ".", "-c", "gateway.toml"], ""),
        (["restore", "missing.tar", "-c", "gateway.toml"], "missing.tar"),
        (["restore", "gateway.toml", "-c", "gateway.toml"], "gateway.toml"),
        (["separators", "out.pdf", "--count", "0"], "--count"),
        (["separators", "missing/out.pdf"], "missing/out.pdf"),
        (["sandbox-portal", "--database", "missing/db", "--port", "0"], "missing/db"),
        (["sandbox-portal", "--secret-file", "missing"], "missing"),
        (["decide", "--since", "yesterday", "--dry-run", "-c", "gateway.toml"], "yesterday"),
        (["templates", "preview", "acknowledgement", "--out", "missing/a.txt"], "missing/a.txt"),
        (["demo", "--once", "--folder", "gateway.toml"], "gateway.toml"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_wrong_usage_is_told_in_one_line_and_ends_with_two(shell: Shell, arguments: list[str], names: str) -> None:
    code, _, err = shell(*arguments)
    assert code == 2
    assert len(err.splitlines()) == 1 and err.startswith("sportello: ") and names in err


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ('[gateway]\nstat = "x"\n', "gateway.stat: unknown key (is state meant?"),
        ("[gatway]\n", "gatway: unknown key (is gateway meant?"),
        ("[gateway]\nworkers = 0\n", "gateway.workers"),
        ("[gateway]\nprocesses = -1\n", "gateway.processes"),
        ('[gateway]\ndatabase = "oracle://x"\n', "gateway.database"),
        ('[gateway]\ndatabase = "not a url"\n', "gateway.database"),
        ('[gateway]\ndatabase_file = "missing"\n', "gateway.database_file"),
        ('[gateway]\nbroker = "ftp://x"\n', "gateway.broker"),
        ("[console]\nport = 99999\n", "console.port"),
        ('[[mailbox]]\nname = "a"\nhost = 3\n', "mailbox[0].host"),
        ('[[mailbox]]\nname = "a"\nhost = "h"\nuser = "u"\n', "password_file"),
        ('[[scan_folder]]\nname = "a"\nfolder = "f"\ntimezone = "Mars/Base"\n', "Mars/Base"),
        ('[[scan_folder]]\nname = "a"\nfolder = "f"\n[[maildir]]\nname = "a"\nfolder = "g"\n', "name: two sources"),
        (
            '[[scan_folder]]\nname = "a"\nfolder = "f"\n[[maildir]]\nname = "b"\nfolder = "g/../f"\n',
            "scan_folder.folder",
        ),
        (
            "".join(f'[[mailbox]]\nname = "{name}"\nhost = "h"\nuser = "u"\npassword_file = "p"\n' for name in "ab"),
            "mailbox.folders",
        ),
        ("mailbox = 3\n", "mailbox: a list"),
        ('[smtp]\nhost = "h"\ntimeout = 0\n', "smtp.timeout"),
        ('[smtp]\nhost = "h"\nport = 99999\n', "smtp.port"),
        (
            '[[mailbox]]\nname = "m"\nhost = "h"\nuser = "u"\npassword_file = "p"\nport = 99999\n',
            "mailbox[0].port",
        ),
        ('[smtp]\nhost = ""\n', "smtp.host"),
        ("[policy]\nservice_confidence = nan\n", "policy.service_confidence"),
        ("[policy]\nservice_confidence = 90\n", "policy.service_confidence"),
        ("[policy]\nclosing_days = -1\n", "policy.closing_days"),
        ("[policy]\npromise_days = 0\n", "policy.promise_days"),
        ("[gateway]\nworkers = 257\n", "gateway.workers"),
        ("[retention]\nsettled_case = -1\n", "retention.settled_case"),
        ("[retention]\nby_detail = { spam = 0 }\n", "retention.by_detail.spam"),
        ('[[scan_folder]]\nname = "a"\nfolder = "f"\npoll_seconds = 0\n', "scan_folder[0].poll_seconds"),
        ('[[scan_folder]]\nname = ""\nfolder = "f"\n', "scan_folder[0].name"),
        ('[portal]\nurl = "http://"\n', "portal.url"),
        ('[portal]\nurl = "http://h:port"\n', "portal.url"),
        ('[answers]\nsender = "sportello"\n', "answers.sender"),
        ("[reading]\nreaders = 0\n", "reading.readers"),
        ("[reading]\nlanguages = []\n", "reading.languages"),
        ('[reading]\nlanguages = ["../x"]\n', "reading.languages[0]"),
        (f"[reading]\nlanguages = {['ita'] * 31}\n", "reading.languages"),
        ('[answers]\ntemplates = "gone"\n', "answers.templates"),
        ("[reading]\nreader = 3\n", "reading.reader: unknown key"),
        ('file = "x"\n', "file: unknown key"),
        ('[gateway]\nstate = "a\\u0000b"\n', "gateway.state"),
        (
            '[[mailbox]]\nname = "m"\nhost = "h"\nuser = "u"\npassword_file = "p"\nvanished_least = -1\n',
            "mailbox[0].vanished_least",
        ),
        ('[portal]\nurl = "portal.example"\n', "portal.url"),
        ("x = [", "gateway.toml"),
    ],
)
def test_a_wrong_configuration_is_told_by_file_and_key(shell: Shell, tmp_path: Path, text: str, names: str) -> None:
    (tmp_path / "gateway.toml").write_text(text)
    for verb in (["doctor"], ["run"]):
        code, out, err = shell(*verb, "-c", "gateway.toml")
        assert (code, out) == (2, "")
        assert len(err.splitlines()) == 1 and err.startswith("sportello: gateway.toml: ") and names in err


def test_a_password_in_a_wrong_database_url_is_not_told(tmp_path: Path) -> None:
    (tmp_path / "url").write_text("postgres//me:s3cret@host/db")
    (tmp_path / "gateway.toml").write_text('[gateway]\ndatabase_file = "url"\n')
    with pytest.raises(ConfigError, match="database_file") as error:
        load(tmp_path / "gateway.toml")
    assert "s3cret" not in str(error.value)


def test_a_state_folder_that_can_not_be_made_is_named(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "gateway.toml").write_text('[gateway]\nstate = "gateway.toml/state"\n')
    code, _, err = shell("cases", "list", "-c", "gateway.toml")
    assert code == 2 and err.startswith("sportello: gateway.toml: gateway.state: ") and len(err.splitlines()) == 1


def test_a_database_that_does_not_answer_is_told_in_one_line(shell: Shell, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    (tmp_path / "gateway.toml").write_text(
        f'[gateway]\nstate = "state"\ndatabase = "postgresql://me@127.0.0.1:{port}/ledger"\n'
    )
    for verb in (["cases", "list"], ["migrate"]):
        code, _, err = shell(*verb, "-c", "gateway.toml")
        assert code == 2 and len(err.splitlines()) == 1 and "ledger" in err
        assert err.startswith("sportello: gateway.toml: gateway.database: ")
    code, out, _ = shell("doctor", "-c", "gateway.toml")
    assert code == 1 and "registro" in out


def test_the_folder_of_a_database_is_not_made_unasked(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "gateway.toml").write_text(
        f'[gateway]\nstate = "state"\ndatabase = "sqlite:///{tmp_path}/missing/a.db"\n'
    )
    (tmp_path / "copy.tar").write_bytes(b"")
    for verb in (["cases", "list"], ["restore", "copy.tar"]):
        code, _, err = shell(*verb, "-c", "gateway.toml")
        assert code == 2 and len(err.splitlines()) == 1
        assert err.startswith("sportello: gateway.toml: gateway.database: ") and "missing" in err
    assert not (tmp_path / "missing").exists()


def test_a_ledger_of_a_newer_gateway_and_a_file_that_is_no_ledger_are_left_alone(shell: Shell, tmp_path: Path) -> None:
    assert shell("migrate", "-c", "gateway.toml")[0] == 0
    ledger = tmp_path / "state" / "ledger.db"
    with sqlite3.connect(ledger) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    code, _, err = shell("cases", "list", "-c", "gateway.toml")
    assert code == 1 and "another edition" in err and len(err.splitlines()) == 1
    for leftover in ledger.parent.glob("ledger.db*"):
        leftover.unlink()
    ledger.write_bytes(b"no database at all " * 100)
    code, _, err = shell("cases", "list", "-c", "gateway.toml")
    assert code == 2 and len(err.splitlines()) == 1
    assert err.startswith("sportello: gateway.toml: gateway.state: ") and "ledger.db" in err
    assert ledger.read_bytes().startswith(b"no database")


@pytest.mark.parametrize(
    ("phrases", "names"),
    [
        ("[missing]\ntax_cod = 'x'\n", "missing.tax_cod: unknown key"),
        ("[advice]\nempty = 'x'\n", "advice: unknown table"),
        ("missing = 'x'\n", "missing: a table"),
        ("[refused]\nempty = 3\n", "refused.empty: one line"),
        ('[refused]\nempty = "a\\nb"\n', "refused.empty: one line"),
        ("[refused]\nempty = ''\n", "refused.empty: one line"),
        ("x = [", "phrases.toml"),
        (b"[missing]\nbill = '\xff'\n", "phrases.toml"),
    ],
)
def test_wrong_phrases_are_told_by_file_and_key(shell: Shell, tmp_path: Path, phrases: str | bytes, names: str) -> None:
    (tmp_path / "gateway.toml").write_text('[answers]\ntemplates = "own"\n')
    (tmp_path / "own" / "en").mkdir(parents=True)
    (tmp_path / "own" / "en" / "phrases.toml").write_bytes(phrases if isinstance(phrases, bytes) else phrases.encode())
    for verb in (["doctor"], ["templates", "preview", "phrases"]):
        code, out, err = shell(*verb, "-c", "gateway.toml")
        assert (code, out) == (2, "")
        assert len(err.splitlines()) == 1 and "own/en/phrases.toml" in err and names in err


def test_phrases_are_exported_and_shown_as_they_are_in_use(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "gateway.toml").write_text('[gateway]\nstate = "state"\n[answers]\ntemplates = "own"\n')
    assert shell("templates", "export", "own")[0] == 0
    own = tmp_path / "own" / "it" / "phrases.toml"
    own.write_text(own.read_text("utf-8").replace("una copia della bolletta", "la bolletta più recente"), "utf-8")
    code, out, _ = shell("templates", "preview", "phrases", "-c", "gateway.toml")
    assert code == 0 and 'bill = "la bolletta più recente"' in out and "[refused]" in out
    assert "* it/phrases.toml" in shell("templates", "list", "-c", "gateway.toml")[1]
    assert shell("templates", "preview", "phrases", "--as", "pdf")[0] == 2


def test_a_wrong_template_is_told_by_file_and_line(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "gateway.toml").write_text('[gateway]\nstate = "state"\n[answers]\ntemplates = "own"\n')
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "reminder.txt").write_text("Oggetto: x\n\n{% if %}\n")
    code, out, err = shell("templates", "preview", "reminder", "-c", "gateway.toml")
    assert (code, out, len(err.splitlines())) == (2, "", 1) and "own/reminder.txt:3" in err
    code, out, _ = shell("doctor", "-c", "gateway.toml")
    assert code == 1 and "it/reminder" in out


def test_the_doctor_names_the_key_of_a_file_that_is_missing(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "gateway.toml").write_text(
        '[gateway]\nstate = "state"\n[portal]\nurl = "http://127.0.0.1:9"\nwebhook_secret_file = "nowhere"\n'
    )
    code, out, _ = shell("doctor", "-c", "gateway.toml")
    assert code == 1 and "portal.webhook_secret_file" in out


def test_what_strayed_or_vanished_is_seen_and_ended_at_the_shell(shell: Shell) -> None:
    gateway = open_gateway(load(Path("gateway.toml")))
    assert shell("sources", "list", "-c", "gateway.toml")[0] == 0
    book = gateway.ledger
    book.remember(
        "posta#reconciliation", {"last": json.dumps({"at": "x", "waiting": [], "strays": 1, "strays_now": 4})}
    )
    book.alarm("posta", "reconciliation_strays", "3 messaggi mai presi in carico")
    book.alarm("posta", "reconciliation_untaken", "2 arrivi fermi")
    code, out, _ = shell("sources", "list", "-c", "gateway.toml")
    assert code == 1 and "3 messaggi" in out and "2 arrivi" in out
    assert "sportello sources confirm posta reconciliation_strays" in out
    assert "confirm posta reconciliation_untaken" not in out, "it ends when they are taken"
    code, out, _ = shell("sources", "confirm", "posta", "reconciliation_strays", "-c", "gateway.toml")
    assert code == 0 and "confermato" in out
    assert [alarm.code for alarm in gateway.views.alarms()] == ["reconciliation_untaken"]
    assert json.loads(book.source_state("posta#reconciliation")["last"])["strays"] == 4, (
        "no later look counts them again"
    )
    for wrong in (["posta", "reconciliation_strays"], ["posta", "reconciliation_untaken"], ["altra", "x"]):
        code, _, err = shell("sources", "confirm", *wrong, "-c", "gateway.toml")
        assert code == 1 and len(err.splitlines()) == 1 and "reconciliation_untaken" in err
    assert [alarm.code for alarm in gateway.views.alarms()] == ["reconciliation_untaken"]


def test_a_reader_who_has_seen_enough_ends_the_listing_quietly() -> None:
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [sys.executable, "-m", "cli", "rules"], cwd=ROOT, stdout=write, stderr=subprocess.PIPE, text=True, check=False
    )
    os.close(write)
    assert (done.returncode, done.stderr) == (1, "")


def test_what_can_not_be_taken_is_told_and_the_rest_is_inspected(shell: Shell, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "a.eml").write_bytes(LETTER)
    code, out, err = shell("inspect", "pipe", "a.eml", "--json")
    assert code == 1 and "pipe" in err
    assert json.loads(out)["item"] == "a.eml"


def test_a_file_name_in_no_known_encoding_makes_json_and_no_trouble(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "only").mkdir()
    (tmp_path / "only" / os.fsdecode(b"\xe8\x1b[31m.eml")).write_bytes(LETTER)
    code, out, _ = shell("inspect", "only", "--json")
    assert code == 0 and json.loads(out)["item"] == "only/\udce8\x1b[31m.eml"
    code, out, _ = shell("inspect", "only")
    assert code == 0 and "\x1b" not in out


def test_an_item_that_runs_into_a_defect_gets_an_object_of_the_contract(tmp_path: Path, gateway: Gateway) -> None:
    (tmp_path / "a.eml").write_bytes(LETTER)
    (arrival,) = arrivals_in([tmp_path / "a.eml"])
    whole = inspect_arrival(arrival, gateway.tools())[0]
    (stuck,) = inspect_arrival(arrival, replace(gateway.tools(), models=None))  # type: ignore[arg-type]
    assert set(stuck) == set(whole) and set(stuck["reply"]) == set(whole["reply"])
    assert stuck["needs_review"] and "Errore interno" in stuck["review_reasons"][0]
    assert stuck["sha256"] == whole["sha256"] and stuck["service"]["value"] is None


def test_the_whole_object_goes_out_on_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    show({"item": "a\nb\udcff"}, as_json=True)
    assert capsys.readouterr().out == '{"item": "a\\nb\\udcff"}\n'


def test_a_thread_that_must_not_die_is_begun_again() -> None:
    stop, tries = threading.Event(), []

    def work() -> None:
        tries.append(1)
        if len(tries) == 1:
            raise Transient("il registro non risponde")
        if len(tries) == 2:
            raise ZeroDivisionError
        stop.set()

    keep_at(work, stop, name="source", pause=0)
    assert len(tries) == 3


def test_a_console_whose_port_is_taken_says_so(tmp_path: Path, gateway: Gateway) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        where = ConsoleConfig(port=taken.getsockname()[1])
        with pytest.raises(ConfigError, match=str(where.port)):
            ConsoleServer(replace(gateway, config=replace(gateway.config, console=where)))


def test_files_are_taken_once_and_each_outcome_is_counted(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "post").mkdir()
    (tmp_path / "post" / "a.eml").write_bytes(LETTER)
    (tmp_path / "post" / "cut.tif").write_bytes(b"II*\0\x08\0\0\0")
    code, out, _ = shell("ingest", "post", "-c", "gateway.toml")
    assert "2 nuovi, 0 già noti" in out and "0 non finiti" in out
    gateway = open_gateway(GatewayConfig(gateway=load(tmp_path / "gateway.toml").gateway))
    held = [row.id for row in gateway.views.held()]
    gateway.engine.dispose()
    assert code == (1 if held else 0) and all(item in out for item in held)
    code, out, _ = shell("ingest", "post", "-c", "gateway.toml")
    assert code == 0 and "0 nuovi, 2 già noti" in out


def test_why_it_waits_is_said_in_the_words_of_the_pages(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(LETTER.replace(b"Vorrei informazioni sul bonus.", DIRTY))
    with (tmp_path / "gateway.toml").open("a") as config:
        config.write("[policy]\nservice_confidence = 1.0\n")
    code, taken, _ = shell("ingest", "a.eml", "-c", "gateway.toml")
    _, listed, _ = shell("quarantine", "list", "-c", "gateway.toml")
    assert code == 1
    for out in (taken, listed):
        assert "Servizio: informazioni" in out


def test_what_a_command_that_was_broken_off_took_is_finished_by_the_next(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(LETTER)
    gateway = open_gateway(GatewayConfig(gateway=load(tmp_path / "gateway.toml").gateway))
    (receipt,) = take(FilesSource(paths=[Path("a.eml")]), blobs=gateway.blobs, book=gateway.ledger).receipts
    _, out, _ = shell("ingest", "a.eml", "-c", "gateway.toml")
    assert "0 nuovi, 1 già noti" in out and "0 non finiti" in out
    detail = gateway.views.item(receipt.item_id)
    gateway.engine.dispose()
    assert detail is not None and detail.row.disposition is not None


def test_the_log_of_a_defect_names_places_and_kinds_and_nothing_that_people_wrote(
    capfd: pytest.CaptureFixture[str],
) -> None:
    def step() -> None:
        letter = "Sono Ada Bianchi, RSSMRA85T10A562S"
        try:
            raise KeyError(letter)
        except KeyError as error:
            raise ValueError(f"cannot read {letter}") from error

    log_to_stderr()
    failure = attempt(step, item="i-17")
    assert isinstance(failure, Failure)
    _, said = capfd.readouterr()
    assert "i-17" in said
    assert failure.reference and failure.reference in said
    assert "ValueError" in said
    assert "KeyError" in said
    assert f"{Path(__file__).name}:" in said
    assert "Bianchi" not in said
    assert "RSSMRA" not in said
