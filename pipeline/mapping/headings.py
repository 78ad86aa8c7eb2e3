"""Lines and cells above and below a form's tables become its title, its year, its kind; the rest are notes."""

from collections.abc import Mapping

from pipeline.mapping.bones import Skeleton
from pipeline.mapping.labels import core
from pipeline.mapping.lexicon import Lexicon
from pipeline.mapping.titles import lines_above, title_place, year_places
from schemas.amount import normalised
from schemas.extraction import DraftField
from schemas.form import FormKind
from schemas.layout import Region
from schemas.reading import Role


def title_fields(
    region: Region,
    skeleton: Skeleton,
    lexicon: Lexicon,
) -> tuple[list[DraftField], list[str]]:
    """Title and year as fields, and the ids of the lines and cells that are neither.

    Both stand above the first label of the form; the year in the title or in the two lines under it.
    """
    places = [(line.line_id, line.text) for line in lines_above(region)]
    between = [line.line_id for line in region.heading if line.line_id not in dict(places)]
    body = skeleton.first_row
    places += [(cell.cell_id, cell.text) for cell in skeleton.headings if cell.text and cell.row < body]
    below = [cell.cell_id for cell in skeleton.headings if cell.text and cell.row >= body]
    title = title_place(places, lexicon)
    fields = []
    used = set()
    if title is not None:
        fields.append(DraftField(pointer="/title", take="title", cells=(places[title][0],)))
        used.add(places[title][0])
        if years := year_places(places[title : title + 3]):
            fields.append(DraftField(pointer="/fiscal_year", take="year", cells=years))
            used |= {*years}
    rest = [place for place, _ in places if place not in used]
    return fields, [*rest, *between, *below, *(line.line_id for line in region.trailing)]


def kind_of(region: Region, skeleton: Skeleton, roles: Mapping[int, Role]) -> FormKind:
    """Which of the three kinds of self-evaluation the form is, by its title and the label of its name."""
    titles = "".join(line.text for line in lines_above(region)) + "".join(cell.text for cell in skeleton.headings)
    labels = [core(pair.label.text) + normalised(pair.label.text) for pair in skeleton.pairs]
    found = {roles.get(pair.slot) for pair in skeleton.pairs}
    if "转移支付" in titles or any("转移支付" in label for label in labels[:2]):
        return "transfer_self_evaluation"
    if "project_name" not in found and ("整体" in titles or "organisation" in found):
        return "department_self_evaluation"
    return "project_self_evaluation"
