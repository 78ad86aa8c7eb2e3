"""Tables and a Look come in, one HTML page goes out that a browser prints as the report."""

from collections.abc import Iterable
from html import escape

from eval.corpus.look import Look
from eval.corpus.paint import PAINTED, Paint, plain
from eval.corpus.table import Printed, Table

_STYLE = """
@page {{ size: A4; margin: {look.margin_y}pt {look.margin_x}pt; }}
body {{ margin: 0; font: {look.size}pt "{look.font}"; line-height: 1.35; }}
h1 {{ margin: 0; font-size: {look.title_size}pt; font-weight: normal; text-align: center; break-after: avoid; }}
p {{ margin: 4pt 0; text-align: center; break-after: avoid; }}
section {{ margin-bottom: 28pt; {break_before} }}
table {{ border-collapse: collapse; table-layout: fixed; width: {width}pt; }}
tr {{ height: {look.row_height}pt; }}
td {{
  border: {look.rule}pt solid black; padding: {look.padding}pt; text-align: center; vertical-align: middle;
  overflow-wrap: anywhere;
}}
td.left {{ text-align: left; }}
"""


def html(tables: Iterable[Table], look: Look, paint: Paint = plain) -> str:
    """The whole document; every text is escaped, every merged cell has its rowspan and colspan."""
    style = _STYLE.format(
        look=look,
        width=sum(look.widths),
        break_before="break-before: page;" if look.new_page else "",
    )
    sections = "\n".join(_section(table, look, paint, position) for position, table in enumerate(tables))
    return (
        '<!DOCTYPE html>\n<html lang="zh-CN">\n<head>\n<meta charset="utf-8">\n<title>report</title>\n'
        f"<style>{style}</style>\n{'' if paint is plain else PAINTED}</head>\n<body>\n{sections}\n</body>\n</html>\n"
    )


def _section(table: Table, look: Look, paint: Paint, position: int) -> str:
    def told(fields: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(f"{position}{field}" for field in fields)

    def cells(row: int) -> str:
        own = sorted(_of_row(table, row), key=lambda cell: cell.column)
        return "".join(cell_html(cell, told(cell.fields), paint) for cell in own)

    columns = "".join(f'<col style="width: {width}pt">' for width in look.widths)
    rows = "\n".join(f"<tr>{cells(row)}</tr>" for row in range(table.rows))
    return (
        f"<section>\n<h1>{inked(escape(table.title), told(('/title',)), paint)}</h1>\n"
        f"<p>{inked(escape(table.year), told(('/fiscal_year',)), paint)}</p>\n"
        f"<table>\n<colgroup>{columns}</colgroup>\n{rows}\n</table>\n</section>"
    )


def _of_row(table: Table, row: int) -> list[Printed]:
    return [cell for cell in table.cells if cell.row == row]


def cell_html(cell: Printed, fields: tuple[str, ...], paint: Paint) -> str:
    """One cell with its spans and lines."""
    spans = f' rowspan="{cell.rowspan}"' if cell.rowspan > 1 else ""
    spans += f' colspan="{cell.colspan}"' if cell.colspan > 1 else ""
    classes = [name for name, has in (("left", cell.align == "left"), ("heads", cell.heads)) if has]
    look = f' class="{" ".join(classes)}"' if classes else ""
    text = "<br>".join(escape(line) for line in cell.lines)
    return f"<td{spans}{look}{paint(fields, 'cell')}>{inked(text, fields, paint)}</td>"


def inked(text: str, fields: tuple[str, ...], paint: Paint) -> str:
    """A text, painted where its values are looked for."""
    style = paint(fields, "text")
    return f"<span{style}>{text}</span>" if style else text
