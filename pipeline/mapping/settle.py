"""All forms of one layout and the readings of its slots become a Template: which role each slot has, and why.

Independent readings first, then arithmetic: where readings differ every candidate is tried on all forms, and
equations that fail rule candidates out. A role whose exchange with another breaks no equation counts only if
two readings other than the column's content agree on it, or a person said so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from pipeline.checks import check
from pipeline.ground import figures
from pipeline.mapping.bones import Skeleton, SlotSite
from pipeline.mapping.content import content_readings
from pipeline.mapping.draft import draft
from pipeline.mapping.fitting import NEVER, fits, fixed, impossible
from pipeline.mapping.joint import only_once
from pipeline.mapping.known import known_role
from pipeline.mapping.lexicon import Lexicon
from pipeline.mapping.standing import MODEL_DISSENTS, NUMBERS, counts, dissents, speaks, standing
from pipeline.mapping.titles import year_of
from pipeline.mapping.weigh import weighed
from schemas.errors import UsageError
from schemas.layout import Region
from schemas.reading import ROLES_OF, Reading, ReadingSource, Role, Section, Slot, SlotState, Template, TemplateState

# More forms of a layout than this teach nothing new about it.
FORMS_TRIED = 24
# A role that is less likely than this is not tried, and no more roles than these are changed for the equations' sake.
LEAST_LIKELY = 0.02
MOST_CHANGES = 4
# Readings in the order in which they are believed before any arithmetic.
_ORDER: tuple[ReadingSource, ...] = ("lexicon", "model", "content")
_SOURCES: frozenset[Role] = frozenset(ROLES_OF["fund_row"]) - {"extra"}
_TABLES: frozenset[Section] = frozenset({"fund_column", "indicator_column"})
_REST = Reading(source="content", role="extra", reason="layouts.by_rest")


@dataclass(frozen=True)
class Example:
    """One form of the layout."""

    region: Region
    skeleton: Skeleton


@dataclass(frozen=True)
class Tally:
    """What the equations say of one reading over all examples: how many fail, how many hold."""

    failing: int
    holding: int


def settle(examples: Sequence[Example], model: Mapping[int, Reading], lexicon: Lexicon) -> Template:
    """The template of one layout from its forms; `model` is the model's reading by slot, where there is one."""
    return _Settler(examples, model, lexicon).template()


def confirmed(template: Template, roles: Mapping[int, Role]) -> Template:
    """The template as a person settled it: `roles` where they differ from what was proposed.

    Raises UsageError for a slot the layout does not have, a role that cannot stand there, a slot left without one.
    """
    known = {slot.number for slot in template.slots}
    for number, role in roles.items():
        if number not in known:
            raise UsageError("layouts.no_such_column", column=number, last=len(template.slots))
        options = ROLES_OF[template.slots[number - 1].section]
        if role not in options:
            raise UsageError("layouts.no_such_role", column=number, role=role, known=", ".join(options))
    slots = []
    for slot in template.slots:
        said = roles.get(slot.number, slot.role)
        if said is None:
            raise UsageError("layouts.column_without_role", column=slot.number, label=slot.text)
        own = Reading(source="human", role=said, reason="layouts.by_person")
        readings = (own, *(reading for reading in slot.readings if reading.source != "human"))
        slots.append(slot.model_copy(update={"role": said, "state": "human", "readings": readings}))
    return template.model_copy(update={"slots": tuple(slots), "state": "confirmed", "decided_by": "human"})


class _Settler:
    """Holds the examples and the readings while candidates are tried."""

    def __init__(self, examples: Sequence[Example], model: Mapping[int, Reading], lexicon: Lexicon) -> None:
        self.examples = examples[:FORMS_TRIED]
        self.forms_seen = len(examples)
        self.lexicon = lexicon.of_year(year_of(examples[0].region, lexicon))
        self.skeleton = examples[0].skeleton
        skeletons = [example.skeleton for example in self.examples]
        self.fits = fits(skeletons)
        # A label that is known as a field's keeps it, also where its value looks like another label.
        self.fixed = {
            number: role
            for number, role in fixed(skeletons).items()
            if role != "note" or self._known(self.skeleton.slots[number - 1]) in {None, "note", "extra", "section"}
        }
        self.readings = self._gather(model)
        self.weighed = weighed(self.skeleton.slots, self.readings, self.fits, self.fixed)
        self.tallies: dict[tuple[tuple[int, Role], ...], Tally] = {}

    def template(self) -> Template:
        """Choose, test exchanges, name each slot's state."""
        roles = self._choose()
        ruled_out = self._ruled_out(roles)
        exchangeable = self._exchangeable(roles)
        states = {
            site.number: self._standing(
                site,
                roles.get(site.number),
                ruled_out.get(site.number, frozenset()),
                exchangeable.get(site.number, ()),
            )
            for site in self.skeleton.slots
        }
        rest = [
            site.number
            for site in self.skeleton.slots
            if not exchangeable.get(site.number) and self._is_rest(site, roles, states)
        ]
        slots = [
            Slot(
                number=site.number,
                section=site.section,
                table=site.table,
                text=site.text,
                span=site.span,
                role=roles.get(site.number),
                state="agreed" if site.number in rest else states[site.number],
                readings=(*self.readings[site.number], *([_REST] if site.number in rest else [])),
                undiscriminated_with=exchangeable.get(site.number, ()),
            )
            for site in self.skeleton.slots
        ]
        state: TemplateState = "confirmed" if all(slot.state == "agreed" for slot in slots) else "proposed"
        return Template(
            key=self.skeleton.key,
            state=state,
            slots=tuple(slots),
            forms_seen=self.forms_seen,
            samples=_sample_rows(self.skeleton),
        )

    def _gather(self, model: Mapping[int, Reading]) -> dict[int, tuple[Reading, ...]]:
        content = content_readings([example.skeleton for example in self.examples])
        found: dict[int, tuple[Reading, ...]] = {}
        for site in self.skeleton.slots:
            readings = []
            if site.number in self.fixed:
                own = Reading(source="content", role=self.fixed[site.number], reason="layouts.by_place")
                found[site.number] = (own,)
                continue
            known = self._known(site)
            held = content.get(site.number)
            is_nature = known == "operator" and held is not None and held.role == "extra"
            if known is not None and not is_nature:
                readings.append(Reading(source="lexicon", role=known, reason="layouts.by_word"))
            readings += [source[site.number] for source in (model, content) if site.number in source]
            found[site.number] = tuple(readings)
        return found

    def _known(self, site: SlotSite) -> Role | None:
        skeletons = [example.skeleton for example in self.examples]
        return known_role(site, skeletons, self.fits.get(site.number, {}), self.lexicon)

    def _choose(self) -> dict[int, Role]:
        """The reading under which the fewest equations fail and the most hold; the believed order breaks ties.

        A reading that leaves a label without a role is no better for the equations that it does not have.
        """
        base = {number: found.role for number, found in self.weighed.items() if found.role is not None}
        candidates = [base, *(self._led_by(order) for order in _leaders())]
        candidates += [
            self._exchanged(base, number, reading.role)
            for number in base
            for reading in self.readings[number]
            if reading.role != base[number] and speaks(reading) and (reading.source != "content" or counts(reading))
            if not self._is_put_aside(number, reading.role)
        ]
        ranked = sorted(
            range(len(candidates)),
            key=lambda at: (
                -len(candidates[at]),
                self._tally(candidates[at]).failing,
                -self._tally(candidates[at]).holding,
                at,
            ),
        )
        return self._improved(candidates[ranked[0]])

    def _improved(self, roles: dict[int, Role]) -> dict[int, Role]:
        """The roles with each number's replaced by a less likely one as long as equations ask for it.

        They ask if more of them hold and no more fail, or fewer fail and no fewer hold: never by leaving a column out.
        """
        for _ in range(MOST_CHANGES):
            tried = [
                (self._tally(changed), -share, changed)
                for number, found in self.weighed.items()
                for role, share in found.shares.items()
                if share >= LEAST_LIKELY and role != roles.get(number) and role in NUMBERS | {"total"}
                if not self._is_put_aside(number, role)
                for changed in (self._exchanged(roles, number, role),)
            ]
            base = self._tally(roles)
            better = [
                entry
                for entry in tried
                if entry[0].holding >= base.holding and entry[0].failing <= base.failing and entry[0] != base
            ]
            if not better:
                break
            roles = min(better, key=lambda entry: (entry[0].failing - entry[0].holding, entry[1]))[2]
        return roles

    def _is_put_aside(self, number: int, role: Role) -> bool:
        """True for a role of a number under a word known to be put aside: money paid in adds up as budgets do."""
        said = (reading.role for reading in self.readings[number] if reading.source == "lexicon")
        return role in NUMBERS and "extra" in said

    def _led_by(self, order: Sequence[ReadingSource]) -> dict[int, Role]:
        """Each slot's role by the first source in `order` that has one; a role taken in its row is not taken again.

        What a column holds speaks before words only of numbers: no equation tells one text from another.
        Fields may share a role (several 主管部门): the first is the field, the others go to the extras.
        """
        roles: dict[int, Role] = {}
        taken: dict[tuple[str, int], set[Role]] = {}
        for rank, source in enumerate((*order, "content")):
            for site in self.skeleton.slots:
                reading = next((own for own in self.readings[site.number] if own.source == source), None)
                used = taken.setdefault((site.section, site.table), set())
                once = site.section != "field" and reading is not None and reading.role in UNIQUE
                if reading is None or site.number in roles or (once and reading.role in used):
                    continue
                if self._is_put_aside(site.number, reading.role):
                    continue
                if source == "content" and rank == 0 and not counts(reading):
                    continue
                roles[site.number] = reading.role
                used.add(reading.role)
        return roles

    def _exchanged(self, roles: Mapping[int, Role], number: int, role: Role) -> dict[int, Role]:
        """The same roles with one slot's replaced, its row adjusted."""
        return exchanged(self.skeleton.slots, roles, self.skeleton.slots[number - 1], role)

    def _ruled_out(self, roles: Mapping[int, Role]) -> dict[int, frozenset[Role]]:
        """By slot, the roles that other readings gave it and under which more equations fail or fewer hold."""
        base = self._tally(roles)
        out = {}
        for number, role in roles.items():
            others = {reading.role for reading in self.readings[number]} - {role}
            if role == "extra":
                others -= NUMBERS  # a column that is left out has no equations that could fail
            worse = {other for other in others if self._worse(self._exchanged(roles, number, other), base)}
            out[number] = frozenset(worse)
        return out

    def _exchangeable(self, roles: Mapping[int, Role]) -> dict[int, tuple[int, ...]]:
        """Slots of numbers whose exchange with another of the same table breaks no equation on any form.

        Another is also a column that was put aside, if it can have the role for what it holds: last year's value,
        somebody else's score.
        """
        base = self._tally(roles)
        free: dict[int, list[int]] = {}
        for first, second in combinations(self.skeleton.slots, 2):
            same = (first.section, first.table) == (second.section, second.table)
            if not same or not self._may_change(first, second, roles):
                continue
            swapped = {**roles, first.number: roles[second.number], second.number: roles[first.number]}
            if not self._worse(swapped, base):
                free.setdefault(first.number, []).append(second.number)
                free.setdefault(second.number, []).append(first.number)
        return {number: tuple(others) for number, others in free.items()}

    def _worse(self, roles: Mapping[int, Role], base: Tally) -> bool:
        tally = self._tally(roles)
        return tally.failing > base.failing or (tally.failing == base.failing and tally.holding < base.holding)

    def _may_change(self, first: SlotSite, second: SlotSite, roles: Mapping[int, Role]) -> bool:
        """True if two labels of one row could have each other's roles, and one of them is of a number."""
        own, other = roles.get(first.number), roles.get(second.number)
        if own is None or other is None or own == other:
            return False
        if first.section == "fund_row":
            return "total" in {own, other} and {own, other} <= _SOURCES
        numbers = {own, other} & NUMBERS
        aside = {own, other} - NUMBERS
        if not numbers or aside - {"extra"}:
            return False
        return all(
            self.fits.get(site.number, {}).get(role, 1.0) > NEVER
            for site, role in ((first, other), (second, own))
            if aside and role in NUMBERS
        )

    def _standing(
        self, site: SlotSite, role: Role | None, ruled_out: frozenset[Role], free: Sequence[int]
    ) -> SlotState:
        if site.number in self.fixed:
            return "agreed"
        # An equation can tell only numbers and their total from every other role.
        proven = (role in NUMBERS or role == "total") and not free
        return standing(site, role, self.readings[site.number], ruled_out, proven=proven)

    def _is_rest(self, site: SlotSite, roles: Mapping[int, Role], states: Mapping[int, SlotState]) -> bool:
        """True for a column that a sure model puts aside, and that could be nothing else.

        Every role that it can have for what it holds is another column's, and is settled.
        """
        if site.section not in _TABLES or roles.get(site.number) != "extra" or states[site.number] == "disputed":
            return False
        said = [reading for reading in self.readings[site.number] if reading.source != "content"]
        if any(reading.role != "extra" or not dissents(reading) for reading in said) or not said:
            return False
        row = [own for own in self.skeleton.slots if (own.section, own.table) == (site.section, site.table)]
        held = {roles.get(own.number) for own in row if own != site and states[own.number] == "agreed"}
        never = impossible(self.fits.get(site.number, {}))
        return all(role in held for role in only_once(site.section) if role not in never)

    def _tally(self, roles: Mapping[int, Role]) -> Tally:
        """Failing and holding equations over all examples under one reading."""
        key = tuple(sorted(roles.items()))
        if key not in self.tallies:
            failing = holding = 0
            for example in self.examples:
                extraction = figures(draft(example.region, example.skeleton, roles, self.lexicon), example.region)
                report = check(extraction)
                failing += sum(finding.verdict in _FAILED for finding in report.findings) + len(extraction.unread)
                holding += len({(held.rule, held.key) for held in report.held})
            self.tallies[key] = Tally(failing, holding)
        return self.tallies[key]


_FAILED = frozenset({"source_discrepancy", "misread_suspected"})
UNIQUE: frozenset[Role] = frozenset(
    {
        "project_name", "project_code", "supervising_department", "implementing_unit", "fiscal_year", "expected_goal",
        "actual_achievement", "source", "initial_budget", "adjusted_budget", "executed", "execution_rate", "level1",
        "level2", "name", "operator", "target", "unit", "actual", "weight", "score", "deviation_note",
    },
)  # fmt: skip
"""Roles that at most one column of a table, or one label of a form, can have."""


def _leaders() -> list[tuple[ReadingSource, ...]]:
    """The believed order, then each machine reading in front of it."""
    return [(lead, *(source for source in _ORDER if source != lead)) for lead in _ORDER]


def _sample_rows(skeleton: Skeleton) -> tuple[tuple[str, ...], ...]:
    """The first two rows of each table, as printed."""
    return tuple(
        tuple(cell.text if cell is not None else "" for cell in row)
        for table in skeleton.tables
        for row in table.rows[:2]
    )


def exchanged(
    places: Sequence[SlotSite | Slot], roles: Mapping[int, Role], place: SlotSite | Slot, role: Role
) -> dict[int, Role]:
    """The same roles with one place's replaced; who held a role in its row that stands once gets the old one.

    Where there was no old one, it is left without: never do two hold what only one can.
    """
    changed = dict(roles)
    for other in places:
        same_row = (other.section, other.table) == (place.section, place.table)
        if same_row and other.number != place.number and roles.get(other.number) == role and role in UNIQUE:
            if place.number in roles:
                changed[other.number] = roles[place.number]
            else:
                del changed[other.number]
    return {**changed, place.number: role}


def rival_roles(template: Template) -> list[dict[int, Role]]:
    """Every other reading of a layout that its stored readings allow: one slot changed, its row adjusted."""
    roles = {slot.number: slot.role for slot in template.slots if slot.role is not None}
    rivals: list[dict[int, Role]] = []
    for slot in template.slots:
        others = {reading.role for reading in slot.readings} | {
            role for reading in slot.readings for role, share in reading.rivals if share >= 1 - MODEL_DISSENTS
        }
        rivals += [exchanged(template.slots, roles, slot, role) for role in sorted(others - {slot.role})]
    return rivals
