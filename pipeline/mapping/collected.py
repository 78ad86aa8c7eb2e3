"""Fields, funds and uses of one form are collected here while its bones are walked."""

from collections.abc import Mapping, Sequence

from pipeline.mapping.bones import Skeleton, Table
from pipeline.mapping.lexicon import Lexicon
from schemas.extraction import CellUse, DraftField, DraftFund, Take
from schemas.layout import Cell, Region
from schemas.reading import Role


class Collected:
    """What is known of a form under one reading of its layout; each pointer is given once."""

    def __init__(self, region: Region, skeleton: Skeleton, roles: Mapping[int, Role], lexicon: Lexicon) -> None:
        self.region = region
        self.skeleton = skeleton
        self.roles = roles
        self.lexicon = lexicon
        self.fields: list[DraftField] = []
        self.funds: list[DraftFund] = []
        self.uses: list[CellUse] = []
        self.missing: list[str] = []
        self.pointers: set[str] = set()
        self.indicators = 0
        self.extras = 0

    def add(self, pointer: str, take: Take, cells: Sequence[Cell], slots: Sequence[int], *, label: str = "") -> None:
        """A field and the cells that hold it; a pointer that is taken stays as it is."""
        if pointer in self.pointers:
            return
        self.pointers.add(pointer)
        ids = tuple(cell.cell_id for cell in cells)
        named = tuple(slot for slot in slots if slot)
        self.fields.append(DraftField(pointer=pointer, take=take, cells=ids, slots=named, label=label))

    def has(self, pointer: str) -> bool:
        """True if a field was found already."""
        return pointer in self.pointers

    def use(self, cells: Sequence[Cell], role: str) -> None:
        """Cells that are no fields: what they are instead."""
        for cell in cells:
            if cell.text:
                self.uses.append(CellUse.model_validate({"cell": cell.cell_id, "role": role}))

    def keep_extra(self, label: str, cell: Cell, slots: Sequence[int]) -> None:
        """A value that the schema has no place for, under its label."""
        if cell.text:
            self.add(f"/extras/{self.extras}", "text", (cell,), slots, label=label)
            self.extras += 1


def begins(table: Table, number: int, position: int) -> bool:
    """True unless the cell is merged down from the row above: its number belongs to that row."""
    return (
        number == 0
        or table.rows[number][position] is None
        or (table.rows[number][position] is not table.rows[number - 1][position])
    )
