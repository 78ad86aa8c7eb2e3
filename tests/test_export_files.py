"""JSON lines are the contract's objects; CSV opens in Excel and runs nothing."""

import csv
import json
from pathlib import Path

import pytest

from pipeline.catalogue import explain
from pipeline.export import write_csv, write_jsonl
from pipeline.export.replacing import replacing
from pipeline.store import Store
from schemas.errors import UsageError
from schemas.form import Quantity
from schemas.run import FileOutcome, FormRecord, Run

LINE = (Path(__file__).parent / "files" / "forms.jsonl").read_text("utf-8").splitlines()[0]
RECORD = FormRecord.model_validate_json(LINE)


def put(store: Store, record: FormRecord) -> None:
    """One file with one form."""
    file = FileOutcome(
        path=record.document.path,
        sha256=record.document.sha256,
        media_type="application/pdf",
        pages=23,
        outcome="read",
        reason=None,
        forms=1,
    )
    store.put_run(Run(file=file, digest="d", forms=(record,)))


def rows(path: Path) -> list[dict[str, str]]:
    """A CSV file as Excel would read it."""
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as text:
        return list(csv.DictReader(text))


def test_json_lines_are_the_hand_made_record(tmp_path: Path) -> None:
    """forms.jsonl holds the object typed by hand from the contract, files.jsonl its file."""
    with Store.open(tmp_path) as store:
        put(store, RECORD)
        files, forms = write_jsonl(store, tmp_path)
    assert [json.loads(line) for line in forms.read_text("utf-8").splitlines()] == [json.loads(LINE)]
    assert [json.loads(line) for line in files.read_text("utf-8").splitlines()] == [
        {
            "path": "2024/自评.pdf",
            "sha256": "3f2a9c0d11e4b7a6" + "0" * 48,
            "media_type": "application/pdf",
            "pages": 23,
            "outcome": "read",
            "reason": None,
            "forms": 1,
        },
    ]


def test_lines_end_in_a_line_feed_on_every_system(tmp_path: Path) -> None:
    """A line separator inside a text does not break a line, and no carriage return is written."""
    name = "一\u2028二\r\n三"
    changed = RECORD.model_copy(update={"form": RECORD.form.model_copy(update={"project_name": name})})
    with Store.open(tmp_path) as store:
        put(store, changed)
        _, forms = write_jsonl(store, tmp_path)
    content = forms.read_bytes()
    assert content.count(b"\n") == 1
    assert b"\r" not in content
    assert json.loads(content)["form"]["project_name"] == name


def test_csv_holds_the_six_tables_as_printed(tmp_path: Path) -> None:
    """Numbers keep their printed zeros; the six files have their Chinese names and a BOM."""
    with Store.open(tmp_path) as store:
        put(store, RECORD)
        paths = write_csv(store, tmp_path / "表格", "zh")
    assert [path.name for path in paths] == ["项目.csv", "资金.csv", "指标.csv", "问题.csv", "文件.csv", "修改记录.csv"]
    project, funds, indicators, findings, files, log = (rows(path) for path in paths)
    assert (project[0]["项目名称"], project[0]["年初预算数（万元）"], project[0]["状态"]) == (
        "会议室音视频升级改造",
        "70.00",
        "待复核",
    )
    assert [row["年初预算数（原样）"] for row in funds] == ["70.00", "74.85"]
    assert (indicators[0]["目标数值"], indicators[0]["页码"]) == ("7.00", "第1页")
    assert log == []
    assert (findings[0]["差额（印刷－计算）"], files[0]["结果"]) == ("-4.85", "已读出")
    assert sorted(path.name for path in (tmp_path / "表格").iterdir()) == sorted(path.name for path in paths)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
        ("=7.00(个)", "'=7.00(个)"),
        ("@A1", "'@A1"),
        ("-5", "-5"),
        ("-5+1", "'-5+1"),
        ("\t=1", "'\t=1"),
        ("≥7", "≥7"),
        ('甲,"乙"\n丙', '甲,"乙"\n丙'),
    ],
)
def test_csv_text_cannot_run_as_formula(tmp_path: Path, text: str, written: str) -> None:
    """A text that starts like a formula stands behind an apostrophe; a plain negative number does not."""
    indicator = RECORD.form.indicators[0].model_copy(update={"actual": Quantity(text=text)})
    form = RECORD.form.model_copy(update={"indicators": (indicator,)})
    with Store.open(tmp_path) as store:
        put(store, RECORD.model_copy(update={"form": form}))
        paths = write_csv(store, tmp_path, "zh")
    assert rows(paths[2])[0]["实际值（原样）"] == written


def test_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    """An error half way keeps what was there and leaves no temporary file."""
    path = tmp_path / "forms.jsonl"
    path.write_text("old", encoding="utf-8")
    with pytest.raises(ZeroDivisionError), replacing(path) as fresh:
        assert fresh.write_text("ne", encoding="utf-8") // 0
    assert path.read_text("utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_target_that_cannot_be_replaced_is_told(tmp_path: Path) -> None:
    """Where a folder stands in a file's place the user is told which one, and nothing is left beside it."""
    path = tmp_path / "forms.jsonl"
    path.mkdir()
    with pytest.raises(UsageError) as refused, replacing(path) as fresh:
        fresh.write_text("new", encoding="utf-8")
    assert refused.value.code == "export.not_writable"
    assert str(path) in explain(refused.value, "zh")
    assert list(tmp_path.iterdir()) == [path]
