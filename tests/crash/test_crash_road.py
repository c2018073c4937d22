"""The road is cut before every durable effect, walked again to its end, and the books must balance."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.parser import BytesParser
from itertools import count
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from PIL import Image

from bench.paper import draw_page, fax, scan
from ingest.files import FilesSource
from ingest.reception import take
from mailroom.case import new_code
from mailroom.envelope import Channel
from outbound.sandbox_portal import SandboxPortal
from parsers.separators import make_pdf
from road.config import load
from road.gateway import Gateway, open_gateway
from store.verify import verify

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "servers"))

from dovecot import PASSWORD, Dovecot, dovecot  # noqa: E402
from smtp import Mailbox, smtp_server  # noqa: E402

SHARDS = 4
LEAST_KILL_POINTS = 200
LEAST_JOINING = 50
LEAST_CUTTING = 25
LETTERS = (
    (
        "info",
        "Ada Neri",
        "Buongiorno, vorrei sapere come si legge la bolletta del gas. Che cosa sono gli oneri di sistema?",
    ),
    ("info", "Ugo Bo", "Salve, chiedo informazioni sul bonus sociale per la luce: a chi si fa la domanda? Grazie."),
)
PAPER = "Spettabile Sportello,\n\nvorrei sapere come si legge la bolletta della luce.\n\nEva Li\nVia Roma 1, 00184 Roma"


@dataclass(slots=True)
class Stage:
    """Real servers for all runs; each run has a folder and mailbox users of its own."""

    mail: Dovecot
    smtp: Mailbox
    portal: SandboxPortal
    zygote: subprocess.Popen[str]
    folder: Path
    numbers: Iterator[int] = field(default_factory=count)
    warm: Path | None = None

    def prepare(self) -> Path:
        """A fresh installation with five arrivals waiting; returns its configuration."""
        run, number = self._empty()
        for name in ("fax", "scan"):
            (run / name).mkdir()
        (run / "password").write_text(PASSWORD)
        for user, name, text in LETTERS:
            self._append(f"{user}{number}", letter(name, text))
        self._append(f"pec{number}", certified(letter("Eva Li", LETTERS[0][2])))
        (run / "fax" / "a.tif").write_bytes(FAX)
        (run / "scan" / "b.pdf").write_bytes(SCAN)
        return self._written(run, self._sources(number))

    def prepare_received(self, files: Sequence[bytes], *, name: str = "eml", channel: Channel | None = None) -> Path:
        """A fresh installation that has no sources, and has received these already."""
        run, _ = self._empty()
        config = self._written(run, "")
        gateway = open_gateway(load(config))
        for number, raw in enumerate(files):
            path = run / f"{number}.{name}"
            path.write_bytes(raw)
            take(FilesSource(paths=[path], channel=channel), blobs=gateway.blobs, book=gateway.ledger)
        gateway.engine.dispose()
        return config

    def copy(self, config: Path) -> Path:
        run, _ = self._empty()
        shutil.copytree(config.parent, run, dirs_exist_ok=True)
        return run / config.name

    def _empty(self) -> tuple[Path, int]:
        number = next(self.numbers)
        run = self.folder / f"run{number}"
        run.mkdir()
        if self.warm is not None:
            shutil.copytree(self.warm, run / "state")
        return run, number

    def _written(self, run: Path, sources: str) -> Path:
        config = run / "gateway.toml"
        config.write_text(
            f'[gateway]\nstate = "state"\n{sources}'
            f'[smtp]\nhost = "127.0.0.1"\nport = {self.smtp.port}\ntls = "none"\n'
            f'[portal]\nurl = "{self.portal.url}"\n'
        )
        return config

    def _append(self, user: str, mail: bytes) -> None:
        with self.mail.client(user) as client:
            client.append("INBOX", mail)

    def _sources(self, number: int) -> str:
        boxes = "".join(
            f'[[mailbox]]\nname = "{box}"\nhost = "127.0.0.1"\nport = {self.mail.port}\nuser = "{box}{number}"\n'
            f'tls = "none"\npassword_file = "password"\nchannel = "{channel}"\n'
            for box, channel in (("info", "email"), ("pec", "pec"))
        )
        folders = "".join(
            f'[[{name}_folder]]\nname = "{name}"\nfolder = "{name}"\nsettle_seconds = 0.0\npatience_seconds = 0.0\n'
            for name in ("fax", "scan")
        )
        return boxes + folders

    def cut_off(
        self, received: Path, points: Iterable[int], *, together: bool = False, starts: Sequence[int] = ()
    ) -> Iterator[Path]:
        """An installation for each point: walked until it was killed there, and once more to the end."""
        for kill_at in points:
            config = self.copy(received)
            self.smtp.mails.clear()
            assert self.walk(config, kill_at, together=together, starts=starts)["exit"] == 137, kill_at
            assert self.walk(config, together=together, starts=starts)["exit"] == 0, kill_at
            yield config
            shutil.rmtree(config.parent)

    def walk(
        self,
        config: Path,
        kill_at: int | None = None,
        *,
        together: bool = False,
        warm: bool = False,
        starts: Sequence[int] = (),
    ) -> dict[str, Any]:
        """`together`: all items that are due are claimed and committed as one batch, not one after another. `starts`:
        an operator cuts what is held before these pages."""
        assert self.zygote.stdin and self.zygote.stdout
        order = {"config": str(config), "kill_at": kill_at, "together": together, "warm": warm, "starts": starts}
        self.zygote.stdin.write(json.dumps(order) + "\n")
        self.zygote.stdin.flush()
        answer: dict[str, Any] = json.loads(self.zygote.stdout.readline())
        return answer


def letter(name: str, text: str, subject: str = "richiesta di informazioni") -> bytes:
    mail = EmailMessage()
    mail["From"] = f"{name} <{name.split()[0].lower()}@posta.example>"
    mail["To"] = "info@sportello.example"
    mail["Subject"] = subject
    mail["Date"] = "Tue, 17 Mar 2026 21:22:00 +0100"
    mail["Message-ID"] = f"<{abs(hash(text)) % 10**8}@posta.example>"
    mail.set_content(f"{text}\n\n{name}\n")
    return mail.as_bytes()


def certified(inner: bytes) -> bytes:
    outer = EmailMessage()
    outer["From"] = '"Per conto di: eva@pec.example" <posta-certificata@pec.gestore.example>'
    outer["Subject"] = "POSTA CERTIFICATA: richiesta"
    outer["X-Trasporto"] = "posta-certificata"
    outer.set_content("busta")
    outer.add_attachment(BytesParser().parsebytes(inner), filename="postacert.eml")  # type: ignore[arg-type]
    return outer.as_bytes()


def cut(raw: bytes, count: int) -> list[bytes]:
    """A mail in so many others (RFC 2046, 5.2.2); only the last says how many."""
    size = len(raw) // count + 1
    return [
        b"From: Ada Neri <ada@posta.example>\r\nTo: info@sportello.example\r\nSubject: pezzo %d\r\n" % number
        + b"Date: Tue, 17 Mar 2026 21:22:00 +0100\r\nMessage-ID: <pezzo%d@posta.example>\r\n" % number
        + b'Content-Type: message/partial; id="tutto@posta.example"; number=%d' % number
        + (b"; total=%d" % count if number == count else b"")
        + b"\r\n\r\n"
        + raw[start : start + size]
        for number, start in enumerate(range(0, len(raw), size), 1)
    ]


ASKED = "richiesta di bonus sociale"
ASKS = """Spettabile Sportello,

vorrei avere informazioni sul bonus sociale per la luce: chi ne ha diritto e a chi si fa la domanda? Sono una cliente
domestica.

Via dei Tigli 14, 37122 Verona"""
WHOLE = letter("Ada Neri", ASKS, ASKED).replace(b"\n", b"\r\n")
FAX = fax([draw_page(PAPER)], fine=True, header="17-03-2026 06123", seed=1)
SCAN = scan([draw_page(PAPER.replace("luce", "acqua"))], seed=2)


BATCH = [
    draw_page(f"Spettabile Sportello,\n\n{asks}\n\nDistinti saluti\n{name}\n{address}")
    for asks, name, address in (
        (
            "vorrei avere informazioni sul bonus sociale per la luce: chi ne ha diritto e a chi si fa la domanda? Sono "
            "una cliente domestica. Mio marito non lavora da due anni e viviamo in affitto con tre figli a carico: la "
            "bolletta della luce pesa ogni mese più della spesa.",
            "Ada Neri",
            "Via dei Tigli 14, 37122 Verona\nada.neri@posta.example",
        ),
        (
            "vorrei sapere come si legge la bolletta del gas e che cosa sono gli oneri di sistema.",
            "Ugo Bo",
            "Via Po 3, 10124 Torino\nugo.bo@posta.example",
        ),
    )
]


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("crash")
    portal = SandboxPortal().start()
    zygote = subprocess.Popen(
        [sys.executable, str(HERE / "zygote.py")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=HERE.parents[1],
        env={"PYTHONPATH": str(HERE.parents[1]), "PATH": "/usr/bin:/bin:/usr/sbin", "OMP_THREAD_LIMIT": "1"},
    )
    with dovecot() as mail, smtp_server() as smtp:
        made = Stage(mail=mail, smtp=smtp, portal=portal, zygote=zygote, folder=folder)
        warm_up(made)
        yield made
        assert zygote.stdin
        zygote.stdin.close()
        zygote.wait(10)
    portal.close()


def warm_up(stage: Stage) -> None:
    """One whole road: what it read is kept for the others (no OCR again), with an empty ledger of the right schema."""
    config = stage.prepare()
    assert stage.walk(config)["exit"] == 0
    warm = stage.folder / "warm"
    warm.mkdir()
    shutil.copytree(config.parent / "state" / "read", warm / "read")
    empty = config.parent / "empty.toml"
    empty.write_text(f'[gateway]\nstate = "{warm}"\n')
    open_gateway(load(empty)).engine.dispose()
    stage.warm = warm
    assert stage.walk(stage.prepare_received([WHOLE]), warm=True)["exit"] == 0


def balance(stage: Stage, config: Path) -> None:
    """Every arrival is one item with an outcome; nothing is owed, doubled or left at a source."""
    gateway = open_gateway(load(config))
    books_balance(gateway, items=5)
    gateway.engine.dispose()
    number = config.parent.name.removeprefix("run")
    for box in ("info", "pec"):
        with stage.mail.client(f"{box}{number}") as client:
            client.select_folder("INBOX")
            assert client.search() == []


def books_balance(gateway: Gateway, *, items: int) -> None:
    receipts = list(gateway.views.items(limit=100).rows)
    assert len(receipts) == items, [row.subject for row in receipts]
    assert all(row.rung.value == "closed" or row.held_code for row in receipts)
    assert [check for check in verify(gateway.engine, gateway.blobs) if check.flaw] == []
    database = sqlite3.connect(gateway.config.gateway.state / "ledger.db")
    codes = [code for (code,) in database.execute("SELECT code FROM case_file ORDER BY code")]
    assert codes == [new_code(number) for number in range(1, len(codes) + 1)]
    states = Counter(state for (state,) in database.execute("SELECT state FROM outbox WHERE channel <> 'letter'"))
    assert set(states) <= {"sent"}, states
    assert database.execute("SELECT count(*) FROM receipt WHERE settled_at IS NULL").fetchone() == (0,)
    database.close()


def answers(stage: Stage) -> Counter[str]:
    parse = BytesParser().parsebytes
    return Counter(str(parse(bytes(mail.content or b""), headersonly=True)["Message-ID"]) for mail in stage.smtp.mails)


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("shard", range(SHARDS))
def test_the_books_balance_after_a_crash_before_any_durable_effect(stage: Stage, shard: int) -> None:
    whole = stage.prepare()
    stage.smtp.mails.clear()
    effects = stage.walk(whole)["effects"]
    balance(stage, whole)
    owed = len(answers(stage))
    assert owed >= 2
    assert effects >= LEAST_KILL_POINTS
    killed = 0
    for kill_at in range(1 + shard, effects + 1, SHARDS):
        config = stage.prepare()
        stage.smtp.mails.clear()
        cut = stage.walk(config, kill_at)
        # A folder whose files had settled at the first look is looked at once less: such a run ends a little earlier.
        assert cut["exit"] == 137 or (cut["exit"] == 0 and cut["effects"] < kill_at), kill_at
        killed += cut["exit"] == 137
        assert stage.walk(config)["exit"] == 0, kill_at
        balance(stage, config)
        # An answer may have gone out twice where the line was cut in doubt, but under one Message-ID.
        assert all(times <= 2 for times in answers(stage).values()), kill_at
        assert len(answers(stage)) == owed, kill_at
        shutil.rmtree(config.parent)
    assert killed >= LEAST_KILL_POINTS // SHARDS


@pytest.mark.timeout(300)
@pytest.mark.parametrize(("order", "together"), [((1, 0), False), ((2, 0, 1), True)], ids=["alone", "together"])
def test_pieces_become_one_message_after_a_crash_before_any_durable_effect(
    stage: Stage, order: Sequence[int], together: bool
) -> None:
    """Only the round in which they are joined is cut off: the rest of the road is walked above."""
    pieces = cut(WHOLE, len(order))
    received = stage.prepare_received([pieces[number] for number in order])
    whole = stage.copy(received)
    stage.smtp.mails.clear()
    taken, met, *_ = stage.walk(whole, together=together)["rounds"]
    joined(stage, whole, len(order))
    assert met > taken + LEAST_JOINING
    for config in stage.cut_off(received, range(taken + 1, met + 2), together=together):
        joined(stage, config, len(order))


def joined(stage: Stage, config: Path, pieces: int) -> None:
    """The pieces, each closed once for one whole with one case and one answer, and nothing waits for a person."""
    gateway = open_gateway(load(config))
    books_balance(gateway, items=pieces + 1)
    details = [gateway.views.item(row.id) for row in gateway.views.items(limit=100).rows]
    (whole,) = [detail for detail in details if detail and detail.row.detail != "piece"]
    assert gateway.views.held() == (), whole.row.held
    assert (whole.row.subject, whole.row.disposition) == (ASKED, "case") and len(gateway.views.cases().rows) == 1
    assert gateway.blobs.get(whole.digest).endswith(WHOLE.partition(b"\r\n\r\n")[2])
    ends = [[event.note for event in detail.road if event.kind == "piece_joined"] for detail in details if detail]
    assert sorted(ends) == [[], *[[whole.row.id]] * pieces]
    gateway.engine.dispose()
    assert len(answers(stage)) == 1


@pytest.mark.timeout(300)
@pytest.mark.parametrize("by_hand", [False, True], ids=["separators", "operator"])
def test_a_scan_becomes_letters_after_a_crash_before_any_durable_effect(stage: Stage, by_hand: bool) -> None:
    """Only what leads to the cut is cut off. An operator who finds the scan still held says again where to cut it."""
    sheets = BATCH if by_hand else [BATCH[0], separator(), BATCH[1]]
    received = stage.prepare_received([scan(sheets, seed=3)], name="pdf", channel=Channel.POST)
    if by_hand:
        assert stage.walk(received)["exit"] == 0
    starts = [0, 1] if by_hand else []
    whole = stage.copy(received)
    stage.smtp.mails.clear()
    taken, met, *_ = stage.walk(whole, starts=starts)["rounds"]
    letters_apart(stage, whole, len(sheets))
    # The others read nothing by sight.
    shutil.copytree(whole.parent / "state" / "read", received.parent / "state" / "read", dirs_exist_ok=True)
    assert met > taken + LEAST_CUTTING
    for config in stage.cut_off(received, range(taken + 1, met + 2), starts=starts):
        letters_apart(stage, config, len(sheets))


def separator() -> Image.Image:
    with pypdfium2.PdfDocument(make_pdf(1)) as pdf:
        return pdf[0].render(scale=200 / 72).to_pil().convert("L")


def letters_apart(stage: Stage, config: Path, sheets: int) -> None:
    """The scan closed as such, each letter with its own sheet, case and answer, and nothing waits for a person."""
    gateway = open_gateway(load(config))
    books_balance(gateway, items=3)
    assert gateway.views.held() == ()
    details = [detail for row in gateway.views.items(limit=100).rows if (detail := gateway.views.item(row.id))]
    (batch,) = [detail for detail in details if detail.hints.pages is None]
    assert (batch.row.disposition, batch.row.case_code, len(batch.children)) == (None, None, 2)
    letters = {detail.hints.pages: detail for detail in details if detail.row.id in batch.children}
    assert sorted(letters) == [(0, 1), (sheets - 1, 1)]
    assert {letter.row.disposition for letter in letters.values()} == {"case"}
    assert len({letter.row.case_code for letter in letters.values()}) == len(gateway.views.cases().rows) == 2
    gateway.engine.dispose()
    assert len(answers(stage)) == 2
