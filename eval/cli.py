"""`hedui eval …`: what is measured against labelled forms; entered into the command line by its entry point."""

import gc
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from functools import wraps
from importlib.util import find_spec
from pathlib import Path

import click

from eval.cli_gold import gold
from pipeline.batch.digest import MappingWay
from pipeline.catalogue import LANGUAGES, Lang, explain, language, say
from pipeline.console import stdout
from pipeline.session import Session
from pipeline.settings import ModelSettings
from schemas.errors import HeduiError, SettingsError, UsageError

DATA = Path(__file__).parent / "data"
MISSED, USAGE = 1, 2
STOPPED = 1
VIEWS = ("family", "format", "origin", "type")

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.group("eval")
def eval_group() -> None:
    """Measure hedui against labelled forms."""


def _spoken(command: Callable[..., None]) -> Callable[..., None]:
    """The option --lang; expected failures become one line on stderr."""

    @click.option("--lang", type=click.Choice(LANGUAGES), help="Language of what you read: zh or en.")
    @wraps(command)
    def told(lang: Lang | None, **given: object) -> None:
        spoken = language(lang, os.environ)
        try:
            if find_spec("scipy") is None or find_spec("rapidfuzz") is None:
                raise UsageError("eval.extra_missing")
            command(spoken, **given)
        except HeduiError as error:
            click.echo(f"hedui: {explain(error, spoken)}", err=True)
            sys.exit(USAGE)

    return told


@eval_group.command("run")
@click.option("-o", "--output", type=_FILE, help="The log: a JSON file, packed if it ends in .gz.")
@click.option("--data", help="Folder of labels, or the name of a set that `hedui eval list` shows.")
@click.option("--model", help="Model of the endpoint, or none to read without a model.")
@click.option(
    "--mapping",
    type=click.Choice(["layout", "transcribe"]),
    default="layout",
    show_default=True,
    help="The model reads each layout's labels once, or transcribes each form.",
)
@click.option("--confirm", is_flag=True, help="Also after each layout was confirmed once by a person who knows.")
@click.option("--leave-one-out", is_flag=True, help="Also without words, and without each family's own words.")
@click.option("--max-calls", type=click.IntRange(min=0), help="Stop after so many calls of the model.")
@click.option("--max-cost", type=Decimal, help="Stop at this cost; needs a price in hedui.toml.")
@click.option("--config", type=_FILE, help="Settings file; otherwise hedui.toml here, then your own.")
@_spoken
def run(  # noqa: PLR0913 - one argument an option
    lang: Lang,
    *,
    output: Path | None,
    data: str | None,
    model: str | None,
    mapping: MappingWay,
    confirm: bool,
    leave_one_out: bool,
    max_calls: int | None,
    max_cost: Decimal | None,
    config: Path | None,
) -> None:
    """Read the labelled documents as a user would and write a log; the same command goes on where it stopped."""
    from eval.progress import Shown  # noqa: PLC0415 - `hedui run` starts without all this
    from eval.run import Asked, evaluate  # noqa: PLC0415 - the same
    from eval.ways import ways_of  # noqa: PLC0415 - the same

    session = _limited(Session.of(lang, config, None, os.environ), max_calls, max_cost)
    ways = ways_of(confirm=confirm, leave_one_out=leave_one_out)
    path = output or Path("eval-logs") / f"{datetime.now(UTC):%Y%m%d-%H%M%S}.json"
    with Shown(lang) as shown:
        log = evaluate(Asked(session, os.environ, model, mapping, data, ways), path, shown)
    if log.finished is None:
        click.echo(say("eval.stopped", lang, file=str(path)))
        sys.exit(STOPPED)
    _show(path, (), lang)
    click.echo(say("eval.written", lang, file=str(path)))


@eval_group.command("baselines")
@click.option("-o", "--output", type=_FILE, help="The log: a JSON file, packed if it ends in .gz.")
@click.option("--data", help="Folder of labels; otherwise six documents of the sets inside the package.")
@click.option("--model", help="Model of the endpoint; otherwise the embedded one.")
@click.option("--again", multiple=True, help="A way to measure anew, as the log calls it.")
@click.option("--max-calls", type=click.IntRange(min=0), help="Stop after so many calls of the model.")
@click.option("--max-cost", type=Decimal, help="Stop at this cost; needs a price in hedui.toml.")
@click.option("--config", type=_FILE, help="Settings file; otherwise hedui.toml here, then your own.")
@_spoken
def baselines(  # noqa: PLR0913 - one argument an option
    lang: Lang,
    *,
    output: Path | None,
    data: str | None,
    model: str | None,
    again: tuple[str, ...],
    max_calls: int | None,
    max_cost: Decimal | None,
    config: Path | None,
) -> None:
    """Read the same documents in every way that a user could pick; the same command goes on where it stopped."""
    if find_spec("pdfplumber") is None or find_spec("pymupdf4llm") is None:
        raise UsageError("eval.baselines_extra_missing")
    from eval.baselines import BASELINES  # noqa: PLC0415 - `hedui run` starts without all this
    from eval.baselines.run import evaluate_baselines  # noqa: PLC0415 - the same
    from eval.progress import Shown  # noqa: PLC0415 - the same
    from eval.run import Asked  # noqa: PLC0415 - the same

    session = _limited(Session.of(lang, config, None, os.environ), max_calls, max_cost)
    path = output or Path("eval-logs") / f"{datetime.now(UTC):%Y%m%d-%H%M%S}-baselines.json"
    with Shown(lang) as shown:
        log = evaluate_baselines(Asked(session, os.environ, model, "layout", data, BASELINES), path, shown, again)
    if log.finished is None:
        click.echo(say("eval.stopped", lang, file=str(path)))
        sys.exit(STOPPED)
    _show(path, (), lang)
    click.echo(say("eval.written", lang, file=str(path)))


@eval_group.command("score")
@click.argument("log", type=_FILE)
@click.option("--by", type=click.Choice(VIEWS), multiple=True, help="Also cut by this; may be given more than once.")
@_spoken
def score(lang: Lang, *, log: Path, by: tuple[str, ...]) -> None:
    """Score a stored log again: no model, no document, always the same figures."""
    _show(log, by, lang)


@eval_group.command("compare")
@click.argument("logs", type=_FILE, nargs=-1, required=True)
@_spoken
def compare(lang: Lang, *, logs: tuple[Path, ...]) -> None:
    """Compare runs: what two logs did with the same documents; of one log, its ways with the first."""
    from eval.compare import sides  # noqa: PLC0415 - `hedui run` starts without it
    from eval.tables import show_differences  # noqa: PLC0415 - the same

    for base, others in sides(logs, lang):
        show_differences(stdout(), base, others, lang)


@eval_group.command("report")
@click.argument("logs", type=_FILE, nargs=-1, required=True)
@click.option("-o", "--output", type=_FILE, default=Path("report.html"), show_default=True, help="The page.")
@_spoken
def report(lang: Lang, *, logs: tuple[Path, ...], output: Path) -> None:
    """Write one HTML page that needs no network: figures, families, confidence, the worst forms on their pages."""
    from eval.report.write import write_report  # noqa: PLC0415 - `hedui run` starts without it

    write_report(logs, output, lang)
    click.echo(say("eval.report_written", lang, file=str(output)))


@eval_group.command("list")
@click.option("--data", help="Folder of labels; otherwise the sets inside the package.")
@_spoken
def listing(lang: Lang, *, data: str | None) -> None:
    """List the labelled sets."""
    from eval.dataset import gold_sets, root_of  # noqa: PLC0415 - `hedui run` starts without it
    from eval.tables import show_sets  # noqa: PLC0415 - the same

    show_sets(stdout(), gold_sets(root_of(data)), lang)


def _show(path: Path, by: tuple[str, ...], lang: Lang) -> None:
    """The tables of one log."""
    from eval.figures import scored  # noqa: PLC0415 - `hedui run` starts without it
    from eval.log import read_log  # noqa: PLC0415 - the same
    from eval.tables import show_conditions, show_types, show_view, show_ways  # noqa: PLC0415 - the same

    # A log is half a million small values and no cycle: looking for cycles among them doubles the time.
    gc.disable()
    console = stdout()
    log = read_log(path)
    results = scored(log)
    show_conditions(console, log, lang)
    show_ways(console, results, lang)
    for result in results:
        for view in by:
            if view == "type":
                show_types(console, result, lang)
            else:
                show_view(console, result, view, lang)  # type: ignore[arg-type]  # one of the other three
    gc.enable()


def _limited(session: Session, max_calls: int | None, max_cost: Decimal | None) -> Session:
    """The session with the limits of the command line."""
    own = session.settings.model
    changed = own.model_copy(
        update={
            "max_calls": own.max_calls if max_calls is None else max_calls,
            "max_cost": own.max_cost if max_cost is None else max_cost,
        },
    )
    if changed.max_cost is not None and changed.price is None:
        raise SettingsError("errors.settings_price_missing", file=session.settings_file)
    settings = session.settings.model_copy(update={"model": ModelSettings.model_validate(changed.model_dump())})
    return Session(session.lang, settings, session.settings_file, session.library_path)


gold(eval_group, _spoken)


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
