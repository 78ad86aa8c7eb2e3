"""A workbook (.xlsx) becomes a Document as its sheets show it: numbers as formatted, no formula computed."""

import datetime as dt
import warnings
import zipfile
import zlib
from collections.abc import Collection, Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import openpyxl
from openpyxl.cell.cell import Cell as BookCell
from openpyxl.cell.rich_text import CellRichText
from openpyxl.styles import Side
from openpyxl.utils.datetime import from_excel
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.workbook.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.read.blocks import Source
from pipeline.read.number_format import BUILTIN, GENERAL, is_date, shown, shown_date, shown_text
from pipeline.read.packages import checked_office_file, package, transitional
from pipeline.read.shades import is_lost, shown_parts
from pipeline.read.sheet_xml import counted, slimmed
from pipeline.read.sheets import Merged, Place, Sheet, SheetCell, Shown, document_of_sheets
from schemas.errors import DamagedDocument
from schemas.layout import Document

# A row as low as this (in points) shows nothing.
_LOWEST = 2


def read_xlsx(path: Path, source: Source) -> Document:
    """Every visible sheet of a workbook. Raises DocumentError."""
    checked_office_file(path)
    try:
        known = counted(path)
        with transitional(path) as stored, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(
                slimmed(stored, known.ends) if known.slim else stored, data_only=True, keep_links=False, rich_text=True
            )
        parts = _parts(path) if any(known.unvalued.values()) else {}
        none = frozenset[str]()
        sheets = [
            _sheet(sheet, book, known.unvalued.get(parts.get(sheet.title, ""), none)) for sheet in book.worksheets
        ]
    except (InvalidFileException, zipfile.BadZipFile, zlib.error, SyntaxError, EOFError, OSError):
        raise DamagedDocument("formats.damaged_office") from None
    # openpyxl trusts the parts: what is missing or forged ends in errors of the language itself.
    except (LookupError, ValueError, TypeError, AttributeError, ArithmeticError, RecursionError):
        raise DamagedDocument("formats.damaged_office") from None
    return document_of_sheets(source, sheets)


def _parts(path: Path) -> dict[str, str]:
    """The part that each sheet is stored in, by the sheet's name."""
    with package(path) as opened:
        book = ET.fromstring(opened.read("xl/workbook.xml"))  # noqa: S314 - document types were refused before
        links = ET.fromstring(opened.read("xl/_rels/workbook.xml.rels"))  # noqa: S314 - document types were refused
    targets = {link.get("Id"): link.get("Target") or "" for link in links}
    found = {}
    for sheet in book.iter():
        if sheet.tag.rpartition("}")[2] == "sheet":
            link = next((value for name, value in sheet.attrib.items() if name.endswith("}id")), "")
            target = targets.get(link, "")
            found[sheet.get("name") or ""] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return found


def _sheet(sheet: Worksheet, book: Workbook, unvalued: Collection[str]) -> Sheet:
    """One sheet; the cells named in `unvalued` hold a formula whose value the file does not tell."""
    cells = dict(_cells(sheet, book, unvalued))
    merged = [Merged(area.min_row, area.min_col, area.max_row + 1, area.max_col + 1) for area in sheet.merged_cells]
    rows = frozenset(
        number
        for number, row in sheet.row_dimensions.items()
        if row.hidden or (row.height is not None and row.height <= _LOWEST)
    )
    cols = frozenset(
        number
        for column in sheet.column_dimensions.values()
        if column.hidden or column.width == 0
        for number in range(column.min or 0, (column.max or -1) + 1)
    )
    return Sheet(sheet.title, cells, merged, rows, cols, sheet.sheet_state == "visible")


def _is_low(height: float | None) -> bool:
    return height is not None and height <= _LOWEST


def _cells(sheet: Worksheet, book: Workbook, unvalued: Collection[str]) -> Iterator[tuple[Place, SheetCell]]:
    # Not iter_rows: one cell in the last row of a sheet would make it walk through a million.
    for place, cell in sheet._cells.items():  # noqa: SLF001 - the only way to the cells that are there
        ruled = cell.has_style and _is_ruled(cell.border.left, cell.border.right)
        if cell.coordinate in unvalued:
            yield place, SheetCell("", ruled=ruled, unread=True)
        elif not isinstance(cell, BookCell) or cell.value is None:
            if ruled:
                yield place, SheetCell("", ruled=ruled)
        else:
            shown = _shown(cell, book)
            text, hidden = shown or ("", False)
            yield place, SheetCell(text, ruled=ruled, hidden=hidden, unread=shown is None)


def _is_ruled(*sides: Side | None) -> bool:
    return any(side is not None and side.style for side in sides)


def _shown(cell: BookCell, book: Workbook) -> Shown | None:
    """What a reader sees of a cell with a value; None if its format is not understood."""
    if isinstance(cell.value, CellRichText):
        return shown_parts(cell, cell.value)
    text = _text(cell, book)
    if text is None:
        return None
    if not text.strip() or is_lost(cell):
        return Shown("", bool(str(cell.value).strip()))
    return Shown(text, hidden=False)


def _text(cell: BookCell, book: Workbook) -> str | None:
    """What the sheet shows of a value; None if its format is not understood."""
    value = cell.value
    code = _format(cell)
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        if code != GENERAL and is_date(code):
            moment = from_excel(value, book.epoch)
            return None if moment is None else shown_date(moment, code)
        return shown(value, code)
    if isinstance(value, dt.datetime | dt.date | dt.time | dt.timedelta):
        return shown_date(value, code)
    return shown_text(str(value), code)


def _format(cell: BookCell) -> str:
    if not cell.has_style:
        return GENERAL
    # openpyxl tells the code of a number only where it knows one.
    number = cell._style.numFmtId  # type: ignore[attr-defined] # noqa: SLF001 - the stubs leave it out
    return BUILTIN.get(number, cell.number_format or GENERAL)
