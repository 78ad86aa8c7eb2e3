"""Figures become what a terminal shows: ways beside each other, cut by family, format or origin."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from eval.compare import differences
from eval.dataset import GoldSet
from eval.figures import FIGURES, FigureCode, Scored, ViewCode, cost_per_form, fields_of
from eval.log import Log
from eval.score.interval import Estimate
from eval.score.metrics import Counts, Ratio, counts_by
from pipeline.catalogue import Lang, say

IN_VIEWS: tuple[FigureCode, ...] = (
    "field_precision",
    "field_recall",
    "field_f1",
    "numeric_f1",
    "rows_exact",
    "forms_exact",
    "straight_through",
    "straight_through_provable",
    "wrong_numbers_by_rules",
)
"""What is told of each family, format and origin."""


def show_conditions(console: Console, log: Log, lang: Lang) -> None:
    """One line: hedui, model, way of mapping, how much was read."""
    program = log.conditions.program
    forms = sum(len(document.forms) for document in log.documents)
    told = {"version": program.version, "commit": log.commits(), "model": log.conditions.model}
    counts = {"documents": len(log.documents), "forms": forms}
    console.print(Text(say("eval.conditions", lang, **told, mapping=log.conditions.mapping, **counts)))
    if log.finished is None:
        console.print(Text(say("eval.unfinished", lang)))


def show_ways(console: Console, results: Sequence[Scored], lang: Lang) -> None:
    """Every figure of every way, with its interval; then what crashed and what the ways cost."""
    table = Table(title=say("eval.table_ways", lang), title_justify="left")
    table.add_column(say("eval.column_figure", lang), no_wrap=True)
    for result in results:
        table.add_column(way_name(result.way.way, lang), justify="right")
    for code in FIGURES:
        found = [result.figure(code) for result in results]
        if any(estimate is not None for estimate in found):
            table.add_row(say(f"eval.figure_{code}", lang), *(told(estimate) for estimate in found))
    curves = [result.risk() for result in results]
    if any(curve is not None for curve in curves):
        areas = ("" if curve is None else told(curve.area) for curve in curves)
        table.add_row(say("eval.figure_risk_area", lang), *areas)
    for name in dict.fromkeys(key for result in results for key in cost_per_form(result)):
        costs = [cost_per_form(result).get(name) for result in results]
        table.add_row(say(f"eval.cost_{name}", lang), *("" if cost is None else f"{cost:.2f}" for cost in costs))
    crashed = [str(sum(document.crashed for document in result.documents)) for result in results]
    table.add_row(say("eval.crashed", lang), *crashed)
    console.print(table)
    for result in results:
        settled = result.way.confirmations
        if settled:
            counts = {"layouts": len(settled), "labels": sum(found.labels for found in settled)}
            corrected = sum(found.corrected for found in settled)
            name = way_name(result.way.way, lang)
            console.print(Text(say("eval.confirmed", lang, way=name, corrected=corrected, **counts)))


def show_differences(console: Console, base: Scored, others: Sequence[tuple[str, Scored]], lang: Lang) -> None:
    """How each of the others differs from the first, over the documents that both read."""
    title = say("eval.table_compare", lang, way=way_name(base.way.way, lang))
    table = Table(title=title, title_justify="left")
    table.add_column(say("eval.column_figure", lang), no_wrap=True)
    rows: dict[FigureCode, list[str]] = {code: [] for code in FIGURES}
    for name, other in others:
        table.add_column(name, justify="right")
        found = {row.code: row for row in differences(base, other)}
        for code in FIGURES:
            row = found.get(code)
            rows[code].append("" if row is None else f"{percent(row.second)} ({_signed(row.change)})")
    for code, cells in rows.items():
        if any(cells):
            table.add_row(say(f"eval.figure_{code}", lang), *cells)
    console.print(table)


def show_view(console: Console, result: Scored, view: ViewCode, lang: Lang) -> None:
    """One way cut by family, format or origin."""
    title = say(f"eval.table_{view}", lang, way=way_name(result.way.way, lang))
    table = Table(title=title, title_justify="left")
    table.add_column(say(f"eval.column_{view}", lang))
    table.add_column(say("eval.column_forms", lang), justify="right")
    for code in IN_VIEWS:
        table.add_column(say(f"eval.figure_{code}", lang), justify="right")
    for name, part in result.view(view).items():
        forms = sum(form.score.gold_index is not None for form in part.forms())
        table.add_row(name, str(forms), *(told(part.figure(code)) for code in IN_VIEWS))
    console.print(table)


def show_types(console: Console, result: Scored, lang: Lang, *, every: bool = False) -> None:
    """The fields of each type; those that are all right only on request."""
    fields = [field for document in result.documents for field in fields_of(document)]
    found = counts_by(fields, lambda field: field.type)
    title = say("eval.table_types", lang, way=way_name(result.way.way, lang))
    table = Table(title=title, title_justify="left")
    for column in ("type", "correct", "wrong", "missing", "spurious", "precision", "recall", "f1"):
        table.add_column(say(f"eval.column_{column}", lang), justify="left" if column == "type" else "right")
    for name, counts in sorted(found.items(), key=lambda item: (item[1].f1.value, item[0])):
        if every or counts != Counts(correct=counts.correct):
            table.add_row(name, *(str(number) for number in counts), *map(_percent_of, _shares(counts)))
    if table.row_count:
        console.print(table)


def _shares(counts: Counts) -> tuple[Ratio, Ratio, Ratio]:
    return counts.precision, counts.recall, counts.f1


def _percent_of(ratio: Ratio) -> str:
    """A share in per cent; nothing where there is nothing that it could be a share of."""
    return f"{100 * ratio.value:.2f}" if ratio.whole else ""


def show_sets(console: Console, sets: Sequence[GoldSet], lang: Lang) -> None:
    """One line a labelled folder."""
    table = Table()
    for column in ("set", "families", "documents", "forms", "rows"):
        justify = "left" if column in {"set", "families"} else "right"
        table.add_column(say(f"eval.column_{column}", lang), justify=justify)  # type: ignore[arg-type]  # one of rich's words
    for found in sets:
        families = dict.fromkeys(family for document in found.documents for family in document.families)
        forms = [form for document in found.documents for form in document.forms]
        rows = sum(len(form.indicators) for form in forms)
        table.add_row(found.name, " ".join(families), str(len(found.documents)), str(len(forms)), str(rows))
    console.print(table)


def told(estimate: Estimate | None) -> str:
    """A share in per cent with its interval; nothing where nothing was measured."""
    if estimate is None:
        return ""
    value = percent(estimate.value)
    if estimate.clusters == 1:
        return value
    return f"{value}\n{percent(estimate.low)}–{percent(estimate.high)}"


def _signed(change: Estimate) -> str:
    value = f"{100 * change.value:+.2f}"
    return value if change.clusters == 1 else f"{value}, {100 * change.low:+.2f}…{100 * change.high:+.2f}"


def percent(share: float) -> str:
    """A share in per cent, two decimals, none where they are zeros."""
    return f"{100 * share:.2f}".removesuffix(".00")


def way_name(code: str, lang: Lang) -> str:
    """What a way is called."""
    return say(f"eval.way_{code}", lang)
