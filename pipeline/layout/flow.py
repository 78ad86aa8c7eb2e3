"""Lines of plain text that a ruled form left behind become its Grid again, as if its lines were still there.

Cells follow each other in the text, each cell's lines from top to bottom; the marks between cells are lost. The way
back: atoms (pieces that no cut divides) → labels of a vocabulary → forms and their blocks → the best of all ways to cut
a block that its columns allow → a grid. A cell whose extent is not certain carries a doubt: "cut" where it may end
elsewhere, "join" where its parts may not belong together. Certain means that every other way has at least MARGIN
(flow_costs) more against it. Text without known labels, or whose columns are kept by spaces, gives no grid.
"""

from collections.abc import Collection, Sequence

from pipeline.layout.flow_ask import Chooser, ask_goals, ask_rows
from pipeline.layout.flow_atoms import Atom, atoms_of, bare, is_aligned, joined, spaces_digits
from pipeline.layout.flow_costs import Spacing
from pipeline.layout.flow_fields import ValueHabits
from pipeline.layout.flow_form import FormText, Header, Table, find_forms
from pipeline.layout.flow_goals import GoalCut, GoalHabits, cut_goals, habits_of
from pipeline.layout.flow_levels import Part
from pipeline.layout.flow_rows import Shape
from pipeline.layout.flow_sheet import FormCut, FundsCut, GoalsCut, Typesetter
from pipeline.layout.flow_tables import TableCut, cut_tables
from pipeline.layout.flow_words import ColumnKind, Vocabulary, column_kind, heads_sources, unglued
from schemas.layout import Document, Grid, Line

_GOAL_PASSES = 2
_DROPS = (0.2, 0.98)


def with_grids(document: Document, words: Collection[str], choose: Chooser | None = None) -> Document:
    """The document with one grid a form; `words` are the labels that may head a cell."""
    return document.model_copy(update={"grids": cut(document.lines, words, choose)})


def cut(lines: Sequence[Line], words: Collection[str], choose: Chooser | None = None) -> tuple[Grid, ...]:
    """One grid a form. `choose` settles cuts that are uncertain; without it, or its answer, they stay doubted.

    Raises NotConserved if a grid's cells are not exactly the form's characters.
    """
    if is_aligned(lines):
        return ()
    vocabulary = Vocabulary(words)
    atoms = unglued(atoms_of(lines), vocabulary)
    texts = find_forms(atoms, vocabulary)
    forms = _cut_forms(lines, atoms, texts, vocabulary, choose)
    values = ValueHabits(
        lines,
        [
            (pair.label.word, atoms[pair.value.start : pair.value.end])
            for form in forms
            for pair in (*form.text.fields, *form.text.after_funds)
        ],
    )
    return tuple(Typesetter(atoms, form, number, values).grid() for number, form in enumerate(forms, start=1))


def _cut_forms(
    lines: Sequence[Line],
    atoms: Sequence[Atom],
    texts: Sequence[FormText],
    vocabulary: Vocabulary,
    choose: Chooser | None,
) -> list[FormCut]:
    """Every form whose tables obey their columns, all its blocks cut."""
    spacing = Spacing(_drops_tell(atoms), spaces_digits(lines))
    tables = _indicators(atoms, texts, vocabulary, choose, spacing)
    funds = _funds(atoms, texts, vocabulary, spacing)
    goals = _goals(atoms, texts, choose)
    return [
        FormCut(text, fund, goal, table)
        for text, table, fund, goal in zip(texts, tables, funds, goals, strict=True)
        if table is not None and (fund is None) == (text.funds is None)
    ]


def _indicators(
    atoms: Sequence[Atom],
    texts: Sequence[FormText],
    vocabulary: Vocabulary,
    choose: Chooser | None,
    spacing: Spacing,
) -> list[TableCut | None]:
    cuts: list[TableCut | None] = [None] * len(texts)
    layouts = [tuple(header.word for header in text.indicators.headers) for text in texts]
    for layout in dict.fromkeys(layouts):
        members = [number for number, other in enumerate(layouts) if other == layout]
        kinds = [column_kind(word) for word in layout]
        levels = kinds.count("level")
        bodies = [_body(atoms, texts[number].indicators) for number in members]
        shape = Shape(levels, tuple(kinds[levels:]))
        for number, found in zip(members, cut_tables(bodies, shape, vocabulary, spacing), strict=True):
            cuts[number] = found
            if found is not None:
                ask_rows(found, layout, choose)
                if not all(header.known for header in texts[number].indicators.headers):
                    _doubt_all(found)
    return cuts


def _doubt_all(found: TableCut) -> None:
    """A header word that nobody knows may head another kind of column than was taken for granted."""
    for part in found.parts():
        found.doubt_order(part)


def _funds(
    atoms: Sequence[Atom], texts: Sequence[FormText], vocabulary: Vocabulary, spacing: Spacing
) -> list[FundsCut | None]:
    cuts: list[FundsCut | None] = [None] * len(texts)
    layouts = [() if text.funds is None else text.funds.headers for text in texts]
    words = [tuple(header.word for header in headers) for headers in layouts]
    for layout in dict.fromkeys(word for word in words if word):
        members = [number for number, other in enumerate(words) if other == layout]
        tables = [table for number in members if (table := texts[number].funds) is not None]
        ways = [
            (_fund_cost(found), beside, found)
            for beside in (1, 0, 2)
            if (found := _fund_bodies(atoms, tables, beside, vocabulary, spacing)) is not None
        ]
        if not ways:
            continue
        _, beside, best = min(ways, key=lambda way: way[0])
        for number, table, one in zip(members, tables, best, strict=True):
            cuts[number] = None if one is None else _fund_cut(table.headers, beside, one, vocabulary)
    return cuts


def _fund_bodies(
    atoms: Sequence[Atom], tables: Sequence[Table], beside: int, vocabulary: Vocabulary, spacing: Spacing
) -> list[TableCut | None] | None:
    """The bodies cut as if the first `beside` headers stood beside the rows or over their labels."""
    columns = len(tables[0].headers) - beside
    if columns < 1:
        return None
    shape = Shape(0, ("name", *_amounts(columns)))
    return cut_tables([_body(atoms, table) for table in tables], shape, vocabulary, spacing)


def _amounts(count: int) -> list[ColumnKind]:
    return ["amount"] * count


def _fund_cost(found: Sequence[TableCut | None]) -> float:
    return sum(1000.0 if one is None else one.reading.cost for one in found)


def _fund_cut(headers: Sequence[Header], beside: int, found: TableCut, vocabulary: Vocabulary) -> FundsCut:
    _doubt_labels(found, vocabulary)
    head, rest = headers[:beside], tuple(headers[beside:])
    corner = next((header for header in head if not heads_sources(header.word)), None)
    over_labels = next((header for header in head if header is not corner), None)
    return FundsCut(corner, over_labels, rest, found)


def _doubt_labels(found: TableCut, vocabulary: Vocabulary) -> None:
    """A row label over several lines that is not known may be the rest of the label above and one of its own."""
    above: Part | None = None
    for row in found.reading.rows:
        label = row.part(0)
        if label is None:
            continue
        atoms = found.of(label)
        if atoms[0].line != atoms[-1].line and not vocabulary.knows(joined(atoms)):
            for part in (above, label):
                if part is not None:
                    found.doubt(part, "join")
        above = label


def _goals(atoms: Sequence[Atom], texts: Sequence[FormText], choose: Chooser | None) -> list[GoalsCut | None]:
    tables = [text.goals for text in texts]
    bodies = [() if table is None else _body(atoms, table) for table in tables]
    habits = GoalHabits()
    cuts: list[GoalCut] = []
    for _ in range(_GOAL_PASSES):
        cuts = [cut_goals(body, habits) for body in bodies]
        sure = [(body, found.place) for body, found in zip(bodies, cuts, strict=True) if found.certain]
        habits = habits_of((body[:place], body[place:]) for body, place in sure)
    results: list[GoalsCut | None] = []
    for table, body, found in zip(tables, bodies, cuts, strict=True):
        if table is None:
            results.append(None)
            continue
        headers = [bare(joined(atoms[header.span.start : header.span.end])) for header in table.headers]
        certain = not body or found.certain or ask_goals(body, found, headers, choose)
        results.append(GoalsCut(table, found.place, certain))
    return results


def _body(atoms: Sequence[Atom], table: Table) -> Sequence[Atom]:
    return atoms[table.body.start : table.body.end]


def _drops_tell(atoms: Sequence[Atom]) -> bool:
    """Whether the text puts a blank line between some lines but not between all."""
    drops = [atom.drop for atom in atoms if atom.drop > 0]
    blank = sum(1 for drop in drops if drop > 1)
    return bool(drops) and _DROPS[0] < blank / len(drops) < _DROPS[1]
