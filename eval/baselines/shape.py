"""A form as a model types it out, or a script collects it, comes in; a SelfEvaluation goes out.

The same fields as hedui's, raw strings only. Numbers, targets and years are cleaned by hedui's own rules: no way
loses for a comma or a per cent sign.
"""

import re
from decimal import Decimal

from pipeline.quantities import quantity
from schemas.amount import Amount, is_not_available, normalised
from schemas.base import Record
from schemas.form import Extra, FundLine, FundSource, IndicatorRow, SelfEvaluation

_YEAR = re.compile(r"((?:19|20)[0-9]{2})")
_YEAR_IN_TITLE = re.compile(r"\s*[(（]\s*(?:19|20)[0-9]{2}\s*年?度?\s*[)）]\s*")
_POINTS = re.compile(r"\s*[(（][0-9.]+分?[)）]\s*$")
_UNITS = re.compile(r"亿元|万元|千元|元")


class PlainExtra(Record):
    """What has no field, under its label."""

    label: str
    text: str


class PlainFund(Record):
    """One row of the funds table."""

    source: FundSource
    label: str
    initial_budget: str | None = None
    adjusted_budget: str | None = None
    executed: str | None = None
    weight: str | None = None
    execution_rate: str | None = None
    score: str | None = None


class PlainIndicator(Record):
    """One third-level indicator."""

    level1: str | None = None
    level2: str | None = None
    name: str | None = None
    target: str | None = None
    actual: str | None = None
    weight: str | None = None
    score: str | None = None
    deviation_note: str | None = None
    extras: tuple[PlainExtra, ...] = ()


class PlainForm(Record):
    """One form, typed out."""

    title: str | None = None
    fiscal_year: str | None = None
    project_name: str | None = None
    project_code: str | None = None
    supervising_department: str | None = None
    implementing_unit: str | None = None
    amount_unit: str | None = None
    funds: tuple[PlainFund, ...] = ()
    expected_goal: str | None = None
    actual_achievement: str | None = None
    indicators: tuple[PlainIndicator, ...] = ()
    total_weight: str | None = None
    total_score: str | None = None
    grade: str | None = None
    extras: tuple[PlainExtra, ...] = ()


def form_of(plain: PlainForm) -> SelfEvaluation:
    """The strict schema; what is no number where one belongs is null."""
    title = _YEAR_IN_TITLE.sub("", plain.title or "").strip()
    year = _YEAR.search(normalised(plain.fiscal_year or plain.title or ""))
    unit = _UNITS.search(plain.amount_unit or "")
    return SelfEvaluation(
        kind="project_self_evaluation" if plain.project_name else "department_self_evaluation",
        title=title or None,
        fiscal_year=int(year.group(1)) if year else None,
        project_name=_text(plain.project_name),
        project_code=_text(plain.project_code),
        supervising_department=_text(plain.supervising_department),
        implementing_unit=_text(plain.implementing_unit),
        amount_unit=unit.group() if unit else None,
        funds=tuple(_fund(fund) for fund in plain.funds),
        expected_goal=_text(plain.expected_goal),
        actual_achievement=_text(plain.actual_achievement),
        indicators=tuple(_indicator(row) for row in plain.indicators),
        total_weight=_number(plain.total_weight),
        total_score=_number(plain.total_score),
        grade=_text(plain.grade),
        extras=_extras(plain.extras),
    )


def _fund(fund: PlainFund) -> FundLine:
    return FundLine(
        source=fund.source,
        label=fund.label.strip().rstrip(":："),
        initial_budget=_number(fund.initial_budget),
        adjusted_budget=_number(fund.adjusted_budget),
        executed=_number(fund.executed),
        weight=_number(fund.weight),
        execution_rate=_number(fund.execution_rate),
        score=_number(fund.score),
    )


def _indicator(row: PlainIndicator) -> IndicatorRow:
    return IndicatorRow(
        level1=_text(_POINTS.sub("", row.level1 or "")),
        level2=_text(_POINTS.sub("", row.level2 or "")),
        name=_text(row.name),
        target=quantity(row.target) if row.target else None,
        actual=quantity(row.actual) if row.actual else None,
        weight=_number(row.weight),
        score=_number(row.score),
        deviation_note=_text(row.deviation_note),
        extras=_extras(row.extras),
    )


def _extras(extras: tuple[PlainExtra, ...]) -> tuple[Extra, ...]:
    return tuple(Extra(label=extra.label, text=extra.text) for extra in extras if extra.text.strip())


def _text(text: str | None) -> str | None:
    return None if text is None or is_not_available(text) else text.strip()


def _number(text: str | None) -> Decimal | None:
    amount = Amount.parse(text) if text else None
    return amount.value if amount is not None else None
