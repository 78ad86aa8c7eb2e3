"""Tables that go on over the page: what joins, what is printed again, what stays two, what stays in doubt."""

from pathlib import Path

import pymupdf
from drawn import Draw, fill, laid, spans, table, texts, write
from handmade import grid_of

from pipeline.layout.stitch import continues, stack, stitch
from pipeline.mapping.lexicon import standard
from schemas.evidence import PageSpan
from schemas.layout import Cell, Grid

WORDS = standard().words()


def over_pages(above: str, below: str) -> Grid:
    """Two hand-made tables of consecutive pages as one."""
    first, second = grid_of(above, page=1), grid_of(below, page=2, top=50.0)
    assert continues(first, second)
    return stitch(first, second, WORDS)


def cell(grid: Grid, text: str) -> Cell:
    """The one cell with a text."""
    (found,) = [own for own in grid.cells if own.text == text]
    return found


def test_a_label_cut_in_halves_is_one_label_over_all_its_rows() -> None:
    """满意 at the foot of a page and 度指标 at the head of the next are 满意度指标."""
    grid = over_pages(
        """
        产出指标 | 数量指标 | 甲 | 10 | 10
        满意 | 服务对象满意度指标 | 乙 | 5 | 5
        ^ | ^ | 丙 | 5 | 5
        """,
        """
        度指标 | | 丁 | 6 | 6
        ^ | ^ | 戊 | 7 | 7
        """,
    )
    label = cell(grid, "满意度指标")
    assert (label.row, label.row_span, label.parts) == (1, 4, ("p1t1r1c0", "p2t1r0c0"))
    assert [span.page for span in label.spans if isinstance(span, PageSpan)] == [1, 2]
    assert label.lines == ("满意", "度指标")
    assert (grid.row_count, grid.pages) == (5, (1, 2))
    assert not any(own.doubts for own in grid.cells)


def test_a_label_blank_on_the_second_page_goes_on() -> None:
    """A merged cell whose text stands on the first page only."""
    grid = over_pages(
        """
        产出指标 | 甲 | 10 | 10
        ^ | 乙 | 5 | 5
        """,
        """
        | 丙 | 6 | 6
        ^ | 丁 | 7 | 7
        """,
    )
    assert (cell(grid, "产出指标").row_span, grid.row_count) == (4, 4)


def test_a_label_printed_twice_is_one_label() -> None:
    """It is not doubled, and both places are its evidence."""
    grid = over_pages(
        """
        产出指标 | 甲 | 10 | 10
        ^ | 乙 | 5 | 5
        """,
        """
        产出指标 | 丙 | 6 | 6
        效益指标 | 丁 | 7 | 7
        """,
    )
    label = cell(grid, "产出指标")
    assert (label.row_span, label.lines, len(label.spans)) == (3, ("产出指标",), 2)


def test_two_known_labels_at_a_break_are_two() -> None:
    """No doubt either: both stand in the lexicon."""
    grid = over_pages(
        """
        产出指标 | 甲 | 10 | 10
        ^ | 乙 | 5 | 5
        """,
        """
        效益指标 | 丙 | 6 | 6
        ^ | 丁 | 7 | 7
        """,
    )
    assert [(own.text, own.row_span) for own in grid.cells if own.col == 0] == [("产出指标", 2), ("效益指标", 2)]
    assert not any(own.doubts for own in grid.cells)


def test_two_labels_that_nothing_knows_stay_two_in_doubt() -> None:
    """甲乙 and 丙丁 could be one label: a person decides."""
    grid = over_pages(
        """
        甲乙 | 一 | 10 | 10
        ^ | 二 | 5 | 5
        """,
        """
        丙丁 | 三 | 6 | 6
        ^ | 四 | 7 | 7
        """,
    )
    assert (cell(grid, "甲乙").doubts, cell(grid, "丙丁").doubts) == (("join",), ("join",))


def test_a_label_torn_inside_its_brackets_is_one_label() -> None:
    """Points of a label that nobody knows, cut between their digits."""
    grid = over_pages(
        """
        质效（20分） | 甲 | 10 | 10
        ^ | 乙 | 10 | 10
        惠民（5 | 丙 | 20 | 20
        """,
        """
        0分） | 丁 | 20 | 20
        ^ | 戊 | 10 | 10
        """,
    )
    assert (cell(grid, "惠民（50分）").row_span, cell(grid, "惠民（50分）").doubts) == (3, ())


def test_a_label_known_from_elsewhere_in_the_form_is_joined() -> None:
    """A word outside the lexicon that stands whole in another row tells how its halves go together."""
    grid = over_pages(
        """
        履约质量 | 一 | 10 | 10
        ^ | 二 | 5 | 5
        履约 | 三 | 5 | 5
        ^ | 四 | 5 | 5
        """,
        """
        质量 | 五 | 6 | 6
        ^ | 六 | 7 | 7
        """,
    )
    assert [(own.row, own.row_span) for own in grid.cells if own.text == "履约质量"] == [(0, 2), (2, 4)]


def test_a_row_cut_in_two_is_one_row() -> None:
    """Its name and target go on, its numbers are not repeated."""
    grid = over_pages(
        """
        产出指标 | 提交报告的及 | 2021年12月底 | 20 | 18
        """,
        """
        | 时性 | 前完成 | |
        效益指标 | 保障 | ≥5 | 30 | 30
        """,
    )
    assert texts(grid) == [
        ["产出指标", "提交报告的及时性", "2021年12月底前完成", "20", "18"],
        ["效益指标", "保障", "≥5", "30", "30"],
    ]
    assert cell(grid, "提交报告的及时性").parts == ("p1t1r0c1", "p2t1r0c1")


def test_a_row_with_numbers_of_its_own_is_a_row_of_its_own() -> None:
    """Nothing joins, though a cell is blank."""
    grid = over_pages("产出指标 | 甲 | ≥5 | 20 | 18", "效益指标 | 乙 | | 30 | 30")
    assert texts(grid) == [["产出指标", "甲", "≥5", "20", "18"], ["效益指标", "乙", "", "30", "30"]]


def test_a_text_that_ended_short_of_its_cell_does_not_go_on_over_the_page() -> None:
    """The next line had room on it: what stands below the break is a row of its own, and no doubt is left."""
    grid = over_pages(
        """
        拨付合规性 | 国库集中支付，按合同约定的进度拨付到项目单位
        下达 |
        """,
        """
        使用 |
        """,
    )
    assert texts(grid)[1:] == [["下达", ""], ["使用", ""]]
    assert not any(own.doubts for own in grid.cells)


def test_points_of_a_list_and_sentences_go_on_over_the_page_though_their_lines_are_short() -> None:
    """A new paragraph begins a line, not a row."""
    grid = over_pages(
        """
        目标 | 1、开展职业技能培训1686人次，完成目标任务；
        """,
        """
        | 2、落实补贴。
        """,
    )
    assert texts(grid) == [["目标", "1、开展职业技能培训1686人次，完成目标任务；2、落实补贴。"]]


def test_a_row_of_dots_below_a_label_cut_in_halves_stays_a_row() -> None:
    """The label is joined, the name beside it is not."""
    grid = over_pages("服务对象满意度指 | 委托单位满意度 | 90% | 10 | 10", "标 | …… | | |")
    assert texts(grid)[0][1:] == ["委托单位满意度", "90%", "10", "10"]
    assert "……" in texts(grid)[1]


def test_a_lone_label_that_may_go_on_is_joined_in_doubt() -> None:
    """A full line in the first column, and nothing beside it on either page."""
    grid = over_pages(
        """
        预算绩效管 | 已开展
        执行准确性 | 好
        """,
        """
        预算绩效管理 |
        """,
    )
    assert [own.doubts for own in grid.cells if own.text == "执行准确性预算绩效管理"] == [("join",)]


def test_a_row_of_dashes_or_with_a_known_label_is_a_row_of_its_own() -> None:
    """Though it holds no number, and blanks where the row above has some."""
    dashes = over_pages("其中：当年财政拨款 | 1,350 | 1,350 | --", "资本金 | | | --")
    assert texts(dashes) == [["其中：当年财政拨款", "1,350", "1,350", "--"], ["资本金", "", "", "--"]]
    label = over_pages("其中：当年财政拨款 | 1,350 | 1,350 | 10", "上年结转资金 | | |")
    assert texts(label) == [["其中：当年财政拨款", "1,350", "1,350", "10"], ["上年结转资金", "", "", ""]]
    level = over_pages("生态效益指标 | 指标1： | | |", "可持续影响指标 | 指标1：长期使用性 | 100 | 10 | 10")
    assert not any(own.doubts for own in level.cells)


def test_words_above_the_break_and_their_numbers_below_are_doubted() -> None:
    """A row whose numbers stand on the next page is not taken for two rows unseen."""
    grid = over_pages(
        """
        产出指标 | 甲 | ≥5 | 20 | 20
        效益指标 | 提交报告的及 | 2021年12月底 | |
        """,
        """
        | 时性 | 前完成 | 30 | 30
        满意度指标 | 乙 | ≥5 | 10 | 10
        """,
    )
    assert cell(grid, "提交报告的及").doubts == ("join",)
    assert cell(grid, "时性").doubts == ("join",)


def test_a_header_printed_again_is_no_row() -> None:
    """The rows below it go on in its columns; the header keeps both places."""
    grid = over_pages(
        """
        项目名称 | 道路 | « | «
        三级指标 | 年度指标值 | 分值 | 得分
        甲 | ≥5 | 20 | 18
        """,
        """
        三级指标 | 年度指标值 | 分值 | 得分
        乙 | ≥6 | 30 | 30
        """,
    )
    assert texts(grid) == [
        ["项目名称", "道路"],
        ["三级指标", "年度指标值", "分值", "得分"],
        ["甲", "≥5", "20", "18"],
        ["乙", "≥6", "30", "30"],
    ]
    assert len(cell(grid, "分值").spans) == 2


def test_a_table_that_begins_with_its_header_goes_on_under_the_header_printed_again() -> None:
    """Header and level label of an indicator table of its own stand again at the head of the next page."""
    grid = over_pages(
        """
        一级指标 | 三级指标 | 分值 | 得分
        产出指标 | 甲 | 20 | 18
        ^ | 乙 | 20 | 18
        """,
        """
        一级指标 | 三级指标 | 分值 | 得分
        产出指标 | 丙 | 30 | 30
        """,
    )
    assert (grid.row_count, cell(grid, "产出指标").row_span) == (4, 3)


def test_a_form_that_begins_as_the_one_before_is_not_its_rest() -> None:
    """Same first labels, other name: the next form; other edges or a page between: no continuation either."""
    first = grid_of("项目名称 | 道路\n主管部门 | 某局", page=1)
    assert not continues(first, grid_of("项目名称 | 桥梁\n主管部门 | 某局", page=2))
    assert not continues(first, grid_of("甲 | 乙 | 丙", page=2))
    assert not continues(first, grid_of("评分等级 | 优", page=3))
    assert continues(first, grid_of("评分等级 | 优", page=2))


def test_tables_with_other_columns_are_put_over_one_set_of_edges() -> None:
    """The rest of a table whose own columns are fewer keeps each cell under its column."""
    grid = over_pages("甲 | 乙 | 丙 | 丁\n1 | 2 | 3 | 4", "总分 | « | « | 98")
    assert [(own.text, own.col, own.col_span) for own in grid.cells if own.row == 2] == [("总分", 0, 3), ("98", 3, 1)]


def test_stack_joins_nothing() -> None:
    """Two tables of one form, one under the other."""
    grid = stack(grid_of("甲 | 1"), grid_of("甲 | 1", table=2))
    assert texts(grid) == [["甲", "1"], ["甲", "1"]]
    assert [own.cell_id for own in grid.cells] == ["p1t1r0c0", "p1t1r0c1", "p1t2r0c0", "p1t2r0c1"]


XS = (50.0, 150.0, 300.0, 400.0, 500.0)


def page_of(rows: dict[tuple[int, int], str], count: int, number: int, *, top: float) -> Draw:
    """A drawing of a table under a running head, with a page number below."""

    def draw(page: pymupdf.Page) -> None:
        write(page, 200, 40, "嘉定区2024年度部门决算")
        write(page, 280, 820, f"— {number} —")
        ys = [top + 30 * step for step in range(count + 1)]
        table(page, XS, ys)
        fill(page, XS, ys, rows)

    return draw


def test_running_heads_and_page_numbers_do_not_keep_a_table_apart(tmp_path: Path) -> None:
    """Three pages of one table: heads and numbers stand between its parts, its own text does not."""
    pages = [
        page_of({(0, 0): "项目名称", (0, 1): "道路", (1, 0): "甲", (1, 2): "20", (1, 3): "20"}, 2, 7, top=690),
        page_of({(0, 0): "乙", (0, 2): "30", (0, 3): "30"}, 24, 8, top=70),
        page_of({(0, 0): "丙", (0, 2): "50", (0, 3): "50"}, 1, 9, top=70),
    ]
    found = laid(tmp_path, *pages)
    (grid,) = found.grids
    assert (grid.pages, grid.row_count) == ((1, 2, 3), 27)
    assert spans(grid)["丙"] == (26, 0, 1, 1)


def test_a_line_of_text_between_two_tables_keeps_them_apart(tmp_path: Path) -> None:
    """A heading above the second table begins something else."""

    def second(page: pymupdf.Page) -> None:
        write(page, 200, 100, "二、项目支出情况")
        table(page, XS, (130, 160), {(0, 0): "乙"})

    found = laid(tmp_path, lambda page: table(page, XS, (700, 730), {(0, 0): "甲"}), second)
    assert [grid.pages for grid in found.grids] == [(1,), (2,)]


def test_one_page_forms_whose_titles_repeat_on_every_page_stay_apart(tmp_path: Path) -> None:
    """A title that stands on each of 18 pages heads a form; it is no running head."""

    def form(number: int) -> Draw:
        def draw(page: pymupdf.Page) -> None:
            write(page, 200, 40, "财政项目支出绩效自评表")
            write(page, 260, 60, "（2024年度）")
            table(page, XS, (80, 110, 140), {(0, 0): "项目名称", (0, 1): f"项目{number}", (1, 0): "主管部门"})
            write(page, 280, 820, str(number))

        return draw

    found = laid(tmp_path, *(form(number) for number in range(1, 19)))
    assert [grid.pages for grid in found.grids] == [(page,) for page in range(1, 19)]
    assert sum(line.text == "财政项目支出绩效自评表" for line in found.lines) == 18


def test_a_label_that_ends_with_its_points_does_not_go_on() -> None:
    """Neither label is known as it stands; what has its points in brackets is whole."""

    def doubts(above: str) -> list[tuple[str, ...]]:
        grid = over_pages(f"{above} | 甲 | 25\n^ | 乙 | 25", "社会⏎效应 | 丙 | 15\n^ | 丁 | 15")
        return [own.doubts for own in grid.cells if own.col == 0]

    assert doubts("管理⏎（5⏎0分⏎）") == [(), ()]
    assert doubts("管理") == [("join",), ("join",)]


def test_two_labels_of_a_form_that_are_known_are_two_unless_they_are_one_together() -> None:
    """项目类别 and 项目类型 are both known; 项目 and 单位 may be the halves of 项目单位."""

    def doubts(first: str, second: str) -> list[tuple[str, ...]]:
        above = grid_of(f"{first} | 乙 | 2\n^ | 丙 | 3", page=1)
        below = grid_of(f"{second} | 丁 | 4\n^ | 戊 | 5", page=2, top=50.0)
        both = stitch(above, below, standard().levels, WORDS)
        return [own.doubts for own in both.cells if own.col == 0]

    assert doubts("项目⏎类别", "项目⏎类型") == [(), ()]
    assert doubts("项目", "单位") == [("join",), ("join",)]
    assert doubts("项目⏎类别", "无人⏎知晓") == [("join",), ("join",)]
