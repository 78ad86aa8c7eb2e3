"""The typesetter of families: how a description and a label become cells, and what it says of a wrong description."""

from pathlib import Path

import pytest

from eval.corpus.__main__ import gold_folders, main
from eval.corpus.blocks import Break, Grid, Ink, Line, texts
from eval.corpus.booklet import printable, published
from eval.corpus.compose import Filler, Manner, compose
from eval.corpus.families import File, blocks_of, documents, write
from eval.corpus.layout import Hole, Layout, filled, pattern, read_layout
from schemas.errors import UsageError
from schemas.form import Extra, SelfEvaluation

LAYOUT = Layout.model_validate(
    {
        "widths": [50, 50, 100, 40, 40, 40],
        "head": [["title", "{title}"], ["line", "{grade}"]],
        "foot": [["left", "注：略"]],
        "rows": [
            ["2|项目名称", "4|{project_name}"],
            "funds",
            "indicators",
            ["3|说明", "3<|{extra:说明?—}"],
        ],
        "funds": {
            "side": "1x*|资金\n（{amount_unit}）",
            "header": [["2|", "1|预算", "1|执行", "1|执行率"]],
            "row": ["2|{label}", "1|{adjusted_budget,?-}", "1|{executed,}", "1|{execution_rate+%?/}"],
        },
        "indicators": {
            "header": [["1|一级", "1|二级", "1|三级", "1|符号", "1|值", "1|单位"]],
            "row": [
                "1v|{level1}",
                "1v|{level2}",
                "1|{name}",
                "1|{target.operator}",
                "1|{target.value}",
                "1|{target.unit}",
            ],
            "qualitative": "定性",
            "breakdown": {"target.value": "值"},
        },
    },
)

FORM = SelfEvaluation.model_validate(
    {
        "title": "自评表",
        "project_name": "甲",
        "amount_unit": "元",
        "funds": [
            {
                "source": "total",
                "label": "总额",
                "adjusted_budget": "12345.60",
                "executed": "3000",
                "execution_rate": "24.3",
            },
            {"source": "other", "label": "其他"},
        ],
        "indicators": [
            {
                "level1": "产出指标",
                "level1_weight": "50",
                "level2": "数量指标",
                "name": "一",
                "target": {"text": "≧1,735人次", "operator": "≥", "value": "1735", "unit": "人次"},
                "extras": [{"label": "其中女 值", "text": "800"}],
            },
            {
                "level1": "产出指标",
                "level1_weight": "50",
                "level2": "数量指标",
                "name": "二",
                "target": {"text": "提升"},
            },
            {"level1": "产出指标", "level1_weight": "50", "level2": "质量指标", "name": "三"},
        ],
    },
)


def grid(manner: Manner | None = None) -> Grid:
    """The small form's table."""
    (found,) = (block for block in compose(FORM, LAYOUT, manner or Manner()) if isinstance(block, Grid))
    return found


def placed(table: Grid, text: str) -> list[tuple[int, int, int, int]]:
    """Row, column, rowspan and colspan of the cells that print exactly this."""
    return [(cell.row, cell.column, cell.rowspan, cell.colspan) for cell in table.cells if "".join(cell.lines) == text]


def row(table: Grid, number: int) -> list[str]:
    """What a row's own cells print, from left to right."""
    own = sorted((cell for cell in table.cells if cell.row == number), key=lambda cell: cell.column)
    return ["".join(cell.lines) for cell in own]


def test_a_cell_names_its_span_its_height_and_its_side() -> None:
    """Span, height, merging and alignment are read off; a star reaches to the block's end."""
    assert pattern("3|a|b")[:4] == (3, 1, False, False)
    assert pattern("2x4|")[:2] == (2, 4)
    assert pattern("1x*|资金\n（元）")[:2] == (1, 0)
    assert pattern("1v<|{name}")[2:] == (True, True, "{name}")


def test_a_hole_names_its_field_and_how_it_is_printed() -> None:
    """Separators, suffix and what is printed for an absent value; an extra by its label."""
    assert pattern("1|{executed,+万元?—} {extra:联系人（电话）}").holes() == (
        Hole("executed", thousands=True, suffix="万元", absent="—"),
        Hole("extra:联系人（电话）", thousands=False, suffix="", absent=""),
    )
    assert filled("{a}{b}", lambda hole: hole.name.upper()) == "AB"


def test_heads_are_lines_and_blank_ones_are_left_out() -> None:
    """The title stands above the table, the note below; there is no line for the grade that the form has not."""
    blocks = compose(FORM, LAYOUT, Manner())
    assert [block.text for block in blocks if isinstance(block, Line)] == ["自评表", "注：略"]
    assert isinstance(blocks[1], Grid)


def test_a_level_can_stand_as_a_row_of_its_own_above_its_indicators() -> None:
    """The band with the level's label is printed once, before the first of its indicators."""
    banded = LAYOUT.indicators.model_copy(
        update={
            "band": ("6<|{level1}",),
            "row": ("2|{level2}", "4|{name}"),
            "level1_points": "{level1}（{level1_weight}分）",
        }
    )
    blocks = compose(FORM, LAYOUT.model_copy(update={"indicators": banded}), Manner())
    (table,) = (block for block in blocks if isinstance(block, Grid))
    assert placed(table, "产出指标（50分）") == [(5, 0, 1, 6)]
    assert row(table, 6) == ["数量指标", "一"]
    assert row(table, 9) == ["质量指标", "三"]


def test_funds_can_stand_in_columns() -> None:
    """A row of the form's own names fields of one fund line by its position, extras too, and prints what is absent."""
    turned = LAYOUT.model_copy(
        update={
            "funds": None,
            "rows": (
                ("2|来源", "2|{funds.0.label}", "2|{funds.1.label}"),
                ("2|预算", "2|{funds.0.adjusted_budget,}", "2|{funds.1.adjusted_budget?-}"),
                ("2|调整", "2|{funds.0.extra:调整数?无}", "2|{funds.1.extra:调整数}"),
            ),
        },
    )
    fund = FORM.funds[1].model_copy(update={"extras": (Extra(label="调整数", text="-60"),)})
    blocks = compose(FORM.model_copy(update={"funds": (FORM.funds[0], fund)}), turned, Manner())
    (table,) = (block for block in blocks if isinstance(block, Grid))
    assert [row(table, at) for at in range(3)] == [
        ["来源", "总额", "其他"],
        ["预算", "12,345.60", "-"],
        ["调整", "无", "-60"],
    ]


def test_money_rates_and_absent_values_are_printed_as_described() -> None:
    """Separators by three, a per cent sign, a dash, a slash, nothing."""
    table = grid()
    assert row(table, 1) == ["资金（元）", "", "预算", "执行", "执行率"]
    assert row(table, 2) == ["总额", "12,345.60", "3,000", "24.3%"]
    assert row(table, 3) == ["其他", "-", "", "/"]
    assert placed(table, "资金（元）") == [(1, 0, 3, 1)]
    assert row(table, table.rows - 1) == ["说明", "—"]


def test_a_target_is_split_as_printed() -> None:
    """Sign, number with its separator and unit each in their column; words under 定性."""
    table = grid()
    assert row(table, 5) == ["产出指标(50分)", "数量指标", "一", "≧", "1,735", "人次"]
    assert row(table, 7) == ["二", "定性", "提升", ""]
    assert row(table, 8) == ["质量指标", "三", "", "", ""]


def test_breakdowns_are_rows_under_their_indicator() -> None:
    """The extra 其中女 值 is a row of its own, its text in the column that the label names."""
    assert row(grid(), 6) == ["其中女", "", "800", ""]


def test_levels_merge_over_breakdowns_and_fillers() -> None:
    """A label covers its indicators' rows and what stands between them."""
    table = grid(Manner(fillers=(Filler(after=1, name="……"), Filler(after=2, level2="时效指标"))))
    assert placed(table, "产出指标(50分)") == [(5, 0, 6, 1)]
    assert placed(table, "数量指标") == [(5, 1, 4, 1)]
    assert placed(table, "质量指标") == [(9, 1, 1, 1)]
    assert placed(table, "时效指标") == [(10, 1, 1, 1)]
    assert row(table, 8) == ["……", "", "", ""]


def test_levels_are_printed_again_where_the_manner_says_so() -> None:
    """Labels start anew at the second indicator, as after the end of a page."""
    table = grid(Manner(again=(1,)))
    assert placed(table, "产出指标(50分)") == [(5, 0, 2, 1), (7, 0, 2, 1)]
    assert placed(table, "数量指标") == [(5, 1, 2, 1), (7, 1, 1, 1)]


def test_a_manner_may_print_another_text() -> None:
    """无 for an absent amount, by its pointer."""
    table = grid(Manner(printed={"/funds/1/executed": "无", "/indicators/1/target/operator": "文字描述"}))
    assert row(table, 3) == ["其他", "-", "无", "/"]
    assert row(table, 7) == ["二", "文字描述", "提升", ""]


def test_a_page_escapes_what_a_form_says_and_draws_what_its_ink_says() -> None:
    """A name is text, never markup; rules, paper and encoding follow the Ink."""
    blocks = (Line(text="甲<b>&乙", style="title"), Break(), grid())
    page = printable(blocks, Ink(ruling="none", landscape=True))
    assert "<h1>甲&lt;b&gt;&amp;乙</h1>" in page
    assert "A4 landscape" in page
    assert "solid" not in page
    assert "border: 0.75pt solid black;" in printable(blocks, Ink())
    assert "≧".encode("gb18030") in published(blocks, Ink(encoding="gb18030"))
    assert texts(blocks)[:3] == ("甲<b>&乙", "项目名称", "甲")


@pytest.mark.parametrize(
    ("code", "part"),
    [
        ("corpus.bad_part", "caption: 表一"),
        ("corpus.bad_part", "caption"),
        ("gold.missing", "form 99"),
        ("corpus.missing", "form 00 nowhere"),
    ],
)
def test_a_wrong_part_is_named(code: str, part: str) -> None:
    """Unknown styles, forms and layouts are errors that say which one."""
    folder = Path(__file__).parents[1] / "eval" / "data" / "families" / "S"
    with pytest.raises(UsageError) as caught:
        blocks_of(folder, File(path="a.pdf", parts=(part,)), {})
    assert caught.value.code == code


def test_wrong_descriptions_are_named(tmp_path: Path) -> None:
    """A cell without its bar, a damaged layout, a folder without documents, a format that nobody writes."""
    with pytest.raises(UsageError) as cell:
        pattern("项目名称")
    (tmp_path / "layout.toml").write_text("widths = 3\n", encoding="utf-8")
    with pytest.raises(UsageError) as layout:
        read_layout(tmp_path / "layout.toml")
    with pytest.raises(UsageError) as missing:
        documents(tmp_path)
    (tmp_path / "documents.toml").write_text("files = 3\n", encoding="utf-8")
    with pytest.raises(UsageError) as damaged:
        documents(tmp_path)
    with pytest.raises(UsageError) as ending:
        write((), File(path="a.odt"), tmp_path / "a.odt")
    codes = [error.value.code for error in (cell, layout, missing, damaged, ending)]
    assert codes == ["corpus.bad_cell", "corpus.damaged", "corpus.missing", "corpus.damaged", "corpus.bad_format"]


def test_the_command_typesets_every_gold_folder_or_says_what_is_missing(capsys: pytest.CaptureFixture[str]) -> None:
    """Without arguments it takes each folder that states its documents; a file is no folder."""
    data = Path(__file__).parents[1] / "eval" / "data"
    assert {"jiading-2024", "A1", "X", "mixed"} <= {folder.name for folder in gold_folders()}
    assert main([str(data / "families" / "README.md")]) == 2
    assert "README.md/reports.json" in capsys.readouterr().err
