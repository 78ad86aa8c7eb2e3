"""A budget's amounts among the fields of a form are one line of funds; other numbers stay fields."""

import pytest
from handmade import ReadForm, read_form

from pipeline.mapping.lexicon import Lexicon

INDICATORS = """
一级目标 | 二级目标 | 分解目标 | 指标目标值 | 实际完成值 | 权重 | 自评分
产出目标 | 数量 | 新建公厕 | ≥12座 | 12座 | 50 | 50
影响力目标 | 长效管理 | 群众满意度 | ≥90% | 88% | 50 | 49
合计 | « | « | « | « | 100 | 99
"""
FORM = f"""
项目名称 | 绿地养护 | « | « | « | « | «
是否为经常性项目 | 是 | « | 上年预算额度（元） | « | 17,200,000.00 | «
当年预算数（元） | 18,650,000.00 | « | 预算执行数（元） | « | 17,904,320.50 | «
预算执行率（%） | 96.00 | « | 自评时间 | « | 2021年4月16日 | «
{INDICATORS.strip()}
"""
UNKNOWN = f"""
事项 | 绿地养护 | « | « | « | « | «
编号 | 31 | « | 盘子 | « | {{whole}} | «
花掉 | {{part}} | « | 花掉几成 | « | {{share}} | «
人手 | 12 | « | 日子 | « | 2021年4月16日 | «
{INDICATORS.strip()}
"""


def fund_slots(read: ReadForm) -> list[str]:
    """The labels that were taken for columns of funds."""
    return [slot.text for slot in read.template.slots if slot.section == "fund_column"]


def test_known_labels_make_one_line_of_funds() -> None:
    """It is called by its budget's label; last year's budget is its extra, the unit of money stands in the labels."""
    form = read_form(FORM, "财政项目支出绩效自评表（2020年度）").form
    (line,) = form.funds
    assert (line.source, line.label) == ("total", "当年预算数（元）")
    amounts = (line.adjusted_budget, line.executed, line.execution_rate)
    assert [str(amount) for amount in amounts] == ["18650000.00", "17904320.50", "96.00"]
    assert [(extra.label, extra.text) for extra in line.extras] == [("上年预算额度（元）", "17,200,000.00")]
    assert form.amount_unit == "元"
    assert ("自评时间", "2021年4月16日") in [(extra.label, extra.text) for extra in form.extras]


def test_the_place_of_an_amount_is_its_own_cell() -> None:
    """Evidence stands beside its label, where the page prints it."""
    read = read_form(FORM, "财政项目支出绩效自评表")
    evidence = read.extraction.evidence["/funds/0/executed"]
    assert (evidence.cell_text, evidence.text) == ("17,904,320.50", "17,904,320.50")


@pytest.mark.parametrize(
    ("whole", "part", "share", "found"),
    [
        ("1,865.00", "1,790.40", "96.00", ["盘子", "花掉", "花掉几成"]),
        ("1,865.00", "1,790.40", "0.96", ["盘子", "花掉", "花掉几成"]),
        ("1,865.00", "1,790.40", "95.00", []),
        ("1,865.00", "1,865.00", "100.00", []),
        ("100", "90", "90", []),
        ("100", "90", "90%", ["盘子", "花掉", "花掉几成"]),
    ],
)
def test_labels_that_nobody_knows_are_told_by_their_numbers(
    whole: str, part: str, share: str, found: list[str]
) -> None:
    """One number is another's share of a third. Equal numbers prove nothing: two are always shares of 100."""
    read = read_form(UNKNOWN.format(whole=whole, part=part, share=share), "绩效自评表", lexicon=Lexicon.empty())
    assert fund_slots(read) == found


def test_a_budget_of_which_nothing_is_said_to_be_spent_stays_a_field() -> None:
    """A form may print its budget among the fields, and no more."""
    read = read_form(FORM.replace("预算执行数（元）", "编制人数").replace("预算执行率（%）", "在编人数"), "绩效自评表")
    assert fund_slots(read) == []


def test_a_form_with_a_table_of_funds_has_no_second_one() -> None:
    """Fields above a table of funds stay fields."""
    table = "项目资金 | 全年预算数 | « | 全年执行数 | « | 执行率 | «\n年度资金总额 | 10 | « | 9 | « | 90% | «\n"
    read = read_form(FORM.replace("一级目标", f"{table}一级目标"), "绩效自评表")
    assert fund_slots(read) == ["项目资金", "全年预算数", "全年执行数", "执行率"]


def test_the_score_of_the_form_is_no_amount() -> None:
    """自评得分 heads a column of funds elsewhere; among the fields it is the form's own score."""
    read = read_form(FORM.replace("上年预算额度（元） | « | 17,200,000.00", "自评得分 | « | 99"), "绩效自评表")
    assert fund_slots(read) == ["当年预算数（元）", "预算执行数（元）", "预算执行率（%）"]
    assert (str(read.form.total_score), read.form.funds[0].score) == ("99", None)


def test_labels_known_to_be_put_aside_are_no_funds_by_their_numbers() -> None:
    """48 of 50 people are 96 %."""
    people = FORM.replace("当年预算数（元） | 18,650,000.00", "编制人数 | 50")
    people = people.replace("预算执行数（元） | « | 17,904,320.50", "在职人数 | « | 48").replace(
        "预算执行率", "满编程度"
    )
    assert fund_slots(read_form(people, "绩效自评表")) == []


def test_a_line_is_called_by_the_budget_that_is_known_for_a_total() -> None:
    """年初预算数 says no more than which column it is."""
    read = read_form(FORM.replace("上年预算额度（元）", "年初预算数（元）"), "绩效自评表")
    assert (read.form.funds[0].source, read.form.funds[0].label) == ("total", "当年预算数（元）")


def test_forms_whose_lines_of_funds_hold_other_fields_are_of_different_layouts() -> None:
    """What one template says of a label would be said of another place."""
    title = "绩效自评表"
    number = read_form(FORM, title).template
    words = read_form(FORM.replace("17,200,000.00", "一千七百二十万"), title).template
    assert (len(number.slots), number.key == words.key) == (len(words.slots), False)
