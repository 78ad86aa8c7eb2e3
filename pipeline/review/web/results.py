"""Edits come in as they happen; forms.jsonl and forms.xlsx are written anew once a person pauses."""

import threading
from typing import Protocol

from pipeline.catalogue import Lang, explain
from schemas.errors import HeduiError

_PAUSE_SECONDS = 5.0


class _Writes(Protocol):
    def write_results(self) -> object: ...


class Results:
    """Writes after a pause, and at the end if something is left; keeps why it could not."""

    def __init__(self, review: _Writes, pause: float = _PAUSE_SECONDS) -> None:
        self._review = review
        self._pause = pause
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None
        self._failure: HeduiError | None = None

    def changed(self) -> None:
        """Something that goes into the exports has changed: write, but not before the pause."""
        with self._lock:
            if self._timer is not None:
                self._timer.cancel()
            self._timer = threading.Timer(self._pause, self.write)
            self._timer.daemon = True
            self._timer.start()

    def write(self) -> None:
        """Write now; a file that another program holds is told by `trouble`, and tried again with the next edit."""
        with self._lock:
            self._timer = None
        try:
            self._review.write_results()
        except HeduiError as error:
            self._failure = error
        else:
            self._failure = None

    def finish(self) -> None:
        """Write what is left to be written."""
        with self._lock:
            waiting = self._timer
        if waiting is not None:
            waiting.cancel()
            self.write()

    def trouble(self, lang: Lang) -> str | None:
        """Why the results could not be written, in a sentence; None if they are written or wait for the pause."""
        return None if self._failure is None else explain(self._failure, lang)
