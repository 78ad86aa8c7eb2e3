"""A Region becomes its Skeleton: which cells are headers and labels, which are values, by geometry and kind.

No role is decided here. A table is a row of short texts over rows whose cells keep to its columns and hold
numbers; a closing row stands below the indicator table; everything else is label beside value, or label over
value. The lexicon is asked only whether a row without numbers below it is a header all the same.
"""

import hashlib
from collections import Counter
from collections.abc import Sequence

from pipeline.mapping.bones import Closing, Column, Pair, Skeleton, SlotSite, Table
from pipeline.mapping.columns import RawTable
from pipeline.mapping.known import level_told
from pipeline.mapping.labels import core, kind, label_before_colon, label_points, labelled_value, numbers_one
from pipeline.mapping.lexicon import Lexicon, dated
from pipeline.mapping.scattered import scattered
from pipeline.mapping.tables import find_tables
from pipeline.mapping.titles import year_of
from schemas.amount import Amount, normalised
from schemas.layout import Cell, Grid, Region
from schemas.reading import Section

# A label is short; a cell with more characters is a value.
LONGEST_LABEL = 24
# A goal's text is at least this many times as long as its heading.
GOAL_IS_LONGER = 1.5
# A value on a closing row (a grade) is at most this long.
CLOSING_VALUE = 8


def analyse(region: Region, lexicon: Lexicon) -> Skeleton:
    """The bones of one form."""
    grid = region.grid
    lexicon = lexicon.of_year(year_of(region, lexicon))
    raw = find_tables(grid, lexicon)
    build = _Builder(grid, lexicon)
    inside = {row for table in raw for row in range(table.first_row, table.end_row)}
    starts = {table.first_row: table for table in raw}
    row = 0
    rows = grid.rows()
    while row < grid.row_count:
        if row in starts:
            if starts[row].kind == "indicator" and not any(table.kind == "fund" for table in raw):
                build.scattered_funds()
            further = any(table.kind == "indicator" and table.first_row > row for table in raw)
            if not (further and build.tasks(starts[row])):
                build.table(starts[row])
            row = starts[row].end_row
            continue
        row += build.free_row(row, rows, inside)
    return build.skeleton()


class _Builder:
    """Collects bones in reading order, numbering slots as they come."""

    def __init__(self, grid: Grid, lexicon: Lexicon) -> None:
        self.grid = grid
        self.lexicon = lexicon
        self.slots: list[SlotSite] = []
        self.tables: list[Table] = []
        self.pairs: list[Pair] = []
        self.closings: list[Closing] = []
        self.headings: list[Cell] = []
        self.sides: list[Cell] = []
        self.key_parts: list[str] = []
        self.first_row = grid.row_count
        self._begin = Counter(cell.row for cell in grid.cells)
        self._merged = [cell for cell in grid.cells if self._is_side(cell)]

    def slot(self, section: Section, text: str, *, span: int = 1) -> int:
        """The number of a new slot."""
        number = len(self.slots) + 1
        self.slots.append(SlotSite(number, section, len(self.tables), text, span))
        self.key_parts.append(f"{section}:{normalised(text)}:{span}")
        return number

    def table(self, raw: RawTable) -> None:
        """Add a table with its columns' slots and, for funds, its rows' slots."""
        self.first_row = min(self.first_row, raw.first_row)
        table_kind = raw.kind
        section: Section = "fund_column" if table_kind == "fund" else "indicator_column"
        columns = []
        for at, leaf in enumerate(raw.leaves):
            text = leaf.text
            span = leaf.span
            number = self.slot(section, text, span=span) if text else 0
            if not text and (at or table_kind == "indicator"):  # the labels of funds often have no header
                self.key_parts.append("blank")
            columns.append(Column(number, text, leaf.headers, leaf.col, leaf.col_end, span))
        row_slots = self._row_slots(raw) if table_kind == "fund" else []
        self.key_parts += [f"side:{normalised(side.text)}" for side in raw.sides]
        built = Table(table_kind, tuple(columns), raw.rows, raw.sides, tuple(row_slots), raw.bands, raw.turned)
        self.tables.append(built)
        for row in raw.sums:
            self._closes([cell for cell in self.grid.rows()[row] if not self._is_side(cell)])
        if table_kind == "indicator":
            levels = [(column, level_told(column, built, self.lexicon)) for column in columns]
            self.key_parts += [f"level:{column.slot}:{level}" for column, level in levels if level is not None]

    def tasks(self, raw: RawTable) -> bool:
        """Add the texts of a table of tasks that has no number, each under its task and header; False for any other."""
        cells = [cell for cells in raw.rows for cell in cells if cell is not None]
        headed = raw.kind == "indicator" and self.lexicon.names_tasks(raw.leaves[0].text)
        if not headed or any(kind(cell.text) in {"number", "quantity"} for cell in cells):
            return False
        self.first_row = min(self.first_row, raw.first_row)
        self.sides += [*raw.sides, *(cell for leaf in raw.leaves for cell in leaf.headers)]
        self.key_parts += [f"task:{normalised(leaf.text)}" for leaf in raw.leaves]
        slot = self.slot("field", " / ".join(leaf.text for leaf in raw.leaves[:2]))
        for task, *texts in raw.rows:
            named = zip(texts, raw.leaves[1:], strict=True)
            if task is not None:
                self.pairs += [Pair(slot, "field", task, cell, leaf.text) for cell, leaf in named if cell is not None]
        return True

    def _row_slots(self, raw: RawTable) -> list[int]:
        """A slot for each source of funds; rows of tasks have one together, whatever the tasks of a form are."""
        at = raw.label_column()
        found = [cells[at] if at is not None else None for cells in raw.rows]
        labels = [label.text if label is not None else "" for label in found]
        known = [self.lexicon.role("fund_row", label) for label in labels]
        header = raw.leaves[at].text if at is not None else ""
        unknown = [label for label, role in zip(labels, known, strict=True) if label and role is None]
        numbered = bool(unknown) and all(numbers_one(label, header) for label in unknown)
        told = None in known and ("total" in known or (set(known) == {None} and not _one_sums_up(raw)))
        if not (numbered or self.lexicon.names_tasks(header)) or not told:
            return [self.slot("fund_row", label) if label else 0 for label in labels]
        tasks = self.slot("fund_row", header)
        own = zip(labels, known, strict=True)
        return [(self.slot("fund_row", label) if role else tasks) if label else 0 for label, role in own]

    def scattered_funds(self) -> None:
        """Make a table of the amounts of a budget that stand among the fields so far."""
        found = scattered(self.pairs, self.lexicon) if not any(table.kind == "fund" for table in self.tables) else None
        if found is None:
            return
        number = len(self.tables)
        own = [self.pairs[place] for place in found.places]
        for pair in own:
            site = self.slots[pair.slot - 1]
            self.slots[pair.slot - 1] = SlotSite(pair.slot, "fund_column", number, site.text, site.span)
        name = self.pairs[found.named].label
        columns = [Column(0, "", (), name.col, name.col_end, 1)]
        columns += [
            Column(pair.slot, pair.label.text, (pair.label,), pair.value.col, pair.value.col_end, 1)
            for pair in own
            if pair.value
        ]
        row = (name, *(pair.value for pair in own))
        self.tables.append(Table("fund", tuple(columns), (row,), (), (self.slot("fund_row", name.text),), turned=True))
        self.key_parts += [f"among:{pair.slot}" for pair in own]
        self.pairs = [pair for pair in self.pairs if pair not in own]

    def free_row(self, row: int, rows: Sequence[Sequence[Cell]], inside: set[int]) -> int:
        """Add the bones of a row that is in no table; gives how many rows it took."""
        cells = [cell for cell in rows[row] if not self._is_side(cell)]
        sides = [cell for cell in rows[row] if self._is_side(cell)]
        self.sides += sides
        self.key_parts += [f"side:{normalised(side.text)}" for side in sides]
        if not cells or self._closes(cells) or self._speak_for_themselves(cells, row, rows):
            return 1
        below = [cell for cell in rows[row + 1] if not self._is_side(cell)] if row + 1 < len(rows) else []
        says = self._labelled(cells[0]) is not None
        if (
            row + 1 not in inside
            and not says
            and self._stands_over(cells, below, row, sided=self._side_at(row) is not None)
        ):
            self.first_row = min(self.first_row, row)
            for label, value in zip(cells, below, strict=True):
                if label.text:
                    self.pairs.append(Pair(self.slot("goal", label.text), "goal", label, value))
            return 2
        if len(cells) == 1 and not says:
            self.headings += [cell for cell in cells if cell.text]
            return 1
        if taken := self._listed(row, rows, inside):
            return taken
        self._pair_up(cells)
        return 1

    def _speak_for_themselves(self, cells: Sequence[Cell], row: int, rows: Sequence[Sequence[Cell]]) -> bool:
        """Add a row of cells that each print label, colon and value; beside such rows some print no value."""
        near = rows[max(row - 1, 0) : row + 2]
        if len(cells) < 2 or not _all_labelled(cells) or not any(map(_speak, near)):  # noqa: PLR2004 - a row
            return False
        self.first_row = min(self.first_row, row)
        for cell in cells:
            label = label_before_colon(cell.text)
            if label is not None:
                self.pairs.append(Pair(self.slot("field", label), "field", cell, cell))
        return True

    def _labelled(self, cell: Cell) -> str | None:
        """The known label that a cell prints in front of its value; None if it prints no such pair."""
        found = labelled_value(cell.text)
        return found.label if found and self.lexicon.role("field", found.label) else None

    def _listed(self, row: int, rows: Sequence[Sequence[Cell]], inside: set[int]) -> int:
        """Add the bones of a list with texts under headings (资金管理情况); gives how many rows it took, 0 for none."""
        heads = [cell for cell in rows[row] if not self._is_side(cell)]
        texts = [cell.text for cell in heads[1:]]
        labels = all(kind(text) == "text" and len(core(text)) <= LONGEST_LABEL for text in texts)
        if heads[0].text or len(texts) == 1 or not labels:
            return 0
        bounds = [(cell.col, cell.col_end) for cell in heads]
        end = row + 1
        while end < len(rows) and end not in inside:
            cells = [cell for cell in rows[end] if not self._is_side(cell)]
            if [(cell.col, cell.col_end) for cell in cells] != bounds or not cells[0].text:
                break
            label, *values = cells
            slot = self.slot("field", label.text)
            named = zip(values, texts, strict=True)
            self.pairs += [Pair(slot, "field", label, value, head) for value, head in named]
            end += 1
        if end > row + 1:
            self.sides += heads[1:]
            self.key_parts += [f"head:{normalised(text)}" for text in texts]
            self.first_row = min(self.first_row, row)
        return end - row if end > row + 1 else 0

    def _is_side(self, cell: Cell) -> bool:
        """A label merged down beside rows of their own."""
        if cell.row_span < 2 or kind(cell.text) != "text" or len(core(cell.text)) > LONGEST_LABEL:  # noqa: PLR2004 - merged
            return False
        beside = (self._begin[row] > (row == cell.row) for row in range(cell.row, cell.row_end))
        return sum(beside) > 1

    def _side_at(self, row: int) -> Cell | None:
        sides = [cell for cell in self._merged if cell.row <= row < cell.row_end]
        return next((side for side in sides if side.row_end >= row + 2), None)

    def _stands_over(self, labels: Sequence[Cell], values: Sequence[Cell], row: int, *, sided: bool) -> bool:
        """True if a row of headings stands over a row of texts, column by column."""
        texts = [label.text for label in labels if label.text]
        if not _face(labels, values, row) or any(
            kind(text) != "text" or len(core(text)) > LONGEST_LABEL for text in texts
        ):
            return False
        if sided and self._heads_of_texts(labels, values, row):
            return True
        known = self.lexicon.knows("goal", texts)
        exactly = any(side.row == row and side.row_end == row + 2 for side in self._merged)
        alone = self.tables and not self.lexicon.knows("field", [values[0].text])
        if (known == len(texts) and (len(texts) > 1 or sided or alone)) or (exactly and known * 2 > len(texts)):
            return True
        above_all = len(labels) == 1 and self.first_row > row
        if above_all or (len(labels) % 2 == 0 and self.lexicon.knows("field", [label.text for label in labels[::2]])):
            return False
        if exactly and (values[0].text.endswith(("。", "；", ";")) or _all_numbers(values)):
            return True
        longer = sum(len(value.text) for value in values) > GOAL_IS_LONGER * sum(len(text) for text in texts)
        return longer and (sided or len(labels) != 2)  # noqa: PLR2004 - two cells side by side are label and value

    def _heads_of_texts(self, labels: Sequence[Cell], values: Sequence[Cell], row: int) -> bool:
        """True if a label stands beside just these two rows, and each text below is longer than its heading."""
        exactly = any(side.row == row and side.row_end == row + 2 for side in self._merged)
        filled = [(label, value) for label, value in zip(labels, values, strict=True) if value.text]
        return (
            exactly
            and len(filled) > 1
            and all(len(value.text) > GOAL_IS_LONGER * len(label.text) for label, value in filled)
            and not any(self.lexicon.role("field", value.text) for value in values)
        )

    def _closes(self, cells: Sequence[Cell]) -> bool:
        """Add a closing row: a label below the indicator table, with numbers or one short value.

        The known word of a total may have blank cells before it.
        """
        start = next((at for at, cell in enumerate(cells) if cell.text), 0)
        if self.lexicon.role("total_row", cells[start].text) == "total":
            cells = cells[start:]
        if not self.tables or self.tables[-1].kind != "indicator" or kind(cells[0].text) != "text":
            return False
        if self._labelled(cells[0]) is not None:
            return False
        label, *values = cells
        filled = [value for value in values if value.text]
        numeric = any(kind(value.text) == "number" or label_points(value.text) is not None for value in filled)
        short = len(filled) == 1 and len(normalised(filled[0].text)) <= CLOSING_VALUE
        known = self.lexicon.role("total_row", label.text) is not None
        beside = not known and not numeric and self.lexicon.role("field", label.text) is not None
        if (
            beside
            or not values
            or len(core(label.text)) > LONGEST_LABEL
            or not (numeric or short or (known and not filled))
        ):
            return False
        columns = self.tables[-1].columns
        placed = tuple((_column_of(value, columns), value) for value in values)
        self.closings.append(Closing(self.slot("total_row", label.text), label, placed, columns))
        return True

    def _pair_up(self, cells: Sequence[Cell]) -> None:
        """Labels and values alternate along a row; a row that begins blank begins with its label missing."""
        self.first_row = min(self.first_row, cells[0].row)
        index = 0
        while index < len(cells):
            label = cells[index]
            value = cells[index + 1] if index + 1 < len(cells) else None
            if not label.text:
                index += 1
                continue
            own = self._labelled(label)
            if own is not None:
                self.pairs.append(Pair(self.slot("field", own), "field", label, label))
                index += 1
                continue
            self.pairs.append(Pair(self.slot("field", label.text), "field", label, value))
            index += 2

    def skeleton(self) -> Skeleton:
        """What was collected.

        Where labels begin with a year, what they mean hangs on the form's own: it is part of the key.
        """
        parts = (part for site in self.slots for part in site.text.split(" / "))
        if self.lexicon.year is not None and any(dated(part) for part in parts):
            self.key_parts.append(f"year:{self.lexicon.year}")
        key = hashlib.sha256("\n".join(self.key_parts).encode()).hexdigest()
        return Skeleton(
            key,
            tuple(self.slots),
            tuple(self.tables),
            tuple(self.pairs),
            tuple(self.closings),
            tuple(self.headings),
            tuple(self.sides),
            self.first_row,
        )


def _one_sums_up(raw: RawTable) -> bool:
    """True if one row has what the others have together in a column of numbers: it may be their total."""
    columns = [
        [Amount.parse(cell.text) if cell is not None else None for cell in cells]
        for cells in zip(*raw.rows, strict=True)
    ]
    numbers = [[amount.value for amount in amounts if amount is not None] for amounts in columns]
    whole = [values for values in numbers if len(values) == len(raw.rows) > 1 and any(values)]
    return any(2 * value == sum(values) for values in whole for value in values)


def _face(labels: Sequence[Cell], values: Sequence[Cell], row: int) -> bool:
    """True if two rows have the same cells, one over the other, and the upper one holds texts."""
    if len(labels) != len(values) or not any(cell.text for cell in labels):
        return False
    aligned = all((a.col, a.col_end) == (b.col, b.col_end) for a, b in zip(labels, values, strict=True))
    return aligned and not any(cell.row_end > row + 1 for cell in labels)


def _all_numbers(cells: Sequence[Cell]) -> bool:
    return all(kind(cell.text) in {"number", "quantity"} for cell in cells)


def _all_labelled(cells: Sequence[Cell]) -> bool:
    """True if every text of a row begins with a short label and a colon."""
    return all(label_before_colon(cell.text) is not None for cell in cells if cell.text)


def _speak(cells: Sequence[Cell]) -> bool:
    """True if every text of a row begins with a label, and one has its value behind it."""
    return _all_labelled(cells) and any(labelled_value(cell.text) for cell in cells)


def _column_of(cell: Cell, columns: Sequence[Column]) -> int | None:
    """Index of the column in whose bounds a cell stands."""
    return next(
        (index for index, column in enumerate(columns) if column.col <= cell.col and cell.col_end <= column.col_end),
        None,
    )
