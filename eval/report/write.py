"""Paths of logs come in, one HTML page is written: headline, families, confidence, worst forms."""

from collections.abc import Callable, Sequence
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from eval.figures import FigureCode, Scored, cost_per_form, scored
from eval.log import Log, read_log
from eval.report.curves import COLOURS, Drawn, svg_of
from eval.report.worst import WorstForm, not_read, worst_forms
from eval.score.interval import Estimate
from eval.tables import percent, way_name
from pipeline.catalogue import Lang, say
from pipeline.export.replacing import replacing

HEADLINE: tuple[FigureCode, ...] = (
    "field_f1",
    "numeric_f1",
    "rows_exact",
    "forms_exact",
    "grounding",
    "boxes_met",
    "straight_through",
    "straight_through_provable",
    "wrong_forms_by_rules",
    "wrong_numbers_by_rules",
    "wrong_forms_by_reviewer",
)
COSTS = (
    "calls_per_form",
    "tokens_per_form",
    "seconds_per_form",
    "calls_per_accepted",
    "tokens_per_accepted",
    "seconds_per_accepted",
)
HEAT: tuple[FigureCode, ...] = ("field_f1", "numeric_f1", "rows_exact", "forms_exact")


class Told(NamedTuple):
    """A share as the page writes it; `share` gives its colour."""

    value: str
    interval: str
    share: float | None


class FigureShown(NamedTuple):
    """One row of the headline: a figure's name, and what each way has of it."""

    name: str
    told: tuple[Told, ...]


class HeatRow(NamedTuple):
    """One family's row of a heat map."""

    family: str
    forms: int
    cells: tuple[Told, ...]


class HeatMap(NamedTuple):
    """One way's families."""

    name: str
    rows: tuple[HeatRow, ...]


class CurveShown(NamedTuple):
    """One line of the plot's legend."""

    name: str
    colour: str
    area: str
    fields: int


class WorstShown(NamedTuple):
    """One way's worst forms."""

    name: str
    forms: tuple[WorstForm, ...]
    not_read: tuple[tuple[str, int], ...]


def write_report(paths: Sequence[Path], output: Path, lang: Lang) -> None:
    """Write the page; raises UsageError if a log cannot be read or the page not be written."""
    logs = [read_log(path) for path in paths]
    prefix = [path.name.split(".")[0] for path in paths] if len(paths) > 1 else [""]
    results = [scored(log) for log in logs]
    named = [(_named(name, result, lang), result) for name, own in zip(prefix, results, strict=True) for result in own]
    curves = [Drawn(name, curve) for name, result in named if (curve := result.risk()) is not None]
    template = _environment(lang).from_string((files("eval.report") / "page.html").read_text(encoding="utf-8"))
    page = template.render(
        lang=lang,
        logs=[_conditions(log) for log in logs],
        ways=[name for name, _ in named],
        headline=_headline([result for _, result in named], lang),
        heat=HEAT,
        heat_maps=[_heat(name, result) for name, result in named],
        svg=Markup(svg_of(curves)) if curves else "",  # noqa: S704 - drawn by matplotlib, holds numbers alone
        curves=[
            CurveShown(drawn.name, COLOURS[at % len(COLOURS)], _told(drawn.curve.area).value, drawn.curve.fields)
            for at, drawn in enumerate(curves)
        ],
        worst=[
            WorstShown(_named(name, own[-1], lang), worst_forms(log, own[-1], lang), not_read(own[-1]))
            for name, log, own in zip(prefix, logs, results, strict=True)
            if own
        ],
    )
    with replacing(output) as beside:
        beside.write_text(page, encoding="utf-8", newline="\n")


def _environment(lang: Lang) -> Environment:
    """Everything that comes out of a document is escaped; a name that does not exist is an error."""
    made = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    spoken: Callable[..., str] = partial(_say, lang)
    made.globals["say"] = spoken
    return made


def _say(lang: Lang, code: str, **params: object) -> str:
    return say(code, lang, **params)


def _named(prefix: str, result: Scored, lang: Lang) -> str:
    name = way_name(result.way.way, lang)
    return say("eval.side", lang, log=prefix, way=name) if prefix else name


def _conditions(log: Log) -> dict[str, str]:
    program = log.conditions.program
    return {
        "version": program.version,
        "commit": log.commits(),
        "model": log.conditions.model,
        "mapping": log.conditions.mapping,
        "documents": str(len(log.documents)),
        "forms": str(sum(len(document.forms) for document in log.documents)),
        "started": log.started,
    }


def _headline(results: Sequence[Scored], lang: Lang) -> list[FigureShown]:
    """The figures that some way has, then what the ways cost."""
    rows = [
        FigureShown(say(f"eval.figure_{code}", lang), tuple(_told(result.figure(code)) for result in results))
        for code in HEADLINE
    ]
    spent = [cost_per_form(result) for result in results]
    for code in COSTS:
        costs = tuple(Told(f"{own[code]:.2f}" if code in own else "", "", None) for own in spent)
        rows.append(FigureShown(say(f"eval.cost_{code}", lang), costs))
    crashed = tuple(Told(str(sum(found.crashed for found in result.documents)), "", None) for result in results)
    rows.append(FigureShown(say("eval.crashed", lang), crashed))
    return [row for row in rows if any(told.value for told in row.told)]


def _heat(name: str, result: Scored) -> HeatMap:
    rows = []
    for family, part in result.view("family").items():
        forms = sum(form.score.gold_index is not None for form in part.forms())
        if forms:
            rows.append(HeatRow(family, forms, tuple(_told(part.figure(code)) for code in HEAT)))
    return HeatMap(name, tuple(rows))


def _told(estimate: Estimate | None) -> Told:
    if estimate is None:
        return Told("", "", None)
    interval = "" if estimate.clusters == 1 else f"{percent(estimate.low)}–{percent(estimate.high)}"
    return Told(percent(estimate.value), interval, estimate.value)
