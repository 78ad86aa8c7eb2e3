"""A zip file that may be hostile becomes the list of its members, or one clear error; office files are zips too."""

import io
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from schemas.errors import DamagedDocument, DocumentError, LockedDocument

# Far above any report, far below what fills a disk or a memory.
MOST_MEMBERS = 5000
LARGEST_MEMBER = 256 * 2**20
LARGEST_TOTAL = 2**30
# Text compresses tenfold, a blank sheet a hundredfold; only a bomb does better than this above a megabyte.
HIGHEST_RATIO = 300
_RATIO_ABOVE = 2**20
_ENCRYPTED = 0x1
# What a document of an office program never has, and what tricks with entities need.
_DOCTYPE = (b"<!DOCTYPE", "<!DOCTYPE".encode("utf-16-le"), "<!DOCTYPE".encode("utf-16-be"))
_PROLOGUE = 4096
# Names of the strict kind of office files, and how all others say the same.
_STRICT = re.compile(rb"http://purl\.oclc\.org/ooxml/(\w+)/")
_ROOT = "_rels/.rels"
_TRANSITIONAL = rb"http://schemas.openxmlformats.org/\1/2006/"


@contextmanager
def package(path: Path) -> Iterator[zipfile.ZipFile]:
    """The zip file, its directory within every limit. Raises DocumentError if it is not, or is damaged."""
    try:
        opened = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        raise DamagedDocument("formats.damaged_zip") from None
    with opened:
        members = opened.infolist()
        if any(member.flag_bits & _ENCRYPTED for member in members):
            raise LockedDocument("formats.locked_zip")
        if len(members) > MOST_MEMBERS:
            raise DocumentError("formats.zip_too_many", found=len(members), most=MOST_MEMBERS)
        largest = max((member.file_size for member in members), default=0)
        total = sum(member.file_size for member in members)
        if largest > LARGEST_MEMBER or total > LARGEST_TOTAL:
            raise DocumentError("formats.zip_too_large", most=LARGEST_TOTAL // 2**20, member=LARGEST_MEMBER // 2**20)
        if any(_is_bomb(member) for member in members):
            raise DocumentError("formats.zip_bomb", ratio=HIGHEST_RATIO)
        yield opened


def _is_bomb(member: zipfile.ZipInfo) -> bool:
    return member.file_size > _RATIO_ABOVE and member.file_size > HIGHEST_RATIO * max(member.compress_size, 1)


def member_bytes(opened: zipfile.ZipFile, member: zipfile.ZipInfo, most: int = LARGEST_MEMBER) -> bytes:
    """The first `most` bytes of one member; never more than its directory entry says. Raises DamagedDocument."""
    try:
        with opened.open(member) as stream:
            return stream.read(min(member.file_size, most))
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, RuntimeError, ValueError):
        raise DamagedDocument("formats.damaged_zip") from None
    except Exception as error:  # zlib and lzma have errors of their own, of modules that need not be there
        if type(error).__module__ in {"zlib", "_lzma", "lzma"}:
            raise DamagedDocument("formats.damaged_zip") from None
        raise


def checked_office_file(path: Path) -> None:
    """Refuse an office file that is a bomb, is damaged, or declares entities. Raises DocumentError."""
    with package(path) as opened:
        for member in opened.infolist():
            if member.filename.lower().endswith((".xml", ".rels", ".vml")):
                prologue = member_bytes(opened, member, _PROLOGUE)
                if any(mark in prologue for mark in _DOCTYPE):
                    raise DamagedDocument("formats.entities")


@contextmanager
def transitional(path: Path) -> Iterator[BinaryIO]:
    """An office file as the libraries know it: one of the strict kind with its names changed. Raises DocumentError."""
    with package(path) as opened:
        names = {name for name in opened.namelist() if name.lower().endswith((".xml", ".rels"))}
        if _ROOT not in names or not _STRICT.search(member_bytes(opened, opened.getinfo(_ROOT))):
            with path.open("rb") as stream:
                yield stream
            return
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as other:
            for member in opened.infolist():
                data = member_bytes(opened, member)
                other.writestr(member.filename, _STRICT.sub(_TRANSITIONAL, data) if member.filename in names else data)
    made.seek(0)
    yield made
