"""Where on the page a value stands: spans in one of three coordinate systems, and the text found there."""

from typing import Literal, NamedTuple

from pydantic import Field

from schemas.base import Record


class BBox(NamedTuple):
    """A rectangle in points, origin at the page's top left; x1 and y1 are exclusive."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def width(self) -> float:
        """From the left edge to the right one."""
        return self.x1 - self.x0


class PageSpan(Record):
    """A rectangle on a page; pages count from 1."""

    page: int
    bbox: BBox


class CellSpan(Record):
    """A cell of a document without pages: `p1t1r2c3`, or `Sheet1!B7` in a workbook."""

    cell: str


class LineSpan(Record):
    """Characters of one line of a plain text: lines count from 1, `end` is exclusive."""

    line: int
    start: int
    end: int


Span = PageSpan | CellSpan | LineSpan

Origin = Literal["text", "ocr", "human"]
"""Where the characters come from: the document's own text, a picture of it, or a person."""


class Evidence(Record):
    """The proof of one field: `text` as printed stands in `cell_text`, which the spans' own text contains."""

    spans: tuple[Span, ...]
    cell_text: str
    text: str
    origin: Origin = "text"
    before: str | None = Field(default=None, exclude_if=lambda before: before is None)
    """What was read at first, where a second look at a picture read something else; written only then."""
