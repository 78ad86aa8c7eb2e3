"""Ratios by document come in, the share over all and its interval go out: bootstrap, documents drawn whole.

Fields of one document fail together: drawing fields one by one would make every interval too narrow.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from eval.score.metrics import Ratio
from schemas.errors import UsageError

DRAWS = 2000
LEVEL = 0.95
SEED = 20241


class Estimate(NamedTuple):
    """A share (or a difference of shares) with the interval that holds `LEVEL` of the draws."""

    value: float
    low: float
    high: float
    clusters: int
    """Documents that it rests on: of one document alone there is no interval, `low` and `high` are the value."""


def share(by_document: Sequence[Ratio]) -> Estimate:
    """Sum of the parts over sum of the wholes; raises UsageError where the wholes are nothing."""
    parts, wholes = _columns(by_document)
    value = _total(by_document).value
    return estimate(value, _shares(parts, wholes, drawn(len(by_document))), len(by_document))


def difference(first: Sequence[Ratio], second: Sequence[Ratio]) -> Estimate:
    """The second share minus the first, over the same documents in the same order: drawn together."""
    if len(first) != len(second):
        message = f"{len(first)} documents and {len(second)}: pairs need the same"
        raise ValueError(message)
    value = _total(second).value - _total(first).value
    chosen = drawn(len(first))
    return estimate(value, _shares(*_columns(second), chosen) - _shares(*_columns(first), chosen), len(first))


def _total(ratios: Sequence[Ratio]) -> Ratio:
    return Ratio(sum(ratio.part for ratio in ratios), sum(ratio.whole for ratio in ratios))


def _columns(ratios: Sequence[Ratio]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    return np.array([ratio.part for ratio in ratios]), np.array([ratio.whole for ratio in ratios])


def drawn(clusters: int) -> NDArray[np.int64]:
    """The documents of every draw; the seed is fixed, so that a stored log always gives the same figures."""
    if not clusters:
        raise UsageError("eval.empty_set")
    return np.random.default_rng(SEED).integers(0, clusters, (DRAWS, clusters))


def _shares(parts: NDArray[np.float64], wholes: NDArray[np.float64], chosen: NDArray[np.int64]) -> NDArray[np.float64]:
    """The share of each draw; nan where a draw's wholes are nothing."""
    below = wholes[chosen].sum(axis=1)
    shares: NDArray[np.float64] = np.full(len(below), np.nan)
    np.divide(parts[chosen].sum(axis=1), below, out=shares, where=below > 0)
    return shares


def estimate(value: float, draws: NDArray[np.float64], clusters: int) -> Estimate:
    """The value with the interval of its draws; draws that are nan had nothing to measure."""
    if clusters == 1:
        return Estimate(value, value, value, clusters)
    low, high = np.nanpercentile(draws, [50 * (1 - LEVEL), 50 * (1 + LEVEL)])
    return Estimate(value, float(low), float(high), clusters)
