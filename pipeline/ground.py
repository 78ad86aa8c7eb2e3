"""A Draft becomes an Extraction: ids become Evidence, printed strings become values, every number is claimed.

The only place where a value is made, and it is always cut out of a cell's own text.
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from pipeline.mapping.labels import label_points, labelled_value, money_unit, without_points
from pipeline.mapping.titles import YEAR
from pipeline.quantities import quantity, split_quantity
from schemas.amount import Amount, is_not_available, normalised
from schemas.evidence import Evidence, Origin, Span
from schemas.extraction import CellRole, Claim, Draft, DraftField, Extraction, Standing, Take, TokenCell
from schemas.form import Extra, FundLine, IndicatorRow, Quantity, SelfEvaluation
from schemas.layout import CellDoubt, Region
from schemas.reading import Role, Slot, SlotState

TOKEN = re.compile(r"[0-9][0-9,]*(?:\.[0-9]+)?")
_WITH_UNIT = re.compile(r"(?P<number>[+-]?[0-9][0-9,]*(?:\.[0-9]+)?)\s*(?:万元|千元|亿元|元|分)")
_YEAR_IN_TITLE = re.compile(r"\s*[(（]\s*(?:19|20)[0-9]{2}\s*年?度?\s*[)）]\s*")
_NOTHING = "无"
_WEAKEST: tuple[SlotState, ...] = ("unread", "disputed", "undiscriminated", "single", "agreed", "human")

Value = str | int | Decimal | Quantity | None


class Place(NamedTuple):
    """A cell or a line as a field's source."""

    place_id: str
    text: str
    spans: tuple[Span, ...]
    origin: Origin
    doubts: tuple[CellDoubt, ...]
    lines: int
    parts: int
    hidden_text: bool
    unread: bool = False


_NOWHERE = Place("", "", (), "text", (), 0, 0, hidden_text=False)


class Taken(NamedTuple):
    """What a field's cells give: the value, the text it was cut from, and whether it could be read."""

    value: Value
    text: str
    read: bool = True


def ground(draft: Draft, region: Region, slots: Mapping[int, Slot]) -> Extraction:
    """Values with their evidence; raises KeyError only if a draft names a cell that the region lacks."""
    places = places_of(region)
    values: dict[str, Value] = {}
    evidence: dict[str, Evidence] = {}
    standings: dict[str, Standing] = {}
    unread: list[str] = []
    labels: dict[str, str] = {}
    standing = Standings(slots).of
    for field in draft.fields:
        sources = [places[place] for place in field.cells]
        place = together(sources)
        taken = take(field, sources)
        standings[field.pointer] = standing(field.slots, place)
        if not taken.read or place.unread:
            unread.append(field.pointer)
        elif taken.value is not None:
            values[field.pointer] = taken.value
            labels[field.pointer] = field.label
            filled = sources if len(sources) == 1 else [part for part in sources if not is_not_available(part.text)]
            evidence[field.pointer] = evidence_of(together(filled), taken.text)
    for index, fund in enumerate(draft.funds):
        label = places[fund.label_cell]
        for name in ("label", "source"):
            pointer = f"/funds/{index}/{name}"
            evidence[pointer] = evidence_of(label, label.text)
            standings[pointer] = standing(fund.slots, label)
    return Extraction(
        form=_form(draft, values, labels, places),
        evidence=evidence,
        standings=standings,
        unread=tuple(unread),
        missing=draft.missing,
        tokens=claims(draft, places, slots),
        hidden=region.hidden,
        outside=region.outside,
    )


def figures(draft: Draft, region: Region) -> Extraction:
    """Only the numbers that equations speak of, without their proof: what trying a reading needs."""
    texts = {cell.cell_id: cell.text for cell in region.grid.cells}
    values: dict[str, Value] = {}
    unread = []
    for field in draft.fields:
        # Points of a label are compared with the rows under its name.
        if field.take in {"number", "points", "level"} and field.cells[0] in texts:
            text = texts[field.cells[0]]
            taken = _number(text) if field.take == "number" else _from_label(field.take, text)
            if not taken.read:
                unread.append(field.pointer)
            elif taken.value is not None and "/extras/" not in field.pointer:
                values[field.pointer] = taken.value
    form = _form(draft, values, {}, {fund.label_cell: _NOWHERE for fund in draft.funds})
    return Extraction(form=form, evidence={}, standings={}, unread=tuple(unread))


def places_of(region: Region) -> dict[str, Place]:
    """Every cell and line of a form by its id."""
    places = {
        cell.cell_id: Place(
            cell.cell_id,
            cell.text,
            cell.spans,
            cell.origin,
            cell.doubts,
            len(cell.lines),
            len(cell.parts),
            cell.hidden_text,
            cell.unread,
        )
        for cell in region.grid.cells
    }
    for line in (*region.heading, *region.trailing):
        places[line.line_id] = Place(line.line_id, line.text, (line.span,), line.origin, (), 1, 0, line.hidden)
    return places


def together(sources: Sequence[Place]) -> Place:
    """The places of a field as one: what is doubtful about any of them is doubtful about all."""
    if len(sources) == 1:
        return sources[0]
    return Place(
        sources[0].place_id,
        "".join(source.text for source in sources),
        tuple(span for source in sources for span in source.spans),
        "ocr" if any(source.origin == "ocr" for source in sources) else sources[0].origin,
        tuple(sorted({doubt for source in sources for doubt in source.doubts})),
        sum(max(source.lines - 1, 0) for source in sources) + 1,
        max(source.parts for source in sources),
        any(source.hidden_text for source in sources),
        any(source.unread for source in sources),
    )


def evidence_of(place: Place, text: str) -> Evidence:
    """The proof of one field from the place it stands in."""
    return Evidence(spans=place.spans, cell_text=place.text, text=text, origin=place.origin)


class Standings:
    """Standings of fields; those that rest on the same slots and look alike are one record."""

    def __init__(self, slots: Mapping[int, Slot]) -> None:
        self._slots = slots
        self._made: dict[tuple[object, ...], Standing] = {}

    def of(self, numbers: tuple[int, ...], place: Place) -> Standing:
        """The weakest of the slots a field rests on, and what is doubtful about its place."""
        wrapped = max(place.lines - 1, 0)
        key = (numbers, place.origin, place.doubts, wrapped, place.parts > 1, place.hidden_text)
        if key not in self._made:
            rests = [self._slots[number] for number in numbers if number in self._slots]
            weakest = min(rests, key=lambda slot: _WEAKEST.index(slot.state), default=None)
            readings = weakest.readings if weakest else ()
            model = [reading.probability for reading in readings if reading.source == "model"]
            self._made[key] = Standing(
                state=weakest.state if weakest else "agreed",
                agreeing=tuple(reading.source for reading in readings if weakest and reading.role == weakest.role),
                probability=model[0] if model else None,
                origin=place.origin,
                doubts=place.doubts,
                wrapped=wrapped,
                stitched=place.parts > 1,
                hidden_text=place.hidden_text,
            )
        return self._made[key]


def take(field: DraftField, sources: Sequence[Place]) -> Taken:
    """Cut a field's value out of its cells' own text."""
    text = "".join(source.text for source in sources) if field.take == "year" else sources[0].text
    if field.take == "number":
        return _number(text)
    if field.take == "quantity":
        if field.parts:
            pairs = [(part, source.text) for part, source in zip(field.parts, sources, strict=True)]
            found = split_quantity(pairs)
        else:
            found = quantity(text)
        return Taken(found, found.text if found else "")
    if is_not_available(text):
        return Taken(None, "")
    if field.take == "text":
        return Taken(text, text)
    if field.take == "labelled":
        behind = labelled_value(text)
        return Taken(behind.value, behind.value) if behind else Taken(None, "", read=False)
    return _from_label(field.take, text)


def _number(text: str) -> Taken:
    """One printed number, with or without its unit; nothing, or 无, is no number; anything else is unread."""
    if is_not_available(text) or normalised(text) == _NOTHING:
        return Taken(None, "")
    amount = Amount.parse(text)
    if amount is None:
        with_unit = _WITH_UNIT.fullmatch("".join(text.split()))
        amount = Amount.parse(with_unit["number"]) if with_unit else None
    if amount is None:
        return Taken(None, "", read=False)
    return Taken(amount.value, amount.raw)


def _from_label(how: Take, text: str) -> Taken:
    """What a heading or a label holds: a title, a year, a unit of money, a level's name, its points."""
    if how == "title":
        title = _YEAR_IN_TITLE.sub("", text).strip()
        return Taken(title or None, title if title in text else text)
    if how == "year":
        if len(set(YEAR.findall(normalised(text)))) > 1:
            return Taken(None, "", read=False)  # 2025年填报2024年度…: which one it is of is not for code to say
        year = YEAR.search(normalised(text)) or re.fullmatch(r"((?:19|20)[0-9]{2})", normalised(text))
        return Taken(int(year.group(1)), year.group(1)) if year else Taken(None, "", read=False)
    if how == "unit":
        unit = money_unit(text)
        return Taken(unit, unit or "", read=unit is not None)
    if how == "points":
        points = label_points(text)
        return Taken(points, format(points, "f")) if points is not None else Taken(None, "", read=False)
    name = without_points(text)
    return Taken(name, name if name in text else text)


_CLAIM_OF: dict[Take, CellRole] = {
    "number": "value", "quantity": "value", "text": "text", "labelled": "text",
    "title": "label", "year": "label", "unit": "label", "points": "label", "level": "label",
}  # fmt: skip


def claims(draft: Draft, places: Mapping[str, Place], slots: Mapping[int, Slot] | None = None) -> tuple[TokenCell, ...]:
    """Every cell and line with numeric tokens and the roles that claim it; `slots` say what columns were read as.

    Fields cut from one label (its name, its points, a year) are one claim, as are the rows that share a merged
    cell; two numbers out of one cell are two.
    """
    texts = {place.place_id: normalised(place.text) for place in places.values()}
    tokens = {place_id: tuple(TOKEN.findall(text)) for place_id, text in texts.items() if text}
    found: dict[str, dict[tuple[CellRole, tuple[int, ...] | str], list[str]]]
    found = {place_id: {} for place_id, numbers in tokens.items() if numbers}
    said: dict[str, dict[Role, None]] = {place_id: {} for place_id in found}
    rests = {number: slot.role for number, slot in (slots or {}).items() if slot.role is not None}
    for field in draft.fields:
        for cell in field.cells:
            if cell in found:
                role = _CLAIM_OF[field.take]
                own = field.take == "number" and not field.pointer.endswith("/level1_weight")
                shared: tuple[int, ...] | str = field.pointer if own else field.slots
                found[cell].setdefault((role, "" if role == "label" else shared), []).append(field.pointer)
                said[cell].update((rests[number], None) for number in field.slots if number in rests)
    for index, fund in enumerate(draft.funds):
        if fund.label_cell in found:
            found[fund.label_cell].setdefault(("label", ""), []).append(f"/funds/{index}/label")
    for use in draft.uses:
        claimed = found.get(use.cell)
        if claimed is not None and not any(role == "label" for role, _ in claimed):
            claimed.setdefault(("label" if use.role == "header" and claimed else use.role, ""), [])
    return tuple(
        TokenCell(
            cell=place_id,
            tokens=tokens[place_id],
            claims=tuple(
                Claim(role=role, pointers=tuple(pointers), roles=tuple(said[place_id]))
                for (role, _), pointers in claimed.items()
            ),
            spans=places[place_id].spans,
            bare=texts[place_id].strip("+-−%") == tokens[place_id][0],
        )
        for place_id, claimed in found.items()
    )


def _form(
    draft: Draft, values: Mapping[str, Value], labels: Mapping[str, str], places: Mapping[str, Place]
) -> SelfEvaluation:
    """The strict schema from flat pointers."""
    rows: dict[tuple[str, int], dict[str, object]] = defaultdict(dict)
    extras: dict[tuple[str, int], list[Extra]] = defaultdict(list)
    top: dict[str, object] = {}
    for pointer, value in values.items():
        parts = pointer.split("/")[1:]
        if parts[0] == "extras":
            extras["", 0].append(Extra(label=_clean(labels[pointer]), text=_printed(value)))
        elif len(parts) == 1:
            top[parts[0]] = value
        elif parts[2] == "extras":
            extras[parts[0], int(parts[1])].append(Extra(label=_clean(labels[pointer]), text=_printed(value)))
        else:
            rows[parts[0], int(parts[1])][parts[2]] = value
    funds = tuple(
        FundLine.model_validate(
            {
                **rows["funds", index],
                "source": fund.source,
                "label": _clean(places[fund.label_cell].text),
                "extras": tuple(extras["funds", index]),
            },
        )
        for index, fund in enumerate(draft.funds)
    )
    indicators = tuple(
        IndicatorRow.model_validate({**rows["indicators", index], "extras": tuple(extras["indicators", index])})
        for index in range(draft.indicator_count)
    )
    fixed = {"kind": draft.kind, "funds": funds, "indicators": indicators, "extras": tuple(extras["", 0])}
    return SelfEvaluation.model_validate({**top, **fixed})


def _printed(value: Value) -> str:
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def _clean(label: str) -> str:
    """A label as printed without its final colon."""
    return label.strip().rstrip(":：").rstrip()
