"""The benchmark: what counts as a right cell, what is timed, and that the timed work is the whole work."""

from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from eval.bench import (
    Accuracy,
    Measured,
    Outcome,
    accuracy,
    by_layout,
    confirmed_library,
    interleaved,
    main,
    printed_cells,
    whole_run,
)
from eval.gold import load
from schemas.form import FundLine, IndicatorRow, Quantity, SelfEvaluation

DATA = Path(__file__).parent.parent / "eval" / "data" / "jiading-2024"
REPORT = DATA / "report-libreoffice.pdf"


def measured(seconds: dict[str, float], right: int = 10) -> Measured:
    """A report of ten cells whose medians are given, on top of a floor of one second and bars just met."""
    met = {"floor": 1.0, "warm": 4.0, "layout": 1.0, "find_tables": 8.0, "pdfplumber": 6.0}
    return Measured("a.pdf", 1, met | seconds, {"layout": Accuracy(right, 10)}, Outcome(1, 1, 0))


def test_printed_cells_are_labels_and_values_each_as_often_as_it_is_printed() -> None:
    """A level merged over two rows is one cell; blank cells are none; money has its separators."""
    rows = tuple(
        IndicatorRow(level1="产出", level2="数量", name=name, target=Quantity(text="≥1 次"), weight=Decimal("10.0"))
        for name in ("甲", "乙")
    )
    fund = FundLine(source="total", label="年度资金总额", initial_budget=Decimal("1234.50"))
    found = printed_cells([SelfEvaluation(funds=(fund,), indicators=rows)])
    assert (found["产出"], found["甲"], found["≥1次"], found["10.0"]) == (1, 1, 2, 2)
    assert (found["1,234.50"], found["年度资金总额:"]) == (1, 1)
    assert "" not in found


def test_a_cell_is_right_only_with_its_whole_text() -> None:
    """Spaces and full-width forms do not count; a half cell, a glued cell and a cell too many do."""
    printed = Counter({"(1)甲": 1, "乙": 2, "丙丁": 1, "戊": 1})
    assert accuracy(printed, ["（1） 甲", "乙", "丙", "丁", "戊己", None, "", "庚"]) == Accuracy(2, 5)
    assert accuracy(Counter(), ["甲"]).share == 1.0


def test_ways_take_turns() -> None:
    """One round calls every way once, so that a slow minute hits all of them."""
    called: list[str] = []
    found = interleaved({"a": lambda: called.append("a"), "b": lambda: called.append("b")}, 3)
    assert called == ["a", "b", "a", "b", "a", "b"]
    assert found.keys() == {"a", "b"}


@pytest.mark.parametrize(
    ("seconds", "right", "missed"),
    [
        ({}, 10, 0),
        ({"warm": 4.01}, 10, 1),
        ({"find_tables": 7.9}, 10, 1),
        ({"pdfplumber": 5.9}, 10, 1),
        ({}, 9, 1),
        ({"layout": 2.0}, 9, 3),
    ],
)
def test_a_bar_that_is_not_met_is_said(seconds: dict[str, float], right: int, missed: int) -> None:
    """The warm run by the floor, the others by layout, and layout by its cells."""
    assert len(measured(seconds, right).misses()) == missed


def test_layout_gets_every_printed_cell_of_both_reports_right() -> None:
    """1944 cells a report, labels and values, also those cut by a page's end."""
    printed = printed_cells(case.form for case in load(DATA))
    for name in ("report-chromium.pdf", "report-libreoffice.pdf"):
        assert accuracy(printed, by_layout(DATA / name)) == Accuracy(1944, 1944)


def test_a_warm_run_does_all_the_work_without_a_question(tmp_path: Path) -> None:
    """Confirmed layouts: 18 forms, 14 of them accepted, no call, and every file that hedui leaves."""
    library = confirmed_library(REPORT, tmp_path)
    assert whole_run(REPORT, library, tmp_path / "warm") == Outcome(18, 14, 0)
    left = sorted(path.name for path in (tmp_path / "warm").iterdir())
    assert left == ["files.jsonl", "forms.jsonl", "forms.xlsx", "hedui.db"]


def test_a_folder_without_labels_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 2 and one line."""
    assert main([str(tmp_path)]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
