"""A gold folder's `boxes.json` comes in, where each labelled value stands on its pages goes out.

The typesetter writes it from what it printed (eval.corpus.boxes), so that a place is judged by somebody else than the
program that claims it. A document without an entry, or with other bytes than the entry's, has no known boxes.
"""

import json
from pathlib import Path
from typing import NamedTuple

from pydantic import RootModel, ValidationError

from schemas.base import Record
from schemas.errors import UsageError

BOXES = "boxes.json"


class PageBox(NamedTuple):
    """A rectangle on a page (counted from 1), in points from its top left."""

    page: int
    x0: float
    y0: float
    x1: float
    y1: float


class PrintedAt(Record):
    """What one cell or line prints of a form, and where; a cell that goes on over a page's end has a part on each."""

    fields: tuple[str, ...]
    """Pointers of the form's values."""
    cell: tuple[PageBox, ...] = ()
    """The cell's own rectangle; none for a line outside tables."""
    text: tuple[PageBox, ...] = ()
    """The rectangle of the printed text alone."""


FormBoxes = tuple[PrintedAt, ...]


class DocumentBoxes(Record):
    """The boxes of one document."""

    sha256: str
    """Of the document: of another one they would say nothing."""
    forms: tuple[FormBoxes, ...]
    """In the order in which the document prints its forms."""


class FolderBoxes(RootModel[dict[str, DocumentBoxes]]):
    """All of a folder, by the document's name."""


def write_boxes(folder: Path, found: dict[str, DocumentBoxes]) -> Path:
    """Write the folder's boxes, a form to a line; the same boxes give the same bytes."""
    path = folder / BOXES
    documents = []
    for name, own in found.items():
        forms = ",\n".join(
            f"[{','.join(printed.model_dump_json(exclude_defaults=True) for printed in form)}]" for form in own.forms
        )
        documents.append(f'{json.dumps(name)}: {{"sha256": "{own.sha256}", "forms": [\n{forms}\n]}}')
    path.write_text("{\n" + ",\n".join(documents) + "\n}\n", encoding="utf-8", newline="\n")
    return path


def boxes_in(folder: Path) -> dict[str, DocumentBoxes]:
    """What the folder knows; nothing without a `boxes.json`, UsageError if it is damaged."""
    path = folder / BOXES
    if not path.is_file():
        return {}
    try:
        return FolderBoxes.model_validate_json(path.read_bytes()).root
    except ValidationError as error:
        raise UsageError("gold.damaged", path=str(path), errors=error.error_count()) from None
