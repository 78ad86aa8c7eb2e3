"""What goes along with an act: its reason, the address of the field in focus, the keys for a whole region."""

import csv
import io
from pathlib import Path

import pytest
from browsing import VIDEO, field, focused, form_named, opened, record
from conftest import Open
from playwright.sync_api import expect

from eval.reviewing import Served, Stored, read_into, serving
from pipeline.store import Store

FAMILIES = Path(__file__).parent.parent / "eval" / "data" / "families"


def test_a_reason_goes_with_the_next_act_alone(served: Served, open_review: Open) -> None:
    """Alt+R, a sentence, Enter, Enter: it stands in the event, in the history and in the log, and not in the next."""
    page = open_review(served)
    form_id = form_named(served, VIDEO)
    opened(page, served, form_id)
    page.keyboard.press("j")
    page.keyboard.press("Alt+r")
    page.keyboard.type("已电话核实 ws1")
    page.keyboard.press("Enter")
    assert focused(page) == "/funds/0/initial_budget"
    page.keyboard.press("Enter")
    expect(page.locator("#history-count")).to_have_text("1")
    expect(page.locator("#reason")).to_have_value("")
    page.keyboard.press("Enter")
    expect(page.locator("#history-count")).to_have_text("2")
    assert [edit.reason for edit in record(served, form_id).edits] == ["已电话核实 ws1", ""]
    expect(page.locator(".history li").last).to_contain_text("已电话核实 ws1")
    log = page.request.get(f"{served.base}/api/audit.csv").text()
    rows = list(csv.reader(io.StringIO(log.removeprefix("\ufeff"))))
    mine = [row for row in rows if form_id in row]
    assert [("已电话核实 ws1" in row) for row in mine] == [True, False]


def test_a_reason_may_be_given_for_a_card_or_dropped(served: Served, open_review: Open) -> None:
    """From the failed equation: Esc drops what was written; Alt+W out of the box confirms with it."""
    page = open_review(served)
    form_id = form_named(served, VIDEO)
    opened(page, served, form_id)
    page.keyboard.press("Alt+r")
    page.keyboard.type("不要")
    page.keyboard.press("Escape")
    assert focused(page) == "card-1"
    expect(page.locator("#reason")).to_have_value("")
    page.keyboard.press("Alt+r")
    page.keyboard.type("原表合计印错")
    page.keyboard.press("Alt+w")
    expect(page.locator("#reopen")).to_be_visible()
    assert {edit.reason for edit in record(served, form_id).edits if edit.kind == "source_error"} == {"原表合计印错"}


def test_a_reason_outlives_a_refusal(served: Served, open_review: Open) -> None:
    """Letters in an amount are refused: the reason is still there for the number that follows."""
    page = open_review(served)
    form_id = form_named(served, VIDEO)
    opened(page, served, form_id)
    page.locator("#reason").fill("补单据")
    amount = field(page, "/funds/0/initial_budget")
    amount.click()
    amount.fill("七十")
    page.keyboard.press("Enter")
    expect(page.locator("#said")).to_contain_text("不是数字")
    expect(page.locator("#reason")).to_have_value("补单据")
    amount.fill("74.85")
    page.keyboard.press("Enter")
    expect(page.locator("#history-count")).to_have_text("1")
    assert [(edit.new, edit.reason) for edit in record(served, form_id).edits] == [("74.85", "补单据")]


def test_the_reason_of_a_layout_stands_in_the_log(proposed_store: Stored, tmp_path: Path, open_review: Open) -> None:
    """Confirmed with a reason, a layout's event has it."""
    with serving(proposed_store.copied(tmp_path)) as served:
        page = open_review(served)
        page.locator(".waiting a").click()
        page.locator("#reason").fill("与财政局模板一致")
        page.keyboard.press("Alt+s")
        expect(page.locator(".note.good")).to_contain_text("已确认")
        assert "与财政局模板一致" in page.request.get(f"{served.base}/api/audit.csv").text()


def test_a_refresh_comes_back_to_the_field(served: Served, open_review: Open) -> None:
    """The field in focus stands in the address, which opened elsewhere leads to it; a hostile one leads nowhere."""
    page = open_review(served)
    form_id = form_named(served, VIDEO)
    opened(page, served, form_id)
    field(page, "/indicators/2/score").click()
    page.wait_for_url("**#/indicators/2/score")
    page.reload()
    page.wait_for_selector("#work[data-ready]")
    assert focused(page) == "/indicators/2/score"
    page.goto("about:blank")
    page.goto(f"{served.base}/forms/{form_id}#%22%5D,script%5B%22")
    page.wait_for_selector("#work[data-ready]")
    assert focused(page) == "card-1"


def test_a_window_that_is_come_back_to_is_up_to_date(served: Served, open_review: Open) -> None:
    """Another window settled a field meanwhile: told at once, the field in focus and what was typed there stay."""
    first = open_review(served)
    form_id = form_named(served, VIDEO)
    opened(first, served, form_id)
    second = first.context.new_page()
    opened(second, served, form_id)
    field(first, "/grade").fill("良好")
    second.keyboard.press("j")
    second.keyboard.press("Enter")
    expect(second.locator("#history-count")).to_have_text("1")
    expect(first.locator("#history-count")).to_have_text("0")
    first.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(first.locator("#history-count")).to_have_text("1")
    expect(first.locator("#said")).to_contain_text("在另一个窗口或版式页改过")
    assert (focused(first), field(first, "/grade").input_value()) == ("/grade", "良好")
    first.keyboard.press("Enter")
    expect(first.locator("#history-count")).to_have_text("2")
    assert record(served, form_id).form.grade == "良好"


def test_regions_are_joined_split_and_dropped_by_key(served: Served, open_review: Open) -> None:
    """Alt+J makes one form of two; Alt+C and Enter in a field parts it there; Alt+N takes it out; U brings it back."""
    page = open_review(served)
    with Store.open(served.stored.out, "read") as store:
        ids = [form.form_id for form in store.forms()]
    opened(page, served, ids[1])
    rows = page.locator(".t-indicators tr[data-row]")
    own = rows.count()
    page.keyboard.press("Alt+j")
    expect(rows).not_to_have_count(own)
    with Store.open(served.stored.out, "read") as store:
        assert ids[2] not in [form.form_id for form in store.forms()]
    page.wait_for_selector("#work[data-ready]")
    joined = rows.count()
    page.keyboard.press("Alt+c")
    field(page, f"/indicators/{joined - 1}/name").focus()
    page.keyboard.press("Escape")
    expect(page.locator(".splitting")).to_have_count(0)
    page.keyboard.press("Alt+c")
    page.keyboard.press("Enter")
    expect(rows).not_to_have_count(joined)
    page.wait_for_selector("#work[data-ready]")
    page.keyboard.press("Alt+n")
    expect(page.locator(".badge", has_text="已移出")).to_be_visible()
    page.keyboard.press("Alt+u")
    expect(page.locator(".badge", has_text="已移出")).to_have_count(0)
    assert [edit.kind for edit in record(served, ids[1]).edits] == ["join", "split", "no_form", "undo"]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Stored:
    """A Word document, a workbook and a web page."""
    files = [FAMILIES / "C" / "c-word.docx", FAMILIES / "C" / "c-sheets.xlsx", FAMILIES / "F" / "f-table.html"]
    return read_into(tmp_path_factory.mktemp("office"), files, confirm=False)


def test_office_files_and_web_pages_show_their_table_with_the_cell_marked(
    office: Stored, tmp_path: Path, open_review: Open
) -> None:
    """Of each: no picture, the table as read from its left edge, the cell of the field in focus marked and in view."""
    with Store.open(office.out, "read") as store:
        forms = {form.document.path: form for form in store.forms()}
    assert sorted(forms) == ["c-sheets.xlsx", "c-word.docx", "f-table.html"]
    with serving(office.copied(tmp_path)) as served:
        page = open_review(served)
        for form in forms.values():
            opened(page, served, form.form_id)
            expect(page.locator("#picture")).to_have_count(0)
            field(page, "/indicators/0/score").focus()
            here = page.locator("#printed .here")
            expect(here).to_have_count(1)
            expect(here).to_be_in_viewport()
            expect(here).to_have_text(field(page, "/indicators/0/score").input_value())
            field(page, "/project_name").focus()
            assert page.evaluate("document.getElementById('canvas').scrollLeft") == 0
