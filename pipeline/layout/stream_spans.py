"""A lone text between rows without vertical lines comes in, whether it stands over their whole width goes out.

Such a row parts the rows below it from those above (产出指标（40分）, 二、项目资金). It begins at the left side of the
table or stands in its middle; where rows are ruled, a line as wide as the table runs over it and under it.
"""

from collections.abc import Sequence
from itertools import zip_longest
from typing import Protocol

from pipeline.layout.marks import Rule
from pipeline.layout.stream_rows import Row, Rows
from pipeline.layout.stream_words import Blob

# A label over the whole width is at most this long.
LONGEST_SPANNING = 24
# A text whose middle is nearer to the table's than this many font sizes stands in it.
NEAR_MIDDLE = 1.5
# Sizes of type that differ by less than this share are one.
ONE_SIZE = 0.05
# A ruling line may stop this many font sizes short of a table's outermost texts.
SHORT = 1.5
# A lone text over more than this share of a table's width is prose in it.
LONG = 0.5
# A label stands beside at least so many headings.
FEWEST_BESIDE = 2
_STOPS = "。；;，,"


class Held(Protocol):
    """What is known of a column: its edges, and which texts stand in it."""

    x0: float
    x1: float

    def holds(self, blob: Blob) -> bool:
        """True if a blob and the column share some width."""
        ...

    def is_aligned(self, blob: Blob) -> bool:
        """True if a blob stands as the column's others do."""
        ...

    @property
    def numbers(self) -> int:
        """How many of its texts are numbers."""
        ...


def lone_label(row: Row) -> Blob | None:
    """The one short text of a row, on one line; None if there is more, or a number, or a sentence."""
    blob = row.blobs[0]
    one = len(row.blobs) == 1 and len(blob.words) == 1 and not blob.numeric
    short = 1 < len(blob.text) <= LONGEST_SPANNING and not any(stop in blob.text for stop in _STOPS)
    return blob if one and short and not blob.text.endswith(":") else None


def spans_columns(
    row: Row, columns: Sequence[Held], rules: Sequence[Rule], above: Row | None, below: Row | None
) -> bool:
    """True if a row is a label over all of these columns; no row `above` or `below` is the page's end."""
    blob = lone_label(row)
    if blob is None or len(columns) < 2:  # noqa: PLR2004 - over one column nothing spans
        return False
    left, right = columns[0].x0, columns[-1].x1
    lines = [_between(rules, one, other) for one, other in ((above, row), (row, below)) if one and other]
    ruled = [_as_wide(found, left, right, SHORT * blob.size) for found in lines]
    if not all(ruled) and any(lines):
        return False
    over = [column for column in columns if column.holds(blob)]
    named = len(over) == 1 and over[0].is_aligned(blob)
    first = columns[0]
    if blob.x0 <= first.x0 + blob.size:
        numbered = first.numbers or any(other.numeric and first.holds(other) for other in (below or row).blobs)
        return len(over) > 1 or not named or bool(numbered)
    return not named and abs(blob.centre - (left + right) / 2) < NEAR_MIDDLE * blob.size


def spans_page(row: Row, above: Row, below: Row, rules: Sequence[Rule]) -> bool:
    """True if a row between two tables, or between labels and a table, is a title of what follows: a row of its own."""
    blob = lone_label(row)
    if blob is None or not _same_size(blob, above) or not _same_size(blob, below):
        return False
    left, right = min(above.left, below.left), max(above.right, below.right)
    lines = [_between(rules, above, row), _between(rules, row, below)]
    if any(lines):
        return all(_as_wide(found, min(left, blob.x0), right, SHORT * blob.size) for found in lines)
    return blob.x0 <= left + blob.size or abs(blob.centre - (left + right) / 2) < NEAR_MIDDLE * blob.size


def stands_between_lines(row: Row, above: Row | None, below: Row | None, rules: Sequence[Rule]) -> bool:
    """True if a row is all that stands between two lines that are as wide as each other and as what they hold.

    Several texts side by side are a row of the table around them, whatever they say; a lone one is if it is long, for
    a short one may be a title between two tables.
    """
    if above is None or below is None or not all(_same_size(row.blobs[0], other) for other in (above, below)):
        return False
    size = row.blobs[0].size
    over = [rule for rule in _between(rules, above, row) if rule.start < row.left and row.right < rule.end]
    under = [rule for rule in _between(rules, row, below) if rule.start < row.left and row.right < rule.end]
    wide = any(_as_wide([one], other.start, other.end, size / 2) for one in over for other in under)
    long = len(row.blobs) > 1 or row.right - row.left > LONG * (under[-1].end - under[-1].start) if under else False
    return wide and long


def set_apart(rows: Rows, rules: Sequence[Rule]) -> Rows:
    """Rows whose first text goes on down beside the row below, as lines tell, without it: it is a label of both.

    A line tells nothing where it leaves out several texts, one under another.
    """
    kept: list[Row] = []
    labels: list[Blob] = []
    texts = [*(blob for row in rows.rows for blob in row.blobs), *rows.labels]
    for row, below in zip_longest(rows.rows, rows.rows[1:]):
        first, *others = row.blobs
        lines = _between(rules, row, below) if below and len(others) >= FEWEST_BESIDE and not row.numbers else []
        open_ = lines and not any(rule.start < first.centre < rule.end for rule in lines)
        alone = open_ and not any(_follows(first, blob, rules) for blob in texts)
        if alone and all(any(rule.start < blob.centre < rule.end for rule in lines) for blob in others):
            labels.append(first)
            kept.append(row._replace(blobs=tuple(others)))
        else:
            kept.append(row)
    return Rows(tuple(kept), (*rows.labels, *labels))


def _follows(label: Blob, blob: Blob, rules: Sequence[Rule]) -> bool:
    """True if a text stands under another, with no line between them."""
    under = blob.first > label.last and min(blob.x1, label.x1) > max(blob.x0, label.x0)
    return under and not any(
        label.last < rule.at < blob.first and rule.start < label.centre < rule.end for rule in rules
    )


def goes_on_beside(columns: Sequence[Held], above: Row, row: Row, rules: Sequence[Rule]) -> bool:
    """True if lines between two rows leave out the first of the columns: a label there belongs to both rows."""
    lines = _between(rules, above, row)
    return bool(lines) and not _as_wide(lines, columns[0].x0, columns[0].x1, row.blobs[0].size)


def _same_size(blob: Blob, row: Row) -> bool:
    """True if a text is printed as large as a row: a form's title is larger."""
    return abs(blob.size - row.blobs[0].size) < ONE_SIZE * blob.size


def _between(rules: Sequence[Rule], upper: Row, lower: Row) -> list[Rule]:
    return [rule for rule in rules if upper.anchor < rule.at < lower.anchor]


def _as_wide(rules: Sequence[Rule], left: float, right: float, short: float) -> bool:
    return any(rule.start <= left + short and rule.end >= right - short for rule in rules)
