"""Records of published forms come in, the rules' findings are held against a table made by a person's eye.

`layouts.json` holds what was seen of forms of twenty departments, `layouts-expected.json` what the rules must say of
them. The table was committed before any rule was run on the records.
"""

import re
from pathlib import Path
from typing import NamedTuple, TypeVar, cast

from pydantic import ConfigDict, TypeAdapter, ValidationError

from eval.checker.grounded import grounded
from pipeline.checks import check
from pipeline.ground import Place, take
from pipeline.mapping.labels import label_points, without_points
from pipeline.mapping.lexicon import standard
from pipeline.quantities import Part, quantity, split_quantity
from schemas.base import Record
from schemas.check import Finding, RuleCode, Severity, Verdict
from schemas.errors import UsageError
from schemas.extraction import DraftField, Extraction
from schemas.form import FundLine, FundSource, IndicatorRow, Quantity, SelfEvaluation

SUMS: frozenset[RuleCode] = frozenset({"weights_sum", "scores_sum", "level1_weight"})
"""Rules that need all rows of the indicators: judged only on records marked complete."""

_COLUMNS = {
    "budget_start": "initial_budget",
    "budget_full": "adjusted_budget",
    "executed": "executed",
    "weight": "weight",
    "rate": "execution_rate",
    "score": "score",
}
_Read = TypeVar("_Read")

_PARTS: tuple[tuple[str, Part], ...] = (("operator", "operator"), ("target", "value"), ("unit", "unit"))


class _Open(Record):
    """A record of which only some fields concern the rules."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class SeenFund(_Open):
    """A fund row as it was seen."""

    name: str
    budget_start: str | None = None
    budget_full: str | None = None
    executed: str | None = None
    weight: str | None = None
    rate: str | None = None
    score: str | None = None


class SeenIndicator(_Open):
    """An indicator as it was seen."""

    level1: str | None = None
    name: str | None = None
    operator: str | None = None
    target: str | None = None
    unit: str | None = None
    actual: str | None = None
    weight: str | None = None
    score: str | None = None
    note: str | None = None


class SeenForm(_Open):
    """One form as it was seen."""

    project_name: str | None
    currency_unit: str | None
    complete_in_excerpt: bool
    funds: tuple[SeenFund, ...]
    indicators: tuple[SeenIndicator, ...]
    total_weight: str | None
    total_score: str | None
    grade: str | None


class SeenLayout(_Open):
    """A layout with the forms seen of it."""

    id: str
    records: tuple[SeenForm, ...]


class Expected(Record):
    """One thing that the rules must say of a record; what is not in the table they must not say."""

    record: str
    rule: RuleCode
    fields: tuple[str, ...]
    verdict: Verdict | None
    severity: Severity
    why: str


class Table(Record):
    """`layouts-expected.json`."""

    about: str
    records: tuple[str, ...]
    expected: tuple[Expected, ...]


class Judged(NamedTuple):
    """One record under the rules."""

    record: str
    complete: bool
    extraction: Extraction
    findings: tuple[Finding, ...]
    """Without those that an incomplete record does not allow."""


class Disagreement(Record):
    """Where the rules and the table differ: one of both says nothing, or another verdict."""

    record: str
    rule: RuleCode
    fields: tuple[str, ...]
    expected: str | None
    found: str | None


def judged(folder: Path) -> tuple[Judged, ...]:
    """Every record of `layouts.json` with what the rules say of it; raises UsageError if it is damaged."""
    layouts = _read(folder / "layouts.json", TypeAdapter(tuple[SeenLayout, ...]))
    return tuple(_judge(f"{layout.id}/{at}", record) for layout in layouts for at, record in enumerate(layout.records))


def expected(folder: Path) -> Table:
    """The table; raises UsageError if it is damaged."""
    return _read(folder / "layouts-expected.json", TypeAdapter(Table))


def disagreements(records: tuple[Judged, ...], table: Table) -> tuple[Disagreement, ...]:
    """Every difference between what the rules say and the table."""
    said = {
        (record.record, finding.rule, finding.fields): f"{finding.severity} {finding.verdict or 'none'}"
        for record in records
        for finding in record.findings
    }
    told = {(row.record, row.rule, row.fields): f"{row.severity} {row.verdict or 'none'}" for row in table.expected}
    return tuple(
        Disagreement(record=key[0], rule=key[1], fields=key[2], expected=told.get(key), found=said.get(key))
        for key in sorted({*said, *told})
        if said.get(key) != told.get(key)
    )


def _judge(name: str, record: SeenForm) -> Judged:
    form, cells = _form(record)
    extraction = grounded(form, "on", cells)
    findings = tuple(
        finding for finding in check(extraction).findings if record.complete_in_excerpt or finding.rule not in SUMS
    )
    return Judged(name, record.complete_in_excerpt, extraction, findings)


def _form(record: SeenForm) -> tuple[SelfEvaluation, dict[str, str]]:
    """The form as hedui's own cutting reads these cells, and the texts of its fund cells."""
    cells: dict[str, str] = {}
    funds = []
    for at, fund in enumerate(record.funds):
        numbers = {}
        for seen, column in _COLUMNS.items():
            text: str | None = getattr(fund, seen)
            value = _number(text)
            if value is not None and text is not None:
                numbers[column] = value
                cells[f"/funds/{at}/{column}"] = _figures(text)
        funds.append(FundLine.model_validate({"source": _source(fund.name), "label": fund.name, **numbers}))
    form = SelfEvaluation.model_validate(
        {
            "project_name": record.project_name,
            "amount_unit": record.currency_unit,
            "funds": tuple(funds),
            "indicators": tuple(_indicator(row) for row in record.indicators),
            "total_weight": _number(record.total_weight),
            "total_score": _number(record.total_score),
            "grade": record.grade,
        },
    )
    return form, cells


def _indicator(row: SeenIndicator) -> IndicatorRow:
    level = row.level1
    return IndicatorRow.model_validate(
        {
            "level1": without_points(level) if level else None,
            "level1_weight": label_points(level) if level else None,
            "name": row.name,
            "target": _target(row),
            "actual": quantity(row.actual) if row.actual else None,
            "weight": _number(row.weight),
            "score": _number(row.score),
        },
    )


def _target(row: SeenIndicator) -> Quantity | None:
    parts = [(part, text) for seen, part in _PARTS if (text := cast("str | None", getattr(row, seen)))]
    return split_quantity(parts) if parts else None


def _number(text: str | None) -> object:
    """The number of a cell as hedui cuts it; None where there is none."""
    if text is None:
        return None
    field = DraftField(pointer="/number", take="number", cells=("cell",))
    return take(field, (Place("cell", text, (), "text", (), 1, 1, hidden_text=False),)).value


def _figures(text: str) -> str:
    """The number in a cell, with its % sign and without a unit of money."""
    return re.sub(r"[^0-9.,%+-]", "", text)


def _source(label: str) -> FundSource:
    role = standard().role("fund_row", label)
    return cast("FundSource", role) if role not in {None, "extra"} else "other"


def _read(path: Path, adapter: TypeAdapter[_Read]) -> _Read:
    try:
        return adapter.validate_json(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UsageError("gold.missing", path=str(path)) from None
    except ValidationError as error:
        raise UsageError("gold.damaged", path=str(path), errors=error.error_count()) from None
