"""The report: one page that needs nothing else, opened in a real browser; hostile labels stay text."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from playwright.sync_api import Browser, sync_playwright

from eval.cli import eval_group
from eval.dataset import SHIPPED, documents_of
from eval.log import DocumentResult, Log, Output, read_log, write_log
from eval.report.curves import Drawn, svg_of
from eval.score.risk import Judged, curve

JIADING = SHIPPED / "jiading-2024"
CHROMIUM = "/usr/bin/chromium"
HOSTILE = '<script src="http://example.invalid/x.js"></script><img src=http://example.invalid/y.png>'


def call(*arguments: str | Path) -> None:
    """One call of the command line that must go well."""
    done = CliRunner().invoke(eval_group, [*map(str, arguments), "--lang", "zh"], catch_exceptions=False)
    assert done.exit_code == 0, done.output


def spoilt(output: Output) -> Output:
    """An output with a wrong number, a wrong target and a wrong name that would be a script."""
    first, *rest = output.form.indicators
    target = first.target.model_copy(update={"text": "≥99.00(人)"}) if first.target else None
    rows = (first.model_copy(update={"target": target}), *rest)
    changed = {"total_score": "11.11", "implementing_unit": HOSTILE, "indicators": rows}
    form = type(output.form).model_validate(output.form.model_dump() | {"total_score": "11.11"})
    return output.model_copy(update={"form": form.model_copy(update={**changed, "total_score": form.total_score})})


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Log:
    """A run over one PDF, its second form spoilt, its third lost."""
    folder = tmp_path_factory.mktemp("data") / "small"
    shutil.copytree(JIADING / "gold", folder / "gold")
    shutil.copy(JIADING / "report-libreoffice.pdf", folder)
    stated = json.loads((JIADING / "reports.json").read_text("utf-8"))
    (folder / "reports.json").write_text(json.dumps(stated | {"documents": [["report-libreoffice.pdf"]]}), "utf-8")
    path = folder.parent / "log.json"
    call("run", "-o", path, "--data", folder, "--model", "none", "--confirm")
    found = read_log(path)
    plain, told = found.results
    (document,) = told.documents
    outputs = (document.outputs[0], spoilt(document.outputs[1]), *document.outputs[3:])
    worse = told.model_copy(update={"documents": (document.model_copy(update={"outputs": outputs}),)})
    return found.model_copy(update={"results": (plain, worse)})


@pytest.fixture(scope="module")
def page(log: Log, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of that run."""
    folder = tmp_path_factory.mktemp("report")
    write_log(log, folder / "log.json")
    call("report", folder / "log.json", "-o", folder / "report.html")
    return folder / "report.html"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Headless Chromium."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield started
        started.close()


@pytest.mark.parametrize("width", [1280, 390])
def test_no_request_leaves_the_page_and_it_fits(page: Path, browser: Browser, width: int) -> None:
    """Nothing but the file itself is asked for, and no part of it makes the page wider than the window."""
    opened = browser.new_page(viewport={"width": width, "height": 900})
    asked: list[str] = []
    opened.on("request", lambda request: asked.append(request.url))
    opened.goto(page.as_uri())
    assert [url for url in asked if not url.startswith("data:")] == [page.as_uri()]
    assert opened.evaluate("document.documentElement.scrollWidth") <= width
    assert opened.evaluate("parseFloat(getComputedStyle(document.body).fontSize)") >= 14
    opened.close()


def test_the_figures_of_every_way_stand_in_the_headline(page: Path, browser: Browser) -> None:
    """Two ways side by side; the spoilt one has 16 of 18 forms right."""
    opened = browser.new_page()
    opened.goto(page.as_uri())
    assert opened.locator("#headline thead th").all_inner_texts() == ["指标", "hedui 照常", "hedui，版式经人确认"]
    exact = opened.locator("#headline tbody tr", has=opened.locator("th:text-is('整表全对')"))
    assert [text.split()[0] for text in exact.locator("td").all_inner_texts()] == ["100", "88.89"]
    opened.close()


def test_a_lost_value_is_marked_where_the_typesetter_put_it(log: Log, tmp_path: Path, browser: Browser) -> None:
    """An output without a grade has no place for it; the page still shows where to look."""
    name = "families/C0/c0-ruled.pdf"
    (document,) = [found for found in documents_of(SHIPPED) if found.name == name]
    first = document.forms[0]
    (place,) = [found for found in document.boxes[0] if "/project_name" in found.fields]
    output = Output(form=first.model_copy(update={"project_name": None}), pages=(1,))
    result = DocumentResult(document=name, outcome="read", outputs=(output,))
    told = log.results[0].model_copy(update={"documents": (result,)})
    conditions = log.conditions.model_copy(update={"data": ""})
    changed = log.model_copy(update={"documents": (document,), "results": (told,), "conditions": conditions})
    write_log(changed, tmp_path / "log.json")
    call("report", tmp_path / "log.json", "-o", tmp_path / "report.html")
    opened = browser.new_page(viewport={"width": 1280, "height": 900})
    opened.goto((tmp_path / "report.html").as_uri())
    worst = opened.locator("details.worst").first
    mark, picture = worst.locator(".mark").first.bounding_box(), worst.locator(".page img").first.bounding_box()
    assert mark is not None
    assert picture is not None
    assert (mark["x"] - picture["x"]) / picture["width"] == pytest.approx(place.cell[0].x0 / 595, abs=0.01)
    assert (mark["y"] - picture["y"]) / picture["height"] == pytest.approx(place.cell[0].y0 / 842, abs=0.01)
    opened.close()


def test_what_is_folded_on_the_screen_is_printed(page: Path, browser: Browser) -> None:
    """The first way's families are folded; on paper nobody can open them."""
    opened = browser.new_page()
    opened.goto(page.as_uri())
    folded = opened.locator("details:not([open]) table").first
    assert not folded.is_visible()
    opened.emulate_media(media="print")
    assert folded.is_visible()
    opened.close()


def test_a_wrong_cell_is_marked_on_its_page_beside_gold_and_output(page: Path, log: Log, browser: Browser) -> None:
    """The picture is the page's, the mark lies where the evidence says, the table tells both values."""
    opened = browser.new_page(viewport={"width": 1280, "height": 900})
    opened.goto(page.as_uri())
    worst = opened.locator("details.worst")
    assert worst.count() == 1
    (row,) = [text for text in worst.locator("tbody tr").all_inner_texts() if "/total_score" in text]
    assert "100.00" in row
    assert "11.11" in row
    output = log.results[1].documents[0].outputs[1]
    (span,) = output.evidence["/total_score"].model_dump()["spans"]
    number = row.split()[0]
    mark = worst.locator(".mark", has=opened.locator(f"b:text-is('{number}')")).bounding_box()
    picture = worst.locator(".page img").last.bounding_box()
    assert mark is not None
    assert picture is not None
    x0, y0 = span["bbox"][0] / 595.3, span["bbox"][1] / 841.9
    assert (mark["x"] - picture["x"]) / picture["width"] == pytest.approx(x0, abs=0.01)
    assert (mark["y"] - picture["y"]) / picture["height"] == pytest.approx(y0, abs=0.01)
    opened.close()


def test_what_a_document_says_stays_text(page: Path, browser: Browser) -> None:
    """Markup in a value is shown as it is; it makes no element."""
    opened = browser.new_page()
    opened.goto(page.as_uri())
    assert opened.locator("script").count() == 0
    assert HOSTILE in opened.locator("details.worst tbody").inner_text()
    opened.close()


def test_the_page_is_dark_where_the_reader_is(page: Path, browser: Browser) -> None:
    """Dark paper with light ink, light paper on the printer."""
    opened = browser.new_page(color_scheme="dark")
    opened.goto(page.as_uri())
    paper = "getComputedStyle(document.body).backgroundColor"
    assert opened.evaluate(paper) == "rgb(20, 23, 26)"
    opened.emulate_media(media="print", color_scheme="dark")
    assert opened.evaluate(paper) == "rgb(255, 255, 255)"
    opened.close()


def test_the_page_is_the_same_every_time(page: Path) -> None:
    """No date, no random name: a report under version control changes only with its log."""
    again = page.with_name("again.html")
    call("report", page.with_name("log.json"), "-o", again)
    assert again.read_bytes() == page.read_bytes()


def test_a_plot_is_one_svg_without_metadata() -> None:
    """Curves as lines in the colours of the legend."""
    drawn = svg_of([Drawn("x", curve([[Judged(0.9, wrong=False), Judged(0.4, wrong=True)]]))])
    assert drawn.startswith("<svg viewBox=")
    assert "#2f6fb3" in drawn
    assert "metadata" not in drawn
    assert "http://" not in drawn.replace("http://www.w3.org/1999/xlink", "")
