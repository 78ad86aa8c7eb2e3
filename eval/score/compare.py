"""Gold forms and output forms of one document come in, FormScores go out: every field CORRECT or how it is not."""

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum

from rapidfuzz.distance import Levenshtein

from eval.score.align import LEAST, LEAST_FORM, form_likeness, form_values, pair_up, row_likeness, value_likeness
from eval.score.leaves import Leaf, Nature, comparable, extra_leaf, leaves
from schemas.base import Record
from schemas.form import Extra, FundLine, IndicatorRow, SelfEvaluation


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


class FieldScore(Record):
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


class FormScore(Record):
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
    held = [form_values(output) for output in outputs]
    likeness = [[form_likeness(own, output) for output in held] for own in map(form_values, golds)]
    pairing = pair_up(likeness, outputs=len(outputs), least=LEAST_FORM)
    partner = dict(pairing.pairs)
    scores = [
        score_form(gold, outputs[partner[at]] if at in partner else None, gold_index=at, output_index=partner.get(at))
        for at, gold in enumerate(golds)
    ]
    scores += [score_form(None, outputs[at], gold_index=None, output_index=at) for at in pairing.output_only]
    return tuple(scores)


def score_form(
    gold: SelfEvaluation | None,
    output: SelfEvaluation | None,
    *,
    gold_index: int | None = 0,
    output_index: int | None = 0,
) -> FormScore:
    """Every field of one pair of forms; None stands for a form that is not there."""
    fields: list[FieldScore] = [
        *_leaves(leaves(gold) if gold else {}, leaves(output) if output else {}, "", ""),
        *_extras(gold.extras if gold else (), output.extras if output else (), "", "", ""),
    ]
    for row in _rows(gold.funds if gold else (), output.funds if output else (), "funds"):
        fields += row
    exact = 0
    indicators = gold.indicators if gold else ()
    for number, row in enumerate(_rows(indicators, output.indicators if output else (), "indicators")):
        fields += row
        exact += number < len(indicators) and all(field.match is Match.CORRECT for field in row)
    return FormScore(
        gold_index=gold_index if gold is not None else None,
        output_index=output_index if output is not None else None,
        fields=tuple(fields),
        indicator_rows=len(indicators),
        exact_indicator_rows=exact,
    )


def _rows(
    golds: Sequence[FundLine] | Sequence[IndicatorRow],
    outputs: Sequence[FundLine] | Sequence[IndicatorRow],
    table: str,
) -> Iterator[list[FieldScore]]:
    """The fields of each gold row in order, then of each row that only the output has."""
    first = [leaves(row, table) for row in golds]
    second = [leaves(row, table) for row in outputs]
    likeness = [[row_likeness(gold, output) for output in second] for gold in first]
    pairing = pair_up(likeness, outputs=len(second), least=LEAST)
    partner = dict(pairing.pairs)
    for at, own in enumerate(first):
        other = partner.get(at)
        places = f"/{table}/{at}", "" if other is None else f"/{table}/{other}"
        said = outputs[other].extras if other is not None else ()
        yield [
            *_leaves(own, second[other] if other is not None else {}, *places),
            *_extras(golds[at].extras, said, *places, table),
        ]
    for at in pairing.output_only:
        yield [
            *_leaves({}, second[at], "", f"/{table}/{at}"),
            *_extras((), outputs[at].extras, "", f"/{table}/{at}", table),
        ]


def _leaves(
    gold: Mapping[str, Leaf], output: Mapping[str, Leaf], gold_place: str, output_place: str
) -> Iterator[FieldScore]:
    for path in dict.fromkeys((*gold, *output)):
        yield _field(gold.get(path), output.get(path), f"{gold_place}/{path}", f"{output_place}/{path}")


def _extras(
    golds: Sequence[Extra], outputs: Sequence[Extra], gold_place: str, output_place: str, table: str
) -> Iterator[FieldScore]:
    first = [extra_leaf(extra, table) for extra in golds]
    second = [extra_leaf(extra, table) for extra in outputs]
    likeness = [[value_likeness(gold, output) for output in second] for gold in first]
    pairing = pair_up(likeness, outputs=len(second), least=LEAST)
    partner = dict(pairing.pairs)
    for at, own in enumerate(first):
        other = partner.get(at)
        leaf = second[other] if other is not None else None
        yield _field(own, leaf, f"{gold_place}/extras/{at}", f"{output_place}/extras/{other}")
    for at in pairing.output_only:
        yield _field(None, second[at], "", f"{output_place}/extras/{at}")


def _field(gold: Leaf | None, output: Leaf | None, gold_pointer: str, output_pointer: str) -> FieldScore:
    known = gold or output
    if known is None:  # both null: no field, and no caller asks
        message = "a field needs a value on one side"
        raise ValueError(message)
    return FieldScore(
        type=known.type,
        nature=known.nature,
        match=_match(gold, output),
        gold_pointer=gold_pointer if gold else None,
        output_pointer=output_pointer if output else None,
        gold=gold.printed if gold else None,
        output=output.printed if output else None,
        distance=_distance(gold, output) if known.nature == "text" else None,
    )


def _match(gold: Leaf | None, output: Leaf | None) -> Match:
    if gold is None:
        return Match.SPURIOUS
    if output is None:
        return Match.MISSING
    return Match.CORRECT if comparable(gold) == comparable(output) else Match.WRONG


def _distance(gold: Leaf | None, output: Leaf | None) -> float:
    first = comparable(gold) if gold else ""
    second = comparable(output) if output else ""
    return Levenshtein.normalized_distance(first, second)
