"""Joint readings: exact sums over all ways to give the labels of a row different roles."""

from itertools import product
from math import prod

from hypothesis import given
from hypothesis import strategies as st

from pipeline.mapping.joint import REPEATABLE, UNNAMED, joint
from schemas.reading import ROLES_OF, Role, RoleAnswer


def answer(role: Role, probability: float | None, **rivals: float) -> RoleAnswer:
    """An answer with its other answers."""
    return RoleAnswer.model_validate({"role": role, "probability": probability, "rivals": tuple(rivals.items())})


def test_neighbour_that_is_sure_leaves_the_other_role() -> None:
    """0.79 for a role that the neighbour holds with 0.98 turns into 0.9 and more for the second best."""
    found = joint(
        {1: answer("actual", 0.79, target=0.2, unit=0.01), 2: answer("actual", 0.98, unit=0.01)},
        ROLES_OF["indicator_column"],
    )
    assert (found[1].role, found[2].role) == ("target", "actual")
    assert found[1].probability is not None
    assert 0.9 < found[1].probability < 0.99


def test_roles_that_can_repeat_do_not_compete() -> None:
    """Two columns may both be extras."""
    found = joint({1: answer("extra", 0.9, score=0.1), 2: answer("extra", 0.9, score=0.1)}, ROLES_OF["fund_column"])
    assert [found[number].role for number in (1, 2)] == ["extra", "extra"]


def test_answers_without_probabilities_stay_as_they_are() -> None:
    """An endpoint that gives none is taken at its word, label by label."""
    found = joint({1: answer("score", None), 2: answer("score", None)}, ROLES_OF["fund_column"])
    assert [(found[number].role, found[number].probability) for number in (1, 2)] == [("score", None), ("score", None)]


ROLES: tuple[Role, ...] = ("target", "actual", "extra")


@given(st.lists(st.tuples(st.floats(0.01, 1), st.floats(0.01, 1), st.floats(0.01, 1)), min_size=1, max_size=4))
def test_sums_are_those_over_all_ways(rows: list[tuple[float, float, float]]) -> None:
    """The joint probability is the share of the ways that give a label this role, counted one by one."""
    shares = [{role: own / sum(row) for role, own in zip(ROLES, row, strict=True)} for row in rows]
    answers = {
        number: answer("target", row["target"], actual=row["actual"], extra=row["extra"])
        for number, row in enumerate(shares)
    }
    ways = [
        (way, prod(max(shares[at][role], UNNAMED) for at, role in enumerate(way)))
        for way in product(ROLES, repeat=len(shares))
        if all(way.count(role) <= 1 for role in ROLES if role not in REPEATABLE)
    ]
    total = sum(weight for _, weight in ways)
    for number, found in joint(answers, ROLES).items():
        counted = sum(weight for way, weight in ways if way[number] == found.role) / total
        assert found.probability is not None
        assert abs(found.probability - counted) < 1e-9
