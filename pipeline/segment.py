"""A Document becomes Regions: where one form ends and the next begins."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from pipeline.astray import around_tables, between_tables, is_numbered, may_head, within_form
from pipeline.headed import headed
from pipeline.layout.stitch import first_labels, stack
from pipeline.mapping.labels import kind, labelled_value
from pipeline.mapping.lexicon import Lexicon
from pipeline.mapping.titles import LONGEST_TITLE
from pipeline.told import FIELDS, labels_in, told
from schemas.amount import normalised
from schemas.evidence import LineSpan, PageSpan, Span
from schemas.layout import Cell, Document, Grid, Line, Region
from schemas.reading import Section

# More lines of text than this between two tables mean that they are not one form's.
LINES_WITHIN_A_FORM = 4
# A row with so many known headers is a header.
FEWEST_HEADERS = 2
_NAMES_A_FORM = ("project_name", "organisation")
_TABLES: tuple[Section, Section] = ("fund_column", "indicator_column")


@dataclass
class _Open:
    """A region that is still growing."""

    heading: list[Line]
    first_line: int
    """Number of the first line that may belong to it."""
    grids: list[Grid] = field(default_factory=list)
    above: list[tuple[Line, ...]] = field(default_factory=list)
    """The lines over each of its grids, up to the one before."""
    named: bool = False
    below: tuple[Line, ...] = ()
    """Lines before the next form's title."""
    outside: list[Span] = field(default_factory=list)
    """Places of text between its grids that may be a value, or may head what is not its own."""
    parted: bool = False
    """Its tables stand under headings of their own."""
    closed: bool = False
    """It has its indicators."""


def segment(document: Document, lexicon: Lexicon) -> tuple[Region, ...]:
    """The forms of a document in reading order: every grid and every line belongs to exactly one.

    A form begins at a title, where a project is named a second time, or where a table begins as the last form
    did. Lines before a form's first grid are its heading, lines after its last grid and up to
    the next title its trailing.
    """
    regions: list[_Open] = []
    previous = 1
    for grid in document.grids:
        first = previous
        between = [line for line in document.lines if previous <= line.number < grid.top_line and not line.hidden]
        previous = max(previous, grid.top_line)
        for index, piece in enumerate(_pieces(grid, lexicon)):
            lines = between if index == 0 else []
            named = _names_a_form(piece, lexicon)
            titled = _titled(piece, lines, lexicon)
            current = regions[-1] if regions else None
            again = current is not None and first_labels(current.grids[0]) == first_labels(piece)
            apart = titled or again or len(lines) > LINES_WITHIN_A_FORM
            if current is None or apart or (named and current.named) or current.grids[-1].sheet != piece.sheet:
                title = _heading_of_next(lines, lexicon)
                if current is not None and title:
                    current.below, lines = tuple(lines[:title]), lines[title:]
                titles = [at for at, line in enumerate(lines) if _is_title(line.text, lexicon)]
                parted = any(is_numbered(line.text) for line in lines[titles[-1] + 1 if titles else 0 :])
                current = _Open(heading=list(lines), first_line=first if regions else 1, parted=parted)
                regions.append(current)
            else:
                current.heading += lines
                inside = within_form(lines, current.grids[-1], piece, document.pages)
                current.outside += between_tables(inside, lexicon)
                heads = [line for line in inside if may_head(line.text)]
                if heads and not current.parted and current.closed and _tells(piece, lexicon):
                    current.outside.append(heads[0].span)
                current.parted |= bool(heads)
            current.grids.append(piece)
            current.above.append(tuple(lines))
            current.named |= named
            current.closed |= "indicator_column" in _headers(piece, lexicon)
    rest = tuple(line for line in document.lines if line.number >= previous and not line.hidden)
    last = document.lines[-1].number if document.lines else 0
    ends = [*(found.grids[0].top_line for found in regions), last + 1][1:]
    return tuple(
        _region(
            index, found, rest if index == len(regions) - 1 else found.below, _hidden(document, found, end), lexicon
        )
        for index, (found, end) in enumerate(zip(regions, ends, strict=True))
    )


def _hidden(document: Document, found: _Open, end: int) -> list[Span]:
    """Places of hidden lines: on the form's pages; where there are none, up to the `end`, where the next table begins.

    What is hidden between two forms may belong to either.
    """
    lines = [line for line in document.lines if line.hidden]
    pages = {page for piece in found.grids for page in piece.pages}
    paged: list[Span] = [
        PageSpan(page=line.page, bbox=line.bbox) for line in lines if line.page in pages and line.bbox is not None
    ]
    return paged + [
        LineSpan(line=line.number, start=0, end=len(line.text))
        for line in lines
        if line.bbox is None and found.first_line <= line.number < end
    ]


def _region(index: int, found: _Open, trailing: tuple[Line, ...], hidden: Sequence[Span], lexicon: Lexicon) -> Region:
    grid = found.grids[0]
    for below in found.grids[1:]:
        grid = stack(grid, below)
    grid, taken = headed(grid, found.grids, found.above, lexicon)
    used = {line.span for line in found.heading if line.number in taken}
    found.heading = [line for line in found.heading if line.number not in taken]
    pages = tuple(dict.fromkeys(page for piece in found.grids for page in piece.pages))
    above = [line for line in found.heading if line.number < grid.top_line]
    titles = [index for index, line in enumerate(above) if _is_title(line.text, lexicon)]
    under = titles[-1] + 1 if titles else max(len(above) - LINES_WITHIN_A_FORM, 0)
    said = told(grid, above[under:], trailing[:LINES_WITHIN_A_FORM], lexicon)
    heading = (*above[:under], *said.above, *found.heading[len(above) :])
    trailing = (*said.below, *trailing[LINES_WITHIN_A_FORM:])
    grid = said.grid
    places: list[Span] = [span for cell in grid.cells if cell.hidden_text for span in cell.spans]
    places += [*grid.hidden, *hidden]
    return Region(
        index=index,
        pages=pages,
        heading=heading,
        grid=grid,
        trailing=trailing,
        hidden=tuple(places),
        outside=tuple(
            dict.fromkeys(
                (*(span for span in found.outside if span not in used), *around_tables((*heading, *trailing), lexicon))
            )
        ),
    )


def _pieces(grid: Grid, lexicon: Lexicon) -> list[Grid]:
    """A grid cut where a form begins inside it: at a title row, or where a project is named again."""
    starts = [0]
    titled = False
    named = False
    for number, row in enumerate(grid.rows()):
        texts = [cell for cell in row if cell.text]
        is_title = len(texts) == 1 and _is_title(texts[0].text, lexicon)
        names = _names_one(row, lexicon)
        if number and (is_title or (names and named and not titled)):
            starts.append(number)
            named = False
        titled = is_title or (titled and not names)
        named |= names
    if len(starts) == 1:
        return [grid]
    ends = [*starts[1:], grid.row_count]
    return [_rows(grid, start, end) for start, end in zip(starts, ends, strict=True)]


def _rows(grid: Grid, start: int, end: int) -> Grid:
    """Rows start to end of a grid as a grid of their own."""
    cells: list[Cell] = [
        cell.model_copy(update={"row": cell.row - start, "row_span": min(cell.row_span, end - cell.row)})
        for cell in grid.cells
        if start <= cell.row < end
    ]
    pages = tuple(dict.fromkeys(span.page for cell in cells for span in cell.spans if isinstance(span, PageSpan)))
    return grid.model_copy(
        update={"cells": tuple(cells), "row_count": end - start, "pages": pages or grid.pages, "bbox": None},
    )


def _names_a_form(grid: Grid, lexicon: Lexicon) -> bool:
    return any(_names_one(row, lexicon) for row in grid.rows())


def _names_one(row: Sequence[Cell], lexicon: Lexicon) -> bool:
    """True if a row says whose form it is; 任务名称 between headers of funds or indicators names none.

    A header has no number in it: 项目名称, 预算数 and 执行数 each beside its value do name one. Nor has it a value
    beside the label, but the next header.
    """
    texts = [cell.text for cell in row if cell.text]
    if not any(
        lexicon.role("field", cell.text) in _NAMES_A_FORM and not _heads(row[at + 1 :], lexicon)
        for at, cell in enumerate(row)
    ):
        return False
    if any(kind(text) in {"number", "quantity"} for text in texts):
        return True
    headers = max(lexicon.knows("fund_column", texts), lexicon.knows("indicator_column", texts))
    return headers <= lexicon.knows("field", texts)


def _heads(beside: Sequence[Cell], lexicon: Lexicon) -> bool:
    """True if what stands right beside a label is a known header and no label of a field: no value of the label."""
    text = beside[0].text if beside else ""
    columns = (lexicon.role("fund_column", text), lexicon.role("indicator_column", text))
    return bool(text) and any(columns) and lexicon.role("field", text) is None


def _heading_of_next(lines: Sequence[Line], lexicon: Lexicon) -> int:
    """Where among the lines between two forms the next one begins: at its title, or its name above the title."""
    title = next((at for at, line in enumerate(lines) if _is_title(line.text, lexicon)), 0)
    labels = [labelled_value(line.text) for line in lines[:title]]
    named = (
        at
        for at, found in enumerate(labels)
        if found is not None and lexicon.role("field", found.label) == "project_name"
    )
    return next(named, title)


def _headers(grid: Grid, lexicon: Lexicon) -> set[Section]:
    """The sections of the rows that are headers of several known words; 分值 and 得分 stand over funds as well."""
    found: set[Section] = set()
    for row in grid.rows():
        texts = [cell.text for cell in row if cell.text]
        known = {section: lexicon.names(section, texts) for section in _TABLES}
        section = max(_TABLES, key=lambda section: known[section])
        found |= {section} if known[section] >= FEWEST_HEADERS else set()
    return found


def _tells(grid: Grid, lexicon: Lexicon) -> bool:
    """True for a table that would add funds, indicators, a grade or a total to a form."""
    fields = (lexicon.role("field", label) in FIELDS | {"total"} for label in labels_in(grid))
    return bool(_headers(grid, lexicon)) or any(fields)


def _titled(grid: Grid, lines: Sequence[Line], lexicon: Lexicon) -> bool:
    if any(_is_title(line.text, lexicon) for line in lines):
        return True
    first = next((cell for cell in grid.cells if cell.text), None)
    return first is not None and _is_title(first.text, lexicon)


def _is_title(text: str, lexicon: Lexicon) -> bool:
    """A short line with one of the words that a title of such a form has."""
    return len(normalised(text)) <= LONGEST_TITLE and lexicon.is_title(text)
