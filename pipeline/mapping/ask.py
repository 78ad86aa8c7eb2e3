"""Slots of a layout become questions to the model, its answers become readings, one role a slot."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from scipy.optimize import linear_sum_assignment

from pipeline.mapping.labels import kind
from pipeline.mapping.skeleton import Skeleton, SlotSite
from schemas.layout import Cell
from schemas.reading import ROLES_OF, CutAnswer, CutQuestion, Reading, Role, RoleAnswer, RoleQuestion, Section

# No more of a value leaves the machine than this many characters.
SAMPLE = 24
# A role that the model did not name among its answers.
UNNAMED = 1e-4
_REPEATABLE: frozenset[Role] = frozenset({"extra", "note", "section", "other", "local", "central", "own"})


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


def model_readings(skeleton: Skeleton, asker: Asker, told: Progress) -> dict[int, Reading]:
    """The model's reading of every slot: each asked alone, then one role a slot over each row of labels.

    Raises ModelError; answers given before it are in the answer cache.
    """
    answers: dict[int, RoleAnswer] = {}
    for number, question in questions(skeleton).items():
        answers[number] = asker.ask_role(question, f"role:{question.section}:{skeleton.key[:8]}")
        told(skeleton.key)
    readings: dict[int, Reading] = {}
    groups: dict[tuple[Section, int], list[int]] = {}
    for slot in skeleton.slots:
        groups.setdefault((slot.section, slot.table), []).append(slot.number)
    for (section, _), numbers in groups.items():
        assigned = assign({number: answers[number] for number in numbers}, ROLES_OF[section])
        for number, role in assigned.items():
            readings[number] = _reading(role, answers[number])
    return readings


def assign(answers: Mapping[int, RoleAnswer], roles: Sequence[Role]) -> dict[int, Role]:
    """The most probable assignment in which no role is given twice, but for those that can repeat."""
    numbers = list(answers)
    columns = [role for role in roles for _ in range(len(numbers) if role in _REPEATABLE else 1)]
    if any(answer.probability is None for answer in answers.values()) or len(numbers) > len(columns):
        return {number: answer.role for number, answer in answers.items()}
    cost = [[-math.log(max(_probability(answers[number], role), UNNAMED)) for role in columns] for number in numbers]
    rows, chosen = linear_sum_assignment(cost)
    return {numbers[row]: columns[column] for row, column in zip(rows, chosen, strict=True)}


def _probability(answer: RoleAnswer, role: Role) -> float:
    if answer.role == role:
        return answer.probability or 0.0
    return dict(answer.rivals).get(role, 0.0)


def _reading(role: Role, answer: RoleAnswer) -> Reading:
    own = answer.probability if answer.role == role else dict(answer.rivals).get(role, UNNAMED)
    others = [(other, share) for other, share in ((answer.role, answer.probability), *answer.rivals) if other != role]
    rivals = tuple((other, share) for other, share in others if share is not None)
    return Reading(source="model", role=role, probability=own, reason="layouts.by_model", rivals=rivals)


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
        found[pair.slot] = _first([pair.value])
    for closing in skeleton.closings:
        found[closing.slot] = _first([cell for _, cell in closing.cells])
    return {slot: text[:SAMPLE] for slot, text in found.items() if slot and text}


def _first(cells: Sequence[Cell | None]) -> str:
    return next((cell.text for cell in cells if cell is not None and kind(cell.text) != "blank"), "")
