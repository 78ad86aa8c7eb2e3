"""A workbook's stored sheets are looked through before they are opened: how much they hold, which formulas have values.

What a program only formatted, without writing anything there, is left out where it is more than a memory should hold.
"""

import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple
from xml.etree import ElementTree as ET

from openpyxl.utils.cell import column_index_from_string, range_boundaries

from pipeline.read.packages import member_bytes, package
from pipeline.read.sheets import MOST_CELLS
from schemas.errors import DocumentError

# All merged ranges together cover no more cells than this: openpyxl makes an object of each.
_MOST_MERGED = 1_000_000
_ROW = re.compile(rb"<(?P<name>(?:\w+:)?row)\b[^>]*?(?:/>|>.*?</(?P=name)>)", re.DOTALL)
_NUMBERED = re.compile(rb'<[^>]*?\br="(\d+)"')
_BLANK = re.compile(rb'<(?:\w+:)?c\b[^>]*?\br="([A-Z]{1,3})\d+"[^>]*/>')
_PLACE = re.compile(r"([A-Z]{1,3})(\d+)$")
_YES = frozenset({"1", "true"})


class _Part(NamedTuple):
    """One stored sheet."""

    cells: int
    merged: int
    """So many cells its merged ranges cover."""
    last_row: int
    last_col: int
    """Where the last cells with content stand."""
    unvalued: frozenset[str]
    """Cells with a formula and without a stored value."""
    formulas: frozenset[str]
    computed: bool
    """A formula of it has a value other than 0."""


class Counted(NamedTuple):
    """What can be said of a workbook that was not opened."""

    slim: bool
    """It has to be opened without the cells that hold nothing."""
    unvalued: dict[str, frozenset[str]]
    """By part, the cells with a formula whose value the file does not tell."""
    ends: dict[str, tuple[int, int]]
    """By part, its last row and column with content."""


def counted(path: Path) -> Counted:
    """What a workbook would make of memory. Raises DocumentError if that is too much, ParseError for bad XML."""
    parts: dict[str, _Part] = {}
    anew = False
    with package(path) as opened:
        for member in opened.infolist():
            if member.filename == "xl/workbook.xml":
                book = ET.fromstring(opened.read(member))  # noqa: S314 - document types were refused before
                anew = any(_named(at, "calcPr") and at.get("fullCalcOnLoad") in _YES for at in book.iter())
            if member.filename.startswith("xl/worksheets/") and member.filename.endswith(".xml"):
                with opened.open(member) as stream:
                    parts[member.filename] = _part(stream)
    # A program that cannot compute writes 0 for every formula.
    never = any(part.formulas for part in parts.values()) and not any(part.computed for part in parts.values())
    filled = sum(part.cells for part in parts.values())
    if sum(part.merged for part in parts.values()) > _MOST_MERGED:
        raise DocumentError("formats.sheet_too_large", most=MOST_CELLS)
    return Counted(
        slim=filled > MOST_CELLS,
        unvalued={name: part.formulas if anew or never else part.unvalued for name, part in parts.items()},
        ends={name: (part.last_row, part.last_col) for name, part in parts.items()},
    )


def _part(stream: object) -> _Part:
    cells = merged = last_row = last_col = 0
    unvalued, formulas, computed = set[str](), set[str](), False
    # Document types were refused before: there are no entities to expand.
    for _, element in ET.iterparse(stream):  # type: ignore[call-overload] # noqa: S314 - see the line above
        if _named(element, "c"):
            cells += 1
            held = {child.tag.rpartition("}")[2]: child.text for child in element}
            name = element.get("r") or ""
            if held:
                place = _PLACE.match(name)
                last_row = max(last_row, int(place[2]) if place else 0)
                last_col = max(last_col, column_index_from_string(place[1]) if place else 0)
            if "f" in held:
                # A stored empty text says that it is one.
                if not held.get("v") and element.get("t") != "str":
                    unvalued.add(name)
                formulas.add(name)
                computed |= element.get("t", "n") != "n" or (held.get("v") or "0") != "0"
            element.clear()
        elif _named(element, "row"):
            element.clear()
        elif _named(element, "mergeCell"):
            merged += _area(element.get("ref") or "")
    return _Part(cells, merged, last_row, last_col, frozenset(unvalued), frozenset(formulas), computed)


def _named(element: "ET.Element[str]", name: str) -> bool:
    return element.tag.rpartition("}")[2] == name


def _area(reference: str) -> int:
    left, top, right, bottom = range_boundaries(reference)
    if left is None or top is None or right is None or bottom is None:
        return _MOST_MERGED + 1
    return (right - left + 1) * (bottom - top + 1)


def slimmed(stored: BinaryIO, ends: dict[str, tuple[int, int]]) -> BinaryIO:
    """The workbook without the rows and cells behind those with content. Raises DocumentError if it is large still."""
    made = io.BytesIO()
    left = 0
    with zipfile.ZipFile(stored) as opened, zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as other:
        for member in opened.infolist():
            data = member_bytes(opened, member)
            if member.filename in ends:
                data = b"".join(_kept(data, *ends[member.filename]))
                left += len(re.findall(rb"<(?:\w+:)?c\b", data))
            other.writestr(member.filename, data)
    if left > MOST_CELLS:
        raise DocumentError("formats.sheet_too_large", most=MOST_CELLS)
    made.seek(0)
    return made


def _kept(data: bytes, last_row: int, last_col: int) -> Iterator[bytes]:
    end = 0
    for row in _ROW.finditer(data):
        yield data[end : row.start()]
        end = row.end()
        number = _NUMBERED.match(row[0])
        if number is None or int(number[1]) <= last_row:
            yield _BLANK.sub(lambda cell: b"" if _column(cell[1]) > last_col else cell[0], row[0])
    yield data[end:]


def _column(letters: bytes) -> int:
    return column_index_from_string(letters.decode("ascii"))
