"""An old workbook (.xls, .et) becomes a Document as its sheets show it; no office program is needed."""

import os
import struct
from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import xlrd
from xlrd.biffh import XLRDError
from xlrd.book import Book
from xlrd.compdoc import CompDocError
from xlrd.formatting import XF, Font
from xlrd.sheet import Cell as BookCell
from xlrd.sheet import Rowinfo
from xlrd.sheet import Sheet as BookSheet

from pipeline.read.blocks import Source
from pipeline.read.number_format import BUILTIN, GENERAL, is_date, shown, shown_date, shown_text
from pipeline.read.sheets import MOST_CELLS, Merged, Place, Sheet, SheetCell, Shown, document_of_sheets
from pipeline.read.symbols import lowered, raised
from schemas.errors import DamagedDocument, DocumentError, LockedDocument
from schemas.layout import Document

LARGEST = 64 * 2**20
_MOST_MERGED = 1_000_000
_WHITE, _BLACK = (255, 255, 255), (0, 0, 0)
_NO_FILL, _SOLID = 0, 1
# A row as low as this (in twentieths of a point) shows nothing.
_LOWEST = 40
_SHIFTS = {1: raised, 2: lowered}
# From this version on texts are Unicode; in older ones they are in the encoding that the file tells, rightly or not.
_UNICODE, _WITH_STREAM = 80, 50
_LATIN = frozenset({None, 367, 437, 850, 1250, 1252, 10000, 32768, 32769})
_CHINESE = "gb18030"
_BEGIN, _END, _FORMULA = 0x809, 0x0A, 0x06
# What a program that cannot compute stores with a formula: 0, or an empty text.
_NO_VALUES = (bytes(8), b"\x03\0\0\0\0\0\xff\xff")


def read_xls(path: Path, source: Source) -> Document:
    """Every visible sheet of an old workbook. Raises DocumentError."""
    if path.stat().st_size > LARGEST:
        raise DocumentError("formats.too_large", most=LARGEST // 2**20)
    try:
        book = _opened(path)
        uncomputed = _uncomputed(book)
        sheets = [_sheet(sheet, book, uncomputed.get(at, set())) for at, sheet in enumerate(book.sheets())]
        book.release_resources()
    except XLRDError as error:
        if "encrypt" in str(error).lower() or "password" in str(error).lower():
            raise LockedDocument("formats.locked_office") from None
        raise DamagedDocument("formats.damaged_office") from None
    # xlrd trusts the bytes: what is cut or forged ends in errors of the language itself.
    except (
        CompDocError,
        struct.error,
        LookupError,
        ValueError,
        TypeError,
        AttributeError,
        AssertionError,
        ArithmeticError,
    ):
        raise DamagedDocument("formats.damaged_office") from None
    return document_of_sheets(source, sheets)


def _opened(path: Path) -> Book:
    """The workbook with its sheets; texts of one byte a letter are Chinese if they can be, whatever the file says."""
    try:
        book = _in_encoding(path, None)
    except UnicodeDecodeError:
        return _in_encoding(path, _CHINESE)
    if book.biff_version >= _UNICODE or book.codepage not in _LATIN:
        return book
    try:
        return _in_encoding(path, _CHINESE)
    except UnicodeDecodeError:
        return book


def _in_encoding(path: Path, encoding: str | None) -> Book:
    with Path(os.devnull).open("w", encoding="utf-8") as silence:
        book = xlrd.open_workbook(
            str(path),
            formatting_info=True,
            on_demand=True,
            ragged_rows=True,
            logfile=silence,
            encoding_override=encoding,
        )
        book.sheets()
    return book


def _uncomputed(book: Book) -> dict[int, set[Place]]:
    """By sheet, the formulas of a workbook none of which has a value: the program that wrote it cannot compute."""
    data = book.mem
    if data is None or book.biff_version < _WITH_STREAM:
        return {}
    found: dict[int, set[Place]] = {}
    for at, start in enumerate(book._sh_abs_posn):  # type: ignore[attr-defined] # noqa: SLF001 - xlrd forgets which cells are formulas
        for row, col, value in _formulas(data, start):
            if value not in _NO_VALUES:
                return {}
            found.setdefault(at, set()).add((row + 1, col + 1))
    return found


def _formulas(data: bytes, at: int) -> Iterator[tuple[int, int, bytes]]:
    """Row, column and stored value of each formula of the sheet that begins at a place of the stream."""
    depth = 0
    while at + 4 <= len(data):
        kind, length = struct.unpack_from("<HH", data, at)
        depth += (kind == _BEGIN) - (kind == _END)
        if kind == _FORMULA and depth == 1 and length >= 14:  # noqa: PLR2004 - row, column, look, value
            row, col, _, value = struct.unpack_from("<HHH8s", data, at + 4)
            yield row, col, value
        if depth <= 0:
            return
        at += 4 + length


def _sheet(sheet: BookSheet, book: Book, uncomputed: Collection[Place]) -> Sheet:
    merged = [Merged(top + 1, left + 1, low + 1, right + 1) for top, low, left, right in sheet.merged_cells]
    covered = sum((area.row_end - area.row) * (area.col_end - area.col) for area in merged)
    if covered > _MOST_MERGED:
        raise DocumentError("formats.sheet_too_large", most=MOST_CELLS)
    rows = frozenset(
        at + 1
        for at, row in sheet.rowinfo_map.items()
        if row.hidden or (not row.has_default_height and (row.height or 0) <= _LOWEST)
    )
    cols = frozenset(at + 1 for at, column in sheet.colinfo_map.items() if column.hidden or column.width == 0)
    return Sheet(sheet.name, dict(_cells(sheet, book, uncomputed)), merged, rows, cols, sheet.visibility == 0)


def _is_low(row: Rowinfo) -> bool:
    return not row.has_default_height and (row.height or 0) <= _LOWEST


def _cells(sheet: BookSheet, book: Book, uncomputed: Collection[Place]) -> Iterator[tuple[Place, SheetCell]]:
    for row in range(sheet.nrows):
        for col, cell in enumerate(sheet.row(row)):
            border = book.xf_list[cell.xf_index].border if cell.xf_index is not None else None
            ruled = border is not None and bool(border.left_line_style or border.right_line_style)
            place = row + 1, col + 1
            if place in uncomputed:
                yield place, SheetCell("", ruled=ruled, unread=True)
            elif cell.ctype not in {xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK}:
                shown = _shown(cell, book, sheet.rich_text_runlist_map.get((row, col), ()))
                text, hidden = shown or ("", False)
                yield place, SheetCell(text, ruled=ruled, hidden=hidden, unread=shown is None)
            elif ruled:
                yield place, SheetCell("", ruled=ruled)


def _shown(cell: BookCell, book: Book, looks: Sequence[tuple[int, int]]) -> Shown | None:
    """What a reader sees of a cell; None if its format is not understood. `looks` are fonts from places of its text."""
    own = book.xf_list[cell.xf_index] if cell.xf_index is not None else None
    if own is not None and looks and cell.ctype == xlrd.XL_CELL_TEXT:
        whole = str(cell.value)
        starts = [(0, own.font_index), *looks, (len(whole), 0)]
        seen, hidden = list[str](), False
        for (begin, number), (end, _) in pairwise(starts):
            font, text = book.font_list[number], whole[begin:end]
            lost = _is_lost(font, own, book)
            hidden |= lost and bool(text.strip())
            seen += [] if lost else [_SHIFTS.get(font.escapement, str)(text)]
        return Shown("".join(seen), hidden)
    whole_text = _text(cell, book)
    if whole_text is None:
        return None
    fonts = book.font_list  # the oldest files may have none
    known = own is not None and own.font_index < len(fonts)
    if not whole_text.strip() or (own is not None and known and _is_lost(fonts[own.font_index], own, book)):
        return Shown("", bool(str(cell.value).strip()))
    return Shown(whole_text, hidden=False)


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


def _is_lost(font: Font, look: XF, book: Book) -> bool:
    """True for text that is struck out, or of the colour behind it."""
    ink = book.colour_map.get(font.colour_index) or _BLACK
    behind = look.background
    if behind is None or behind.fill_pattern == _NO_FILL:
        paper: object = _WHITE
    else:
        paper = book.colour_map.get(behind.pattern_colour_index) if behind.fill_pattern == _SOLID else None
    return bool(font.struck_out) or ink == paper
