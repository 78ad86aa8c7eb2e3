"""A model's answers for the labels of one row become one joint reading: no role stands twice in a row.

Asked one label at a time, a model says 0.79 "actual" of 年度指标值 and 0.98 "actual" of its neighbour. Only one of
them can be; over all ways to give every label another role, the first is a target with 0.95. These are exact sums
over all such ways, not a search for the best one.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from schemas.reading import Role, RoleAnswer

# A role that the model did not name among its answers.
UNNAMED = 1e-4
REPEATABLE: frozenset[Role] = frozenset({"extra", "note", "section", "other", "local", "central", "own"})
"""Roles that can stand more than once in a row."""
# Above so many labels with roles of their own the sums are too many; such rows are read label by label.
MOST_LABELS = 16


class Joint(NamedTuple):
    """What one label is, given the whole row; `rivals` are the other roles, best first."""

    role: Role
    probability: float | None
    rivals: tuple[tuple[Role, float], ...]


def joint(answers: Mapping[int, RoleAnswer], roles: Sequence[Role]) -> dict[int, Joint]:
    """The joint reading of one row; each answer as it is where the endpoint gives no probabilities."""
    numbers = list(answers)
    unique = [role for role in roles if role not in REPEATABLE]
    known = all(answer.probability is not None for answer in answers.values())
    if not known or len(numbers) > MOST_LABELS:
        return {number: alone(answer) for number, answer in answers.items()}
    bits = {role: 1 << index for index, role in enumerate(unique)}
    shares = [_shares(answers[number], roles) for number in numbers]
    before, after = _forward(shares, bits), _backward(shares, bits)
    found = {}
    for index, number in enumerate(numbers):
        weights = {
            role: sum(
                weight * share * after[index + 1].get(used | bits.get(role, 0), 0.0)
                for used, weight in before[index].items()
                if not used & bits.get(role, 0)
            )
            for role, share in shares[index].items()
        }
        total = sum(weights.values())
        if not total:
            return {number: alone(answer) for number, answer in answers.items()}
        ranked = sorted(((role, weight / total) for role, weight in weights.items()), key=lambda entry: -entry[1])
        rivals = tuple((role, share) for role, share in ranked[1:] if share > UNNAMED)
        found[number] = Joint(ranked[0][0], ranked[0][1], rivals)
    return found


def alone(answer: RoleAnswer) -> Joint:
    """An answer as it was given, without its row."""
    return Joint(answer.role, answer.probability, answer.rivals)


def _shares(answer: RoleAnswer, roles: Sequence[Role]) -> dict[Role, float]:
    named = {**dict(answer.rivals), answer.role: answer.probability or 0.0}
    return {role: max(named.get(role, 0.0), UNNAMED) for role in roles}


def _forward(shares: Sequence[Mapping[Role, float]], bits: Mapping[Role, int]) -> list[dict[int, float]]:
    """For each label: the summed weight of every way to fill the labels before it, by the roles used up."""
    layers: list[dict[int, float]] = [{0: 1.0}]
    for own in shares:
        layer: dict[int, float] = defaultdict(float)
        for used, weight in layers[-1].items():
            for role, share in own.items():
                bit = bits.get(role, 0)
                if not used & bit:
                    layer[used | bit] += weight * share
        layers.append(dict(layer))
    return layers


def _backward(shares: Sequence[Mapping[Role, float]], bits: Mapping[Role, int]) -> list[dict[int, float]]:
    """For each label: the summed weight of every way to fill it and all after it, by the roles used before."""
    everything = range(1 << len(bits))
    layers: list[dict[int, float]] = [dict.fromkeys(everything, 1.0)]
    for own in reversed(shares):
        later = layers[-1]
        layers.append(
            {
                used: sum(
                    share * later[used | bits.get(role, 0)]
                    for role, share in own.items()
                    if not used & bits.get(role, 0)
                )
                for used in everything
            },
        )
    return layers[::-1]
