"""argv becomes calls of the rooms below: verbs only.

Exit codes: 0 all accepted, 1 a file failed, 2 usage, 3 some forms need review (1 outranks 3).
"""

import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from importlib.metadata import entry_points, version
from pathlib import Path

import click

from pipeline.batch import input_files
from pipeline.batch.digest import MappingWay
from pipeline.catalogue import LANGUAGES, Lang, explain, language, say
from pipeline.cli_check import check
from pipeline.cli_layouts import layouts
from pipeline.cli_review import review
from pipeline.console import Bars, show_cost, show_form, show_layout, show_results, shown, stdout
from pipeline.doctor import examine, gather_here
from pipeline.export import write_csv, write_excel, write_jsonl
from pipeline.mapping.lexicon import standard
from pipeline.read import read
from pipeline.session import Session
from pipeline.store import Batch as BatchNote
from pipeline.store import Store
from schemas.errors import HeduiError, UsageError

FAILED, USAGE, REVIEW = 1, 2, 3

_OUT = click.Path(file_okay=False, path_type=Path)
_FILE = click.Path(path_type=Path)


def common(command: Callable[..., None]) -> Callable[..., None]:
    """Options that every verb has; expected failures become one line on stderr and an exit code."""

    @click.option("--lang", type=click.Choice(LANGUAGES), help="Language of what you read: zh or en.")
    @click.option("--config", type=_FILE, help="Settings file; otherwise hedui.toml here, then your own.")
    @click.option("--templates", type=_FILE, help="Template library file, created if it is missing.")
    @wraps(command)
    def told(lang: Lang | None, config: Path | None, templates: Path | None, **given: object) -> None:
        spoken = language(lang, os.environ)
        try:
            command(Session.of(spoken, config, templates, os.environ), **given)
        except HeduiError as error:
            click.echo(f"hedui: {explain(error, spoken)}", err=True)
            sys.exit(USAGE if isinstance(error, UsageError) else FAILED)

    return told


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(version("hedui"), prog_name="hedui")
def main() -> None:
    """Read 绩效自评表 with hedui 核对: proven numbers out of performance self-evaluation forms (绩效自评表)."""


@main.command()
@click.argument("paths", nargs=-1, required=True, type=_FILE)
@click.option("-o", "--output", type=_OUT, help="Folder for the results; a second run adds to it.")
@click.option("--model", help="Model of the endpoint, or none to read without a model.")
@click.option(
    "--mapping",
    type=click.Choice(["layout", "transcribe"]),
    default="layout",
    show_default=True,
    help="The model reads each layout's labels once, or transcribes each form.",
)
@common
def run(session: Session, paths: tuple[Path, ...], output: Path | None, model: str | None, mapping: MappingWay) -> None:
    """Read reports (files or folders) and write proven numbers and what needs review."""
    out = output or session.settings.output.folder
    files = input_files(paths, out)
    if not files:
        raise UsageError("console.nothing_to_read")
    with Store.open(out) as store:
        with Bars(session.lang) as bars, session.batch(store, bars, os.environ, model, mapping) as (batch, client):
            whole = mapping == "transcribe"
            told = client.introduction(session.lang, transcribing=whole) if client else None
            bars.say(told or say("console.model_none", session.lang))
            name = client.identity if client else None
            store.add_batch(BatchNote(at=_now(), version=version("hedui"), model=name))
            summary = batch.run(files)
        _export(store, out, session)
        named = {file.path for file in summary.files}
        forms = [form for form in store.forms() if form.document.path in named]
        console = stdout()
        show_results(console, forms, summary, out, session.lang)
        if client is not None:
            show_cost(console, batch.spent(), session.lang)
        console.print(shown(say("console.written_to", session.lang, folder=str(out))))
    if any(file.outcome == "failed" for file in summary.files):
        sys.exit(FAILED)
    if any(form.status == "review" for form in forms):
        sys.exit(REVIEW)


@main.command()
@click.argument("form")
@click.option("-o", "--output", type=_OUT, help="Folder with the results.")
@common
def show(session: Session, form: str, output: Path | None) -> None:
    """Show one form: every value, where it stands, what was found."""
    with Store.open(output or session.settings.output.folder, "read") as store:
        found = store.form(form)
        if found is None:
            known = [other.form_id for other in store.forms() if other.form_id.startswith(form)]
            if len(known) != 1:
                code = "console.several_forms" if known else "console.no_such_form"
                raise UsageError(code, form=form, known=known[:10])
            found = store.form(known[0])
        if found is not None:
            show_form(stdout(), found, session.lang)


@main.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@common
def layout(session: Session, file: Path) -> None:
    """Show the tables of a file as text: what the program sees."""
    show_layout(stdout(), read(file, file.name, standard(), None), session.lang)


@main.command()
@click.option("-o", "--output", type=_OUT, help="Folder with the results.")
@click.option("--format", "shape", type=click.Choice(["xlsx", "csv", "jsonl"]), default="xlsx", show_default=True)
@common
def export(session: Session, output: Path | None, shape: str) -> None:
    """Write the results of a folder again: Excel, CSV or JSON lines."""
    out = output or session.settings.output.folder
    with Store.open(out, "read") as store:
        if shape == "csv":
            written = write_csv(store, out, session.lang)
        elif shape == "jsonl":
            written = write_jsonl(store, out)
        else:
            written = (write_excel(store, out / "forms.xlsx", session.lang),)
    click.echo(say("console.exported", session.lang, files=[path.name for path in written]))


@main.command()
@common
def doctor(session: Session) -> None:
    """Say what is installed, which model answers, where files go, and what to repair."""
    signs = examine(gather_here(session.settings.model, session.settings_file, session.library_path), session.lang)
    for sign in signs:
        mark = {"ok": "✓", "warn": "!", "fail": "✗"}[sign.state]
        click.echo(f"{mark} {sign.name}: {sign.detail}")
        if sign.remedy:
            click.echo(f"    {sign.remedy}")
    if any(sign.state == "fail" for sign in signs):
        sys.exit(FAILED)


def _export(store: Store, out: Path, session: Session) -> None:
    """What `hedui run` leaves beside the database."""
    write_jsonl(store, out)
    write_excel(store, out / "forms.xlsx", session.lang)
    if session.settings.output.csv:
        write_csv(store, out, session.lang)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


layouts(main, common)
check(main, common)
review(main, common)
for _point in entry_points(group="hedui.commands"):
    main.add_command(_point.load())
