"""Cuts that are not certain become questions; an answer that agrees with the ranking takes the doubt away."""

from collections.abc import Callable, Sequence

from pipeline.layout.flow_atoms import Atom, joined, pieces_of
from pipeline.layout.flow_costs import MARGIN, ROW_LIMIT
from pipeline.layout.flow_goals import GoalCut
from pipeline.layout.flow_rows import Row
from pipeline.layout.flow_tables import TableCut, is_certain
from schemas.reading import CutAnswer, CutQuestion

Chooser = Callable[[CutQuestion], CutAnswer | None]

MOST_CANDIDATES = 6
AGREED = 0.7
"""From this probability on a model's choice counts."""


def ask_rows(cut: TableCut, headers: Sequence[str], choose: Chooser | None) -> None:
    """Ask about each row whose inner cuts alone are uncertain, and drop the doubts that the answer settles."""
    for row, rivals in zip(cut.reading.rows, cut.reading.rivals, strict=True):
        near = [rival for rival in rivals if rival.cost < row.cost + MARGIN]
        uncertain = [part for part in row.parts if not is_certain(cut.reading, row, part)]
        settles = all(cut.reading.outside[part] >= MARGIN for part in uncertain)
        if not uncertain or not near or not settles or row.cost > ROW_LIMIT:
            continue
        if _agrees(row, near[: MOST_CANDIDATES - 1], cut, headers, choose):
            for part in row.parts:
                cut.settle(part)


def ask_goals(atoms: Sequence[Atom], cut: GoalCut, headers: Sequence[str], choose: Chooser | None) -> bool:
    """Whether a model chooses the same place with enough probability."""
    if not cut.settles:
        return False
    places = sorted([cut.place, *cut.rivals[: MOST_CANDIDATES - 1]])
    candidates = tuple((joined(atoms[:place]), joined(atoms[place:])) for place in places)
    return _chosen(tuple(headers), atoms, candidates, places.index(cut.place), choose)


def _agrees(row: Row, near: Sequence[Row], cut: TableCut, headers: Sequence[str], choose: Chooser | None) -> bool:
    # In the order of their cuts, so that the place in the list tells nothing about the ranking.
    rows = sorted([row, *near], key=lambda one: [(part.column, part.end) for part in one.parts])
    columns = sorted({part.column for one in rows for part in one.parts})
    candidates = tuple(
        tuple("".join(joined(cut.of(part)) for part in one.parts if part.column == column) for column in columns)
        for one in rows
    )
    names = tuple(headers[column] for column in columns)
    return _chosen(names, cut.atoms[row.start : row.end], candidates, rows.index(row), choose)


def _chosen(
    columns: tuple[str, ...],
    atoms: Sequence[Atom],
    candidates: tuple[tuple[str, ...], ...],
    expected: int,
    choose: Chooser | None,
) -> bool:
    if choose is None:
        return False
    text = "⏎".join(piece.text for piece in pieces_of(atoms))
    answer = choose(CutQuestion(columns=columns, text=text, candidates=candidates))
    return answer is not None and answer.choice == expected and (answer.probability or 0.0) >= AGREED
