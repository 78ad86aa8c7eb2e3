"""Slots of a layout become questions to the model, its answers become readings, one role a slot."""

from collections.abc import Callable, Sequence
from typing import Protocol

from pipeline.mapping.bones import Skeleton, SlotSite
from pipeline.mapping.fitting import fits, fixed, impossible, value_of
from pipeline.mapping.joint import joint
from pipeline.mapping.labels import kind
from schemas.layout import Cell
from schemas.reading import ROLES_OF, CutAnswer, CutQuestion, Reading, RoleAnswer, RoleQuestion, Section

# No more of a value leaves the machine than this many characters.
SAMPLE = 24


class Asker(Protocol):
    """Whoever answers questions: pipeline.llm's client, or a scripted one in tests."""

    def ask_role(self, question: RoleQuestion, why: str) -> RoleAnswer:
        """Which role a label has; raises ModelError."""
        ...

    def ask_cut(self, question: CutQuestion, why: str) -> CutAnswer:
        """Where running text is cut; raises ModelError."""
        ...


Progress = Callable[[str], None]


def questions(skeleton: Skeleton) -> dict[int, RoleQuestion]:
    """One question a slot: the label, its row of labels, one sample value."""
    samples = _samples(skeleton)
    asked = {}
    for slot in skeleton.slots:
        group = _group(skeleton, slot)
        asked[slot.number] = RoleQuestion(
            section=slot.section,
            text=slot.text,
            neighbours=tuple(other.text for other in group),
            sample=samples.get(slot.number),
            options=ROLES_OF[slot.section],
        )
    return asked


def model_readings(skeletons: Sequence[Skeleton], asker: Asker, told: Progress) -> dict[int, Reading]:
    """The model's reading of the slots of one layout: each asked alone, then one role a slot over each row of labels.

    What the bones alone give is not asked, nor a row of headers again that an earlier table has as well; a role that a
    label cannot have for what all forms hold there is out.
    Raises ModelError; answers given before it are in the answer cache.
    """
    skeleton = skeletons[0]
    known = fixed(skeletons)
    fit = fits(skeletons)
    answers: dict[int, RoleAnswer] = {}
    rows: dict[tuple[Section, tuple[str, ...], int], RoleAnswer] = {}
    asked = questions(skeleton)
    for slot in skeleton.slots:
        if slot.number in known:
            continue
        question = asked[slot.number]
        place = question.section, question.neighbours, _group(skeleton, slot).index(slot)
        if place not in rows:
            rows[place] = asker.ask_role(question, f"role:{question.section}:{skeleton.key[:8]}")
            told(skeleton.key)
        answers[slot.number] = rows[place]
    readings: dict[int, Reading] = {}
    groups: dict[tuple[Section, int], list[int]] = {}
    for slot in skeleton.slots:
        if slot.number in answers:
            groups.setdefault((slot.section, slot.table), []).append(slot.number)
    for (section, _), numbers in groups.items():
        row = {number: answers[number] for number in numbers}
        found = joint(row, section, {number: impossible(fit.get(number, {})) for number in numbers})
        for number, said in found.items():
            readings[number] = Reading(
                source="model",
                role=said.role,
                probability=said.probability,
                reason="layouts.by_model",
                rivals=said.rivals,
            )
    return readings


def _group(skeleton: Skeleton, slot: SlotSite) -> list[SlotSite]:
    return [other for other in skeleton.slots if (other.section, other.table) == (slot.section, slot.table)]


def _samples(skeleton: Skeleton) -> dict[int, str]:
    """The first value under or beside each slot."""
    found: dict[int, str] = {}
    for table in skeleton.tables:
        for position, column in enumerate(table.columns):
            cells = [row[position] for row in table.rows]
            found[column.slot] = _first(cells)
        for slot, row in zip(table.row_slots, table.rows, strict=False):
            found[slot] = _first([cell for cell in row if cell is not None and kind(cell.text) == "number"])
    for pair in skeleton.pairs:
        found[pair.slot] = value_of(pair)
    for closing in skeleton.closings:
        beside = [cell for _, cell in closing.cells]
        found[closing.slot] = _first([cell for cell in beside if kind(cell.text) == "number"]) or _first(beside)
    return {slot: text[:SAMPLE] for slot, text in found.items() if slot and kind(text) != "blank"}


def _first(cells: Sequence[Cell | None]) -> str:
    return next((cell.text for cell in cells if cell is not None and kind(cell.text) != "blank"), "")
