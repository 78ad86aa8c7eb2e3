"""A form's id comes in; the form with its region, layout, events and rows goes out, to be shown or judged."""

import hashlib
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from pipeline.batch.look import Remembered
from pipeline.edits.reshape import in_order, reshaped
from pipeline.edits.rows import RowIds
from pipeline.ground import Place, places_of
from pipeline.mapping.library import Library
from pipeline.mapping.settle import Example
from pipeline.mapping.skeleton import analyse
from pipeline.run import AsRead, Finished, Ways, form_id_of, judge
from pipeline.store import Beside, Judged, Store
from schemas.check import ACROSS
from schemas.errors import ConflictError, ReviewError
from schemas.extraction import Draft
from schemas.layout import Region
from schemas.reading import Template
from schemas.run import Edit, FormRecord

_KEPT = 16
_FRESH = 256


class Readings:
    """Forms under their layouts, before any person spoke; the last few are kept, as a person stays at one for a while.

    What is kept is of the very region, under a template with the same roles and readings: never out of date.
    """

    def __init__(self, ways: Ways) -> None:
        self._ways = ways
        self._kept: OrderedDict[int, AsRead] = OrderedDict()
        self._fresh: OrderedDict[str, str] = OrderedDict()

    def of(self, region: Region, template: Template, record: FormRecord) -> AsRead:
        """The form as it is read, second looks at a picture included as the record remembers them.

        A kept one holds its region, so that the region's id is its alone.
        """
        known = self._kept.pop(id(region), None)
        if known is None or known.template != template:
            seen = any(proof.before is not None for proof in record.evidence.values())
            look = Remembered((record,)) if seen else None
            known = AsRead(Example(region, analyse(region, self._ways.lexicon)), template, self._ways, look)
        self._kept[id(region)] = known
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        return known

    def is_fresh(self, form: "Opened") -> bool:
        """Whether the stored record was found at this version to be what its layout gives."""
        return self._fresh.get(form.record.form_id) == form.version

    def note_fresh(self, form: "Opened") -> None:
        """The stored record of this version is what its layout gives."""
        self._fresh[form.record.form_id] = form.version
        while len(self._fresh) > _FRESH:
            self._fresh.popitem(last=False)


@dataclass(frozen=True)
class Opened:
    """One form with all that stands behind it."""

    record: FormRecord
    edits: tuple[Edit, ...]
    version: str
    dropped: bool
    beside: Beside
    region: Region | None
    """None where the store did not keep it; then the form is shown and cannot be edited."""
    template: Template | None
    """None where the library does not have the layout."""
    read: AsRead | None
    """The form as its layout reads it; None where region or layout is not at hand."""
    signals: Mapping[str, tuple[str, ...]]
    next_form: str | None
    """The form behind it in the document."""
    renewed: bool = False
    """Its layout was settled otherwise since it was stored, from another folder: shown as the layout reads it now."""

    @property
    def rows(self) -> RowIds:
        """The rows as they stand."""
        return self.record.rows or self.read_rows

    @cached_property
    def read_rows(self) -> RowIds:
        """The rows as they were read."""
        return _numbered(self.record) if self.read is None else self.read.rows

    @property
    def draft(self) -> Draft | None:
        """Which cell is which field."""
        return None if self.read is None else self.read.mapped.draft

    def under(self, template: Template) -> "Opened":
        """The same form, to be mapped by another template."""
        read = None if self.read is None else replace(self.read, template=template)
        return replace(self, template=template, read=read)

    def now(self, judged: Judged, edits: tuple[Edit, ...]) -> "Opened":
        """The same form as more events left it."""
        return replace(
            self,
            record=judged.record,
            edits=edits,
            version=version_of(edits, self.template),
            beside=judged.beside,
            signals=judged.signals,
            renewed=False,
        )

    @cached_property
    def places(self) -> Mapping[str, Place]:
        """The cells and lines of the region."""
        return places_of(self.region) if self.region is not None else {}


def opened(store: Store, library: Library, readings: Readings, form_id: str) -> Opened:
    """Everything about one form; raises ReviewError `review.no_such_form`."""
    record = store.form(form_id)
    dropped = record is None
    if record is None:
        record = store.dropped_form(form_id)
    if record is None:
        raise ReviewError("review.no_such_form", form=form_id)
    region = _region(store, record, dropped=dropped)
    template = library.get(record.template.key)
    return Opened(
        record=record,
        edits=record.edits,
        version=version_of(record.edits, template),
        dropped=dropped,
        beside=store.beside(record.document.path, record.form_index),
        region=region,
        template=template,
        read=readings.of(region, template, record) if region is not None and template is not None else None,
        signals=store.confidence_reasons(form_id),
        next_form=None if dropped else _next(store, record),
    )


def up_to_date(form: Opened, readings: Readings, ways: Ways) -> Opened:
    """The form as its layout reads it now: folders share a library, and another may have settled the layout since."""
    if form.dropped or form.read is None or readings.is_fresh(form):
        return form
    made = judged(form, form.edits, ways)
    if made.record.form != form.record.form:
        return replace(form.now(made, form.edits), renewed=True)
    readings.note_fresh(form)
    return form


def version_of(edits: Sequence[Edit], template: Template | None) -> str:
    """What an edit must have seen: the form's events and the layout that it was mapped with."""
    layout = "" if template is None else template.model_dump_json()
    return f"{len(edits)}-{hashlib.sha256(layout.encode()).hexdigest()[:8]}"


def conflict(form: Opened, version: str) -> ConflictError:
    """What another window did since `version`."""
    seen = version.partition("-")[0]
    since = form.edits[int(seen) :] if seen.isdecimal() else form.edits
    return ConflictError("review.conflict", version=form.version, edits=since, number=len(since))


def judged(form: Opened, edits: Sequence[Edit], ways: Ways) -> Judged:
    """The form under these events, mapped, proven and decided anew; what other forms say of it stays.

    Raises ReviewError if its region or its layout is not at hand.
    """
    if form.region is None:
        raise ReviewError("review.region_not_kept")
    if form.template is None or form.read is None:
        raise ReviewError("review.layout_not_in_library", key=form.record.template.key[:8])
    done: Finished = judge(
        form.read.form,
        form.template,
        form.record.document,
        ways,
        complete=form.beside.complete,
        usage=form.record.usage,
        edits=edits,
        known=form.read,
    )
    across = tuple(finding for finding in form.record.findings if finding.rule in ACROSS)
    record = done.record.model_copy(update={"findings": (*done.record.findings, *across)})
    return Judged(record, done.signals, Beside(done.by_rules, form.beside.complete))


def _region(store: Store, record: FormRecord, *, dropped: bool) -> Region | None:
    path, index = record.document.path, record.form_index
    found = store.region_of(path, index)
    if found is not None or not dropped:
        return found.region if found is not None else None
    read = [kept.region for kept in store.read_regions_of(path)]
    shape = reshaped(read, store.edits_of_document(record.document.sha256))
    return next((region for region in shape.dropped if region.index == index), None)


def _next(store: Store, record: FormRecord) -> str | None:
    order = in_order(store.region_indexes(record.document.path))
    behind = order[order.index(record.form_index) + 1 :] if record.form_index in order else []
    return form_id_of(record.document, behind[0]) if behind else None


def _numbered(record: FormRecord) -> RowIds:
    """Rows by their place, for a form whose layout is not at hand: it can be looked at."""
    return {
        "funds": tuple(f"#f{at}" for at in range(len(record.form.funds))),
        "indicators": tuple(f"#i{at}" for at in range(len(record.form.indicators))),
    }
