"""A Store comes in; 项目.csv, 资金.csv, 指标.csv, 问题.csv, 文件.csv and 修改记录.csv go out: UTF-8 with BOM."""

import csv
import io
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from decimal import Decimal
from pathlib import Path

from pipeline.catalogue import Lang, say
from pipeline.export.columns import FILES, FINDINGS, FUNDS, INDICATORS, LOG, PROJECTS, Column
from pipeline.export.log import log_rows
from pipeline.export.replacing import replacing
from pipeline.export.rows import FormView, Row, Value, file_row, finding_rows, fund_rows, indicator_rows, project_row
from pipeline.export.values import printable, starts_like_formula
from pipeline.store import Store


def write_csv(store: Store, folder: Path, lang: Lang) -> tuple[Path, ...]:
    """Write the six tables into `folder` and return their paths. Raises UsageError where it cannot write."""
    with ExitStack() as stack:
        projects = _Table(stack, folder, "projects", PROJECTS, lang)
        funds = _Table(stack, folder, "funds", FUNDS, lang)
        indicators = _Table(stack, folder, "indicators", INDICATORS, lang)
        findings = _Table(stack, folder, "findings", FINDINGS, lang)
        files = _Table(stack, folder, "files", FILES, lang)
        for record in store.forms():
            view = FormView.of(record, lang)
            projects.write((project_row(view),))
            funds.write(fund_rows(view))
            indicators.write(indicator_rows(view))
            findings.write(finding_rows(view))
        files.write(file_row(file, lang) for file in store.files())
        log = write_log(store, folder / f"{say('export.sheet_log', lang)}.csv", lang)
        return (*(table.path for table in (projects, funds, indicators, findings, files)), log)


def write_log(store: Store, path: Path, lang: Lang) -> Path:
    """Write the log of all events and return its path. Raises UsageError where it cannot write."""
    with replacing(path) as fresh, fresh.open("w", encoding="utf-8", newline="") as out:
        out.writelines(csv_lines(store, lang))
    return path


def csv_lines(store: Store, lang: Lang) -> Iterator[str]:
    """The lines of the log, with the byte-order mark in front of the first."""
    line = io.StringIO()
    writer = csv.writer(line)
    headings = [say(f"export.column_{column.key}", lang) for column in LOG]
    rows = ([_text(entry.value) for entry in row.entries] for row in log_rows(store, lang))
    mark = "\ufeff"
    for row in (headings, *rows):
        writer.writerow(row)
        yield mark + line.getvalue()
        mark = ""
        line.seek(0)
        line.truncate()


class _Table:
    """One CSV file, open until the stack ends."""

    def __init__(self, stack: ExitStack, folder: Path, sheet: str, columns: tuple[Column, ...], lang: Lang) -> None:
        self.path = folder / f"{say(f'export.sheet_{sheet}', lang)}.csv"
        fresh = stack.enter_context(replacing(self.path))
        out = stack.enter_context(fresh.open("w", encoding="utf-8-sig", newline=""))
        self._writer = csv.writer(out)
        self._writer.writerow([say(f"export.column_{column.key}", lang) for column in columns])

    def write(self, rows: Iterable[Row]) -> None:
        self._writer.writerows([_text(entry.value) for entry in row.entries] for row in rows)


def _text(value: Value) -> str:
    """A number as printed; a text that a spreadsheet could run behind an apostrophe."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return format(value, "f")
    text = printable(str(value))
    return f"'{text}" if starts_like_formula(text) else text
