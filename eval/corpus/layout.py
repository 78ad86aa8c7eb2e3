"""A family's table description, a TOML file, comes in; a Layout goes out: rows of cell patterns with holes.

A cell is written `SPAN|text`, or `SPANxHEIGHT|text`; a height `*` reaches to the end of its block, a span ending in
`v` is merged down over rows with the same level (an extra: the same level 2). A `<` before the bar sets it at the
left. Holes name a field: `{executed}`, with separators `{executed,}`, with a suffix `{execution_rate+%}`, with a text
for what is absent `{score?—}`; `{extra:说明}` is the extra of that label. `{funds.2.executed}` in one of the form's own
rows is a field of its third fund line, so that funds can stand in columns. A newline is the author's own line break.
"""

import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from eval.corpus.blocks import LineStyle
from schemas.base import Record
from schemas.errors import UsageError

_CELL = re.compile(r"(?P<span>[0-9]+)(?P<merge>v)?(?:x(?P<height>[0-9]+|\*))?(?P<left><)?\|(?P<text>.*)", re.DOTALL)
_HOLE = re.compile(
    r"\{(?P<name>(?:funds\.[0-9]+\.)?extra:[^{}+?]+|[a-z0-9_.]+)(?P<comma>,)?(?:\+(?P<suffix>[^{}?]*))?(?:\?(?P<absent>[^{}]*))?\}",
)


class Hole(NamedTuple):
    """A field inside a cell's pattern, and how it is printed."""

    name: str
    thousands: bool
    suffix: str
    absent: str


class Pattern(NamedTuple):
    """One cell of a row as described; height 0 reaches to the block's end."""

    span: int
    height: int
    merge: bool
    left: bool
    text: str

    def holes(self) -> tuple[Hole, ...]:
        """Its fields, from left to right."""
        return tuple(_hole(found) for found in _HOLE.finditer(self.text))


class Funds(Record):
    """The block of the funds: a side label, header rows, one row a line."""

    side: str | None = None
    header: tuple[tuple[str, ...], ...] = ()
    row: tuple[str, ...]
    rows: dict[str, tuple[str, ...]] = {}
    """Patterns of rows that are printed otherwise, by the row's position from 0."""


class Indicators(Record):
    """The block of the indicators: a side label, header rows, one row an indicator."""

    side: str | None = None
    header: tuple[tuple[str, ...], ...]
    row: tuple[str, ...]
    band: tuple[str, ...] = ()
    """A row of its own before the first indicator of each level 1, such as `7<|{level1}`; none if empty."""
    level1: str = "{level1}"
    level1_points: str = "{level1}({level1_weight}分)"
    qualitative: str = ""
    """What the operator's own column prints where the target is words."""
    breakdown: dict[str, str] = {}
    """Fields that rows 其中… fill, and the header under which their extras are labelled."""


class Layout(Record):
    """How one family prints a form.

    A row is a list of cells, the name of a block (`funds`, `indicators`), or `then: TEXT`: the table ends, the line
    TEXT follows, and the next row begins another table.
    """

    widths: tuple[float, ...]
    head: tuple[tuple[LineStyle, str], ...]
    foot: tuple[tuple[LineStyle, str], ...] = ()
    rows: tuple[tuple[str, ...] | str, ...]
    funds: Funds | None = None
    indicators: Indicators


def read_layout(path: Path) -> Layout:
    """The description in a TOML file; UsageError if it is missing or damaged."""
    try:
        return Layout.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise UsageError("corpus.missing", path=str(path)) from None
    except (ValidationError, tomllib.TOMLDecodeError) as error:
        raise UsageError("corpus.damaged", path=str(path), reason=str(error)) from None


def pattern(cell: str) -> Pattern:
    """One cell's description; UsageError if it is none."""
    found = _CELL.fullmatch(cell)
    if found is None:
        raise UsageError("corpus.bad_cell", cell=cell)
    height = {None: 1, "*": 0}.get(found["height"])
    return Pattern(
        span=int(found["span"]),
        height=int(found["height"]) if height is None else height,
        merge=found["merge"] is not None,
        left=found["left"] is not None,
        text=found["text"],
    )


def filled(text: str, value: Callable[[Hole], str]) -> str:
    """The pattern with every hole filled by `value`, which is asked for each one."""
    return _HOLE.sub(lambda found: value(_hole(found)), text)


def _hole(found: re.Match[str]) -> Hole:
    return Hole(found["name"], found["comma"] is not None, found["suffix"] or "", found["absent"] or "")
