"""Cells of a worksheet in memory come in, their XML goes out: plain ones without the library's detours.

XlsxWriter asks every cell for a dozen things that no cell here has, and escapes attributes that need no escape:
that is half the time of an export. Whatever is not a plain number, text or colour goes the library's own way.
"""

from typing import Protocol

from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

_LETTERS = tuple(xl_col_to_name(column) for column in range(256))
_PLAIN = frozenset({"Blank", "Number", "String"})


class _Cell(Protocol):
    format: Format | None
    number: float
    string: int | str


class QuickWorksheet(Worksheet):  # type: ignore[misc] # the library has no types
    """A worksheet as the library makes it, its plain cells written directly."""

    def put_text(self, row: int, column: int, text: str, style: Format) -> None:
        """A text that is no formula, number or link, whatever it looks like."""
        self._write_string(row, column, text, style)

    def put_number(self, row: int, column: int, number: float, style: Format) -> None:
        """A finite number."""
        self._write_number(row, column, number, style)

    def put_blank(self, row: int, column: int, style: Format) -> None:
        """A colour and nothing in it."""
        self._write_blank(row, column, None, style)

    def _write_cell(self, row: int, col: int, cell: _Cell) -> None:
        """Called by the library for every cell of a sheet that is saved."""
        kind = cell.__class__.__name__
        if (
            cell.format is None
            or self.constant_memory
            or col >= len(_LETTERS)
            or kind not in {"Blank", "Number", "String"}
        ):
            super()._write_cell(row, col, cell)
            return
        place = f'<c r="{_LETTERS[col]}{row + 1}" s="{cell.format._get_xf_index()}"'  # noqa: SLF001 - as the library does
        if kind == "String":
            self.fh.write(f'{place} t="s"><v>{cell.string}</v></c>')
        elif kind == "Blank":
            self.fh.write(f"{place}/>")
        else:
            self.fh.write(f"{place}><v>{cell.number:.16G}</v></c>")
