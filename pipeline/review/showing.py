"""A form with all that stands behind it comes in, the reviewer's desk goes out: fields, doubts, cards, cells."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import NamedTuple

from pipeline.catalogue import Lang, say
from pipeline.checks.sheet import FUND_NUMBERS, INDICATOR_NUMBERS, MONEY
from pipeline.checks.wording import name
from pipeline.edits.effective import effective
from pipeline.edits.rows import TABLES, Spot, pointer_now, pointer_of, spot_of, spot_of_edit
from pipeline.edits.tables import Tables
from pipeline.edits.values import CHOICES, NUMBERS, QUANTITIES, written
from pipeline.edits.word import OF_THE_WHOLE, is_confirmed, operands
from pipeline.review.cards import blocking, cards_of, doubts_of, told_reason
from pipeline.review.desk import CellView, FieldKind, FieldState, FieldView, FormDesk, RowView
from pipeline.review.history import history_of
from pipeline.review.opened import Opened
from pipeline.store import name_of, open_places
from schemas.evidence import Span
from schemas.layout import Region

_BEFORE_FUNDS = (
    "title",
    "kind",
    "fiscal_year",
    "project_name",
    "project_code",
    "supervising_department",
    "implementing_unit",
    "amount_unit",
)
_GOALS = ("expected_goal", "actual_achievement")
_TOTALS = ("total_weight", "total_score", "grade")
_FUND = ("label", "source", *FUND_NUMBERS)
_INDICATOR = ("level1", "level1_weight", "level2", "name", "target", "actual", *INDICATOR_NUMBERS[1:], "deviation_note")
_LONG = frozenset({*_GOALS, "deviation_note"})


def desk_of(form: Opened, lang: Lang, *, sampled: bool) -> FormDesk:
    """The desk for one form."""
    return _Showing(form, lang).desk(sampled=sampled)


class FieldStanding(NamedTuple):
    """What an edit can change about a field."""

    text: str | None
    state: FieldState
    row: str | None


def standings_of(form: Opened) -> dict[str, FieldStanding]:
    """Every field as it stands, by pointer, without the words for it."""
    return dict(_Showing(form, "zh").standings())


@dataclass
class _Showing:
    """What is worked out once for one form."""

    form: Opened
    lang: Lang

    def desk(self, *, sampled: bool) -> FormDesk:
        """All of it."""
        form, record = self.form, self.form.record
        doubts = () if form.dropped else doubts_of(form, self.lang, [field.pointer for field in self.fields])
        blocks = len(blocking(form))
        return FormDesk(
            record=record,
            version=form.version,
            name=name_of(record),
            dropped=form.dropped,
            sampled=sampled,
            rows=tuple(self._rows()),
            fields=self.fields,
            doubts=doubts,
            cards=cards_of(form, self.lang, {field.pointer: field for field in self.fields}),
            notes=tuple(self._notes()),
            can_settle=not form.dropped and not doubts and not blocks,
            equations_block=blocks,
            cells=self._cells(),
            history=history_of(form, self.lang),
            has_next=form.next_form is not None,
        )

    @cached_property
    def fields(self) -> tuple[FieldView, ...]:
        """Every field in reading order."""
        return tuple(self._field(pointer) for pointer in self._pointers())

    @cached_property
    def _tables(self) -> Tables:
        return Tables(self.form.record.form, self.form.rows)

    @cached_property
    def _doubtful(self) -> frozenset[str]:
        return frozenset(open_places(self.form.record))

    @cached_property
    def _edited(self) -> Mapping[str, str | None]:
        """What was read where a person gave or emptied a value, by the pointer as it stands now."""
        found: dict[str, str | None] = {}
        for event in effective(self.form.edits):
            pointer = pointer_now(event, self.form.rows)
            if event.kind in {"value", "absent"} and pointer is not None:
                added = event.row is not None and event.row.startswith("+")
                found.setdefault(pointer, None if added else event.old)
        return found

    @cached_property
    def _seen(self) -> frozenset[str]:
        """What a person accepted, or confirmed as an operand of the report's own error."""
        accepted = {
            pointer_now(event, self.form.rows) for event in effective(self.form.edits) if event.kind == "accept"
        }
        confirmed = [finding for finding in self.form.record.findings if is_confirmed(finding)]
        seen = {field for finding in confirmed for field in operands(finding, self.form.rows)}
        return frozenset(pointer for pointer in accepted | seen if pointer is not None)

    @cached_property
    def _cells_of(self) -> Mapping[str, tuple[str, ...]]:
        """The cells of each field: those its proof stands in, else those it was drafted from."""
        found: dict[str, tuple[str, ...]] = {}
        for field in self.form.draft.fields if self.form.draft is not None else ():
            spot = spot_of(field.pointer, self.form.read_rows)
            pointer = pointer_of(spot, self.form.rows) if spot is not None else None
            if pointer is not None:
                found[pointer] = field.cells
        of_span = self._cell_of_span
        for pointer, proof in self.form.record.evidence.items():
            cells = tuple(dict.fromkeys(cell for span in proof.spans for cell in of_span.get(span, ())))
            if cells:
                found[pointer] = cells
        for event in effective(self.form.edits):
            spot = spot_of_edit(event, self.form.rows)
            pointer = pointer_of(spot, self.form.rows) if spot is not None else None
            if event.kind == "value" and event.cell is not None and pointer is not None:
                found[pointer] = (event.cell,)
        return found

    @cached_property
    def _cell_of_span(self) -> Mapping[Span, tuple[str, ...]]:
        found: dict[Span, tuple[str, ...]] = {}
        for place in self.form.places.values():
            for span in place.spans:
                found[span] = (*found.get(span, ()), place.place_id)
        return found

    def _pointers(self) -> Iterator[str]:
        form = self.form.record.form
        yield from (f"/{field}" for field in _BEFORE_FUNDS)
        for at, fund in enumerate(form.funds):
            yield from (f"/funds/{at}/{field}" for field in _FUND)
            yield from (f"/funds/{at}/extras/{number}" for number in range(len(fund.extras)))
        yield from (f"/{field}" for field in _GOALS)
        for at, row in enumerate(form.indicators):
            yield from (f"/indicators/{at}/{field}" for field in _INDICATOR)
            yield from (f"/indicators/{at}/extras/{number}" for number in range(len(row.extras)))
        yield from (f"/{field}" for field in _TOTALS)
        yield from (f"/extras/{number}" for number in range(len(form.extras)))

    def standings(self) -> Iterator[tuple[str, FieldStanding]]:
        """Every field's pointer and standing."""
        for pointer in self._pointers():
            spot = self._spot(pointer)
            text = written(self._tables.get(spot))
            state = self._state(pointer, spot.field.partition("/")[0], text)
            yield pointer, FieldStanding(text, state, spot.row or None)

    def _spot(self, pointer: str) -> Spot:
        spot = spot_of(pointer, self.form.rows)
        if spot is None:
            raise AssertionError(pointer)
        return spot

    def _field(self, pointer: str) -> FieldView:
        record, lang = self.form.record, self.lang
        spot = self._spot(pointer)
        text = written(self._tables.get(spot))
        proof = record.evidence.get(pointer)
        cells = self._cells_of.get(pointer, ())
        places = [self.form.places[cell] for cell in cells if cell in self.form.places]
        own = spot.field.partition("/")[0]
        return FieldView(
            pointer=pointer,
            row=spot.row or None,
            label=self._label(spot),
            where=self._where(pointer, spot),
            kind=kind_of_field(own),
            options=_options(own, lang),
            text=text,
            as_read=self._edited.get(pointer, text) if not spot.row.startswith("+") else None,
            printed=proof.cell_text if proof is not None else "".join(place.text for place in places),
            state=self._state(pointer, own, text),
            confidence=record.confidence.get(pointer),
            why=tuple(say(f"review.signal_{signal}", lang) for signal in self.form.signals.get(pointer, ())),
            origin=proof.origin if proof is not None else "human" if pointer in self._edited else "text",
            spans=proof.spans if proof is not None else tuple(span for place in places for span in place.spans),
            cells=cells,
        )

    def _label(self, spot: Spot) -> str:
        """A field's name; an extra's is its printed label."""
        if not spot.field.startswith("extras/"):
            return say(f"fields.{spot.field}", self.lang)
        return self._tables.label_of(spot)

    def _where(self, pointer: str, spot: Spot) -> str:
        if not spot.field.startswith("extras/"):
            return name(pointer, self.lang)
        return say("review.extra_of_row" if spot.row else "review.extra", self.lang, label=self._label(spot))

    def _state(self, pointer: str, own: str, text: str | None) -> FieldState:
        if pointer in self._doubtful:
            return "doubtful"
        if pointer in self._edited:
            return "edited"
        if pointer in self._seen:
            return "confirmed"
        if text is None:
            return "blank"
        return "proven" if own in NUMBERS and pointer not in self.form.record.located_only else "located"

    def _rows(self) -> Iterator[RowView]:
        form = self.form.record.form
        titles = {
            "funds": [fund.label for fund in form.funds],
            "indicators": [row.name or "" for row in form.indicators],
        }
        for table in TABLES:
            for index, row in enumerate(self.form.rows.get(table, ())):
                title = titles[table][index]
                yield RowView(row=row, table=table, index=index, title=title, added=row.startswith("+"))

    def _notes(self) -> Iterator[str]:
        """Reasons that no field settles, in sentences."""
        if self.form.renewed:
            yield say("review.renewed", self.lang)
        places = self._doubtful
        for reason in self.form.record.decision.reasons:
            if reason.code in OF_THE_WHOLE or not any(field in places for field in reason.fields):
                yield told_reason(self.form, reason, self.lang)

    def _cells(self) -> tuple[CellView, ...]:
        if self.form.region is None:
            return ()
        pointers: dict[str, list[str]] = defaultdict(list)
        for field in self.fields:
            for cell in field.cells:
                pointers[cell].append(field.pointer)
        return tuple(_cells_of(self.form.region, self.form, pointers))


@cache
def _options(field: str, lang: Lang) -> tuple[tuple[str, str], ...]:
    """What a choice offers: values with their words."""
    return tuple((value, say(f"export.{field}_{value}", lang)) for value in CHOICES.get(field, ()))


def kind_of_field(field: str) -> FieldKind:
    """How a field is typed."""
    if field in CHOICES:
        return "choice"
    if field in NUMBERS:
        return "money" if field in MONEY else "number"
    if field in QUANTITIES:
        return "quantity"
    return "year" if field == "fiscal_year" else "long" if field in _LONG else "text"


def _cells_of(region: Region, form: Opened, pointers: Mapping[str, Sequence[str]]) -> Iterator[CellView]:
    """Headings, cells, notes: everything a value can be taken from."""

    def line_views(ids: Iterable[str]) -> Iterator[CellView]:
        for line in ids:
            place = form.places[line]
            yield CellView(
                cell=line,
                kind="line",
                text=place.text,
                row=0,
                col=0,
                row_span=0,
                col_span=0,
                spans=place.spans,
                pointers=tuple(pointers.get(line, ())),
            )

    yield from line_views(line.line_id for line in region.heading)
    for cell in region.grid.cells:
        yield CellView(
            cell=cell.cell_id,
            kind="cell",
            text=cell.text,
            row=cell.row,
            col=cell.col,
            row_span=cell.row_span,
            col_span=cell.col_span,
            spans=cell.spans,
            pointers=tuple(pointers.get(cell.cell_id, ())),
        )
    yield from line_views(line.line_id for line in region.trailing)
