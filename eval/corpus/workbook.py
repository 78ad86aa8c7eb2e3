"""Blocks and an Ink come in, one Excel workbook goes out; every Break begins a sheet."""

import datetime as dt
import io
import re
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from eval.corpus.blocks import Block, Break, Grid, Ink, Line
from eval.corpus.table import Printed
from eval.corpus.word import dateless_archive

_EPOCH = dt.datetime(2025, 1, 1)  # noqa: DTZ001 - a workbook's dates have no zone
_NUMBER = re.compile(r"(?P<whole>[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.(?P<part>[0-9]+))?(?P<percent>%)?")
_POINTS_A_CHARACTER = 5.5
_ALIGNMENTS = {"left": "left", "centre": "center"}


def save_workbook(blocks: Iterable[Block], ink: Ink, path: Path) -> None:
    """Write the workbook; the same blocks and Ink give the same bytes."""
    made = Workbook()
    made.properties.created = made.properties.modified = _EPOCH
    sheet, at = made.active, 0
    assert isinstance(sheet, Worksheet)  # noqa: S101 - a new workbook has one
    for block in blocks:
        if isinstance(block, Break):
            if at:
                sheet, at = made.create_sheet(), 0
            if block.sheet:
                sheet.title = block.sheet
            sheet.sheet_state = "hidden" if block.hidden else "visible"
        elif isinstance(block, Line):
            at += 1
            _put(sheet, Printed(row=at - 1, column=0, lines=(block.text,)), 0, ink, ruled=False)
        else:
            _grid(sheet, block, at, ink)
            at += block.rows + 1
    stream = io.BytesIO()
    made.save(stream)
    path.write_bytes(dateless_archive(stream.getvalue()))


def _grid(sheet: Worksheet, grid: Grid, at: int, ink: Ink) -> None:
    _lines_above(sheet, grid, at)
    for position, width in enumerate(grid.widths, start=1):
        sheet.column_dimensions[get_column_letter(position)].width = round(width / _POINTS_A_CHARACTER, 1)
    for cell in grid.cells:
        _put(sheet, cell, at, ink, ruled=True)
        if "".join(cell.lines) in ink.hide:
            sheet.row_dimensions[at + cell.row + 1].hidden = True
        if cell.rowspan * cell.colspan > 1:
            row, column = at + cell.row + 1, cell.column + 1
            sheet.merge_cells(None, row, column, row + cell.rowspan - 1, column + cell.colspan - 1)


def _lines_above(sheet: Worksheet, grid: Grid, at: int) -> None:
    """The lines right above a table are merged over its width, as a workbook's titles are."""
    row = at
    while row and sheet.cell(row, 1).value is not None and sheet.cell(row, 1).border.left.style is None:
        sheet.merge_cells(None, row, 1, row, len(grid.widths))
        row -= 1


def _put(sheet: Worksheet, cell: Printed, at: int, ink: Ink, *, ruled: bool) -> None:
    place = sheet.cell(at + cell.row + 1, cell.column + 1)
    text = "\n".join(cell.lines)
    number = _NUMBER.fullmatch(text) if ink.thousands else None
    if number is None:
        place.value = text or None
        place.data_type = "s" if text else "n"
    else:
        place.value, place.number_format = _as_number(number)
    place.font = Font(name="宋体", size=ink.size)
    place.alignment = Alignment(horizontal=_ALIGNMENTS[cell.align], vertical="center", wrap_text=True)
    if ruled:
        side = Side(style="thin")
        place.border = Border(left=side, right=side, top=side, bottom=side)


def _as_number(printed: re.Match[str]) -> tuple[float | int, str]:
    """The number that a workbook stores and the format that shows it as printed."""
    whole, part, percent = printed["whole"], printed["part"] or "", printed["percent"] or ""
    value = Decimal(whole.replace(",", "") + (f".{part}" if part else ""))
    stored = value / 100 if percent else value
    form = ("#,##0" if "," in whole else "0") + (f".{'0' * len(part)}" if part else "") + percent
    return (int(stored) if stored == stored.to_integral_value() else float(stored)), form
