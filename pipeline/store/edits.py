"""A person's events come in and are kept for good; they come out by form, by document, or all of them."""

import json
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from pipeline.store import queued
from pipeline.store.base import Connected
from pipeline.store.queued import Beside
from schemas.run import Edit, FormRecord


class Judged(NamedTuple):
    """A form as a person's events leave it."""

    record: FormRecord
    signals: dict[str, tuple[str, ...]]
    beside: Beside


class Edits(Connected):
    """The log of events, and records as a person's word left them."""

    def add_edit(self, form_id: str, edit: Edit) -> None:
        """Append one change by a person. Nothing changes or deletes it: not even a new run of the file."""
        with self._transaction() as connection:
            connection.execute(
                "INSERT INTO edits (edit_id, form_id, edit) VALUES (?, ?, ?)",
                (edit.edit_id, form_id, edit.model_dump_json()),
            )

    def append(
        self,
        form_id: str,
        edits: Sequence[Edit],
        known: int,
        judged: Judged | None = None,
    ) -> bool:
        """Append events and put the form's record as they leave it, in one transaction.

        False, and nothing is done, if the form has not exactly `known` events: somebody else was first. Without
        `judged` the record stays as it is: for events that change which forms there are.
        """
        with self._transaction() as connection:
            counted = connection.execute("SELECT COUNT(*) FROM edits WHERE form_id = ?", (form_id,)).fetchone()[0]
            if counted != known:
                return False
            connection.executemany(
                "INSERT INTO edits (edit_id, form_id, edit) VALUES (?, ?, ?)",
                [(edit.edit_id, form_id, edit.model_dump_json()) for edit in edits],
            )
            if judged is not None:
                rows = connection.execute(
                    "SELECT forms.path, forms.form_index, files.natural_path FROM forms JOIN files USING (path)"
                    " WHERE form_id = ?",
                    (form_id,),
                ).fetchall()
                for path, index, natural_path in rows:
                    document = judged.record.document.model_copy(update={"path": path})
                    own = judged.record.model_copy(update={"document": document})
                    connection.execute(
                        "UPDATE forms SET record = ?, reasons = ? WHERE path = ? AND form_index = ?",
                        (own.model_dump_json(), json.dumps(judged.signals), path, index),
                    )
                    queued.put(connection, own, natural_path, judged.beside)
        return True

    def edits(self, form_id: str) -> tuple[Edit, ...]:
        """The edits of one form, the oldest first."""
        rows = self._rows("SELECT edit FROM edits WHERE form_id = ? ORDER BY number", form_id)
        return tuple(Edit.model_validate_json(edit) for (edit,) in rows)

    def edits_of_document(self, sha256: str) -> tuple[tuple[str, Edit], ...]:
        """The events of all forms of a document with their form's id, the oldest first."""
        start = f"{sha256[:16]}-"
        query = "SELECT form_id, edit FROM edits WHERE form_id >= ? AND form_id < ? ORDER BY number"
        rows = self._rows(query, start, f"{start[:-1]}.")
        return tuple((form_id, Edit.model_validate_json(edit)) for form_id, edit in rows)

    def all_edits(self) -> Iterator[tuple[str, Edit]]:
        """Every event with its form's id, the oldest first."""
        for form_id, edit in self._rows("SELECT form_id, edit FROM edits ORDER BY number"):
            yield form_id, Edit.model_validate_json(edit)

    def behind(self, path: str) -> bool:
        """Whether a form of a file was put without all of its events: it is to be judged again."""
        query = (
            "SELECT COUNT(*) FROM queue WHERE path = ? AND edits <>"
            " (SELECT COUNT(*) FROM edits WHERE edits.form_id = queue.form_id)"
        )
        return self._number(query, path) > 0
