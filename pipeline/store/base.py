"""An open connection comes in; rows and transactions go out, with SQLite's errors renamed."""

import contextlib
import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path

from pipeline.store.connection import RunLock, renamed_errors

Text = str | int | float | None
"""What a query is filled with."""

_AT_ONCE = 64
"""Rows fetched together while a table is streamed."""


class Connected:
    """What every part of the store works with."""

    def __init__(self, path: Path, connection: sqlite3.Connection, lock: RunLock | None) -> None:
        self._path = path
        self._connection = connection
        self._lock = lock

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """Everything inside, or nothing of it."""
        with renamed_errors(self._path):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
            except BaseException:
                if self._connection.in_transaction:  # a full disk has rolled it back already
                    self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def _rows(self, query: str, *values: Text) -> Iterator[tuple[str, ...]]:
        """The rows of a query, fetched while they are used; all columns are text but `regions.region`."""
        with renamed_errors(self._path):
            cursor = self._connection.execute(query, values)
        while True:
            with renamed_errors(self._path):
                rows = cursor.fetchmany(_AT_ONCE)
            if not rows:
                return
            yield from rows

    def _named(self, query: str, values: Mapping[str, Text]) -> list[tuple[str | int | float, ...]]:
        """All rows of a query with named values; none of its columns is null."""
        with renamed_errors(self._path):
            return self._connection.execute(query, values).fetchall()

    def _number(self, query: str, *values: Text) -> int:
        """The one number that a query gives."""
        with renamed_errors(self._path):
            found: int = self._connection.execute(query, values).fetchone()[0]
        return found
