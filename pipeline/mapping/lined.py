"""Sources of money over one line of their amounts become a table of funds, a source a row.

    项目资金来源（调整后预算） | 合计  | 中央 | 省、地 | 本级 | 其他 | 执行数 | 执行率
    ^                          | 186.0 | 60.0 | 46.0   | 80.0 | —    | 184.4  | 99.1%

The label beside both rows says what the sources' amounts are; the first source is the total, the next ones are its
parts, and what stands behind them is the total's. Which they are is told by known words, or by a sum. After this the
table is an ordinary one: its cells keep their ids and places.
"""

from collections.abc import Sequence
from decimal import Decimal

from pipeline.mapping.columns import Leaf, RawTable, is_header
from pipeline.mapping.labels import kind
from pipeline.mapping.lexicon import Lexicon
from schemas.amount import Amount
from schemas.layout import Cell
from schemas.reading import Section

# A total and two parts at least: with one part any two equal numbers would do.
FEWEST_SOURCES = 3
_SECTIONS: tuple[Section, Section] = ("fund_row", "fund_column")


def lined(by_row: Sequence[Sequence[Cell]], row: int, lexicon: Lexicon) -> RawTable | None:
    """The table whose sources stand at `row`; None if it is no such."""
    if row + 1 >= len(by_row):
        return None
    sides = [cell for cell in by_row[row] if (cell.row, cell.row_end) == (row, row + 2)]
    heads = [cell for cell in by_row[row] if cell not in sides]
    values = [cell for cell in by_row[row + 1] if cell not in sides]
    aligned = [(head.col, head.col_end) for head in heads] == [(value.col, value.col_end) for value in values]
    if len(sides) != 1 or not aligned or not all(is_header(head.text) and head.row_span == 1 for head in heads):
        return None
    if not all(kind(value.text) in {"number", "blank"} for value in values):
        return None
    count = _sources(heads, values, lexicon)
    if count < FEWEST_SOURCES:
        return None
    rest, own = heads[count:], values[count:]  # as if merged over all sources: they are the first one's
    labels = Leaf((), heads[0].col, heads[0].col_end, 1)
    leaves = (labels, *(Leaf((head,), head.col, head.col_end, 1) for head in (sides[0], *rest)))
    rows = tuple((head, value, *own) for head, value in zip(heads[:count], values[:count], strict=True))
    return RawTable("fund", row, row + 2, leaves, rows, (), turned=True)


def _sources(heads: Sequence[Cell], values: Sequence[Cell], lexicon: Lexicon) -> int:
    """How many of the headers are sources: all known ones if no other stands among them, else those that add up."""
    roles = [tuple(lexicon.role(section, head.text) for section in _SECTIONS) for head in heads]
    end = next((at for at, (source, column) in enumerate(roles) if column is not None and source is None), len(heads))
    if all(source is not None for source, _ in roles[:end]):
        return end
    amounts = [amount.value if (amount := Amount.parse(value.text)) is not None else None for value in values]
    count, added = 0, Decimal(0)
    for at in range(1, end):
        added += amounts[at] or 0
        count = at + 1 if added == amounts[0] else count
    return count
