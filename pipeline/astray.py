"""The lines between two tables of one form come in, the places of those that may be a value of the form go out.

A cell whose rules were not understood leaves its text outside the tables. Headings of a section, units and notes stand
there too; what has numbers in it, is as long as a sentence or names a field, may be what a field says.
"""

import re
from collections.abc import Iterator, Sequence

from pipeline.layout.outside import MARGIN
from pipeline.mapping.below import is_note
from pipeline.mapping.labels import labelled_value, money_unit
from pipeline.mapping.lexicon import Lexicon
from pipeline.mapping.titles import YEAR_LINE
from pipeline.told import FIELDS
from schemas.amount import normalised
from schemas.evidence import Span
from schemas.layout import Grid, Line, Page
from schemas.reading import Role

# Headings of a section are not longer than this.
LONGEST_HEADING = 20
_ORDINAL = re.compile(r"^[(]?[0-9一二三四五六七八九十]{1,3}[)、.]+")
_YEAR = re.compile(r"(?:19|20)[0-9]{2}年?度?")
_POINTS = re.compile(r"[(]?[0-9]+(?:\.[0-9]+)?分[)]?")
# 四、自评等级优秀: the heading says the grade itself.
_GRADED = re.compile(r"(?:等级|等次|档次|级别|结论)[为是]?(?:优秀?|良好?|中|差|合格|不合格|一般)$")
_FIELDS: frozenset[Role] = FIELDS | {"total"}
_NO_FIELD: frozenset[Role] = frozenset({"section", "extra", "note", "amount_unit", "fiscal_year"})


def within_form(lines: Sequence[Line], above: Grid, below: Grid, pages: Sequence[Page]) -> list[Line]:
    """The lines between two tables of one form that are not of a page.

    On a page the table above ends on, or the one below begins on, what stands in the page's outer margins is no line of
    the form.
    """
    heights = {page.number: page.height for page in pages}
    return [line for line in lines if not _in_margin(line, above, below, heights)]


def between_tables(lines: Sequence[Line], lexicon: Lexicon) -> Iterator[Span]:
    """The places of lines between two tables of one form that may hold a value of it."""
    for at, line in enumerate(lines):
        below_it = lines[at + 1].text if at + 1 < len(lines) else ""
        if _may_be_value(line.text, below_it, lexicon):
            yield line.span


def may_head(text: str) -> bool:
    """True for a line with words that is no note, unit of money or year: it may say what the table below it is."""
    bare = normalised(text)
    return not (is_note(bare) or money_unit(bare) or YEAR_LINE.fullmatch(bare)) and any(map(str.isalpha, bare))


def is_numbered(text: str) -> bool:
    """True for a line with an ordinal in front (三、绩效指标完成情况)."""
    return _ORDINAL.match(normalised(text)) is not None


def around_tables(lines: Sequence[Line], lexicon: Lexicon) -> Iterator[Span]:
    """The places of lines above or below a form that print a known field with its value (评价等级：优).

    Who fills a form in, when and in which unit of money is printed there and is no value of the form.
    """
    for line in lines:
        found = (labelled_value(part) for part in (line.text, *line.text.split()))
        if any(value is not None and lexicon.role("field", value.label) in _FIELDS for value in found):
            yield line.span


def _in_margin(line: Line, above: Grid, below: Grid, heights: dict[int, float]) -> bool:
    """True for a line at a page's edge with no table of the form beyond it."""
    height = heights.get(line.page)
    if line.bbox is None or height is None or above.pages[-1:] == (line.page,) == below.pages[:1]:
        return False
    return line.bbox.y1 < MARGIN * height or line.bbox.y0 > (1 - MARGIN) * height


def _may_be_value(text: str, below: str, lexicon: Lexicon) -> bool:
    bare = normalised(text)
    if is_note(bare) or money_unit(bare):
        return False
    rest = _POINTS.sub("", _YEAR.sub("", _ORDINAL.sub("", bare)))
    if _GRADED.search(rest):
        return True
    if _is_heading(text, rest) and not _is_said(below):
        return False
    labels = [*text.split(), *(found.label for found in map(labelled_value, (text, *text.split())) if found)]
    named = {lexicon.role(section, label) for section in ("field", "goal") for label in labels}
    return any(char.isdigit() for char in rest) or len(rest) > LONGEST_HEADING or bool(named - _NO_FIELD - {None})


def _is_said(below: str) -> bool:
    """True for a line that may be what the heading above it asks for: no further heading, no unit, no note."""
    bare = normalised(below)
    return bool(bare) and not (_ORDINAL.match(bare) or is_note(bare) or money_unit(bare))


def _is_heading(text: str, rest: str) -> bool:
    """True for a numbered heading (三、绩效目标完成情况) with nothing behind it: the table below is named so."""
    numbered = is_numbered(text)
    alone = len(text.split()) == 1 and labelled_value(text) is None
    return numbered and alone and len(rest) <= LONGEST_HEADING and not any(char.isdigit() for char in rest)
