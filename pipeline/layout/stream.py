"""Texts outside ruled tables become Grids where they are aligned: runs → words → blobs → rows → bands → walls → cells.

The lines that a table lacks are drawn where its texts leave room; then it is read as a ruled one. A table is a row of
headings over rows of numbers, with the labels and values around it; prose and contents pages have none.
"""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from pipeline.layout.lattice import PAGE_FOOT, Axes, axes_of, boxes_of, grid_of, merge, within
from pipeline.layout.marks import PageMarks, Rule, TextRun
from pipeline.layout.stream_bands import bands_of, is_heading, looks_like_labels
from pipeline.layout.stream_cells import walls_of
from pipeline.layout.stream_columns import Band, Column
from pipeline.layout.stream_rows import rows_of
from pipeline.layout.stream_ruled import Walls
from pipeline.layout.stream_spans import set_apart, spans_page, stands_between_lines
from pipeline.layout.stream_words import Blob, blobs_of, words_of
from schemas.amount import Amount
from schemas.evidence import BBox, PageSpan
from schemas.layout import Cell, CellDoubt, Grid

# Parts of one table stand at most this many font sizes below each other.
APART = 5.0
# A page with fewer lines of at least three separate runs has no table.
FEWEST_LINES = 2
FEWEST_RUNS = 3
FEWEST_NUMBERS = 2
# A ruled row with more lines than this in a cell may be a frame around rows that are not ruled.
MANY_LINES = 8
# Fewest headings at a page's end whose table is on the next page.
FEWEST_HEADS = 4
# What stands lower than this share of the page is its foot.
FOOT = 0.88


class Carried(NamedTuple):
    """How the last table of a page ends: it may go on on the next."""

    columns: tuple[Column, ...]
    xs: tuple[float, ...]
    """The edges of its columns, from its left side to its right one."""


class Streamed(NamedTuple):
    """The aligned tables of a page from top to bottom, the runs that stand in none, and what may go on."""

    grids: tuple[Grid, ...]
    outside: tuple[TextRun, ...]
    carried: Carried | None


def stream(marks: PageMarks, runs: Sequence[TextRun], number: int, carried: Carried | None = None) -> Streamed:
    """The tables without ruling lines among the runs of a page; their grids are numbered from `number`."""
    if carried is None and not _may_hold_a_table(runs):
        return Streamed((), tuple(runs), None)
    horizontal = merge(marks.horizontal)
    ends = _piece_ends(marks.horizontal)
    rows = set_apart(rows_of(blobs_of(words_of(runs, ends), horizontal)), horizontal)
    bands = bands_of(rows.rows, rows.labels, carried.columns if carried else (), horizontal)
    grids: list[Grid] = []
    outside = list(runs)
    after: Carried | None = None
    for table in _tables(bands, rows.labels, horizontal, PAGE_FOOT * marks.height):
        goes_on = carried is not None and table[0].is_table and not table[0].headings
        known = carried if carried is not None and table[0] is bands[0] else None
        walls, xs = walls_of(
            table,
            rows.labels,
            horizontal,
            [*ends, *(known.xs if known else ())],
            (known.xs[0], known.xs[-1]) if known and goes_on else (),
        )
        grid, outside = _grid(marks.number, number + len(grids), walls, outside)
        grids.append(grid)
        last = table[-1]
        ending = last is bands[-1] or all(band.rows[0].row.top > FOOT * marks.height for band in _below(bands, last))
        may_go_on = ending and (last.is_table or is_heading(last.rows[-1].row))
        after = Carried(tuple(last.columns), tuple(xs)) if may_go_on else None
    return Streamed(tuple(grids), tuple(outside), after)


def is_frame(grid: Grid, runs: Sequence[TextRun]) -> bool:
    """True if a ruled table frames one whose rows are not ruled.

    It is one row of many lines, or has most of its lines in cells half as wide as itself, and rows of numbers there.
    """
    if grid.row_count == 1:
        return any(len(cell.lines) > MANY_LINES for cell in grid.cells)
    width = grid.bbox.width if grid.bbox else 0.0
    wide: list[BBox] = []
    lines = 0
    for cell in grid.cells:
        boxes = [span.bbox for span in cell.spans if isinstance(span, PageSpan) and span.bbox.width * 2 > width]
        if boxes and len(cell.lines) >= FEWEST_LINES:
            wide += boxes
            lines += len(cell.lines)
    most = lines * 2 >= sum(len(cell.lines) for cell in grid.cells if len(cell.lines) >= FEWEST_LINES)
    return most and any(_holds_rows(within(runs, Axes((b.x0, b.x1), (b.y0, b.y1)))[0]) for b in wide)


def _holds_rows(runs: Sequence[TextRun]) -> bool:
    """True if several lines have several numbers each."""
    numbers = Counter(round(word.baseline) for word in words_of(runs) if Amount.parse(word.text) is not None)
    return sum(count >= FEWEST_NUMBERS for count in numbers.values()) >= FEWEST_LINES


def inside_of(frames: Sequence[Grid], runs: Sequence[TextRun]) -> list[TextRun]:
    """The runs that stand in frames."""
    boxes = [frame.bbox for frame in frames if frame.bbox is not None]
    found: list[TextRun] = []
    for box in boxes:
        found += within(runs, Axes((box.x0, box.x1), (box.y0, box.y1)))[0]
    return found


def _below(bands: Sequence[Band], last: Band) -> Sequence[Band]:
    return bands[next(index for index, band in enumerate(bands) if band is last) + 1 :]


def _may_hold_a_table(runs: Sequence[TextRun]) -> bool:
    """True if several lines of a page are made of several runs."""
    lines = Counter(round(run.baseline) for run in runs if run.upright and not run.hidden)
    return sum(count >= FEWEST_RUNS for count in lines.values()) >= FEWEST_LINES


def _piece_ends(rules: Sequence[Rule]) -> list[float]:
    """Where at least two pieces of horizontal rules end: the sides of the cells they belong to."""
    ends = Counter(round(end, 1) for rule in rules for end in (rule.start, rule.end))
    return [end for end, count in ends.items() if count > 1]


def _tables(bands: Sequence[Band], labels: Sequence[Blob], rules: Sequence[Rule], foot: float) -> list[list[Band]]:
    """Stretches of bands with a table among them, up to a lone text, a wide gap or prose.

    A title over the whole width between two parts of a table is a row of it. Below the height `foot` headings under
    labels and values are enough: their table is on the next page.
    """
    stretches: list[list[Band]] = [[]]
    belongs = [
        band.is_table or looks_like_labels(band, labels) or _is_ruled_in(number, bands, rules)
        for number, band in enumerate(bands)
    ]
    for number, band in enumerate(bands):
        if stretches[-1] and band.rows[0].row.top - stretches[-1][-1].rows[-1].row.foot > APART * _size(band):
            stretches.append([])
        parts = belongs[number - 1 : number + 2] if number else []
        between = parts == [True, False, True] and spans_page(
            band.rows[0].row, bands[number - 1].rows[-1].row, bands[number + 1].rows[0].row, rules
        )
        if belongs[number] or between:
            stretches[-1].append(band)
        else:
            stretches.append([])
    return [stretch for stretch in stretches if any(band.is_table for band in stretch) or _ends_in_heads(stretch, foot)]


def _ends_in_heads(stretch: Sequence[Band], foot: float) -> bool:
    """True if the last row of a page are headings under rows of labels and values."""
    rows = [placed.row for band in stretch for placed in band.rows]
    heads = len(rows) > 1 and len(rows[-1].blobs) >= FEWEST_HEADS and is_heading(rows[-1])
    return heads and rows[-1].foot > foot


def _is_ruled_in(number: int, bands: Sequence[Band], rules: Sequence[Rule]) -> bool:
    """True if each row of a band is alone between two lines."""
    own = [placed.row for placed in bands[number].rows]
    above = bands[number - 1].rows[-1].row if number else None
    below = bands[number + 1].rows[0].row if number + 1 < len(bands) else None
    around = zip([above, *own], own, [*own[1:], below], strict=False)
    return all(stands_between_lines(row, over, under, rules) for over, row, under in around)


def _size(band: Band) -> float:
    return band.rows[0].row.blobs[0].size


def _grid(page: int, number: int, walls: Walls, runs: Sequence[TextRun]) -> tuple[Grid, list[TextRun]]:
    """The table with these walls, its doubts in its cells, and the runs outside it."""
    across, down = merge(walls.horizontal), merge(walls.vertical)
    axes = axes_of(across, down)
    inside, outside = within(runs, axes)
    grid = grid_of(page, number, axes, boxes_of(axes, across, down), inside)
    return in_doubt(grid, walls.doubted), outside


def in_doubt(grid: Grid, points: Sequence[tuple[float, float]]) -> Grid:
    """The grid with the cells at these points in doubt."""
    if not points:
        return grid
    cells = tuple(_doubted(cell) if _holds(cell, points) else cell for cell in grid.cells)
    return grid.model_copy(update={"cells": cells})


def _holds(cell: Cell, points: Sequence[tuple[float, float]]) -> bool:
    boxes = [span.bbox for span in cell.spans if isinstance(span, PageSpan)]
    return any(box.x0 < x < box.x1 and box.y0 < y < box.y1 for box in boxes for x, y in points)


def _doubted(cell: Cell) -> Cell:
    doubts: tuple[CellDoubt, ...] = tuple(sorted({*cell.doubts, "cut"}))
    return cell.model_copy(update={"doubts": doubts})
