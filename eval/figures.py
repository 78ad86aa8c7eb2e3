"""A Log comes in, Figures go out: every form scored, every share with its interval over documents."""

from collections.abc import Callable, Iterator, Sequence
from typing import Literal, NamedTuple

from eval.dataset import GoldDocument
from eval.log import DocumentResult, Log, Output, WayResult
from eval.provable import is_provable
from eval.score.compare import FieldScore, FormScore, Match, score_printed
from eval.score.interval import Estimate, share
from eval.score.leaves import Nature, Printed, printed, value_of
from eval.score.metrics import Ratio, count, forms_exact, forms_near, indicator_rows_exact, numbers, text_distance
from eval.score.overlap import ENOUGH, best_overlap, known_places, pages_of
from eval.score.risk import Curve, Judged, confidence_at, curve

FigureCode = Literal[
    "field_f1",
    "field_precision",
    "field_recall",
    "numeric_f1",
    "rows_exact",
    "forms_exact",
    "forms_near",
    "text_distance",
    "grounding",
    "boxes_met",
    "box_overlap",
    "straight_through",
    "straight_through_provable",
    "wrong_forms_by_rules",
    "wrong_fields_by_rules",
    "wrong_numbers_by_rules",
    "wrong_forms_by_reviewer",
    "outcomes",
]
"""`boxes_met`, `box_overlap`: of the values whose place the typesetter knows, the share that the output puts there (of
what both places cover half is shared, or more), and the mean share. `straight_through`: forms accepted by rules.
`straight_through_provable`: the same of forms whose every number is covered by an equation that holds.
`wrong_…_by_…`: of what was accepted so, the share that is not as printed: the figure that a user must know before
trusting an accepted form."""

ViewCode = Literal["family", "format", "origin"]


class ScoredForm(NamedTuple):
    """One form of a document beside what a way made of it."""

    family: str
    score: FormScore
    output: Output | None
    overlaps: tuple[float, ...]
    """Of each value whose place the typesetter knows, how much of it the output names."""


class ScoredDocument(NamedTuple):
    """One document beside what a way made of it."""

    gold: GoldDocument
    result: DocumentResult
    forms: tuple[ScoredForm, ...]
    outputs: tuple[Printed, ...]
    """The way's forms in its order, taken apart."""
    provable: tuple[bool, ...]
    """Of each labelled form whether every number of it is covered by an equation that holds; the same for all ways."""

    @property
    def crashed(self) -> bool:
        """Whether it failed although it can be read: its forms count as missing, and it is counted apart."""
        return self.result.outcome == "failed" and self.gold.outcome != "failed"

    def of(self, view: ViewCode, name: str) -> "ScoredDocument":
        """The same document with only the forms that belong to one family; whole for every other view."""
        if view != "family":
            return self
        return self._replace(forms=tuple(form for form in self.forms if form.family == name))

    def names(self, view: ViewCode) -> tuple[str, ...]:
        """What the document, or its forms, count for in a view."""
        if view == "family":
            return tuple(dict.fromkeys(self.gold.families))
        return (self.gold.format if view == "format" else self.gold.origin,)


class Scored(NamedTuple):
    """One way's documents, scored."""

    way: WayResult
    documents: tuple[ScoredDocument, ...]

    def view(self, view: ViewCode) -> dict[str, "Scored"]:
        """The same way cut by family, format or origin."""
        names = dict.fromkeys(name for document in self.documents for name in document.names(view))
        return {
            name: self._replace(
                documents=tuple(found.of(view, name) for found in self.documents if name in found.names(view))
            )
            for name in sorted(names)
        }

    def figure(self, code: FigureCode) -> Estimate | None:
        """A share over all documents; None where nothing of the kind is there to be measured."""
        ratios = [ratio_of(code, document) for document in self.documents]
        return share(ratios) if any(ratio.whole for ratio in ratios) else None

    def risk(self) -> Curve | None:
        """Risk against coverage of the fields that have a confidence; None where none has."""
        judged = [_judged(document) for document in self.documents]
        return curve(judged) if any(judged) else None

    def forms(self) -> tuple[ScoredForm, ...]:
        """All forms in order."""
        return tuple(form for document in self.documents for form in document.forms)


def scored(log: Log) -> tuple[Scored, ...]:
    """Every way of a log, scored."""
    golds = {document.name: document for document in log.documents}
    apart = {document.name: [printed(form) for form in document.forms] for document in log.documents}
    provable = {document.name: tuple(map(is_provable, document.forms)) for document in log.documents}
    return tuple(
        Scored(
            result,
            tuple(
                _document(golds[name], apart[name], found, provable[name])
                for found in result.documents
                for name in (found.document,)
            ),
        )
        for result in log.results
    )


def ratio_of(code: FigureCode, document: ScoredDocument) -> Ratio:
    """What one document adds to a figure."""
    return _FIGURES[code](document)


def cost_per_form(result: Scored) -> dict[str, float]:
    """Calls, tokens and seconds per form of the gold, and per form accepted by rules where there is one."""
    usage = result.way.usage
    spent = {
        "calls": float(usage.calls),
        "tokens": float(usage.prompt_tokens - usage.cached_tokens + usage.completion_tokens),
        "seconds": result.way.seconds,
    }
    forms = sum(len(document.gold.forms) for document in result.documents)
    accepted = sum(_accepted(form, "rules") for form in result.forms())
    told = {f"{name}_per_form": amount / forms for name, amount in spent.items()} if forms else {}
    if accepted:
        told |= {f"{name}_per_accepted": amount / accepted for name, amount in spent.items()}
    return told


def fields_of(document: ScoredDocument) -> list[FieldScore]:
    """Every field of every form."""
    return [field for form in document.forms for field in form.score.fields]


def _judged(document: ScoredDocument) -> list[Judged]:
    found = []
    for form in document.forms:
        for field in form.score.fields:
            known = form.output.confidence if form.output is not None else {}
            sure = confidence_at(field.output_pointer, known) if field.output_pointer else None
            if sure is not None:
                found.append(Judged(sure, field.match is not Match.CORRECT))
    return found


def _scores(document: ScoredDocument) -> list[FormScore]:
    return [form.score for form in document.forms]


def _accepted(form: ScoredForm, by: str) -> bool:
    return form.output is not None and form.output.status == "accepted" and form.output.decided_by == by


def _straight_through(document: ScoredDocument) -> Ratio:
    golds = [form for form in document.forms if form.score.gold_index is not None]
    return Ratio(sum(_accepted(form, "rules") for form in golds), len(golds))


def _straight_through_provable(document: ScoredDocument) -> Ratio:
    provable = [
        form
        for form in document.forms
        if form.score.gold_index is not None and document.provable[form.score.gold_index]
    ]
    return Ratio(sum(_accepted(form, "rules") for form in provable), len(provable))


def _wrong_forms(by: str) -> Callable[[ScoredDocument], Ratio]:
    def ratio(document: ScoredDocument) -> Ratio:
        accepted = [form for form in document.forms if _accepted(form, by)]
        return Ratio(sum(not form.score.exact for form in accepted), len(accepted))

    return ratio


def _wrong_fields(natures: frozenset[Nature]) -> Callable[[ScoredDocument], Ratio]:
    def ratio(document: ScoredDocument) -> Ratio:
        accepted = [form for form in document.forms if _accepted(form, "rules")]
        fields = [field for form in accepted for field in form.score.fields if field.nature in natures]
        return Ratio(sum(field.match is not Match.CORRECT for field in fields), len(fields))

    return ratio


def _grounding(document: ScoredDocument) -> Ratio:
    """Of the values of outputs whose places were looked up, those that stand there."""
    both = zip(document.result.outputs, document.outputs, strict=True)
    looked_up = [(len(apart.pointers()), output.misplaced) for output, apart in both if output.misplaced is not None]
    total = sum(values for values, _ in looked_up)
    return Ratio(total - sum(len(misplaced) for _, misplaced in looked_up), total)


def _boxes_met(document: ScoredDocument) -> Ratio:
    found = [share for form in document.forms for share in form.overlaps]
    return Ratio(sum(share >= ENOUGH for share in found), len(found))


def _box_overlap(document: ScoredDocument) -> Ratio:
    found = [share for form in document.forms for share in form.overlaps]
    return Ratio(sum(found), len(found))


def _overlaps(gold: GoldDocument, score: FormScore, output: Output | None) -> Iterator[float]:
    """How much of its true place each value shares with where it is said to stand.

    Counted are values that the form prints and the output gives, rightly or not, whose place the typesetter knows; only
    of an output that says where values stand.
    """
    index = score.gold_index
    if index is None or index >= len(gold.boxes) or output is None or not output.evidence:
        return
    known = known_places(gold.boxes[index])
    pairs = {
        value_of(field.gold_pointer): value_of(field.output_pointer)
        for field in score.fields
        if field.gold_pointer is not None and field.output_pointer is not None
    }
    for own, other in pairs.items():
        if own in known:
            proof = output.evidence.get(other)
            yield best_overlap(known[own], pages_of(proof)) if proof is not None else 0.0


_FIGURES: dict[FigureCode, Callable[[ScoredDocument], Ratio]] = {
    "field_f1": lambda document: count(fields_of(document)).f1,
    "field_precision": lambda document: count(fields_of(document)).precision,
    "field_recall": lambda document: count(fields_of(document)).recall,
    "numeric_f1": lambda document: numbers(fields_of(document)).f1,
    "rows_exact": lambda document: indicator_rows_exact(_scores(document)),
    "forms_exact": lambda document: forms_exact(_scores(document)),
    "forms_near": lambda document: forms_near(_scores(document)),
    "text_distance": lambda document: text_distance(fields_of(document)),
    "grounding": _grounding,
    "boxes_met": _boxes_met,
    "box_overlap": _box_overlap,
    "straight_through": _straight_through,
    "straight_through_provable": _straight_through_provable,
    "wrong_forms_by_rules": _wrong_forms("rules"),
    "wrong_fields_by_rules": _wrong_fields(frozenset({"number", "text", "code"})),
    "wrong_numbers_by_rules": _wrong_fields(frozenset({"number"})),
    "wrong_forms_by_reviewer": _wrong_forms("reviewer"),
    "outcomes": lambda document: Ratio(document.result.outcome == document.gold.outcome, 1),
}
FIGURES: tuple[FigureCode, ...] = tuple(_FIGURES)


def _document(
    gold: GoldDocument, labels: Sequence[Printed], result: DocumentResult, provable: tuple[bool, ...]
) -> ScoredDocument:
    outputs = result.outputs
    apart = tuple(printed(output.form) for output in outputs)
    forms = []
    for score in score_printed(labels, apart):
        family = gold.families[score.gold_index] if score.gold_index is not None else gold.families[0]
        output = outputs[score.output_index] if score.output_index is not None else None
        forms.append(ScoredForm(family, score, output, tuple(_overlaps(gold, score, output))))
    return ScoredDocument(gold, result, tuple(forms), apart, provable)
