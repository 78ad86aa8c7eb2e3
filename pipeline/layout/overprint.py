"""Runs of a page come in, the same without what is printed a second time in its own place goes out.

Typesetters make a text bold by printing it twice, and scanners lay a text under its picture: both are one text.
"""

import math
from collections.abc import Iterator, Sequence

from pipeline.layout.marks import TextRun

# The same character this share of the font size from itself stands in its own place.
SAME_PLACE = 0.1


def printed_once(runs: Sequence[TextRun]) -> tuple[TextRun, ...]:
    """The runs in their order; of two equal characters in one place the first that a reader sees stays."""
    kept = list(runs)
    for line in _lines(runs):
        line.sort(key=lambda index: runs[index].bbox.x0)
        for first, second in _overlapping(runs, line):
            kept[second] = _without(kept[second], kept[first])
    return tuple(run for run in kept if run.text)


def _lines(runs: Sequence[TextRun]) -> list[list[int]]:
    """Indexes of the runs whose baselines are the same."""
    lines: list[list[int]] = []
    before = -math.inf
    for index in sorted(range(len(runs)), key=lambda index: runs[index].baseline):
        run = runs[index]
        if run.baseline - before < SAME_PLACE * run.size:
            lines[-1].append(index)
        else:
            lines.append([index])
        before = run.baseline
    return lines


def _overlapping(runs: Sequence[TextRun], line: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Pairs of runs of one line, left to right, that stand over each other; the one that stays comes first."""
    reach = -math.inf
    for position, index in enumerate(line):
        box = runs[index].bbox
        start = box.x0 + SAME_PLACE * runs[index].size
        if start < reach:
            for other in line[:position]:
                if start < runs[other].bbox.x1:
                    first, second = sorted((index, other), key=lambda at: (runs[at].hidden, at))
                    yield first, second
        reach = max(reach, box.x1)


def _without(run: TextRun, printed: TextRun) -> TextRun:
    """The run without its characters that stand in the place of the same ones of another."""
    near = SAME_PLACE * run.size
    left = [
        glyph
        for glyph in zip(run.text, run.starts, run.ends, strict=True)
        if not any(
            glyph[0] == char and abs(glyph[1] - start) < near
            for char, start in zip(printed.text, printed.starts, strict=True)
        )
    ]
    if len(left) == len(run.text):
        return run
    return run._replace(
        text="".join(char for char, _, _ in left),
        starts=[start for _, start, _ in left],
        ends=[end for _, _, end in left],
    )
