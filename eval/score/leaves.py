"""A record of the output schema comes in, its printed leaves go out: one type, one nature, one text each."""

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from typing import Literal, NamedTuple

from schemas.amount import normalised
from schemas.base import Record
from schemas.form import Extra, SelfEvaluation

Nature = Literal["number", "text", "code"]
"""A printed number; a text; one of a closed list (kind, source, operator) or a year."""

_CODES = frozenset({"kind", "source", "operator", "fiscal_year"})
_NO_PLACE = frozenset({"kind"})
"""What is inferred from a form as a whole."""
_PARTED = frozenset({"target", "actual"})
_DEEPEST = 4
"""Steps of `/indicators/0/target`, the blank before the first stroke among them."""
_ORDINAL = re.compile(r"指标[0-9]+:")


class Leaf(NamedTuple):
    """One value of a form. `type` is its pointer without indices: `indicators.target.value`."""

    type: str
    nature: Nature
    printed: str


class Row(NamedTuple):
    """A record taken apart: its leaves, and its extras as leaves."""

    leaves: dict[str, Leaf]
    extras: tuple[Leaf, ...]


class Printed(NamedTuple):
    """A form taken apart, once for all that is counted of it."""

    own: Row
    funds: tuple[Row, ...]
    indicators: tuple[Row, ...]

    def pointers(self) -> tuple[str, ...]:
        """Where every value stands that the form prints; target and actual are one each."""
        found = [f"/{path}" for path in self.own.leaves if path not in _NO_PLACE]
        found += [f"/extras/{at}" for at in range(len(self.own.extras))]
        for table, rows in (("funds", self.funds), ("indicators", self.indicators)):
            for at, row in enumerate(rows):
                found += dict.fromkeys(f"/{table}/{at}/{path.split('/')[0]}" for path in row.leaves)
                found += [f"/{table}/{at}/extras/{extra}" for extra in range(len(row.extras))]
        return tuple(found)


def printed(form: SelfEvaluation) -> Printed:
    """The form with its leaves."""
    return Printed(
        _row(form, form.extras, ""),
        tuple(_row(row, row.extras, "funds") for row in form.funds),
        tuple(_row(row, row.extras, "indicators") for row in form.indicators),
    )


def _row(record: Record, extras: tuple[Extra, ...], table: str) -> Row:
    return Row(leaves(record, table), tuple(extra_leaf(extra, table) for extra in extras))


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
    return printed(form).pointers()


def value_of(pointer: str) -> str:
    """The value that a field belongs to: the parts of a target or an actual stand where it does."""
    steps = pointer.split("/")
    return "/".join(steps[:_DEEPEST]) if len(steps) > _DEEPEST and steps[3] in _PARTED else pointer


class _Step(NamedTuple):
    """One field of a kind of record: its name, its path inside the outermost one, its type and its nature as a text."""

    name: str
    path: str
    type: str
    nature: Nature


@cache
def _steps(kind: type[Record], prefix: str, path: str) -> tuple[_Step, ...]:
    """The fields of a kind of record, the same for every form."""
    return tuple(
        _Step(name, own, f"{prefix}{own.replace('/', '.')}", "code" if name in _CODES else "text")
        for name in kind.model_fields
        for own in (f"{path}{name}",)
    )


def _walked(record: Record, prefix: str, path: str) -> Iterator[tuple[str, Leaf]]:
    for name, own, kind, nature in _steps(type(record), prefix, path):
        value = getattr(record, name)
        if value is None or isinstance(value, tuple):
            continue
        if isinstance(value, str):
            yield own, Leaf(kind, nature, value)
        elif isinstance(value, Decimal):
            yield own, Leaf(kind, "number", format(value, "f"))
        elif isinstance(value, Record):
            yield from _walked(value, prefix, f"{own}/")
        else:
            yield own, Leaf(kind, nature, str(value))
