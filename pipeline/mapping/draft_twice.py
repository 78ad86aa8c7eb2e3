"""The tables of indicators of one form become its rows, also where a second table goes on with the same indicators.

Some forms print targets in one table and, further down, what was achieved in another. Where both name the same
indicators in the same order and contradict each other nowhere, they are one row each; where they only look like it, a
person has to see it.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from pipeline.mapping.bones import Table
from pipeline.mapping.collected import Collected
from pipeline.mapping.draft_tables import Columns, columns_of, draft_further, draft_indicators, indicator_rows
from pipeline.mapping.labels import without_points
from schemas.amount import normalised
from schemas.layout import Cell
from schemas.reading import Role

_ORDINAL = re.compile(r"^指标[0-9]+:?")
_TELLING: tuple[Role, ...] = ("target", "actual", "score", "weight")
"""What a further table can add."""
_TARGET: tuple[Role, ...] = ("operator", "target", "unit")
"""The parts of a target: one table may print in one cell what another one divides."""


class _Drafted(NamedTuple):
    """A table of indicators, and the number of its first row among all indicators."""

    table: Table
    columns: Columns
    rows: Sequence[int]
    first: int

    def roles(self) -> frozenset[Role]:
        """What its columns are, the labels over its whole width as well."""
        banded: set[Role] = {"level1"} if any(band is not None for band in self.table.bands) else set()
        return frozenset({role for _, _, role in self.columns if role is not None} | banded)

    def texts(self, *roles: Role) -> list[str]:
        """What its rows hold in one or more columns, as compared."""
        places = [index for role in roles for index, _, own in self.columns if own == role]
        if not places and self.table.bands:
            return [_printed(self.table.bands[number]) for number in self.rows]
        return ["".join(_printed(self.table.rows[number][at]) for at in places) for number in self.rows]

    def names(self) -> list[str]:
        """The names of its indicators without ordinals in front of them."""
        return [_ORDINAL.sub("", text) for text in self.texts("name")]


def _printed(cell: Cell | None) -> str:
    return normalised(without_points(cell.text)) if cell is not None else ""


def draft_all_indicators(made: Collected) -> None:
    """Every table of indicators of a form; one may go on with the rows of another."""
    drafted: list[_Drafted] = []
    for table in made.skeleton.tables:
        if table.kind != "indicator":
            continue
        columns = columns_of(made, table)
        own = _Drafted(table, columns, indicator_rows(table, columns), made.indicators)
        before = next((other for other in drafted if _goes_on(other, own)), None)
        if before is not None:
            known = before.roles() - {"extra"}
            draft_further(made, table, before.first, known | set(_TARGET) if "target" in known else known)
            continue
        draft_indicators(made, table)
        if any(_alike(other, own) for other in drafted):
            made.missing.append(f"/indicators/{own.first}/{'name' if 'target' in own.roles() else 'target'}")
        drafted.append(own)


def _goes_on(first: _Drafted, second: _Drafted) -> bool:
    """True if a table names the indicators of another in its order, adds something, and contradicts it nowhere."""
    both = first.roles() & second.roles()
    added = set(_TELLING) & (second.roles() - first.roles())
    if "name" not in both or not added or not first.rows or first.names() != second.names():
        return False
    plain = len(second.rows) == len(second.table.rows)
    if "target" in both and first.texts(*_TARGET) != second.texts(*_TARGET):
        return False
    return plain and all(first.texts(role) == second.texts(role) for role in both - {"name", "extra", *_TARGET})


def _alike(first: _Drafted, second: _Drafted) -> bool:
    """True if at least half of the indicators of the shorter table stand in both."""
    if "name" not in first.roles() & second.roles():
        return False
    one, other = set(first.names()) - {""}, set(second.names()) - {""}
    return bool(one & other) and len(one & other) * 2 >= min(len(one), len(other))
