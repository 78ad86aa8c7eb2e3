"""Amounts that each stand beside a label of their own become a table of funds with one column of labels.

    预算安排情况 | «     | 资金到位情况 | «     | 资金执行情况 | «     | 预算执行进度
    预算数：     | 84.00 | 到位数：     | 84.00 | 执行数：     | 81.76 | 97.33%
    其中：财政资金： | 60.00 | 其中：财政资金： | 60.00 | …

Under the first row, which names the amounts once more, every label of a row is the same: it is the row's. No word is
looked at. After this the table is an ordinary one: its cells keep their ids and places.
"""

from collections.abc import Sequence
from itertools import pairwise

from pipeline.mapping.columns import Leaf, RawTable, is_header
from pipeline.mapping.labels import core, kind
from schemas.layout import Cell

FEWEST_PAIRS = 2
FEWEST_ROWS = 2
_PAIR = 2


def paired(by_row: Sequence[Sequence[Cell]], row: int) -> RawTable | None:
    """The table whose header is at `row`; None if it is no such."""
    tops = [cell for cell in by_row[row] if cell.row_span == 1]
    sides = tuple(cell for cell in by_row[row] if cell.row_span > 1)
    if any(not is_header(cell.text) for cell in tops):
        return None
    first = _pairs(by_row[row + 1], tops) if row + 1 < len(by_row) else None
    if first is None:
        return None
    heads = [top for top in tops if any(top.col <= label.col < top.col_end for label, _ in first)]
    alone = [top for top in tops if top not in heads]
    rows: list[tuple[Cell | None, ...]] = []
    others: list[Cell] = []
    lone: list[Cell | None] = [None] * len(alone)
    end = row + 1
    while end < len(by_row):
        pairs = _pairs(by_row[end], heads)
        if pairs is None or len(pairs) != len(heads) or (rows and len({core(label.text) for label, _ in pairs}) > 1):
            break
        for at, top in enumerate(alone):
            begun = [cell for cell in by_row[end] if top.col <= cell.col and cell.col_end <= top.col_end]
            lone[at] = begun[0] if begun else lone[at]
        rows.append((pairs[0][0], *(value for _, value in pairs), *lone))
        others += [label for label, _ in pairs[1:]]
        end += 1
    if len(rows) < FEWEST_ROWS:
        return None
    labels = Leaf((), first[0][0].col, first[0][0].col_end, 1)
    values = [Leaf((head,), value.col, value.col_end, 1) for head, (_, value) in zip(heads, first, strict=True)]
    leaves = (labels, *values, *(Leaf((top,), top.col, top.col_end, 1) for top in alone))
    return RawTable("fund", row, end, leaves, tuple(rows), (*sides, *others), turned=True)


def _pairs(cells: Sequence[Cell], tops: Sequence[Cell]) -> list[tuple[Cell, Cell]] | None:
    """A label and its amount under each heading that is as wide as both; None if there are fewer than two of them."""
    found = []
    for top in tops:
        under = [cell for cell in cells if top.col <= cell.col and cell.col_end <= top.col_end]
        if len(under) == _PAIR and _is_pair(*under) and (under[0].col, under[1].col_end) == (top.col, top.col_end):
            found.append((under[0], under[1]))
    apart = all(one.col_end <= other.col for (_, one), (other, _) in pairwise(found))
    return found if len(found) >= FEWEST_PAIRS and apart else None


def _is_pair(label: Cell, value: Cell) -> bool:
    return label.row_span == 1 == value.row_span and is_header(label.text) and kind(value.text) in {"number", "blank"}
