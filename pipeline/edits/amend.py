"""An Extraction and a person's events come in, the Extraction under that person's word goes out. Pure.

Values, evidence and claims are kept by spot while events are applied (a row by its id), and get the pointers of the
form as it ended when all are done.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, TypeVar

from pipeline.edits.claims import Claims
from pipeline.edits.effective import Word, effective, word_of
from pipeline.edits.rows import TABLES, RowIds, Spot, TableName, pointer_of, spot_of, spot_of_edit
from pipeline.edits.tables import Tables
from pipeline.edits.values import NEVER_NULL, NUMBERS, picked, typed, written
from pipeline.ground import Place, Value, evidence_of
from pipeline.quantities import quantity
from schemas.errors import ReviewError
from schemas.evidence import Evidence
from schemas.extraction import Extraction, Standing
from schemas.form import Quantity
from schemas.run import Edit

Kept = TypeVar("Kept")

HUMAN = Standing(state="human", agreeing=("human",), origin="human")
"""A field that stands on a person's word."""

LEVELS = ("level1", "level2")
"""What a split-off indicator shares with the row that it came from."""


class Amended(NamedTuple):
    """A form under a person's word."""

    extraction: Extraction
    """As it is proven: a value that a person typed is its own proof."""
    printed: dict[str, Evidence]
    """As it goes out: where a person typed a value, what the document prints there."""
    rows: dict[TableName, tuple[str, ...]]
    word: Word
    edited: frozenset[str]
    """Pointers of values that a person gave or emptied."""


def amended(extraction: Extraction, rows: RowIds, places: Mapping[str, Place], events: Sequence[Edit]) -> Amended:
    """The extraction under the events that count; `rows` and `places` are those of the reading."""
    counting = effective(events)
    if not counting:
        own = {table: tuple(rows.get(table, ())) for table in TABLES}
        return Amended(extraction, extraction.evidence, own, word_of((), ()), frozenset())
    made = _Amending(extraction, rows, places)
    for event in counting:
        made.apply(event)
    return made.amended(counting)


class _Amending:
    """Holds a form by spots while events are applied."""

    def __init__(self, extraction: Extraction, rows: RowIds, places: Mapping[str, Place]) -> None:
        self.source = extraction
        self.places = places
        self.rows = Tables(extraction.form, rows)
        self.claims = Claims(extraction.tokens, rows)
        self.evidence = _by_spot(extraction.evidence, rows)
        self.typed: dict[Spot, Evidence | None] = {}
        """What the document prints where a person typed."""
        self.standings = _by_spot(extraction.standings, rows)
        self.unread = dict.fromkeys(spot_of(pointer, rows) or pointer for pointer in extraction.unread)
        self.missing = dict.fromkeys(spot_of(pointer, rows) or pointer for pointer in extraction.missing)
        self.accepted: dict[Spot | str, None] = {}
        self.edited: dict[Spot, None] = {}

    def apply(self, event: Edit) -> None:
        """One event; one that does not fit changes nothing."""
        if event.kind in {"value", "absent"}:
            self._value(event)
        elif event.kind == "accept":
            self._accept(event)
        elif event.row is not None and event.kind in {"add_row", "split_row", "delete_row", "merge_rows"}:
            self._row(event, event.row)

    def amended(self, counting: Sequence[Edit]) -> Amended:
        """The form as it ended."""
        rows = self.rows.ids()
        evidence = _by_pointer(self.evidence, rows)
        printed = dict(evidence)
        for spot, proof in self.typed.items():
            pointer = pointer_of(spot, rows)
            if pointer is not None and proof is not None:
                printed[pointer] = proof
            elif pointer is not None:
                printed.pop(pointer, None)
        extraction = self.source.model_copy(
            update={
                "form": self.rows.form(),
                "evidence": evidence,
                "standings": _by_pointer(self.standings, rows),
                "unread": _pointers(self.unread, rows),
                "missing": _pointers(self.missing, rows),
                "tokens": self.claims.tokens(rows),
            },
        )
        word = word_of(counting, _pointers(self.accepted, rows))
        return Amended(extraction, printed, rows, word, frozenset(_pointers(self.edited, rows)))

    def _value(self, event: Edit) -> None:
        """A field gets a person's value, or none."""
        spot = spot_of_edit(event, self.rows.ids())
        if spot is None or not self.rows.has(spot):
            return
        place = self.places.get(event.cell) if event.cell is not None else None
        try:
            value, proof = _said(event, spot, place)
        except ReviewError:
            return
        if value is None and spot.field in NEVER_NULL:
            return
        self.rows.put(spot, value)
        self._settle(spot)
        self.edited[spot] = None
        before = self.evidence.pop(spot, None)
        self.typed.pop(spot, None)
        if value is None:
            self.claims.free(spot)
        elif place is not None:
            self.claims.move(spot, place.place_id)
            self.evidence[spot] = proof
        else:
            self.typed[spot] = before
            spans = before.spans if before is not None else ()
            self.evidence[spot] = proof.model_copy(update={"spans": spans})

    def _accept(self, event: Edit) -> None:
        """A field is right as it stands; a cell's number is no field."""
        spot = spot_of_edit(event, self.rows.ids())
        if spot is None:
            self.claims.put_aside(event.pointer)
            self.accepted[event.pointer] = None
        elif self.rows.has(spot):
            self.accepted[spot] = None
            self._settle(spot)

    def _settle(self, spot: Spot) -> None:
        self.standings[spot] = HUMAN
        self.unread.pop(spot, None)
        self.missing.pop(spot, None)

    def _row(self, event: Edit, row: str) -> None:
        """A row comes, goes, is parted or joined."""
        table = table_of(event.pointer)
        if table is None:
            return
        if event.kind == "add_row":
            self.rows.add(table, row, event.other_row)
        elif event.kind == "split_row" and event.other_row in self.rows.order[table]:
            self.rows.add(table, row, event.other_row)
            self._share_levels(table, event.other_row, row)
        elif row not in self.rows.order[table]:
            return
        elif event.kind == "delete_row":
            self._forget(table, row)
            self.rows.drop(table, row)
        elif event.kind == "merge_rows" and event.other_row in self.rows.order[table] and event.other_row != row:
            self._merge(table, row, event.other_row)

    def _share_levels(self, table: TableName, old: str, new: str) -> None:
        """A split-off indicator stands under the same labels as the row it came from, a fund under the same source."""
        for field in LEVELS if table == "indicators" else ("source", "label"):
            before, after = Spot(table, old, field), Spot(table, new, field)
            value = self.rows.get(before)
            if value is None:
                continue
            self.rows.put(after, value)
            self.standings[after] = HUMAN
            if before in self.evidence:
                self.evidence[after] = self.evidence[before]
            self.claims.share(before, after)

    def _forget(self, table: TableName, row: str) -> None:
        """Nothing of a row is a field any more."""
        for spot in [spot for spot in (*self.evidence, *self.standings) if (spot.table, spot.row) == (table, row)]:
            self.evidence.pop(spot, None)
            self.standings.pop(spot, None)
        self.claims.put_row_aside(table, row)
        for lost in (self.unread, self.missing):
            for spot in [spot for spot in lost if isinstance(spot, Spot) and (spot.table, spot.row) == (table, row)]:
                lost.pop(spot)

    def _merge(self, table: TableName, row: str, second: str) -> None:
        """Texts are joined, numbers fill what is empty; a number that both print goes to the extras."""
        for field in self.rows.fields(table, second):
            before, after = Spot(table, second, field), Spot(table, row, field)
            theirs, ours = self.rows.get(before), self.rows.get(after)
            same = theirs == ours and (field not in NUMBERS or self._in_one_place(before, after))
            if theirs is None or same or field in NEVER_NULL:
                self.claims.give(before, after)
                continue
            if field.startswith("extras/") or (ours is not None and field in NUMBERS):
                after = self.rows.put_extra(table, row, before)
            else:
                self.rows.put(after, theirs if ours is None else _joined(ours, theirs))
            self.standings[after] = HUMAN
            self.edited[after] = None
            proofs = [proof for spot in (after, before) if (proof := self.evidence.get(spot)) is not None]
            if proofs:
                self.evidence[after] = _proof_of_all(proofs)
            self.claims.give(before, after)
        self._forget(table, second)
        self.rows.drop(table, second)

    def _in_one_place(self, spot: Spot, other: Spot) -> bool:
        """Whether two fields were cut from one cell, merged over their rows."""
        first, second = self.evidence.get(spot), self.evidence.get(other)
        return first is not None and second is not None and first.spans == second.spans


def table_of(pointer: str) -> TableName | None:
    """The table that an event about a row speaks of: its pointer is `/funds` or `/indicators`, or goes into one."""
    name = pointer.removeprefix("/").partition("/")[0]
    return next((table for table in TABLES if table == name), None)


def _said(event: Edit, spot: Spot, place: Place | None) -> tuple[Value, Evidence]:
    """The value of an event with its proof; raises ReviewError if it is none any more."""
    if event.kind == "absent" or event.new is None:
        return None, Evidence(spans=(), cell_text="", text="")
    value = typed(spot.field, event.new)
    if place is None:
        return value, Evidence(spans=(), cell_text=event.new, text=event.new, origin="human")
    try:
        found = picked(spot.field, place)
    except ReviewError:
        found = None
    if found is not None and written(found.value) == event.new:
        return value, found.evidence
    return value, evidence_of(place, event.new).model_copy(update={"origin": "human"})


def _joined(ours: Value, theirs: Value) -> Value:
    """Two texts, or two targets, as one, joined as a wrapped cell is."""
    if isinstance(ours, Quantity) and isinstance(theirs, Quantity):
        return quantity(ours.text + theirs.text)
    return f"{ours}{theirs}"


def _proof_of_all(proofs: Sequence[Evidence]) -> Evidence:
    """The places of several proofs as one, on a person's word."""
    return Evidence(
        spans=tuple(span for proof in proofs for span in proof.spans),
        cell_text="".join(proof.cell_text for proof in proofs),
        text="".join(proof.text for proof in proofs),
        origin="human",
    )


def _by_spot(kept: Mapping[str, Kept], rows: RowIds) -> dict[Spot, Kept]:
    return {spot: value for pointer, value in kept.items() if (spot := spot_of(pointer, rows)) is not None}


def _by_pointer(kept: Mapping[Spot, Kept], rows: RowIds) -> dict[str, Kept]:
    return {pointer: value for spot, value in kept.items() if (pointer := pointer_of(spot, rows)) is not None}


def _pointers(spots: Iterable[Spot | str], rows: RowIds) -> tuple[str, ...]:
    """Where they stand now; a spot whose row is gone is left out, what is no spot stays as it is."""
    found = (spot if isinstance(spot, str) else pointer_of(spot, rows) for spot in spots)
    return tuple(pointer for pointer in found if pointer is not None)
