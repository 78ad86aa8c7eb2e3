"""Reports come in, a running `hedui review` over their results goes out: for tests, measurements and pictures."""

import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Browser, Page, sync_playwright

DATA = Path(__file__).parent / "data" / "jiading-2024"
REPORT = DATA / "report-libreoffice.pdf"
CHROMIUM = Path("/usr/bin/chromium")
_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_HEDUI = (sys.executable, "-c", "from pipeline.cli import main; main()")
_LAST_SECONDS = 300
"""What thousands of changed forms may take to be written when a server ends."""


class Stored(NamedTuple):
    """A folder of results and the template library that goes with it."""

    out: Path
    library: Path

    def copied(self, folder: Path) -> "Stored":
        """The same results for someone alone."""
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(self.library, folder / "library.db")
        return Stored(shutil.copytree(self.out, folder / "out"), folder / "library.db")


class Served(NamedTuple):
    """A running `hedui review`."""

    address: str
    """As printed, with its one-time token."""
    stored: Stored

    @property
    def base(self) -> str:
        """The address without path and token."""
        return self.address.partition("/open")[0]

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.base.rpartition(":")[2])


def hedui(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """One call of the command line in a process of its own."""
    call = [*_HEDUI, *map(str, arguments)]
    return subprocess.run(call, check=False, capture_output=True, text=True, encoding="utf-8")  # noqa: S603 - hedui itself


def read_into(folder: Path, files: Sequence[Path], *, confirm: bool) -> Stored:
    """Files read without a model into `folder`/out; their layouts confirmed by a person if asked for."""
    stored = Stored(folder / "out", folder / "library.db")
    where = ("-o", stored.out, "--templates", stored.library, "--lang", "zh")
    done = hedui("run", *files, *where, "--model", "none")
    keys = re.findall(r"layouts confirm (\w+)", done.stdout) if confirm else []
    failed = [
        step for step in (done, *(hedui("layouts", "confirm", key, *where) for key in keys)) if step.returncode % 3
    ]
    if failed:
        raise RuntimeError(failed[0].stderr or failed[0].stdout)
    return stored


@contextmanager
def serving(stored: Stored, *more: str) -> Iterator[Served]:
    """`hedui review` over a store, `more` behind its call; stopped by the signal that Ctrl-C sends."""
    call = [*_HEDUI, "review", str(stored.out), "--port", "0", "--author", "li"]
    call += ["--templates", str(stored.library), "--lang", "zh", *more]
    with subprocess.Popen(call, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8") as server:  # noqa: S603 - hedui itself
        line = server.stdout.readline().strip() if server.stdout is not None else ""
        if not line.startswith("http"):
            server.kill()
            raise RuntimeError(server.communicate()[1])
        try:
            yield Served(line, stored)
        finally:
            server.send_signal(signal.SIGINT)
            server.communicate(timeout=_LAST_SECONDS)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium; nothing is downloaded."""
    if not CHROMIUM.exists():
        message = f"{CHROMIUM} is missing: make test installs it, or apt-get install chromium"
        raise RuntimeError(message)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=list(_FLAGS))
        yield browser
        browser.close()


def entered(browser: Browser, served: Served, *, width: int = 1280, height: int = 800) -> Page:
    """The queue in a browser of its own, entered by the printed address."""
    page = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN").new_page()
    page.goto(served.address)
    page.wait_for_url(f"{served.base}/")
    return page
