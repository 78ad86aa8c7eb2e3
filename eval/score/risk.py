"""Confidences and errors come in by document, the risk–coverage curve and its area with an interval go out.

At a coverage of 0.4 the 40 % of fields with the highest confidence are kept; the risk is the share of them that is
wrong. A confidence that puts every wrong field last has the least area.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from eval.score.interval import DRAWS, Estimate, drawn, estimate
from schemas.errors import UsageError

_Rows = NDArray[np.float64]


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
    """`area` is the area under the points, from coverage 0 on; equal confidences are kept or dropped together."""

    points: tuple[Point, ...]
    area: Estimate
    fields: int


def curve(documents: Sequence[Sequence[Judged]]) -> Curve:
    """The curve over all documents' fields, its interval by drawing documents; raises UsageError for no field."""
    levels = sorted({field.confidence for document in documents for field in document}, reverse=True)
    if not levels:
        raise UsageError("eval.empty_set")
    counts = np.zeros((len(documents), len(levels)))
    errors = np.zeros((len(documents), len(levels)))
    place = {level: at for at, level in enumerate(levels)}
    for at, document in enumerate(documents):
        for field in document:
            counts[at, place[field.confidence]] += 1
            errors[at, place[field.confidence]] += field.wrong
    coverage, risk = _curves(counts.sum(axis=0)[None, :], errors.sum(axis=0)[None, :])
    chosen = drawn(len(documents))
    times = np.zeros((DRAWS, len(documents)))
    np.add.at(times, (np.arange(DRAWS)[:, None], chosen), 1)
    areas = _areas(*_curves(times @ counts, times @ errors))
    value = float(_areas(coverage, risk)[0])
    return Curve(
        tuple(
            Point(float(part), float(wrong), level)
            for part, wrong, level in zip(coverage[0], risk[0], levels, strict=True)
        ),
        estimate(value, areas, len(documents)),
        int(counts.sum()),
    )


def confidence_at(pointer: str, confidence: Mapping[str, float]) -> float | None:
    """A field's confidence: its own, or that of the target, actual or extra it is part of; None if nobody gave one."""
    while pointer:
        if pointer in confidence:
            return confidence[pointer]
        pointer = pointer.rpartition("/")[0]
    return None


def _curves(
    counts: NDArray[np.float64], errors: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Coverage and risk after each level of confidence, one row a draw; nan for a draw without a field."""
    kept = counts.cumsum(axis=1)
    wrong = errors.cumsum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        coverage = kept / kept[:, -1:]
        # Levels above a draw's first field have no risk of their own: they take no width either.
        risk = np.where(kept > 0, wrong / np.where(kept > 0, kept, 1), 0.0)
    return coverage, risk


def _areas(coverage: _Rows, risk: _Rows) -> _Rows:
    """Area under each row's points by trapezoids; before the first point the risk is that point's."""
    before = np.concatenate([np.zeros((len(coverage), 1)), coverage[:, :-1]], axis=1)
    first = before == 0
    left = np.where(first, risk, np.concatenate([risk[:, :1], risk[:, :-1]], axis=1))
    areas: _Rows = ((coverage - before) * (left + risk) / 2).sum(axis=1)
    return areas
