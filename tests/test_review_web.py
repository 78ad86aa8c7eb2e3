"""Claims about reviewing in a real browser: what a person presses, clicks and types, and what is then stored."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from browsing import VIDEO, Keyboard, cell_of, click_cell, field, focused, form_named, opened, record
from conftest import Open
from playwright.sync_api import expect

from eval.reviewing import REPORT, Served, Stored, hedui, read_into, serving
from pipeline.store import Store

ROOT = Path(__file__).parent.parent
TEXT = ROOT / "tests" / "files" / "flow-standard.txt"


def test_a_discrepancy_is_settled_by_keyboard_alone(served: Served, open_review: Open) -> None:
    """From the queue: J, Enter, and on the form one W; the bar is 6 presses. Enter then opens the next form."""
    page = open_review(served)
    keys = Keyboard(page)
    keys.press("j")
    first = page.locator("#items .name").first
    form_id = str(first.get_attribute("href")).split("/")[2].partition("?")[0]
    keys.press("Enter")
    page.wait_for_selector("#work[data-ready]")
    expect(page.locator(".card.error")).to_be_focused()
    before = keys.presses
    keys.press("w")
    expect(page.locator("#reopen")).to_be_visible()
    assert keys.presses - before == 1
    done = record(served, form_id)
    assert (done.status, done.decision.by) == ("accepted", "reviewer")
    (finding,) = [found for found in done.findings if found.severity == "error"]
    assert finding.verdict == "source_discrepancy"
    assert [(edit.kind, edit.author) for edit in done.edits] == [("source_error", "li")]
    keys.press("Enter")
    page.wait_for_url(lambda address: form_id not in address)
    expect(page.locator(".card.error")).to_be_focused()


def test_every_doubt_may_be_accepted_one_by_one_in_six_presses(served: Served, open_review: Open) -> None:
    """Without W: the guess, then one Enter a field that no equation proves; nothing else is asked."""
    page = open_review(served)
    form_id = form_named(served, VIDEO)
    opened(page, served, form_id)
    keys = Keyboard(page)
    keys.press("1")
    expect(page.locator(".card.error")).to_have_count(0)
    while page.locator("#settle").count() and keys.presses < 10:
        settled = page.locator("#history-count").text_content()
        keys.press("Enter")
        expect(page.locator("#history-count")).not_to_have_text(str(settled))
    assert keys.presses <= 6
    assert record(served, form_id).decision.by == "reviewer"


def test_the_first_guess_is_one_key_away_and_undo_takes_it_back(served: Served, open_review: Open) -> None:
    """1 applies it: the total becomes 74.85 and no equation fails; U brings 70.00 and the failed equation back."""
    page = open_review(served)
    form_id = form_named(served, VIDEO)
    opened(page, served, form_id)
    page.keyboard.press("1")
    expect(page.locator(".card.error")).to_have_count(0)
    expect(field(page, "/funds/0/initial_budget")).to_have_value("74.85")
    page.locator("h1").click()
    page.keyboard.press("Alt+u")
    expect(page.locator(".card.error")).to_have_count(1)
    expect(field(page, "/funds/0/initial_budget")).to_have_value("70.00")
    assert len(record(served, form_id).edits) == 2


def test_doubtful_fields_are_visited_in_order(served: Served, open_review: Open) -> None:
    """Tab goes from doubt to doubt and back, Enter accepts one and goes on; each is a stored event."""
    page = open_review(served)
    form_id = form_named(served, VIDEO)
    opened(page, served, form_id)
    doubts = page.evaluate("JSON.parse(document.getElementById('desk-data').textContent).doubts.map(d => d.pointer)")
    assert len(doubts) == 4
    page.keyboard.press("j")
    assert focused(page) == doubts[0]
    page.keyboard.press("Tab")
    assert focused(page) == doubts[1]
    page.keyboard.press("Shift+Tab")
    assert focused(page) == doubts[0]
    expect(page.locator("#foot-place")).to_contain_text("第 1 处，共 4 处")
    page.keyboard.press("Enter")
    expect(field(page, doubts[1])).to_be_focused()
    assert [edit.pointer for edit in record(served, form_id).edits] == [doubts[0]]


def test_a_typed_correction_is_checked_at_once(served: Served, open_review: Open) -> None:
    """74.85 typed over 70.00: the equation holds when Enter is pressed, and the old value stands in the history."""
    page = open_review(served)
    form_id = form_named(served, VIDEO)
    opened(page, served, form_id)
    total = field(page, "/funds/0/initial_budget")
    total.click()
    total.fill("74.85")
    expect(page.locator("#accept-word")).to_have_text("保存")
    page.keyboard.press("Enter")
    expect(page.locator(".card.error")).to_have_count(0)
    (edit,) = record(served, form_id).edits
    assert (edit.author, edit.pointer, edit.old, edit.new) == ("li", "/funds/0/initial_budget", "70.00", "74.85")


def test_what_is_no_number_is_refused_and_stays_typed(served: Served, open_review: Open) -> None:
    """Letters in an amount: one sentence says why, nothing is stored, nothing typed is lost."""
    page = open_review(served)
    form_id = form_named(served, VIDEO)
    opened(page, served, form_id)
    total = field(page, "/funds/0/initial_budget")
    total.click()
    total.fill("七十")
    page.keyboard.press("Enter")
    expect(page.locator("#said")).not_to_be_empty()
    expect(total).to_have_value("七十")
    expect(total).to_be_focused()
    assert record(served, form_id).edits == ()


def test_a_click_on_the_page_fills_the_field_in_focus_before_anything_is_typed(
    served: Served, open_review: Open
) -> None:
    """The clicked cell's number stands in the field as a draft; Enter keeps it, with that cell as its evidence."""
    page = open_review(served)
    form_id = form_named(served, VIDEO)
    opened(page, served, form_id)
    field(page, "/funds/0/initial_budget").click()
    click_cell(page, cell_of(page, "/funds/1/initial_budget"))
    expect(field(page, "/funds/0/initial_budget")).to_have_value("74.85")
    expect(field(page, "/funds/0/initial_budget")).to_be_focused()
    assert record(served, form_id).edits == ()
    page.keyboard.press("Enter")
    expect(page.locator(".card.error")).to_have_count(0)
    after = record(served, form_id)
    assert str(after.form.funds[0].initial_budget) == "74.85"
    assert after.evidence["/funds/0/initial_budget"].spans == after.evidence["/funds/1/initial_budget"].spans


def test_a_missing_row_is_added_by_clicking_its_cells(served: Served, open_review: Open) -> None:
    """A row that is lost breaks the sums; added and filled with nine clicks on the page, it makes them hold again."""
    page = open_review(served)
    form_id = form_named(served, "IDC托管")
    opened(page, served, form_id)
    columns = ["level1", "level2", "name", "target", "actual", "weight", "score"]
    cells = [cell_of(page, f"/indicators/3/{column}") for column in columns]
    before = record(served, form_id).form.indicators
    field(page, "/indicators/3/name").click()
    page.keyboard.press("Alt+d")
    expect(page.locator(".t-indicators tr[data-row]")).to_have_count(len(before) - 1)
    expect(page.locator(".card.error").first).to_be_visible()
    field(page, "/indicators/2/name").click()
    page.locator("#row-add").click()
    expect(page.locator(".t-indicators tr.added")).to_have_count(1)
    for column, cell in zip(columns, cells, strict=True):
        field(page, f"/indicators/3/{column}").click()
        click_cell(page, cell)
        expect(field(page, f"/indicators/3/{column}")).not_to_have_value("")
    expect(page.locator(".card.error")).to_have_count(0)
    row = record(served, form_id).form.indicators[3]
    assert (row.name, row.target, row.weight, row.score) == (
        before[3].name,
        before[3].target,
        before[3].weight,
        before[3].score,
    )


def test_rows_are_split_and_merged_by_key(served: Served, open_review: Open) -> None:
    """Alt+T makes two rows of one, Alt+M one of two; the row keeps its texts and is counted once."""
    page = open_review(served)
    form_id = form_named(served, "IDC托管")
    opened(page, served, form_id)
    before = record(served, form_id).form.indicators
    rows = page.locator(".t-indicators tr[data-row]")
    field(page, "/indicators/1/name").click()
    page.keyboard.press("Alt+t")
    expect(rows).to_have_count(len(before) + 1)
    field(page, "/indicators/1/name").click()
    page.keyboard.press("Alt+m")
    expect(rows).to_have_count(len(before))
    after = record(served, form_id).form.indicators
    assert [row.name for row in after] == [row.name for row in before]
    assert [row.score for row in after] == [row.score for row in before]


def test_the_second_of_two_windows_is_told_and_loses_nothing(served: Served, open_review: Open) -> None:
    """Both windows show a form; one settles a field; the other's typing is kept, it is told, and may then save."""
    first = open_review(served)
    form_id = form_named(served, VIDEO)
    opened(first, served, form_id)
    second = first.context.new_page()
    opened(second, served, form_id)
    first.keyboard.press("j")
    first.keyboard.press("Enter")
    expect(first.locator("#history-count")).to_have_text("1")
    note = field(second, "/expected_goal")
    note.click()
    note.fill("提升会议室的音视频效果")
    second.keyboard.press("Enter")
    conflict = second.locator("#conflict")
    expect(conflict).to_be_visible()
    expect(conflict).to_contain_text("没有丢")
    expect(conflict.locator("li")).to_have_count(1)
    expect(note).to_have_value("提升会议室的音视频效果")
    assert len(record(served, form_id).edits) == 1
    second.keyboard.press("Enter")
    expect(second.locator("#history-count")).to_have_text("2")
    assert record(served, form_id).form.expected_goal == "提升会议室的音视频效果"


def test_no_form_leaves_the_results_and_can_be_undone(served: Served, open_review: Open) -> None:
    """A region declared no form is not exported; undo brings it back."""
    page = open_review(served)
    opened(page, served, form_named(served, VIDEO))
    page.locator("#no-form").click()
    expect(page.locator("#undo")).to_be_enabled()
    expect(page.locator("text=已移出").first).to_be_visible()
    with Store.open(served.stored.out, "read") as store:
        assert len(list(store.forms())) == 17
    page.wait_for_selector("#work[data-ready]")
    page.locator("#undo").click()
    expect(page.locator("#settle")).to_be_visible()
    with Store.open(served.stored.out, "read") as store:
        assert len(list(store.forms())) == 18


def test_settling_writes_the_workbook_anew(served: Served, open_review: Open) -> None:
    """After the server ends, forms.jsonl says who settled the form and forms.xlsx is newer than before."""
    page = open_review(served)
    form_id = form_named(served, VIDEO)
    stamp = (served.stored.out / "forms.xlsx").stat().st_mtime_ns
    opened(page, served, form_id)
    page.keyboard.press("w")
    expect(page.locator("#reopen")).to_be_visible()
    answer = page.evaluate(
        "fetch('/api/results', {method: 'POST', headers: {'X-CSRF-Token':"
        " document.querySelector('meta[name=csrf]').content}}).then(r => r.json())",
    )
    assert "forms.xlsx" in answer["files"]
    lines = (served.stored.out / "forms.jsonl").read_text("utf-8").splitlines()
    (line,) = [json.loads(line) for line in lines if json.loads(line)["form_id"] == form_id]
    assert (line["status"], line["decision"]["by"]) == ("accepted", "reviewer")
    assert (served.stored.out / "forms.xlsx").stat().st_mtime_ns > stamp


@pytest.fixture
def waiting(proposed_store: Stored, tmp_path: Path) -> Iterator[Served]:
    """A server over results whose layout nobody confirmed."""
    with serving(proposed_store.copied(tmp_path)) as running:
        yield running


def test_one_confirmation_of_a_layout_settles_many_forms(waiting: Served, open_review: Open) -> None:
    """The new layout stands on top of the queue; after Enter and S 14 of its 18 forms are accepted."""
    page = open_review(waiting)
    expect(page.locator(".waiting a")).to_contain_text("18 张表在等")
    page.keyboard.press("Enter")
    page.wait_for_selector("#layout")
    page.keyboard.press("Alt+s")
    expect(page.locator(".note.good")).to_contain_text("已通过 14，待复核 4")
    with Store.open(waiting.stored.out, "read") as store:
        assert [form.status for form in store.forms()].count("accepted") == 14


def test_a_wrong_column_is_settled_once_for_many_forms_and_can_be_put_back(
    confirmed_store: Stored, tmp_path: Path, open_review: Open
) -> None:
    """Target and actual were confirmed the wrong way round; corrected once, all 18 forms change, and back again."""
    stored = confirmed_store.copied(tmp_path)
    key = json.loads((stored.out / "forms.jsonl").read_text("utf-8").splitlines()[0])["template"]["key"]
    where = ("-o", stored.out, "--templates", stored.library, "--lang", "zh")
    assert hedui("layouts", "confirm", key[:8], "--role", "19=actual", "--role", "20=target", *where).returncode == 0
    with serving(stored) as served:
        page = open_review(served)
        assert targets(served)[0] == "53.00(人)"
        page.goto(f"{served.base}/layouts/{key}")
        page.locator('select[data-slot="19"]').select_option("target")
        page.locator('select[data-slot="20"]').select_option("actual")
        page.locator("#apply").click()  # what was changed is shown first
        expect(page.locator("#said")).to_contain_text("再按一次")
        expect(page.locator("#effect")).to_contain_text("18 张表有变化")
        assert targets(served)[0] == "53.00(人)"
        page.locator("#apply").click()
        expect(page.locator(".note.good")).to_contain_text("已确认")
        assert targets(served)[0] == "≥53.00(人)"
        page.locator("[data-back]").first.click()
        page.wait_for_url("**/layouts/*?done=*")
        expect(page.locator('select[data-slot="19"]')).to_have_value("actual")
        assert targets(served)[0] == "53.00(人)"


def targets(served: Served) -> list[str]:
    """The first target of every form."""
    with Store.open(served.stored.out, "read") as store:
        return [row.target.text for form in store.forms() for row in form.form.indicators[:1] if row.target]


ATTACK = "<script>document.title='taken'</script><img src=x onerror=document.title='taken'>"


@pytest.fixture(scope="module")
def hostile_store(tmp_path_factory: pytest.TempPathFactory) -> Stored:
    """A plain text whose project is called like a script."""
    folder = tmp_path_factory.mktemp("hostile")
    name = "乡村道路养护补助"
    text = TEXT.read_text("utf-8")
    assert name in text
    (folder / "报告.txt").write_text(text.replace(name, ATTACK), encoding="utf-8")
    return read_into(folder, [folder / "报告.txt"], confirm=False)


def test_a_script_in_a_cell_is_shown_and_never_run(hostile_store: Stored, tmp_path: Path, open_review: Open) -> None:
    """On queue, form, print view, layouts and after an edit the text of the document stays text."""
    with serving(hostile_store.copied(tmp_path)) as served:
        page = open_review(served)
        (form_id,) = [form_named(served, "script")]
        expect(page.locator("#items .name").first).to_have_text(ATTACK)
        opened(page, served, form_id)
        expect(field(page, "/project_name")).to_have_value(ATTACK)
        field(page, "/project_name").click()
        field(page, "/project_name").fill(f"{ATTACK}</textarea>")
        page.keyboard.press("Enter")
        expect(page.locator("#history-count")).to_have_text("1")
        key = record(served, form_id).template.key
        for path in ("/", f"/forms/{form_id}", f"/forms/{form_id}/print", f"/layouts/{key}", "/dashboard"):
            page.goto(served.base + path)
            page.wait_for_load_state("networkidle")
            assert "taken" not in page.title().replace(ATTACK, "")
            assert page.locator("img[src=x]").count() == 0


def test_a_document_without_pages_shows_its_table_with_the_cell_marked(
    hostile_store: Stored, tmp_path: Path, open_review: Open
) -> None:
    """A plain text has no picture: the table as read stands there, and the field in focus marks its cell."""
    with serving(hostile_store.copied(tmp_path)) as served:
        page = open_review(served)
        opened(page, served, form_named(served, "script"))
        expect(page.locator("#picture")).to_have_count(0)
        field(page, "/indicators/0/score").focus()
        expect(page.locator("#printed .here").first).to_be_visible()
        cell = page.locator("#printed .here").first.text_content()
        assert field(page, "/indicators/0/score").input_value() in str(cell)


def test_a_document_that_changed_since_is_not_shown(served: Served, open_review: Open, tmp_path: Path) -> None:
    """Other bytes at the same place: the page says so in a line and shows the table; no picture is served."""
    moved = tmp_path / "moved.pdf"
    with Store.open(served.stored.out, "run") as store:
        form = next(iter(store.forms()))
        run = store.run(form.document.path)
        assert run is not None
        moved.write_bytes(b"%PDF-1.7 other bytes")
        store.put_run(run, moved)
    page = open_review(served)
    opened(page, served, form.form_id)
    expect(page.locator(".viewer .note")).to_contain_text("原文件已移动或有改动")
    expect(page.locator("#printed td").first).to_be_visible()
    assert page.request.get(f"{served.base}/api/forms/{form.form_id}/pages/1.png").status == 404


def test_a_document_that_goes_while_it_is_looked_at_gives_way_to_its_table(
    served: Served, open_review: Open, tmp_path: Path
) -> None:
    """The file is deleted under an open page: the next page turned to is told to be gone, the table stands there."""
    here = tmp_path / "here.pdf"
    here.write_bytes(REPORT.read_bytes())
    with Store.open(served.stored.out, "run") as store:
        form = next(form for form in store.forms() if len(form.pages) > 1)
        run = store.run(form.document.path)
        assert run is not None
        store.put_run(run, here)
    page = open_review(served)
    opened(page, served, form.form_id)
    expect(page.locator("#picture")).to_be_visible()
    here.unlink()
    page.locator("#page-after").click()
    expect(page.locator("#said")).to_contain_text("原文件已移动或有改动")
    expect(page.locator("#printed td").first).to_be_visible()
    expect(page.locator("#picture")).to_be_hidden()


def test_the_audit_log_is_downloaded_as_csv(served: Served, open_review: Open) -> None:
    """After one confirmed discrepancy the log has its events with author and form, readable by Excel."""
    page = open_review(served)
    form_id = form_named(served, VIDEO)
    opened(page, served, form_id)
    page.keyboard.press("w")
    expect(page.locator("#reopen")).to_be_visible()
    page.goto(f"{served.base}/dashboard")
    with page.expect_download() as download:
        page.locator("a[download]").click()
    assert download.value.suggested_filename == "hedui-audit.csv"
    text = Path(download.value.path()).read_bytes()
    assert text.startswith(b"\xef\xbb\xbf")
    assert form_id in text.decode("utf-8-sig")
    assert "li" in text.decode("utf-8-sig").splitlines()[1]
