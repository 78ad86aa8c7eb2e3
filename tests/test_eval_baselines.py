"""What else a user would pick: the scripts are fair, the run names every way, the README's table is the log's."""

import json
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner

from eval.baselines import BASELINES, STORED
from eval.baselines.readme import table, written
from eval.baselines.run import DOCUMENTS
from eval.baselines.shape import PlainForm, PlainFund, PlainIndicator, form_of
from eval.baselines.texts import chunks, tables
from eval.baselines.words import forms_of
from eval.cli import eval_group
from eval.dataset import SHIPPED, documents_of
from eval.figures import scored
from eval.log import read_log, write_log
from prompts.loader import load
from schemas.errors import UsageError

CHROMIUM = SHIPPED / "jiading-2024" / "report-chromium.pdf"

TABLE = """
项目支出绩效自评表
（2023年度）
项目名称|河道保洁||||
主管部门|水务局||实施单位|水务所|
项目资金（万元）|年初预算数|全年预算数|全年执行数|分值|得分
年度资金总额|8.00|8.00|7.60|10|9.50
其中：财政拨款|8.00|8.00|7.60||
一级指标|三级指标|年度指标值|实际完成值|分值|得分
产出指标|保洁次数|≥12次|12次|50|50
|保洁里程|≥3公里|3公里|40|38
总分||||100|97.50
"""


def rows_of(text: str) -> list[list[str]]:
    """Rows of cells between bars."""
    return [line.split("|") for line in text.strip().splitlines()]


def test_known_headers_give_a_form() -> None:
    """Columns by their words, a merged level kept, totals from the closing row, labels beside their values."""
    (plain,) = forms_of(rows_of(TABLE))
    form = form_of(plain)
    assert (form.title, form.fiscal_year, form.amount_unit) == ("项目支出绩效自评表", 2023, "万元")
    assert (form.project_name, form.supervising_department, form.implementing_unit) == ("河道保洁", "水务局", "水务所")
    assert [(fund.source, str(fund.executed)) for fund in form.funds] == [("total", "7.60"), ("fiscal", "7.60")]
    assert [(row.level1, row.name, str(row.score)) for row in form.indicators] == [
        ("产出指标", "保洁次数", "50"),
        ("产出指标", "保洁里程", "38"),
    ]
    assert (str(form.total_weight), str(form.total_score)) == ("100", "97.50")


def test_two_titles_are_two_forms() -> None:
    """A second title begins a second form."""
    assert len(forms_of(rows_of(TABLE + TABLE.strip()))) == 2


def test_a_page_is_read_line_by_line_and_table_by_table() -> None:
    """Of the real report the script finds all 18 titles, and most of the forms' tables."""
    found = forms_of(tables(CHROMIUM))
    assert len(found) == 18
    assert found[0].project_name == "政府聘用辅助人员经费"


def test_markdown_keeps_a_forms_values() -> None:
    """One piece a form, its numbers inside."""
    (piece,) = chunks(SHIPPED / "families" / "mixed" / "m-landscape.pdf", "markdown")
    assert "|年度资金总额|6218.40|5994.52|96.4%|" in piece
    assert "<br>" not in piece


@pytest.mark.parametrize("writing", ["text", "tables"])
def test_a_report_is_cut_at_its_titles(writing: str) -> None:
    """A user would ask about one form at a time: 18 pieces, each with its own project."""
    pieces = chunks(CHROMIUM, writing)  # type: ignore[arg-type]  # a parameter of the test
    assert len(pieces) == 18
    assert "政府聘用辅助人员经费" in pieces[0]


def test_no_way_loses_for_a_comma_or_a_per_cent_sign() -> None:
    """What is typed out is cleaned as hedui's own values are."""
    plain = PlainForm(
        title="绩效自评表（2022年度）",
        project_name="养护",
        funds=(PlainFund(source="total", label="总额：", executed="3,616.90", execution_rate="99.87%", score="-"),),
        indicators=(PlainIndicator(level1="产出指标(50分)", name="里程", target="≥3.5公里", score="约十"),),
    )
    form = form_of(plain)
    assert (form.title, form.fiscal_year) == ("绩效自评表", 2022)
    (fund,) = form.funds
    assert (fund.label, str(fund.executed), str(fund.execution_rate), fund.score) == ("总额", "3616.90", "99.87", None)
    (row,) = form.indicators
    assert row.target is not None
    assert (row.level1, str(row.target.value), row.target.unit, row.score) == ("产出指标", "3.5", "公里", None)


def test_the_worked_example_of_the_plain_question_fits_its_shape() -> None:
    """The model is shown what it may answer."""
    (example,) = load("transcribe").table("Plain examples")
    plain = PlainForm.model_validate_json(example["answer"])
    assert plain.total_score == "98"
    assert all(value in example["form"] for value in ("河道保洁", "8.50", "≥12次"))


@contextmanager
def serving(refused: str | None = None) -> Iterator[tuple[dict[str, str], list[str]]]:
    """An OpenAI-compatible server that answers with nothing and refuses some texts; its environment, what was asked."""
    asked: list[str] = []

    class Scripted(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            asked.append(request["messages"][-1]["content"])
            if refused is not None and refused in asked[-1]:
                self.send_error(400, "too long")
                return
            schema = json.dumps(request.get("response_format", {}))
            words = json.loads(schema).get("json_schema", {}).get("schema", {}).get("properties", {}).get("role", {})
            content = json.dumps({"role": words["enum"][0]} if "enum" in words else {}, ensure_ascii=False)
            choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": content}}
            usage = {"prompt_tokens": 9, "completion_tokens": 1, "total_tokens": 10}
            made = {"id": "1", "object": "chat.completion", "created": 1, "model": "m", "usage": usage}
            body = json.dumps(made | {"choices": [choice]}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002, the name is http.server's
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Scripted)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield {"HEDUI_BASE_URL": f"http://127.0.0.1:{server.server_port}/v1", "HEDUI_MODEL": "m"}, asked
    server.shutdown()
    server.server_close()


@pytest.fixture
def endpoint() -> Iterator[tuple[dict[str, str], list[str]]]:
    """One that refuses nothing."""
    with serving() as served:
        yield served


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A labelled folder with one short workbook."""
    data = tmp_path / "small"
    shutil.copytree(SHIPPED / "families" / "B" / "gold", data / "gold")
    shutil.copy(SHIPPED / "families" / "B" / "b-kind.xlsx", data)
    stated = json.loads((SHIPPED / "families" / "B" / "reports.json").read_text("utf-8"))
    stated["documents"] = [[name for name in names if name == "b-kind.xlsx"] for names in stated["documents"]]
    (data / "reports.json").write_text(json.dumps(stated | {"files": []}), "utf-8")
    return data


def test_one_command_reads_the_same_documents_in_every_way(
    tmp_path: Path, small: Path, endpoint: tuple[dict[str, str], list[str]]
) -> None:
    """Eight ways, one log; a limit stops it between two questions and the same command goes on."""
    environ, asked = endpoint
    path = tmp_path / "log.json.gz"
    call = ["baselines", "-o", str(path), "--data", str(small), "--lang", "en"]
    stopped = CliRunner().invoke(eval_group, [*call, "--max-calls", "3"], env=environ, catch_exceptions=False)
    assert stopped.exit_code == 1, stopped.output
    assert [result.way for result in read_log(path).results] == ["tables_words", "hedui", "hedui_person"]
    before = len(asked)
    assert before == 3
    done = CliRunner().invoke(eval_group, call, env=environ, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    log = read_log(path)
    assert [result.way for result in log.results] == list(BASELINES)
    assert {len(result.documents) for result in log.results} == {len(log.documents)}
    by_way = {result.way.way: result for result in scored(log)}
    empty, told = by_way["text_typed"].figure("field_f1"), by_way["hedui_person"].figure("field_f1")
    assert empty is not None
    assert told is not None
    assert empty.value < 0.1
    assert told.value > 0.9
    assert len(asked) > before


def test_what_was_typed_out_is_not_asked_again_and_keeps_its_price(
    tmp_path: Path, small: Path, endpoint: tuple[dict[str, str], list[str]]
) -> None:
    """Stopped after each question, the way ends with the calls of all runs, and no text was asked about twice."""
    environ, asked = endpoint
    path = tmp_path / "log.json"
    call = ["baselines", "-o", str(path), "--data", str(small), "--lang", "en"]
    assert CliRunner().invoke(eval_group, [*call, "--max-calls", "0"], env=environ).exit_code == 1
    log = read_log(path)
    done = log.results[1].model_copy(update={"way": "hedui_model"})
    write_log(log.model_copy(update={"results": (*log.results, done)}), path)
    for run in (1, 2, 3):
        assert CliRunner().invoke(eval_group, [*call, "--max-calls", "1"], env=environ).exit_code == 1
        assert len(asked) == run
    assert CliRunner().invoke(eval_group, [*call, "--max-calls", "3"], env=environ).exit_code == 1
    typed = read_log(path).result("text_typed")
    assert typed is not None
    assert (typed.usage.calls, typed.usage.prompt_tokens, typed.usage.completion_tokens) == (3, 27, 3)
    assert len(set(asked[:3])) == 3
    assert typed.seconds > 0


def test_a_text_that_the_model_refuses_is_a_missing_form(tmp_path: Path, small: Path) -> None:
    """A form too long for a model's context is none, with its reason; the other forms are asked about."""
    path = tmp_path / "log.json"
    with serving(refused="疾控中心实验室") as (environ, _):
        call = ["baselines", "-o", str(path), "--data", str(small), "--lang", "en"]
        CliRunner().invoke(eval_group, call, env=environ, catch_exceptions=False)
    result = read_log(path).result("text_typed")
    assert result is not None
    (document,) = result.documents
    assert (document.outcome, len(document.outputs)) == ("read", 2)
    assert "rejects the request (status 400" in (document.reason or "")


def test_one_way_is_measured_anew_and_the_others_stay(
    tmp_path: Path, small: Path, endpoint: tuple[dict[str, str], list[str]]
) -> None:
    """Also in a finished log, by another hedui under another prompt: that way says so, all others are untouched."""
    environ, asked = endpoint
    path = tmp_path / "log.json"
    call = ["baselines", "-o", str(path), "--data", str(small), "--lang", "en"]
    assert CliRunner().invoke(eval_group, call, env=environ).exit_code == 0
    first = read_log(path)
    assert [result.conditions for result in first.results] == [None] * 8
    older = first.conditions.program.model_copy(update={"commit": "0" * 40, "dirty": False})
    before = first.conditions.model_copy(update={"program": older, "prompts": {"role": "another"}})
    write_log(first.model_copy(update={"conditions": before}), path)
    questions = len(asked)
    assert CliRunner().invoke(eval_group, call, env=environ).exit_code == 2
    again = CliRunner().invoke(eval_group, [*call, "--again", "hedui_model"], env=environ)
    assert again.exit_code == 0, again.output
    log = read_log(path)
    assert [result.way for result in log.results] == list(BASELINES)
    measured = {result.way: result.conditions for result in log.results}
    assert measured.pop("hedui_model") == first.conditions
    assert set(measured.values()) == {None}
    kept = [result for result in first.results if result.way != "hedui_model"]
    assert [result for result in log.results if result.way != "hedui_model"] == kept
    assert len(asked) > questions
    assert log.commits().startswith("00000000 ")
    unknown = CliRunner().invoke(eval_group, [*call, "--again", "hedui_nothing"], env=environ)
    assert (unknown.exit_code, "hedui_transcribe" in unknown.output) == (2, True)


def test_a_run_stops_at_its_limit_and_goes_on(
    tmp_path: Path, small: Path, endpoint: tuple[dict[str, str], list[str]]
) -> None:
    """Two calls and no third; the same command without the limit finishes, and the log counts the calls of both."""
    environ, asked = endpoint
    path = tmp_path / "log.json"
    call = ["run", "-o", str(path), "--data", str(small), "--lang", "en"]
    stopped = CliRunner().invoke(eval_group, [*call, "--max-calls", "2"], env=environ)
    assert (stopped.exit_code, "Go on with the same command" in stopped.output) == (1, True)
    assert len(asked) == 2
    assert not path.exists()
    done = CliRunner().invoke(eval_group, call, env=environ, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    (result,) = read_log(path).results
    assert (result.usage.calls, result.usage.completion_tokens) == (len(asked), len(asked))
    assert len(asked) > 2


def test_a_run_stops_at_its_cost(tmp_path: Path, small: Path, endpoint: tuple[dict[str, str], list[str]]) -> None:
    """At 1 a token one answer costs 1 and its prompt 9: a limit of 15 is reached with the second question."""
    environ, asked = endpoint
    settings = tmp_path / "hedui.toml"
    settings.write_text('[model.price]\nprompt = "1000000"\ncached = "0"\ncompletion = "1000000"\n', "utf-8")
    call = ["-o", str(tmp_path / "log.json"), "--data", str(small), "--config", str(settings), "--max-cost", "15"]
    for verb in ("run", "baselines"):
        asked.clear()
        stopped = CliRunner().invoke(eval_group, [verb, *call], env=environ)
        assert stopped.exit_code == 1, stopped.output
        assert len(asked) == 2


def test_another_models_log_is_not_gone_on_with(
    tmp_path: Path, small: Path, endpoint: tuple[dict[str, str], list[str]]
) -> None:
    """The ways of one table have one model, the same documents, and nothing else is put into it."""
    environ, _ = endpoint
    path = tmp_path / "log.json"
    call = ["baselines", "-o", str(path), "--data", str(small), "--lang", "en", "--max-calls", "0"]
    assert CliRunner().invoke(eval_group, call, env=environ).exit_code == 1
    other = CliRunner().invoke(eval_group, [*call, "--model", "m2"], env=environ)
    assert (other.exit_code, "other conditions" in other.output) == (2, True)


def test_the_compared_documents_are_shipped_and_enough() -> None:
    """At least 12 forms of at least 4 families, in more than one format."""
    chosen = [found for found in documents_of(SHIPPED) if found.name in DOCUMENTS]
    assert len(chosen) == len(DOCUMENTS)
    assert sum(len(found.forms) for found in chosen) >= 12
    assert len({family for found in chosen for family in found.families}) >= 4
    assert {found.format for found in chosen} == {"pdf", "xlsx"}


def test_the_readmes_table_is_made_from_the_stored_log() -> None:
    """Nobody edits a figure by hand: the table is what the log says, the model named above it."""
    readme = (Path(__file__).parent.parent / "README.md").read_text("utf-8")
    assert written(readme, read_log(STORED)) == readme
    assert f"model: {read_log(STORED).conditions.model}." in readme


def test_a_way_that_is_not_measured_is_told_below_the_table() -> None:
    """Whoever reads an unfinished table sees what is missing, and which commits made the rest."""
    log = read_log(STORED)
    program = log.conditions.program.model_copy(update={"commit": "1" * 40, "dirty": True})
    later = log.results[1].model_copy(update={"conditions": log.conditions.model_copy(update={"program": program})})
    shown = table(log.model_copy(update={"results": (log.results[0], later)}))
    assert "hedui with the model; the model types out PyMuPDF's text; " in shown
    assert shown.splitlines()[-1].startswith("Not in this log: hedui, no model, layouts confirmed once; ")
    assert " 11111111*)" in shown.splitlines()[0]


def test_a_readme_without_a_place_for_the_table_is_told() -> None:
    """Not guessed, not appended."""
    with pytest.raises(UsageError):
        written("# hedui", read_log(STORED))
