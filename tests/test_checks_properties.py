"""What must be true of the checker on every form: the arithmetic knows no order, no unit and no rounding luck."""

from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.checks import check
from schemas.check import CheckReport
from schemas.extraction import Claim, Extraction, TokenCell
from schemas.form import FundLine, FundSource, IndicatorRow, SelfEvaluation

D = Decimal
CLAIMED = (TokenCell(cell="p1t1r5c2", tokens=("10",), claims=(Claim(role="value"),)),)
PARTS: tuple[FundSource, ...] = ("fiscal", "carryover", "special_account", "own", "other")
MONEY = ("initial_budget", "adjusted_budget", "executed")

unhurried = settings(deadline=None)
"""What is tested is arithmetic, not the speed of a busy machine."""

money = st.decimals(min_value=0, max_value=5000, places=2)
points = st.decimals(min_value=0, max_value=20, places=2)


def report_of(form: SelfEvaluation) -> CheckReport:
    """What the rules say, nothing being known of how the form was read."""
    return check(Extraction(form=form, evidence={}, standings={}, tokens=CLAIMED))


def told(report: CheckReport) -> list[tuple[object, ...]]:
    """Findings and what held, without the places of rows."""
    findings = [(f.rule, f.verdict, f.severity, f.printed, f.computed, f.slack, len(f.fields)) for f in report.findings]
    held = [(held.rule, held.outcome, len(held.fields)) for held in report.held]
    return [*sorted(findings, key=str), *sorted(held)]


def failures(report: CheckReport) -> set[tuple[str, str]]:
    """Rule and first field of every failure."""
    return {(f.rule, f.fields[0]) for f in report.findings if f.verdict not in (None, "not_checkable")}


@st.composite
def forms(draw: st.DrawFn) -> SelfEvaluation:
    """Forms of random figures, most of which hold: totals are added up, then perhaps one is disturbed."""
    amounts = draw(st.lists(st.tuples(money, money, money), min_size=1, max_size=5))
    parts = [
        FundLine(source=source, label=source, **dict(zip(MONEY, row, strict=True)))
        for source, row in zip(PARTS, amounts, strict=False)
    ]
    disturbed = draw(st.sampled_from([D(0), D("0.01"), D("0.50")]))
    whole = {column: sum((getattr(part, column) for part in parts), disturbed) for column in MONEY}
    budget, spent = whole["adjusted_budget"], whole["executed"]
    rate = D(0) if budget == 0 else (spent * 100 / budget).quantize(D("0.01"), rounding=ROUND_DOWN)
    score = (10 * min(D(1), rate / 100)).quantize(D("0.01"), rounding=ROUND_HALF_UP)
    total = FundLine(source="total", label="t", **whole, weight=D("10.00"), execution_rate=rate, score=score)
    rows = draw(st.lists(st.tuples(points, points), min_size=1, max_size=6))
    indicators = tuple(IndicatorRow(weight=weight, score=min(weight, reached)) for weight, reached in rows)
    scores = sum((row.score or D(0) for row in indicators), score)
    return SelfEvaluation(
        funds=(total, *parts),
        indicators=indicators,
        total_weight=sum((row.weight or D(0) for row in indicators), D("10.00")),
        total_score=scores,
    )


@unhurried
@given(form=forms(), random=st.randoms(use_true_random=False))
def test_order_of_rows_changes_nothing(form: SelfEvaluation, random: Random) -> None:
    """The same findings and the same cover, whatever the order of fund rows and of indicators."""
    funds, indicators = list(form.funds), list(form.indicators)
    random.shuffle(funds)
    random.shuffle(indicators)
    shuffled = form.model_copy(update={"funds": tuple(funds), "indicators": tuple(indicators)})
    assert told(report_of(shuffled)) == told(report_of(form))


@unhurried
@given(form=forms(), power=st.integers(min_value=-4, max_value=2))
def test_unit_of_money_changes_no_outcome(form: SelfEvaluation, power: int) -> None:
    """元 or 万元: moving the point of every amount, as far as it is printed, keeps every outcome and its cover."""
    scaled = tuple(
        fund.model_copy(update={column: getattr(fund, column).scaleb(power) for column in MONEY}) for fund in form.funds
    )
    before, after = report_of(form), report_of(form.model_copy(update={"funds": scaled}))
    said_before, said_after = (
        [(finding.rule, finding.verdict, finding.fields) for finding in report.findings] for report in (before, after)
    )
    assert said_after == said_before
    assert after.covered() == before.covered()
    assert after.covered_exactly() == before.covered_exactly()


@unhurried
@given(
    form=forms(),
    decimals=st.integers(min_value=0, max_value=1),
    rounding=st.sampled_from([ROUND_HALF_UP, ROUND_DOWN]),
)
def test_coarser_print_creates_no_failure(form: SelfEvaluation, decimals: int, rounding: str) -> None:
    """Printing amounts and rates with fewer decimals hides errors, but never makes a true equation fail."""
    unit = D(1).scaleb(-decimals)
    coarse = tuple(
        fund.model_copy(
            update={
                column: number.quantize(unit, rounding=rounding)
                for column in (*MONEY, "execution_rate")
                if (number := getattr(fund, column)) is not None
            },
        )
        for fund in form.funds
    )
    watched = {"fund_parts_sum", "execution_rate", "budget_score"}
    before = {failure for failure in failures(report_of(form)) if failure[0] in watched}
    after = {
        failure for failure in failures(report_of(form.model_copy(update={"funds": coarse}))) if failure[0] in watched
    }
    assert after <= before


@unhurried
@given(form=forms(), digit=st.integers(min_value=1, max_value=9), place=st.integers(min_value=-2, max_value=2))
def test_no_changed_score_is_covered_by_its_sum(form: SelfEvaluation, digit: int, place: int) -> None:
    """Points are exact: any change of one score breaks the sum of scores."""
    first = form.indicators[0]
    changed = first.model_copy(update={"score": (first.score or D(0)) + D(digit).scaleb(place)})
    report = report_of(form.model_copy(update={"indicators": (changed, *form.indicators[1:])}))
    assert "/indicators/0/score" not in report.covered()
