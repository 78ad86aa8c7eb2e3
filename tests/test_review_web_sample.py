"""A share of what the rules accepted is looked at in the browser, and the dashboard tells how right it was."""

from pathlib import Path

from browsing import field, record
from conftest import Open
from playwright.sync_api import Page, expect

from eval.reviewing import Served, Stored, serving


def first_of_the_sample(page: Page, served: Served) -> str:
    """The first form that was drawn, opened by keyboard from its filter."""
    page.goto(f"{served.base}/?status=sample")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_selector("#work[data-ready]")
    return str(page.locator("#work").get_attribute("data-form"))


def test_drawn_forms_are_settled_and_their_accuracy_is_told(
    confirmed_store: Stored, tmp_path: Path, open_review: Open
) -> None:
    """All 14 are drawn: S says that one is right, another is corrected first; 1 of 2, 9.5 % to 90.5 %."""
    settings = tmp_path / "hedui.toml"
    settings.write_text("[review]\nshare = 1.0\n", encoding="utf-8")
    with serving(confirmed_store.copied(tmp_path), "--config", str(settings)) as served:
        page = open_review(served)
        expect(page.locator(".filters a[href='/?status=sample'] .count")).to_have_text("14")
        right = first_of_the_sample(page, served)
        expect(page.locator(".head .badge", has_text="抽查")).to_be_visible()
        page.keyboard.press("s")
        expect(page.locator(".head .badge", has_text="人工已确认")).to_be_visible()
        expect(page.locator("#reopen")).to_be_visible()
        wrong = first_of_the_sample(page, served)
        assert wrong != right
        field(page, "/grade").fill("良")
        page.keyboard.press("Enter")
        expect(page.locator("#said")).to_contain_text("另有 1 条提醒")
        expect(page.locator(".head .badge", has_text="抽查")).to_be_visible()
        page.keyboard.press("Alt+s")
        expect(page.locator("#reopen")).to_be_visible()
        page.goto(f"{served.base}/dashboard")
        sample = page.locator("section[aria-labelledby='d-agree'] tbody tr").first
        assert sample.locator("td").all_text_contents() == ["1 / 2", "50.0%", "9.5% – 90.5%"]
    assert [edit.kind for edit in record(served, right).edits] == ["settle"]
    assert [edit.kind for edit in record(served, wrong).edits] == ["value", "settle"]
