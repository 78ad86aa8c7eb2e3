"""A form's id comes in; the form with its region, layout, events and rows goes out, to be shown or judged."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from pipeline.edits.reshape import in_order
from pipeline.edits.rows import RowIds, row_ids
from pipeline.ground import Place, places_of
from pipeline.mapping.draft import draft
from pipeline.mapping.library import Library
from pipeline.mapping.settle import Example
from pipeline.mapping.skeleton import analyse
from pipeline.run import Finished, Ways, form_id_of, judge, roles_of
from pipeline.store import Beside, Judged, Store
from schemas.check import ACROSS
from schemas.errors import ConflictError, ReviewError
from schemas.extraction import Draft
from schemas.layout import Region
from schemas.reading import Template
from schemas.run import Edit, FormRecord


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
    read_rows: RowIds
    """The rows as they were read."""
    draft: Draft | None
    signals: Mapping[str, tuple[str, ...]]
    next_form: str | None
    """The form behind it in the document."""

    @property
    def rows(self) -> RowIds:
        """The rows as they stand."""
        return self.record.rows or self.read_rows

    def under(self, template: Template) -> "Opened":
        """The same form, to be mapped by another template."""
        return replace(self, template=template)

    def now(self, judged: Judged, edits: tuple[Edit, ...]) -> "Opened":
        """The same form as more events left it."""
        return replace(
            self,
            record=judged.record,
            edits=edits,
            version=version_of(edits, self.template),
            beside=judged.beside,
            signals=judged.signals,
        )

    @cached_property
    def places(self) -> Mapping[str, Place]:
        """The cells and lines of the region."""
        return places_of(self.region) if self.region is not None else {}


def opened(store: Store, library: Library, ways: Ways, form_id: str) -> Opened:
    """Everything about one form; raises ReviewError `review.no_such_form`."""
    record = store.form(form_id)
    dropped = record is None
    if record is None:
        record = store.dropped_form(form_id)
    if record is None:
        raise ReviewError("review.no_such_form", form=form_id)
    region = _region(store, record, dropped=dropped)
    template = library.get(record.template.key)
    mapped, rows = None, {}
    if region is not None and template is not None:
        mapped = draft(region, analyse(region, ways.lexicon), roles_of(template), ways.lexicon)
        rows = dict(row_ids(mapped, region))
    return Opened(
        record=record,
        edits=record.edits,
        version=version_of(record.edits, template),
        dropped=dropped,
        beside=store.beside(record.document.path, record.form_index),
        region=region,
        template=template,
        read_rows=rows or _numbered(record),
        draft=mapped,
        signals=store.confidence_reasons(form_id),
        next_form=None if dropped else _next(store, record),
    )


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
    if form.template is None:
        raise ReviewError("review.layout_not_in_library", key=form.record.template.key[:8])
    done: Finished = judge(
        Example(form.region, analyse(form.region, ways.lexicon)),
        form.template,
        form.record.document,
        ways,
        complete=form.beside.complete,
        usage=form.record.usage,
        edits=edits,
    )
    across = tuple(finding for finding in form.record.findings if finding.rule in ACROSS)
    record = done.record.model_copy(update={"findings": (*done.record.findings, *across)})
    return Judged(record, done.signals, Beside(done.by_rules, form.beside.complete))


def _region(store: Store, record: FormRecord, *, dropped: bool) -> Region | None:
    path, index = record.document.path, record.form_index
    found = store.region_of(path, index)
    if found is not None or not dropped:
        return found.region if found is not None else None
    return next((kept.region for kept in store.read_regions_of(path) if kept.region.index == index), None)


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
