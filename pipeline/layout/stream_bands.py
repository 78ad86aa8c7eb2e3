"""Rows become Bands: stretches of rows that keep to the same columns, each blob in its column.

A table is a row of headings over rows with numbers under them. Other rows are labels and values side by side.
"""

from collections.abc import Sequence
from itertools import pairwise

from pipeline.layout.marks import Rule
from pipeline.layout.stream_columns import Band, Column, Placed, posts
from pipeline.layout.stream_nested import NESTED, Nested, nested_at
from pipeline.layout.stream_rows import Row
from pipeline.layout.stream_spans import goes_on_beside, lone_label, spans_columns
from pipeline.layout.stream_words import Blob

# A heading is short; a longer text is a value.
LONGEST_HEADING = 30
# Fewest headings over a table, and fewest of them over numbers.
FEWEST_HEADINGS = 3
FEWEST_NUMBERS = 2
# A table with labels over its whole width has at least a name, a target, an actual and points.
FEWEST_SPANNED = 4
# Edges of rows that share columns only by their alignment differ by less than this share of the font size.
EXACT = 0.15
# A label is at most this long; a longer text that stands first in its row is prose.
LONGEST_LABEL = 26
_STOPS = "。；;"


def bands_of(
    rows: Sequence[Row],
    labels: Sequence[Blob] = (),
    carried: Sequence[Column] = (),
    rules: Sequence[Rule] = (),
) -> list[Band]:
    """The bands of a page from top to bottom; `carried` are the columns in which the page above ended.

    `labels` stand beside several rows, `rules` are the page's horizontal lines.
    """
    bands: list[Band] = []
    number = 0
    while number < len(rows):
        band = _rest_at(rows, carried, rules) if carried and not bands else None
        band = band or _table_at(rows, number, rules)
        if band is None:
            band = Band([Column(blob.x0, blob.x1, [blob]) for blob in rows[number].blobs], [])
            band.rows.append(Placed(rows[number], dict(enumerate(rows[number].blobs))))
        bands.append(band)
        number += band.taken
    return _gathered(bands, labels)


def _rest_at(rows: Sequence[Row], carried: Sequence[Column], rules: Sequence[Rule]) -> Band | None:
    """The rest of the page above's table, without headings of its own."""
    if not rows or (rows[0].numbers == 0 and len(rows[0].blobs) >= FEWEST_HEADINGS):
        return None
    band = Band([Column(column.x0, column.x1, list(column.blobs)) for column in carried], [], is_table=True)
    following = rows[1] if len(rows) > 1 else None
    cut = None if spans_columns(rows[0], band.columns, rules, None, following) else _rest_of_row(band, rows)
    if cut is not None:
        band.rows.append(cut)
    _grow(band, rows[len(band.rows) :], rules)
    if not any(placed.row.numbers >= FEWEST_NUMBERS for placed in band.rows):
        return None
    return band


def _rest_of_row(band: Band, rows: Sequence[Row]) -> Placed | None:
    """The first row of a page if it holds texts alone, each over one column: the row above may go on in it."""
    row = rows[0]
    hits = [[col for col, column in enumerate(band.columns) if column.holds(blob)] for blob in row.blobs]
    if row.numbers or any(len(hit) != 1 for hit in hits) or len({hit[0] for hit in hits}) < len(hits):
        return None
    return Placed(row, {hit[0]: blob for hit, blob in zip(hits, row.blobs, strict=True)})


def _table_at(rows: Sequence[Row], number: int, rules: Sequence[Rule]) -> Band | None:
    """The table whose headings stand in a row."""
    nested = nested_at([row.blobs for row in rows[number : number + NESTED]])
    if nested is not None:
        return _under_nested(nested, rows, number, rules)
    head = rows[number]
    if not is_heading(head):
        return None
    band = Band([Column(blob.x0, blob.x1, [blob]) for blob in head.blobs], [], headings=1, is_table=True)
    first = number + 1
    while len(head.blobs) >= FEWEST_SPANNED and first + 1 < len(rows) and _labels_rows(band, rows, first, rules):
        first += 1
    if first >= len(rows) or rows[first].numbers < FEWEST_NUMBERS:
        return None
    if first > number + 1 and not any(one.numeric and other.numeric for one, other in pairwise(rows[first].blobs)):
        return None  # labels beside their values
    band.rows.append(Placed(head, dict(enumerate(head.blobs))))
    _grow(band, rows[number + 1 :], rules)
    return band if len(band.rows) > 1 else None


def _under_nested(nested: Nested, rows: Sequence[Row], number: int, rules: Sequence[Rule]) -> Band | None:
    """The table under nested headings, which begin in a row."""
    columns = [Column(blob.x0, blob.x1, [blob]) for blob in nested.columns]
    band = Band(columns, [], headings=2, is_table=True, nested=nested)
    over = {col: blob for col, (blob, _) in nested.over.items()}
    under = {col: blob for col, blob in enumerate(nested.columns) if col not in nested.whole}
    ends = {col: end for col, (_, end) in nested.over.items()}
    upper, lower = Row(nested.upper, rows[number].anchor), rows[number + nested.rows - 1]
    band.rows += [Placed(upper, over, ends), Placed(lower, under)]
    _grow(band, rows[number + nested.rows :], rules)
    return band if len(band.rows) > band.headings else None


def _labels_rows(band: Band, rows: Sequence[Row], number: int, rules: Sequence[Rule]) -> bool:
    """True if a row under headings is a label over all columns, or stands alone in the first."""
    label = lone_label(rows[number])
    return label is not None and (band.columns[0].holds(label) or _spans(band, rows, number, rules))


def _spans(band: Band, rows: Sequence[Row], number: int, rules: Sequence[Rule]) -> bool:
    """True if a row is a label over all columns of a band, with rows below it."""
    above = rows[number - 1] if number else (band.rows[-1].row if band.rows else None)
    return number + 1 < len(rows) and spans_columns(rows[number], band.columns, rules, above, rows[number + 1])


def is_heading(row: Row) -> bool:
    """True if a row holds short texts side by side and no number."""
    return (
        len(row.blobs) >= FEWEST_HEADINGS
        and row.numbers == 0
        and all(
            len(blob.text) <= LONGEST_HEADING and not any(stop in blob.text for stop in _STOPS) for blob in row.blobs
        )
    )


def _grow(band: Band, rows: Sequence[Row], rules: Sequence[Rule]) -> None:
    """Add the rows that keep to the band's columns, up to the first that does not, with the labels over all of them."""
    spanning: list[Placed] = []
    for number, row in enumerate(rows):
        following = rows[number + 1] if number + 1 < len(rows) else None
        if not row.numbers and nested_at([other.blobs for other in rows[number : number + NESTED]]):
            return
        if len(band.columns) >= FEWEST_SPANNED and _spans(band, rows, number, rules):
            spanning.append(Placed(row, {0: row.blobs[0]}, {0: len(band.columns)}))
            continue
        above = band.rows[-1] if band.rows else None
        anew = _heads_anew(band, row) and not (above and goes_on_beside(band.columns, above.row, row, rules))
        placed = None if anew or (spanning and not row.numbers) else _place(band, row)
        if placed is None:
            return
        if len(row.blobs) == 1 and not _is_row_alone(band, row.blobs[0], placed, following):
            return
        band.rows += [*spanning, placed]
        spanning = []
        for col, blob in placed.at.items():
            if col not in placed.wide and (blob.numeric or band.columns[col].is_aligned(blob)):
                band.columns[col].add(blob)


def _heads_anew(band: Band, row: Row) -> bool:
    """True if a row holds texts alone where at least two columns of the band hold numbers, and each another one."""
    if row.numbers or len(row.blobs) < FEWEST_HEADINGS:
        return False
    numeric = [column for column in band.columns if column.numbers > len(column.blobs) / 3]
    texts = [blob for blob in row.blobs if any(c.isalpha() for c in blob.text) and any(n.holds(blob) for n in numeric)]
    return len({blob.text for blob in texts}) >= FEWEST_NUMBERS


def _is_row_alone(band: Band, blob: Blob, placed: Placed, following: Row | None) -> bool:
    """True if a lone blob is a row of its own: it stands where most rows have one, and rows follow or it is no text."""
    col = next(iter(placed.at))
    filled = sum(col in other.at for other in band.rows[band.headings :])
    usual = filled * 2 >= len(band.rows) - band.headings and band.columns[col].is_aligned(blob)
    return usual and (following is not None or not any(character.isalpha() for character in blob.text))


def _place(band: Band, row: Row) -> Placed | None:
    """The row with each blob in a column of the band; None if it does not keep to them.

    Columns that the headings leave unnamed are added on the left. A blob over several columns may stand in a row of
    numbers, where no other blob stands in any of them: the label of a total.
    """
    placed = Placed(row, {})
    lost: list[Blob] = []
    added: list[Blob] = []
    for blob in row.blobs:
        hits = [col for col, column in enumerate(band.columns) if column.holds(blob)]
        if not hits and blob.x1 <= band.columns[0].x0:
            added.append(blob)
        elif not hits:
            lost.append(blob)
        elif hits[0] in placed.at or any(col < end for end in placed.wide.values() for col in hits):
            return None
        else:
            placed.at[hits[0]] = blob
            if len(hits) > 1:
                placed.wide[hits[0]] = hits[-1] + 1
    if lost and not _find(band, placed, lost):
        return None
    if any(col in placed.at for first, end in placed.wide.items() for col in range(first + 1, end)):
        return None
    if not _keeps(band, placed) or (added and not _may_add(band, placed)):
        return None
    if added:
        _add_columns(band, placed, added)
    return placed


def _find(band: Band, placed: Placed, lost: Sequence[Blob]) -> bool:
    """Place blobs that stand between columns: in the one beside them that is free, in doubt if both are."""
    for blob in lost:
        right = next((col for col, column in enumerate(band.columns) if column.x0 >= blob.x1), len(band.columns))
        free = [col for col in (right - 1, right) if 0 <= col < len(band.columns) and col not in placed.at]
        if not free or not blob.numeric:
            return False
        same = [col for col in free if band.columns[col].is_aligned(blob)]
        best = min(same or free, key=lambda col: max(blob.x0 - band.columns[col].x1, band.columns[col].x0 - blob.x1))
        placed.at[best] = blob
        if len(free) > 1:
            placed.doubted.append(blob)
    return True


def _keeps(band: Band, placed: Placed) -> bool:
    """True if a row stands in the columns and not only over them."""
    narrow = [(band.columns[col], blob) for col, blob in placed.at.items() if col not in placed.wide]
    if not _is_named(band, placed) and any(blob.numeric and _holds_texts(column) for column, blob in narrow):
        return False
    aligned = [blob for column, blob in narrow if column.is_aligned(blob)]
    if placed.wide:
        return any(blob.numeric and column.numbers for column, blob in narrow)
    if placed.row.numbers:
        return bool(aligned)
    return len(aligned) * 2 > len(placed.at)


def _is_named(band: Band, placed: Placed) -> bool:
    """True if a row has something in the column that most rows of the body have something in."""
    counts = [sum(col in other.at for other in band.rows[band.headings :]) for col in range(len(band.columns))]
    return counts.index(max(counts)) in placed.at


def _holds_texts(column: Column) -> bool:
    """True if a column holds several texts and no number: a number over it belongs to a row of its own kind."""
    return len(column.blobs) > FEWEST_NUMBERS and not column.numbers


def _may_add(band: Band, placed: Placed) -> bool:
    """Columns without a heading begin in the first rows of a body, and only there."""
    return bool(band.headings) and bool(placed.at) and placed.row.numbers > 0


def _add_columns(band: Band, placed: Placed, added: Sequence[Blob]) -> None:
    band.columns[:0] = [Column(blob.x0, blob.x1) for blob in added]
    shift = len(added)
    for other in (*band.rows, placed):
        other.at = {col + shift: blob for col, blob in other.at.items()}
        other.wide = {col + shift: end + shift for col, end in other.wide.items()}
    placed.at |= dict(enumerate(added))


def _gathered(bands: Sequence[Band], labels: Sequence[Blob]) -> list[Band]:
    """Bands of labels and values that follow each other and keep to the same columns as one."""
    gathered: list[Band] = []
    for band in bands:
        last = gathered[-1] if gathered else None
        if last is None or last.is_table or band.is_table:
            gathered.append(band)
            continue
        between = any(last.rows[-1].row.anchor < label.middle < band.rows[0].row.anchor for label in labels)
        if (columns := _same_columns(last, band, by_order=between)) is not None:
            gathered[-1] = Band(columns, [_placed_in(columns, placed.row) for placed in (*last.rows, *band.rows)])
        else:
            gathered.append(band)
    return gathered


def _same_columns(above: Band, below: Band, *, by_order: bool) -> list[Column] | None:
    """The columns of two bands that have the same; None if they have not.

    As many blobs in both stand over each other one by one, or, `by_order`, only in the same order. Fewer blobs in
    one leave columns blank: then each must be aligned with the column it stands in, or be prose under its heading.
    """
    many, few = (above, below) if len(above.columns) >= len(below.columns) else (below, above)
    if len(few.columns) < FEWEST_NUMBERS:
        return None
    pairs: list[tuple[Column, Column]] = []
    for number, column in enumerate(few.columns):
        if by_order and len(few.columns) == len(many.columns):
            pairs.append((many.columns[number], column))
            continue
        hits = [other for other in many.columns if min(other.x1, column.x1) > max(other.x0, column.x0)]
        if len(hits) != 1 or any(hits[0] is taken for taken, _ in pairs):
            return None
        pairs.append((hits[0], column))
    if len(few.columns) < len(many.columns) and not (_one_way(pairs) or _is_prose_under(above, below)):
        return None
    merged = [Column(column.x0, column.x1, list(column.blobs)) for column in many.columns]
    for one, other in pairs:
        column = merged[next(index for index, own in enumerate(many.columns) if own is one)]
        for blob in other.blobs:
            column.add(blob)
    return merged if all(one.x1 <= other.x0 for one, other in pairwise(merged)) else None


def _one_way(pairs: Sequence[tuple[Column, Column]]) -> bool:
    """True if all columns of a row begin, or all are centred, right where those they belong to are."""
    both = [(one.blobs[0], other.blobs[0]) for one, other in pairs]
    return any(
        all(abs(posts(one)[way] - posts(other)[way]) < EXACT * other.size for one, other in both) for way in (0, 1)
    )


def _is_prose_under(above: Band, below: Band) -> bool:
    """True if a row of texts over several lines each follows a row of headings."""
    prose = [len(blob.words) > 1 for placed in below.rows for blob in placed.row.blobs]
    return len(below.rows) == 1 and all(prose) and is_heading(above.rows[-1].row)


def _placed_in(columns: Sequence[Column], row: Row) -> Placed:
    return Placed(
        row, {next(col for col, column in enumerate(columns) if column.holds(blob)): blob for blob in row.blobs}
    )


def looks_like_labels(band: Band, labels: Sequence[Blob]) -> bool:
    """True if a band without headings may be labels and values: several blobs a row, the first one short.

    Under headings with a label beside them the first may be any text.
    """
    top, foot = band.rows[0].row.anchor, band.rows[-1].row.anchor
    beside = any(top < label.middle < foot for label in labels)
    return all(len(placed.at) > 1 for placed in band.rows) and all(
        len(placed.row.blobs[0].text) <= LONGEST_LABEL and not any(stop in placed.row.blobs[0].text for stop in _STOPS)
        for placed in (band.rows[:1] if beside else band.rows)
    )
