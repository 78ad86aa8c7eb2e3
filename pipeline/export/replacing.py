"""A path comes in, a path beside it to write to goes out; it takes the first one's place when it is whole."""

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from schemas.errors import UsageError


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Write to the given path; at the end it replaces `path` at once, after an error nothing is left of it.

    Its folder is its own, for whatever else a writer needs, so that no document's text lands elsewhere.
    Raises UsageError if the folder cannot be written, or `path` is open in a program that holds it (Excel).
    """
    folder: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=f".{path.stem}-", dir=path.parent))
        yield folder / path.name
        _move(folder / path.name, path)
    except OSError as error:
        raise UsageError("export.not_writable", path=str(path), reason=error.strerror or str(error)) from error
    finally:
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)


def _move(source: Path, target: Path) -> None:
    try:
        source.replace(target)
    except PermissionError as error:
        raise UsageError("export.file_open", path=str(target)) from error
