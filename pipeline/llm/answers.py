"""Answers that were given once are kept: model, prompt and input come in, the same answer goes out."""

import contextlib
import sqlite3
from pathlib import Path
from threading import Lock
from typing import NamedTuple

from pydantic import ValidationError

from schemas.base import Record

_TABLE = """CREATE TABLE IF NOT EXISTS answers (
    model TEXT NOT NULL, prompt TEXT NOT NULL, input TEXT NOT NULL, answer TEXT NOT NULL,
    PRIMARY KEY (model, prompt, input)) WITHOUT ROWID"""


class AnswerKey(NamedTuple):
    """What an answer depends on: the model, the prompt file's sha256, the question's sha256."""

    model: str
    prompt: str
    question: str


class Answer(Record):
    """The word a model answered with, and the probability of each word; None where the endpoint gives none."""

    word: str
    chances: dict[str, float] | None = None


class AnswerCache:
    """Answers in a SQLite file, or in memory if `path` is None; losing it costs calls, nothing else."""

    def __init__(self, path: Path | None) -> None:
        self._lock = Lock()
        self._connection = _opened(path)

    def get(self, key: AnswerKey) -> Answer | None:
        """The answer kept for `key`; None if there is none or it is no longer of this shape."""
        with self._lock:
            row = self._connection.execute(
                "SELECT answer FROM answers WHERE model = ? AND prompt = ? AND input = ?", key
            ).fetchone()
        if row is None:
            return None
        try:
            return Answer.model_validate_json(row[0])
        except ValidationError:
            return None

    def put(self, key: AnswerKey, answer: Answer) -> None:
        """Keep `answer`; if the disk refuses, the question will be asked again another time."""
        with self._lock, contextlib.suppress(sqlite3.OperationalError), self._connection:
            self._connection.execute(
                "INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?)", (*key, answer.model_dump_json())
            )

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()


def _opened(path: Path | None) -> sqlite3.Connection:
    """The cache's connection; a file that is no such cache, or cannot be one, never stops a run."""
    if path is None:
        return _connected(":memory:")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return _connected(str(path))
    except sqlite3.OperationalError:
        # Locked, or a folder that cannot be written to: the answers of this run are kept for this run.
        return _connected(":memory:")
    except sqlite3.DatabaseError:
        path.unlink()
        return _connected(str(path))
    except OSError:
        return _connected(":memory:")


def _connected(place: str) -> sqlite3.Connection:
    connection = sqlite3.connect(place, timeout=10.0, check_same_thread=False)
    try:
        connection.execute(_TABLE)
        connection.commit()
    except sqlite3.DatabaseError:
        connection.close()
        raise
    return connection
