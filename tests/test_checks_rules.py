"""Each rule, its habits, verdicts and diagnosis, on forms typed from published ones."""

from collections.abc import Mapping
from decimal import Decimal
from typing import cast

import pytest

from pipeline.checks import RULES, check
from pipeline.checks.equations import Amounts, BudgetScore, Within
from schemas.check import CheckReport, Finding, RuleCode
from schemas.evidence import Evidence
from schemas.extraction import Claim, Extraction, Standing, TokenCell
from schemas.form import Extra, FundLine, FundSource, IndicatorRow, Quantity, SelfEvaluation

D = Decimal
COLUMNS = ("initial_budget", "adjusted_budget", "executed", "weight", "execution_rate", "score")
CLAIMED = (TokenCell(cell="p1t1r5c2", tokens=("615.90",), claims=(Claim(role="value"),)),)


def fund(source: str, printed: str) -> FundLine:
    """A fund row from its six cells; `-` is blank."""
    cells = {column: D(text) for column, text in zip(COLUMNS, printed.split(), strict=True) if text != "-"}
    return FundLine(source=cast("FundSource", source), label=source, **cells)


def row(weight: str | None, score: str | None, **fields: object) -> IndicatorRow:
    """An indicator with its points; None is blank."""
    points = {name: None if text is None else D(text) for name, text in (("weight", weight), ("score", score))}
    return IndicatorRow.model_validate({"name": "x", **points, **fields})


def report_form(**changed: object) -> SelfEvaluation:
    """The first form of the published report."""
    points = "10.00 10.00|20.00 20.00|20.00 20.00|10.00 10.00|10.00 9.00|10.00 9.00|10.00 10.00"
    fields: dict[str, object] = {
        "project_name": "政府聘用辅助人员经费",
        "amount_unit": "万元",
        "funds": (
            fund("total", "615.90 615.90 615.14 10.00 99.87 9.99"),
            fund("fiscal", "615.90 615.90 615.14 - 99.87 -"),
            fund("carryover", "0.00 0.00 0.00 - 0.00 -"),
            fund("other", "0.00 0.00 0.00 - 0.00 -"),
        ),
        "indicators": tuple(row(*pair.split()) for pair in points.split("|")),
        "total_weight": D("100.00"),
        "total_score": D("97.99"),
        "grade": "优",
    }
    return SelfEvaluation.model_validate(fields | changed)


def funds_form(*funds: FundLine) -> SelfEvaluation:
    """A form of which only the funds matter."""
    return SelfEvaluation(funds=funds)


def points_form(*rows: IndicatorRow, **fields: object) -> SelfEvaluation:
    """A form of which only the points matter."""
    return SelfEvaluation.model_validate({"indicators": rows, **fields})


def pointers(form: SelfEvaluation) -> list[str]:
    """Every pointer that a rule may speak about."""
    found = [f"/funds/{at}/{column}" for at in range(len(form.funds)) for column in COLUMNS]
    names = ("weight", "score", "level1_weight", "target", "actual")
    found += [f"/indicators/{at}/{name}" for at in range(len(form.indicators)) for name in names]
    return [*found, "/total_weight", "/total_score", "/grade", "/amount_unit"]


def grounded(form: SelfEvaluation, **changed: object) -> Extraction:
    """The form with every field certain."""
    standings = {pointer: Standing(state="agreed") for pointer in pointers(form)}
    return Extraction.model_validate(
        {"form": form, "evidence": {}, "standings": standings, "tokens": CLAIMED} | changed,
    )


def of_rule(report: CheckReport, rule: str) -> Finding:
    """The one finding of `rule`."""
    (finding,) = (finding for finding in report.findings if finding.rule == rule)
    return finding


def rules_of(report: CheckReport) -> list[str]:
    """The rules of all findings."""
    return [finding.rule for finding in report.findings]


def covered(report: CheckReport, rule: str) -> set[str]:
    """What the equations of `rule` cover."""
    return {field for held in report.held if held.rule == rule for field in held.fields}


def test_published_form_holds_and_every_number_is_covered_exactly() -> None:
    """A form without errors has no finding, and no number of it stands unproven."""
    form = report_form()
    report = check(grounded(form))
    assert report.findings == ()
    numbers = {p for p in pointers(form) if not p.endswith(("level1_weight", "target", "actual", "grade", "_unit"))}
    blanks = {f"/funds/{at}/{column}" for at in (1, 2, 3) for column in ("weight", "score")}
    assert report.covered_exactly() == report.covered() == numbers - blanks


# --- fund_parts_sum


def test_parts_that_do_not_add_up_are_the_report_s_own_error() -> None:
    """70.00 above 74.85: printed, computed, slack and fields are named; the verdict is source_discrepancy."""
    report = check(
        grounded(
            funds_form(
                fund("total", "70.00 57.00 56.03 10.00 98.29 9.83"),
                fund("fiscal", "74.85 57.00 56.03 - 98.29 -"),
                fund("carryover", "0.00 0.00 0.00 - 0.00 -"),
            ),
        ),
    )
    finding = of_rule(report, "fund_parts_sum")
    assert (finding.verdict, finding.severity) == ("source_discrepancy", "error")
    assert finding.fields == ("/funds/0/initial_budget", "/funds/1/initial_budget")
    assert (finding.printed, finding.computed, finding.slack) == ("70.00", "74.85", "0.02")
    assert finding.params == {"column": "initial_budget"}
    assert covered(report, "fund_parts_sum") == {
        f"/funds/{at}/{column}" for at in range(3) for column in ("adjusted_budget", "executed")
    }


def test_total_of_zero_above_parts_is_an_error() -> None:
    """A printed total of 0 is wrong like any other number, and stays as printed."""
    form = funds_form(fund("total", "0 0 0 10 0 0"), fund("fiscal", "90 89.974 89.974 - - -"))
    findings = [f for f in check(grounded(form)).findings if f.rule == "fund_parts_sum"]
    assert [(f.printed, f.computed, f.severity) for f in findings] == [
        ("0", "90", "error"),
        ("0", "89.974", "error"),
        ("0", "89.974", "error"),
    ]


def test_sum_within_rounding_is_information_and_no_exact_cover() -> None:
    """7165.29 against 7165.31: five parts of two decimals can hide it; 7165.40 they cannot."""
    parts = [fund("other", f"- {amount} - - - -") for amount in ("3144.00", "570.17", "433.00", "1426.90", "1591.22")]
    report = check(grounded(funds_form(fund("total", "- 7165.31 - - - -"), *parts)))
    finding = of_rule(report, "fund_parts_sum")
    assert (finding.verdict, finding.severity, finding.slack) == (None, "information", "0.05")
    assert "/funds/0/adjusted_budget" in report.covered() - report.covered_exactly()
    broken = check(grounded(funds_form(fund("total", "- 7165.40 - - - -"), *parts)))
    assert of_rule(broken, "fund_parts_sum").severity == "error"


def test_only_printed_parts_count_and_none_means_nothing_to_check() -> None:
    """A blank part is not in the sum; a total without parts gives no finding and no cover."""
    form = funds_form(fund("total", "29 29 27.8 - - -"), fund("fiscal", "29 - 27.8 - - -"), fund("own", "- - - - - -"))
    report = check(grounded(form))
    assert "fund_parts_sum" not in rules_of(report)
    assert "/funds/0/adjusted_budget" not in report.covered()
    assert "/funds/1/executed" in report.covered_exactly()


def test_parts_without_their_total_are_not_checkable() -> None:
    """The missing total is named; without any total row there is nothing to name."""
    form = funds_form(fund("total", "- - - - - -"), fund("fiscal", "12 - - - - -"))
    finding = of_rule(check(grounded(form)), "fund_parts_sum")
    assert (finding.verdict, finding.params["missing"]) == ("not_checkable", "/funds/0/initial_budget")
    assert check(grounded(funds_form(fund("fiscal", "12 - - - - -")))).findings == ()


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (0, 3, 2, 1), (2, 1, 3, 0)])
def test_levels_of_government_may_split_the_fiscal_row(order: tuple[int, ...]) -> None:
    """Fiscal 90 = central 60 + local 30, in any order of the rows; total 100 = fiscal 90 + own 10."""
    rows = (
        fund("total", "100 - - - - -"),
        fund("fiscal", "90 - - - - -"),
        fund("central", "60 - - - - -"),
        fund("local", "30 - - - - -"),
    )
    own = fund("own", "10 - - - - -")
    report = check(grounded(funds_form(*(rows[at] for at in order), own)))
    assert report.findings == ()
    assert report.covered_exactly() == {f"/funds/{at}/initial_budget" for at in range(5)}


def test_levels_beside_the_fiscal_row_are_parts_like_any_other() -> None:
    """Where all rows side by side add up they are parts; where neither reading does, the sum fails."""
    beside = ("fiscal", "40 - - - - -"), ("central", "60 - - - - -")
    good = check(grounded(funds_form(fund("total", "100 - - - - -"), *(fund(*each) for each in beside))))
    assert good.findings == ()
    bad = check(grounded(funds_form(fund("total", "90 - - - - -"), *(fund(*each) for each in beside))))
    assert (of_rule(bad, "fund_parts_sum").printed, of_rule(bad, "fund_parts_sum").computed) == ("90", "100")


def test_several_totals_each_head_their_own_rows() -> None:
    """Two tables of funds one under the other are two sums; what stands above the first total belongs to none."""
    form = funds_form(
        fund("own", "7 - - - - -"),
        fund("total", "10 - - - - -"),
        fund("fiscal", "10 - - - - -"),
        fund("total", "30 - - - - -"),
        fund("fiscal", "20 - - - - -"),
    )
    report = check(grounded(form))
    assert of_rule(report, "fund_parts_sum").fields == ("/funds/3/initial_budget", "/funds/4/initial_budget")
    assert report.covered() == {"/funds/1/initial_budget", "/funds/2/initial_budget"}


# --- execution_rate


@pytest.mark.parametrize(
    ("printed", "holds"),
    [
        ("615.90 615.90 615.14 - 99.87 -", "exact"),  # cut off
        ("615.90 615.90 615.14 - 99.88 -", "exact"),  # rounded
        ("615.90 615.90 615.14 - 99.89 -", "fails"),
        ("264 412.44 330.48 - 80.13 -", "exact"),
        ("29 29 27.8 - 0.958 -", "exact"),  # a fraction, cut off
        ("29 29 27.8 - 0.957 -", "within_rounding"),  # 29 may have been 29.04
        ("29.00 29.00 27.80 - 0.957 -", "fails"),
        ("29 29 29 - 1 -", "exact"),
        ("43.2 43.2 37.24 - 86 -", "exact"),
        ("808.1 808.1 692.98 - 86 -", "exact"),
        ("329.77 329.77 338.31 - 102.59 -", "exact"),
        ("4753.66 4753.66 3824.26 - 100 -", "fails"),
        ("3.0 3.0 2.9 - 96.0 -", "within_rounding"),  # 2.9 / 3.0 is 96.67; 2.86 / 2.98 would be 95.97
        ("0.00 0.00 0.00 - 0.00 -", "exact"),
        ("5 0 3 - 0 -", "fails"),
        ("10 - 5 - 50 -", "exact"),  # no adjusted budget: the initial one
        ("4 4 3 - 1 -", "within_rounding"),  # a fraction without decimals is exact only if it is the quotient
        ("10000 10000 95 - 0.95 -", "exact"),  # below one per cent, in per cent
    ],
)
def test_rate_is_executed_over_budget_as_printed(printed: str, holds: str) -> None:
    """Rounded or cut off, in per cent or as a fraction, above 100 %, over the initial budget where it is alone."""
    report = check(grounded(funds_form(fund("total", printed))))
    failed = [finding for finding in report.findings if finding.rule == "execution_rate"]
    told = {"exact": [], "within_rounding": [(None, "information")], "fails": [("source_discrepancy", "error")]}
    assert [(finding.verdict, finding.severity) for finding in failed] == told[holds]
    assert ("/funds/0/execution_rate" in report.covered_exactly()) is (holds == "exact")
    assert ("/funds/0/execution_rate" in report.covered()) is (holds != "fails")


def test_printed_percent_sign_rules_the_fraction_out() -> None:
    """1% of a budget fully spent is wrong, although 1 as a fraction would be right."""
    form = funds_form(fund("total", "29 29 29 - 1 -"))
    proof = Evidence(spans=(), cell_text="1%", text="1%")
    report = check(grounded(form, evidence={"/funds/0/execution_rate": proof}))
    assert of_rule(report, "execution_rate").computed == "100"
    plain = Evidence(spans=(), cell_text="1", text="1")
    assert check(grounded(form, evidence={"/funds/0/execution_rate": plain})).findings == ()


def test_zero_over_zero_is_not_checkable_unless_zero_is_printed() -> None:
    """100 printed for 0 / 0 is neither right nor wrong: it stays uncovered."""
    report = check(grounded(funds_form(fund("total", "0 0 0 - 100 -"))))
    finding = of_rule(report, "execution_rate")
    assert (finding.verdict, finding.severity) == ("not_checkable", "information")
    assert "/funds/0/execution_rate" not in report.covered()
    negative = check(grounded(funds_form(fund("total", "-5 -5 -5 - 100 -"))))
    assert of_rule(negative, "execution_rate").verdict == "not_checkable"


def test_rate_without_amounts_names_what_is_missing() -> None:
    """A rate whose executed amount is blank cannot be checked; nor one whose amount was unread."""
    form = funds_form(fund("total", "264 264 - - 80.13 -"))
    assert of_rule(check(grounded(form)), "execution_rate").params["missing"] == "/funds/0/executed"
    lost = funds_form(fund("total", "264 - 200 - 80.13 -"))
    report = check(grounded(lost, unread=("/funds/0/adjusted_budget",)))
    assert of_rule(report, "execution_rate").params["missing"] == "/funds/0/adjusted_budget"


def test_rate_does_not_prove_decimals_it_cannot_see() -> None:
    """A rate of two decimals sees every unit of 3.00 but not of 615.90, and no budget behind 0 executed."""
    large = check(grounded(funds_form(fund("total", "- 615.90 615.14 - 99.87 -"))))
    assert "/funds/0/executed" in large.covered() - large.covered_exactly()
    small = check(grounded(funds_form(fund("total", "- 3.00 2.98 - 99.33 -"))))
    assert {"/funds/0/executed", "/funds/0/adjusted_budget"} <= small.covered_exactly()
    nothing = check(grounded(funds_form(fund("total", "- 3.00 0.00 - 0.00 -"))))
    assert nothing.covered() == {"/funds/0/executed", "/funds/0/execution_rate"}


# --- budget_score


@pytest.mark.parametrize(
    ("printed", "habit"),
    [
        ("615.90 615.90 615.14 10.00 99.87 9.99", None),
        ("431.10 417.42 417.25 10.00 99.95 10.00", None),  # 9.995 rounded
        ("264 412.44 330.48 10 80.13 8", None),
        ("43.2 43.2 37.24 10 86 9", None),  # 8.62 rounded to a whole point
        ("29 29 27.8 9 0.958 8", None),  # 8.62 cut off to a whole point
        ("329.77 329.77 338.31 10 102.59 10", None),  # capped
        ("100 100 96 10 96 10.0", "full_marks"),
        ("329.77 329.77 338.31 10 102.59 10.26", "uncapped"),
        ("615.90 615.90 615.14 10.00 99.87 9.87", "fails"),
        ("43.2 43.2 37.24 10 86 8.62", None),  # from the amounts, not from the rounded rate
        ("3.00 2.98 2.95 10 - 9.9", None),  # no rate printed: from the amounts
        ("3.00 2.98 2.95 10 - 9.0", "fails"),
        ("3.00 3.00 3.00 10 - 10", None),
        ("3.00 2.98 2.95 10 - 10.0", "full_marks"),
        ("0 0 0 10 0 0", None),
        ("0 0 0 10 0 5", "fails"),
    ],
)
def test_budget_score_is_weight_times_rate(printed: str, habit: str | None) -> None:
    """At most the weight, rounded or cut off; a published band or a missing cap is named as a habit."""
    findings = [f for f in check(grounded(funds_form(fund("total", printed)))).findings if f.rule == "budget_score"]
    if habit is None:
        assert findings == []
    else:
        (finding,) = findings
        assert finding.severity == "warning"
        assert finding.params.get("habit", "fails") == habit


def test_score_of_a_rounded_rate_holds_within_rounding() -> None:
    """8.62 of 10 points for a printed 86 %: the rate may have been 86.2 %; 8.90 cannot be."""
    form = funds_form(fund("total", "- - - 10.00 86 8.62"))
    report = check(grounded(form))
    finding = of_rule(report, "budget_score")
    assert (finding.verdict, finding.severity, finding.printed, finding.computed) == (
        None,
        "information",
        "8.62",
        "8.60",
    )
    assert {"/funds/0/score", "/funds/0/execution_rate"} <= report.covered() - report.covered_exactly()
    broken = check(grounded(funds_form(fund("total", "- - - 10.00 86 8.90"))))
    assert of_rule(broken, "budget_score").severity == "warning"


def test_capped_rate_and_weight_of_nothing_are_not_covered() -> None:
    """Full marks prove no rate above 100 %, and 0 points prove no weight."""
    above = check(grounded(funds_form(fund("total", "- - - 10 102.59 10"))))
    assert above.covered() == {"/funds/0/score", "/funds/0/weight"}
    nothing = check(grounded(funds_form(fund("total", "- - - 10 0 0"))))
    assert nothing.covered() == {"/funds/0/score", "/funds/0/execution_rate"}


def test_score_of_a_budget_of_nothing_is_no_score_of_its_rate() -> None:
    """Without a printed rate and with a budget of 0 there is nothing that points could follow from."""
    equation = BudgetScore("budget_score", "0", "/s", "/w", rate=None, amounts=Amounts("/e", "/b"), percent=False)
    values = {"/s": D(5), "/w": D(10), "/e": D(0), "/b": D(0)}
    assert equation.outcome(values).holds == "fails"
    assert (equation.habit(values), list(equation.solutions(values, "/s"))) == (None, [])


@pytest.mark.parametrize(
    ("printed", "missing"),
    [("- - - - 86 8.6", "/funds/0/weight"), ("- - - 10 - 8.6", "/funds/0/execution_rate")],
)
def test_budget_score_names_what_is_missing(printed: str, missing: str) -> None:
    """Without a weight, or without rate and amounts, a score cannot be checked."""
    finding = of_rule(check(grounded(funds_form(fund("total", printed)))), "budget_score")
    assert (finding.verdict, finding.params["missing"]) == ("not_checkable", missing)


def test_unread_budget_score_is_not_checkable() -> None:
    """A score cell that could not be read is said, not passed over."""
    form = funds_form(fund("total", "- - - 10 86 -"))
    finding = of_rule(check(grounded(form, unread=("/funds/0/score",))), "budget_score")
    assert finding.params["missing"] == "/funds/0/score"
    assert "budget_score" not in rules_of(check(grounded(form, unread=("/funds/0/weight",))))


# --- weights_sum, scores_sum


def test_repeats_on_sub_rows_count_once_and_are_covered() -> None:
    """9 / 0.958 / 8 printed again on the fiscal row adds nothing to 9 + 91."""
    form = SelfEvaluation(
        funds=(fund("total", "29 29 27.8 9 0.958 8"), fund("fiscal", "29 29 27.8 9 0.958 8")),
        indicators=(row("91", "89"),),
        total_score=D(97),
    )
    report = check(grounded(form))
    assert report.findings == ()
    assert {"/funds/1/weight", "/funds/1/score"} <= report.covered_exactly()


def test_weight_on_the_sub_row_alone_counts() -> None:
    """Where the total row is blank and the sub rows agree, their number is the budget's."""
    form = SelfEvaluation(
        funds=(fund("total", "- - - - - -"), fund("fiscal", "- - - 10 - -")), indicators=(row("90", None),)
    )
    assert {"/funds/1/weight", "/indicators/0/weight"} <= check(grounded(form)).covered()


def test_sub_rows_that_contradict_each_other_are_not_checkable() -> None:
    """Two different weights and none on the total row: nobody knows which one counts."""
    form = SelfEvaluation(
        funds=(fund("total", "- - - - - -"), fund("fiscal", "- - - 10 - -"), fund("own", "- - - 5 - -")),
        indicators=(row("90", None),),
    )
    finding = of_rule(check(grounded(form)), "weights_sum")
    assert (finding.verdict, finding.params["variant"]) == ("not_checkable", "contradiction")


@pytest.mark.parametrize(
    ("budget", "weights", "total", "habit"),
    [
        ("10", ("90",), None, None),
        ("20", ("80",), None, None),
        ("20", ("80",), "100", None),
        ("-", ("60", "40"), "100", None),
        ("10", ("60", "40"), "100", "budget_on_top"),
        ("10", ("60", "40"), None, "budget_on_top"),
        ("-", ("50", "40"), None, "budget_not_printed"),
        ("-", ("50", "30"), "100", "budget_not_printed"),
        ("-", ("50", "40"), "120", "fails"),
        ("10", ("50", "41"), "100", "fails"),
    ],
)
def test_weights_add_up_to_the_printed_total_or_to_100(
    budget: str, weights: tuple[str, ...], total: str | None, habit: str | None
) -> None:
    """Points are typed: equal, a named habit that covers nothing, or an error."""
    form = SelfEvaluation(
        funds=(fund("total", f"- - - {budget} - -"),),
        indicators=tuple(row(weight, None) for weight in weights),
        total_weight=None if total is None else D(total),
    )
    report = check(grounded(form))
    findings = [finding for finding in report.findings if finding.rule == "weights_sum"]
    if habit is None:
        assert findings == []
        assert "/indicators/0/weight" in report.covered_exactly()
    else:
        assert [(f.params.get("habit", "fails"), f.severity) for f in findings] == [
            (habit, "error" if habit == "fails" else "warning"),
        ]
        assert covered(report, "weights_sum") == set()


@pytest.mark.parametrize(
    ("budget", "scores", "total", "habit"),
    [
        ("10 100 9.99", ("88",), "97.99", None),
        ("- - -", ("88",), "88", None),
        ("10 100 10", ("60", "40"), "100", "budget_not_counted"),
        ("20 100 20", ("60", "35"), "96", "scored_on_hundred"),
        ("10 100 9.99", ("88",), "97.9", "fails"),
        ("- 100 10", ("80",), "100", "fails"),
        ("- - -", ("88",), "98", "fails"),
    ],
)
def test_scores_add_up_to_the_total_score(budget: str, scores: tuple[str, ...], total: str, habit: str | None) -> None:
    """The budget's score counts once; a total without it, or of scaled scores, is a named habit."""
    form = SelfEvaluation(
        funds=(fund("total", f"- - - {budget}"),),
        indicators=tuple(row(None, score) for score in scores),
        total_score=D(total),
    )
    report = check(grounded(form))
    findings = [finding for finding in report.findings if finding.rule == "scores_sum" and finding.printed]
    told = [] if habit is None else [(habit, "error" if habit == "fails" else "warning")]
    assert [(f.params.get("habit", "fails"), f.severity) for f in findings] == told
    assert ("/total_score" in report.covered()) is (habit is None)


def test_missing_weights_scores_and_totals_are_said() -> None:
    """A form without weights, scores or total says so; it is never silently consistent."""
    report = check(grounded(points_form(row(None, None), row(None, None), total_score=D(90))))
    missing = {finding.rule: finding.params["missing"] for finding in report.findings}
    assert missing["weights_sum"] == "/indicators/0/weight, /indicators/1/weight"
    assert missing["scores_sum"] == "/indicators/0/score, /indicators/1/score"
    assert all(finding.verdict == "not_checkable" for finding in report.findings)
    no_total = check(grounded(points_form(row("100", "90"))))
    assert of_rule(no_total, "scores_sum").params["missing"] == "/total_score"
    no_rows = check(grounded(points_form(total_score=D(90))))
    assert of_rule(no_rows, "scores_sum").params["missing"] == "/indicators"


def test_unread_points_make_the_sum_not_checkable() -> None:
    """One unread score: the sum is not formed over the rest."""
    form = points_form(row("60", None), row("40", "40"), total_score=D(100))
    finding = of_rule(check(grounded(form, unread=("/indicators/0/score",))), "scores_sum")
    assert (finding.verdict, finding.params["missing"]) == ("not_checkable", "/indicators/0/score")


# --- level1_weight, score_range


def test_points_of_a_label_are_the_sum_below_it() -> None:
    """产出指标(50分) above 30 + 20 holds, also where the label is printed again after a page break."""
    form = points_form(
        row("30", None, level1="产出指标", level1_weight="50"),
        row("50", None, level1="效益指标", level1_weight="50"),
        row("20", None, level1="产出 指标", level1_weight="50"),
    )
    report = check(grounded(form))
    assert covered(report, "level1_weight") == {
        f"/indicators/{at}/{name}" for at in range(3) for name in ("level1_weight", "weight")
    }
    broken = points_form(row("30", None, level1="a", level1_weight="50"), row("70", None, level1="b"))
    finding = of_rule(check(grounded(broken)), "level1_weight")
    assert (finding.printed, finding.computed, finding.severity) == ("50", "30", "error")


def test_two_labels_of_one_name_with_different_points_are_two() -> None:
    """Each sums its own rows."""
    form = points_form(
        row("30", None, level1="指标", level1_weight="30"),
        row("70", None, level1="指标", level1_weight="70"),
    )
    assert check(grounded(form)).findings[0].rule != "level1_weight"
    assert covered(check(grounded(form)), "level1_weight") >= {"/indicators/0/weight", "/indicators/1/weight"}


def test_label_without_weights_below_is_not_checkable() -> None:
    """A form that prints only scores cannot show that a label's points are right."""
    report = check(grounded(points_form(row(None, "10", level1="产出指标", level1_weight="60"))))
    assert of_rule(report, "level1_weight").params["missing"] == "/indicators/0/weight"


@pytest.mark.parametrize(
    ("weight", "score", "severity"),
    [("10", "11", "error"), ("10", "-1", "error"), (None, "-1", "error"), ("10", "10", None)],
)
def test_score_lies_between_zero_and_its_weight(weight: str | None, score: str, severity: str | None) -> None:
    """It covers nothing either way."""
    report = check(grounded(points_form(row(weight, score))))
    found = [finding.severity for finding in report.findings if finding.rule == "score_range"]
    assert found == ([] if severity is None else [severity])
    assert covered(report, "score_range") == set()


# --- grade_scale, target_attained, unit_agrees


@pytest.mark.parametrize(
    ("grade", "score", "expected"),
    [("优", "90", None), ("良", "89.99", None), ("中", "60", None), ("差", "59.9", None), ("优秀", "95", None),
     ("优", "89.99", "良"), ("良", "95", "优"), ("不合格", "70", "中")],
)  # fmt: skip
def test_grade_follows_the_total_score(grade: str, score: str, expected: str | None) -> None:
    """优 from 90, 良 from 80, 中 from 60, 差 below."""
    report = check(grounded(points_form(total_score=D(score), grade=grade)))
    found = [finding for finding in report.findings if finding.rule == "grade_scale"]
    assert [finding.computed for finding in found] == ([] if expected is None else [expected])


@pytest.mark.parametrize(
    "scale",
    [
        "95（含）-100分为优、85（含）-95分为良、60（含）-85分为中、60分以下为差",
        "优：95-100，良：85-94，中：60-84，差：0-59",
    ],
)
def test_grade_follows_the_scale_that_the_form_prints(scale: str) -> None:
    """92 is 良 where 优 begins at 95."""
    note = (Extra(label="评分等级说明", text=scale),)
    assert (
        of_rule(check(grounded(points_form(total_score=D(92), grade="优", extras=note))), "grade_scale").computed
        == "良"
    )
    good = check(grounded(points_form(total_score=D(92), grade="良", extras=note)))
    assert "grade_scale" not in rules_of(good)


def test_extra_that_is_no_scale_changes_nothing() -> None:
    """Three numbers out of order are no scale."""
    note = (Extra(label="说明", text="60-优 80-良 90-中"),)
    assert "grade_scale" not in rules_of(check(grounded(points_form(total_score=D(92), grade="优", extras=note))))


@pytest.mark.parametrize(
    "fields",
    [{"grade": "A", "total_score": "92"}, {"grade": "优", "total_score": "92", "total_weight": "120"}, {"grade": "优"}],
)
def test_grade_without_a_scale_is_not_checkable(fields: dict[str, str]) -> None:
    """Other words, another total, no total score."""
    assert of_rule(check(grounded(points_form(**fields))), "grade_scale").verdict == "not_checkable"


def quantity(text: str, operator: str | None, value: str | None, unit: str | None) -> Quantity:
    """A target or an actual from its parts."""
    return Quantity.model_validate({"text": text, "operator": operator, "value": value, "unit": unit})


@pytest.mark.parametrize(
    ("operator", "target", "actual", "score", "variant"),
    [
        ("≥", "95", "81", "10", "missed"),
        ("≥", "95", "96", "10", None),
        ("≥", "95", "81", "8", None),
        ("≤", "90", "95", "10", "missed"),
        (">", "0", "0", "10", "missed"),
        ("<", "5", "5", "10", "missed"),
        ("=", "7", "7", "6", "lost"),
        (None, "7", "7", "6", "lost"),
        (None, "7", "8", "6", None),
    ],
)
def test_target_and_score_go_together(
    operator: str | None, target: str, actual: str, score: str, variant: str | None
) -> None:
    """Full marks for a miss and lost points for a hit are information; without a sign only equality is a hit."""
    line = row("10", score, target=quantity("t", operator, target, "%"), actual=quantity("a", None, actual, None))
    found = [f for f in check(grounded(points_form(line))).findings if f.rule == "target_attained"]
    assert [(f.params["variant"], f.severity) for f in found] == ([] if variant is None else [(variant, "information")])


def test_reason_given_settles_lost_points() -> None:
    """A deviation note is the reason; words or other units are no comparison."""
    hit = {"target": quantity("≥7", "≥", "7", "个"), "actual": quantity("7", None, "7", "个")}
    words = {"target": hit["target"], "actual": quantity("完成", None, None, None)}
    sign = {"target": hit["target"], "actual": quantity("≥7", "≥", "7", "个")}
    other = {"target": hit["target"], "actual": quantity("7台", None, "7", "台")}
    for fields in ({"deviation_note": "延期", **hit}, words, sign, other):
        assert "target_attained" not in rules_of(check(grounded(points_form(row("10", "6", **fields)))))
    assert "target_attained" in rules_of(check(grounded(points_form(row("10", "6", **hit)))))


def test_units_of_target_and_actual_agree() -> None:
    """元 against 万元 is a warning; 百分比 is %, and a missing unit is no contradiction."""

    def units(target: str | None, actual: str | None) -> list[str]:
        pair = {"target": quantity("t", "≥", "1", target), "actual": quantity("a", None, "1", actual)}
        return [
            f.severity
            for f in check(grounded(points_form(row("10", "10", **pair)))).findings
            if f.rule == "unit_agrees"
        ]

    assert units("万元", "元") == ["warning"]
    assert units("百分比", "%") == units("个", None) == units("个", "个") == []


def test_money_cells_name_the_form_s_unit() -> None:
    """1873.66亿元 in a form of 万元 is a warning, and so are two units where the form names none."""
    form = funds_form(fund("total", "5 5 5 - - -"))

    def proof(unit: str) -> Evidence:
        return Evidence(spans=(), cell_text=f"5{unit}", text="5")

    mixed = {"/funds/0/initial_budget": proof("万元"), "/funds/0/executed": proof("元")}
    finding = of_rule(check(grounded(form, evidence=mixed)), "unit_agrees")
    assert (finding.fields, finding.params["printed"], finding.params["expected"]) == (
        ("/funds/0/executed",),
        "元",
        "万元",
    )
    declared = form.model_copy(update={"amount_unit": "万元"})
    assert of_rule(check(grounded(declared, evidence=mixed)), "unit_agrees").fields == (
        "/funds/0/executed",
        "/amount_unit",
    )
    assert check(grounded(declared, evidence={"/funds/0/executed": proof("")})).findings == ()


# --- numbers_conserved


def test_unclaimed_and_doubly_claimed_cells_are_listed() -> None:
    """By cell id, the unclaimed first; never silently."""
    value = Claim(role="value")
    tokens = (
        TokenCell(cell="p1t1r1c1", tokens=("1",), claims=(value, value)),
        TokenCell(cell="p1t1r2c1", tokens=("2",), claims=()),
        TokenCell(cell="p1t1r3c1", tokens=("3",), claims=(value,)),
    )

    def found(*cells: TokenCell) -> Finding:
        return of_rule(check(grounded(SelfEvaluation(), tokens=cells)), "numbers_conserved")

    both = found(*tokens)
    assert (both.fields, both.severity, both.verdict) == (("p1t1r2c1", "p1t1r1c1"), "error", "misread_suspected")
    assert both.params == {"variant": "lost_and_doubled", "unclaimed": "p1t1r2c1", "doubled": "p1t1r1c1"}
    assert found(tokens[0]).params["variant"] == "doubled"
    assert found(tokens[1]).params["variant"] == "lost"
    assert found().verdict == "not_checkable"


# --- verdicts, settings, registry


@pytest.mark.parametrize(
    "doubt",
    [
        {"state": "agreed", "origin": "ocr"},
        {"state": "agreed", "doubts": ("cut",)},
        {"state": "agreed", "hidden_text": True},
        {"state": "single"},
        {"state": "undiscriminated"},
        {"state": "disputed"},
    ],
)
def test_one_uncertain_operand_makes_it_a_suspected_misreading(doubt: dict[str, object]) -> None:
    """The report is blamed only if nothing in the reading leaves room for doubt."""
    form = funds_form(fund("total", "70 - - - - -"), fund("fiscal", "75 - - - - -"))
    certain = grounded(form)
    standings = {**certain.standings, "/funds/1/initial_budget": Standing.model_validate(doubt)}
    assert of_rule(check(certain), "fund_parts_sum").verdict == "source_discrepancy"
    assert of_rule(check(grounded(form, standings=standings)), "fund_parts_sum").verdict == "misread_suspected"
    assert of_rule(check(grounded(form, standings={})), "fund_parts_sum").verdict == "misread_suspected"


def test_lost_number_or_field_makes_every_failure_a_suspected_misreading() -> None:
    """What was lost may be the operand that is missing."""
    form = funds_form(fund("total", "70 - - - - -"), fund("fiscal", "75 - - - - -"))
    lost = (TokenCell(cell="p1t1r9c1", tokens=("5",), claims=()),)
    assert of_rule(check(grounded(form, tokens=lost)), "fund_parts_sum").verdict == "misread_suspected"
    assert of_rule(check(grounded(form, missing=("/total_score",))), "fund_parts_sum").verdict == "misread_suspected"


def test_rival_reading_that_makes_the_equation_hold_rules_the_discrepancy_out() -> None:
    """Weight and score columns exchanged: the other reading settles all, and the diagnosis says so first."""
    wrong = points_form(row("58", "60"), row("39", "40"), total_score=D(97))
    right = points_form(row("60", "58"), row("40", "39"), total_score=D(97))
    report = check(grounded(wrong), rivals=(right,))
    assert {finding.verdict for finding in report.findings if finding.severity == "error"} == {"misread_suspected"}
    first = of_rule(report, "weights_sum").diagnosis[0]
    assert first.explained_by == "other_reading"
    assert first.fields[:2] == ("/indicators/0/weight", "/indicators/0/score")
    assert first.would_be == ("60", "58", "40", "39")


def test_rival_that_only_moves_the_failure_is_no_rescue() -> None:
    """Exchanging initial and adjusted budget mends one sum and breaks another: the report is still wrong."""
    total, part = fund("total", "70.00 57.00 56.03 - - -"), fund("fiscal", "74.85 57.00 56.03 - - -")
    rival = funds_form(fund("total", "57.00 70.00 56.03 - - -"), fund("fiscal", "57.00 74.85 56.03 - - -"))
    assert (
        of_rule(check(grounded(funds_form(total, part)), rivals=(rival,)), "fund_parts_sum").verdict
        == "source_discrepancy"
    )


def test_rival_speaks_about_rules_that_are_silent_where_nothing_is_wrong() -> None:
    """A grade that fits the other reading's total score is no discrepancy of the report."""
    ours = points_form(row("100", "80"), total_score=D(85), grade="优")
    theirs = points_form(row("100", "95"), total_score=D(95), grade="优")
    assert of_rule(check(grounded(ours), rivals=(theirs,)), "grade_scale").verdict == "misread_suspected"
    assert of_rule(check(grounded(ours)), "grade_scale").verdict == "source_discrepancy"


def test_rule_switched_off_is_not_asked_and_said() -> None:
    """No finding, no cover, and the report names it."""
    form = funds_form(fund("total", "70 - - - - -"), fund("fiscal", "75 - - - - -"))
    off: tuple[RuleCode, ...] = ("fund_parts_sum",)
    report = check(grounded(form), rules_off=off)
    assert (report.findings, report.held, report.rules_off) == ((), (), ("fund_parts_sum",))


@pytest.mark.parametrize(("severity", "told"), [("warning", "warning"), ("information", "information")])
def test_severity_can_be_changed(severity: str, told: str) -> None:
    """A user's severity replaces the rule's own; what holds within rounding stays information."""
    form = funds_form(fund("total", "70 - - - - -"), fund("fiscal", "75 - - - - -"))
    changed = cast("Mapping[RuleCode, object]", {"fund_parts_sum": severity})
    report = check(grounded(form), severities=changed)  # type: ignore[arg-type]  # the literal comes from a table
    assert of_rule(report, "fund_parts_sum").severity == told


def test_findings_come_worst_first() -> None:
    """Errors, then warnings, then information; within these in the rules' order."""
    form = report_form(total_score=D("97.98"), grade="差", indicators=(row("80.00", "88.00"),))
    severities = [finding.severity for finding in check(grounded(form)).findings]
    assert severities == sorted(severities, key=("error", "warning", "information").index)
    assert set(severities) == {"error", "warning"}


def test_every_rule_has_a_reason_and_its_own_code() -> None:
    """The registry holds each code once, named like its function, with a docstring."""
    codes = [rule.code for rule in RULES]
    assert len(set(codes)) == len(codes) == 11
    assert all(rule.read.__name__ == rule.code and len(rule.read.__doc__ or "") > 100 for rule in RULES)


def test_bound_covers_nothing_and_names_no_value() -> None:
    """A score within its weight may still be any number up to it."""
    bound = Within("score_range", "/indicators/0", "/s", "/w")
    values = {"/s": D(5), "/w": D(10)}
    assert bound.cover(values, bound.outcome(values)) == ((), ())
    assert (list(bound.solutions(values, "/s")), bound.habit(values)) == ([], None)


# --- what stands at its place, and what is put aside


def test_two_kinds_of_breakdown_under_one_total_are_two_sums() -> None:
    """By income and by spending, each the whole budget; where one of them does not add up, all rows are parts again."""
    income = (fund("fiscal", "- 1873.66 - - - -"), fund("other", "- 2880 - - - -"))
    spending = tuple(
        fund("other", f"- {amount} - - - -").model_copy(update={"label": label})
        for label, amount in (("其中：基本支出", "1768.16"), ("项目支出", "2985.5"))
    )
    total = fund("total", "- 4753.66 - - - -")
    good = check(grounded(funds_form(total, *income, *spending)))
    assert good.findings == ()
    assert good.covered_exactly() == {f"/funds/{at}/adjusted_budget" for at in range(5)}
    bad = check(grounded(funds_form(total, income[0], *spending)))
    assert of_rule(bad, "fund_parts_sum").computed == "6627.32"


def test_a_number_beside_chinese_words_that_name_no_unit_of_money_is_no_contradiction() -> None:
    """约57.00 says nothing of 元 or 万元."""
    form = SelfEvaluation(amount_unit="万元", funds=(fund("total", "57.00 - - - - -"),))
    proof = Evidence(spans=(), cell_text="约57.00", text="57.00")
    report = check(grounded(form, evidence={"/funds/0/initial_budget": proof}))
    assert "unit_agrees" not in rules_of(report)


def test_number_that_its_place_does_not_print_is_no_error_of_the_report() -> None:
    """The document prints 74.85, the form says 70.00: a misreading, however certain its role."""
    form = funds_form(fund("total", "74.85 - - - - -"), fund("fiscal", "70.00 - - - - -"))
    texts = {"/funds/0/initial_budget": "74.85", "/funds/1/initial_budget": "74.85"}
    evidence = {pointer: Evidence(spans=(), cell_text=text, text=text) for pointer, text in texts.items()}
    finding = of_rule(check(grounded(form, evidence=evidence)), "fund_parts_sum")
    assert finding.verdict == "misread_suspected"
    assert of_rule(check(grounded(form)), "fund_parts_sum").verdict == "source_discrepancy"


@pytest.mark.parametrize(
    ("claim", "lost"),
    [
        (Claim(role="text", pointers=("/deviation_note",)), True),
        (Claim(role="value", pointers=("/funds/0/extras/0",)), True),
        (Claim(role="text", pointers=("/extras/0",), roles=("extra",)), False),
        (Claim(role="label"), False),
    ],
)
def test_bare_number_is_no_text_unless_its_column_was_read_as_one(claim: Claim, *, lost: bool) -> None:
    """A number put aside under a column that nobody read is lost; one of a column read as extra is not."""
    cell = TokenCell(cell="p1t1r9c9", tokens=("42",), claims=(claim,), bare=True)
    report = check(grounded(report_form(), tokens=(cell,)))
    assert ("numbers_conserved" in rules_of(report)) is lost
    words = cell.model_copy(update={"bare": False})
    assert check(grounded(report_form(), tokens=(words,))).findings == ()
