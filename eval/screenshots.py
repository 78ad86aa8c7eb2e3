"""The published report comes in, the README's pictures of the review go out: real pages of a real server.

`python -m eval.screenshots [FOLDER]` writes small PNGs into docs/ (or FOLDER).
"""

import io
import json
import sys
import tempfile
from pathlib import Path
from typing import Literal, NamedTuple

from PIL import Image
from playwright.sync_api import Page

from eval.reviewing import REPORT, chromium, entered, read_into, serving

_COLOURS = 128


class Shot(NamedTuple):
    """One picture: its name, the page, its theme and width, the keys pressed before."""

    name: str
    path: str
    scheme: Literal["light", "dark"] = "light"
    width: int = 1280
    height: int = 800
    keys: tuple[str, ...] = ()


def shots(form: str, key: str) -> tuple[Shot, ...]:
    """What the README shows."""
    return (
        Shot("review-queue", "/"),
        Shot("review-form", f"/forms/{form}"),
        Shot("review-field", f"/forms/{form}", keys=("j",)),
        Shot("review-form-dark", f"/forms/{form}", "dark", keys=("j",)),
        Shot("review-form-tablet", f"/forms/{form}", width=768, height=1024),
        Shot("review-layout", f"/layouts/{key}"),
        Shot("review-dashboard", "/dashboard"),
    )


def taken(page: Page, base: str, shot: Shot) -> bytes:
    """One page as a PNG with few colours."""
    page.emulate_media(color_scheme=shot.scheme)
    page.set_viewport_size({"width": shot.width, "height": shot.height})
    page.goto(base + shot.path)
    page.wait_for_load_state("networkidle")
    for key in shot.keys:
        page.keyboard.press(key)
    page.wait_for_timeout(200)
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    small = io.BytesIO()
    picture.quantize(_COLOURS, dither=Image.Dither.NONE).save(small, "PNG", optimize=True)
    return small.getvalue()


def main(folder: Path) -> None:
    """Write every picture."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        stored = read_into(Path(scratch), [REPORT], confirm=True)
        lines = [json.loads(line) for line in (stored.out / "forms.jsonl").read_text("utf-8").splitlines()]
        form = next(line["form_id"] for line in lines if line["status"] == "review")
        with serving(stored) as served, chromium() as browser:
            page = entered(browser, served)
            for shot in shots(form, lines[0]["template"]["key"]):
                (folder / f"{shot.name}.png").write_bytes(taken(page, served.base, shot))


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path("docs"))
