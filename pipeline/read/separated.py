"""A table kept by separators (.csv, .tsv) becomes a Document with one grid a block of records."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from pipeline.read.blocks import Block, Held, Paragraph, Source, Table, document_of
from pipeline.read.encoding import decoded
from pipeline.read.kinds import separator
from schemas.errors import DamagedDocument
from schemas.layout import Document

LONGEST_RECORD = 1 << 20


def read_separated(path: Path, source: Source) -> Document:
    """One grid for each block of records without a blank record in it. Raises DamagedDocument."""
    text = decoded(path.read_bytes())
    mark = separator(text) if text is not None else None
    if text is None or mark is None:
        raise DamagedDocument("errors.not_text", file=source.name)
    csv.field_size_limit(LONGEST_RECORD)
    try:
        records = list(csv.reader(io.StringIO(text, newline=""), delimiter=mark))
    except csv.Error:
        raise DamagedDocument("formats.damaged_csv") from None
    # A hint on the separator is no text of the table.
    hinted = bool(records) and [field.lstrip("\ufeff") for field in records[0]] == ["sep=", ""]
    return document_of(source, _blocks(records[1:] if hinted else records))


def _blocks(records: Sequence[Sequence[str]]) -> list[Block]:
    """Lone texts above a table are its heading lines; blank records part tables."""
    blocks: list[Block] = []
    rows: list[list[str]] = []
    for record in (*records, ()):
        texts = [field.strip() for field in record]
        filled = [text for text in texts if text]
        if len(filled) == 1 and texts[0] and not rows:
            blocks.append(Paragraph(texts[0]))
        elif filled:
            rows.append(texts)
        elif rows:
            blocks.append(_table(rows))
            rows = []
    return blocks


def _table(rows: Sequence[Sequence[str]]) -> Table:
    width = max(len(row) for row in rows)
    padded = [[*row, *[""] * (width - len(row))] for row in rows]
    cells = []
    for number, row in enumerate(padded):
        lone = sum(1 for text in row if text) == 1 and bool(row[0])
        for col, text in enumerate(row[:1] if lone else row):
            lines = tuple(line.strip() for line in text.splitlines() if line.strip())
            cells.append(Held(number, col, 1, width if lone else 1, lines))
    return Table(len(rows), width, tuple(cells))
