"""Claims about what a reviewer sees in a real browser; nothing here changes the results, so one server serves all."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from browsing import VIDEO, cell_of, field, focused, form_named, opened, record
from playwright.sync_api import Browser, BrowserContext, Page, expect

from eval.reviewing import Served, Stored, entered, read_into, serving

FAMILIES = Path(__file__).parent.parent / "eval" / "data" / "families"


@pytest.fixture(scope="module")
def served(confirmed_store: Stored, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One server for this file."""
    with serving(confirmed_store.copied(tmp_path_factory.mktemp("seen"))) as running:
        yield running


@pytest.fixture(scope="module")
def context(browser: Browser, served: Served) -> Iterator[BrowserContext]:
    """The one browser that used the server's token."""
    made = entered(browser, served).context
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext, served: Served) -> Iterator[Page]:
    """A tab on the queue; a script's error in it fails the test."""
    errors: list[str] = []
    tab = context.new_page()
    tab.on("pageerror", lambda error: errors.append(str(error)))
    tab.goto(f"{served.base}/")
    yield tab
    tab.close()
    context.clear_cookies(name="hedui_lang")
    assert errors == []


def test_the_failed_equation_stands_beside_the_page_with_its_cells_marked(served: Served, page: Page) -> None:
    """Printed 70.00, computed 74.85, difference +4.85; the operands' cells are marked on page 10."""
    opened(page, served, form_named(served, VIDEO))
    expect(page.locator(".card.error .sum dd")).to_have_text(["70.00", "74.85", "+4.85"])
    expect(page.locator("#page-now")).to_have_text("第 10 页，共 23 页")
    operands = page.evaluate(
        "JSON.parse(document.getElementById('desk-data').textContent).cards[0].operands.flatMap(o => o.cells)",
    )
    assert len(operands) >= 2
    for cell in operands:
        expect(page.locator(f'#marks [data-cell="{cell}"]').first).to_contain_class("failed loud")


def test_a_field_and_its_cell_light_up_together(served: Served, page: Page) -> None:
    """The mouse over a cell marks its field, the mouse over a field marks its cell, focus marks it for good."""
    opened(page, served, form_named(served, VIDEO))
    pointer = "/indicators/0/score"
    cell = cell_of(page, pointer)
    on_page = page.locator(f'#marks [data-cell="{cell}"]').first
    on_page.hover()
    expect(page.locator(".holds.lit").filter(has=field(page, pointer))).to_have_count(1)
    field(page, pointer).hover()
    expect(on_page).to_contain_class("lit")
    field(page, pointer).focus()
    expect(on_page).to_contain_class("here")


def test_the_page_turns_zooms_and_follows_the_field(served: Served, page: Page) -> None:
    """A form over three pages: the second page is shown on request, a field on the first brings the first back."""
    opened(page, served, form_named(served, "嘉治理平台"))
    pages = record(served, form_named(served, "嘉治理平台")).pages
    assert len(pages) > 1
    page.locator("#page-after").click()
    expect(page.locator("#paper")).to_have_attribute("data-page", str(pages[0] + 1))
    width = page.locator("#picture").evaluate("one => one.getBoundingClientRect().width")
    page.locator("#zoom-in").click()
    expect(page.locator("#zoom-now")).to_have_text("125%")
    assert page.locator("#picture").evaluate("one => one.getBoundingClientRect().width") == pytest.approx(
        width * 1.25, 0.02
    )
    field(page, "/project_name").focus()
    expect(page.locator("#paper")).to_have_attribute("data-page", str(pages[0]))


def test_the_page_is_dragged_about(served: Served, page: Page) -> None:
    """At twice its size the paper follows the mouse, and a drag picks no cell; Esc and 0 fit it again."""
    opened(page, served, form_named(served, VIDEO))
    for _ in range(3):
        page.locator("#zoom-in").click()
    expect(page.locator("#zoom-now")).to_have_text("200%")
    place = "(one => [one.scrollLeft, one.scrollTop])(document.getElementById('canvas'))"
    left, top = page.evaluate(place)
    frame = page.locator("#canvas").bounding_box()
    assert frame is not None
    page.mouse.move(frame["x"] + 300, frame["y"] + 300)
    page.mouse.down()
    page.mouse.move(frame["x"] + 240, frame["y"] + 220, steps=4)
    page.mouse.up()
    assert page.evaluate(place) == [left + 60, top + 80]
    assert focused(page) == "zoom-in"
    page.keyboard.press("0")
    expect(page.locator("#zoom-now")).to_have_text("100%")


def test_the_queue_holds_the_names_before_any_script_runs(served: Served, page: Page) -> None:
    """The HTML itself carries the most doubtful forms, and filters are links with their counts."""
    html = page.request.get(f"{served.base}/").text()
    assert html.count('class="name"') == 4
    assert VIDEO in html
    accepted = page.locator('.filters a[href="/?status=accepted"]')
    expect(accepted.locator(".count")).to_have_text("14")
    accepted.click()
    expect(page.locator("#items .name")).to_have_count(14)
    page.locator("#text").fill("IDC")
    page.keyboard.press("Enter")
    expect(page.locator("#items .name")).to_have_count(1)
    assert "status=accepted" in page.url


def test_every_filter_leads_to_as_many_forms_as_it_says(tmp_path: Path, browser: Browser) -> None:
    """Departments, rules, reasons, fields, documents, statuses of four layouts: each link's count is what it shows."""
    files = [FAMILIES / name for name in ("B/b-table.html", "C/c-word.docx", "D/d-plain.pdf", "A1/a1-two-scores.xlsx")]
    with serving(read_into(tmp_path, files, confirm=False)) as served:
        page = entered(browser, served)
        links = page.eval_on_selector_all(
            ".filters nav a:not([aria-current])",
            "all => all.map(one => [one.getAttribute('href'), one.querySelector('.count').textContent])",
        )
        assert {href.partition("=")[0] for href, _ in links} == {
            "/?status", "/?reason", "/?rule", "/?field", "/?department", "/?document",
        }  # fmt: skip
        for href, count in links:
            shown = page.request.get(served.base + href).text()
            found = re.search(r'<span class="count">(\d+) 张表</span></h1>', shown)
            assert (href, found[1] if found else None) == (href, count)
        page.context.close()


def test_the_language_is_switched_and_kept(served: Served, page: Page) -> None:
    """One click makes the same page English, with the words of the forms as printed."""
    opened(page, served, form_named(served, VIDEO))
    page.locator("text=English").click()
    expect(page.locator("#s-funds")).to_have_text("Funds")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(field(page, "/project_name")).to_have_value("嘉定区城市运行管理中心会议室音视频升级改造")
    page.goto(f"{served.base}/dashboard")
    expect(page.locator("h1")).to_have_text("Dashboard")


def test_the_print_view_has_the_findings_and_every_value(served: Served, page: Page) -> None:
    """On paper: the failed equation in words, the project's name, all nine indicators."""
    page.goto(f"{served.base}/forms/{form_named(served, VIDEO)}/print")
    expect(page.locator("main")).to_contain_text("各项资金之和为 74.85，总额印的是 70.00，相差 4.85。")
    expect(page.locator("main")).to_contain_text("音视频传输和互动功能")


def test_j_goes_on_through_fields_and_types_nothing(served: Served, page: Page) -> None:
    """J, J, J, K walk fields that are ready to be typed over; after a click the same key is a letter."""
    form = form_named(served, VIDEO)
    opened(page, served, form)
    doubts = page.evaluate("JSON.parse(document.getElementById('desk-data').textContent).doubts.map(d => d.pointer)")
    for key, at in (("j", 0), ("j", 1), ("j", 2), ("k", 1)):
        page.keyboard.press(key)
        assert focused(page) == doubts[at]
    expect(page.locator(".holds.draft")).to_have_count(0)
    name = field(page, "/project_name")
    name.click()
    page.keyboard.press("End")
    page.keyboard.press("j")
    assert name.input_value().endswith("j")
    page.keyboard.press("Escape")
    assert record(served, form).edits == ()


def test_a_form_that_asks_nothing_shows_where_it_begins(served: Served, page: Page) -> None:
    """A form that begins low on its page: the picture is scrolled to its first cell."""
    opened(page, served, form_named(served, "嘉治理平台"))
    cells = page.evaluate("JSON.parse(document.getElementById('desk-data').textContent).cells")
    first = next(cell["cell"] for cell in cells if cell["kind"] == "cell")
    expect(page.locator(f'#marks [data-cell="{first}"]').first).to_be_in_viewport()
