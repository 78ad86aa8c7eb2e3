"""How far a role is settled: who agrees, who dissents, what equations are worth."""

import pytest

from pipeline.mapping.bones import SlotSite
from pipeline.mapping.standing import is_said, standing
from schemas.reading import Reading, Role, Section, Slot, SlotState

NOTHING: frozenset[Role] = frozenset()


def label(text: str, section: Section = "field") -> SlotSite:
    """A label before anyone has read it."""
    return SlotSite(1, section, 0, text, 1)


def word(role: Role) -> Reading:
    """What a known word says."""
    return Reading(source="lexicon", role=role)


def model(role: Role, probability: float | None = 0.95) -> Reading:
    """What a model says."""
    return Reading(source="model", role=role, probability=probability)


def content(role: Role) -> Reading:
    """What the column holds."""
    return Reading(source="content", role=role)


@pytest.mark.parametrize(
    ("readings", "state"),
    [
        ((word("extra"), model("note")), "agreed"),
        ((word("section"), model("extra")), "agreed"),
        ((word("extra"), model("project_name")), "disputed"),
        ((word("extra"), model("grade", 0.6)), "agreed"),
        ((model("extra"), content("extra")), "undiscriminated"),
        ((model("extra"), content("note")), "single"),
    ],
)
def test_a_known_word_says_how_a_label_is_put_aside(readings: tuple[Reading, ...], state: SlotState) -> None:
    """A model that puts it aside in another way agrees that no field is lost; without a known word it does not."""
    assert standing(label("项目负责人"), readings[0].role, readings, NOTHING, proven=False) == state


def test_equations_are_a_second_reading_beside_a_word_only() -> None:
    """One word of a number that equations tell from every other is enough; what the column holds alone never is."""
    site = label("得分", "indicator_column")
    assert standing(site, "score", (model("score"),), NOTHING, proven=True) == "agreed"
    assert standing(site, "score", (model("score"),), NOTHING, proven=False) == "single"
    assert standing(site, "score", (content("score"),), NOTHING, proven=True) == "single"
    assert standing(site, "score", (model("score", 0.3), content("score")), NOTHING, proven=True) == "single"


def test_what_equations_rule_out_is_no_dissent() -> None:
    """The model is sure of a role under which sums fail: the known word stands; else nobody is believed."""
    readings = (word("score"), model("weight", 0.9))
    site = label("得分", "indicator_column")
    assert standing(site, "score", readings, frozenset({"weight"}), proven=True) == "agreed"
    assert standing(site, "score", readings, NOTHING, proven=True) == "disputed"


def test_two_words_for_one_field_agree() -> None:
    """填报单位 is an organisation to one and the implementing unit to the other: the value goes to one field."""
    readings = (word("organisation"), model("implementing_unit"))
    assert standing(label("填报单位"), "organisation", readings, NOTHING, proven=False) == "agreed"
    assert standing(label("填报部门"), "organisation", readings, NOTHING, proven=False) == "disputed"


def test_a_column_is_said_by_words_only() -> None:
    """By a known word, a person, a model that is sure enough or gives no probability; never by what it holds."""

    def said(*readings: Reading, least: float = 0.4) -> bool:
        return is_said(Slot(number=1, section="indicator_column", text="甲", role="actual", readings=readings), least)

    assert said(word("actual"))
    assert said(Reading(source="human", role="actual"), least=0.9)
    assert said(model("actual", None))
    assert said(model("actual", 0.6))
    assert not said(model("actual", 0.6), least=0.9)
    assert not said(model("target"), content("actual"))
