"""The colour of a cell's text and what is filled in behind it tell whether a reader of the sheet sees the text."""

from typing import cast

from openpyxl.cell.cell import Cell as BookCell
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font, PatternFill
from openpyxl.styles.colors import COLOR_INDEX, Color

from pipeline.read.sheets import Shown
from pipeline.read.symbols import lowered, raised

INK, PAPER = "000000", "FFFFFF"
# The first colours of a theme; programs hardly ever let them be others.
_THEME = {0: PAPER, 1: INK}
_SHIFTS = {"superscript": raised, "subscript": lowered}


def shown_parts(cell: BookCell, value: CellRichText) -> Shown:
    """A text of several looks: what is seen of it, and whether something is not."""
    behind, seen, hidden = _behind(cell), list[str](), False
    for part in value:
        font, text = (part.font, part.text) if isinstance(part, TextBlock) else (None, str(part))
        if is_lost(cell) if font is None else _is_lost(font, behind):
            hidden |= bool(text.strip())
        else:
            seen.append(_SHIFTS.get((font and font.vertAlign) or "", str)(text))
    return Shown("".join(seen), hidden)


def is_lost(cell: BookCell) -> bool:
    """True for a cell whose text is struck out, or of the colour behind it."""
    return cell.has_style and _is_lost(cast("Font", cell.font), _behind(cell))


def _is_lost(font: Font | InlineFont, behind: str | None) -> bool:
    return bool(font.strike) or _colour(font.color, INK) == behind


def _behind(cell: BookCell) -> str | None:
    """The colour behind a cell's text; None for a pattern."""
    fill = cast("PatternFill", cell.fill)
    kind = fill.fill_type
    if kind is None:
        return PAPER
    return _colour(fill.fgColor, PAPER) if kind == "solid" else None


def _colour(colour: Color | None, default: str) -> str:
    """A colour's digits, or a name that two equal ones share."""
    if colour is None:
        return default
    if colour.type == "rgb":
        return str(colour.rgb)[-6:].upper()
    if colour.type == "indexed":
        return COLOR_INDEX[colour.indexed][-6:] if colour.indexed < len(COLOR_INDEX) else default
    if colour.type == "theme" and not colour.tint:
        return _THEME.get(colour.theme, f"theme {colour.theme}")
    return f"{colour.type} {colour.theme} {colour.tint}"
