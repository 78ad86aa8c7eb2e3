"""A Region, its Skeleton and the roles of its slots become a Draft: which cell is which field."""

from collections.abc import Mapping, Sequence
from typing import get_args

from pipeline.mapping.headings import kind_of, title_fields
from pipeline.mapping.labels import core, kind, label_points, labelled_value, money_unit
from pipeline.mapping.lexicon import Lexicon
from pipeline.mapping.skeleton import Closing, Column, Pair, Skeleton, Table
from schemas.amount import is_not_available, normalised
from schemas.extraction import CellUse, Draft, DraftField, DraftFund, Take
from schemas.form import FundSource
from schemas.layout import Cell, Region
from schemas.reading import Role
from schemas.run import MoneyUnit

_FUND_SOURCES: dict[Role, FundSource] = {
    "total": "total", "fiscal": "fiscal", "carryover": "carryover", "special_account": "special_account",
    "own": "own", "central": "central", "local": "local", "other": "other",
}  # fmt: skip
_FUND_NUMBERS = ("initial_budget", "adjusted_budget", "executed", "weight", "execution_rate", "score")
_TEXT_FIELDS: dict[Role, str] = {
    "project_name": "/project_name",
    "project_code": "/project_code",
    "supervising_department": "/supervising_department",
    "implementing_unit": "/implementing_unit",
    "expected_goal": "/expected_goal",
    "actual_achievement": "/actual_achievement",
    "grade": "/grade",
}
_INDICATOR_TAKES: dict[Role, Take] = {
    "name": "text",
    "actual": "quantity",
    "weight": "number",
    "score": "number",
    "deviation_note": "text",
}
_GRADES = frozenset({"优", "良", "中", "差", "优秀", "良好", "合格", "不合格", "一般"})


def draft(region: Region, skeleton: Skeleton, roles: Mapping[int, Role], lexicon: Lexicon) -> Draft:
    """Which cell is which field, under one reading of the layout; no digit is copied."""
    return _Drafter(region, skeleton, roles, lexicon).draft()


class _Drafter:
    """Walks the bones in reading order and collects fields, funds and uses."""

    def __init__(self, region: Region, skeleton: Skeleton, roles: Mapping[int, Role], lexicon: Lexicon) -> None:
        self.region = region
        self.skeleton = skeleton
        self.roles = roles
        self.lexicon = lexicon
        self.fields: list[DraftField] = []
        self.funds: list[DraftFund] = []
        self.uses: list[CellUse] = []
        self.missing: list[str] = []
        self.pointers: set[str] = set()
        self.indicators = 0
        self.extras = 0

    def draft(self) -> Draft:
        """All of it."""
        for pair in self.skeleton.pairs:
            self._pair(pair)
        for table in self.skeleton.tables:
            if table.kind == "fund":
                self._funds(table)
        for table in self.skeleton.tables:
            if table.kind == "indicator":
                self._indicators(table)
        for closing in self.skeleton.closings:
            self._closing(closing)
        self._labels_beside()
        titles, rest = title_fields(self.region, self.skeleton, self.lexicon)
        self._titles(titles)
        self.uses += [CellUse(cell=place, role="note") for place in rest]
        self._amount_unit()
        form_kind = kind_of(self.region, self.skeleton, self.roles)
        self._require_name(department=form_kind == "department_self_evaluation")
        return Draft(
            kind=form_kind,
            funds=tuple(self.funds),
            indicator_count=self.indicators,
            fields=tuple(self.fields),
            uses=tuple(self.uses),
            missing=tuple(self.missing),
        )

    def _titles(self, titles: Sequence[DraftField]) -> None:
        """Title and year; the title's year wins over a field's, which is kept as an extra."""
        for field in titles:
            own = next((known for known in self.fields if known.pointer == field.pointer), None)
            if own is not None:
                self.fields.remove(own)
                moved = {"pointer": f"/extras/{self.extras}", "take": "text"}
                self.fields.append(own.model_copy(update=moved))
                self.extras += 1
            self.pointers.add(field.pointer)
            self.fields.append(field)

    def _add(self, pointer: str, take: Take, cells: Sequence[Cell], slots: Sequence[int], *, label: str = "") -> None:
        if pointer in self.pointers:
            return
        self.pointers.add(pointer)
        ids = tuple(cell.cell_id for cell in cells)
        named = tuple(slot for slot in slots if slot)
        self.fields.append(DraftField(pointer=pointer, take=take, cells=ids, slots=named, label=label))

    def _has(self, pointer: str) -> bool:
        return pointer in self.pointers

    def _use(self, cells: Sequence[Cell], role: str) -> None:
        for cell in cells:
            if cell.text:
                self.uses.append(CellUse.model_validate({"cell": cell.cell_id, "role": role}))

    def _pair(self, pair: Pair) -> None:
        role = self.roles.get(pair.slot)
        if pair.value is None or role is None or pair.value is pair.label:
            self._labelled(pair, role)
            return
        self._use((pair.label,), "label")
        slots = (pair.slot,)
        if role == "organisation":
            pointer = "/implementing_unit" if "单位" in core(pair.label.text) else "/supervising_department"
            self._add(pointer, "text", (pair.value,), slots)
        elif role == "fiscal_year":
            self._add("/fiscal_year", "year", (pair.value,), slots, label=pair.label.text)
        elif role == "amount_unit" and normalised(pair.value.text) in get_args(MoneyUnit):
            self._add("/amount_unit", "text", (pair.value,), slots)
        elif role == "total" and kind(pair.value.text) != "text":
            self._add("/total_score", "number", (pair.value,), slots)
        elif role == "note":
            self._use((pair.value,), "note")
        elif role in _TEXT_FIELDS and not self._has(_TEXT_FIELDS[role]):
            self._add(_TEXT_FIELDS[role], "text", (pair.value,), slots)
        else:
            self._extra(pair.label.text, pair.value, slots)

    def _labelled(self, pair: Pair, role: Role | None) -> None:
        """A cell that prints label and value, or a label alone."""
        found = labelled_value(pair.label.text) if pair.value is pair.label else None
        if found is None or role is None or role == "note":
            self._use((pair.label,), "label" if found is None else "note")
            return
        pointer = _TEXT_FIELDS.get(role)
        if role == "organisation":
            pointer = "/implementing_unit" if "单位" in core(found.label) else "/supervising_department"
        if role == "fiscal_year":
            self._add("/fiscal_year", "year", (pair.label,), (pair.slot,), label=found.label)
        elif pointer is not None and not self._has(pointer):
            self._add(pointer, "labelled", (pair.label,), (pair.slot,))
        else:
            self._add(f"/extras/{self.extras}", "labelled", (pair.label,), (pair.slot,), label=found.label)
            self.extras += 1

    def _extra(self, label: str, cell: Cell, slots: Sequence[int]) -> None:
        if cell.text:
            self._add(f"/extras/{self.extras}", "text", (cell,), slots, label=label)
            self.extras += 1

    def _funds(self, table: Table) -> None:
        columns = [(index, column, self.roles.get(column.slot)) for index, column in enumerate(table.columns)]
        for _, column, _role in columns:
            self._use(column.headers, "header")
        for number, cells in enumerate(table.rows):
            slot = table.row_slots[number] if number < len(table.row_slots) else 0
            source = _FUND_SOURCES.get(self.roles.get(slot, "extra"))
            label = next((cell for cell in cells if cell is not None and kind(cell.text) == "text"), None)
            if source is None or label is None:
                self._loose_fund_row(table, number, label, slot)
                continue
            index = len(self.funds)
            self.funds.append(DraftFund(source=source, label_cell=label.cell_id, slots=(slot,)))
            extras = 0
            for position, column, role in columns:
                cell = cells[position]
                if cell is label or role is None or not self._begins(table, number, position):
                    continue
                if cell is None:
                    self.missing += [f"/funds/{index}/{role}"] if role in _FUND_NUMBERS else []
                elif role in _FUND_NUMBERS:
                    self._add(f"/funds/{index}/{role}", "number", (cell,), (column.slot, slot))
                elif cell.text and role != "source":
                    pointer = f"/funds/{index}/extras/{extras}"
                    self._add(pointer, "text", (cell,), (column.slot,), label=column.text)
                    extras += 1
        self._budget_points(table)

    def _loose_fund_row(self, table: Table, number: int, label: Cell | None, slot: int) -> None:
        """A row that is no source of funds goes to the form's extras, cell by cell."""
        if label is not None:
            self._use((label,), "label")
        if self.roles.get(slot) != "extra" or label is None:
            return
        for position, column in enumerate(table.columns):
            cell = table.rows[number][position]
            if cell is not None and cell is not label:
                self._extra(f"{label.text} {column.text}", cell, (slot, column.slot))

    def _budget_points(self, table: Table) -> None:
        """Points printed only in the budget's own header or label: 预算执行情况(10分), 得分(20分*执行率)."""
        if not self.funds or any(self.roles.get(column.slot) == "weight" for column in table.columns):
            return
        headers = [cell for column in table.columns for cell in column.headers]
        for cell in (*table.sides, *self._sides_beside(table), *headers):
            if label_points(cell.text) is not None:
                self._add("/funds/0/weight", "points", (cell,), ())
                return

    def _sides_beside(self, table: Table) -> list[Cell]:
        rows = {cell.row for row in table.rows for cell in row if cell is not None}
        return [side for side in self.skeleton.sides if rows & set(range(side.row, side.row_end))]

    @staticmethod
    def _begins(table: Table, number: int, position: int) -> bool:
        """True unless the cell is merged down from the row above: its number belongs to that row."""
        return (
            number == 0
            or table.rows[number][position] is None
            or (table.rows[number][position] is not table.rows[number - 1][position])
        )

    def _indicators(self, table: Table) -> None:
        columns = [(index, column, self.roles.get(column.slot)) for index, column in enumerate(table.columns)]
        for _, column, _role in columns:
            self._use(column.headers, "header")
        for number, cells in enumerate(table.rows):
            if _is_filler(cells, columns):
                for cell in cells:
                    if cell is not None and cell.row_span == 1:
                        self._use((cell,), "note")
                continue
            if self.indicators and _is_breakdown(cells, columns):
                self._breakdown(table, number, columns)
                continue
            self._indicator(table, number, columns)

    def _breakdown(self, table: Table, number: int, columns: Sequence[tuple[int, Column, Role | None]]) -> None:
        """A row 其中… goes to the extras of the indicator above it, cell by cell; merged cells are that one's own."""
        base = f"/indicators/{self.indicators - 1}"
        cells = table.rows[number]
        own = [
            (column, role, cell)
            for position, column, role in columns
            if (cell := cells[position]) is not None and self._begins(table, number, position)
        ]
        label = next(cell for _, role, cell in own if role == "name")
        self._use((label,), "label")
        for column, role, cell in own:
            if cell is label or is_not_available(cell.text):
                continue
            if role in {"level1", "level2"}:
                self._use((cell,), "label")
                continue
            taken = sum(pointer.startswith(f"{base}/extras/") for pointer in self.pointers)
            name = f"{label.text} {column.text}"
            self._add(f"{base}/extras/{taken}", "text", (cell,), (column.slot,), label=name)

    def _indicator(self, table: Table, number: int, columns: Sequence[tuple[int, Column, Role | None]]) -> None:
        base = f"/indicators/{self.indicators}"
        self.indicators += 1
        cells = table.rows[number]
        extras = 0
        target: list[tuple[Role, Cell, int]] = []
        for position, column, role in columns:
            cell = cells[position]
            if role is None:
                continue
            if cell is None:
                self.missing += [f"{base}/{role}"] if role in {"name", "actual", "weight", "score"} else []
            elif role in {"operator", "target", "unit"}:
                target.append((role, cell, column.slot))
            elif role in {"level1", "level2"}:
                extras += self._level(base, role, cell, column.slot, extras)
            elif role in _INDICATOR_TAKES:
                if role not in {"weight", "score"} or self._begins(table, number, position):
                    self._add(f"{base}/{role}", _INDICATOR_TAKES[role], (cell,), (column.slot,))
            elif cell.text:
                self._add(f"{base}/extras/{extras}", "text", (cell,), (column.slot,), label=column.text)
                extras += 1
        self._target(base, target)

    def _level(self, base: str, role: Role, cell: Cell, slot: int, extras: int) -> int:
        """A level label and its points; gives how many extras it added."""
        self._add(f"{base}/{role}", "level", (cell,), (slot,))
        if label_points(cell.text) is None:
            return 0
        if role == "level1":
            self._add(f"{base}/level1_weight", "points", (cell,), (slot,))
            return 0
        self._add(f"{base}/extras/{extras}", "points", (cell,), (slot,), label=cell.text)
        return 1

    def _target(self, base: str, parts: Sequence[tuple[Role, Cell, int]]) -> None:
        order: tuple[Role, ...] = ("operator", "target", "unit")
        ordered = sorted(parts, key=lambda part: order.index(part[0]))
        if not ordered or not any(role == "target" for role, _, _ in ordered):
            return
        slots = tuple(slot for _, _, slot in ordered if slot)
        cells = tuple(cell.cell_id for _, cell, _ in ordered)
        names = {"operator": "operator", "target": "value", "unit": "unit"}
        split = tuple(names[role] for role, _, _ in ordered) if len(ordered) > 1 else ()
        self.fields.append(
            DraftField.model_validate(
                {"pointer": f"{base}/target", "take": "quantity", "cells": cells, "parts": split, "slots": slots},
            ),
        )

    def _closing(self, closing: Closing) -> None:
        role = self.roles.get(closing.slot)
        self._use((closing.label,), "label")
        slots = (closing.slot,)
        if role == "note":
            self._use([cell for _, cell in closing.cells], "note")
        elif role == "grade":
            filled = [cell for _, cell in closing.cells if cell.text] or [cell for _, cell in closing.cells]
            self._add("/grade", "text", filled[:1], slots)
            for cell in filled[1:]:
                self._extra(closing.label.text, cell, slots)
        elif role == "total":
            self._total(closing, slots)
        elif role == "extra":
            for _, cell in closing.cells:
                self._extra(closing.label.text, cell, slots)

    def _total(self, closing: Closing, slots: tuple[int, ...]) -> None:
        """Totals stand in the columns of what they add up; where cells span columns, weight before score."""
        table = self.skeleton.table("indicator")
        column_slots = [column.slot for column in table.columns] if table else []
        numbers = [(index, cell) for index, cell in closing.cells if kind(cell.text) == "number"]
        placed = {self.roles.get(column_slots[index]) for index, _ in numbers if index is not None}
        aligned = bool(numbers) and len(placed & {"weight", "score"}) == len(numbers)
        names = ("weight", "score") if len(numbers) == 2 else ("score",)  # noqa: PLR2004 - a pair of totals
        for position, (index, cell) in enumerate(numbers):
            by_column = self.roles.get(column_slots[index]) if index is not None else None
            name = by_column if aligned else names[min(position, len(names) - 1)]
            rests = (*slots, column_slots[index]) if aligned and index is not None else slots
            self._add(f"/total_{name}", "number", (cell,), rests)
        for index, cell in closing.cells:
            by_column = self.roles.get(column_slots[index]) if index is not None and column_slots else None
            if kind(cell.text) == "text" and cell.text in _GRADES and not self._has("/grade"):
                self._add("/grade", "text", (cell,), slots)
            elif kind(cell.text) in {"text", "quantity"}:
                self._extra(closing.label.text, cell, slots)
            elif not cell.text and by_column in {"weight", "score"} and aligned:
                self._add(f"/total_{by_column}", "number", (cell,), (*slots, column_slots[index or 0]))

    def _labels_beside(self) -> None:
        for table in self.skeleton.tables:
            self._use(table.sides, "label")
        self._use(self.skeleton.sides, "label")

    def _amount_unit(self) -> None:
        """The unit of money stands in the corner of the funds table, in its header, or in a line of its own."""
        if self._has("/amount_unit"):
            return
        table = self.skeleton.table("fund")
        near = [*table.sides, *(cell for column in table.columns for cell in column.headers)] if table else []
        for cell in (*near, *self.skeleton.sides, *self.skeleton.headings):
            if money_unit(cell.text):
                self._add("/amount_unit", "unit", (cell,), ())
                return
        for line in self.region.heading:
            if money_unit(line.text):
                self.pointers.add("/amount_unit")
                self.fields.append(DraftField(pointer="/amount_unit", take="unit", cells=(line.line_id,)))
                return

    def _require_name(self, *, department: bool) -> None:
        if department:
            if not (self._has("/supervising_department") or self._has("/implementing_unit")):
                self.missing.append("/supervising_department")
        elif not self._has("/project_name"):
            self.missing.append("/project_name")


def _is_breakdown(cells: Sequence[Cell | None], columns: Sequence[tuple[int, Column, Role | None]]) -> bool:
    """True for a row 其中：… that divides the indicator above it."""
    names = (cells[position] for position, _, role in columns if role == "name")
    return any(cell is not None and normalised(cell.text).startswith("其中") for cell in names)


def _is_filler(cells: Sequence[Cell | None], columns: Sequence[tuple[int, Column, Role | None]]) -> bool:
    """True for rows such as 指标2： or …… that hold an ordinal and nothing else."""
    for position, _, role in columns:
        cell = cells[position]
        if cell is None or role in {"level1", "level2"} or not core(cell.text).strip("…."):
            continue
        if role == "name" and core(cell.text).strip("0123456789…:") in {"指标", ""}:
            continue
        return False
    return True
