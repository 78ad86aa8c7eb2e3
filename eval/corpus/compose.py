"""A labelled form and its family's Layout come in, the blocks that print it go out: lines, one grid, lines."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import chain, takewhile
from typing import NamedTuple

from eval.corpus.blocks import Block, Grid, Line, LineStyle
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
    head = tuple(composer.line(text, style) for style, text in layout.head)
    foot = tuple(composer.line(text, style) for style, text in layout.foot)
    return (*(line for line in head if line.text), *composer.tables(), *foot)


class _Said(NamedTuple):
    """What a hole prints, and the pointers of the values that it prints so."""

    text: str
    fields: tuple[str, ...] = ()


_Value = Callable[[Hole], _Said]


class _Filled(NamedTuple):
    """A cell as described, with the lines that it prints and the values in them."""

    cell: Pattern
    lines: tuple[str, ...]
    fields: tuple[str, ...]
    heads: bool = False
    """True in a block's heading rows."""


_Row = list[_Filled]
"""Cells from left to right."""


class _Item(NamedTuple):
    """One row of the indicator table: an indicator, a breakdown of it, or a filler."""

    level1: str
    level2: str
    value: _Value
    again: bool = False
    """True if its levels are printed although they are those of the row before."""


class _Composer:
    def __init__(self, form: SelfEvaluation, layout: Layout, manner: Manner) -> None:
        self.form, self.layout, self.manner = form, layout, manner

    def line(self, text: str, style: LineStyle) -> Line:
        """A line with the form's own fields in its holes."""
        said = _filled(text, self._form_value)
        return Line(text=said.text, style=style, fields=said.fields)

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
            for cell, lines, fields, heads in row:
                while (at, column) in taken:
                    column += 1
                align = "left" if cell.left else "centre"
                cells.append(
                    Printed(
                        row=at,
                        column=column,
                        rowspan=cell.height,
                        colspan=cell.span,
                        lines=lines,
                        align=align,
                        fields=fields,
                        heads=heads,
                    ),
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
            [filled._replace(cell=filled.cell._replace(height=filled.cell.height or len(rows) - at)) for filled in row]
            for at, row in enumerate(rows)
        ]

    def _printed(self, cell: Pattern, value: _Value) -> _Filled:
        said = _filled(cell.text, value)
        long = any(hole.name in {"expected_goal", "actual_achievement"} for hole in cell.holes())
        return _Filled(cell, points(said.text) if long else tuple(said.text.split("\n")), said.fields)

    def _heading(self, row: Sequence[str]) -> _Row:
        return [self._printed(pattern(cell), self._form_value)._replace(heads=True) for cell in row]

    def _funds(self) -> Iterator[_Row]:
        block = self.layout.funds
        if block is None:
            return
        for row in block.header:
            yield self._heading(row)
        for at, fund in enumerate(self.form.funds):
            cells = block.rows.get(str(at), block.row)
            yield [self._printed(pattern(cell), self._fund_value(at, fund)) for cell in cells]

    def _indicators(self) -> Iterator[_Row]:
        block = self.layout.indicators
        for header in block.header:
            yield self._heading(header)
        patterns = [pattern(cell) for cell in block.row]
        items = list(self._items(block))
        for at, item in enumerate(items):
            if block.band and not (at and _same_level1(items[at - 1], item)):
                yield [self._banded(pattern(cell), item, items[at + 1 :]) for cell in block.band]
            row: _Row = []
            for cell in patterns:
                if cell.merge:
                    level = {hole.name for hole in cell.holes()}
                    same = _same_level2 if any(_of_level2(name) for name in level) else _same_level1
                    if at and same(items[at - 1], item):
                        continue
                    height = 1
                    while at + height < len(items) and same(items[at + height - 1], items[at + height]):
                        height += 1
                    merged = self._printed(cell._replace(height=height), item.value)
                    below = [_filled(cell.text, other.value).fields for other in items[at + 1 : at + height]]
                    row.append(merged._replace(fields=tuple(dict.fromkeys(chain(merged.fields, *below)))))
                else:
                    row.append(self._printed(cell, item.value))
            yield row

    def _banded(self, cell: Pattern, first: _Item, below: Sequence[_Item]) -> _Filled:
        """A level-1 row's cell, with the values of every row that it stands above."""
        printed = self._printed(cell, first.value)
        under = takewhile(lambda item: _same_level1(first, item), below)
        fields = (_filled(cell.text, item.value).fields for item in under)
        return printed._replace(fields=tuple(dict.fromkeys(chain(printed.fields, *fields))))

    def _items(self, block: Indicators) -> Iterator[_Item]:
        for at, row in enumerate(self.form.indicators):
            level1, level2 = self._level1(at, block, row), self._level2(at, row)
            value = self._row_value(at, row, level1, level2, block)
            yield _Item(level1.text, level2.text, value, at in self.manner.again)
            for name, texts in _breakdowns(at, row).items():
                said = {"name": _Said(name), **_under(texts, block.breakdown)}
                yield _Item(level1.text, level2.text, _plain(said, level1.text, level2.text))
            for filler in self.manner.fillers:
                if filler.after == at:
                    other = level2.text if filler.level2 is None else filler.level2
                    yield _Item(level1.text, other, _plain({"name": _Said(filler.name)}, level1.text, other))

    @staticmethod
    def _level1(at: int, block: Indicators, row: IndicatorRow) -> _Said:
        if row.level1 is None:
            return _Said("")
        text = block.level1 if row.level1_weight is None else block.level1_points
        told = text.replace("{level1}", row.level1).replace("{level1_weight}", _number(row.level1_weight))
        points = () if row.level1_weight is None else (f"/indicators/{at}/level1_weight",)
        return _Said(told, (f"/indicators/{at}/level1", *points))

    @staticmethod
    def _level2(at: int, row: IndicatorRow) -> _Said:
        """With the points that the rules of writing move to the extras."""
        if not row.level2:
            return _Said("")
        own = f"/indicators/{at}/level2"
        for extra, found in enumerate(row.extras):
            if _is_points_of(found, row.level2):
                return _Said(found.label, (own, f"/indicators/{at}/extras/{extra}"))
        return _Said(row.level2, (own,))

    def _form_value(self, hole: Hole) -> _Said:
        if hole.name.startswith("funds."):
            _, number, name = hole.name.split(".", 2)
            return self._fund_value(int(number), self.form.funds[int(number)])(hole._replace(name=name))
        if hole.name.startswith("extra:"):
            return self._or_printed(*_extra(self.form.extras, hole, ""))
        pointer = f"/{hole.name}"
        return self._or_printed(pointer, _said(getattr(self.form, hole.name), hole, pointer))

    def _fund_value(self, at: int, fund: FundLine) -> _Value:
        def value(hole: Hole) -> _Said:
            base = f"/funds/{at}"
            if hole.name.startswith("extra:"):
                return _extra(fund.extras, hole, base).said
            if hole.name not in FundLine.model_fields:
                return self._form_value(hole)
            pointer = f"{base}/{hole.name}"
            said = self._or_printed(pointer, _said(getattr(fund, hole.name), hole, pointer))
            return said._replace(fields=(*said.fields, f"{base}/source")) if hole.name == "label" else said

        return value

    def _row_value(self, at: int, row: IndicatorRow, level1: _Said, level2: _Said, block: Indicators) -> _Value:
        def value(hole: Hole) -> _Said:
            name, _, part = hole.name.partition(".")
            base = f"/indicators/{at}"
            if hole.name.startswith("extra:"):
                return _extra(row.extras, hole, base).said
            if name == "level1":
                said = level1
            elif name == "level2":
                said = level2
            elif part:
                text = _part(getattr(row, name), part, block.qualitative)
                said = _Said(text, (f"{base}/{name}",)) if text else _Said(hole.absent)
            else:
                said = _said(getattr(row, name), hole, f"{base}/{name}")
            return self._or_printed(f"{base}/{hole.name.replace('.', '/')}", said)

        return value

    def _or_printed(self, pointer: str, said: _Said) -> _Said:
        """As the form's manner prints it, where it says how."""
        return said._replace(text=self.manner.printed.get(pointer, said.text))


def _filled(text: str, value: _Value) -> _Said:
    """A text with its holes filled, and the values in it."""
    fields: list[str] = []

    def told(hole: Hole) -> str:
        said = value(hole)
        fields.extend(said.fields)
        return said.text

    return _Said(filled(text, told), tuple(fields))


def _same_level1(one: _Item, other: _Item) -> bool:
    return one.level1 == other.level1 and not other.again


def _same_level2(one: _Item, other: _Item) -> bool:
    return one.level2 == other.level2 and _same_level1(one, other)


def _of_level2(hole: str) -> bool:
    """Whether a merged cell with this hole reaches over one level 2: its label, or an extra that stands beside it."""
    return hole == "level2" or hole.startswith("extra:")


def _plain(texts: Mapping[str, _Said], level1: str, level2: str) -> _Value:
    """A row of these texts and nothing else; its levels are those of the row above, labelled there."""
    known = {**texts, "level1": _Said(level1), "level2": _Said(level2)}
    return lambda hole: known.get(hole.name, _Said(""))


def _breakdowns(at: int, row: IndicatorRow) -> dict[str, dict[str, _Said]]:
    """The rows 其中… under an indicator: name, and text by header, out of its extras `其中… header`."""
    found: dict[str, dict[str, _Said]] = {}
    for place, extra in enumerate(row.extras):
        name, space, header = extra.label.partition(" ")
        if space and name.startswith("其中"):
            found.setdefault(name, {})[header] = _Said(extra.text, (f"/indicators/{at}/extras/{place}",))
    return found


def _under(texts: Mapping[str, _Said], headers: Mapping[str, str]) -> dict[str, _Said]:
    return {field: texts[header] for field, header in headers.items() if header in texts}


def _is_points_of(extra: Extra, level2: str) -> bool:
    return extra.label.startswith(level2) and extra.text in extra.label and len(extra.label) > len(level2)


class _Extra(NamedTuple):
    """An extra's pointer (the one after the last where the form has none of that label), and what it prints."""

    pointer: str
    said: _Said


def _extra(extras: Sequence[Extra], hole: Hole, base: str) -> _Extra:
    label = hole.name.removeprefix("extra:")
    for at, extra in enumerate(extras):
        if extra.label == label:
            pointer = f"{base}/extras/{at}"
            return _Extra(pointer, _Said(extra.text + hole.suffix, (pointer,)))
    return _Extra(f"{base}/extras/{len(extras)}", _Said(hole.absent))


def _part(quantity: Quantity | None, part: str, qualitative: str) -> str:
    """What the column of the operator, the value or the unit prints of a target."""
    if quantity is None:
        return ""
    found = _SPLIT.fullmatch(quantity.text)
    if quantity.value is None or found is None:
        return {"operator": qualitative, "value": quantity.text}.get(part, "")
    return found[part]


def _said(value: object, hole: Hole, pointer: str) -> _Said:
    if value is None:
        return _Said(hole.absent)
    if isinstance(value, Quantity):
        text = value.text
    else:
        text = _number(value, thousands=hole.thousands) if isinstance(value, Decimal) else str(value)
    return _Said(text + hole.suffix, (pointer,))


def _number(value: Decimal | None, *, thousands: bool = False) -> str:
    return "" if value is None else format(value, ",f" if thousands else "f")
