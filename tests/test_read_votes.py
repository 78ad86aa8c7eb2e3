"""Several readings of one line become the one that most of them say, and whether its number is in dispute."""

import pytest

from pipeline.read.ocr import Read
from pipeline.read.votes import chosen


def read(text: str, score: float = 0.95) -> Read:
    """A reading; where its characters stand does not matter here."""
    return Read(text, score, ())


def told(*readings: tuple[str, float], wider: tuple[str, float] | None = None) -> tuple[str, bool]:
    """The text chosen, and whether it is in dispute."""
    vote = chosen([read(*each) for each in readings], None if wider is None else read(*wider))
    return vote.read.text, vote.disputed


def test_readings_that_agree_are_not_in_dispute() -> None:
    """Spaces between digits make no other number."""
    assert told(("615.90", 0.9), ("615. 90", 0.99), ("615.90", 0.8), ("615.90", 0.7)) == ("615. 90", False)


def test_the_majority_is_chosen_and_a_rival_number_is_told() -> None:
    """Two of three say 735; the third, surer than each of them, keeps it in dispute."""
    assert told(("735", 0.87), ("785", 0.9), ("735", 0.86), ("700", 0.5)) == ("735", True)


def test_a_reading_that_saw_nothing_disputes_nothing() -> None:
    """A blank without any sureness has no voice to speak of."""
    assert told(("100", 0.99), ("100", 0.99), ("100", 0.9), ("", 0.0)) == ("100", False)


def test_words_are_chosen_and_never_in_dispute() -> None:
    """Only numbers are."""
    assert told(("板重", 0.7), ("权重", 0.9), ("权重", 0.9), ("极重", 0.8)) == ("权重", False)


def test_a_hidden_comma_or_bracket_is_kept_where_one_reading_sees_it() -> None:
    """The longest of texts with the same letters, whoever is surer."""
    assert told(("采集成果，通过", 0.9), ("采集成果通过", 1.0), ("采集成果通过", 1.0)) == ("采集成果，通过", False)
    assert told(("指标4新建", 0.95), ("指标4新建", 0.96), ("指标4：新建", 0.99)) == ("指标4：新建", False)


def test_a_percent_that_a_seal_wears_down_or_hides_is_told() -> None:
    """One way is enough where the others see a letter or digit at its place, two where they see nothing there."""
    assert told(("89.93b", 0.9), ("89.95k", 0.8), ("89.931", 0.85), ("89.93%", 0.92)) == ("89.93%", True)
    assert told(("5°", 0.70), ("5°", 0.69), ("5°", 0.77), ("5%", 0.75))[0] == "5%"
    assert told(("96.4%", 0.92), ("96.49", 0.9), ("96.49", 0.95), ("96.1%", 0.93)) == ("96.4%", True)
    assert told(("≥90", 0.97), ("≥90", 0.98), ("≥90%", 0.9), ("≥90%", 0.88))[0] == "≥90%"
    assert told(("100", 0.97), ("100", 0.98), ("100", 0.9), ("100%", 0.88))[0] == "100"
    assert told(("0.00%", 0.95), ("0.00%", 0.96), ("0.00%.", 0.99), ("0.009", 0.8))[0] == "0.00%"
    assert told(("100%", 0.91), ("100%", 0.87), (":100%", 0.87), ("口100%", 0.97))[0] == "100%"
    assert told(("加工.", 0.97), ("加工", 0.93), ("-加工", 0.98))[0] == "加工"
    assert told(("加工", 0.97), ("加工。", 0.93), ("加工", 0.98))[0] == "加工。"


def test_a_percent_beside_what_was_read_is_seen_by_the_wider_look() -> None:
    """Also where the reader takes it for a letter and says that it may be a %; another letter is the seal's."""
    seen = [read("96", 0.99), read("96", 0.98), read("96", 0.99)]
    worn = Read("96k", 0.8, (0.2, 0.4, 0.8), ({"9": 1.0}, {"6": 1.0}, {"k": 0.5, "%": 0.1}))
    assert chosen(seen, read("96%", 0.75)).read.text == "96%"
    assert chosen(seen, worn).read.text == "96%"
    assert chosen(seen, worn._replace(rivals=({"9": 1.0}, {"6": 1.0}, {"k": 0.9}))).read.text == "96"
    assert chosen(seen, read("965", 0.75)).read.text == "96"


def test_stops_before_a_sign_under_a_seal_are_not_taken_from_a_wider_look() -> None:
    """..≥90% beside ≥90: the % is the cell's, the points are the seal's."""
    wider = Read("..≥90%", 0.83, (0.0, 0.1, 0.3, 0.5, 0.7, 0.9), ({".": 1.0},) * 2 + ({"≥": 1.0},) + ({"9": 0.9},) * 3)
    found = chosen([read("≥90", 0.76), read("≥90", 0.7), read("≥9", 0.55)], wider).read
    assert (found.text, found.at, len(found.rivals)) == ("≥90%", (0.3, 0.5, 0.7, 0.9), 4)


def test_a_lost_point_makes_another_number() -> None:
    """298.5 is not 2985, though one has only a point more; 1,286.40 read as 1.286.40 is the same."""
    assert told(("2985", 0.99), ("2985", 0.99), ("298.5", 0.95))[1]
    assert told(("1,286.40", 0.97), ("1.286.40", 0.96)) == ("1,286.40", False)


@pytest.mark.parametrize(("letter", "digit"), [("G", "6"), ("O", "0"), ("I", "1"), ("B", "8")])
def test_a_lone_letter_is_the_digit_that_another_reading_sees(letter: str, digit: str) -> None:
    """Only if one does: a cell with nothing but B stays one."""
    assert told((letter, 0.9), (letter, 0.9), (digit, 0.8)) == (digit, False)
    assert told((letter, 0.9), (letter, 0.9), ("", 0.0)) == (letter, False)


def test_a_letter_beside_a_number_is_a_seals_where_another_reading_has_none() -> None:
    """A unit that all of them see stays."""
    assert told(("G0.00", 0.91), ("G0.00", 0.92), ("0.00", 0.8), ("0.00", 0.8)) == ("0.00", False)
    assert told(("50km", 0.91), ("50km", 0.92), ("50km", 0.8)) == ("50km", False)


def test_what_nobody_is_sure_of_is_in_dispute() -> None:
    """A number that all say and none surely; a word is none; what a wider look surely says against it counts."""
    assert told(("0.56", 0.7), ("0.56", 0.6)) == ("0.56", True)
    assert told(("付款", 0.7), ("付款", 0.6)) == ("付款", False)
    assert told(("0.56", 0.9), ("0.56", 0.9), ("0.56", 0.9), wider=("0.06", 0.81)) == ("0.56", True)


def test_a_wider_look_that_goes_on_is_right_and_in_dispute() -> None:
    """A seal hid the last digit; what a wider look sees of the seal itself, unsure of it, is nothing."""
    assert told(("1751.6", 0.99), ("1751.6", 0.97), wider=("1751.63", 0.93)) == ("1751.63", True)
    assert told(("735", 0.99), ("735", 0.97), wider=("7735", 0.71)) == ("735", False)
    assert told(("得", 0.99), ("得", 0.97), wider=("得分", 0.93)) == ("得分", False)
    assert told(("教育局", 0.99), ("教育局", 0.97), wider=("J教育局", 0.95)) == ("教育局", False)
