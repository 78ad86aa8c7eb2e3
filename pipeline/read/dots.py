"""Dots in a row, as a browser draws a dotted border, become ruling lines."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from pipeline.layout.marks import Rule

# Dots further apart than this are not of one line (points), and fewer dots are none.
APART = 4.0
FEWEST = 6

Box = tuple[float, float, float, float]


def dotted(dots: Iterable[Box]) -> tuple[list[Rule], list[Rule]]:
    """The horizontal and the vertical lines that dots are drawn along; a dot at a corner belongs to both."""
    across: dict[int, list[tuple[float, float]]] = defaultdict(list)
    down: dict[int, list[tuple[float, float]]] = defaultdict(list)
    for x0, y0, x1, y1 in dots:
        across[round((y0 + y1) * 2)].append((x0, x1))
        down[round((x0 + x1) * 2)].append((y0, y1))
    return list(_lines(across)), list(_lines(down))


def _lines(placed: dict[int, list[tuple[float, float]]]) -> Iterator[Rule]:
    """Runs of dots at one place across, in quarters of a point."""
    for at, dots in placed.items():
        run: list[tuple[float, float]] = []
        for start, end in sorted(dots):
            if run and start - run[-1][1] > APART:
                yield from _line(at, run)
                run = []
            run.append((start, end))
        yield from _line(at, run)


def _line(at: int, run: list[tuple[float, float]]) -> Iterator[Rule]:
    if len(run) >= FEWEST:
        yield Rule(at / 4, run[0][0], max(end for _, end in run))
