"""Lines and cells above and below a form's tables become its title, its year, its kind; the rest are notes."""

import re
from collections.abc import Mapping

from pipeline.mapping.labels import core
from pipeline.mapping.lexicon import Lexicon
from pipeline.mapping.skeleton import Skeleton
from schemas.amount import normalised
from schemas.extraction import DraftField
from schemas.form import FormKind
from schemas.layout import Region
from schemas.reading import Role

YEAR = re.compile(r"(?<![0-9])((?:19|20)[0-9]{2})(?![0-9])")
# A line that says no more than a year; a date of filling in is none.
_YEAR_LINE = re.compile(r"[\[(]?(?:预算|评价|自评)?(?:年度:?)?(?:19|20)[0-9]{2}年?度?[\])]?")
# A title fits a line; anything longer is prose about the evaluation.
LONGEST_TITLE = 60


def title_fields(
    region: Region,
    skeleton: Skeleton,
    lexicon: Lexicon,
) -> tuple[list[DraftField], list[str]]:
    """Title and year as fields, and the ids of the lines and cells that are neither.

    Both stand above the first label of the form; the year in the title or in the two lines under it.
    """
    places = [(line.line_id, line.text) for line in region.heading]
    body = skeleton.first_row
    places += [(cell.cell_id, cell.text) for cell in skeleton.headings if cell.text and cell.row < body]
    below = [cell.cell_id for cell in skeleton.headings if cell.text and cell.row >= body]
    title = _title(places, lexicon)
    fields = []
    used = set()
    if title is not None:
        fields.append(DraftField(pointer="/title", take="title", cells=(places[title][0],)))
        used.add(places[title][0])
        year = _year(places[title : title + 3])
        if year is not None:
            fields.append(DraftField(pointer="/fiscal_year", take="year", cells=(year,)))
            used.add(year)
    rest = [place for place, _ in places if place not in used]
    return fields, [*rest, *below, *(line.line_id for line in region.trailing)]


def _year(places: list[tuple[str, str]]) -> str | None:
    """The place of the year: the title if it holds one, else a line under it that is nothing but a year."""
    title, *under = places
    if YEAR.search(normalised(title[1])):
        return title[0]
    return next((place for place, text in under if _YEAR_LINE.fullmatch(normalised(text))), None)


def _title(places: list[tuple[str, str]], lexicon: Lexicon) -> int | None:
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


def kind_of(region: Region, skeleton: Skeleton, roles: Mapping[int, Role]) -> FormKind:
    """Which of the three kinds of self-evaluation the form is, by its title and the label of its name."""
    titles = "".join(line.text for line in region.heading) + "".join(cell.text for cell in skeleton.headings)
    labels = [core(pair.label.text) + normalised(pair.label.text) for pair in skeleton.pairs]
    found = {roles.get(pair.slot) for pair in skeleton.pairs}
    if "转移支付" in titles or any("转移支付" in label for label in labels[:2]):
        return "transfer_self_evaluation"
    if "project_name" not in found and ("整体" in titles or "organisation" in found):
        return "department_self_evaluation"
    return "project_self_evaluation"
