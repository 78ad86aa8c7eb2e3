"""Pages become Grids: from ruling lines, from aligned text, across page breaks."""

from collections.abc import Collection, Iterable
from typing import NamedTuple

from pipeline.layout.lattice import lattice
from pipeline.layout.marks import PageMarks
from pipeline.layout.outside import furniture, lines_outside
from pipeline.layout.pillars import with_rows
from pipeline.layout.stitch import continues, stitch
from pipeline.layout.stream import Carried, Streamed, in_doubt, inside_of, is_frame, stream
from schemas.evidence import PageSpan
from schemas.layout import Grid, Line, Page


class Laid(NamedTuple):
    """What layout makes of all pages of a document."""

    pages: tuple[Page, ...]
    lines: tuple[Line, ...]
    grids: tuple[Grid, ...]


def lay_out(
    marks: Iterable[PageMarks], words: Collection[str], titles: Collection[str], labels: Collection[str] = ()
) -> Laid:
    """Pages, lines outside tables and grids in reading order; tables that cross pages are joined.

    `words` are labels (normalised) known to be whole: they tell a label cut by a page break from two labels.
    `titles` are words that stand in a form's title, which is no running head; two of `labels` at a break are two.
    """
    pages: list[Page] = []
    lines: list[Line] = []
    grids: list[Grid] = []
    carried: Carried | None = None
    for page in marks:
        pages.append(Page(number=page.number, width=page.width, height=page.height))
        found, outside, carried = _tables(page, carried)
        added = lines_outside(page, outside, len(lines) + 1)
        lines += added
        grids += [grid.model_copy(update={"top_line": _line_below(grid, added, len(lines))}) for grid in found]
    ignored = furniture(lines, {page.number: page.height for page in pages}, titles)
    between = [line for line in lines if line.number not in ignored and not line.hidden]
    return Laid(tuple(pages), tuple(lines), tuple(_joined(grids, between, words, labels)))


def _tables(page: PageMarks, carried: Carried | None) -> Streamed:
    """The tables of a page, ruled and aligned; a frame gives way to the table that is found in it."""
    page, doubted = with_rows(page)
    ruled, outside = lattice(page)
    ruled = tuple(in_doubt(grid, doubted) for grid in ruled)
    frames = [grid for grid in ruled if is_frame(grid, page.runs)]
    if frames:
        kept = tuple(grid for grid in ruled if grid not in frames)
        framed = stream(page, (*outside, *inside_of(frames, page.runs)), len(kept) + 1, carried)
        if len(framed.grids) >= len(frames):
            return framed._replace(grids=tuple(sorted((*kept, *framed.grids), key=_top)))
    aligned = stream(page, outside, len(ruled) + 1, carried)
    if not aligned.grids:
        return aligned._replace(grids=ruled)
    return aligned._replace(grids=tuple(sorted((*ruled, *aligned.grids), key=_top)))


def _top(grid: Grid) -> float:
    return grid.bbox.y0 if grid.bbox else 0.0


def _line_below(grid: Grid, lines: Iterable[Line], last: int) -> int:
    """Number of the first line of the page below the grid's top; one past the last if there is none."""
    top = grid.bbox.y0 if grid.bbox else 0.0
    return next((line.number for line in lines if line.bbox and line.bbox.y0 > top), last + 1)


def _joined(
    grids: Iterable[Grid], between: Iterable[Line], words: Collection[str], labels: Collection[str]
) -> list[Grid]:
    joined: list[Grid] = []
    for grid in grids:
        last = joined[-1] if joined else None
        if last is not None and continues(last, grid) and not _text_between(last, grid, between):
            joined[-1] = stitch(last, grid, words, labels)
        else:
            joined.append(grid)
    return joined


def _text_between(above: Grid, below: Grid, lines: Iterable[Line]) -> bool:
    """True if a line of the document's text stands between two grids."""
    foot = max(
        (
            span.bbox.y1
            for cell in above.cells
            for span in cell.spans
            if isinstance(span, PageSpan) and span.page == above.pages[-1]
        ),
        default=0.0,
    )
    top = below.bbox.y0 if below.bbox else 0.0
    return any(
        (line.page == above.pages[-1] and line.bbox and line.bbox.y0 > foot - 1)
        or (line.page == below.pages[0] and line.bbox and line.bbox.y0 < top)
        for line in lines
    )
