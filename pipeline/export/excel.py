"""A Store comes in, `forms.xlsx` goes out: 说明, 汇总, 项目, 资金, 指标, 问题, 文件, 修改记录, for an accountant."""

import os.path
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from xlsxwriter import Workbook

from pipeline.catalogue import Lang, say
from pipeline.export.columns import FILES, FINDINGS, FUNDS, INDICATORS, LOG, PROJECTS, SUMMARY, Column
from pipeline.export.log import log_rows
from pipeline.export.quick import QuickWorksheet
from pipeline.export.replacing import replacing
from pipeline.export.rows import FormView, Mark, file_row, finding_rows, fund_rows, indicator_rows, project_row
from pipeline.export.sheet import LINE_POINTS, Linker, Sheet, Styles, cell_text, lines_of, relative_link, set_up_print
from pipeline.export.summary import Summary, Totals
from pipeline.export.values import starts_like_formula
from pipeline.garbage import rarely_collected
from pipeline.store import Store

_A3, _A4 = 8, 9

_FORM_FROZEN = 2
"""Status and name stay in sight while the sheet scrolls sideways."""

_MANY_FORMS = 500
"""Above it rows leave memory as they are written; up to it all is done in memory, which is faster."""

_LEGEND: tuple[Mark, ...] = ("accepted", "review", "error", "warning", "located", "edited", "unread")

_TABLES = ("summary", "projects", "funds", "indicators", "findings", "files", "log")

_MEANING_WIDTH = 100


class _Counts(NamedTuple):
    outcomes: Counter[str]
    totals: Totals
    edited: int
    dropped: int


@rarely_collected()
def write_excel(store: Store, path: Path, lang: Lang) -> Path:
    """Write the workbook and return its path. Forms pass one at a time.

    Raises UsageError where it cannot write, or where the file is open in Excel.
    """
    with replacing(path) as fresh:
        many = sum(file.forms for file in store.files()) > _MANY_FORMS
        options = {"constant_memory": True, "tmpdir": str(fresh.parent)} if many else {"in_memory": True}
        workbook = Workbook(str(fresh), options)
        _fill(workbook, store, path.parent, lang)
        workbook.close()
    return path


def _fill(workbook: Workbook, store: Store, folder: Path, lang: Lang) -> None:
    styles = Styles(workbook, lang)
    about = workbook.add_worksheet(say("export.sheet_about", lang), QuickWorksheet)
    sheet_of = _Sheets(workbook, styles, lang)
    summary_sheet = sheet_of("summary", SUMMARY)
    projects, funds = sheet_of("projects", PROJECTS), sheet_of("funds", FUNDS)
    indicators, findings = sheet_of("indicators", INDICATORS), sheet_of("findings", FINDINGS)
    files, log = sheet_of("files", FILES), sheet_of("log", LOG)
    link = _linker(store, folder)
    summary, outcomes, edited = Summary(lang), Counter[str](), 0
    for record in store.forms():
        view = FormView.of(record, lang)
        summary.add(record)
        edited += bool(record.edits)
        projects.write(project_row(view), link)
        for sheet, rows in ((funds, fund_rows), (indicators, indicator_rows), (findings, finding_rows)):
            for row in rows(view):
                sheet.write(row, link)
    for file in store.files():
        outcomes[file.outcome] += 1
        files.write(file_row(file, lang), link)
    for row in log_rows(store, lang):
        log.write(row, link)
    for entries in summary.rows():
        summary_sheet.write_entries(entries)
    footer = say("export.footer", lang)
    summary_sheet.finish(1, _A4, footer, total_rows=1)
    for sheet, paper in ((projects, _A3), (funds, _A3), (indicators, _A3), (findings, _A4)):
        sheet.finish(_FORM_FROZEN, paper, footer)
    files.finish(1, _A4, footer)
    log.finish(1, _A4, footer)
    dropped = sum(sheet.dropped for sheet in (projects, funds, indicators, findings, files, log))
    _write_about(about, styles, store, _Counts(outcomes, summary.all, edited, dropped), lang)


class _Sheets:
    """Adds the sheets of the workbook, in the order of the calls."""

    def __init__(self, workbook: Workbook, styles: Styles, lang: Lang) -> None:
        self._workbook, self._styles, self._lang = workbook, styles, lang

    def __call__(self, name: str, columns: tuple[Column, ...]) -> Sheet:
        worksheet = self._workbook.add_worksheet(say(f"export.sheet_{name}", self._lang), QuickWorksheet)
        return Sheet(worksheet, columns, self._styles, self._lang)


def _linker(store: Store, folder: Path) -> Linker:
    """Links are relative to the workbook's folder, so that reports and results can move together."""
    home = folder.resolve()

    @cache
    def link(path: str) -> str | None:
        location = store.location(path)
        if location is None:
            return None
        try:
            return relative_link(os.path.relpath(location, home))
        except ValueError:  # another drive of Windows
            return f"file:///{relative_link(str(location))}"

    return link


def _write_about(about: QuickWorksheet, styles: Styles, store: Store, counts: _Counts, lang: Lang) -> None:
    """What this is, when and with what it was made, how much there is to do, and what the colours mean."""
    about.hide_gridlines(2)
    about.set_column(0, 0, 30)
    about.set_column(1, 1, _MEANING_WIDTH)
    about.set_row(0, 30)
    about.write_string(0, 0, say("export.title", lang), styles.get("title"))
    row = 2
    for heading, value, mark in _facts(store, counts, lang):
        about.write_string(row, 0, heading, styles.get("text"))
        if isinstance(value, int):
            about.write_number(row, 1, value, styles.get("fact", mark))
        else:
            quoted = starts_like_formula(value)
            about.write_string(row, 1, cell_text(value), styles.get("text", mark, quoted=quoted))
        row += 1
    headings = say("export.legend_colour", lang), say("export.legend_meaning", lang)
    legend = [(say(f"export.legend_{mark}", lang), mark, say(f"export.legend_{mark}_means", lang)) for mark in _LEGEND]
    row = _explain(about, styles, row + 1, headings, legend)
    headings = say("export.sheet_heading", lang), say("export.sheet_meaning", lang)
    sheets = [(say(f"export.sheet_{name}", lang), None, say(f"export.sheet_{name}_means", lang)) for name in _TABLES]
    _explain(about, styles, row + 1, headings, sheets)
    set_up_print(about, _A4, say("export.footer", lang))


def _explain(
    about: QuickWorksheet,
    styles: Styles,
    row: int,
    headings: tuple[str, str],
    lines: Sequence[tuple[str, Mark | None, str]],
) -> int:
    """Two columns, a word and what it means; a word without a mark links to the sheet of that name. The next row."""
    for column, heading in enumerate(headings):
        about.write_string(row, column, heading, styles.get("heading"))
    for word, mark, meaning in lines:
        row += 1
        about.set_row(row, LINE_POINTS * lines_of(meaning, _MEANING_WIDTH) + 4)
        if mark is None:
            about.write_url(row, 0, f"internal:'{word}'!A1", styles.get("link"), word)
        else:
            about.write_string(row, 0, word, styles.get("text", mark))
        about.write_string(row, 1, meaning, styles.get("text"))
    return row + 1


def _facts(store: Store, counts: _Counts, lang: Lang) -> Iterator[tuple[str, str | int, Mark]]:
    """The lines of 说明: heading, value, colour."""
    totals = counts.totals
    review = totals.forms - totals.accepted
    yield say("export.fact_forms", lang), totals.forms, "plain"
    yield say("export.fact_accepted", lang), totals.accepted, "accepted"
    yield say("export.fact_review", lang), review, "review" if review else "accepted"
    if counts.edited:
        yield say("export.fact_edited", lang), counts.edited, "edited"
    if totals.left_out:
        yield say("export.fact_left_out", lang), totals.left_out, "warning"
    yield say("export.fact_files", lang), sum(counts.outcomes.values()), "plain"
    for outcome, number in counts.outcomes.most_common():
        heading = say("export.fact_outcome", lang, outcome=say(f"export.outcome_{outcome}", lang))
        yield heading, number, "error" if outcome == "failed" else "plain"
    if counts.dropped:
        yield say("export.fact_dropped", lang), counts.dropped, "error"
    batches = store.batches()
    if batches:
        last = batches[-1]
        yield say("export.fact_at", lang), last.at, "plain"
        yield say("export.fact_version", lang), f"hedui {last.version}", "plain"
        yield say("export.fact_model", lang), last.model or say("export.no_model", lang), "plain"
        settings = "\n".join(f"{name} = {value}" for name, value in last.settings)
        if settings:
            yield say("export.fact_settings", lang), settings, "plain"
