"""Renders a file of letters (`classifier/model/corpus/*.jsonl`) into items as channels deliver them.

    python -m bench.mailbag_maker CORPUS.jsonl FOLDER [--only ID …]

The folder has the form that `sportello evaluate` reads: ``items/<id>/`` with the files, and ``expected.jsonl``.
"""

from __future__ import annotations

import argparse
import io
import json
import wave
import zipfile
import zlib
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from pathlib import Path
from typing import Any

from PIL import Image

from bench.paper import FACES, draw_page, fax, photo, scan, weathered
from bench.plain_pdf import text_pdf

Scenario = dict[str, Any]


def make(corpus: Path, folder: Path, only: set[str]) -> int:
    """Number of items written."""
    chosen = [s for s in load(corpus) if not only or s["id"] in only]
    expected = []
    for scenario in chosen:
        place = folder / "items" / scenario["id"]
        place.mkdir(parents=True, exist_ok=True)
        write_item(scenario, place)
        answer = {**scenario["expected"], "documents": _documents(scenario)}
        expected.append({"id": scenario["id"], "channel": scenario["channel"], "expected": answer})
    rows = (json.dumps(row, ensure_ascii=False) for row in expected)
    (folder / "expected.jsonl").write_text("\n".join(rows) + "\n", "utf-8")
    return len(chosen)


def load(corpus: Path) -> list[Scenario]:
    return [json.loads(line) for line in corpus.read_text("utf-8").splitlines() if line.strip()]


def _seed(scenario: Scenario) -> int:
    return zlib.crc32(scenario["id"].encode())


def write_item(scenario: Scenario, place: Path) -> None:
    """The item's files and its ``item.json``."""
    channel, envelope = scenario["channel"], scenario["envelope"]
    note: dict[str, Any] = {"channel": channel}
    if channel in ("email", "pec"):
        message = _mail(scenario)
        letter = channel == "pec" and "X-Ricevuta" not in message
        (place / "message.eml").write_bytes(_certified(message, envelope) if letter else message.as_bytes())
    else:
        seed = _seed(scenario)
        face = list(FACES)[seed % len(FACES)]
        sheets = [draw_page(p["text"], face=face, seed=seed + n) for n, p in enumerate(scenario["pages"])]
        note |= {"received_at": envelope.get("date")}
        if channel == "fax":
            sender = envelope.get("fax_sender") or ""
            header = f"{str(envelope.get('date'))[:16]}   {sender}   SPORTELLO"
            (place / "fax.tif").write_bytes(fax(sheets, fine=seed % 3 != 0, header=header, seed=seed))
            note |= {"sender": sender or None, "pages": len(sheets)}
        else:
            (place / "scan.pdf").write_bytes(scan(sheets, seed=seed))
            note |= {"registered_mail": None, "operator": "mailroom"}
    (place / "item.json").write_text(json.dumps(note, indent=1), "utf-8")


def _mail(scenario: Scenario) -> EmailMessage:
    envelope = scenario["envelope"]
    message = EmailMessage()
    name, _, domain = (envelope.get("from_email") or "sconosciuto@posta.example").partition("@")
    message["From"] = Address(envelope.get("from_name") or "", name, domain or "posta.example")
    message["To"] = envelope.get("to") or "info@sportello.example"
    message["Subject"] = envelope.get("subject") or ""
    message["Date"] = format_datetime(datetime.fromisoformat(envelope["date"]))
    message["Message-ID"] = make_msgid(domain=domain or "posta.example")
    for key, value in (envelope.get("headers") or {}).items():
        if key.lower() not in ("from", "to", "subject", "date", "message-id", "content-type"):
            message[key] = str(value)
    body = scenario.get("body") or ""
    if scenario.get("quoted"):
        body += "\n\n" + "\n".join("> " + line for line in scenario["quoted"].split("\n"))
    message.set_content(body + "\n")
    for attachment in scenario.get("attachments") or ():
        data, kind = _attachment(attachment, _seed(scenario))
        main, _, sub = kind.partition("/")
        message.add_attachment(data, maintype=main, subtype=sub, filename=attachment["filename"])
    return message


def _certified(message: EmailMessage, envelope: dict[str, Any]) -> bytes:
    """A PEC transport envelope without the provider's signature."""
    outer = EmailMessage()
    sender = envelope.get("from_email") or "sconosciuto@pec.example"
    outer["From"] = f'"Per conto di: {sender}" <posta-certificata@pec.gestore.example>'
    outer["Reply-To"] = sender
    outer["To"] = envelope.get("to") or "sportello@pec.sportello.example"
    outer["Subject"] = f"POSTA CERTIFICATA: {envelope.get('subject') or ''}"
    outer["Date"] = message["Date"]
    outer["X-Trasporto"] = "posta-certificata"
    outer.set_content("Messaggio di posta certificata. Il messaggio originale è allegato.\n")
    moment = datetime.fromisoformat(envelope["date"])
    daticert = (
        '<?xml version="1.0" encoding="UTF-8"?><postacert tipo="posta-certificata" errore="nessuno"><intestazione>'
        f"<mittente>{sender}</mittente></intestazione><dati><gestore-emittente>Gestore</gestore-emittente>"
        f'<data zona="+0100"><giorno>{moment:%d/%m/%Y}</giorno><ora>{moment:%H:%M:%S}</ora></data></dati></postacert>'
    )
    outer.add_attachment(daticert.encode(), maintype="application", subtype="xml", filename="daticert.xml")
    outer.add_attachment(message, filename="postacert.eml")
    return outer.as_bytes()


def _attachment(attachment: dict[str, Any], seed: int) -> tuple[bytes, str]:
    name, text = attachment["filename"].lower(), attachment.get("text") or ""
    seed += zlib.crc32(name.encode())
    card = text.lstrip().startswith("[CARTA")
    if name.endswith(".pdf"):
        if card or seed % 3 == 0:
            return scan([draw_page(text, seed=seed)], seed=seed), "application/pdf"
        return text_pdf(text.replace("[FIRMA]", "")), "application/pdf"
    if name.endswith((".jpg", ".jpeg", ".png", ".bmp", ".tif", ".tiff", ".heic", ".webp", ".gif")):
        return _picture(name, text, seed)
    if name.endswith(".docx"):
        return _docx(text), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    if name.endswith(".zip"):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            archive.writestr("documento.pdf", text_pdf(text))
        return out.getvalue(), "application/zip"
    if name.endswith((".mp3", ".wav", ".mwa", ".wma", ".m4a")):
        return _silence(), "audio/wav"
    return text.encode(), "text/plain"


def _silence() -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setparams((1, 1, 8000, 8000, "NONE", ""))
        sound.writeframes(b"\x80" * 8000)
    return out.getvalue()


def _picture(name: str, text: str, seed: int) -> tuple[bytes, str]:
    page = draw_page(text, seed=seed)
    shot: Image.Image = photo(page, seed=seed) if name.endswith((".jpg", ".jpeg")) else weathered(page, seed=seed)
    kinds = {".png": "PNG", ".bmp": "BMP", ".tif": "TIFF", ".tiff": "TIFF", ".gif": "GIF", ".webp": "WEBP"}
    kind = kinds.get(Path(name).suffix, "JPEG")
    out = io.BytesIO()
    shot.save(out, kind, **({"quality": 80} if kind == "JPEG" else {}))
    return out.getvalue(), f"image/{kind.lower()}"


def _docx(text: str) -> bytes:
    from docx import Document

    document = Document()
    for line in text.replace("[FIRMA]", "").split("\n"):
        document.add_paragraph(line)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _documents(scenario: Scenario) -> list[dict[str, Any]]:
    if scenario["channel"] in ("email", "pec"):
        return [{"filename": a["filename"], "kind": a["kind"]} for a in scenario.get("attachments") or ()]
    return [
        {"filename": None, "kind": p["kind"]}
        for p in scenario.get("pages") or ()
        if not p.get("continues") and p["text"].strip()
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", nargs="*", default=[])
    given = parser.parse_args()
    print(make(given.corpus, given.folder, set(given.only)), "items")


if __name__ == "__main__":
    main()
