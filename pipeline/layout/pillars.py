"""The lines of a page come in, and its runs; where rows lie between vertical lines alone, the lines they lack go out.

A vertical line tells more than its columns: where it begins or ends, cells are merged or parted beside it, and where
lines are drawn in pieces that end at one height, a row ends. What lines do not tell the texts do (pillar_rows), and
then which rows each cell reaches over (pillar_cells).
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from pipeline.layout.lattice import REACH, SNAP, Axes, distinct, merge, pieces_of
from pipeline.layout.marks import PageMarks, Rule, TextRun
from pipeline.layout.pillar_cells import MIDDLE, Alignment, cells_between
from pipeline.layout.pillar_rows import Pillar, Standing, rows_between
from pipeline.layout.stream_words import WIDEST, Blob, Word, blobs_of

# Fewest columns that lines part, and fewest row ends without a horizontal line that show that rows are not ruled.
FEWEST_LINES = 2
FEWEST_UNRULED = 2
# More places of vertical lines than this are a drawing's.
MOST_LINES = 80
# A table with more horizontal lines than this inside has its rows ruled.
MOST_RULED = 3
# A row without any line, between parts of a table, is at most this high (points).
BAND = 30.0
# Room between a table's outermost text and the side that is not drawn (points).
ROOM = 4.0
# Pieces of this share of the lines end where a row ends.
MOST = 0.8
# Texts of a line stand apart from this many font sizes; so many of them on so many lines of a place are a table in it.
APART = 1.5
FEWEST_PARTS = 3
FEWEST_PARTED = 2


class _Region(NamedTuple):
    """What is drawn of one table."""

    vertical: list[Rule]
    horizontal: list[Rule]
    top: float
    foot: float


def with_rows(marks: PageMarks) -> tuple[PageMarks, list[tuple[float, float]]]:
    """The page with the lines that rows between vertical lines lack, and the middles of cells in doubt."""
    across: list[Rule] = []
    down: list[Rule] = []
    uncertain: list[tuple[float, float]] = []
    for region in _regions(merge(marks.horizontal), merge(marks.vertical)):
        ends = _line_ends(region)
        pieces = _piece_ends(region, marks.vertical)
        unruled = [y for y in distinct((*ends, *pieces)) if not _is_ruled(y, region)]
        inside = distinct(rule.at for rule in region.horizontal if region.top + SNAP < rule.at < region.foot - SNAP)
        enough = len(unruled) >= (FEWEST_UNRULED if inside else 1)
        if not enough and len(inside) > MOST_RULED:
            continue
        sides = _sides(region, marks.runs)
        if len(distinct(rule.at for rule in (*region.vertical, *sides))) <= FEWEST_LINES:
            continue
        table = _Table(region._replace(vertical=[*region.vertical, *sides]), ends, pieces, marks.runs)
        if not table.holds_tables() and (enough or table.has_stacked_numbers()):
            lines, doubted = table.lines()
            across += lines
            down += sides
            uncertain += doubted
    if not across:
        return marks, []
    added = marks._replace(horizontal=(*marks.horizontal, *across), vertical=(*marks.vertical, *down))
    return added, uncertain


def _regions(horizontal: Sequence[Rule], vertical: Sequence[Rule]) -> list[_Region]:
    """Lines that stand beside each other, and those that follow after a row without any."""
    groups: list[list[Rule]] = []
    foot = 0.0
    for rule in sorted(vertical, key=lambda rule: rule.start):
        if not groups or rule.start > foot + BAND:
            groups.append([])
        groups[-1].append(rule)
        foot = max(foot, rule.end) if len(groups[-1]) > 1 else rule.end
    regions = []
    for group in groups:
        if not FEWEST_LINES <= len(distinct(rule.at for rule in group)) <= MOST_LINES:
            continue
        top, foot = min(rule.start for rule in group), max(rule.end for rule in group)
        left, right = min(rule.at for rule in group), max(rule.at for rule in group)
        crossing = [
            rule
            for rule in horizontal
            if top - REACH <= rule.at <= foot + REACH and rule.start < right and rule.end > left
        ]
        regions.append(_Region(group, crossing, top, foot))
    return regions


def _line_ends(region: _Region) -> list[float]:
    """The heights inside at which a line begins or ends."""
    ends = [end for rule in region.vertical for end in (rule.start, rule.end)]
    return list(distinct(end for end in ends if region.top + REACH < end < region.foot - REACH))


def _piece_ends(region: _Region, pieces: Sequence[Rule]) -> list[float]:
    """The heights at which most of the lines that cross there are pieced together."""
    own = [piece for piece in pieces if any(_is_of(piece, rule) for rule in region.vertical)]
    found: list[float] = []
    alone: list[float] = []
    for y in distinct(end for piece in own for end in (piece.start, piece.end)):
        crossing = {rule.at for rule in region.vertical if rule.start + REACH < y < rule.end - REACH}
        ending = {
            at
            for at in crossing
            for piece in own
            if abs(piece.at - at) <= SNAP and min(abs(piece.start - y), abs(piece.end - y)) <= SNAP
        }
        if crossing and len(ending) >= MOST * len(crossing):
            (found if len(crossing) >= FEWEST_LINES else alone).append(y)
    return sorted((*found, *alone)) if len(found) >= FEWEST_LINES else found


def _is_of(piece: Rule, rule: Rule) -> bool:
    return abs(piece.at - rule.at) <= SNAP and rule.start - SNAP <= piece.start and piece.end <= rule.end + SNAP


def _is_ruled(y: float, region: _Region) -> bool:
    return any(abs(rule.at - y) <= REACH for rule in region.horizontal)


def _sides(region: _Region, runs: Sequence[TextRun]) -> list[Rule]:
    """The left and right side of a table that is drawn without them: beyond its outermost texts."""
    left, right = min(rule.at for rule in region.vertical), max(rule.at for rule in region.vertical)
    level = [run for run in runs if not run.hidden and run.upright and region.top < _middle(run) < region.foot]
    before = [run.bbox.x0 for run in level if (run.bbox.x0 + run.bbox.x1) / 2 < left]
    after = [run.bbox.x1 for run in level if (run.bbox.x0 + run.bbox.x1) / 2 > right]
    sides = [min(before) - ROOM] if before else []
    sides += [max(after) + ROOM] if after else []
    return [Rule(side, region.top, region.foot) for side in sides]


def _middle(run: TextRun) -> float:
    return run.baseline - MIDDLE * run.size


class _Table:
    """One table: its pillars, the texts in them, and the heights where rows are known to end."""

    def __init__(
        self, region: _Region, ends: Sequence[float], pieces: Sequence[float], runs: Sequence[TextRun]
    ) -> None:
        self.region = region
        drawn = [rule.at for rule in region.horizontal if region.top + REACH < rule.at < region.foot - REACH]
        self.cuts = [region.top, *distinct((*ends, *drawn)), region.foot]
        self.sure = [region.top, *distinct((*ends, *drawn, *pieces)), region.foot]
        self.pieced = bool(pieces)
        self.columns = [self._columns(upper, lower) for upper, lower in pairwise(self.cuts)]
        self.pillars = self._pillars()
        self.standing = self._standing(runs)

    def _columns(self, upper: float, lower: float) -> list[float]:
        """The places of lines beside a strip."""
        beside = [rule.at for rule in self.region.vertical if rule.start - REACH <= upper and lower <= rule.end + REACH]
        return list(distinct(beside))

    def _pillars(self) -> list[Pillar]:
        """Places that no drawn line parts, from side to side and from their top to their foot."""
        pillars: list[Pillar] = []
        for strip, (upper, lower) in enumerate(pairwise(self.cuts)):
            for left, right in pairwise(self.columns[strip]):
                above = next((p for p in pillars if (p.x0, p.x1, p.foot) == (left, right, upper)), None)
                if above is None or self._is_closed(upper, left, right):
                    pillars.append(Pillar(left, right, upper, lower))
                else:
                    pillars[pillars.index(above)] = above._replace(foot=lower)
        return pillars

    def _is_closed(self, y: float, left: float, right: float) -> bool:
        middle = (left + right) / 2
        return any(abs(rule.at - y) <= REACH and rule.start < middle < rule.end for rule in self.region.horizontal)

    def _standing(self, runs: Iterable[TextRun]) -> list[Standing]:
        """The texts of the pillars, lines of one cell put together."""
        self.lines_of: dict[tuple[Pillar, int], list[Word]] = {}
        for run in runs:
            if not run.hidden and run.upright and self.region.top < _middle(run) < self.region.foot:
                self._take(run)
        words = sorted(map(_line, self.lines_of.values()), key=lambda word: (word.baseline, word.x0))
        ends = [Rule(y, p.x0, p.x1) for p in self.pillars for y in (p.top, p.foot)]
        return [Standing(blob, self._pillar_of(blob)) for blob in blobs_of(words, ends)]

    def _take(self, run: TextRun) -> None:
        """Put the parts of a run between lines into the lines of their pillars."""
        y = _middle(run)
        columns = self.columns[max(number for number, cut in enumerate(self.cuts[:-1]) if cut <= y)]
        if len(columns) < 2:  # noqa: PLR2004 - no column between fewer lines
            return
        for (_, col), piece in pieces_of(run, Axes(tuple(columns), (self.region.top, self.region.foot))):
            left, right = columns[col : col + 2]
            if left <= (piece.x0 + piece.x1) / 2 <= right:
                pillar = next(p for p in self.pillars if (p.x0, p.x1) == (left, right) and p.holds(y))
                word = Word(piece.text.strip(), piece.x0, piece.x1, piece.baseline, piece.size)
                self.lines_of.setdefault((pillar, round(piece.baseline)), []).append(word)

    def _pillar_of(self, blob: Blob) -> Pillar:
        word = blob.words[0]
        y = word.baseline - MIDDLE * word.size
        return next(p for p in self.pillars if p.x0 <= (word.x0 + word.x1) / 2 <= p.x1 and p.holds(y))

    def holds_tables(self) -> bool:
        """True if a pillar has texts side by side on several lines: there columns are not ruled either."""
        several = Counter(pillar for (pillar, _), words in self.lines_of.items() if _parts(words) >= FEWEST_PARTS)
        return any(count >= FEWEST_PARTED for count in several.values())

    def has_stacked_numbers(self) -> bool:
        """True if numbers stand over numbers in several pillars, level with each other: rows without a line."""
        stacks: list[set[int]] = []
        for pillar in self.pillars:
            numbers = [s.blob for s in self.standing if s.pillar is pillar and s.blob.numeric]
            far = any(lower.first - upper.last > WIDEST * upper.size for upper, lower in pairwise(numbers))
            stacks += [{round(blob.middle) for blob in numbers}] if far else []
        return any(len(one & other) > 1 for number, one in enumerate(stacks) for other in stacks[:number])

    def lines(self) -> tuple[list[Rule], list[tuple[float, float]]]:
        """The lines over, between and under the cells of every pillar, and the middles of those in doubt."""
        rows = rows_between(self.sure, self.standing, split=not self.pieced)
        ways = [cells_between(self.pillars, rows, self.standing, self.cuts, alignment) for alignment in Alignment]
        _, cells = min(ways, key=lambda way: way[0])
        lines = [Rule(y, cell.pillar.x0, cell.pillar.x1) for cell in cells for y in cell.ends]
        doubted = [cell.middle for cell in cells if cell.doubted]
        return lines, doubted


def _parts(words: Sequence[Word]) -> int:
    """How many texts stand apart on one line."""
    ordered = sorted(words, key=lambda word: word.x0)
    return 1 + sum(after.x0 - before.x1 > APART * after.size for before, after in pairwise(ordered))


def _line(words: Sequence[Word]) -> Word:
    """The words of one line of a pillar as one."""
    ordered = sorted(words, key=lambda word: word.x0)
    first = ordered[0]
    right = max(word.x1 for word in ordered)
    return Word("".join(word.text for word in ordered), first.x0, right, first.baseline, first.size)
