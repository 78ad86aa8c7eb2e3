"""Workbooks written in tests: functions fill their sheets, the file is what is read; its stored XML can be changed."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
from openpyxl.styles import Side
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.mapping.lexicon import standard
from pipeline.read import read
from schemas.layout import Document

THIN = Side(style="thin")


def book(folder: Path, *fills: Callable[[Worksheet], None]) -> Document:
    """What is read of a workbook with one sheet a function."""
    made = openpyxl.Workbook()
    made.remove(made["Sheet"])
    for number, fill in enumerate(fills, start=1):
        fill(made.create_sheet(f"表{number}"))
    path = folder / "made.xlsx"
    made.save(path)
    return read(path, "made.xlsx", standard(), None)


def rows(*texts: tuple[object, ...], at: int = 1) -> Callable[[Worksheet], None]:
    """A sheet with these rows."""

    def fill(sheet: Worksheet) -> None:
        for row, values in enumerate(texts, start=at):
            for col, value in enumerate(values, start=1):
                if value is not None:
                    sheet.cell(row, col).value = value  # type: ignore[assignment] # any value of a cell

    return fill


def shape(told: Document, number: int = 0) -> list[tuple[str, str, int, int]]:
    """Id, text and spans of each cell."""
    return [(cell.cell_id, cell.text, cell.row_span, cell.col_span) for cell in told.grids[number].cells]


def settled(path: Path) -> bytes:
    """The workbook as Excel saves it: nothing has to be computed anew."""
    stream = io.BytesIO()
    with zipfile.ZipFile(path) as before, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as after:
        for member in before.infolist():
            after.writestr(member, before.read(member).replace(b' fullCalcOnLoad="1"', b""))
    return stream.getvalue()


def rewritten(path: Path, old: bytes, new: bytes) -> Path:
    """The workbook with some bytes of its first sheet replaced."""
    stream = io.BytesIO()
    with zipfile.ZipFile(path) as before, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as after:
        for member in before.infolist():
            data = before.read(member)
            if member.filename == "xl/worksheets/sheet1.xml":
                assert old in data
                data = data.replace(old, new)
            after.writestr(member.filename, data)
    path.write_bytes(stream.getvalue())
    return path
