"""Pieces of a cell come in, the same with raised and lowered ones on the line that they belong to go out.

A footnote's mark behind a number is no digit of it: where one may be read so, the cell is in doubt.
"""

from collections.abc import Sequence
from typing import NamedTuple

from pipeline.layout.marks import Piece

# A raised piece is smaller than its line by this share, and off its baseline by that share of the line's size.
SMALLER = 0.9
OFF = 0.1
# It stands within this share of the line's size of its left neighbour, and within one line's height of it.
NEAR = 0.6


class Beside(NamedTuple):
    """The pieces in their order, and whether one of them is a mark behind a digit."""

    pieces: list[Piece]
    marked: bool


def beside_their_line(pieces: list[Piece]) -> Beside:
    """Put raised and lowered pieces on the baseline of the piece left of them."""
    if len(pieces) < 2 or min(piece.size for piece in pieces) >= SMALLER * max(piece.size for piece in pieces):  # noqa: PLR2004 - one stands beside none
        return Beside(pieces, marked=False)
    placed: list[Piece] = []
    marked = False
    for piece in pieces:
        left = _left_of(piece, pieces)
        if left is None:
            placed.append(piece)
            continue
        placed.append(piece._replace(baseline=left.baseline, size=left.size))
        marked = marked or (left.text[-1:].isdigit() and any(char.isnumeric() for char in piece.text))
    return Beside(placed, marked)


def _left_of(piece: Piece, pieces: Sequence[Piece]) -> Piece | None:
    """The larger piece that a raised or lowered one follows."""
    return next(
        (
            other
            for other in pieces
            if piece.upright
            and other.upright
            and piece.size < SMALLER * other.size
            and OFF * other.size < abs(piece.baseline - other.baseline) < other.size
            and -NEAR * other.size < piece.x0 - other.x1 < NEAR * other.size
        ),
        None,
    )
