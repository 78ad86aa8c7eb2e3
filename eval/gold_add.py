"""A form that a reviewer settled in a store comes in, a label goes out: one JSON file more in a gold folder."""

import hashlib
import shutil
from pathlib import Path
from typing import NamedTuple

from eval.dataset import MANIFEST
from eval.gold import EquationCode, Expected, Label, Reports, case_name, load, prove, reports
from pipeline.store import Store
from schemas.errors import UsageError
from schemas.run import Edit, FormRecord


class Added(NamedTuple):
    """What was written."""

    label: Path
    author: str
    at: str
    labelled: int
    """Forms of the document that have a label now."""
    of: int
    """Forms that the store knows of the document."""


def add(store: Store, form_id: str, folder: Path, family: str | None = None) -> Added:
    """Put one settled form, and its document if it is new there, into a gold folder, which is made if need be.

    Raises UsageError for a form that is not there, that no reviewer settled, that is labelled already, or whose
    document is gone or another one of that name lies in the folder.
    """
    record = store.form(form_id)
    if record is None:
        raise UsageError("eval.no_such_form", form=form_id)
    settled = _settled(record, store.edits(form_id))
    stated = reports(folder) if (folder / MANIFEST).is_file() else Reports.model_validate(_EMPTY)
    place = _document(store, record, folder)
    stated, index = _with_document(stated, place, record.document.sha256)
    label = Label(
        document_index=index,
        form_index=record.form_index,
        family=family,
        reviewed_by=settled.author,
        reviewed_at=settled.at,
        form=record.form,
    )
    known = _known_failures(folder, stated)
    path = _write(label, folder)
    _state(folder, stated, known, case_name(folder, label))
    own = [case for case in load(folder) if place in case.documents]
    return Added(path, settled.author, settled.at, len(own), len(store.forms_of(record.document.path)))


_EMPTY: dict[str, object] = {
    "documents": [],
    "forms": 0,
    "indicator_rows": 0,
    "fund_lines": 0,
    "known_failures": {},
}


def _settled(record: FormRecord, edits: tuple[Edit, ...]) -> Edit:
    """The reviewer's last word on the form."""
    words = [edit for edit in edits if edit.kind == "settle"]
    if record.status != "accepted" or record.decision.by != "reviewer" or not words:
        raise UsageError("eval.not_reviewed", form=record.form_id)
    return words[-1]


def _document(store: Store, record: FormRecord, folder: Path) -> Path:
    """The document in the folder, copied there if it was not."""
    source = store.location(record.document.path)
    if source is None or not source.is_file() or _sha256(source) != record.document.sha256:
        raise UsageError("eval.document_gone", path=record.document.path)
    target = folder / source.name
    if target.is_file() and _sha256(target) != record.document.sha256:
        raise UsageError("eval.name_taken", path=str(target))
    if not target.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
    return target


def _with_document(stated: Reports, place: Path, sha256: str) -> tuple[Reports, int]:
    """The manifest that names the document, and the position of its report."""
    known = next((at for at, names in enumerate(stated.documents) if place.name in names), None)
    if known is not None:
        return stated, known
    more = (Expected(path=place.name, outcome="read", forms=0),) if stated.files else ()
    changed = {
        "documents": (*stated.documents, (place.name,)),
        "files": (*stated.files, *more),
        "sha256": {**stated.sha256, place.name: sha256},
    }
    return stated.model_copy(update=changed), len(stated.documents)


def _known_failures(folder: Path, stated: Reports) -> frozenset[tuple[EquationCode, str]]:
    """What the folder states, by the cases' names: their positions are about to move."""
    cases = load(folder) if (folder / MANIFEST).is_file() else ()
    return frozenset(
        (code, cases[at].name) for code, positions in stated.known_failures.items() for at in positions if cases
    )


def _write(label: Label, folder: Path) -> Path:
    """The label's file, named by report and position."""
    (folder / "gold").mkdir(parents=True, exist_ok=True)
    for path in sorted((folder / "gold").glob("*.json")):
        known = Label.model_validate_json(path.read_text(encoding="utf-8"))
        if (known.document_index, known.form_index) == (label.document_index, label.form_index):
            raise UsageError("eval.labelled_already", path=str(path))
    path = folder / "gold" / f"report-{label.document_index:02}-form-{label.form_index:02}.json"
    path.write_text(label.model_dump_json(indent=1) + "\n", encoding="utf-8", newline="\n")
    return path


def _state(folder: Path, stated: Reports, known: frozenset[tuple[EquationCode, str]], added: str) -> None:
    """The manifest anew: counts, and what the reviewer let stand of the new form's broken sums."""
    manifest = folder / MANIFEST
    manifest.write_text(stated.model_dump_json(indent=1) + "\n", encoding="utf-8", newline="\n")
    cases = load(folder)
    proof = prove(cases)
    failures = {
        code: tuple(at for at in positions if cases[at].name == added or (code, cases[at].name) in known)
        for code, positions in proof.failures().items()
    }
    names = [name for report in stated.documents for name in report]
    forms = {name: sum(folder / name in case.documents for case in cases) for name in names}
    counted = {
        "forms": proof.forms,
        "indicator_rows": proof.indicator_rows,
        "fund_lines": proof.fund_lines,
        "known_failures": {code: positions for code, positions in failures.items() if positions},
        "files": tuple(file.model_copy(update={"forms": forms.get(file.path, file.forms)}) for file in stated.files),
    }
    text = stated.model_copy(update=counted).model_dump_json(indent=1)
    manifest.write_text(text + "\n", encoding="utf-8", newline="\n")


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
