"""Blocks and an Ink come in, one HTML page goes out: for a browser to print, or as a published page of its own."""

from collections.abc import Iterable
from html import escape

from eval.corpus.blocks import Block, Break, Grid, Ink, Line, LineStyle
from eval.corpus.page import cell_html, inked
from eval.corpus.paint import PAINTED, Paint, plain
from eval.corpus.table import Printed

_STYLE = """
@page {{ size: A4{turned}; margin: {ink.margin_y}pt {ink.margin_x}pt; {edges} }}
body {{ margin: 0; font: {ink.size}pt "{ink.font}"; line-height: 1.35; }}
h1 {{ margin: 10pt 0 0; font-size: {ink.title_size}pt; font-weight: normal; text-align: center; break-after: avoid; }}
h2 {{ margin: 8pt 0 4pt; font-size: {heading}pt; font-weight: normal; break-after: avoid; }}
p {{ margin: 4pt 0; }}
p.line {{ text-align: center; break-after: avoid; }}
p.left {{ break-after: avoid; }}
p.right {{ text-align: right; break-after: avoid; }}
p.prose {{ text-indent: 2em; }}
p.cover {{ margin: 90pt 0; font-size: {cover}pt; text-align: center; }}
p.white {{ margin: 0; color: white; font-size: 2pt; }}
div.break {{ break-before: page; }}
table {{ border-collapse: collapse; table-layout: fixed; margin-bottom: 8pt; {table} }}
tr {{ height: {ink.row_height}pt; }}
td {{
  {cell} padding: {ink.padding}pt; text-align: center; vertical-align: {ink.valign}; overflow-wrap: anywhere;
}}
td.left {{ text-align: left; }}
td.heads {{ {heads} }}
"""

_TAGS: dict[LineStyle, tuple[str, str]] = {
    "title": ("<h1>", "</h1>"),
    "heading": ("<h2>", "</h2>"),
    "line": ('<p class="line">', "</p>"),
    "left": ('<p class="left">', "</p>"),
    "right": ('<p class="right">', "</p>"),
    "prose": ('<p class="prose">', "</p>"),
    "cover": ('<p class="cover">', "</p>"),
    "white": ('<p class="white">', "</p>"),
}


def printable(blocks: Iterable[Block], ink: Ink, paint: Paint = plain) -> str:
    """The document for a browser's printer: page size, widths and rules are the Ink's."""
    rule = f"{ink.rule}pt solid black"
    table, cell = {
        "all": ("", f"border: {rule};"),
        "none": ("", "border: 0;"),
        "rows": (f"border-bottom: {rule};", f"border: 0; border-top: {rule};"),
        "columns": (f"border: {rule};", f"border: 0; border-left: {rule};"),
        "between": ("border: 0 hidden;", f"border: 0; border-left: {rule};"),
        "frame": (f"border: {rule};", "border: 0;"),
        "heads": (f"border: {rule};", "border: 0;"),
    }[ink.ruling]
    heads = f"border: {rule};" if ink.ruling == "heads" else ""
    style = _STYLE.format(
        ink=ink,
        turned=" landscape" if ink.landscape else "",
        edges=_edges(ink),
        heading=ink.title_size - 3,
        cover=ink.title_size + 8,
        table=table,
        cell=cell,
        heads=heads,
    )
    head = f"<style>{style}</style>\n{'' if paint is plain else PAINTED}"
    return _document(head, "\n".join(_printed(block, paint) for block in blocks))


def _edges(ink: Ink) -> str:
    """What a browser prints above and under every page."""
    face = f'font: {ink.size - 1}pt "{ink.font}";'
    head = f'@top-center {{ content: "{ink.running_head}"; {face} }}' if ink.running_head else ""
    number = f'@bottom-center {{ content: "— " counter(page) " —"; {face} }}' if ink.page_numbers else ""
    return head + number


def published(blocks: Iterable[Block], ink: Ink) -> bytes:
    """The document as a web page in the Ink's encoding: borders by attribute, plain paragraphs, tables inside divs."""
    page = _document("", "\n".join(_on_the_web(block) for block in blocks), ink.encoding)
    return page.encode(ink.encoding)


def _document(head: str, body: str, encoding: str = "utf-8") -> str:
    return (
        f'<!DOCTYPE html>\n<html lang="zh-CN">\n<head>\n<meta charset="{encoding}">\n<title>公开附件</title>\n'
        f"{head}</head>\n<body>\n{body}\n</body>\n</html>\n"
    )


def _printed(block: Block, paint: Paint) -> str:
    if isinstance(block, Break):
        return '<div class="break"></div>'
    if isinstance(block, Line):
        before, after = _TAGS[block.style]
        return f"{before}{inked(escape(block.text), block.fields, paint)}{after}"
    columns = "".join(f'<col style="width: {width}pt">' for width in block.widths)
    rows = _rows(block, paint)
    return f'<table style="width: {sum(block.widths)}pt">\n<colgroup>{columns}</colgroup>\n{rows}\n</table>'


def _on_the_web(block: Block) -> str:
    if isinstance(block, Break):
        return "<hr>"
    if isinstance(block, Line):
        centred = block.style in {"title", "line", "cover"}
        return f'<p style="text-align: {"center" if centred else "left"}"><span>{escape(block.text)}</span></p>'
    plainly = tuple(cell.model_copy(update={"heads": False}) for cell in block.cells)
    rows = _rows(block.model_copy(update={"cells": plainly}), plain)
    return f'<div class="table-wrap"><table border="1" cellspacing="0">\n<tbody>\n{rows}\n</tbody></table></div>'


def _rows(grid: Grid, paint: Paint) -> str:
    by_row: dict[int, list[Printed]] = {}
    for cell in sorted(grid.cells, key=lambda cell: cell.column):
        by_row.setdefault(cell.row, []).append(cell)
    return "\n".join(
        f"<tr>{''.join(cell_html(cell, cell.fields, paint) for cell in by_row.get(row, []))}</tr>"
        for row in range(grid.rows)
    )
