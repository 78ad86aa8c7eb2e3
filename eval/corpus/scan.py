"""A typeset PDF becomes a scan of itself: pictures of its pages, tilted, noisy, blurred, sealed, compressed; no text.

`python -m eval.corpus.scan REPORT.pdf OUT.pdf --dpi 150 --pages 1-3`: the same call gives the same pictures.
"""

import argparse
import math
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
import pymupdf
from numpy.typing import NDArray

Image = NDArray[np.uint8]

_POINTS_AN_INCH = 72
_SEAL_RED = (60, 50, 200)


class Wear(NamedTuple):
    """What a scanner and a life on paper do to a page."""

    dpi: int = 150
    skew: float = 0.0
    """Degrees, at most; each page is tilted by its own share of it, to one side or the other."""
    noise: float = 0.0
    """Standard deviation of grey values (of 255)."""
    blur: float = 0.0
    """Standard deviation of the optics, in pixels."""
    quality: int = 95
    """Of the JPEG that the scanner writes."""
    seal: bool = False
    """A round red seal over the lower part of each page."""
    paper: int = 255
    """How bright the paper is; copies of copies are grey."""
    shade: float = 0.0
    """By this share one side of the page is darker than the other: a book that does not lie flat."""
    grey: bool = False
    """Without colours."""
    black: bool = False
    """Every pixel black or white, as a facsimile has it."""


FRESH = Wear()
WORN = Wear(skew=1.0, noise=6.0, blur=0.6, quality=75, seal=True)
"""A bad scan that a person still reads without effort."""


def pages_of(report: Path, wear: Wear, numbers: Iterable[int] | None = None, *, seed: int = 0) -> list[Image]:
    """Pictures of the pages (counted from 1; all if None) of a PDF, worn; by another `seed` otherwise."""
    with pymupdf.open(report) as document:
        chosen = list(numbers) if numbers is not None else list(range(1, document.page_count + 1))
        return [worn(_rendered(document[number - 1], wear.dpi), wear, seed + number) for number in chosen]


def _rendered(page: pymupdf.Page, dpi: int) -> Image:
    pixels = page.get_pixmap(dpi=dpi, alpha=False)
    rgb = np.frombuffer(pixels.samples, np.uint8).reshape(pixels.height, pixels.width, 3)
    return np.ascontiguousarray(rgb[:, :, ::-1])


def worn(image: Image, wear: Wear, seed: int) -> Image:
    """The picture after seal, tilt, optics, noise and compression, in the order of their lives."""
    chance = np.random.default_rng(seed)
    if wear.seal:
        image = _sealed(image, wear.dpi, chance)
    if wear.skew:
        image = _tilted(image, float(chance.uniform(0.4, 1.0) * wear.skew * chance.choice((-1, 1))))
    if wear.blur:
        image = np.asarray(cv2.GaussianBlur(image, (0, 0), wear.blur), np.uint8)
    if wear.paper < 255 or wear.shade:  # noqa: PLR2004 - white
        light = np.linspace(1.0, 1.0 - wear.shade, image.shape[1])[None, :, None] * (wear.paper / 255)
        image = np.asarray(image * light, np.uint8)
    if wear.noise:
        grain = chance.normal(0.0, wear.noise, image.shape[:2])[:, :, None]
        image = np.clip(image + grain, 0, 255).astype(np.uint8)
    if wear.grey or wear.black:
        image = np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), np.uint8)
    if wear.black:
        return np.asarray(cv2.threshold(image, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)[1], np.uint8)
    _, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, wear.quality])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_UNCHANGED), np.uint8)


def _tilted(image: Image, degrees: float) -> Image:
    height, width = image.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    return np.asarray(
        cv2.warpAffine(image, turn, (width, height), flags=cv2.INTER_CUBIC, borderValue=(250, 250, 250)), np.uint8
    )


def _sealed(image: Image, dpi: int, chance: np.random.Generator) -> Image:
    """The seal is ink: what is black below it stays black, paper becomes red."""
    height, width = image.shape[:2]
    layer = np.full_like(image, 255)
    radius = round(20 / 25.4 * dpi)
    centre = (int(chance.uniform(0.35, 0.75) * width), int(chance.uniform(0.45, 0.8) * height))
    cv2.circle(layer, centre, radius, _SEAL_RED, max(2, dpi // 40))
    corners = [
        (
            round(centre[0] + math.sin(turn * math.pi * 0.8) * radius * 0.35),
            round(centre[1] - math.cos(turn * math.pi * 0.8) * radius * 0.35),
        )
        for turn in range(5)
    ]
    cv2.fillPoly(layer, [np.array(corners, np.int32)], _SEAL_RED)
    for step in range(12):
        turn = math.radians(150 + step * 20)
        at = (round(centre[0] + math.cos(turn) * radius * 0.78), round(centre[1] + math.sin(turn) * radius * 0.78))
        cv2.rectangle(
            layer,
            (at[0] - radius // 14, at[1] - radius // 14),
            (at[0] + radius // 14, at[1] + radius // 14),
            _SEAL_RED,
            2,
        )
    return np.minimum(image, layer)


def save_pdf(images: Sequence[Image], dpi: int, path: Path, quality: int = 75) -> None:
    """A PDF of pictures only, one a page; dates and identifiers are left out, so that the bytes stay the same."""
    with pymupdf.open() as document:
        for image in images:
            height, width = image.shape[:2]
            page = document.new_page(width=width * _POINTS_AN_INCH / dpi, height=height * _POINTS_AN_INCH / dpi)
            _, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])
            page.insert_image(page.rect, stream=data.tobytes())
        document.set_metadata({})
        document.save(path, garbage=4, deflate=True, no_new_id=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """One report, one scan."""
    parser = argparse.ArgumentParser(prog="python -m eval.corpus.scan", description="make a scan of a typeset PDF")
    parser.add_argument("report", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--pages", help="as 1-3; all if it is left out")
    parser.add_argument("--dpi", type=int, default=150)
    parser.add_argument("--fresh", action="store_true", help="without tilt, noise, blur and seal")
    given = parser.parse_args(arguments)
    first, _, last = (given.pages or "").partition("-")
    numbers = range(int(first), int(last or first) + 1) if first else None
    wear = (FRESH if given.fresh else WORN)._replace(dpi=given.dpi)
    save_pdf(pages_of(given.report, wear, numbers), given.dpi, given.out, wear.quality)
    return 0


if __name__ == "__main__":
    sys.exit(main())
