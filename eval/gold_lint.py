"""Gold folders come in, what is wrong with them goes out: arithmetic, places, documents, counts."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from eval.boxes import boxes_in
from eval.dataset import MANIFEST
from eval.gold import Label, Reports, borrowed, contradictions, lent, load, prove, reports
from schemas.errors import UsageError


class Complaint(NamedTuple):
    """One thing that is wrong: `eval.<code>` is its sentence, `params` fill it."""

    code: str
    params: dict[str, object]


class Linted(NamedTuple):
    """What was looked at, and what is wrong with it."""

    sets: int
    forms: int
    complaints: tuple[Complaint, ...]


def lint(root: Path) -> Linted:
    """Every gold folder at or below `root`; raises UsageError if there is none, or a label breaks the schema."""
    folders = [path.parent for path in sorted(root.rglob(MANIFEST))]
    if not folders:
        raise UsageError("eval.no_gold", folder=str(root))
    labelled = [folder for folder in folders if borrowed(folder) is None]
    forms = sum(len(load(folder)) for folder in labelled)
    return Linted(len(folders), forms, tuple(complaint for folder in folders for complaint in _of(folder)))


def _of(folder: Path) -> Iterator[Complaint]:
    lender = borrowed(folder)
    if lender is None:
        yield from _complaints(folder)
        return
    lent(folder, lender)
    for name in lender.documents:
        if not (folder / name).is_file():
            yield Complaint("lint_document", {"where": folder.name, "file": name})


def _complaints(folder: Path) -> Iterator[Complaint]:
    stated = reports(folder)
    where = folder.name
    for sentence in contradictions(prove(load(folder)), stated):
        yield Complaint("lint_arithmetic", {"where": where, "found": sentence})
    labels = {path.name: Label.model_validate_json(path.read_text("utf-8")) for path in _labels(folder)}
    yield from _places(labels, where)
    yield from _documents(folder, stated)
    yield from _counts(labels, stated, where)
    yield from _boxes(folder)


def _places(labels: dict[str, Label], where: str) -> Iterator[Complaint]:
    """Every place in a report has one label, and no form before the last labelled one has none."""
    taken: dict[tuple[int, int], list[str]] = defaultdict(list)
    for name, label in labels.items():
        taken[label.document_index, label.form_index].append(name)
    for names in taken.values():
        if len(names) > 1:
            yield Complaint("lint_twice", {"where": where, "files": names})
    for report in sorted({report for report, _ in taken}):
        places = {place for of, place in taken if of == report}
        for missing in sorted(set(range(max(places) + 1)) - places):
            yield Complaint("lint_gap", {"where": where, "report": report, "missing": missing})


def _documents(folder: Path, stated: Reports) -> Iterator[Complaint]:
    """Every document is there once, with the bytes that were labelled."""
    names = [name for report in stated.documents for name in report]
    for name in (name for name, times in Counter(names).items() if times > 1):
        yield Complaint("lint_name", {"where": folder.name, "file": name})
    for name in dict.fromkeys((*names, *(file.path for file in stated.files))):
        path = folder / name
        if not path.is_file():
            yield Complaint("lint_document", {"where": folder.name, "file": name})
        elif name in stated.sha256 and hashlib.sha256(path.read_bytes()).hexdigest() != stated.sha256[name]:
            yield Complaint("lint_hash", {"where": folder.name, "file": name})
    for name in sorted(stated.sha256.keys() - set(names) - {file.path for file in stated.files}):
        yield Complaint("lint_unused", {"where": folder.name, "file": name})


def _boxes(folder: Path) -> Iterator[Complaint]:
    """Where values stand is known of the document that is there."""
    for name, known in boxes_in(folder).items():
        path = folder / name
        if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != known.sha256:
            yield Complaint("lint_boxes", {"where": folder.name, "file": name})


def _counts(labels: dict[str, Label], stated: Reports, where: str) -> Iterator[Complaint]:
    """A file that says how many forms it holds has as many labels."""
    report_of = {name: at for at, report in enumerate(stated.documents) for name in report}
    for file in stated.files:
        labelled = sum(label.document_index == report_of.get(file.path) for label in labels.values())
        if labelled != file.forms:
            told = {"where": where, "file": file.path, "stated": file.forms, "labelled": labelled}
            yield Complaint("lint_count", told)


def _labels(folder: Path) -> list[Path]:
    return sorted((folder / "gold").glob("*.json"))
