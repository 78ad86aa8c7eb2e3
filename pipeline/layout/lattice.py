"""Ruling lines and runs of one page become Grids: rules → axes → walls → cells → text.

Each step is a pure function and can be looked at alone. Coordinates are points, rows and columns count from 0.
"""

import math
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise
from operator import itemgetter, sub
from typing import NamedTuple

from pydantic import TypeAdapter

from pipeline.layout.marks import PageMarks, Piece, Rule, TextRun
from pipeline.layout.overflow import running_over
from pipeline.layout.raised import beside_their_line
from pipeline.layout.room import doubted_wraps
from schemas.evidence import BBox, PageSpan
from schemas.layout import Cell, Grid

# Rules closer than this are one rule drawn twice or in pieces (points).
SNAP = 2.0
# A rule may stop this short of the one it meets (points).
REACH = 3.0
# A gap of this share of the font size between runs on one baseline is a printed space.
SPACE = 0.3
# Runs whose baselines differ by less than this share of the font size stand on one line.
SAME_LINE = 0.4
# A cell narrower or lower than this holds no text and is a drawn double line (points).
SLIVER = 4.0
# Texts of two cells that stand closer than this share of the font size are one text.
TOUCHING = 0.12
# A table that ends below this share of the page's height may go on over the page.
PAGE_FOOT = 0.8

_CELLS = TypeAdapter(tuple[Cell, ...])  # all cells of a table at once: a third faster than one by one


class Axes(NamedTuple):
    """Where the rules of one table run: `xs` and `ys` ascending."""

    xs: tuple[float, ...]
    ys: tuple[float, ...]


class Box(NamedTuple):
    """A cell before its text: grid position, spans, and whether its walls leave its extent open."""

    row: int
    col: int
    row_span: int
    col_span: int
    ragged: bool


def lattice(marks: PageMarks) -> tuple[tuple[Grid, ...], tuple[TextRun, ...]]:
    """The ruled tables of a page from top to bottom, and the runs that stand in none of them."""
    horizontal, vertical = merge(marks.horizontal), merge(marks.vertical)
    tables = [table for table in connected(horizontal, vertical) if len(table[0]) > 1 and len(table[1]) > 1]
    outside: Sequence[TextRun] = marks.runs
    grids = []
    for number, (across, down) in enumerate(sorted(tables, key=lambda table: table[0][0].at), start=1):
        axes = axes_of(across, down)
        if len(axes.xs) < 2 or len(axes.ys) < 2:  # noqa: PLR2004 - a table needs an inside
            continue
        boxes = boxes_of(axes, across, down)
        inside, outside = within(outside, axes)
        if axes.ys[-1] > PAGE_FOOT * marks.height:
            feet = [box for box in boxes if box.row + box.row_span == len(axes.ys) - 1]
            edges = [(axes.xs[box.col], axes.xs[box.col + box.col_span]) for box in feet]
            over = running_over(outside, inside, edges, axes.ys[-1])
            inside, outside = inside + over, [run for run in outside if run not in over]
            axes = Axes(axes.xs, (*axes.ys[:-1], max(axes.ys[-1], *(run.bbox.y1 for run in over), 0.0)))
        grids.append(grid_of(marks.number, number, axes, boxes, inside))
    return tuple(grids), tuple(outside)


def merge(rules: Iterable[Rule]) -> list[Rule]:
    """Join pieces that lie on one line and touch; ascending by position."""
    lines: list[tuple[float, list[Rule]]] = []
    for rule in sorted(rules):
        if lines and rule.at - lines[-1][0] <= SNAP:
            lines[-1][1].append(rule)
        else:
            lines.append((rule.at, [rule]))
    merged = []
    for at, pieces in lines:
        pieces.sort(key=lambda piece: piece.start)
        start, end = pieces[0].start, pieces[0].end
        for piece in pieces[1:]:
            if piece.start <= end + REACH:
                end = max(end, piece.end)
            else:
                merged.append(Rule(at, start, end))
                start, end = piece.start, piece.end
        merged.append(Rule(at, start, end))
    return merged


def connected(horizontal: Sequence[Rule], vertical: Sequence[Rule]) -> list[tuple[list[Rule], list[Rule]]]:
    """Groups of rules that cross or touch one another: each group is one table."""
    parent = list(range(len(horizontal) + len(vertical)))

    def root(node: int) -> int:
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for j, upright in enumerate(vertical, start=len(horizontal)):
        low, high, at = upright.start - REACH, upright.end + REACH, upright.at
        for i, level in enumerate(horizontal):
            if low <= level.at <= high and level.start - REACH <= at <= level.end + REACH:
                parent[root(i)] = root(j)
    groups: dict[int, tuple[list[Rule], list[Rule]]] = defaultdict(lambda: ([], []))
    for i, rule in enumerate(horizontal):
        groups[root(i)][0].append(rule)
    for j, rule in enumerate(vertical, start=len(horizontal)):
        groups[root(j)][1].append(rule)
    return list(groups.values())


def axes_of(across: Sequence[Rule], down: Sequence[Rule]) -> Axes:
    """The distinct positions of a table's rules, those within SNAP of each other taken as one.

    A table whose frame is not drawn on one side (at a page break, or by taste) ends where its rules end.
    """
    return Axes(
        _framed(distinct(rule.at for rule in down), across), _framed(distinct(rule.at for rule in across), down)
    )


def _framed(positions: tuple[float, ...], crossing: Sequence[Rule]) -> tuple[float, ...]:
    """Positions with the missing first or last one added where at least two crossing rules reach past it."""
    first, last = positions[0] - REACH, positions[-1] + REACH
    starts = [rule.start for rule in crossing if rule.start < first]
    ends = [rule.end for rule in crossing if rule.end > last]
    before = (min(starts),) if len(starts) > 1 else ()
    after = (max(ends),) if len(ends) > 1 else ()
    return (*before, *positions, *after)


def distinct(positions: Iterable[float]) -> tuple[float, ...]:
    """Positions in ascending order, those within SNAP of one before left out."""
    found: list[float] = []
    for position in sorted(positions):
        if not found or position - found[-1] > SNAP:
            found.append(position)
    return tuple(found)


def boxes_of(axes: Axes, across: Sequence[Rule], down: Sequence[Rule]) -> tuple[Box, ...]:
    """Cells in reading order: base squares with no wall between them are one cell.

    Where a wall is broken so that the squares form no rectangle, the cell is cut along the break's row
    and marked `ragged`.
    """
    rows, cols = len(axes.ys) - 1, len(axes.xs) - 1
    right = [[False] * cols for _ in range(rows)]
    below = [[False] * cols for _ in range(rows)]
    heights = [(top + foot) / 2 for top, foot in pairwise(axes.ys)]
    for rule in down:
        j = _nearest(axes.xs, rule.at) - 1
        if 0 <= j < cols:
            for i in range(bisect_left(heights, rule.start), bisect_right(heights, rule.end)):
                right[i][j] = True
    middles = [(start + end) / 2 for start, end in pairwise(axes.xs)]
    for rule in across:
        i = _nearest(axes.ys, rule.at) - 1
        if 0 <= i < rows:
            for j in range(bisect_left(middles, rule.start), bisect_right(middles, rule.end)):
                below[i][j] = True
    taken = [[False] * cols for _ in range(rows)]
    squares = ((i, j) for i in range(rows) for j in range(cols))
    return tuple(_grow(i, j, right, below, taken) for i, j in squares if not taken[i][j])


def _grow(row: int, col: int, right: list[list[bool]], below: list[list[bool]], taken: list[list[bool]]) -> Box:
    """The largest rectangle without a wall inside whose top left is (row, col); marks it taken."""
    rows, cols = len(taken), len(taken[0])
    end_col = col + 1
    while end_col < cols and not right[row][end_col - 1] and not taken[row][end_col]:
        end_col += 1
    end_row, ragged = row + 1, False
    while end_row < rows:
        open_above = [not below[end_row - 1][j] for j in range(col, end_col)]
        if not any(open_above):
            break
        walled = any(right[end_row][j] for j in range(col, end_col - 1))
        if not all(open_above) or walled or any(taken[end_row][col:end_col]):
            ragged = True
            break
        end_row += 1
    for i in range(row, end_row):
        taken[i][col:end_col] = [True] * (end_col - col)
    return Box(row, col, end_row - row, end_col - col, ragged)


def _nearest(positions: Sequence[float], at: float) -> int:
    index = bisect_right(positions, at)
    if index == len(positions) or (index and at - positions[index - 1] <= positions[index] - at):
        return index - 1
    return index


def within(runs: Sequence[TextRun], axes: Axes) -> tuple[list[TextRun], list[TextRun]]:
    """Runs whose middle lies in the table, and the others."""
    inside: list[TextRun] = []
    outside: list[TextRun] = []
    left, top, right, bottom = axes.xs[0], axes.ys[0], axes.xs[-1], axes.ys[-1]
    for run in runs:
        y = (run.bbox.y0 + run.bbox.y1) / 2
        overlap = min(run.bbox.x1, right) - max(run.bbox.x0, left)
        belongs = top <= y <= bottom and overlap > 0
        (inside if belongs else outside).append(run)
    return inside, outside


def grid_of(page: int, number: int, axes: Axes, boxes: Sequence[Box], runs: Sequence[TextRun]) -> Grid:
    """The table of a page's axes and boxes with the texts of its runs."""
    owner = [[0] * (len(axes.xs) - 1) for _ in axes.ys[1:]]
    for index, box in enumerate(boxes):
        for row in owner[box.row : box.row + box.row_span]:
            row[box.col : box.col + box.col_span] = [index] * box.col_span
    pieces: list[list[Piece]] = [[] for _ in boxes]
    placed: list[tuple[float, float, int, Piece]] = []
    for run in runs:
        for (i, j), piece in pieces_of(run, axes):
            index = owner[i][j]
            pieces[index].append(piece)
            placed.append((piece.baseline, piece.x0, index, piece))
    cut = _running_through(placed)
    xs, ys = axes
    cells: list[dict[str, object]] = []
    for place, (box, held) in enumerate(zip(boxes, pieces, strict=True)):
        bbox = BBox(xs[box.col], ys[box.row], xs[box.col + box.col_span], ys[box.row + box.row_span])
        if not held and min(bbox.x1 - bbox.x0, bbox.y1 - bbox.y0) < SLIVER:
            continue
        shown, marked = beside_their_line([piece for piece in held if not piece.hidden])
        lines = lines_of(shown)
        cells.append(
            {
                "cell_id": f"p{page}t{number}r{box.row}c{box.col}",
                "row": box.row,
                "col": box.col,
                "row_span": box.row_span,
                "col_span": box.col_span,
                "text": "".join(lines),
                "lines": lines,
                "spans": (PageSpan(page=page, bbox=bbox),),
                "doubts": ("cut",) if box.ragged or marked or place in cut else (),
                "hidden_text": any(piece.hidden for piece in held),
            }
        )
    return Grid(
        grid_id=f"p{page}t{number}",
        pages=(page,),
        row_count=len(axes.ys) - 1,
        col_count=len(axes.xs) - 1,
        cells=doubted_wraps(_CELLS.validate_python(cells)),
        bbox=BBox(axes.xs[0], axes.ys[0], axes.xs[-1], axes.ys[-1]),
    )


def _running_through(placed: list[tuple[float, float, int, Piece]]) -> set[int]:
    """The cells whose texts touch over the line between them, and those with turned digits."""
    placed.sort(key=itemgetter(0, 1))
    found: set[int] = set()
    for (level, _, cell, piece), (beside, start, other, after) in pairwise(placed):
        touching = cell != other and abs(level - beside) < SAME_LINE and abs(start - piece.x1) < TOUCHING * piece.size
        if touching and piece.upright and after.upright and not piece.hidden and not after.hidden:
            found |= {cell, other}
    turned = (entry for entry in placed if not entry[3].upright)
    return found | {cell for _, _, cell, piece in turned if any(char.isdigit() for char in piece.text)}


def pieces_of(run: TextRun, axes: Axes) -> list[tuple[tuple[int, int], Piece]]:
    """Cut a run at the columns it crosses and at wide gaps; each piece with the row and column of its middle.

    A character belongs where its middle is: glyph boxes of odd fonts reach over the line, middles do not.
    """
    text, starts, ends, _, baseline, size, upright, hidden = run
    if not text or text.isspace():
        return []
    xs, ys = axes
    y = baseline - size * 0.3 if upright else (run.bbox.y0 + run.bbox.y1) / 2
    row = bisect_right(ys, y, 1, len(ys) - 1) - 1
    first, last = ((start + end) / 2 for start, end in ((starts[0], ends[0]), (starts[-1], ends[-1])))
    col = bisect_right(xs, first, 1, len(xs) - 1) - 1
    within = len(starts) == 1 or (col == bisect_right(xs, last, 1, len(xs) - 1) - 1 and _is_close_set(run))
    if within:
        return [((row, col), Piece(text, starts[0], ends[-1], baseline, size, upright, hidden))]
    return [
        ((row, col), Piece(text[begin:end], starts[begin], ends[end - 1], baseline, size, upright, hidden))
        for col, begin, end in _groups(run, xs)
        if not text[begin:end].isspace()
    ]


def _is_close_set(run: TextRun) -> bool:
    """True if a run goes from left to right without a wide gap."""
    starts, ends = run.starts, run.ends
    ordered = starts[0] == min(starts) and ends[-1] == max(ends)
    return ordered and max(map(sub, starts[1:], ends)) <= _widest_within_a_word(run)


def _groups(run: TextRun, xs: Sequence[float]) -> list[tuple[int, int, int]]:
    """Column, first and end of each stretch of characters within one column and without a wide gap."""
    gap = _widest_within_a_word(run)
    groups: list[tuple[int, int, int]] = []
    edge = run.starts[0]
    for index, (x0, x1) in enumerate(zip(run.starts, run.ends, strict=True)):
        col = bisect_right(xs, (x0 + x1) / 2, 1, len(xs) - 1) - 1
        near = x0 - edge <= gap
        edge = x1
        if groups and groups[-1][0] == col and near:
            groups[-1] = (col, groups[-1][1], index + 1)
        else:
            groups.append((col, index, index + 1))
    return groups


def _widest_within_a_word(run: TextRun) -> float:
    """A wider gap between two characters of a run is a printed space, unless all its characters stand so far apart."""
    if not run.upright:
        return math.inf
    gap = SPACE * run.size
    starts, ends = run.starts, run.ends
    if len(starts) > 2 and starts[1] - ends[0] > gap:  # noqa: PLR2004 - one gap is no spacing
        narrowest = min(map(sub, starts[1:], ends))
        return math.inf if narrowest > gap else gap
    return gap


def lines_of(pieces: Sequence[Piece]) -> tuple[str, ...]:
    """The printed lines of a cell, put together by baseline, then from left to right.

    Turned text keeps the order of the page's content. A wide gap on one line is one space.
    """
    if len(pieces) == 1:
        return (pieces[0].text.strip(),)
    lines: list[list[Piece]] = []
    upright = [piece for piece in pieces if piece.upright]
    for piece in sorted(upright, key=lambda piece: piece.baseline):
        if lines and piece.baseline - lines[-1][0].baseline < SAME_LINE * piece.size:
            lines[-1].append(piece)
        else:
            lines.append([piece])
    printed = [line_text(sorted(line, key=lambda piece: piece.x0)) for line in lines]
    printed += [piece.text.strip() for piece in pieces if not piece.upright]
    return tuple(text for text in printed if text)


def line_text(pieces: Sequence[Piece]) -> str:
    """Pieces of one line from left to right, with a space where a wide gap was printed."""
    text = pieces[0].text
    for before, piece in pairwise(pieces):
        spaced = text[-1:].isspace() or piece.text[:1].isspace()
        if not spaced and piece.x0 - before.x1 > SPACE * piece.size:
            text += " "
        text += piece.text
    return text.strip()
