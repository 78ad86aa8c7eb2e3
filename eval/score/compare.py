"""Gold forms and output forms of one document come in, FormScores go out: every field CORRECT or how it is not."""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import NamedTuple

from rapidfuzz.distance import Levenshtein

from eval.score.align import LEAST, LEAST_FORM, form_likeness, form_values, pair_up, rows_paired, value_likeness
from eval.score.leaves import Leaf, Nature, Printed, Row, comparable, printed
from schemas.form import SelfEvaluation


class Match(StrEnum):
    """How an output value stands to the gold value of its field."""

    CORRECT = "correct"
    WRONG = "wrong"
    """Both give a value, not the same."""
    MISSING = "missing"
    """The form prints it, the output has null."""
    SPURIOUS = "spurious"
    """The form prints nothing there, the output has a value."""


NARRATIVES = frozenset(
    {"expected_goal", "actual_achievement", "indicators.deviation_note", "extras", "funds.extras", "indicators.extras"}
)
"""Fields of prose."""
NEAR = 0.02
"""Edits in the share of a narrative's characters up to which it says the same."""


class FieldScore(NamedTuple):
    """One field that the form prints or the output claims. Null on both sides is no field."""

    type: str
    """The pointer without indices: `indicators.target.value`."""
    nature: Nature
    match: Match
    gold_pointer: str | None
    output_pointer: str | None
    gold: str | None
    output: str | None
    distance: float | None
    """Of texts: edits in the share of the longer text's characters, 0 to 1; None for all else."""


class FormScore(NamedTuple):
    """One form of the gold, of the output, or both; `fields` of both sides together."""

    gold_index: int | None
    """Position among the document's gold forms; None for a form that the output invented."""
    output_index: int | None
    """Position among the document's output forms; None for a form that the output lacks."""
    fields: tuple[FieldScore, ...]
    indicator_rows: int
    """Rows of the gold form."""
    exact_indicator_rows: int
    """Of those, rows whose every field, extras too, is as printed."""

    @property
    def exact(self) -> bool:
        """Whether every field is as printed and nothing was added."""
        found = self.gold_index is not None and self.output_index is not None
        return found and all(field.match is Match.CORRECT for field in self.fields)

    @property
    def near(self) -> bool:
        """The same, but a narrative may differ by a fiftieth of its characters: what a reader of pictures may do."""
        found = self.gold_index is not None and self.output_index is not None
        return found and all(field.match is Match.CORRECT or _is_near(field) for field in self.fields)


def _is_near(field: FieldScore) -> bool:
    """True for a narrative that differs by little; numbers, names, levels and targets are none."""
    both = field.gold is not None and field.output is not None
    return both and field.type in NARRATIVES and field.distance is not None and field.distance <= NEAR


def score_document(golds: Sequence[SelfEvaluation], outputs: Sequence[SelfEvaluation]) -> tuple[FormScore, ...]:
    """Every gold form in order, each with its output form where one is its like, then what the output invented."""
    return score_printed([printed(gold) for gold in golds], [printed(output) for output in outputs])


def score_printed(golds: Sequence[Printed], outputs: Sequence[Printed]) -> tuple[FormScore, ...]:
    """The same for forms that were taken apart already."""
    held = [form_values(output) for output in outputs]
    likeness = [[form_likeness(own, output) for output in held] for own in map(form_values, golds)]
    pairing = pair_up(likeness, outputs=len(outputs), least=LEAST_FORM)
    partner = dict(pairing.pairs)
    scores = [_scored(gold, outputs[partner[at]] if at in partner else None) for at, gold in enumerate(golds)]
    told = [score._replace(gold_index=at, output_index=partner.get(at)) for at, score in enumerate(scores)]
    return (*told, *(_scored(None, outputs[at])._replace(output_index=at) for at in pairing.output_only))


def score_form(gold: SelfEvaluation | None, output: SelfEvaluation | None) -> FormScore:
    """Every field of one pair of forms; None stands for a form that is not there."""
    return _scored(printed(gold) if gold else None, printed(output) if output else None)


_NO_ROW = Row({}, ())
_ABSENT = Printed(_NO_ROW, (), ())


def _scored(gold: Printed | None, output: Printed | None) -> FormScore:
    """The fields of one pair; its indices are those of a document with these two forms alone."""
    first, second = gold or _ABSENT, output or _ABSENT
    fields = [*_row(first.own, second.own, "", "")]
    for row in _rows(first.funds, second.funds, "funds"):
        fields += row
    exact = 0
    for number, row in enumerate(_rows(first.indicators, second.indicators, "indicators")):
        fields += row
        exact += number < len(first.indicators) and all(field.match is Match.CORRECT for field in row)
    return FormScore(
        gold_index=0 if gold is not None else None,
        output_index=0 if output is not None else None,
        fields=tuple(fields),
        indicator_rows=len(first.indicators),
        exact_indicator_rows=exact,
    )


def _rows(golds: Sequence[Row], outputs: Sequence[Row], table: str) -> Iterator[list[FieldScore]]:
    """The fields of each gold row in order, then of each row that only the output has."""
    pairing = rows_paired(golds, outputs)
    partner = dict(pairing.pairs)
    for at, own in enumerate(golds):
        other = partner.get(at)
        place = "" if other is None else f"/{table}/{other}"
        yield [*_row(own, outputs[other] if other is not None else _NO_ROW, f"/{table}/{at}", place)]
    for at in pairing.output_only:
        yield [*_row(_NO_ROW, outputs[at], "", f"/{table}/{at}")]


def _row(gold: Row, output: Row, gold_place: str, output_place: str) -> Iterator[FieldScore]:
    for path in dict.fromkeys((*gold.leaves, *output.leaves)):
        own, other = gold.leaves.get(path), output.leaves.get(path)
        yield _field(own, other, f"{gold_place}/{path}", f"{output_place}/{path}")
    yield from _extras(gold.extras, output.extras, gold_place, output_place)


def _extras(golds: Sequence[Leaf], outputs: Sequence[Leaf], gold_place: str, output_place: str) -> Iterator[FieldScore]:
    if not golds and not outputs:
        return
    likeness = [[value_likeness(gold, output) for output in outputs] for gold in golds]
    pairing = pair_up(likeness, outputs=len(outputs), least=LEAST)
    partner = dict(pairing.pairs)
    for at, own in enumerate(golds):
        other = partner.get(at)
        leaf = outputs[other] if other is not None else None
        yield _field(own, leaf, f"{gold_place}/extras/{at}", f"{output_place}/extras/{other}")
    for at in pairing.output_only:
        yield _field(None, outputs[at], "", f"{output_place}/extras/{at}")


def _field(gold: Leaf | None, output: Leaf | None, gold_pointer: str, output_pointer: str) -> FieldScore:
    known = gold or output
    if known is None:  # both null: no field, and no caller asks
        message = "a field needs a value on one side"
        raise ValueError(message)
    same = gold is not None and output is not None and comparable(gold) == comparable(output)
    return FieldScore(
        type=known.type,
        nature=known.nature,
        match=Match.CORRECT if same else _mismatch(gold, output),
        gold_pointer=gold_pointer if gold else None,
        output_pointer=output_pointer if output else None,
        gold=gold.printed if gold else None,
        output=output.printed if output else None,
        distance=None if known.nature != "text" else 0.0 if same else _distance(gold, output),
    )


def _mismatch(gold: Leaf | None, output: Leaf | None) -> Match:
    if gold is None:
        return Match.SPURIOUS
    return Match.MISSING if output is None else Match.WRONG


def _distance(gold: Leaf | None, output: Leaf | None) -> float:
    first = comparable(gold) if gold else ""
    second = comparable(output) if output else ""
    return Levenshtein.normalized_distance(first, second)
