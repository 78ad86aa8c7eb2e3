"""Claims on a form's numeric tokens while events are applied: a field that moves takes its claim along. Pure.

A number that a person takes away from a field is claimed by nothing, unless that person said that it is none.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.edits.rows import RowIds, Spot, TableName, pointer_of, spot_of
from schemas.extraction import Claim, TokenCell
from schemas.reading import Role


@dataclass(frozen=True)
class _Claimed:
    """A claim by spots; a pointer that is no field of the form stays as it is."""

    claim: Claim
    spots: tuple[Spot | str, ...]


class Claims:
    """Who claims the numeric tokens of each cell."""

    def __init__(self, tokens: Sequence[TokenCell], rows: RowIds) -> None:
        self._tokens = tokens
        self._of: dict[str, list[_Claimed]] = {
            cell.cell: [
                _Claimed(claim, tuple(spot_of(at, rows) or at for at in claim.pointers)) for claim in cell.claims
            ]
            for cell in tokens
        }

    def tokens(self, rows: RowIds) -> tuple[TokenCell, ...]:
        """The cells with the claims that stand now, by the pointers of the form as it is."""
        return tuple(
            cell.model_copy(update={"claims": tuple(_with_pointers(own, rows) for own in self._of[cell.cell])})
            for cell in self._tokens
        )

    def free(self, spot: Spot) -> None:
        """A field claims nothing any more."""
        for cell, claims in self._of.items():
            left = [replace(own, spots=tuple(at for at in own.spots if at != spot)) for own in claims]
            self._of[cell] = [own for own, was in zip(left, claims, strict=True) if own.spots or not was.spots]

    def move(self, spot: Spot, cell: str) -> None:
        """A field claims another cell: beside words, or in place of what was no field, it is the one claim."""
        self.free(spot)
        if cell not in self._of:
            return
        claims = self._of[cell]
        own = _Claimed(Claim(role="value", roles=_roles(claims)), (spot,))
        words = [known for known in claims if known.claim.role != "value"]
        if not claims or words == claims:
            shared = tuple(at for known in words for at in known.spots)
            self._of[cell] = [replace(own, spots=(*shared, spot))]
        else:
            self._of[cell] = [*claims, own]

    def share(self, spot: Spot, other: Spot) -> None:
        """Another field rests on the cells of this one too."""
        for cell, claims in self._of.items():
            self._of[cell] = [replace(own, spots=(*own.spots, other)) if spot in own.spots else own for own in claims]

    def give(self, spot: Spot, other: Spot) -> None:
        """The cells of a field are another's now; two claims that meet in one field are one."""
        for cell, claims in self._of.items():
            if any(spot in own.spots for own in claims):
                given = [replace(own, spots=tuple(other if at == spot else at for at in own.spots)) for own in claims]
                self._of[cell] = given

    def put_aside(self, cell: str) -> None:
        """A person says that the numbers of a cell are no field."""
        if cell in self._of:
            self._of[cell] = [_Claimed(Claim(role="note"), ())]

    def put_row_aside(self, table: TableName, row: str) -> None:
        """The fields of a row claim nothing; cells that only they claimed are no fields."""
        for cell, claims in self._of.items():
            left = [replace(own, spots=tuple(at for at in own.spots if not _in_row(at, table, row))) for own in claims]
            kept = [own for own, was in zip(left, claims, strict=True) if own.spots or not was.spots]
            self._of[cell] = kept if kept or not claims else [_Claimed(Claim(role="note"), ())]


def _in_row(spot: Spot | str, table: TableName, row: str) -> bool:
    return isinstance(spot, Spot) and (spot.table, spot.row) == (table, row)


def _roles(claims: Sequence[_Claimed]) -> tuple[Role, ...]:
    return tuple(dict.fromkeys(role for own in claims for role in own.claim.roles))


def _with_pointers(own: _Claimed, rows: RowIds) -> Claim:
    pointers = (at if isinstance(at, str) else pointer_of(at, rows) for at in own.spots)
    return own.claim.model_copy(update={"pointers": tuple(dict.fromkeys(at for at in pointers if at is not None))})
