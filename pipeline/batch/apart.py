"""A file and the store of earlier calls come in, the file under a name that no other one has in the store goes out."""

import hashlib
from pathlib import Path

from pipeline.batch.files import InputFile
from pipeline.store import Store
from schemas.errors import DocumentError


def apart(file: InputFile, store: Store) -> InputFile:
    """The file with folders of its path in front of its name until the store knows no other file by it."""
    name, parents = file.name, list(file.path.resolve().parents)
    while parents and _is_another(name, file, store):
        name = f"{parents.pop(0).name}/{name}"
    return file._replace(name=name)


def _is_another(name: str, file: InputFile, store: Store) -> bool:
    """True if the store knows another file by a name: it lies elsewhere, is still there, and has other bytes."""
    known, state = store.location(name), store.run_digest(name)
    if known is None or state is None or known == file.path.resolve() or not known.is_file():
        return False
    try:
        with file.opened() as path:
            return sha256_of(path) != state.sha256
    except (DocumentError, OSError):
        return True


def sha256_of(path: Path) -> str:
    """The sha256 of a file's bytes, in hex; raises OSError."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
