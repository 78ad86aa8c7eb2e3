"""What was read in a crop becomes the lines that stand in it, each in its place."""

from bisect import bisect_right
from collections.abc import Sequence

from pipeline.read.crops import Cut
from pipeline.read.ink import Strip
from pipeline.read.letters import doubts
from pipeline.read.readings import Line
from pipeline.read.separators import separated
from pipeline.read.votes import Vote


def lines_in(cut: Cut, vote: Vote, scale: float) -> list[Line]:
    """What was read in a crop as the lines that stand in it."""
    found = vote.read
    text = separated(cut.crop, found.text, found.at).strip()
    if not text:
        return []
    parts = [_close_set(text)] if len(cut.places) == 1 else _parted(cut, text, found.at)
    # A wrap is no printed space: what stands side by side only here has none.
    places = cut.places if len(parts) == len(cut.places) else (_around(cut.places),)
    lines = []
    start = 0
    for part, place in zip(parts, places, strict=True):
        end = start + len("".join(part.split()))
        told = doubts(part, found.rivals[start:end])
        if part:
            line = line_of(part, found.score, place, scale)
            lines.append(line.model_copy(update={"disputed": vote.disputed, "doubts": told}))
        start = end
    return lines


def _parted(cut: Cut, text: str, at: Sequence[float]) -> list[str]:
    """The text of each line of several side by side; all of it where nobody can say."""
    solid = "".join(text.split())
    if len(solid) != len(at):
        return [solid]
    parts = [""] * len(cut.places)
    for character, middle in zip(solid, at, strict=True):
        parts[min(bisect_right(cut.ends, middle), len(parts) - 1)] += character
    return parts


def _around(lines: Sequence[Strip]) -> Strip:
    return Strip(
        min(line.x0 for line in lines),
        min(line.y0 for line in lines),
        max(line.x1 for line in lines),
        max(line.y1 for line in lines),
    )


def _close_set(text: str) -> str:
    """A number whose every digit stands apart is one number; two numbers beside each other stay two."""
    parts = text.split()
    apart = len(parts) > 2 and all(sum(character.isdigit() for character in part) < 2 for part in parts)  # noqa: PLR2004 - two may be two
    return "".join(parts) if apart else text


def line_of(text: str, score: float, place: Strip, scale: float) -> Line:
    """A line in points; `place` is in pixels, `scale` of them a point."""
    x0, y0, x1, y1 = (edge / scale for edge in place)
    return Line(text=text, x0=x0, y0=y0, x1=x1, y1=y1, score=round(score, 4))
