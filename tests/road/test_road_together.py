"""Mails climb together, with what they carry in memory only as far as it bears; and each for itself where one fails."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from bench.plain_pdf import text_pdf
from ingest.files import FilesSource
from ingest.reception import take
from mailroom.errors import Hold
from mailroom.item import Hints
from parsers.opening import Opened
from parsers.reading import Surveys
from road import climbing
from road.gateway import Gateway
from road.rungs import Tools, open_rung
from store.item_views import ItemRow
from tests.road.answering import letter

TEXT = "Buongiorno, allego la bolletta contestata. Chiedo chiarimenti sul conguaglio.\n\nAda Neri\n"


def climbed(gateway: Gateway, folder: Path, mails: Sequence[bytes]) -> list[str]:
    """Ids of the items, after all climbed in one batch."""
    files = [folder / f"{number}.eml" for number, _ in enumerate(mails)]
    for file, raw in zip(files, mails, strict=True):
        file.write_bytes(raw)
    receipts = take(FilesSource(paths=files), blobs=gateway.blobs, book=gateway.ledger).receipts
    ids = [receipt.item_id for receipt in receipts]
    gateway.climber(lambda ids, slow: None).climb(ids, slow=False)
    return ids


def rows(gateway: Gateway, ids: Sequence[str]) -> list[ItemRow]:
    return [detail.row for item_id in ids if (detail := gateway.views.item(item_id))]


def with_bill(number: int) -> bytes:
    return letter(TEXT, sender=f"p{number}@posta.example", files={"a.pdf": text_pdf(f"BOLLETTA n. {number}")})


def test_a_heavy_batch_climbs_in_portions(gateway: Gateway, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = list[int]()

    def counted(submissions: Sequence[object], **_: object) -> Surveys:
        sizes.append(len(submissions))
        return {}

    mails = [with_bill(number) for number in range(5)]
    monkeypatch.setattr(climbing, "HELD_BYTES", len(text_pdf("BOLLETTA n. 1")) + 200)
    monkeypatch.setattr(climbing, "look_ahead", counted)
    ids = climbed(gateway, tmp_path, mails)
    assert sizes == [2, 2, 1]
    assert all(row.disposition for row in rows(gateway, ids))


def test_one_that_can_not_be_opened_keeps_none_of_its_neighbours_back(
    gateway: Gateway, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(raw: bytes, hints: Hints, tools: Tools) -> Opened:
        if b"p1@posta.example" in raw:
            raise Hold("non si apre", code="prova")
        return open_rung(raw, hints, tools)

    monkeypatch.setattr(climbing, "open_rung", fails)
    ids = climbed(gateway, tmp_path, [with_bill(number) for number in range(3)])
    assert [row.held_code == "prova" for row in rows(gateway, ids)] == [False, True, False]
    assert [row.disposition is None for row in rows(gateway, ids)] == [False, True, False]
