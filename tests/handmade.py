"""Forms written by hand in tests: lines of text become a Grid, a Region, a form as the lexicon alone reads it."""

from dataclasses import dataclass

from pipeline.ground import ground
from pipeline.mapping.draft import draft
from pipeline.mapping.lexicon import Lexicon, standard
from pipeline.mapping.settle import Example, settle
from pipeline.mapping.skeleton import analyse
from schemas.evidence import BBox, PageSpan
from schemas.extraction import Extraction
from schemas.form import SelfEvaluation
from schemas.layout import Cell, Grid, Line, Region
from schemas.reading import Role, Template

LEFT, UP = "«", "^"
WIDTH, HEIGHT = 50.0, 20.0


def grid_of(text: str, *, page: int = 1, table: int = 1, top: float = 100.0) -> Grid:
    """A grid of rows of cells between bars: « is merged to the left, ^ upwards, ⏎ is a wrap inside a cell."""
    rows = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    width = max(map(len, rows))
    rows = [row + [LEFT] * (width - len(row)) for row in rows]
    cells = []
    for row, texts in enumerate(rows):
        for col, printed in enumerate(texts):
            if printed in {LEFT, UP}:
                continue
            end_col = next((at for at in range(col + 1, width) if texts[at] != LEFT), width)
            end_row = next((at for at in range(row + 1, len(rows)) if rows[at][col] != UP), len(rows))
            lines = tuple(printed.split("⏎")) if printed else ()
            box = BBox(col * WIDTH, top + row * HEIGHT, end_col * WIDTH, top + end_row * HEIGHT)
            cells.append(
                Cell(
                    cell_id=f"p{page}t{table}r{row}c{col}",
                    row=row,
                    col=col,
                    row_span=end_row - row,
                    col_span=end_col - col,
                    text="".join(lines),
                    lines=lines,
                    spans=(PageSpan(page=page, bbox=box),),
                ),
            )
    return Grid(
        grid_id=f"p{page}t{table}",
        pages=(page,),
        row_count=len(rows),
        col_count=width,
        cells=tuple(cells),
        bbox=BBox(0.0, top, width * WIDTH, top + len(rows) * HEIGHT),
    )


def line_of(number: int, text: str, *, page: int = 1, y: float = 50.0, hidden: bool = False) -> Line:
    """A line of text outside tables."""
    return Line(number=number, text=text, page=page, bbox=BBox(100.0, y, 400.0, y + 12.0), hidden=hidden)


def region_of(grid: str | Grid, *heading: str, trailing: tuple[str, ...] = ()) -> Region:
    """One form from its grid, the lines above it and those below."""
    table = grid_of(grid) if isinstance(grid, str) else grid
    above = tuple(line_of(number, text) for number, text in enumerate(heading, start=1))
    below = tuple(line_of(number, text) for number, text in enumerate(trailing, start=len(heading) + 1))
    return Region(index=0, pages=table.pages, heading=above, grid=table, trailing=below)


@dataclass(frozen=True)
class ReadForm:
    """A form with what led to it."""

    region: Region
    template: Template
    extraction: Extraction

    @property
    def form(self) -> SelfEvaluation:
        """The values."""
        return self.extraction.form

    def role(self, text: str, section: str | None = None) -> Role | None:
        """The role of the first slot with this label."""
        found = [slot for slot in self.template.slots if slot.text == text and section in {None, slot.section}]
        return found[0].role


def read_form(
    grid: str | Grid, *heading: str, lexicon: Lexicon | None = None, trailing: tuple[str, ...] = ()
) -> ReadForm:
    """A form as hedui reads it without a model."""
    return read_region(region_of(grid, *heading, trailing=trailing), lexicon)


def read_region(region: Region, lexicon: Lexicon | None = None) -> ReadForm:
    """The same of a form that was found in a document."""
    words = lexicon or standard()
    skeleton = analyse(region, words)
    template = settle([Example(region, skeleton)], {}, words)
    roles = {slot.number: slot.role for slot in template.slots if slot.role is not None}
    slots = {slot.number: slot for slot in template.slots}
    return ReadForm(region, template, ground(draft(region, skeleton, roles, words), region, slots))
