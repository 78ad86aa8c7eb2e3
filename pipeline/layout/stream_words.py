"""Runs of a page become Blobs: words kept apart by wide gaps, put together over the printed lines of one cell."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from pipeline.layout.lattice import SAME_LINE
from pipeline.layout.marks import Rule, TextRun
from schemas.amount import Amount, normalised

# A gap wider than this share of the font size that no typed space fills keeps two words apart.
APART = 0.6
# A gap of at least this share may keep words apart where cells end.
NARROW = 0.35
# So many lines with a gap at one place show that cells end there.
FEWEST_APART = 3
# A typed space fills at most this share of the font size; a wider one was made up by the PDF reader.
TYPED = 0.62
# Lines of one cell stand at least and at most so many font sizes below each other.
CLOSEST, WIDEST = 0.9, 1.75
# Distances between lines that differ by less than this share are the same distance.
SAME_PITCH = 1.12
# The lines of a cell are printed in one size, give or take this factor.
SAME_SIZE = 1.2
# Two words stand over each other if they share this much of the narrower one's width.
OVER = 0.5
# A group of lines that stands on no row's baseline counts as that many font sizes off.
ROWLESS = 0.8

_NUMERIC = re.compile(r"(?:≥|≤|>=|<=|≧|≦|<|>|=|═)?[+-]?[0-9][0-9,]*(?:\.[0-9]+)?[^0-9]{0,8}")


class Word(NamedTuple):
    """Characters on one baseline without a wide gap."""

    text: str
    x0: float
    x1: float
    baseline: float
    size: float


class Blob:
    """Words that stand below each other in one cell."""

    def __init__(self, words: Sequence[Word], *, doubted: bool = False) -> None:
        self.words = tuple(words)
        self.doubted = doubted
        """Where it begins or ends among the lines around it is not certain."""
        self.x0 = min(word.x0 for word in words)
        self.x1 = max(word.x1 for word in words)
        self.first = words[0].baseline
        self.last = words[-1].baseline
        self.size = words[0].size

    @property
    def middle(self) -> float:
        """Half way between its first and its last baseline."""
        return (self.first + self.last) / 2

    @property
    def centre(self) -> float:
        """Half way between its left and right edge."""
        return (self.x0 + self.x1) / 2

    @cached_property
    def text(self) -> str:
        """Its lines as compared: NFKC, no whitespace."""
        return normalised("".join(word.text for word in self.words))

    @cached_property
    def numeric(self) -> bool:
        """A number, with an operator or a unit perhaps."""
        return _NUMERIC.fullmatch(self.text) is not None


def words_of(runs: Iterable[TextRun], edges: Sequence[float] = ()) -> list[Word]:
    """The words of all visible upright runs, line by line from top to bottom, left to right.

    Where a gap is too narrow to keep words apart, it does so if cells end there: at one of `edges`, or in a gap that
    most lines have there which have something on both sides.
    """
    lines: list[list[TextRun]] = []
    for run in sorted(runs, key=lambda run: run.baseline):
        if run.hidden or not run.upright or not run.text:
            continue
        if lines and run.baseline - lines[-1][0].baseline < SAME_LINE * run.size:
            lines[-1].append(run)
        else:
            lines.append([run])
    apart = [_cut(line, _never) for line in lines]

    def ends(left: float, right: float) -> bool:
        return any(left <= edge <= right for edge in edges) or _parts_lines((left + right) / 2, apart)

    return [word for line in lines for word in _cut(line, ends)]


def _never(left: float, right: float) -> bool:  # noqa: ARG001 - no narrow gap keeps words apart
    return False


def _parts_lines(x: float, lines: Iterable[Sequence[Word]]) -> bool:
    """True if at a place most lines that reach over it have a wide gap, and several do."""
    apart = through = 0
    for words in lines:
        if words and words[0].x0 < x < words[-1].x1:
            over = any(word.x0 < x < word.x1 for word in words)
            through, apart = (through + 1, apart) if over else (through, apart + 1)
    return apart >= FEWEST_APART and apart > through


def _cut(line: Sequence[TextRun], ends: Callable[[float, float], bool]) -> list[Word]:
    """The words of one line; `ends` tells whether a narrow gap keeps words apart."""
    glyphs = sorted(
        (x0, x1, character, run)
        for run in line
        for character, x0, x1 in zip(run.text, run.starts, run.ends, strict=True)
    )
    words: list[Word] = []
    letters: list[str] = []
    start = edge = filled = 0.0
    held: TextRun | None = None
    for x0, x1, character, run in glyphs:
        if character.isspace():
            widest = run.size * (1.05 if character == "\u3000" else TYPED)
            filled += x1 - x0 if x1 - x0 <= widest else 0.0
            continue
        gap = (x0 - edge - filled) / run.size
        if held is not None and (gap > APART or (gap > NARROW and ends(edge, x0))):
            words.append(Word("".join(letters), start, edge, held.baseline, held.size))
            held = None
        if held is None:
            held, letters, start = run, [], x0
        letters.append(character)
        edge, filled = x1, 0.0
    if held is not None:
        words.append(Word("".join(letters), start, edge, held.baseline, held.size))
    return words


def blobs_of(words: Sequence[Word], horizontal: Sequence[Rule]) -> list[Blob]:
    """Words put together where they are the lines of one cell; no ruling line runs through a cell.

    Where whole numbers stand as close below each other as the lines of a cell, closeness tells nothing: there the
    lines of other columns go to the rows of the numbers.
    """
    chains = _chains(words, horizontal)
    baselines = _number_lines(chains)
    if not baselines:
        return [Blob(chain) for chain in chains]
    ways = [_by_rows(chains, baselines, standing) for standing in (_middle_of, _first_of)]
    return min(ways, key=lambda way: way[0])[1]


def _chains(words: Sequence[Word], horizontal: Sequence[Rule]) -> list[list[Word]]:
    """Words below each other at the closest distance that lines of the page have."""
    below = [_next_below(index, words) for index in range(len(words))]
    gaps = sorted(
        (words[lower].baseline - word.baseline) / word.size
        for word, lower in zip(words, below, strict=True)
        if lower is not None
    )
    pitch = _pitch([gap for gap in gaps if gap >= CLOSEST])
    uppers = Counter(lower for lower in below if lower is not None)
    chains: dict[int, list[Word]] = {}
    for index, word in enumerate(words):
        chain = chains.pop(index, [])
        chain.append(word)
        lower = below[index]
        if lower is not None and uppers[lower] == 1 and lower not in chains:
            far = words[lower].baseline - word.baseline > pitch * SAME_PITCH * word.size
            if not far and not _ruled_off(word, words[lower], horizontal):
                chains[lower] = chain
                continue
        chains[-1 - index] = chain
    return sorted(chains.values(), key=lambda chain: (chain[0].baseline, chain[0].x0))


def _pitch(gaps: Sequence[float]) -> float:
    """The closest distance, in ascending `gaps`, at which lines stand more than once; 0 if none does."""
    for number, gap in enumerate(gaps):
        same = [other for other in gaps[number:] if other <= gap * SAME_PITCH]
        if len(same) > 1 or len(gaps) == 1:
            return median(same)
    return 0.0


def _next_below(index: int, words: Sequence[Word]) -> int | None:
    """The next word below that stands under this one; None if there are two side by side, or none near."""
    word = words[index]
    found: int | None = None
    for number in range(index + 1, len(words)):
        other = words[number]
        drop = other.baseline - word.baseline
        if drop > WIDEST * word.size or (found is not None and drop - (words[found].baseline - word.baseline) > 1):
            break
        if drop > SAME_LINE * word.size and _over(word, other):
            if found is not None:
                return None
            found = number
    return found


def _over(word: Word, other: Word) -> bool:
    if not 1 / SAME_SIZE < word.size / other.size < SAME_SIZE:
        return False
    shared = min(word.x1, other.x1) - max(word.x0, other.x0)
    return shared >= OVER * min(word.x1 - word.x0, other.x1 - other.x0)


def _ruled_off(upper: Word, lower: Word, horizontal: Sequence[Rule]) -> bool:
    middle = (upper.x0 + upper.x1) / 2
    return any(upper.baseline < rule.at < lower.baseline and rule.start <= middle <= rule.end for rule in horizontal)


def _number_lines(chains: Sequence[Sequence[Word]]) -> list[float]:
    """The baselines of the page's rows of numbers if rows are as close as lines; else nothing."""
    stacks: Counter[int] = Counter()
    for chain in chains:
        for upper, lower in pairwise(chain):
            if _whole_numbers(upper, lower):
                stacks[round(upper.baseline)] += 1
    if max(stacks.values(), default=0) < 2 and len(stacks) < 2:  # noqa: PLR2004 - one pair may be a broken number
        return []
    found: list[float] = []
    for baseline in sorted(word.baseline for chain in chains for word in chain if Amount.parse(word.text) is not None):
        if not found or baseline - found[-1] > 1:
            found.append(baseline)
    return found


def _whole_numbers(upper: Word, lower: Word) -> bool:
    """Two numbers, of which the second is not the rest of the first (`100.0` over `0`)."""
    above, below = Amount.parse(upper.text), Amount.parse(lower.text)
    if above is None or below is None:
        return False
    rest = below.decimals == 0 and lower.x1 - lower.x0 < upper.x1 - upper.x0 and "." in upper.text
    return not (rest and not above.percent)


def _middle_of(lines: Sequence[Word]) -> float:
    return (lines[0].baseline + lines[-1].baseline) / 2


def _first_of(lines: Sequence[Word]) -> float:
    return lines[0].baseline


def _by_rows(
    chains: Sequence[Sequence[Word]], baselines: Sequence[float], standing: Callable[[Sequence[Word]], float]
) -> tuple[float, list[Blob]]:
    """All chains cut so that their parts stand on rows; how far off they are together."""
    total, blobs = 0.0, []
    for chain in chains:
        off, parts = _cut_chain(chain, baselines, standing)
        total += off
        blobs += parts
    return total, blobs


def _cut_chain(
    chain: Sequence[Word], baselines: Sequence[float], standing: Callable[[Sequence[Word]], float]
) -> tuple[float, list[Blob]]:
    """One chain cut into parts of which each stands on a row of its own, or on none."""
    best: list[tuple[float, int]] = [(0.0, 0)]
    for end in range(1, len(chain) + 1):
        ways = []
        for start in range(end):
            part = chain[start:end]
            numbers = sum(Amount.parse(word.text) is not None for word in part)
            if numbers > 1 and any(_whole_numbers(a, b) for a, b in pairwise(part)):
                continue
            at = standing(part)
            off = min(ROWLESS, *(abs(at - line) / part[0].size for line in baselines))
            ways.append((best[start][0] + off + 0.05, start))
        best.append(min(ways))
    cuts = [len(chain)]
    while cuts[-1]:
        cuts.append(best[cuts[-1]][1])
    cuts.reverse()
    return best[-1][0], [Blob(chain[start:end]) for start, end in pairwise(cuts)]
