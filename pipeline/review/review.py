"""A store, a library and a person come in; all that a reviewer can see and do goes out, one method each."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from threading import RLock
from types import TracebackType
from typing import Self
from uuid import uuid4

from pipeline.batch import Batch
from pipeline.batch.digest import conditions
from pipeline.catalogue import Lang, say
from pipeline.edits.effective import RESHAPING, is_settled
from pipeline.edits.wording import field_words
from pipeline.export.csv_files import csv_lines, write_log
from pipeline.export.log import log_of
from pipeline.mapping.library import Library
from pipeline.mapping.settle import confirmed
from pipeline.review.desk import EditResult, FormDesk
from pipeline.review.doing import Writer, events_for
from pipeline.review.layouts import LayoutApplied, LayoutPage, LayoutPreview, RoleOption
from pipeline.review.numbers import dashboard_of
from pipeline.review.opened import Opened, Readings, conflict, judged, opened, up_to_date
from pipeline.review.queueing import first_of, neighbours_of, page_of
from pipeline.review.records import AuditRow, Dashboard, LayoutItem, Neighbours, QueueFilter, QueuePage
from pipeline.review.requests import EditRequest
from pipeline.review.settling import LayoutDesk, found_template, item_of
from pipeline.review.showing import FieldStanding, desk_of, standings_of
from pipeline.review.sources import Source, Sources
from pipeline.review.writing import write_apart, write_results
from pipeline.session import Session
from pipeline.store import Store, lot_of
from prompts.loader import all_sha256
from schemas.errors import ConflictError, ReviewError
from schemas.reading import Role, Template
from schemas.run import Edit


class Review:
    """The review of one output folder. Safe to call from several threads: one call at a time goes through.

    Words come in `lang`, by default that of the session. Every method raises StoreError where SQLite fails.
    """

    def __init__(self, folder: Path, session: Session, store: Store, writer: Writer) -> None:
        self.folder = folder
        self._session = session
        self._store = store
        self._writer = writer
        self._ways = session.ways()
        self._readings = Readings(self._ways)
        self._sources = Sources()
        self._library = Library(session.library_path)
        self._share = session.settings.review.share
        self._lock = RLock()

    @classmethod
    def open(
        cls,
        folder: Path,
        session: Session,
        *,
        author: str,
        now: Callable[[], str] | None = None,
        new_id: Callable[[], str] | None = None,
    ) -> Self:
        """The review of `folder`, beside a run if there is one; an older store is brought up to date.

        `author` stands in every event unless a call names another. Raises StoreError if there is no store.
        """
        return cls(folder, session, Store.open(folder, "edit"), Writer(author, now or _now, new_id or _new_id))

    def close(self) -> None:
        """Close the store."""
        with self._lock:
            self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def queue(
        self, wanted: QueueFilter, cursor: str | None = None, limit: int = 50, lang: Lang | None = None
    ) -> QueuePage:
        """A page of forms under a filter, the most doubtful first, with waiting layouts and counts.

        `limit` is at most 500. A cursor that is none of `queue`'s raises ReviewError.
        """
        with self._lock:
            return page_of(self._store, self._library, wanted, self._share, cursor, limit, self._lang(lang))

    def neighbours(self, form_id: str, wanted: QueueFilter) -> Neighbours:
        """The forms before and after one under a filter, where it stands in the order even if it left the filter."""
        with self._lock:
            return neighbours_of(self._store, form_id, wanted, self._share)

    def first(self, wanted: QueueFilter, besides: str) -> str | None:
        """The most doubtful form under a filter that is not `besides`."""
        with self._lock:
            return first_of(self._store, wanted, self._share, besides)

    def form(self, form_id: str, lang: Lang | None = None) -> FormDesk:
        """One form on the desk; raises ReviewError `review.no_such_form`."""
        with self._lock:
            return self._desk(self._opened(form_id), lang)

    def version(self, form_id: str) -> str:
        """The version that a form is at; raises ReviewError `review.no_such_form`."""
        with self._lock:
            return opened(self._store, self._library, self._readings, form_id).version

    def source(self, form_id: str) -> Source:
        """The document of a form; raises ReviewError `review.no_such_form`."""
        with self._lock:
            record = self._store.form(form_id) or self._store.dropped_form(form_id)
            if record is None:
                raise ReviewError("review.no_such_form", form=form_id)
            location = self._store.location(record.document.path)
        return self._sources.of(record.document, location)

    def edit(
        self,
        form_id: str,
        request: EditRequest,
        version: str,
        *,
        author: str | None = None,
        lang: Lang | None = None,
    ) -> EditResult:
        """Append what `request` asks for, check and decide again, store it: what holds now.

        Raises ConflictError if the form is no longer at `version`, ReviewError if the request does not fit; then
        nothing was changed.
        """
        with self._lock:
            form = self._opened(form_id)
            if form.version != version:
                raise conflict(form, version)
            events = events_for(form, request, self._written_by(author))
            before = standings_of(form)
            if _reshapes(form, events):
                others, then = self._reshape(form, events), self._opened(form_id)
            else:
                others, then = (), self._judge(form, events)
            after = self._desk(then, lang)
        row = next((event.row for event in events if event.kind in {"add_row", "split_row"}), None)
        return EditResult(desk=after, edits=events, changed=_changed(before, after), row=row, others=others)

    def layouts(self, lang: Lang | None = None) -> tuple[LayoutItem, ...]:
        """Every layout of the stored forms: those that wait first, the one most forms wait for in front."""
        del lang  # its words are the layout's own
        with self._lock:
            found = [(self._library.get(known.layout_key), known) for known in self._store.waiting()]
            return tuple(item_of(layout, known.forms, known.waiting) for layout, known in found if layout is not None)

    def layout(self, key: str, lang: Lang | None = None) -> LayoutPage:
        """One layout; `key` may be cut short. Raises ReviewError `review.no_such_layout`.

        Alternatives that a reading proposed come with their effect; `role_options` tries the others.
        """
        with self._lock:
            return self._layout(key).page(self._lang(lang))

    def role_options(self, key: str, number: int, lang: Lang | None = None) -> tuple[RoleOption, ...]:
        """Every role of one column, each with what it would do to the equations of the layout's forms."""
        with self._lock:
            return self._layout(key).options(number, self._lang(lang))

    def preview_layout(self, key: str, roles: Mapping[int, Role], lang: Lang | None = None) -> LayoutPreview:
        """What confirming a layout with these roles (slot number → role) would do; nothing is changed.

        At most 200 forms are tried, spread over all. Raises ReviewError `review.no_such_layout`, UsageError for a slot
        or role that cannot be.
        """
        with self._lock:
            return self._layout(key).preview(roles, self._lang(lang))

    def apply_layout(  # noqa: PLR0913 - a correction and who is behind it
        self,
        key: str,
        roles: Mapping[int, Role],
        version: int,
        *,
        reason: str = "",
        author: str | None = None,
        lang: Lang | None = None,
    ) -> LayoutApplied:
        """Confirm a layout with these roles: kept in the library, its stored forms mapped again with their edits.

        Raises ConflictError if the layout is no longer at `version`, else as `preview_layout`.
        """
        with self._lock:
            layout = self._layout(key).template
            return self._apply(layout, confirmed(layout, roles), version, reason, author, lang)

    def put_layout_back(  # noqa: PLR0913 - a correction and who is behind it
        self,
        key: str,
        number: int,
        version: int,
        *,
        reason: str = "",
        author: str | None = None,
        lang: Lang | None = None,
    ) -> LayoutApplied:
        """Make an earlier LayoutVersion the newest again and map its forms; raises as `apply_layout`."""
        with self._lock:
            layout = self._layout(key).template
            kept = (known.template for known in self._library.versions(layout.key) if known.number == number)
            earlier = next(kept, None)
            if earlier is None:
                raise ReviewError("review.no_such_version", key=layout.key[:8], number=number)
            return self._apply(layout, earlier, version, reason, author, lang)

    def dashboard(self, lang: Lang | None = None) -> Dashboard:
        """Where the review stands."""
        with self._lock:
            return dashboard_of(self._store, self._library, self._share, self._lang(lang))

    def audit(self, lang: Lang | None = None) -> Iterator[AuditRow]:
        """Every event, the oldest first."""
        own = self._lang(lang)
        with self._lock:
            logged = list(log_of(self._store, own))
        for entry in logged:
            edit = entry.edit
            yield AuditRow(
                at=edit.at,
                author=edit.author,
                kind=edit.kind,
                kind_words=say(f"review.kind_{edit.kind}", own),
                words=entry.words,
                form_id=entry.form_id,
                name=entry.name,
                document=entry.document,
                pointer=edit.pointer,
                field=field_words(edit, own),
                old=edit.old,
                new=edit.new,
                reason=edit.reason,
                undone=entry.undone,
                edit_id=edit.edit_id,
            )

    def write_audit(self, path: Path, lang: Lang | None = None) -> Path:
        """The log as a CSV file for Excel: UTF-8 with BOM, no cell that a spreadsheet would run."""
        with self._lock:
            return write_log(self._store, path, self._lang(lang))

    def audit_csv(self, lang: Lang | None = None) -> Iterator[str]:
        """The lines of that CSV file, with the BOM in front of the first: what a download streams."""
        with self._lock:
            lines = list(csv_lines(self._store, self._lang(lang)))
        yield from lines

    def write_results(self) -> tuple[Path, ...]:
        """Write forms.jsonl, files.jsonl and forms.xlsx (and the CSV files, if the settings want them) anew.

        What forms say of each other is asked again first. Most of a minute for thousands of forms, in which edits go
        on. Raises UsageError if a file is open in another program.
        """
        return write_results(self.folder, self._session)

    def write_apart(self) -> tuple[Path, ...]:
        """The same in a process of its own: what a server calls while it answers people."""
        return write_apart(self.folder, self._session)

    def _lang(self, lang: Lang | None) -> Lang:
        return lang or self._session.lang

    def _opened(self, form_id: str) -> Opened:
        form = opened(self._store, self._library, self._readings, form_id)
        return up_to_date(form, self._readings, self._ways)

    def _desk(self, form: Opened, lang: Lang | None) -> FormDesk:
        record = form.record
        drawn = form.beside.by_rules == "accepted" and lot_of(record.form_id) < self._share
        waits = record.status == "accepted" and not form.dropped and not is_settled(form.edits)
        return desk_of(form, self._lang(lang), sampled=drawn and waits)

    def _written_by(self, author: str | None) -> Writer:
        return self._writer if author is None else Writer(author, self._writer.now, self._writer.new_id)

    def _judge(self, form: Opened, events: tuple[Edit, ...]) -> Opened:
        """Append events that change this form alone; the form as they leave it."""
        edits = (*form.edits, *events)
        made = judged(form, edits, self._ways)
        if not self._store.append(form.record.form_id, events, len(form.edits), made):
            raise conflict(self._opened(form.record.form_id), form.version)
        then = form.now(made, edits)
        self._readings.note_fresh(then)
        return then

    def _reshape(self, form: Opened, events: tuple[Edit, ...]) -> tuple[str, ...]:
        """Append events that change which forms there are, and finish the file; the other forms that it touched."""
        path = form.record.document.path
        before = {record.form_id: record for record in self._store.forms_of(path)}
        if not self._store.append(form.record.form_id, events, len(form.edits)):
            raise conflict(self._opened(form.record.form_id), form.version)
        self._batch().shape_again(path)
        after = {record.form_id: record for record in self._store.forms_of(path)}
        touched = [own for own in {**before, **after} if (own in before) != (own in after)]
        return tuple(own for own in touched if own != form.record.form_id)

    def _layout(self, key: str) -> LayoutDesk:
        template = found_template(self._library, self._store, key)
        return LayoutDesk(self._store, self._library, self._ways, template)

    def _apply(  # noqa: PLR0913, PLR0917 - a correction and who is behind it
        self, before: Template, after: Template, version: int, reason: str, author: str | None, lang: Lang | None
    ) -> LayoutApplied:
        """Keep a layout, note who changed what, and map its forms again."""
        writer = self._written_by(author)
        if not self._library.replace(after, writer.now(), version):
            newest = self._library.versions(before.key)[0].number
            raise ConflictError("review.layout_conflict", version=newest, edits=())
        for event in _layout_events(before, after, reason, writer):
            self._store.add_edit(f"layout-{before.key}", event)
        files = self._batch().map_again(after)
        accepted, review = self._store.statuses_of(before.key)
        return LayoutApplied(page=self.layout(before.key, lang), files=files, accepted=accepted, review=review)

    def _batch(self) -> Batch:
        """A batch that asks no model, under the conditions of the last run."""
        notes = self._store.batches()
        model = (notes[-1].model if notes else None) or "none"
        made = conditions(self._ways, model, all_sha256())
        return Batch(self._store, self._library, self._ways, made, _Quiet())


class _Quiet:
    """A progress that nobody watches."""

    def begin(self, files: int) -> None:
        """Nothing to show."""

    def understood(self, name: str) -> None:
        """Nothing to show."""

    def asked(self) -> None:
        """Nothing to show."""

    def finished(self, name: str) -> None:
        """Nothing to show."""

    def warn(self, message: str) -> None:
        """Nothing to show."""


def _reshapes(form: Opened, events: tuple[Edit, ...]) -> bool:
    """Whether events change which forms there are; taking such an event back does too."""
    kinds = {event.edit_id: event for event in form.edits}

    def shaping(event: Edit | None) -> bool:
        if event is None:
            return False
        return event.kind in RESHAPING or (event.kind == "undo" and shaping(kinds.get(event.undoes or "")))

    return any(shaping(event) for event in events)


def _layout_events(before: Template, after: Template, reason: str, writer: Writer) -> list[Edit]:
    """One event a role that changed; where none did, one that says that the layout was confirmed."""
    old = {slot.number: slot.role for slot in before.slots}
    changed = [slot for slot in after.slots if slot.role != old.get(slot.number)]
    events = [
        writer.event("layout", reason, f"/slots/{slot.number}", old.get(slot.number), slot.role) for slot in changed
    ]
    return events or [writer.event("layout", reason, "", before.state, after.state)]


def _changed(before: Mapping[str, FieldStanding], after: FormDesk) -> tuple[str, ...]:
    """Pointers whose value or state is not what it was."""
    return tuple(
        field.pointer for field in after.fields if before.get(field.pointer) != (field.text, field.state, field.row)
    )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def _new_id() -> str:
    return uuid4().hex
