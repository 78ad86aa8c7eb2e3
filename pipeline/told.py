"""Lines above or below a form's tables that print known fields with their values become rows of its grid.

    项目支出绩效自评表
    项目名称：道路养护    主管部门：交通局    单位：万元

The title, the unit of money and who fills the form in stay lines. After this a name that is printed above the table is
read as one that is printed in it: its cell has the line's place.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from pipeline.mapping.labels import LabelledValue, labelled_value
from pipeline.mapping.lexicon import Lexicon
from schemas.amount import normalised
from schemas.evidence import LineSpan
from schemas.layout import Cell, Grid, Line
from schemas.reading import Role

FIELDS: frozenset[Role] = frozenset(
    {
        "project_name",
        "project_code",
        "supervising_department",
        "implementing_unit",
        "grade",
        "expected_goal",
        "actual_achievement",
    }
)
# 优, 良好, 不合格.
LONGEST_GRADE = 3
# A line that says more than this is prose about the evaluation.
LONGEST_LINE = 120


class Told(NamedTuple):
    """A grid with what the lines around it say, and the lines that stay lines."""

    grid: Grid
    above: tuple[Line, ...]
    below: tuple[Line, ...]


def told(grid: Grid, above: Sequence[Line], below: Sequence[Line], lexicon: Lexicon) -> Told:
    """The grid with the fields that lines print, a row each.

    A field that the grid itself has, or that two lines print, is left to a person.
    """
    found = {line.number: _fields(line, lexicon) for line in (*above, *below)}
    roles = [lexicon.role("field", label) for fields in found.values() for label, _ in fields]
    held = {lexicon.role("field", cell.text) for cell in grid.cells if cell.text}
    taken = {role for role in roles if role in FIELDS and role not in held and roles.count(role) == 1}
    mine = {
        number: [text for label, text in fields if lexicon.role("field", label) in taken]
        for number, fields in found.items()
    }
    if not any(mine.values()):
        return Told(grid, tuple(above), tuple(below))
    rows = [
        [
            line_cell(line, text, place, grid.col_count)
            for line in lines
            for place, text in enumerate(mine[line.number], 1)
        ]
        for lines in (above, below)
    ]
    left = [tuple(_without(line, found[line.number], mine[line.number]) for line in lines) for lines in (above, below)]
    return Told(_with_rows(grid, *rows), *(tuple(line for line in lines if line.text) for lines in left))


def _without(line: Line, fields: Sequence[tuple[str, str]], mine: Sequence[str]) -> Line:
    """A line without the pieces that became rows."""
    return line.model_copy(update={"text": "  ".join(text for _, text in fields if text not in mine)}) if mine else line


def pieces(text: str, lexicon: Lexicon) -> Iterator[str]:
    """A line cut before each known label with a colon behind it."""
    piece: list[str] = []
    for word in text.split():
        found = labelled_value(f"{word}-")
        if piece and found is not None and lexicon.role("field", found.label) is not None:
            yield " ".join(piece)
            piece = []
        piece.append(word)
    if piece:
        yield " ".join(piece)


def _fields(line: Line, lexicon: Lexicon) -> list[tuple[str, str]]:
    """What a line prints as label and value: each label with the whole piece of text; nothing if it is prose."""
    if line.hidden or len(line.text) > LONGEST_LINE:
        return []
    found = [(labelled_value(piece), piece) for piece in pieces(line.text, lexicon)]
    return [(own.label if own is not None and _may_say(own, lexicon) else "", piece) for own, piece in found]


def _may_say(found: LabelledValue, lexicon: Lexicon) -> bool:
    """False for what only looks like a field: a scale of grades (优（90分以上）、良…), a sentence behind a name."""
    role = lexicon.role("field", found.label)
    if role == "grade":
        return len(normalised(found.value)) <= LONGEST_GRADE
    return role in {"expected_goal", "actual_achievement"} or "。" not in found.value


def line_cell(line: Line, text: str, place: int, width: int) -> Cell:
    """A piece of a line as a cell over so many columns; `place` tells the pieces of a line apart."""
    span, start = line.span, line.text.find(text)
    if isinstance(span, LineSpan) and start >= 0:
        span = LineSpan(line=line.number, start=start, end=start + len(text))
    return Cell(
        cell_id=f"{line.line_id}.{place}",
        row=0,
        col=0,
        col_span=width,
        text=text,
        lines=(text,),
        spans=(span,),
        origin=line.origin,
    )


def _with_rows(grid: Grid, above: Sequence[Cell], below: Sequence[Cell]) -> Grid:
    """The grid with whole rows put over it and under it."""
    count = len(above)

    def moved(cells: Iterable[Cell], start: int) -> Iterator[Cell]:
        for number, cell in enumerate(cells):
            yield cell.model_copy(update={"row": start + number})

    inner = (cell.model_copy(update={"row": cell.row + count}) for cell in grid.cells)
    cells = (*moved(above, 0), *inner, *moved(below, count + grid.row_count))
    recounted = tuple(row + count for row in grid.recounted)
    rows = count + grid.row_count + len(below)
    return grid.model_copy(update={"cells": cells, "row_count": rows, "recounted": recounted})
