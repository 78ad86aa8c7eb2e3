"""Forms of many families, read by the lexicon alone: each field where it belongs, nothing lost, nothing invented."""

import json
import unicodedata
from decimal import Decimal
from pathlib import Path

import pytest
from handmade import ReadForm, read_form

from pipeline.checks import check
from pipeline.ground import ground
from pipeline.mapping.draft import draft
from pipeline.mapping.lexicon import standard
from pipeline.mapping.settle import Example, settle
from pipeline.mapping.skeleton import analyse
from pipeline.read import read
from pipeline.segment import segment
from schemas.form import Extra, SelfEvaluation

JIADING = Path(__file__).parents[1] / "eval" / "data" / "jiading-2024"

STANDARD = """
项目名称 | « | 委托业务项目 | « | « | « | « | « | «
主管部门 | « | 219-池州市贵池区棠溪镇人民政府 | « | « | 实施单位 | « | 219001-池州市贵池区棠溪镇人民政府 | «
项目资金⏎（万元） | « | | 年初预算数 | 全年预算数 | 全年执行数 | 分值 | 执行率 | 得分
^ | « | 年度资金总额： | 90 | 89.974 | 89.974 | 10 | 100% | 10
^ | « | 其中：本年财政拨款 | 90 | 89.974 | 89.974 | - | 100% | -
^ | « | 上年结转资金 | 0 | 无 | 0 | - | 0 | -
^ | « | 其他资金 | | | | - | | -
年度总体目标 | 预期目标 | « | « | « | 实际完成情况 | « | « | «
^ | 完成基建工程委托业务，保证工程按期推进。 | « | « | « | 已完成全部委托业务，工程按期推进。 | « | « | «
绩效指标 | 一级指标 | 二级指标 | 三级指标 | 年度指标值 | 实际完成值 | 分值 | 得分 | 偏差原因分析及改进措施
^ | 产出指标(50分) | 数量指标(30分) | 指标1：委托业务项目数量 | ≥50个 | 50 | 8 | 8 |
^ | ^ | ^ | 其中：基建类 | 20个 | 21 | | |
^ | ^ | ^ | 指标2： | | | | |
^ | ^ | ^ | …… | | | | |
^ | ^ | 质量指标 | 委托业务报告合格率 | ≥100% | 100% | 22 | 22 |
^ | ^ | 时效指标 | 提交报告及时性 | 2021年12月 | 完成 | 20 | 18 | 一项晚交
^ | 效益指标（30分） | 社会效益指标 | 保障工程进度 | 有效保障 | 达成预期指标 | 30 | 30 |
^ | 满意度指标 （10分） | 服务对象满意度指标 | 群众满意度 | 95%以上 | / | 10 | 10 |
总分 | « | « | « | « | « | 100 | 98 |
注：项目支出绩效自评表由项目单位填写。 | « | « | « | « | « | « | « | «
"""


@pytest.fixture(scope="module")
def guichi() -> ReadForm:
    """A form of the Ministry of Finance's standard, with the habits of family A1."""
    return read_form(STANDARD, "附件：", "项目支出绩效自评表", "（2022年度）", trailing=("第 12 页",))


def proven(found: ReadForm) -> bool:
    """True if no equation fails and every numeric token is claimed once."""
    return not any(finding.severity == "error" for finding in check(found.extraction).findings)


def test_the_heads_fields_are_named_and_the_year_stands_in_the_line_under_the_title(guichi: ReadForm) -> None:
    """Names keep their code prefix; a note that speaks of the form is not its title."""
    form = guichi.form
    assert (form.kind, form.title, form.fiscal_year) == ("project_self_evaluation", "项目支出绩效自评表", 2022)
    assert form.project_name == "委托业务项目"
    assert form.supervising_department == "219-池州市贵池区棠溪镇人民政府"
    assert form.implementing_unit == "219001-池州市贵池区棠溪镇人民政府"
    assert form.project_code is None
    assert form.amount_unit == "万元"
    assert (form.expected_goal, form.actual_achievement) == (
        "完成基建工程委托业务，保证工程按期推进。",
        "已完成全部委托业务，工程按期推进。",
    )


def test_fund_labels_keep_their_among_and_lose_their_colon_and_nothing_is_no_zero(guichi: ReadForm) -> None:
    """A dash, a blank and 无 in a number's place are null; a printed 0 is 0; % is not part of a number."""
    funds = guichi.form.funds
    assert [(fund.source, fund.label) for fund in funds] == [
        ("total", "年度资金总额"),
        ("fiscal", "其中：本年财政拨款"),
        ("carryover", "上年结转资金"),
        ("other", "其他资金"),
    ]
    assert [fund.weight for fund in funds] == [Decimal(10), None, None, None]
    assert [fund.adjusted_budget for fund in funds] == [Decimal("89.974"), Decimal("89.974"), None, None]
    assert [fund.execution_rate for fund in funds] == [Decimal(100), Decimal(100), Decimal(0), None]
    assert guichi.extraction.unread == ()


def test_filler_rows_are_none_and_a_breakdown_belongs_to_the_indicator_above_it(guichi: ReadForm) -> None:
    """指标2： and …… are no rows; 其中 goes to the extras of the row it divides, and its numbers stay claimed."""
    rows = guichi.form.indicators
    assert [row.name for row in rows] == [
        "指标1：委托业务项目数量",
        "委托业务报告合格率",
        "提交报告及时性",
        "保障工程进度",
        "群众满意度",
    ]
    assert rows[0].extras == (
        Extra(label="数量指标(30分)", text="30"),
        Extra(label="其中：基建类 年度指标值", text="20个"),
        Extra(label="其中：基建类 实际完成值", text="21"),
    )
    assert proven(guichi)


def test_points_leave_a_level_1_label_and_become_its_weight(guichi: ReadForm) -> None:
    """产出指标(50分) gives 产出指标 and 50 on each of its rows; a level-2 label's points go to the extras."""
    rows = guichi.form.indicators
    assert [(row.level1, row.level1_weight) for row in rows] == [
        ("产出指标", Decimal(50)),
        ("产出指标", Decimal(50)),
        ("产出指标", Decimal(50)),
        ("效益指标", Decimal(30)),
        ("满意度指标", Decimal(10)),
    ]
    assert rows[0].level2 == "数量指标"
    assert "/indicators/1/level1_weight" in check(guichi.extraction).covered()


def test_a_date_a_word_and_a_postfix_are_told_apart_and_a_blank_actual_is_null(guichi: ReadForm) -> None:
    """Only [operator] number [unit] has a value."""
    rows = guichi.form.indicators
    assert rows[2].target is not None
    assert (rows[2].target.text, rows[2].target.value) == ("2021年12月", None)
    assert rows[4].target is not None
    assert rows[4].target.model_dump() == {"text": "95%以上", "operator": "≥", "value": "95", "unit": "%"}
    assert rows[4].actual is None
    assert rows[2].deviation_note == "一项晚交"


SPLIT = """
项目名称 | « | 森林管护 | « | « | « | « | « | « | «
主管部门 | « | 永德县林业和草原局 | « | « | « | 实施单位 | « | 永德县国有林场 | «
项目资金（元） | « | | 年初预算数 | « | 全年预算数 | 全年执行数 | 分值 | 执行率 | 得分
^ | « | 年度资金总额 | 3,616,900.00 | « | 3,616,900.00 | 3,616,900.00 | 10 | 100.00% | 10
^ | « | 其中：财政拨款 | 3,616,900.00 | « | 3,616,900.00 | 3,616,900.00 | — | 100.00% | —
年度总体目标 | « | 预期目标 | « | « | « | 实际完成情况 | « | « | «
^ | « | 管护面积达到二十万亩，火灾受害率在规定之内。 | « | « | « | 管护二十万亩，没有发生火灾，群众满意。 | « | « | «
绩效指标 | « | « | 年度指标值 | « | « | 实际完成值 | 分值 | 得分 | 偏差原因分析及改进措施
一级指标 | 二级指标 | 三级指标 | 指标性质 | 指标值 | 度量单位 | ^ | ^ | ^ | ^
产出指标 | 数量指标 | 管护面积 | ≥ | 20 | 万亩 | 20 | 40 | 40 |
^ | 质量指标 | 管护质量 | 定性 | 合格 | | 合格 | 20 | 18 | 抽查一处不合格
效益指标 | 生态效益指标 | 火灾受害率 | ≤ | 0.1 | % | 0 | 20 | 20 |
满意度指标 | 服务对象满意度指标 | 群众满意度 | >= | 90 | % | 89 | 10 | 8 |
其他需要说明事项 | « | « | 无 | « | « | « | « | « | «
总分 | « | « | « | « | « | 100 | 96 | 优 | «
"""


def test_a_target_in_three_columns_under_a_nested_header_is_one_target() -> None:
    """Operator, value and unit join in this order; 定性 is dropped and leaves words."""
    found = read_form(SPLIT, "2022年度项目支出绩效自评表", "部门：永德县林业和草原局", "公开14表")
    targets = [row.target.model_dump() for row in found.form.indicators if row.target]
    assert targets == [
        {"text": "≥20万亩", "operator": "≥", "value": "20", "unit": "万亩"},
        {"text": "合格", "operator": None, "value": None, "unit": None},
        {"text": "≤0.1%", "operator": "≤", "value": "0.1", "unit": "%"},
        {"text": ">=90%", "operator": "≥", "value": "90", "unit": "%"},
    ]
    assert (found.form.title, found.form.fiscal_year, found.form.amount_unit) == (
        "2022年度项目支出绩效自评表",
        2022,
        "元",
    )
    assert found.form.funds[0].initial_budget == Decimal("3616900.00")
    assert proven(found)


def test_total_points_and_grade_in_one_row_are_three_fields() -> None:
    """总分 · 100 · 96 · 优; what stands beside it as a remark goes to the extras."""
    form = read_form(SPLIT, "2022年度项目支出绩效自评表").form
    assert (form.total_weight, form.total_score, form.grade) == (Decimal(100), Decimal(96), "优")
    assert form.extras == (Extra(label="其他需要说明事项", text="无"),)


@pytest.mark.parametrize("printed", ["100,00", "100.00 90.00", "100.00*", "9O.00"])
def test_a_total_that_is_no_clean_number_is_unread_and_not_absent(printed: str) -> None:
    """100 is assumed only where no total is printed."""
    found = read_form(STACKED.replace("| 100 | 100", f"| {printed} | 100"), "2023年项目支出绩效自评表")
    assert "/total_weight" in found.extraction.unread
    assert found.form.extras == ()


def test_a_total_with_its_unit_is_read() -> None:
    """97.99分 is 97.99."""
    found = read_form(STACKED.replace("| 100 | 100", "| 100分 | 100分"), "2023年项目支出绩效自评表")
    assert (found.form.total_weight, found.form.total_score) == (Decimal(100), Decimal(100))


def test_funds_under_a_title_without_indicators_are_a_form_that_misses_them() -> None:
    """Its table may have been lost: nobody is told that there was no form."""
    head, _, _ = STACKED.partition("一级指标")
    assert "/indicators/0/name" in read_form(head, "2023年项目支出绩效自评表").extraction.missing


BY_INCOME = """
预算单位名称 | « | 林业局 | « | « | « | «
年度预算申请（万元） | « | | 全年预算数 | 全年执行数 | 分值 | 得分
^ | « | 年度资金总额 | 4753.66 | 3824.26 | 10 | 10
^ | « | 按收入性质分： | « | 按支出性质分： | « | «
^ | « | 其中：一般公共预算：1873.66万元 | « | 其中：基本支出：1768.16万元 | « | «
^ | « | 政府性基金拨款： | « | 项目支出：2985.5万元 | « | «
一级指标 | 二级指标 | 三级指标 | 年度指标值 | 实际完成值 | 分值 | 得分
产出指标 | 数量指标 | 造林面积 | 1.2万亩 | 1.2万亩 | 90 | 90
"""


def test_values_inside_label_cells_are_kept_by_their_labels() -> None:
    """By-income and by-spending columns side by side; a label without a value is no field and no goal."""
    form = read_form(BY_INCOME, "部门整体支出绩效自评表").form
    assert form.extras == (
        Extra(label="其中：一般公共预算", text="1873.66万元"),
        Extra(label="其中：基本支出", text="1768.16万元"),
        Extra(label="项目支出", text="2985.5万元"),
    )
    assert (form.expected_goal, len(form.funds)) == (None, 1)


STACKED = """
项目名称 | « | 公路提质 | « | « | « | «
预算执行情况 | 资金来源 | « | 全年预算数 | 全年执行数 | 分值 | 得分
^ | 年度资金总额 | « | 300 | 300 | 10 | 10
^ | 按收入性质分 | 一般公共预算 | 200 | 200 | — | —
^ | ^ | 政府性基金拨款 | 100 | 100 | — | —
^ | 按支出性质分 | 基本支出 | 120 | 120 | — | —
^ | ^ | 项目支出 | 180 | 180 | — | —
一级指标 | 二级指标 | 三级指标 | 年度指标值 | 实际完成值 | 分值 | 得分
产出指标 | 数量指标 | 里程 | 86公里 | 86公里 | 90 | 90
合计 | « | « | « | « | 100 | 100
"""


def test_labels_merged_beside_the_labels_of_fund_rows_are_no_rows() -> None:
    """Every row keeps its own label; both breakdowns add up to the total."""
    found = read_form(STACKED, "2023年项目支出绩效自评表")
    assert [(fund.label, fund.executed) for fund in found.form.funds] == [
        ("年度资金总额", Decimal(300)),
        ("一般公共预算", Decimal(200)),
        ("政府性基金拨款", Decimal(100)),
        ("基本支出", Decimal(120)),
        ("项目支出", Decimal(180)),
    ]
    assert proven(found)


TWO_SCORES = """
单位：万元 | « | « | « | « | « | « | «
项目名称 | « | 农村公路养护工程 | « | « | « | « | «
项目资金 | 资金来源 | 全年预算数 | 全年执行数 | 分值 | 执行率 | 得分 | 备注
^ | 年度资金总额 | 480 | 431.52 | 10 | 89.9% | 8.99 | 跨年
一级指标 | 三级指标 | 指标性质 | 符号 | 指标值 | 分值 | 得分 | «
^ | ^ | ^ | ^ | ^ | ^ | 自评得分 | 复核得分
产出指标 | 养护里程 | 定量 | ≥ | 320公里 | 60 | 58 | 57
^ | 养护质量 | 定性 | | 合格 | 30 | 30 | 30
合计 | « | « | « | « | 100 | 96.99 | 95.99
"""


def test_of_two_scores_the_self_score_counts_and_the_other_is_kept_also_in_the_total() -> None:
    """A column 定量/定性 under the word for an operator is none; a unit in a cell of its own line is the form's."""
    found = read_form(TWO_SCORES, "财政支出项目绩效自评表")
    form = found.form
    assert (form.total_weight, form.total_score, form.amount_unit) == (Decimal(100), Decimal("96.99"), "万元")
    assert form.extras == (Extra(label="合计 复核得分", text="95.99"),)
    assert [row.score for row in form.indicators] == [Decimal(58), Decimal(30)]
    assert form.indicators[0].target is not None
    assert (form.indicators[0].target.operator, form.indicators[0].target.value) == ("≥", Decimal(320))
    assert [extra.label for extra in form.indicators[0].extras] == ["指标性质", "复核得分"]
    assert form.funds[0].extras == (Extra(label="备注", text="跨年"),)
    assert proven(found)


SICHUAN = """
项目名称 | « | 51092323T000007-社区矫正 | « | « | « | « | « | « | « | «
主管部门 | « | 大英县司法局部门 | « | « | « | 实施单位 | « | 大英县司法局 | « | «
项目基本情况 | 1.项目年度目标完成情况 | 项目年度目标 | « | « | « | 年度目标完成情况 | « | « | « | «
^ | ^ | 开展社区矫正，矫正对象不脱管不漏管。 | « | « | « | 开展了社区矫正，没有人脱管漏管。 | « | « | « | «
^ | 2.项目实施内容及过程概述 | 按照计划逐月开展走访、教育和帮扶，按进度支付经费。 | « | « | « | « | « | « | « | «
预算执行情况（10分） | 年度预算数(万元) | « | 年初预算 | 调整后预算数 | 预算执行数 | « | 预算执行率 | 权重 | 得分 | 原因
^ | 总额 | « | 8.00 | 8.00 | 7.20 | « | 90.00% | 10 | 9 | 按实列支
^ | 其中：财政资金 | « | 8.00 | 8.00 | 7.20 | « | 90.00% | / | / |
^ | 财政专户管理资金 | « | 0.00 | 0.00 | 0.00 | « | 0.00% | / | / |
^ | 单位资金 | « | 0.00 | 0.00 | 0.00 | « | 0.00% | / | / |
^ | 其他资金 | « | 0.00 | 0.00 | 0.00 | « | 0.00% | / | / |
绩效指标（90分） | 一级指标 | 二级指标 | 三级指标 | 指标性质 | 指标值 | 度量单位 | 完成值 | 权重 | 得分 | 未完成原因分析
^ | 产出指标 | 数量指标 | 矫正对象人数 | ≥ | 120 | 人 | 130 | 30 | 30 |
^ | ^ | 质量指标 | 脱管率 | ≤ | 1 | % | 0 | 30 | 30 |
^ | 效益指标 | 社会效益指标 | 维护稳定 | 定性 | 好 | | 好 | 20 | 20 |
^ | 满意度指标 | 服务对象满意度指标 | 群众满意度 | ≥ | 95 | % | 93 | 10 | 8 | 宣传不足
合计 | « | « | « | « | « | « | « | 100 | 97 |
评价结论 | 项目完成较好。 | « | « | « | « | « | « | « | « | «
存在问题 | 宣传不足。 | « | « | « | « | « | « | « | « | «
项目负责人：张某 | « | « | « | « | « | 财务负责人：李某 | « | « | « | «
"""


def test_section_points_are_labels_where_a_weight_column_prints_them() -> None:
    """预算执行情况（10分） beside a column 权重 is a label; 绩效指标（90分） is never a field."""
    found = read_form(SICHUAN, "部门预算项目支出绩效自评表（2023年度）")
    form = found.form
    assert (form.title, form.fiscal_year) == ("部门预算项目支出绩效自评表", 2023)
    assert [fund.source for fund in form.funds] == ["total", "fiscal", "special_account", "own", "other"]
    assert (form.funds[0].weight, form.funds[0].score, form.total_score) == (Decimal(10), Decimal(9), Decimal(97))
    assert [row.level1_weight for row in form.indicators] == [None] * 4
    assert form.funds[0].extras == (Extra(label="原因", text="按实列支"),)
    assert proven(found)


def test_conclusions_below_the_total_are_kept_and_signatures_are_notes() -> None:
    """A label known to stand beside a text is no closing row; whoever signs is a note."""
    form = read_form(SICHUAN, "部门预算项目支出绩效自评表（2023年度）").form
    assert form.extras == (
        Extra(label="2.项目实施内容及过程概述", text="按照计划逐月开展走访、教育和帮扶，按进度支付经费。"),
        Extra(label="评价结论", text="项目完成较好。"),
        Extra(label="存在问题", text="宣传不足。"),
    )


def test_who_signed_is_no_part_of_a_layout() -> None:
    """Two forms of one layout that other people signed have one key."""
    other = SICHUAN.replace("张某", "王小明").replace("李某", "赵大")
    title = "部门预算项目支出绩效自评表（2023年度）"
    assert read_form(SICHUAN, title).template.key == read_form(other, title).template.key


WEIGHT_FIRST = """
项目名称 | « | 衔接资金产业项目 | « | « | 项目负责人及电话 | « | 王某 13800000000 | «
主管部门 | « | 中江县乡村振兴局 | « | « | 实施单位 | « | 中江县某镇人民政府 | «
资金情况⏎（万元） | « | | 全年预算数（A） | « | 全年执行数（B） | 分值 | 执行率（B/A） | 得分
^ | « | 年度资金总额 | 50.00 | « | 40.00 | 10 | 80.00% | 8
^ | « | 其中：财政拨款 | 50.00 | « | 40.00 | 10 | 80.00% | 8
^ | « | 其他资金 | | « | | | |
年度总体目标 | 年初设定目标 | « | « | « | 年度总体目标完成情况综述 | « | « | «
^ | 建设产业基地一处，带动脱贫户增收，巩固成果。 | « | « | « | 已建成产业基地一处，脱贫户增收，成果巩固。 | « | « | «
绩效指标 | 一级指标 | 二级指标 | 三级指标 | 分值 | 年度指标值 | 全年实际值 | 得分 | 未完成原因及拟采取的改进措施
^ | 产出指标 | 数量指标 | 产业基地数量 | 40 | 1 | 1 | 40 |
^ | ^ | 质量指标 | 验收合格率 | 20 | 100% | 95% | 18 | 一处返工
^ | 效益指标 | 经济效益指标 | 带动增收 | 20 | ≥3000元 | 3200元 | 20 |
^ | 满意度指标 | 服务对象满意度指标 | 满意度 | 10 | ≥90% | 95% | 10 |
总分 | « | « | « | 100 | | | 96 |
"""


def test_a_weight_before_its_target_is_a_weight() -> None:
    """The header's word decides, not the position; a target of 1 does not become the weight."""
    found = read_form(WEIGHT_FIRST, "绩效目标自评表", "（2022年度）")
    assert [row.weight for row in found.form.indicators] == [Decimal(40), Decimal(20), Decimal(20), Decimal(10)]
    assert found.form.indicators[0].target is not None
    assert found.form.indicators[0].target.value == Decimal(1)
    assert (found.form.total_weight, found.form.total_score) == (Decimal(100), Decimal(96))
    assert proven(found)


def test_a_sub_row_that_repeats_weight_and_score_keeps_them_as_printed() -> None:
    """They are counted once by the equations, not dropped."""
    found = read_form(WEIGHT_FIRST, "绩效目标自评表", "（2022年度）")
    funds = found.form.funds
    assert [(fund.weight, fund.score) for fund in funds] == [
        (Decimal(10), Decimal(8)),
        (Decimal(10), Decimal(8)),
        (None, None),
    ]
    assert [fund.initial_budget for fund in funds] == [None, None, None]
    assert found.form.extras == (Extra(label="项目负责人及电话", text="王某 13800000000"),)


HUBEI = """
项目名称 | « | 服务贸易发展资金 | « | « | « | «
主管部门 | « | 襄阳市某局 | « | 项目实施单位 | 襄阳市某中心 | «
项目类别 | « | 1、部门预算项目 ☑ 2、财政专项 □ | « | « | « | «
预算执行情况（万元）⏎（20分） | « | | 预算数（A） | 执行数（B） | 执行率（B/A） | 得分⏎（20分*执行率）
^ | « | 年度财政资金总额 | 100 | 95 | 95% | 19
年度绩效目标⏎（80分） | 一级指标 | 二级指标 | 三级指标 | 年初目标值（A） | 实际完成值（B） | 得分
^ | 产出指标 | 数量指标 | 展会次数 | ≥10次 | 12次 | 40
^ | 效益指标 | 社会效益指标 | 带动就业 | 200人 | 210人 | 30
^ | 满意度指标 | 服务对象满意度指标 | 企业满意度 | 90% | 92% | 9.5
总分 | « | « | « | « | « | 98.5
偏差大或目标未完成原因分析 | « | 无 | « | « | « | «
"""


def test_the_budgets_weight_is_taken_from_its_section_label_where_no_column_prints_it() -> None:
    """预算执行情况(20分): 20, its evidence is that label; indicators of this family have no weight."""
    found = read_form(HUBEI, "2021年度财政项目绩效自评表", "单位名称：襄阳市多元经济局 填报日期：2022年3月1日")
    form = found.form
    assert form.funds[0].weight == Decimal(20)
    assert found.extraction.evidence["/funds/0/weight"].cell_text == "预算执行情况（万元）（20分）"
    assert found.extraction.evidence["/funds/0/weight"].text == "20"
    assert [row.weight for row in form.indicators] == [None, None, None]
    assert (form.total_weight, form.total_score) == (None, Decimal("98.5"))
    assert (form.fiscal_year, form.amount_unit) == (2021, "万元")
    assert proven(found)


TRANSFER = """
转移支付（项目）名称 | « | 就业补助资金 | « | « | «
中央主管部门 | « | 人力资源和社会保障部 | « | « | «
地方主管部门 | « | 巴彦淖尔市人社局 | 地方财政部门 | « | 巴彦淖尔市财政局
资金投入情况⏎（万元） | « | | 全年预算数（A） | 全年执行数（B） | 预算执行率（B/A×100%）
^ | « | 年度资金总额 | 100.00 | 95.00 | 95.00%
^ | « | 其中：中央财政资金 | 60.00 | 60.00 | 100.00%
^ | « | 自治区财政资金 | 20.00 | 20.00 | 100.00%
^ | « | 旗县财政资金 | 20.00 | 15.00 | 75.00%
资金管理情况 | « | | 情况说明 | « | 存在问题和改进措施
^ | « | 分配科学性 | 按因素法分配。 | « | 无
^ | « | 下达及时性 | 收到文件后三十日内下达。 | « | 加快下达
总体目标完成情况 | 总体目标 | « | « | 全年实际完成情况 | «
^ | 落实各项就业补贴政策，促进重点群体就业。 | « | « | 全面落实就业补贴政策，重点群体就业稳定。 | «
绩效指标 | 一级指标 | 二级指标 | 三级指标 | 指标值 | 全年实际完成值
^ | 产出指标 | 数量指标 | 享受社会保险补贴人员数量 | ≥500人 | 520人
^ | ^ | 质量指标 | 补贴发放准确率 | ≥98% | 100%
^ | 效益指标 | 社会效益指标 | 城镇登记失业率 | ≤4.5% | 3.9%
"""


def test_a_central_transfer_has_no_weights_and_funds_by_level_of_government() -> None:
    """The first authority is the field, the second is kept under its label; weights and scores are absent."""
    found = read_form(TRANSFER, "附件1", "就业补助资金绩效目标自评表", "（2022年度）")
    form = found.form
    assert (form.kind, form.project_name) == ("transfer_self_evaluation", "就业补助资金")
    assert form.supervising_department == "人力资源和社会保障部"
    assert form.extras == (
        Extra(label="地方主管部门", text="巴彦淖尔市人社局"),
        Extra(label="地方财政部门", text="巴彦淖尔市财政局"),
        Extra(label="分配科学性 情况说明", text="按因素法分配。"),
        Extra(label="分配科学性 存在问题和改进措施", text="无"),
        Extra(label="下达及时性 情况说明", text="收到文件后三十日内下达。"),
        Extra(label="下达及时性 存在问题和改进措施", text="加快下达"),
    )
    assert [fund.source for fund in form.funds] == ["total", "central", "local", "local"]
    assert [(row.weight, row.score) for row in form.indicators] == [(None, None)] * 3
    assert found.extraction.missing == ()


def test_a_list_of_texts_under_headings_is_never_read_as_label_and_value_pairs() -> None:
    """情况说明 is a heading, its neighbour is no value; no text of such a list stands in a layout's labels."""
    found = read_form(TRANSFER, "就业补助资金绩效目标自评表", "（2022年度）")
    labels = [slot.text for slot in found.template.slots if slot.section == "field"]
    assert labels == [
        "转移支付（项目）名称",
        "中央主管部门",
        "地方主管部门",
        "地方财政部门",
        "分配科学性",
        "下达及时性",
    ]


DEPARTMENT = """
部门 | « | 金寨县某局 | « | « | « | « | « | «
预算资金⏎（万元） | « | | 年初预算数 | 全年预算数 | 全年执行数 | 分值 | 执行率 | 得分
^ | « | 年度资金总额 | 1,200.50 | 1,000.00 | 1,100.00 | 10 | 110.00% | 10
^ | « | 其中：财政拨款 | 1,200.50 | 1,000.00 | 1,100.00 | - | 110.00% | -
年度总体目标 | 预期目标 | « | « | « | 实际完成情况 | « | « | «
^ | 保障机构正常运转，完成各项重点工作任务。 | « | « | « | 机构运转正常，重点工作任务全面完成。 | « | « | «
绩效指标 | 一级指标 | 二级指标 | 三级指标 | 年度指标值 | 实际完成值 | 分值 | 得分 | 偏差原因分析及改进措施
^ | 产出指标 | 数量指标 | 重点工作数 | 12项 | 12项 | 50 | 50 |
^ | 效益指标 | 社会效益指标 | 服务能力 | 提升 | 提升 | 30 | 29 |
^ | 满意度指标 | 服务对象满意度指标 | 群众满意度 | ≥90% | 93% | 10 | 10 |
总分 | « | « | « | « | « | 100 | 99 |
"""


def test_a_departments_form_names_its_organisation_and_no_project() -> None:
    """部门 is the organisation, one of two fields by its label; a rate above 100 % is read as printed."""
    found = read_form(DEPARTMENT, "部门整体支出绩效自评表", "（2023年度）")
    form = found.form
    assert (form.kind, form.project_name) == ("department_self_evaluation", None)
    assert (form.supervising_department, form.implementing_unit) == ("金寨县某局", None)
    assert form.funds[0].execution_rate == Decimal("110.00")
    assert found.extraction.missing == ()
    assert proven(found)


def test_an_organisation_called_unit_is_the_implementing_unit() -> None:
    """单位名称 names the unit."""
    form = read_form(DEPARTMENT.replace("部门 | «", "单位名称 | «"), "部门整体支出绩效自评表").form
    assert (form.supervising_department, form.implementing_unit) == (None, "金寨县某局")


def test_the_titles_year_wins_over_a_year_field_which_is_kept() -> None:
    """DESIGN: from the title or the line under it, else a year field."""
    grid = DEPARTMENT.replace("部门 | « | 金寨县某局 |", "预算年度 | « | 2022年 |", 1)
    both = read_form(grid, "部门整体支出绩效自评表", "（2023年度）").form
    assert (both.fiscal_year, both.extras) == (2023, (Extra(label="预算年度", text="2022年"),))
    alone = read_form(grid, "部门整体支出绩效自评表").form
    assert (alone.fiscal_year, alone.extras) == (2022, ())


def test_a_date_of_filling_in_is_no_fiscal_year() -> None:
    """Under a title without a year only a line that is nothing but a year gives one."""
    assert read_form(DEPARTMENT, "部门整体支出绩效自评表", "填报日期：2024年1月20日").form.fiscal_year is None
    assert read_form(DEPARTMENT, "部门整体支出绩效自评表", "2023年度").form.fiscal_year == 2023


def test_a_number_that_cannot_be_read_is_unread_and_not_null() -> None:
    """7,00.0 keeps its place: it is neither repaired nor called absent."""
    found = read_form(DEPARTMENT.replace("1,200.50", "12,00.50", 1), "部门整体支出绩效自评表")
    assert found.extraction.unread == ("/funds/0/initial_budget",)
    assert found.form.funds[0].initial_budget is None


def test_a_label_with_its_value_in_one_cell_gives_the_value() -> None:
    """项目名称：道路养护 over a whole row is a field; its evidence is the value alone."""
    whole = "项目名称：【2023】7号道路养护（汇总） | « | « | « | « | « | « | « | «"
    grid = DEPARTMENT.replace("部门 | « | 金寨县某局 | « | « | « | « | « | «", whole)
    found = read_form(grid, "项目支出绩效自评表")
    assert found.form.project_name == "【2023】7号道路养护（汇总）"
    assert found.extraction.evidence["/project_name"].text == "【2023】7号道路养护（汇总）"
    assert proven(found)


def comparable(value: object) -> object:
    """A form's JSON with every text after NFKC and without whitespace."""
    if isinstance(value, str):
        return "".join(unicodedata.normalize("NFKC", value).split())
    if isinstance(value, list):
        return [comparable(item) for item in value]
    if isinstance(value, dict):
        return {name: comparable(item) for name, item in value.items()}
    return value


@pytest.mark.parametrize("report", ["report-chromium.pdf", "report-libreoffice.pdf"])
def test_all_forms_of_the_published_report_equal_their_labels_without_a_model(report: str) -> None:
    """18 forms, field by field, in both typeset documents."""
    lexicon = standard()
    regions = segment(read(JIADING / report, report, lexicon, None), lexicon)
    examples = [Example(region, analyse(region, lexicon)) for region in regions]
    template = settle(examples[:3], {}, lexicon)
    assert {example.skeleton.key for example in examples} == {template.key}
    roles = {slot.number: slot.role for slot in template.slots if slot.role is not None}
    slots = {slot.number: slot for slot in template.slots}
    found: list[SelfEvaluation] = []
    for example in examples:
        extraction = ground(draft(example.region, example.skeleton, roles, lexicon), example.region, slots)
        assert extraction.unread == extraction.missing == ()
        found.append(extraction.form)
    labels = [
        json.loads(path.read_text(encoding="utf-8"))["form"] for path in sorted((JIADING / "gold").glob("*.json"))
    ]
    assert len(labels) == 18
    assert [comparable(form.model_dump(mode="json")) for form in found] == [comparable(label) for label in labels]


def test_a_label_over_the_whole_width_is_the_first_level_of_the_rows_below_it() -> None:
    """With its points; the numbers in it are claimed once, and no sum is lost."""
    read_it = read_form(
        """
项目名称 | « | 管网改造 | « | « | «
项目资金 | « | 全年预算数 | 全年执行数 | 分值 | 得分
年度资金总额 | « | 60.00 | 60.00 | 20 | 20
序号 | 指标名称 | 年度指标值 | 实际完成值 | 分值 | 得分
产出指标（50分） | « | « | « | « | «
1 | 改造长度 | ≥48公里 | 44公里 | 30 | 25
2 | 更换水表 | ≥12块 | 13块 | 20 | 20
效益指标（30分） | « | « | « | « | «
3 | 漏损率 | ≤9% | 9.4% | 30 | 20
总分 | « | « | « | 100 | 85
""",
        "项目支出绩效自评表",
    )
    rows = read_it.form.indicators
    assert [(row.level1, row.level1_weight, row.name) for row in rows] == [
        ("产出指标", Decimal(50), "改造长度"),
        ("产出指标", Decimal(50), "更换水表"),
        ("效益指标", Decimal(30), "漏损率"),
    ]
    report = check(read_it.extraction)
    assert [finding.rule for finding in report.findings if finding.verdict] == []
    assert {held.rule for held in report.held} >= {"level1_weight", "weights_sum", "scores_sum"}


MANAGED = """
项目名称 | 道路 | « | « | « | «
资金管理情况 | | 情况说明 | 分值 | 得分 | 存在问题和改进措施
^ | 安排科学性 | 分配合理 | 5 | 5 |
^ | 拨付合规性 | 按规定拨付 | 5 | 4 | 加强监控
一级指标 | 三级指标 | 指标值 | 分值 | 得分 | 偏差原因
产出指标 | 甲 | ≥5个 | 50 | 45 | 天气
效益指标 | 乙 | ≥6个 | 40 | 40 |
总分 | « | « | 100 | 94 |
"""


def test_rows_under_a_blank_header_are_named_by_it_and_their_level_has_to_be_seen() -> None:
    """安排科学性 is the name of what is scored; 资金管理情况 beside it is no known level."""
    read = read_form(MANAGED)
    named = [(row.level1, row.name, str(row.score)) for row in read.form.indicators]
    assert named == [
        ("资金管理情况", "安排科学性", "5"),
        ("资金管理情况", "拨付合规性", "4"),
        ("产出指标", "甲", "45"),
        ("效益指标", "乙", "40"),
    ]
    skeleton = analyse(read.region, standard())
    roles = {slot.number: slot.role for slot in read.template.slots if slot.role is not None}
    assert "/indicators/0/level1" in draft(read.region, skeleton, roles, standard()).missing


def test_a_second_organisation_is_kept_beside_the_first() -> None:
    """主管部门 is the department, 部门名称 goes to the extras: nothing is lost."""
    rows = STANDARD.strip().splitlines()
    rows[1] = "主管部门 | « | 交通局 | « | « | 部门名称 | « | 养护处 | «"
    form = read_form("\n".join(rows), "项目支出绩效自评表").form
    assert form.supervising_department == "交通局"
    assert ("部门名称", "养护处") in [(extra.label, extra.text) for extra in form.extras]


def test_two_grades_that_differ_wait_for_a_person() -> None:
    """Which of them is the form's nobody says; the same grade twice is one."""
    rows = STANDARD.strip() + "\n自评结论 | « | 优 | « | « | « | « | « | «\n评价等级 | « | {} | « | « | « | « | « | «"
    differing = read_form(rows.format("良"), "项目支出绩效自评表").extraction
    assert (differing.form.grade, differing.missing) == ("优", ("/grade",))
    assert ("评价等级", "良") in [(extra.label, extra.text) for extra in differing.form.extras]
    same = read_form(rows.format("优"), "项目支出绩效自评表").extraction
    assert (same.form.grade, same.missing) == ("优", ())


@pytest.mark.parametrize(
    ("label", "grade", "extras"), [("评价等级", "良", []), ("复核等级", None, [("复核等级", "良")])]
)
def test_a_grade_beside_a_total_is_the_form_s_under_its_own_label(
    label: str, grade: str | None, extras: list[tuple[str, str]]
) -> None:
    """Under another label it is what somebody else gave."""
    rows = "\n".join(line for line in STANDARD.strip().splitlines() if not line.startswith("总分"))
    form = read_form(f"{rows}\n自评得分 | « | « | 98 | « | {label} | « | 良 | «", "项目支出绩效自评表").form
    assert (form.grade, [(extra.label, extra.text) for extra in form.extras]) == (grade, extras)


@pytest.mark.parametrize(
    ("heading", "year", "unread"),
    [
        (("项目支出绩效自评表（2025年3月填报）",), None, ()),
        (("2024年度项目支出绩效自评表（2025年3月填报）",), None, ("/fiscal_year",)),
        (("2025年项目支出绩效自评表", "（2024年度）"), None, ("/fiscal_year",)),
        (("2024年项目支出绩效自评表", "（2024年度）"), 2024, ()),
        (("2024年12月项目支出绩效自评表",), 2024, ()),
    ],
)
def test_a_date_of_filling_in_and_two_years_are_no_year(
    heading: tuple[str, ...], year: int | None, unread: tuple[str, ...]
) -> None:
    """The line under the title contradicts it: a person says which."""
    extraction = read_form(STANDARD, *heading).extraction
    assert (extraction.form.fiscal_year, extraction.unread) == (year, unread)


def test_a_label_over_one_other_is_a_nested_header_beside_headers_as_high_as_both() -> None:
    """自评 over 得分 beside 复评 over 得分: the indicators are read, the second score is kept as what it is."""
    grid = """
项目名称 | 道路养护 | « | « | « | «
一级指标 | 三级指标 | 年度指标值 | 分值 | 自评 | 复评
^ | ^ | ^ | ^ | 得分 | 得分
产出指标 | 修路条数 | ≥5条 | 60 | 53 | 52
效益指标 | 通行率 | ≥90% | 40 | 40 | 39
总分 | « | « | 100 | 93 | 91
"""
    form = read_form(grid, "项目支出绩效自评表").form
    assert [(row.name, row.weight, row.score) for row in form.indicators] == [
        ("修路条数", Decimal(60), Decimal(53)),
        ("通行率", Decimal(40), Decimal(40)),
    ]
    assert [[extra.text for extra in row.extras] for row in form.indicators] == [["52"], ["39"]]
    assert (form.total_weight, form.total_score) == (Decimal(100), Decimal(93))
