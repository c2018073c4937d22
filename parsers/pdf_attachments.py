"""What a PDF carries beside its pages: attached files, portfolios, signatures, a lock. Runs in a child process."""

from __future__ import annotations

import io
import itertools
import re
from collections.abc import Iterator
from typing import Any

import pikepdf
from asn1crypto import cms

from parsers import defects
from parsers.limits import Limits
from parsers.signers import signer_of

_UNPARSABLE = (ValueError, TypeError, KeyError, IndexError, OverflowError, AttributeError, RecursionError)
_BROKEN = (pikepdf.PdfError, *_UNPARSABLE)
_DRAWN = re.compile(rb"/([A-Za-z0-9_.+-]+)\s+Do\b")
_MAX_OBJECTS = 200_000
_RAW_SIGNATURE = "/adbe.x509.rsa_sha1"


def unfold(payload: dict[str, Any], limits: Limits) -> dict[str, Any]:
    """Duty ``pdf.attachments``: embedded files as children, who signed, and ``encrypted`` or ``corrupt``.

    A PDF with only an owner's password opens with the empty one: for a reader it is not encrypted.
    """
    data = payload["data"]
    try:
        pdf = pikepdf.open(io.BytesIO(data))
    except pikepdf.PasswordError:
        return {"defects": [defects.ENCRYPTED]}
    except _BROKEN as error:
        return {"defects": [defects.CORRUPT], "details": [type(error).__name__]}
    with pdf:
        found: list[str] = []
        children = _attached(pdf, limits, found)
        try:
            if not len(pdf.pages) or (b"%%EOF" not in data[-2048:] and not _is_whole(pdf, limits)):
                found.append(defects.CORRUPT)
        except _BROKEN:
            found.append(defects.CORRUPT)
        details = ["portfolio PDF"] if "/Collection" in pdf.Root else []
        return {"children": children, "defects": found, "details": details, "signers": list(_signers(pdf, data))}


def _is_whole(pdf: pikepdf.Pdf, limits: Limits) -> bool:
    """For a file whose end is missing: do all its pages still have what they show?"""
    for page in itertools.islice(pdf.pages, limits.pages):
        contents = page.obj.get("/Contents")
        if contents is None:
            return False
        streams = contents if isinstance(contents, pikepdf.Array) else [contents]
        drawing = b"\n".join(stream.read_bytes() for stream in streams if isinstance(stream, pikepdf.Stream))
        shown = page.obj.get("/Resources", pikepdf.Dictionary()).get("/XObject", pikepdf.Dictionary())
        # References to what is cut off resolve to nothing, and so vanish from the dictionary.
        if any(f"/{name.decode('latin-1')}" not in shown for name in _DRAWN.findall(drawing)):
            return False
    # Pages that are gone altogether are only told by qpdf's warnings: it mends the count.
    warnings = " ".join(str(warning) for warning in pdf.get_warnings())
    return "Pages tree" not in warnings and "unable to recover stream" not in warnings


def _attached(pdf: pikepdf.Pdf, limits: Limits, found: list[str]) -> list[dict[str, Any]]:
    children: list[dict[str, Any]] = []
    seen: set[tuple[int, int]] = set()
    left = limits.unpacked_bytes
    for name, stream in _embedded(pdf):
        if stream.objgen in seen and stream.objgen != (0, 0):
            continue
        seen.add(stream.objgen)
        if len(children) >= limits.parts:
            found.append(defects.TOO_MANY_PARTS)
            break
        try:
            data = stream.read_bytes()
        except _BROKEN:
            children.append({"name": name, "data": b"", "defects": [defects.CORRUPT]})
            continue
        left -= len(data)
        if left < 0:
            found.append(defects.UNPACKED_TOO_LARGE)
            break
        children.append({"name": name, "data": data})
    return children


def _embedded(pdf: pikepdf.Pdf) -> Iterator[tuple[str, Any]]:
    """Every embedded file: by the name tree (portfolios, PDF/A-3), and by notes pinned to pages."""
    for count, thing in enumerate(pdf.objects):
        if count > _MAX_OBJECTS:
            return
        try:
            if not isinstance(thing, pikepdf.Dictionary) or "/EF" not in thing:
                continue
            files = thing.EF
            stream = files.get("/UF", files.get("/F"))
            if isinstance(stream, pikepdf.Stream):
                yield str(thing.get("/UF", thing.get("/F", "allegato"))), stream
        except _BROKEN:
            continue


def _signers(pdf: pikepdf.Pdf, data: bytes) -> Iterator[dict[str, Any]]:
    """The signature dictionaries (PAdES, ISO 32000 12.8) that cover bytes of this file."""
    for count, thing in enumerate(pdf.objects):
        if count > _MAX_OBJECTS:
            return
        try:
            if isinstance(thing, pikepdf.Dictionary) and "/ByteRange" in thing and "/Contents" in thing:
                yield from _signature(thing, data)
        except _BROKEN:
            continue


def _signature(thing: Any, data: bytes) -> Iterator[dict[str, Any]]:
    spans = [int(number) for number in thing.ByteRange]
    if len(spans) != 4 or min(spans) < 0:
        return
    covered = data[spans[0] : spans[0] + spans[1]] + data[spans[2] : spans[2] + spans[3]]
    if str(thing.get("/SubFilter", "")) in (_RAW_SIGNATURE, "/ETSI.RFC3161"):
        return
    signed = cms.ContentInfo.load(bytes(thing.Contents), strict=False)["content"]
    for signer in signed["signer_infos"]:
        yield signer_of(signer, signed["certificates"], covered)
