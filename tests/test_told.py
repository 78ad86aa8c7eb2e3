"""Fields that lines around a form's tables print are read with their place; prose and signatures stay lines."""

import pytest
from handmade import grid_of, line_of, read_region

from pipeline.checks import check
from pipeline.mapping.lexicon import standard
from pipeline.segment import segment
from pipeline.told import pieces, told
from schemas.evidence import LineSpan
from schemas.extraction import Extraction
from schemas.layout import Document, Page, Region

GRID = """
项目资金（万元） | | 全年预算数 | 全年执行数 | 分值 | 得分
^ | 年度资金总额 | 50.00 | 40.00 | 10 | 8
一级指标 | 三级指标 | 年度指标值 | 实际完成值 | 分值 | 得分
产出指标 | 甲 | ≥5个 | 5个 | 50 | 45
效益指标 | 乙 | ≥5个 | 5个 | 40 | 40
总分 | « | « | « | 100 | 93
"""


def region(*above: str, below: tuple[str, ...] = (), grid: str = GRID) -> Region:
    """The one form of a page with these lines above and below its table."""
    lines = [line_of(number, text, y=40.0 + 5 * number) for number, text in enumerate(above, start=1)]
    after = len(above) + 1
    lines += [line_of(number, text, y=500.0 + number) for number, text in enumerate(below, start=after)]
    table = grid_of(grid).model_copy(update={"top_line": after})
    document = Document(
        path="a.pdf",
        sha256="0" * 64,
        media_type="application/pdf",
        pages=(Page(number=1, width=595, height=842),),
        lines=tuple(lines),
        grids=(table,),
    )
    (found,) = segment(document, standard())
    return found


def read(found: Region) -> Extraction:
    """A form as hedui reads it without a model."""
    return read_region(found).extraction


def test_names_above_the_table_are_the_forms() -> None:
    """Several a line, or one; the place is the line's, every number of the form is claimed once."""
    found = region(
        "项目支出绩效自评表", "（2023年度）", "项目名称：道路 养护  主管部门：交通局", "实施单位：养护中心 单位：万元"
    )
    extraction = read(found)
    form = extraction.form
    said = (form.project_name, form.supervising_department, form.implementing_unit)
    assert said == ("道路 养护", "交通局", "养护中心")
    assert (form.title, form.fiscal_year, form.amount_unit) == ("项目支出绩效自评表", 2023, "万元")
    evidence = extraction.evidence["/supervising_department"]
    assert (evidence.cell_text, evidence.text, evidence.spans) == (
        "主管部门：交通局",
        "交通局",
        (line_of(3, "", y=55.0).span,),
    )
    assert found.outside == ()
    assert [finding.rule for finding in check(extraction).findings if finding.severity == "error"] == []


def test_a_grade_below_the_table_is_the_forms_and_signatures_are_notes() -> None:
    """填表人 and a telephone are no fields."""
    found = region("项目支出绩效自评表", "项目名称：道路", below=("评价等级：优", "填表人：张三 联系电话：5550101"))
    assert read(found).form.grade == "优"
    assert [line.text for line in found.trailing] == ["填表人：张三 联系电话：5550101"]
    assert read(found).form.extras == ()


@pytest.mark.parametrize(
    "above",
    [
        ("项目名称：另一个", "项目支出绩效自评表"),
        ("项目支出绩效自评表", "项目名称：甲", "项目名称：乙"),
        ("项目支出绩效自评表", "本次评价的项目名称：见下表"),
    ],
)
def test_what_stands_above_the_title_or_twice_is_left_to_a_person(above: tuple[str, ...]) -> None:
    """It may be another form's."""
    found = region(*above)
    assert read(found).form.project_name is None
    assert [line.text for line in found.heading] == list(above)


def test_a_name_that_the_table_has_is_the_tables() -> None:
    """The line that says it again waits for a person."""
    grid = "项目名称 | 道路 | « | « | « | «\n" + GRID.strip()
    found = region("项目支出绩效自评表", "项目名称：道路（二期）", grid=grid)
    assert read(found).form.project_name == "道路"
    assert len(found.outside) == 1


def test_a_line_is_cut_before_known_labels_only() -> None:
    """A value may hold spaces and colons."""
    text = "项目名称：甲 乙（备注：丙） 主管部门：丁 热线：5550101"
    assert list(pieces(text, standard())) == ["项目名称：甲 乙（备注：丙）", "主管部门：丁 热线：5550101"]


def test_in_a_document_without_pages_the_place_is_the_piece_of_the_line() -> None:
    """Two fields of one line have two places."""
    line = line_of(7, "项目名称：道路  主管部门：交通局").model_copy(update={"bbox": None})
    cells = told(grid_of(GRID), [line], [], standard()).grid.cells[:2]
    assert [cell.spans for cell in cells] == [
        (LineSpan(line=7, start=0, end=7),),
        (LineSpan(line=7, start=9, end=17),),
    ]


def test_the_unit_of_money_may_stand_below_the_table() -> None:
    """In one of the lines right below it."""
    grid = GRID.replace("（万元）", "")
    found = region("项目支出绩效自评表", "项目名称：道路", below=("金额单位：元",), grid=grid)
    assert read(found).form.amount_unit == "元"


@pytest.mark.parametrize(
    "line", ["评价等级：优（90分以上）、良（80分以上）", "主管部门：按要求填写本部门名称。", "评价等级：90分以上为优"]
)
def test_a_scale_of_grades_and_a_sentence_are_no_fields(line: str) -> None:
    """They say how the form is filled in."""
    found = region("项目支出绩效自评表", "项目名称：道路", below=(line,))
    form = read(found).form
    assert (form.grade, form.supervising_department) == (None, None)
    assert [own.text for own in found.trailing] == [line]


def test_whose_form_it_is_may_stand_above_the_table_alone() -> None:
    """单位名称：养护中心; beside 实施单位 in the table it says nothing that is sure."""
    found = region("部门整体支出绩效自评表", "单位名称：养护中心")
    assert read(found).form.implementing_unit == "养护中心"
    held = region("部门整体支出绩效自评表", "单位名称：养护中心", grid="实施单位 | 公路局 | « | « | « | «" + GRID)
    assert read(held).form.implementing_unit == "公路局"
    assert [line.text for line in held.heading][-1] == "单位名称：养护中心"


@pytest.mark.parametrize(
    "line",
    [
        "项目名称：道路养护，主管部门：交通局",
        "项目名称：道路养护主管部门：交通局",
        "项目名称：道路养护  资金规模：50万元",
        "项目名称：（按预算批复填写）",
        "填报说明 项目名称：与预算批复一致",
    ],
)
def test_what_is_more_than_one_value_or_none_is_left_to_a_person(line: str) -> None:
    """A label in a value parts it, brackets alone are a hint, words before a label may say whose it is."""
    found = region("项目支出绩效自评表", line)
    assert read(found).form.project_name is None
    assert [own.text for own in found.heading] == ["项目支出绩效自评表", line]
    assert len(found.outside) == 1


@pytest.mark.parametrize(
    "below",
    [
        ("三、部门整体支出绩效自评结果", "评价等级：优"),
        ("部门整体情况", "评价等级：优"),
        ("附件2：部门自评情况", "评价等级：优"),
        ("财政部门意见 评价等级：优",),
    ],
)
def test_a_grade_under_another_heading_is_another_ones(below: tuple[str, ...]) -> None:
    """It is the department's, or of who looked at it again; a person has to see it."""
    found = region("项目支出绩效自评表", "项目名称：道路", below=below)
    assert read(found).form.grade is None
    assert len(found.outside) == 1


def test_a_unit_of_money_under_another_heading_is_the_next_tables() -> None:
    """The form prints none."""
    grid = GRID.replace("（万元）", "")
    found = region("项目支出绩效自评表", "项目名称：道路", below=("附表：资金支出明细表", "单位：元"), grid=grid)
    assert read(found).form.amount_unit is None


def test_a_name_below_the_table_is_not_the_forms() -> None:
    """It is the next one's, which has no table here."""
    found = region("项目支出绩效自评表", below=("项目名称：桥梁维护",))
    assert read(found).form.project_name is None
    assert len(found.outside) == 1


def test_a_value_that_goes_on_in_the_next_line_is_left_to_a_person() -> None:
    """What one line prints of it is not all of it; a unit, a label or a year goes on with nothing."""
    goal = "绩效目标：完成五条道路的日常养护，改善"
    assert read(region("项目支出绩效自评表", goal, "沿线居民的出行。")).form.expected_goal is None
    assert read(region("项目支出绩效自评表", goal, "（2023年度）")).form.expected_goal == "完成五条道路的日常养护，改善"


def test_a_field_that_a_cell_prints_with_its_label_is_the_tables() -> None:
    """Label and value in one cell are a field of the table as well."""
    grid = "项目名称：道路养护 | « | « | 主管部门：交通局 | « | «\n" + GRID.strip()
    form = read(region("项目支出绩效自评表", "项目名称：市政管理", grid=grid)).form
    assert (form.project_name, form.supervising_department) == ("道路养护", "交通局")


def test_a_title_in_the_table_stays_its_title_under_a_line_with_a_name() -> None:
    """The name's row comes below the title's."""
    grid = "2023年度项目支出绩效自评表 | « | « | « | « | «\n" + GRID.strip()
    form = read(region("项目名称：道路养护", grid=grid)).form
    assert (form.title, form.fiscal_year, form.project_name) == ("2023年度项目支出绩效自评表", 2023, "道路养护")
