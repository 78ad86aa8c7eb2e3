"""The bodies of all tables with the same columns become rows of cells with doubts; certain cells teach the rest."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from pipeline.layout.flow_atoms import Atom, bare, crosses_page, joined, pieces_of
from pipeline.layout.flow_costs import (
    MANY,
    MARGIN,
    OFTEN,
    ROW_LIMIT,
    ColumnHabits,
    Habits,
    Spacing,
    decimals_of,
    quantity_of,
    wraps_naturally,
)
from pipeline.layout.flow_levels import LevelWords, Part, level_word, level_words
from pipeline.layout.flow_rows import Reading, Row, Shape, read_rows
from pipeline.layout.flow_words import Vocabulary
from schemas.layout import CellDoubt

_LEARNING_PASSES = 2
# From these shares on a text is not in the order of cells at all, but in that of the lines on the page.
_DISORDERED_ROWS = 0.25
_DISORDERED_LABELS = 0.5
_STRANGE_ROWS = 0.1
# Fewer than these of the tables that a header announces can be cut at all.
_READABLE = 0.7
_LEAST_DISORDERED = 3
_STOPS = frozenset("。；;！!")


@dataclass
class TableCut:
    """One table's body cut into rows, and what is not certain about its parts."""

    atoms: tuple[Atom, ...]
    shape: Shape
    reading: Reading
    doubts: dict[Part, set[CellDoubt]] = field(default_factory=dict)
    shaken: bool = False
    """So much of this text is unlike a table cut into cells that nothing in it is certain."""
    lasting: set[Part] = field(default_factory=set)
    """Parts whose doubt no choice between cuts of their row can settle."""

    def parts(self) -> Iterator[Part]:
        """Every part of every row, then the tails behind the last."""
        for row in self.reading.rows:
            yield from row.parts
        yield from self.reading.closing

    def doubt(self, part: Part, kind: CellDoubt) -> None:
        """Put a doubt on a part."""
        self.doubts.setdefault(part, set()).add(kind)

    def doubt_order(self, part: Part) -> None:
        """Put the doubt on a part that its line may belong to another row."""
        self.doubt(part, "cut")
        self.lasting.add(part)

    def settle(self, part: Part) -> None:
        """Take the doubt off a part, unless it is a lasting one."""
        if part not in self.lasting:
            self.doubts.pop(part, None)

    def decimals(self) -> int:
        """How many decimals the points have, mostly."""
        seen = Counter(
            decimals_of(joined(self.of(part)))
            for row in self.reading.rows
            for part in row.parts
            if part.column >= self.shape.levels and self.shape.kinds[part.column - self.shape.levels] == "points"
        )
        return seen.most_common(1)[0][0] if seen else 0

    def unsure(self, number: int) -> bool:
        """Whether a row, or where the next one begins, is in doubt: then its blank cells are too."""
        levels, rows = self.shape.levels, self.reading.rows
        parts = [part for part in rows[number].parts if part.column >= levels]
        parts += [part for row in rows[number + 1 : number + 2] for part in row.parts if part.column == levels]
        return any(part in self.doubts for part in parts)

    def of(self, part: Part) -> tuple[Atom, ...]:
        """The part's atoms."""
        return self.atoms[part.start : part.end]


def cut_tables(
    bodies: Sequence[Sequence[Atom]], shape: Shape, vocabulary: Vocabulary, spacing: Spacing
) -> list[TableCut | None]:
    """Cut bodies of one shape; None for a body that does not obey its columns."""
    habits = _no_habits(shape, spacing)
    words = _words(vocabulary, shape)
    cuts = _read_all(bodies, shape, habits, words)
    for _ in range(_LEARNING_PASSES):
        habits, words = _learned(cuts, shape, vocabulary, spacing)
        again = _read_all(bodies, shape, habits, words)
        settled = [cut and cut.reading.rows for cut in again] == [cut and cut.reading.rows for cut in cuts]
        cuts = again
        if settled:
            break
    found = [cut for cut in cuts if cut is not None]
    for cut in found:
        _doubt_margins(cut)
        cut.shaken = len(found) < _READABLE * len(cuts)
    # The labels of money rows are proven by the vocabulary, not by the order of lines.
    if "amount" not in shape.kinds:
        for cut in found:
            _doubt_orphans(cut, habits)
        _doubt_order(found)
    return cuts


def is_certain(reading: Reading, row: Row, part: Part) -> bool:
    """Whether nothing that could be read instead comes near, and the row is one of its kind."""
    return reading.margins[part] >= MARGIN and row.cost <= ROW_LIMIT


def _read_all(
    bodies: Sequence[Sequence[Atom]], shape: Shape, habits: Habits, words: LevelWords
) -> list[TableCut | None]:
    readings = [read_rows(body, shape, habits, words) if body else None for body in bodies]
    return [
        None if reading is None else TableCut(tuple(body), shape, reading)
        for body, reading in zip(bodies, readings, strict=True)
    ]


def _learned(
    cuts: Sequence[TableCut | None], shape: Shape, vocabulary: Vocabulary, spacing: Spacing
) -> tuple[Habits, LevelWords]:
    """The habits of the certain cells, and the level labels that stand whole somewhere."""
    habits = _no_habits(shape, spacing)
    seen: set[str] = set()
    known = _words(vocabulary, shape)
    for cut in cuts:
        if cut is None:
            continue
        torn = {part.column for part in cut.parts() if part.tail}
        for row in cut.reading.rows:
            for part in row.parts:
                if part.tail or not is_certain(cut.reading, row, part):
                    continue
                habits.columns[part.column].see(cut.of(part))
                # Where a label of the column is torn, its head may look like a short label.
                if part.column < shape.levels and part.column not in torn:
                    seen.add(level_word(joined(cut.of(part))))
    for number, kind in enumerate(shape.kinds, start=shape.levels):
        rows = habits.columns[shape.levels].wordings.total()
        habits.columns[number].blank = kind == "note" and rows >= MANY and not habits.columns[number].wordings
    whole = (word for word in seen if any(known.is_whole(column, word) for column in range(shape.levels)))
    return habits, _words(vocabulary, shape, frozenset(whole))


def _no_habits(shape: Shape, spacing: Spacing) -> Habits:
    columns = range(shape.levels + len(shape.kinds))
    return Habits(tuple(ColumnHabits(spaces_digits=spacing.spaces_digits) for _ in columns), spacing.drops_tell)


def _words(vocabulary: Vocabulary, shape: Shape, seen: frozenset[str] = frozenset()) -> LevelWords:
    return level_words(vocabulary, shape.levels, seen) if shape.levels else LevelWords(())


def _doubt_margins(cut: TableCut) -> None:
    reading, levels = cut.reading, cut.shape.levels
    above: dict[int, Part] = {}
    for row, labelled in zip(reading.rows, reading.labelled, strict=True):
        above |= {part.column: part for part in row.parts if part.column < levels}
        if labelled < MARGIN or row.cost > ROW_LIMIT:
            # The row may begin a group of its own; then the labels above do not reach it.
            for part in above.values():
                cut.doubt(part, "cut")
        if crosses_page(cut.atoms[_body_start(row, levels) : row.end]):
            for part in row.parts:
                cut.doubt_order(part)
        _doubt_row(cut, row)
    for part in reading.closing:
        if reading.margins[part] < MARGIN:
            cut.doubt(part, "join")


def _doubt_row(cut: TableCut, row: Row) -> None:
    """Doubt the row's uncertain parts, and beside an uncertain text those that are not certain twice over."""
    levels, margins = cut.shape.levels, cut.reading.margins
    texts = [part for part in row.parts if part.column >= levels]
    shaken = any(not is_certain(cut.reading, row, part) for part in texts)
    for part in row.parts:
        beside = shaken and part in texts and margins[part] < 2 * MARGIN
        if beside or not is_certain(cut.reading, row, part):
            several = part.tail or len(pieces_of(cut.of(part))) > 1
            cut.doubt(part, "join" if part.column < levels and several else "cut")


def _body_start(row: Row, levels: int) -> int:
    return min((part.start for part in row.parts if part.column >= levels), default=row.start)


def _doubt_orphans(cut: TableCut, habits: Habits) -> None:
    """A line behind a row's end that could as well go on one of that row's cells.

    Where lines follow each other as on the page, not cell by cell, a wrapped cell's rest stands behind its row.
    """
    for row, following in zip(cut.reading.rows, [*cut.reading.rows[1:], None], strict=True):
        if following is not None and following.parts[0] in cut.doubts:
            for part in row.parts:
                if _is_open(cut, part, habits):
                    cut.doubt(part, "cut")
        suspects = _orphan_suspects(cut, row, following)
        if suspects and _could_go_on(cut, row, suspects[0], habits):
            for part in [*row.parts, *suspects]:
                if part.column >= cut.shape.levels and cut.shape.kinds[part.column - cut.shape.levels] != "points":
                    cut.doubt_order(part)


def _orphan_suspects(cut: TableCut, row: Row, following: Row | None) -> list[Part]:
    levels = cut.shape.levels
    last = row.parts[-1]
    is_text = cut.shape.kinds[last.column - levels] not in ("points", "amount")
    if is_text and cut.of(last)[0].drop > 0 and row.part(levels) != last:
        return [last]
    if following is None or any(part.column < levels for part in following.parts):
        return []
    name = following.part(levels)
    return [name] if name is not None and len(pieces_of(cut.of(name))) > 1 else []


def _could_go_on(cut: TableCut, row: Row, orphan: Part, habits: Habits) -> bool:
    text = cut.of(orphan)[0].text
    return any(
        wraps_naturally(pieces_of(cut.of(part))[-1].text, text, habits.columns[part.column])
        for part in row.parts
        if part != orphan and _is_open(cut, part, habits)
    )


def _is_open(cut: TableCut, part: Part, habits: Habits) -> bool:
    """Whether the part is a text that could go on: no whole quantity or sentence, no wording known from other rows."""
    number = part.column - cut.shape.levels
    if number < 0 or cut.shape.kinds[number] in ("points", "amount"):
        return False
    cell = joined(cut.of(part))
    quantity = quantity_of(cell)
    often = habits.columns[part.column].wordings[bare(cell)] >= OFTEN
    return not (often or cell[-1] in _STOPS or (quantity is not None and bare(cell).endswith((")", "%"))))


def _doubt_order(cuts: Sequence[TableCut]) -> None:
    """Doubt every text of tables that are not in the order of cells."""
    rows = [row for cut in cuts for row in cut.reading.rows]
    wrapped = [
        (cut, part)
        for cut in cuts
        for row in cut.reading.rows
        if (part := row.part(cut.shape.levels)) is not None and len(pieces_of(cut.of(part))) > 1
    ]
    suspects = [part for cut, part in wrapped if part in cut.lasting]
    disordered = len(suspects) >= _LEAST_DISORDERED and len(suspects) > _DISORDERED_ROWS * max(1, len(wrapped))
    labels = [part for row in rows for part in row.parts if not part.tail and _is_level(cuts[0].shape, part)]
    tails = [part for cut in cuts for part in cut.parts() if part.tail]
    torn = len(tails) >= _LEAST_DISORDERED and len(tails) > _DISORDERED_LABELS * len(labels)
    strange = sum(row.cost > ROW_LIMIT for row in rows) > _STRANGE_ROWS * len(rows)
    missing = any(cut.reading.rows[0].part(level) is None for cut in cuts for level in range(cut.shape.levels))
    for cut in cuts:
        cut.shaken = cut.shaken or disordered or strange
        for part in cut.parts():
            level = _is_level(cut.shape, part)
            if level and (torn or missing):
                cut.doubt_order(part)


def _is_level(shape: Shape, part: Part) -> bool:
    return part.column < shape.levels
