"""The id of a cell or a line comes in; where it stands and what it holds goes out, in words for a person."""

import re
from collections.abc import Sequence

from pipeline.catalogue import Lang, say
from pipeline.checks.wording import render
from pipeline.review.opened import Opened
from schemas.check import Finding
from schemas.evidence import PageSpan

_LONGEST = 24
_MOST = 4
_ROW = re.compile(r"r(\d+)c\d+$|^l(\d+)$")


def where_of(form: Opened, cell: str, lang: Lang) -> str:
    """The page, the cell of a workbook, or the row of a document without pages."""
    place = form.places.get(cell)
    span = place.spans[0] if place is not None and place.spans else None
    if isinstance(span, PageSpan) and form.record.document.pages:
        return say("export.page", lang, page=span.page)
    row = None if "!" in cell else _ROW.search(cell)
    if row is None:
        return say("review.cell", lang, cell=cell)
    # Rows of a table are counted from 0 in ids and from 1 by people; lines from 1 by both.
    return say("review.row", lang, row=int(row[1]) + 1 if row[1] else int(row[2]))


def words_of(form: Opened, cell: str, lang: Lang) -> str:
    """The same with what it holds, cut if it is long."""
    place = form.places.get(cell)
    where = where_of(form, cell, lang)
    if place is None or not place.text:
        return where
    text = place.text if len(place.text) <= _LONGEST else f"{place.text[:_LONGEST]}…"
    return say("review.cell_holds", lang, where=where, text=text)


def all_words_of(form: Opened, cells: Sequence[str], lang: Lang) -> str:
    """Several of them; many are counted."""
    shown = say("web.joint", lang).join(words_of(form, cell, lang) for cell in cells[:_MOST])
    return shown if len(cells) <= _MOST else say("fields.and_more", lang, shown=shown, count=len(cells))


def told(form: Opened, finding: Finding, lang: Lang) -> str:
    """The sentence of a finding; cells, which have no name, are told by where they stand and what they hold."""
    cells = {
        key: all_words_of(form, [cell for cell in finding.params[key].split(", ") if cell], lang)
        for key in ("unclaimed", "doubled")
        if finding.rule == "numbers_conserved" and finding.params.get(key)
    }
    return render(finding.model_copy(update={"params": {**finding.params, **cells}}) if cells else finding, lang)
