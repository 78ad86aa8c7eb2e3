"""A colour picture comes in, its grey values without red seals go out; lines that a seal hides are traced under it."""

from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.read.unmixing import unmixed

Grey = NDArray[np.uint8]

# A line under a seal is darker than both of its sides by this (of 255), along this share of where it is lost.
_DARKER, _TRACED = 10, 0.45
# Of what is lost of a line, this share lies under a seal.
_COVERED = 0.7
# A seal hides no more of a line than this (points).
_HIDDEN = 130.0
# A red mark at least this wide and high (points) is a seal, smaller ones are letters.
SEAL = 40.0
# Under a seal a stroke is darker than what divides ink from paper and this (of 255): the edges of the seal are not.
_STROKE = 6
# What is paler lies no further from the dark of its stroke than this (points); so much is dark (square points).
_PALE_EDGE, _LEAST_DARK = 0.8, 1.4
# How much more red than green and blue (of 255) a seal's ink is at least; how much of it lies where it is whole.
_RED, _WHOLE = 40, 0.9
# The edges of a stroke are paler than the stroke: by this in colour, by this in brightness.
_NEAR, _DIM = 1.5, 1.1
# This share (percent) of its whole ink is darker than what counts as its ground.
_PALEST = 30


class Rule(NamedTuple):
    """A straight line along an axis, in pixels: `at` across it, from `start` to `end` along it."""

    at: float
    start: float
    end: float


class Seen(NamedTuple):
    """A page's grey values without its seals, and where these were."""

    grey: Grey
    seals: Grey
    """255 on the strokes of a seal and right beside them."""
    plain: Grey
    """The grey values with the seals."""
    red: Grey
    """The grey values in red light alone, without the seals: paler under them, and with less grain."""
    apart: Grey
    """The grey values without the seals, their red shared out among the pixels: sharper, and with more grain."""

    def turned(self) -> "Seen":
        """Columns for rows."""
        return Seen(*(each.T for each in self))

    def straightened(self, angle: float) -> "Seen":
        """Turned by so many degrees."""
        if not self.seals.any():
            grey = _turned(self.grey, angle)
            return Seen(grey, self.seals, grey, grey, grey)
        return Seen(*(_turned(each, angle) for each in self))


def without_seals(picture: NDArray[np.uint8], scale: float) -> Seen:
    """Grey values; where a large red mark lies, each is measured against the red around it as elsewhere against paper.

    In red light a seal is pale and letters are dark. How much of it lies on a place is told twice: by its colour, which
    a scanner's JPEG keeps at half the resolution only, so that letters look less red than the seal around them and
    their neighbours count, too; and by its brightness, which letters lower as well. The smaller answer is right.
    Neither says too little, so that what is measured may be too pale and is never too dark: letters are what is dark in
    red light or in all light, which shows them sharper in the middle of a seal's strokes and loses them at its edges.
    """
    bright = np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), np.uint8)
    grey = bright.copy()
    seals = np.zeros_like(grey)
    blue, green, red = cv2.split(picture)
    redness = cv2.subtract(red, cv2.max(green, blue))
    strong = cv2.inRange(redness, _RED, 255)
    if cv2.countNonZero(strong) < (SEAL * scale) ** 2 / 20:
        return Seen(grey, seals, bright, bright, bright)
    light, apart = bright.copy(), bright.copy()
    reach = max(3, round(3 * scale)) | 1
    marks = cv2.dilate(strong, np.ones((reach, reach), np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(marks)
    for left, top, width, height in stats[1:count, :4].tolist():
        if min(width, height) < SEAL * scale:
            continue
        place = np.s_[top : top + height, left : left + width]
        share = redness[place].astype(np.float32)
        share /= float(np.percentile(share[share > _RED], 75))
        seal, dark = (float(np.percentile(seen[place][share > _WHOLE], _PALEST)) for seen in (red, bright))
        share = np.clip(cv2.dilate(share, np.ones((5, 5), np.uint8)) * _NEAR, 0, 1)
        share = np.minimum(share, np.clip((255.0 - bright[place]) / (255.0 - dark) * _DIM, 0, 1))
        grey[place] = _against(np.asarray(red[place], np.uint8), 255.0 - share * (255.0 - seal))
        light[place] = _against(np.asarray(bright[place], np.uint8), 255.0 - share * (255.0 - dark))
        seals[place] = marks[place]
        apart[place] = unmixed(picture[place], scale)
    return Seen(np.minimum(grey, light), seals, bright, grey, apart)


def _against(seen: Grey, ground: NDArray[np.float32]) -> Grey:
    """Grey values as they would be if what lies below them were white."""
    return np.asarray(np.clip(seen * (255.0 / ground), 0, 255), np.uint8)


def without_edges_of_seals(ink: Grey, seen: Seen, scale: float) -> Grey:
    """The ink without what is left of seals: under them, strokes are dark, and pale only right beside what is dark."""
    if not seen.seals.any():
        return ink
    # Print is dark in both lights, a seal's edge in one of them at most.
    soft = cv2.GaussianBlur(cv2.addWeighted(seen.grey, 0.5, seen.red, 0.5, 0.0), (3, 3), 0)
    dark = np.asarray((soft <= threshold(seen.grey) + _STROKE).astype(np.uint8) * 255, np.uint8)
    reach = 2 * max(1, round(_PALE_EDGE * scale)) + 1
    near = cv2.dilate(cv2.bitwise_and(dark, ink), np.ones((reach, reach), np.uint8))
    kept = np.where((near > 0) | (seen.seals == 0), ink, 0).astype(np.uint8)
    _, labels = cv2.connectedComponents(kept, connectivity=8)
    flat = labels.ravel()
    strong = np.bincount(flat, weights=((dark > 0) | (seen.seals == 0)).ravel())
    return np.where((strong >= _LEAST_DARK * scale * scale)[labels], kept, 0).astype(np.uint8)


def mended(rules: Sequence[Rule], seen: Seen, scale: float) -> list[Rule]:
    """Lines along the rows of a picture with their pieces joined where a seal hides the line between them."""
    mended: list[Rule] = []
    for rule in sorted(rules, key=lambda rule: (round(rule.at / (3 * scale)), rule.start)):
        before = next((other for other in reversed(mended) if abs(other.at - rule.at) < 1.5 * scale), None)
        gap = rule.start - before.end if before is not None else 0.0
        if before is not None and 0 < gap < _HIDDEN * scale and _is_traced(seen, before, rule, scale):
            mended[mended.index(before)] = Rule(before.at, before.start, rule.end)
        else:
            mended.append(rule)
    return mended


def lengthened(rule: Rule, others: Sequence[Rule], seen: Seen, scale: float) -> Rule:
    """A line whose end a seal hides, as far as it can be traced from one line across it to the next."""
    crossing = [other.at for other in others if other.start - scale <= rule.at <= other.end + scale]
    start, end = rule.start, rule.end
    for at in sorted((at for at in crossing if at < start - 2 * scale), reverse=True):
        if start - at >= _HIDDEN * scale or not _is_traced(
            seen, Rule(rule.at, at, at), Rule(rule.at, start, end), scale
        ):
            break
        start = at
    for at in sorted(at for at in crossing if at > end + 2 * scale):
        if at - end >= _HIDDEN * scale or not _is_traced(seen, Rule(rule.at, start, end), Rule(rule.at, at, at), scale):
            break
        end = at
    return Rule(rule.at, start, end)


def _is_traced(seen: Seen, first: Rule, second: Rule, scale: float) -> bool:
    """True if the gap between two pieces of a line lies under a seal and is darker than what lies beside it."""
    at, start, end = round((first.at + second.at) / 2), round(first.end), round(second.start)
    aside = max(3, round(1.8 * scale))
    if at - aside < 1 or at + aside + 2 > seen.grey.shape[0]:
        return False
    if np.count_nonzero(seen.seals[at, start:end]) < _COVERED * (end - start):
        return False
    line = seen.grey[at - 1 : at + 2, start:end].min(axis=0).astype(np.int16)
    beside = np.minimum(seen.grey[at - aside, start:end], seen.grey[at + aside, start:end]).astype(np.int16)
    return bool(np.count_nonzero(beside - line > _DARKER) >= _TRACED * max(1, end - start))


def threshold(grey: Grey) -> float:
    """The grey value that divides ink from paper best."""
    level, _ = cv2.threshold(grey, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    return float(level)


def _turned(grey: Grey, angle: float) -> Grey:
    height, width = grey.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
    return np.asarray(
        cv2.warpAffine(grey, turn, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE), np.uint8
    )
