"""Paths a user named become the files of a batch, each with the name it has in the output; archives become theirs."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from pipeline.read.archive import extracted, members
from pipeline.read.kinds import ZIP, is_zip, media_type
from pipeline.store import natural_key
from schemas.errors import DamagedDocument, DocumentError, UsageError

# Left by office programs and file systems: never a report.
_LEFTOVERS = ("~$", ".")
INSIDE = "!/"
"""Stands between an archive's name and its member's."""


class InputFile(NamedTuple):
    """A file to read; `name` is its POSIX path in the output."""

    path: Path
    """On the disk; of an archive's member, the archive."""
    name: str
    member: int | None = None
    """The member's place in the archive."""
    failure: DocumentError | None = None
    """Why an archive could not be opened: all that is left to tell of it."""

    @contextmanager
    def opened(self) -> Iterator[Path]:
        """The file's own bytes on the disk as long as it is read. Raises DocumentError, OSError."""
        if self.failure is not None:
            raise self.failure
        if self.member is None:
            yield self.path
            return
        with tempfile.TemporaryDirectory(prefix="hedui-") as folder:
            yield extracted(self.path, self.member, Path(folder))


def input_files(paths: Sequence[Path], output: Path) -> tuple[InputFile, ...]:
    """All files in natural order; nothing from inside the output folder, no office program's leftovers.

    A folder's files are named relative to it, with the folder's name in front where several paths were given; a
    file given alone has its bare name; a file of an archive is `a.zip!/b.pdf`. An archive has a name of its own only
    if it cannot be opened. Raises UsageError for a path that does not exist.
    """
    found: dict[Path, str] = {}
    names: set[str] = set()
    for path in paths:
        if not path.exists():
            raise UsageError("console.no_such_path", path=str(path))
        prefix = f"{path.resolve().name}/" if path.is_dir() and len(paths) > 1 else ""
        for file in _below(path, output):
            relative = file.relative_to(path).as_posix() if path.is_dir() else file.name
            name = _unused(_readable(f"{prefix}{relative}"), file, names)
            if file.resolve() not in found:
                found[file.resolve()] = name
                names.add(name)
    files = [file for path, name in found.items() for file in _with_members(path, name)]
    return tuple(sorted(files, key=lambda file: (natural_key(file.name), file.name)))


def _with_members(path: Path, name: str) -> Iterator[InputFile]:
    """A file, or what an archive holds."""
    try:
        held = members(path) if is_zip(path) and media_type(path) == ZIP else None
    except DocumentError as failure:
        yield InputFile(path, name, failure=failure)
        return
    except OSError:
        held = None
    if held is None:
        yield InputFile(path, name)
        return
    for member in held:
        yield InputFile(path, f"{name}{INSIDE}{member.name}", member.place)


@contextmanager
def opened_at(location: Path, name: str) -> Iterator[Path]:
    """The bytes of a file of an earlier batch: `location` is where it lies, `name` what the output calls it.

    Raises DocumentError, OSError.
    """
    _, inside, within = name.partition(INSIDE)
    member = next((held.place for held in members(location) if held.name == within), None) if inside else None
    if inside and member is None:
        raise DamagedDocument("formats.member_gone")
    with InputFile(location, name, member).opened() as path:
        yield path


def _below(path: Path, output: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
        return
    kept_out = output.resolve()
    for file in sorted(path.rglob("*")):
        inside = file.resolve().is_relative_to(kept_out)
        leftover = any(part.startswith(_LEFTOVERS) for part in file.relative_to(path).parts)
        dangling = file.is_symlink() and not file.exists()  # it fails when it is opened, and is told
        if (file.is_file() or dangling) and not inside and not leftover:
            yield file


def _unused(name: str, file: Path, names: set[str]) -> str:
    """The name, with folders of its path in front until no other file has it."""
    parents = list(file.resolve().parents)
    while name in names and parents:
        name = _readable(f"{parents.pop(0).name}/{name}")
    return name


def _readable(name: str) -> str:
    """A name whose bytes are no UTF-8, as an archive of another system leaves it, by the characters it was meant in."""
    raw = name.encode("utf-8", "surrogateescape")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("gb18030", "replace")
