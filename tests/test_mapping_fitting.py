"""Which roles a label can have for what its forms hold, without looking at a word; and what the bones alone give."""

import pytest
from handmade import region_of

from pipeline.mapping.bones import Skeleton
from pipeline.mapping.fitting import NEVER, fits, fixed, impossible
from pipeline.mapping.lexicon import Lexicon, standard
from pipeline.mapping.skeleton import analyse
from schemas.reading import Role

FORM = """
甲名 | 道路养护 | 乙名 | {year}
丙名 | {grade} | 丁名 | {money}
戊名 | {long} | 己名 | {unit}
资金 | 来路 | 天数 | 地数 | 玄数 | 黄数
^ | 总计 | 60.00 | 40.00 | {rate} | 晚
^ | 市级 | 40.00 | 25.00 | 62.50% |
^ | 其他 | 20.00 | 15.00 | 75.00% |
大类 | 小类 | 看什么 | 向 | 原定 | 量 | 做到 | 赋 | 评 | 缘由
产出 | 数量 | 修路 | ≥ | 5 | 条 | 5条 | 50 | 50 |
^ | ^ | 修桥 | ≥ | 6 | 座 | 好 | 30 | 25 | 晚
效益 | 社会 | 通行 | ≤ | 3 | 分钟 | 2分钟 | 10 | 10 |
^ | ^ | 满意 | 定性 | 好 | 无 | 好 | 10 | 10 |
合并 | « | « | « | « | « | « | 100 | 95 |
结论 | « | « | « | « | « | « | « | « | 优
"""
VALUES = {
    "year": "2024年",
    "grade": "优",
    "money": "12.50",
    "long": "全年完成十二条道路的养护和三座桥梁的检修。群众出行条件改善。",
    "unit": "万元",
    "rate": "66.67%",
}


def bones(**values: str) -> Skeleton:
    """The bones of the form, read without any known word."""
    return analyse(region_of(FORM.format(**(VALUES | values))), Lexicon.empty())


def out(label: str, *forms: Skeleton) -> frozenset[Role]:
    """The roles that a label cannot have, over forms of one layout."""
    skeletons = forms or (bones(),)
    (number,) = (slot.number for slot in skeletons[0].slots if slot.text == label)
    return impossible(fits(skeletons)[number])


@pytest.mark.parametrize(
    ("label", "never", "may"),
    [
        ("乙名", {"total", "amount_unit"}, {"fiscal_year", "extra"}),
        ("丙名", {"project_name", "supervising_department", "fiscal_year"}, {"grade", "extra"}),
        ("丁名", {"project_name", "grade", "expected_goal"}, {"total", "extra"}),
        ("戊名", {"project_name", "implementing_unit", "grade"}, {"expected_goal", "actual_achievement", "extra"}),
        ("己名", {"organisation", "implementing_unit"}, {"amount_unit", "extra"}),
        ("天数", {"deviation_note"}, {"initial_budget", "executed", "extra"}),
        ("玄数", {"initial_budget", "executed", "weight", "score"}, {"execution_rate"}),
        ("黄数", {"executed", "execution_rate", "weight", "score"}, {"deviation_note", "extra"}),
        ("大类", {"weight", "score", "operator"}, {"level1", "level2"}),
        ("看什么", {"weight", "score", "operator"}, {"name", "target"}),
        ("向", {"target", "unit", "name", "score"}, {"operator", "extra"}),
        ("做到", {"operator", "weight", "score"}, {"actual", "target"}),
        ("评", {"level1", "name", "unit", "operator"}, {"weight", "score"}),
        ("合并", set(), {"total"}),
        ("结论", {"total"}, {"grade"}),
    ],
)
def test_a_value_rules_roles_out(label: str, never: set[Role], may: set[Role]) -> None:
    """By kind of value only: a name is no number, a score no text, a rate has its sign, a goal may be long."""
    found = out(label)
    assert never <= found
    assert may.isdisjoint(found)


def test_every_form_has_its_say() -> None:
    """A label whose value is a grade in one form and a sentence in the other can be a project's name in neither."""
    both = bones(), bones(grade="总体良好，按时完成")
    assert "grade" in out("丙名", *both)
    assert "grade" not in out("丙名", both[0])


def test_merged_cells_make_levels_likelier_than_names() -> None:
    """No role is ruled out by a merged cell, but a name hardly ever stands in one."""
    skeleton = bones()
    numbers = {slot.text: slot.number for slot in skeleton.slots}
    found = fits([skeleton])
    assert NEVER < found[numbers["大类"]]["name"] < found[numbers["大类"]]["level1"]
    assert found[numbers["看什么"]]["level1"] < found[numbers["看什么"]]["name"]


def test_bones_alone_name_the_column_of_the_funds_labels_and_of_the_signs() -> None:
    """Wherever the labels of all rows stand in one column, or nothing but signs, whatever it is called."""
    skeleton = bones()
    texts = {slot.number: slot.text for slot in skeleton.slots}
    assert {texts[number]: role for number, role in fixed([skeleton]).items()} == {"来路": "source", "向": "operator"}


def test_rows_of_a_list_with_headings_are_extras() -> None:
    """管理情况 | 情况说明 | 问题: each row answers its headings."""
    skeleton = analyse(
        region_of("""
名称 | 道路养护 | « | «
 | 情况说明 | 存在问题和改进措施 | «
分配科学性 | 按因素法分配到各镇 | 无 | «
下达及时性 | 收到后三十日内下达 | 无 | «
大类 | 看什么 | 赋 | 评
产出 | 修路 | 50 | 50
效益 | 通行 | 50 | 45
"""),
        Lexicon.empty(),
    )
    texts = {slot.number: slot.text for slot in skeleton.slots}
    assert {texts[number]: role for number, role in fixed([skeleton]).items()} == {
        "分配科学性": "extra",
        "下达及时性": "extra",
    }


SHARED = """
大类 | 甲 | 乙 | 丙 | 丁 | 戊
产出 | 修路 | ≥31条 | 30条 | 96.8% | 10
^ | 修桥 | ≥12座 | 12座 | 100% | 10
效益 | 通行 | ≥90% | 92% | 100% | 10
"""


def test_the_only_column_with_signs_is_the_target_and_its_units_are_the_actuals() -> None:
    """A share of the target that was reached is in other units: it is hardly what was achieved."""
    skeleton = analyse(region_of(SHARED), Lexicon.empty())
    numbers = {slot.text: slot.number for slot in skeleton.slots}
    found = fits([skeleton])
    assert found[numbers["乙"]]["target"] > found[numbers["丙"]]["target"]
    assert found[numbers["乙"]]["actual"] < found[numbers["丙"]]["actual"]
    assert found[numbers["丁"]]["actual"] < found[numbers["丙"]]["actual"]


def test_two_columns_with_signs_leave_open_which_is_the_target() -> None:
    """A target and a changed target."""
    skeleton = analyse(region_of(SHARED.replace("| 30条", "| ≥30条").replace("| 12座", "| ≥12座")), Lexicon.empty())
    numbers = {slot.text: slot.number for slot in skeleton.slots}
    found = fits([skeleton])
    assert found[numbers["乙"]]["target"] == found[numbers["丙"]]["target"]


@pytest.mark.parametrize(
    ("value", "is_out"), [("520锦屏州卫生健康局", False), ("2024年道路", False), ("1873.66万元", True), ("98%", True)]
)
def test_a_name_may_begin_with_a_number_and_an_amount_is_no_name(value: str, is_out: bool) -> None:  # noqa: FBT001 - a case
    """A code stands before many a department's name; nobody is called by money or a share."""
    skeleton = analyse(region_of(FORM.format(**(VALUES | {"money": value}))), Lexicon.empty())
    (number,) = (slot.number for slot in skeleton.slots if slot.text == "丁名")
    assert ("supervising_department" in impossible(fits([skeleton])[number])) == is_out


@pytest.mark.parametrize("row", ["负责 | 财务负责人： | «", "项目负责人：　　　　财务负责人： | « | «"])
def test_a_label_beside_another_label_is_a_place_to_sign(row: str) -> None:
    """项目负责人： 财务负责人： on one row, or in one cell: neither is the other's value."""
    skeleton = analyse(
        region_of(f"名称 | 道路养护 | «\n{row}\n大类 | 看什么 | 赋\n产出 | 修路 | 50\n效益 | 通行 | 50"), standard()
    )
    found = fixed([skeleton])
    signed = [slot.number for slot in skeleton.slots if "负责" in slot.text]
    assert [found.get(number) for number in signed] == ["note"]
    assert [found.get(slot.number) for slot in skeleton.slots if slot.text == "名称"] == [None]


def test_a_large_number_is_hardly_a_total_of_points() -> None:
    """512.60 beside a label is money, 98.5 may be either."""
    grid = "甲数 | 512.60 | 乙数 | 98.5\n大类 | 看什么 | 原定 | 评\n产出 | 修路 | ≥5 | 50\n效益 | 通行 | ≤3 | 48.5"
    skeleton = analyse(region_of(grid), standard())
    by_text = {site.text: fits([skeleton])[site.number].get("total", 1.0) for site in skeleton.slots}
    assert by_text["甲数"] < by_text["乙数"] == 1.0
