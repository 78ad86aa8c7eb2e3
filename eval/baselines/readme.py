"""A stored log comes in, the README's table goes out: one row a way, the model named in its heading.

python -m eval.baselines.readme README.md
"""

import sys
from collections.abc import Sequence
from pathlib import Path

from eval.baselines import BASELINES, STORED
from eval.figures import FigureCode, Scored, cost_per_form, scored
from eval.log import Log, read_log
from eval.score.interval import Estimate
from eval.tables import percent, way_name
from schemas.errors import UsageError

BEGIN, END = "<!-- baselines: python -m eval.baselines.readme README.md -->", "<!-- /baselines -->"

COLUMNS: dict[FigureCode, str] = {
    "field_f1": "fields F1",
    "numeric_f1": "numbers F1",
    "rows_exact": "rows exact",
    "forms_exact": "forms exact",
    "straight_through": "accepted",
    "wrong_forms_by_rules": "of those wrong",
}
"""What a reader chooses by, in per cent with the 95 % interval; "accepted" is with nobody looking."""


def table(log: Log) -> str:
    """The table in Markdown; a figure that a way cannot have is left blank."""
    conditions = log.conditions
    forms = sum(len(document.forms) for document in log.documents)
    families = {family for document in log.documents for family in document.families}
    told = f"{forms} forms of {len(families)} layouts in {len(log.documents)} documents; model: {conditions.model}"
    head = ["way", *COLUMNS.values(), "s a form"]
    rows = [_row(result) for result in scored(log)]
    lines = [
        f"{told}. Measured by hedui {conditions.program.version} ({log.commits()}).",
        "",
        f"| {' | '.join(head)} |",
        f"|---|{'---|' * (len(head) - 1)}",
        *(f"| {' | '.join(row)} |" for row in rows),
    ]
    missing = [_name(way) for way in BASELINES if log.result(way) is None]
    if missing:
        lines += ["", f"Not in this log: {'; '.join(missing)}."]
    return "\n".join(lines)


def written(text: str, log: Log) -> str:
    """The README with its table made anew; raises UsageError if it has no place for one."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise UsageError("eval.no_place_in_readme", begin=BEGIN, end=END)
    return f"{before}{BEGIN}\n{table(log)}\n{END}{after}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the table into the file named."""
    (name,) = sys.argv[1:] if arguments is None else arguments
    path = Path(name)
    path.write_text(written(path.read_text(encoding="utf-8"), read_log(STORED)), encoding="utf-8", newline="\n")
    return 0


def _row(result: Scored) -> list[str]:
    cells = [_name(result.way.way)]
    for code in COLUMNS:
        found = result.figure(code)
        blank = found is None or (code == "straight_through" and result.way.way not in _DECIDING)
        cells.append("" if found is None or blank else _told(found))
    cells.append(f"{cost_per_form(result)['seconds_per_form']:.1f}")
    return cells


def _name(way: str) -> str:
    return _NAMES.get(way) or way_name(way, "en")


def _told(share: Estimate) -> str:
    """The share with its interval, where it has one."""
    value = percent(share.value)
    return value if share.low == share.high else f"{value} ({percent(share.low)}–{percent(share.high)})"


_NAMES = {"hedui": "hedui, no model", "hedui_person": "hedui, no model, layouts confirmed once"}
"""Here most ways have a model: those that have none say so."""

_DECIDING = frozenset({"hedui", "hedui_person", "hedui_model", "hedui_transcribe"})
"""Ways that accept or refuse; the others take whatever they read."""

if __name__ == "__main__":
    sys.exit(main())
