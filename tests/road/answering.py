"""Letters that arrive and are answered, for the tests of what follows on an answer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import format_datetime
from pathlib import Path
from types import MappingProxyType

from ingest.files import FilesSource
from ingest.reception import take
from road.gateway import Gateway


def letter(
    text: str,
    *,
    sender: str = "ada@posta.example",
    subject: str = "richiesta SMART Info",
    files: Mapping[str, bytes] = MappingProxyType({}),
) -> bytes:
    mail = EmailMessage()
    mail["From"] = f"Ada Neri <{sender}>"
    mail["To"] = "info@sportello.example"
    mail["Subject"] = subject
    mail["Date"] = format_datetime(datetime.now(UTC))
    mail.set_content(text)
    for name, data in files.items():
        mail.add_attachment(data, maintype="application", subtype="pdf", filename=name)
    return mail.as_bytes()


def arrive(gateway: Gateway, folder: Path, name: str, raw: bytes, *, answered: bool = True) -> str:
    """The item's id, after it climbed and (if so wished) its answers went out."""
    (folder / name).write_bytes(raw)
    (receipt,) = take(FilesSource(paths=[folder / name]), blobs=gateway.blobs, book=gateway.ledger).receipts
    gateway.climber(lambda ids, slow: None).climb([receipt.item_id], slow=True)
    while answered and gateway.delivery().deliver():
        pass
    return receipt.item_id


def text_of(mail: bytes) -> str:
    body = message_from_bytes(mail, policy=default).get_body(("plain",))
    assert body is not None
    return str(body.get_content())
