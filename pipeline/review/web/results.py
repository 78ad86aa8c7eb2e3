"""Edits come in as they happen; forms.jsonl and forms.xlsx are written anew once a person pauses."""

import threading
import time
from collections.abc import Callable
from pathlib import Path

from pipeline.catalogue import Lang, explain
from schemas.errors import HeduiError

_PAUSE_SECONDS = 5.0


class Results:
    """Writes after a pause, one time after the other, and at the end if something is left; keeps why it could not.

    `write` is what writes. The pause is never shorter than the last writing took.
    """

    def __init__(self, write: Callable[[], tuple[Path, ...]], pause: float = _PAUSE_SECONDS) -> None:
        self._write = write
        self._pause = pause
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._timer: threading.Timer | None = None
        self._failure: HeduiError | None = None

    def changed(self) -> None:
        """Something that goes into the exports has changed: write, but not before the pause."""
        with self._lock:
            if self._timer is not None:
                self._timer.cancel()
            self._timer = threading.Timer(self._pause, self._due)
            self._timer.daemon = True
            self._timer.start()

    def write(self) -> tuple[Path, ...]:
        """Write now; raises what `write` raises, which `trouble` tells until a writing succeeds."""
        with self._writing:
            with self._lock:
                if self._timer is not None:
                    self._timer.cancel()
                self._timer = None
            begin = time.monotonic()
            try:
                written = self._write()
            except HeduiError as error:
                self._failure = error
                raise
            self._failure = None
            self._pause = max(self._pause, time.monotonic() - begin)
        return written

    @property
    def busy(self) -> bool:
        """Something is being written, or left to be written."""
        return self._timer is not None or self._writing.locked()

    def finish(self) -> None:
        """Write what is left to be written, and wait for what is being written."""
        if self._timer is not None:
            self._due()
        with self._writing:
            pass

    def trouble(self, lang: Lang) -> str | None:
        """Why the results could not be written, in a sentence; None if they are written or wait for the pause."""
        return None if self._failure is None else explain(self._failure, lang)

    def _due(self) -> None:
        """A file that another program holds is tried again with the next edit."""
        try:
            self.write()
        except HeduiError:
            return
