"""A Region, its Skeleton and the roles of its slots become a Draft: which cell is which field."""

from collections.abc import Mapping, Sequence
from typing import get_args

from pipeline.mapping.below import own_notes
from pipeline.mapping.bones import Closing, Pair, Skeleton
from pipeline.mapping.collected import Collected
from pipeline.mapping.draft_tables import draft_funds
from pipeline.mapping.draft_twice import draft_all_indicators
from pipeline.mapping.headings import kind_of, title_fields
from pipeline.mapping.labels import kind, labelled_value, money_unit, names_a_unit
from pipeline.mapping.lexicon import Lexicon
from schemas.amount import normalised
from schemas.extraction import CellUse, Draft, DraftField
from schemas.layout import Cell, Region
from schemas.reading import Role
from schemas.run import MoneyUnit

_TEXT_FIELDS: dict[Role, str] = {
    "project_name": "/project_name",
    "project_code": "/project_code",
    "supervising_department": "/supervising_department",
    "implementing_unit": "/implementing_unit",
    "expected_goal": "/expected_goal",
    "actual_achievement": "/actual_achievement",
    "grade": "/grade",
}
_GRADES = frozenset({"优", "良", "中", "差", "优秀", "良好", "合格", "不合格", "一般"})


def draft(region: Region, skeleton: Skeleton, roles: Mapping[int, Role], lexicon: Lexicon) -> Draft:
    """Which cell is which field, under one reading of the layout; no digit is copied."""
    return _Drafter(region, skeleton, roles, lexicon).draft()


def _pointer_of(role: Role, label: str) -> str | None:
    """The field of the form that a label with such a role names; None where it is no text of its own."""
    if role == "organisation":
        return "/implementing_unit" if names_a_unit(label) else "/supervising_department"
    return _TEXT_FIELDS.get(role)


class _Drafter(Collected):
    """Walks the bones in reading order."""

    def draft(self) -> Draft:
        """All of it."""
        for pair in self.skeleton.pairs:
            self._pair(pair)
        for table in self.skeleton.tables:
            if table.kind == "fund":
                draft_funds(self, table)
        draft_all_indicators(self)
        for closing in self.skeleton.closings:
            self._closing(closing)
        self._labels_beside()
        titles, rest = title_fields(self.region, self.skeleton, self.lexicon)
        self._titles(titles)
        points = {place for field in self.fields if field.take == "points" for place in field.cells}
        self.uses += [CellUse(cell=place, role="note") for place in rest if place not in points]
        self._amount_unit()
        form_kind = kind_of(self.region, self.skeleton, self.roles)
        columns = [column for table in self.skeleton.tables if table.kind == "indicator" for column in table.columns]
        if not columns:
            self.missing.append("/indicators/0/name")
        elif not {self.roles.get(column.slot) for column in columns} & {"actual", "score"}:
            self.missing.append("/indicators/0/actual")
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

    def _pair(self, pair: Pair) -> None:
        role = self.roles.get(pair.slot)
        if pair.value is None or role is None or pair.value is pair.label:
            self._labelled(pair, role)
            return
        self.use((pair.label,), "label")
        slots = (pair.slot,)
        pointer = _pointer_of(role, pair.label.text)
        if role == "fiscal_year":
            self.add("/fiscal_year", "year", (pair.value,), slots, label=pair.label.text)
        elif role == "amount_unit" and normalised(pair.value.text) in get_args(MoneyUnit):
            self.add("/amount_unit", "text", (pair.value,), slots)
        elif role == "total" and kind(pair.value.text) != "text":
            self.add("/total_score", "number", (pair.value,), slots)
        elif role == "note":
            self.use((pair.value,), "note")
        elif pointer == "/grade":
            self._grade(pair.label, pair.value, slots)
        elif pointer is not None and not self.has(pointer):
            self.add(pointer, "text", (pair.value,), slots)
        else:
            self.keep_extra(f"{pair.label.text} {pair.head}".rstrip(), pair.value, slots)

    def _labelled(self, pair: Pair, role: Role | None) -> None:
        """A cell that prints label and value, or a label alone."""
        found = labelled_value(pair.label.text) if pair.value is pair.label else None
        if found is None or role is None or role == "note" or (role == "extra" and self._is_signed(pair)):
            self.use((pair.label,), "label" if found is None else "note")
            return
        pointer = _pointer_of(role, found.label)
        if role == "fiscal_year":
            self.add("/fiscal_year", "year", (pair.label,), (pair.slot,), label=found.label)
        elif role == "amount_unit" and money_unit(pair.label.text):
            self.add("/amount_unit", "unit", (pair.label,), (pair.slot,))
        elif pointer is not None and not self.has(pointer):
            self.add(pointer, "labelled", (pair.label,), (pair.slot,))
        else:
            self.add(f"/extras/{self.extras}", "labelled", (pair.label,), (pair.slot,), label=found.label)
            self.extras += 1

    def _is_signed(self, pair: Pair) -> bool:
        """True for a name in a row of signatures, whatever else its label may mean."""
        beside = (other for other in self.skeleton.pairs if other.label.row == pair.label.row and other is not pair)
        return any(self.roles.get(other.slot) == "note" for other in beside)

    def _closing(self, closing: Closing) -> None:
        role = self.roles.get(closing.slot)
        self.use((closing.label,), "label")
        slots = (closing.slot,)
        if role == "note":
            self.use([cell for _, cell in closing.cells], "note")
        elif role == "grade":
            filled = [cell for _, cell in closing.cells if cell.text] or [cell for _, cell in closing.cells]
            self._grade(closing.label, filled[0], slots)
            self._beside_grade(closing.label, filled[1:], slots)
        elif role == "total":
            self._total(closing, slots)
        elif role == "extra":
            for at, cell in closing.cells:
                column = closing.columns[at].label if at is not None and kind(cell.text) == "number" else ""
                self.keep_extra(f"{closing.label.text} {column}".rstrip(), cell, slots)

    def _grade(self, label: Cell, cell: Cell, slots: Sequence[int]) -> None:
        """A grade; of two that differ nobody but a person knows which is the form's."""
        known = next((field for field in self.fields if field.pointer == "/grade"), None)
        texts = {own.cell_id: own.text for own in self.region.grid.cells} if known else {}
        if not known:
            self.add("/grade", "text", (cell,), slots)
        elif cell.text and normalised(texts.get(known.cells[0], "")) != normalised(cell.text):
            self.keep_extra(label.text, cell, slots)
            self.missing.append("/grade")

    def _beside_grade(self, label: Cell, cells: Sequence[Cell], slots: tuple[int, ...]) -> None:
        """What stands behind a grade in its row: a known label has the next cell for its value."""
        rest = list(cells)
        while rest:
            cell, *rest = rest
            own = cell if rest and self.lexicon.role("field", cell.text) is not None else None
            if own is not None:
                self.use((own,), "label")
                cell, *rest = rest
            self.keep_extra((own or label).text, cell, slots)

    def _total(self, closing: Closing, slots: tuple[int, ...]) -> None:
        """Totals stand in the columns of what they add up; where cells span columns, weight before score."""
        numbers = [(index, cell) for index, cell in closing.cells if self._is_total(closing, index, cell)]
        roles = [None if index is None else self.roles.get(closing.columns[index].slot) for index, _ in numbers]
        summed = [role for role in roles if role in {"weight", "score"}]
        expected = {self.roles.get(column.slot) for column in closing.columns} & {"weight", "score"}
        aligned = (
            bool(summed)
            and None not in [index for index, _ in numbers]
            and len(set(summed)) == len(summed)
            and (len(summed) == len(numbers) or set(summed) == expected)
        )
        names = ("weight", "score") if len(numbers) == 2 else ("score",)  # noqa: PLR2004 - a pair of totals
        for position, ((index, cell), role) in enumerate(zip(numbers, roles, strict=True)):
            if not aligned or index is None:
                name = names[min(position, len(names) - 1)]
                self._sum(f"/total_{name}", cell, slots)
            elif role in {"weight", "score"}:
                self._sum(f"/total_{role}", cell, (*slots, closing.columns[index].slot))
            else:
                column = closing.columns[index]
                self.keep_extra(f"{closing.label.text} {column.label}", cell, (*slots, column.slot))
        for index, cell in closing.cells:
            column_slot = 0 if index is None else closing.columns[index].slot
            by_column = self.roles.get(column_slot)
            if (index, cell) not in numbers and not cell.text and by_column in {"weight", "score"} and aligned:
                self.add(f"/total_{by_column}", "number", (cell,), (*slots, column_slot))
        self._beside_total(closing, [cell for index, cell in closing.cells if (index, cell) not in numbers], slots)

    def _beside_total(self, closing: Closing, cells: Sequence[Cell], slots: tuple[int, ...]) -> None:
        """Texts in a row of totals: a grade, with or without its label; under any other label it is somebody else's."""
        rest = [cell for cell in cells if kind(cell.text) in {"text", "quantity"}]
        label, own = closing.label, True
        for at, cell in enumerate(rest):
            graded = cell.text in _GRADES
            if not graded and at + 1 < len(rest) and rest[at + 1].text in _GRADES:
                label, own = cell, self.lexicon.role("total_row", cell.text) == "grade"
                self.use((cell,), "label")
            elif graded and own:
                self._grade(label, cell, slots)
            elif self.lexicon.role("total_row", cell.text) in {"total", "grade"}:
                self.use((cell,), "label")
            else:
                self.keep_extra(label.text, cell, slots)
                label, own = closing.label, True

    def _sum(self, pointer: str, cell: Cell, slots: Sequence[int]) -> None:
        """A total; in the head of a form, or under another table, the same may be printed again."""
        known = next((field for field in self.fields if field.pointer == pointer), None)
        texts = {own.cell_id: own.text for own in self.region.grid.cells} if known else {}
        if known and normalised(texts.get(known.cells[0], "")) == normalised(cell.text):
            self.use((cell,), "note")
        else:
            self.add(pointer, "number", (cell,), slots)

    def _is_total(self, closing: Closing, index: int | None, cell: Cell) -> bool:
        """True for a number, and for whatever holds a digit where a total belongs: it is read or it is unread."""
        role = None if index is None else self.roles.get(closing.columns[index].slot)
        summed = role in {"weight", "score"} and any(char.isdigit() for char in cell.text)
        return kind(cell.text) == "number" or summed

    def _labels_beside(self) -> None:
        for table in self.skeleton.tables:
            self.use(table.sides, "label")
        self.use(self.skeleton.sides, "label")

    def _amount_unit(self) -> None:
        """The unit of money stands in the corner of the funds table, in its header, or in a line of its own."""
        if self.has("/amount_unit"):
            return
        table = self.skeleton.table("fund")
        near = [*table.sides, *(cell for column in table.columns for cell in column.headers)] if table else []
        for cell in (*near, *self.skeleton.sides, *self.skeleton.headings):
            if money_unit(cell.text):
                self.add("/amount_unit", "unit", (cell,), ())
                return
        for line in (*self.region.heading, *own_notes(self.region.trailing, self.lexicon)):
            if money_unit(line.text):
                self.pointers.add("/amount_unit")
                self.fields.append(DraftField(pointer="/amount_unit", take="unit", cells=(line.line_id,)))
                return

    def _require_name(self, *, department: bool) -> None:
        if department:
            if not (self.has("/supervising_department") or self.has("/implementing_unit")):
                self.missing.append("/supervising_department")
        elif not self.has("/project_name"):
            self.missing.append("/project_name")
