"""Runs below a table come in, those that go on with a text of its last row go out.

A browser that prints a merged cell over two pages lets its text run over the foot of the table on the first one.
"""

from collections.abc import Sequence

from pipeline.layout.marks import TextRun

# The next line of a text is at most this many times its size below the one before.
PITCH = 1.9
# Runs of one text have the same size (points), and may reach this far over their cell's edges.
SAME = 0.5
REACH = 1.0


def running_over(
    outside: Sequence[TextRun], inside: Sequence[TextRun], columns: Sequence[tuple[float, float]], foot: float
) -> list[TextRun]:
    """The runs below `foot` that are further lines of a text above it; `columns` are the edges of the last cells."""
    below = sorted((run for run in outside if run.baseline > foot), key=lambda run: run.baseline)
    found = []
    for left, right in columns:
        own = [run for run in inside if left - REACH <= run.bbox.x0 and run.bbox.x1 <= right + REACH]
        last = max(own, key=lambda run: run.baseline, default=None)
        for run in below:
            if last is None or not (left - REACH <= run.bbox.x0 and run.bbox.x1 <= right + REACH):
                continue
            if run.baseline - last.baseline <= PITCH * run.size and abs(run.size - last.size) < SAME:
                found.append(run)
                last = run
    return found
