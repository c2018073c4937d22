"""Scenarios: letters written as text with their right answers, built into the sheets that *examine* receives.

One line of a corpus file (or one entry of a mailbag's list of exact texts) becomes a `Scenario`; `build` gives the
Envelope, Submission and Documents that opening and perfect reading would give. No pictures, no OCR: what the study
can do with words alone is measured here, what reading loses is measured on rendered letters.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

from mailroom.document import Document, Page, TextSource, Word
from mailroom.envelope import Address, Automatic, AutomaticKind, Channel, Envelope, Transport
from mailroom.submission import Message, Part, Role, Signer, Submission

_MEDIA_TYPES = {
    "pdf": "application/pdf", "jpg": "image/jpeg", "jpeg": "image/jpeg", "png": "image/png", "bmp": "image/bmp",
    "tif": "image/tiff", "tiff": "image/tiff", "txt": "text/plain", "html": "text/html", "xml": "application/xml",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "doc": "application/msword",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xls": "application/vnd.ms-excel",
    "odt": "application/vnd.oasis.opendocument.text", "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "eml": "message/rfc822", "wav": "audio/x-wav", "mp3": "audio/mpeg", "m4a": "audio/mp4", "ogg": "audio/ogg",
    "opus": "audio/ogg", "mp4": "video/mp4", "zip": "application/zip", "heic": "image/heic", "rtf": "text/rtf",
}  # fmt: skip
_CARD = re.compile(
    r"\[CARTA_IDENTITA:\s*([^,\]]*?)\s*(?:,\s*nat[oa]\s+(?:a\s+)?(.*?)\s+il\s+([\d./-]+))?"
    r"(?:,\s*(?:CF|C\.F\.)\s*([^,\]]*?))?(?:,\s*scadenza\s+([^,\]]*?))?\s*\]"
)
_SIGNATURE = re.compile(r"\[FIRMA[^\]]*\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    filename: str | None
    kind: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One sheet of a fax or letter; `kind` and `continues` only where the author said them."""

    text: str
    kind: str | None = None
    continues: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    id: str
    author: str
    channel: Channel
    envelope: Mapping[str, Any]
    body: str | None = None
    quoted: str | None = None
    attachments: tuple[Attachment, ...] = ()
    sheets: tuple[Sheet, ...] = ()
    automatic: str | None = None
    expected: Mapping[str, Any] = field(default_factory=dict)
    why: str = ""


Built = tuple[Envelope, Submission, tuple[Document, ...]]


def load(path: Path) -> tuple[Scenario, ...]:
    """Scenarios of a ``.jsonl`` corpus file or of a ``.json`` list; a batch becomes one scenario a letter."""
    text = path.read_text("utf-8")
    if path.suffix == ".jsonl":
        raw = [json.loads(line) for line in text.splitlines() if line.strip()]
    else:
        raw = json.loads(text)
    return tuple(scenario for entry in raw for scenario in _scenarios(entry, path.stem))


def load_all(folder: Path) -> tuple[Scenario, ...]:
    """Every corpus file of a folder, in the order of their names."""
    return tuple(scenario for path in sorted(folder.glob("*.jsonl")) for scenario in load(path))


def _scenarios(entry: Mapping[str, Any], author: str) -> Iterable[Scenario]:
    batch = entry.get("batch")
    expected = entry.get("expected") or {}
    if batch:
        for number, letter in enumerate(batch["letters"]):
            answers = expected["letters"][number]
            yield _scenario({**entry, "pages": letter, "id": f"{entry['id']}#{number + 1}"}, author, answers)
    else:
        yield _scenario(entry, author, expected)


def _scenario(entry: Mapping[str, Any], author: str, expected: Mapping[str, Any]) -> Scenario:
    attachments = (
        Attachment(filename=a.get("filename"), kind=a.get("kind") or "other", text=a.get("text") or "")
        for a in entry.get("attachments") or ()
    )
    return Scenario(
        id=str(entry["id"]),
        author=str(entry.get("author") or author),
        channel=Channel(entry["channel"]),
        envelope=entry.get("envelope") or {},
        body=entry.get("body"),
        quoted=entry.get("quoted"),
        attachments=tuple(attachments),
        sheets=tuple(_sheet(p) for p in entry.get("pages") or ()),
        automatic=entry.get("automatic") or _raw_kind(entry.get("raw_kind")),
        expected=expected,
        why=str(entry.get("why") or entry.get("note") or ""),
    )


def _raw_kind(raw_kind: str | None) -> str | None:
    if not raw_kind:
        return None
    known = tuple(AutomaticKind)
    return next((kind.value for kind in known if kind.value in raw_kind or raw_kind in kind.value), _of_pec(raw_kind))


def _of_pec(raw_kind: str) -> str | None:
    return "pec_receipt" if raw_kind.startswith("pec") else None


def _sheet(raw: str | Mapping[str, Any]) -> Sheet:
    if isinstance(raw, str):
        return Sheet(text=raw)
    return Sheet(text=raw.get("text") or "", kind=raw.get("kind"), continues=bool(raw.get("continues")))


# --- building the sheets ---------------------------------------------------------------------------------------


def build(scenario: Scenario) -> Built:
    """What opening and perfect reading would make of the scenario."""
    if scenario.channel in (Channel.FAX, Channel.POST):
        carrier = _carrier(scenario)
        part = _part(0, carrier.filename, carrier.media_type, carrier.digest, Role.TRANSPORT)
        return _envelope(scenario), Submission(parts=(part,), messages=(), attachments=(), carrier=0), (carrier,)
    documents = tuple(_attached(number, attachment) for number, attachment in enumerate(scenario.attachments))
    envelope = _envelope(scenario)
    new, signature = _cut_signature(scenario.body or "")
    message = Message(
        part=0,
        depth=0,
        sender=envelope.sender,
        subject=envelope.subject,
        sent_at=envelope.sent_at,
        new=new,
        quoted=scenario.quoted or "",
        signature=signature,
        forwarded=False,
    )
    parts = [_part(0, None, "text/plain", _digest(scenario.body or ""), Role.TEXT)]
    parts += [_part(d.part, d.filename, d.media_type, d.digest, Role.ATTACHMENT) for d in documents]
    attachments = tuple(d.part for d in documents)
    return envelope, Submission(parts=tuple(parts), messages=(message,), attachments=attachments), documents


def papers(scenario: Scenario) -> tuple[tuple[int, int, int, str], ...]:
    """The right papers: (document, first page 0-based, pages, kind), in order."""
    if scenario.attachments:
        return tuple((n, 0, 1, a.kind) for n, a in enumerate(scenario.attachments))
    told = scenario.expected.get("documents") or ()
    if told:
        return tuple((0, d["first_page"] - 1, d["pages"], d["kind"]) for d in told if d.get("first_page"))
    found: list[tuple[int, int, int, str]] = []
    for number, sheet in enumerate(scenario.sheets):
        if sheet.continues and found:
            document, first, _, kind = found[-1]
            found[-1] = (document, first, number - first + 1, kind)
        elif sheet.text.strip():
            found.append((0, number, 1, sheet.kind or "other"))
    return tuple(found)


def page(number: int, text: str, source: TextSource) -> Page:
    """A page as a reader would give it: drawn cards and handwritten signatures become what they look like."""
    card = _CARD.search(text)
    signed = bool(_SIGNATURE.search(text))
    plain = _CARD.sub(_card_text, text)
    plain = _SIGNATURE.sub("", plain)
    plain = re.sub(r"(?m)^# ?", "", plain)
    plain = re.sub(r"[ \t]*\|[ \t]*", "   ", plain)
    plain = re.sub(r"(?m)[ \t]+$", "", plain).strip("\n")
    source = source if plain.strip() else TextSource.NONE
    return Page(
        number=number,
        text=plain,
        words=_words(plain),
        source=source,
        blank=not plain.strip() and not signed,
        card=bool(card),
        signature=signed or bool(card),
    )


def _words(text: str) -> tuple[Word, ...]:
    lines = text.split("\n")
    height = 1 / max(len(lines), 60)
    found = []
    for number, line in enumerate(lines):
        for match in re.finditer(r"\S+", line):
            box = (
                min(match.start() / 110, 1.0),
                number * height,
                min(match.end() / 110, 1.0),
                (number + 1) * height,
            )
            found.append(Word(text=match[0], box=box, confidence=1.0, line=number))
    return tuple(found)


def _card_text(match: re.Match[str]) -> str:
    name, place, born, tax_code, expiry = (g or "" for g in match.groups())
    first, _, last = name.partition(" ")
    words = name.split()
    if len(words) > 2:
        first, last = words[0], " ".join(words[1:])
    return (
        f"REPUBBLICA ITALIANA   CA00000AA\nMINISTERO DELL'INTERNO   CARTA DI IDENTITÀ / IDENTITY CARD\n"
        f"COGNOME / SURNAME\n{last}\nNOME / NAME\n{first}\nLUOGO E DATA DI NASCITA\n{place.upper()} {born}\n"
        f"CODICE FISCALE\n{tax_code}\nSCADENZA / EXPIRY\n{expiry}"
    )


def _attached(number: int, attachment: Attachment) -> Document:
    name = attachment.filename or ""
    suffixes = [s.lstrip(".").lower() for s in PurePosixPath(name).suffixes]
    signed = bool(suffixes) and suffixes[-1] == "p7m"
    extension = (suffixes[-2] if signed and len(suffixes) > 1 else suffixes[-1]) if suffixes else "pdf"
    media_type = _MEDIA_TYPES.get(extension, "application/octet-stream")
    source = _source(extension)
    pages: tuple[Page, ...] = ()
    if source is not TextSource.NONE:
        texts = attachment.text.split("\f")
        pages = tuple(page(n, text, source) for n, text in enumerate(texts))
        if not attachment.text.strip():
            source = TextSource.NONE
    return Document(
        index=number,
        part=number + 1,
        path=f"{number + 2}/{name}",
        filename=attachment.filename,
        digest=_digest(f"{name}\n{attachment.text}"),
        media_type=media_type,
        size=len(attachment.text.encode()),
        pages=pages,
        page_count=len(pages),
        text_source=source,
        signers=(Signer(valid=True),) if signed else (),
    )


def _source(extension: str) -> TextSource:
    if extension in ("wav", "mp3", "m4a", "ogg", "opus", "mp4", "zip", "rar", "7z"):
        return TextSource.NONE
    if extension in ("jpg", "jpeg", "png", "bmp", "tif", "tiff", "heic"):
        return TextSource.OCR
    return TextSource.TEXT_LAYER if extension == "pdf" else TextSource.OFFICE


def _carrier(scenario: Scenario) -> Document:
    pages = tuple(page(n, sheet.text, TextSource.OCR) for n, sheet in enumerate(scenario.sheets))
    fax = scenario.channel is Channel.FAX
    return Document(
        index=0,
        part=0,
        path="fax.tif" if fax else "scan.pdf",
        filename=None,
        digest=_digest("\f".join(sheet.text for sheet in scenario.sheets)),
        media_type="image/tiff" if fax else "application/pdf",
        size=0,
        pages=pages,
        page_count=len(pages),
        text_source=TextSource.OCR,
        carrier=True,
    )


def _envelope(scenario: Scenario) -> Envelope:
    raw = scenario.envelope
    sender = None
    if raw.get("from_email") or raw.get("from_name"):
        sender = Address(name=raw.get("from_name"), email=raw.get("from_email"))
    kind = scenario.automatic
    automatic = (Automatic(kind=AutomaticKind(kind), confidence=0.99, evidence=("scenario",)),) if kind else ()
    headers = raw.get("headers") or {}
    return Envelope(
        channel=scenario.channel,
        sender=sender,
        reply_to=Address(email=raw["reply_to"]) if raw.get("reply_to") else None,
        recipients=(Address(email=raw["to"]),) if "@" in (raw.get("to") or "") else (),
        sent_at=_time(raw.get("date")),
        received_at=_time(raw.get("date")),
        subject=raw.get("subject"),
        in_reply_to=_ids(raw.get("in_reply_to")),
        references=_ids(raw.get("references")),
        automatic=automatic,
        transport=Transport(fax_sender=raw.get("fax_sender"), registered_mail=raw.get("registered_mail")),
        headers=tuple((str(k), str(v)) for k, v in headers.items()),
    )


_SIGNATURE_MARK = re.compile(
    r"(?m)^(?:-- ?|_{5,}|Inviato da(?:l mio)? (?:iPhone|iPad|Android|smartphone|telefono|Posta|Outlook|Yahoo|Tiscali)"
    r".*|Inviato dal mio .*|Questo messaggio (?:è|e') (?:destinato|confidenziale|riservato).*)$"
)


def _cut_signature(body: str) -> tuple[str, str]:
    match = _SIGNATURE_MARK.search(body)
    return (body[: match.start()], body[match.start() :]) if match else (body, "")


def _time(raw: str | None) -> datetime | None:
    if not raw:
        return None
    try:
        when = datetime.fromisoformat(raw)
    except ValueError:
        return None
    return when if when.tzinfo else when.replace(tzinfo=UTC)


def _ids(raw: str | Sequence[str] | None) -> tuple[str, ...]:
    if not raw:
        return ()
    return tuple(raw.split()) if isinstance(raw, str) else tuple(raw)


def _part(index: int, filename: str | None, media_type: str, digest: str, role: Role) -> Part:
    return Part(
        index=index,
        parent=None,
        path=f"{index + 1}/{filename or ''}",
        filename=filename,
        declared_type=media_type,
        media_type=media_type,
        size=0,
        digest=digest,
        role=role,
    )


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
