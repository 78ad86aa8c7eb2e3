"""Cells without a name are told by where they stand and what they hold; a number is picked out of its sentence."""

from decimal import Decimal
from pathlib import Path

import pytest
from reviewed import SOUND, field, form_ids

from eval.reviewing import read_into
from pipeline.catalogue import explain
from pipeline.edits.values import picked
from pipeline.ground import Place
from pipeline.review.desk import FormDesk
from pipeline.review.requests import NotInForm
from pipeline.review.review import Review
from pipeline.session import Session
from pipeline.settings import Settings
from pipeline.store import Store
from schemas.errors import ReviewError
from schemas.evidence import PageSpan

FAMILIES = Path(__file__).parent.parent / "eval" / "data" / "families"


def test_lost_number_is_told_by_its_page_and_text(review: Review) -> None:
    """Card, doubt and reason name 第3页 and the number as printed, and no id of a cell."""
    form_id = form_ids(review)[SOUND]
    desk = review.form(form_id)
    (cell,) = field(desk, "/indicators/0/score").cells
    desk = review.edit(form_id, NotInForm(pointer="/indicators/0/score"), desk.version).desk
    page = next(span.page for one in desk.cells if one.cell == cell for span in one.spans if isinstance(span, PageSpan))
    (card,) = [one for one in desk.cards if one.rule == "numbers_conserved"]
    assert card.message == f"有数字没有归入任何栏目，单元格：第{page}页的“10.00”。请对照原页补上。"
    assert [(one.where, one.text) for one in card.operands] == [(f"第{page}页", "10.00")]
    (doubt,) = [one for one in desk.doubts if one.pointer == cell]
    assert doubt.where == f"第{page}页"
    assert any("先选那一栏再点原页上的它" in reason for reason in doubt.reasons)
    assert cell not in "".join((card.message, doubt.where, *doubt.reasons, *desk.notes))


def test_lost_numbers_of_office_files_are_told_by_cell_and_row(tmp_path: Path) -> None:
    """A workbook's by sheet and cell, a Word document's by the row of its table."""
    files = [FAMILIES / "X" / "x-word.docx", FAMILIES / "X" / "x-sheets.xlsx"]
    stored = read_into(tmp_path, files, confirm=False)
    session = Session("zh", Settings(), None, stored.library)
    told: dict[str, set[str]] = {}
    with Store.open(stored.out, "read") as store:
        forms = {form.form_id: form.document.path for form in store.forms()}
    with Review.open(stored.out, session, author="li") as review:
        for form_id, path in forms.items():
            told.setdefault(path.rpartition("/")[2], set()).update(_lost(review.form(form_id)))
    assert any("单元格 食堂改造!D7的“68.50”" in places for places in told["x-sheets.xlsx"])
    assert any("表格第 5 行的“1751.63”" in places for places in told["x-word.docx"])


def _lost(desk: FormDesk) -> set[str]:
    """Where the cards of lost numbers say that they stand."""
    messages = [card.message for card in desk.cards if card.rule == "numbers_conserved"]
    return {message.partition("单元格：")[2].partition("。请")[0] for message in messages}


def place(text: str) -> Place:
    """A cell that holds a text."""
    return Place("p1t1r1c1", text, (), "text", (), 1, 1, hidden_text=False)


@pytest.mark.parametrize(
    ("text", "number"),
    [("自评得分86.05分。", "86.05"), ("合计：3,616.90 万元", "3616.90"), ("得分 9 分", "9")],
)
def test_the_one_number_of_a_sentence_is_picked(text: str, number: str) -> None:
    """With the number alone as its evidence, out of the whole cell."""
    found = picked("total_score", place(text))
    assert (found.value, found.evidence.origin, found.evidence.cell_text) == (Decimal(number), "human", text)
    assert found.evidence.text in text


@pytest.mark.parametrize("text", ["达到90分，实得86.05分", "得分很高", "结余 -5.00 元", "结余负5元"])
def test_several_numbers_none_or_a_negative_one_are_not_picked(text: str) -> None:
    """Which one is meant is the person's to type; the refusal quotes the cell."""
    with pytest.raises(ReviewError) as error:
        picked("total_score", place(text))
    assert explain(error.value, "zh").startswith(f"“{text}”不是一个数字")
