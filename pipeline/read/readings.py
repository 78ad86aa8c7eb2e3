"""What was read in a picture is kept under the picture's and the reader's name: a second run costs nothing."""

import hashlib
import os
from pathlib import Path
from typing import Protocol

from pydantic import ValidationError

from schemas.base import Record


class Rule(Record):
    """A ruling line in the points of an upright A4 page."""

    at: float
    start: float
    end: float


class Doubt(Record):
    """A letter that may be another: its place in the text, and what it may be, how likely."""

    at: int
    rivals: dict[str, float]


class Line(Record):
    """A line of text, where its ink begins and ends, and how sure the reader is of it."""

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    score: float
    disputed: bool = False
    """It was looked at in several ways, and they say different numbers."""
    doubts: tuple[Doubt, ...] = ()
    """The letters in doubt, each most likely the one in the text."""


class Reading(Record):
    """A picture as read: straightened by `angle` degrees; coordinates in points of an upright A4 page."""

    width: float
    height: float
    angle: float
    turned: int = 0
    """Quarter turns clockwise before that."""
    horizontal: tuple[Rule, ...]
    vertical: tuple[Rule, ...]
    lines: tuple[Line, ...]


class Shelf(Protocol):
    """Where readings are kept."""

    def get(self, name: str) -> Reading | None:
        """The reading of a picture; None if there is none."""
        ...

    def put(self, name: str, reading: Reading) -> None:
        """Keep a reading."""
        ...


class Folder:
    """Readings as files that only their user may open."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get(self, name: str) -> Reading | None:
        """What is damaged is read anew."""
        try:
            return Reading.model_validate_json(self._file(name).read_bytes())
        except (OSError, ValidationError):
            return None

    def put(self, name: str, reading: Reading) -> None:
        """A reading that cannot be kept costs time the next time, nothing else."""
        file = self._file(name)
        try:
            file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            scratch = file.with_suffix(f".{os.getpid()}")
            scratch.write_text(reading.model_dump_json(), encoding="utf-8")
            scratch.chmod(0o600)
            scratch.replace(file)
        except OSError:
            return

    def _file(self, name: str) -> Path:
        return self._folder / name[:2] / f"{name}.json"


def name_of(pixels: bytes, columns: int, version: str) -> str:
    """What a picture's reading is kept under."""
    digest = hashlib.sha256(pixels)
    digest.update(f"{columns} {version}".encode())
    return digest.hexdigest()
