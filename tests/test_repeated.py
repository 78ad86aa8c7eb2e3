"""Merged cells that a converter took apart are the cells they were; what is truly equal stays two cells."""

from pathlib import Path

from booked import book, rows, shape
from handmade import grid_of, read_form

from pipeline.mapping.lexicon import standard
from pipeline.read import read
from pipeline.repeated import whole
from schemas.layout import Grid

HEAD = """
项目名称 | 项目名称 | 道路养护 | 道路养护 | 道路养护 | 道路养护 | 道路养护 | 道路养护
主管部门 | 主管部门 | 交通局 | 交通局 | 实施单位 | 实施单位 | 公路段 | 公路段
"""
INDICATORS = """
绩效指标 | 一级指标 | 三级指标 | 三级指标 | 指标值 | 完成值 | 分值 | 得分
绩效指标 | 产出指标 | 养护里程 | 养护里程 | 达标 | 达标 | 50 | 50
绩效指标 | 产出指标 | 满意度 | 满意度 | ≥90% | ≥90% | 40 | 40
总分 | 总分 | 总分 | 总分 | 总分 | 总分 | 90 | 90
"""


def cells(grid: Grid) -> list[tuple[int, int, int, int, str]]:
    """Where each cell stands, how large it is, what it says."""
    return [(cell.row, cell.col, cell.row_span, cell.col_span, cell.text) for cell in grid.cells]


def test_labels_values_headers_and_levels_are_one_cell_again() -> None:
    """A target met and points earned stay beside each other: their headers are two; the total's label is one."""
    merged = """
    项目名称 | « | 道路养护 | « | « | « | « | «
    主管部门 | « | 交通局 | « | 实施单位 | « | 公路段 | «
    绩效指标 | 一级指标 | 三级指标 | « | 指标值 | 完成值 | 分值 | 得分
    ^ | 产出指标 | 养护里程 | « | 达标 | 达标 | 50 | 50
    ^ | ^ | 满意度 | « | ≥90% | ≥90% | 40 | 40
    总分 | « | « | « | « | « | 90 | 90
    """
    assert cells(whole(grid_of(HEAD + INDICATORS.lstrip()))) == cells(grid_of(merged))


def test_equal_goals_under_two_headings_stay_two() -> None:
    """Who writes the goal again as what was reached wrote two texts."""
    apart = """
    年度目标 | 预期目标 | 预期目标 | 预期目标 | 实际完成 | 实际完成 | 实际完成 | 实际完成
    年度目标 | 养护100公里 | 养护100公里 | 养护100公里 | 养护100公里 | 养护100公里 | 养护100公里 | 养护100公里
    """
    found = whole(grid_of(HEAD + apart.lstrip()))
    assert cells(found)[6:] == [
        (2, 0, 2, 1, "年度目标"),
        (2, 1, 1, 3, "预期目标"),
        (2, 4, 1, 4, "实际完成"),
        (3, 1, 1, 3, "养护100公里"),
        (3, 4, 1, 4, "养护100公里"),
    ]


def test_amounts_are_one_only_under_one_header() -> None:
    """88.20 planned, adjusted and spent are three; what stands under a header taken apart is one, blank or not."""
    apart = """
    预算 | 资金来源 | 资金来源 | 年初预算 | 全年预算 | 执行数 | 执行率 | 执行率
    预算 | 资金总额 | 资金总额 | 88.20 | 88.20 | 88.20 | 100% | 100%
    预算 | 其他资金 | 其他资金 | 0 | 0 | 0 | |
    """
    merged = """
    预算 | 资金来源 | « | 年初预算 | 全年预算 | 执行数 | 执行率 | «
    ^ | 资金总额 | « | 88.20 | 88.20 | 88.20 | 100% | «
    ^ | 其他资金 | « | 0 | 0 | 0 | | «
    """
    assert cells(whole(grid_of(HEAD + apart.lstrip())))[6:] == [
        (row + 2, *rest) for row, *rest in cells(grid_of(merged))
    ]


def test_a_header_of_two_rows_is_nested_again() -> None:
    """指标值 stands over its parts; the headers beside it go over both rows."""
    apart = """
    一级指标 | 三级指标 | 三级指标 | 指标值 | 指标值 | 完成值 | 分值 | 得分
    一级指标 | 三级指标 | 三级指标 | 符号 | 数值 | 完成值 | 分值 | 得分
    产出指标 | 里程 | 里程 | ≥ | 90 | 95 | 50 | 50
    """
    merged = """
    一级指标 | 三级指标 | « | 指标值 | « | 完成值 | 分值 | 得分
    ^ | ^ | « | 符号 | 数值 | ^ | ^ | ^
    产出指标 | 里程 | « | ≥ | 90 | 95 | 50 | 50
    """
    assert cells(whole(grid_of(HEAD + apart.lstrip())))[6:] == [
        (row + 2, *rest) for row, *rest in cells(grid_of(merged))
    ]


def test_numbers_beside_their_labels_are_one() -> None:
    """编制人数 | 96: the number's cell was as wide as its copies."""
    apart = "编制人数 | 编制人数 | 96 | 96 | 实有人数 | 实有人数 | 91 | 91\n"
    found = whole(grid_of(apart + HEAD.lstrip()))
    assert cells(found)[:4] == [
        (0, 0, 1, 2, "编制人数"),
        (0, 2, 1, 2, "96"),
        (0, 4, 1, 2, "实有人数"),
        (0, 6, 1, 2, "91"),
    ]


def test_equal_texts_of_a_table_that_was_not_taken_apart_stay() -> None:
    """Targets that are met word by word, a level named as the one above it, the same value of two rows."""
    grid = grid_of(
        """
        主管部门 | 教育局 | 实施单位 | 教育局 | 负责人 | 王某
        一级指标 | 二级指标 | 指标值 | 完成值 | 分值 | 得分
        产出指标 | 质量指标 | 达标 | 达标 | 40 | 40
        产出指标 | 时效指标 | 及时 | 及时 | 40 | 40
        满意度指标 | 满意度指标 | 满意 | 满意 | 20 | 20
        """,
    )
    assert whole(grid) is grid


def test_a_table_with_merged_labels_was_not_taken_apart() -> None:
    """Where the converter left merged cells, what repeats does so for its own sake."""
    grid = grid_of(
        """
        项目名称 | « | 河道保洁 | « | «
        一级指标 | 二级指标 | 三级指标 | 预期指标值 | 实际完成值
        产出指标 | 数量指标 | 保洁河道 | 保洁河道 | 保洁河道
        产出指标 | 质量指标 | 无漂浮物 | 无漂浮物 | 无漂浮物
        效益指标 | 生态效益 | 改善环境 | 改善环境 | 改善环境
        """,
    )
    assert whole(grid) is grid


def test_a_lone_total_taken_apart_is_enough() -> None:
    """小计 printed over four columns with numbers behind it is nothing else, where all other cells are single."""
    grid = grid_of(
        """
        二级指标 | 三级指标 | 指标值 | 完成值 | 分值 | 得分
        数量指标 | 里程 | ≥90公里 | 95公里 | 50 | 50
        产出指标小计 | 产出指标小计 | 产出指标小计 | 产出指标小计 | 50 | 50
        """,
    )
    assert cells(whole(grid))[12:] == [(2, 0, 1, 4, "产出指标小计"), (2, 4, 1, 1, "50"), (2, 5, 1, 1, "50")]


def test_a_cell_that_was_put_together_names_its_parts() -> None:
    """Its id and place are those of the first, where the merged cell stood."""
    cell = whole(grid_of(HEAD + INDICATORS.lstrip())).cells[0]
    assert (cell.cell_id, cell.parts, len(cell.spans)) == ("p1t1r0c0", ("p1t1r0c0", "p1t1r0c1"), 1)


def test_a_workbook_taken_apart_is_read_as_the_merged_one(tmp_path: Path) -> None:
    """Cells keep the address of their first part."""
    lines = [line.split(" | ") for line in (HEAD + INDICATORS.lstrip()).strip().splitlines()]
    found = book(tmp_path, rows(*map(tuple, lines)))
    assert shape(found)[:4] == [
        ("表1!A1", "项目名称", 1, 2),
        ("表1!C1", "道路养护", 1, 6),
        ("表1!A2", "主管部门", 1, 2),
        ("表1!C2", "交通局", 1, 2),
    ]


def test_a_page_taken_apart_gives_the_same_form(tmp_path: Path) -> None:
    """Name, unit, indicators and totals of a web page are those of the table before."""
    lines = [line.split(" | ") for line in (HEAD + INDICATORS.lstrip()).strip().splitlines()]
    body = "".join("<tr>" + "".join(f"<td>{text}</td>" for text in line) + "</tr>" for line in lines)
    path = tmp_path / "made.html"
    path.write_text(f"<html><meta charset=utf-8><table>{body}</table></html>", encoding="utf-8")
    grid = read(path, "made.html", standard(), None).grids[0]
    form = read_form(grid).form
    assert (form.project_name, form.implementing_unit) == ("道路养护", "公路段")
    assert [(row.level1, row.name, str(row.weight)) for row in form.indicators] == [
        ("产出指标", "养护里程", "50"),
        ("产出指标", "满意度", "40"),
    ]
    assert (str(form.total_weight), str(form.total_score)) == ("90", "90")
