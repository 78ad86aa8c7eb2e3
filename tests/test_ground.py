"""Every value stands in the text of its cells, every numeric token is claimed once, nothing is repaired."""

import unicodedata
from decimal import Decimal
from functools import cache
from pathlib import Path

import pymupdf
import pytest
from handmade import grid_of, line_of, read_form, region_of
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.checks import check
from pipeline.ground import figures, ground
from pipeline.mapping.draft import draft
from pipeline.mapping.lexicon import standard
from pipeline.mapping.settle import Example, settle
from pipeline.mapping.skeleton import analyse
from pipeline.read import read
from pipeline.segment import segment
from schemas.evidence import BBox, LineSpan, PageSpan
from schemas.extraction import CellUse, Draft, DraftField, Extraction
from schemas.form import Quantity, SelfEvaluation
from schemas.layout import Line, Region
from schemas.reading import Reading, Slot

JIADING = Path(__file__).parents[1] / "eval" / "data" / "jiading-2024"


def comparable(text: str) -> str:
    """NFKC, no whitespace."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def plan(*fields: DraftField, uses: tuple[CellUse, ...] = (), rows: int = 1) -> Draft:
    """A draft of these fields."""
    return Draft(kind="project_self_evaluation", funds=(), indicator_count=rows, fields=fields, uses=uses)


def one(region: Region, pointer: str, take: str, *cells: str) -> Extraction:
    """An extraction of one field."""
    field = DraftField.model_validate({"pointer": pointer, "take": take, "cells": cells})
    return ground(plan(field), region, {})


FORM = """
项目名称 | « | {name} | « | « | «
项目资金（万元） | | 全年预算数 | 全年执行数 | 分值 | 得分
^ | 年度资金总额 | {budget} | {budget} | 10 | 10
一级指标 | 三级指标 | 年度指标值 | 实际完成值 | 分值 | 得分
产出指标(50分) | {name} | {target} | {actual} | {weight} | {score}
效益指标 | 乙 | ≥5个 | 5个 | 40 | 40
总分 | « | « | « | 100 | 97
"""
ALPHABET = "0123456789.,%≥≤=()（）年月人个 甲乙％１２，-—/无"
CELL = st.text(ALPHABET, max_size=12).map(lambda text: " ".join(text.split()))
NUMBER = st.one_of(
    CELL,
    st.decimals(0, 10**6, places=2).map(lambda number: f"{number:,}"),
    st.sampled_from(["", "-", "—", "无", "100%", "１０．５", "7,00.0", "10 20", "30分"]),
)


@settings(max_examples=40, deadline=None)
@given(name=CELL, budget=NUMBER, target=CELL, actual=CELL, weight=NUMBER, score=NUMBER)
def test_whatever_the_cells_hold_each_value_stands_in_them(  # noqa: PLR0913, PLR0917 - one argument a cell
    name: str, budget: str, target: str, actual: str, weight: str, score: str
) -> None:
    """Evidence has spans, its text stands in its cell's text, and a number's digits are those printed there."""
    grid = FORM.format(name=name, budget=budget, target=target, actual=actual, weight=weight, score=score)
    extraction = read_form(grid, "项目支出绩效自评表（2024年度）").extraction
    printed = {cell.cell_id: cell.text for cell in region_of(grid).grid.cells}
    for pointer, proof in extraction.evidence.items():
        assert proof.spans, pointer
        assert comparable(proof.text) in comparable(proof.cell_text), pointer
        assert proof.text, pointer
    for row in extraction.form.indicators:
        for number in (row.weight, row.score):
            shown = format(number, "f").lstrip("-") if number is not None else ""
            assert any(shown in comparable(text).replace(",", "") for text in printed.values())


@given(weight=NUMBER)
def test_a_number_cell_is_null_read_or_unread_and_never_two_of_them(weight: str) -> None:
    """Null means that the cell holds nothing; a cell that holds anything is read or told as unread."""
    region = region_of(grid_of(f"甲 | {weight}"))
    found = one(region, "/indicators/0/weight", "number", "p1t1r0c1")
    value = found.form.indicators[0].weight
    nothing = comparable(weight) in {"", "-", "—", "/", "无", "--", "——"}
    assert (value is None) == (nothing or found.unread == ("/indicators/0/weight",))
    assert not (nothing and found.unread)
    assert ("/indicators/0/weight" in found.evidence) == (value is not None)


@pytest.mark.parametrize(
    ("printed", "value", "text"),
    [
        ("3,616.90", "3616.90", "3,616.90"),
        ("100.00%", "100.00", "100.00%"),
        ("0.00", "0.00", "0.00"),
        ("10分", "10", "10"),
        ("615.90万元", "615.90", "615.90"),
        ("-5.00", "-5.00", "-5.00"),
    ],
)
def test_a_number_keeps_its_printed_decimals_and_loses_separators(printed: str, value: str, text: str) -> None:
    """The evidence is as printed, the field is clean."""
    found = one(region_of(grid_of(f"甲 | {printed}")), "/indicators/0/score", "number", "p1t1r0c1")
    assert str(found.form.indicators[0].score) == value
    assert found.evidence["/indicators/0/score"].text == text


@pytest.mark.parametrize("printed", ["7,00.0", "1.2.3", "10 20", "约10", "10(满分)", "八", "12,34.5", "≥10"])
def test_a_malformed_number_is_unread(printed: str) -> None:
    """It has no value and no evidence, but it is not absent."""
    found = one(region_of(grid_of(f"甲 | {printed}")), "/indicators/0/score", "number", "p1t1r0c1")
    assert found.unread == ("/indicators/0/score",)
    assert found.form.indicators[0].score is None
    assert found.evidence == {}


@pytest.mark.parametrize(
    ("take", "printed", "pointer", "value"),
    [
        ("title", "财政项目支出绩效自评表（2024年度）", "/title", "财政项目支出绩效自评表"),
        ("title", "2022年度项目支出绩效自评表", "/title", "2022年度项目支出绩效自评表"),
        ("year", "（２０２４年度）", "/fiscal_year", 2024),
        ("unit", "项目资金（万元）", "/amount_unit", "万元"),
        ("labelled", "项目名称：道路：二期", "/project_name", "道路：二期"),
        ("text", " — ", "/project_name", None),
    ],
)
def test_what_a_label_or_heading_gives(take: str, printed: str, pointer: str, value: object) -> None:
    """Titles lose the year in brackets only; a dash is nothing."""
    found = one(region_of(grid_of(f"甲 | {printed}")), pointer, take, "p1t1r0c1")
    assert getattr(found.form, pointer[1:]) == value
    assert found.unread == ()


@pytest.mark.parametrize("printed", ["2025年填报2024年度项目支出绩效自评表", "2023-2024年度项目支出绩效自评表"])
def test_two_years_in_a_title_are_none(printed: str) -> None:
    """Which of them the form is of is for a person to say."""
    found = one(region_of(grid_of(f"甲 | {printed}")), "/fiscal_year", "year", "p1t1r0c1")
    assert (found.form.fiscal_year, found.unread) == (None, ("/fiscal_year",))


def test_a_split_target_has_one_record_in_the_order_operator_value_unit() -> None:
    """Spans of all three cells, the text that of the field; an empty cell adds nothing to it."""
    region = region_of(grid_of("≥ | 20 | 万亩\n≥ | - | 个"))
    fields = [
        DraftField(
            pointer=f"/indicators/{row}/target",
            take="quantity",
            cells=tuple(f"p1t1r{row}c{col}" for col in range(3)),
            parts=("operator", "value", "unit"),
        )
        for row in range(2)
    ]
    found = ground(plan(*fields, rows=2), region, {})
    first, second = (found.evidence[f"/indicators/{row}/target"] for row in range(2))
    assert (first.text, first.cell_text, len(first.spans)) == ("≥20万亩", "≥20万亩", 3)
    assert (second.text, second.cell_text) == ("≥个", "≥个")
    assert found.form.indicators[0].target == Quantity(text="≥20万亩", operator="≥", value=Decimal(20), unit="万亩")


def claims_of(found: Extraction) -> dict[str, tuple[tuple[str, ...], list[tuple[str, tuple[str, ...]]]]]:
    """Tokens and claims by cell: what kind of role claims them, and for which fields."""
    return {
        token.cell: (token.tokens, [(claim.role, claim.pointers) for claim in token.claims]) for token in found.tokens
    }


def test_a_normal_form_claims_each_token_once() -> None:
    """Numbers as values, points and ordinals as labels, dates and names as text; the equation of numbers holds."""
    grid = FORM.format(name="5G基站2期", budget="3,616.90", target="2024年12月", actual="12月", weight="50", score="47")
    found = read_form(grid, "项目支出绩效自评表（2024年度）", "第3号", trailing=("注：满分100分",))
    assert all(len(token.claims) == 1 for token in found.extraction.tokens)
    by_cell = claims_of(found.extraction)
    assert by_cell["p1t1r2c2"] == (("3,616.90",), [("value", ("/funds/0/adjusted_budget",))])
    assert by_cell["p1t1r4c0"][1] == [("label", ("/indicators/0/level1", "/indicators/0/level1_weight"))]
    assert by_cell["p1t1r0c2"][1] == [("text", ("/project_name",))]
    assert [by_cell[line][1][0][0] for line in ("l1", "l2", "l3")] == ["label", "note", "note"]
    assert not [finding for finding in check(found.extraction).findings if finding.rule == "numbers_conserved"]


def test_a_token_that_nothing_claims_is_told() -> None:
    """A cell that no field names has no claim, and the form does not conserve its numbers."""
    region = region_of(grid_of("甲 | 10 | 9"))
    found = one(region, "/indicators/0/weight", "number", "p1t1r0c1")
    assert claims_of(found)["p1t1r0c2"] == (("9",), [])
    (lost,) = [finding for finding in check(found).findings if finding.rule == "numbers_conserved"]
    assert lost.params["unclaimed"] == "p1t1r0c2"


def test_one_cell_that_feeds_two_numbers_is_claimed_twice() -> None:
    """Weight and score out of the same cell: the second is a number that the page does not print."""
    fields = [
        DraftField(pointer=f"/indicators/0/{name}", take="number", cells=("p1t1r0c1",)) for name in ("weight", "score")
    ]
    found = ground(plan(*fields), region_of(grid_of("甲 | 10")), {})
    assert claims_of(found)["p1t1r0c1"] == (
        ("10",),
        [("value", ("/indicators/0/weight",)), ("value", ("/indicators/0/score",))],
    )
    (doubled,) = [finding for finding in check(found).findings if finding.rule == "numbers_conserved"]
    assert (doubled.severity, doubled.params["doubled"]) == ("error", "p1t1r0c1")


def test_rows_that_share_a_merged_target_claim_it_once() -> None:
    """One cell role may feed several fields."""
    fields = [
        DraftField(pointer=f"/indicators/{row}/target", take="quantity", cells=("p1t1r0c1",), slots=(3,))
        for row in (0, 1)
    ]
    found = ground(plan(*fields, rows=2), region_of(grid_of("甲 | ≥10个\n乙 | ^")), {})
    assert claims_of(found)["p1t1r0c1"][1] == [("value", ("/indicators/0/target", "/indicators/1/target"))]


def test_a_field_stands_as_firmly_as_the_weakest_slot_it_rests_on() -> None:
    """Doubts, wraps and hidden text of all its cells come with it."""
    grid = grid_of("甲 | 130.9⏎3")
    cells = tuple(
        cell.model_copy(update={"doubts": ("join",), "hidden_text": True, "parts": ("a", "b")}) if cell.col else cell
        for cell in grid.cells
    )
    reading = Reading(source="lexicon", role="score")
    model = Reading(source="model", role="score", probability=0.8)
    slots = {
        1: Slot(
            number=1, section="indicator_column", text="得分", role="score", state="agreed", readings=(reading, model)
        ),
        2: Slot(number=2, section="fund_row", text="总额", role="total", state="disputed"),
    }
    fields = [
        DraftField(pointer="/indicators/0/score", take="number", cells=("p1t1r0c1",), slots=(1,)),
        DraftField(pointer="/indicators/0/weight", take="number", cells=("p1t1r0c1",), slots=(1, 2)),
    ]
    region = region_of(grid.model_copy(update={"cells": cells}))
    standings = ground(plan(*fields), region, slots).standings
    firm, weak = standings["/indicators/0/score"], standings["/indicators/0/weight"]
    assert (firm.state, firm.agreeing, firm.probability) == ("agreed", ("lexicon", "model"), 0.8)
    assert (firm.doubts, firm.wrapped, firm.stitched, firm.hidden_text) == (("join",), 1, True, True)
    assert (weak.state, weak.agreeing) == ("disputed", ())


def test_a_line_is_evidence_by_its_place() -> None:
    """A title above the table: its rectangle on the page."""
    region = region_of("甲 | 1", "绩效自评表")
    found = one(region, "/title", "title", "l1")
    assert found.evidence["/title"].spans == (PageSpan(page=1, bbox=line_of(1, "").bbox or BBox(0, 0, 0, 0)),)


def test_figures_are_the_numbers_of_the_whole_extraction() -> None:
    """Trying a reading sees the values that grounding would give."""
    grid = FORM.format(name="甲", budget="3,616.90", target="≥5", actual="5", weight="50", score="4x7")
    found = read_form(grid, "绩效自评表")
    lexicon = standard()
    skeleton = analyse(found.region, lexicon)
    roles = {slot.number: slot.role for slot in found.template.slots if slot.role is not None}
    tried = figures(draft(found.region, skeleton, roles, lexicon), found.region)
    assert tried.unread == found.extraction.unread == ("/indicators/0/score",)
    assert [row.weight for row in tried.form.indicators] == [row.weight for row in found.form.indicators]
    assert [fund.adjusted_budget for fund in tried.form.funds] == [Decimal("3616.90")]
    assert (tried.form.total_weight, tried.form.total_score) == (Decimal(100), Decimal(97))


@pytest.mark.parametrize("report", ["report-chromium.pdf", "report-libreoffice.pdf"])
def test_the_pages_own_text_in_its_spans_contains_every_value_of_the_report(report: str) -> None:
    """PyMuPDF's characters in each span, joined without whitespace, hold the evidence; every value has evidence."""
    lexicon = standard()
    regions = segment(read(JIADING / report, report, lexicon, None), lexicon)
    examples = [Example(region, analyse(region, lexicon)) for region in regions]
    template = settle(examples[:1], {}, lexicon)
    roles = {slot.number: slot.role for slot in template.slots if slot.role is not None}
    proven = 0
    with pymupdf.open(JIADING / report) as document:
        pages = [characters(page) for page in document]

        @cache
        def under(page: int, bbox: BBox) -> str:
            inside = (char for char, x, y in pages[page - 1] if bbox.x0 <= x < bbox.x1 and bbox.y0 <= y < bbox.y1)
            return comparable("".join(inside))

        for example in examples:
            found = ground(draft(example.region, example.skeleton, roles, lexicon), example.region, {})
            assert pointers(found.form) <= set(found.evidence)
            for pointer, proof in found.evidence.items():
                spans = [span for span in proof.spans if isinstance(span, PageSpan)]
                assert spans, pointer
                assert comparable(proof.text) in "".join(under(span.page, span.bbox) for span in spans), pointer
                proven += 1
    assert proven == PROVEN


PROVEN = 18 * 11 + 72 * 6 + 18 * 2 + 150 * 7
"""Eleven fields a form, label, source, three amounts and rate a fund line, the budget's points, seven fields a row."""


def characters(page: pymupdf.Page) -> list[tuple[str, float, float]]:
    """Every character of a page in the order of its text, with its middle."""
    blocks = page.get_text("rawdict")["blocks"]
    chars = (
        char for block in blocks for line in block.get("lines", ()) for span in line["spans"] for char in span["chars"]
    )
    return [(own["c"], (own["bbox"][0] + own["bbox"][2]) / 2, (own["bbox"][1] + own["bbox"][3]) / 2) for own in chars]


def pointers(form: SelfEvaluation) -> set[str]:
    """Every field of a form that has a value, but for what hedui says of it (kind, a fund's source)."""
    flat = {
        f"/{name}"
        for name, value in form
        if value is not None and name not in {"kind", "funds", "indicators", "extras"}
    }
    for name, rows in (("funds", form.funds), ("indicators", form.indicators)):
        for index, row in enumerate(rows):
            flat |= {f"/{name}/{index}/{field}" for field, value in row if value is not None and field != "extras"}
    return flat


def test_a_line_stands_in_its_rectangle_or_where_there_are_no_pages_at_its_number() -> None:
    """Text and separated values have no pages."""
    box = BBox(10, 20, 30, 40)
    assert Line(number=41, text="主管部门", page=2, bbox=box).span == PageSpan(page=2, bbox=box)
    assert Line(number=41, text="主管部门", page=1).span == LineSpan(line=41, start=0, end=4)
