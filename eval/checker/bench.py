"""Labelled forms come in, Scores go out: of each kind of seeded error how many the rules stop, name and place.

Forms whose equations hold are seeded; a form that the rules stop anyway would flatter every figure.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Literal

from eval.checker.grounded import Grounding, grounded, misread
from eval.checker.seeded import OF_CELLS, OF_CHARACTERS, Kind, Seeded, seeded
from pipeline.checks import RULES, check
from pipeline.checks.sheet import equation_numbers
from pipeline.decide import decide
from schemas.base import Record
from schemas.check import CheckReport, Finding, RuleCode
from schemas.decision import Decision
from schemas.extraction import Claim, Extraction
from schemas.form import SelfEvaluation

Where = Literal["extraction", "document"]
"""A misread stands in the extraction only; a printed error stands in the document too."""


class Score(Record):
    """How one kind of error in one field fared. Every count is of errors."""

    where: Where
    grounding: Grounding
    kind: Kind
    field: str
    seeded: int = 0
    covered: int = 0
    """An exact equation of the clean form speaks for the number."""
    stopped: int = 0
    """Not accepted."""
    covered_stopped: int = 0
    right_rule: int = 0
    """A rule that speaks of the number failed, and names it."""
    told: int = 0
    """An equation over the number failed, so that a diagnosis can tell."""
    first: int = 0
    """Of those: the first diagnosis names the wrong numbers and no other."""
    as_discrepancy: int = 0
    """The right rule's verdict is source_discrepancy."""


class FalseAlarm(Record):
    """What one rule says of forms whose equations hold."""

    rule: RuleCode
    forms: int
    errors: int
    warnings: int
    information: int


@dataclass
class _Counts:
    """One row of the table while it is counted."""

    counts: Counter[str] = field(default_factory=Counter)

    def add(self, **happened: bool) -> None:
        """Count every flag that is true."""
        self.counts.update(name for name, value in happened.items() if value)


def sound(forms: Sequence[SelfEvaluation]) -> list[SelfEvaluation]:
    """The forms that are accepted when every number is read from a picture without an error."""
    return [form for form in forms if _judged(grounded(form, "off"))[1].status == "accepted"]


def misreads(forms: Sequence[SelfEvaluation], grounding: Grounding, most: int | None, seed: int) -> tuple[Score, ...]:
    """Every kind of misread in every field; at most `most` of each kind, drawn by `seed`, or all."""
    table: dict[tuple[Kind, str], _Counts] = {}
    for kind in (*OF_CHARACTERS, *OF_CELLS):
        for form, error in _drawn(forms, kind, most, seed):
            counts = table.setdefault((kind, error.field), _Counts())
            clean = grounded(form, grounding)
            if kind in OF_CELLS:
                read = _moved(form, error, grounding)
            elif grounding == "on":
                read = misread(clean, error.form)
            else:
                read = grounded(error.form, "off")
            _count(counts, clean, read, error)
    return _scores("extraction", grounding, table)


def printed_errors(forms: Sequence[SelfEvaluation], most: int | None, seed: int) -> tuple[Score, ...]:
    """The same errors of characters, printed in the document and read as printed."""
    table: dict[tuple[Kind, str], _Counts] = {}
    for kind in OF_CHARACTERS:
        for form, error in _drawn(forms, kind, most, seed):
            counts = table.setdefault((kind, error.field), _Counts())
            _count(counts, grounded(form), grounded(error.form), error)
    return _scores("document", "on", table)


def false_alarms(forms: Sequence[SelfEvaluation]) -> tuple[FalseAlarm, ...]:
    """What each rule says of forms of which a person says that nothing is wrong."""
    counts: dict[RuleCode, Counter[str]] = {rule.code: Counter() for rule in RULES}
    for form in forms:
        for finding in check(grounded(form)).findings:
            if finding.verdict not in {None, "not_checkable"}:
                counts[finding.rule][finding.severity] += 1
    return tuple(
        FalseAlarm(
            rule=rule,
            forms=len(forms),
            errors=found["error"],
            warnings=found["warning"],
            information=found["information"],
        )
        for rule, found in counts.items()
    )


def _drawn(
    forms: Sequence[SelfEvaluation], kind: Kind, most: int | None, seed: int
) -> Iterator[tuple[SelfEvaluation, Seeded]]:
    """Errors of one kind over all forms; the same ones for the same seed."""
    every = [(form, error) for form in forms for error in seeded(form, kind)]
    if most is not None and len(every) > most:
        every = Random(f"{seed}/{kind}").sample(every, most)  # noqa: S311 - a draw, no secret
    yield from every


def _judged(extraction: Extraction) -> tuple[CheckReport, Decision]:
    report = check(extraction)
    return report, decide(extraction, report, "confirmed")


def _count(counts: _Counts, clean: Extraction, read: Extraction, error: Seeded) -> None:
    before = check(clean)
    report, decision = _judged(read)
    numbers = equation_numbers(clean.form)
    exactly = before.covered_exactly()
    pointers = frozenset(error.pointers)
    covered = all(pointer in exactly for pointer in pointers if pointer in numbers)
    stopped = decision.status == "review"
    speaking = [finding for finding in report.findings if _speaks_of(finding, error, before)]
    diagnosed = [finding for finding in speaking if finding.diagnosis]
    first = bool(diagnosed) and _names(diagnosed[0], clean.form, error)
    counts.add(
        seeded=True,
        covered=covered,
        stopped=stopped,
        covered_stopped=covered and stopped,
        right_rule=bool(speaking),
        told=bool(diagnosed) and bool(pointers),
        first=first,
        as_discrepancy=any(finding.verdict == "source_discrepancy" for finding in speaking),
    )


def _speaks_of(finding: Finding, error: Seeded, before: CheckReport) -> bool:
    """Whether this failure is one that the error should cause."""
    if finding.verdict in {None, "not_checkable"}:
        return False
    if error.rules:
        return finding.rule in error.rules
    told = frozenset(error.pointers) & frozenset(finding.fields)
    clean = {held.rule for held in before.held if frozenset(error.pointers) & frozenset(held.fields)}
    return bool(told) and (finding.rule in clean or finding.rule == "score_range")


def _names(finding: Finding, clean: SelfEvaluation, error: Seeded) -> bool:
    """Whether the first diagnosis changes the wrong numbers and no other, each to what was printed or to a mistake."""
    first = finding.diagnosis[0]
    right = equation_numbers(clean)
    wrong = equation_numbers(error.form)
    changed = {pointer for pointer in error.pointers if right.get(pointer) != wrong.get(pointer)}
    moved = {
        pointer for pointer, value in zip(first.fields, first.would_be, strict=True) if str(wrong.get(pointer)) != value
    }
    return moved == changed


def _moved(form: SelfEvaluation, error: Seeded, grounding: Grounding) -> Extraction:
    """The extraction of cells that were moved: each value proven by the cell it now comes from.

    What is lost or doubled shows in the tokens where the document's own characters are read; of a picture the
    reader is taken to have lost the row's tokens too.
    """
    read = grounded(error.form, grounding)
    if error.row is None or grounding == "off":
        return read
    table, at = error.row
    row = f"{table}/{at}/"
    cells = []
    for cell in grounded(form).tokens:
        if cell.cell.startswith(row):
            twice = (Claim(role="value"), Claim(role="value"))
            cells.append(cell.model_copy(update={"claims": twice if error.kind == "row_doubled" else ()}))
        else:
            cells.append(cell)
    return read.model_copy(update={"tokens": tuple(cells)})


def _scores(where: Where, grounding: Grounding, table: dict[tuple[Kind, str], _Counts]) -> tuple[Score, ...]:
    return tuple(
        Score(where=where, grounding=grounding, kind=kind, field=column, **dict(counts.counts))
        for (kind, column), counts in table.items()
    )
