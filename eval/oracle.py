"""A layout and its labelled forms come in, the roles that a person who knows the forms would give go out.

The person begins with the known words and what hedui proposes, then changes a role wherever more of the labelled
fields come out right with another. Only roles are settled, as `hedui layouts confirm` does: no value is touched.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from eval.score.align import pair_up
from eval.score.compare import FieldScore, Match, score_form
from eval.score.leaves import comparable, leaves
from pipeline.ground import ground
from pipeline.mapping.draft import draft
from pipeline.mapping.lexicon import Lexicon, standard
from pipeline.mapping.settle import Example
from schemas.amount import Amount, normalised
from schemas.form import SelfEvaluation
from schemas.layout import Region
from schemas.reading import ROLES_OF, Role, Slot, Template

FORMS_LOOKED_AT = 3
"""A person looks at some forms of a layout, not at all."""
MISREAD = 0.4
"""A text that differs by no more than this share of its characters is seen to be the field that it is, misread."""
LEAST_IN_REGION = 0.3
"""A region that holds a smaller share of a labelled form's values is another form."""


class Labelled(NamedTuple):
    """One form of the layout and what it must give."""

    example: Example
    gold: SelfEvaluation


class _Worth(NamedTuple):
    """How right the forms come out: compared in this order."""

    correct: int
    not_wrong: int


def roles_by_person(template: Template, forms: Sequence[Labelled], lexicon: Lexicon) -> dict[int, Role]:
    """A role for every slot of the layout, from its labelled forms; with none of them, from the words alone."""
    roles = {slot.number: _first_guess(slot) for slot in template.slots}
    looked_at = forms[:FORMS_LOOKED_AT]
    best = _worth(roles, looked_at, lexicon)
    before = None
    while looked_at and best != before:
        before = best
        for slot in template.slots:
            if best.correct == _fields(looked_at) and not best.not_wrong:
                return roles
            # What has no place in the schema comes first: a name said twice is an extra as well, by chance.
            for role in sorted(ROLES_OF[slot.section], key=lambda role: role != "extra"):
                changes = {**roles, slot.number: role}, _exchanged(template, roles, slot, role)
                for tried in (*changes, _alone(template, roles, slot, role)):
                    worth = _worth(tried, looked_at, lexicon)
                    if worth > best:
                        roles, best = tried, worth
    return roles


def _exchanged(template: Template, roles: Mapping[int, Role], slot: Slot, role: Role) -> dict[int, Role]:
    """The same roles with one slot's replaced; whoever held it in the same row takes the old one."""
    row = [other for other in template.slots if (other.section, other.table) == (slot.section, slot.table)]
    holders = {other.number: roles[slot.number] for other in row if roles[other.number] == role}
    return {**roles, **holders, slot.number: role}


def _alone(template: Template, roles: Mapping[int, Role], slot: Slot, role: Role) -> dict[int, Role]:
    """The same roles with one label's replaced; whatever other label outside tables held it has no place in the schema.

    A goal or a name is said once: while another label has it, nothing comes out better.
    """
    fields = [other for other in template.slots if {other.section, slot.section} <= {"field", "goal"}]
    return {**roles, **{other.number: "extra" for other in fields if roles[other.number] == role}, slot.number: role}


def pair_regions(regions: Sequence[Region], golds: Sequence[SelfEvaluation]) -> dict[int, int]:
    """Position of the gold form of each region of one document, by the values that stand in its cells."""
    texts = [_texts(region) for region in regions]
    likeness = [[_share(gold, held) for held in texts] for gold in golds]
    found = pair_up(likeness, outputs=len(regions), least=LEAST_IN_REGION)
    return {region: gold for gold, region in found.pairs}


def corrected(template: Template, roles: Mapping[int, Role]) -> int:
    """How many labels the person gave another role than was proposed."""
    return sum(slot.role != roles[slot.number] for slot in template.slots)


def _first_guess(slot: Slot) -> Role:
    """What the words say to who can read, else what is proposed, else that it has no place in the schema."""
    known = standard().column(slot.section, slot.text)
    return known or slot.role or "extra"


def _worth(roles: Mapping[int, Role], forms: Sequence[Labelled], lexicon: Lexicon) -> _Worth:
    correct = against = 0
    for example, gold in forms:
        mapped = draft(example.region, example.skeleton, roles, lexicon)
        for field in score_form(gold, ground(mapped, example.region, {}).form).fields:
            seen = field.match is Match.CORRECT or _is_misread(field)
            correct += seen
            against += not seen and field.match is not Match.MISSING
    return _Worth(correct, -against)


def _is_misread(field: FieldScore) -> bool:
    return field.match is Match.WRONG and field.distance is not None and field.distance <= MISREAD


def _fields(forms: Sequence[Labelled]) -> int:
    """How many fields the forms print."""
    return sum(len(score_form(gold, None).fields) for _, gold in forms)


def _texts(region: Region) -> frozenset[str]:
    """What the cells and lines of a region hold, numbers as they are written in the output."""
    found = set()
    for text in (*(cell.text for cell in region.grid.cells), *(line.text for line in region.heading)):
        found.add(normalised(text))
        amount = Amount.parse(text)
        if amount is not None:
            found.add(format(amount.value, "f"))
    return frozenset(found)


def _share(gold: SelfEvaluation, held: frozenset[str]) -> float:
    rows = [leaves(gold), *(leaves(row, "funds") for row in gold.funds)]
    rows += [leaves(row, "indicators") for row in gold.indicators]
    values = [comparable(leaf) for row in rows for leaf in row.values() if leaf.nature != "code"]
    return sum(value in held for value in values) / len(values) if values else 0.0
