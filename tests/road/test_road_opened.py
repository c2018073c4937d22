"""What a dry run tells of opening an item: nothing that opening found is kept back."""

from __future__ import annotations

import io
import json
from email.message import EmailMessage
from pathlib import Path

import pytest
from PIL import Image

from ingest.files import arrivals_in
from mailroom.envelope import Channel
from road.gateway import Gateway
from road.inspecting import inspect_arrival
from road.report import json_line

EMPTY_PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
    b"trailer<</Root 1 0 R>>\n%%EOF"
)


@pytest.mark.parametrize("name", ["fax.tif", "scan.pdf", "zero.pdf"])
@pytest.mark.parametrize("channel", [Channel.FAX, Channel.POST])
def test_a_scan_cut_in_half_is_a_document_with_its_problem(
    tmp_path: Path, gateway: Gateway, name: str, channel: Channel
) -> None:
    whole = io.BytesIO()
    sheet = Image.effect_noise((400, 500), 90)
    sheet.save(whole, "TIFF" if name.endswith("tif") else "PDF")
    (tmp_path / name).write_bytes(EMPTY_PDF if name == "zero.pdf" else whole.getvalue()[: len(whole.getvalue()) // 2])
    (arrival,) = arrivals_in([tmp_path / name], channel=channel)
    (told,) = inspect_arrival(arrival, gateway.tools())
    (document,) = told["documents"]
    assert (document["problem"], document["accepted"], document["sha256"]) == ("corrupt", False, told["sha256"])
    assert told["disposition"] == "unreadable" and told["needs_review"]


def test_a_dry_run_shows_envelope_words_and_every_part(tmp_path: Path, gateway: Gateway) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"] = "Ada Neri <ada@posta.example>", "info@sportello.example"
    mail["Subject"], mail["Date"] = "perché", "Tue, 17 Mar 2026 21:22:00 +0100"
    mail["Reply-To"] = "ada@altrove.example"
    mail.set_content("Buongiorno.\n\n-- \nAda\n")
    mail.add_attachment(b"Una nota.\n", maintype="text", subtype="plain", filename="../nota.txt")
    (tmp_path / "a.eml").write_bytes(mail.as_bytes())
    (arrival,) = arrivals_in([tmp_path / "a.eml"])
    told = json.loads(json_line(inspect_arrival(arrival, gateway.tools())[0]))["opened"]
    assert told["envelope"]["sender"] == {"name": "Ada Neri", "email": "ada@posta.example"}
    assert (told["envelope"]["subject"], told["envelope"]["sent_at"]) == ("perché", "2026-03-17T20:22:00+00:00")
    assert told["envelope"]["authenticity"]["disagreements"] == ["reply-to-other-domain"]
    assert [(m["new"], m["signature"]) for m in told["messages"]] == [("Buongiorno.", "-- \nAda")]
    assert [(p["path"], p["role"], p["defects"]) for p in told["parts"]] == [
        ("1", "text", []),
        ("2/nota.txt", "attachment", ["unsafe_name"]),
    ]
    assert told["attachments"] == [1]
