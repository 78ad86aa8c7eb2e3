"""A folder of labelled reports comes in, GoldDocuments go out: each file with the forms that it must give."""

import hashlib
from pathlib import Path
from typing import NamedTuple

from eval.boxes import DocumentBoxes, FormBoxes, boxes_in
from eval.gold import borrowed, lent, load, reports
from schemas.base import Record
from schemas.errors import UsageError
from schemas.evidence import Origin
from schemas.form import SelfEvaluation
from schemas.run import Outcome

SHIPPED = Path(__file__).parent / "data"
"""The sets inside the package."""

MANIFEST = "reports.json"
_READ: Outcome = "read"
_PICTURES = frozenset({".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp"})


class GoldDocument(Record):
    """One file, what must come of it, and what it is one of."""

    name: str
    """POSIX path below the data folder: `jiading-2024/report.txt`."""
    sha256: str
    families: tuple[str, ...]
    """The layout family of each form; of a file without forms its folder's, once."""
    format: str
    """The file's suffix, lower case: `pdf`."""
    origin: Origin
    """`ocr` for pictures of text, `text` for all else."""
    outcome: Outcome
    forms: tuple[SelfEvaluation, ...]
    """In the order in which the document prints them."""
    boxes: tuple[FormBoxes, ...] = ()
    """Where each form's values stand on the pages, by who typeset them; empty where nobody knows."""


class GoldSet(NamedTuple):
    """One folder with a manifest."""

    name: str
    folder: Path
    documents: tuple[GoldDocument, ...]


def root_of(data: str | None) -> Path:
    """The folder that `--data` means: a path, or the name of a shipped set; UsageError if it is neither."""
    if data is None:
        return SHIPPED
    for folder in (Path(data), SHIPPED / data):
        if folder.is_dir():
            return folder
    raise UsageError(
        "eval.no_such_data", given=data, known=[_name(path.parent, SHIPPED) for path in sorted(SHIPPED.rglob(MANIFEST))]
    )


def gold_sets(root: Path) -> tuple[GoldSet, ...]:
    """Every labelled folder at or below `root`, by name; UsageError if there is none, or a label is damaged."""
    manifests = sorted(root.rglob(MANIFEST))
    if not manifests:
        raise UsageError("eval.no_gold", folder=str(root))
    return tuple(
        GoldSet(_set_name(manifest.parent, root), manifest.parent, _documents(manifest.parent, root))
        for manifest in manifests
    )


def documents_of(root: Path) -> tuple[GoldDocument, ...]:
    """The documents of every labelled folder at or below `root`."""
    return tuple(document for found in gold_sets(root) for document in found.documents)


def base_of(root: Path) -> Path:
    """The folder below which names of documents count: the shipped sets' own for any of them."""
    return SHIPPED if root.resolve().is_relative_to(SHIPPED.resolve()) else root


def location(document: GoldDocument, base: Path) -> Path:
    """Where a document lies; UsageError if it is gone or its bytes are other ones than those labelled."""
    path = base / document.name
    if not path.is_file():
        raise UsageError("eval.document_gone", path=str(path))
    if _sha256(path) != document.sha256:
        raise UsageError("eval.document_changed", path=str(path))
    return path


def _documents(folder: Path, root: Path) -> tuple[GoldDocument, ...]:
    lender = borrowed(folder)
    if lender is not None:
        cases, expected = lent(folder, lender), dict.fromkeys(lender.documents, _READ)
        known = dict.fromkeys(lender.documents)
    else:
        stated = reports(folder)
        cases, expected = load(folder), {file.path: file.outcome for file in stated.files}
        known = dict.fromkeys((*(name for names in stated.documents for name in names), *expected))
    found, boxes = [], boxes_in(folder)
    for name in known:
        path = folder / name
        if not path.is_file():
            raise UsageError("eval.document_gone", path=str(path))
        own = sorted((case for case in cases if path in case.documents), key=lambda case: case.form_index)
        sha256 = _sha256(path)
        found.append(
            GoldDocument(
                name=_name(path, base_of(root)),
                sha256=sha256,
                families=tuple(case.family or case.name.split("/")[0] for case in own) or (folder.name,),
                format=path.suffix.lower().removeprefix("."),
                origin=_origin(path),
                outcome=expected.get(name, "read"),
                forms=tuple(case.form for case in own),
                boxes=_known(boxes.get(name), sha256),
            ),
        )
    return tuple(found)


def _known(boxes: DocumentBoxes | None, sha256: str) -> tuple[FormBoxes, ...]:
    """The boxes of a document with these bytes."""
    return boxes.forms if boxes is not None and boxes.sha256 == sha256 else ()


def _set_name(folder: Path, root: Path) -> str:
    name = _name(folder, base_of(root))
    return folder.resolve().name if name == "." else name


def _origin(path: Path) -> Origin:
    """Whether a program must look at a picture to read the file."""
    if path.suffix.lower() in _PICTURES:
        return "ocr"
    if path.suffix.lower() != ".pdf":
        return "text"
    import pymupdf  # noqa: PLC0415 - a second to import, and a stored log is scored without it

    try:
        with pymupdf.open(path) as document:
            printed = document.needs_pass or any(page.get_text().strip() for page in document)
    except RuntimeError:
        printed = True  # damaged or locked: the run says so
    return "text" if printed else "ocr"


def _name(path: Path, base: Path) -> str:
    return path.resolve().relative_to(base.resolve()).as_posix()


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
