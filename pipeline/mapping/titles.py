"""Lines and cells above a form's tables come in, which of them is its title and which holds its year goes out."""

import re

from pipeline.mapping.labels import core
from pipeline.mapping.lexicon import Lexicon
from schemas.amount import normalised
from schemas.layout import Region

YEAR = re.compile(r"(?<![0-9])((?:19|20)[0-9]{2})(?![0-9])")
# A line that says no more than a year; a date of filling in is none.
_YEAR_LINE = re.compile(r"[\[(]?(?:预算|评价|自评)?(?:年度:?)?(?:19|20)[0-9]{2}年?度?[\])]?")
# A title fits a line; anything longer is prose about the evaluation.
LONGEST_TITLE = 60


def year_of(region: Region, lexicon: Lexicon) -> int | None:
    """The year that the title above a form's tables says, or a line under it; None where neither does."""
    places = [(line.line_id, line.text) for line in region.heading]
    places += [(cell.cell_id, cell.text) for row in region.grid.rows()[:2] if len(row) == 1 for cell in row]
    title = title_place(places, lexicon)
    year = year_place(places[title : title + 3]) if title is not None else None
    said = set(YEAR.findall(normalised(dict(places)[year]))) if year is not None else set()
    return int(said.pop()) if len(said) == 1 else None


def year_place(places: list[tuple[str, str]]) -> str | None:
    """The place of the year: the title if it holds one, else a line under it that is nothing but a year."""
    title, *under = places
    if YEAR.search(normalised(title[1])):
        return title[0]
    return next((place for place, text in under if _YEAR_LINE.fullmatch(normalised(text))), None)


def title_place(places: list[tuple[str, str]], lexicon: Lexicon) -> int | None:
    """The place whose text is a title: by its words, else the last line that is more than a year."""
    short = [(index, normalised(text)) for index, (_, text) in enumerate(places)]
    short = [(index, text) for index, text in short if len(text) <= LONGEST_TITLE]
    named = [index for index, text in short if any(word in text for word in lexicon.titles)]
    if named:
        return named[-1]
    wordy = [(index, text) for index, text in short if len(core(text)) > 5 and ":" not in text]  # noqa: PLR2004 - 自评表 and more
    tables = [index for index, text in wordy if core(text).endswith("表")]
    found = tables or [index for index, _ in wordy]
    return found[-1] if found else None
