"""The command line as a user meets it: exit codes, results, resumption, layouts, errors in one line."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import openpyxl
import pymupdf
import pytest
from click.testing import CliRunner, Result

from pipeline.cli import main

ROOT = Path(__file__).parent.parent
DATA = ROOT / "eval" / "data" / "jiading-2024"
REPORT = DATA / "report-libreoffice.pdf"


def hedui(*args: str | Path) -> Result:
    """One call, in Chinese, without a model unless the call names one."""
    return CliRunner().invoke(main, [str(arg) for arg in args], catch_exceptions=False, env={"LANG": "zh_CN.UTF-8"})


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """A template library of this test's own."""
    return tmp_path / "library.db"


@pytest.fixture(scope="module")
def first_run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Result]:
    """The report read once without a model: its folder, with the library beside `out`, and what was said."""
    folder = tmp_path_factory.mktemp("first")
    arguments = ("-o", folder / "out", "--templates", folder / "library.db", "--model", "none")
    return folder, hedui("run", REPORT, *arguments)


@pytest.fixture
def out(first_run: tuple[Path, Result], library: Path) -> Path:
    """Results of this test's own, as the first run left them, and the library that goes with them."""
    folder, _ = first_run
    shutil.copy(folder / "library.db", library)
    return shutil.copytree(folder / "out", library.parent / "out")


def key_of(out: Path) -> str:
    """The first digits of the layout of the first form."""
    line = (out / "forms.jsonl").read_text("utf-8").splitlines()[0]
    return str(json.loads(line)["template"]["key"])[:8]


def test_forms_in_review_end_with_3_and_name_the_failed_equation(first_run: tuple[Path, Result]) -> None:
    """The console says which column, both numbers and their difference."""
    _, result = first_run
    assert result.exit_code == 3
    assert "年初预算数：各项资金之和为 74.85，总额印的是 70.00，相差 4.85。" in result.stdout
    assert "待复核" in result.stdout


def test_results_are_written_in_every_shape(out: Path) -> None:
    """OUT holds the database, both JSON-lines files and the workbook with its eight sheets."""
    assert {path.name for path in out.iterdir()} >= {"hedui.db", "files.jsonl", "forms.jsonl", "forms.xlsx"}
    assert len((out / "forms.jsonl").read_text("utf-8").splitlines()) == 18
    assert openpyxl.load_workbook(out / "forms.xlsx").sheetnames == [
        "说明",
        "汇总",
        "项目",
        "资金",
        "指标",
        "问题",
        "文件",
        "修改记录",
    ]


def test_confirmed_layout_accepts_its_forms_at_once(out: Path, library: Path) -> None:
    """One confirmation maps the stored forms again; what then does not add up is all that is left."""
    result = hedui("layouts", "confirm", key_of(out), "-o", out, "--templates", library)
    assert result.exit_code == 0
    assert "已接受 14，待复核 4" in result.stdout
    states = [json.loads(line)["status"] for line in (out / "forms.jsonl").read_text("utf-8").splitlines()]
    assert states.count("accepted") == 14


def test_corrected_role_changes_every_form_of_the_layout(out: Path, library: Path) -> None:
    """Target and actual exchanged by a person stand exchanged in all 18 forms."""
    shown = hedui("layouts", "show", key_of(out), "--templates", library).stdout
    assert "年度指标值" in shown
    swap = ("--role", "19=actual", "--role", "20=target")
    assert hedui("layouts", "confirm", key_of(out), *swap, "-o", out, "--templates", library).exit_code == 0
    first = json.loads((out / "forms.jsonl").read_text("utf-8").splitlines()[0])["form"]["indicators"][0]
    assert (first["target"]["text"], first["actual"]["text"]) == ("53.00(人)", "≥53.00(人)")


@pytest.mark.parametrize(
    ("role", "told"),
    [
        ("99=score", "没有第 99 栏"),
        ("19=total", "不能是 total"),
        ("nineteen=score", "写法不对"),
        ("19=score", "第 19 栏和第 22 栏都成了 score"),
    ],
)
def test_role_that_cannot_be_is_refused_in_one_line(out: Path, library: Path, role: str, told: str) -> None:
    """A wrong column, a role that cannot stand there or stands there already, a slip of the pen: each told."""
    result = hedui("layouts", "confirm", key_of(out), "--role", role, "-o", out, "--templates", library)
    assert result.exit_code == 2
    assert told in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_failed_file_ends_with_1_and_the_others_are_kept(out: Path, library: Path, tmp_path: Path) -> None:
    """A damaged file outranks review, is told in one line, and loses nothing."""
    (tmp_path / "bad.pdf").write_bytes(b"%PDF-1.4 broken")
    result = hedui("run", tmp_path / "bad.pdf", "-o", out, "--templates", library, "--model", "none")
    assert result.exit_code == 1
    assert "bad.pdf：这个 PDF 文件已损坏" in result.stdout
    assert len((out / "forms.jsonl").read_text("utf-8").splitlines()) == 18


def test_missing_path_is_a_usage_error(tmp_path: Path, library: Path) -> None:
    """Exit code 2 and one line that names the path."""
    result = hedui("run", tmp_path / "nowhere.pdf", "-o", tmp_path / "out", "--templates", library, "--model", "none")
    assert result.exit_code == 2
    assert "nowhere.pdf" in result.stderr


def test_folder_without_files_is_a_usage_error(tmp_path: Path, library: Path) -> None:
    """An empty folder is no batch."""
    (tmp_path / "empty").mkdir()
    result = hedui("run", tmp_path / "empty", "-o", tmp_path / "out", "--templates", library, "--model", "none")
    assert result.exit_code == 2


def test_english_reader_is_told_in_english(tmp_path: Path, library: Path) -> None:
    """--lang en changes what is said, not what was read."""
    result = hedui("run", REPORT, "-o", tmp_path / "out", "--templates", library, "--model", "none", "--lang", "en")
    assert "18 for review" in result.stdout
    assert "initial budget" in result.stdout.lower()


def test_show_tells_each_value_with_its_place(out: Path) -> None:
    """A form is found by the beginning of its id where that is one form's alone."""
    form_id = json.loads((out / "forms.jsonl").read_text("utf-8").splitlines()[7])["form_id"]
    result = hedui("show", form_id, "-o", out)
    assert result.exit_code == 0
    assert "/funds/0/initial_budget" in result.stdout
    assert "第10页" in result.stdout
    assert hedui("show", "nothing", "-o", out).exit_code == 2


def test_layout_shows_what_the_program_sees() -> None:
    """The grid of the first form, with its merged cells."""
    result = hedui("layout", REPORT)
    assert result.exit_code == 0
    assert "c0(5x2) 项目资金（万元）" in result.stdout


def test_every_command_is_documented() -> None:
    """The README shows each verb of the command line."""
    readme = (ROOT / "README.md").read_text("utf-8") + (ROOT / "README.zh-CN.md").read_text("utf-8")
    missing = [name for name in main.commands if f"hedui {name}" not in readme]
    assert missing == []


def test_killed_run_goes_on_and_ends_with_the_same_records(tmp_path: Path) -> None:
    """SIGKILL between two files: the second call finishes, nothing is lost or doubled, all is as if never killed."""
    folder = tmp_path / "in"
    folder.mkdir()
    with pymupdf.open(REPORT) as report:
        report.select(range(2))
        pages = report.tobytes()
    for number in range(5):
        (folder / f"{number}.pdf").write_bytes(pages + b"\n%" + str(number).encode())
    call = [sys.executable, "-c", "from pipeline.cli import main; main()", "run", str(folder), "--model", "none"]
    environ = {**os.environ, "LANG": "zh_CN.UTF-8"}
    whole = [*call, "-o", str(tmp_path / "whole"), "--templates", str(tmp_path / "whole.db")]
    assert subprocess.run(whole, check=False, capture_output=True, env=environ).returncode == 3
    killed = [*call, "-o", str(tmp_path / "killed"), "--templates", str(tmp_path / "killed.db")]
    process = subprocess.Popen(killed, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environ)
    database = tmp_path / "killed" / "hedui.db"
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and not 1 <= rows(database, "files") < 5:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert 1 <= rows(database, "files") <= 5
    assert subprocess.run(killed, check=False, capture_output=True, env=environ).returncode == 3
    assert lines(tmp_path / "killed") == lines(tmp_path / "whole")
    assert len(lines(tmp_path / "killed")) == 10


def rows(database: Path, table: str) -> int:
    """How many rows a table has by now; 0 while there is none."""
    if not database.exists():
        return 0
    try:
        with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
            return int(connection.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0])  # noqa: S608 - a literal
    except sqlite3.OperationalError:
        return 0


def lines(out: Path) -> list[str]:
    """The records of a folder of results."""
    return (out / "forms.jsonl").read_text("utf-8").splitlines()
