"""Claims about readers with other eyes and hands: axe-core finds nothing serious on any page, in any theme or width."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page

from eval.reviewing import Served, entered

AXE = Path(sys.prefix) / "axe" / "node_modules" / "axe-core" / "axe.min.js"
PAGES = ("queue", "form", "layout", "layouts", "dashboard", "print")


@pytest.fixture(scope="module")
def paths(running: Served) -> dict[str, str]:
    """Each page's path."""
    lines = [json.loads(line) for line in (running.stored.out / "forms.jsonl").read_text("utf-8").splitlines()]
    form = next(line["form_id"] for line in lines if line["status"] == "review")
    key = lines[0]["template"]["key"]
    return {
        "queue": "/",
        "form": f"/forms/{form}",
        "layout": f"/layouts/{key}",
        "layouts": "/layouts",
        "dashboard": "/dashboard",
        "print": f"/forms/{form}/print",
    }


@pytest.fixture(scope="module")
def page(browser: Browser, running: Served) -> Iterator[Page]:
    """The one browser that used the server's token."""
    opened = entered(browser, running)
    yield opened
    opened.context.close()


def violations(page: Page) -> list[str]:
    """What axe calls serious or critical: rule, and the elements it names."""
    if not AXE.is_file():
        pytest.fail(f"{AXE} is missing: make test installs it")
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']}).then(result => result.violations)")
    return [
        f"{one['id']}: {[node['html'][:120] for node in one['nodes'][:3]]}"
        for one in found
        if one["impact"] in {"serious", "critical"}
    ]


def test_no_page_has_a_serious_violation(running: Served, paths: dict[str, str], page: Page) -> None:
    """Six pages, light and dark, and on a tablet: contrast, names, roles, focus."""
    ways: tuple[tuple[Literal["light", "dark"], int], ...] = (("light", 1280), ("dark", 1280), ("light", 768))
    found: dict[str, list[str]] = {}
    for scheme, width in ways:
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 900})
        for name in PAGES:
            page.goto(running.base + paths[name])
            page.wait_for_load_state("networkidle")
            if bad := violations(page):
                found[f"{name} {scheme} {width}"] = bad
    assert found == {}


def test_a_field_in_focus_and_a_failed_card_are_judged_too(running: Served, paths: dict[str, str], page: Page) -> None:
    """With a doubtful field in focus, a draft in it and the list of keys open, nothing serious is found."""
    page.goto(running.base + paths["form"])
    page.wait_for_selector("#work[data-ready]")
    page.keyboard.press("j")
    page.keyboard.type("1")
    assert violations(page) == []
    page.keyboard.press("Escape")
    page.locator("#help-open").click()
    assert violations(page) == []


def test_no_page_scrolls_sideways(running: Served, paths: dict[str, str], page: Page) -> None:
    """At 1280 and on a tablet the pages fit; wide tables scroll in frames of their own."""
    wide = []
    for width in (1280, 768):
        page.set_viewport_size({"width": width, "height": 900})
        for name in PAGES:
            page.goto(running.base + paths[name])
            if page.evaluate("document.documentElement.scrollWidth") > width:
                wide.append(f"{name} {width}")
    assert wide == []
