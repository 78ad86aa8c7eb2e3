"""Text that ruled forms left behind becomes their grids: right where nothing is doubted, and nothing lost."""

import json
import unicodedata
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from pipeline.layout.flow import cut, with_grids
from pipeline.layout.flow_atoms import Atom, atoms_of, head_of, width
from pipeline.layout.flow_goals import GoalHabits, cut_goals
from pipeline.layout.flow_grid import NotConserved, Sheet
from pipeline.read.text import read_text
from schemas.evidence import LineSpan
from schemas.layout import Cell, Document, Grid, Line
from schemas.reading import CutAnswer, CutQuestion

FILES = Path(__file__).parent / "files"
REPORT = Path(__file__).parent.parent / "eval" / "data" / "jiading-2024"

# The words of the ministry's form and its common variants, written down here so that no lexicon is under test.
# fmt: off
WORDS = frozenset(
    [
        "项目名称", "主管部门", "实施单位", "项目资金", "年初预算数",
        "全年预算数", "全年执行数", "分数", "分值", "执行率",
        "得分", "年度资金总额", "当年财政拨款", "财政拨款", "中央补助",
        "上年结转资金", "其他资金", "年度总体目标", "预期目标", "年初设定目标",
        "实际完成情况", "全年实际完成情况", "绩效指标", "一级指标", "二级指标",
        "三级指标", "年度指标值", "实际完成值", "偏差原因分析及改进措施", "总分",
        "评分等级", "评价等级",
    ]
)
# fmt: on
TEXTS = ("flow-standard.txt", "flow-weight-first.txt", "flow-torn.txt")


def lines_of(text: str) -> tuple[Line, ...]:
    """The lines of a literal text."""
    return tuple(
        Line(number=number, text=line, page=1) for number, line in enumerate(text.split("\n"), start=1) if line.strip()
    )


@cache
def read(name: str) -> Document:
    """A file of the tests with its grids."""
    return with_grids(read_text(FILES / name), WORDS)


@cache
def report() -> Document:
    """The real report with its grids."""
    return with_grids(read_text(REPORT / "report.txt"), WORDS)


def rows_of(grid: Grid) -> list[list[str]]:
    """The texts of a grid's cells, row by row."""
    return [[cell.text for cell in row] for row in grid.rows()]


def cell_at(grid: Grid, cell_id: str) -> Cell:
    """A cell by its id."""
    return next(cell for cell in grid.cells if cell.cell_id == cell_id)


def same(left: str | None, right: str | None) -> bool:
    """Equal after NFKC without white space; a mark for none equals nothing printed."""
    one, other = ("".join(unicodedata.normalize("NFKC", text or "").split()) for text in (left, right))
    return one.removesuffix(":") == other.removesuffix(":")


def printed(text: str) -> str | None:
    """A number's cell as the labels write it."""
    cleaned = text.replace(",", "")
    return None if cleaned == "-" else cleaned


@pytest.mark.parametrize("document", [*TEXTS, "report"])
def test_the_cells_are_the_text_and_nothing_else(document: str) -> None:
    """Every character from a form's first to its last is in exactly one cell, at the place its span says."""
    found = report() if document == "report" else read(document)
    assert found.grids
    text = {line.number: line.text for line in found.lines}
    for grid in found.grids:
        spans = [span for cell in grid.cells for span in cell.spans if isinstance(span, LineSpan)]
        for cell in grid.cells:
            assert [
                text[span.line][span.start : span.end] for span in cell.spans if isinstance(span, LineSpan)
            ] == list(cell.lines)
            assert "".join(cell.lines) == cell.text
        first, last = min(span.line for span in spans), max(span.line for span in spans)
        covered = {(span.line, place) for span in spans for place in range(span.start, span.end)}
        assert len(covered) == sum(span.end - span.start for span in spans)
        missing = [
            (number, place)
            for number in range(first, last + 1)
            for place, char in enumerate(text.get(number, ""))
            if not char.isspace() and (number, place) not in covered
        ]
        assert missing == []


def test_a_grid_covers_no_position_twice() -> None:
    """Merged cells reach exactly as far as their spans say."""
    for grid in report().grids:
        covered = [
            (row, col)
            for cell in grid.cells
            for row in range(cell.row, cell.row_end)
            for col in range(cell.col, cell.col_end)
        ]
        assert sorted(covered) == [(row, col) for row in range(grid.row_count) for col in range(grid.col_count)]


def test_a_sheet_that_loses_an_atom_is_refused() -> None:
    """A character that no cell holds raises; it never passes in silence."""
    atoms = atoms_of(lines_of("总分 100 98"))
    sheet = Sheet(1, 2)
    sheet.place(0, range(1), atoms[:1])
    sheet.place(0, range(1, 2), atoms[2:])
    with pytest.raises(NotConserved):
        sheet.grid(atoms)


def test_a_sheet_that_doubles_a_position_is_refused() -> None:
    """Two cells on one position raise."""
    atoms = atoms_of(lines_of("总分 100"))
    sheet = Sheet(1, 2)
    sheet.place(0, range(2), atoms[:1])
    sheet.place(0, range(1, 2), atoms[1:])
    with pytest.raises(NotConserved):
        sheet.grid(atoms)


def test_the_report_has_eighteen_forms_of_eight_columns() -> None:
    """One grid a form, its top where the title has ended."""
    grids = report().grids
    assert [grid.grid_id for grid in grids] == [f"p1t{number}" for number in range(1, 19)]
    assert {grid.col_count for grid in grids} == {8}
    lines = {line.number: line.text for line in report().lines}
    assert {lines[grid.top_line].split()[0] for grid in grids} == {"项目名称"}


def test_every_indicator_row_of_the_report_is_right_or_doubted() -> None:
    """Name, target, actual, weight and score of all 150 rows are right without a doubt; levels right or doubted."""
    rows = wrong = doubted = 0
    for number, grid in enumerate(report().grids):
        form = json.loads((REPORT / "gold" / f"form-{number:02}.json").read_text(encoding="utf-8"))["form"]
        head = next(cell for cell in grid.cells if cell.text == "三级指标").row
        for place, indicator in enumerate(form["indicators"], start=head + 1):
            cells = [
                next(cell for cell in grid.cells if cell.row <= place < cell.row_end and cell.col == column)
                for column in range(7)
            ]
            texts = [indicator["level1"], indicator["level2"], indicator["name"]]
            texts += [indicator["target"]["text"], indicator["actual"]["text"], indicator["weight"], indicator["score"]]
            rows += 1
            doubted += sum(bool(cell.doubts) for cell in cells[2:])
            wrong += sum(not same(cell.text, text) for cell, text in zip(cells, texts, strict=True) if not cell.doubts)
    assert (rows, wrong, doubted) == (150, 0, 0)


def test_every_fund_line_and_total_of_the_report_is_right() -> None:
    """72 fund lines with six numbers each, 18 totals and grades, none in doubt."""
    checked = 0
    for number, grid in enumerate(report().grids):
        form = json.loads((REPORT / "gold" / f"form-{number:02}.json").read_text(encoding="utf-8"))["form"]
        rows = grid.rows()
        top = next(cell.row for cell in grid.cells if cell.text == "年初预算数")
        for place, fund in enumerate(form["funds"], start=top + 1):
            label, *numbers = rows[place]
            assert same(label.text, fund["label"])
            assert [printed(cell.text) for cell in numbers] == [
                fund[name]
                for name in ("initial_budget", "adjusted_budget", "executed", "weight", "execution_rate", "score")
            ]
            assert not any(cell.doubts for cell in rows[place])
            checked += 1
        assert [cell.text for cell in rows[-2]] == ["总分", form["total_weight"], form["total_score"], ""]
        assert [cell.text for cell in rows[-1]] == ["评分等级", form["grade"]]
    assert checked == 72


def test_every_goal_of_the_report_is_right_or_doubted() -> None:
    """The expected and the achieved text are parted where the form parts them."""
    for number, grid in enumerate(report().grids):
        form = json.loads((REPORT / "gold" / f"form-{number:02}.json").read_text(encoding="utf-8"))["form"]
        head = next(cell.row for cell in grid.cells if cell.text == "预期目标")
        expected, actual = grid.rows()[head + 1]
        assert expected.doubts or same(expected.text, form["expected_goal"])
        assert actual.doubts or same(actual.text, form["actual_achievement"])


def test_the_standard_form_with_notes_is_read_as_printed() -> None:
    """Points as integers, rates with %, notes beside the score, a corner label one character a line."""
    (grid,) = read("flow-standard.txt").grids
    rows = rows_of(grid)
    assert rows[:2] == [
        ["项目名称", "乡村道路养护补助"],
        ["主管部门", "青山县交通运输局", "实施单位", "青山县公路管理站"],
    ]
    assert rows[2] == ["项目资金（万元）", "", "年初预算数", "全年预算数", "全年执行数", "分值", "执行率", "得分"]
    assert rows[3] == ["年度资金总额", "120.00", "118.50", "106.65", "10", "90%", "9"]
    head = next(number for number, row in enumerate(rows) if "三级指标" in row)
    assert rows[head][0] == "绩效指标"
    assert rows[head + 1] == [
        "产出指标",
        "数量指标",
        "养护里程",
        "≥86公里",
        "80公里",
        "15",
        "14",
        "受雨季影响，部分路段顺延",
    ]
    assert rows[head + 6] == [
        "可持续影响指标",
        "养护机制健全性",
        "健全",
        "基本健全",
        "15",
        "13",
        "养护巡查制度尚待完善",
    ]
    assert rows[-2:] == [["总分", "100", "95", ""], ["评价等级", "优"]]
    corner = next(cell for cell in grid.cells if cell.text == "绩效指标")
    assert corner.row_span == 8


def test_weights_before_targets_are_read_by_their_headers() -> None:
    """Where each cell has a line of its own and the weight stands first, values stand under their headers."""
    (grid,) = read("flow-weight-first.txt").grids
    rows = rows_of(grid)
    head = next(number for number, row in enumerate(rows) if "三级指标" in row)
    assert rows[head] == ["一级指标", "二级指标", "三级指标", "分值", "年度指标值", "实际完成值", "得分"]
    assert rows[head + 4] == ["效益指标", "社会效益指标", "受益农户数", "20", "≥1200户", "1263户", "20"]
    assert rows[-1] == ["总分", "100", "", "100"]


def test_labels_torn_by_a_page_break_are_whole_again() -> None:
    """A head before its row and the tail behind it are one cell, with the lines of both."""
    (grid,) = read("flow-torn.txt").grids
    benefit = next(cell for cell in grid.cells if cell.text == "效益指标")
    assert (benefit.lines, benefit.row_span) == (("效益", "指标"), 2)
    ecology = next(cell for cell in grid.cells if cell.text == "生态效益指标")
    assert (ecology.lines, ecology.row_span) == (("生态", "效益", "指标"), 2)
    content = next(cell for cell in grid.cells if cell.text == "服务对象满意度指标")
    assert content.lines == ("服务", "对象", "满意", "度指", "标")


def test_an_empty_vocabulary_gives_no_form() -> None:
    """Without known labels nothing is invented."""
    for name in TEXTS:
        assert cut(read_text(FILES / name).lines, ()) == ()


def test_columns_kept_by_spaces_are_not_read_as_a_flow() -> None:
    """A text that is aligned by runs of spaces gives no grid here."""
    text = (FILES / "flow-standard.txt").read_text(encoding="utf-8").replace(" ", "      ")
    assert cut(lines_of(text), WORDS) == ()


def test_lines_in_the_order_of_the_page_are_doubted() -> None:
    """A wrapped name whose rest stands behind its row is never certain, nor are its neighbours."""
    text = (FILES / "flow-standard.txt").read_text(encoding="utf-8")
    name = "养护工程验收合格率 ≥95% 98% 15 15"
    torn = text.replace(name, "养护工程验收\n≥95% 98% 15 15\n\n合格率").replace("\n\n时效\n\n指标\n", "\n\n")
    grids = cut(lines_of(torn), WORDS)
    assert all(
        cell.doubts for grid in grids for cell in grid.cells if "合格率" in cell.text or cell.text == "养护工程验收"
    )


def uncertain(answer: CutAnswer | None) -> tuple[list[CutQuestion], Grid]:
    """The standard form, whose two goals stand on one line, and the questions asked about it."""
    asked: list[CutQuestion] = []

    def choose(question: CutQuestion) -> CutAnswer | None:
        asked.append(question)
        return answer

    (grid,) = cut(read_text(FILES / "flow-standard.txt").lines, WORDS, choose)
    return asked, grid


def goal_doubts(grid: Grid) -> set[tuple[str, ...]]:
    """The doubts of the two goal cells."""
    head = next(cell.row for cell in grid.cells if cell.text == "年初设定目标")
    return {cell.doubts for cell in grid.rows()[head + 1]}


def test_an_uncertain_cut_is_asked_with_candidates_that_are_the_text() -> None:
    """At most six candidates, one text a column, each of them the run of text and nothing else."""
    asked, grid = uncertain(None)
    assert [question.columns for question in asked] == [("年初设定目标", "全年实际完成情况")]
    (question,) = asked
    assert 2 <= len(question.candidates) <= 6
    whole = "".join(question.text.replace("⏎", "").split())
    assert all("".join("".join(candidate).split()) == whole for candidate in question.candidates)
    assert goal_doubts(grid) == {("cut",)}


@pytest.mark.parametrize(("offset", "probability", "doubts"), [(0, 0.7, ()), (0, 0.69, ("cut",)), (1, 0.99, ("cut",))])
def test_only_a_likely_answer_that_agrees_takes_the_doubt_away(
    offset: int, probability: float, doubts: tuple[str, ...]
) -> None:
    """The ranking's own choice with 0.7 settles; less, or another choice, does not."""
    asked, grid = uncertain(None)
    head = next(cell.row for cell in grid.cells if cell.text == "年初设定目标")
    ranked = tuple(cell.text for cell in grid.rows()[head + 1])
    place = asked[0].candidates.index(ranked)
    choice = (place + offset) % len(asked[0].candidates)
    _, settled = uncertain(CutAnswer(choice=choice, probability=probability))
    assert goal_doubts(settled) == {doubts}


def test_goals_that_repeat_each_other_are_cut_where_they_repeat() -> None:
    """The same sentence twice, wrapped at different widths, is two cells and certain."""
    atoms = atoms_of(
        lines_of("保障平台安全稳定运行，\n及时处置各类事件。\n保障平台安全稳定\n运行，及时处置各\n类事件。")
    )
    found = cut_goals(atoms, GoalHabits())
    assert (found.place, found.certain) == (2, True)


def test_goals_over_a_page_are_never_certain() -> None:
    """Behind a page break both goals may go on, so no single place cuts them."""
    lines = [
        Line(number=1, text="一、建设平台。", page=1),
        Line(number=2, text="一、建设平台。", page=1),
        Line(number=3, text="二、运维平台。", page=2),
        Line(number=4, text="二、运维平台。", page=2),
    ]
    assert not cut_goals(atoms_of(lines), GoalHabits()).certain


def test_items_that_count_backwards_are_not_one_goal() -> None:
    """Interleaved items cost so much in any cut that none is certain."""
    atoms = atoms_of(lines_of("一、甲；\n二、乙；\n一、甲；\n二、乙；\n三、丙。\n四、丁。\n三、丙。\n四、丁。"))
    assert not cut_goals(atoms, GoalHabits()).certain


# A small typesetter: cells are wrapped to their columns and written cell by cell, as a PDF's text extraction leaves
# them; cells of one row that share a line's height share a line of text.
ROW = tuple[tuple[str, int], ...]


def wrapped(text: str, columns: int) -> list[str]:
    """A cell's lines in a column so many halves of a character wide."""
    lines = [""]
    while text:
        head = head_of(text)
        if lines[-1] and width(lines[-1] + head) > columns:
            lines.append("")
        lines[-1] += head
        text = text[len(head) :]
    return lines


def typeset(rows: list[ROW]) -> str:
    """Rows as text: a blank line where the next line stands a whole line lower."""
    marks: list[tuple[float, str]] = []
    top = 0.0
    for row in rows:
        cells = [wrapped(text, columns) for text, columns in row if text]
        height = max(len(cell) for cell in cells)
        for cell in cells:
            marks += ((top + (height - len(cell)) / 2 + place, line) for place, line in enumerate(cell))
        top += height
    text = marks[0][1]
    for (before, _), (y, line) in pairwise(marks):
        text += (" " if y == before else "\n\n" if y - before >= 1 else "\n") + line
    return text + "\n"


def form(indicators: list[tuple[str, str, str, str]], name: int, value: int) -> str:
    """A form with these rows (name, target, actual, note) in columns of these widths."""
    head = ("年度指标值", value), ("实际完成值", value), ("分值", 8), ("得分", 8), ("偏差原因分析及改进措施", 12)
    rows: list[ROW] = [
        (("项目名称", 8), ("堤防维护", 40)),
        (("一级指标", 4), ("二级指标", 4), ("三级指标", name), *head),
        (("产出指标", 4),),
        (("数量指标", 4),),
    ]
    for title, target, actual, note in indicators:
        rows.append(((title, name), (target, value), (actual, value), ("10", 8), ("9", 8), (note, 12)))
    return typeset([*rows, (("总分", 8), ("100", 8), ("90", 8))])


INDICATORS = [
    ("堤防巡查次数", "≥48(次)", "52(次)", ""),
    ("汛前隐患排查完成情况", "汛期到来之前完成", "达成指标", ""),
    ("沿岸防护林带补植面积", "≥120(公顷)", "120(公顷)", "受干旱影响，部分补植推迟"),
    ("水尺维护", "=16(处)", "16(处)", ""),
    ("信息系统与视频监控设备全年正常运行比例", "≥98(%)", "99.2(%)", ""),
    ("应急物资储备", "充足", "达成指标", "已补充"),
]


@pytest.mark.parametrize("name", [12, 16, 20, 28, 40])
@pytest.mark.parametrize("value", [8, 10, 16])
def test_no_cell_is_wrong_without_a_doubt(name: int, value: int) -> None:
    """Whatever the columns' widths, a cell of a typeset form is as it was typeset, or it is doubted."""
    (grid,) = cut(lines_of(form(INDICATORS, name, value)), WORDS)
    head = next(cell.row for cell in grid.cells if cell.text == "三级指标")
    body = [row[-6:] for row in grid.rows()[head + 1 : -1]]
    surely = sure = 0
    for row, (title, target, actual, note) in zip(body, INDICATORS, strict=True):
        for cell, text in zip(row, (title, target, actual, "10", "9", note), strict=True):
            sure += not cell.doubts
            surely += not cell.doubts and cell.text == text
    assert surely == sure > 0


def test_an_atom_keeps_its_place() -> None:
    """Atoms know their line, their characters and how far below the one before they stand."""
    assert atoms_of(lines_of("总分 100\n\n优")) == (
        Atom("总分", 1, 0, 2, 0),
        Atom("100", 1, 3, 6, 0),
        Atom("优", 3, 0, 1, 2),
    )
