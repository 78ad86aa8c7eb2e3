"""A layout of the library and the forms stored of it come in; the page on which a person settles it goes out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipeline.catalogue import Lang, say
from pipeline.edits.wording import role_words
from pipeline.mapping.library import Library, Version
from pipeline.mapping.settle import Example, confirmed
from pipeline.review.layouts import (
    Effect,
    FormChange,
    LayoutPage,
    LayoutPreview,
    LayoutVersion,
    ReadingView,
    RoleOption,
    SampleTable,
    SlotView,
)
from pipeline.review.opened import Readings, judged, opened
from pipeline.review.records import LayoutItem
from pipeline.review.samples import tables_of, values_of
from pipeline.review.trying import (
    MOST_TRIED,
    Tally,
    alternatives,
    correction,
    differences,
    effect,
    examples_of,
    spread,
    tallies,
    with_roles,
)
from pipeline.run import Ways, roles_of
from pipeline.store import Store, name_of
from schemas.decision import Reason
from schemas.errors import ReviewError
from schemas.reading import Reading, Role, Slot, Template

_MOST_CHANGES = 40
_SAMPLE_FORMS = 5
_SETTLED = frozenset({"agreed", "human"})


def item_of(template: Template, forms: int, waiting: int) -> LayoutItem:
    """A layout as a line of a list."""
    return LayoutItem(
        key=template.key,
        state=template.state,
        decided_by=template.decided_by,
        headers=headers_of(template),
        open_columns=sum(slot.state not in _SETTLED for slot in template.slots),
        forms=forms,
        waiting=waiting,
    )


def headers_of(template: Template) -> tuple[str, ...]:
    """The headers of a layout's columns."""
    return tuple(slot.text for slot in template.slots if slot.section.endswith("_column"))


def found_template(library: Library, store: Store, key: str) -> Template:
    """The layout whose key begins so; raises ReviewError."""
    template = library.get(key)
    if template is not None:
        return template
    keys = [known for known in store.layout_keys() if known.startswith(key)] if key else []
    if len(keys) > 1:
        raise ReviewError("review.several_layouts", key=key, number=len(keys))
    template = library.get(keys[0]) if keys else None
    if template is None:
        raise ReviewError("review.no_such_layout", key=key)
    return template


@dataclass(frozen=True)
class LayoutDesk:
    """One layout with what is needed to try readings of it."""

    store: Store
    library: Library
    ways: Ways
    template: Template

    def page(self, lang: Lang) -> LayoutPage:
        """The page of the layout; alternatives that a reading proposed are tried on its forms."""
        versions = self.library.versions(self.template.key)
        examples = examples_of(self.store, self.template.key, self.ways)
        now = tallies(examples, roles_of(self.template), self.ways)
        values = values_of(examples)
        return LayoutPage(
            item=self.item(),
            version=versions[0].number,
            slots=tuple(
                self._slot(slot, lang, examples, now, values.get(slot.number, ())) for slot in self.template.slots
            ),
            samples=tables_of(examples) or (SampleTable(headers=(), slots=(), rows=self.template.samples),),
            sample_forms=tuple(self.store.forms_of_layout(self.template.key, _SAMPLE_FORMS)),
            versions=tuple(_version(version, self.template) for version in versions),
        )

    def item(self) -> LayoutItem:
        """The layout as a line of a list."""
        found = next((known for known in self.store.waiting() if known.layout_key == self.template.key), None)
        return item_of(self.template, found.forms if found else 0, found.waiting if found else 0)

    def options(self, number: int, lang: Lang) -> tuple[RoleOption, ...]:
        """Every role of one slot, each tried on the forms; raises ReviewError for a slot that is not there."""
        slot = next((slot for slot in self.template.slots if slot.number == number), None)
        if slot is None:
            raise ReviewError("layouts.no_such_column", column=number, last=len(self.template.slots))
        examples = examples_of(self.store, self.template.key, self.ways)
        now = tallies(examples, roles_of(self.template), self.ways)
        return tuple(self._options(slot, lang, examples, now, every=True))

    def preview(self, roles: Mapping[int, Role], lang: Lang) -> LayoutPreview:
        """What confirming the layout with these roles would do; raises UsageError for roles that cannot be."""
        then = confirmed(self.template, roles)
        examples = examples_of(self.store, self.template.key, self.ways)
        tried = effect(
            tallies(examples, roles_of(self.template), self.ways),
            tallies(examples, roles_of(then), self.ways),
            self._stored(),
        )
        changes = list(self._changes(then, lang))
        return LayoutPreview(
            key=self.template.key,
            roles=dict(roles),
            effect=tried,
            accepted_now=sum(change.status_now == "accepted" for change in changes),
            accepted_then=sum(change.status_then == "accepted" for change in changes),
            changed=sum(_is_change(change) for change in changes),
            forms=tuple(change for change in changes if _is_change(change)),
        )

    def _stored(self) -> int:
        return next((known.forms for known in self.store.waiting() if known.layout_key == self.template.key), 0)

    def _changes(self, then: Template, lang: Lang) -> Iterator[FormChange]:
        """What becomes of each form, with a person's values kept."""
        readings = Readings(self.ways)
        for form_id in spread(self.store.forms_of_layout(self.template.key), MOST_TRIED):
            form = opened(self.store, self.library, readings, form_id)
            made = judged(form.under(then), form.edits, self.ways).record
            differing = differences(form.record.form, made.form, lang)
            yield FormChange(
                form_id=form_id,
                name=name_of(form.record),
                document=form.record.document.path,
                status_now=form.record.status,
                status_then=made.status,
                failing_now=_failing(form.record.decision.reasons),
                failing_then=_failing(made.decision.reasons),
                changes=tuple(differing[:_MOST_CHANGES]),
                more=max(0, len(differing) - _MOST_CHANGES),
            )

    def _slot(
        self, slot: Slot, lang: Lang, examples: Sequence[Example], now: Sequence[Tally], values: tuple[str, ...]
    ) -> SlotView:
        return SlotView(
            number=slot.number,
            section=slot.section,
            section_words=say(f"layouts.section_{slot.section}", lang),
            table=slot.table,
            text=slot.text,
            role=slot.role,
            role_words=role_words(slot.role or "", lang),
            state=slot.state,
            state_words=_state_words(slot, lang),
            settled=slot.state in _SETTLED,
            values=values,
            readings=tuple(_reading(reading, lang) for reading in slot.readings),
            options=tuple(self._options(slot, lang, examples, now, every=False)),
        )

    def _options(
        self, slot: Slot, lang: Lang, examples: Sequence[Example], now: Sequence[Tally], *, every: bool
    ) -> Iterator[RoleOption]:
        for role in alternatives(slot):
            sources = tuple(reading.source for reading in slot.readings if reading.role == role)
            roles = correction(self.template, slot, role)
            yield RoleOption(
                role=role,
                words=role_words(role, lang),
                chosen=role == slot.role,
                proposed_by=sources,
                effect=self._tried(roles, examples, now) if role != slot.role and (every or sources) else None,
                roles=roles,
                exchanged_with=tuple(number for number in roles if number != slot.number),
            )

    def _tried(self, roles: Mapping[int, Role], examples: Sequence[Example], now: Sequence[Tally]) -> Effect:
        then = tallies(examples, with_roles(self.template, roles), self.ways)
        return effect(now, then, self._stored())


def _is_change(change: FormChange) -> bool:
    return bool(change.changes) or change.status_now != change.status_then


def _failing(reasons: Sequence[Reason]) -> int:
    return sum(reason.code == "rule_failed" for reason in reasons)


def _version(version: Version, current: Template) -> LayoutVersion:
    """A kept template beside the one in use."""
    own = {slot.number: slot.role for slot in version.template.slots}
    return LayoutVersion(
        number=version.number,
        at=version.at,
        state=version.template.state,
        decided_by=version.template.decided_by,
        roles=tuple((slot.number, own.get(slot.number)) for slot in current.slots if own.get(slot.number) != slot.role),
    )


def _state_words(slot: Slot, lang: Lang) -> str:
    told = [say(f"layouts.slot_{slot.state}", lang)]
    if slot.undiscriminated_with:
        told.append(say("layouts.swaps_with", lang, columns=[str(number) for number in slot.undiscriminated_with]))
    return "; ".join(told)


def _reading(reading: Reading, lang: Lang) -> ReadingView:
    words = role_words(reading.role, lang)
    if reading.source == "model" and reading.probability is None:
        sentence = say("layouts.by_model_plain", lang, role=words)
    else:
        share = f"{reading.probability:.2f}" if reading.probability is not None else ""
        sentence = say(reading.reason, lang, role=words, share=share)
    return ReadingView(source=reading.source, role=reading.role, probability=reading.probability, words=sentence)
