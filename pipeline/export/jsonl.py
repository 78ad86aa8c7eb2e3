"""A Store comes in, `files.jsonl` and `forms.jsonl` go out: one object a line, as the contract writes it."""

from collections.abc import Iterable
from pathlib import Path

from pipeline.export.replacing import replacing
from pipeline.store import Store


def write_jsonl(store: Store, folder: Path) -> tuple[Path, Path]:
    """Write both files into `folder` and return their paths. Raises UsageError where it cannot write."""
    files, forms = folder / "files.jsonl", folder / "forms.jsonl"
    _write(files, (outcome.model_dump_json() for outcome in store.files()))
    _write(forms, store.form_lines())
    return files, forms


def _write(path: Path, lines: Iterable[str]) -> None:
    with replacing(path) as fresh, fresh.open("w", encoding="utf-8", newline="\n") as out:
        out.writelines(f"{line}\n" for line in lines)
