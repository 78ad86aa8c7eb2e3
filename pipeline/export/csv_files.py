"""A Store comes in; 项目.csv, 资金.csv, 指标.csv, 问题.csv and 文件.csv go out, as Excel opens them: UTF-8 with BOM."""

import csv
from collections.abc import Iterable
from contextlib import ExitStack
from decimal import Decimal
from pathlib import Path

from pipeline.catalogue import Lang, say
from pipeline.export.columns import FILES, FINDINGS, FUNDS, INDICATORS, PROJECTS, Column
from pipeline.export.replacing import replacing
from pipeline.export.rows import FormView, Row, Value, file_row, finding_rows, fund_rows, indicator_rows, project_row
from pipeline.export.values import printable, starts_like_formula
from pipeline.store import Store


def write_csv(store: Store, folder: Path, lang: Lang) -> tuple[Path, ...]:
    """Write the five tables into `folder` and return their paths. Raises UsageError where it cannot write."""
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
        return tuple(table.path for table in (projects, funds, indicators, findings, files))


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
