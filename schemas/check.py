"""What the checker found: failures, what was not checkable, information, and what held."""

from typing import Literal

from schemas.base import PrintedDecimal, Record

RuleCode = Literal[
    "fund_parts_sum",
    "execution_rate",
    "budget_score",
    "weights_sum",
    "level1_weight",
    "scores_sum",
    "score_range",
    "grade_scale",
    "target_attained",
    "unit_agrees",
    "numbers_conserved",
    "revised_form",
    "repeated_project",
    "figures_differ",
    "department_total",
]

COVERING: frozenset[RuleCode] = frozenset(
    {"fund_parts_sum", "execution_rate", "budget_score", "weights_sum", "level1_weight", "scores_sum"},
)
"""The rules whose holding equation covers its numbers; the others cover nothing."""

ACROSS: frozenset[RuleCode] = frozenset({"revised_form", "repeated_project", "figures_differ", "department_total"})
"""What one form of a batch says of another: information, asked when the whole batch is there."""

Severity = Literal["error", "warning", "information"]

Verdict = Literal["source_discrepancy", "misread_suspected", "not_checkable"]


class Diagnosis(Record):
    """A set of fields whose change would make all equations hold, with how it explains itself."""

    fields: tuple[str, ...]
    explained_by: str
    """Code: `one_digit`, `lost_point`, `swapped_pair`, `shifted_column`, `other_reading`, `unexplained`."""
    would_be: tuple[str, ...] = ()
    """What each field would have to be; shown to a person, never used as a value."""


class Finding(Record):
    """One equation that failed, could not be checked, or holds only within rounding."""

    rule: RuleCode
    verdict: Verdict | None
    severity: Severity
    fields: tuple[str, ...]
    """The printed total first, then its parts."""
    printed: str | None = None
    computed: str | None = None
    slack: str | None = None
    """The largest error that the printed precision could hide; "0.00" for typed points."""
    params: dict[str, str] = {}
    """What fills the message: habit names, labels of rules, what is missing. Never a field's text."""
    diagnosis: tuple[Diagnosis, ...] = ()
    message: str = ""
    """Rendered from rule and params in the reader's language."""


class Held(Record):
    """An equation that holds, and the numbers it covers."""

    rule: RuleCode
    key: str = ""
    """Which equation of the rule. One equation gives two records where it covers some numbers only within rounding."""
    fields: tuple[str, ...]
    outcome: Literal["exact", "within_rounding"]
    slack: PrintedDecimal


class CheckReport(Record):
    """All that the rules say about one form. Not checked is never consistent."""

    findings: tuple[Finding, ...]
    held: tuple[Held, ...]
    rules_off: tuple[RuleCode, ...] = ()

    def covered(self) -> frozenset[str]:
        """Pointers of the numbers that an equation which holds covers, exactly or within rounding."""
        return frozenset(field for held in self.held if held.rule in COVERING for field in held.fields)

    def covered_exactly(self) -> frozenset[str]:
        """Pointers that an exact equation covers: the only cover for a number read by OCR."""
        return frozenset(
            field for held in self.held if held.rule in COVERING and held.outcome == "exact" for field in held.fields
        )
