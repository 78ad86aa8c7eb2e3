"""What is printed twice in one place is one text; what only stands close by is two."""

from pipeline.layout.marks import TextRun
from pipeline.layout.overprint import printed_once
from schemas.evidence import BBox


def run(text: str, x0: float, baseline: float = 20.0, *, hidden: bool = False) -> TextRun:
    """A run of characters 5 wide, of size 10."""
    starts = [x0 + n * 5 for n in range(len(text))]
    ends = [start + 5 for start in starts]
    bbox = BBox(x0, baseline - 8, x0 + len(text) * 5, baseline + 2)
    return TextRun(text, starts, ends, bbox, baseline, 10.0, upright=True, hidden=hidden)


def texts(*runs: TextRun) -> list[str]:
    """The texts that are left."""
    return [found.text for found in printed_once(runs)]


def test_a_text_made_bold_by_printing_it_twice_is_one() -> None:
    """Shifted by less than a tenth of the size, to the right or down; also three times."""
    assert texts(run("4321.50", 10), run("4321.50", 10.3)) == ["4321.50"]
    assert texts(run("4321.50", 10), run("4321.50", 10, 20.6), run("4321.50", 10.4)) == ["4321.50"]


def test_only_the_characters_that_are_printed_again_go() -> None:
    """A bold part inside a longer run, and a run that goes on after it."""
    assert texts(run("其中：财政", 10), run("财政", 25.2)) == ["其中：财政"]
    assert texts(run("120", 10), run("205", 15.1)) == ["120", "5"]


def test_other_texts_of_the_line_stay() -> None:
    """The same number further right, another character in the same place, the same text on the next line."""
    assert texts(run("10", 10), run("10", 20)) == ["10", "10"]
    assert texts(run("10", 10), run("99", 10)) == ["10", "99"]
    assert texts(run("10", 10), run("10", 10, 32.0)) == ["10", "10"]
    assert texts(run("11", 10), run("1", 20)) == ["11", "1"]


def test_of_a_text_and_its_hidden_layer_the_visible_one_stays() -> None:
    """Whichever of them comes first; hidden text of its own stays hidden."""
    for runs in ((run("10", 10, hidden=True), run("10", 10)), (run("10", 10), run("10", 10, hidden=True))):
        (left,) = printed_once(runs)
        assert (left.text, left.hidden) == ("10", False)
    assert [left.hidden for left in printed_once((run("10", 10), run("77", 10, hidden=True)))] == [False, True]
