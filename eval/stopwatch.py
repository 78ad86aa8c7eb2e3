"""A batch's Progress comes in, one that also measures goes out: seconds by file, kept over interruptions."""

import json
import time
from collections import defaultdict
from pathlib import Path

from pipeline.batch import Progress

SETTLING = ""
"""The name under which the time stands that belongs to no file: asking about its layouts."""


class Stopwatch:
    """Tells another Progress all it hears and writes down how long each file took, one line a step."""

    def __init__(self, told: Progress, path: Path) -> None:
        self._told = told
        self._path = path
        self._since = time.monotonic()
        self._reading = True
        path.parent.mkdir(parents=True, exist_ok=True)

    def begin(self, files: int) -> None:
        """A pass begins; time counts from here."""
        self._since = time.monotonic()
        self._told.begin(files)

    def understood(self, name: str) -> None:
        """What passed since the last file was reading this one."""
        self._note(name)
        self._told.understood(name)

    def asked(self) -> None:
        """Asking is no file's."""
        self._note(SETTLING)
        self._told.asked()

    def finished(self, name: str) -> None:
        """What passed since the last file was finishing this one; for the first also settling the layouts."""
        self._note(name)
        self._told.finished(name)

    def warn(self, message: str) -> None:
        """Hand it on."""
        self._told.warn(message)

    def seconds(self) -> dict[str, float]:
        """By file, over all calls that worked on it; `SETTLING` for what belongs to none."""
        total: dict[str, float] = defaultdict(float)
        if self._path.is_file():
            for line in self._path.read_text(encoding="utf-8").splitlines():
                name, seconds = json.loads(line)
                total[name] += seconds
        return dict(total)

    def _note(self, name: str) -> None:
        now = time.monotonic()
        with self._path.open("a", encoding="utf-8", newline="\n") as file:
            file.write(json.dumps([name, round(now - self._since, 6)], ensure_ascii=False) + "\n")
        self._since = now
