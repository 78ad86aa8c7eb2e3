"""One batch in one SQLite file: Runs and Regions come in, their records come out in the files' order."""

import json
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self, cast

from pydantic import TypeAdapter

from pipeline.store import queued
from pipeline.store.connection import DATABASE, Mode, RunLock, connect, renamed_errors
from pipeline.store.edited import with_edits
from pipeline.store.edits import Edits
from pipeline.store.queue import Queue
from pipeline.store.queued import Beside
from schemas.base import Record
from schemas.check import Finding
from schemas.decision import Status
from schemas.layout import Region
from schemas.run import Call, DocumentInfo, FileOutcome, FormRecord, Run, Usage

_DIGITS = re.compile(r"[0-9]+")

_REASONS = TypeAdapter(dict[str, tuple[str, ...]])

_FASTEST = 1
"""zlib level: a region shrinks to a tenth at once, higher levels only take longer."""

_FORMS_IN_ORDER = """
    SELECT forms.record, forms.form_id FROM files JOIN forms ON forms.path = files.path
    ORDER BY files.natural_path, files.path, forms.form_index
"""

_REMEMBERED = 64
"""Forms kept parsed: at the end of a run the few forms of one report are gone through several times."""


class StoredRegion(NamedTuple):
    """One form's share of a document, kept so that its layout can be mapped again without the document."""

    document: DocumentInfo
    layout_key: str
    region: Region


class FileState(NamedTuple):
    """What a file was when it was last done: same bytes and same digest means nothing to do."""

    sha256: str | None
    digest: str


class Batch(Record):
    """One `hedui run` that added to the store. `settings` hold no key."""

    at: str
    version: str
    model: str | None
    settings: tuple[tuple[str, str], ...] = ()


def natural_key(path: str) -> str:
    """Sorts as a person counts: `表2.pdf` before `表10.pdf`, capitals beside small letters."""
    return _DIGITS.sub(lambda found: f"{len(found[0].lstrip('0')):03d}{found[0].lstrip('0')}", path.casefold())


class Store(Edits, Queue):
    """The batch of one output folder. Every method raises StoreError where SQLite fails.

    Used by one thread at a time. A put is one transaction: killed at any point, the store holds all of
    it or nothing of it.
    """

    @classmethod
    def open(cls, folder: Path, mode: Mode = "run") -> Self:
        """The store of `folder`; `run` creates it and holds it alone, `edit` and `read` open beside a run.

        Raises StoreError: in use by another run, of another version, not hedui's, damaged, missing, not writable.
        """
        if mode != "run":
            return cls(folder / DATABASE, connect(folder, mode), None)
        connection = connect(folder, mode)
        try:
            lock = RunLock(folder)
        except BaseException:
            connection.close()
            raise
        return cls(folder / DATABASE, connection, lock)

    def close(self) -> None:
        """Put everything into the one file and let the next run in."""
        with renamed_errors(self._path):
            self._connection.close()
        if self._lock is not None:
            self._lock.free()
            self._lock = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def put_run(self, run: Run, location: Path | None = None) -> None:
        """Replace all that is known of the run's file by this run.

        `location` is where the file lies on this machine (of an archive's member, the archive): reports
        link to it. It goes into no exported line.
        """
        path = run.file.path
        forms = [
            (path, form.form_index, form.form_id, form.model_dump_json(), _reasons_json(run, form.form_id))
            for form in run.forms
        ]
        file = (
            path,
            natural_key(path),
            run.file.sha256,
            run.digest,
            run.file.model_dump_json(),
            run.usage.model_dump_json(),
            _storable(location),
        )
        with self._transaction() as connection:
            connection.execute("DELETE FROM forms WHERE path = ?", (path,))
            connection.execute("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?, ?, ?)", file)
            connection.executemany("INSERT INTO forms VALUES (?, ?, ?, ?, ?)", forms)
            connection.execute("DELETE FROM dropped WHERE path = ?", (path,))
            dropped = [(path, form.form_index, form.form_id, form.model_dump_json()) for form in run.dropped]
            connection.executemany("INSERT INTO dropped VALUES (?, ?, ?, ?)", dropped)
            queued.forget(connection, path)
            for form in (*run.forms, *run.dropped):
                beside = Beside(run.by_rules.get(form.form_id, form.status), form.form_id not in run.incomplete)
                queued.put(connection, form, natural_key(path), beside, dropped=form in run.dropped)
            # The regions of other bytes, or of a file that another one stands for, would come back as forms.
            current = None if run.file.outcome == "duplicate" else run.file.sha256
            for table in ("regions", "regions_read"):
                connection.execute(f"DELETE FROM {table} WHERE path = ? AND sha256 IS NOT ?", (path, current))  # noqa: S608 - a name of ours

    def run(self, path: str) -> Run | None:
        """What `put_run` stored for a path, as it was put; None if the file was not done yet."""
        rows = self._rows("SELECT outcome, digest, usage FROM files WHERE path = ?", path)
        for outcome, digest, usage in rows:
            stored = list(
                self._rows("SELECT form_id, record, reasons FROM forms WHERE path = ? ORDER BY form_index", path)
            )
            reasons = {form_id: _REASONS.validate_json(text) for form_id, _, text in stored}
            return Run(
                file=FileOutcome.model_validate_json(outcome),
                digest=digest,
                forms=tuple(FormRecord.model_validate_json(record) for _, record, _ in stored),
                dropped=self.dropped_of(path),
                by_rules=self._by_rules(path),
                incomplete=self._incomplete(path),
                confidence_reasons={form_id: named for form_id, named in reasons.items() if named},
                usage=Usage.model_validate_json(usage),
            )
        return None

    def run_digest(self, path: str) -> FileState | None:
        """The state in which a path was last done; None if it never was."""
        for sha256, digest in self._rows("SELECT sha256, digest FROM files WHERE path = ?", path):
            return FileState(sha256, digest)
        return None

    def paths_of(self, sha256: str) -> tuple[str, ...]:
        """The paths under which these bytes are known, in natural order."""
        query = "SELECT path FROM files WHERE sha256 = ? ORDER BY natural_path, path"
        return tuple(path for (path,) in self._rows(query, sha256))

    def files(self) -> Iterator[FileOutcome]:
        """Every file's outcome, in natural order of the paths."""
        for (outcome,) in self._rows("SELECT outcome FROM files ORDER BY natural_path, path"):
            yield FileOutcome.model_validate_json(outcome)

    def location(self, path: str) -> Path | None:
        """Where a file of the batch lies on this machine; None if that is not known."""
        for (location,) in self._rows("SELECT location FROM files WHERE path = ? AND location IS NOT NULL", path):
            return Path(location)
        return None

    def usage(self) -> Usage:
        """What all files of the batch cost together."""
        rows = self._rows("SELECT usage FROM files")
        return sum((Usage.model_validate_json(text) for (text,) in rows), Usage())

    def forms(self) -> Iterator[FormRecord]:
        """Every form with its edits, by path in natural order, then index; one at a time in memory."""
        for record, form_id in self._rows(_FORMS_IN_ORDER):
            yield self._edited(record, form_id)

    def form_lines(self) -> Iterator[str]:
        """Every form as its JSON line, in the order of `forms`; parsed only where a person edited it."""
        for record, form_id in self._rows(_FORMS_IN_ORDER):
            yield self._edited(record, form_id).model_dump_json() if self.edits(form_id) else record

    def forms_of(self, path: str) -> tuple[FormRecord, ...]:
        """One file's forms with their edits, by index."""
        query = "SELECT record, form_id FROM forms WHERE path = ? ORDER BY form_index"
        return tuple(self._edited(record, form_id) for record, form_id in self._rows(query, path))

    def dropped_of(self, path: str) -> tuple[FormRecord, ...]:
        """What a person took out of a file's forms, as it was read."""
        query = "SELECT record FROM dropped WHERE path = ? ORDER BY form_index"
        return tuple(FormRecord.model_validate_json(record) for (record,) in self._rows(query, path))

    def dropped_form(self, form_id: str) -> FormRecord | None:
        """A form that a person took out; None if there is none of that id."""
        for (record,) in self._rows("SELECT record FROM dropped WHERE form_id = ? ORDER BY path LIMIT 1", form_id):
            return FormRecord.model_validate_json(record).model_copy(update={"edits": self.edits(form_id)})
        return None

    def form(self, form_id: str) -> FormRecord | None:
        """One form with its edits; None if there is none of that id."""
        for (record,) in self._rows("SELECT record FROM forms WHERE form_id = ? ORDER BY path LIMIT 1", form_id):
            return self._edited(record, form_id)
        return None

    def confidence_reasons(self, form_id: str) -> dict[str, tuple[str, ...]]:
        """By pointer: the named signals behind each confidence of a form."""
        for (reasons,) in self._rows("SELECT reasons FROM forms WHERE form_id = ? ORDER BY path LIMIT 1", form_id):
            return _REASONS.validate_json(reasons)
        return {}

    def replace_findings(
        self, path: str, form_index: int, findings: tuple[Finding, ...], before: tuple[Finding, ...] | None = None
    ) -> None:
        """Give one form other findings, all else as it was put; a form that is not there stays away.

        With `before` a form that has other findings by now is left alone: somebody judged it in the meantime.
        """
        query = "SELECT record FROM forms WHERE path = ? AND form_index = ?"
        beside = self.beside(path, form_index)
        with self._transaction() as connection:
            for (record,) in connection.execute(query, (path, form_index)).fetchall():
                known = FormRecord.model_validate_json(record)
                if before is not None and known.findings != before:
                    continue
                changed = known.model_copy(update={"findings": findings})
                connection.execute(
                    "UPDATE forms SET record = ? WHERE path = ? AND form_index = ?",
                    (changed.model_dump_json(), path, form_index),
                )
                queued.put(connection, changed, natural_key(path), beside)

    def beside(self, path: str, form_index: int) -> Beside:
        """What the index knows of a form that its record does not say."""
        query = "SELECT by_rules, complete FROM queue WHERE path = ? AND form_index = ?"
        for by_rules, complete in self._rows(query, path, form_index):
            return Beside("accepted" if by_rules == "accepted" else "review", bool(complete))
        return Beside("review")

    def put_regions(
        self,
        document: DocumentInfo,
        regions: Iterable[tuple[str, Region]],
        read: Iterable[tuple[str, Region]] = (),
    ) -> None:
        """Replace the regions of the document's path; each comes with its layout's key.

        `read` are those that were read, where a person cut or joined them otherwise: nothing of them is lost.
        """
        tables = {"regions": _region_rows(document, regions), "regions_read": _region_rows(document, read)}
        with self._transaction() as connection:
            for table, rows in tables.items():
                connection.execute(f"DELETE FROM {table} WHERE path = ?", (document.path,))  # noqa: S608 - a name of ours
                connection.executemany(f"INSERT INTO {table} VALUES (?, ?, ?, ?, ?, ?)", rows)  # noqa: S608 - a name of ours

    def regions_of_layout(self, layout_key: str) -> Iterator[StoredRegion]:
        """Every region of one layout, by path, then index; one at a time in memory."""
        query = "SELECT document, layout_key, region FROM regions WHERE layout_key = ? ORDER BY path, region_index"
        return map(_stored_region, self._rows(query, layout_key))

    def regions_of(self, path: str) -> tuple[StoredRegion, ...]:
        """One file's regions by index."""
        query = "SELECT document, layout_key, region FROM regions WHERE path = ? ORDER BY region_index"
        return tuple(map(_stored_region, self._rows(query, path)))

    def read_regions_of(self, path: str) -> tuple[StoredRegion, ...]:
        """One file's regions in reading order, as they were read, whatever a person made of them."""
        query = "SELECT document, layout_key, region FROM regions_read WHERE path = ? ORDER BY region_index"
        return tuple(map(_stored_region, self._rows(query, path))) or self.regions_of(path)

    def region_indexes(self, path: str) -> tuple[int, ...]:
        """The indexes of one file's regions as they stand."""
        rows = self._rows("SELECT region_index FROM regions WHERE path = ? ORDER BY region_index", path)
        return tuple(int(index) for (index,) in rows)

    def region_of(self, path: str, form_index: int) -> StoredRegion | None:
        """The region of one form; None if it was not kept."""
        query = "SELECT document, layout_key, region FROM regions WHERE path = ? AND region_index = ?"
        return next(map(_stored_region, self._rows(query, path, form_index)), None)

    def keys_of(self, path: str) -> tuple[str, ...]:
        """The layouts of one file's regions, each once."""
        query = "SELECT DISTINCT layout_key FROM regions WHERE path = ? ORDER BY layout_key"
        return tuple(key for (key,) in self._rows(query, path))

    def paths_with(self, layout_key: str) -> tuple[str, ...]:
        """The files that have a region of a layout."""
        query = "SELECT DISTINCT path FROM regions WHERE layout_key = ? ORDER BY path"
        return tuple(path for (path,) in self._rows(query, layout_key))

    def layout_keys(self) -> tuple[str, ...]:
        """The layouts of the batch, the one with most regions first."""
        query = "SELECT layout_key FROM regions GROUP BY layout_key ORDER BY COUNT(*) DESC, layout_key"
        return tuple(key for (key,) in self._rows(query))

    def add_calls(self, calls: Iterable[Call]) -> None:
        """Append calls of a model to the account."""
        rows = [(call.model_dump_json(),) for call in calls]
        with self._transaction() as connection:
            connection.executemany("INSERT INTO calls (call) VALUES (?)", rows)

    def calls(self) -> Iterator[Call]:
        """Every call of a model, the oldest first."""
        for (call,) in self._rows("SELECT call FROM calls ORDER BY number"):
            yield Call.model_validate_json(call)

    def add_batch(self, batch: Batch) -> None:
        """Note a run that adds to this store."""
        with self._transaction() as connection:
            connection.execute("INSERT INTO batches (batch) VALUES (?)", (batch.model_dump_json(),))

    def batches(self) -> tuple[Batch, ...]:
        """The runs that added to this store, the oldest first."""
        rows = self._rows("SELECT batch FROM batches ORDER BY number")
        return tuple(Batch.model_validate_json(batch) for (batch,) in rows)

    def _by_rules(self, path: str) -> dict[str, Status]:
        """What the rules alone say of a file's edited forms."""
        query = "SELECT form_id, by_rules FROM queue WHERE path = ? AND edits > 0 AND dropped = 0"
        return {
            form_id: "accepted" if status == "accepted" else "review" for form_id, status in self._rows(query, path)
        }

    def _incomplete(self, path: str) -> tuple[str, ...]:
        query = "SELECT form_id FROM queue WHERE path = ? AND complete = 0 AND dropped = 0 ORDER BY form_index"
        return tuple(form_id for (form_id,) in self._rows(query, path))

    def _edited(self, record: str, form_id: str) -> FormRecord:
        """The record with its events; one that was put without the last of them gets their values meanwhile."""
        found, edits = _parsed(record), self.edits(form_id)
        return found if len(found.edits) == len(edits) else with_edits(found, edits)


@lru_cache(maxsize=_REMEMBERED)
def _parsed(record: str) -> FormRecord:
    return FormRecord.model_validate_json(record)


def _storable(location: Path | None) -> str | None:
    """Where a file lies; None also for a path whose bytes are no text: nothing can link to it."""
    text = "" if location is None else str(location.resolve())
    try:
        text.encode()
    except UnicodeEncodeError:
        return None
    return text or None


def _reasons_json(run: Run, form_id: str) -> str:
    reasons: Mapping[str, tuple[str, ...]] = run.confidence_reasons.get(form_id, {})
    return json.dumps(reasons, ensure_ascii=False)


def _region_rows(document: DocumentInfo, regions: Iterable[tuple[str, Region]]) -> list[tuple[str | int | bytes, ...]]:
    info = document.model_dump_json()
    return [
        (
            document.path,
            region.index,
            document.sha256,
            key,
            info,
            zlib.compress(region.model_dump_json().encode(), _FASTEST),
        )
        for key, region in regions
    ]


def _stored_region(row: tuple[str, ...]) -> StoredRegion:
    document, key, region = row
    return StoredRegion(
        DocumentInfo.model_validate_json(document),
        key,
        _region(cast("bytes", region)),
    )


@lru_cache(maxsize=16)  # a reviewer's edits are all of one form for a while
def _region(packed: bytes) -> Region:
    return Region.model_validate_json(zlib.decompress(packed))
