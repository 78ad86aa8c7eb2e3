"""Gold rows and output rows (or forms) come in, who belongs to whom goes out: the best assignment by likeness."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein

from eval.score.leaves import Leaf, Printed, Row, comparable

LEAST = 0.3
"""Two rows that are less alike than this are no pair: one is missing, the other spurious."""
LEAST_FORM = 0.15
"""The same for two forms of one document."""

_NAMING = frozenset({"name", "label", "level2"})
_NAMING_WEIGHT = 4.0
_NEARER = 1e-6
"""So much less alike for every place between two rows: of equal rows the nearer are paired."""


class Pairing(NamedTuple):
    """Indices into the two lists; each index stands in exactly one of the three."""

    pairs: tuple[tuple[int, int], ...]
    gold_only: tuple[int, ...]
    output_only: tuple[int, ...]


def pair_up(likeness: Sequence[Sequence[float]], *, outputs: int, least: float) -> Pairing:
    """The pairing of greatest total likeness; `likeness[i][j]` of gold i and output j, 0 to 1.

    Pairs below `least` are undone.
    """
    golds = len(likeness)
    if not golds or not outputs:
        return Pairing((), tuple(range(golds)), tuple(range(outputs)))
    matrix = np.asarray(likeness, dtype=float)
    apart = np.abs(np.arange(golds)[:, None] - np.arange(outputs)[None, :])
    worth = np.where(matrix >= least, matrix - _NEARER * apart, 0.0)
    pairs = tuple((row, column) for row, column in _assigned(worth) if matrix[row, column] >= least)
    left = {row for row, _ in pairs}
    right = {column for _, column in pairs}
    return Pairing(
        pairs,
        tuple(index for index in range(golds) if index not in left),
        tuple(index for index in range(outputs) if index not in right),
    )


def _assigned(worth: NDArray[np.float64]) -> tuple[tuple[int, int], ...]:
    """The assignment of greatest total worth, row by row; what is worth nothing may stay alone.

    Where all rows want different columns (or all columns different rows), no other has more: scipy is asked only if
    two want the same, because it takes longer to import than most logs take to score.
    """
    found = _undisputed(worth)
    if found is None:
        other = _undisputed(worth.T)
        found = None if other is None else tuple(sorted((row, column) for column, row in other))
    if found is not None:
        return found
    from scipy.optimize import linear_sum_assignment  # noqa: PLC0415 - see above

    rows, columns = linear_sum_assignment(worth, maximize=True)
    return tuple((int(row), int(column)) for row, column in zip(rows, columns, strict=True))


def _undisputed(worth: NDArray[np.float64]) -> tuple[tuple[int, int], ...] | None:
    """Every row of any worth with the column that it alone is worth most with; None if there is a choice."""
    most = worth.max(axis=1)
    best = worth.argmax(axis=1)
    (wanting,) = most.nonzero()
    ties = (worth[wanting] == most[wanting, None]).sum() > len(wanting)
    if ties or len(np.unique(best[wanting])) < len(wanting):
        return None
    return tuple((int(row), int(best[row])) for row in wanting)


def row_likeness(gold: Mapping[str, Leaf], output: Mapping[str, Leaf]) -> float:
    """Share of the two rows' values that agree, names weighing more; texts by how much of them agrees."""
    total = alike = 0.0
    for path in gold.keys() | output.keys():
        weight = _NAMING_WEIGHT if path in _NAMING else 1.0
        total += weight
        if path in gold and path in output:
            alike += weight * value_likeness(gold[path], output[path])
    return alike / total if total else 1.0


def value_likeness(gold: Leaf, output: Leaf) -> float:
    """1 where two values are equal, the share of characters that stay for texts, else 0."""
    first, second = comparable(gold), comparable(output)
    if first == second:
        return 1.0
    return Levenshtein.normalized_similarity(first, second) if gold.nature == "text" else 0.0


def form_values(form: Printed) -> Counter[tuple[str, str]]:
    """Every printed value of a form with its type, kinds and sources aside: what forms are told apart by."""
    rows = (form.own, *form.funds, *form.indicators)
    leaves = (leaf for row in rows for leaf in row.leaves.values())
    return Counter((leaf.type, comparable(leaf)) for leaf in leaves if leaf.nature != "code")


def rows_paired(golds: Sequence[Row], outputs: Sequence[Row]) -> Pairing:
    """The rows of a table, each with its like."""
    first, second = [row.leaves for row in golds], [row.leaves for row in outputs]
    if first == second:  # each is wholly like its own, and nothing can be more than that
        return Pairing(tuple((at, at) for at in range(len(first))), (), ())
    likeness = [[row_likeness(gold, output) for output in second] for gold in first]
    return pair_up(likeness, outputs=len(second), least=LEAST)


def form_likeness(gold: Counter[tuple[str, str]], output: Counter[tuple[str, str]]) -> float:
    """Share of all values that two forms have in common, as Dice counts it."""
    total = gold.total() + output.total()
    return 2 * (gold & output).total() / total if total else 1.0
