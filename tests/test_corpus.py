"""The typesetter: what it prints, how cells merge, and that the committed documents hold every label."""

import unicodedata
from collections import Counter
from pathlib import Path

import docx
import pymupdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.corpus.look import CHROMIUM, LIBREOFFICE
from eval.corpus.page import html
from eval.corpus.render import dateless
from eval.corpus.table import COLUMNS, Printed, Table, money, number, points, table
from eval.corpus.word import document, save
from eval.gold import Case, load, reports
from schemas.amount import normalised
from schemas.form import SelfEvaluation

JIADING = Path(__file__).parents[1] / "eval" / "data" / "jiading-2024"

FORM = SelfEvaluation.model_validate(
    {
        "title": "自评表",
        "fiscal_year": 2024,
        "project_name": "甲<b>&乙",
        "amount_unit": "万元",
        "funds": [
            {"source": "total", "label": "年度资金总额", "initial_budget": "3616.90", "weight": "10.00"},
            {"source": "fiscal", "label": "其中：当年财政拨款", "initial_budget": "3616.90"},
        ],
        "expected_goal": "总述。1、其一；2、其二。",
        "indicators": [
            {"level1": "产出指标", "level2": "数量指标", "name": "一", "weight": "30.00", "score": "29.00"},
            {"level1": "产出指标", "level2": "数量指标", "name": "二", "weight": "30.00", "score": "30.00"},
            {"level1": "产出指标", "level2": "质量指标", "name": "三", "weight": "40.00", "score": "40.00"},
            {"level1": "效益指标", "level2": "质量指标", "name": "四", "weight": "0.00", "score": "0.00"},
        ],
        "total_weight": "100.00",
        "total_score": "99.00",
        "grade": "优",
    },
)


@pytest.fixture(scope="module")
def cases() -> tuple[Case, ...]:
    """The labels of the published report."""
    return load(JIADING)


@pytest.fixture(scope="module", params=["report-chromium.pdf", "report-libreoffice.pdf"])
def pages(request: pytest.FixtureRequest) -> tuple[str, ...]:
    """The text of each page of a committed PDF, in the order in which the file draws it."""
    with pymupdf.open(JIADING / str(request.param)) as pdf:
        return tuple(page.get_text() for page in pdf)


def printed(made: Table, text: str) -> list[Printed]:
    """The cells that print exactly this text."""
    return [cell for cell in made.cells if "".join(cell.lines) == text]


def spans(made: Table, text: str) -> list[tuple[int, int, int, int]]:
    """Row, column, rowspan and colspan of the cells that print exactly this text."""
    return [(cell.row, cell.column, cell.rowspan, cell.colspan) for cell in printed(made, text)]


def characters(made: Table) -> Counter[str]:
    """All that a form prints, whitespace removed."""
    lines = (line for cell in made.cells for line in cell.lines)
    return Counter(normalised("".join((made.title, made.year, *lines))))


def test_levels_merge_down_over_their_rows() -> None:
    """A level-1 label covers its rows; equal level-2 labels under another level 1 stay apart."""
    made = table(FORM)
    assert spans(made, "产出指标") == [(8, 0, 3, 1)]
    assert spans(made, "数量指标") == [(8, 1, 2, 1)]
    assert spans(made, "质量指标") == [(10, 1, 1, 1), (11, 1, 1, 1)]
    assert spans(made, "效益指标") == [(11, 0, 1, 1)]


def test_heads_merge_down_over_funds_and_goals() -> None:
    """项目资金 covers the header and every fund row, 年度总体目标 its two rows."""
    made = table(FORM)
    assert spans(made, "项目资金（万元）") == [(2, 0, 3, 2)]
    assert spans(made, "年度总体目标") == [(5, 0, 2, 1)]


def test_money_is_printed_with_separators_and_points_are_not() -> None:
    """3616.90 is 3,616.90 among the funds; an absent weight of a sub row is a dash."""
    assert money(FORM.funds[0].initial_budget) == "3,616.90"
    assert money(FORM.funds[1].weight) == "-"
    assert number(FORM.total_weight) == "100.00"
    assert number(None) == ""
    assert spans(table(FORM), "年度资金总额：") == [(3, 2, 1, 1)]


def test_every_place_of_the_grid_belongs_to_one_cell(cases: tuple[Case, ...]) -> None:
    """Merged cells neither overlap nor leave a hole, in each of the 18 forms."""
    for case in cases:
        made = table(case.form)
        covered = Counter(
            (row, column)
            for cell in made.cells
            for row in range(cell.row, cell.row + cell.rowspan)
            for column in range(cell.column, cell.column + cell.colspan)
        )
        every = {(row, column) for row in range(made.rows) for column in range(COLUMNS)}
        assert set(covered) == every, case.name
        assert set(covered.values()) == {1}, case.name


def test_numbered_points_begin_lines() -> None:
    """A point begins a line; 一网统管, 2.0 and 12 are no points."""
    assert points("总述。1、其一；2、其二。") == ("总述。", "1、其一；", "2、其二。")
    assert points("一、建架；十二、等保 2.0三级") == ("一、建架；", "十二、等保 2.0三级")
    assert points("“一网统管”、12街镇") == ("“一网统管”、12街镇",)


@given(st.text(alphabet="一二十1250、。甲 "))
def test_points_joined_are_the_text(text: str) -> None:
    """Line breaks add and lose nothing."""
    assert "".join(points(text)) == text


def test_the_page_escapes_what_a_form_says() -> None:
    """A project's name is text, never markup."""
    page = html([table(FORM)], CHROMIUM)
    assert "甲&lt;b&gt;&amp;乙" in page
    assert "<b>" not in page


def test_the_page_merges_cells() -> None:
    """Spans of the table are rowspan and colspan of the page, points are line breaks."""
    page = html([table(FORM)], CHROMIUM)
    assert '<td rowspan="3">产出指标</td>' in page
    assert '<td rowspan="3" colspan="2">项目资金<br>（万元）</td>' in page
    assert '<td colspan="4" class="left">总述。<br>1、其一；<br>2、其二。</td>' in page


def test_only_one_look_begins_a_page_with_each_form() -> None:
    """In one document forms follow each other, in the other each begins a page."""
    assert "break-before: page" not in html([table(FORM)], CHROMIUM)
    assert "break-before: page" in html([table(FORM)], LIBREOFFICE)


def test_looks_have_a_width_for_every_column_and_fit_the_paper() -> None:
    """The grid is as wide as an A4 page between its margins, to within 20 points."""
    for look in (CHROMIUM, LIBREOFFICE):
        assert len(look.widths) == COLUMNS
        assert -20 <= sum(look.widths) - (595.3 - 2 * look.margin_x) <= 1


def test_the_word_table_merges_the_same_cells() -> None:
    """One Word cell stands at every place that a merged cell covers, and holds its text once."""
    made = table(FORM)
    grid = document([made], LIBREOFFICE).tables[0]
    assert (len(grid.rows), len(grid.columns)) == (14, 10)
    first = grid.cell(8, 0)
    assert first.text == "产出指标"
    assert [grid.cell(row, 0)._tc is first._tc for row in (8, 9, 10, 11)] == [True, True, True, False]
    goal = grid.cell(6, 1)
    assert [paragraph.text for paragraph in goal.paragraphs] == ["总述。", "1、其一；", "2、其二。"]


def test_only_the_goals_row_may_break_over_pages_in_word() -> None:
    """A row of numbers stays whole, a row of long texts need not."""
    rows = document([table(FORM)], LIBREOFFICE).tables[0].rows
    free = [index for index, row in enumerate(rows) if "cantSplit" not in row._tr.xml]
    assert free == [6]


def test_the_word_document_is_the_same_twice(tmp_path: Path) -> None:
    """Two runs give the same bytes."""
    for name in ("a.docx", "b.docx"):
        save([table(FORM)], LIBREOFFICE, tmp_path / name)
    assert (tmp_path / "a.docx").read_bytes() == (tmp_path / "b.docx").read_bytes()


def test_dates_and_identifiers_are_fixed_without_moving_a_byte() -> None:
    """Dates anywhere, identifiers only in the trailer."""
    pdf = (
        b"<</CreationDate (D:20261123234541+00'00')>> <00112233445566778899AABBCCDDEEFF> Tj "
        b"trailer <</ID [<00112233445566778899AABBCCDDEEFF>]>>"
    )
    assert dateless(pdf) == (
        b"<</CreationDate (D:20250101000000+00'00')>> <00112233445566778899AABBCCDDEEFF> Tj "
        b"trailer <</ID [<00000000000000000000000000000000>]>>"
    )


def test_the_folder_lists_its_documents(cases: tuple[Case, ...]) -> None:
    """Every document of every case is there."""
    assert reports(JIADING).documents == (
        ("report.txt", "report-chromium.pdf", "report-libreoffice.pdf", "report.docx"),
    )
    assert all(document.is_file() for case in cases for document in case.documents)


def test_committed_pdfs_hold_every_character_once(cases: tuple[Case, ...], pages: tuple[str, ...]) -> None:
    """From one title to the next a PDF's text is exactly what the form prints."""
    title = "财政项目支出绩效自评表"
    sections = [title + part for part in normalised("".join(pages)).split(title)[1:]]
    assert len(sections) == 18
    for case, section in zip(cases, sections, strict=True):
        assert Counter(section) == characters(table(case.form)), case.name


def test_committed_pdfs_hold_every_row_unbroken(cases: tuple[Case, ...], pages: tuple[str, ...]) -> None:
    """Names, targets, actuals, weights and scores of 150 rows, 72 fund lines and names are found in order."""
    text, at = normalised("".join(pages)), 0
    for case in cases:
        form = case.form
        pieces = [form.project_name or ""]
        for fund in form.funds:
            amounts = (fund.initial_budget, fund.adjusted_budget, fund.executed)
            pieces += ["".join(money(value) for value in (*amounts, fund.weight, fund.execution_rate, fund.score))]
        for row in form.indicators:
            assert row.target
            assert row.actual
            pieces += [f"{row.name}{row.target.text}{row.actual.text}{row.weight}{row.score}"]
        pieces += [f"总分{form.total_weight}{form.total_score}", f"评分等级{form.grade}"]
        for piece in pieces:
            found = text.find(normalised(piece), at)
            assert found >= 0, (case.name, piece)
            at = found + len(normalised(piece))


def test_committed_documents_are_small() -> None:
    """None is larger than 2 MB."""
    for name in ("report-chromium.pdf", "report-libreoffice.pdf", "report.docx"):
        assert 20_000 < (JIADING / name).stat().st_size < 2_000_000


@pytest.mark.parametrize(
    ("name", "count", "broken"),
    [
        ("report-chromium.pdf", 21, ["615.1\n4\n", "3,616.\n90\n", "100.0\n0\n", "满意\n度指\n标\n"]),
        ("report-libreoffice.pdf", 23, ["3,616.\n90", "100.0\n0", "3,615.6\n5", "满意\n度指\n标"]),
    ],
)
def test_cells_wrap_as_in_a_real_report(name: str, count: int, broken: list[str]) -> None:
    """The PDFs have this many pages, and these numbers and labels are broken inside their cells."""
    with pymupdf.open(JIADING / name) as pdf:
        texts = [page.get_text().replace(" ", "") for page in pdf]
    assert len(texts) == count
    for piece in broken:
        assert any(piece in text for text in texts), piece


def test_a_label_is_cut_by_the_end_of_a_page() -> None:
    """The browser prints the last part of 社会效益指标 on the page after its first rows."""
    with pymupdf.open(JIADING / "report-chromium.pdf") as pdf:
        before, after = (normalised(pdf[index].get_text()) for index in (2, 3))
    assert before.endswith("效益指标社会效益城市运行管理效率提高达成指标15.0015.00")
    assert after.startswith("指标社会治理水平提升")


def test_every_page_is_ruled() -> None:
    """Cells stand between drawn lines: filled rectangles in one document, strokes in the other."""
    for name, kind in (("report-chromium.pdf", "f"), ("report-libreoffice.pdf", "s")):
        with pymupdf.open(JIADING / name) as pdf:
            for page in pdf:
                drawings = page.get_drawings()
                assert len(drawings) >= 5
                assert {drawing["type"] for drawing in drawings} == {kind}


def test_the_committed_word_document_is_typeset_from_the_labels(cases: tuple[Case, ...]) -> None:
    """Its 18 tables print what the labels print, cell by cell."""
    stored = docx.Document(str(JIADING / "report.docx")).tables
    assert len(stored) == 18
    for case, grid in zip(cases, stored, strict=True):
        made = table(case.form)
        rows = [row.cells for row in grid.rows]
        for cell in made.cells:
            text = unicodedata.normalize("NFC", rows[cell.row][cell.column].text)
            assert text == "\n".join(cell.lines), (case.name, cell.row, cell.column)
