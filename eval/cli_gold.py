"""`hedui eval gold`: reviewed forms become labels, labels are proven."""

import sys
from collections.abc import Callable
from pathlib import Path

import click

from pipeline.catalogue import Lang, say
from pipeline.settings import Settings
from pipeline.store import Store

_WRONG = 1
_FOLDER = click.Path(file_okay=False, path_type=Path)


def gold(group: click.Group, spoken: Callable[..., Callable[..., None]]) -> None:
    """Add `gold add` and `gold lint` to a group."""

    @group.group("gold")
    def gold_group() -> None:
        """Labels: make them from reviewed forms, prove them."""

    @gold_group.command("add")
    @click.argument("form")
    @click.option("--to", "folder", type=_FOLDER, required=True, help="Gold folder, made if it is missing.")
    @click.option("--family", help="Code of the layout family.")
    @click.option("-o", "--output", type=_FOLDER, help="Folder with the results.")
    @spoken
    def adding(lang: Lang, *, form: str, folder: Path, family: str | None, output: Path | None) -> None:
        """Make a label of a form that a reviewer settled: with who and when, its document beside it."""
        from eval.gold_add import add  # noqa: PLC0415 - `hedui run` starts without it

        with Store.open(output or Settings().output.folder, "read") as store:
            added = add(store, form, folder, family)
        click.echo(say("eval.gold_added", lang, file=str(added.label), author=added.author, at=added.at))
        if added.labelled < added.of:
            click.echo(say("eval.gold_partly", lang, labelled=added.labelled, of=added.of))

    @gold_group.command("lint")
    @click.option("--data", help="Folder of labels; otherwise the sets inside the package.")
    @spoken
    def linting(lang: Lang, *, data: str | None) -> None:
        """Prove labels: arithmetic, one label a place, documents and their hashes; 1 if something is wrong."""
        from eval.dataset import root_of  # noqa: PLC0415 - `hedui run` starts without it
        from eval.gold_lint import lint  # noqa: PLC0415 - the same

        found = lint(root_of(data))
        for complaint in found.complaints:
            click.echo(say(f"eval.{complaint.code}", lang, **complaint.params))
        if found.complaints:
            sys.exit(_WRONG)
        click.echo(say("eval.lint_clean", lang, sets=found.sets, forms=found.forms))
