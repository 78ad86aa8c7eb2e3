"""Amounts of a budget that stand among a form's fields, each beside its own label, become a table of one line of funds.

    是否为经常性项目 | 是            | 上年预算额度（元） | 17,200,000.00
    当年预算数（元） | 18,650,000.00 | 预算执行数（元）   | 17,904,320.50
    预算执行率（%）  | 96.00         | 自评时间           | 2021年4月16日

Known words tell them, or a number that is one's share of another. The line is called by its budget's label.
"""

from collections.abc import Sequence
from decimal import Decimal
from itertools import permutations
from typing import NamedTuple

from pipeline.mapping.bones import Pair
from pipeline.mapping.labels import kind
from pipeline.mapping.lexicon import Lexicon
from pipeline.mapping.turned import is_rate
from schemas.amount import Amount
from schemas.layout import Cell
from schemas.reading import Role

_BUDGETS: frozenset[Role] = frozenset({"initial_budget", "adjusted_budget"})
# A form's own score (自评得分) is no amount, whatever such a label is over a column of funds.
_NO_FIELD: frozenset[Role | None] = frozenset({"section", "extra", None})
# More fields with numbers than this are no budget of one line.
MOST_AMOUNTS = 8


class Scattered(NamedTuple):
    """The amounts of one line, by their places among the fields, and the place of the one that names it."""

    places: tuple[int, ...]
    named: int


def scattered(pairs: Sequence[Pair], lexicon: Lexicon) -> Scattered | None:
    """The fields that are a budget's amounts; None where there is no budget, or nothing spent of it."""
    amounts = {
        place: pair.value
        for place, pair in enumerate(pairs)
        if pair.section == "field" and not pair.head and pair.value is not None and pair.value is not pair.label
        if kind(pair.value.text) in {"number", "blank"}
    }
    labels = {place: pairs[place].label.text for place in amounts}
    known = {
        place: role
        for place, label in labels.items()
        if (role := lexicon.column("fund_column", label)) and lexicon.role("field", label) in _NO_FIELD
    }
    budgets = [place for place, role in known.items() if role in _BUDGETS]
    roles = [role for role in known.values() if role != "extra"]
    if budgets and "executed" in roles and len(set(roles)) == len(roles):
        named = next((place for place in budgets if lexicon.role("fund_row", labels[place]) is not None), budgets[0])
        return Scattered(tuple(known), named)
    unknown = {place: value for place, value in amounts.items() if lexicon.role("field", labels[place]) is None}
    return None if roles else _by_arithmetic(unknown)


def _by_arithmetic(amounts: dict[int, Cell]) -> Scattered | None:
    """A budget, what was spent of it and the rate between them: all amounts from the first of the three to the last."""
    numbers = {place: amount for place, own in amounts.items() if (amount := Amount.parse(own.text))}
    if len(numbers) > MOST_AMOUNTS:
        return None
    for budget, spent, rate in permutations(numbers, 3):
        whole, part, share = numbers[budget].value, numbers[spent].value, numbers[rate].value
        # Of two equal numbers one is always the other's share of 100.
        telling = part != share or numbers[rate].percent
        if whole > part > 0 and share > Decimal(0) and telling and is_rate(whole, part, share):
            first, *_, last = sorted((budget, spent, rate))
            return Scattered(tuple(place for place in amounts if first <= place <= last), budget)
    return None
