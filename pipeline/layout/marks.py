"""What stands on a page before it is a table: runs of characters, ruling lines, coloured areas.

Named tuples, not records: there are a thousand a page, and they never leave the reading of a page.
"""

from collections.abc import Sequence
from typing import NamedTuple

from schemas.evidence import BBox


class Glyph(NamedTuple):
    """One character with its left and right edge in points."""

    char: str
    x0: float
    x1: float


class TextRun(NamedTuple):
    """Characters on one baseline in one font; `glyphs` in the order of the page's content."""

    glyphs: Sequence[Glyph]
    bbox: BBox
    baseline: float
    size: float
    upright: bool
    """False for text that is turned; its glyphs keep the order of the content."""
    hidden: bool
    """A reader of the page cannot see it."""

    @property
    def text(self) -> str:
        """The characters in the order of the content."""
        return "".join(glyph.char for glyph in self.glyphs)


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
