"""Cells of a table come in, what room their last lines leave goes out: a text that ends short of its cell is whole."""

import re
from collections.abc import Iterable

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
