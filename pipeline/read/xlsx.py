"""A workbook (.xlsx) becomes a Document as its sheets show it: numbers as formatted, no formula computed."""

import datetime as dt
import zipfile
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree as ET

import openpyxl
from openpyxl.cell.cell import Cell as BookCell
from openpyxl.styles import Side
from openpyxl.utils.cell import range_boundaries
from openpyxl.utils.datetime import from_excel
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.workbook.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.read.blocks import Source
from pipeline.read.number_format import BUILTIN, GENERAL, is_date, shown, shown_date, shown_text
from pipeline.read.packages import checked_office_file, package
from pipeline.read.sheets import MOST_CELLS, Merged, Place, Sheet, SheetCell, document_of_sheets
from schemas.errors import DamagedDocument, DocumentError
from schemas.layout import Document

# All merged ranges together cover no more cells than this: openpyxl makes an object of each.
_MOST_MERGED = 1_000_000
_WHITE = frozenset({"FFFFFFFF", "00FFFFFF"})
_THEME_WHITE = 0


def read_xlsx(path: Path, source: Source) -> Document:
    """Every visible sheet of a workbook. Raises DocumentError."""
    checked_office_file(path)
    try:
        counted = _counted(path)
        if counted.cells > MOST_CELLS or counted.merged > _MOST_MERGED:
            raise DocumentError("formats.sheet_too_large", most=MOST_CELLS)
        book = openpyxl.load_workbook(path, data_only=True, keep_links=False)
        parts = _parts(path) if counted.unvalued else {}
        sheets = [
            _sheet(sheet, book, counted.unvalued.get(parts.get(sheet.title, ""), set())) for sheet in book.worksheets
        ]
    except (InvalidFileException, zipfile.BadZipFile, ET.ParseError, KeyError, ValueError, TypeError, AttributeError):
        raise DamagedDocument("formats.damaged_office") from None
    return document_of_sheets(source, sheets)


class _Counted(NamedTuple):
    """What a workbook would make of memory, counted before it is opened."""

    cells: int
    merged: int
    unvalued: dict[str, set[str]]
    """By part, the cells with a formula and without a stored value."""


def _counted(path: Path) -> _Counted:
    cells = merged = 0
    unvalued: dict[str, set[str]] = {}
    with package(path) as opened:
        for member in opened.infolist():
            if not member.filename.startswith("xl/worksheets/") or not member.filename.endswith(".xml"):
                continue
            with opened.open(member) as stream:
                # Document types were refused before: there are no entities to expand.
                for _, element in ET.iterparse(stream):  # noqa: S314 - see the line above
                    tag = element.tag.rpartition("}")[2]
                    if tag == "c":
                        cells += 1
                        parts = {child.tag.rpartition("}")[2]: child.text for child in element}
                        # A stored empty text says that it is one.
                        if "f" in parts and not parts.get("v") and element.get("t") != "str":
                            unvalued.setdefault(member.filename, set()).add(element.get("r") or "")
                        element.clear()
                    elif tag == "mergeCell":
                        merged += _area(element.get("ref") or "")
    return _Counted(cells, merged, unvalued)


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


def _area(reference: str) -> int:
    left, top, right, bottom = range_boundaries(reference)
    if left is None or top is None or right is None or bottom is None:
        return _MOST_MERGED + 1
    return (right - left + 1) * (bottom - top + 1)


def _sheet(sheet: Worksheet, book: Workbook, unvalued: Collection[str]) -> Sheet:
    """One sheet; the cells named in `unvalued` hold a formula whose value the file does not tell."""
    cells = dict(_cells(sheet, book, unvalued))
    merged = [Merged(area.min_row, area.min_col, area.max_row + 1, area.max_col + 1) for area in sheet.merged_cells]
    rows = frozenset(number for number, row in sheet.row_dimensions.items() if row.hidden or row.height == 0)
    cols = frozenset(
        number
        for column in sheet.column_dimensions.values()
        if column.hidden or column.width == 0
        for number in range(column.min or 0, (column.max or -1) + 1)
    )
    return Sheet(sheet.title, cells, merged, rows, cols, sheet.sheet_state == "visible")


def _cells(sheet: Worksheet, book: Workbook, unvalued: Collection[str]) -> Iterator[tuple[Place, SheetCell]]:
    # Not iter_rows: one cell in the last row of a sheet would make it walk through a million.
    for place, cell in sheet._cells.items():  # noqa: SLF001 - the only way to the cells that are there
        ruled = cell.has_style and _is_ruled(cell.border.left, cell.border.right)
        if not isinstance(cell, BookCell) or cell.value is None:
            yield place, SheetCell("", ruled=ruled, unread=cell.coordinate in unvalued)
            continue
        text = _text(cell, book)
        if text is None:
            yield place, SheetCell("", ruled=ruled, unread=True)
        elif not text or (cell.has_style and _is_white(cell)):
            yield place, SheetCell("", ruled=ruled, hidden=bool(str(cell.value).strip()))
        else:
            yield place, SheetCell(text, ruled=ruled)


def _is_ruled(*sides: Side | None) -> bool:
    return any(side is not None and side.style for side in sides)


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


def _is_white(cell: BookCell) -> bool:
    """True if a text is white and nothing is filled in behind it."""
    colour = cell.font.color
    if colour is None or cell.fill.fill_type is not None:
        return False
    if colour.type == "theme":
        return bool(colour.theme == _THEME_WHITE and not colour.tint)
    return colour.type == "rgb" and colour.rgb in _WHITE
