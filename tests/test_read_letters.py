"""Doubtful letters of a line are told by all looks at it together."""

import pytest

from pipeline.read.letters import doubts, is_doubtful, likeliest, with_dashes, with_percent
from pipeline.read.ocr import Read


def seen(*letters: dict[str, float]) -> Read:
    """A reading of its likeliest letters."""
    text = "".join(max(each, key=lambda letter: each[letter]) for each in letters)
    return Read(text, 0.9, tuple(0.1 * at for at in range(len(letters))), letters)


SURE = {"市": 1.0}


def test_a_rare_letter_that_no_look_finds_unlikely_is_told() -> None:
    """潍 leads in two looks of three, and the third has it as hardly possible."""
    looks = seen({"潍": 0.62, "濉": 0.33}, SURE), seen({"濉": 0.86, "潍": 0.07}, SURE)
    assert likeliest(seen({"潍": 0.77, "濉": 0.18}, SURE), looks).text == "濉市"


def test_a_letter_that_is_sure_stays() -> None:
    """Whatever other looks say: they are asked about doubtful ones only."""
    assert likeliest(seen({"津": 0.95, "沣": 0.04}), [seen({"沣": 1.0}), seen({"沣": 1.0})]).text == "津"


def test_a_doubtful_letter_is_the_simplified_one() -> None:
    """毀 is 毁 in its traditional form; where the reader is sure, a name may be written so."""
    looks = [seen({"毀": 0.88, "毁": 0.12}), seen({"毀": 0.61, "毁": 0.39})]
    assert likeliest(seen({"毀": 0.56, "毁": 0.44}), looks).text == "毁"
    assert likeliest(seen({"毀": 0.97, "毁": 0.03}), looks).text == "毀"


def test_a_rare_letter_is_likelier_than_the_reader_says() -> None:
    """沣 beside 津, which stands in all that a reader learns from."""
    assert likeliest(seen({"津": 0.6, "沣": 0.37}), [seen({"津": 0.6, "沣": 0.38})]).text == "沣"
    assert likeliest(seen({"津": 0.85, "沣": 0.1}), [seen({"津": 0.8, "沣": 0.15})]).text == "津"


def test_digits_and_signs_stay_as_read() -> None:
    """A number that is read in two ways is none of both; a letter never becomes a digit."""
    assert likeliest(seen({"3": 0.5, "8": 0.4}), [seen({"8": 1.0})]).text == "3"
    assert likeliest(seen({"口": 0.5, "0": 0.4}), [seen({"0": 1.0})]).text == "口"


def test_what_is_no_digit_at_the_end_of_a_number_is_a_percent_for_one_look() -> None:
    """A ring or letter that the reader doubts; not a digit, not what it is sure of, not within a number."""
    looks = [seen({"2": 1.0}, {"°": 0.6, "%": 0.2})]
    assert likeliest(seen({"2": 1.0}, {"v": 0.5}), looks).text == "2%"
    assert likeliest(seen({"2": 1.0}, {"v": 0.95}), looks).text == "2v"
    assert likeliest(seen({"2": 1.0}, {"9": 0.5}), looks).text == "29"
    assert likeliest(seen({"A": 1.0}, {"v": 0.5}), looks).text == "Av"


@pytest.mark.parametrize(
    ("last", "expected"),
    [({"0": 0.63, "%": 0.25}, "5%"), ({"0": 0.95, "%": 0.03}, "50"), ({"0": 0.63, "8": 0.3}, "50")],
)
def test_a_doubtful_digit_that_may_be_a_percent_is_one(last: dict[str, float], expected: str) -> None:
    """At the end of a number; a number of one digit stays."""
    assert with_percent(seen({"5": 1.0}, last)).text == expected
    assert with_percent(seen(last)).text == "0"


def test_a_look_that_sees_more_or_fewer_letters_is_not_asked() -> None:
    """Its letters stand beside others."""
    assert likeliest(seen({"李": 0.6, "孪": 0.4}), [seen({"孪": 0.9}, SURE)]).text == "李"


def test_brackets_that_belong_together_are_of_one_kind() -> None:
    """〔2〕 read as 〔2] and [2〕: the surer kind; 【 and 】 stay; a bracket alone, too."""
    two, round_end = {"2": 1.0}, {"]": 0.6, "〕": 0.3}
    assert likeliest(seen({"〔": 0.9, "[": 0.1}, two, round_end), []).text == "〔2〕"
    assert likeliest(seen({"【": 1.0}, two, {"】": 1.0}), []).text == "【2】"
    assert likeliest(seen(two, {"〕": 1.0}), []).text == "2〕"


def test_spaces_stay_where_they_are() -> None:
    """Letters are counted without them."""
    read = seen({"李": 0.6, "孪": 0.4}, SURE)._replace(text="李 市")
    assert likeliest(read, [seen({"孪": 0.9}, SURE)]).text == "孪 市"


def test_a_bracket_is_sure_whether_wide_or_narrow() -> None:
    """（ and ( are one sign in two widths, a letter of two readings is not."""
    assert not is_doubtful(seen({"（": 0.55, "(": 0.44}))
    assert is_doubtful(seen({"沣": 0.55, "津": 0.44}))
    assert not is_doubtful(seen({"8": 0.55, "3": 0.44}))


def test_doubts_are_told_with_what_all_looks_make_of_them() -> None:
    """Of letters only, each where it stands in the text with its spaces."""
    read = likeliest(seen({"李": 0.6, "孪": 0.4}, {"市": 1.0}, {"3": 0.5, "8": 0.5}), [])
    assert [(doubt.at, doubt.rivals) for doubt in doubts("李 市3", read.rivals)] == [(0, {"李": 0.6, "孪": 0.4})]
    assert doubts("津市", read.rivals) == ()


def test_what_may_be_another_letter_is_told_even_where_it_is_hardly_in_doubt() -> None:
    """Other lines of the document decide: 绩效 stands in many of them."""
    read = seen({"缆": 0.95, "绩": 0.04}, {"效": 1.0})
    assert [doubt.rivals for doubt in doubts("缆效", read.rivals)] == [{"缆": 0.95, "绩": 0.04}]


def test_a_one_that_may_be_a_dash_is_a_dash() -> None:
    """The reader hardly ever takes a printed 一 for a dash; what is no 一 stays."""
    read = seen({"设": 1.0}, {"一": 0.94, "—": 0.05}, {"第": 1.0})
    assert with_dashes(read).text == "设—第"
    assert with_dashes(read._replace(text="设 一第")).text == "设 —第"
    assert with_dashes(seen({"一": 0.998}, {"级": 1.0})).text == "一级"
    assert with_dashes(seen({"-": 0.9, "—": 0.08}, {"3": 1.0})).text == "-3"
