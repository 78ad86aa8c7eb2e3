"""How likely each label of a row has each role comes in, the joint reading of the row goes out: no role stands twice.

Asked one label at a time, a model says 0.79 "actual" of 年度指标值 and 0.98 "actual" of its neighbour. Only one of
them can be; over all ways to give every label another role, the first is a target with 0.95. These are exact sums
over all such ways, not a search for the best one.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import prod
from typing import NamedTuple

from schemas.reading import ROLES_OF, Role, RoleAnswer, Section

# A role that the model did not name among its answers.
UNNAMED = 1e-4
_OFTEN: frozenset[Role] = frozenset({"extra", "note", "section", "other", "local", "central", "own", "fiscal"})
_ALSO_OFTEN: Mapping[Section, frozenset[Role]] = {
    "field": frozenset({"supervising_department", "implementing_unit", "organisation"}),
    "total_row": frozenset(ROLES_OF["total_row"]),
}
"""A form can name several authorities, and close with several rows of totals."""
# Rows of more labels are read label by label: they are no rows of one form.
MOST_LABELS = 48

Shares = Mapping[Role, float]


@dataclass(frozen=True, eq=False)
class Custom:
    """How rows of a kind usually are; each is known by itself, so that what follows from it is found again."""

    order: Mapping[tuple[Role, Role], float]
    """By two roles, how much less likely a row is in which the second stands before the first."""
    without: Mapping[Role, float]
    """By role, how much less likely a row is that lacks it."""


NO_CUSTOM = Custom({}, {})


class Joint(NamedTuple):
    """What one label is, given the whole row; `rivals` are the other roles, best first."""

    role: Role
    probability: float | None
    rivals: tuple[tuple[Role, float], ...]


def only_once(section: Section) -> tuple[Role, ...]:
    """The roles that stand at most once in a row of a section."""
    often = _OFTEN | _ALSO_OFTEN.get(section, frozenset())
    return tuple(role for role in ROLES_OF[section] if role not in often)


def joint(
    answers: Mapping[int, RoleAnswer],
    section: Section,
    impossible: Mapping[int, Collection[Role]] | None = None,
) -> dict[int, Joint]:
    """The joint reading of one row; each answer as it is where the endpoint gives no probabilities.

    `impossible` are roles that a label cannot have for what stands under it, by label.
    """
    numbers = list(answers)
    roles, unique = ROLES_OF[section], only_once(section)
    known = all(answer.probability is not None for answer in answers.values())
    if not known or len(numbers) > MOST_LABELS:
        return {number: alone(answer) for number, answer in answers.items()}
    never = impossible or {}
    shares = [
        {role: share for role, share in _shares(answers[number], roles).items() if role not in never.get(number, ())}
        for number in numbers
    ]
    found = {}
    for number, ranked in zip(numbers, marginals(shares, unique), strict=True):
        if not ranked:
            return {number: alone(answer) for number, answer in answers.items()}
        best, *others = ranked.items()
        found[number] = Joint(*best, tuple((role, share) for role, share in others if share > UNNAMED))
    return found


def alone(answer: RoleAnswer) -> Joint:
    """An answer as it was given, without its row."""
    return Joint(answer.role, answer.probability, answer.rivals)


def marginals(shares: Sequence[Shares], unique: Sequence[Role], custom: Custom = NO_CUSTOM) -> list[dict[Role, float]]:
    """For each label the probability of each role over all ways to fill the row, the likeliest first; {} if none is."""
    odds = _odds(tuple(unique), custom)
    before, after = _forward(shares, odds), _backward(shares, odds)
    found = []
    for own, first, later in zip(shares, before[:-1], after[1:], strict=True):
        weights = {
            role: sum(
                weight * share * behind[used] * later[used | bit]
                for used, weight in enumerate(first)
                if weight and not used & bit
            )
            for role, share in own.items()
            for bit, behind in (odds.of(role),)
        }
        total = sum(weights.values())
        ranked = sorted(weights.items(), key=lambda entry: -entry[1])
        found.append({role: weight / total for role, weight in ranked} if total else {})
    return found


def likeliest(shares: Sequence[Shares], unique: Sequence[Role], custom: Custom = NO_CUSTOM) -> list[Role] | None:
    """The one likeliest way to fill the whole row; None if there is no way."""
    odds = _odds(tuple(unique), custom)
    best: dict[int, tuple[float, tuple[Role, ...]]] = {0: (1.0, ())}
    for own in shares:
        layer: dict[int, tuple[float, tuple[Role, ...]]] = {}
        for role, share in own.items():
            bit, behind = odds.of(role)
            for used, (weight, roles) in best.items():
                reached = 0.0 if used & bit else weight * share * behind[used]
                known = layer.get(used | bit)
                if reached and (known is None or reached > known[0]):
                    layer[used | bit] = (reached, (*roles, role))
        best = layer
    ways = [(weight * odds.whole[used], roles) for used, (weight, roles) in best.items()]
    return list(max(ways)[1]) if ways else None


class _Odds(NamedTuple):
    """How usual ways to fill a row are; a set of roles that were used up is known by its bits."""

    roles: Mapping[Role, tuple[int, Sequence[float]]]
    """By role that may stand once: its bit, and how usual it is behind each set of roles."""
    even: Sequence[float]
    """The same for a role that may stand twice: 1 behind each set."""
    whole: Sequence[float]
    """How usual a whole row is with only this set of roles in it."""

    def of(self, role: Role) -> tuple[int, Sequence[float]]:
        """A role's bit, 0 for one that may stand twice, and how usual it is behind each set of roles."""
        return self.roles.get(role, (0, self.even))


@cache
def _odds(unique: tuple[Role, ...], custom: Custom) -> _Odds:
    bits = {role: 1 << index for index, role in enumerate(unique)}
    sets = range(1 << len(unique))
    behind = {
        role: {bits[other]: odds for (first, other), odds in custom.order.items() if first == role} for role in bits
    }
    lacking = {bits[role]: odds for role, odds in custom.without.items()}
    return _Odds(
        roles={
            role: (bit, tuple(prod(odds for other, odds in behind[role].items() if used & other) for used in sets))
            for role, bit in bits.items()
        },
        even=(1.0,) * len(sets),
        whole=tuple(prod(odds for other, odds in lacking.items() if not used & other) for used in sets),
    )


def _forward(shares: Sequence[Shares], odds: _Odds) -> list[list[float]]:
    """For each label: the summed weight of every way to fill the labels before it, by the roles used up."""
    layers = [[1.0, *[0.0] * (len(odds.even) - 1)]]
    for own in shares:
        layer = [0.0] * len(odds.even)
        for role, share in own.items():
            bit, behind = odds.of(role)
            for used, weight in enumerate(layers[-1]):
                if weight and not used & bit:
                    layer[used | bit] += weight * share * behind[used]
        layers.append(layer)
    return layers


def _backward(shares: Sequence[Shares], odds: _Odds) -> list[Sequence[float]]:
    """For each label: the summed weight of every way to fill it and all after it, by the roles used before."""
    layers: list[Sequence[float]] = [odds.whole]
    for own in reversed(shares):
        later, layer = layers[-1], [0.0] * len(odds.even)
        for role, share in own.items():
            bit, behind = odds.of(role)
            for used, less in enumerate(behind):
                if not used & bit:
                    layer[used] += share * less * later[used | bit]
        layers.append(layer)
    return layers[::-1]


def _shares(answer: RoleAnswer, roles: Sequence[Role]) -> dict[Role, float]:
    named = {**dict(answer.rivals), answer.role: answer.probability or 0.0}
    return {role: max(named.get(role, 0.0), UNNAMED) for role in roles}
