"""Grounding at its edges: extras of the form and of rows, and numbers among them; the rest stands in test_ground."""

from handmade import read_form

from pipeline.ground import claims, ground, places_of
from schemas.extraction import Draft, DraftField, DraftFund
from schemas.reading import Slot

GRID = """
项目名称 | 会议室升级 | « | «
资金来源 | 全年预算数 | 备用系数 | «
年度资金总额 | 57.00 | 3 | «
"""
EXTRAS = (
    DraftField(pointer="/extras/0", take="text", cells=("p1t1r2c2",), label="系数：", slots=(7,)),
    DraftField(pointer="/funds/0/extras/0", take="number", cells=("p1t1r2c2",), label="备用系数"),
)


def made(*fields: DraftField) -> Draft:
    """A draft of one fund row with these fields."""
    return Draft(
        kind="project_self_evaluation",
        funds=(DraftFund(source="total", label_cell="p1t1r2c0"),),
        indicator_count=0,
        fields=fields,
        uses=(),
    )


def test_extras_keep_their_printed_label_and_text_wherever_they_stand() -> None:
    """An extra of the form and one of a fund row; a number among them is written with the decimals it has."""
    form = ground(made(*EXTRAS), read_form(GRID).region, {}).form
    assert [(extra.label, extra.text) for extra in form.extras] == [("系数", "3")]
    assert [(extra.label, extra.text) for extra in form.funds[0].extras] == [("备用系数", "3")]


def test_claim_says_what_its_column_was_read_as_and_whether_the_cell_is_a_bare_number() -> None:
    """Slot 7 is read as extra; a slot nobody read, and a field that rests on none, add no role."""
    slots = {
        7: Slot(number=7, section="fund_column", text="备用系数", role="extra"),
        8: Slot(number=8, section="fund_column", text="备用系数"),
    }
    region = read_form(GRID).region
    fields = (EXTRAS[0], EXTRAS[0].model_copy(update={"pointer": "/extras/1", "slots": (8, 9)}))
    extraction = ground(made(*fields), region, slots)
    (cell,) = (token for token in extraction.tokens if token.cell == "p1t1r2c2")
    assert (cell.bare, {claim.roles for claim in cell.claims}) == (True, {("extra",)})


def test_claims_without_slots_name_no_role() -> None:
    """Who maps by hand and says nothing of columns gets claims that say nothing of them."""
    found = claims(made(*EXTRAS), places_of(read_form(GRID).region))
    assert {claim.roles for cell in found for claim in cell.claims} == {()}


def test_a_cell_that_could_not_be_read_leaves_its_field_unread() -> None:
    """A formula without its value looks blank and is not: the field is unread, not null."""
    region = read_form(GRID).region
    cells = tuple(
        cell.model_copy(update={"text": "", "lines": (), "unread": True}) if cell.cell_id == "p1t1r2c2" else cell
        for cell in region.grid.cells
    )
    grid = region.grid.model_copy(update={"cells": cells})
    found = ground(made(EXTRAS[1]), region.model_copy(update={"grid": grid}), {})
    assert found.unread == ("/funds/0/extras/0",)


def test_a_number_in_a_fund_rows_label_is_claimed_by_the_label() -> None:
    """2022年结转资金 names its row; the year in it is no value."""
    region = read_form(GRID.replace("年度资金总额", "2022年结转资金")).region
    (cell,) = (found for found in claims(made(), places_of(region)) if found.cell == "p1t1r2c0")
    assert cell.tokens == ("2022",)
    assert [(claim.role, claim.pointers) for claim in cell.claims] == [("label", ("/funds/0/label",))]
