"""Letters that the reader doubts are told by the same words elsewhere in the document."""

from pipeline.read.readings import Doubt, Line
from pipeline.read.recurring import settled


def line(text: str, **rivals: dict[str, float]) -> Line:
    """A line; `a1` names what its second letter may be."""
    doubts = tuple(Doubt(at=int(name[1:]), rivals=likely) for name, likely in rivals.items())
    return Line(text=text, x0=0, y0=0, x1=1, y1=1, score=0.9, doubts=doubts)


def test_a_letter_is_what_stands_beside_its_neighbours_elsewhere() -> None:
    """津浦区 once, 沣浦区 twice, each in doubt; 水毀 where 水毁 is sure."""
    told = settled(
        [
            line("津浦区应急局", a0={"津": 0.52, "沣": 0.46}),
            line("沣浦区卫健委", a0={"沣": 0.7, "津": 0.2}),
            line("沣浦区教育局", a0={"沣": 0.8, "津": 0.1}),
            line("修复水毀堤防", a3={"毀": 0.7, "毁": 0.3}),
            line("水毁工程修复率"),
        ]
    )
    assert told == {"津浦区应急局": "沣浦区应急局", "修复水毀堤防": "修复水毁堤防"}


def test_a_letter_stays_where_nothing_tells_it() -> None:
    """Its own line is no witness, nor is one with other neighbours, nor two that say each its own."""
    assert settled([line("数字李生李生", a2={"李": 0.5, "孪": 0.48})]) == {}
    assert settled([line("王村道路", a0={"王": 0.6, "玉": 0.3}), line("玉石")]) == {}
    assert settled([line("张三村", a1={"三": 0.6, "二": 0.3}), line("张三村"), line("张二村")]) == {}


def test_what_is_hardly_likely_is_not_told_by_one_witness() -> None:
    """A neighbouring village has another name."""
    assert settled([line("东河村", a0={"东": 0.88, "车": 0.03}), line("车河村")]) == {}
