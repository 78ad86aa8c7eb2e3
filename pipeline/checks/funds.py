"""The funds table comes in; its sums, its execution rates and its budget scores go out as equations."""

from collections.abc import Iterator

from pipeline.checks.equations import Amounts, BudgetScore, Equation, Rate, Sum
from pipeline.checks.ranges import ZERO
from pipeline.checks.registry import Notice, Rule, uncheckable
from pipeline.checks.sheet import MONEY, Sheet, Values, pointers_of
from schemas.amount import normalised

_LEVELS = frozenset({"central", "local"})

_BY_SPENDING = ("基本支出", "项目支出")
"""Labels of the two kinds of spending of a department: together they are its whole budget."""


def fund_parts_sum(sheet: Sheet) -> Iterator[Equation | Notice]:
    """The parts of the funds add up to the total, in each column of money.

    Reason: the form prints the parts under 其中 of the total. Source: 财预〔2020〕10号, its form and the
    regional copies (年度资金总额, 其中：当年财政拨款, …). Only the parts that the form lists count; a blank is
    not in the sum. A total of 0 above parts that are not 0 is an error like any other and is never repaired.
    Rows by level of government may split the fiscal row instead of standing beside it, and rows by spending
    (基本支出, 项目支出) may split the total once more beside the rows by income: they are read so only if all rows
    side by side do not add up in every column and the split does.
    """
    total = next((at for at, fund in enumerate(sheet.form.funds) if fund.source == "total"), None)
    if total is None:
        return
    for total_row, parts, label in _families(sheet, total):
        for column in MONEY:
            column_of_funds = pointers_of("funds", column, len(sheet.form.funds))
            whole = column_of_funds[total_row]
            listed = tuple(column_of_funds[part] for part in parts)
            printed = tuple(part for part in listed if part in sheet.values)
            key = f"{column}{label}"
            lost = sheet.lost((whole, *listed))
            if lost:
                yield uncheckable("fund_parts_sum", key, (whole, *printed), lost)
            elif printed and whole not in sheet.values:
                yield uncheckable("fund_parts_sum", key, printed, (whole,))
            elif printed:
                yield Sum("fund_parts_sum", key, printed, whole, money=True)


def _families(sheet: Sheet, total: int) -> list[tuple[int, list[int], str]]:
    """Which rows add up to which: total row, part rows, a mark for the equation's key."""
    funds = sheet.form.funds
    parts = [at for at in range(len(funds)) if funds[at].source != "total"]
    totals = len(funds) - len(parts)
    if totals > 1:
        return _one_after_another(sheet)
    levels = [at for at in parts if funds[at].source in _LEVELS]
    fiscal = [at for at in parts if funds[at].source == "fiscal"]
    spending = [at for at in parts if any(word in normalised(funds[at].label) for word in _BY_SPENDING)]
    flat = [(total, parts, "")]
    others = []
    if len(fiscal) == 1 and levels:
        others.append([(total, [at for at in parts if at not in levels], ""), (fiscal[0], levels, "/levels")])
    if 0 < len(spending) < len(parts):
        income = [at for at in parts if at not in spending]
        others.append([(total, income, ""), (total, spending, "/spending")])
    if not others or _all_hold(sheet, flat):
        return flat
    return next((split for split in others if _all_hold(sheet, split)), flat)


def _one_after_another(sheet: Sheet) -> list[tuple[int, list[int], str]]:
    """Several totals: each is the total of the rows that follow it, up to the next."""
    families: list[tuple[int, list[int], str]] = []
    for at, fund in enumerate(sheet.form.funds):
        if fund.source == "total":
            families.append((at, [], f"/{at}" if families else ""))
        elif families:
            families[-1][1].append(at)
    return families


def _all_hold(sheet: Sheet, families: list[tuple[int, list[int], str]]) -> bool:
    """Whether every column adds up exactly in every family."""
    return all(
        sum((sheet.values[part] for part in printed), ZERO) == sheet.values.get(f"/funds/{total}/{column}")
        for total, parts, _ in families
        for column in MONEY
        if (printed := [part for at in parts if (part := f"/funds/{at}/{column}") in sheet.values])
    )


def execution_rate(sheet: Sheet) -> Iterator[Equation | Notice]:
    """The printed rate is executed / adjusted budget of its row (/ initial where the form has no adjusted).

    Reason and source: 执行率（B/A） in the head of the form, A = 全年预算数, B = 全年执行数. Forms round it or cut it
    off (all 18 of the report in the tests cut), print it in per cent or as a fraction; both stand in the
    range of a printed number. 0 / 0 is no number: a printed 0 is right, anything else is not checkable.
    """
    base_column = base_of(sheet)
    for at in range(len(sheet.form.funds)):
        rate = f"/funds/{at}/execution_rate"
        if rate not in sheet.values:
            continue
        executed, base = f"/funds/{at}/executed", f"/funds/{at}/{base_column}"
        absent = tuple(pointer for pointer in (executed, base) if pointer not in sheet.values)
        if absent:
            yield uncheckable("execution_rate", f"{at}", (rate,), absent)
        elif _is_undefined(sheet.values, rate, executed, base):
            yield Notice("execution_rate", f"{at}", "undefined", (rate, executed, base), failed=False)
        else:
            yield Rate("execution_rate", f"{at}", rate, executed, base, percent=rate in sheet.percent)


def base_of(sheet: Sheet) -> str:
    """The column that an execution rate divides by: the adjusted budget where the form has one."""
    adjusted = pointers_of("funds", "adjusted_budget", len(sheet.form.funds))
    has_adjusted = any(pointer in sheet.values or pointer in sheet.unread for pointer in adjusted)
    return "adjusted_budget" if has_adjusted else "initial_budget"


def _is_undefined(values: Values, rate: str, executed: str, base: str) -> bool:
    """0 / 0 with something else than 0 printed, or a budget below 0."""
    return values[base] < ZERO or (values[base] == ZERO == values[executed] and values[rate] != ZERO)


def budget_score(sheet: Sheet) -> Iterator[Equation | Notice]:
    """The budget's score is its weight times its execution rate, at most the weight, rounded or truncated.

    Reason and source: 财预〔2020〕10号 gives the execution of the budget 10 points and scores it by its rate. Some
    regions score by bands (full marks from 95 % on) or do not cap the rate: such a habit is named. A row
    of the funds that repeats weight and score is held to the same.
    """
    base_column = base_of(sheet)
    for at in range(len(sheet.form.funds)):
        score, weight, rate = (f"/funds/{at}/{column}" for column in ("score", "weight", "execution_rate"))
        lost = sheet.lost((score, weight, rate))
        if lost and (score in sheet.values or score in lost):
            yield uncheckable("budget_score", f"{at}", (score,), lost)
        if lost or score not in sheet.values:
            continue
        amounts = Amounts(f"/funds/{at}/executed", f"/funds/{at}/{base_column}")
        known = all(pointer in sheet.values for pointer in amounts)
        absent = [weight] if weight not in sheet.values else []
        if rate not in sheet.values and (not known or sheet.values[amounts.base] <= ZERO):
            absent.append(rate)
        if absent:
            yield uncheckable("budget_score", f"{at}", (score,), tuple(absent))
            continue
        yield BudgetScore(
            rule="budget_score",
            key=f"{at}",
            score=score,
            weight=weight,
            rate=rate if rate in sheet.values else None,
            amounts=amounts if known else None,
            percent=rate in sheet.percent,
        )


RULES = (
    Rule("fund_parts_sum", "error", fund_parts_sum),
    Rule("execution_rate", "error", execution_rate),
    Rule("budget_score", "warning", budget_score),
)
