"""Claims about probabilities: they are read at the answer's own token, however a tokenizer cuts."""

import math

import pytest

from pipeline.llm.dialect import Dialect
from pipeline.llm.likelihood import Alternative, Step, chances


def steps(*tokens: str, at: int, **others: float) -> tuple[Step, ...]:
    """Written tokens, each with probability 0.5; at one of them others could have stood."""
    alternatives = tuple(Alternative(token.encode(), math.log(share)) for token, share in others.items())
    return tuple(
        Step(token.encode(), math.log(0.5), alternatives if place == at else ()) for place, token in enumerate(tokens)
    )


def test_pieces_of_one_word_count_for_it() -> None:
    """`目标` and `目` both begin 目标值; what no word begins with is left out."""
    written = steps('{"', "role", '":"', "目标", "值", '"}', at=3, 目标=0.5, 目=0.1, 完成=0.2, 数=0.2)
    assert chances(written, "目标值", ("目标值", "完成值")) == pytest.approx({"目标值": 0.75, "完成值": 0.25})


def test_a_token_that_holds_the_quote_too_is_read_behind_it() -> None:
    """Some tokenizers join the opening quote to the word."""
    written = steps('{"role":', ' "yes', '"}', at=1, **{' "yes': 0.6, ' "no': 0.2, " yes": 0.2})
    assert chances(written, "yes", ("yes", "no")) == pytest.approx({"yes": 0.75, "no": 0.25})


def test_a_word_that_another_begins_with_is_told_apart_by_its_closing_quote() -> None:
    """`完成"` is 完成 and not 完成值."""
    written = steps('{"role":"', '完成"', "}", at=1, **{'完成"': 0.3, "完成值": 0.1})
    assert chances(written, "完成", ("完成", "完成值")) == pytest.approx({"完成": 0.75, "完成值": 0.25})


def test_where_a_token_is_less_than_a_character_only_the_answer_is_known() -> None:
    """Half of 一 is half of 七 too: the joint probability up to where they part, and no rivals."""
    first, second = "一".encode()[:1], "一".encode()[1:]
    written = (
        Step(b'{"role":"', 0.0, ()),
        Step(first, math.log(0.8), ()),
        Step(second, math.log(0.5), ()),
        Step(b'"}', 0.0, ()),
    )
    assert chances(written, "一", ("一", "七")) == pytest.approx({"一": 0.4})


def test_no_tokens_no_probability() -> None:
    """An endpoint that gives none is not read as certain."""
    assert chances((), "yes", ("yes", "no")) is None


def test_the_last_place_counts_where_an_answer_stands_twice() -> None:
    """A model that thinks aloud first answers at the end."""
    written = steps('"yes"', " so ", '{"role":"', "yes", '"}', at=3, yes=0.9, no=0.1)
    assert chances(written, "yes", ("yes", "no")) == pytest.approx({"yes": 0.9, "no": 0.1})


@pytest.mark.parametrize(
    ("complaint", "left"),
    [
        ("Range of top_logprobs should be [0, 5]", Dialect(alternatives=5)),
        ("This response_format type is unavailable now", Dialect(schema=False)),
        ("Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens'", Dialect(limit="max_completion_tokens")),
        ("Unsupported value: 'temperature' does not support 0", Dialect(temperature=False)),
        ("the prompt is too long", None),
    ],
)
def test_what_is_complained_about_is_left_out_and_nothing_else(complaint: str, left: Dialect | None) -> None:
    """A complaint that names nothing known is no reason to ask again."""
    assert Dialect().without(complaint) == left
