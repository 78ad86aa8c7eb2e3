"""`hedui check`: the rules once more over the results of a folder, and its exports anew."""

import sys
from collections.abc import Callable
from pathlib import Path

import click

from pipeline.batch.again import check_again
from pipeline.batch.digest import conditions
from pipeline.catalogue import say
from pipeline.export import write_csv, write_excel, write_jsonl
from pipeline.mapping.library import Library
from pipeline.session import Session
from pipeline.store import Store
from prompts.loader import all_sha256

_REVIEW = 3


def check(main: click.Group, common: Callable[..., Callable[..., None]]) -> None:
    """Add `check` to the command line."""

    @main.command("check")
    @click.argument("out", required=False, type=click.Path(file_okay=False, path_type=Path))
    @common
    def checking(session: Session, out: Path | None) -> None:
        """Apply the rules again to the results in OUT: no model, no document; the exports are written anew."""
        folder = out or session.settings.output.folder
        ways = session.ways()
        with Store.open(folder, "edit") as store:
            notes = store.batches()
            model = (notes[-1].model if notes else None) or "none"
            done = check_again(store, Library(session.library_path), ways, conditions(ways, model, all_sha256()))
            write_jsonl(store, folder)
            write_excel(store, folder / "forms.xlsx", session.lang)
            if session.settings.output.csv:
                write_csv(store, folder, session.lang)
            statuses = [form.status for form in store.forms()]
        for form in done.changed:
            status = say(f"export.status_{form.status}", session.lang)
            click.echo(say("console.checked_form", session.lang, form=form.form_id, status=status))
        for path in done.skipped:
            click.echo(say("console.check_skipped", session.lang, path=path))
        counts = {"accepted": statuses.count("accepted"), "review": statuses.count("review")}
        click.echo(say("console.checked", session.lang, forms=done.forms, changed=len(done.changed), **counts))
        if counts["review"]:
            sys.exit(_REVIEW)
