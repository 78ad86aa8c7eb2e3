"""The strict output schema: one self-evaluation form. Absent in the form is None."""

from typing import Literal

from schemas.base import PrintedDecimal, Record

FormKind = Literal["project_self_evaluation", "department_self_evaluation", "transfer_self_evaluation"]

FundSource = Literal["total", "fiscal", "carryover", "special_account", "own", "central", "local", "other"]

Operator = Literal["≥", "≤", "=", ">", "<"]


class Extra(Record):
    """What the schema has no place for, under its printed label."""

    label: str
    text: str


class FundLine(Record):
    """One row of the funds table. Amounts in the form's `amount_unit`, rate and score as printed."""

    source: FundSource
    label: str
    initial_budget: PrintedDecimal | None = None
    adjusted_budget: PrintedDecimal | None = None
    executed: PrintedDecimal | None = None
    weight: PrintedDecimal | None = None
    execution_rate: PrintedDecimal | None = None
    score: PrintedDecimal | None = None
    extras: tuple[Extra, ...] = ()


class Quantity(Record):
    """A target or an actual. `value` and `unit` only if the cell is [operator] one number [unit]."""

    text: str
    operator: Operator | None = None
    value: PrintedDecimal | None = None
    unit: str | None = None


class IndicatorRow(Record):
    """One third-level indicator."""

    level1: str | None = None
    level1_weight: PrintedDecimal | None = None
    level2: str | None = None
    name: str | None = None
    target: Quantity | None = None
    actual: Quantity | None = None
    weight: PrintedDecimal | None = None
    score: PrintedDecimal | None = None
    deviation_note: str | None = None
    extras: tuple[Extra, ...] = ()


class SelfEvaluation(Record):
    """One 绩效自评表 as printed: nothing computed, nothing repaired."""

    kind: FormKind = "project_self_evaluation"
    title: str | None = None
    fiscal_year: int | None = None
    project_name: str | None = None
    project_code: str | None = None
    supervising_department: str | None = None
    implementing_unit: str | None = None
    amount_unit: str | None = None
    funds: tuple[FundLine, ...] = ()
    expected_goal: str | None = None
    actual_achievement: str | None = None
    indicators: tuple[IndicatorRow, ...] = ()
    total_weight: PrintedDecimal | None = None
    total_score: PrintedDecimal | None = None
    grade: str | None = None
    extras: tuple[Extra, ...] = ()
