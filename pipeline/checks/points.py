"""The points of a form come in; sums of weights and of scores, and the bound of each score, go out as equations."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import NamedTuple

from pipeline.checks.equations import Equation, Habit, Sum, Within
from pipeline.checks.ranges import HUNDRED, ZERO
from pipeline.checks.registry import Notice, Rule, uncheckable
from pipeline.checks.sheet import Sheet, Values, pointers_of
from schemas.amount import normalised
from schemas.check import RuleCode

_UNPRINTED_BUDGET = (Decimal(90), Decimal(80))
"""What is left for the indicators where the budget's 10 or 20 points are printed nowhere."""


def weights_sum(sheet: Sheet) -> Iterator[Equation | Notice]:
    """The weights of the indicators and of the budget add up to the printed total weight, else to 100.

    Source: 财预〔2020〕10号: 100 points, of them 10 for the execution of the budget; other regions 20 + 80. Weights
    repeated on sub rows of the funds count once. Named habits, which prove nothing: the indicators alone
    make 100 and the budget's points come on top; the budget's points are printed nowhere.
    """
    return _sum_of(sheet, _Total("weights_sum", "weight", "/total_weight", HUNDRED), _weight_habits)


def scores_sum(sheet: Sheet) -> Iterator[Equation | Notice]:
    """The scores of the indicators and of the budget (once) add up to the total score.

    Source: the row 总分 of the form. Points are typed, so the sum is equal or it is not. Named habits, which
    prove nothing: the budget's score is not in the total; the indicators are scored on 100 points inside
    a block of 80 or 90.
    """
    return _sum_of(sheet, _Total("scores_sum", "score", "/total_score", None), _score_habits)


HabitsOf = Callable[[Sheet, tuple[str, ...], str | None], tuple[Habit, ...]]


class _Total(NamedTuple):
    """In what weights_sum and scores_sum differ."""

    code: RuleCode
    column: str
    pointer: str
    otherwise: Decimal | None
    """What stands for a total that is not printed; None if nothing does."""


def _sum_of(sheet: Sheet, whole: _Total, habits: HabitsOf) -> Iterator[Equation | Notice]:
    """The indicators' column and the budget's own, against the total."""
    code, column, total, otherwise = whole
    rows = pointers_of("indicators", column, len(sheet.form.indicators))
    printed = tuple(row for row in rows if row in sheet.values)
    own, repeats, contradictions = sheet.counted_once(column)
    budget = f"/funds/{sheet.budget_row()}/{column}"
    lost = sheet.lost((*rows, budget, total))
    if lost:
        yield uncheckable(code, "", printed, lost)
    elif not printed:
        about = tuple(pointer for pointer in (own, total) if pointer is not None and pointer in sheet.values)
        if rows or about:
            yield uncheckable(code, "", about, rows or ("/indicators",))
    elif total not in sheet.values and otherwise is None:
        yield uncheckable(code, "", printed, (total,))
    elif contradictions and own != budget:
        yield Notice(code, "", "contradiction", (own or budget, *contradictions), failed=False, missing=(budget,))
    else:
        yield Sum(
            rule=code,
            key="",
            parts=printed if own is None else (own, *printed),
            total=total if total in sheet.values else None,
            otherwise=otherwise or ZERO,
            repeats=repeats,
            habits=habits(sheet, printed, own),
        )


def _weight_habits(sheet: Sheet, rows: tuple[str, ...], own: str | None) -> tuple[Habit, ...]:
    total = sheet.values.get("/total_weight", HUNDRED)
    if own is not None:
        return (("budget_on_top", lambda values: _added(values, rows) == total),)
    if total == HUNDRED:
        return (("budget_not_printed", lambda values: _added(values, rows) in _UNPRINTED_BUDGET),)
    return ()


def _score_habits(sheet: Sheet, rows: tuple[str, ...], own: str | None) -> tuple[Habit, ...]:
    if own is None:
        return ()
    total = "/total_score"
    weight, _, _ = sheet.counted_once("weight")

    def on_hundred(values: Values) -> bool:
        if weight is None:
            return False
        share = (HUNDRED - values[weight]) / HUNDRED
        return _added(values, rows) * share + values[own] == values[total]

    return (
        ("budget_not_counted", lambda values: _added(values, rows) == values[total]),
        ("scored_on_hundred", on_hundred),
    )


def _added(values: Values, pointers: tuple[str, ...]) -> Decimal:
    return sum((values[pointer] for pointer in pointers), ZERO)


def level1_weight(sheet: Sheet) -> Iterator[Equation | Notice]:
    """The points in a level-1 label, 产出指标(50分), are the sum of the weights below it.

    Source: the label itself; it held in 25 of 25 published labels looked at. A label that is printed again
    after a page break is the same label, so its rows are counted together.
    """
    for at, label in enumerate(_labels(sheet)):
        weights = tuple(f"/indicators/{row}/weight" for row in label.rows)
        printed = tuple(weight for weight in weights if weight in sheet.values)
        lost = sheet.lost((*label.points, *weights))
        if lost or not printed:
            yield uncheckable("level1_weight", f"{at}", label.points, lost or weights)
        else:
            yield Sum("level1_weight", f"{at}", printed, label.points[0], repeats=label.points[1:])


class _Label(NamedTuple):
    """A level-1 label with points: where they are printed, and the rows below it."""

    points: tuple[str, ...]
    rows: tuple[int, ...]


def _labels(sheet: Sheet) -> list[_Label]:
    """The labels with points, in order. Two that read the same but have different points are two labels."""
    if all(row.level1_weight is None for row in sheet.form.indicators):
        return []
    by_text: dict[str, list[int]] = {}
    for at, row in enumerate(sheet.form.indicators):
        by_text.setdefault(normalised(row.level1 or ""), []).append(at)
    found: list[_Label] = []
    for rows in by_text.values():
        points = {at: number for at in rows if (number := sheet.form.indicators[at].level1_weight) is not None}
        numbers = dict.fromkeys(points.values())
        for number in numbers:
            members = rows if len(numbers) == 1 else [at for at in rows if points.get(at) == number]
            places = tuple(f"/indicators/{at}/level1_weight" for at in members if at in points)
            found.append(_Label(places, tuple(members)))
    return found


def score_range(sheet: Sheet) -> Iterator[Equation | Notice]:
    """A score is not below 0 and not above its weight.

    Source: 分值 is what a row can reach at most. It covers nothing: most misread scores would pass it.
    """
    for table, rows in (("funds", len(sheet.form.funds)), ("indicators", len(sheet.form.indicators))):
        scores, weights = pointers_of(table, "score", rows), pointers_of(table, "weight", rows)
        for score, weight in zip(scores, weights, strict=True):
            if score in sheet.values:
                yield Within("score_range", score, score, weight if weight in sheet.values else None)


RULES = (
    Rule("weights_sum", "error", weights_sum),
    Rule("level1_weight", "error", level1_weight),
    Rule("scores_sum", "error", scores_sum),
    Rule("score_range", "error", score_range),
)
