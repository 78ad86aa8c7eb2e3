"""Figures of whole logs: who accepted what wrongly, what it cost, how it is cut; older logs give what they gave."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from eval.cli import eval_group
from eval.dataset import GoldDocument
from eval.figures import Scored, cost_per_form, scored
from eval.log import Conditions, DocumentResult, Log, Output, Program, WayResult, read_log, write_log
from eval.progress import Shown
from schemas.form import SelfEvaluation
from schemas.run import Usage

OLDER = Path(__file__).parent / "files" / "eval-log-0.1.0.json.gz"
"""Three documents of a run by commit fca4b41, before logs knew boxes and ways measured later."""


def gold(name: str, family: str, *forms: SelfEvaluation) -> GoldDocument:
    """A labelled document; its format is its name's end, a picture's origin is ocr."""
    ending = name.rpartition(".")[2]
    return GoldDocument(
        name=name,
        sha256="0" * 64,
        families=(family,) * len(forms),
        format=ending,
        origin="ocr" if ending == "png" else "text",
        outcome="read",
        forms=forms,
    )


def form(name: str, score: str) -> SelfEvaluation:
    """A form of three fields: kind, name and score."""
    return SelfEvaluation.model_validate({"project_name": name, "total_score": score})


def output(found: SelfEvaluation, by: str | None) -> Output:
    """A form as read: accepted by rules or a reviewer, or waiting."""
    return Output.model_validate({"form": found, "status": "accepted" if by else "review", "decided_by": by})


ROAD, PARK, POOL, WELL = form("道路", "98.5"), form("公园", "90"), form("泳池", "88"), form("水井", "77")


@pytest.fixture
def log() -> Log:
    """Four forms in three documents: one accepted wrongly by rules, one by a reviewer, one rightly, one waits."""
    wrong_road, wrong_well = form("道路", "89.5"), form("水井", "17")
    documents = (gold("a.pdf", "A", ROAD, PARK), gold("b.xlsx", "B", POOL), gold("c.png", "B", WELL))
    read = (
        DocumentResult(document="a.pdf", outcome="read", outputs=(output(wrong_road, "rules"), output(PARK, "rules"))),
        DocumentResult(document="b.xlsx", outcome="read", outputs=(output(POOL, None),)),
        DocumentResult(document="c.png", outcome="read", outputs=(output(wrong_well, "reviewer"),)),
    )
    usage = Usage(calls=12, prompt_tokens=1000, cached_tokens=600, completion_tokens=100, seconds=8.0)
    way = WayResult(way="hedui", documents=read, usage=usage, seconds=20.0)
    program = Program(version="0", commit=None, dirty=None, python="3", platform="x")
    conditions = Conditions(
        program=program, model="none", mapping="layout", prompts={}, settings={}, data="", ways=("hedui",)
    )
    return Log(started="", finished="", conditions=conditions, documents=documents, results=(way,))


def value(result: Scored, code: str) -> float | None:
    """The value of a figure."""
    found = result.figure(code)  # type: ignore[arg-type]  # a parameter of the test
    return None if found is None else found.value


def test_errors_among_accepted_forms_are_told_by_who_accepted_them(log: Log) -> None:
    """Of two forms that rules accepted one is wrong in 1 of 3 fields; of one that a reviewer accepted, that one."""
    (result,) = scored(log)
    assert value(result, "straight_through") == 2 / 4
    assert value(result, "wrong_forms_by_rules") == 1 / 2
    assert value(result, "wrong_fields_by_rules") == 1 / 6
    assert value(result, "wrong_numbers_by_rules") == 1 / 2
    assert value(result, "wrong_forms_by_reviewer") == 1.0


def test_cost_is_told_per_form_and_per_accepted_form(log: Log) -> None:
    """12 calls, 500 evaluated tokens and 20 seconds over 4 forms, 2 of them accepted by rules."""
    (result,) = scored(log)
    assert cost_per_form(result) == {
        "calls_per_form": 3.0,
        "tokens_per_form": 125.0,
        "seconds_per_form": 5.0,
        "calls_per_accepted": 6.0,
        "tokens_per_accepted": 250.0,
        "seconds_per_accepted": 10.0,
    }


@pytest.mark.parametrize(
    ("view", "expected"),
    [
        ("family", {"A": 5 / 6, "B": 5 / 6}),
        ("format", {"pdf": 5 / 6, "png": 2 / 3, "xlsx": 1.0}),
        ("origin", {"ocr": 2 / 3, "text": 8 / 9}),
    ],
)
def test_a_way_is_cut_by_family_format_and_origin(log: Log, view: str, expected: dict[str, float]) -> None:
    """Each part's precision and recall over its own documents alone."""
    (result,) = scored(log)
    parts = result.view(view)  # type: ignore[arg-type]  # a parameter of the test
    for code in ("field_precision", "field_recall", "field_f1"):
        assert {name: value(part, code) for name, part in parts.items()} == pytest.approx(expected)


def test_precision_recall_and_f1_are_told_of_each_cut(log: Log, tmp_path: Path) -> None:
    """Two of four scores are wrong: precision, recall and F1 of the type are 50 %; its family's are 83.33 %."""
    path = tmp_path / "log.json"
    write_log(log, path)
    call = ["score", str(path), "--by", "type", "--by", "family", "--lang", "en"]
    told = CliRunner().invoke(eval_group, call, env={"COLUMNS": "200"}, catch_exceptions=False).output
    rows = [line.replace("│", " ").split() for line in told.splitlines()]
    assert ["total_score", "2", "2", "0", "0", "50.00", "50.00", "50.00"] in rows
    (family,) = [row for row in rows if row[:2] == ["A", "2"]]
    assert family[2:5] == ["83.33", "83.33", "83.33"]


def test_an_older_log_gives_the_figures_that_it_gave() -> None:
    """To the last digit, intervals too; what it does not know has no figure."""
    plain, told = scored(read_log(OLDER))
    f1, area = plain.figure("field_f1"), plain.risk()
    assert f1 is not None
    assert area is not None
    assert f1 == (0.6487341772151899, 0.112, 1.0, 3)
    assert area.area == (0.1445518473599969, 0.0, 0.4180982259570495, 3)
    assert area.fields == 264
    assert value(told, "straight_through") == 0.75
    assert value(told, "grounding") == 1.0
    assert value(told, "boxes_met") is None


def test_a_bar_names_the_way_that_is_read(capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever watches sees which of several ways is at work, and how far it is."""
    with Shown("zh") as shown:
        shown.way("hedui_person")
        shown.begin(2)
        shown.understood("a.pdf")
    told = capsys.readouterr().err
    assert "hedui，版式经人确认" in told
    assert "1/4" in told
    assert "a.pdf" not in told
