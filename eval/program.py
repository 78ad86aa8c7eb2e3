"""What ran is told: hedui's version, the commit of the clone and whether it was changed, Python, the platform."""

import platform
import subprocess
from importlib.metadata import version
from pathlib import Path

from eval.log import Program

_CLONE = Path(__file__).parent.parent


def program() -> Program:
    """The hedui that runs, and where; commit and dirty are None outside a clone or without git."""
    status = _git("status", "--porcelain", "--untracked-files=no") if (_CLONE / ".git").exists() else None
    return Program(
        version=version("hedui"),
        commit=_git("rev-parse", "HEAD") if status is not None else None,
        dirty=bool(status) if status is not None else None,
        python=platform.python_version(),
        platform=f"{platform.system()} {platform.machine()}",
    )


def _git(*arguments: str) -> str | None:
    """What git says; None if it is not there or says no."""
    try:
        said = subprocess.run(  # noqa: S603 - fixed words, no shell
            ["git", "-C", str(_CLONE), *arguments],  # noqa: S607 - whichever git the user has
            check=True,
            capture_output=True,
            text=True,
            encoding="utf-8",
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return said.stdout.strip()
