"""A scored way comes in, its worst forms go out: their page as a picture, wrong cells marked, gold beside output."""

import base64
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from eval.boxes import PageBox
from eval.dataset import SHIPPED, location
from eval.figures import Scored, ScoredDocument, ScoredForm
from eval.log import Log
from eval.score.compare import FieldScore, Match
from eval.score.leaves import value_of
from eval.score.overlap import Known, known_places, pages_of
from eval.score.risk import confidence_at
from pipeline.catalogue import Lang
from pipeline.checks.wording import name
from pipeline.read.picture import page_sizes, picture
from schemas.errors import DocumentError, UsageError
from schemas.evidence import Evidence

MOST = 10
"""So many forms are shown."""
MOST_VALUES = 40
"""So many wrong values of a form are listed."""
ZOOM = 1.4
"""Pixels a point: readable, and a page has some 100 kB."""


class Mark(NamedTuple):
    """A wrong cell on a page: its place in per cent of the page, and the number of its row in the list."""

    left: float
    top: float
    width: float
    height: float
    number: int


class PageShown(NamedTuple):
    """One page of a document with the cells to look at."""

    number: int
    png: str
    """Base64."""
    width: float
    height: float
    marks: tuple[Mark, ...]


class WrongValue(NamedTuple):
    """One value that is not as printed; of a target its first part that is not."""

    number: int
    name: str
    """What a reader calls it."""
    pointer: str
    match: str
    gold: str | None
    output: str | None
    confidence: float | None


class WorstForm(NamedTuple):
    """One form with all that is wrong about it."""

    document: str
    family: str
    name: str
    status: str | None
    correct: int
    wrong: int
    values: tuple[WrongValue, ...]
    more: int
    """Further values, not listed."""
    pages: tuple[PageShown, ...]


def not_read(result: Scored) -> tuple[tuple[str, int], ...]:
    """Documents with forms that no output answers to, and how many: there is nothing of them to show."""
    lost = ((found.gold.name, sum(form.output is None for form in found.forms)) for found in result.documents)
    return tuple((name, count) for name, count in lost if count)


def worst_forms(log: Log, result: Scored, lang: Lang) -> tuple[WorstForm, ...]:
    """The forms read with the most fields that are not as printed, worst first."""
    read = ((document, form) for document in result.documents for form in document.forms if form.output is not None)
    ranked = sorted(
        ((document, form) for document, form in read if _mistakes(form)),
        key=lambda pair: (-len(_mistakes(pair[1])), pair[0].gold.name, pair[1].score.gold_index or 0),
    )
    base = Path(log.conditions.data) if log.conditions.data else SHIPPED
    return tuple(_shown(document, form, base, lang) for document, form in ranked[:MOST])


def _mistakes(form: ScoredForm) -> list[FieldScore]:
    return [field for field in form.score.fields if field.match is not Match.CORRECT]


def _wrong_values(mistakes: Sequence[FieldScore]) -> list[FieldScore]:
    """The first of each value's fields that are not as printed: a target misread is wrong in all its parts."""
    first: dict[str, FieldScore] = {}
    for field in mistakes:
        first.setdefault(value_of(field.gold_pointer or f"+{field.output_pointer}"), field)
    return [*first.values()]


def _shown(document: ScoredDocument, form: ScoredForm, base: Path, lang: Lang) -> WorstForm:
    mistakes = _mistakes(form)
    values = _wrong_values(mistakes)
    listed = values[:MOST_VALUES]
    output = form.output
    gold = document.gold.forms[form.score.gold_index] if form.score.gold_index is not None else None
    known = gold or (output.form if output is not None else None)
    confidence = output.confidence if output is not None else {}
    return WorstForm(
        document=document.gold.name,
        family=form.family,
        name=(known.project_name or known.supervising_department or known.implementing_unit or "") if known else "",
        status=output.status if output is not None else None,
        correct=len(form.score.fields) - len(mistakes),
        wrong=len(mistakes),
        values=tuple(
            WrongValue(
                number,
                name(value_of(field.gold_pointer or field.output_pointer or ""), lang),
                field.gold_pointer or field.output_pointer or "",
                field.match.value,
                field.gold,
                field.output,
                confidence_at(field.output_pointer, confidence) if field.output_pointer else None,
            )
            for number, field in enumerate(listed, start=1)
        ),
        more=len(values) - len(listed),
        pages=tuple(_pages(document, form, listed, base)),
    )


def _pages(document: ScoredDocument, form: ScoredForm, listed: Sequence[FieldScore], base: Path) -> Iterator[PageShown]:
    """The form's pages that hold something wrong, else its first; none where the document has no pages or is gone."""
    if form.output is None or document.gold.format != "pdf":
        return
    try:
        path = location(document.gold, base)
        sizes = page_sizes(path)
    except (UsageError, DocumentError, OSError):
        return
    index = form.score.gold_index
    known = known_places(document.gold.boxes[index]) if index is not None and index < len(document.gold.boxes) else {}
    spans = [
        (number, box)
        for number, field in enumerate(listed, start=1)
        for box in _said(form.output.evidence, field.output_pointer) or _printed(known, field.gold_pointer)
    ]
    pages = sorted({box.page for _, box in spans}) or sorted(form.output.pages)[:1]
    for page in pages:
        width, height = sizes[page - 1]
        shown = picture(path, page, ZOOM)
        yield PageShown(
            number=page,
            png=base64.b64encode(shown.png).decode("ascii"),
            width=width,
            height=height,
            marks=tuple(_mark(number, box, width, height) for number, box in spans if box.page == page),
        )


def _said(evidence: dict[str, Evidence], pointer: str | None) -> tuple[PageBox, ...]:
    """Where the output says that a field stands."""
    proof = evidence.get(value_of(pointer)) if pointer else None
    return pages_of(proof) if proof is not None else ()


def _printed(known: Known, pointer: str | None) -> tuple[PageBox, ...]:
    """Where the typesetter put a value that the output lacks."""
    places = known.get(value_of(pointer), ()) if pointer else ()
    return places[0] if places else ()


def _mark(number: int, box: PageBox, width: float, height: float) -> Mark:
    return Mark(
        round(100 * box.x0 / width, 3),
        round(100 * box.y0 / height, 3),
        round(100 * (box.x1 - box.x0) / width, 3),
        round(100 * (box.y1 - box.y0) / height, 3),
        number,
    )
