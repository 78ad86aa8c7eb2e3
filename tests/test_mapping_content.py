"""What a column holds and where it stands, without looking at a word: a reading only where little doubt is left."""

from handmade import region_of

from pipeline.mapping.content import content_readings
from pipeline.mapping.lexicon import standard
from pipeline.mapping.skeleton import analyse
from schemas.reading import Role

FUNDS = """
资金 | | 甲数 | 乙数 | 丙数 | 丁数 | 戊数 | 己数
^ | 总计 | 60.00 | 50.00 | 40.00 | 10 | 80.00% | 8
^ | 市级 | 40.00 | 30.00 | 25.00 | | 83.33% |
^ | 其他 | 20.00 | 20.00 | 15.00 | | 75.00% |
"""
INDICATORS = """
一级 | 二级 | 三级 | 天 | 地 | 玄 | 黄 | 宇
产出 | 数量 | 甲 | ≥5个 | 5个 | 50 | 50 |
^ | ^ | 乙 | ≥6个 | 好 | 30 | 25 | 晚
效益 | 社会 | 丙 | ≤3% | 2% | 10 | 10 |
^ | ^ | 丁 | 好 | 好 | 10 | 10 |
合并 | « | « | « | « | 100 | 95 |
结论 | « | « | « | « | « | « | 优
"""


def roles(*forms: str) -> dict[str, Role]:
    """The role of each label that the content names, over forms of one layout."""
    skeletons = [analyse(region_of(form), standard()) for form in forms]
    assert len({skeleton.key for skeleton in skeletons}) == 1
    texts = {slot.number: slot.text for slot in skeletons[0].slots}
    return {texts[number]: reading.role for number, reading in content_readings(skeletons).items()}


def test_a_rate_names_its_budget_and_its_execution() -> None:
    """Executed ÷ budget = rate in every row fixes three columns; the money left over is the initial budget."""
    found = roles(FUNDS)
    assert {label: found.get(label) for label in ("甲数", "乙数", "丙数", "丁数", "戊数", "己数")} == {
        "甲数": "initial_budget",
        "乙数": "adjusted_budget",
        "丙数": "executed",
        "丁数": "weight",
        "戊数": "execution_rate",
        "己数": "score",
    }
    assert found["总计"] == "total"


def test_without_percent_signs_the_money_is_what_adds_up() -> None:
    """Executed ÷ rate is the budget: the two columns could change places but for their sums."""
    found = roles(FUNDS.replace("%", ""))
    assert (found["乙数"], found["丙数"], found["戊数"]) == ("adjusted_budget", "executed", "execution_rate")


def test_two_budgets_that_are_equal_everywhere_name_nothing() -> None:
    """Both fit the rate: neither is called the adjusted one."""
    found = roles(FUNDS.replace("60.00", "50.00").replace("40.00 | 30.00", "30.00 | 30.00"))
    assert "甲数" not in found
    assert "乙数" not in found


def test_indicator_columns_by_what_they_hold() -> None:
    """Merged words are levels, operators mark the target, the smaller number is the score, a blank end is the note."""
    found = roles(INDICATORS)
    assert {label: found.get(label) for label in ("一级", "二级", "三级", "天", "地", "玄", "黄")} == {
        "一级": "level1",
        "二级": "level2",
        "三级": "name",
        "天": "target",
        "地": "actual",
        "玄": "weight",
        "黄": "score",
    }
    assert (found["合并"], found["结论"]) == ("total", "grade")


def test_a_target_behind_its_actual_is_known_by_its_operators() -> None:
    """Place alone does not decide."""
    swapped = (
        INDICATORS.replace("≥5个 | 5个", "5个 | ≥5个").replace("≥6个 | 好", "好 | ≥6个").replace("≤3% | 2%", "2% | ≤3%")
    )
    found = roles(swapped)
    assert (found["天"], found["地"]) == ("actual", "target")


def test_a_score_above_and_below_its_neighbour_is_no_score() -> None:
    """One column is larger here, the other there: neither is named."""
    found = roles(INDICATORS.replace("10 | 10 |\n^", "9 | 10 |\n^"))
    assert "玄" not in found
    assert "黄" not in found


def test_a_second_form_can_take_a_doubtful_reading_back() -> None:
    """All forms of the layout speak: what fits one and not the other is not named."""
    other = FUNDS.replace("80.00%", "66.67%").replace("83.33%", "62.50%").replace("75.00%", "75.00%")
    found = roles(FUNDS, other)
    assert "戊数" not in found


def test_three_columns_of_numbers_are_not_guessed() -> None:
    """Last year's value between weight and score: no pair is picked by place."""
    found = roles("三级 | 天 | 玄 | 旧 | 黄\n甲 | ≥5个 | 50 | 44 | 50\n乙 | ≥6个 | 50 | 33 | 40")
    assert not {"玄", "旧", "黄"} & set(found)
