"""A labelled form and its family's Layout come in, the blocks that print it go out: lines, one grid, lines."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from eval.corpus.blocks import Block, Grid, Line
from eval.corpus.layout import Hole, Indicators, Layout, Pattern, filled, pattern
from eval.corpus.table import Printed, points
from schemas.base import Record
from schemas.errors import UsageError
from schemas.form import Extra, FundLine, IndicatorRow, Quantity, SelfEvaluation

_SPLIT = re.compile(r"(?P<operator>[^0-9]*)(?P<value>[0-9][0-9,.]*)(?P<unit>.*)", re.DOTALL)


class Filler(Record):
    """A row without content, printed after the indicator at `after` (counted from 0)."""

    after: int
    level2: str | None = None
    """Its level-2 label; None for that of the row before."""
    name: str = ""


class Manner(Record):
    """How one form is printed, beyond its layout: fillers, and texts that stand for a field's own."""

    fillers: tuple[Filler, ...] = ()
    again: tuple[int, ...] = ()
    """Indicators (counted from 0) whose levels are printed once more, as after the end of a page."""
    printed: dict[str, str] = {}
    """By the field's pointer; the text must mean the label's value under the rules of writing."""


def compose(form: SelfEvaluation, layout: Layout, manner: Manner) -> tuple[Block, ...]:
    """The form as blocks."""
    composer = _Composer(form, layout, manner)
    head = tuple(Line(text=composer.of_form(text), style=style) for style, text in layout.head)
    foot = tuple(Line(text=composer.of_form(text), style=style) for style, text in layout.foot)
    return (*(line for line in head if line.text), *composer.tables(), *foot)


_Row = list[tuple[Pattern, tuple[str, ...]]]
"""Cells from left to right with the lines that they print."""


class _Item(NamedTuple):
    """One row of the indicator table: an indicator, a breakdown of it, or a filler."""

    level1: str
    level2: str
    value: Callable[[Hole], str]
    again: bool = False
    """True if its levels are printed although they are those of the row before."""


class _Composer:
    def __init__(self, form: SelfEvaluation, layout: Layout, manner: Manner) -> None:
        self.form, self.layout, self.manner = form, layout, manner

    def of_form(self, text: str) -> str:
        """A text with the form's own fields in its holes."""
        return filled(text, self._form_value)

    def tables(self) -> Iterator[Block]:
        """The form's table, or several with the lines between them."""
        rows: list[_Row] = []
        for row in self.layout.rows:
            if isinstance(row, tuple):
                rows.append([self._printed(pattern(cell), self._form_value) for cell in row])
            elif row == "funds":
                rows += self._beside(self.layout.funds.side if self.layout.funds else None, list(self._funds()))
            elif row == "indicators":
                rows += self._beside(self.layout.indicators.side, list(self._indicators()))
            elif row.startswith("then: "):
                yield self._grid(rows)
                yield Line(text=row.removeprefix("then: "), style="left")
                rows = []
            else:
                raise UsageError("corpus.bad_cell", cell=row)
        yield self._grid(rows)

    def _grid(self, rows: Sequence[_Row]) -> Grid:
        """One table; every cell in the first free place of its row."""
        cells: list[Printed] = []
        taken: set[tuple[int, int]] = set()
        for at, row in enumerate(rows):
            column = 0
            for cell, lines in row:
                while (at, column) in taken:
                    column += 1
                align = "left" if cell.left else "centre"
                cells.append(
                    Printed(row=at, column=column, rowspan=cell.height, colspan=cell.span, lines=lines, align=align),
                )
                taken |= {(at + down, column + right) for down in range(cell.height) for right in range(cell.span)}
        return Grid(widths=self.layout.widths, rows=len(rows), cells=tuple(cells))

    def _beside(
        self,
        side: str | None,
        rows: list[_Row],
    ) -> list[_Row]:
        """The block's rows; a cell of height 0 and the side label reach to the block's end."""
        if side is not None:
            rows[0].insert(0, self._printed(pattern(side), self._form_value))
        return [
            [(cell._replace(height=cell.height or len(rows) - at), lines) for cell, lines in row]
            for at, row in enumerate(rows)
        ]

    def _printed(self, cell: Pattern, value: Callable[[Hole], str]) -> tuple[Pattern, tuple[str, ...]]:
        text = filled(cell.text, value)
        long = any(hole.name in {"expected_goal", "actual_achievement"} for hole in cell.holes())
        return cell, points(text) if long else tuple(text.split("\n"))

    def _funds(self) -> Iterator[_Row]:
        block = self.layout.funds
        if block is None:
            return
        for row in block.header:
            yield [self._printed(pattern(cell), self._form_value) for cell in row]
        for at, fund in enumerate(self.form.funds):
            cells = block.rows.get(str(at), block.row)
            yield [self._printed(pattern(cell), self._fund_value(at, fund)) for cell in cells]

    def _indicators(self) -> Iterator[_Row]:
        block = self.layout.indicators
        for header in block.header:
            yield [self._printed(pattern(cell), self._form_value) for cell in header]
        patterns = [pattern(cell) for cell in block.row]
        items = list(self._items(block))
        for at, item in enumerate(items):
            if block.band and not (at and _same_level1(items[at - 1], item)):
                yield [self._printed(pattern(cell), item.value) for cell in block.band]
            row: _Row = []
            for cell in patterns:
                if cell.merge:
                    level = {hole.name for hole in cell.holes()}
                    same = _same_level2 if "level2" in level else _same_level1
                    if at and same(items[at - 1], item):
                        continue
                    height = 1
                    while at + height < len(items) and same(items[at + height - 1], items[at + height]):
                        height += 1
                    row.append(self._printed(cell._replace(height=height), item.value))
                else:
                    row.append(self._printed(cell, item.value))
            yield row

    def _items(self, block: Indicators) -> Iterator[_Item]:
        for at, row in enumerate(self.form.indicators):
            level1 = self._level1(block, row)
            level2 = self._level2(row)
            yield _Item(level1, level2, self._row_value(at, row, level1, level2, block), at in self.manner.again)
            for name, texts in _breakdowns(row).items():
                yield _Item(level1, level2, _plain({"name": name, **_under(texts, block.breakdown)}, level1, level2))
            for filler in self.manner.fillers:
                if filler.after == at:
                    other = level2 if filler.level2 is None else filler.level2
                    yield _Item(level1, other, _plain({"name": filler.name}, level1, other))

    @staticmethod
    def _level1(block: Indicators, row: IndicatorRow) -> str:
        if row.level1 is None:
            return ""
        text = block.level1 if row.level1_weight is None else block.level1_points
        return text.replace("{level1}", row.level1).replace("{level1_weight}", _number(row.level1_weight))

    @staticmethod
    def _level2(row: IndicatorRow) -> str:
        """With the points that the rules of writing move to the extras."""
        level2 = row.level2 or ""
        return next((extra.label for extra in row.extras if level2 and _is_points_of(extra, level2)), level2)

    def _form_value(self, hole: Hole) -> str:
        if hole.name.startswith("funds."):
            _, number, name = hole.name.split(".", 2)
            return self._fund_value(int(number), self.form.funds[int(number)])(hole._replace(name=name))
        if hole.name.startswith("extra:"):
            at, text = _extra(self.form.extras, hole)
            return self._or_printed(f"/extras/{at}", text)
        return self._or_printed(f"/{hole.name}", _text(getattr(self.form, hole.name), hole))

    def _fund_value(self, at: int, fund: FundLine) -> Callable[[Hole], str]:
        def value(hole: Hole) -> str:
            if hole.name.startswith("extra:"):
                return _extra(fund.extras, hole)[1]
            if hole.name not in FundLine.model_fields:
                return self._form_value(hole)
            return self._or_printed(f"/funds/{at}/{hole.name}", _text(getattr(fund, hole.name), hole))

        return value

    def _row_value(
        self,
        at: int,
        row: IndicatorRow,
        level1: str,
        level2: str,
        block: Indicators,
    ) -> Callable[[Hole], str]:
        def value(hole: Hole) -> str:
            name, _, part = hole.name.partition(".")
            if hole.name.startswith("extra:"):
                return _extra(row.extras, hole)[1]
            if name == "level1":
                text = level1
            elif name == "level2":
                text = level2
            elif part:
                text = _part(getattr(row, name), part, block.qualitative) or hole.absent
            else:
                text = _text(getattr(row, name), hole)
            return self._or_printed(f"/indicators/{at}/{hole.name.replace('.', '/')}", text)

        return value

    def _or_printed(self, pointer: str, text: str) -> str:
        return self.manner.printed.get(pointer, text)


def _same_level1(one: _Item, other: _Item) -> bool:
    return one.level1 == other.level1 and not other.again


def _same_level2(one: _Item, other: _Item) -> bool:
    return one.level2 == other.level2 and _same_level1(one, other)


def _plain(texts: Mapping[str, str], level1: str, level2: str) -> Callable[[Hole], str]:
    """A row of these texts and nothing else."""
    known = {**texts, "level1": level1, "level2": level2}
    return lambda hole: known.get(hole.name, "")


def _breakdowns(row: IndicatorRow) -> dict[str, dict[str, str]]:
    """The rows 其中… under an indicator: name, and text by header, out of its extras `其中… header`."""
    found: dict[str, dict[str, str]] = {}
    for extra in row.extras:
        name, space, header = extra.label.partition(" ")
        if space and name.startswith("其中"):
            found.setdefault(name, {})[header] = extra.text
    return found


def _under(texts: Mapping[str, str], headers: Mapping[str, str]) -> dict[str, str]:
    return {field: texts[header] for field, header in headers.items() if header in texts}


def _is_points_of(extra: Extra, level2: str) -> bool:
    return extra.label.startswith(level2) and extra.text in extra.label and len(extra.label) > len(level2)


def _extra(extras: Sequence[Extra], hole: Hole) -> tuple[int, str]:
    label = hole.name.removeprefix("extra:")
    for at, extra in enumerate(extras):
        if extra.label == label:
            return at, extra.text + hole.suffix
    return len(extras), hole.absent


def _part(quantity: Quantity | None, part: str, qualitative: str) -> str:
    """What the column of the operator, the value or the unit prints of a target."""
    if quantity is None:
        return ""
    found = _SPLIT.fullmatch(quantity.text)
    if quantity.value is None or found is None:
        return {"operator": qualitative, "value": quantity.text}.get(part, "")
    return found[part]


def _text(value: object, hole: Hole) -> str:
    if value is None:
        return hole.absent
    if isinstance(value, Quantity):
        return value.text + hole.suffix
    if isinstance(value, Decimal):
        return _number(value, thousands=hole.thousands) + hole.suffix
    return f"{value}{hole.suffix}"


def _number(value: Decimal | None, *, thousands: bool = False) -> str:
    return "" if value is None else format(value, ",f" if thousands else "f")
