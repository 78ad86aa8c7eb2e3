"""A record of the output schema comes in, its printed leaves go out: one type, one nature, one text each."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Literal, NamedTuple

from schemas.amount import normalised
from schemas.base import Record
from schemas.form import Extra, FundLine, IndicatorRow, SelfEvaluation

Nature = Literal["number", "text", "code"]
"""A printed number; a text; one of a closed list (kind, source, operator) or a year."""

_CODES = frozenset({"kind", "source", "operator", "fiscal_year"})
_NO_PLACE = frozenset({"kind"})
"""What is inferred from a form as a whole."""
_ORDINAL = re.compile(r"指标[0-9]+:")


class Leaf(NamedTuple):
    """One value of a form. `type` is its pointer without indices: `indicators.target.value`."""

    type: str
    nature: Nature
    printed: str


def leaves(record: Record, table: str = "") -> dict[str, Leaf]:
    """Every value of a record that is not null, by its path inside it (`target/value`); rows and extras aside.

    `table` is the list that the record is a row of.
    """
    return dict(_walked(record, f"{table}." if table else "", ""))


def extra_leaf(extra: Extra, table: str) -> Leaf:
    """An extra as one text: its label, without the final colon, and what stands behind it."""
    label = normalised(extra.label).rstrip(":")
    return Leaf(f"{table}.extras" if table else "extras", "text", f"{label}:{extra.text}")


def comparable(leaf: Leaf) -> str:
    """What two values are compared by: numbers as printed, texts after NFKC without whitespace.

    An ordinal in front of an indicator's name (指标1：) stays in the name and is ignored here.
    """
    if leaf.nature != "text":
        return leaf.printed
    text = normalised(leaf.printed)
    return _ORDINAL.sub("", text, count=1) if leaf.type == "indicators.name" and _ORDINAL.match(text) else text


def values(form: SelfEvaluation) -> tuple[str, ...]:
    """Pointers of every value that a form prints; target and actual are one each."""
    found = [f"/{path}" for path in leaves(form) if path not in _NO_PLACE]
    found += [f"/extras/{at}" for at in range(len(form.extras))]
    rows: list[tuple[str, FundLine | IndicatorRow]] = [(f"/funds/{at}", row) for at, row in enumerate(form.funds)]
    rows += [(f"/indicators/{at}", row) for at, row in enumerate(form.indicators)]
    for place, row in rows:
        found += dict.fromkeys(f"{place}/{path.split('/')[0]}" for path in leaves(row))
        found += [f"{place}/extras/{extra}" for extra in range(len(row.extras))]
    return tuple(found)


def _walked(record: Record, prefix: str, path: str) -> Iterator[tuple[str, Leaf]]:
    for name, value in record:
        own = f"{path}{name}"
        kind = f"{prefix}{own.replace('/', '.')}"
        if isinstance(value, Record):
            yield from _walked(value, prefix, f"{own}/")
        elif isinstance(value, Decimal):
            yield own, Leaf(kind, "number", format(value, "f"))
        elif value is not None and not isinstance(value, tuple):
            yield own, Leaf(kind, "code" if name in _CODES else "text", str(value))
