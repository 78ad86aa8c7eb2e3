"""A store of an older version comes in and is of this one when it goes out; nothing that it held is lost."""

import sqlite3
from itertools import groupby

from pipeline.store import queued
from pipeline.store.edited import with_edits
from schemas.run import Edit, FormRecord

VERSION = 2
"""1: as first written. 2: an index of the review's queue; regions as read, where a person cut them; forms taken out."""

OLDEST = 1

TABLES = f"""
CREATE TABLE IF NOT EXISTS regions_read (
    path TEXT NOT NULL,
    region_index INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    layout_key TEXT NOT NULL,
    document TEXT NOT NULL,
    region BLOB NOT NULL,
    UNIQUE (path, region_index)
);
CREATE TABLE IF NOT EXISTS dropped (
    path TEXT NOT NULL,
    form_index INTEGER NOT NULL,
    form_id TEXT NOT NULL,
    record TEXT NOT NULL,
    UNIQUE (path, form_index)
);
CREATE INDEX IF NOT EXISTS dropped_by_id ON dropped (form_id);
{queued.TABLES}
"""


def migrate(connection: sqlite3.Connection) -> None:
    """Bring an older store up to this version in one transaction; done already by another, nothing happens."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        if connection.execute("PRAGMA user_version").fetchone()[0] < VERSION:
            for statement in TABLES.split(";"):
                connection.execute(statement)
            _index(connection)
            connection.execute(f"PRAGMA user_version = {VERSION}")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def _index(connection: sqlite3.Connection) -> None:
    """Every stored form into the queue's index; values that a person gave stand in the record from now on."""
    logged = connection.execute("SELECT form_id, edit FROM edits ORDER BY form_id, number")
    edits = {
        form_id: tuple(Edit.model_validate_json(edit) for _, edit in rows)
        for form_id, rows in groupby(logged, key=lambda row: str(row[0]))
    }
    query = "SELECT forms.path, forms.form_index, forms.record, files.natural_path FROM forms JOIN files USING (path)"
    for path, index, text, natural_path in connection.execute(query).fetchall():
        read = FormRecord.model_validate_json(text)
        own = edits.get(read.form_id, ())
        record = with_edits(read, own)
        if own:
            update = "UPDATE forms SET record = ? WHERE path = ? AND form_index = ?"
            connection.execute(update, (record.model_dump_json(), path, index))
        complete = all(reason.code != "run_incomplete" for reason in read.decision.reasons)
        queued.put(connection, record, natural_path, queued.Beside(read.status, complete))
