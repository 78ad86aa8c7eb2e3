"""Transcribing: only what stands exactly where the model says counts; the checks and the law are the same."""

import json
import re
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner
from handmade import region_of

from pipeline.cli import main
from pipeline.ground import ground
from pipeline.mapping.lexicon import Lexicon, standard
from pipeline.mapping.skeleton import analyse
from pipeline.mapping.transcribe import Mapped, transcribed, transcription_question
from schemas.extraction import Extraction
from schemas.layout import Region
from schemas.reading import Transcription
from schemas.run import FormRecord

ROOT = Path(__file__).parent.parent
TEXT = ROOT / "tests" / "files" / "flow-standard.txt"

FORM = """
项目名称 | 河道保洁 | « | « | « | « | «
项目资金 | 年初预算数 | 全年预算数 | 全年执行数 | 分值 | 执行率 | 得分
年度资金总额 | 8.00 | 8.00 | 7.60 | 10 | 95.00% | 9.50
其中：财政拨款 | 8.00 | 8.00 | 7.60 | - | 95.00% | -
一级指标 | 二级指标 | 三级指标 | 年度指标值 | 实际完成值 | 分值 | 得分
产出指标 | 数量指标 | 保洁次数 | ≥12次 | 12次 | 90 | 88
总分 | « | « | « | « | 100 | 97.50
"""


def quote(cell: int, text: str) -> dict[str, object]:
    """What a model says of one value."""
    return {"cell": cell, "text": text}


def answer(**changed: object) -> dict[str, object]:
    """A right transcription of the form above, parts of it replaced."""
    total: dict[str, object] = {
        "source": "total",
        "label": quote(12, "年度资金总额"),
        "initial_budget": quote(13, "8.00"),
    }
    total |= {"adjusted_budget": quote(14, "8.00"), "executed": quote(15, "7.60"), "weight": quote(16, "10")}
    total |= {"execution_rate": quote(17, "95.00%"), "score": quote(18, "9.50")}
    part: dict[str, object] = {
        "source": "fiscal",
        "label": quote(19, "其中：财政拨款"),
        "initial_budget": quote(20, "8.00"),
    }
    part |= {"adjusted_budget": quote(21, "8.00"), "executed": quote(22, "7.60"), "execution_rate": quote(24, "95.00%")}
    row: dict[str, object] = {
        "level1": quote(33, "产出指标"),
        "level2": quote(34, "数量指标"),
        "name": quote(35, "保洁次数"),
    }
    row |= {
        "target": quote(36, "≥12次"),
        "actual": quote(37, "12次"),
        "weight": quote(38, "90"),
        "score": quote(39, "88"),
    }
    whole: dict[str, object] = {
        "title": quote(1, "项目支出绩效自评表"),
        "fiscal_year": quote(2, "2023"),
        "project_name": quote(4, "河道保洁"),
    }
    whole |= {"funds": [total, part], "indicators": [row]}
    whole |= {"total_weight": quote(41, "100"), "total_score": quote(42, "97.50")}
    return whole | changed


@pytest.fixture(scope="module")
def region() -> Region:
    """The form above."""
    return region_of(FORM, "项目支出绩效自评表", "（2023年度）")


def mapped(region: Region, said: dict[str, object], lexicon: Lexicon | None = None) -> Mapped:
    """The form under a transcription."""
    words = lexicon or standard()
    return transcribed(region, analyse(region, words), Transcription.model_validate(said), words, "k")


def read(region: Region, said: dict[str, object], lexicon: Lexicon | None = None) -> Extraction:
    """The same, grounded."""
    found = mapped(region, said, lexicon)
    return ground(found.draft, region, {slot.number: slot for slot in found.template.slots})


def numbers(region: Region) -> dict[int, str]:
    """The cells as the model is shown them."""
    return {cell.number: cell.text for row in transcription_question(region).rows for cell in row}


def test_cells_are_numbered_row_by_row(region: Region) -> None:
    """Lines above the table first; a merged cell once; blanks keep their numbers and are not shown."""
    shown = numbers(region)
    assert (shown[1], shown[4], shown[12], shown[42]) == ("项目支出绩效自评表", "河道保洁", "年度资金总额", "97.50")


def test_a_right_transcription_gives_the_form(region: Region) -> None:
    """Numbers with their printed decimals, targets taken apart, the year out of its line, evidence for each."""
    found = read(region, answer())
    form = found.form
    assert (form.project_name, form.fiscal_year, str(form.total_score)) == ("河道保洁", 2023, "97.50")
    assert [str(fund.execution_rate) for fund in form.funds] == ["95.00", "95.00"]
    target = form.indicators[0].target
    assert target is not None
    assert (target.operator, str(target.value), target.unit) == ("≥", "12", "次")
    assert found.missing == ()
    assert found.evidence["/funds/0/score"].cell_text == "9.50"


def test_known_words_are_the_second_reading(region: Region) -> None:
    """With them every role rests on two readings; without any only title and year do, which code finds by place."""
    assert {slot.state for slot in mapped(region, answer()).template.slots} == {"agreed"}
    assert mapped(region, answer()).template.state == "confirmed"
    alone = mapped(region, answer(), Lexicon.empty()).template
    assert {slot.role for slot in alone.slots if slot.state == "agreed"} == {"section", "fiscal_year"}
    assert alone.state == "proposed"


def test_what_the_words_contradict_is_disputed(region: Region) -> None:
    """Initial and adjusted budget exchanged: both columns hold the same numbers, only words tell them apart."""
    funds = answer()["funds"]
    assert isinstance(funds, list)
    first = funds[0] | {"initial_budget": quote(14, "8.00"), "adjusted_budget": quote(13, "8.00")}
    found = read(region, answer(funds=[first, funds[1]]))
    assert found.standings["/funds/0/initial_budget"].state == "disputed"
    assert found.standings["/funds/0/executed"].state == "agreed"


@pytest.mark.parametrize(
    "wrong",
    [
        quote(42, "97.5"),
        quote(42, "97.05"),
        quote(41, "97.50"),
        quote(42, "7.50"),
        quote(999, "97.50"),
        quote(40, "总分"),
    ],
    ids=["decimals", "digits", "cell", "part", "nowhere", "label"],
)
def test_a_quote_that_does_not_stand_there_does_not_count(region: Region, wrong: dict[str, object]) -> None:
    """Another spelling, another cell, a part of a number: the field is null and missing, never the model's number."""
    found = read(region, answer(total_score=wrong))
    assert found.form.total_score is None
    assert "/total_score" in found.missing


def test_what_the_model_leaves_out_is_missing(region: Region) -> None:
    """A total that the form prints and nobody quoted is noticed by the words."""
    said = answer()
    del said["total_score"]
    assert read(region, said).missing == ("/total_score",)


def test_an_invented_label_of_funds_gives_no_row(region: Region) -> None:
    """A row is made of cells, not of names."""
    funds = answer()["funds"]
    assert isinstance(funds, list)
    found = read(region, answer(funds=[funds[0], funds[1] | {"label": quote(19, "单位资金")}]))
    assert len(found.form.funds) == 1
    assert "/funds/1/label" in found.missing


def test_a_value_of_another_label_goes_to_the_extras() -> None:
    """Under the text of the cell before it."""
    found = read(
        region_of(FORM + "联系电话 | 68001234 | « | « | « | « | «", "项目支出绩效自评表"),
        {"extras": [quote(43, "68001234")]},
    )
    assert [(extra.label, extra.text) for extra in found.form.extras] == [("联系电话", "68001234")]


Serve = Callable[[Callable[[str], dict[str, object]]], dict[str, str]]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts an OpenAI-compatible server that answers each form by a function of its cells; gives its environment."""
    servers: list[ThreadingHTTPServer] = []

    def start(said: Callable[[str], dict[str, object]]) -> dict[str, str]:
        class Scripted(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                content = json.dumps(said(request["messages"][-1]["content"]), ensure_ascii=False)
                choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": content}}
                usage = {"prompt_tokens": 900, "completion_tokens": 400, "total_tokens": 1300}
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
        servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return {"HEDUI_BASE_URL": f"http://127.0.0.1:{server.server_port}/v1", "HEDUI_MODEL": "m"}

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def records(folder: Path) -> list[FormRecord]:
    """What a run wrote."""
    lines = (folder / "forms.jsonl").read_text("utf-8").splitlines()
    return [FormRecord.model_validate_json(line) for line in lines]


def workbook(folder: Path) -> Path:
    """The form above as a workbook, its title in front."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    rows = [line.split(" | ") for line in FORM.strip().splitlines()]
    for at, cells in enumerate([["项目支出绩效自评表"], ["（2023年度）"], *rows], start=1):
        for column, text in enumerate(cells, start=1):
            if text != "«":
                sheet.cell(at, column, text)
        end = max(len(rows[0]), len(cells))
        merged = [column for column in range(1, end + 1) if column > len(cells) or cells[column - 1] == "«"]
        if merged:
            sheet.merge_cells(start_row=at, end_row=at, start_column=merged[0] - 1, end_column=merged[-1])
    path = folder / "form.xlsx"
    book.save(path)
    return path


def run(folder: Path, environ: dict[str, str]) -> list[FormRecord]:
    """What `hedui run --mapping transcribe` makes of the workbook."""
    out = folder / "out"
    call = ["run", str(workbook(folder)), "-o", str(out), "--templates", str(folder / "l.db"), "--lang", "en"]
    home = {"XDG_CACHE_HOME": str(folder / "cache")}
    done = CliRunner().invoke(main, [*call, "--mapping", "transcribe"], env=environ | home, catch_exceptions=False)
    assert done.exit_code in {0, 3}, done.output
    return records(out)


def renumbered(asked: str) -> dict[str, object]:
    """The right answer with the numbers that the question gives the cells; of equal texts the first not yet used."""
    shown = [(int(number), json.loads(text)) for number, text in re.findall(r'(\d+) ("(?:[^"\\]|\\.)*")', asked)]
    order = numbers(region_of(FORM, "项目支出绩效自评表", "（2023年度）"))
    of = dict(zip((number for number, text in order.items() if text), (number for number, _ in shown), strict=True))

    def moved(value: object) -> object:
        if isinstance(value, dict):
            return {key: of[own] if key == "cell" else moved(own) for key, own in value.items()}
        return [moved(own) for own in value] if isinstance(value, list) else value

    found = moved(answer())
    assert isinstance(found, dict)
    return found


def test_a_right_transcription_is_accepted_under_the_same_law(tmp_path: Path, serve: Serve) -> None:
    """Every number is covered by its equations, every role rests on the model and the known words; one call a form."""
    (record,) = run(tmp_path, serve(renumbered))
    assert record.decision.reasons == ()
    assert (record.status, str(record.form.total_score), record.usage.calls) == ("accepted", "97.50", 1)
    assert record.evidence["/total_score"].text == "97.50"


def test_a_wrong_number_of_the_model_reaches_no_output(tmp_path: Path, serve: Serve) -> None:
    """It is in no cell: the field stays null, the form goes to review."""

    def lying(asked: str) -> dict[str, object]:
        said = renumbered(asked)
        total = said["total_score"]
        assert isinstance(total, dict)
        return said | {"total_score": total | {"text": "99.50"}}

    (record,) = run(tmp_path, serve(lying))
    assert (record.status, record.form.total_score) == ("review", None)
    assert {"required_missing", "numbers_not_conserved"} <= {reason.code for reason in record.decision.reasons}


def test_a_model_that_finds_nothing_accepts_nothing(tmp_path: Path, serve: Serve) -> None:
    """An empty transcription leaves every number unclaimed; what the call took is accounted."""
    (record,) = run(tmp_path, serve(lambda _: {}))
    assert (record.status, record.form.indicators, record.usage.completion_tokens) == ("review", (), 400)
    assert {"required_missing", "numbers_not_conserved"} <= {reason.code for reason in record.decision.reasons}


def test_a_run_says_that_whole_forms_leave_the_machine(tmp_path: Path, serve: Serve) -> None:
    """Before the first question, and not what is said of a run that asks about labels only."""
    call = ["run", str(workbook(tmp_path)), "-o", str(tmp_path / "out"), "--templates", str(tmp_path / "l.db")]
    environ = serve(renumbered) | {"XDG_CACHE_HOME": str(tmp_path / "cache")}
    told = CliRunner().invoke(main, [*call, "--lang", "en", "--mapping", "transcribe"], env=environ).stderr
    assert "the whole text of every form leaves this machine" in " ".join(told.split())


def test_transcribing_needs_a_model(tmp_path: Path) -> None:
    """With none it is told what to leave out."""
    call = ["run", str(TEXT), "-o", str(tmp_path), "--model", "none", "--mapping", "transcribe", "--lang", "en"]
    done = CliRunner().invoke(main, call)
    assert (done.exit_code, "A model is needed to transcribe" in done.output) == (2, True)
