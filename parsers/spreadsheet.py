"""Spreadsheets: a page a sheet, a line a row, tabs between cells, as a clerk in Italy would see the values.

openpyxl and xlrd run in a child process; formulas count by the value that was last computed, and are never computed.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta

import openpyxl
import xlrd
from openpyxl.utils.exceptions import InvalidFileException

from parsers import defects
from parsers.legacy_office import is_locked
from parsers.limits import Limits
from parsers.office_zip import BROKEN, DefusedXmlException, TooLarge, opened

_MAX_COLUMNS = 200
_MAX_ROWS = 20_000
_XLS_BROKEN = (xlrd.XLRDError, xlrd.compdoc.CompDocError, AssertionError, AttributeError, *BROKEN)
_XLSX_BROKEN = (InvalidFileException, AttributeError, StopIteration, *BROKEN)


def read_xlsx(data: bytes, limits: Limits) -> tuple[list[str], list[str]]:
    """xlsx and xlsm. What the file unfolds to is counted before openpyxl opens it."""
    if data.startswith(b"\xd0\xcf\x11\xe0") and is_locked(data):
        return [], [defects.ENCRYPTED]
    try:
        with opened(data, limits) as members:
            for name in members.names:
                if name.endswith(".xml"):
                    members.read(name)
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        pages = []
        for sheet in book.worksheets[: limits.pages + 1]:
            if hasattr(sheet, "iter_rows"):
                # Some writers claim no or a wrong size; reading on to the last row is right.
                sheet.reset_dimensions()
                rows = sheet.iter_rows(values_only=True, max_row=_MAX_ROWS, max_col=_MAX_COLUMNS)
                pages.append(_page(sheet.title, rows, limits))
        return pages or [""], []
    except TooLarge:
        return [], [defects.UNPACKED_TOO_LARGE]
    except DefusedXmlException:
        return [], [defects.EXTERNAL_CONTENT]
    except _XLSX_BROKEN:
        return [], [defects.CORRUPT]


def read_xls(data: bytes, limits: Limits) -> tuple[list[str], list[str]]:
    """Excel 2 to 2003."""
    if is_locked(data):
        return [], [defects.ENCRYPTED]
    try:
        # Its log would go to standard output.
        book = xlrd.open_workbook(file_contents=data, on_demand=True, logfile=io.StringIO())
        names = book.sheet_names()[: limits.pages + 1]
        return [_page(name, _xls_rows(book, name), limits) for name in names] or [""], []
    except _XLS_BROKEN:
        return [], [defects.CORRUPT]


def _xls_rows(book: xlrd.Book, name: str) -> Iterator[list[object]]:
    sheet = book.sheet_by_name(name)
    for number in range(min(sheet.nrows, _MAX_ROWS)):
        row: list[object] = []
        for cell in sheet.row(number)[:_MAX_COLUMNS]:
            if cell.ctype == xlrd.XL_CELL_DATE:
                try:
                    row.append(xlrd.xldate_as_datetime(cell.value, book.datemode))
                except (xlrd.XLDateError, OverflowError, ValueError):
                    row.append(cell.value)
            elif cell.ctype == xlrd.XL_CELL_BOOLEAN:
                row.append(bool(cell.value))
            else:
                row.append(None if cell.ctype == xlrd.XL_CELL_ERROR else cell.value)
        yield row


def _page(title: str, rows: Iterable[Iterable[object]], limits: Limits) -> str:
    lines = [title]
    left = limits.text_chars
    for row in rows:
        line = "\t".join(_shown(value) for value in row).rstrip("\t ")
        if line.strip():
            lines.append(line)
            left -= len(line)
            if left < 0:
                break
    return "\n".join(lines)


def _shown(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "VERO" if value else "FALSO"
    if isinstance(value, datetime):
        return f"{value:%d/%m/%Y}" if value.time() == time() else f"{value:%d/%m/%Y %H:%M}"
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, timedelta):
        return str(value)
    if isinstance(value, float):
        if value.is_integer() and abs(value) < 1e15:
            return str(int(value))
        return f"{value:.10g}".replace(".", ",")
    return " ".join(str(value).split())
