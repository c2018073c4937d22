"""The one door for containers: what lies within an archive, a signature, a winmail.dat, a PDF, an Outlook message.

`expand` opens one level. The caller (`parsers.opening`) looks at each child again, gives it its path and parent,
and counts nesting, parts and bytes over the whole item. Every reader of a foreign format runs in a child process.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from mailroom.submission import Signer
from parsers import defects
from parsers import extensions as ext
from parsers.isolation import Defect, run_isolated
from parsers.limits import DEFAULT_LIMITS, Limits
from parsers.media_type import is_program, sniff
from parsers.names import safe_path

_ARCHIVES = frozenset({"application/zip", "application/x-7z-compressed", "application/vnd.rar", "application/gzip",
                       "application/x-bzip2", "application/x-xz", "application/x-tar", "application/zstd",
                       "application/vnd.ms-cab-compressed"})  # fmt: skip
_OFFICE_ZIPS = frozenset(
    {ext.DOCX, ext.DOCM, ext.XLSX, ext.XLSM, ext.PPTX, ext.PPTM, ext.ODT, ext.ODS, ext.ODP, ext.ODG}
)

KINDS: Mapping[str, str] = MappingProxyType(
    dict.fromkeys(_ARCHIVES, "archive")
    | dict.fromkeys(_OFFICE_ZIPS, "office")
    | {
        ext.SIGNED: "signed",
        ext.SIGNATURE: "signature",
        ext.TIMESTAMPED: "timestamped",
        ext.TNEF: "tnef",
        ext.MSG: "outlook",
        "application/pdf": "pdf",
        "application/xml": "invoice",
    }
)
_DUTIES = {
    "archive": "archive.unpack", "office": "office.embedded", "signed": "signed.unwrap", "signature": "signed.unwrap",
    "timestamped": "signed.unwrap", "tnef": "tnef.unfold", "outlook": "outlook.unfold", "pdf": "pdf.attachments",
    "invoice": "xml.attached",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """One thing found within a container."""

    name: str
    """Harmless relative path (``cartella/bolletta.pdf``); never empty."""
    data: bytes
    media_type: str | None = None
    """What the container said it is."""
    content_id: str | None = None
    embedded: bool = False
    """A picture that an office file shows among its words: seen by whoever opens that file."""
    defects: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Expanded:
    kind: str | None
    """``archive``, ``signed``, ``signature`` (detached), ``timestamped``, ``tnef``, ``outlook``, ``pdf``,
    ``office``, ``invoice`` (XML); None for what is no container."""
    children: tuple[Child, ...] = ()
    defects: tuple[str, ...] = ()
    """Of the container itself: ``encrypted``, ``corrupt``, ``malware`` …"""
    signers: tuple[Signer, ...] = ()
    details: tuple[str, ...] = ()
    """A sentence in Italian for each thing an operator should know."""

    @property
    def stands_for_itself(self) -> bool:
        """It is a document (PDF, office file) that merely carries others."""
        return self.kind in (None, "pdf", "office", "invoice", "signature")


NOTHING = Expanded(kind=None)


def is_container(media_type: str) -> bool:
    """Whether `expand` would look inside."""
    return media_type in KINDS


def expand(
    data: bytes,
    *,
    filename: str | None = None,
    media_type: str | None = None,
    limits: Limits = DEFAULT_LIMITS,
    depth: int = 0,
) -> Expanded:
    """What lies within, one level deep; `media_type` is `sniff`'s (asked again if None). Never raises.

    `depth` is how many containers there are around this one; at `limits.nesting` it stays closed (``too_deep``).
    For an item with several containers pass limits whose `parts` and `unpacked_bytes` are what is left.
    """
    kind = KINDS.get(media_type or sniff(data, filename).media_type)
    if kind is None or not data or not _may_hold_more(kind, data):
        return replace(NOTHING, kind=kind)
    if depth >= limits.nesting:
        return Expanded(kind=kind, defects=(defects.TOO_DEEP,))
    answer = run_isolated(_DUTIES[kind], {"data": data, "filename": filename}, limits=limits)
    if isinstance(answer, Defect):
        return Expanded(kind=kind, defects=(answer.code,), details=(answer.detail,))
    return _told(kind, answer, limits)


def check_signature(signature: bytes, content: bytes, *, limits: Limits = DEFAULT_LIMITS) -> tuple[Signer, ...]:
    """The signers of a detached signature (``.p7s``), checked against the content it came with. Never raises."""
    answer = run_isolated("signed.unwrap", {"data": signature, "content": content}, limits=limits)
    return () if isinstance(answer, Defect) else _told("signature", answer, limits).signers


def _may_hold_more(kind: str, data: bytes) -> bool:
    if kind == "pdf":
        return pdf_may_hold_more(data)
    if kind == "invoice":
        return b"Attachment>" in data
    # An office file of the Microsoft family names its members in the open; an OpenDocument one may be locked.
    return kind != "office" or data[30:38] == b"mimetype" or b"/media/" in data or b"/embeddings/" in data


def pdf_may_hold_more(data: bytes) -> bool:
    """Cheap first look: could this PDF be encrypted, signed, broken, or carry files? Most cannot, and need no child.

    Dictionaries hidden in object streams make the answer yes; so does an end that is not a PDF's.
    """
    tail = data[-2048:]
    if b"startxref" not in tail or b"%%EOF" not in tail:
        return True
    return _PDF_MARKS.search(data) is not None


_PDF_MARKS = re.compile(rb"/(?:Encrypt|EmbeddedFile|FileAttachment|ByteRange|Collection|ObjStm)")


def _told(kind: str, answer: Any, limits: Limits) -> Expanded:
    """Reads a child's answer, which is not trusted more than the file was."""
    if not isinstance(answer, dict):
        return Expanded(kind=kind, defects=(defects.CRASHED,))
    found = [str(code) for code in answer.get("defects") or ()]
    children: list[Child] = []
    for raw in answer.get("children") or ():
        if len(children) >= limits.parts:
            found.append(defects.TOO_MANY_PARTS)
            break
        if isinstance(raw, dict) and isinstance(raw.get("data"), bytes):
            children.append(_child(raw))
    if kind == "archive" and any(defects.MALWARE in child.defects for child in children):
        found.append(defects.MALWARE)
    programs = [child.name for child in children if defects.MALWARE in child.defects]
    details = [str(line)[:500] for line in answer.get("details") or ()]
    details += [f"programma nell'archivio: {name}" for name in programs if kind == "archive"]
    return Expanded(
        kind=kind,
        children=tuple(children),
        defects=tuple(dict.fromkeys(found)),
        signers=tuple(_signer(raw) for raw in answer.get("signers") or () if isinstance(raw, dict)),
        details=tuple(details),
    )


def _child(raw: Mapping[str, Any]) -> Child:
    original = str(raw.get("name") or "")
    name, tricked = safe_path(original)
    data = raw["data"]
    found = [str(code) for code in raw.get("defects") or ()]
    if tricked:
        found.append(defects.UNSAFE_NAME)
    kind = sniff(data, name)
    if is_program(kind.media_type, name) or defects.MALWARE in kind.defects:
        found.append(defects.MALWARE)
    return Child(
        name=name,
        data=data,
        media_type=_text(raw.get("media_type")),
        content_id=_text(raw.get("content_id")),
        embedded=bool(raw.get("embedded")),
        defects=tuple(dict.fromkeys(found)),
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _signer(raw: Mapping[str, Any]) -> Signer:
    signed_at = raw.get("signed_at")
    valid, in_force = raw.get("valid"), raw.get("certificate_in_force")
    return Signer(
        name=_text(raw.get("name")),
        tax_code=_text(raw.get("tax_code")),
        email=_text(raw.get("email")),
        signed_at=signed_at if isinstance(signed_at, datetime) and signed_at.tzinfo else None,
        valid=valid if isinstance(valid, bool) else None,
        certificate_in_force=in_force if isinstance(in_force, bool) else None,
        issuer=_text(raw.get("issuer")),
    )
