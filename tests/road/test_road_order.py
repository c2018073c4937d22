"""Whatever the order in which things arrive, and however often: the same cases come out."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.files import FilesSource
from ingest.reception import take
from road.config import GatewayConfig, StateConfig
from road.gateway import open_gateway
from tests.road.answering import letter

TEXT = (
    "Buongiorno, vorrei sapere chi è il mio attuale fornitore di energia elettrica e da quale data, perché in casa non "
    "trovo nessuna bolletta: chiedo il servizio SMART Info. Il codice fiscale è {code}, il POD è {pod}.\n\n{name}\n"
)
ADA = TEXT.format(code="NREDAA80A41L781G", pod="IT001E12345678", name="Ada Neri")
UGO = TEXT.format(code="RSSMRA80A01H501U", pod="IT001E87654321", name="Mario Rossi")
BOUNCE = (
    b"From: MAILER-DAEMON@mx.example\r\nTo: sportello@sportello.example\r\nAuto-Submitted: auto-replied\r\n"
    b"Subject: Undelivered Mail\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=B\r\n\r\n"
    b"--B\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n"
    b"Final-Recipient: rfc822; x@y.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--B--\r\n"
)
ARRIVALS = {
    "ada": letter(ADA, sender="ada@posta.example"),
    "ada-again": letter(ADA, sender="ada@posta.example", subject="Secondo tentativo: SMART Info"),
    "ada-from-work": letter(ADA, sender="ada@lavoro.example"),
    "ugo": letter(UGO, sender="ugo@posta.example"),
    "bounce": BOUNCE,
}


def cases_after(order: Sequence[str]) -> set[tuple[str | None, str, str]]:
    """(tax code, service, POD) of every case, after these arrived one after the other."""
    folder = Path(tempfile.mkdtemp(prefix="order-"))
    try:
        gateway = open_gateway(GatewayConfig(gateway=StateConfig(state=folder / "state")))
        climber = gateway.climber(lambda ids, slow: None)
        for number, name in enumerate(order):
            file = folder / f"{number}.eml"
            file.write_bytes(ARRIVALS[name])
            taken = take(FilesSource(paths=[file]), blobs=gateway.blobs, book=gateway.ledger)
            climber.climb([receipt.item_id for receipt in taken.receipts], slow=True)
        rows = gateway.views.cases().rows
        found = [(row.case.applicant.tax_code, row.case.service.value, row.case.supply.pod or "") for row in rows]
        assert len(found) == len(set(found)), "one matter, two cases"
        gateway.engine.dispose()
        return set(found)
    finally:
        shutil.rmtree(folder)


@settings(max_examples=12)
@given(st.permutations(list(ARRIVALS)), st.lists(st.sampled_from(list(ARRIVALS)), max_size=4))
def test_order_and_repetition_change_nothing(order: list[str], again: list[str]) -> None:
    assert cases_after([*order, *again]) == {
        ("NREDAA80A41L781G", "smart_info", "IT001E12345678"),
        ("RSSMRA80A01H501U", "smart_info", "IT001E87654321"),
    }
