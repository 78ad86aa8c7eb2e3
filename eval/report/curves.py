"""Risk–coverage curves come in, one SVG goes out, to stand inside a page: no text but numbers, no metadata."""

import io
import re
from collections.abc import Sequence
from typing import NamedTuple

import matplotlib as mpl
from matplotlib.figure import Figure

from eval.score.risk import Curve

COLOURS = ("#2f6fb3", "#c8553d", "#4f8a3c", "#8a5fb0", "#b8860b", "#3a9a9a")
"""Readable on white and on black; a curve's place in the list gives its colour."""

_GREY = "#808080"


class Drawn(NamedTuple):
    """One curve with the name that the page gives it."""

    name: str
    curve: Curve


def svg_of(curves: Sequence[Drawn]) -> str:
    """Coverage from left to right, risk upwards, both in per cent; the same curves give the same bytes."""
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "hedui", "font.size": 9}):
        figure = Figure(figsize=(6.4, 3.2))
        axes = figure.add_subplot()
        for at, drawn in enumerate(curves):
            points = drawn.curve.points
            coverage = [0.0, *(100 * point.coverage for point in points)]
            risk = [100 * points[0].risk, *(100 * point.risk for point in points)]
            axes.plot(coverage, risk, color=COLOURS[at % len(COLOURS)], linewidth=1.6)
        axes.set_xlim(0, 100)
        axes.set_ylim(bottom=0)
        axes.grid(color=_GREY, alpha=0.25, linewidth=0.6)
        axes.tick_params(colors=_GREY)
        for spine in axes.spines.values():
            spine.set_color(_GREY)
        figure.tight_layout()
        written = io.StringIO()
        figure.savefig(written, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    found = written.getvalue()
    inside = found[found.index("<svg") :]
    bare = re.sub(r"<metadata>.*?</metadata>", "", inside, flags=re.DOTALL)
    return re.sub(r'<svg [^>]*viewBox="([^"]+)"[^>]*>', r'<svg viewBox="\1" role="img">', bare, count=1)
