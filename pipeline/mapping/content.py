"""What a column holds and where it stands, as one reading of its role: no word of a header is looked at.

Gives a role only where the values leave little doubt; everything else stays without a reading.
"""

import re
from collections.abc import Sequence
from decimal import Decimal
from itertools import permutations
from typing import NamedTuple

from pipeline.mapping.bones import Skeleton, Table
from pipeline.mapping.labels import kind
from pipeline.quantities import quantity
from schemas.amount import Amount, normalised
from schemas.layout import Cell
from schemas.reading import Reading, Role

# A rate printed with two decimals may be off by a little more than its last digit where it was truncated.
RATE_OFF = Decimal("0.011")
GRADES = frozenset({"优", "良", "中", "差", "优秀", "良好", "合格", "不合格"})
_OPERATOR = re.compile(r"[≥≤=><═≧≦]=?|定性|文字描述|正向|反向")
_SIGN = re.compile(r"[≥≤=><═≧≦]=?")
_NATURE = re.compile(r"(?:定量|定性)(?:指标)?")
MOSTLY = 0.6


_IN_POINTS = re.compile(r"[0-9]+(?:\.[0-9]+)?分")


class Held(NamedTuple):
    """What one column holds over all forms of a layout."""

    texts: tuple[str, ...]
    merged: int
    """How many of its cells are merged over rows."""

    def share(self, *kinds: str) -> float:
        """Share of the filled cells that are of one of the kinds."""
        filled = [found for found in map(kind, self.texts) if found != "blank"]
        return sum(found in kinds for found in filled) / len(filled) if filled else 0.0

    def filled(self) -> int:
        """How many cells hold something."""
        return sum(kind(text) != "blank" for text in self.texts)

    def signs(self) -> int:
        """How many numbers are printed with a percent sign."""
        found = (Amount.parse(text) for text in self.texts)
        return sum(amount is not None and amount.percent for amount in found)

    def operators(self) -> int:
        """How many cells begin or end with an operator before their number."""
        return sum(bool(found and found.operator) for found in map(quantity, self.texts))

    def bare_signs(self) -> int:
        """How many cells are a sign of comparison and nothing else."""
        return sum(_SIGN.fullmatch(normalised(text)) is not None for text in self.texts)


def content_readings(skeletons: Sequence[Skeleton]) -> dict[int, Reading]:
    """Readings by slot from all forms of one layout; the skeletons have the same key."""
    first = skeletons[0]
    roles: dict[int, Role] = {}
    for index, table in enumerate(first.tables):
        same = [skeleton.tables[index] for skeleton in skeletons]
        roles |= _fund_roles(same) if table.kind == "fund" else _indicator_roles(same)
    goals = [pair.slot for pair in first.pairs if pair.section == "goal"]
    if len(goals) == 2:  # noqa: PLR2004 - what was expected stands before what was achieved
        roles |= {goals[0]: "expected_goal", goals[1]: "actual_achievement"}
    roles |= {pair.slot: "extra" for pair in first.pairs if pair.head}
    for position, closing in enumerate(first.closings):
        cells = [cell for skeleton in skeletons for _, cell in skeleton.closings[position].cells if cell.text]
        if cells and all(cell.text in GRADES for cell in cells):
            roles[closing.slot] = "grade"
        elif any(kind(cell.text) == "number" for cell in cells):
            roles[closing.slot] = "total"
    return {slot: Reading(source="content", role=role, reason="layouts.by_content") for slot, role in roles.items()}


def _bare_points(texts: tuple[str, ...]) -> tuple[str, ...]:
    """Texts that are all points (9.5分) as their numbers, any others as they are."""
    filled = [text for text in texts if kind(text) != "blank"]
    if not filled or not all(_IN_POINTS.fullmatch(normalised(text)) for text in filled):
        return texts
    return tuple(normalised(text).removesuffix("分") for text in texts)


def columns_of(tables: Sequence[Table]) -> list[Held]:
    """Each column over all forms; a merged cell counts once."""
    held = []
    for position in range(len(tables[0].columns)):
        cells: dict[int, Cell] = {}
        for table in tables:
            for row in table.rows:
                cell = row[position]
                if cell is not None:
                    cells[id(cell)] = cell
        texts = _bare_points(tuple(cell.text for cell in cells.values()))
        held.append(Held(texts, sum(cell.row_span > 1 for cell in cells.values())))
    return held


def _indicator_roles(tables: Sequence[Table]) -> dict[int, Role]:
    columns = columns_of(tables)
    by_position: dict[int, Role] = {}
    merged = [index for index, held in enumerate(columns) if held.merged and held.share("text") > MOSTLY]
    levels = [index for index in merged if index < len(columns) // 2]
    if len(levels) == 2:  # noqa: PLR2004 - two levels above the indicator
        by_position |= {levels[0]: "level1", levels[1]: "level2"}
    after = max(levels, default=-1) + 1
    numbers = [index for index in range(after, len(columns)) if columns[index].share("number") > MOSTLY]
    words = [index for index in range(after, len(columns)) if columns[index].share("text", "quantity") > MOSTLY]
    if words:
        by_position[words[0]] = "name"
    by_position |= _points(tables, numbers)
    by_position |= _targets(columns, words[1:])
    last = len(columns) - 1
    if last not in by_position and columns[last].share("number", "quantity") == 0:
        by_position[last] = "deviation_note"
    return {tables[0].columns[index].slot: role for index, role in by_position.items() if tables[0].columns[index].slot}


def _points(tables: Sequence[Table], numbers: Sequence[int]) -> dict[int, Role]:
    """Of two columns of numbers the one that is nowhere larger is the score, the other the weight."""
    if len(numbers) != 2:  # noqa: PLR2004 - a weight and a score
        return {}
    left, right = numbers
    pairs = [
        (first.value, second.value)
        for table in tables
        for row in table.rows
        if (first := _amount(row[left])) is not None and (second := _amount(row[right])) is not None
    ]
    if not pairs:
        return {}
    if all(second <= first for first, second in pairs):
        return {left: "weight", right: "score"}
    if all(first <= second for first, second in pairs):
        return {left: "score", right: "weight"}
    return {}


def _targets(columns: Sequence[Held], words: Sequence[int]) -> dict[int, Role]:
    """Of two columns of words and quantities the one with operators is the target; without any, the first."""
    found: dict[int, Role] = {}
    natures = [index for index in words if says_the_nature(columns[index])]
    found |= dict.fromkeys(natures, "extra")
    signs = [index for index in words if index not in natures and is_operators(columns[index])]
    rest = [index for index in words if index not in {*signs, *natures}]
    if signs:
        found[signs[0]] = "operator"
    if len(rest) < 2:  # noqa: PLR2004 - a target and an actual
        return found
    first, second = rest[0], rest[1]
    if columns[second].operators() > columns[first].operators():
        first, second = second, first
    return {**found, first: "target", second: "actual"}


def says_the_nature(held: Held) -> bool:
    """True if a column says of each indicator whether it is counted: no operator, whatever its header is."""
    texts = {normalised(text) for text in held.texts if text}
    return any("定量" in text for text in texts) and all(_NATURE.fullmatch(text) for text in texts)


def is_operators(held: Held) -> bool:
    """True if every filled cell of a column is an operator, or a word that stands for one."""
    texts = [normalised(text) for text in held.texts if text]
    return bool(texts) and all(_OPERATOR.fullmatch(text) for text in texts)


def _fund_roles(tables: Sequence[Table]) -> dict[int, Role]:
    columns = columns_of(tables)
    numbers = [index for index, held in enumerate(columns) if held.share("number") > MOSTLY]
    rate = _rate_triple(tables, [index for index in numbers if not only_once(tables, index)])
    by_position: dict[int, Role] = {}
    if rate is not None:
        by_position |= {rate[0]: "adjusted_budget", rate[1]: "executed", rate[2]: "execution_rate"}
    rest = [index for index in numbers if index not in by_position]
    few = [index for index in rest if only_once(tables, index)]
    if len(few) == 2:  # noqa: PLR2004 - a weight and a score
        by_position |= _points(tables, few)
    money = [index for index in rest if index not in few]
    if rate is not None and len(money) == 1:
        by_position[money[0]] = "initial_budget"
    slots = {tables[0].columns[index].slot: role for index, role in by_position.items()}
    return {slot: role for slot, role in (slots | _total_row(tables, numbers)).items() if slot}


def _rate_triple(tables: Sequence[Table], numbers: Sequence[int]) -> tuple[int, int, int] | None:
    """Columns (budget, executed, rate) with executed / budget = rate in every row; None if not exactly one fits."""
    rows = [[_amount(row[index]) for index in range(len(row))] for table in tables for row in table.rows]
    fitting = []
    for budget, executed, rate in permutations(numbers, 3):
        triples = [
            (a.value, e.value, r.value)
            for row in rows
            if (a := row[budget]) is not None and (e := row[executed]) is not None and (r := row[rate]) is not None
        ]
        telling = [entry for entry in triples if entry[0] != 0 and entry[0] != entry[1]]
        if telling and all(_is_rate(*entry) for entry in triples if entry[0] != 0):
            fitting.append((budget, executed, rate))
    # Executed ÷ rate is the budget again: of two columns that can change places, money adds up and shares do not.
    fitting = [entry for entry in fitting if entry[::-1] not in fitting or _is_money(tables, entry[0], entry[2])]
    return fitting[0] if len(fitting) == 1 else None


def _is_money(tables: Sequence[Table], index: int, other: int) -> bool:
    """True if a column is money and the other one is not: by a percent sign, else because only it adds up."""
    signs = [any(_printed_in_percent(row[at]) for table in tables for row in table.rows) for at in (index, other)]
    if signs[0] != signs[1]:
        return signs[1]
    adds = [
        any(_adds_up(table, total, [at]) for table in tables for total in (0, len(table.rows) - 1))
        for at in (index, other)
    ]
    return adds[0] and not adds[1]


def _printed_in_percent(cell: Cell | None) -> bool:
    amount = _amount(cell)
    return amount is not None and amount.percent


def _is_rate(budget: Decimal, executed: Decimal, rate: Decimal) -> bool:
    share = executed / budget
    return abs(share * 100 - rate) < RATE_OFF or abs(share - rate) < RATE_OFF / 100


def only_once(tables: Sequence[Table], index: int) -> bool:
    """True if at most one cell a form holds a number in this column; one may be merged over all rows."""
    return all(
        len({cell.cell_id for row in table.rows if (cell := row[index]) is not None and _amount(cell)}) <= 1
        for table in tables
    )


def _total_row(tables: Sequence[Table], numbers: Sequence[int]) -> dict[int, Role]:
    """The row that is the sum of all others in some column of every form, if it is the first or the last."""
    count = len(tables[0].rows)
    if count < 3 or any(len(table.rows) != count for table in tables):  # noqa: PLR2004 - a total and two parts
        return {}
    for total in (0, count - 1):
        if all(_adds_up(table, total, numbers) for table in tables):
            return {tables[0].row_slots[total]: "total"}
    return {}


def _adds_up(table: Table, total: int, numbers: Sequence[int]) -> bool:
    for index in numbers:
        amounts = [_amount(row[index]) for row in table.rows]
        whole = amounts[total]
        parts = [amount.value for row, amount in enumerate(amounts) if amount is not None and row != total]
        if whole is not None and whole.value != 0 and len(parts) > 1 and sum(parts) == whole.value:
            return True
    return False


def _amount(cell: Cell | None) -> Amount | None:
    return Amount.parse(cell.text) if cell is not None else None
