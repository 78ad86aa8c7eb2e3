"""Lines and cells above a form's tables come in, which of them is its title and which holds its year goes out."""

import re
from collections.abc import Mapping, Sequence

from pipeline.mapping.labels import core
from pipeline.mapping.lexicon import Lexicon, dated
from schemas.amount import normalised
from schemas.layout import Grid, Line, Region
from schemas.reading import Role, Section

YEAR = re.compile(r"(?<![0-9])((?:19|20)[0-9]{2})(?![0-9])")
# A line that says no more than a year; a date of filling in is none.
YEAR_LINE = re.compile(r"[\[(]?(?:预算|评价|自评)?(?:年度:?)?(?:19|20)[0-9]{2}年?度?[\])]?")
_FILLED_IN = re.compile(r"(?:19|20)[0-9]{2}年[0-9]{1,2}月(?:[0-9]{1,2}日)?(?:填|编制|制表|报送|印发)")
# A title fits a line; anything longer is prose about the evaluation.
LONGEST_TITLE = 60
_COLUMNS: tuple[Section, ...] = ("fund_column", "indicator_column")
# What a form tells of its own year.
_YEARLY: Mapping[Role | None, str] = {
    "initial_budget": "budget",
    "adjusted_budget": "budget",
    "executed": "executed",
    "target": "target",
    "actual": "actual",
}


def lines_above(region: Region) -> tuple[Line, ...]:
    """The heading of a form: its lines above its first table, without those between its tables."""
    first = region.grid.top_line
    return tuple(line for line in region.heading if not first or line.number < first)


def year_of(region: Region, lexicon: Lexicon) -> int | None:
    """The year that a form's title says, or a line under it; None where neither does, or its headers deny it."""
    places = [(line.line_id, line.text) for line in lines_above(region)]
    places += [(cell.cell_id, cell.text) for row in region.grid.rows()[:2] if len(row) == 1 for cell in row]
    title = title_place(places, lexicon)
    found = year_places(places[title : title + 3]) if title is not None else ()
    said = {year for place in found for year in YEAR.findall(normalised(dict(places)[place]))}
    own = int(said.pop()) if len(said) == 1 else None
    return None if own is not None and _denied(own, region.grid, lexicon) else own


def _denied(year: int, grid: Grid, lexicon: Lexicon) -> bool:
    """True if headers name for earlier years alone what a form must have: the title's year is when it was written."""
    years = {cell.cell_id: found for cell in grid.cells if (found := dated(cell.text)) is not None}
    past = [cell for cell in grid.cells if cell.cell_id in years and years[cell.cell_id].year < year]
    if not past:
        return False
    earlier = {cell.cell_id for cell in past if years[cell.cell_id].rest}
    heads = [cell for cell in past if cell.cell_id not in earlier]
    below = {(cell.row_end, col) for cell in heads for col in range(cell.col, cell.col_end)}
    earlier |= {cell.cell_id for cell in grid.cells if (cell.row, cell.col) in below}
    told: dict[bool, set[str]] = {True: set(), False: set()}
    for cell in grid.cells:
        label = years[cell.cell_id].rest if cell.cell_id in years else cell.text
        roles = {lexicon.role(section, label) for section in _COLUMNS}
        told[cell.cell_id in earlier] |= {_YEARLY[role] for role in roles if role in _YEARLY}
    return not told[True] <= told[False]


def year_places(places: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    """Where the year stands: in the title, or in a line under it that is nothing but a year; in both if they differ.

    A date of filling in (2025年3月填报) is no year of a form.
    """
    title, *under = places
    own = set(YEAR.findall(_FILLED_IN.sub("", normalised(title[1]))))
    below = next((place for place, text in under if YEAR_LINE.fullmatch(normalised(text))), None)
    said = set(YEAR.findall(normalised(dict(under)[below]))) if below is not None else set()
    return (*((title[0],) if own else ()), *((below,) if below is not None and said != own else ()))


def title_place(places: list[tuple[str, str]], lexicon: Lexicon) -> int | None:
    """The place whose text is a title: by its words, else the last line that is more than a year."""
    short = [(index, normalised(text)) for index, (_, text) in enumerate(places)]
    short = [(index, text) for index, text in short if len(text) <= LONGEST_TITLE]
    named = [index for index, text in short if lexicon.is_title(text)]
    if named:
        return named[-1]
    wordy = [(index, text) for index, text in short if len(core(text)) > 5 and ":" not in text]  # noqa: PLR2004 - 自评表 and more
    tables = [index for index, text in wordy if core(text).endswith("表")]
    found = tables or [index for index, _ in wordy]
    return found[-1] if found else None
