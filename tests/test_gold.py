"""Labels: their arithmetic, and that they are the published report's own characters, none more and none less."""

import json
from collections import Counter
from decimal import Decimal
from itertools import groupby
from pathlib import Path

import pytest

from eval.gold import Case, Reports, contradictions, load, main, prove, reports
from schemas.errors import UsageError
from schemas.form import FundLine, IndicatorRow, SelfEvaluation

JIADING = Path(__file__).parents[1] / "eval" / "data" / "jiading-2024"

FURNITURE = (
    "财政项目支出绩效自评表（2024年度）项目名称主管部门实施单位项目资金（万元）"
    "年初预算数全年预算数全年执行数分数执行率(%)得分年度资金总额：其中：当年财政拨款上年结转资金其他资金"
    "年度总体目标预期目标实际完成情况一级指标二级指标三级指标年度指标值实际完成值分值得分"
    "偏差原因分析及改进措施总分评分等级"
)
"""What every form of the report prints besides its values, typed from the first one."""


def joined(text: str) -> str:
    """Text without its whitespace."""
    return "".join(text.split())


@pytest.fixture(scope="module")
def cases() -> tuple[Case, ...]:
    """The labels of the published report."""
    return load(JIADING)


@pytest.fixture(scope="module")
def sections() -> tuple[str, ...]:
    """The report's text cut at each form's title, whitespace removed."""
    title = "财政项目支出绩效自评表"
    text = joined((JIADING / "report.txt").read_text(encoding="utf-8"))
    return tuple(title + part for part in text.split(title)[1:])


def money(value: Decimal | None) -> str:
    """A fund cell as printed."""
    return "-" if value is None else f"{value:,}"


def fund_cells(fund: FundLine) -> list[str]:
    """The six cells behind a fund label, as printed."""
    amounts = (fund.initial_budget, fund.adjusted_budget, fund.executed)
    return [money(number) for number in (*amounts, fund.weight, fund.execution_rate, fund.score)]


def row_text(row: IndicatorRow) -> str:
    """The cells of an indicator row behind its levels, as printed."""
    assert row.name
    assert row.target
    assert row.actual
    return joined(f"{row.name}{row.target.text}{row.actual.text}{row.weight}{row.score}")


def levels(form: SelfEvaluation) -> list[str]:
    """Each level label once over the rows that it is merged over, in the order of a table's cells."""
    said: list[str] = []
    for level1, rows in groupby(form.indicators, key=lambda row: row.level1):
        said.append(level1 or "")
        said += [level2 or "" for level2, _ in groupby(rows, key=lambda row: row.level2)]
    return said


def texts(form: SelfEvaluation) -> list[str]:
    """The values of a form's own fields that are words."""
    fields = (
        form.project_name,
        form.supervising_department,
        form.implementing_unit,
        form.expected_goal,
        form.actual_achievement,
        form.grade,
    )
    return [field or "" for field in fields]


def test_the_folder_holds_what_was_published(cases: tuple[Case, ...]) -> None:
    """18 forms, 150 indicator rows and 72 fund lines are labelled."""
    proof = prove(cases)
    assert (proof.forms, proof.indicator_rows, proof.fund_lines) == (18, 150, 72)


@pytest.mark.parametrize("code", ["weights", "scores", "adjusted_budget_parts", "executed_parts"])
def test_sums_hold_in_every_form(cases: tuple[Case, ...], code: str) -> None:
    """Weights, scores, adjusted and executed parts add up exactly, 18 of 18."""
    equations = [equation for equation in prove(cases).equations if equation.code == code]
    assert [equation.manners for equation in equations] == [("exact",)] * 18


def test_four_initial_budgets_are_not_the_sum_of_their_parts(cases: tuple[Case, ...]) -> None:
    """The report contradicts itself in four forms, by these amounts, and nowhere else."""
    failed = [equation for equation in prove(cases).equations if not equation.manners]
    assert [(wrong.code, wrong.position, wrong.printed, Decimal(wrong.computed)) for wrong in failed] == [
        ("initial_budget_parts", 7, "70.00", Decimal("74.85")),
        ("initial_budget_parts", 13, "47.45", Decimal("59.31")),
        ("initial_budget_parts", 16, "265.01", Decimal("268.89")),
        ("initial_budget_parts", 17, "22.00", Decimal("18.90")),
    ]


def test_rates_are_truncated_and_budget_scores_rounded(cases: tuple[Case, ...]) -> None:
    """Every rate is the quotient cut at two decimals; every budget score is rounded."""
    proof = prove(cases)
    assert sum("truncated" in equation.manners for equation in proof.of("execution_rate")) == 72
    assert sum("rounded" in equation.manners for equation in proof.of("budget_score")) == 18
    assert sum("rounded" in equation.manners for equation in proof.of("execution_rate")) < 72


def test_the_folder_states_what_the_proof_finds(cases: tuple[Case, ...]) -> None:
    """reports.json and the labels agree."""
    assert contradictions(prove(cases), reports(JIADING)) == ()


def test_every_character_of_the_report_is_labelled_once(
    cases: tuple[Case, ...],
    sections: tuple[str, ...],
) -> None:
    """A form's printed characters are its labels and the furniture of the table: none is over, none is missing."""
    assert len(sections) == 18
    for case, section in zip(cases, sections, strict=True):
        form = case.form
        funds = [cell for fund in form.funds for cell in fund_cells(fund)]
        totals = [str(form.total_weight), str(form.total_score)]
        rows = [row_text(row) for row in form.indicators]
        labelled = joined("".join([FURNITURE, *texts(form), *levels(form), *funds, *rows, *totals]))
        assert Counter(section) == Counter(labelled), case.name


def test_labels_stand_in_the_report_in_their_order(
    cases: tuple[Case, ...],
    sections: tuple[str, ...],
) -> None:
    """Names, fund rows, goals, indicator rows and totals are found unbroken, one after the other."""
    for case, section in zip(cases, sections, strict=True):
        form = case.form
        pieces = [f"项目名称{form.project_name}", f"主管部门{form.supervising_department}"]
        pieces.append(f"实施单位{form.implementing_unit}")
        pieces += [
            fund.label + ("：" if fund.source == "total" else "") + "".join(fund_cells(fund)) for fund in form.funds
        ]
        pieces += [f"实际完成情况{form.expected_goal}{form.actual_achievement}一级"]
        pieces += [row_text(row) for row in form.indicators]
        pieces += [f"总分{form.total_weight}{form.total_score}", f"评分等级{form.grade}"]
        at = 0
        for piece in pieces:
            found = section.find(joined(piece), at)
            assert found >= 0, (case.name, piece)
            at = found + len(joined(piece))
        assert at == len(section), case.name


def test_level_labels_stand_before_their_first_row(cases: tuple[Case, ...], sections: tuple[str, ...]) -> None:
    """Between two rows the report prints the labels that change there, but for three cut by a page's end."""
    cut = {}
    for case, section in zip(cases, sections, strict=True):
        at = section.index("偏差原因分析及改进措施") + len("偏差原因分析及改进措施")
        level1 = level2 = None
        for position, row in enumerate(case.form.indicators):
            found = section.index(row_text(row), at)
            expected = row.level1 or "" if row.level1 != level1 else ""
            expected += row.level2 or "" if (row.level1, row.level2) != (level1, level2) else ""
            if section[at:found] != expected:
                cut[case.form_index, position] = section[at:found]
            level1, level2 = row.level1, row.level2
            at = found + len(row_text(row))
        rest = section[at : section.index("总分", at)]
        if rest:
            cut[case.form_index, len(case.form.indicators)] = rest
    assert cut == {
        (2, 3): "效益社会",
        (2, 4): "指标效益指标",
        (5, 10): "满意度指服务对象",
        (5, 11): "标满意度指标",
        (14, 7): "满意度指标服务对象满意",
        (14, 8): "度指标",
    }


def test_quantities_hold_their_own_text(cases: tuple[Case, ...]) -> None:
    """Operator, value and unit are the text, brackets aside, or all three are absent."""
    for case in cases:
        for row in case.form.indicators:
            for quantity in (row.target, row.actual):
                assert quantity
                if quantity.value is None:
                    assert (quantity.operator, quantity.unit) == (None, None)
                else:
                    bare = quantity.text.replace("(", "").replace(")", "")
                    assert bare == f"{quantity.operator or ''}{quantity.value}{quantity.unit or ''}"


def test_cells_that_are_no_quantity_stay_text(cases: tuple[Case, ...]) -> None:
    """Exactly these cells hold a digit and yet are words: dates, terms, sentences."""
    words = {
        quantity.text
        for case in cases
        for row in case.form.indicators
        for quantity in (row.target, row.actual)
        if quantity and quantity.value is None and any(character.isdigit() for character in quantity.text)
    }
    assert words == {"11月 30日前", "收到收据后30个工作日内", "全区 12街镇均有指标上屏"}


def small_form(**changes: object) -> Case:
    """A form of one indicator whose numbers hold, but for `changes`."""
    fields: dict[str, object] = {
        "funds": [
            {
                "source": "total",
                "label": "合计",
                "adjusted_budget": "3.0",
                "executed": "2.0",
                "weight": "10",
                "execution_rate": "66.6",
                "score": "6.7",
            },
            {"source": "fiscal", "label": "财政", "adjusted_budget": "3.0", "executed": "2.0"},
        ],
        "indicators": [{"name": "a", "weight": "90", "score": "90"}],
        "total_weight": "100",
        "total_score": "96.7",
    }
    return Case(name="small", documents=(), form_index=0, form=SelfEvaluation.model_validate({**fields, **changes}))


def test_a_wrong_total_is_found() -> None:
    """One point too many in the total is one failed equation, of that kind alone."""
    assert prove([small_form()]).failures() == {}
    assert prove([small_form(), small_form(total_score="97.7")]).failures() == {"scores": (1,)}


def test_sums_are_exact_not_rounded() -> None:
    """A sum that agrees only after rounding does not hold."""
    rows = [{"name": "a", "weight": "90.4", "score": "90"}]
    assert prove([small_form(indicators=rows)]).failures() == {"weights": (0,)}


def test_the_points_of_a_level_are_the_sum_of_the_weights_below_it() -> None:
    """产出指标(90分) over one row of 90 holds, over a second row of 1 it does not; without weights nothing is said."""
    row = {"level1": "产出指标", "level1_weight": "90", "name": "a", "weight": "90", "score": "90"}
    assert prove([small_form(indicators=[row])]).of("level1_weights")[0].manners == ("exact",)
    more = [row, {**row, "weight": "1", "score": None}]
    assert prove([small_form(indicators=more, total_weight="101")]).failures() == {"level1_weights": (0,)}
    assert prove([small_form(indicators=[{**row, "weight": None}])]).of("level1_weights") == ()


def test_a_rate_may_be_printed_as_a_fraction() -> None:
    """0.666 of 2 in 3 is cut off as 66.6 is; 0.66 % is neither."""
    fund = {"source": "total", "label": "合计", "adjusted_budget": "3.0", "executed": "2.0"}
    rates = [prove([small_form(funds=[{**fund, "execution_rate": rate}])]) for rate in ("0.666", "66.6", "0.60")]
    assert [proof.of("execution_rate")[0].manners for proof in rates] == [("truncated",), ("truncated",), ()]


def test_kinds_of_spending_divide_a_departments_funds_once_more() -> None:
    """Incomes and spendings are two sums of the same total, each held to it alone."""
    labels = {"合计": "total", "财政拨款": "fiscal", "其中：基本支出": "other", "项目支出": "other"}
    money = ("3.0", "3.0", "1.0", "2.0")
    funds = [
        {"source": source, "label": label, "adjusted_budget": number}
        for (label, source), number in zip(labels.items(), money, strict=True)
    ]
    assert prove([small_form(funds=funds, total_score="90", total_weight="90")]).failures() == {}
    assert len(prove([small_form(funds=funds)]).of("adjusted_budget_parts")) == 2
    funds[3]["adjusted_budget"] = "2.5"
    proof = prove([small_form(funds=funds, total_score="90", total_weight="90")])
    assert proof.failures() == {"adjusted_budget_parts": (0,)}


def test_a_case_that_breaks_two_rates_is_stated_once() -> None:
    """Positions are named once, however many equations of a kind fail in a form."""
    fund = {"source": "total", "label": "合计", "adjusted_budget": "3.0", "executed": "2.0", "execution_rate": "50"}
    proof = prove([small_form(funds=[fund, {**fund, "source": "fiscal"}], total_score="90", total_weight="90")])
    assert proof.failures() == {"execution_rate": (0,)}


def test_what_is_not_printed_gives_no_equation() -> None:
    """Absent numbers are not proven: the form without initial budgets has no equation on them."""
    proof = prove([small_form()])
    assert proof.of("initial_budget_parts") == ()
    assert len(proof.of("executed_parts")) == 1


def test_a_difference_from_the_statement_is_said() -> None:
    """A folder that states one row more, or a failure that is none, contradicts its labels."""
    stated = Reports(documents=(), forms=1, indicator_rows=2, fund_lines=2, known_failures={"weights": (0,)})
    assert contradictions(prove([small_form()]), stated) == (
        "1 indicator rows, stated 2",
        "weights fails in cases [], stated [0]",
    )


def test_a_label_of_an_unlisted_report_is_refused(tmp_path: Path) -> None:
    """A label may not name a document that the folder does not list."""
    listed = {"documents": [], "forms": 1, "indicator_rows": 0, "fund_lines": 0, "known_failures": {}}
    (tmp_path / "reports.json").write_text(json.dumps(listed), encoding="utf-8")
    (tmp_path / "gold").mkdir()
    label = {"document_index": 0, "form_index": 0, "form": {}}
    (tmp_path / "gold" / "form-00.json").write_text(json.dumps(label), encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        load(tmp_path)
    assert caught.value.code == "gold.unknown_document"


def test_the_command_proves_the_published_labels(capsys: pytest.CaptureFixture[str]) -> None:
    """`python -m eval.gold` ends with 0, and with 2 for a folder without labels."""
    assert main([str(JIADING)]) == 0
    assert "initial_budget_parts   14/18" in capsys.readouterr().out
    assert main([str(JIADING / "gold")]) == 2
