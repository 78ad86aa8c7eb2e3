"""What several test files share: real stores, a real review server over a copy of one, a real browser.

A program or font that pip does not bring is never skipped: its test fails and names the package.
"""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from asking import Client
from playwright.sync_api import Browser, BrowserContext, Page
from reviewed import own_copy, read_report, reviewing

from eval.corpus.look import CHROMIUM
from eval.reviewing import REPORT, Served, Stored, chromium, entered, read_into, serving
from pipeline.review.review import Review

Open = Callable[[Served], Page]


def _needs(found: object, what: str, package: str) -> None:
    if not found:
        pytest.fail(f"{what} is missing: make test installs it, or apt-get install {package}", pytrace=False)


@pytest.fixture(scope="session")
def libreoffice() -> None:
    """What reads office files of old kinds."""
    _needs(shutil.which("soffice"), "LibreOffice", "libreoffice-writer-nogui libreoffice-calc-nogui")


@pytest.fixture(scope="session")
def printer() -> None:
    """The browser that prints pages, with the font of the committed documents."""
    _needs(shutil.which("chromium"), "Chromium", "chromium")
    _needs(shutil.which("fc-list"), "fc-list", "fontconfig")
    fonts = subprocess.run(["fc-list", ":", "family"], check=True, capture_output=True, text=True)  # noqa: S607 - the system's own
    _needs(CHROMIUM.font in fonts.stdout, f"The font {CHROMIUM.font}", "fonts-arphic-uming")


@pytest.fixture(scope="session")
def confirmed_store(tmp_path_factory: pytest.TempPathFactory) -> Stored:
    """The published report read without a model, its layout confirmed: 14 forms accepted, 4 for review."""
    return read_into(tmp_path_factory.mktemp("confirmed"), [REPORT], confirm=True)


@pytest.fixture(scope="session")
def proposed_store(tmp_path_factory: pytest.TempPathFactory) -> Stored:
    """The same, its layout not confirmed: all 18 forms wait."""
    return read_into(tmp_path_factory.mktemp("proposed"), [REPORT], confirm=False)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    with chromium() as started:
        yield started


@pytest.fixture
def open_review(browser: Browser) -> Iterator[Open]:
    """Enters a server by its printed address in a browser of its own; a script's error in any page fails the test."""
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def opened(served: Served) -> Page:
        page = entered(browser, served)
        page.context.set_default_timeout(15_000)
        page.context.on("weberror", lambda error: errors.append(str(error.error)))
        contexts.append(page.context)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert errors == []


@pytest.fixture
def served(confirmed_store: Stored, tmp_path: Path) -> Iterator[Served]:
    """A server over a copy of the confirmed results, for one test alone."""
    with serving(confirmed_store.copied(tmp_path)) as running:
        yield running


@pytest.fixture(scope="module")
def running(confirmed_store: Stored, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One server for the tests of a file."""
    with serving(confirmed_store.copied(tmp_path_factory.mktemp("running"))) as served:
        yield served


@pytest.fixture(scope="module")
def inside(running: Served) -> Client:
    """The one who used the token of that server."""
    client = Client(running)
    assert client.enter().status == 200
    return client


@pytest.fixture(scope="session")
def read(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report read once, its layout confirmed; a test that writes takes a copy."""
    return read_report(tmp_path_factory.mktemp("read"))


@pytest.fixture(scope="session")
def unconfirmed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report read once, its layout waiting; a test that writes takes a copy."""
    return read_report(tmp_path_factory.mktemp("unconfirmed"), confirm=False)


@pytest.fixture
def review(read: Path, tmp_path: Path) -> Iterator[Review]:
    """A review of a test's own results."""
    with reviewing(own_copy(read, tmp_path)) as opened:
        yield opened


@pytest.fixture
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Readings of a test are kept in its own folder."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache"
