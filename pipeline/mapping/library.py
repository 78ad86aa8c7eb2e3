"""Layouts that were read, kept in one file: a Template goes in, the newest of its key comes out."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

from schemas.errors import StoreError
from schemas.reading import Template

_TABLE = """
CREATE TABLE IF NOT EXISTS templates (
    number INTEGER PRIMARY KEY,
    key TEXT NOT NULL,
    at TEXT NOT NULL,
    template TEXT NOT NULL
)
"""
_VERSION = 1


class Version(NamedTuple):
    """A template as it was kept at a time; numbers grow."""

    number: int
    at: str
    template: Template


class Library:
    """The template library of one user. Versions are appended, the newest of a key counts."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        with self._connection() as connection:
            found = connection.execute("PRAGMA user_version").fetchone()[0]
            if found not in {0, _VERSION}:
                raise StoreError("errors.library_version", file=str(path), found=found, known=_VERSION)
            if not found:
                connection.execute(_TABLE)
                connection.execute("CREATE INDEX IF NOT EXISTS by_key ON templates (key, number)")
                connection.execute(f"PRAGMA user_version = {_VERSION}")

    def get(self, key: str) -> Template | None:
        """The newest template of a key."""
        query = "SELECT template FROM templates WHERE key = ? ORDER BY number DESC LIMIT 1"
        with self._connection() as connection:
            row = connection.execute(query, (key,)).fetchone()
        return Template.model_validate_json(row[0]) if row else None

    def put(self, template: Template, at: str) -> None:
        """Append a template, unless the newest of its key is the same."""
        if self.get(template.key) == template:
            return
        with self._connection() as connection:
            connection.execute(
                "INSERT INTO templates (key, at, template) VALUES (?, ?, ?)",
                (template.key, at, template.model_dump_json()),
            )

    def versions(self, key: str) -> tuple[Version, ...]:
        """Every template that was kept for a key, the newest first."""
        query = "SELECT number, at, template FROM templates WHERE key = ? ORDER BY number DESC"
        with self._connection() as connection:
            found = connection.execute(query, (key,)).fetchall()
        return tuple(Version(number, at, Template.model_validate_json(template)) for number, at, template in found)

    def replace(self, template: Template, at: str, number: int) -> bool:
        """Append a template if the newest of its key is still `number`; False, and nothing is done, if it is not."""
        with self._connection() as connection:
            connection.execute("BEGIN IMMEDIATE")
            query = "SELECT MAX(number) FROM templates WHERE key = ?"
            if connection.execute(query, (template.key,)).fetchone()[0] != number:
                return False
            connection.execute(
                "INSERT INTO templates (key, at, template) VALUES (?, ?, ?)",
                (template.key, at, template.model_dump_json()),
            )
        return True

    def all(self) -> tuple[Template, ...]:
        """The newest template of every key: those that wait for a person first, then by forms seen."""
        query = "SELECT template FROM templates WHERE number IN (SELECT MAX(number) FROM templates GROUP BY key)"
        with self._connection() as connection:
            found = [Template.model_validate_json(row[0]) for row in connection.execute(query)]
        return tuple(sorted(found, key=lambda entry: (entry.state == "confirmed", -entry.forms_seen, entry.key)))

    def matching(self, prefix: str) -> tuple[Template, ...]:
        """The newest templates whose key begins with `prefix`."""
        return tuple(template for template in self.all() if template.key.startswith(prefix))

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        """One transaction; SQLite's failures are renamed."""
        try:
            with closing(sqlite3.connect(self.path, timeout=30)) as connection, connection:
                yield connection
        except sqlite3.Error as error:
            raise StoreError("errors.library_unusable", file=str(self.path), why=type(error).__name__) from None
