"""Documents whose tables are ruled only in part: every labelled row stands in one row of what layout makes of them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from eval.dataset import SHIPPED, documents_of
from pipeline.layout import lay_out
from pipeline.mapping.lexicon import standard
from pipeline.read.pdf import read_pages
from schemas.amount import normalised
from schemas.form import IndicatorRow, SelfEvaluation

HELD_OUT = SHIPPED / "held-out"
DOCUMENTS = {document.name: document for document in documents_of(HELD_OUT)}
READ = {
    "partly/d-columns.pdf": 17,
    "partly/f-between.pdf": 12,
    "partly/he-columns.pdf": 15,
    "partly/js-between.pdf": 28,
    "partly/k2-rows.pdf": 17,
    "partly/j-rows.pdf": 8,
    "partly/cq-rows.pdf": 13,
    "partly/x-reversed-rows.pdf": 10,
    "partly/x-frame.pdf": 11,
    "partly/d-adjusted-heads.pdf": 12,
    "partly/zy-heads.pdf": 14,
    "blind2/ln-columns.pdf": 14,
    "blind2/tj-rows.pdf": 14,
    "blind3/xz-plain.pdf": 15,
}
"""Labelled rows of each document; in partly/a1-frame.pdf headings over two rows without any line are not read."""


def rows_of(path: Path) -> list[frozenset[str]]:
    """The texts of each row of a document's tables, with those of the cells that reach over it."""
    words = standard()
    grids = lay_out(read_pages(path), words.levels, words.titles).grids
    return [
        frozenset(normalised(cell.text) for cell in grid.cells if cell.row <= row < cell.row_end)
        for grid in grids
        for row in range(grid.row_count)
    ]


def printed(row: IndicatorRow) -> frozenset[str]:
    """What stands in a labelled row's cells of its own; a level's points stand beside its name."""
    numbers = [format(value, "f") for value in (row.weight, row.score) if value is not None]
    return frozenset(map(normalised, (row.name, *numbers)))


def prose(form: SelfEvaluation) -> Iterator[str]:
    """The goals."""
    yield from (normalised(text) for text in (form.expected_goal, form.actual_achievement) if text)


@pytest.mark.parametrize("name", READ)
def test_every_labelled_row_is_one_row(name: str) -> None:
    """Name, weight and score of an indicator stand in one row with its levels; each goal is a cell."""
    document = DOCUMENTS[f"held-out/{name}"]
    rows = rows_of(SHIPPED / document.name)
    cells = frozenset(text for row in rows for text in row)
    found = 0
    for form in document.forms:
        assert [text for text in prose(form) if text not in cells] == []
        found += sum(any(_holds(row, own) for row in rows) for own in form.indicators)
    assert found == READ[name] == sum(len(form.indicators) for form in document.forms)


def _holds(row: frozenset[str], own: IndicatorRow) -> bool:
    numbers = {text.rstrip("分%") for text in row}
    levels = [normalised(level) for level in (own.level1, own.level2) if level]
    return all(any(text.startswith(level) for text in row) for level in levels) and printed(own) <= row | numbers
