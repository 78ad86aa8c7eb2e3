"""An old workbook (.xls, .et) becomes a Document as its sheets show it; no office program is needed."""

import os
import struct
from collections.abc import Iterator
from pathlib import Path

import xlrd
from xlrd.biffh import XLRDError
from xlrd.book import Book
from xlrd.sheet import Cell as BookCell
from xlrd.sheet import Sheet as BookSheet

from pipeline.read.blocks import Source
from pipeline.read.number_format import BUILTIN, GENERAL, is_date, shown, shown_date, shown_text
from pipeline.read.sheets import MOST_CELLS, Merged, Place, Sheet, SheetCell, document_of_sheets
from schemas.errors import DamagedDocument, DocumentError, LockedDocument
from schemas.layout import Document

LARGEST = 64 * 2**20
_MOST_MERGED = 1_000_000
_WHITE = (255, 255, 255)
_NO_FILL = 0
_NO_COLOUR = 0x7FFF


def read_xls(path: Path, source: Source) -> Document:
    """Every visible sheet of an old workbook. Raises DocumentError."""
    if path.stat().st_size > LARGEST:
        raise DocumentError("formats.too_large", most=LARGEST // 2**20)
    try:
        with Path(os.devnull).open("w", encoding="utf-8") as silence:
            book = xlrd.open_workbook(str(path), formatting_info=True, logfile=silence)
        sheets = [_sheet(sheet, book) for sheet in book.sheets()]
    except XLRDError as error:
        if "encrypt" in str(error).lower() or "password" in str(error).lower():
            raise LockedDocument("formats.locked_office") from None
        raise DamagedDocument("formats.damaged_office") from None
    # xlrd trusts the bytes: what is cut or forged ends in errors of the language itself.
    except (struct.error, IndexError, KeyError, ValueError, TypeError, AttributeError, AssertionError, OverflowError):
        raise DamagedDocument("formats.damaged_office") from None
    return document_of_sheets(source, sheets)


def _sheet(sheet: BookSheet, book: Book) -> Sheet:
    merged = [Merged(top + 1, left + 1, low + 1, right + 1) for top, low, left, right in sheet.merged_cells]
    covered = sum((area.row_end - area.row) * (area.col_end - area.col) for area in merged)
    if covered > _MOST_MERGED or sheet.nrows * max(sheet.ncols, 1) > 10 * MOST_CELLS:
        raise DocumentError("formats.sheet_too_large", most=MOST_CELLS)
    rows = frozenset(at + 1 for at, row in sheet.rowinfo_map.items() if row.hidden)
    cols = frozenset(at + 1 for at, column in sheet.colinfo_map.items() if column.hidden)
    return Sheet(sheet.name, dict(_cells(sheet, book)), merged, rows, cols, sheet.visibility == 0)


def _cells(sheet: BookSheet, book: Book) -> Iterator[tuple[Place, SheetCell]]:
    for row in range(sheet.nrows):
        for col, cell in enumerate(sheet.row(row)):
            if cell.ctype == xlrd.XL_CELL_EMPTY:
                continue
            border = book.xf_list[cell.xf_index].border if cell.xf_index is not None else None
            ruled = border is not None and bool(border.left_line_style or border.right_line_style)
            text = _text(cell, book)
            place = row + 1, col + 1
            if text is None:
                yield place, SheetCell("", ruled=ruled, unread=True)
            elif cell.value not in {"", None} and (not text or _is_white(cell, book)):
                yield place, SheetCell("", ruled=ruled, hidden=bool(str(cell.value).strip()))
            else:
                yield place, SheetCell(text, ruled=ruled)


def _text(cell: BookCell, book: Book) -> str | None:
    """What the sheet shows of a value; None if its format is not understood."""
    code = _format(cell, book)
    if cell.ctype in {xlrd.XL_CELL_BLANK, xlrd.XL_CELL_TEXT}:
        return shown_text(str(cell.value), code)
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return "TRUE" if cell.value else "FALSE"
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return str(xlrd.error_text_from_code.get(int(cell.value), "#N/A"))
    if code != GENERAL and is_date(code):
        try:
            return shown_date(xlrd.xldate_as_datetime(float(cell.value), book.datemode), code)
        except (xlrd.xldate.XLDateError, ValueError, OverflowError):
            return None
    return shown(float(cell.value), code)


def _format(cell: BookCell, book: Book) -> str:
    if cell.xf_index is None:
        return GENERAL
    number = book.xf_list[cell.xf_index].format_key
    known = book.format_map.get(number)
    return BUILTIN.get(number, known.format_str if known is not None else GENERAL) or GENERAL


def _is_white(cell: BookCell, book: Book) -> bool:
    """True if a text is white and nothing is filled in behind it."""
    if cell.xf_index is None:
        return False
    look = book.xf_list[cell.xf_index]
    colour = book.font_list[look.font_index].colour_index
    filled = look.background is not None and look.background.fill_pattern != _NO_FILL
    return not filled and colour != _NO_COLOUR and bool(book.colour_map.get(colour) == _WHITE)
