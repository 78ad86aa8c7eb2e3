"""The bones of a form: its tables, its labels beside values, its closing rows; what they mean is not said here."""

from dataclasses import dataclass
from typing import Literal

from schemas.layout import Cell
from schemas.reading import Section

TableKind = Literal["fund", "indicator"]


@dataclass(frozen=True)
class Column:
    """A column of a table: its header cells from top to bottom, and its slot (0 if the header is blank)."""

    slot: int
    text: str
    headers: tuple[Cell, ...]
    col: int
    col_end: int
    span: int

    @property
    def label(self) -> str:
        """What the column calls itself, under whatever header it stands."""
        return next((cell.text for cell in reversed(self.headers) if cell.text), "")


@dataclass(frozen=True)
class Table:
    """One table of a form: columns left to right, body rows top to bottom, labels beside it."""

    kind: TableKind
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell | None, ...], ...]
    """Per body row the cell that covers each column; merged cells stand in every row they cover."""
    sides: tuple[Cell, ...]
    row_slots: tuple[int, ...] = ()
    """For a funds table the slot of each row's label; empty for an indicator table."""
    bands: tuple[Cell | None, ...] = ()
    """Of each row the label over the table's whole width under which it stands; empty where there are none."""
    turned: bool = False
    """Its rows are columns on the page."""


@dataclass(frozen=True)
class Pair:
    """A label and its value; `value` is None where no cell holds one, the label's cell where both stand in it."""

    slot: int
    section: Section
    label: Cell
    value: Cell | None
    head: str = ""
    """The heading of the value's column, in a list that has one."""


@dataclass(frozen=True)
class Closing:
    """A row below the indicator table: its label, and its other cells with the column each stands in."""

    slot: int
    label: Cell
    cells: tuple[tuple[int | None, Cell], ...]
    """Index of the indicator table's column, None where a cell spans several."""
    columns: tuple[Column, ...]
    """The columns of that table."""


@dataclass(frozen=True)
class SlotSite:
    """A header or label that needs a role, before anyone has read it."""

    number: int
    section: Section
    table: int
    text: str
    span: int


@dataclass(frozen=True)
class Skeleton:
    """The bones of a form; two forms of one layout have the same `key`."""

    key: str
    slots: tuple[SlotSite, ...]
    tables: tuple[Table, ...]
    pairs: tuple[Pair, ...]
    closings: tuple[Closing, ...]
    headings: tuple[Cell, ...]
    """Cells that fill a row alone: a title, a year, a unit of money, a note."""
    sides: tuple[Cell, ...]
    """Labels merged down beside rows that have labels of their own, outside tables."""
    first_row: int
    """The row of the first label or table: above it stand a title and a year."""

    def table(self, wanted: TableKind) -> Table | None:
        """The first table of a kind."""
        return next((table for table in self.tables if table.kind == wanted), None)
