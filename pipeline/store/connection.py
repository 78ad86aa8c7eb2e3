"""A folder comes in, an open SQLite database of the right version goes out; SQLite's errors end here."""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from pipeline.store.migrate import OLDEST, TABLES, VERSION, migrate
from schemas.errors import StoreError

DATABASE = "hedui.db"

Mode = Literal["run", "edit", "read"]
"""`run`: creates the store and keeps a second run out; `edit`: writes beside a run; `read`: never writes."""

_LOCK = "hedui.lock"

_APPLICATION_ID = 0x68656475
"""SQLite's header field that says whose file this is: "hedu"."""

_WAIT_SECONDS = 5.0

_TABLES = """
CREATE TABLE IF NOT EXISTS files (
    path TEXT PRIMARY KEY,
    natural_path TEXT NOT NULL,
    sha256 TEXT,
    digest TEXT NOT NULL,
    outcome TEXT NOT NULL,
    usage TEXT NOT NULL,
    location TEXT
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS files_in_order ON files (natural_path, path);
CREATE INDEX IF NOT EXISTS files_by_content ON files (sha256);

CREATE TABLE IF NOT EXISTS forms (
    path TEXT NOT NULL,
    form_index INTEGER NOT NULL,
    form_id TEXT NOT NULL,
    record TEXT NOT NULL,
    reasons TEXT NOT NULL,
    UNIQUE (path, form_index)
);
CREATE INDEX IF NOT EXISTS forms_by_id ON forms (form_id);

CREATE TABLE IF NOT EXISTS regions (
    path TEXT NOT NULL,
    region_index INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    layout_key TEXT NOT NULL,
    document TEXT NOT NULL,
    region BLOB NOT NULL,
    UNIQUE (path, region_index)
);
CREATE INDEX IF NOT EXISTS regions_by_layout ON regions (layout_key, path, region_index);

CREATE TABLE IF NOT EXISTS calls (number INTEGER PRIMARY KEY, call TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS batches (number INTEGER PRIMARY KEY, batch TEXT NOT NULL);

CREATE TABLE IF NOT EXISTS edits (
    number INTEGER PRIMARY KEY,
    edit_id TEXT NOT NULL UNIQUE,
    form_id TEXT NOT NULL,
    edit TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS edits_by_form ON edits (form_id, number);
CREATE TRIGGER IF NOT EXISTS edits_are_never_changed BEFORE UPDATE ON edits
    BEGIN SELECT RAISE(ABORT, 'an edit is an event: append another'); END;
CREATE TRIGGER IF NOT EXISTS edits_are_never_deleted BEFORE DELETE ON edits
    BEGIN SELECT RAISE(ABORT, 'an edit is an event: append another'); END;
"""

_CODE_OF = {
    sqlite3.SQLITE_BUSY: "store.busy",
    sqlite3.SQLITE_LOCKED: "store.busy",
    sqlite3.SQLITE_PROTOCOL: "store.busy",
    sqlite3.SQLITE_CORRUPT: "store.damaged",
    sqlite3.SQLITE_NOTADB: "store.damaged",
    sqlite3.SQLITE_FULL: "store.no_space",
    sqlite3.SQLITE_CANTOPEN: "store.not_writable",
    sqlite3.SQLITE_PERM: "store.not_writable",
    sqlite3.SQLITE_READONLY: "store.not_writable",
}
"""By SQLite's primary result code: what the user can do about it. Any other is `store.failed`."""


@contextlib.contextmanager
def renamed_errors(path: Path) -> Iterator[None]:
    """Raise StoreError for whatever SQLite raises inside; the one border where its errors are renamed."""
    try:
        yield
    except sqlite3.Error as error:
        primary = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
        code = _CODE_OF.get(primary, "store.failed")
        raise StoreError(code, path=str(path), reason=str(error)) from error


def connect(folder: Path, mode: Mode) -> sqlite3.Connection:
    """Open `folder/hedui.db`; `run` creates folder and database where they are missing.

    Raises StoreError if there is no store to read, if the file is not hedui's, is of another version,
    or cannot be opened.
    """
    path = folder / DATABASE
    if mode == "run":
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError("store.not_writable", path=str(folder), reason=str(error)) from error
    elif not path.is_file():
        raise StoreError("store.missing", path=str(folder))
    with renamed_errors(path):
        return _readable(path) if mode == "read" else _writable(path)


def _writable(path: Path) -> sqlite3.Connection:
    """A connection that writes; it makes the tables of a new file."""
    connection = sqlite3.connect(path, timeout=_WAIT_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        _check_version(connection, path, create=True)
        _log_ahead(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _log_ahead(connection: sqlite3.Connection) -> None:
    """WAL lets a reader look on and waits for no disk; where the disk cannot, the rollback journal serves."""
    with contextlib.suppress(sqlite3.OperationalError):  # a network drive has no shared memory
        connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")


def _readable(path: Path) -> sqlite3.Connection:
    """A connection that only reads, also from a folder in which nothing may be written."""
    for extra in ("", "&immutable=1"):
        uri = f"{path.resolve().as_uri()}?mode=ro{extra}"
        connection = sqlite3.connect(
            uri, uri=True, timeout=_WAIT_SECONDS, isolation_level=None, check_same_thread=False
        )
        try:
            _check_version(connection, path, create=False)
        except sqlite3.OperationalError as error:
            connection.close()
            if extra or error.sqlite_errorcode & 0xFF not in {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY}:
                raise
        except BaseException:
            connection.close()
            raise
        else:
            return connection
    raise AssertionError(path)


def _check_version(connection: sqlite3.Connection, path: Path, *, create: bool) -> None:
    """Make the tables in a new file, bring an older one up to date; refuse another program's or a later version's.

    `create` is False where nothing may be written: an older file is read as it is.
    """
    owner, version = _header(connection)
    if create and (owner, version) == (0, 0) and _is_empty(connection):
        _log_ahead(connection)  # before the tables: under the rollback journal each of them would wait for the disk
        _create(connection)
        owner, version = _header(connection)
    if owner != _APPLICATION_ID:
        raise StoreError("store.not_hedui", path=str(path))
    if not OLDEST <= version <= VERSION:
        raise StoreError("store.other_version", path=str(path), found=version, expected=VERSION)
    if create and version < VERSION:
        migrate(connection)


def _create(connection: sqlite3.Connection) -> None:
    """Make the tables and the header in one transaction; doing it again changes nothing."""
    header = f"PRAGMA application_id = {_APPLICATION_ID}; PRAGMA user_version = {VERSION};"
    connection.executescript(f"BEGIN IMMEDIATE; {_TABLES} {TABLES} {header} COMMIT;")


def _header(connection: sqlite3.Connection) -> tuple[int, int]:
    """Whose file it is, and of which version; 0 and 0 in an empty one."""
    owner: int = connection.execute("PRAGMA application_id").fetchone()[0]
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return owner, version


def _is_empty(connection: sqlite3.Connection) -> bool:
    return connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone() is None


class RunLock:
    """Keeps a second run out of a folder; the operating system frees it when the process dies.

    The lock is SQLite's own, on an empty file beside the database: readers and a reviewer's edits go on.
    """

    def __init__(self, folder: Path) -> None:
        """Raise StoreError if another run holds the folder."""
        self._path = folder / _LOCK
        with renamed_errors(self._path):
            self._connection = sqlite3.connect(self._path, timeout=0, isolation_level=None, check_same_thread=False)
        try:
            self._connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            self._connection.close()
            if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY:
                raise StoreError("store.in_use", path=str(folder)) from error
            raise StoreError("store.not_writable", path=str(folder), reason=str(error)) from error

    def free(self) -> None:
        """Let the next run in and leave no file behind."""
        with contextlib.suppress(OSError):  # Windows keeps an open file; the next run takes the empty file over
            self._path.unlink(missing_ok=True)
        self._connection.close()
