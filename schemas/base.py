"""The base of every record: frozen, closed, equal by value."""

from decimal import Decimal, InvalidOperation
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, PlainSerializer, WithJsonSchema


class Record(BaseModel):
    """An immutable value; an unknown field is an error, never silently dropped."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def printed_decimal(value: object) -> Decimal:
    """A Decimal that keeps every printed digit; a float is refused because it has lost them."""
    if isinstance(value, Decimal):
        number = value
    elif isinstance(value, str):
        try:
            number = Decimal(value)
        except InvalidOperation:
            message = f"{value!r} is not a decimal number"
            raise ValueError(message) from None
    else:
        message = f"a printed number comes as text or Decimal, not {type(value).__name__}: floats lose digits"
        raise TypeError(message)
    if not number.is_finite():
        message = f"{value!r} is not a finite number"
        raise ValueError(message)
    return number


PrintedDecimal = Annotated[
    Decimal,
    BeforeValidator(printed_decimal),
    PlainSerializer(lambda number: format(number, "f"), return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?$"}),
]
"""A number as printed: `3,616.90` is Decimal("3616.90") and is written "3616.90"."""
