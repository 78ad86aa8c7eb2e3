"""Rows of a grid become tables: the header, the rows that keep to its columns, the labels beside them."""

import pytest
from handmade import grid_of

from pipeline.layout.stitch import stack
from pipeline.mapping.columns import RawTable
from pipeline.mapping.lexicon import Lexicon, standard
from pipeline.mapping.tables import find_tables
from schemas.evidence import CellSpan
from schemas.layout import Cell

NESTED = """
绩效指标 | « | 年度指标值 | « | « | 实际完成值 | 分值 | 得分
二级指标 | 三级指标 | 指标性质 | 指标值 | 度量单位 | ^ | ^ | ^
数量指标 | 管护面积 | ≥ | 20 | 万亩 | 20 | 40 | 40
^ | 管护质量 | 定性 | 合格 | | 合格 | 20 | 18
总分 | « | « | « | « | « | 100 | 96
"""


def tables(text: str, lexicon: Lexicon | None = None) -> tuple[RawTable, ...]:
    """The tables of a hand-made grid."""
    return find_tables(grid_of(text), lexicon or standard())


def headers(table: RawTable) -> list[str]:
    """Its columns' headers."""
    return [leaf.text for leaf in table.leaves]


def cells(table: RawTable) -> list[list[str | None]]:
    """Its rows' texts."""
    return [[cell.text if cell else None for cell in row] for row in table.rows]


def test_a_nested_headers_levels_are_joined() -> None:
    """Three columns under one merged header; headers over both rows stay whole."""
    (table,) = tables(NESTED)
    assert headers(table) == [
        "绩效指标 / 二级指标",
        "绩效指标 / 三级指标",
        "年度指标值 / 指标性质",
        "年度指标值 / 指标值",
        "年度指标值 / 度量单位",
        "实际完成值",
        "分值",
        "得分",
    ]
    assert [leaf.span for leaf in table.leaves] == [2, 2, 3, 3, 3, 1, 1, 1]
    assert (table.kind, table.first_row, table.end_row) == ("indicator", 0, 4)


def test_a_merged_cell_stands_in_each_of_its_rows() -> None:
    """The level of a row is the cell that covers it."""
    (table,) = tables(NESTED)
    assert [row[0] for row in cells(table)] == ["数量指标", "数量指标"]


def test_a_row_that_does_not_keep_to_the_columns_ends_the_table() -> None:
    """A total over several columns is no row of it."""
    (table,) = tables("三级指标 | 分值 | 得分 | 备注\n甲 | 10 | 9 |\n总分 | « | 9 |")
    assert cells(table) == [["甲", "10", "9", ""]]


def test_a_side_label_fences_its_table() -> None:
    """项目资金 beside four rows: the fifth is not funds."""
    (table,) = tables(
        """
        项目资金 | | 全年预算数 | 全年执行数 | 执行率
        ^ | 年度资金总额 | 10 | 9 | 90%
        ^ | 其他资金 | 0 | 0 | 0
        其他 | 说明 | 1 | 2 | 3
        """
    )
    assert (table.kind, table.end_row) == ("fund", 3)
    assert [side.text for side in table.sides] == ["项目资金"]
    assert table.label_column() == 0


def test_funds_with_two_numbers_a_row_are_a_table_under_a_blank_corner() -> None:
    """全年预算数（A）, 全年执行数（B） and nothing else: the transfers' form."""
    (table,) = tables(
        "资金投入情况 | | 全年预算数（A） | 全年执行数（B）\n^ | 年度资金总额 | 100 | 95\n^ | 中央财政资金 | 60 | 60"
    )
    assert (table.kind, headers(table)) == ("fund", ["", "全年预算数（A）", "全年执行数（B）"])


def test_a_header_of_known_words_needs_no_numbers_below() -> None:
    """An unfilled form, or one whose targets are words."""
    (table,) = tables("一级指标 | 三级指标 | 年度指标值 | 实际完成值\n产出指标 | 甲 | 完成 | 完成")
    assert table.kind == "indicator"
    assert tables("一级指标 | 三级指标 | 年度指标值 | 实际完成值\n产出指标 | 甲 | 完成 | 完成", Lexicon.empty()) == ()


def test_without_a_known_word_numbers_below_short_texts_make_a_table() -> None:
    """One column of words is funds, several are indicators."""
    fund, indicator = tables(
        """
        来源 | 年初 | 年末 | 比例 | 满分
        总计 | 10 | 9 | 90% | 5
        市级 | 10 | 9 | 90% | 5
        说明 | « | « | « | «
        大类 | 小项 | 计划 | 实绩 | 满分
        产出 | 甲 | 好 | 5 | 6
        ^ | 乙 | 好 | 8 | 6
        """,
        Lexicon.empty(),
    )
    assert (fund.kind, len(fund.rows)) == ("fund", 2)
    assert (indicator.kind, headers(indicator)) == ("indicator", ["大类", "小项", "计划", "实绩", "满分"])


def test_two_headers_one_under_the_other_are_two_tables() -> None:
    """A row that names columns itself is no row of the table above."""
    fund, indicator = tables(
        "项目资金 | 全年预算数 | 全年执行数\n年度资金总额 | 10 | 9\n三级指标 | 分值 | 得分\n甲 | 10 | 9"
    )
    assert (fund.kind, indicator.kind) == ("fund", "indicator")
    assert cells(fund) == [["年度资金总额", "10", "9"]]


def test_labels_beside_values_are_no_table() -> None:
    """项目名称 | 道路 | 金额 over numbers is no header: it is label and value."""
    assert tables("项目名称 | 道路 | « | «\n主管部门 | 某局 | 实施单位 | 某所") == ()


PAIRS = """
主管部门 | 云岭县交通运输局 | 实施单位 | 云岭县公路中心
评价年度 | 2023 | 联系电话 | 0570-6219007
"""


@pytest.mark.parametrize("lexicon", [standard(), Lexicon.empty()])
def test_labels_and_values_in_turn_are_no_table(lexicon: Lexicon) -> None:
    """Also where nobody knows the labels, though two of the columns hold numbers."""
    assert tables(PAIRS, lexicon) == ()


def test_two_tables_over_the_same_columns_are_told_apart_without_a_word() -> None:
    """The second header has words where there were numbers; the last table is of indicators, the first of funds."""
    found = tables(
        """
        渠道 | 年初 | 当年 | 支用 | 比例
        总计 | 86 | 86 | 80 | 93%
        本级 | 50 | 50 | 44 | 88%
        维度 | 方向 | 拟达到 | 年末 | 赋分
        产出 | 数量 | 17 | 17 | 50
        效益 | 社会 | 95 | 96 | 40
        """,
        Lexicon.empty(),
    )
    assert [(table.kind, headers(table)[0], len(table.rows)) for table in found] == [
        ("fund", "渠道", 2),
        ("indicator", "维度", 2),
    ]


def test_indicators_in_words_alone_are_a_table_by_their_merged_levels() -> None:
    """No known word and no number: five columns, the first merged over rows."""
    (table,) = tables(
        """
        维度 | 方向 | 要点 | 拟达到 | 年末
        产出 | 数量 | 河道 | 保洁河道。 | 保洁河道。
        ^ | 质量 | 漂浮物 | 无漂浮物。 | 无漂浮物。
        效益 | 生态 | 环境 | 改善环境。 | 有所改善。
        """,
        Lexicon.empty(),
    )
    assert (table.kind, len(table.rows)) == ("indicator", 3)


def test_a_row_of_words_among_rows_of_two_numbers_is_no_header() -> None:
    """Targets and actuals may be words in one row and numbers in the next."""
    (table,) = tables(
        """
        一级指标 | 三级指标 | 指标值 | 全年实际完成值
        产出指标 | 补贴 | 500 | 520
        效益指标 | 环境 | 改善 | 改善
        ^ | 就业率 | 95 | 96
        """
    )
    assert len(table.rows) == 3


BANDED = """
专项名称 | « | 管网改造 | « | « | «
资金构成 | « | 预算数 | 支出数 | 标准分 | 得分
总计 | « | 60.00 | 40.00 | 20 | 13.3
序号 | 指标名称 | 绩效目标值 | 实际完成情况 | 标准分 | 得分
产出指标（50分） | « | « | « | « | «
1 | 改造长度 | ≥48公里 | 44公里 | 30 | 25
2 | 更换水表 | ≥12块 | 13块 | 20 | 20
效益指标（30分） | « | « | « | « | «
3 | 漏损率 | ≤9% | 9.4% | 30 | 20
总分 | « | « | « | 100 | 78.3
"""


@pytest.mark.parametrize("lexicon", [standard(), Lexicon.empty()])
def test_labels_over_the_whole_width_part_the_rows_below_a_header(lexicon: Lexicon) -> None:
    """They are no rows of their own and end nothing: each row knows the label above it, known word or not."""
    fund, table = find_tables(grid_of(BANDED), lexicon)
    assert (fund.kind, len(fund.rows), fund.bands) == ("fund", 1, ())
    assert table.kind == "indicator"
    assert [cells[1].text for cells in table.rows if cells[1] is not None] == ["改造长度", "更换水表", "漏损率"]
    assert [band.text for band in table.bands if band is not None] == [
        "产出指标（50分）",
        "产出指标（50分）",
        "效益指标（30分）",
    ]


def test_a_heading_between_two_tables_of_the_same_columns_is_no_label_over_rows() -> None:
    """绩效指标 stands over the header below it, not over rows of funds."""
    found = find_tables(grid_of(BANDED.replace("序号 |", "绩效指标 | « | « | « | « | «\n序号 |")), standard())
    assert [(table.kind, len(table.rows), len(table.bands)) for table in found] == [
        ("fund", 1, 0),
        ("indicator", 3, 3),
    ]


def test_a_note_below_the_last_row_is_no_label() -> None:
    """A short text over the whole width with nothing below it stays outside the table."""
    (table,) = find_tables(
        grid_of("""
序号 | 指标名称 | 绩效目标值 | 实际完成情况 | 得分
1 | 改造长度 | ≥48公里 | 44公里 | 30
2 | 更换水表 | ≥12块 | 13块 | 20
以上属实 | « | « | « | «
"""),
        standard(),
    )
    assert (table.end_row, table.bands) == (3, ())


def test_a_row_of_places_to_sign_ends_the_rows_of_indicators() -> None:
    """填表人 | 张三 | 联系电话 | … keeps to the columns and is no indicator."""
    (table,) = find_tables(
        grid_of("""
一级指标 | 三级指标 | 年度指标值 | 实际完成值 | 得分
产出指标 | 修路 | ≥5条 | 5条 | 50
效益指标 | 通行 | ≥90% | 92% | 50
填表人 | 张三 | 联系电话 | 66668888 |
"""),
        standard(),
    )
    assert len(table.rows) == 2


def test_a_level_in_a_row_whose_cells_are_not_merged_stands_over_the_rows_below() -> None:
    """A known level and nothing else; a name alone is an indicator."""
    (table,) = tables(
        "指标名称 | 目标值 | 完成值 | 分值 | 得分\n产出指标 | | | |\n甲 | ≥1个 | 1个 | 10 | 9\n"
        "效益指标（10分） | | | |\n乙 | ≥1个 | 1个 | 10 | 9\n丙 | | | |\n丁 | ≥1个 | 1个 | 10 | 9"
    )
    assert [row[0] for row in cells(table)] == ["甲", "乙", "丙", "丁"]
    assert [band.text if band else None for band in table.bands] == [
        "产出指标",
        "效益指标（10分）",
        "效益指标（10分）",
        "效益指标（10分）",
    ]


def test_a_level_printed_once_in_its_own_column_is_no_label_over_the_width() -> None:
    """The rows below it have nothing in that column."""
    (table,) = tables(
        "一级指标 | 三级指标 | 完成值 | 分值 | 得分\n产出指标 | | | |\n | 甲 | 1个 | 10 | 9\n | 乙 | 1个 | 10 | 9"
    )
    assert (len(table.rows), table.bands) == (3, ())


def test_a_known_level_over_the_width_goes_before_rows_that_are_not_filled_in() -> None:
    """No number below it tells that rows follow: its word or its points do."""
    (table,) = tables(
        "指标名称 | 目标值 | 完成值 | 分值 | 得分\n产出指标（40分） | « | « | « | «\n"
        "（指标1） | | | |\n（指标2） | | | |"
    )
    assert [row[0] for row in cells(table)] == ["（指标1）", "（指标2）"]


def test_a_row_of_words_with_a_known_level_is_no_header() -> None:
    """Every row above had numbers in three columns; this indicator is told in words."""
    (table,) = tables("""
一级指标 | 二级指标 | 三级指标 | 年度指标值 | 实际完成值 | 上年完成值 | 备注
产出指标 | 数量指标 | 甲 | 56 | 56 | 50 | 无
效益指标 | 社会效益指标 | 乙 | 有效缓解 | 有效缓解 | 有效缓解 | 无
满意度指标 | 服务对象满意度指标 | 丙 | 90 | 93 | 92 | 无
""")
    assert len(table.rows) == 3


def test_a_table_of_another_width_below_is_not_the_body_of_the_first() -> None:
    """In a file without pages the columns of two tables are counted, each from its own left."""
    funds = grid_of("""
资金来源 | 年初预算 | 实际支出 | 执行率
合计 | 24.00 | 23.00 | 95.83%
市级财政资金 | 24.00 | 23.00 | 95.83%
""")
    goals = grid_of("""
落实的方向 | 落实的结果
建成三条道路 | 建成了三条道路
""")
    placeless = [
        own.model_copy(update={"cells": tuple(_placeless(cell) for cell in own.cells)}) for own in (funds, goals)
    ]
    both = stack(*placeless)
    assert both.recounted == (3,)
    assert [len(table.rows) for table in find_tables(both, standard())] == [2]
    assert stack(funds, goals).recounted == ()
    assert stack(placeless[0], placeless[0]).recounted == ()


def test_a_row_as_wide_as_the_header_goes_on_in_the_next_part() -> None:
    """A table torn in two parts, one of them with a blank column at its end."""
    above = grid_of("资金来源 | 年初预算 | 实际支出 | 执行率\n合计 | 24.00 | 23.00 | 95.83%")
    below = grid_of("市级财政资金 | 24.00 | 23.00 | 95.83%")
    below = below.model_copy(update={"col_count": 5})
    parts = [own.model_copy(update={"cells": tuple(map(_placeless, own.cells))}) for own in (above, below)]
    assert [len(table.rows) for table in find_tables(stack(*parts), standard())] == [2]


def _placeless(cell: Cell) -> Cell:
    return cell.model_copy(update={"spans": (CellSpan(cell=cell.cell_id),)})


@pytest.mark.parametrize("first", ["内容", "工作内容", "主要内容"])
def test_words_that_are_put_aside_do_not_make_a_table_one_of_funds(first: str) -> None:
    """主要内容 and 完成情况 are remarks beside a task's money; beside 目标值 they are not."""
    (table,) = tables(f"""
{first} | 目标值 | 完成情况 | 分值 | 得分
修路 | ≥5条 | 6条 | 60 | 55
通行 | ≥90% | 95% | 40 | 40
""")
    assert table.kind == "indicator"


def test_a_header_of_unknown_words_with_points_ends_the_table_above() -> None:
    """满分(90分) is no level."""
    found = tables("""
款源 | 计划 | 花费 | 比率 | 所得
合计 | 10 | 9 | 90 | 9
镇里 | 10 | 9 | 90 | 9
名目 | 想要多少 | 有了多少 | 满分(90分) | 自打分
修路 | 5 | 6 | 60 | 55
通行 | 90 | 95 | 30 | 30
""")
    assert [len(table.rows) for table in found] == [2, 2]
