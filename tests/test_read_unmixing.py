"""Print under a red seal is told from it by what it adds in darkness, pixel by pixel, though colours are blurred."""

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.read.unmixing import unmixed

Picture = NDArray[np.uint8]
_RED = (60, 50, 200)


def scanned(picture: Picture) -> Picture:
    """As a scanner's JPEG keeps it: colours at half the resolution."""
    _, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 75])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)


def sealed() -> Picture:
    """A ring of red, four pixels thick, and a black bar, three pixels thick, across it; the ring lies over the bar."""
    print_, seal = np.full((120, 120, 3), 255, np.uint8), np.full((120, 120, 3), 255, np.uint8)
    cv2.line(print_, (10, 60), (110, 60), (20, 20, 20), 3)
    cv2.circle(seal, (60, 60), 40, _RED, 4)
    return scanned(np.minimum(print_, seal))


def test_a_ring_of_red_becomes_paper_and_the_bar_under_it_stays() -> None:
    """Where the ring lies alone it is as pale as paper nearly everywhere; the bar is dark from end to end."""
    seen = unmixed(sealed(), 2.0)
    ring = np.full((120, 120), 0, np.uint8)
    cv2.circle(ring, (60, 60), 40, 255, 2)
    ring[50:70] = 0
    assert float(np.percentile(seen[ring > 0], 5)) > 180
    assert int(seen[60, 14:106].max()) < 110


def test_print_without_a_seal_stays_as_it_is() -> None:
    """No colour, nothing to take away."""
    print_ = np.full((60, 60, 3), 255, np.uint8)
    cv2.line(print_, (10, 30), (50, 30), (20, 20, 20), 3)
    assert np.array_equal(unmixed(print_, 2.0), cv2.cvtColor(print_, cv2.COLOR_BGR2GRAY))
