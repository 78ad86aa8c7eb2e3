"""What a person typed, or a cell, comes in; the value of a field goes out, or ReviewError says why it is none. Pure."""

from decimal import Decimal
from typing import NamedTuple, get_args

from pipeline.checks.sheet import FORM_NUMBERS, FUND_NUMBERS, INDICATOR_NUMBERS
from pipeline.ground import TOKEN, Place, Taken, Value, evidence_of, take
from pipeline.mapping.labels import label_points, labelled_value, money_unit, without_points
from pipeline.quantities import quantity
from schemas.amount import Amount, is_not_available
from schemas.errors import ReviewError
from schemas.evidence import Evidence
from schemas.extraction import DraftField, Take
from schemas.form import FormKind, FundSource, Quantity

NUMBERS = frozenset({*FUND_NUMBERS, *INDICATOR_NUMBERS, *FORM_NUMBERS})
QUANTITIES = frozenset({"target", "actual"})
CHOICES: dict[str, tuple[str, ...]] = {"source": get_args(FundSource), "kind": get_args(FormKind)}
NEVER_NULL = frozenset({"source", "kind", "label"})
"""Fields that a form or a row always has."""

_BESIDE_A_LABEL = frozenset(
    {"project_name", "project_code", "supervising_department", "implementing_unit", "grade"},
)
"""Fields that a line may print behind their label and a colon; an indicator's name keeps its ordinal: 指标1：……"""

_YEARS = range(1950, 2100)
_YEAR_DIGITS = 4
_MINUS = ("-", "−", "－", "–", "—", "负")
_QUOTED = 24

_TAKES: dict[str, Take] = {
    "target": "quantity", "actual": "quantity", "fiscal_year": "year", "title": "title", "level1": "level",
    "level2": "level", **dict.fromkeys(NUMBERS, "number"),
}  # fmt: skip


class Picked(NamedTuple):
    """The value that a cell gives, with its proof."""

    value: Value
    evidence: Evidence


def typed(field: str, text: str) -> Value:
    """The value of a field as a person typed it; raises ReviewError."""
    name, said = _own(field), text.strip()
    if not said:
        raise ReviewError("review.nothing_typed")
    if name in CHOICES:
        if said not in CHOICES[name]:
            raise ReviewError("review.no_choice", given=_shortened(said), known=CHOICES[name])
        return said
    if name in NUMBERS:
        amount = Amount.parse(said)
        if amount is None:
            raise ReviewError("review.no_number", given=_shortened(said))
        return amount.value
    if name == "fiscal_year":
        if len(said) != _YEAR_DIGITS or not said.isdecimal() or int(said) not in _YEARS:
            raise ReviewError("review.no_year", given=_shortened(said))
        return int(said)
    if name in QUANTITIES:
        found = quantity(said)
        if found is None:
            raise ReviewError("review.nothing_typed")
        return found
    return said


def picked(field: str, place: Place) -> Picked:
    """The value that a cell or line gives a field, cut out as reading would; raises ReviewError."""
    name = _own(field)
    if name in CHOICES:
        raise ReviewError("review.not_from_a_cell")
    if is_not_available(place.text):
        raise ReviewError("review.cell_is_empty")
    how = _how(name, place.text)
    taken = take(DraftField(pointer=f"/{field}", take=how, cells=(place.place_id,)), [place])
    lone = _lone_number(place.text) if name in NUMBERS and not taken.read else None
    if lone is not None:
        taken = lone
    if not taken.read or taken.value is None:
        code = "review.cell_no_number" if name in NUMBERS else "review.cell_does_not_fit"
        raise ReviewError(code, text=_shortened(place.text))
    proof = evidence_of(place, taken.text).model_copy(update={"origin": "human"})
    return Picked(taken.value, proof)


def _lone_number(text: str) -> Taken | None:
    """The one number among words: 自评得分86.05分。; None if there are several, or a minus stands before it."""
    found = list(TOKEN.finditer(text))
    if len(found) != 1 or text[: found[0].start()].rstrip().endswith(_MINUS):
        return None
    amount = Amount.parse(found[0][0])
    return Taken(amount.value, found[0][0]) if amount is not None else None


def _shortened(text: str) -> str:
    """What a sentence quotes of a cell."""
    return text if len(text) <= _QUOTED else f"{text[:_QUOTED]}…"


def _how(name: str, text: str) -> Take:
    """How a field is cut out of a cell that a person pointed at."""
    how = _TAKES.get(name)
    if how == "number" and Amount.parse(text) is None and label_points(text) is not None:
        # 产出指标(50分) has points; of two numbers with 分 a person has to say which.
        return "points" if label_points(without_points(text)) is None else how
    if how is not None:
        return how
    if name == "amount_unit" and money_unit(text):
        return "unit"
    return "labelled" if name in _BESIDE_A_LABEL and labelled_value(text) is not None else "text"


def written(value: Value) -> str | None:
    """A value as an event keeps it; `typed` reads it back."""
    if value is None:
        return None
    if isinstance(value, Quantity):
        return value.text
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def _own(field: str) -> str:
    return field.partition("/")[0]
