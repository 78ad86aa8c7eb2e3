"""forms.xlsx says what the records say: values, decimals, colours and words, links, and never a formula."""

import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.catalogue import LANGUAGES, Lang, codes
from pipeline.export import excel, write_excel
from pipeline.export.sheet import COLOURS
from pipeline.store import Batch, Store
from schemas.check import Diagnosis, Finding
from schemas.errors import UsageError
from schemas.form import FundLine, SelfEvaluation
from schemas.run import DecisionInfo, Edit, FileOutcome, FormRecord, Run

LINE = (Path(__file__).parent / "files" / "forms.jsonl").read_text("utf-8").splitlines()[0]
RECORD = FormRecord.model_validate_json(LINE)

Mode = pytest.mark.parametrize("many", [0, 500], ids=["rows leave memory", "texts are shared"])


def made(record: FormRecord, number: int = 0, **form: object) -> FormRecord:
    """The hand-made record as another form of its file, with some fields of the form replaced."""
    changed = SelfEvaluation.model_validate(record.form.model_dump() | form)
    return record.model_copy(update={"form_id": f"f-{number}", "form_index": number, "form": changed})


def accepted(record: FormRecord) -> FormRecord:
    """The same form without findings, accepted by the rules."""
    return record.model_copy(update={"status": "accepted", "findings": (), "decision": DecisionInfo()})


@contextmanager
def written(
    folder: Path,
    records: list[FormRecord],
    *,
    lang: Lang = "zh",
    location: Path | None = None,
    edits: tuple[Edit, ...] = (),
) -> Iterator[Workbook]:
    """The workbook that these records of one file give, read back by another library."""
    path = RECORD.document.path
    file = FileOutcome(
        path=path,
        sha256="a" * 64,
        media_type="application/pdf",
        pages=23,
        outcome="read",
        reason=None,
        forms=len(records),
    )
    failed = FileOutcome(path="坏.pdf", sha256=None, media_type=None, pages=None, outcome="failed", reason="打不开")
    with Store.open(folder) as store:
        store.add_batch(Batch(at="2025-03-01T09:00:00Z", version="0.1.0", model=None, settings=(("model", "none"),)))
        store.put_run(Run(file=file, digest="d", forms=tuple(records)), location)
        store.put_run(Run(file=failed, digest="d"))
        for edit in edits:
            store.add_edit(records[0].form_id, edit)
        write_excel(store, folder / "forms.xlsx", lang)
    yield load_workbook(folder / "forms.xlsx")


def cell(sheet: Worksheet, heading: str, row: int = 2) -> Cell:
    """The cell under a heading."""
    headings = [found.value for found in sheet[1]]
    found = sheet.cell(row, headings.index(heading) + 1)
    assert isinstance(found, Cell)
    return found


def fill(found: Cell) -> str:
    """The colour behind a cell as #RRGGBB; #000000 where there is none."""
    return f"#{str(found.fill.fgColor.rgb)[2:]}"


@Mode
def test_project_row_shows_printed_decimals_unit_and_wan(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, many: int
) -> None:
    """A form in 元 has its money as printed and exactly in 万元, as numbers with their own decimals."""
    monkeypatch.setattr(excel, "_MANY_FORMS", many)
    funds = (
        FundLine(
            source="total",
            label="年度资金总额",
            initial_budget=Decimal(3616900),
            adjusted_budget=Decimal("3616900.00"),
            executed=Decimal("3465000.50"),
            execution_rate=Decimal("0.958"),
        ),
    )
    with written(tmp_path, [made(RECORD, amount_unit="元", funds=funds)]) as book:
        sheet = book["项目"]
        shown = {
            heading: (cell(sheet, heading).value, cell(sheet, heading).number_format)
            for heading in (
                "年度",
                "年初预算数（原样）",
                "全年预算数（原样）",
                "全年执行数（万元）",
                "执行率（原样）",
                "执行率（％）",
                "总得分",
            )
        }
    assert shown == {
        "年度": (2024, "0"),
        "年初预算数（原样）": (3616900, "#,##0"),
        "全年预算数（原样）": (3616900, "#,##0.00"),
        "全年执行数（万元）": (346.50005, "#,##0.000000"),
        "执行率（原样）": (0.958, "0.000"),
        "执行率（％）": (95.8, "0.0"),
        "总得分": (98.83, "0.00"),
    }


@pytest.mark.parametrize(("most", "inline"), [(0, True), (1, False)])
def test_rows_of_many_forms_leave_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int, *, inline: bool
) -> None:
    """Above the limit texts are written with their row, else once for all rows."""
    monkeypatch.setattr(excel, "_MANY_FORMS", most)
    with written(tmp_path, [RECORD]), zipfile.ZipFile(tmp_path / "forms.xlsx") as parts:
        assert (b'"inlineStr"' in parts.read("xl/worksheets/sheet3.xml")) is inline


def test_sheets_headings_filters_and_panes(tmp_path: Path) -> None:
    """Eight sheets in order; every table has a frozen heading, a filter, landscape print one page wide."""
    with written(tmp_path, [RECORD]) as book:
        assert book.sheetnames == ["说明", "汇总", "项目", "资金", "指标", "问题", "文件", "修改记录"]
        panes = {sheet.title: sheet.freeze_panes for sheet in book.worksheets[1:]}
        filters = {sheet.title: sheet.auto_filter.ref for sheet in book.worksheets[1:]}
        assert [(sheet.page_setup.orientation, sheet.page_setup.fitToHeight) for sheet in book] == [
            ("landscape", 0)
        ] * 8
    assert panes == {
        "汇总": "B2",
        "项目": "C2",
        "资金": "C2",
        "指标": "C2",
        "问题": "C2",
        "文件": "B2",
        "修改记录": "B2",
    }
    assert filters["项目"] == "A1:AG2"
    assert filters["资金"] == "A1:V3"
    assert filters["汇总"] == "A1:O2"


@Mode
def test_hostile_text_is_never_a_formula(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, many: int) -> None:
    """Formulas, markup, control characters and an overlong text from a document arrive as the text they are."""
    monkeypatch.setattr(excel, "_MANY_FORMS", many)
    hostile = '=HYPERLINK("http://evil.example","click")'
    markup = "<r><t>injected</t></r>"
    records = [
        made(RECORD, 0, project_name=hostile, implementing_unit="@SUM(A1)", grade="+1+1", title="a\x00b\x1bc"),
        made(RECORD, 1, project_name=markup, supervising_department="http://evil.example", grade="-2+3"),
        made(RECORD, 2, project_name="&<>\"'", expected_goal="长" * 40_000, grade="\t=1"),
    ]
    with written(tmp_path, records) as book:
        sheet = book["项目"]
        assert cell(sheet, "项目名称").value == hostile
        assert cell(sheet, "项目名称").quotePrefix is True
        assert cell(sheet, "实施单位").value == "@SUM(A1)"
        assert cell(sheet, "表名").value == "a␀b␛c"
        assert str(cell(sheet, "项目名称", 3).value).strip() == markup
        assert cell(sheet, "项目名称", 4).value == "&<>\"'"
        assert str(cell(sheet, "预期目标", 4).value) == "长" * 32_000 + "……"
        kinds = {found.data_type for rows in book for row in rows.iter_rows() for found in row}
        assert "f" not in kinds
    with zipfile.ZipFile(tmp_path / "forms.xlsx") as parts:
        sheets = b"".join(parts.read(name) for name in parts.namelist() if name.startswith("xl/worksheets/sheet"))
        links = b"".join(parts.read(name) for name in parts.namelist() if name.endswith(".rels"))
    assert b"<f>" not in sheets
    assert b"evil.example" not in links


def test_text_that_looks_like_an_escape_stays_what_it_is(tmp_path: Path) -> None:
    """A printed _x0041_ is not read back as the letter that Excel would take it for."""
    with written(tmp_path, [made(RECORD, 0, title="_x0041_")]) as book:
        assert cell(book["项目"], "表名").value == "_x0041_"


def test_rows_link_to_file_and_page(tmp_path: Path) -> None:
    """The page cell says 第1页 and links to the file, relative to the workbook, its odd characters escaped."""
    source = tmp_path / "来源 #1" / "自评 100%.pdf"
    source.parent.mkdir()
    source.touch()
    with written(tmp_path / "结果", [RECORD], location=source) as book:
        for name in ("项目", "资金", "指标", "问题"):
            found = cell(book[name], "页码")
            assert found.value == "第1页"
            assert found.hyperlink is not None
            assert found.hyperlink.target == "../来源%20%231/自评%20100%25.pdf"
            assert found.hyperlink.location == "page=1"
        link = cell(book["文件"], "文件").hyperlink
        assert link is not None
        assert (link.target, link.location) == ("../来源%20%231/自评%20100%25.pdf", None)
        assert (cell(book["文件"], "文件", 3).value, cell(book["文件"], "文件", 3).hyperlink) == ("坏.pdf", None)


def test_file_of_unknown_place_has_no_link(tmp_path: Path) -> None:
    """Without a known location the page is said and nothing pretends to be a link."""
    with written(tmp_path, [RECORD]) as book:
        found = cell(book["项目"], "页码")
        assert (found.value, found.hyperlink) == ("第1页", None)


def test_pages_of_long_forms_and_of_documents_without_pages(tmp_path: Path) -> None:
    """A form over two pages names both; a docx has no page to name."""
    long = made(RECORD, 0).model_copy(update={"pages": (3, 4)})
    docx = made(RECORD, 1).model_copy(update={"document": RECORD.document.model_copy(update={"pages": None})})
    with written(tmp_path, [long, docx]) as book:
        assert [cell(book["项目"], "页码", row).value for row in (2, 3)] == ["第3–4页", "全文"]


def test_review_and_located_only_are_said_by_colour_and_word(tmp_path: Path) -> None:
    """A review row is yellow and says 待复核; a failed number is red; 仅定位 cells are blue and named."""
    record = RECORD.model_copy(update={"located_only": ("/project_name", "/indicators/0/target", "/funds/1/label")})
    with written(tmp_path, [record, accepted(made(record, 1))]) as book:
        project, fund, indicator = book["项目"], book["资金"], book["指标"]
        assert cell(project, "状态").value == "待复核"
        assert cell(project, "状态", 3).value == "已通过"
        assert fill(cell(project, "状态")) == COLOURS["review"][0]
        assert fill(cell(project, "项目名称")) == COLOURS["review"][0]
        assert fill(cell(project, "状态", 3)) == COLOURS["accepted"][0]
        assert fill(cell(project, "项目名称", 3)) == COLOURS["located"][0]
        assert cell(project, "待复核原因").value == "年初预算数：各项资金之和为 74.85，总额印的是 70.00，相差 4.85。"
        assert cell(project, "待复核原因", 3).value is None
        assert fill(cell(project, "年初预算数（原样）")) == COLOURS["error"][0]
        assert fill(cell(project, "年初预算数（万元）")) == COLOURS["error"][0]
        assert fill(cell(fund, "年初预算数（原样）", 3)) == COLOURS["error"][0]
        assert cell(project, "仅定位").value == "项目名称"
        assert (cell(fund, "仅定位", 2).value, cell(fund, "仅定位", 3).value) == (None, "名称")
        assert cell(indicator, "仅定位").value == "年度指标值"
        assert fill(cell(indicator, "目标值（原样）")) == COLOURS["located"][0]
        assert fill(cell(indicator, "得分")) == "#000000"


def test_field_that_could_not_be_read_is_not_empty(tmp_path: Path) -> None:
    """Absent is an empty cell; a cell that is there and was not read says 未读出."""
    record = made(RECORD, 0, project_code=None, grade=None).model_copy(update={"unread": ("/grade",)})
    with written(tmp_path, [record]) as book:
        sheet = book["项目"]
        assert cell(sheet, "项目代码").value is None
        assert cell(sheet, "评价等级").value == "未读出"
        assert cell(sheet, "未读出").value == "评分等级"
        assert fill(cell(sheet, "评价等级")) == COLOURS["unread"][0]


def test_indicator_row_keeps_text_and_number_apart(tmp_path: Path) -> None:
    """The target as printed is a text, even =7.00(个); its number is a number with two decimals."""
    with written(tmp_path, [RECORD]) as book:
        sheet = book["指标"]
        assert cell(sheet, "目标值（原样）").value == "=7.00(个)"
        assert cell(sheet, "目标值（原样）").data_type == "s"
        assert (cell(sheet, "目标数值").value, cell(sheet, "目标数值").number_format) == (7, "0.00")
        assert (cell(sheet, "符号").value, cell(sheet, "目标单位").value) == ("=", "个")
        assert (cell(sheet, "分值").value, cell(sheet, "得分").value) == (90, 89)


def test_findings_give_both_numbers_and_their_difference(tmp_path: Path) -> None:
    """A failed sum: printed 70.00, computed 74.85, difference -4.85, the fields in words, the guess."""
    guess = Diagnosis(fields=("/funds/0/initial_budget",), explained_by="one_digit", would_be=("74.85",))
    finding = RECORD.findings[0].model_copy(update={"diagnosis": (guess,)})
    grade = Finding(
        rule="grade_scale",
        verdict="not_checkable",
        severity="warning",
        fields=("/grade",),
        printed="优",
        computed="良",
        message="=m",
    )
    with written(tmp_path, [RECORD.model_copy(update={"findings": (finding, grade)})]) as book:
        sheet = book["问题"]
        first = {heading.value: found.value for heading, found in zip(sheet[1], sheet[2], strict=True)}
        second = {heading.value: found.value for heading, found in zip(sheet[1], sheet[3], strict=True)}
        assert cell(sheet, "差额（印刷－计算）").number_format == "#,##0.00"
    assert first["规则"] == "各项资金之和＝总额"
    assert first["程度"] == "错误"
    assert first["判断"] == "原表数字不符"
    assert (first["印刷数"], first["计算数"], first["差额（印刷－计算）"]) == (70, 74.85, -4.85)
    assert first["涉及的格"] == "年度资金总额 年初预算数\n其中：当年财政拨款 年初预算数"
    assert first["可能的原因"] == "可能错了一位数字：资金第 1 行的年初预算数 → 74.85。"
    assert (second["印刷数"], second["计算数"], second["差额（印刷－计算）"]) == ("优", "良", None)
    assert second["说明"] == "=m"


def total(initial: str, adjusted: str | None, executed: str, unit: str | None) -> dict[str, object]:
    """A form's funds: only a total line, in this unit."""
    line = {"source": "total", "label": "年度资金总额", "initial_budget": initial, "executed": executed}
    return {"funds": ({**line, "adjusted_budget": adjusted},), "amount_unit": unit}


def test_summary_adds_up_in_wan_over_units(tmp_path: Path) -> None:
    """Forms in 元 and 万元 add up in 万元; those without a unit or a total line are counted as left out."""
    in_yuan = total("1000000", "2000000", "1500000.50", "元")
    in_wan = total("10.10", None, "5.05", "万元")
    records = [
        accepted(made(RECORD, 0, supervising_department="甲局", total_score="95.00", grade="优", **in_yuan)),
        made(RECORD, 1, supervising_department="甲 局", total_score="80.5", grade="良好", **in_wan),
        made(RECORD, 2, supervising_department="乙局", total_score=None, grade=None, **total("7", "7", "7", None)),
        made(RECORD, 3, supervising_department=None, implementing_unit=None, grade="合格", funds=(), total_score="60"),
    ]
    with written(tmp_path, records) as book:
        rows = [[found.value for found in row] for row in book["汇总"].iter_rows()]
        money = book["汇总"]["G2"].number_format
    assert rows[0][:5] == ["主管部门", "表数", "已通过", "待复核", "年初预算数（万元）"]
    assert rows[0][5:10] == ["全年预算数（万元）", "全年执行数（万元）", "执行率（％）", "未计入金额的表", "平均得分"]
    assert rows[0][10:] == ["优", "良", "中", "差", "其他或未填"]
    assert rows[1] == ["甲局", 2, 1, 1, 110.1, 200, 155.05005, 73.8, 0, 87.75, 1, 1, 0, 0, 0]
    assert rows[2] == ["乙局", 1, 0, 1, 0, 0, 0, None, 1, None, 0, 0, 0, 0, 1]
    assert rows[3] == ["（未填写）", 1, 0, 1, 0, 0, 0, None, 1, 60, 0, 0, 0, 0, 1]
    assert rows[4] == ["合计", 4, 1, 3, 110.1, 200, 155.05005, 73.8, 2, 78.5, 1, 1, 0, 0, 2]
    assert money == "#,##0.000000"


def test_about_counts_files_forms_and_work_to_do(tmp_path: Path) -> None:
    """说明 says when, with which version, how many files by outcome, how many forms wait."""
    with written(tmp_path, [RECORD, accepted(made(RECORD, 1))]) as book:
        facts = {row[0].value: row[1].value for row in book["说明"].iter_rows(min_row=3, max_row=13)}
    assert facts["自评表"] == 2
    assert facts["其中：已通过"] == 1
    assert facts["其中：待复核"] == 1
    assert (facts["文件"], facts["其中：已读出"], facts["其中：读取失败"]) == (2, 1, 1)
    assert facts["核对时间"] == "2025-03-01T09:00:00Z"
    assert facts["程序版本"] == "hedui 0.1.0"
    assert facts["模型"] == "不使用模型"


def test_edits_are_exported_as_final_values_with_their_author(tmp_path: Path) -> None:
    """An edited number stands in its cell, coloured, and 人工复核 says who changed it and from what."""
    edit = Edit(
        edit_id="e1",
        at="2025-03-01T09:00:00Z",
        author="王会计",
        pointer="/funds/0/initial_budget",
        old="70.00",
        new="74.85",
        reason="看错",
    )
    with written(tmp_path, [accepted(RECORD)], edits=(edit,)) as book:
        assert cell(book["项目"], "年初预算数（原样）").value == 74.85
        assert fill(cell(book["项目"], "年初预算数（原样）")) == COLOURS["edited"][0]
        said = "王会计 2025-03-01 年度资金总额 年初预算数：70.00 → 74.85（看错）"
        assert cell(book["项目"], "人工复核").value == said
        assert cell(book["资金"], "人工复核").value == said
        assert cell(book["资金"], "人工复核", 3).value is None


def test_places_in_words(tmp_path: Path) -> None:
    """A fund is named by its label, an indicator by its number; cells and unknown pointers stay as they are."""
    fields = (
        "/funds/1/executed",
        "/indicators/0/target/value",
        "/grade",
        "p1t1r2c3",
        "/nothing/1",
        "/funds/7/score",
        "/",
    )
    finding = RECORD.findings[0].model_copy(update={"fields": fields})
    with written(tmp_path, [RECORD.model_copy(update={"findings": (finding,)})]) as book:
        said = str(cell(book["问题"], "涉及的格").value).split("\n")
    assert said[:3] == ["其中：当年财政拨款 全年执行数", "指标1 年度指标值", "评分等级"]
    assert said[3:] == ["p1t1r2c3", "/nothing/1", "资金第 8 行的得分", "/"]


def test_number_beyond_a_worksheets_precision_stays_text(tmp_path: Path) -> None:
    """A number of 17 digits would lose some as a float: it is written as the text it is."""
    with written(tmp_path, [made(RECORD, 0, total_score="12345678901234.567")]) as book:
        assert cell(book["项目"], "总得分").value == "12345678901234.567"


def test_every_sentence_for_tables_stands_in_both_languages(tmp_path: Path) -> None:
    """Chinese and English hold the same keys, and an English workbook holds no Chinese heading but 万元 and grades."""
    keys = {lang: {code for code in codes(lang) if code.startswith("export.")} for lang in LANGUAGES}
    assert keys["zh"] == keys["en"]
    with written(tmp_path, [RECORD], lang="en") as book:
        assert book.sheetnames == ["About", "Summary", "Projects", "Funds", "Indicators", "Findings", "Files", "Edits"]
        headings = [str(found.value) for sheet in book.worksheets[1:] for found in sheet[1]]
    assert {found for text in headings for found in re.findall("[\u4e00-\u9fff]+", text)} <= {
        "万元",
        "优",
        "良",
        "中",
        "差",
    }


def test_store_without_forms_gives_a_workbook(tmp_path: Path) -> None:
    """A batch in which nothing was read still says so in all eight sheets."""
    with written(tmp_path, []) as book:
        assert [sheet.max_row for sheet in book.worksheets[1:]] == [2, 1, 1, 1, 1, 3, 1]


def test_nothing_is_left_beside_the_workbook(tmp_path: Path) -> None:
    """No temporary file stays in the folder, and a folder that cannot be made is a UsageError."""
    with written(tmp_path, [RECORD]):
        assert sorted(path.name for path in tmp_path.iterdir()) == ["forms.xlsx", "hedui.db"]
    (tmp_path / "file").touch()
    with Store.open(tmp_path) as store, pytest.raises(UsageError, match="export"):
        write_excel(store, tmp_path / "file" / "forms.xlsx", "zh")
