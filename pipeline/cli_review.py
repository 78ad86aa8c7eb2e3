"""`hedui review`: the web app for the results of a folder, on this machine, until it is stopped."""

import getpass
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import click

from pipeline.review.review import Review
from pipeline.session import Session
from schemas.errors import UsageError

_NEEDED = ("fastapi", "uvicorn", "jinja2")


def review(main: click.Group, common: Callable[..., Callable[..., None]]) -> None:
    """Add `review` to the command line."""

    @main.command("review")
    @click.argument("out", required=False, type=click.Path(file_okay=False, path_type=Path))
    @click.option("--port", type=click.IntRange(0, 65535), default=8377, show_default=True, help="0 takes a free one.")
    @click.option("--author", help="Who the edits are by; otherwise your name on this machine.")
    @common
    def reviewing(session: Session, out: Path | None, port: int, author: str | None) -> None:
        """Settle in the browser what could not be proven: opens a local web app over the results in OUT."""
        if any(find_spec(name) is None for name in _NEEDED):
            raise UsageError("web.not_installed")
        from pipeline.review.web.app import create_app  # noqa: PLC0415 - only this verb needs the extra `review`
        from pipeline.review.web.server import serve  # noqa: PLC0415 - the same

        folder = out or session.settings.output.folder
        with Review.open(folder, session, author=author or _name()) as opened:
            serve(lambda keys: create_app(opened, keys, session.lang), port, _announce)


def _announce(address: str) -> None:
    """The address alone on the first line, at once: a program may read it."""
    sys.stdout.write(f"{address}\n")
    sys.stdout.flush()


def _name() -> str:
    """The user's name on this machine; some machines know none."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "reviewer"
