"""The likeliest roles of a row: no source decides alone, a label that nobody read stays open."""

import pytest

from pipeline.mapping.bones import SlotSite
from pipeline.mapping.fitting import NEVER, SELDOM
from pipeline.mapping.weigh import weighed
from schemas.reading import ROLES_OF, Reading, Role, Section


def row(section: Section, *texts: str) -> list[SlotSite]:
    """Labels of one row."""
    return [SlotSite(number, section, 0, text, 1) for number, text in enumerate(texts, start=1)]


def model(role: Role, probability: float, **rivals: float) -> Reading:
    """What a model said."""
    return Reading.model_validate(
        {"source": "model", "role": role, "probability": probability, "rivals": tuple(rivals.items())}
    )


def word(role: Role) -> Reading:
    """What a known word says."""
    return Reading(source="lexicon", role=role)


def roles(sites: list[SlotSite], *readings: tuple[Reading, ...]) -> list[Role | None]:
    """The likeliest roles without anything known of the values."""
    found = weighed(sites, dict(enumerate(readings, start=1)), {}, {})
    return [found[site.number].role for site in sites]


def test_a_known_word_outweighs_a_sure_model() -> None:
    """A word that is known has one meaning; the model may be sure of another."""
    sites = row("fund_row", "政府性基金拨款")
    assert roles(sites, (word("fiscal"), model("other", 0.6, fiscal=0.3))) == ["fiscal"]


def test_the_usual_order_decides_where_the_model_does_not() -> None:
    """Expected before achieved, weight before score: only where readings leave it open."""
    open_goal = (model("expected_goal", 0.5, actual_achievement=0.5),)
    assert roles(row("goal", "甲", "乙"), open_goal, open_goal) == ["expected_goal", "actual_achievement"]
    sure = (model("actual_achievement", 0.98, expected_goal=0.02),)
    assert roles(row("goal", "甲", "乙"), sure, open_goal) == ["actual_achievement", "expected_goal"]


def test_a_row_hardly_goes_without_its_score() -> None:
    """The only column of points is the score, where the model wavers between score and weight."""
    sites = row("indicator_column", "内容", "得分")
    assert roles(sites, (model("name", 0.9),), (model("weight", 0.6, score=0.4),)) == ["name", "score"]


def test_a_value_that_cannot_be_outweighs_the_model() -> None:
    """A column of words is no budget, however it is called."""
    sites = row("fund_column", "资金情况")
    fit = {role: NEVER if role != "deviation_note" else 1.0 for role in ROLES_OF["fund_column"]}
    found = weighed(sites, {1: (model("initial_budget", 0.74, extra=0.1),)}, {1: fit}, {})
    assert found[1].role == "deviation_note"


def test_unread_labels_stay_open_and_fixed_ones_are_not_weighed() -> None:
    """Where nobody read two labels, no role of either is likely enough; what the bones say stands."""
    sites = row("field", "甲", "乙", "丙")
    found = weighed(sites, {1: (), 2: (), 3: ()}, {}, {3: "extra"})
    assert [found[number].role for number in (1, 2, 3)] == [None, None, "extra"]


def test_shares_of_a_label_add_up() -> None:
    """They are probabilities, the likeliest role among them."""
    sites = row("indicator_column", "指标", "目标", "完成")
    found = weighed(
        sites, {1: (model("name", 0.8),), 2: (model("target", 0.6, actual=0.4),), 3: (model("actual", 0.9),)}, {}, {}
    )
    assert [found[number].role for number in (1, 2, 3)] == ["name", "target", "actual"]
    assert [sum(found[number].shares.values()) for number in (1, 2, 3)] == [pytest.approx(1)] * 3


def test_an_endpoint_without_probabilities_and_rows_without_end() -> None:
    """A bare answer is believed, but not against a known word; hundreds of labels are read one by one."""
    bare = Reading(source="model", role="score")
    assert roles(row("indicator_column", "得分"), (bare,)) == ["score"]
    assert roles(row("indicator_column", "分值"), (bare, word("weight"))) == ["weight"]
    many = row("indicator_column", *(str(number) for number in range(60)))
    assert roles(many, *[(model("score", 0.9),)] * 60) == ["score"] * 60


def test_a_known_word_may_stand_over_what_it_seldom_stands_over() -> None:
    """主管部门 beside a blank cell, of which the model says nothing clear, is the department all the same."""
    sites = row("field", "主管部门")
    fit = {role: SELDOM if role == "supervising_department" else 1.0 for role in ROLES_OF["field"]}
    readings = {1: (word("supervising_department"), model("section", 0.25, note=0.2))}
    assert weighed(sites, readings, {1: fit}, {})[1].role == "supervising_department"


def test_money_of_the_own_level_may_stand_in_two_rows() -> None:
    """一般公共预算拨款 and 政府性基金拨款 are both fiscal: neither drives the other out."""
    sites = row("fund_row", "一般公共预算拨款", "政府性基金拨款")
    assert roles(sites, (word("fiscal"), model("fiscal", 0.9)), (word("fiscal"), model("other", 0.75))) == [
        "fiscal",
        "fiscal",
    ]
