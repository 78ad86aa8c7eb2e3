"""Rows of tables come in, forms go out: the script that one writes in an afternoon, with a list of known headers.

It knows every word that hedui's lexicon knows. It looks for header rows, reads what stands below them by column, and
takes a label's value from the next filled cell. It proves nothing and has no doubt.
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import get_args

from eval.baselines.shape import PlainExtra, PlainForm, PlainFund, PlainIndicator
from eval.baselines.texts import is_title
from pipeline.mapping.labels import core, money_unit
from pipeline.mapping.lexicon import standard
from schemas.form import FundSource
from schemas.reading import Role, Section

_ROW = frozenset(PlainIndicator.model_fields) - {"extras"}

LEAST_HEADERS = 3
"""A row with so many known headers is a header row."""


def forms_of(rows: Iterable[Sequence[str]]) -> tuple[PlainForm, ...]:
    """Every form with at least one indicator."""
    found: list[_Form] = []
    for row in rows:
        cells = [cell.strip() for cell in row]
        if is_title(cells):
            found.append(_Form(next(cell for cell in cells if cell)))
        elif found:
            found[-1].take(cells)
    return tuple(form.plain() for form in found if form.indicators)


class _Form:
    """One form while its rows come in."""

    def __init__(self, title: str) -> None:
        self.fields: dict[str, str] = {"title": title}
        self.funds: list[dict[str, str]] = []
        self.indicators: list[PlainIndicator] = []
        self.extras: list[PlainExtra] = []
        self.columns: dict[int, Role] = {}
        self.headers: list[str] = []
        self.table: Section | None = None
        self.goals: list[tuple[int, Role]] = []

    def take(self, cells: Sequence[str]) -> None:
        """One row more."""
        if self.goals:
            self._goal_texts(cells)
            return
        for section in ("indicator_column", "fund_column"):
            roles = _roles(section, cells)
            if len(roles) >= LEAST_HEADERS:
                self.columns, self.table = roles, section
                self.headers = list(cells)
                self._unit(cells)
                return
        goals = {at: role for at, role in _roles("goal", cells).items() if role != "section"}
        if len(goals) > 1:
            self.goals = list(goals.items())
            return
        if self.table == "fund_column" and self._fund(cells):
            return
        if self.table == "indicator_column" and (self._closing(cells) or self._indicator(cells)):
            return
        self._pairs(cells)

    def plain(self) -> PlainForm:
        """What was collected."""
        sources = get_args(FundSource)
        funds = [PlainFund.model_validate(fund) for fund in self.funds if fund["source"] in sources]
        return PlainForm.model_validate(
            {**self.fields, "funds": funds, "indicators": self.indicators, "extras": tuple(self.extras)},
        )

    def _goal_texts(self, cells: Sequence[str]) -> None:
        for at, role in self.goals:
            if at < len(cells) and cells[at]:
                self.fields.setdefault(role, cells[at])
        self.goals = []

    def _fund(self, cells: Sequence[str]) -> bool:
        label = next((cell for cell in cells if cell and standard().role("fund_row", cell)), None)
        if label is None:
            return False
        row = {"source": str(standard().role("fund_row", label)), "label": label}
        for at, role in self.columns.items():
            if role in PlainFund.model_fields and role not in row and at < len(cells):
                row[role] = cells[at]
        self.funds.append(row)
        self._unit(cells)
        return True

    def _indicator(self, cells: Sequence[str]) -> bool:
        row: dict[str, str] = {
            role: cells[at] for at, role in self.columns.items() if role in _ROW and at < len(cells) and cells[at]
        }
        if "name" not in row:
            return False
        before = self.indicators[-1] if self.indicators else PlainIndicator()
        # A merged cell prints its label once.
        if "level1" not in row and before.level1 is not None:
            row["level1"] = before.level1
            if "level2" not in row and before.level2 is not None:
                row["level2"] = before.level2
        beside = [at for at, role in self.columns.items() if role == "extra" and at < len(cells) and cells[at]]
        extras = tuple(PlainExtra(label=self.headers[at], text=cells[at]) for at in beside)
        self.indicators.append(PlainIndicator.model_validate({**row, "extras": extras}))
        return True

    def _closing(self, cells: Sequence[str]) -> bool:
        labels = [cell for cell in cells if cell]
        role = standard().role("total_row", labels[0]) if labels else None
        if role == "grade":
            self.fields["grade"] = labels[-1]
        elif role == "total":
            for at, column in self.columns.items():
                if column in {"weight", "score"} and at < len(cells) and cells[at]:
                    self.fields[f"total_{column}"] = cells[at]
        return role is not None

    def _pairs(self, cells: Sequence[str]) -> None:
        filled = [cell for cell in cells if cell]
        for label, value in pairwise(filled):
            role = standard().role("field", label)
            if role == "organisation":
                role = "implementing_unit" if "单位" in core(label) else "supervising_department"
            if role in PlainForm.model_fields and role not in {"funds", "indicators", "extras"}:
                self.fields.setdefault(role, value)
            elif role == "total":
                self.fields.setdefault("total_score", value)
            elif role == "extra":
                self.extras.append(PlainExtra(label=label, text=value))
        if len(filled) == 1 and "年" in filled[0]:
            self.fields.setdefault("fiscal_year", filled[0])
        self._unit(cells)

    def _unit(self, cells: Sequence[str]) -> None:
        unit = next((unit for cell in cells if (unit := money_unit(cell))), None)
        if unit:
            self.fields.setdefault("amount_unit", unit)


def _roles(section: Section, cells: Sequence[str]) -> dict[int, Role]:
    return {at: role for at, cell in enumerate(cells) if cell and (role := standard().role(section, cell)) is not None}
