"""Barcodes on a page: QR and Code 128 of separator sheets, registered-mail numbers, payment slips. In reading children.

Patch codes, which scanners know as separators, are bars right across a sheet; no barcode library reads them, so they
are measured here (Kodak's patch codes: four bars, two of them wide).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import zxingcpp

from mailroom.document import Box
from parsers.picture import Pixels

PATCH = "Patch"
PATCH_T = "PatchT"
_FORMATS = (
    zxingcpp.BarcodeFormat.QRCode,
    zxingcpp.BarcodeFormat.Code128,
    zxingcpp.BarcodeFormat.DataMatrix,
    zxingcpp.BarcodeFormat.ITF,
    zxingcpp.BarcodeFormat.Code39,
)
_NAMES = {"ITF14": "ITF", "QRCodeModel1": "QRCode", "QRCodeModel2": "QRCode", "Code39Std": "Code39"}
_MOST = 16
_LONGEST = 400
_READ_DPI = 200.0
_BAR_DPI = 50.0
_COLUMNS, _COLUMNS_AGREEING = (0.3, 0.4, 0.5, 0.6, 0.7), 3
"""Where across the sheet a patch code is looked for, and in how many of these places it must show."""
_COLUMN_INCHES = 0.5
_BETWEEN_BARS, _CODE_HEIGHT = 0.06, 0.16
"""Inches: the widest gap between the bars of one code, and what stands solid once such gaps are closed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    symbology: str
    text: str
    box: Box
    """In pixels of the picture."""


def may_bear_codes(ink: Pixels, dpi: float) -> bool:
    """Whether a field of close black marks stands on the page, of the size of a barcode: a look a tenth as dear.

    `ink`: 1 where there is ink, at about 100 pixels an inch. Writing isn't as dense; pictures are, and are looked at.
    """
    reach = max(3, round(_BETWEEN_BARS * dpi))
    joined = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((reach, reach), np.uint8))
    solid = max(3, round(_CODE_HEIGHT * dpi))
    return bool(cv2.erode(joined, np.ones((solid, solid), np.uint8)).any())


def find_barcodes(grey: Pixels, dpi: float) -> list[Found]:
    """At most sixteen, larger ones first."""
    scale = min(1.0, _READ_DPI / dpi)
    small = grey if scale > 0.8 else cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    factor = grey.shape[1] / small.shape[1]
    found = []
    for code in zxingcpp.read_barcodes(small, formats=list(_FORMATS), try_invert=False, try_downscale=False):
        if len(code.text) < 3:
            continue
        name = str(code.format).rpartition(".")[2].replace(" ", "")
        box = _box_of(code.position, factor)
        found.append(Found(symbology=_NAMES.get(name, name), text=_printable(code.text)[:_LONGEST], box=box))
    found.sort(key=lambda code: (code.box[0] - code.box[2]) * (code.box[3] - code.box[1]))
    return found[:_MOST]


def find_patch(ink: Pixels, ink_dpi: float, dpi: float) -> list[Found]:
    """The patch code at the top or the foot of a sheet, however it lies. `ink`: 1 where there is ink.

    Told by what most of a few narrow columns say: a sheet drawn in askew shows each of them the same bars, a little
    higher or lower. Boxes are for a picture of the same sheet at `dpi`.
    """
    small_scale, scale = _BAR_DPI / ink_dpi, _BAR_DPI / dpi
    small = cv2.resize(ink * 255, None, fx=small_scale, fy=small_scale, interpolation=cv2.INTER_AREA)
    found = []
    for lying, sheet in ((False, small), (True, np.ascontiguousarray(small.T))):
        for at_foot in (False, True):
            seen = [code for place in _COLUMNS if (code := _patch_in(sheet, place, at_foot=at_foot))]
            kinds = [kind for kind, _, _ in seen]
            if len(seen) < _COLUMNS_AGREEING:
                continue
            top, foot = min(first for _, first, _ in seen) / scale, max(last for _, _, last in seen) / scale
            box = (0.0, top, sheet.shape[1] / scale, foot)
            kind = max(kinds, key=kinds.count)
            found.append(Found(symbology=kind, text="", box=(box[1], box[0], box[3], box[2]) if lying else box))
    return found


def _patch_in(sheet: Pixels, place: float, *, at_foot: bool) -> tuple[str, int, int] | None:
    """Kind, beginning and end of the patch code that one column shows near the sheet's top or foot."""
    half = round(_COLUMN_INCHES * _BAR_DPI / 2)
    middle = round(place * sheet.shape[1])
    column = sheet[:, max(0, middle - half) : middle + half]
    for group in _groups(_bars((column > 128).mean(axis=1) > 0.8), sheet.shape[0]):
        if (group[0][0] > sheet.shape[0] / 2) == at_foot and (kind := _kind(group, from_foot=at_foot)):
            return kind, group[0][0], group[-1][1]
    return None


def _bars(dark: Any) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate(([0], dark.astype(np.int8), [0]))))
    return [(int(start), int(end)) for start, end in edges.reshape(-1, 2)]


def _groups(bars: Sequence[tuple[int, int]], height: int) -> list[list[tuple[int, int]]]:
    """Runs of exactly four bars that stand close together near an edge of the sheet."""
    groups: list[list[tuple[int, int]]] = []
    for bar in bars:
        if groups and bar[0] - groups[-1][-1][1] < 0.35 * _BAR_DPI:
            groups[-1].append(bar)
        else:
            groups.append([bar])
    near = 0.3 * height
    return [group for group in groups if len(group) == 4 and (group[-1][1] < near or group[0][0] > height - near)]


def _kind(group: Sequence[tuple[int, int]], *, from_foot: bool) -> str | None:
    widths = [end - start for start, end in (group[::-1] if from_foot else group)]
    order = sorted(widths)
    # Two narrow and two wide bars; a table's rules are thin and all alike.
    if order[0] < 0.04 * _BAR_DPI or order[2] < 1.4 * order[1] or order[3] > 1.5 * _BAR_DPI:
        return None
    narrow = [width <= order[1] for width in widths]
    return PATCH_T if narrow == [True, False, True, False] else PATCH


def _box_of(position: Any, factor: float) -> Box:
    corners = (position.top_left, position.top_right, position.bottom_right, position.bottom_left)
    across, down = [corner.x * factor for corner in corners], [corner.y * factor for corner in corners]
    return (min(across), min(down), max(across), max(down))


def _printable(text: str) -> str:
    return "".join(char if char.isprintable() else " " for char in text)
