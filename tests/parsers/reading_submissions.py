"""Submissions of one file, as `opening` would hand them on."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from mailroom.document import Document
from mailroom.submission import Part, Role, Submission
from parsers.reading import read_documents

_TYPES = {"pdf": "application/pdf", "tif": "image/tiff", "png": "image/png", "jpg": "image/jpeg", "txt": "text/plain",
          "gif": "image/gif", "wav": "audio/wav"}  # fmt: skip


def paper(data: bytes, name: str, *, carrier: bool = False, defects: tuple[str, ...] = ()) -> Submission:
    part = Part(
        index=0,
        parent=None,
        path=f"1/{name}",
        filename=name,
        declared_type=None,
        media_type=_TYPES[name.rpartition(".")[2]],
        size=len(data),
        digest=hashlib.sha256(data).hexdigest(),
        role=Role.ATTACHMENT,
        defects=defects,
    )
    return Submission(parts=(part,), messages=(), attachments=() if carrier else (0,), carrier=0 if carrier else None)


def content_of(data: bytes) -> Callable[[str], bytes]:
    return lambda digest: data


def read_one(data: bytes, name: str, **options: Any) -> Document:
    carrier = bool(options.pop("carrier", False))
    (document,) = read_documents(paper(data, name, carrier=carrier), content_of(data), **options)
    return document
