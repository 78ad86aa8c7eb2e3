"""Placed atoms become a Grid; what does not give the text back, character by character, is refused."""

from collections.abc import Iterable, Sequence

from pipeline.layout.flow_atoms import Atom, pieces_of
from schemas.evidence import LineSpan
from schemas.layout import Cell, CellDoubt, Grid


class NotConserved(Exception):
    """Raised when cells lose, double or move a character of the text they were cut from: an error in this program."""


class Sheet:
    """A grid being filled: cells are placed by row and column, then all of them are proven against the text."""

    def __init__(self, form: int, columns: int, *, doubted: bool = False) -> None:
        self._form = form
        self._doubted = doubted
        self.columns = columns
        self.row_count = 0
        self._cells: list[tuple[Cell, tuple[Atom, ...]]] = []

    def place(
        self,
        row: int,
        columns: range,
        atoms: Sequence[Atom] = (),
        doubts: Iterable[CellDoubt] = (),
        *,
        rows: int = 1,
    ) -> None:
        """Put a cell over `columns` (and `rows` rows down); no atoms make a blank cell."""
        pieces = pieces_of(atoms)
        lines = tuple(piece.text for piece in pieces)
        cell = Cell(
            cell_id=f"p1t{self._form}r{row}c{columns.start}",
            row=row,
            col=columns.start,
            row_span=rows,
            col_span=len(columns),
            text="".join(lines),
            lines=lines,
            spans=tuple(LineSpan(line=piece.line, start=piece.start, end=piece.end) for piece in pieces),
            doubts=tuple(sorted({*doubts, "cut"} if self._doubted else set(doubts))),
        )
        self._cells.append((cell, tuple(atoms)))
        self.row_count = max(self.row_count, row + rows)

    def grid(self, text: Sequence[Atom]) -> Grid:
        """The grid of all cells. Raises NotConserved if they are not exactly the atoms of `text`."""
        self._prove(text)
        cells = sorted((cell for cell, _ in self._cells), key=lambda cell: (cell.row, cell.col))
        return Grid(
            grid_id=f"p1t{self._form}",
            pages=(1,),
            row_count=self.row_count,
            col_count=self.columns,
            cells=tuple(cells),
            top_line=text[0].line,
        )

    def _prove(self, text: Sequence[Atom]) -> None:
        placed = sorted((atom.line, atom.start) for _, atoms in self._cells for atom in atoms)
        if placed != [(atom.line, atom.start) for atom in text]:
            message = f"form {self._form}: {len(placed)} pieces placed, the text has {len(text)}"
            raise NotConserved(message)
        for cell, atoms in self._cells:
            if "".join(cell.text.split()) != "".join(atom.text for atom in atoms):
                message = f"cell {cell.cell_id}: its text is not the characters it was cut from"
                raise NotConserved(message)
        covered = [
            (row, col)
            for cell, _ in self._cells
            for row in range(cell.row, cell.row_end)
            for col in range(cell.col, cell.col_end)
        ]
        if len(set(covered)) != len(covered):
            message = f"form {self._form}: two cells cover one position"
            raise NotConserved(message)
