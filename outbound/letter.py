"""Letters on paper: the draft in the outbox becomes an accessible PDF/A that folds into a DL window envelope.

A4 in three, in an envelope of 220 by 110 mm with the window of 100 by 35 mm that Italian stationers sell: 20 mm from
the right edge, 20 mm from the lower one. The folded sheet has 11 mm of play up and down, so only what stands between
55 and 79 mm from the top shows in any case: the address is set there.
"""

from __future__ import annotations

import html
import io
import json
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import segno
from weasyprint import HTML

from outbound.acknowledging import AnswersConfig, blocks
from outbound.phrases import Language, day_words

_STYLE = """
@page { size: A4; margin: 20mm 20mm 22mm 25mm;
        @bottom-right { content: counter(page) "/" counter(pages); font: 8pt "Liberation Sans", sans-serif } }
@page { @top-left { content: string(code); font: 8pt "Liberation Sans", sans-serif } }
@page :first { @top-left { content: none } }
body { font: 11pt/1.45 "Titillium Web", "Liberation Sans", sans-serif; color: #111; margin: 0 }
#top { position: relative; height: 80mm; padding-bottom: 6mm }
header { position: absolute; top: 0; left: 0; width: 80mm; font-size: 9pt; color: #17324d }
header strong { display: block; font-size: 11pt; color: #0059b3 }
address { position: absolute; top: 36mm; left: 82mm; width: 82mm; height: 23mm; font-style: normal; font-size: 10.5pt;
          line-height: 4.55mm }
h1 { font-size: 12pt; margin: 0 0 5mm; string-set: code attr(data-code) }
p { margin: 0 0 3.2mm; orphans: 2; widows: 2 }
ul { margin: 0 0 3.2mm; padding-left: 5mm }
li { margin-bottom: .8mm; break-inside: avoid }
.end { break-inside: avoid }
figure { position: absolute; top: 30mm; left: 0; margin: 0; width: 34mm; text-align: center; font-size: 8pt;
         line-height: 1.25 }
figure svg { width: 30mm; height: 30mm }
"""

_HOLLOW = "\N{WHITE SQUARE}"
_MEANINGLESS = ("Co", "Cn", "Cs")
"""Private signs, none at all, halves of one."""
_AS_PDF: dict[str, Any] = {"pdf_variant": "pdf/a-3a", "pdf_tags": True}
_SAYS = {Language.ITALIAN: ("Numero verde", "inquadri per proseguire", "Codice QR"),
         Language.ENGLISH: ("Toll-free number", "scan to go on", "QR code")}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    subject: str
    text: str
    to: tuple[str, ...]
    """Address lines, the name first."""
    case_code: str | None
    link: str | None = None
    """Goes into the QR code; without it the case code does."""
    language: Language = Language.ITALIAN


def draft(payload: bytes) -> Letter:
    """The letter that `composing` wrote into the outbox."""
    said = json.loads(payload)
    return Letter(
        subject=said["subject"],
        text=said["text"],
        to=tuple(said["to"]),
        case_code=said.get("case_code"),
        link=said.get("link"),
        language=Language(said.get("language", Language.ITALIAN.value)),
    )


def render(letter: Letter, *, answers: AnswersConfig, day: date) -> bytes:
    """The letter as PDF/A-3a: tagged, so that it can be read aloud."""
    return _pdf([_page(letter, answers, day)])


def print_run(letters: Sequence[Letter], *, answers: AnswersConfig, day: date) -> bytes:
    """One PDF/A for the mailroom's printer: the cover list, then every letter, each with page numbers of its own."""
    return _pdf([_list(letters, day), *(_page(letter, answers, day) for letter in letters)])


def _pdf(texts: Sequence[str]) -> bytes:
    """HTML texts one after the other, each beginning a sheet. What no font of this machine can draw becomes a hollow
    square: PDF/A forbids the font's own sign for it, and a private sign without a meaning (ISO 19005-3, 6.2.11)."""
    hollow = {ord(char): _HOLLOW for text in texts for char in set(text) if unicodedata.category(char) in _MEANINGLESS}
    made, undrawn = _written([text.translate(hollow) for text in texts])
    if undrawn:
        hollow |= dict.fromkeys(undrawn, _HOLLOW)
        made, _ = _written([text.translate(hollow) for text in texts])
    return made


def _written(texts: Sequence[str]) -> tuple[bytes, set[int]]:
    """The PDF, and the code points for which no font had a glyph."""
    drawn = [HTML(string=text).render(**_AS_PDF) for text in texts]
    whole = drawn[0].copy([page for document in drawn for page in document.pages])
    made: bytes = whole.write_pdf(**_AS_PDF)
    return made, {point for font in whole.fonts.values() for point in font.missing}


def _page(letter: Letter, answers: AnswersConfig, day: date) -> str:
    toll_free, scan, _ = _SAYS[letter.language]
    lines = "<br>".join(html.escape(line) for line in letter.to)
    dated = f"{answers.place}, {day_words(day, letter.language)}"
    return f"""<!doctype html><html lang="{letter.language.value}"><head><meta charset="utf-8">
<title>{html.escape(letter.subject)}</title><style>{_STYLE}</style></head><body>
<div id="top"><header><strong>{html.escape(answers.sender_name)}</strong>{toll_free} {html.escape(answers.toll_free)}
</header><address>{lines}</address>{_figure(letter, scan)}</div>
<main><p>{html.escape(dated)}</p>
<h1 data-code="{html.escape(letter.case_code or "")}">{html.escape(letter.subject)}</h1>{_words(letter.text)}</main>
</body></html>"""


def _words(text: str) -> str:
    """Paragraphs and lists; the greeting at the end is not torn apart from what follows it."""
    drawn = []
    for block in blocks(text):
        lines = [html.escape(line) for line in block.lines]
        if block.listed:
            drawn.append(f"<ul>{''.join(f'<li>{line}</li>' for line in lines)}</ul>")
        else:
            drawn.append(f'<p class="end">{"<br>".join(lines)}</p>' if len(lines) > 1 else f"<p>{lines[0]}</p>")
    return "".join(drawn)


def _figure(letter: Letter, scan: str) -> str:
    seen = letter.link or letter.case_code
    if not seen:
        return ""
    caption = f"{letter.case_code or ''}{f'<br>{scan}' if letter.link else ''}"
    return f"<figure>{_qr(seen, _SAYS[letter.language][2])}<figcaption>{caption}</figcaption></figure>"


def _qr(text: str, title: str) -> str:
    """With the quiet zone of four modules that scanners ask for (ISO/IEC 18004)."""
    out = io.BytesIO()
    segno.make(text, error="m").save(
        out, kind="svg", scale=3, border=4, xmldecl=False, svgns=True, omitsize=True, title=title
    )
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
