"""What the columns of a layout hold comes in, how well each role fits each of them goes out: no word is looked at.

A likelihood of 1 says that nothing speaks against a role, a small one that such a column hardly ever has it. Where
`content` gives one role with little doubt, this weighs all of them.
"""

import re
from collections.abc import Iterable, Mapping, Sequence

from pipeline.mapping.bones import Pair, Skeleton, Table
from pipeline.mapping.columns import numbers_beside
from pipeline.mapping.content import GRADES, MOSTLY, Held, columns_of, is_operators, only_once, says_the_nature
from pipeline.mapping.labels import kind, labelled_value, money_unit
from pipeline.quantities import quantity
from schemas.amount import Amount, normalised
from schemas.layout import Cell
from schemas.reading import ROLES_OF, Role, Section

Fit = Mapping[Role, float]

NEVER = 0.002
SELDOM = 0.05
UNUSUAL = 0.3
# A column of targets has signs in at least this share of its cells.
SIGNED = 0.3

_POINTS: frozenset[Role] = frozenset({"weight", "score"})
_MONEY: frozenset[Role] = frozenset({"initial_budget", "adjusted_budget", "executed"})
_LEVELS: frozenset[Role] = frozenset({"level1", "level2"})
_UNIT = 6
"""Characters of a unit at most."""
_YEAR = re.compile(r"(?:19|20)[0-9]{2}(?:年度?)?")
_CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z_.\-]{3,}")
_GOALS: frozenset[Role] = frozenset({"expected_goal", "actual_achievement"})
_NAMED: frozenset[Role] = _GOALS | {"project_name", "supervising_department", "implementing_unit", "organisation"}
LONGEST_SIGNED = 10
# A form has hardly ever more points in all.
MOST_POINTS = 150
LONGEST_NAME = 60
"""Characters of a project's or an organisation's name at most."""


def fits(skeletons: Sequence[Skeleton]) -> dict[int, Fit]:
    """The fit of every role of every slot, from all forms of one layout; the skeletons have the same key."""
    first = skeletons[0]
    found: dict[int, Fit] = {}
    for index, table in enumerate(first.tables):
        same = [skeleton.tables[index] for skeleton in skeletons]
        columns = columns_of(same)
        if table.kind == "fund":
            own = [_fund_column(held, same, position) for position, held in enumerate(columns)]
        else:
            own = _beside_target([dict(_indicator_column(held)) for held in columns], columns, same)
        found |= {column.slot: fit for column, fit in zip(table.columns, own, strict=True) if column.slot}
    for slot, pairs in _by_slot(skeletons).items():
        if pairs[0].section == "field":
            found[slot] = _field([value_of(pair) for pair in pairs])
    for position, closing in enumerate(first.closings):
        texts = [cell.text for skeleton in skeletons for _, cell in skeleton.closings[position].cells if cell.text]
        found[closing.slot] = _closing(texts)
    return found


def fixed(skeletons: Sequence[Skeleton]) -> dict[int, Role]:
    """The roles that the bones alone give, whatever a label says: nobody need be asked.

    The column with the labels of a fund's rows, its rows of tasks under one name, the column of indicators that holds
    nothing but signs or says of each whether it is counted, the points of a level right of its labels where the
    indicators' have the same header, a row of a list whose columns have headings of their own, a label that no value
    belongs to, or another label.
    """
    first = skeletons[0]
    found: dict[int, Role] = {}
    for index, table in enumerate(first.tables):
        if table.kind == "fund":
            position = _label_column([skeleton.tables[index] for skeleton in skeletons])
            if position is not None and table.columns[position].slot:
                found[table.columns[position].slot] = "source"
                header = table.columns[position].text
                tasks = (slot for slot in table.row_slots if slot and first.slots[slot - 1].text == header)
                found |= dict.fromkeys(tasks, "other")
        else:
            same = [skeleton.tables[index] for skeleton in skeletons]
            found |= _marks(table, columns_of(same)) | _level_points(same)
    for slot, pairs in _by_slot(skeletons).items():
        if any(pair.head for pair in pairs):
            found[slot] = "extra"
        elif pairs[0].section == "field" and all(pair.value is None for pair in pairs):
            found[slot] = "section"
        elif pairs[0].section == "field" and all(map(_is_signed, pairs)):
            found[slot] = "note"
    return found


def _by_slot(skeletons: Sequence[Skeleton]) -> dict[int, list[Pair]]:
    """The pairs of each slot in all forms of a layout: of a list, each form may have another number."""
    found: dict[int, list[Pair]] = {}
    for skeleton in skeletons:
        for pair in skeleton.pairs:
            found.setdefault(pair.slot, []).append(pair)
    return found


def _is_signed(pair: Pair) -> bool:
    """True for a label with another one in its value's place: a place to sign, and the next."""
    value = value_of(pair)
    return value.endswith((":", "：")) and len(normalised(value)) <= LONGEST_SIGNED


def _marks(table: Table, columns: Sequence[Held]) -> dict[int, Role]:
    """The one column of signs (≥), and every column that says no more than 定量 or 定性."""
    slots = [column.slot for column in table.columns]
    signs = [
        slot for slot, held in zip(slots, columns, strict=True) if slot and is_operators(held) and held.bare_signs()
    ]
    natures = [slot for slot, held in zip(slots, columns, strict=True) if slot and says_the_nature(held)]
    found: dict[int, Role] = dict.fromkeys(natures, "extra")
    return found | {signs[0]: "operator"} if len(signs) == 1 else found


def _level_points(tables: Sequence[Table]) -> dict[int, Role]:
    """The columns of numbers merged as the labels left of them, where a column after them has the same header."""
    found: dict[int, Role] = {}
    columns = tables[0].columns
    for at, column in enumerate(columns[1:], start=1):
        later = {normalised(other.label) for other in columns[at + 1 :] if other.slot}
        beside = [(row[at - 1], row[at]) for table in tables for row in table.rows]
        merged = any(label is not None and label.row_span > 1 for label, _ in beside)
        if column.slot and merged and normalised(column.label) in later and all(_is_points(*pair) for pair in beside):
            found[column.slot] = "extra"
    return found


def _is_points(label: Cell | None, cell: Cell | None) -> bool:
    """True for a number as high as the text left of it."""
    return numbers_beside(label, cell) and label is not None and kind(label.text) == "text"


def _label_column(tables: Sequence[Table]) -> int | None:
    """The column in which every row of a table of funds has its first text: the rows' labels stand there."""
    firsts = {
        next((at for at, cell in enumerate(row) if cell is not None and kind(cell.text) == "text"), None)
        for table in tables
        for row in table.rows
    }
    return firsts.pop() if len(firsts) == 1 else None


def impossible(fit: Fit) -> frozenset[Role]:
    """The roles that a label cannot have for what stands under or beside it."""
    return frozenset(role for role, share in fit.items() if share <= NEVER)


def _base(section: Section) -> dict[Role, float]:
    return dict.fromkeys(ROLES_OF[section], 1.0)


def _less(fit: dict[Role, float], roles: Iterable[Role], share: float) -> None:
    """What speaks against some roles: never more likely than before."""
    for role in roles:
        fit[role] = min(fit[role], share)


def _fund_column(held: Held, tables: Sequence[Table], position: int) -> Fit:
    fit = _base("fund_column")
    if position == _label_column(tables):
        return {role: 1.0 if role == "source" else NEVER for role in fit}
    fit["source"] = SELDOM
    numbers, words = held.share("number"), held.share("text")
    if numbers > words:
        fit["deviation_note"] = NEVER
    elif words > 0:
        _less(fit, (*_POINTS, *_MONEY, "execution_rate"), NEVER)
    if held.signs():
        _less(fit, (*_MONEY, *_POINTS), NEVER)
    elif numbers and not only_once(tables, position) and len(tables[0].rows) > 1:
        _less(fit, _POINTS, UNUSUAL)
    elif numbers and len(tables[0].rows) > 1:
        _less(fit, _MONEY, SELDOM)
    return fit


def _indicator_column(held: Held) -> Fit:
    fit = _base("indicator_column")
    if is_operators(held):
        return {role: 1.0 if role in {"operator", "extra"} else NEVER for role in fit}
    fit["operator"] = NEVER
    if says_the_nature(held):
        _less(fit, set(fit) - {"extra"}, SELDOM)
    elif not held.filled():
        _less(fit, set(fit) - {"extra", "deviation_note", "score", "actual"}, SELDOM)
    else:
        _filled_column(held, fit)
    return fit


def _beside_target(fits: list[dict[Role, float]], columns: Sequence[Held], tables: Sequence[Table]) -> list[Fit]:
    """The fits, where one column alone has signs before its numbers: it is the target, and its units are the actual's.

    What was achieved is counted in the target's units; a share of it (完成比例) is not.
    """
    signed = [at for at, held in enumerate(columns) if held.operators() >= SIGNED * max(held.filled(), 1)]
    signed = [at for at in signed if not is_operators(columns[at]) and columns[at].operators() > 1]
    if len(signed) != 1:
        return [*fits]
    target = signed[0]
    _less(fits[target], ("actual",), SELDOM)
    _less(fits[target], ("extra",), UNUSUAL)
    for at, fit in enumerate(fits):
        if at == target:
            continue
        _less(fit, ("target",), SELDOM)
        units = [pair for table in tables for row in table.rows if (pair := _units(row[target], row[at])) is not None]
        if len(units) > 1 and sum(one == other for one, other in units) * 2 < len(units):
            _less(fit, ("actual",), SELDOM)
    return [*fits]


def _units(first: Cell | None, second: Cell | None) -> tuple[str, str] | None:
    """The units of two quantities; None where one of them has none."""
    found = [quantity(cell.text) if cell is not None else None for cell in (first, second)]
    one, other = (held.unit if held is not None else None for held in found)
    return (one, other) if one and other else None


def _filled_column(held: Held, fit: dict[Role, float]) -> None:
    """What the texts of a column of indicators, and how full it is, speak against."""
    numbers, quantities, words = held.share("number"), held.share("quantity"), held.share("text")
    sparse = held.filled() < MOSTLY * len(held.texts)
    if numbers <= words + quantities:
        _less(fit, _POINTS, NEVER)
    if words < numbers + quantities:
        own: tuple[Role, ...] = (*_LEVELS, "name", "unit") if sparse else (*_LEVELS, "name", "unit", "deviation_note")
        _less(fit, own, SELDOM if words else NEVER)
    if held.signs() or held.operators():
        _less(fit, (*_POINTS, *_LEVELS), NEVER)
    if words and not all(len(normalised(text)) <= _UNIT for text in held.texts):
        _less(fit, ("unit",), NEVER)
    if not held.merged:
        _less(fit, _LEVELS, UNUSUAL)
    elif words:
        _less(fit, ("name", "target", "actual", "unit"), SELDOM)
    if sparse:
        _less(fit, (*_LEVELS, "name", "target", "unit", "weight"), SELDOM)


def value_of(pair: Pair) -> str:
    """The text of a label's value, also where both stand in one cell."""
    if pair.value is pair.label:
        beside = labelled_value(pair.label.text)
        return beside.value if beside else ""
    return pair.value.text if pair.value is not None else ""


def _field(values: Sequence[str]) -> Fit:
    fit = _base("field")
    texts = [normalised(value) for value in values if kind(value) != "blank"]
    if not texts:
        return fit | dict.fromkeys((*_NAMED, "fiscal_year", "total"), SELDOM)
    if not all(_YEAR.search(text) for text in texts):
        fit["fiscal_year"] = NEVER
    if not all(money_unit(f"({text})") for text in texts):
        fit["amount_unit"] = NEVER
    if not all(_CODE.fullmatch(text) for text in texts):
        fit["project_code"] = SELDOM
    amounts = [Amount.parse(text) for text in texts]
    numbers = [amount is not None for amount in amounts]
    if not all(numbers):
        fit["total"] = NEVER
    elif any(amount is not None and amount.value > MOST_POINTS for amount in amounts):
        fit["total"] = SELDOM
    if any(numbers) or any(len(text) > _UNIT for text in texts):
        fit["grade"] = NEVER
    no_name = all(_is_no_name(text) for text in texts)
    if no_name:
        fit |= dict.fromkeys(_NAMED, NEVER)
    elif any(len(text) > LONGEST_NAME or "。" in text for text in texts):
        fit |= dict.fromkeys(_NAMED - _GOALS, NEVER)
    return fit


def _is_no_name(text: str) -> bool:
    """True for a number, an amount of money, a share, a grade, a unit: what nobody and no project is called."""
    bare = text.rstrip("%元万亿千分")
    return Amount.parse(text) is not None or not bare or Amount.parse(bare) is not None or text in GRADES


def _closing(texts: Sequence[str]) -> Fit:
    fit = _base("total_row")
    if not texts:
        return fit
    if not any(kind(text) == "number" for text in texts):
        fit["total"] = NEVER if not any(char.isdigit() for text in texts for char in text) else SELDOM
    if any(kind(text) == "number" for text in texts):
        fit |= {"extra": UNUSUAL, "note": SELDOM}
    if not any(normalised(text) in GRADES for text in texts):
        fit["grade"] = SELDOM if any(len(normalised(text)) <= _UNIT for text in texts) else NEVER
    return fit
