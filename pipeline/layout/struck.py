"""Runs and ruling lines of a page come in; lines drawn through a text are no rules, and what they strike out is hidden.

A struck value is still in the page's text, and a reader knows that it does not count.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from pipeline.layout.marks import Rule, TextRun

# A line strikes a text out if it runs this close to the middle of its height, as a share of the text's size.
MIDDLE = 0.22
# It may reach this far over the text's ends (points).
REACH = 1.5


class Struck(NamedTuple):
    """What is left of both."""

    runs: list[TextRun]
    horizontal: list[Rule]


def struck_out(runs: Sequence[TextRun], horizontal: Sequence[Rule]) -> Struck:
    """The runs, those that a line goes through hidden, and the other horizontal lines."""
    kept = list(runs)
    order = sorted(range(len(runs)), key=lambda index: _middle(runs[index]))
    middles = [_middle(runs[index]) for index in order]
    largest = max((run.size for run in runs), default=0.0) * MIDDLE
    rules = []
    for rule in horizontal:
        near = order[bisect_left(middles, rule.at - largest) : bisect_right(middles, rule.at + largest)]
        through = [index for index in near if _goes_through(rule, runs[index])]
        if through and not _ends_with(rule, [runs[index] for index in through]):
            through = []
        for index in through:
            kept[index] = runs[index]._replace(hidden=True)
        if not through:
            rules.append(rule)
    return Struck(kept, rules)


def _middle(run: TextRun) -> float:
    """Half the height of its capitals above the baseline."""
    return run.baseline - 0.35 * run.size


def _goes_through(rule: Rule, run: TextRun) -> bool:
    """True if a line covers most of a run at half its height."""
    covered = min(rule.end, run.bbox.x1) - max(rule.start, run.bbox.x0)
    most = covered > (run.bbox.x1 - run.bbox.x0) / 2
    return run.upright and most and abs(_middle(run) - rule.at) < MIDDLE * run.size


def _ends_with(rule: Rule, runs: Sequence[TextRun]) -> bool:
    """True if a line reaches no further than the texts it goes through."""
    start, end = min(run.bbox.x0 for run in runs), max(run.bbox.x1 for run in runs)
    return start - REACH <= rule.start and rule.end <= end + REACH
