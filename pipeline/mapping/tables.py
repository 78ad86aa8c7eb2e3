"""A Grid's rows become its tables: a header row, the rows that keep to its columns, the labels beside them."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Literal

from pipeline.mapping.columns import (
    FEWEST_COLUMNS,
    LONGEST_HEADER,
    Columns,
    Leaf,
    RawTable,
    header,
    holds,
    is_header,
    without_inner_sides,
)
from pipeline.mapping.labels import core, kind
from pipeline.mapping.lexicon import Lexicon
from pipeline.mapping.lined import lined
from pipeline.mapping.paired import paired
from pipeline.mapping.turned import turned
from schemas.layout import Cell, Grid

# Rows of indicators under labels over the whole width have at least a name, a target, an actual and points.
FEWEST_BANDED = 4
LONGEST_BAND = 12


def find_tables(grid: Grid, lexicon: Lexicon) -> tuple[RawTable, ...]:
    """The tables of a grid from top to bottom; tables do not overlap."""
    tables: list[RawTable] = []
    by_row = grid.rows()
    merged = frozenset(cell.col for cell in grid.cells if cell.row_span > 1)
    row = 0
    while row < grid.row_count:
        table = _table_at(grid, by_row, row, merged, lexicon)
        if table is None:
            row += 1
        else:
            tables.append(table)
            row = table.end_row
    return tuple(_told_apart(tables, lexicon))


def _table_at(
    grid: Grid, by_row: Sequence[Sequence[Cell]], row: int, merged: Collection[int], lexicon: Lexicon
) -> RawTable | None:
    if found := paired(by_row, row) or lined(by_row, row, lexicon):
        return found
    for height in (2, 1):
        if row + height >= grid.row_count:
            continue
        leaves, sides = header(by_row, row, height)
        texts = [leaf.text for leaf in leaves if leaf.text]
        if not _may_head(leaves, texts):
            continue
        if found := turned(by_row, row + height, leaves, sides, lexicon):
            return found
        known = max(lexicon.knows("fund_column", texts), lexicon.knows("indicator_column", texts))
        named = known >= max(2, len(texts) // 2)
        if not (named or leaves[0].col in merged or _number_near(by_row, row + height)):
            continue
        others = (at for at in grid.recounted if at > row and len(by_row[at]) != len(texts))
        whole_width = min(others, default=grid.row_count)
        columns = Columns(leaves, _wide(by_row[row + height :], leaves, lexicon))
        end, bands, sums = _body(by_row[:whole_width], row + height, columns, sides, lexicon)
        if end == row + height or _are_goals(texts, by_row[row + height : end], lexicon):
            continue
        if height == 1 and not named and _are_pairs(by_row, row, end, lexicon):
            continue
        first = row + height + (bands[:1] == (row + height,))
        if not (named or _numbers_follow(by_row, first, end, leaves) or _levels_follow(by_row[row:end], leaves)):
            continue
        inner = _inner_sides(by_row[row + height : end], leaves)
        whole = _rows(grid, row + height, end, columns)
        apart = {*bands, *sums}
        rows = tuple(cells for at, cells in enumerate(whole, start=row + height) if at not in apart)
        over = [max((band for band in bands if band < at), default=None) for at in range(row + height, end)]
        labels = tuple(
            by_row[band][0] if band is not None else None
            for at, band in enumerate(over, start=row + height)
            if at not in apart
        )
        told = labels if bands else ()
        return RawTable(_kind(texts, rows, lexicon), row, end, leaves, rows, (*sides, *inner), told, sums=sums)
    return None


def _may_head(leaves: Sequence[Leaf], texts: Sequence[str]) -> bool:
    """True for enough short texts; the column of the rows' labels may have no header of its own."""
    fewest = FEWEST_COLUMNS - 1 if leaves and not leaves[0].text else FEWEST_COLUMNS
    return len(texts) >= fewest and all(map(is_header, texts))


def _body(
    by_row: Sequence[Sequence[Cell]], first: int, columns: Columns, sides: Sequence[Cell], lexicon: Lexicon
) -> tuple[int, tuple[int, ...], tuple[int, ...]]:
    """Where the body under a header ends, its rows that are a label over its whole width (产出指标（40分）), sums.

    Such a label parts rows of indicators, in a form left blank as well where the header is known; under a header of
    funds it ends the table.
    """
    leaves = columns.leaves
    end = _body_end(by_row, first, columns, sides, lexicon)
    bands: list[int] = []
    texts = [leaf.text for leaf in leaves]
    if lexicon.names("fund_column", texts) > lexicon.names("indicator_column", texts):
        return end, (), ()
    sums: list[int] = []
    named = lexicon.knows("indicator_column", texts) * 2 > len(texts)
    while end < len(by_row) and ((sub := _is_subtotal(by_row[end], leaves)) or _is_band(by_row[end], leaves)):
        further = _body_end(by_row, end + 1, columns, sides, lexicon)
        if further > end + 1 and _sums_up(by_row[end + 1], lexicon):
            break
        if sub and further > end + 1:
            sums.append(end)
            end = further
            continue
        told = bool(bands) or named or lexicon.is_level(by_row[end][0].text)
        if further == end + 1 or not (told or _is_body(by_row[end + 1], leaves)):
            break
        bands.append(end)
        end = further
    bands += [row for row in range(first, end - 1) if _is_open_band(by_row[row], by_row[row + 1], leaves, lexicon)]
    return end, tuple(sorted(bands)), tuple(sums)


def _is_subtotal(cells: Sequence[Cell], leaves: Sequence[Leaf]) -> bool:
    """True for 产出指标小计, merged over the first columns, with its numbers: it parts a table and does not end it."""
    filled = [cell for cell in cells if cell.text]
    if not filled or filled[0].col > leaves[0].col or filled[0].col_span == 1 or filled[0].row_span > 1:
        return False
    numbers = all(kind(cell.text) == "number" for cell in filled[1:])
    return core(filled[0].text).endswith("小计") and len(filled) > 1 and numbers


def _is_open_band(cells: Sequence[Cell], below: Sequence[Cell], leaves: Sequence[Leaf], lexicon: Lexicon) -> bool:
    """True for a row whose cells are not merged, but hold one known level and nothing else.

    Where levels have a column of their own, the row below has nothing in it.
    """
    if len(leaves) < FEWEST_BANDED or len(cells) != len(leaves) or any(cell.row_span > 1 for cell in cells):
        return False
    first, *others = cells
    named = core(first.text) in lexicon.levels and not any(cell.text or cell.unread for cell in others)
    return named and len(below) == len(leaves) and bool(below[0].text) and _is_body(below, leaves)


def _is_band(cells: Sequence[Cell], leaves: Sequence[Leaf]) -> bool:
    """True for a row that is one short text from the first column to the last."""
    if len(cells) != 1 or cells[0].row_span > 1 or len(leaves) < FEWEST_BANDED:
        return False
    cell = cells[0]
    whole = cell.col <= leaves[0].col and cell.col_end >= leaves[-1].col_end
    return whole and kind(cell.text) == "text" and len(core(cell.text)) <= LONGEST_BAND


def _is_body(cells: Sequence[Cell], leaves: Sequence[Leaf]) -> bool:
    """True for a row that holds a number or a quantity behind its first column."""
    return any(kind(cell.text) in {"number", "quantity"} and cell.col > leaves[0].col for cell in cells)


def _are_goals(texts: Sequence[str], body: Sequence[Sequence[Cell]], lexicon: Lexicon) -> bool:
    """True if the header names a goal, and one row of words under it says what it was: no indicator's target."""
    named = any(
        lexicon.role("goal", text) == "expected_goal" and lexicon.role("indicator_column", text) is None
        for text in texts
    )
    return named and len(body) == 1 and all(kind(cell.text) in {"text", "blank"} for cell in body[0])


def _are_pairs(by_row: Sequence[Sequence[Cell]], row: int, end: int, lexicon: Lexicon) -> bool:
    """True if the rows are labels and values in turn, two or more pairs a row, and no header over a body."""
    rows = by_row[row:end]
    width = len(rows[0])
    if width < 4 or width % 2 or any(len(cells) != width for cells in rows):  # noqa: PLR2004 - two pairs
        return False
    if lexicon.knows("field", [cell.text for cell in rows[0][::2]]) * 2 >= width / 2:
        return True
    labels = [cell.text for cells in rows for cell in cells[::2]]
    return all(kind(text) == "text" and len(core(text)) <= LONGEST_HEADER for text in labels) and len(rows) > 1


def _body_end(
    by_row: Sequence[Sequence[Cell]],
    first: int,
    columns: Columns,
    sides: Sequence[Cell],
    lexicon: Lexicon,
) -> int:
    """The first row below the header whose cells do not keep to its columns one by one."""
    headers = [leaf.text for leaf in columns.leaves]
    of_indicators = lexicon.names("indicator_column", headers) > lexicon.names("fund_column", headers)
    fence = min((side.row_end for side in sides), default=len(by_row))
    row = first
    numbers: set[int | None] = set()
    while row < min(len(by_row), fence):
        cells = by_row[row]
        used = [columns.of(cell) for cell in cells]
        if len(set(used)) < len(used):
            cells = without_inner_sides(cells, columns)
            used = [columns.of(cell) for cell in cells]
        if any(index is None for index in used) or len(set(used)) < len(used):
            break
        kinds = {index: kind(cell.text) for index, cell in zip(used, cells, strict=True)}
        # A header of its own has words in every column, also where there were numbers above.
        headed = len(numbers) >= FEWEST_COLUMNS and all(kinds.get(index) == "text" for index in numbers)
        headed = headed and not any(core(cell.text) in lexicon.levels for cell in by_row[row])
        if headed or _names_columns(by_row[row], lexicon) or _is_signed(by_row[row], lexicon):
            break
        if of_indicators and row > first and _sums_up(by_row[row], lexicon):
            break
        numbers |= {index for index, held in kinds.items() if held == "number"}
        row += 1
    return row


def _names_columns(cells: Sequence[Cell], lexicon: Lexicon) -> bool:
    """True if a row is itself a header of known words."""
    texts = [cell.text for cell in cells if cell.text]
    if len(texts) < FEWEST_COLUMNS or any(kind(text) != "text" for text in texts):
        return False
    return max(lexicon.knows("fund_column", texts), lexicon.knows("indicator_column", texts)) * 2 > len(texts)


def _is_signed(cells: Sequence[Cell], lexicon: Lexicon) -> bool:
    """True if a row begins with a known label of a place to sign (填表人): it is no row of a body."""
    first = next((cell.text for cell in cells if cell.text), "")
    return lexicon.role("field", first) == "note"


def _sums_up(cells: Sequence[Cell], lexicon: Lexicon) -> bool:
    """True if all that a row says are known words of totals and a grade, and numbers: it closes a table of indicators.

    A label centred over several columns may stand in one of them where no lines are drawn.
    """
    texts = [cell.text for cell in cells if kind(cell.text) in {"text", "quantity"}]
    numbers = any(kind(cell.text) == "number" for cell in cells)
    roles = [lexicon.role("total_row", text) for text in texts]
    values = [role for role in roles if role is None]
    return numbers and roles[:1] == ["total"] and len(values) <= roles.count("grade")


def _inner_sides(rows: Sequence[Sequence[Cell]], leaves: Sequence[Leaf]) -> list[Cell]:
    """The labels that stand beside another one in a column, over all rows."""
    columns = Columns(leaves)
    found = []
    for row in rows:
        if len({columns.of(cell) for cell in row}) < len(row):
            kept = {id(cell) for cell in without_inner_sides(row, columns)}
            found += [cell for cell in row if id(cell) not in kept]
    return found


def _number_near(by_row: Sequence[Sequence[Cell]], first: int) -> bool:
    """True if one of two rows holds a number: only they can begin a body under headers that nobody knows."""
    return any(kind(cell.text) in {"number", "quantity"} for row in by_row[first : first + 2] for cell in row)


def _numbers_follow(by_row: Sequence[Sequence[Cell]], first: int, end: int, leaves: Sequence[Leaf]) -> bool:
    """True if the first row of the body holds a number, and the body at least two columns of them."""
    head = any(kind(cell.text) in {"number", "quantity"} for cell in by_row[first])
    found = Columns(leaves)
    columns = {found.of(cell) for row in by_row[first:end] for cell in row if kind(cell.text) in {"number", "quantity"}}
    return head and len(columns) > 1


def _levels_follow(rows: Sequence[Sequence[Cell]], leaves: Sequence[Leaf]) -> bool:
    """True if words stand under a header of five or more columns whose first one is merged over rows."""
    body = rows[1:]
    merged = any(cell.row_span > 1 and cell.col == leaves[0].col for cells in body for cell in cells)
    whole = all(cell.row_span == 1 for leaf in leaves for cell in leaf.headers)
    return len(leaves) > 4 and len(body) > 2 and merged and whole  # noqa: PLR2004 - levels, name, target, actual


def _wide(by_row: Sequence[Sequence[Cell]], leaves: Sequence[Leaf], lexicon: Lexicon) -> frozenset[str]:
    """Known labels of a total of funds that are merged over the first columns: 金额合计 over 任务名称 and 完成情况."""
    texts = [leaf.text for leaf in leaves]
    if lexicon.names("fund_column", texts) <= lexicon.names("indicator_column", texts):
        return frozenset()
    return frozenset(
        cell.cell_id
        for row in by_row
        for cell in row
        if cell.col == leaves[0].col and cell.col_end > leaves[0].col_end and cell.row_span == 1
        if lexicon.role("fund_row", cell.text) == "total"
    )


def _rows(grid: Grid, first: int, end: int, columns: Columns) -> tuple[tuple[Cell | None, ...], ...]:
    table: list[list[Cell | None]] = [[None] * len(columns.leaves) for _ in range(first, end)]
    for cell in grid.cells:
        start, stop = max(cell.row, first), min(cell.row + cell.row_span, end)
        index = columns.of(cell) if start < stop else None
        if index is None:
            continue
        for row in range(start, stop):
            table[row - first][index] = cell
    return tuple(tuple(row) for row in table)


def _told_apart(tables: Sequence[RawTable], lexicon: Lexicon) -> list[RawTable]:
    """Where no word tells: the last of several is of indicators, one with numbers behind its first labels of funds."""
    told = []
    for position, table in enumerate(tables):
        texts = [leaf.text for leaf in table.leaves if leaf.text]
        known = lexicon.knows("fund_column", texts) != lexicon.knows("indicator_column", texts)
        labels = next((index for index in range(len(table.leaves)) if not holds(table.rows, index, "text")), 0)
        last = position == len(tables) - 1
        if known or table.turned or (last and not position):
            told.append(table)
        elif last:
            told.append(replace(table, kind="indicator"))
        else:
            is_fund = labels == 1 and holds(table.rows, 1, "number")
            told.append(replace(table, kind="fund") if is_fund else table)
    return told


def _kind(
    texts: Sequence[str],
    rows: Sequence[Sequence[Cell | None]],
    lexicon: Lexicon,
) -> Literal["fund", "indicator"]:
    """By known header words of fields; else a funds table has one column of words, an indicator table several."""
    fund, indicator = lexicon.names("fund_column", texts), lexicon.names("indicator_column", texts)
    if fund != indicator:
        return "fund" if fund > indicator else "indicator"
    width = len(rows[0]) if rows else 0
    words = sum(holds(rows, index, "text") for index in range(width))
    merged = any(cell is not None and cell.row_span > 1 for row in rows for cell in row[:2])
    aside = lexicon.knows("indicator_column", texts) > lexicon.knows("fund_column", texts)
    return "indicator" if words > 1 or merged or aside else "fund"
