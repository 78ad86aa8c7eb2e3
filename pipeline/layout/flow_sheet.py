"""A form's blocks, cut into cells, become the grid that was printed: header rows, merged cells, blanks."""

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.layout.flow_atoms import Atom, crosses_page
from pipeline.layout.flow_costs import is_fragment, whole_numbers
from pipeline.layout.flow_fields import ValueHabits
from pipeline.layout.flow_form import FormText, Header, Pair, Span, Table
from pipeline.layout.flow_grid import Sheet
from pipeline.layout.flow_tables import TableCut
from pipeline.layout.flow_words import column_kind, is_total
from schemas.layout import CellDoubt, Grid

_GRADES = frozenset("优良中差")


@dataclass(frozen=True)
class FundsCut:
    """The funds table: which of its headers is the corner, and its rows."""

    corner: Header | None
    over_labels: Header | None
    """The header over the row labels; None if that cell is blank."""
    headers: tuple[Header, ...]
    cut: TableCut


@dataclass(frozen=True)
class GoalsCut:
    """The two goal texts, and whether the cut between them is certain."""

    table: Table
    place: int
    """The first atom of the second text, counted from the body's first."""
    certain: bool


@dataclass(frozen=True)
class FormCut:
    """One form with every block cut into cells."""

    text: FormText
    funds: FundsCut | None
    goals: GoalsCut | None
    indicators: TableCut


class Typesetter:
    """Puts the cells of one form on a sheet, block by block."""

    def __init__(self, atoms: Sequence[Atom], form: FormCut, number: int, values: ValueHabits) -> None:
        self._atoms = atoms
        self._form = form
        self._values = values
        table = form.text.indicators
        side = 1 if table.corner else 0
        funds = form.funds.cut.shape.kinds if form.funds else ()
        self._width = max(side + len(table.headers), len(funds) + 1, 4)
        self._sheet = Sheet(number, self._width, doubted=form.indicators.shaken)

    def grid(self) -> Grid:
        """The grid of the whole form."""
        form = self._form
        self._pairs(form.text.fields)
        if form.funds is not None:
            self._funds(form.funds)
        self._pairs(form.text.after_funds)
        if form.goals is not None:
            self._goals(form.goals)
        self._indicators(form.text.indicators, form.indicators)
        self._closing(form.text.closing)
        return self._sheet.grid(self._of(form.text.span))

    def _of(self, span: Span) -> Sequence[Atom]:
        return self._atoms[span.start : span.end]

    def _to_end(self, column: int, count: int) -> range:
        """The columns of cell `column` of `count`: the last one goes on to the sheet's edge."""
        return range(column, self._width if column == count - 1 else column + 1)

    def _pairs(self, pairs: Sequence[Pair]) -> None:
        for group in _rows_of(pairs):
            row, count = self._sheet.row_count, 2 * len(group)
            for place, pair in enumerate(group):
                label, value = (_share(2 * place + half, count, self._width) for half in (0, 1))
                doubts = self._values.doubts(pair.label.word, self._of(pair.value))
                if pair.value.start == pair.value.end:
                    # Where values are not beside their labels, this one may stand elsewhere.
                    doubts.add("cut")
                self._sheet.place(row, label, self._atoms[pair.label.start : pair.label.end])
                self._sheet.place(row, value, self._of(pair.value), doubts)

    def _funds(self, funds: FundsCut) -> None:
        top, rows = self._sheet.row_count, funds.cut.reading.rows
        side = 0 if funds.corner is None else 1
        count = side + len(funds.cut.shape.kinds)
        if funds.corner is not None:
            self._sheet.place(top, range(1), self._of(funds.corner.span), rows=1 + len(rows))
        over_labels = () if funds.over_labels is None else self._of(funds.over_labels.span)
        self._sheet.place(top, self._to_end(side, count), over_labels)
        for place, header in enumerate(funds.headers, start=side + 1):
            self._sheet.place(top, self._to_end(place, count), self._of(header.span), _header_doubts(header))
        for number in range(len(rows)):
            self._place_row(funds.cut, number, top + 1 + number, side)

    def _place_row(self, cut: TableCut, number: int, row: int, side: int) -> None:
        """The cells of row `number` of a table, without its level labels."""
        columns = range(cut.shape.levels, cut.shape.levels + len(cut.shape.kinds))
        for column in columns:
            part = cut.reading.rows[number].part(column)
            place = self._to_end(side + column, side + columns.stop)
            if part is None:
                self._sheet.place(row, place, doubts=("cut",) if cut.unsure(number) else ())
            else:
                self._sheet.place(row, place, cut.of(part), cut.doubts.get(part, ()))

    def _goals(self, goals: GoalsCut) -> None:
        top, table = self._sheet.row_count, goals.table
        side = 0 if table.corner is None else 1
        if table.corner is not None:
            self._sheet.place(top, range(1), self._atoms[table.corner.start : table.corner.end], rows=2)
        middle = side + (self._width - side) // 2
        doubts: tuple[CellDoubt, ...] = () if goals.certain else ("cut",)
        body = self._of(table.body)
        texts = (body[: goals.place], body[goals.place :])
        for header, text, columns in zip(
            table.headers, texts, (range(side, middle), range(middle, self._width)), strict=True
        ):
            self._sheet.place(top, columns, self._of(header.span))
            self._sheet.place(top + 1, columns, text, doubts)

    def _indicators(self, table: Table, cut: TableCut) -> None:
        top, rows = self._sheet.row_count, cut.reading.rows
        side = 0 if table.corner is None else 1
        count = side + len(table.headers)
        if table.corner is not None:
            corner = self._atoms[table.corner.start : table.corner.end]
            self._sheet.place(top, range(1), corner, rows=1 + len(rows))
        for place, header in enumerate(table.headers, start=side):
            self._sheet.place(top, self._to_end(place, count), self._of(header.span), _header_doubts(header))
        for level in range(cut.shape.levels):
            self._levels(cut, level, top + 1, side + level)
        for number in range(len(rows)):
            self._place_row(cut, number, top + 1 + number, side)

    def _levels(self, cut: TableCut, level: int, top: int, column: int) -> None:
        """The merged cells of one level column: each reaches down to where the next one begins."""
        rows = cut.reading.rows
        starts = [
            number
            for number, row in enumerate(rows)
            if number == 0 or any(part.column <= level and not part.tail for part in row.parts)
        ]
        for start, end in zip(starts, [*starts[1:], len(rows)], strict=True):
            parts = [part for row in rows[start : end + 1] for part in row.parts if part.column == level]
            if end < len(rows):
                # The row below begins with this cell's tail, if it has one, before its own label.
                own = rows[end].part(level)
                parts = [part for part in parts if own is None or part.start < own.start]
            else:
                parts += (part for part in cut.reading.closing if part.column == level)
            if start:
                begun = rows[start].part(level)
                parts = [part for part in parts if begun is None or part.start >= begun.start]
            doubts = {kind for part in parts for kind in cut.doubts.get(part, ())}
            if not parts or parts[0].tail:
                doubts.add("cut")
            atoms = [atom for part in parts for atom in cut.of(part)]
            self._sheet.place(top + start, range(column, column + 1), atoms, doubts, rows=end - start)

    def _closing(self, pairs: Sequence[Pair]) -> None:
        for group in _rows_of(pairs):
            if len(group) == 1 and is_total(group[0].label.word):
                self._total(group[0])
            else:
                self._plain_closing(group)

    def _plain_closing(self, group: Sequence[Pair]) -> None:
        row, count = self._sheet.row_count, 2 * len(group)
        for place, pair in enumerate(group):
            label, value = (_share(2 * place + half, count, self._width) for half in (0, 1))
            atoms = self._of(pair.value)
            doubts = self._values.doubts(pair.label.word, atoms)
            if atoms and atoms[0].drop > 0 and "".join(atom.text for atom in atoms) not in _GRADES:
                doubts.add("cut")
            self._sheet.place(row, label, self._atoms[pair.label.start : pair.label.end])
            self._sheet.place(row, value, atoms, doubts)

    def _total(self, pair: Pair) -> None:
        """Sums stand under the columns of points; words behind them in the columns that are left."""
        table = self._form.text.indicators
        side = 0 if table.corner is None else 1
        points = [side + place for place, header in enumerate(table.headers) if column_kind(header.word) == "points"]
        row, value = self._sheet.row_count, self._of(pair.value)
        fragments = [atom for atom in value if is_fragment(atom.text)]
        rest = [atom for atom in value if not is_fragment(atom.text)]
        whole = whole_numbers(fragments, len(points), self._form.indicators.decimals())
        doubts: tuple[CellDoubt, ...] = ("cut",) if whole is None or crosses_page(fragments) else ()
        numbers = [(atom,) for atom in fragments] if whole is None else whole
        self._sheet.place(row, range(points[0]), self._atoms[pair.label.start : pair.label.end])
        ends = [*points[1:], points[-1] + 1]
        if len(numbers) > len(points) or (rest and points[-1] + 1 == self._width):
            self._sheet.place(row, range(points[0], self._width), value, ("cut",))
            return
        for place, (start, end) in enumerate(zip(points, ends, strict=True)):
            self._sheet.place(row, range(start, start + 1), numbers[place] if place < len(numbers) else (), doubts)
            if end > start + 1:
                self._sheet.place(row, range(start + 1, end))
        if points[-1] + 1 < self._width:
            self._sheet.place(row, range(points[-1] + 1, self._width), rest)


def _header_doubts(header: Header) -> tuple[CellDoubt, ...]:
    return () if header.known else ("cut",)


def _share(place: int, count: int, columns: int) -> range:
    """Columns of one of `count` cells side by side: labels one column each, values the rest between them."""
    return range(place * columns // count, (place + 1) * columns // count)


def _rows_of(pairs: Sequence[Pair]) -> list[list[Pair]]:
    rows: list[list[Pair]] = []
    for pair in pairs:
        if pair.begins_row or not rows:
            rows.append([])
        rows[-1].append(pair)
    return rows
