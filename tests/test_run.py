"""What becomes of a form whose columns nobody knows, of one without results, and of a table of targets."""

from pathlib import Path

import pytest
from handmade import region_of

from pipeline.mapping.lexicon import Lexicon, standard
from pipeline.mapping.settle import Example, settle
from pipeline.mapping.skeleton import analyse
from pipeline.results import is_titled
from pipeline.run import Understood, Ways, finish, understand
from schemas.reading import Reading, Role
from schemas.run import DocumentInfo, Outcome, Run

FORM = """
项目名称 | 道路养护 | « | «
项目资金 | « | « | «
一级指标 | 三级指标 | 年度指标值 | {last}
产出指标 | 修路 | ≥5条 | {first}
效益指标 | 通行 | ≥90% | {second}
"""
DOCUMENT = DocumentInfo(path="a.pdf", sha256="0" * 64, media_type="application/pdf", pages=1)


def outcome(  # noqa: PLR0913 - what a form prints, and who reads it
    title: str,
    last: str,
    *,
    first: str = "5条",
    second: str = "95%",
    said: tuple[Role, float] | None = None,
    lexicon: Lexicon | None = None,
) -> Outcome:
    """The outcome of a file with one such form; `said` is what a model reads in the last column's header."""
    words = lexicon or standard()
    region = region_of(FORM.format(last=last, first=first, second=second), title)
    form = Example(region, analyse(region, words))
    slots = [slot.number for slot in form.skeleton.slots if slot.text == last]
    model = {slots[0]: Reading(source="model", role=said[0], probability=said[1])} if said else {}
    template = settle([form], model, words)
    return finish(Understood(DOCUMENT, (form,)), {template.key: template}, Ways(words, "zh"), digest="d").file.outcome


def test_a_column_that_nobody_knows_may_hold_the_results() -> None:
    """Targets and a column of unknown words: a form, and a person has to see it; never dropped as targets alone."""
    assert outcome("项目支出绩效自评表", "落实到什么地步") == "read"
    assert outcome("某表", "落实到什么地步") == "read"


def test_targets_alone_are_told_where_every_column_was_read() -> None:
    """The last column is known to be a remark."""
    assert outcome("项目支出绩效自评表", "备注") == "target_only"


@pytest.mark.parametrize(
    ("said", "found"), [(("actual", 0.72), "target_only"), (("actual", 0.97), "read"), (None, "target_only")]
)
def test_under_a_title_of_targets_a_model_must_be_sure(said: tuple[Role, float] | None, found: Outcome) -> None:
    """A town's name over its targets is taken for results by a model that is not sure."""
    assert outcome("项目支出绩效目标表", "石阶街道办", said=said) == found


def test_a_form_without_results_is_unfilled_where_its_columns_were_read() -> None:
    """The known column is blank: unfilled. A blank column that nobody knows proves nothing."""
    assert outcome("项目支出绩效自评表", "实际完成值", first="", second="") == "unfilled"
    assert outcome("项目支出绩效自评表", "落实到什么地步", first="", second="") == "read"
    assert outcome("项目支出绩效自评表", "落实到什么地步", first="", second="", said=("actual", 0.9)) == "unfilled"


TWO_TABLES = """
项目名称 | « | 道路 | « | « | «
一级指标 | 二级指标 | 三级指标 | 年度指标值 | 计量单位 | 备注
产出指标 | 数量指标 | 甲 | ≥5 | 个 | 重点
效益指标 | 社会效益指标 | 乙 | ≥6 | 个 | 重点
自评情况如下各表所示，请对照填写完成 | « | « | « | « | «
一级指标 | 三级指标 | 年度指标值 | 实际完成值 | 分值 | 得分
产出指标 | 甲 | ≥5个 | 5个 | 60 | 55
效益指标 | 乙 | ≥6个 | 6个 | 40 | 40
总分 | « | « | « | 100 | 95
"""
NAMELESS = """
项目名称 | 道路 | « | « | «
一级指标 | 三级指标 | 年度指标值 | | 备注
产出指标 | 甲 | ≥5个 | 5个 | 好
效益指标 | 乙 | ≥5个 | 5个 | 好
"""
BANDED = """
项目名称 | « | 道路 | « | « | «
项目资金（万元） | | 全年预算数 | 全年执行数 | 分值 | 得分
^ | 年度资金总额 | 50.00 | 40.00 | 10 | 8
^ | 其中：财政拨款 | 50.00 | 40.00 | |
二级指标 | 三级指标 | 年度指标值 | 实际完成值 | 分值 | 得分
产出指标（50分） | « | « | « | « | «
数量指标 | 甲 | ≥5个 | 5个 | 50 | 45
{band} | « | « | « | « | «
社会效益指标 | 乙 | ≥5个 | 5个 | 40 | 40
{after}总分 | « | « | « | 100 | 93
"""
UNFILLED = """
项目名称 | « | 道路 | « | « | «
序号 | 指标名称 | 绩效目标值 | 实际完成值 | 标准分 | 得分
一、产出指标（50分） | « | « | « | « | «
1 | | | | |
2 | | | | |
二、效益指标（50分） | « | « | « | « | «
3 | | | | |
合计 | « | « | « | |
"""
MONITORED = """
项目名称 | « | 道路 | « | « | « | « | «
项目资金（万元） | « | | 年初预算数 | {part}执行数 | 执行率 | « | 全年预计执行数
^ | « | 年度资金总额 | 50.00 | 40.00 | 80% | « | 50.00
一级指标 | 二级指标 | 三级指标 | 年度指标值 | {part}完成值 | 预计完成 | 原因分析 | 备注
产出指标 | 数量指标 | 甲 | ≥5个 | 5个 | 6个 | 无 | 好
效益指标 | 社会效益指标 | 乙 | ≥5个 | 4个 | 5个 | 慢 | 好
"""
STANDARDS = """
一级指标 | 二级指标 | 三级指标 | 分值 | 指标解释 | 评分标准
产出指标 | 数量指标 | 甲 | 60 | 数量 | 按比例得分
效益指标 | 社会效益指标 | 乙 | 40 | 影响 | 按比例得分
合计 | | | 100 | |
"""
SIGNED = """自评人员 | « | « | « | « | «
经手人 | 张三 | 复核人 | 李四 | |
"""


def known_run(grid: str, title: str = "项目支出绩效自评表") -> Run:
    """A form in which a model says with 0.95 what the known words say of each label, whatever stands above it."""
    words = standard()
    region = region_of(grid, title)
    form = Example(region, analyse(region, words))
    model = {
        slot.number: Reading(source="model", role=role, probability=0.95)
        for slot in form.skeleton.slots
        if (role := words.role(slot.section, slot.text.rpartition(" / ")[2])) is not None
    }
    template = settle([form], model, words)
    return finish(Understood(DOCUMENT, (form,)), {template.key: template}, Ways(words, "zh"), digest="d")


@pytest.mark.parametrize(
    ("part", "title", "found"),
    [
        ("1—9月", "项目支出绩效情况表", "no_form"),
        ("1至7月", "", "no_form"),
        ("上半年", "", "no_form"),
        ("", "项目支出绩效运行监控表", "no_form"),
        ("1-12月", "项目支出绩效情况表", "read"),
        ("", "项目支出绩效情况表", "read"),
        ("1—9月", "项目支出绩效自评表", "read"),
        ("", "绩效运行监控项目支出绩效自评表", "read"),
    ],
)
def test_a_form_about_a_part_of_the_year_is_no_evaluation(part: str, title: str, found: Outcome) -> None:
    """Its title says monitoring, or its headers name months that end before December."""
    assert known_run(MONITORED.format(part=part), title).file.outcome == found


WHOLE_YEAR = """
项目名称 | « | 道路 | « | « | «
一级指标 | 三级指标 | 年度指标值 | {first} | {last} | 偏差原因
产出指标 | 甲 | ≥5个 | 3个 | 6个 | 无
效益指标 | 乙 | ≥6个 | 2个 | 7个 | 无
"""


@pytest.mark.parametrize(
    ("first", "last", "found"),
    [
        ("上半年完成值", "全年完成值", "read"),
        ("一季度完成值", "实际完成值", "read"),
        ("前三季度完成值", "四季度完成值", "read"),
        ("1-9月完成值", "全年预计完成情况", "no_form"),
        ("上半年完成值", "备注", "no_form"),
    ],
)
def test_a_part_of_the_year_beside_the_whole_year_hides_no_form(first: str, last: str, found: Outcome) -> None:
    """What was done by June stands beside what was done by December; a forecast is nothing done."""
    assert known_run(WHOLE_YEAR.format(first=first, last=last), "项目支出绩效情况表").file.outcome == found


@pytest.mark.parametrize(
    ("heading", "found"),
    [
        (("我单位加强绩效运行监控，强化结果应用", "2024年度项目支出绩效情况表"), "read"),
        (("2024年城市桥梁运行监控项目绩效情况表",), "read"),
        (("2024年度项目支出绩效情况表", "项目名称：绩效监控平台"), "read"),
        (("2024年度绩效监控平台建设项目绩效评价表",), "read"),
        (("2024年度绩效运行监控情况表", "填报单位：建设局"), "no_form"),
    ],
)
def test_only_a_title_tells_of_monitoring(heading: tuple[str, ...], found: Outcome) -> None:
    """Prose above a form and a project's name may speak of it as well."""
    words = standard()
    region = region_of(WHOLE_YEAR.format(first="备注", last="实际完成值"), *heading)
    form = Example(region, analyse(region, words))
    template = settle([form], {}, words)
    run = finish(Understood(DOCUMENT, (form,)), {template.key: template}, Ways(words, "zh"), digest="d")
    assert run.file.outcome == found


def test_a_form_that_scores_the_whole_year_under_a_title_of_monitoring_is_seen() -> None:
    """With months in its headers it is monitoring all the same."""
    scored = MONITORED.replace("备注", "得分").replace("好", "50")
    assert known_run(scored.format(part="全年"), "绩效监控表").file.outcome == "read"
    assert known_run(scored.format(part="1—9月"), "绩效监控表").file.outcome == "no_form"


def test_a_column_of_numbers_that_only_a_model_puts_aside_may_hold_the_scores() -> None:
    """Neither targets nor results are known: a person looks before a form is dropped."""
    grid = STANDARDS.replace("评分标准", "打出多少").replace("按比例得分", "40").replace("合计 | | | 100 | |\n", "")
    words = standard()
    region = region_of(grid, "绩效评价指标表")
    form = Example(region, analyse(region, words))
    slot = next(slot for slot in form.skeleton.slots if slot.text == "打出多少")
    template = settle([form], {slot.number: Reading(source="model", role="extra", probability=0.95)}, words)
    run = finish(Understood(DOCUMENT, (form,)), {template.key: template}, Ways(words, "zh"), digest="d")
    assert run.file.outcome == "read"


def test_months_do_not_hide_a_form_that_scores_what_it_reached() -> None:
    """An evaluation made in November is one."""
    scored = MONITORED.format(part="1-11月").replace("备注", "得分").replace("好", "50")
    assert known_run(scored, "").file.outcome == "read"


def test_indicators_with_their_standards_only_are_no_form() -> None:
    """Neither what was wanted nor what was reached; under an evaluation's title a person has to see them."""
    assert known_run(STANDARDS, "绩效评价指标体系").file.outcome == "no_form"
    assert known_run(STANDARDS).file.outcome == "read"


def test_an_unfilled_form_with_its_levels_over_the_whole_width_is_unfilled() -> None:
    """No number under the headers says that the table goes on below a level; the headers are known."""
    assert known_run(UNFILLED).file.outcome == "unfilled"


RESULTS_OF_OTHERS = """
项目名称 | 道路 | « | « | «
一级指标 | 三级指标 | 年度指标值 | {header} | 备注
产出指标 | 甲 | ≥5个 | {value} | 好
效益指标 | 乙 | ≥5个 | {value} | 好
{after}"""


@pytest.mark.parametrize("header", ["完成率", "复核得分"])
def test_results_that_are_no_field_are_results_and_a_person_looks(header: str) -> None:
    """The only column of results goes to the extras: the form is not dropped as targets, and a person has to see it."""
    found = known_run(RESULTS_OF_OTHERS.format(header=header, value="100", after=""))
    assert found.file.outcome == "read"
    assert [(record.status, record.form.indicators[0].extras[0].text) for record in found.forms] == [("review", "100")]
    assert known_run(RESULTS_OF_OTHERS.format(header=header, value="", after="")).file.outcome == "unfilled"


@pytest.mark.parametrize(
    ("after", "outcome"),
    [
        ("总分 | « | « | 95 |", "read"),
        ("评价等级 | 优 | « | « | «", "read"),
        ("年度总体目标完成情况综述 | 修了五条路，通行改善 | « | « | «", "read"),
        ("年度总体目标完成情况综述 | | « | « | «", "unfilled"),
        ("年度总体目标完成情况综述 | （对照目标逐条填写，500字以内） | « | « | «", "unfilled"),
        ("总分 | « | « | 100 |", "unfilled"),
        ("", "unfilled"),
    ],
)
def test_results_outside_the_table_of_indicators_are_no_blank_form(after: str, outcome: Outcome) -> None:
    """The column of results is blank, but points were summed up, a grade given or an achievement told."""
    grid = RESULTS_OF_OTHERS.format(header="实际完成值", value="", after=after)
    assert known_run(grid).file.outcome == outcome


@pytest.mark.parametrize(("said", "outcome"), [("权重", "unfilled"), ("修了五条路，群众出行改善。", "read")])
def test_a_model_s_word_alone_tells_of_an_achievement_only_before_a_sentence(said: str, outcome: Outcome) -> None:
    """It takes a header that nobody knows for one as well."""
    words = standard()
    grid = RESULTS_OF_OTHERS.format(header="完成率", value="", after=f"落实到哪里 | {said} | « | « | «")
    form = Example(region := region_of(grid, "项目支出绩效自评表"), analyse(region, words))
    model = {}
    for slot in form.skeleton.slots:
        role = "actual_achievement" if slot.text == "落实到哪里" else words.role(slot.section, slot.text)
        if role is not None:
            model[slot.number] = Reading(source="model", role=role, probability=0.95)
    template = settle([form], model, words)
    run = finish(Understood(DOCUMENT, (form,)), {template.key: template}, Ways(words, "zh"), digest="d")
    assert run.file.outcome == outcome


LAST_YEARS = """
项目名称 | « | 道路 | « | « | «
一级指标 | 三级指标 | 上年 | 本年 | « | «
^ | ^ | 实际完成值 | 年度指标值 | 分值 | 得分
产出指标 | 甲 | 4个 | ≥5个 | 60 | 55
效益指标 | 乙 | 5个 | ≥6个 | 40 | 40
总分 | « | « | « | 100 | 95
"""


def test_a_value_under_last_years_heading_is_not_this_years_actual() -> None:
    """The header itself is known as the actual, but what stands above it says 上年."""
    found = known_run(LAST_YEARS).forms[0]
    assert [(reason.code, reason.fields) for reason in found.decision.reasons] == [
        ("layout_proposed", ()),
        ("readings_disagree", ("/indicators/0/actual", "/indicators/1/actual")),
    ]


DATED = """
项目名称 | « | 道路 | « | « | « | «
项目资金（万元） | | 2024年年初预算数 | 2024年执行数 | « | « | 执行率
^ | 年度资金总额 | 50.00 | 40.00 | « | « | 80%
一级指标 | 三级指标 | 2023年完成值 | 2024年目标值 | 2024年完成值 | 分值 | 得分
产出指标 | 甲 | 4个 | ≥5个 | 6个 | 60 | 55
效益指标 | 乙 | 5个 | ≥6个 | 7个 | 40 | 40
总分 | « | « | « | « | 100 | 95
"""


def test_years_in_headers_are_read_by_the_year_of_the_title() -> None:
    """Header words behind the form's own year are known, the value of the year before is put aside."""
    form = known_run(DATED, "2024年度项目支出绩效自评表").forms[0].form
    row = form.indicators[0]
    assert (row.target and row.target.text, row.actual and row.actual.text) == ("≥5个", "6个")
    assert [(extra.label, extra.text) for extra in row.extras] == [("2023年完成值", "4个")]
    fund = form.funds[0]
    found = (fund.initial_budget, fund.executed, fund.execution_rate)
    assert [str(value) for value in found] == ["50.00", "40.00", "80"]


HEADED = """
项目名称 | 道路 | « | 自评得分 | {head} | «
项目资金（万元） | | 全年预算数 | 全年执行数 | 分值 | 得分
^ | 年度资金总额 | 50.00 | 40.00 | 10 | 8
一级指标 | 三级指标 | 年度指标值 | 实际完成值 | 分值 | 得分
产出指标 | 甲 | ≥5个 | 5个 | 50 | 45
效益指标 | 乙 | ≥5个 | 5个 | 40 | 40
总分 | « | « | « | 100 | 93
"""


@pytest.mark.parametrize(("head", "lost"), [("93", False), ("94", True)])
def test_a_total_printed_in_the_head_and_below_is_one_if_both_are_the_same(head: str, lost: bool) -> None:  # noqa: FBT001 - a table's column
    """The second print is no lost number; another number is one."""
    found = known_run(HEADED.format(head=head)).forms[0]
    assert str(found.form.total_score) == head
    assert ("numbers_not_conserved" in [reason.code for reason in found.decision.reasons]) == lost


@pytest.mark.parametrize("title", ["2025年度项目支出绩效自评表", "2025年度项目支出绩效评价表"])
def test_a_title_of_the_year_after_does_not_put_a_form_s_values_aside(title: str) -> None:
    """An evaluation made in 2025 tells of 2024: without headers of 2025 nobody knows which year is the form's own."""
    (form,) = known_run(DATED, title).forms
    assert form.status == "review"
    assert [str(row.target and row.target.text) for row in form.form.indicators] == ["≥5个", "≥6个"]


def test_years_over_headers_are_denied_by_the_title_as_well() -> None:
    """2024年 stands over 目标值 and 完成值, and nothing of 2025 beside them."""
    grid = DATED.replace(
        "一级指标 | 三级指标 | 2023年完成值 | 2024年目标值 | 2024年完成值 | 分值 | 得分",
        "一级指标 | 三级指标 | 备注 | 2024年 | « | 分值 | 得分\n^ | ^ | ^ | 目标值 | 完成值 | ^ | ^",
    )
    (form,) = known_run(grid, "2025年度项目支出绩效自评表").forms
    row = form.form.indicators[0]
    assert (row.target and row.target.text, row.actual and row.actual.text) == ("≥5个", "6个")
    assert "readings_disagree" not in {reason.code for reason in form.decision.reasons}


def test_one_layout_with_years_in_its_headers_is_another_one_in_another_year() -> None:
    """2023年完成值 is the last year's value in a form of 2024, and the own one in a form of 2023."""
    keys = {analyse(region_of(DATED, f"{year}年度项目支出绩效自评表"), standard()).key for year in (2023, 2024, 2024)}
    undated = DATED.replace("2023年", "上年").replace("2024年", "")
    same = {analyse(region_of(undated, f"{year}年度项目支出绩效自评表"), standard()).key for year in (2023, 2024, 2024)}
    assert (len(keys), len(same)) == (2, 1)


SUBTOTALS = """
项目名称 | « | 道路 | « | « | «
项目资金（万元） | | 全年预算数 | 全年执行数 | 分值 | 得分
^ | 年度资金总额 | 50.00 | 40.00 | 10 | 8
一级指标 | 三级指标 | 年度指标值 | 实际完成值 | 分值 | 得分
产出指标 | 甲 | ≥5个 | 5个 | 30 | 25
^ | 乙 | ≥5个 | 5个 | 20 | 20
产出指标小计 | « | « | « | 50 | 45
效益指标 | 丙 | ≥5个 | 5个 | 40 | 40
效益指标小计 | « | « | « | 40 | 40
总分 | « | « | « | 100 | 93
"""


def test_sub_totals_part_a_table_and_are_extras_of_the_form() -> None:
    """Rows below the first one are indicators as well; the total is the last row's."""
    form = known_run(SUBTOTALS).forms[0].form
    assert [row.name for row in form.indicators] == ["甲", "乙", "丙"]
    assert [(extra.label, extra.text) for extra in form.extras] == [
        ("产出指标小计 分值", "50"),
        ("产出指标小计 得分", "45"),
        ("效益指标小计 分值", "40"),
        ("效益指标小计 得分", "40"),
    ]
    assert (str(form.total_weight), str(form.total_score)) == ("100", "93")


def test_prose_about_evaluations_is_no_title_of_one() -> None:
    """Accounts below such a sentence are no form; below a title they are one whose indicators are lost."""
    grid = "部门 | 交通局 | «\n资金来源 | 年初预算数 | 决算数\n基本支出 | 10 | 9\n合计 | 10 | 9"

    def is_form(*heading: str) -> bool:
        form = Example(region := region_of(grid, *heading), analyse(region, standard()))
        return is_titled(form, standard().titles)

    assert is_form("项目支出绩效自评表")
    assert not is_form("2023年度支出合计9万元，其中基本支出9万元。绩效自评情况详见附件。")
    assert not is_form("我局按要求开展绩效自评，" * 8)


def test_a_label_behind_the_grade_has_a_value_of_its_own() -> None:
    """自评等级 | 优 | 自评结论 | a sentence: two labels in one row."""
    grid = HEADED.format(head="93").rstrip() + "\n自评等级 | 优 | 自评结论 | 完成较好。 | « | «\n"
    form = known_run(grid).forms[0].form
    assert form.grade == "优"
    assert [(extra.label, extra.text) for extra in form.extras] == [("自评结论", "完成较好。")]


@pytest.mark.parametrize("grid", [TWO_TABLES, NAMELESS])
def test_results_in_a_second_table_or_under_no_header_are_results(grid: str) -> None:
    """The first table, or the headers, tell of targets alone: the form is not dropped."""
    assert known_run(grid).file.outcome == "read"


@pytest.mark.parametrize(
    ("band", "after", "missing"),
    [
        ("效益指标", "", None),
        ("效益指标（40分）", "", None),
        ("以下由主管部门填写", "", "/indicators/1/level1"),
        ("效益指标（40分）", SIGNED, "/indicators/2/level1"),
    ],
)
def test_a_note_over_the_whole_width_is_no_level_that_is_accepted(band: str, after: str, missing: str | None) -> None:
    """A label of no known level and without points may be a note, and what is below it no indicator: a person looks."""
    found = known_run(BANDED.format(band=band, after=after)).forms[0]
    said = [reason.fields for reason in found.decision.reasons]
    assert (found.status, said) == (("accepted", []) if missing is None else ("review", [(missing,)]))


@pytest.mark.parametrize(
    ("last", "closing", "found"),
    [
        ("做到了几成 | 满额 | 所得", "总分 | « | « | « | 100 | 95.5", "read"),
        ("做到了几成 | 满额 | 所得", "合计 | « | « | « | 100 |", "target_only"),
        ("做到了几成 | 权重 | 所得", "合计 | « | « | « | 90 |", "target_only"),
        ("做到了几成 | 满额 | 所得", "合计 | « | « | « | | 95.5", "read"),
        ("做到了几成 | 权重 | 所得", "总分 | « | « | « | 100 | 100", "read"),
        ("做到了几成 | 满额 | 所得", "资金盘子 | « | « | « | 35 |", "target_only"),
        ("做到了几成 | 满额 | 所得", "评价等级 | 优 | « | « | « | «", "read"),
    ],
)
def test_totals_that_only_an_evaluation_has_keep_a_form_under_a_title_of_targets(
    last: str, closing: str, found: Outcome
) -> None:
    """Nobody knows a header of results, but points were earned or a grade was given: a person has to see it."""
    words = standard()
    rows = ("产出指标 | 修路 | ≥5条 | 5条 | 50 | 48", "效益指标 | 通行 | ≥90% | 91% | 50 | 47.5")
    grid = "\n".join(
        ("项目名称 | 道路养护 | « | « | « | «", f"一级指标 | 三级指标 | 年度指标值 | {last}", *rows, closing)
    )
    form = Example(region := region_of(grid, "项目支出绩效目标表"), analyse(region, words))
    said = {  # a model takes any sum for the total of points: that is no known word
        slot.number: Reading(source="model", role="total", probability=0.95)
        for slot in form.skeleton.slots
        if slot.section == "total_row" and words.role("total_row", slot.text) is None
    }
    template = settle([form], said, words)
    run = finish(Understood(DOCUMENT, (form,)), {template.key: template}, Ways(words, "zh"), digest="d")
    assert run.file.outcome == found
    assert [record.status for record in run.forms] == (["review"] if found == "read" else [])


@pytest.mark.parametrize(("noted", "found"), [("", "unfilled"), ("见附件", "read")])
def test_known_columns_of_results_that_are_blank_are_results_that_were_not_filled_in(
    noted: str, found: Outcome
) -> None:
    """Whatever the column before them is; behind them a column that nobody knows may hold the results all the same."""
    words = standard()
    grid = (
        "项目名称 | 道路 | « | « | « | «\n指标名称 | 想做成啥样 | 实际完成情况 | 标准分 | 得分 | 落实到什么地步\n"
        f"产出指标（40分） | « | « | « | « | «\n修路 | 不少 | | 40 | | {noted}\n总分 | « | « | 100 | |"
    )
    form = Example(region := region_of(grid, "项目支出绩效自评表"), analyse(region, words))
    template = settle([form], {}, words)
    run = finish(Understood(DOCUMENT, (form,)), {template.key: template}, Ways(words, "zh"), digest="d")
    assert run.file.outcome == found


@pytest.mark.parametrize(
    ("title", "year", "status"),
    [
        ("2024年度项目支出绩效自评表（2024年）", 2024, "accepted"),
        ("2025年填报2024年度项目支出绩效自评表", None, "review"),
        ("2023-2024年度项目支出绩效自评表", None, "review"),
    ],
)
def test_a_title_with_two_years_gives_none(title: str, year: int | None, status: str) -> None:
    """Which of them the form is of is for a person to say."""
    found = known_run(BANDED.format(band="效益指标", after=""), title).forms[0]
    assert (found.form.fiscal_year, found.status) == (year, status)


def test_a_row_of_points_without_a_name_is_no_indicator_that_is_accepted() -> None:
    """A subtotal of nothing adds up with every total."""
    found = known_run(BANDED.format(band="效益指标", after="小计 | | | | 0 | 0\n")).forms[0]
    missing = [reason.fields for reason in found.decision.reasons if reason.code == "required_missing"]
    assert missing == [("/indicators/2/name",)]


@pytest.mark.parametrize(
    ("title", "columns", "found"),
    [
        ("项目支出绩效自评表", ("实际完成值", "得分"), 1),
        ("绩效自评指标体系", ("指标解释", "评分标准"), 0),
        ("工作进展", ("实际完成值", "得分"), 0),
    ],
)
def test_indicators_alone_are_a_form_under_the_title_of_an_evaluation(
    tmp_path: Path, title: str, columns: tuple[str, str], found: int
) -> None:
    """A name that a line prints in no way that is read loses no form; lists of standards stay none."""
    rows = [("一级指标", "三级指标", "年度指标值", "分值", *columns)]
    rows += [("产出指标", "修路", "≥5条", "60", "5条", "55"), ("效益指标", "通行", "≥90%", "40", "95%", "40")]
    cells = "".join(f"<tr>{''.join(f'<td>{text}</td>' for text in row)}</tr>" for row in rows)
    path = tmp_path / "a.html"
    path.write_text(f"<p>{title}</p><p>项目名称：道路，主管部门：交通局</p><table>{cells}</table>", "utf-8")
    assert len(understand(path, "a.html", Ways(standard(), "zh"), None).forms) == found


def test_labels_under_a_title_of_targets_are_a_table_of_targets(tmp_path: Path) -> None:
    """Where no word of its header is known, no table of indicators is found; under another title it is no form."""
    page = (
        "<h1>{title}</h1><table><tr><td>项目名称</td><td>道路养护</td><td>实施单位</td><td>养护中心</td></tr>"
        "<tr><td>甲类</td><td>乙类</td><td>丙类</td><td>丁类</td></tr>"
        "<tr><td rowspan=2>产出</td><td>数量</td><td>修路</td><td>≥5条</td></tr>"
        "<tr><td>质量</td><td>合格</td><td>好</td></tr></table>"
    )

    def outcome_of(title: str) -> Outcome:
        file = tmp_path / "page.html"
        file.write_text(page.format(title=title), encoding="utf-8")
        ways = Ways(standard(), "zh")
        understood = understand(file, file.name, ways, None)
        templates = {settle([form], {}, standard()).key: settle([form], {}, standard()) for form in understood.forms}
        return finish(understood, templates, ways, digest="d").file.outcome

    assert outcome_of("项目支出绩效目标申报表") == "target_only"
    assert outcome_of("项目情况一览表") == "no_form"
