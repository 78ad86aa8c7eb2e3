"""Cells of a table come in, what room their last lines leave goes out: a text that ends short of its cell is whole."""

import re
from collections.abc import Iterable
from itertools import pairwise

from pipeline.layout.flow_atoms import head_of, width
from schemas.evidence import PageSpan
from schemas.layout import Cell

# Widths are counted in half a Chinese character; a cell's margins may take as much as one.
MARGINS = 2.0
_ENDS = ("。", "；", ";", "：", ":", ".", "，", ",", "、", "！", "!")
_POINT = re.compile(r"\s*(?:[0-9]{1,2}[.、）)]|[（(][0-9一二三四五六七八九十]+[)）]|[一二三四五六七八九十]+、|[①-⑳])")


def unit_of(cells: Iterable[Cell]) -> float | None:
    """Points that a width of one takes, from the fullest line of a table; None where nothing stands on a page."""
    found = [
        span.bbox.width / max(map(width, cell.lines))
        for cell in cells
        for span in cell.spans[:1]
        if cell.lines and isinstance(span, PageSpan)
    ]
    return min(found, default=None)


def ends_here(cell: Cell, following: str, unit: float | None) -> bool:
    """True if the line after a cell's last one could have begun on it: the text does not go on there.

    After the end of a sentence, and before the next point of a list, a new line says nothing.
    """
    span = cell.spans[-1] if cell.spans else None
    if cell.text.endswith(_ENDS) or _POINT.match(following):
        return False
    if unit is None or not cell.lines or not following or not isinstance(span, PageSpan):
        return False
    return span.bbox.width / unit - width(cell.lines[-1]) >= width(head_of(following)) + MARGINS


def doubted_wraps(cells: tuple[Cell, ...]) -> tuple[Cell, ...]:
    """Cells whose lines break inside a number are in doubt where it had room on its first line: it may be two."""
    torn = [index for index, cell in enumerate(cells) if len(cell.lines) > 1 and _breaks_in_a_number(cell)]
    if not torn:
        return cells
    unit = unit_of(cells)
    doubted = list(cells)
    for index in torn:
        cell = cells[index]
        for first, second in pairwise(cell.lines):
            whole = cell.model_copy(update={"lines": (first,), "text": first})
            if _joins_digits(first, second) and ends_here(whole, second, unit):
                doubted[index] = cell.model_copy(update={"doubts": tuple(sorted({*cell.doubts, "join"}))})
    return tuple(doubted)


def _breaks_in_a_number(cell: Cell) -> bool:
    return any(_joins_digits(first, second) for first, second in pairwise(cell.lines))


def _joins_digits(first: str, second: str) -> bool:
    return first[-1:].isdigit() and second[:1].isdigit()
