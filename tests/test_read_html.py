"""A web page is read as a browser shows it: spans, tables in tables, text around; nothing hidden, nothing fetched."""

from pathlib import Path

import pytest

from pipeline.mapping.lexicon import standard
from pipeline.read import read
from schemas.layout import Document


def page(folder: Path, body: str, *, head: str = "", encoding: str = "utf-8") -> Document:
    """What is read of a page with this body."""
    file = folder / "page.html"
    file.write_bytes(f"<!DOCTYPE html><html><head>{head}</head><body>{body}</body></html>".encode(encoding))
    return read(file, "page.html", standard(), None)


def shape(told: Document, number: int = 0) -> list[tuple[str, str, int, int]]:
    """Id, text and spans of each cell."""
    return [(cell.cell_id, cell.text, cell.row_span, cell.col_span) for cell in told.grids[number].cells]


def test_spans_leave_their_places_free_for_nobody(tmp_path: Path) -> None:
    """A cell stands in the first column that no cell above reaches into; a span ends with its row group."""
    told = page(
        tmp_path,
        "<table><tr><th rowspan=2>项目资金<th colspan=2>预算<tr><td>1<td>2"
        "<tbody><tr><td rowspan=9>其中<td>3<td>4<tr><td>5<td>6</table>",
    )
    assert shape(told) == [
        ("p1t1r0c0", "项目资金", 2, 1),
        ("p1t1r0c1", "预算", 1, 2),
        ("p1t1r1c1", "1", 1, 1),
        ("p1t1r1c2", "2", 1, 1),
        ("p1t1r2c0", "其中", 2, 1),
        ("p1t1r2c1", "3", 1, 1),
        ("p1t1r2c2", "4", 1, 1),
        ("p1t1r3c1", "5", 1, 1),
        ("p1t1r3c2", "6", 1, 1),
    ]


def test_lines_are_what_begins_a_line_on_the_screen(tmp_path: Path) -> None:
    """Blocks and br begin a line, inline marks and the source's own wraps do not."""
    told = page(
        tmp_path, "<h1>自评<b>表</b></h1><div>（2024<br>年度）</div>a\n b<table><tr><td><p>满意<p>度<br>指标</table>尾"
    )
    assert [line.text for line in told.lines] == ["自评表", "（2024", "年度）", "a b", "尾"]
    assert told.grids[0].cells[0].lines == ("满意", "度", "指标")
    assert told.grids[0].top_line == 5


@pytest.mark.parametrize(
    "hiding",
    [
        'style="display:none"',
        'style="color:red; VISIBILITY: hidden"',
        "hidden",
        'style="font-size:0"',
        'style="opacity:0"',
        'style="color:#fff"',
        'style="text-decoration: line-through"',
        'style="position:absolute; left:-9999px"',
        'class="away"',
        'id="gone"',
    ],
)
def test_hidden_text_is_reported_and_gives_no_value(tmp_path: Path, hiding: str) -> None:
    """By the element's own style, by an attribute, by a style sheet of the page."""
    sheet = "<style>/* x */ td .away, p.away {display : none} #gone { visibility:hidden; }</style>"
    told = page(tmp_path, f"<table><tr><td>8<span {hiding}>9</span><td>7</table>", head=sheet)
    assert [(cell.text, cell.hidden_text) for cell in told.grids[0].cells] == [("8", True), ("7", False)]


def test_white_on_a_coloured_ground_is_seen(tmp_path: Path) -> None:
    """A dark header row with white letters hides nothing."""
    told = page(tmp_path, '<table><tr style="background:#003366"><td style="color:white">分值</table>')
    assert [(cell.text, cell.hidden_text) for cell in told.grids[0].cells] == [("分值", False)]


def test_hidden_rows_cells_and_tables_are_reported(tmp_path: Path) -> None:
    """A hidden row is no row of the grid; a hidden table is a hidden line."""
    told = page(
        tmp_path,
        '<table><tr><td>1<td style="display:none">2<tr hidden><td>3<tr><td>4</table>'
        '<table style="display:none"><tr><td>5</table>',
    )
    assert [text for _, text, _, _ in shape(told)] == ["1", "4"]
    assert [span.model_dump() for span in told.grids[0].hidden] == [{"cell": "p1t1"}]
    assert [(line.text, line.hidden) for line in told.lines] == [("5", True)]
    assert len(told.grids) == 1


def test_a_page_set_in_a_table_is_no_table(tmp_path: Path) -> None:
    """A frame of one column disappears; a table in a cell beside a label is laid open."""
    told = page(
        tmp_path,
        "<table><tr><td>自评表<tr><td><table><tr><td>资金<td><table><tr><td>1<td>2</table></table></table>",
    )
    assert [line.text for line in told.lines] == ["自评表"]
    assert shape(told) == [("p1t1r0c0", "资金", 1, 1), ("p1t1r0c1", "1", 1, 1), ("p1t1r0c2", "2", 1, 1)]


def test_what_a_form_on_the_page_shows_is_read(tmp_path: Path) -> None:
    """Text fields and the chosen option; hidden fields, buttons and scripts are not."""
    told = page(
        tmp_path,
        "<table><tr><td><input value='98.00'><input type=hidden value=1><input type=button value=2>"
        "<td><select><option>良<option selected>优</select><script>document.write('3')</script></table>",
    )
    assert [text for _, text, _, _ in shape(told)] == ["98.00", "优"]


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8-sig", "utf-16"])
def test_the_bytes_say_their_encoding(tmp_path: Path, encoding: str) -> None:
    """Whatever the page says of itself."""
    told = page(tmp_path, "<table><tr><td>项目名称</table>", head='<meta charset="big5">', encoding=encoding)
    assert [text for _, text, _, _ in shape(told)] == ["项目名称"]


def test_nothing_outside_the_page_is_read(tmp_path: Path) -> None:
    """Entities of the document type, frames and objects bring nothing in."""
    (tmp_path / "secret.txt").write_text("SECRET", encoding="utf-8")
    file = tmp_path / "page.html"
    place = (tmp_path / "secret.txt").as_uri()
    file.write_text(
        f'<!DOCTYPE html [<!ENTITY x SYSTEM "{place}">]><html><body>a&x;<iframe src="{place}"></iframe>'
        f'<object data="{place}">o</object></body></html>',
        encoding="utf-8",
    )
    told = read(file, "page.html", standard(), None)
    assert "SECRET" not in "".join(line.text for line in told.lines)


def test_tables_inside_tables_without_end_are_refused_or_read_never_hung(tmp_path: Path) -> None:
    """Three hundred tables one inside the other."""
    told = page(tmp_path, "<table><tr><td>1" * 300)
    assert len(told.grids) <= 1


@pytest.mark.parametrize("hiding", ["visibility:hidden", "color:white", "font-size:0"])
def test_a_cell_whose_text_is_not_seen_keeps_its_place(tmp_path: Path, hiding: str) -> None:
    """The cells right of it stay in their columns; only what takes no place on the screen moves them."""
    told = page(tmp_path, f'<table><tr><td>a<td>b<td>c<tr><td>1<td style="{hiding}">2<td>3</table>')
    assert [(cell.text, cell.col, cell.hidden_text) for cell in told.grids[0].cells[3:]] == [
        ("1", 0, False),
        ("", 1, True),
        ("3", 2, False),
    ]


def test_colours_are_those_of_the_nearest_element_that_says_one(tmp_path: Path) -> None:
    """White letters of a row, black ones of a cell in it, white ones on a ground of their own."""
    told = page(
        tmp_path,
        '<table><tr style="color:white"><td>1<td style="color:#333">2<td><b style="background:#036">3</b></table>',
    )
    assert [(cell.text, cell.hidden_text) for cell in told.grids[0].cells] == [("", True), ("2", False), ("3", False)]


def test_struck_text_is_hidden_and_inserted_text_is_read(tmp_path: Path) -> None:
    """s, strike and del; they break no line."""
    told = page(tmp_path, "<table><tr><td><s>90</s>95<td><del>1</del><ins>2</ins><td><strike>3</strike></table>")
    assert [(cell.text, cell.hidden_text) for cell in told.grids[0].cells] == [("95", True), ("2", True), ("", True)]


def test_raised_and_lowered_digits_are_no_digits_of_the_number(tmp_path: Path) -> None:
    """98.5 with a raised 1 is not 98.51."""
    told = page(tmp_path, "<table><tr><td>98.5<sup>1</sup><td>m<sup>2</sup><td>CO<sub>2</sub></table>")
    assert [text for _, text, _, _ in shape(told)] == ["98.5¹", "m²", "CO₂"]


def test_spans_over_the_edge_of_a_table_end_at_it(tmp_path: Path) -> None:
    """A title over twenty columns of a table of three, a label over ninety rows of two."""
    told = page(tmp_path, "<table><tr><td colspan=20>标题<tr><td rowspan=90>a<td>b<td>c<tr><td>d<td>e</table>")
    assert shape(told) == [
        ("p1t1r0c0", "标题", 1, 3),
        ("p1t1r1c0", "a", 2, 1),
        ("p1t1r1c1", "b", 1, 1),
        ("p1t1r1c2", "c", 1, 1),
        ("p1t1r2c1", "d", 1, 1),
        ("p1t1r2c2", "e", 1, 1),
    ]


def test_what_holds_for_paper_alone_hides_nothing_on_the_screen(tmp_path: Path) -> None:
    """A rule of a print sheet; one for the screen hides."""
    rules = "<style>@media print { .a { display:none } } @media screen { .b { display: none } }</style>"
    told = page(tmp_path, "<p class=a>甲</p><p class=b>乙</p>", head=rules)
    assert [(line.text, line.hidden) for line in told.lines] == [("甲", False), ("乙", True)]


def test_boxes_lines_and_readings_are_shown_as_on_the_screen(tmp_path: Path) -> None:
    """Ticked boxes, line ends of preformatted text; no readings of characters, no folded text, no soft breaks."""
    told = page(
        tmp_path,
        "<table><tr><td><input type=checkbox checked>是<input type=checkbox>否<td><ruby>绩<rt>jì</rt></ruby>"
        "<td>615&#8203;.90<td>a&shy;b</table><pre>名称：甲\n总分：98</pre><details><summary>说明</summary><p>机密</details>",
    )
    assert [text for _, text, _, _ in shape(told)] == ["☑是☐否", "绩", "615.90", "ab"]
    assert [(line.text, line.hidden) for line in told.lines] == [
        ("名称：甲", False),
        ("总分：98", False),
        ("说明", False),
        ("机密", True),
    ]
