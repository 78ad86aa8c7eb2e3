"""What a typeset document is made of: lines, grids of cells, page breaks, in the order in which they are printed."""

from typing import Literal

from eval.corpus.table import Printed, Ruled
from schemas.base import Record

LineStyle = Literal["title", "line", "left", "right", "prose", "heading", "cover", "white"]


class Line(Record):
    """One paragraph: a title, a line at the centre, left or right, prose, a heading, a cover's; white is not seen."""

    text: str
    style: LineStyle = "line"
    fields: tuple[str, ...] = ()
    """Pointers of the labelled values that it prints."""


class Grid(Ruled):
    """A table: `widths` are points of its grid columns from left to right."""

    widths: tuple[float, ...]


class Break(Record):
    """The next block begins a page, or a sheet of a workbook."""

    sheet: str = ""
    """The sheet's name; blank for a numbered one."""
    hidden: bool = False
    """True if the workbook does not show the sheet."""


Block = Line | Grid | Break


class Ink(Record):
    """How a document looks; lengths in points."""

    font: str = "AR PL UMing CN"
    title_size: float = 16
    size: float = 9.5
    rule: float = 0.75
    padding: float = 2.5
    margin_x: float = 54
    margin_y: float = 54
    row_height: float = 22
    ruling: Literal["all", "none", "rows", "columns", "between", "frame", "heads"] = "all"
    """Which lines are drawn: around every cell, none, between rows only, between columns and around the table, between
    columns only, around the table only, or around the table and its headings."""
    valign: Literal["middle", "top", "bottom"] = "middle"
    """Where the texts of a cell stand; of browser's PDFs."""
    landscape: bool = False
    running_head: str = ""
    """Printed by a browser above every page."""
    page_numbers: bool = False
    """True if a browser prints the number under every page."""
    thousands: bool = False
    """True if a workbook's numbers are numbers with a number format, not texts."""
    hide: tuple[str, ...] = ()
    """Texts whose rows a workbook does not show."""
    inside: bool = False
    """True if a Word document sets its tables inside the one cell of an outer table."""
    encoding: str = "utf-8"
    """Of a web page."""


def of_form(blocks: tuple[Block, ...], position: int) -> tuple[Block, ...]:
    """The blocks as those of a document's form: its position before every pointer (`2/funds/0/executed`)."""

    def told(fields: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
        return {"fields": tuple(f"{position}{field}" for field in fields)}

    found: list[Block] = []
    for block in blocks:
        if isinstance(block, Line):
            found.append(block.model_copy(update=told(block.fields)))
        elif isinstance(block, Grid):
            cells = tuple(cell.model_copy(update=told(cell.fields)) for cell in block.cells)
            found.append(block.model_copy(update={"cells": cells}))
        else:
            found.append(block)
    return tuple(found)


def texts(blocks: tuple[Block, ...]) -> tuple[str, ...]:
    """Every text that the document prints, in order; a cell's own lines joined."""
    found: list[str] = []
    for block in blocks:
        if isinstance(block, Line):
            found.append(block.text)
        elif isinstance(block, Grid):
            found += ["".join(cell.lines) for cell in sorted(block.cells, key=_place)]
    return tuple(text for text in found if text)


def _place(cell: Printed) -> tuple[int, int]:
    return cell.row, cell.column
