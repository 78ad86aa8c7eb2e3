"""Where one form ends and the next begins: several a page, titles inside the grid, tables of one form drawn apart."""

from pathlib import Path

import pymupdf
import pytest
from drawn import Draw, laid, table, write
from handmade import grid_of, line_of

from pipeline.mapping.headings import title_fields
from pipeline.mapping.lexicon import Lexicon, standard
from pipeline.mapping.skeleton import analyse
from pipeline.mapping.titles import year_of
from pipeline.segment import segment
from schemas.evidence import LineSpan, PageSpan
from schemas.layout import Document, Grid, Line, Page, Region


def document_of(pages: tuple[Page, ...], lines: tuple[Line, ...], grids: tuple[Grid, ...]) -> Document:
    """A document without a file."""
    return Document(
        path="drawn.pdf", sha256="0" * 64, media_type="application/pdf", pages=pages, lines=lines, grids=grids
    )


def forms(grids: list[Grid], lines: list[Line], lexicon: Lexicon | None = None) -> tuple[Region, ...]:
    """Regions of a document of these grids and lines."""
    pages = tuple(Page(number=number, width=595, height=842) for number in sorted({g.pages[0] for g in grids}))
    return segment(document_of(pages, tuple(lines), tuple(grids)), lexicon or standard())


def drawn(folder: Path, *draws: Draw, lexicon: Lexicon | None = None) -> tuple[Region, ...]:
    """Regions of drawn pages."""
    found = laid(folder, *draws)
    return segment(document_of(found.pages, found.lines, found.grids), lexicon or standard())


def names(regions: tuple[Region, ...]) -> list[str]:
    """The second cell of each form: in these tests its name."""
    return [[cell.text for cell in region.grid.cells if cell.text][1] for region in regions]


FUNDS = """
项目名称 | 道路 | «
项目资金 | 全年预算数 | 全年执行数
年度资金总额 | 10 | 9
"""
INDICATORS = """
三级指标 | 分值 | 得分
甲 | 10 | 9
"""


def at(grid: Grid, line: int) -> Grid:
    """The grid with the number of the first line below its top."""
    return grid.model_copy(update={"top_line": line})


GOAL = "目标1：保障全区46800名学生就近入学，新增学位2700个。"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("二、绩效指标完成情况", False),
        ("绩效指标（90分）", False),
        ("单位：万元", False),
        ("注：完成率按四舍五入保留2位小数填写，无法量化的填写具体完成情况。", False),
        ("（2024年度）", False),
        ("年度总体目标", False),
        (GOAL, True),
        ("年度绩效目标", True),
        ("两所新建学校因管网接入延期未能按时投用已会同有关部门倒排工期", True),
        ("260万页", True),
    ],
)
def test_text_between_two_tables_of_a_form_that_may_be_a_value_is_told_by_its_place(text: str, *, told: bool) -> None:
    """A cell whose rules were not understood leaves its text there: it must not get lost."""
    lines = [line_of(1, "项目支出绩效自评表", y=50), line_of(2, text, y=180)]
    grids = [at(grid_of(FUNDS, top=80), 2), at(grid_of(INDICATORS, table=2, top=200), 3)]

    (form,) = forms(grids, lines)

    assert [span.bbox for span in form.outside if isinstance(span, PageSpan)] == [lines[1].bbox] * told


def test_what_stands_in_a_page_s_margin_between_two_tables_is_no_value() -> None:
    """A running head of two pages is not known as one; on one page there is no margin between two tables."""
    foot = [line_of(1, "宁溪县教育局2023年度部门决算公开情况说明第2册", y=800), line_of(2, GOAL, y=400)]
    grids = [at(grid_of(FUNDS, top=80), 1), at(grid_of(INDICATORS, page=2, top=80), 3)]

    assert [span.bbox for span in forms(grids, foot)[0].outside if isinstance(span, PageSpan)] == [foot[1].bbox]

    grids = [at(grid_of(FUNDS, top=780), 1), at(grid_of(INDICATORS, table=2, top=820), 3)]
    assert len(forms(grids, foot)[0].outside) == 2


def test_the_funds_and_the_indicators_of_one_form_drawn_apart_are_one_region() -> None:
    """A line between them is part of its heading; what follows the last grid trails it."""
    printed = {50: "项目支出绩效自评表", 180: "绩效指标完成情况", 400: "填表人："}
    lines = [line_of(number, text, y=y) for number, (y, text) in enumerate(printed.items(), start=1)]
    grids = [at(grid_of(FUNDS, top=80), 2), at(grid_of(INDICATORS, table=2, top=200), 3)]
    (form,) = forms(grids, lines)
    assert [line.text for line in form.heading] == ["项目支出绩效自评表", "绩效指标完成情况"]
    assert [line.text for line in form.trailing] == ["填表人："]
    assert form.grid.row_count == 5
    assert [cell.row for cell in form.grid.cells if cell.text == "三级指标"] == [3]


def test_every_line_and_every_grid_belongs_to_one_form(tmp_path: Path) -> None:
    """Three forms on one page, each with its title; the second title belongs to the second form."""

    def draw(page: pymupdf.Page) -> None:
        for number in range(3):
            top = 60 + 200 * number
            write(page, 200, top, f"第{number + 1}个项目绩效自评表")
            name = {(0, 0): "项目名称", (0, 1): f"项目{number + 1}"}
            table(page, (50, 150, 350), (top + 20, top + 50, top + 80), name)

    found = drawn(tmp_path, draw)
    assert names(found) == ["项目1", "项目2", "项目3"]
    assert [[line.text for line in form.heading] for form in found] == [
        ["第1个项目绩效自评表"],
        ["第2个项目绩效自评表"],
        ["第3个项目绩效自评表"],
    ]
    assert [form.index for form in found] == [0, 1, 2]


def test_a_title_row_inside_a_grid_begins_a_form() -> None:
    """Two forms drawn as one table, each under a row that holds a title alone."""
    grid = grid_of(
        """
        道路养护项目绩效自评表 | «
        项目名称 | 道路
        总分 | 98
        桥梁检测项目绩效自评表 | «
        项目名称 | 桥梁
        总分 | 97
        """
    )
    found = forms([grid], [])
    assert [region.grid.row_count for region in found] == [3, 3]
    assert [[cell.text for cell in region.grid.cells][-1] for region in found] == ["98", "97"]
    assert [cell.row for cell in found[1].grid.cells] == [0, 1, 1, 2, 2]


def test_a_project_named_again_begins_a_form() -> None:
    """Two forms in one grid without a title row."""
    found = forms([grid_of("项目名称 | 道路\n总分 | 98\n项目名称 | 桥梁\n总分 | 97")], [])
    assert names(found) == ["道路", "桥梁"]


def test_the_tail_of_one_form_and_the_head_of_the_next_share_a_page() -> None:
    """A new title between them parts them though both stand on page 2."""
    first = at(grid_of("项目名称 | 道路\n总分 | 98", page=1), 2)
    second = at(grid_of("项目名称 | 桥梁\n总分 | 97", page=2), 3)
    lines = [line_of(1, "绩效自评表"), line_of(2, "绩效自评表", page=2)]
    found = forms([first, second], lines)
    assert names(found) == ["道路", "桥梁"]
    assert [region.pages for region in found] == [(1,), (2,)]


def test_without_a_known_word_forms_still_part_where_a_table_begins_as_the_last_one_did() -> None:
    """A lexicon that knows nothing: the labels of the first rows repeat."""
    grids = [
        at(grid_of("Projekt | Straße\nBehörde | A\nPunkte | 98", page=1), 1),
        at(grid_of("Projekt | Brücke\nBehörde | A\nPunkte | 97", page=2), 1),
    ]
    found = forms(grids, [], Lexicon.empty())
    assert names(found) == ["Straße", "Brücke"]


def test_tables_that_begin_blank_do_not_look_alike() -> None:
    """Two tables whose first cells hold nothing are not two forms for that."""
    grids = [
        at(grid_of("| 年初预算数 | 全年预算数\n| 10 | 10", top=80), 1),
        at(grid_of("| 分值 | 得分\n| 10 | 10", table=2, top=200), 1),
    ]
    assert len(forms(grids, [])) == 1


def test_pages_of_prose_between_two_tables_mean_two_regions() -> None:
    """A small table in a report and the form after it are not one."""
    lines = [line_of(number, f"正文第{number}段", y=100 + 20 * number) for number in range(1, 8)]
    grids = [at(grid_of("年份 | 金额\n2023 | 5", top=60), 1), at(grid_of(FUNDS, table=2, top=400), 8)]
    assert [region.grid.row_count for region in forms(grids, lines)] == [2, 3]


def test_prose_about_an_evaluation_is_no_title() -> None:
    """A long sentence with 绩效自评 in it, between a form's two tables, parts nothing."""
    prose = (
        "根据市财政局关于开展绩效自评工作的通知要求，我单位组织对本项目开展了绩效自评，"
        "现将各项指标完成情况逐一说明如下，请审阅，并请对照年初批复的绩效目标核实。"
    )
    lines = [line_of(1, "项目支出绩效自评表", y=50), line_of(2, prose, y=180)]
    grids = [at(grid_of(FUNDS, top=80), 2), at(grid_of(INDICATORS, table=2, top=200), 3)]
    assert len(forms(grids, lines)) == 1


def test_hidden_text_is_told_by_its_place_and_heads_no_form(tmp_path: Path) -> None:
    """A white title neither parts forms nor stands in a heading."""

    def draw(page: pymupdf.Page) -> None:
        table(page, (50, 150, 350), (100, 130, 160), {(0, 0): "项目名称", (0, 1): "道路"})
        write(page, 155, 143, "隐藏", color=(1, 1, 1))
        write(page, 200, 60, "绩效自评表", color=(1, 1, 1))

    (form,) = drawn(tmp_path, draw)
    assert form.heading == ()
    assert len(form.hidden) == 2


def test_a_document_without_tables_has_no_form() -> None:
    """Lines alone are no region."""
    assert segment(document_of((), (line_of(1, "绩效自评表"),), ()), standard()) == ()


def test_sheets_of_a_workbook_part_forms() -> None:
    """What stands on another sheet is another form's, though nothing in it says so."""
    first = grid_of("项目名称 | 甲\n得分 | 1", table=1).model_copy(update={"sheet": "一", "pages": ()})
    second = grid_of("说明 | 乙\n得分 | 2", table=2).model_copy(update={"sheet": "二", "pages": ()})
    found = segment(document_of((), (), (first, second)), standard())
    assert [region.grid.sheet for region in found] == ["一", "二"]


def test_hidden_lines_of_a_document_without_pages_belong_to_the_form_they_stand_in() -> None:
    """Between two forms it may be either's; places only, never the text."""
    lines = tuple(
        Line(number=number, text=text, page=1, hidden=text == "隐藏")
        for number, text in enumerate(("项目支出绩效自评表", "隐藏", "项目支出绩效自评表", "隐藏", "注"), start=1)
    )
    grids = [
        grid_of("项目名称 | 甲\n得分 | 1", table=table).model_copy(update={"pages": (), "top_line": top, "bbox": None})
        for table, top in ((1, 2), (2, 4))
    ]
    first, second = segment(document_of((), lines, tuple(grids)), standard())
    assert first.hidden == (LineSpan(line=2, start=0, end=2),)
    assert second.hidden == (LineSpan(line=2, start=0, end=2), LineSpan(line=4, start=0, end=2))


@pytest.mark.parametrize(
    ("above", "between", "below", "told"),
    [
        ("项目支出绩效自评表", "一、绩效指标", "填表人：张三", ()),
        ("填报单位：交通局 （万元）", "一、绩效指标", "联系电话：123456", ()),
        ("主管部门：交通局 金额单位：万元", "一、绩效指标", "注：如实填写", ()),
        ("自评总分：93分 金额单位：万元", "一、绩效指标", "注：如实填写", (1,)),
        ("项目支出绩效自评表", "主管部门：交通局", "注：如实填写", (2,)),
        ("项目支出绩效自评表", "评价等级：优", "自评总分：93分", (2, 3)),
        ("项目支出绩效自评表", "一、绩效指标", "填表人：张三 自评总分：93分", (3,)),
    ],
)
def test_a_field_with_its_value_outside_the_tables_is_told(
    above: str, between: str, below: str, told: tuple[int, ...]
) -> None:
    """It is read into no field, so the form must not pass as if it did not stand there."""
    lines = [
        line_of(number, text, y=300.0 + 20 * number) for number, text in enumerate((above, between, below), start=1)
    ]
    regions = forms([at(grid_of(FUNDS), 2), at(grid_of(INDICATORS), 3)], lines)
    assert [region.outside for region in regions] == [
        tuple(PageSpan(page=1, bbox=lines[number - 1].bbox) for number in told if lines[number - 1].bbox is not None)
    ]


def test_a_header_of_tasks_names_no_second_form() -> None:
    """任务名称 between 预算数 and 执行数 is a column, not the name of a project."""
    grid = grid_of("""
部门名称 | 海岸带局 | « | «
任务名称 | 预算数 | 执行数 | 执行率
巡查 | 10 | 9 | 90%
金额合计 | 10 | 9 | 90%
""")
    assert names(forms([grid], [line_of(1, "部门整体支出绩效自评表")])) == ["海岸带局"]


def test_a_numbered_heading_between_tables_is_no_lost_value() -> None:
    """三、绩效目标完成情况 heads the table below; without a number, or with a text behind it, a person looks."""

    def outside(text: str) -> int:
        grids = [grid_of(FUNDS, table=1), grid_of(INDICATORS, table=2, top=300.0).model_copy(update={"top_line": 3})]
        lines = [line_of(1, "项目支出绩效自评表"), line_of(2, text, y=200.0)]
        return len(forms([grids[0].model_copy(update={"top_line": 2}), grids[1]], lines)[0].outside)

    assert outside("三、绩效目标完成情况") == 0
    assert outside("绩效目标完成情况") == 1
    assert outside("三、绩效目标完成情况：已完成") == 1
    assert outside("三、绩效目标完成情况 已完成") == 1


def test_a_row_with_a_name_and_amounts_begins_a_form() -> None:
    """项目名称, 预算数 and 执行数 each stand beside their values: two forms in one table without titles."""
    one = """
项目名称 | 道路 | 预算数 | 10 | 执行数 | 9
一级指标 | 三级指标 | 年度指标值 | 实际完成值 | 分值 | 得分
产出指标 | 修路 | ≥5条 | 5条 | 100 | 90
"""
    grid = grid_of(one + one.replace("道路", "桥梁").lstrip())
    assert names(forms([grid], [line_of(1, "项目支出绩效自评表")])) == ["道路", "桥梁"]


@pytest.mark.parametrize(
    ("texts", "doubted"),
    [
        (("三、绩效目标完成情况", "已全部完成。"), 1),
        (("二、项目名称", "道路养护"), 1),
        (("四、自评等级", "优"), 1),
        (("四、自评等级优秀",), 1),
        (("二、绩效目标", "（一）绩效目标完成情况"), 0),
        (("三、绩效目标完成情况", "单位：万元"), 0),
    ],
)
def test_a_numbered_heading_with_its_value_in_the_next_line_is_a_lost_value(
    texts: tuple[str, ...], doubted: int
) -> None:
    """A further heading, or a unit of money, is none."""
    below = grid_of(INDICATORS, table=2, top=300.0).model_copy(update={"top_line": len(texts) + 2})
    lines = [line_of(2 + at, text, y=200.0 + 15 * at) for at, text in enumerate(texts)]
    grids = [grid_of(FUNDS, table=1).model_copy(update={"top_line": 2}), below]
    assert len(forms(grids, [line_of(1, "项目支出绩效自评表"), *lines])[0].outside) == doubted


def test_lines_before_the_next_title_belong_to_the_form_above() -> None:
    """A unit of money below a table is that table's."""
    lines = [
        line_of(1, "项目支出绩效自评表"),
        line_of(2, "金额单位：元", y=290.0),
        line_of(3, "项目支出绩效自评表", y=300.0),
        line_of(4, "金额单位：万元", y=310.0),
    ]
    first, second = forms([at(grid_of(FUNDS), 2), at(grid_of(FUNDS, table=2, top=330.0), 5)], lines)
    assert [line.number for line in first.trailing] == [2]
    assert [line.number for line in second.heading] == [3, 4]


def test_a_header_of_tasks_in_words_names_no_second_form() -> None:
    """任务名称 beside 主要内容, another header, has no value; 项目名称 before a blank cell still names a form."""
    grid = grid_of("""
部门名称 | 海岸带局 | « | «
年度主要任务 | 任务名称 | 主要内容 | 完成情况
^ | 巡查 | 巡海岸 | 已巡完
""")
    assert names(forms([grid], [line_of(1, "部门整体支出绩效自评表")])) == ["海岸带局"]


def test_a_name_above_the_next_title_is_the_next_form_s() -> None:
    """项目名称 stands over each title: the form above has nothing of it."""
    grids = [at(grid_of(INDICATORS), 3), at(grid_of(INDICATORS, top=300.0), 5)]
    lines = [line_of(number, text) for number, text in enumerate(("项目名称：道路", "绩效自评表") * 2, start=1)]
    first, second = forms(grids, lines)
    assert [line.text for line in second.heading] == ["项目名称：道路", "绩效自评表"]
    assert ([line.number for line in first.heading], first.trailing) == ([1, 2], ())


BUDGET = """
预算科目 | 年初预算数 | 全年执行数
财政拨款 | 100 | 90
"""
TARGETS = """
一级指标 | 三级指标 | 年度指标值
产出指标 | 架桥 | ≥3座
"""
SIGNED = "填表人 | 张三 | 电话 | 5550101"


@pytest.mark.parametrize(
    ("heading", "below", "told"),
    [
        ("部门预算执行情况", BUDGET, 1),
        ("2025年度项目绩效目标情况", TARGETS, 1),
        ("部门整体评价", "评价等级 | 优", 1),
        ("二、部门预算执行情况", BUDGET, 1),
        ("单位：万元", BUDGET, 0),
        ("续表", TARGETS, 0),
        ("其他事项", SIGNED, 0),
    ],
)
def test_a_table_under_a_heading_below_a_whole_form_may_be_another_one_s(heading: str, below: str, told: int) -> None:
    """Its funds, targets or grade would be the form's: a person has to look; a signature adds nothing."""
    form = f"{FUNDS.strip()}\n{INDICATORS.strip()}"
    grids = [at(grid_of(form), 2), at(grid_of(below, top=300.0), 3)]
    lines = [line_of(1, "项目支出绩效自评表"), line_of(2, heading, y=290.0)]
    (found,) = forms(grids, lines)
    assert [span for span in found.outside if span == lines[1].span] == [lines[1].span] * told


@pytest.mark.parametrize(
    ("first", "second"), [("一、基本情况", "三、评价结论"), ("", "评价结论"), ("基本情况", "评价结论")]
)
def test_headings_over_the_parts_of_a_form_are_its_own(first: str, second: str) -> None:
    """Where its parts have headings from the start on, or its indicators follow one, the next heading parts it too."""
    grids = [at(grid_of(FUNDS), 3), at(grid_of(INDICATORS, top=200.0), 4), at(grid_of("评价等级 | 优", top=300.0), 5)]
    lines = [line_of(1, "项目支出绩效自评表"), line_of(2, first), line_of(3, "绩效指标"), line_of(4, second)]
    (found,) = forms(grids, lines)
    assert found.outside == ()


def test_a_heading_between_the_tables_is_not_the_title() -> None:
    """Neither its words nor its year are the form's: what stands above the first table is."""
    words = standard()
    grids = [at(grid_of(FUNDS), 2), at(grid_of(INDICATORS, top=200.0), 3)]
    lines = [line_of(1, "2024年度项目支出绩效情况表"), line_of(2, "2025年资金安排情况表", y=190.0)]
    (found,) = forms(grids, lines)
    skeleton = analyse(found, words)
    fields, rest = title_fields(found, skeleton, words)
    assert [(field.pointer, field.cells) for field in fields] == [("/title", ("l1",)), ("/fiscal_year", ("l1",))]
    assert rest == ["l2"]
    assert year_of(found, words) == 2024


def test_points_over_the_funds_are_no_header_of_indicators() -> None:
    """二、绩效指标完成情况 stands over the indicators of the form, which has none before it."""
    funds = FUNDS.replace("全年执行数", "全年执行数 | 分值 | 得分").replace("| 9", "| 9 | 10 | 9")
    grids = [at(grid_of(funds), 2), at(grid_of(INDICATORS, top=200.0), 3)]
    (found,) = forms(grids, [line_of(1, "项目支出绩效自评表"), line_of(2, "二、绩效指标完成情况")])
    assert found.outside == ()
