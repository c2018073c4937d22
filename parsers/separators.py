"""Separator sheets to print and lay between letters before scanning: a QR code and patch bars, found either way up."""

from __future__ import annotations

import io

import pikepdf
import segno

SEPARATOR_TEXT = "SPORTELLO-SEPARATORE"
_WIDTH, _HEIGHT = 595.0, 842.0
_POINTS_PER_INCH = 72.0
_NARROW, _WIDE, _GAP = 0.08 * _POINTS_PER_INCH, 0.2 * _POINTS_PER_INCH, 0.08 * _POINTS_PER_INCH
_MARGIN = 34.0
_QR_SIDE = 260.0
_MOST = 500


def make_pdf(count: int) -> bytes:
    """A PDF of `count` equal A4 sheets (1 to 500; ValueError beyond)."""
    if not 1 <= count <= _MOST:
        raise ValueError(f"between 1 and {_MOST} sheets, not {count}")
    with pikepdf.new() as pdf:
        font = pdf.make_indirect(
            pikepdf.Dictionary(
                Type=pikepdf.Name.Font,
                Subtype=pikepdf.Name.Type1,
                BaseFont=pikepdf.Name("/Helvetica-Bold"),
                Encoding=pikepdf.Name.WinAnsiEncoding,
            )
        )
        resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
        drawing = pdf.make_indirect(pikepdf.Stream(pdf, _drawing().encode("cp1252")))
        for _ in range(count):
            page = pikepdf.Dictionary(
                Type=pikepdf.Name.Page, MediaBox=[0, 0, _WIDTH, _HEIGHT], Resources=resources, Contents=drawing
            )
            pdf.pages.append(pikepdf.Page(pdf.make_indirect(page)))
        with pdf.open_metadata(set_pikepdf_as_editor=False) as about:
            about["dc:title"] = "Fogli separatori"
        out = io.BytesIO()
        pdf.save(out)
        return out.getvalue()


def _drawing() -> str:
    return "\n".join(
        ["0 g", *_patch(_HEIGHT - _MARGIN, -1), *_patch(_MARGIN, 1), *_code(), *_words()],
    )


def _patch(edge: float, inwards: int) -> list[str]:
    """Patch T, read from the edge of the sheet inwards: narrow, wide, narrow, wide."""
    bars, at = [], edge
    for thickness in (_NARROW, _WIDE, _NARROW, _WIDE):
        low = min(at, at + inwards * thickness)
        bars.append(f"{_MARGIN:.1f} {low:.1f} {_WIDTH - 2 * _MARGIN:.1f} {thickness:.1f} re f")
        at += inwards * (thickness + _GAP)
    return bars


def _code() -> list[str]:
    modules = [list(row) for row in segno.make_qr(SEPARATOR_TEXT, error="h").matrix]
    size = _QR_SIDE / len(modules)
    left, top = (_WIDTH - _QR_SIDE) / 2, (_HEIGHT + _QR_SIDE) / 2 + 20
    return [
        # A hair wider than a module, or some printers leave white lines between them.
        f"{left + column * size:.2f} {top - (row + 1) * size:.2f} {size + 0.05:.2f} {size + 0.05:.2f} re f"
        for row, line in enumerate(modules)
        for column, dark in enumerate(line)
        if dark
    ]


def _words() -> list[str]:
    low = (_HEIGHT - _QR_SIDE) / 2 - 30
    return [
        f"BT /F1 20 Tf {_WIDTH / 2 - 112:.1f} {low:.1f} Td (FOGLIO SEPARATORE) Tj ET",
        f"BT /F1 11 Tf {_WIDTH / 2 - 168:.1f} {low - 24:.1f} Td "
        "(Da inserire tra una lettera e l'altra: la scansione viene divisa qui) Tj ET",
    ]
