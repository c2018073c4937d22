"""Letters that arrive and are answered, for the tests of what follows on an answer."""

from __future__ import annotations

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from ingest.files import FilesSource
from ingest.reception import take
from road.gateway import Gateway


def letter(text: str, *, sender: str = "ada@posta.example", subject: str = "richiesta SMART Info") -> bytes:
    mail = EmailMessage()
    mail["From"] = f"Ada Neri <{sender}>"
    mail["To"] = "info@sportello.example"
    mail["Subject"] = subject
    mail["Date"] = "Tue, 17 Mar 2026 21:22:00 +0100"
    mail.set_content(text)
    return mail.as_bytes()


def arrive(gateway: Gateway, folder: Path, name: str, raw: bytes) -> str:
    """The item's id, after it climbed and its answers went out."""
    (folder / name).write_bytes(raw)
    (receipt,) = take(FilesSource(paths=[folder / name]), blobs=gateway.blobs, book=gateway.ledger).receipts
    gateway.climber(lambda ids, slow: None).climb([receipt.item_id], slow=True)
    while gateway.delivery().deliver():
        pass
    return receipt.item_id


def text_of(mail: bytes) -> str:
    body = message_from_bytes(mail, policy=default).get_body(("plain",))
    assert body is not None
    return str(body.get_content())
