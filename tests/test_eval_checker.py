"""The checker's benchmark: what it seeds, what it counts, and that its bars are reached on the labelled report."""

import json
import shutil
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from eval.checker.bench import false_alarms, misreads, printed_errors, sound
from eval.checker.grounded import grounded, misread
from eval.checker.records import Disagreement, disagreements, expected, judged
from eval.checker.report import Report, measure, told
from eval.checker.seeded import OF_CELLS, OF_CHARACTERS, seeded, swapped_columns
from eval.cli import eval_group
from eval.gold import load
from pipeline.catalogue import LANGUAGES, Lang
from pipeline.checks import check
from pipeline.checks.sheet import equation_numbers, with_numbers
from pipeline.decide import decide
from schemas.errors import UsageError
from schemas.form import FundLine, IndicatorRow, SelfEvaluation

DATA = Path(__file__).parent.parent / "eval" / "data"
JIADING = DATA / "jiading-2024"
D = Decimal

SMALL = SelfEvaluation(
    project_name="x",
    funds=(
        FundLine(source="total", label="总额", executed=D("10.0"), weight=D("10")),
        FundLine(source="own", label="单位资金", executed=D("9.5")),
    ),
    indicators=(IndicatorRow(level1="产出指标", weight=D("90"), score=D("85")), IndicatorRow(level1="效益指标")),
    total_score=D("12"),
)


@pytest.fixture(scope="module")
def forms() -> tuple[SelfEvaluation, ...]:
    """The labelled forms."""
    return tuple(case.form for case in load(JIADING))


@pytest.fixture(scope="module")
def report() -> Report:
    """The whole benchmark with a small draw."""
    return measure(DATA, most=20, seed=7)


def misprints(kind: str, pointer: str) -> list[str]:
    """What one number of the small form becomes."""
    return [
        str(equation_numbers(error.form)[pointer])
        for error in seeded(SMALL, kind)  # type: ignore[arg-type]  # a parameter of the test
        if error.pointers == (pointer,)
    ]


@pytest.mark.parametrize(
    ("kind", "wrong"),
    [
        ("digit_changed", ["2", "22", "32", "42", "52", "62", "72", "82", "92", *(f"1{n}" for n in "013456789")]),
        ("digit_confused", ["42", "72", "13", "17"]),
        ("digit_dropped", ["2", "1"]),
        ("digits_swapped", ["21"]),
        ("point_moved", ["1.2"]),
    ],
)
def test_every_misprint_of_a_number_is_made_once(kind: str, wrong: list[str]) -> None:
    """12 in every way, and never as 12."""
    assert misprints(kind, "/total_score") == wrong


def test_added_digits_and_lost_points_are_made() -> None:
    """A digit before, between and behind; 10.0 without its point; what stays the same number is no error."""
    assert {"112", "122", "120", "912"} <= set(misprints("digit_added", "/total_score"))
    assert "012" not in misprints("digit_added", "/total_score")
    assert misprints("point_moved", "/funds/0/executed") == ["100", "1.00"]


@pytest.mark.parametrize(
    ("kind", "made"),
    [
        ("cells_swapped", 2),
        ("row_shifted", 1),
        ("columns_shifted", 2),
        ("row_lost", 4),
        ("row_doubled", 4),
        ("label_moved", 2),
    ],
)
def test_every_error_of_cells_is_made(kind: str, made: int) -> None:
    """Counted by hand on a form of two fund rows and two indicators; none leaves the form as it was."""
    errors = list(seeded(SMALL, kind))  # type: ignore[arg-type]  # a parameter of the test
    assert len(errors) == made
    assert all(error.form != SMALL for error in errors)


def test_exchanged_columns_are_those_that_both_hold_numbers() -> None:
    """Executed with weight in the funds, weight with score below."""
    assert [columns for columns, _ in swapped_columns(SMALL)] == [
        ("funds", "executed", "weight"),
        ("indicators", "weight", "score"),
    ]


def test_faultless_reading_is_accepted_and_pictured_only_if_equations_are_exact(
    forms: tuple[SelfEvaluation, ...],
) -> None:
    """14 of 18 forms; every value has its cell and every cell one claim."""
    assert len(sound(forms)) == 14
    whole = grounded(forms[0])
    assert all(len(cell.claims) == 1 for cell in whole.tokens)
    assert set(equation_numbers(forms[0])) <= set(whole.evidence)


def test_the_same_seed_draws_the_same_errors_and_another_one_others(forms: tuple[SelfEvaluation, ...]) -> None:
    """A figure can be had again."""
    clean = sound(forms[:3])
    first = printed_errors(clean, 12, 1)
    assert printed_errors(clean, 12, 1) == first
    assert printed_errors(clean, 12, 2) != first
    assert sum(score.seeded for score in first) == 12 * len(OF_CHARACTERS)


def test_no_single_misread_digit_passes_where_the_text_proves_it(forms: tuple[SelfEvaluation, ...]) -> None:
    """Grounding on: all are stopped, and none is called an error of the report."""
    scores = [score for score in misreads(sound(forms[:4]), "on", 20, 3) if score.kind in OF_CHARACTERS]
    assert sum(score.seeded for score in scores) == 120
    assert all(score.stopped == score.seeded for score in scores)
    assert all(score.as_discrepancy == 0 for score in scores)


def test_every_kind_of_misread_is_counted_by_field(forms: tuple[SelfEvaluation, ...]) -> None:
    """Nothing is counted that was not seeded; a lost row of the document's text is always stopped."""
    scores = misreads(sound(forms[:2]), "on", 10, 3)
    assert {score.kind for score in scores} == {*OF_CHARACTERS, *OF_CELLS}
    for score in scores:
        assert max(score.covered, score.stopped, score.right_rule, score.told) <= score.seeded
        assert score.first <= score.told
    lost = [score for score in scores if score.kind == "row_lost"]
    assert sum(score.seeded for score in lost) == sum(score.stopped for score in lost) == 10


def test_no_rule_raises_an_alarm_on_a_form_that_holds(forms: tuple[SelfEvaluation, ...]) -> None:
    """Eleven rules, fourteen forms, nothing said; on the other four one error each."""
    assert all((alarm.errors, alarm.warnings) == (0, 0) for alarm in false_alarms(sound(forms)))
    wrong = [form for form in forms if form not in sound(forms)]
    assert {alarm.rule: alarm.errors for alarm in false_alarms(wrong) if alarm.errors} == {"fund_parts_sum": 4}


def test_rules_say_of_published_records_what_a_person_read_off_them() -> None:
    """22 records, 21 things to be said, nothing else; taking one out of the table is a difference."""
    records, table = judged(DATA), expected(DATA)
    assert tuple(record.record for record in records) == table.records
    assert len(table.expected) == 21
    assert disagreements(records, table) == ()
    shorter = table.model_copy(update={"expected": table.expected[1:]})
    (one,) = disagreements(records, shorter)
    assert (one.expected, one.found) == (None, "error source_discrepancy")


def test_columns_exchanged_without_breaking_an_equation_are_not_accepted(report: Report) -> None:
    """On the report's own text: a model that alone names two headers wrongly is believed and still not accepted."""
    assert any(row.believed and row.columns == ("weight", "score") for row in report.exchanges)
    assert any(row.believed and row.columns == ("initial_budget", "adjusted_budget") for row in report.exchanges)
    assert not any(row.accepted for row in report.exchanges)


@settings(max_examples=25, deadline=None)
@given(at=st.integers(min_value=0, max_value=10_000), delta=st.decimals(min_value="0.01", max_value=50, places=2))
def test_a_number_that_the_document_does_not_print_is_never_accepted(at: int, delta: Decimal) -> None:
    """Any number of a sound form changed by anything, the document left as it is."""
    form = load(JIADING)[0].form
    numbers = equation_numbers(form)
    pointer = list(numbers)[at % len(numbers)]
    wrong = misread(grounded(form), with_numbers(form, {pointer: numbers[pointer] + delta}))
    decision = decide(wrong, check(wrong), "confirmed")
    assert [reason.fields for reason in decision.reasons if reason.code == "not_as_printed"] == [(pointer,)]


def test_report_reaches_its_bars(report: Report) -> None:
    """A small draw of each kind; shares of a handful, and the speed of a busy test machine, are not judged."""
    missed = [bar.code for bar in report.bars if not bar.met and bar.code not in {"speed", "covered_off"}]
    assert missed == []
    assert {bar.code for bar in report.bars} >= {"covered_off", "any_on", "first", "exchanges", "speed"}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_report_is_told_by_kind_and_field_with_its_bars(report: Report, lang: Lang) -> None:
    """In both languages, every field under its kind, nine bars, and each record that differs from the table."""
    lines = list(told(report, lang, by_field=True))
    assert any("funds.executed" in line for line in lines)
    assert sum(line.startswith(("✓", "✗")) for line in lines) == 9
    other = Disagreement(record="X/0", rule="weights_sum", fields=(), expected="error none", found=None)
    longer = list(told(report.model_copy(update={"disagreements": (other,)}), lang))
    assert any("X/0" in line for line in longer)


def test_verb_writes_its_figures_and_says_what_is_missing(tmp_path: Path) -> None:
    """A folder without labels is one line and exit code 2; a report without a document misses a bar; -o holds JSON."""
    run = CliRunner().invoke
    refused = run(eval_group, ["checker", "--data", str(tmp_path), "--lang", "en"])
    assert (refused.exit_code, len(refused.stderr.splitlines())) == (2, 1)
    gold = tmp_path / "own" / "gold"
    gold.mkdir(parents=True)
    shutil.copy(JIADING / "gold" / "form-00.json", gold)
    for name in ("layouts.json", "layouts-expected.json"):
        shutil.copy(DATA / name, tmp_path)
    stated = {"documents": [[]], "forms": 1, "indicator_rows": 7, "fund_lines": 4, "known_failures": {}}
    (gold.parent / "reports.json").write_text(json.dumps(stated), encoding="utf-8")
    file = tmp_path / "figures.json"
    done = run(eval_group, ["checker", "--data", str(tmp_path), "--sample", "3", "--lang", "zh", "-o", str(file)])
    assert done.exit_code == 1
    figures = json.loads(file.read_text("utf-8"))
    assert (figures["sound"], figures["exchanges"]) == (1, [])


@pytest.mark.parametrize(("text", "code"), [(None, "gold.missing"), ("{}", "gold.damaged")])
def test_damaged_or_missing_records_are_told(tmp_path: Path, text: str | None, code: str) -> None:
    """With the path, and what to do about it."""
    if text is not None:
        (tmp_path / "layouts.json").write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=code):
        judged(tmp_path)
