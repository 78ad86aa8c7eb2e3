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
    ],
)
def test_labels_that_nobody_knows_are_told_by_their_numbers(
    whole: str, part: str, share: str, found: list[str]
) -> None:
    """One number is another's share of a third. Where all was spent, equal numbers prove nothing."""
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
