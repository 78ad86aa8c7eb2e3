"""Confidences and errors come in, the risk–coverage curve and its area go out.

At a coverage of 0.4 the 40 % of fields with the highest confidence are kept; the risk is the share of them that is
wrong. A confidence that puts every wrong field last has the least area.
"""

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import NamedTuple

from schemas.errors import UsageError


class Judged(NamedTuple):
    """One field's confidence, and whether it is wrong."""

    confidence: float
    wrong: bool


class Point(NamedTuple):
    """The fields down to one confidence: their share of all, the share of them that is wrong."""

    coverage: float
    risk: float
    confidence: float


class Curve(NamedTuple):
    """`area` is the mean risk over all coverages; `best` the same for a confidence that orders perfectly."""

    points: tuple[Point, ...]
    area: float
    best: float


def curve(judged: Iterable[Judged]) -> Curve:
    """The curve of a set of fields; equal confidences are kept or dropped together. Raises UsageError for no field."""
    ordered = sorted(judged, key=lambda field: -field.confidence)
    if not ordered:
        raise UsageError("eval.empty_set")
    total = len(ordered)
    points: list[Point] = []
    kept = wrong = 0
    area = 0.0
    for confidence, group in groupby(ordered, key=lambda field: field.confidence):
        own = list(group)
        errors = sum(field.wrong for field in own)
        # Inside a group every order is as likely: its errors come evenly.
        area += sum((wrong + errors * step / len(own)) / (kept + step) for step in range(1, len(own) + 1))
        kept += len(own)
        wrong += errors
        points.append(Point(kept / total, wrong / kept, confidence))
    return Curve(tuple(points), area / total, _best(total, wrong))


def _best(total: int, wrong: int) -> float:
    """The area where all wrong fields come last."""
    right = total - wrong
    return sum(at / (right + at) for at in range(1, wrong + 1)) / total


def excess(found: Curve) -> float:
    """How much more area than the best order of the same fields has."""
    return found.area - found.best


def confidence_at(pointer: str, confidence: dict[str, float]) -> float | None:
    """A field's confidence: its own, or that of the target, actual or extra it is part of; None if nobody gave one."""
    while pointer:
        if pointer in confidence:
            return confidence[pointer]
        pointer = pointer.rpartition("/")[0]
    return None


def judged_fields(pairs: Sequence[tuple[str | None, bool, dict[str, float]]]) -> list[Judged]:
    """Of output pointers with their fields' wrongness and their form's confidences, those that have one."""
    found = []
    for pointer, wrong, confidence in pairs:
        own = confidence_at(pointer, confidence) if pointer else None
        if own is not None:
            found.append(Judged(own, wrong))
    return found
