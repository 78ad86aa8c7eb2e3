"""Funds turned: a row of sources over rows of amounts becomes the table as everybody knows it, a source a row.

The words of both sides say which way a table stands; where they are not known, its arithmetic does. After this the
table is an ordinary one: its cells keep their ids and places.
"""

from collections.abc import Sequence
from decimal import Decimal
from itertools import permutations
from typing import NamedTuple

from pipeline.mapping.columns import FEWEST_COLUMNS, Columns, Leaf, RawTable, is_header, without_inner_sides
from pipeline.mapping.labels import kind
from pipeline.mapping.lexicon import Lexicon
from schemas.amount import Amount, normalised
from schemas.layout import Cell

FEWEST_LINES = 2
# A rate printed with two decimals may be off by a little more than its last digit where it was truncated.
RATE_OFF = Decimal("0.011")
_NOTHING = "无"


class _Line(NamedTuple):
    """A row of amounts: its label, and for each source the cell that stands under it."""

    label: Cell
    beside: tuple[Cell, ...]
    """Labels before the row's own."""
    cells: tuple[Cell | None, ...]


def turned(
    by_row: Sequence[Sequence[Cell]], first: int, leaves: Sequence[Leaf], sides: Sequence[Cell], lexicon: Lexicon
) -> RawTable | None:
    """The table whose body begins at row `first` under headers that are sources of money; None if it is no such."""
    named = [leaf for leaf in leaves[1:] if leaf.text]
    if len(leaves) < FEWEST_COLUMNS or len(named) < len(leaves) - 1:
        return None
    lines = _lines(by_row, first, leaves, sides, lexicon)
    count = len(named) - _behind(named, lines, lexicon)
    named, rest = named[:count], named[count:]
    if len(lines) < FEWEST_LINES or len(named) < FEWEST_COLUMNS - 1 or not _stands_turned(named, lines, lexicon):
        return None
    own = [_own(leaf) for leaf in named]
    over = [cell for leaf in named for cell in leaf.headers if cell is not _own(leaf) and cell.text]
    columns = [Leaf((line.label,), line.label.col, line.label.col_end, 1) for line in lines]
    of_all = [next(iter(_filled(lines, at)), None) for at in range(count, count + len(rest))]
    totals = [at for at, source in enumerate(own) if lexicon.role("fund_row", source.text) == "total"]
    whole = totals or range(count)  # as if merged over all sources where no word says which is the whole
    return RawTable(
        kind="fund",
        first_row=leaves[0].headers[0].row,
        end_row=first + len(lines),
        leaves=(leaves[0], *columns, *rest),
        rows=tuple(
            (source, *(line.cells[at] for line in lines), *(of_all if at in whole else [None] * len(of_all)))
            for at, source in enumerate(own)
        ),
        sides=tuple(dict.fromkeys((*sides, *over, *(cell for line in lines for cell in line.beside)))),
        turned=True,
    )


def _behind(named: Sequence[Leaf], lines: Sequence[_Line], lexicon: Lexicon) -> int:
    """How many columns behind the sources are of all of them: known headers (分值, 得分) over one number."""
    count = 0
    for at in reversed(range(len(named))):
        own = _own(named[at]).text
        known = lexicon.role("fund_column", own) is not None and lexicon.role("fund_row", own) is None
        if not known or len(_filled(lines, at)) > 1:
            break
        count += 1
    return count


def _filled(lines: Sequence[_Line], at: int) -> list[Cell]:
    """The cells with a text under one header."""
    return [cell for line in lines if (cell := line.cells[at]) is not None and cell.text]


def _own(leaf: Leaf) -> Cell:
    """The cell that names a source itself, under whatever stands over several."""
    return next(cell for cell in reversed(leaf.headers) if cell.text)


def _lines(
    by_row: Sequence[Sequence[Cell]], first: int, leaves: Sequence[Leaf], sides: Sequence[Cell], lexicon: Lexicon
) -> list[_Line]:
    """The rows that are a label and amounts, down to the first that is not."""
    end = min((side.row_end for side in sides), default=len(by_row))
    lines = []
    for row in by_row[first : min(end, len(by_row))]:
        line = _line(row, leaves, lexicon)
        if line is None:
            break
        lines.append(line)
    return lines


def _line(row: Sequence[Cell], leaves: Sequence[Leaf], lexicon: Lexicon) -> _Line | None:
    """A row as a label and what stands under each source; None if it is anything else.

    An amount may stand merged over sources (a score of all), a text only under one of them and beside a known label.
    """
    columns = Columns(leaves)
    cells = without_inner_sides(row, columns)
    if not cells or columns.of(cells[0]) != 0 or cells[0].row_span > 1 or not is_header(cells[0].text):
        return None
    label, *values = cells
    known = lexicon.role("fund_column", label.text) is not None
    found: list[Cell | None] = [None] * (len(leaves) - 1)
    for cell in values:
        under = [at for at, leaf in enumerate(leaves[1:]) if cell.col <= leaf.col and leaf.col_end <= cell.col_end]
        if not under or not _may_stand(cell, len(under), known=known):
            return None
        for at in under:
            found[at] = cell
    beside = tuple(cell for cell in row if not any(cell is kept for kept in cells))
    return _Line(label, beside, tuple(found)) if values else None


def _may_stand(cell: Cell, width: int, *, known: bool) -> bool:
    """True for what can stand in a row of amounts under so many sources."""
    held = "blank" if normalised(cell.text) == _NOTHING else kind(cell.text)
    if held == "text" or (held == "blank" and width > 1):
        return known and (held == "blank" or width == 1)
    return True


def _stands_turned(sources: Sequence[Leaf], lines: Sequence[_Line], lexicon: Lexicon) -> bool:
    """True if the words, or where they do not tell the numbers, say that sources stand in columns."""
    heads = [_own(leaf).text for leaf in sources]
    labels = [line.label.text for line in lines]
    if lexicon.knows("field", heads) and not lexicon.knows("fund_row", heads):
        return False  # 项目名称 | 道路 | 主管部门 | 交通局 over amounts beside their labels
    words = max(lexicon.knows("fund_column", heads), lexicon.knows("indicator_column", heads))
    of_rows = [head for head in heads if lexicon.role("fund_column", head) is None]  # 全年预算数 may be either
    turned_words = lexicon.knows("fund_row", of_rows) + lexicon.knows("fund_column", labels)
    words += lexicon.knows("fund_row", labels)
    if abs(turned_words - words) > 1:
        return turned_words > words
    by_line = [[_amount(line.cells, at) for at in range(len(heads))] for line in lines]
    by_source = [list(column) for column in zip(*by_line, strict=True)]
    texts = any(kind(cell.text) == "text" for line in lines for cell in line.cells if cell is not None)
    return not texts and _tells(by_line) > _tells(by_source)


def _amount(cells: Sequence[Cell | None], at: int) -> Amount | None:
    """The number under a source; one that is merged over several counts under the first."""
    cell = cells[at]
    return Amount.parse(cell.text) if cell is not None and (not at or cells[at - 1] is not cell) else None


def _tells(lines: Sequence[Sequence[Amount | None]]) -> int:
    """In how many ways numbers say that each line is one kind of amount, and that sources stand side by side in it."""
    return sum((_in_percent(lines), _with_a_total(lines), _with_a_rate(lines)))


def _in_percent(lines: Sequence[Sequence[Amount | None]]) -> bool:
    """True if some lines are shares printed in percent, and no line mixes shares and others."""
    signs = [{amount.percent for amount in line if amount is not None} for line in lines]
    filled = [sum(amount is not None for amount in line) for line in lines]
    several = any(own == {True} and count > 1 for own, count in zip(signs, filled, strict=True))
    return several and all(len(own) < len({True, False}) for own in signs)


def _with_a_total(lines: Sequence[Sequence[Amount | None]]) -> bool:
    """True if in several lines the first, or the last, is the sum of all the others."""
    values = [[amount.value if amount is not None else None for amount in line] for line in lines]
    for total in (0, -1):
        rests = [(line[total], [*line[1:]] if total == 0 else [*line[:-1]]) for line in values]
        sums = [
            whole == sum(part for part in rest if part is not None)
            for whole, rest in rests
            if whole and any(part is not None for part in rest)
        ]
        if sum(sums) > 1:
            return True
    return False


def _with_a_rate(lines: Sequence[Sequence[Amount | None]]) -> bool:
    """True if one line is another one's share of a third, wherever all three have a number, and at least twice."""
    for budget, executed, rate in permutations(lines, 3):
        triples = [
            (first.value, second.value, third.value)
            for first, second, third in zip(budget, executed, rate, strict=True)
            if first is not None and second is not None and third is not None and first.value
        ]
        telling = any(first != second for first, second, _ in triples)
        if len(triples) > 1 and telling and all(is_rate(*triple) for triple in triples):
            return True
    return False


def is_rate(budget: Decimal, executed: Decimal, rate: Decimal) -> bool:
    """True if a number is what was spent of a budget, as a share or in percent."""
    share = executed / budget
    return abs(share * 100 - rate) < RATE_OFF or abs(share - rate) < RATE_OFF / 100
