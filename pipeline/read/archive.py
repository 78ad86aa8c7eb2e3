"""A zip archive becomes the names of its files, and each file on demand bytes in a scratch folder.

No file is ever written under the name that the archive gives it, so none can leave the folder; an archive that tries
is refused all the same. Names without a mark of their encoding are read as UTF-8, else as GB18030.
"""

import zipfile
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from pipeline.read.packages import member_bytes, package
from schemas.errors import DamagedDocument, DocumentError

_MARKED_UTF8 = 0x800
_OUTSIDE = ("..",)
_FURNITURE = frozenset({"__MACOSX"})
_LEFTOVERS = ("~$", ".")


class Member(NamedTuple):
    """A file of an archive: its place in the directory, its name with the folders in front, no two alike."""

    place: int
    name: str


def members(path: Path) -> tuple[Member, ...]:
    """The files of an archive, without folders and what programs left there. Raises DocumentError."""
    with package(path) as opened:
        found: dict[str, Member] = {}
        for index, entry in enumerate(opened.infolist()):
            if not entry.is_dir():
                name = _name(entry)
                told = name if name not in found else f"{name}#{index + 1}"
                found[told] = Member(index, told)
    if any(_leaves(member.name) for member in found.values()):
        raise DocumentError("formats.zip_outside")
    files = tuple(member for member in found.values() if not _is_leftover(member.name))
    if not files:
        raise DamagedDocument("formats.zip_empty")
    return files


def extracted(path: Path, index: int, folder: Path) -> Path:
    """One file of an archive, written into `folder` under a name of our own. Raises DocumentError."""
    with package(path) as opened:
        data = member_bytes(opened, opened.infolist()[index])
    target = folder / f"member-{index}"
    target.write_bytes(data)
    return target


def _name(entry: zipfile.ZipInfo) -> str:
    """The name as its author wrote it, with slashes."""
    name = entry.orig_filename
    if not entry.flag_bits & _MARKED_UTF8:
        raw = name.encode("cp437", errors="replace")
        for encoding in ("utf-8", "gb18030"):
            try:
                name = raw.decode(encoding)
            except UnicodeDecodeError:
                continue
            break
    return name.replace("\\", "/").replace("\0", "")


def _leaves(name: str) -> bool:
    """True if a name points outside the folder that it is unpacked in."""
    parts = PurePosixPath(name).parts
    return name.startswith("/") or any(part in _OUTSIDE for part in parts) or (bool(parts) and parts[0].endswith(":"))


def _is_leftover(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return any(part.startswith(_LEFTOVERS) or part in _FURNITURE for part in parts)
