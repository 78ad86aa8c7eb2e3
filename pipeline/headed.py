"""The line above a table that says whose points its rows share becomes a row of its grid.

    二、预算执行情况（10分）           产出指标（50分）
    资金来源 | 预算数 | 执行数 …      三级指标 | 指标值 | 完成值 …

Some forms have a table for each level of their indicators, with the level in the line above. It is put under the
table's header, where other forms print it over the width of one table; points of another section stand over it.
"""

import re
from collections import Counter
from collections.abc import Collection, Sequence
from typing import NamedTuple

from pipeline.mapping.columns import FEWEST_COLUMNS
from pipeline.mapping.labels import core, kind, labelled_value
from pipeline.mapping.lexicon import Lexicon
from pipeline.mapping.tables import FEWEST_BANDED, LONGEST_BAND
from pipeline.told import line_cell
from schemas.amount import normalised
from schemas.layout import Cell, Grid, Line

# Cells of a header stand over no more rows than these; a taller one is a label beside the body.
TALLEST_HEADER = 2
# A heading with its points says no more than this.
LONGEST_HEADING = 24
_POINTS = re.compile(r"\([0-9]+(?:\.[0-9]+)?分")


class Headed(NamedTuple):
    """A form's tables as one grid with their headings in it, and the numbers of the lines that became rows."""

    grid: Grid
    used: frozenset[int]


def headed(stacked: Grid, grids: Sequence[Grid], above: Sequence[Sequence[Line]], lexicon: Lexicon) -> Headed:
    """The tables of one form in one grid, each with what the lines `above` it say of all its rows."""
    headers = [_header(grid) for grid in grids]
    printed = Counter(tuple(normalised(cell.text) for cell in header) for header in headers)
    used: set[int] = set()
    for header, lines in zip(headers, above, strict=True):
        again = printed[tuple(normalised(cell.text) for cell in header)] > 1
        level = next((line for line in reversed(lines) if _is_level(line.text, lexicon, divided=again)), None)
        points = next((line for line in reversed(lines) if _has_points(line.text, lexicon)), None)
        ids = {cell.cell_id for cell in header}
        if level is not None and len(header) >= FEWEST_BANDED:
            stacked = _under(stacked, ids, level)
            used.add(level.number)
        elif points is not None and len(header) >= FEWEST_COLUMNS:
            stacked = _over(stacked, ids, points)
            used.add(points.number)
    return Headed(stacked, frozenset(used))


def _header(grid: Grid) -> tuple[Cell, ...]:
    """The texts of the first row that has any, if they are words; nothing in a table of a single row."""
    rows = grid.rows()
    found = next((row for row in rows if any(cell.text for cell in row)), ())
    words = tuple(cell for cell in found if cell.text)
    below = any(cell.text for row in rows for cell in row if words and cell.row > words[0].row)
    return words if below and all(kind(cell.text) == "text" for cell in words) else ()


def _is_level(text: str, lexicon: Lexicon, *, divided: bool) -> bool:
    """True for a known level, or a label with its points where tables of one header are divided by such lines."""
    label = core(text)
    if labelled_value(text) is not None or not 1 < len(label) <= LONGEST_BAND:
        return False
    return label in lexicon.levels or (divided and _POINTS.search(normalised(text)) is not None)


def _has_points(text: str, lexicon: Lexicon) -> bool:
    """True for a heading with its points in brackets, whatever unit of money stands behind it; a title is none."""
    heads = len(core(text)) <= LONGEST_HEADING and labelled_value(text) is None
    return heads and _POINTS.search(normalised(text)) is not None and not lexicon.is_title(text)


def _under(grid: Grid, header: Collection[str], line: Line) -> Grid:
    """The grid with a row below a header, over the columns that it has; labels beside the body go on."""
    cells = [cell for cell in grid.cells if cell.cell_id in header]
    own = [cell for cell in cells if cell.row_span <= TALLEST_HEADER] or cells
    left, right = min(cell.col for cell in own), max(cell.col_end for cell in own)
    cell = line_cell(line, line.text, 1, right - left).model_copy(update={"col": left})
    return _with_row(grid, max(cell.row_end for cell in own), cell)


def _over(grid: Grid, header: Collection[str], line: Line) -> Grid:
    """The grid with a row right over a header."""
    top = min(cell.row for cell in grid.cells if cell.cell_id in header)
    return _with_row(grid, top, line_cell(line, line.text, 1, grid.col_count))


def _with_row(grid: Grid, at: int, added: Cell) -> Grid:
    """The grid with one row more, in which a cell stands; what spans it grows."""
    cells = [added.model_copy(update={"row": at})]
    for cell in grid.cells:
        if cell.row >= at:
            cells.append(cell.model_copy(update={"row": cell.row + 1}))
        else:
            cells.append(cell.model_copy(update={"row_span": cell.row_span + (cell.row_end > at)}))
    ordered = tuple(sorted(cells, key=lambda cell: (cell.row, cell.col)))
    recounted = tuple(row + (row >= at) for row in grid.recounted)
    return grid.model_copy(update={"cells": ordered, "row_count": grid.row_count + 1, "recounted": recounted})
