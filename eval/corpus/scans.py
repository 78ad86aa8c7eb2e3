"""A folder's `scans.toml` comes in; scans of typeset documents and the `reports.json` that lends their labels go out.

    python -m eval.corpus.scans [FOLDER] [--out FOLDER] [--dpi 150] [--seed 100]

The same call gives the same pictures. With `--out`, what is written lies there: the same scans at another resolution
or with other wear by chance, for measuring at no cost of bytes.
"""

import argparse
import io
import json
import os
import sys
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np
import pymupdf
from PIL import Image as Pillow
from pydantic import ValidationError

from eval.corpus.scan import Image, Wear, pages_of
from eval.gold import Borrowed, Shown
from pipeline.catalogue import explain, language
from schemas.base import Record
from schemas.errors import HeduiError, UsageError

DATA = Path(__file__).parents[1] / "data" / "scans"
STATED = "scans.toml"

_POINTS_AN_INCH = 72
_GARBLED = "ÏîÄ¿Ãû³Æ Äê³õÔ¤ËãÊý 9,999.99"


class ScanFile(Record):
    """One document made of pictures of a typeset one: a PDF, or a picture file by its name's end."""

    path: str
    source: str
    """The typeset PDF, from the folder of the labels: `s-ruled.pdf`."""
    forms: tuple[int, ...]
    """Which labelled forms it shows, by their positions among the lender's cases."""
    pages: tuple[int, ...] = ()
    """Of the source, counted from 1; empty for all."""
    as_text: tuple[int, ...] = ()
    """Pages that stay as they were typeset, between the pictures."""
    layer: bool = False
    """A hidden text layer of wrong characters and numbers."""
    sideways: bool = False
    """Pages lie on their side and say so."""
    seed: int = 0
    wear: Wear = Wear()


class Scans(Record):
    """`scans.toml`."""

    gold: str
    """The labels' folder, from here: `../../../families/S/gold`."""
    files: tuple[ScanFile, ...]


def scans(folder: Path) -> Scans:
    """What the folder's scans are made of; UsageError if it is not said or damaged."""
    path = folder / STATED
    try:
        return Scans.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise UsageError("corpus.missing", path=str(path)) from None
    except (ValidationError, tomllib.TOMLDecodeError) as error:
        raise UsageError("corpus.damaged", path=str(path), reason=str(error)) from None


def scan_folder(folder: Path, out: Path | None = None, *, dpi: int | None = None, seed: int = 0) -> Iterator[Path]:
    """Write the folder's scans and its manifest, there or into `out`; other `dpi`, other chance by `seed`."""
    stated = scans(folder)
    lender = (folder / stated.gold).resolve()
    target = out or folder
    target.mkdir(parents=True, exist_ok=True)
    shown = {}
    for file in stated.files:
        wear = file.wear if dpi is None else file.wear._replace(dpi=dpi)
        made = file.model_copy(update={"wear": wear, "seed": file.seed + seed})
        write(made, lender.parent / file.source, target / file.path)
        shown[file.path] = Shown(dpi=wear.dpi, forms=file.forms)
        yield target / file.path
    manifest = Borrowed(gold=stated.gold if out is None else lender.as_posix(), documents=shown)
    (target / "reports.json").write_text(_told(manifest), encoding="utf-8")


def write(file: ScanFile, source: Path, target: Path) -> None:
    """One scan."""
    numbers = file.pages or range(1, _page_count(source) + 1)
    images = pages_of(source, file.wear, numbers, seed=file.seed)
    if target.suffix == ".pdf":
        _save_pdf(file, images, numbers, source, target)
    elif target.suffix in {".tif", ".tiff"}:
        first, *more = [_pillow(image, file.wear) for image in images]
        compression = "group4" if file.wear.black else "jpeg"
        first.save(target, save_all=True, append_images=more, compression=compression, dpi=(file.wear.dpi,) * 2)
    elif target.suffix == ".png":
        _pillow(images[0], file.wear).save(target, optimize=True)
    else:
        target.write_bytes(_jpeg(images[0], file.wear))


def _save_pdf(file: ScanFile, images: Sequence[Image], numbers: Sequence[int], source: Path, target: Path) -> None:
    """Dates and identifiers are left out, so that the bytes stay the same."""
    with pymupdf.open() as document, pymupdf.open(source) as typeset:
        for image, number in zip(images, numbers, strict=True):
            if number in file.as_text:
                document.insert_pdf(typeset, from_page=number - 1, to_page=number - 1)
                continue
            lying = np.ascontiguousarray(np.rot90(image)) if file.sideways else image
            height, width = lying.shape[:2]
            size = (width * _POINTS_AN_INCH / file.wear.dpi, height * _POINTS_AN_INCH / file.wear.dpi)
            page = document.new_page(width=size[0], height=size[1])
            page.insert_image(page.rect, stream=_png(lying) if file.wear.black else _jpeg(lying, file.wear))
            if file.layer:
                for row in range(30):
                    page.insert_text((40, 40 + 24 * row), _GARBLED, fontname="helv", render_mode=3)
            if file.sideways:
                page.set_rotation(90)
        document.set_metadata({})
        document.save(target, garbage=4, deflate=True, no_new_id=True)


def _page_count(source: Path) -> int:
    with pymupdf.open(source) as document:
        return int(document.page_count)


def _jpeg(image: Image, wear: Wear) -> bytes:
    return bytes(cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, wear.quality])[1])


def _png(image: Image) -> bytes:
    stream = io.BytesIO()
    Pillow.fromarray(image).convert("1").save(stream, "PNG", optimize=True)
    return stream.getvalue()


def _pillow(image: Image, wear: Wear) -> Pillow.Image:
    picture = Pillow.fromarray(image if image.ndim == 2 else np.ascontiguousarray(image[:, :, ::-1]))  # noqa: PLR2004 - grey
    return picture.convert("1") if wear.black else picture


def _told(manifest: Borrowed) -> str:
    rows = (f"    {json.dumps(name)}: {json.dumps(shown.model_dump())}" for name, shown in manifest.documents.items())
    return f'{{\n  "gold": {json.dumps(manifest.gold)},\n  "documents": {{\n' + ",\n".join(rows) + "\n  }\n}\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Make and name the scans: 0, or 2 if what they are made of is missing."""
    parser = argparse.ArgumentParser(prog="python -m eval.corpus.scans", description="make scans of labelled forms")
    parser.add_argument("folder", type=Path, nargs="?", default=DATA, help="default: every set of scans of eval/data")
    parser.add_argument("--out", type=Path, help="write there instead, in folders of the same names")
    parser.add_argument("--dpi", type=int, help="all at this resolution")
    parser.add_argument("--seed", type=int, default=0, help="other tilt, grain and seal by chance")
    given = parser.parse_args(arguments)
    folder: Path = given.folder
    try:
        for stated in sorted(folder.rglob(STATED)):
            own = stated.parent
            out = given.out / own.relative_to(folder) if given.out else None
            for path in scan_folder(own, out, dpi=given.dpi, seed=given.seed):
                sys.stdout.write(f"{path} {path.stat().st_size}\n")
    except HeduiError as error:
        sys.stderr.write(f"{explain(error, language(None, os.environ))}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
