"""`hedui eval …`: what is measured against labelled forms; entered into the command line by its entry point."""

import os
import sys
from pathlib import Path

import click

from pipeline.catalogue import LANGUAGES, Lang, explain, language, say
from schemas.errors import HeduiError, UsageError

DATA = Path(__file__).parent / "data"
MISSED, USAGE = 1, 2


@click.group("eval")
def eval_group() -> None:
    """Measure hedui against labelled forms."""


@eval_group.command("checker")
@click.option("--data", type=click.Path(file_okay=False, path_type=Path), default=DATA, help="Folder of labels.")
@click.option("--sample", type=click.IntRange(min=1), default=1000, show_default=True, help="Errors of a kind.")
@click.option("--all", "every", is_flag=True, help="Every error that can be made, not a sample.")
@click.option("--seed", type=int, default=20241, show_default=True, help="The same seed draws the same errors.")
@click.option("--fields", is_flag=True, help="The figures of every field, not only of every kind.")
@click.option("--lang", type=click.Choice(LANGUAGES), help="Language of what you read: zh or en.")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="JSON file for the figures.")
def checker(  # noqa: PLR0913 - one argument an option
    *, data: Path, sample: int, every: bool, fields: bool, seed: int, lang: Lang | None, output: Path | None
) -> None:
    """Seed errors into labelled forms and count what the rules stop, name and place; 1 if a bar is missed."""
    from eval.checker.report import measure, told  # noqa: PLC0415 - `hedui run` starts without it

    spoken = language(lang, os.environ)
    try:
        if not any(data.glob("*/reports.json")):
            raise UsageError("checker.needs_gold", folder=str(data))
        report = measure(data, most=None if every else sample, seed=seed)
    except HeduiError as error:
        click.echo(f"hedui: {explain(error, spoken)}", err=True)
        sys.exit(USAGE)
    for line in told(report, spoken, by_field=fields):
        click.echo(line)
    if output is not None:
        output.write_text(report.model_dump_json(indent=1) + "\n", encoding="utf-8", newline="\n")
        click.echo(say("checker.written", spoken, file=str(output)))
    if not all(bar.met for bar in report.bars):
        sys.exit(MISSED)
