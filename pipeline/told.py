"""Lines above or below a form's tables that print known fields with their values become rows of its grid.

    项目支出绩效自评表
    项目名称：道路养护    主管部门：交通局    单位：万元

The title, the unit of money and who fills the form in stay lines. After this a name that is printed above the table is
read as one that is printed in it: its cell has the line's place.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest
from typing import NamedTuple

from pipeline.mapping.below import is_note, own_notes
from pipeline.mapping.labels import LabelledValue, label_before_colon, label_points, labelled_value, money_unit
from pipeline.mapping.lexicon import Lexicon
from pipeline.mapping.titles import YEAR_LINE
from schemas.amount import normalised
from schemas.evidence import LineSpan
from schemas.layout import Cell, Grid, Line
from schemas.reading import Role, Section

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
_ABOVE: frozenset[Role] = FIELDS | {"organisation"}
_ORGANISATIONS: frozenset[Role] = frozenset({"supervising_department", "implementing_unit"})
# What is said of a form below it; its names stand above.
BELOW: frozenset[Role] = frozenset({"grade", "expected_goal", "actual_achievement"})
_GOALS: frozenset[Role] = frozenset({"expected_goal", "actual_achievement"})
_SECTIONS: tuple[Section, Section] = ("field", "goal")
_BRACKETS = re.compile(r"\([^()]*\)")
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

    A field that the grid itself has, or that two lines print, is left to a person. A name below the table is the next
    form's, or nobody's.
    """
    found = {line.number: _fields(line, after, lexicon) for line, after in zip_longest(above, above[1:])}
    found |= {line.number: [] for line in below}
    own = own_notes(below, lexicon)
    found |= {line.number: _fields(line, after, lexicon, BELOW) for line, after in zip_longest(own, own[1:])}
    roles = [lexicon.role("field", label) for fields in found.values() for label, _ in fields]
    held = _held(grid, lexicon)
    # 单位名称 is one of the two, if nothing else says whose form it is.
    named = held | set(roles)
    known = FIELDS if named & _ORGANISATIONS else _ABOVE
    taken = {role for role in roles if role in known and role not in held and roles.count(role) == 1}
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
    return Told(
        _with_rows(grid, rows[0], rows[1], lexicon), *(tuple(line for line in lines if line.text) for lines in left)
    )


def labels_in(grid: Grid) -> list[str]:
    """What may be a label in a grid: its texts, and what stands before a colon in them."""
    texts = [cell.text for cell in grid.cells if cell.text]
    return texts + [value.label for value in map(labelled_value, texts) if value is not None]


def _held(grid: Grid, lexicon: Lexicon) -> set[Role | None]:
    """The fields that a grid prints, label and value in one cell or in two, or as the heading of a goal."""
    return {lexicon.role(section, text) for section in _SECTIONS for text in labels_in(grid)}


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


def _fields(
    line: Line, after: Line | None, lexicon: Lexicon, allowed: frozenset[Role] = _ABOVE
) -> list[tuple[str, str]]:
    """What a line prints as label and value: each label with the whole piece of text; nothing if it is prose.

    Behind words that are no label (财政部门意见 评价等级：优) a label may be anybody's; what goes on in the line
    `after` is more than this line says.
    """
    cut = list(pieces(line.text, lexicon))
    odd = any(label_before_colon(piece) is None and not YEAR_LINE.fullmatch(normalised(piece)) for piece in cut[:1])
    if line.hidden or len(line.text) > LONGEST_LINE or odd:
        return []
    found = [(labelled_value(piece), piece) for piece in cut]
    said = [(own.label if own is not None and _may_say(own, lexicon, allowed) else "", piece) for own, piece in found]
    return [*said[:-1], ("", said[-1][1])] if after is not None and _goes_on(line, after, lexicon) else said


def _may_say(found: LabelledValue, lexicon: Lexicon, allowed: frozenset[Role]) -> bool:
    """False for what only looks like a field: a scale of grades (优（90分以上）、良…), a sentence behind a name.

    Further labels in a value, known or not, are fields of their own that nobody parted from it.
    """
    role = lexicon.role("field", found.label)
    if role not in allowed:
        return False
    if role == "grade":
        return len(normalised(found.value)) <= LONGEST_GRADE
    bare = _BRACKETS.sub("", normalised(found.value))
    return role in _GOALS or (bool(bare) and "。" not in bare and ":" not in bare)


def _goes_on(line: Line, after: Line, lexicon: Lexicon) -> bool:
    """True if the line right below may be the rest of this one: no label, unit or year, and no longer than it."""
    if line.bbox is None or after.bbox is None or line.page != after.page:
        return False
    bare = normalised(after.text)
    known = label_before_colon(after.text) is not None or lexicon.role("field", after.text.split()[0]) is not None
    if known or money_unit(bare) or YEAR_LINE.fullmatch(bare) or is_note(bare):
        return False
    height = line.bbox.y1 - line.bbox.y0
    return after.bbox.y0 - line.bbox.y1 < height and after.bbox.x1 < line.bbox.x1 + height


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


def _with_rows(grid: Grid, above: Sequence[Cell], below: Sequence[Cell], lexicon: Lexicon) -> Grid:
    """The grid with whole rows put over it, under titles that are rows of it, and below it."""
    count, first = len(above), _titles(grid, lexicon)

    def moved(cells: Iterable[Cell], start: int) -> Iterator[Cell]:
        for number, cell in enumerate(cells):
            yield cell.model_copy(update={"row": start + number})

    over = (cell for cell in grid.cells if cell.row < first)
    inner = (cell.model_copy(update={"row": cell.row + count}) for cell in grid.cells if cell.row >= first)
    cells = (*over, *moved(above, first), *inner, *moved(below, count + grid.row_count))
    recounted = tuple(row + count if row >= first else row for row in grid.recounted)
    rows = count + grid.row_count + len(below)
    return grid.model_copy(update={"cells": cells, "row_count": rows, "recounted": recounted})


def _titles(grid: Grid, lexicon: Lexicon) -> int:
    """How many rows at the top of a grid are one text without a label (a title, its year) or its points."""
    rows = grid.rows()
    return next((at for at, row in enumerate(rows) if len(row) != 1 or not _may_head(row[0], lexicon)), len(rows))


def _may_head(cell: Cell, lexicon: Lexicon) -> bool:
    told = label_before_colon(cell.text) is not None or label_points(cell.text) is not None
    return cell.row_span == 1 and (lexicon.is_title(cell.text) or not told)
