"""Letters on paper: the draft in the outbox becomes an accessible PDF/A that folds into a DL window envelope.

A4 in three: the address stands at the right (UNI EN ISO 269 DL, Italian window: 20 to 25 mm from the right edge), all
of it above the first fold at 99 mm.
"""

from __future__ import annotations

import html
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import segno
from weasyprint import HTML

from outbound.acknowledging import AnswersConfig

_STYLE = """
@page { size: A4; margin: 20mm 20mm 22mm 25mm;
        @bottom-right { content: counter(page) "/" counter(pages); font-size: 8pt } }
body { font: 11pt/1.45 "Titillium Web", "Liberation Sans", sans-serif; color: #111 }
header { position: absolute; top: 0; left: 0; width: 80mm; font-size: 9pt; color: #17324d }
header strong { display: block; font-size: 11pt; color: #0066cc }
address { position: absolute; top: 30mm; left: 85mm; width: 80mm; height: 35mm; font-style: normal; line-height: 1.35 }
main { padding-top: 88mm }
h1 { font-size: 12pt; margin: 0 0 5mm }
p { margin: 0 0 3.2mm; white-space: pre-line }
figure { position: absolute; top: 34mm; left: 0; margin: 0; width: 26mm; text-align: center; font-size: 7.5pt }
figure svg { width: 26mm; height: 26mm }
"""

_AS_PDF: dict[str, Any] = {"pdf_variant": "pdf/a-3u", "pdf_tags": True}
_MONTHS = ("gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno", "luglio", "agosto", "settembre", "ottobre",
           "novembre", "dicembre")  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    subject: str
    text: str
    to: tuple[str, ...]
    """Address lines, the name first."""
    case_code: str | None
    link: str | None = None
    """Goes into the QR code; without it the case code does."""


def draft(payload: bytes) -> Letter:
    """The letter that `composing` wrote into the outbox."""
    said = json.loads(payload)
    return Letter(
        subject=said["subject"],
        text=said["text"],
        to=tuple(said["to"]),
        case_code=said.get("case_code"),
        link=said.get("link"),
    )


def render(letter: Letter, *, answers: AnswersConfig, place_and_date: str) -> bytes:
    """The letter as PDF/A-3u with tags."""
    made: bytes = HTML(string=_page(letter, answers, place_and_date)).write_pdf(**_AS_PDF)
    return made


def print_run(letters: Sequence[Letter], *, answers: AnswersConfig, day: date) -> bytes:
    """One PDF/A for the mailroom's printer: the cover list, then every letter, each with page numbers of its own."""
    said = dated(answers.place, day)
    pages = [HTML(string=_list(letters, day)), *(HTML(string=_page(letter, answers, said)) for letter in letters)]
    drawn = [page.render(**_AS_PDF) for page in pages]
    made: bytes = drawn[0].copy([page for document in drawn for page in document.pages]).write_pdf(**_AS_PDF)
    return made


def dated(place: str, day: date) -> str:
    """``Roma, 4 maggio 2026``."""
    return f"{place}, {day.day}{'º' if day.day == 1 else ''} {_MONTHS[day.month - 1]} {day.year}"


def _page(letter: Letter, answers: AnswersConfig, place_and_date: str) -> str:
    paragraphs = "".join(f"<p>{html.escape(p)}</p>" for p in letter.text.strip().split("\n\n"))
    lines = "<br>".join(html.escape(line) for line in letter.to)
    seen = letter.link or letter.case_code
    caption = f"{letter.case_code or ''}{'<br>inquadri per proseguire' if letter.link else ''}"
    code = f"<figure>{_qr(seen)}<figcaption>{caption}</figcaption></figure>" if seen else ""
    return f"""<!doctype html><html lang="it"><head><meta charset="utf-8"><title>{html.escape(letter.subject)}</title>
<style>{_STYLE}</style></head><body>
<header><strong>{html.escape(answers.sender_name)}</strong>Numero verde {html.escape(answers.toll_free)}</header>
<address>{lines}</address>
<main><p>{html.escape(place_and_date)}</p><h1>{html.escape(letter.subject)}</h1>{paragraphs}{code}</main>
</body></html>"""


def _qr(text: str) -> str:
    out = io.BytesIO()
    segno.make(text, error="m").save(out, kind="svg", scale=3, border=1, xmldecl=False, svgns=True, omitsize=True)
    return out.getvalue().decode()


def _list(letters: Sequence[Letter], day: date) -> str:
    """What the run holds, one line a letter, for whoever stuffs the envelopes."""
    rows = "".join(
        f"<tr><td>{n}</td><td>{html.escape(' – '.join(letter.to))}</td><td>{letter.case_code or ''}</td>"
        f"<td>{html.escape(letter.subject)}</td></tr>"
        for n, letter in enumerate(letters, 1)
    )
    title = f"Lettere del {day:%d/%m/%Y}"
    return (
        f'<!doctype html><html lang="it"><head><meta charset="utf-8"><title>{title}</title><style>'
        "@page{size:A4;margin:15mm}body{font:10pt sans-serif}table{border-collapse:collapse;width:100%}"
        f"td,th{{border:.2mm solid #999;padding:1.5mm;text-align:left}}</style></head><body>"
        f"<h1>{title}: {len(letters)}</h1><table>"
        f"<tr><th>n.</th><th>destinatario</th><th>pratica</th><th>oggetto</th></tr>{rows}</table></body></html>"
    )
