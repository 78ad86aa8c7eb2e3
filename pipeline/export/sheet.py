"""Columns and Rows come in, one worksheet of an xlsx file goes out: headings, colours, links, print setup."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import PurePosixPath
from typing import Literal, NamedTuple

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.url import Url

from pipeline.catalogue import Lang, say
from pipeline.export.columns import Column, ColumnKind
from pipeline.export.quick import QuickWorksheet
from pipeline.export.rows import Entry, Mark, Row
from pipeline.export.values import decimals, printable, starts_like_formula, width

Colours = tuple[str, str]

COLOURS: dict[Mark, Colours] = {
    "accepted": ("#C6EFCE", "#00612E"),
    "review": ("#FFEB9C", "#7F4F00"),
    "error": ("#FFC7CE", "#9C0006"),
    "warning": ("#FBD9B5", "#7A3B00"),
    "located": ("#DDEBF7", "#1F1F1F"),
    "edited": ("#E4DFEC", "#3F2A56"),
    "unread": ("#D9D9D9", "#595959"),
    "total": ("#F2F2F2", "#1F1F1F"),
}
"""Fill and letters of each mark; the legend of 说明 shows the same."""

_FONT: dict[Lang, str] = {"zh": "Microsoft YaHei", "en": "Calibri"}

_EXACT_DIGITS = 15
"""A worksheet's number keeps no more; a longer one stays text."""

_LONGEST_TEXT = 32_000
"""Characters of one cell; the format ends at 32,767."""

_LAST_ROW = 1_048_575
_MOST_LINKS = 65_530
_LONGEST_LINK = 2_000
LINE_POINTS = 15.0
_PRINTED: frozenset[ColumnKind] = frozenset({"text", "number", "money", "file", "page"})
_MOST_LINES = 8
_MOST_LINES_OF: dict[ColumnKind, int] = {"long": 2}

_CONTROLS = "".join(map(chr, (*range(0x20), 0x7F)))
_URL_ESCAPES = str.maketrans({character: f"%{ord(character):02X}" for character in f'%"<>[]^`{{}}| #?{_CONTROLS}'})

Kind = Literal["text", "count", "number", "money", "fact", "link", "heading", "title"]


class Link(NamedTuple):
    """A file to open, relative to the workbook where it can be, and the page in it."""

    target: str
    page: int | None


Linker = Callable[[str], str | None]
"""From a file's path in the batch to what a link to it names; None if nobody knows where it lies."""


class Styles:
    """The few formats that all cells share: xlsxwriter is fast while there are few."""

    def __init__(self, workbook: Workbook, lang: Lang) -> None:
        self._workbook = workbook
        self._font = _FONT[lang]
        self._formats: dict[tuple[Kind, Mark, int, bool], Format] = {}

    def get(self, kind: Kind, mark: Mark = "plain", places: int = 0, *, quoted: bool = False) -> Format:
        """The format of a cell; `places` are decimals, `quoted` keeps a text a text when it is edited."""
        key = (kind, mark, places, quoted)
        found = self._formats.get(key)
        if found is None:
            found = self._formats[key] = self._workbook.add_format(self._properties(kind, mark, places, quoted=quoted))
        return found

    def _properties(self, kind: Kind, mark: Mark, places: int, *, quoted: bool) -> dict[str, str | int | bool]:
        properties: dict[str, str | int | bool] = {"font_name": self._font, "font_size": 10, "valign": "top"}
        if kind == "title":
            return {"font_name": self._font, "font_size": 16, "bold": True, "font_color": "#1F3864"}
        if kind == "heading":
            header: dict[str, str | int | bool] = {
                "bold": True,
                "align": "center",
                "valign": "vcenter",
                "text_wrap": True,
            }
            colours: dict[str, str | int | bool] = {
                "bg_color": "#1F3864",
                "font_color": "#FFFFFF",
                "border": 1,
                "border_color": "#FFFFFF",
            }
            return properties | header | colours
        if mark != "plain":
            fill, letters = COLOURS[mark]
            properties |= {"bg_color": fill, "font_color": letters, "border": 1, "border_color": "#D0D0D0"}
            properties["bold"] = mark == "total"
        if kind in {"text", "link"}:
            properties |= {"text_wrap": True, "quote_prefix": quoted, "align": "left", "indent": 1}
        if kind == "link":
            properties |= {"font_color": "#0563C1", "underline": 1}
        if kind in {"number", "money", "count"}:
            whole = "#,##0" if kind == "money" else "0"
            properties["num_format"] = whole + ("." + "0" * places if places else "")
        if kind == "fact":
            properties |= {"align": "left", "indent": 1, "num_format": "0", "bold": True}
        return properties


class Sheet:
    """A table that grows row by row; what is written is out of memory."""

    def __init__(self, worksheet: QuickWorksheet, columns: Sequence[Column], styles: Styles, lang: Lang) -> None:
        self._worksheet = worksheet
        self._columns = tuple(columns)
        self._styles = styles
        self._row = 0
        self._links = 0
        self.dropped = 0
        """Rows that the format has no room for."""
        headings = [say(f"export.column_{column.key}", lang) for column in columns]
        worksheet.set_default_row(LINE_POINTS)
        worksheet.set_row(0, LINE_POINTS * 2 + 4)
        for number, (column, heading) in enumerate(zip(columns, headings, strict=True)):
            worksheet.set_column(number, number, column.width)
            worksheet.write_string(0, number, heading, styles.get("heading"))

    def write(self, row: Row, linker: Linker) -> None:
        """Append a row whose file and page cells link to the document."""
        self._append(row.entries, linker(row.path), row.page)

    def write_entries(self, entries: Sequence[Entry]) -> None:
        """Append a row that comes from no one document."""
        self._append(entries, None, None)

    def _append(self, entries: Sequence[Entry], target: str | None, page: int | None) -> None:
        self._row += 1
        if self._row > _LAST_ROW:
            self.dropped += 1
            return
        lines = 1
        cells = list(zip(self._columns, entries, strict=True))
        for column, (value, _) in cells:
            if isinstance(value, str) and column.kind != "note":
                lines = max(lines, min(lines_of(value, column.width), _MOST_LINES_OF.get(column.kind, _MOST_LINES)))
        if lines > 1:
            self._worksheet.set_row(self._row, LINE_POINTS * lines)
        for number, (column, entry) in enumerate(cells):
            if target is not None and column.kind in {"file", "page"} and isinstance(entry.value, str):
                anchor = page if column.kind == "page" else None
                self._link(number, entry.value, Link(target, anchor), entry.mark)
            else:
                self._cell(number, column, entry)

    def _cell(self, number: int, column: Column, entry: Entry) -> None:
        value, mark = entry
        if value is None:
            if mark != "plain":
                self._worksheet.put_blank(self._row, number, self._styles.get("text", mark))
        elif isinstance(value, str):
            self._text(number, value, mark)
        elif isinstance(value, int):
            self._worksheet.put_number(self._row, number, value, self._styles.get("count", mark))
        elif len(value.as_tuple().digits) > _EXACT_DIGITS:
            self._text(number, format(value, "f"), mark)
        else:
            kind: Kind = "money" if column.kind == "money" else "number"
            self._worksheet.put_number(self._row, number, float(value), self._styles.get(kind, mark, decimals(value)))

    def _text(self, number: int, text: str, mark: Mark) -> None:
        style = self._styles.get("text", mark, quoted=starts_like_formula(text))
        self._worksheet.put_text(self._row, number, cell_text(text), style)

    def _link(self, number: int, text: str, link: Link, mark: Mark) -> None:
        target = link.target.translate(_URL_ESCAPES)
        if self._links >= _MOST_LINKS or len(target) > _LONGEST_LINK:
            self._cell(number, self._columns[number], Entry(text, mark))
            return
        self._links += 1
        url = Url(f"external:{target}")
        url.text = cell_text(text)
        # xlsxwriter writes backslashes, which only Windows follows; a slash is right everywhere.
        url._relationship_link = target  # noqa: SLF001
        url._anchor = f"page={link.page}" if link.page is not None else ""  # noqa: SLF001
        self._worksheet.write_url(self._row, number, url, self._styles.get("link", mark))

    def finish(self, frozen_columns: int, paper: int, footer: str, *, total_rows: int = 0) -> None:
        """Freeze, filter, and set up printing; the last `total_rows` stay out of the filter.

        Printed are the columns up to the last one that is no remark: a page wide enough for all is not read.
        """
        last_row, last = min(self._row, _LAST_ROW), len(self._columns) - 1
        printed = max(number for number, column in enumerate(self._columns) if column.kind in _PRINTED)
        self._worksheet.freeze_panes(1, frozen_columns)
        self._worksheet.autofilter(0, 0, last_row - total_rows, last)
        set_up_print(self._worksheet, paper, footer)
        self._worksheet.print_area(0, 0, last_row, printed)
        self._worksheet.repeat_rows(0)


def set_up_print(worksheet: QuickWorksheet, paper: int, footer: str) -> None:
    """Landscape, one page wide, page numbers in the footer. Papers: 8 is A3, 9 is A4."""
    worksheet.hide_gridlines(0)  # shown and printed: cells without a colour have no border of their own
    worksheet.set_landscape()
    worksheet.set_paper(paper)
    worksheet.fit_to_pages(1, 0)
    worksheet.set_margins(0.4, 0.4, 0.5, 0.6)
    worksheet.set_footer(f"&L&A&C{footer}&R&P / &N")


@lru_cache(maxsize=4096)
def cell_text(text: str) -> str:
    """A text as a cell can hold it: control characters visible, an overlong one cut with a mark."""
    clean = printable(text)
    if len(clean) > _LONGEST_TEXT:
        clean = clean[:_LONGEST_TEXT] + "……"
    if clean.startswith("<r>") and clean.endswith("</r>"):
        return f"{clean} "  # xlsxwriter takes such a text for markup of its own and would not escape it
    return clean


def relative_link(target: PurePosixPath | str) -> str:
    """A path as a link names it, always with slashes."""
    return str(target).replace("\\", "/")


@lru_cache(maxsize=4096)
def lines_of(text: str, columns: int) -> int:
    """How many lines a text takes in a cell of so many columns."""
    return sum(max(1, -(-width(part) // max(columns - 1, 1))) for part in text.split("\n"))
