"""An Extraction comes in, a CheckReport goes out: rules, what they cover, verdicts and diagnosis. Pure.

The chain: a Sheet of printed numbers -> each rule's equations and notices -> outcomes -> verdicts (could
this be our misreading?) -> diagnosis (which number?). `wording.render` turns a finding into a sentence.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import localcontext

from pipeline.checks import conserved, funds, meaning, points
from pipeline.checks.diagnosis import diagnose
from pipeline.checks.equations import Equation, Outcome
from pipeline.checks.ranges import EXACT, ZERO, decimals_of, written
from pipeline.checks.registry import Notice, Rule
from pipeline.checks.sheet import Sheet, as_printed
from schemas.check import ACROSS, COVERING, CheckReport, Diagnosis, Finding, Held, RuleCode, Severity, Verdict
from schemas.extraction import Extraction
from schemas.form import SelfEvaluation

__all__ = ["RULES", "check"]

RULES: tuple[Rule, ...] = (*funds.RULES, *points.RULES, *meaning.RULES, *conserved.RULES)
"""Every rule, in the order of a report."""

_PLACE: Mapping[RuleCode, int] = {rule.code: place for place, rule in enumerate(RULES)}
_SETTLED = frozenset({"agreed", "human"})
"""States of a role that two independent readings or a person stand for."""

_WEIGHT_OF: Mapping[Severity, int] = {"information": 0, "warning": 1, "error": 2}

_Key = tuple[RuleCode, str]


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the rules say about one sheet."""

    sheet: Sheet
    equations: dict[_Key, Equation]
    outcomes: dict[_Key, Outcome]
    notices: dict[_Key, Notice]

    def failing(self) -> int:
        return sum(outcome.holds == "fails" for outcome in self.outcomes.values())

    def is_whole(self, extraction: Extraction) -> bool:
        """Whether no field and no number of the form was lost: what is lost may be the missing operand."""
        return not extraction.missing and ("numbers_conserved", "") not in self.notices

    def clears(self, key: _Key) -> bool:
        """Whether an equation that fails elsewhere under this key holds here."""
        return key in self.outcomes and self.outcomes[key].holds != "fails"


def check(
    extraction: Extraction,
    rivals: Sequence[SelfEvaluation] = (),
    *,
    rules_off: Collection[RuleCode] = (),
    severities: Mapping[RuleCode, Severity] | None = None,
) -> CheckReport:
    """All that the rules say about one form.

    `rivals` is the same form under other readings of its layout: where one of them makes an equation hold
    that fails here, and fewer equations fail in all, the failure may be our misreading and not the report's
    error; so may be, then, whatever grades, targets and units seem to say. `severities` replaces a rule's
    severity; a rule of `rules_off` is not asked and covers nothing.
    """
    severity_of = {rule.code: rule.severity for rule in RULES} | dict(severities or {})
    with localcontext(EXACT):
        asked = _ask(Sheet.of(extraction), rules_off)
        better = _better_readings(asked, rivals, rules_off)
        findings = [*_of_equations(asked, extraction, better, severity_of)]
        findings += _of_notices(asked, extraction, better, severity_of)
        held = tuple(
            held
            for key, outcome in asked.outcomes.items()
            if outcome.holds != "fails" and key[0] in COVERING
            for held in _held(asked.equations[key], outcome, asked.sheet)
        )
    findings.sort(key=lambda finding: (-_WEIGHT_OF[finding.severity], _PLACE[finding.rule]))
    off = (*(rule.code for rule in RULES if rule.code in rules_off), *sorted(ACROSS.intersection(rules_off)))
    return CheckReport(findings=tuple(findings), held=held, rules_off=off)


def _of_equations(
    asked: _Asked,
    extraction: Extraction,
    better: Sequence[_Asked],
    severity_of: Mapping[RuleCode, Severity],
) -> Iterator[Finding]:
    """What fails, with verdict and diagnosis, and what holds only within rounding."""
    diagnoses = _diagnoses(asked, extraction, better)
    for key, outcome in asked.outcomes.items():
        if outcome.holds == "exact":
            continue
        equation = asked.equations[key]
        certain = asked.is_whole(extraction) and not any(rival.clears(key) for rival in better)
        yield _finding(
            equation,
            outcome,
            asked.sheet,
            severity=severity_of[key[0]],
            verdict=_verdict(extraction, equation.fields, certain=certain and _are_as_printed(asked, equation.fields)),
            diagnosis=diagnoses.get(key, ()),
        )


def _of_notices(
    asked: _Asked,
    extraction: Extraction,
    better: Sequence[_Asked],
    severity_of: Mapping[RuleCode, Severity],
) -> Iterator[Finding]:
    """What failed that is no equation, and what was not checkable."""
    for key, notice in asked.notices.items():
        certain = asked.is_whole(extraction) and not better
        yield _noticed(notice, severity_of[key[0]], _verdict(extraction, notice.fields, certain=certain))


def _ask(sheet: Sheet, rules_off: Collection[RuleCode]) -> _Asked:
    """Every rule's equations with their outcomes, and its notices."""
    asked = _Asked(sheet, {}, {}, {})
    for rule in RULES:
        if rule.code in rules_off:
            continue
        for said in rule.read(sheet):
            key = (said.rule, said.key)
            if isinstance(said, Notice):
                asked.notices[key] = said
            else:
                asked.equations[key] = said
                asked.outcomes[key] = said.outcome(sheet.values)
    return asked


def _better_readings(
    asked: _Asked,
    rivals: Sequence[SelfEvaluation],
    rules_off: Collection[RuleCode],
) -> list[_Asked]:
    """The rivals under which fewer equations fail; exchanging a sound column for a broken one is no rescue."""
    failing = asked.failing()
    if not failing:
        return []
    others = (_ask(Sheet.of_rival(rival), rules_off) for rival in rivals)
    return [other for other in others if other.failing() < failing]


def _diagnoses(asked: _Asked, extraction: Extraction, better: Sequence[_Asked]) -> dict[_Key, tuple[Diagnosis, ...]]:
    """For each failing equation, which numbers could be wrong; another reading that settles all comes first."""
    values = asked.sheet.values
    failing = {
        key: asked.equations[key]
        for key, outcome in asked.outcomes.items()
        if outcome.holds == "fails" and asked.equations[key].habit(values) is None
    }
    if not failing:
        return {}
    readings = tuple(_other_reading(asked, rival) for rival in better if not rival.failing())
    found = diagnose(values, tuple(asked.equations.values()), tuple(failing.values()), extraction.standings)
    return {key: readings + tuple(found[equation]) for key, equation in failing.items()}


def _other_reading(asked: _Asked, rival: _Asked) -> Diagnosis:
    """What the form would say under the rival reading, where it says something else."""
    pointers = dict.fromkeys((*asked.sheet.values, *rival.sheet.values))
    ours, theirs = asked.sheet.values, rival.sheet.values
    changed = tuple(pointer for pointer in pointers if ours.get(pointer) != theirs.get(pointer))
    would_be = tuple(format(theirs[pointer], "f") if pointer in theirs else "" for pointer in changed)
    return Diagnosis(fields=changed, explained_by="other_reading", would_be=would_be)


def _verdict(extraction: Extraction, fields: Sequence[str], *, certain: bool) -> Verdict:
    """`source_discrepancy` only if nothing in how the fields were read leaves room for a misreading."""
    if certain and all(_is_certain(extraction, field) for field in fields):
        return "source_discrepancy"
    return "misread_suspected"


def _are_as_printed(asked: _Asked, fields: Sequence[str]) -> bool:
    """Whether every number is the one that the document prints at its place."""
    evidence, values = asked.sheet.evidence or {}, asked.sheet.values
    return all(as_printed(evidence.get(field), values[field]) for field in fields)


def _is_certain(extraction: Extraction, pointer: str) -> bool:
    """Text of the page or a person's word, whole, seen by every reader, under a role that is settled."""
    standing = extraction.standings.get(pointer)
    return (
        standing is not None
        and standing.origin != "ocr"
        and not standing.doubts
        and not standing.hidden_text
        and standing.state in _SETTLED
        and pointer not in extraction.unread
    )


def _held(equation: Equation, outcome: Outcome, sheet: Sheet) -> Iterator[Held]:
    """The numbers it covers; those of which it would not see the last decimals only within rounding."""
    cover = equation.cover(sheet.values, outcome)
    if cover.exact:
        yield Held(rule=equation.rule, key=equation.key, fields=cover.exact, outcome="exact", slack=outcome.slack)
    if cover.within_rounding:
        rounded = cover.within_rounding
        yield Held(rule=equation.rule, key=equation.key, fields=rounded, outcome="within_rounding", slack=outcome.slack)


def _finding(  # noqa: PLR0913 - the parts of one record
    equation: Equation,
    outcome: Outcome,
    sheet: Sheet,
    *,
    severity: Severity,
    verdict: Verdict,
    diagnosis: tuple[Diagnosis, ...],
) -> Finding:
    """A failure, a named habit, or the information that it holds only within rounding."""
    fails = outcome.holds == "fails"
    habit = equation.habit(sheet.values) if fails else None
    if not fails:
        severity = "information"
    elif habit is not None and severity == "error":
        severity = "warning"
    decimals = max(decimals_of(outcome.printed), decimals_of(outcome.computed))
    params = _params(equation)
    if habit is not None:
        params["habit"] = habit
    return Finding(
        rule=equation.rule,
        verdict=verdict if fails else None,
        severity=severity,
        fields=_told_fields(equation, sheet),
        printed=format(outcome.printed, "f"),
        computed=format(written(outcome.computed, decimals), "f"),
        slack=format(outcome.slack, "f"),
        params=params,
        diagnosis=diagnosis,
    )


def _told_fields(equation: Equation, sheet: Sheet) -> tuple[str, ...]:
    """The printed result and its operands; parts of 0 add nothing and are not told."""
    first, *operands = equation.fields
    if equation.rule != "fund_parts_sum":
        return equation.fields
    counting = tuple(pointer for pointer in operands if sheet.values[pointer] != ZERO)
    return (first, *counting)


def _params(equation: Equation) -> dict[str, str]:
    """What its sentence needs besides the numbers: the column of a sum of funds."""
    if equation.rule == "fund_parts_sum":
        return {"column": equation.key.partition("/")[0]}
    return {}


def _noticed(notice: Notice, severity: Severity, verdict: Verdict) -> Finding:
    params = {"variant": notice.variant, **notice.params}
    if notice.missing:
        params["missing"] = ", ".join(notice.missing)
    if notice.rule == "numbers_conserved" and notice.failed:
        verdict = "misread_suspected"
    return Finding(
        rule=notice.rule,
        verdict=verdict if notice.failed else "not_checkable",
        severity=severity if notice.failed else "information",
        fields=notice.fields,
        printed=notice.printed,
        computed=notice.computed,
        params=params,
    )
