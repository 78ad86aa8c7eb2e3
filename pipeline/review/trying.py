"""Stored forms and a reading of their layout come in; what their equations would say and what would change goes out."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, TypeVar

from pipeline.catalogue import Lang
from pipeline.checks import check
from pipeline.checks.wording import name
from pipeline.edits.tables import Tables
from pipeline.edits.values import written
from pipeline.ground import figures
from pipeline.mapping.draft import draft
from pipeline.mapping.settle import Example
from pipeline.mapping.skeleton import analyse
from pipeline.review.layouts import Effect
from pipeline.run import Ways, roles_of
from pipeline.store import Store
from schemas.form import SelfEvaluation
from schemas.reading import ROLES_OF, Role, Slot, Template

_T = TypeVar("_T")

MOST_TRIED = 200
"""Forms of one layout on which a reading is tried while a person waits; of more, so many evenly from all of them."""

_FAILED = frozenset({"source_discrepancy", "misread_suspected"})

_SHARED = frozenset({"section", "extra", "note", "organisation", *ROLES_OF["fund_row"], *ROLES_OF["total_row"]})
"""Roles that several columns or labels of one table may have."""


class Tally(NamedTuple):
    """What the equations of one form say."""

    failing: int
    holding: int


def examples_of(store: Store, key: str, ways: Ways) -> list[Example]:
    """The forms of a layout that readings are tried on, spread over all that are stored."""
    found = (store.region_of(path, index) for path, index in spread(store.places_of_layout(key), MOST_TRIED))
    return [Example(kept.region, analyse(kept.region, ways.lexicon)) for kept in found if kept is not None]


def spread(things: Sequence[_T], most: int) -> list[_T]:
    """All of them, or so many at even distances."""
    count = len(things)
    return [things[at * count // most] for at in range(most)] if count > most else list(things)


def tallies(examples: Sequence[Example], roles: Mapping[int, Role], ways: Ways) -> list[Tally]:
    """What the equations of each form say under one reading; a number that could not be read fails."""
    found = []
    for example in examples:
        extraction = figures(draft(example.region, example.skeleton, roles, ways.lexicon), example.region)
        report = check(extraction, rules_off=ways.rules_off, severities=ways.severities)
        failing = sum(finding.verdict in _FAILED for finding in report.findings) + len(extraction.unread)
        found.append(Tally(failing, len({(held.rule, held.key) for held in report.held})))
    return found


def effect(now: Sequence[Tally], then: Sequence[Tally], of: int) -> Effect:
    """Two readings of the same forms beside each other."""
    return Effect(
        forms=len(now),
        of=of,
        hold_now=sum(not tally.failing for tally in now),
        hold_then=sum(not tally.failing for tally in then),
        failing_now=sum(tally.failing for tally in now),
        failing_then=sum(tally.failing for tally in then),
        holding_now=sum(tally.holding for tally in now),
        holding_then=sum(tally.holding for tally in then),
    )


def alternatives(slot: Slot) -> tuple[Role, ...]:
    """Every role that can stand there: the chosen one, those that a reading proposed, the others."""
    proposed = [reading.role for reading in slot.readings]
    own = [slot.role] if slot.role is not None else []
    return tuple(dict.fromkeys([*own, *proposed, *ROLES_OF[slot.section]]))


def correction(template: Template, slot: Slot, role: Role) -> dict[int, Role]:
    """The roles that giving a slot another role needs: who held it in the same table gets the old one."""
    roles: dict[int, Role] = {slot.number: role}
    shared = role in _SHARED and (role, slot.section) != ("total", "fund_row")
    if shared or slot.role is None or slot.section == "field":
        return roles
    for other in template.slots:
        same = (other.section, other.table) == (slot.section, slot.table)
        if same and other.number != slot.number and other.role == role:
            roles[other.number] = slot.role
    return roles


def with_roles(template: Template, roles: Mapping[int, Role]) -> dict[int, Role]:
    """The template's roles with some of them replaced."""
    return {**roles_of(template), **roles}


def differences(now: SelfEvaluation, then: SelfEvaluation, lang: Lang) -> list[tuple[str, str | None, str | None]]:
    """The fields that differ: in words, before, after."""
    before, after = _values(now), _values(then)
    pointers = dict.fromkeys((*before, *after))
    return [
        (name(pointer, lang), before.get(pointer), after.get(pointer))
        for pointer in pointers
        if before.get(pointer) != after.get(pointer)
    ]


def _values(form: SelfEvaluation) -> dict[str, str]:
    """Every value of a form that is not blank, by pointer."""
    rows = {
        "funds": tuple(str(at) for at in range(len(form.funds))),
        "indicators": tuple(f"i{at}" for at in range(len(form.indicators))),
    }
    tables = Tables(form, {"funds": rows["funds"], "indicators": rows["indicators"]})
    return {pointer: text for pointer, value in tables.values() if (text := written(value)) is not None}
