"""How soon a reviewer sees a form: Chromium's own performance entries over a real server, printed as a table.

`python -m eval.paint_bench [--forms N] [--store FOLDER] [--json FILE]`; FOLDER is one that `eval.review_bench`
left with `--keep`, else the published report is read. Of each form page: the server's time, first contentful paint,
the page picture's paint (element timing), and when every key works; of an edit: from the key press to the re-checked
form drawn.
"""

import argparse
import json
import random
import statistics
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Page

from eval.reviewing import REPORT, Served, Stored, chromium, entered, read_into, serving
from pipeline.store import Store

_ENTRIES = """() => ({
    paint: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null,
    ready: performance.getEntriesByName('hedui-ready')[0]?.startTime ?? null,
    server: (one => one.responseEnd - one.requestStart)(performance.getEntriesByType('navigation')[0]),
})"""

_PICTURE = """() => new Promise(done => new PerformanceObserver(list => {
    const seen = list.getEntries().find(one => one.identifier === 'picture');
    if (seen) done(seen.renderTime || seen.loadTime);
}).observe({type: 'element', buffered: true}))"""


class Seen(NamedTuple):
    """One opening of a form page, in milliseconds from the start of the navigation."""

    server: float
    """From the request to the last byte of the HTML."""
    paint: float
    """First contentful paint."""
    picture: float
    """The page's picture is painted."""
    ready: float
    """The script has marked the cells and listens."""


def opening(page: Page, address: str) -> Seen:
    """Open a form page and read the browser's entries."""
    page.goto(address)
    page.wait_for_selector("#work[data-ready]")
    found = page.evaluate(_ENTRIES)
    while found["paint"] is None or found["ready"] is None:
        page.wait_for_timeout(20)
        found = page.evaluate(_ENTRIES)
    picture = page.evaluate(_PICTURE) if page.locator("#picture").count() else found["paint"]
    return Seen(found["server"], found["paint"], picture, found["ready"])


def editing(page: Page) -> float:
    """Milliseconds from a guess's key to the form drawn anew; undone again afterwards."""
    page.evaluate("document.getElementById('desk').addEventListener('hedui-drawn', () => performance.mark('drawn'))")
    page.evaluate("performance.clearMarks()")
    page.evaluate(
        "document.addEventListener('keydown', () => performance.mark('pressed'), {capture: true, once: true})"
    )
    page.keyboard.press("1")
    _drawn(page, 1)
    took: float = page.evaluate(
        "performance.getEntriesByName('drawn')[0].startTime - performance.getEntriesByName('pressed')[0].startTime"
    )
    page.keyboard.press("Alt+u")
    _drawn(page, 2)
    return took


def _drawn(page: Page, times: int) -> None:
    """Wait until the desk was drawn so often; asked from outside, as the page's policy lets no string be run in it."""
    for _ in range(1000):
        if page.evaluate("performance.getEntriesByName('drawn').length") >= times:
            return
        page.wait_for_timeout(10)
    message = "the form was not drawn anew within 10 seconds"
    raise TimeoutError(message)


def measured(served: Served, forms: Sequence[str], failing: Sequence[str]) -> tuple[list[Seen], list[float]]:
    """Every form opened once in a fresh tab, and the edits of one form."""
    with chromium() as browser:
        first = entered(browser, served)
        seen = []
        for form in forms:
            page = first.context.new_page()
            seen.append(opening(page, f"{served.base}/forms/{form}"))
            page.close()
        page = first.context.new_page()
        for form in failing:
            page.goto(f"{served.base}/forms/{form}")
            page.wait_for_selector("#work[data-ready]")
            if page.locator(".card.error .guess:not([disabled])").count():
                return seen, [editing(page) for _ in range(20)]
        return seen, []


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m eval.paint_bench")
    parser.add_argument("--forms", type=int, default=18)
    parser.add_argument("--store", type=Path)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        kept: Path | None = given.store
        stored = Stored(kept / "out", kept / "library.db") if kept else read_into(Path(folder), [REPORT], confirm=True)
        with Store.open(stored.out, "read") as store:
            known = [(form.form_id, form.status) for form in store.forms()]
        forms = [form for form, _ in random.Random(1).sample(known, min(given.forms, len(known)))]  # noqa: S311 - no secret
        failing = [form for form, status in known if status == "review"]
        with serving(stored) as served:
            seen, edits = measured(served, forms, failing)
    rows = {name: [getattr(one, name) for one in seen] for name in Seen._fields} | {"edit": edits}
    for name, values in ((name, values) for name, values in rows.items() if values):
        worst = max(values)
        sys.stdout.write(
            f"{name:8} median {statistics.median(values):7.1f} ms   worst of {len(values)} {worst:7.1f} ms\n"
        )
    if given.json:
        given.json.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
