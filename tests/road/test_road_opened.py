"""What a dry run tells of opening an item: nothing that opening found is kept back."""

from __future__ import annotations

import json
from email.message import EmailMessage
from pathlib import Path

from ingest.files import arrivals_in
from road.gateway import Gateway
from road.inspecting import inspect_arrival
from road.report import json_line


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
