"""A SelfEvaluation comes in, the ruled table that prints it goes out: cells with their spans, no widths."""

import re
from collections.abc import Iterator
from decimal import Decimal
from itertools import groupby, zip_longest
from typing import Literal, NamedTuple

from schemas.base import Record
from schemas.form import FundLine, IndicatorRow, Quantity, SelfEvaluation

COLUMNS = 10
"""Columns of the grid beneath every row; a row's own cells span one or more of them."""

Align = Literal["left", "centre"]

_POINT = re.compile(r"(?=(?<![0-9])[0-9]{1,2}、|(?<![一二三四五六七八九十])[一二三四五六七八九十]{1,2}、)")


class Printed(Record):
    """One merged cell; `lines` are the author's own line breaks, wraps come from the width."""

    row: int
    column: int
    rowspan: int = 1
    colspan: int = 1
    lines: tuple[str, ...] = ("",)
    align: Align = "centre"
    fields: tuple[str, ...] = ()
    """Pointers of the labelled values that it prints; none where nobody asks (a template, an index)."""
    heads: bool = False
    """True for a heading of columns."""


class Ruled(Record):
    """Cells in a grid; `rows` counts its rows."""

    rows: int
    cells: tuple[Printed, ...]


class Table(Ruled):
    """One form as typeset: two centred lines above a table of `rows` by COLUMNS."""

    title: str
    year: str


class Slot(NamedTuple):
    """Columns of the grid that one cell of a row covers."""

    first: int
    end: int


_NAME_VALUE = (Slot(0, 2), Slot(2, 10))
_NAME_VALUE_TWICE = (Slot(0, 2), Slot(2, 5), Slot(5, 6), Slot(6, 10))
_FUND = (Slot(2, 3), Slot(3, 4), Slot(4, 5), Slot(5, 6), Slot(6, 7), Slot(7, 8), Slot(8, 10))
_GOAL = (Slot(1, 5), Slot(5, 10))
_INDICATOR = (Slot(2, 4), Slot(4, 6), Slot(6, 7), Slot(7, 8), Slot(8, 9), Slot(9, 10))
_FUND_FIELDS = ("label", "initial_budget", "adjusted_budget", "executed", "weight", "execution_rate", "score")
_INDICATOR_FIELDS = ("name", "target", "actual", "weight", "score", "deviation_note")
_TOTAL = (Slot(0, 7), Slot(7, 8), Slot(8, 9), Slot(9, 10))
_GRADE = (Slot(0, 7), Slot(7, 10))


def table(form: SelfEvaluation) -> Table:
    """The form's table: head, funds, goals, indicators under merged levels, totals."""
    cells: list[Printed] = []
    cells += _row(0, _NAME_VALUE, ("项目名称", form.project_name), (None, "/project_name"))
    cells += _row(
        1,
        _NAME_VALUE_TWICE,
        ("主管部门", form.supervising_department, "实施单位", form.implementing_unit),
        (None, "/supervising_department", None, "/implementing_unit"),
    )
    row = 2
    cells += _funds(row, form)
    row += 1 + len(form.funds)
    cells += _goals(row, form)
    row += 2
    headers = ("三级指标", "年度指标值", "实际完成值", "分值", "得分", "偏差原因分析及改进措施")
    cells += _row(row, (Slot(0, 1), Slot(1, 2), *_INDICATOR), ("一级指标", "二级指标", *headers))
    row += 1
    cells += _indicators(row, form.indicators)
    row += len(form.indicators)
    total = ("总分", number(form.total_weight), number(form.total_score), "")
    cells += _row(row, _TOTAL, total, (None, "/total_weight", "/total_score", None))
    cells += _row(row + 1, _GRADE, ("评分等级", form.grade), (None, "/grade"))
    return Table(
        title=form.title or "",
        year=f"（{form.fiscal_year}年度）" if form.fiscal_year else "",
        rows=row + 2,
        cells=tuple(cells),
    )


def number(value: Decimal | None) -> str:
    """A number as printed in a column of points: its own decimals, nothing where there is none."""
    return "" if value is None else format(value, "f")


def money(value: Decimal | None) -> str:
    """A number as printed in the funds table: separators by three, a dash where there is none."""
    return "-" if value is None else format(value, ",f")


def points(text: str) -> tuple[str, ...]:
    """A goal's numbered points, one a line: `1、…2、…` or `一、…二、…`; joined they are the text again."""
    return tuple(part for part in _POINT.split(text) if part) or ("",)


def _row(
    row: int,
    slots: tuple[Slot, ...],
    texts: tuple[str | None, ...],
    pointers: tuple[str | None, ...] = (),
) -> Iterator[Printed]:
    """One row's cells; `pointers` say which value of the form each prints, where it has one."""
    for slot, text, pointer in zip_longest(slots, texts, pointers):
        fields = (pointer,) if pointer and text else ()
        yield Printed(row=row, column=slot.first, colspan=slot.end - slot.first, lines=(text or "",), fields=fields)


def _funds(row: int, form: SelfEvaluation) -> Iterator[Printed]:
    unit = f"（{form.amount_unit}）" if form.amount_unit else ""
    fields = ("/amount_unit",) if form.amount_unit else ()
    yield Printed(row=row, column=0, rowspan=1 + len(form.funds), colspan=2, lines=("项目资金", unit), fields=fields)
    headers = ("", "年初预算数", "全年预算数", "全年执行数", "分数", "执行率(%)", "得分")
    yield from _row(row, _FUND, headers)
    for at, fund in enumerate(form.funds):
        label, *others = _row(row + 1 + at, _FUND, _fund_texts(fund), _pointers(f"/funds/{at}", fund, _FUND_FIELDS))
        yield label.model_copy(update={"fields": (*label.fields, f"/funds/{at}/source")})
        yield from others


def _pointers(base: str, row: FundLine | IndicatorRow, names: tuple[str, ...]) -> tuple[str | None, ...]:
    """Where the row's values stand in the form; None for those that it has not."""
    return tuple(None if getattr(row, name) is None else f"{base}/{name}" for name in names)


def _fund_texts(fund: FundLine) -> tuple[str, ...]:
    label = f"{fund.label}：" if fund.source == "total" else fund.label
    amounts = (fund.initial_budget, fund.adjusted_budget, fund.executed)
    return label, *(money(value) for value in (*amounts, fund.weight, fund.execution_rate, fund.score))


def _goals(row: int, form: SelfEvaluation) -> Iterator[Printed]:
    yield Printed(row=row, column=0, rowspan=2, lines=("年度总体目标",))
    yield from _row(row, _GOAL, ("预期目标", "实际完成情况"))
    goals = {"expected_goal": form.expected_goal, "actual_achievement": form.actual_achievement}
    for slot, (name, text) in zip(_GOAL, goals.items(), strict=True):
        yield Printed(
            row=row + 1,
            column=slot.first,
            colspan=slot.end - slot.first,
            lines=points(text or ""),
            align="left",
            fields=(f"/{name}",) if text else (),
        )


def _indicators(row: int, indicators: tuple[IndicatorRow, ...]) -> Iterator[Printed]:
    numbered = list(enumerate(indicators))
    for level1, below1 in groupby(numbered, key=lambda item: item[1].level1):
        group = tuple(below1)
        yield _level(row, 0, "level1", level1, group)
        for level2, below2 in groupby(group, key=lambda item: item[1].level2):
            block = tuple(below2)
            yield _level(row, 1, "level2", level2, block)
            for at, indicator in block:
                pointers = _pointers(f"/indicators/{at}", indicator, _INDICATOR_FIELDS)
                yield from _row(row + at, _INDICATOR, _indicator_texts(indicator), pointers)


def _level(row: int, column: int, name: str, text: str | None, group: tuple[tuple[int, IndicatorRow], ...]) -> Printed:
    """One label merged over the rows that share it."""
    fields = tuple(f"/indicators/{at}/{name}" for at, _ in group) if text else ()
    return Printed(row=row + group[0][0], column=column, rowspan=len(group), lines=(text or "",), fields=fields)


def _indicator_texts(indicator: IndicatorRow) -> tuple[str | None, ...]:
    def text(quantity: Quantity | None) -> str:
        return quantity.text if quantity else ""

    return (
        indicator.name,
        text(indicator.target),
        text(indicator.actual),
        number(indicator.weight),
        number(indicator.score),
        indicator.deviation_note,
    )
