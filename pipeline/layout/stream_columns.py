"""What rows over the same columns are: the columns with their texts, the rows with each text in its column."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from pipeline.layout.stream_nested import Nested
from pipeline.layout.stream_rows import Row
from pipeline.layout.stream_words import Blob

# Edges and centres that differ by less than this share of the font size are one.
ALIGNED = 0.4


@dataclass
class Column:
    """Where the blobs of one column stand."""

    x0: float
    x1: float
    blobs: list[Blob] = field(default_factory=list)

    def holds(self, blob: Blob) -> bool:
        """True if a blob and the column share some width."""
        return min(blob.x1, self.x1) > max(blob.x0, self.x0)

    def add(self, blob: Blob) -> None:
        """Put a blob into the column."""
        self.x0, self.x1 = min(self.x0, blob.x0), max(self.x1, blob.x1)
        self.blobs.append(blob)

    def is_aligned(self, blob: Blob) -> bool:
        """True if a blob begins, ends or is centred as the column's other blobs do, whichever most of them do."""
        near = ALIGNED * blob.size
        others = [posts(other) for other in self.blobs if other is not blob] or [
            (self.x0, (self.x0 + self.x1) / 2, self.x1)
        ]
        own = posts(blob)
        kept = [_kept([posts[way] for posts in others], near) for way in range(len(own))]
        shares = [len(same) for same in kept]
        ways = [way for way, share in enumerate(shares) if share == max(shares)]
        return any(abs(own[way] - post) < near for way in ways for post in kept[way])

    @property
    def numbers(self) -> int:
        """How many of its blobs are numbers."""
        return sum(blob.numeric for blob in self.blobs)


def posts(blob: Blob) -> tuple[float, float, float]:
    """What a blob can be aligned by: its left edge, its middle, its right edge."""
    return blob.x0, blob.centre, blob.x1


def _kept(posts: Sequence[float], near: float) -> list[float]:
    """Those posts that are near the middle one."""
    middle = sorted(posts)[len(posts) // 2]
    return [post for post in posts if abs(post - middle) < near]


@dataclass
class Placed:
    """A row with its blobs in columns: `at` says which column each begins in, `wide` which others reach further."""

    row: Row
    at: dict[int, Blob]
    wide: dict[int, int] = field(default_factory=dict)
    """Column in which a blob begins → one past the last column under it."""
    doubted: list[Blob] = field(default_factory=list)
    """Blobs whose column is not certain."""


@dataclass
class Band:
    """Rows over the same columns."""

    columns: list[Column]
    rows: list[Placed]
    headings: int = 0
    """How many rows of headings it begins with; 0 for labels beside values and for the rest of a table."""
    is_table: bool = False
    labels: list[Blob] = field(default_factory=list)
    """Blobs that stand beside several rows."""
    nested: Nested | None = None
    """Its headings, where they are nested over two rows."""

    @property
    def taken(self) -> int:
        """How many rows of the page it is made of."""
        return len(self.rows) - self.headings + self.nested.rows if self.nested else len(self.rows)
