"""A known word may mean another thing by what stands under it or beside it."""

import pytest
from handmade import read_form

from schemas.reading import Role

GOALS = """
项目名称 | « | 道路 | « | « | «
年度总体目标 | « | {beside} | « | « | «
{below}一级指标 | 二级指标 | 三级指标 | 年度指标值 | 分值 | 得分
产出指标 | 数量指标 | 甲 | ≥5个 | 60 | 55
效益指标 | 社会效益指标 | 乙 | ≥6个 | 40 | 40
总分 | « | « | « | 100 | 95
"""
LEVELS = """
{first}{header} | 指标名称 | 目标值 | 实际值 | 分值 | 得分
{one}{upper} | 甲 | ≥5个 | 6个 | 60 | 55
{two}{lower} | 乙 | ≥6个 | 7个 | 40 | 40
"""


def test_a_goal_beside_its_heading_is_the_expected_goal() -> None:
    """Nothing else says what was wanted."""
    form = read_form(GOALS.format(beside="建成道路三条，便利出行。", below=""), "项目支出绩效自评表").form
    assert form.expected_goal == "建成道路三条，便利出行。"


def test_a_heading_over_headings_of_goals_heads_a_block() -> None:
    """Beside it stands another label."""
    below = "^ | ^ | 建成道路三条。 | 建成了三条。 | « | «\n"
    grid = GOALS.format(beside="年初设定目标", below=below).replace(
        "年初设定目标 | « | «", "年初设定目标 | 全年实际完成情况 | «"
    )
    form = read_form(grid, "项目支出绩效自评表").form
    assert (form.expected_goal, form.actual_achievement) == ("建成道路三条。", "建成了三条。")


@pytest.mark.parametrize(
    ("header", "upper", "lower", "role"),
    [
        ("指标类型", "产出指标", "效益指标", "level1"),
        ("指标类型", "数量指标", "社会效益指标", "level2"),
        ("指标类型", "产出指标", "数量指标", "level2"),
        ("指标类型", "甲类", "乙类", "level2"),
        ("指标类别", "数量指标", "质量指标", "level2"),
        ("一级指标", "数量指标", "质量指标", "level1"),
        ("二级指标", "产出指标", "效益指标", "level2"),
    ],
)
def test_levels_are_told_by_their_words_where_the_header_does_not_count_them(
    header: str, upper: str, lower: str, role: Role
) -> None:
    """指标类型 is a level 1 over 产出指标, a level 2 over 数量指标."""
    grid = LEVELS.format(header=header, upper=upper, lower=lower, first="", one="", two="")
    assert read_form(grid, "项目支出绩效自评表").role(header) == role


def test_a_level_that_another_column_has_is_not_given_twice() -> None:
    """一级指标 stands to its left."""
    grid = LEVELS.format(
        header="指标类型", upper="产出指标", lower="效益指标", first="一级指标 | ", one="绩效 | ", two="绩效 | "
    )
    assert read_form(grid, "项目支出绩效自评表").role("指标类型") == "level2"


AIMS = """
项目名称 | « | 道路 | « | « | «
{first} | « | 三年建成十条路。 | « | « | «
{second} | « | 建成道路三条。 | « | « | «
一级指标 | 二级指标 | 三级指标 | 年度指标值 | 分值 | 得分
产出指标 | 数量指标 | 甲 | ≥5个 | 60 | 55
效益指标 | 社会效益指标 | 乙 | ≥6个 | 40 | 40
总分 | « | « | « | 100 | 95
"""


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("项目总目标", "年度目标"),
        ("项目总目标", "年度绩效目标"),
        ("总体目标", "年度目标"),
        ("总体目标（实施期）", "年度绩效目标"),
        ("总体目标", "预期目标"),
    ],
)
def test_the_goal_of_the_year_is_not_that_of_the_whole_project(first: str, second: str) -> None:
    """The goal of three years stands first and is put aside under its label."""
    form = read_form(AIMS.format(first=first, second=second), "项目支出绩效自评表").form
    assert form.expected_goal == "建成道路三条。"
    assert (first, "三年建成十条路。") in [(extra.label, extra.text) for extra in form.extras]


def test_two_headings_of_goals_that_may_both_be_the_year_s_stay_headings() -> None:
    """Nobody knows which of them is meant."""
    form = read_form(AIMS.format(first="年度总体目标", second="年度目标"), "项目支出绩效自评表").form
    assert form.expected_goal is None


def test_forms_whose_words_tell_another_level_are_of_another_layout() -> None:
    """指标类型 over 产出指标 and over 数量指标 has the same headers, and not the same meaning."""

    def key(upper: str, lower: str) -> str:
        grid = LEVELS.format(header="指标类型", upper=upper, lower=lower, first="", one="", two="")
        return read_form(grid, "项目支出绩效自评表").template.key

    assert key("产出指标", "效益指标") != key("数量指标", "质量指标")
    assert key("数量指标", "时效指标") == key("数量指标", "质量指标")


CONCLUDED = """
项目名称 | « | 道路 | « | « | «
{head}一级指标 | 二级指标 | 三级指标 | 年度指标值 | 分值 | 得分
产出指标 | 数量指标 | 甲 | ≥5个 | 60 | 55
效益指标 | 社会效益指标 | 乙 | ≥6个 | 40 | 40
总分 | « | « | « | 100 | 95
{foot}"""


@pytest.mark.parametrize("label", ["自评结论", "绩效自评结论", "评价结论"])
@pytest.mark.parametrize(("said", "grade"), [("优", "优"), ("良好", "良好"), ("项目建成并投用，达到预期。", None)])
def test_a_conclusion_that_is_a_grade_is_the_grade(label: str, said: str, grade: str | None) -> None:
    """Beside the same label others write a sentence: it is put aside."""
    row = f"{label} | « | {said} | « | « | «\n"
    for grid in (CONCLUDED.format(head=row, foot=""), CONCLUDED.format(head="", foot=row)):
        assert read_form(grid, "项目支出绩效自评表").form.grade == grade


@pytest.mark.parametrize(
    ("first", "second", "roles"),
    [
        ("市级资金", "其他资金", ("fiscal", "other")),
        ("省级资金", "市级资金", ("local", "fiscal")),
        ("财政拨款", "市级资金", ("fiscal", "fiscal")),
        ("市级资金", "区级资金", (None, None)),
    ],
)
def test_whose_money_is_the_form_s_own_is_not_said_by_two_levels(
    first: str, second: str, roles: tuple[Role | None, Role | None]
) -> None:
    """A district's form prints 市级资金 as a higher level's, a city's prints 区级资金 as a lower one's."""
    funds = (
        "资金来源 | « | 全年预算数 | « | 全年执行数 | 执行率\n年度资金总额 | « | 100 | « | 90 | 90%\n"
        f"{first} | « | 60 | « | 54 | 90%\n{second} | « | 40 | « | 36 | 90%\n"
    )
    read = read_form(CONCLUDED.format(head=funds, foot=""), "项目支出绩效自评表")
    said = [slot for slot in read.template.slots if slot.section == "fund_row"][1:]
    known = tuple(next((own.role for own in slot.readings if own.source == "lexicon"), None) for slot in said)
    assert known == roles


@pytest.mark.parametrize(("other", "role"), [("扣分原因", "extra"), ("单位", None)])
def test_an_explanation_is_put_aside_only_beside_a_column_for_causes(other: str, role: Role | None) -> None:
    """Where none has that name, 说明 may hold why a target was missed."""
    grid = f"""
一级指标 | 指标名称 | 目标值 | 实际值 | 分值 | 得分 | {other} | 说明
产出指标 | 甲 | ≥5 | 6 | 60 | 55 | 个 | 下雨停工
效益指标 | 乙 | ≥6 | 7 | 40 | 40 | 个 |
"""
    readings = [
        reading.role
        for slot in read_form(grid, "项目支出绩效自评表").template.slots
        if slot.text == "说明"
        for reading in slot.readings
        if reading.source == "lexicon"
    ]
    assert readings == ([role] if role else [])


def test_the_goal_of_a_row_of_headings_is_the_years() -> None:
    """财政年度 | 目标 | 实际完成情况: what the department is for (总体绩效目标) is put aside."""
    form = read_form(
        """
部门名称 | 海岸带局 | « | «
部门总体目标 | 部门职责 | 管海岸 | «
^ | 总体绩效目标 | 海岸常青 | «
财政年度 | 目标 | 实际完成情况 | «
2021 | 种树三百亩，巡查海岸。 | 种了三百亩，巡查了海岸。 | «
一级指标 | 三级指标 | 指标值 | 得分
产出指标 | 甲 | ≥5个 | 50
效益指标 | 乙 | ≥6个 | 40
""",
        "2021年度部门整体支出绩效自评表",
    ).form
    assert (form.expected_goal, form.actual_achievement) == ("种树三百亩，巡查海岸。", "种了三百亩，巡查了海岸。")
    assert ("总体绩效目标", "海岸常青") in [(extra.label, extra.text) for extra in form.extras]


def test_a_sources_part_of_an_amount_is_put_aside_whatever_the_amount_is_called() -> None:
    """批复金额 over 总额, 财政拨款 and 其他资金: nobody knows the word, the whole beside its parts says enough."""
    roles = {
        slot.text: slot.role
        for slot in read_form("""
部门名称 | 海岸带局 | « | « | « | « | «
项目名称 | 级次 | 批复金额 | « | « | 实际支出金额 | 执行率
^ | ^ | 总额 | 财政拨款 | 其他资金 | ^ | ^
巡查 | 本级 | 10 | 8 | 2 | 9 | 90%
修复 | 本级 | 20 | 20 | 0 | 18 | 90%
一级指标 | 二级指标 | 三级指标 | 年度指标值 | 实际完成值 | 分值 | 得分
产出指标 | 数量指标 | 甲 | ≥5个 | 6个 | 60 | 55
效益指标 | 社会效益指标 | 乙 | ≥6个 | 7个 | 40 | 40
""").template.slots
    }
    assert roles["批复金额 / 财政拨款"] == roles["批复金额 / 其他资金"] == "extra"
