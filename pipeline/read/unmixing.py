"""A place of a colour picture where a red seal lies over print comes in, its grey values without the seal go out.

Paper, seal and print share each pixel. How dark it is, is known at full resolution; how red, only at half of it and
blurred: a scanner's JPEG keeps colours so. The redness that was seen is shared out among the pixels so that their
blurred sum is what was seen and no pixel has more of it than its darkness leaves room for (Richardson and Lucy's way
back from a blurred picture). What seal there is then brightens its pixel as much as it had darkened it.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]
Share = NDArray[np.float32]

# How far a scanner's JPEG blurs colours (pixels), and how often the redness is shared out anew.
_BLUR, _ROUNDS = 1.3, 15
# One round changes a pixel's part by no more than the first two; a place that lacks more than the third lacks no more
# than that; what is redder than whole seal by the last is noise.
_LESS, _MORE, _LACKS, _MOST = 0.2, 2.0, 3.0, 1.2
# Print is no darker than this share of black.
_PRINT = 0.85
# Where the colour is this strong (of 255) there is seal; this share (percent) of it is less red than its whole ink;
_COLOURED, _WHOLE = 15.0, 75
# its ground is what is nearly as red, and among that, darker than all but this share (percent).
_NEARLY, _GROUND = 0.9, 40
# Paper is the brightest within this reach (points).
_REACH = 8.0
_LEAST = 1e-3


def unmixed(picture: NDArray[np.uint8], scale: float) -> Grey:
    """Grey values of a place (blue, green, red; `scale` pixels a point) as if no seal lay over it."""
    bright, colour, _ = cv2.split(cv2.cvtColor(picture, cv2.COLOR_BGR2YCrCb))
    seen = bright.astype(np.float32)
    redness = np.maximum(colour.astype(np.float32) - 128, 0)
    coloured = redness[redness > _COLOURED]
    if not coloured.size:
        return np.asarray(bright, np.uint8)
    paper = _paper(np.asarray(bright, np.uint8), scale)
    whole = float(np.percentile(coloured, _WHOLE))
    ground = 1 - float(np.percentile((seen / paper)[redness >= _NEARLY * whole], _GROUND))
    darkness = np.clip(1 - seen / paper, 0, 1)
    ground = min(max(ground, _LEAST), _PRINT - _LEAST)
    room = np.clip(np.minimum(darkness / ground, (_PRINT - darkness) / (_PRINT - ground)), 0, 1)
    share = _shared_out(np.clip(redness / whole, 0, _MOST), np.asarray(room, np.float32))
    return np.asarray(np.clip(seen + share * ground * paper, 0, 255), np.uint8)


def _paper(bright: Grey, scale: float) -> Share:
    """How bright the paper is at each place: what is not printed around it."""
    reach = round(_REACH * scale) | 1
    bare = cv2.dilate(cv2.medianBlur(bright, 3), np.ones((reach, reach), np.uint8))
    return np.maximum(cv2.GaussianBlur(bare, (0, 0), reach / 2).astype(np.float32), 1.0)


def _shared_out(redness: Share, room: Share) -> Share:
    """How much seal each pixel has, 0 to 1: blurred it is the redness, and nowhere is it more than there is room."""
    share: Share = np.maximum(room, np.float32(_LEAST))
    for _ in range(_ROUNDS):
        lacks = np.asarray(np.clip(redness / np.maximum(_blurred(share), _LEAST), 0, _LACKS), np.float32)
        share = np.asarray(np.minimum(share * np.clip(_blurred(lacks), _LESS, _MORE), room), np.float32)
    return share


def _blurred(share: Share) -> Share:
    return np.asarray(cv2.GaussianBlur(share, (0, 0), _BLUR), np.float32)
