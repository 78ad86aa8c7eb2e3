"""A form's cells become one question, its Transcription becomes a Draft: the way of mapping that needs no table.

The model copies values and names their cells. Code looks: a quote counts only if code itself, cutting that cell as
the field is cut, gets exactly it; so the digits still come from the cell. The words that the lexicon knows are the
second reading of every role. What does not stand where it was said to stand is missing, and the form goes to review.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import NamedTuple, Protocol, get_args

from pipeline.ground import Place, places_of, take
from pipeline.mapping.bones import Skeleton
from pipeline.mapping.draft import draft
from pipeline.mapping.lexicon import Lexicon
from schemas.amount import is_not_available, normalised
from schemas.extraction import CellUse, Draft, DraftField, DraftFund, Take
from schemas.form import Quantity
from schemas.layout import Region
from schemas.reading import (
    FundQuotes,
    IndicatorQuotes,
    NumberedCell,
    Quote,
    Reading,
    Role,
    Section,
    Slot,
    SlotState,
    Template,
    Transcription,
    TranscriptionQuestion,
)

LONGEST_CELL = 4000
"""Characters of a cell that are shown."""

_TAKES: dict[str, tuple[Take, ...]] = {
    "title": ("title", "text"),
    "fiscal_year": ("year",),
    "amount_unit": ("unit", "text"),
    "total_weight": ("number",),
    "total_score": ("number",),
    "initial_budget": ("number",),
    "adjusted_budget": ("number",),
    "executed": ("number",),
    "execution_rate": ("number",),
    "weight": ("number", "points"),
    "score": ("number",),
    "level1": ("level",),
    "level2": ("level",),
    "actual": ("quantity",),
}
"""How a field may be cut from its cell; every other is text, alone in its cell or behind its label."""
_TEXT: tuple[Take, ...] = ("text", "labelled")


class Transcriber(Protocol):
    """Whoever transcribes forms: pipeline.llm's client, or its limited one."""

    def transcribe(self, question: TranscriptionQuestion, why: str) -> Transcription:
        """The values of a form and where they stand; raises ModelError, BudgetExceeded."""
        ...


class Mapped(NamedTuple):
    """A form's Draft, and the Template on whose roles it rests."""

    draft: Draft
    template: Template


def transcription_question(region: Region) -> TranscriptionQuestion:
    """The form as numbered cells, row by row, the lines above and below as rows of their own."""
    numbers = {place: number for number, place in _numbered(region).items()}
    rows: list[tuple[tuple[str, str], ...]] = [((line.line_id, line.text),) for line in region.heading]
    rows += [tuple((cell.cell_id, cell.text) for cell in row) for row in region.grid.rows()]
    rows += [((line.line_id, line.text),) for line in region.trailing]
    shown = (
        tuple(NumberedCell(number=numbers[place], text=text[:LONGEST_CELL]) for place, text in row if text)
        for row in rows
    )
    return TranscriptionQuestion(rows=tuple(row for row in shown if row))


def transcribed(region: Region, skeleton: Skeleton, said: Transcription, lexicon: Lexicon, key: str) -> Mapped:
    """The Draft of a transcribed form, and the roles that it and the known words give to its fields."""
    return _Transcriber(region, skeleton, said, lexicon, key).mapped()


def _numbered(region: Region) -> dict[int, str]:
    """Cell and line ids by the number that a question shows."""
    ids = [line.line_id for line in region.heading]
    ids += [cell.cell_id for row in region.grid.rows() for cell in row]
    ids += [line.line_id for line in region.trailing]
    return dict(enumerate(ids, start=1))


class _Transcriber:
    """Collects fields that stand where they were said to stand, and who else says so."""

    def __init__(self, region: Region, skeleton: Skeleton, said: Transcription, lexicon: Lexicon, key: str) -> None:
        self.said = said
        self.key = key
        self.ids = _numbered(region)
        self.places = places_of(region)
        known = {
            site.number: role
            for site in skeleton.slots
            if (role := lexicon.column(site.section, site.text)) is not None
        }
        self.known = draft(region, skeleton, known, lexicon)
        self.second = _types_by_cell(self.known)
        self.fields: list[DraftField] = []
        self.funds: list[DraftFund] = []
        self.missing: list[str] = []
        self.slots: dict[tuple[str, SlotState], Slot] = {}

    def mapped(self) -> Mapped:
        """All of it."""
        for name in Transcription.model_fields:
            given = getattr(self.said, name)
            if isinstance(given, Quote):
                self._field(f"/{name}", name, given)
        for fund in self.said.funds:
            self._fund(fund)
        for at, row in enumerate(self.said.indicators):
            self._indicator(at, row)
        for at, quote in enumerate(self.said.extras):
            self._extra(at, quote)
        claimed = {cell for field in self.fields for cell in field.cells} | {fund.label_cell for fund in self.funds}
        self._left_out(claimed)
        made = Draft(
            kind=self.known.kind,
            funds=tuple(self.funds),
            indicator_count=len(self.said.indicators),
            fields=tuple(self.fields),
            uses=tuple(use for use in self._uses() if use.cell not in claimed or use.role == "header"),
            missing=tuple(self.missing),
        )
        slots = tuple(self.slots.values())
        sure = not self.missing and all(slot.state == "agreed" for slot in slots)
        return Mapped(made, Template(key=self.key, state="confirmed" if sure else "proposed", slots=slots))

    def _fund(self, fund: FundQuotes) -> None:
        label = self._place(fund.label)
        base = f"/funds/{len(self.funds)}"
        if label is None or not label.text or normalised(fund.label.text).rstrip(":") not in normalised(label.text):
            self.missing.append(f"{base}/label")
            return
        known = next((own.source for own in self.known.funds if own.label_cell == label.place_id), None)
        state: SlotState = "single" if known is None else "agreed" if known == fund.source else "disputed"
        self.funds.append(
            DraftFund(source=fund.source, label_cell=label.place_id, slots=(self._slot("source", fund.source, state),))
        )
        for name in FundQuotes.model_fields:
            given = getattr(fund, name)
            if isinstance(given, Quote) and name != "label":
                self._field(f"{base}/{name}", name, given)

    def _indicator(self, at: int, row: IndicatorQuotes) -> None:
        base = f"/indicators/{at}"
        for name in IndicatorQuotes.model_fields:
            given = getattr(row, name)
            if isinstance(given, Quote) and name not in {"operator", "target", "unit"}:
                self._field(f"{base}/{name}", name, given)
        self._target(f"{base}/target", row)

    def _target(self, pointer: str, row: IndicatorQuotes) -> None:
        """A target of one cell, or of up to three that each hold a part."""
        parts = [("operator", row.operator), ("value", row.target), ("unit", row.unit)]
        given = [(name, quote, self._place(quote)) for name, quote in parts if quote is not None]
        if row.target is None:
            return
        exact = all(place is not None and normalised(place.text) == normalised(quote.text) for _, quote, place in given)
        places = [place for _, _, place in given if place is not None]
        if not exact:
            self.missing.append(pointer)
            return
        split = tuple(name for name, _, _ in given) if len(given) > 1 else ()
        cells = tuple(place.place_id for place in places)
        slots = (self._agreed_slot(pointer, "target", places[0].place_id),)
        self.fields.append(
            DraftField.model_validate(
                {"pointer": pointer, "take": "quantity", "cells": cells, "parts": split, "slots": slots}
            )
        )

    def _field(self, pointer: str, name: str, quote: Quote) -> None:
        place = self._place(quote)
        how = next((how for how in _TAKES.get(name, _TEXT) if place and _stands(pointer, how, place, quote)), None)
        if place is None or how is None:
            self.missing.append(pointer)
            return
        slots = (self._agreed_slot(pointer, name, place.place_id),)
        self.fields.append(DraftField(pointer=pointer, take=how, cells=(place.place_id,), slots=slots))
        if name == "level1" and _points(place):
            points = f"{pointer}_weight"
            self.fields.append(DraftField(pointer=points, take="points", cells=(place.place_id,), slots=slots))

    def _extra(self, at: int, quote: Quote) -> None:
        """A value without a field; its label is what the known words call it, else the cell before it."""
        place = self._place(quote)
        pointer = f"/extras/{at}"
        if place is None or normalised(place.text) != normalised(quote.text):
            self.missing.append(pointer)
            return
        labels = {cell: field.label for field in self.known.fields for cell in field.cells if field.label}
        before = self.places.get(self.ids.get(quote.cell - 1, ""))
        label = labels.get(place.place_id) or (before.text if before is not None else "")
        slots = (self._agreed_slot(pointer, "extra", place.place_id),)
        cells = (place.place_id,)
        self.fields.append(DraftField(pointer=pointer, take="text", cells=cells, slots=slots, label=label))

    def _left_out(self, claimed: set[str]) -> None:
        """What the known words find and the transcription does not give: the model left it out."""
        for field in self.known.fields:
            holds = not all(is_not_available(self.places[cell].text) for cell in field.cells)
            if holds and not claimed & set(field.cells) and "/extras/" not in field.pointer:
                self.missing.append(field.pointer)

    def _uses(self) -> Iterator[CellUse]:
        """Headers, labels and notes are what they are under any mapping."""
        yield from self.known.uses
        named = {use.cell for use in self.known.uses}
        for fund in self.known.funds:
            if fund.label_cell not in named:
                yield CellUse(cell=fund.label_cell, role="label")

    def _place(self, quote: Quote) -> Place | None:
        return self.places.get(self.ids.get(quote.cell, ""))

    def _agreed_slot(self, pointer: str, name: str, cell: str) -> int:
        """The slot of a field: agreed if the known words say the same of its cell, disputed if they say another."""
        types = self.second.get(cell, frozenset())
        state: SlotState = "single" if not types else "agreed" if _type(pointer) in types else "disputed"
        return self._slot(name, _role(name), state)

    def _slot(self, name: str, role: Role, state: SlotState) -> int:
        if (role, state) not in self.slots:
            model = Reading(source="model", role=role, reason="layouts.by_model")
            words = Reading(source="lexicon", role=role, reason="layouts.by_word")
            self.slots[role, state] = Slot(
                number=len(self.slots) + 1,
                section=_section(name),
                text=name,
                role=role,
                state=state,
                readings=(model, words) if state == "agreed" else (model,),
            )
        return self.slots[role, state].number


def _stands(pointer: str, how: Take, place: Place, quote: Quote) -> bool:
    """Whether code, cutting the place so, gets exactly what was quoted."""
    taken = take(DraftField(pointer=pointer, take=how, cells=(place.place_id,)), [place])
    if not taken.read or taken.value is None:
        return False
    said = normalised(quote.text)
    if isinstance(taken.value, Quantity):
        return said == normalised(taken.value.text)
    if isinstance(taken.value, Decimal):
        return said.rstrip("%").replace(",", "") == format(taken.value, "f") and said.rstrip("%") in normalised(
            place.text
        )
    return said in {normalised(str(taken.value)), normalised(taken.text), normalised(place.text)}


def _points(place: Place) -> bool:
    taken = take(DraftField(pointer="/indicators/0/level1_weight", take="points", cells=(place.place_id,)), [place])
    return taken.read


def _types_by_cell(known: Draft) -> Mapping[str, frozenset[str]]:
    """What the known words make of each cell: pointers without indices."""
    found: dict[str, set[str]] = {}
    for field in known.fields:
        for cell in field.cells:
            found.setdefault(cell, set()).add(_type(field.pointer))
    return {cell: frozenset(types) for cell, types in found.items()}


def _type(pointer: str) -> str:
    return "/".join(step for step in pointer.split("/") if not step.isdecimal())


def _role(name: str) -> Role:
    """The role that a field's column or label has; `section` for a title, which is no label."""
    if name in {"total_weight", "total_score"}:
        return "total"
    roles: tuple[Role, ...] = get_args(Role)
    return next((role for role in roles if role == name), "section" if name == "title" else "extra")


def _section(name: str) -> Section:
    if name in FundQuotes.model_fields or name == "source":
        return "fund_column"
    return "indicator_column" if name in IndicatorQuotes.model_fields else "field"
