"""A form's document comes in; its bytes on this machine go out, as long as they are those that were read."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from pipeline.batch.files import opened_at
from schemas.errors import DocumentError
from schemas.run import DocumentInfo


class Source(NamedTuple):
    """The document of a form, to show its pages."""

    document: DocumentInfo
    location: Path | None
    """Where it lies (of an archive's member, the archive); None if its bytes are gone or others."""

    @contextmanager
    def opened(self) -> Iterator[Path]:
        """Its bytes as a file of their own, a member's only for the moment. Raises DocumentError, OSError."""
        if self.location is None:
            raise FileNotFoundError(self.document.path)
        with opened_at(self.location, self.document.path) as path:
            yield path


class _Seen(NamedTuple):
    """A file as it was when it was last compared: where, how large, changed when."""

    location: Path
    size: int
    changed: int


class Sources:
    """Which documents still hold the bytes that were read; compared anew only after their file was touched."""

    def __init__(self) -> None:
        self._same: dict[tuple[str, str], _Seen] = {}

    def of(self, document: DocumentInfo, location: Path | None) -> Source:
        """The document, with its location only if the bytes there are its own."""
        own = (document.path, document.sha256)
        if location is None:
            return Source(document, None)
        try:
            found = location.stat()
            seen = _Seen(location, found.st_size, found.st_mtime_ns)
            if self._same.get(own) != seen and not _is_same(Source(document, location)):
                return Source(document, None)
        except (DocumentError, OSError):
            return Source(document, None)
        self._same[own] = seen
        return Source(document, location)


def _is_same(source: Source) -> bool:
    with source.opened() as path, path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest() == source.document.sha256
