"""Findings and reasons become sentences with the numbers in them, in both languages, and none lacks its words."""

from decimal import Decimal
from typing import get_args

import pytest

from pipeline.catalogue import Lang, codes
from pipeline.checks import check
from pipeline.checks.wording import name, name_all, render, render_diagnosis, render_reason
from schemas.check import Diagnosis, Finding, RuleCode
from schemas.decision import Reason, ReasonCode
from schemas.extraction import Claim, Extraction, Standing, TokenCell
from schemas.form import FundLine, IndicatorRow, SelfEvaluation

D = Decimal
VALUE = Claim(role="value")
CLAIMED = (TokenCell(cell="p1t1r5c2", tokens=("10",), claims=(VALUE,)),)


def finding_of(form: SelfEvaluation, rule: str, tokens: tuple[TokenCell, ...] = CLAIMED) -> Finding:
    """The first finding of `rule` on a form."""
    extraction = Extraction(form=form, evidence={}, standings={}, tokens=tokens)
    return next(finding for finding in check(extraction).findings if finding.rule == rule)


def money(total: str, part: str) -> SelfEvaluation:
    """A form of one column of money."""
    return SelfEvaluation(
        funds=(
            FundLine(source="total", label="t", initial_budget=D(total)),
            FundLine(source="fiscal", label="f", initial_budget=D(part)),
        ),
    )


def test_wrong_sum_is_told_with_column_both_numbers_and_difference() -> None:
    """The sentence that an accountant reads first."""
    finding = finding_of(money("70.00", "74.85"), "fund_parts_sum")
    assert render(finding, "zh") == "年初预算数：各项资金之和为 74.85，总额印的是 70.00，相差 4.85。"
    assert render(finding, "en") == (
        "initial budget: the parts add up to 74.85, the printed total is 70.00, a difference of 4.85."
    )


@pytest.mark.parametrize(
    ("finding", "part"),
    [
        (finding_of(money("0", "74.85"), "fund_parts_sum"), "总额印的是 0，下面各项资金之和却是 74.85"),
        (finding_of(money("70.00", "70.01"), "fund_parts_sum"), "最多可掩盖 0.01"),
        (
            finding_of(SelfEvaluation(indicators=tuple(IndicatorRow(weight=D(w)) for w in (90, 9))), "weights_sum"),
            "各项分值之和为 99，不是 100，相差 1；表上没有印总分值。",
        ),
        (
            finding_of(SelfEvaluation(indicators=(IndicatorRow(weight=D(90)),), total_weight=D(95)), "weights_sum"),
            "总分值印的是 95，相差 5",
        ),
        (finding_of(SelfEvaluation(indicators=(IndicatorRow(weight=D(90)),)), "weights_sum"), "没有印出"),
        (
            finding_of(SelfEvaluation(indicators=(IndicatorRow(weight=D(5), score=D(6)),)), "score_range"),
            "第 1 个指标的得分为 6，应在 0 与分值 5 之间。",
        ),
        (finding_of(SelfEvaluation(indicators=(IndicatorRow(score=D(-6)),)), "score_range"), "得分不能小于 0"),
        (finding_of(SelfEvaluation(total_score=D(85), grade="优"), "grade_scale"), "总得分 85 应评为“良”"),
        (
            finding_of(SelfEvaluation(indicators=(IndicatorRow(), IndicatorRow(), IndicatorRow())), "scores_sum"),
            "缺少各指标的得分",
        ),
        (
            finding_of(SelfEvaluation(), "numbers_conserved", (TokenCell(cell="p1t1r2c1", tokens=("2",), claims=()),)),
            "单元格：p1t1r2c1",
        ),
    ],
)  # fmt: skip
def test_each_kind_of_finding_has_its_own_sentence(finding: Finding, part: str) -> None:
    """Habits, missing operands, rounding and failures are told apart."""
    assert part in render(finding, "zh")
    assert "{" not in render(finding, "en")


def test_reason_names_its_fields_and_counts_many() -> None:
    """Whole columns are named as one; more than four names are counted."""
    reason = Reason(code="uncovered", fields=tuple(f"/indicators/{at}/weight" for at in range(12)))
    assert render_reason(reason, "zh") == "没有算式能证明：各指标的分值。请对照原页核对。"
    many = tuple(f"/{field}" for field in ("project_name", "grade", "title", "total_score", "total_weight"))
    assert name_all(many, "zh") == "项目名称、评分等级、标题、总得分 等 5 处"
    assert name_all(("/funds/0/score", "/funds/2/score"), "en") == "score of fund row 1, score of fund row 3"
    assert name_all(tuple(f"/funds/{at}/score" for at in range(3)), "en") == "score of the fund rows"


@pytest.mark.parametrize(
    ("pointer", "told"),
    [
        ("/project_name", "项目名称"),
        ("/funds/0/executed", "资金第 1 行的全年执行数"),
        ("/indicators/3/extras/0", "第 4 个指标的其他栏目"),
        ("/extras/2", "其他栏目"),
        ("/indicators", "绩效指标"),
        ("p1t1r2c3", "p1t1r2c3"),
    ],
)
def test_fields_have_names_and_cells_keep_their_ids(pointer: str, told: str) -> None:
    """A pointer is never shown to a person."""
    assert name(pointer, "zh") == told


def test_failed_rule_is_told_in_its_finding_s_own_words() -> None:
    """The reason repeats the finding's sentence; without one it names rule and fields."""
    told = Reason(code="rule_failed", rule="fund_parts_sum", fields=("/funds/0/executed",), message="相差 4.85。")
    assert render_reason(told, "zh") == "相差 4.85。"
    bare = told.model_copy(update={"message": ""})
    assert render_reason(bare, "zh") == "各项资金之和不成立：资金第 1 行的全年执行数。"
    assert "could not be shown" in render_reason(Reason(code="numbers_not_conserved", rule="numbers_conserved"), "en")


def test_diagnosis_says_what_would_have_to_be_what() -> None:
    """Field and number, and how it could have come about."""
    one = Diagnosis(fields=("/total_score",), explained_by="one_digit", would_be=("98.83",))
    assert render_diagnosis(one, "zh") == "可能错了一位数字：总得分 → 98.83。"
    blank = Diagnosis(fields=("/total_score", "/grade"), explained_by="other_reading", would_be=("98", ""))
    assert (
        render_diagnosis(blank, "en")
        == "Under another reading of the layout all equations hold: total score → 98, grade."
    )


@pytest.mark.parametrize("lang", get_args(Lang))
def test_every_code_has_its_words(lang: Lang) -> None:
    """Each rule has a name, each reason and each way of explaining a sentence, each field a name."""
    known = codes(lang)
    wanted = {f"checks.name_{code}" for code in get_args(RuleCode)}
    wanted |= {f"reasons.{code}" for code in get_args(ReasonCode)}
    ways = ("one_digit", "lost_point", "swapped_pair", "shifted_column", "other_reading", "unexplained")
    wanted |= {f"checks.why_{way}" for way in ways}
    records = (SelfEvaluation, FundLine, IndicatorRow)
    wanted |= {f"fields.{field}" for record in records for field in record.model_fields}
    assert wanted - set(known) == set()


def test_both_languages_fill_the_same_holes() -> None:
    """No number is told in one language and lost in the other."""
    chinese, english = codes("zh"), codes("en")
    own = {code for code in chinese if code.partition(".")[0] in {"checks", "reasons", "fields"}}
    different = {code for code in own if code not in english or _numbers(chinese[code]) != _numbers(english[code])}
    assert different == set()


def _numbers(holes: frozenset[str]) -> frozenset[str]:
    return holes & {"printed", "computed", "difference", "slack", "row", "fields", "missing", "unclaimed", "doubled"}


def test_unsettled_standing_does_not_change_the_sentence() -> None:
    """A sentence tells numbers; the verdict stands beside it."""
    form = money("70.00", "74.85")
    certain = {f"/funds/{at}/initial_budget": Standing(state="agreed") for at in (0, 1)}
    report = check(Extraction(form=form, evidence={}, standings=certain, tokens=CLAIMED))
    assert render(report.findings[0], "zh") == render(finding_of(form, "fund_parts_sum"), "zh")
