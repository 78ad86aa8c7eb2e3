"""The scorers: hand-made pairs of forms with known results, and figures that scikit-learn and scipy give too."""

from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment
from scipy.stats import bootstrap
from sklearn.metrics import precision_recall_fscore_support

from eval.gold import load
from eval.score.align import LEAST, pair_up
from eval.score.compare import FieldScore, FormScore, Match, score_document, score_form
from eval.score.interval import DRAWS, SEED, difference, share
from eval.score.metrics import (
    Counts,
    Ratio,
    count,
    counts_by,
    forms_exact,
    forms_near,
    indicator_rows_exact,
    numbers,
    text_distance,
)
from schemas.errors import UsageError
from schemas.form import Extra, FundLine, IndicatorRow, Quantity, SelfEvaluation

JIADING = Path(__file__).parent.parent / "eval" / "data" / "jiading-2024"
D = Decimal


def row(name: str, score: str | None = "10", **more: object) -> IndicatorRow:
    """An indicator by its name and score."""
    return IndicatorRow.model_validate({"level1": "产出指标", "name": name, "weight": "10", "score": score, **more})


def form(*rows: IndicatorRow, **more: object) -> SelfEvaluation:
    """A form with these indicators."""
    return SelfEvaluation.model_validate({"project_name": "道路养护", "indicators": rows, **more})


def matches(score: FormScore, kind: str) -> list[tuple[str, str | None, str | None]]:
    """Match, gold and output of the fields of one type."""
    return [(field.match.name, field.gold, field.output) for field in score.fields if field.type == kind]


def test_a_number_is_right_only_as_printed() -> None:
    """10.0 is not 10.00: the printed decimals are part of the number."""
    score = score_form(form(total_score="97.90"), form(total_score="97.9"))
    assert matches(score, "total_score") == [("WRONG", "97.90", "97.9")]


def test_a_text_is_right_after_nfkc_and_without_whitespace() -> None:
    """Full-width signs and spaces at wraps make no difference, a changed character does."""
    same = score_form(form(expected_goal="（一）完成 3 项"), form(expected_goal="(一)完成3项"))
    other = score_form(form(expected_goal="完成三项工作任务"), form(expected_goal="完成五项工作任务"))
    assert matches(same, "expected_goal") == [("CORRECT", "（一）完成 3 项", "(一)完成3项")]
    assert matches(other, "expected_goal") == [("WRONG", "完成三项工作任务", "完成五项工作任务")]
    assert [field.distance for field in other.fields if field.type == "expected_goal"] == [0.125]


def test_an_ordinal_before_an_indicators_name_is_ignored() -> None:
    """指标1：入学人数 and 入学人数 are the same name."""
    score = score_form(form(row("指标1：入学人数")), form(row("入学人数")))
    assert [name for name, _, _ in matches(score, "indicators.name")] == ["CORRECT"]


def test_null_on_both_sides_is_no_field() -> None:
    """Two forms that print only a name have two fields: the name and the kind."""
    assert [field.type for field in score_form(form(), form()).fields] == ["kind", "project_name"]


def test_missing_and_spurious_values_are_told_apart() -> None:
    """A value only the form has is MISSING, one only the output has is SPURIOUS; each names only its own place."""
    score = score_form(form(grade="优"), form(total_score="98"))
    assert matches(score, "grade") == [("MISSING", "优", None)]
    assert matches(score, "total_score") == [("SPURIOUS", None, "98")]
    places = {field.type: (field.gold_pointer, field.output_pointer) for field in score.fields}
    assert places["grade"] == ("/grade", None)
    assert places["total_score"] == (None, "/total_score")


def test_a_target_is_compared_part_by_part() -> None:
    """Text, operator, value and unit are four fields."""
    gold = form(row("人数", target={"text": "≥53.00(人)", "operator": "≥", "value": "53.00", "unit": "人"}))
    output = form(row("人数", target={"text": "≥53.00(人)", "operator": None, "value": "53", "unit": "人"}))
    found = {field.type: field.match.name for field in score_form(gold, output).fields if "target" in field.type}
    assert found == {
        "indicators.target.text": "CORRECT",
        "indicators.target.operator": "MISSING",
        "indicators.target.value": "WRONG",
        "indicators.target.unit": "CORRECT",
    }


def test_a_lost_row_costs_that_row_only() -> None:
    """The rows after a lost one are still compared with their own."""
    gold = form(row("甲村道路", "9"), row("乙村桥梁", "8"), row("丙镇水渠", "7"))
    score = score_form(gold, form(row("甲村道路", "9"), row("丙镇水渠", "7")))
    assert matches(score, "indicators.score") == [("CORRECT", "9", "9"), ("MISSING", "8", None), ("CORRECT", "7", "7")]
    assert (score.exact_indicator_rows, score.indicator_rows) == (2, 3)


def test_an_invented_row_is_spurious() -> None:
    """A row that is like no gold row pairs with none, although one place is free."""
    invented = IndicatorRow(level1="其他", name="合计", weight=D(90), score=D(88))
    score = score_form(form(row("甲村道路", "9")), form(row("甲村道路", "9"), invented))
    assert matches(score, "indicators.score") == [("CORRECT", "9", "9"), ("SPURIOUS", None, "88")]


def test_equal_rows_are_paired_in_order() -> None:
    """Rows that look alike keep their order, so that a single wrong value stays a single one."""
    gold = form(row("巡查次数", "9"), row("巡查次数", "9"), row("巡查次数", "8"))
    score = score_form(gold, form(row("巡查次数", "9"), row("巡查次数", "9"), row("巡查次数", "8")))
    assert [field.gold_pointer == field.output_pointer for field in score.fields] == [True] * len(score.fields)


def test_fund_rows_pair_by_their_label_whatever_their_order() -> None:
    """A total printed below its parts is still compared with the total."""
    total = FundLine(source="total", label="年度资金总额", executed=D("12.0"))
    own = FundLine(source="own", label="单位资金", executed=D("2.0"))
    score = score_form(form(funds=(total, own)), form(funds=(own, total)))
    assert score.exact


def test_extras_pair_by_label_and_text() -> None:
    """The order of extras says nothing; a changed text is WRONG, the final colon of a label is none of it."""
    gold = form(extras=(Extra(label="负责人", text="张三"), Extra(label="联系电话：", text="68001234")))
    score = score_form(
        gold, form(extras=(Extra(label="联系电话", text="68001234"), Extra(label="负责人", text="李四")))
    )
    assert matches(score, "extras") == [
        ("WRONG", "负责人:张三", "负责人:李四"),
        ("CORRECT", "联系电话:68001234", "联系电话:68001234"),
    ]


def test_forms_of_a_document_find_their_like() -> None:
    """A form read twice or lost shifts no other: each gold form meets its own output, an invented one stands last."""
    golds = [form(row("绿化面积"), project_name="绿化"), form(row("清扫里程"), project_name="保洁")]
    scores = score_document(golds, [form(row("清扫里程"), project_name="保洁"), form(project_name="其他事项说明")])
    assert [(score.gold_index, score.output_index) for score in scores] == [(0, None), (1, 0), (None, 1)]
    assert [score.exact for score in scores] == [False, True, False]
    assert {field.match for field in scores[0].fields} == {Match.MISSING}
    assert {field.match for field in scores[2].fields} == {Match.SPURIOUS}
    assert forms_exact(scores) == Ratio(1, 2)
    assert indicator_rows_exact(scores) == Ratio(1, 2)


def test_a_narrative_may_differ_by_a_fiftieth_and_nothing_else_may() -> None:
    """One of 60 characters of a goal is near, one of 20 is not; nor is a character of a name, nor a goal left out."""
    goal = "完成" * 30
    gold = form(row("绿化面积"), project_name="绿化", expected_goal=goal)

    def near(**changed: str | None) -> tuple[bool, Ratio]:
        score = score_form(gold, gold.model_copy(update=changed))
        return score.exact, forms_near([score])

    assert near(expected_goal=goal[:-1] + "戒") == (False, Ratio(1, 1))
    assert near(expected_goal=goal[:-2] + "戒戒") == (False, Ratio(0, 1))
    assert near(project_name="绿花") == (False, Ratio(0, 1))
    assert near(expected_goal=None) == (False, Ratio(0, 1))


def test_every_labelled_form_is_its_own_like() -> None:
    """The 18 forms of a real report, in any order, are each found and exact: 150 of 150 rows."""
    golds = [case.form for case in load(JIADING)]
    scores = score_document(golds, golds[::-1])
    assert [(score.gold_index, score.output_index) for score in scores] == [(at, 17 - at) for at in range(18)]
    assert forms_exact(scores) == Ratio(18, 18)
    assert indicator_rows_exact(scores) == Ratio(150, 150)


def test_precision_recall_and_f1_of_known_counts() -> None:
    """6 right, 2 wrong, 1 missing, 3 spurious: 6/11, 6/9, 12/20."""
    counts = Counts(correct=6, wrong=2, missing=1, spurious=3)
    assert (counts.precision, counts.recall, counts.f1) == (Ratio(6, 11), Ratio(6, 9), Ratio(12, 20))
    assert counts.f1.value == pytest.approx(2 * (6 / 11) * (6 / 9) / (6 / 11 + 6 / 9))


_VALUES = st.lists(st.tuples(st.sampled_from(["∅", "1", "2", "3"]), st.sampled_from(["∅", "1", "2", "3"])), min_size=1)


@settings(deadline=None)
@given(_VALUES)
def test_the_figures_are_those_of_scikit_learn(pairs: list[tuple[str, str]]) -> None:
    """Micro-averaged over the values, with null as no label, scikit-learn counts the same."""
    scored = [
        score_form(form(total_score=None if gold == "∅" else gold), form(total_score=None if said == "∅" else said))
        for gold, said in pairs
    ]
    counts = count(field for score in scored for field in score.fields if field.type == "total_score")
    golds, outputs = zip(*pairs, strict=True)
    theirs = precision_recall_fscore_support(
        golds, outputs, labels=["1", "2", "3"], average="micro", zero_division=np.nan
    )
    ours = [
        ratio.part / ratio.whole if ratio.whole else np.nan for ratio in (counts.precision, counts.recall, counts.f1)
    ]
    assert ours == pytest.approx([float(figure) for figure in theirs[:3]], nan_ok=True)


def test_an_empty_set_has_no_figure() -> None:
    """No field, no document: an error, never 0.0."""
    nothing: list[FieldScore] = []
    for ratio in (count(nothing).precision, count(nothing).recall, numbers(nothing).f1, text_distance(nothing)):
        with pytest.raises(UsageError):
            _ = ratio.value
    with pytest.raises(UsageError):
        share([])
    with pytest.raises(UsageError):
        share([Ratio(0, 0), Ratio(0, 0)])


def test_numbers_and_types_are_counted_apart() -> None:
    """Of three fields two are numbers; each type has counts of its own."""
    fields = score_form(form(total_score="9", total_weight="10"), form(total_score="8", total_weight="10")).fields
    assert numbers(fields) == Counts(correct=1, wrong=1)
    by_type = counts_by(fields, lambda field: field.type)
    assert by_type["total_score"] == Counts(wrong=1)
    assert by_type["project_name"] == Counts(correct=1)


def test_text_distance_is_a_mean_over_texts() -> None:
    """Numbers have no distance; a missing text is as far off as can be."""
    fields = score_form(
        form(expected_goal="四字目标", grade="优", total_score="1"), form(expected_goal="四字目的")
    ).fields
    assert text_distance(fields) == Ratio(0.0 + 0.25 + 1.0, 3)


def test_pairs_below_the_threshold_are_undone() -> None:
    """The best assignment is taken over all; what is hardly alike stays alone on both sides."""
    pairing = pair_up([[0.9, 0.8], [0.8, LEAST - 0.01]], outputs=2, least=LEAST)
    assert pairing == (((0, 1), (1, 0)), (), ())
    assert pair_up([[0.1]], outputs=1, least=LEAST) == ((), (0,), (0,))
    assert pair_up([], outputs=2, least=LEAST) == ((), (), (0, 1))


def test_an_interval_is_scipys() -> None:
    """The same draws, the same percentiles as scipy's paired bootstrap of a ratio of sums."""
    ratios = [Ratio(9, 10), Ratio(3, 7), Ratio(20, 20), Ratio(5, 9), Ratio(1, 4)]
    parts = np.array([ratio.part for ratio in ratios])
    wholes = np.array([ratio.whole for ratio in ratios])
    theirs = bootstrap(
        (parts, wholes),
        lambda part, whole, axis: part.sum(axis=axis) / whole.sum(axis=axis),
        n_resamples=DRAWS,
        paired=True,
        vectorized=True,
        method="percentile",
        rng=np.random.default_rng(SEED),
    )
    ours = share(ratios)
    assert ours.value == 38 / 50
    assert (ours.low, ours.high) == pytest.approx(
        (theirs.confidence_interval.low, theirs.confidence_interval.high), abs=0.02
    )
    assert share(ratios) == ours


def test_a_pair_of_equal_runs_differs_by_nothing_for_certain() -> None:
    """Documents are drawn for both runs together, so equal runs differ by 0 with an interval of 0."""
    ratios = [Ratio(9, 10), Ratio(3, 7), Ratio(20, 20)]
    assert difference(ratios, ratios)[:3] == (0.0, 0.0, 0.0)
    better = [Ratio(ratio.part + 0.1 * ratio.whole, ratio.whole) for ratio in ratios]
    assert difference(ratios, better)[:3] == pytest.approx((0.1, 0.1, 0.1))


def test_one_document_has_no_interval() -> None:
    """Its fields fail together: the interval is left closed and the count of documents says so."""
    assert share([Ratio(9, 10)]) == (0.9, 0.9, 0.9, 1)


@settings(deadline=None, max_examples=30)
@given(st.permutations(range(6)), st.integers(0, 5))
def test_the_order_of_rows_changes_no_count(order: list[int], lost: int) -> None:
    """Rows in any order, one of them lost: that row's fields are MISSING, all others CORRECT."""
    rows = [row(f"{name}完成数量", str(at)) for at, name in enumerate(("道路", "桥梁", "水渠", "路灯", "绿地", "公厕"))]
    kept = [rows[at] for at in order if at != lost]
    counts = count(score_form(form(*rows), form(*kept)).fields)
    assert counts == Counts(correct=2 + 5 * 4, missing=4)


def test_a_quantity_without_a_number_is_one_text() -> None:
    """A target in words has a text and nothing else."""
    gold = form(row("效果", target=Quantity(text="有所提升")))
    assert matches(score_form(gold, gold), "indicators.target.text") == [("CORRECT", "有所提升", "有所提升")]


_WORTH = st.integers(1, 6).flatmap(
    lambda columns: st.lists(
        st.lists(st.sampled_from([0.0, 0.31, 0.5, 0.7, 1.0]), min_size=columns, max_size=columns),
        min_size=1,
        max_size=6,
    )
)


@settings(deadline=None, max_examples=300)
@given(_WORTH)
def test_the_pairing_is_scipys_assignment(likeness: list[list[float]]) -> None:
    """With or without two rows that want the same, the pairs are those of scipy's best assignment."""
    matrix = np.array(likeness)
    apart = np.abs(np.arange(matrix.shape[0])[:, None] - np.arange(matrix.shape[1])[None, :])
    rows, columns = linear_sum_assignment(np.where(matrix >= LEAST, matrix - 1e-6 * apart, 0.0), maximize=True)
    theirs = {(int(at), int(other)) for at, other in zip(rows, columns, strict=True) if matrix[at, other] >= LEAST}
    assert set(pair_up(likeness, outputs=matrix.shape[1], least=LEAST).pairs) == theirs
