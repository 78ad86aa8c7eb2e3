"""Where a value was printed and where an output says it stands come in, how much of both is shared goes out."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise

from eval.boxes import FormBoxes, PageBox, PrintedAt
from schemas.evidence import Evidence, PageSpan

ENOUGH = 0.5
"""Two places are the same if they share this part of what they cover together, as detectors of objects count it."""

Known = dict[str, tuple[tuple[PageBox, ...], ...]]
"""By a value's pointer: the places that are rightly called its own."""

_QUANTITIES = ("/target", "/actual")


def known_places(form: FormBoxes) -> Known:
    """Where each value may be said to stand: its cell, or its characters (a table without lines shows no cells).

    Of a value that is printed more than once (a unit in three headers, a label on two pages) each place is right, and
    all of them are. A target or an actual stands in all of its columns together.
    """
    found: dict[str, list[PrintedAt]] = {}
    for printed in form:
        for field in printed.fields:
            found.setdefault(field, []).append(printed)
    return {field: tuple(_alternatives(field, places)) for field, places in found.items()}


def _alternatives(field: str, places: Sequence[PrintedAt]) -> Iterator[tuple[PageBox, ...]]:
    together = [tuple(places)]
    if len(places) > 1 and not field.endswith(_QUANTITIES):
        together += [(place,) for place in places]
    for group in together:
        yield tuple(box for place in group for box in place.cell or place.text)
        yield tuple(box for place in group for box in place.text)


def pages_of(proof: Evidence) -> tuple[PageBox, ...]:
    """The rectangles of an evidence."""
    return tuple(PageBox(span.page, *span.bbox) for span in proof.spans if isinstance(span, PageSpan))


def best_overlap(places: Iterable[Sequence[PageBox]], said: Sequence[PageBox]) -> float:
    """The share of the likest of several places."""
    return max((overlap(place, said) for place in places), default=0.0)


def overlap(first: Sequence[PageBox], second: Sequence[PageBox]) -> float:
    """Area of what both cover, over the area of what either covers (IoU), all pages together; 0 if nothing is."""
    if len(first) == len(second) == 1:  # nearly all are
        return _of_two(first[0], second[0])
    pages = {box.page for box in (*first, *second)}
    both = either = 0.0
    for page in pages:
        own, other = ([box for box in side if box.page == page] for side in (first, second))
        both += _area((own, other), all)
        either += _area((own, other), any)
    return both / either if either else 0.0


def _of_two(first: PageBox, second: PageBox) -> float:
    width = min(first.x1, second.x1) - max(first.x0, second.x0)
    height = min(first.y1, second.y1) - max(first.y0, second.y0)
    if first.page != second.page or width <= 0 or height <= 0:
        return 0.0
    both = width * height
    return both / (_size(first) + _size(second) - both)


def _size(box: PageBox) -> float:
    return (box.x1 - box.x0) * (box.y1 - box.y0)


def _area(sides: tuple[Sequence[PageBox], Sequence[PageBox]], wanted: Callable[[Iterable[bool]], bool]) -> float:
    """The area that all or any of the two sides cover, put together from the strips between their edges."""
    every = [box for side in sides for box in side]
    columns = sorted({edge for box in every for edge in (box.x0, box.x1)})
    rows = sorted({edge for box in every for edge in (box.y0, box.y1)})
    return sum(
        (right - left) * (bottom - top)
        for left, right in pairwise(columns)
        for top, bottom in pairwise(rows)
        if wanted(
            any(box.x0 <= left and right <= box.x1 and box.y0 <= top and bottom <= box.y1 for box in side)
            for side in sides
        )
    )
