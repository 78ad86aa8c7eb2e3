"""Paths a user named become the files of a batch, each with the name it has in the output."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from pipeline.store import natural_key
from schemas.errors import UsageError

# Left by office programs and file systems: never a report.
_LEFTOVERS = ("~$", ".")


class InputFile(NamedTuple):
    """A file to read; `name` is its POSIX path in the output."""

    path: Path
    name: str


def input_files(paths: Sequence[Path], output: Path) -> tuple[InputFile, ...]:
    """All files in natural order; nothing from inside the output folder, no office program's leftovers.

    A folder's files are named relative to it, with the folder's name in front where several paths were given; a
    file given alone has its bare name. Raises UsageError for a path that does not exist.
    """
    found: dict[Path, str] = {}
    names: set[str] = set()
    for path in paths:
        if not path.exists():
            raise UsageError("console.no_such_path", path=str(path))
        prefix = f"{path.resolve().name}/" if path.is_dir() and len(paths) > 1 else ""
        for file in _below(path, output):
            relative = file.relative_to(path).as_posix() if path.is_dir() else file.name
            name = _unused(f"{prefix}{relative}", file, names)
            if file.resolve() not in found:
                found[file.resolve()] = name
                names.add(name)
    files = [InputFile(path, name) for path, name in found.items()]
    return tuple(sorted(files, key=lambda file: (natural_key(file.name), file.name)))


def _below(path: Path, output: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
        return
    kept_out = output.resolve()
    for file in sorted(path.rglob("*")):
        inside = file.resolve().is_relative_to(kept_out)
        leftover = any(part.startswith(_LEFTOVERS) for part in file.relative_to(path).parts)
        if file.is_file() and not inside and not leftover:
            yield file


def _unused(name: str, file: Path, names: set[str]) -> str:
    """The name, with folders of its path in front until no other file has it."""
    parents = list(file.resolve().parents)
    while name in names and parents:
        name = f"{parents.pop(0).name}/{name}"
    return name
