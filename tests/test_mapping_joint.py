"""Joint readings: exact sums over all ways to give the labels of a row different roles."""

from collections.abc import Mapping, Sequence
from itertools import product
from math import prod

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.mapping.joint import NO_CUSTOM, UNNAMED, Custom, joint, likeliest, marginals
from schemas.reading import ROLES_OF, Role, RoleAnswer


def answer(role: Role, probability: float | None, **rivals: float) -> RoleAnswer:
    """An answer with its other answers."""
    return RoleAnswer.model_validate({"role": role, "probability": probability, "rivals": tuple(rivals.items())})


def test_neighbour_that_is_sure_leaves_the_other_role() -> None:
    """0.79 for a role that the neighbour holds with 0.98 turns into 0.9 and more for the second best."""
    found = joint(
        {1: answer("actual", 0.79, target=0.2, unit=0.01), 2: answer("actual", 0.98, unit=0.01)},
        "indicator_column",
    )
    assert (found[1].role, found[2].role) == ("target", "actual")
    assert found[1].probability is not None
    assert 0.9 < found[1].probability < 0.99


def test_roles_that_can_repeat_do_not_compete() -> None:
    """Two columns may both be extras."""
    found = joint({1: answer("extra", 0.9, score=0.1), 2: answer("extra", 0.9, score=0.1)}, "fund_column")
    assert [found[number].role for number in (1, 2)] == ["extra", "extra"]


def test_answers_without_probabilities_stay_as_they_are() -> None:
    """An endpoint that gives none is taken at its word, label by label."""
    found = joint({1: answer("score", None), 2: answer("score", None)}, "fund_column")
    assert [(found[number].role, found[number].probability) for number in (1, 2)] == [("score", None), ("score", None)]


GOAL: tuple[Role, ...] = ROLES_OF["goal"]
ONCE: tuple[Role, ...] = ("expected_goal", "actual_achievement")
ROWS = st.lists(st.tuples(*[st.floats(0.01, 1)] * len(GOAL)), min_size=1, max_size=4)
CUSTOM = Custom({("expected_goal", "actual_achievement"): 0.1}, {"expected_goal": 0.3})


def shares_of(rows: Sequence[Sequence[float]]) -> list[dict[Role, float]]:
    """Each row as shares of the goals' roles."""
    return [{role: own / sum(row) for role, own in zip(GOAL, row, strict=True)} for row in rows]


def all_ways(shares: Sequence[Mapping[Role, float]], custom: Custom) -> list[tuple[tuple[Role, ...], float]]:
    """Every way to fill the row with its weight, one by one."""
    ways = []
    for way in product(GOAL, repeat=len(shares)):
        if any(way.count(role) > 1 for role in ONCE):
            continue
        weight = prod(max(shares[at].get(role, 0.0), UNNAMED) for at, role in enumerate(way))
        for (first, second), less in custom.order.items():
            if first in way and second in way and way.index(second) < way.index(first):
                weight *= less
        ways.append((way, weight * prod(less for role, less in custom.without.items() if role not in way)))
    return ways


@settings(deadline=None)
@given(ROWS)
def test_sums_are_those_over_all_ways(rows: list[tuple[float, ...]]) -> None:
    """The joint probability is the share of the ways that give a label this role, counted one by one."""
    shares = shares_of(rows)
    answers = {
        number: answer("expected_goal", row["expected_goal"], **{role: row[role] for role in GOAL[1:]})
        for number, row in enumerate(shares)
    }
    ways = all_ways(shares, NO_CUSTOM)
    total = sum(weight for _, weight in ways)
    for number, found in joint(answers, "goal").items():
        counted = sum(weight for way, weight in ways if way[number] == found.role) / total
        assert found.probability is not None
        assert abs(found.probability - counted) < 1e-9


@settings(deadline=None)
@given(ROWS)
def test_custom_weighs_every_way(rows: list[tuple[float, ...]]) -> None:
    """With a usual order and a role that is hardly missing: the likeliest way and all sums, counted one by one."""
    shares = shares_of(rows)
    ways = all_ways(shares, CUSTOM)
    total = sum(weight for _, weight in ways)
    best = likeliest(shares, ONCE, CUSTOM)
    assert best is not None
    assert dict(ways)[tuple(best)] == pytest.approx(max(weight for _, weight in ways))
    for at, found in enumerate(marginals(shares, ONCE, CUSTOM)):
        for role, share in found.items():
            counted = sum(weight for way, weight in ways if way[at] == role) / total
            assert share == pytest.approx(counted)


def test_what_a_label_cannot_be_is_left_to_its_other_answers() -> None:
    """The model says project_name of 项目支出 with 0.88; a money value under it leaves what it said next."""
    found = joint({1: answer("project_name", 0.88, extra=0.08, total=0.04)}, "field", {1: {"project_name", "total"}})
    assert (found[1].role, round(found[1].probability or 0, 2)) == ("extra", 0.99)


def test_a_form_has_one_project_name_and_may_have_several_authorities() -> None:
    """项目类别 answered as a project's name gives way to 项目名称; two departments stay two."""
    said = {
        1: answer("project_name", 0.99, extra=0.01),
        2: answer("project_name", 0.6, extra=0.38),
        3: answer("supervising_department", 0.9),
        4: answer("supervising_department", 0.9),
    }
    roles = [found.role for found in joint(said, "field").values()]
    assert roles == ["project_name", "extra", "supervising_department", "supervising_department"]


def test_no_way_at_all() -> None:
    """Two labels that can only be the same role: nobody is read, and nothing fails."""
    assert likeliest([{"target": 1.0}, {"target": 1.0}], ("target",)) is None
    assert marginals([{"target": 1.0}, {"target": 1.0}], ("target",)) == [{}, {}]
