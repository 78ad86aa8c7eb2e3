"""An office file of the old binary kind becomes the names of the streams at its root: they say which program wrote it.

Read here, without a library: telling a file's kind must not need an extra.
"""

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from schemas.errors import DamagedDocument

_FREE = 0xFFFFFFFA
_ENTRY = 128
_STREAM = 2
_ROOT = 5
# A directory of more sectors than this is a loop.
_LONGEST_CHAIN = 20_000
_IN_HEADER = 109


class _Shape(NamedTuple):
    """What the header says of a compound file."""

    sector: int
    directory: int
    tables: tuple[int, ...]
    more_tables: int


def streams(path: Path) -> frozenset[str]:
    """Names (lower case) of the streams at the root of a compound file. Raises DamagedDocument."""
    try:
        with path.open("rb") as stream:
            return frozenset(_names(stream, _shape(stream)))
    except (struct.error, ValueError, IndexError, UnicodeDecodeError):
        raise DamagedDocument("formats.damaged_office") from None


def _shape(stream: BinaryIO) -> _Shape:
    header = stream.read(512)
    shift = struct.unpack_from("<H", header, 30)[0]
    if shift not in {9, 12}:
        raise ValueError(shift)
    directory, more = struct.unpack_from("<I", header, 48)[0], struct.unpack_from("<I", header, 68)[0]
    tables = struct.unpack_from(f"<{_IN_HEADER}I", header, 76)
    return _Shape(1 << shift, directory, tuple(at for at in tables if at < _FREE), more)


def _sector(stream: BinaryIO, shape: _Shape, number: int) -> bytes:
    stream.seek((number + 1) * shape.sector)
    data = stream.read(shape.sector)
    if len(data) < shape.sector:
        data += bytes(shape.sector - len(data))
    return data


def _chain(stream: BinaryIO, shape: _Shape, first: int) -> Iterator[int]:
    """The sectors of one stream in order."""
    tables = list(shape.tables)
    more, width = shape.more_tables, shape.sector // 4
    while more < _FREE and len(tables) < _LONGEST_CHAIN:
        listed = struct.unpack(f"<{width}I", _sector(stream, shape, more))
        tables += [at for at in listed[:-1] if at < _FREE]
        more = listed[-1]
    seen = 0
    while first < _FREE and seen < _LONGEST_CHAIN:
        yield first
        table = _sector(stream, shape, tables[first // width])
        first = struct.unpack_from("<I", table, first % width * 4)[0]
        seen += 1


def _names(stream: BinaryIO, shape: _Shape) -> Iterator[str]:
    """The names of the root's children: its directory entries form a tree of siblings."""
    data = b"".join(_sector(stream, shape, number) for number in _chain(stream, shape, shape.directory))
    entries = [data[at : at + _ENTRY] for at in range(0, len(data), _ENTRY)]
    if not entries or entries[0][66] != _ROOT:
        raise ValueError(len(entries))
    waiting, seen = [struct.unpack_from("<I", entries[0], 76)[0]], set[int]()
    while waiting:
        number = waiting.pop()
        if number in seen or number >= len(entries):
            continue
        seen.add(number)
        entry = entries[number]
        left, right = struct.unpack_from("<II", entry, 68)
        waiting += [left, right]
        length = struct.unpack_from("<H", entry, 64)[0]
        if entry[66] == _STREAM:
            yield entry[: max(length - 2, 0)].decode("utf-16-le").lower()
