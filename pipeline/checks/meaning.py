"""Grades, targets and units come in; what does not go together goes out as notices. Covers nothing."""

import re
from collections.abc import Callable, Iterator
from decimal import Decimal

from pipeline.checks.equations import Equation
from pipeline.checks.ranges import HUNDRED, ZERO
from pipeline.checks.registry import Notice, Rule
from pipeline.checks.sheet import MONEY, Sheet, pointers_of
from schemas.amount import normalised
from schemas.check import RuleCode
from schemas.form import IndicatorRow, Operator, Quantity

_GRADES = {
    "优": "优",
    "优秀": "优",
    "良": "良",
    "良好": "良",
    "中": "中",
    "中等": "中",
    "合格": "中",
    "差": "差",
    "较差": "差",
    "不合格": "差",
}
_SCALE = {"优": Decimal(90), "良": Decimal(80), "中": Decimal(60), "差": ZERO}
_UPPER = ("优", "良", "中")
_FLOOR = r"(?<![0-9.])([0-9]+)(?:分)?(?:\(含\))?(?:分)?[-—–~至到]"
_FLOOR_BEFORE_GRADE = re.compile(_FLOOR + r"[^优良中差]{0,12}?(优|良|中|差)")
_GRADE_BEFORE_FLOOR = re.compile(r"(优|良|中|差)[^0-9优良中差]{0,6}" + _FLOOR)


def grade_scale(sheet: Sheet) -> Iterator[Equation | Notice]:
    """The grade is that of the total score: 优 ≥ 90 > 良 ≥ 80 > 中 ≥ 60 > 差, or the scale the form prints.

    Source: 财预〔2020〕10号, four grades. Scores out of another total than 100 have no published scale, nor has a
    grade in other words: not checkable.
    """
    grade, score = sheet.form.grade, sheet.values.get("/total_score")
    if grade is None:
        return
    if score is None:
        yield Notice("grade_scale", "", "missing", ("/grade",), failed=False, missing=("/total_score",))
        return
    known = _GRADES.get(normalised(grade))
    if known is None or sheet.values.get("/total_weight", HUNDRED) != HUNDRED:
        yield Notice("grade_scale", "", "unknown", ("/grade", "/total_score"), failed=False)
        return
    scale = _printed_scale(sheet) or _SCALE
    expected = max((word for word in scale if scale[word] <= score), key=lambda word: scale[word], default="差")
    if expected != known:
        yield Notice(
            "grade_scale",
            "",
            "failed",
            ("/grade", "/total_score"),
            failed=True,
            params={"expected": expected, "score": format(score, "f")},
            printed=known,
            computed=expected,
        )


def _printed_scale(sheet: Sheet) -> dict[str, Decimal] | None:
    """The lowest scores of the grades where a note of the form gives at least the three upper ones in order."""
    for extra in sheet.form.extras:
        text = normalised(extra.label + extra.text)
        for pairs in (
            [(word, floor) for floor, word in _FLOOR_BEFORE_GRADE.findall(text)],
            _GRADE_BEFORE_FLOOR.findall(text),
        ):
            floors = {word: Decimal(floor) for word, floor in pairs}
            upper = [floors[word] for word in _UPPER if word in floors]
            if len(upper) == len(_UPPER) and upper == sorted(upper, reverse=True):
                return {**floors, "差": ZERO}
    return None


def target_attained(sheet: Sheet) -> Iterator[Equation | Notice]:
    """A numeric target that is missed costs points; one that is met costs none without a reason.

    Reason: a reviewer looks at such rows first. Only information: full marks for a miss and lost points for
    a hit occur in published forms, and scores do not follow actual / target.
    """
    for at, row in enumerate(sheet.form.indicators):
        met = _is_met(row.target, row.actual)
        if met is None or row.weight is None or row.score is None:
            continue
        full = row.score == row.weight
        if met is full or (met and row.deviation_note):
            continue
        place = f"/indicators/{at}"
        fields = (f"{place}/score", f"{place}/weight", f"{place}/target", f"{place}/actual")
        yield _row_notice("target_attained", place, "lost" if met else "missed", fields, row)


def _is_met(target: Quantity | None, actual: Quantity | None) -> bool | None:
    """Whether the actual meets the target; None where that is not a matter of two numbers of one unit."""
    if target is None or actual is None or target.value is None or actual.value is None:
        return None
    if actual.operator is not None or (actual.unit and target.unit and _unit(actual.unit) != _unit(target.unit)):
        return None
    return _compare(target.operator, actual.value, target.value)


_COMPARED: dict[Operator, Callable[[Decimal, Decimal], bool]] = {
    "≥": Decimal.__ge__,
    "≤": Decimal.__le__,
    ">": Decimal.__gt__,
    "<": Decimal.__lt__,
    "=": Decimal.__eq__,
}


def _compare(operator: Operator | None, actual: Decimal, target: Decimal) -> bool | None:
    """Whether the actual meets the target; without a sign more may be better or worse, so only equality does."""
    if operator is None:
        return True if actual == target else None
    return _COMPARED[operator](actual, target)


def unit_agrees(sheet: Sheet) -> Iterator[Equation | Notice]:
    """A target and its actual are counted in one unit, and so are the form's amounts of money.

    Reason: 元 beside 万元 is the commonest error of a factor of 10,000. Only printed units speak: a missing one is
    no contradiction.
    """
    for at, row in enumerate(sheet.form.indicators):
        target, actual = row.target, row.actual
        if target is None or actual is None or not target.unit or not actual.unit:
            continue
        if target.unit != actual.unit and _unit(target.unit) != _unit(actual.unit):
            place = f"/indicators/{at}"
            yield _row_notice("unit_agrees", place, "failed", (f"{place}/target", f"{place}/actual"), row)
    yield from _money_units(sheet)


_SAME_UNIT = {"百分比": "%", "百分之": "%", "％": "%"}
_MONEY_UNIT = re.compile(r"[0-9](亿元|千万元|百万元|万元|千元|元)")


def _unit(printed: str) -> str:
    unit = normalised(printed)
    return _SAME_UNIT.get(unit, unit)


def _money_units(sheet: Sheet) -> Iterator[Notice]:
    """Amounts whose own cell names another unit than the form does."""
    declared = normalised(sheet.form.amount_unit or "")
    for column in MONEY:
        for pointer in pointers_of("funds", column, len(sheet.form.funds)):
            proof = sheet.evidence.get(pointer) if sheet.evidence and pointer in sheet.values else None
            if proof is None or proof.cell_text.isascii():  # a unit of money is no ASCII word
                continue
            named = _MONEY_UNIT.search(normalised(proof.cell_text))
            if named is None:
                continue
            declared = declared or named[1]
            if named[1] != declared:
                params = {"printed": named[1], "expected": declared}
                fields = (pointer, "/amount_unit") if sheet.form.amount_unit else (pointer,)
                yield Notice("unit_agrees", pointer, "money", fields, failed=True, params=params)


def _row_notice(code: RuleCode, place: str, variant: str, fields: tuple[str, ...], row: IndicatorRow) -> Notice:
    """A notice about one indicator; `printed` is the actual, `computed` the target, as numbers only."""
    target, actual = row.target, row.actual
    return Notice(
        code,
        place,
        variant,
        fields,
        failed=True,
        printed=_number(actual),
        computed=_number(target),
    )


def _number(quantity: Quantity | None) -> str | None:
    return None if quantity is None or quantity.value is None else format(quantity.value, "f")


RULES = (
    Rule("grade_scale", "warning", grade_scale),
    Rule("target_attained", "information", target_attained),
    Rule("unit_agrees", "warning", unit_agrees),
)
