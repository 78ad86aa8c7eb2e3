"""What stands on a page before it is a table: runs of characters, ruling lines, coloured areas.

Named tuples, not records: there are a thousand a page, and they never leave the reading of a page.
"""

from collections.abc import Sequence
from typing import NamedTuple

from schemas.evidence import BBox


class TextRun(NamedTuple):
    """Characters on one baseline in one font, in the order of the page's content."""

    text: str
    starts: Sequence[float]
    """The left edge of each character in points."""
    ends: Sequence[float]
    """The right edge of each character in points."""
    bbox: BBox
    baseline: float
    size: float
    upright: bool
    """False for text that is turned."""
    hidden: bool
    """A reader of the page cannot see it."""


class Piece(NamedTuple):
    """The share of a run that lies in one cell."""

    text: str
    x0: float
    x1: float
    baseline: float
    size: float
    upright: bool
    hidden: bool


class Rule(NamedTuple):
    """A straight line along an axis: `at` across it, from `start` to `end` along it, in points."""

    at: float
    start: float
    end: float


class PageMarks(NamedTuple):
    """Everything layout needs of one page."""

    number: int
    width: float
    height: float
    runs: tuple[TextRun, ...]
    horizontal: tuple[Rule, ...]
    vertical: tuple[Rule, ...]
    turned: int = 0
    """Quarter turns clockwise by which the page was turned to be upright: points count on the page turned."""
