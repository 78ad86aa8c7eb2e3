"""Crops of a page become their characters: the only place that imports RapidOCR."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from importlib.metadata import version
from typing import NamedTuple, cast

import cv2
import numpy as np
from numpy.typing import NDArray
from rapidocr import RapidOCR
from rapidocr.ch_ppocr_det import TextDetector
from rapidocr.ch_ppocr_rec import TextRecognizer

from pipeline.read.ink import Strip
from pipeline.read.seals import Grey

# Crops are read in batches of like width; a narrow one is padded to no more than this many of its heights.
_NARROWEST = 2
_HEIGHT = 48
_BATCH = 8
# The first of the reader's characters is none; what is less likely than this is not told, but for a dash.
_NOTHING, _LIKELY = 0, 0.02
DASH, _HARDLY = "—", 0.01


class Read(NamedTuple):
    """What stands in a crop, and how sure the reader is (0 to 1)."""

    text: str
    score: float
    at: tuple[float, ...]
    """About the middle of each character that is no space, in shares of the crop's width."""
    rivals: tuple[Mapping[str, float], ...] = ()
    """What the reader takes each character that is no space for, and how likely; what is hardly likely is left out."""


class Ocr:
    """The models that ship inside RapidOCR's wheel, loaded when they are first needed."""

    @property
    def version(self) -> str:
        """Which reader this is: its readings are kept under this name."""
        return f"rapidocr {version('rapidocr')} {self._engine.cfg.Rec.ocr_version} {self._engine.cfg.Rec.model_type}"

    def read(self, crops: Sequence[Grey]) -> list[Read]:
        """One line of text in each crop, dark on white."""
        if not crops:
            return []
        ratios = [crop.shape[1] / crop.shape[0] for crop in crops]
        order = sorted(range(len(crops)), key=lambda at: ratios[at])
        found: dict[int, Read] = {}
        for start in range(0, len(order), _BATCH):
            batch = order[start : start + _BATCH]
            widest = max(_NARROWEST, *(ratios[at] for at in batch))
            pictures = [np.asarray(cv2.cvtColor(crops[at], cv2.COLOR_GRAY2BGR), np.uint8) for at in batch]
            fitted = np.stack([self._recogniser.resize_norm_img(picture, widest) for picture in pictures])
            seen = np.asarray(self._recogniser.session(fitted.astype(np.float32)))
            for at, own in zip(batch, seen, strict=True):
                found[at] = self._decoded(own, ratios[at] / widest)
        return [found[at] for at in range(len(crops))]

    def _decoded(self, seen: NDArray[np.float32], used: float) -> Read:
        """The likeliest characters, column by column; `used` is the share of the columns that the crop takes."""
        letters = self._recogniser.postprocess_op.character
        best = seen.argmax(axis=1)
        kept = best != _NOTHING
        kept[1:] &= best[1:] != best[:-1]
        columns = [int(column) for column in np.flatnonzero(kept)]
        solid = [column for column in columns if not letters[best[column]].isspace()]
        return Read(
            "".join(letters[best[column]] for column in columns),
            round(float(np.mean([seen[column, best[column]] for column in columns])), 5) if columns else 0.0,
            tuple((column + 0.5) / (len(seen) * used) for column in solid),
            tuple(
                {
                    letters[other]: float(seen[column, other])
                    for other in np.flatnonzero(seen[column] >= self._told)
                    if other != _NOTHING
                }
                for column in solid
            ),
        )

    def find(self, picture: Grey) -> list[Strip]:
        """Rectangles around the lines of text of a page, in no order."""
        found = self._detector(np.asarray(cv2.cvtColor(picture, cv2.COLOR_GRAY2BGR), np.uint8))
        if found.boxes is None:
            return []
        boxes = np.asarray(found.boxes).reshape(-1, 4, 2)
        low, high = np.floor(boxes.min(axis=1)).astype(int), np.ceil(boxes.max(axis=1)).astype(int)
        return [Strip(int(a[0]), int(a[1]), int(b[0]), int(b[1])) for a, b in zip(low, high, strict=True)]

    @cached_property
    def _engine(self) -> RapidOCR:
        return RapidOCR(
            params={
                "Global.log_level": "critical",
                "Rec.rec_img_shape": [3, _HEIGHT, _HEIGHT * _NARROWEST],
                "Rec.rec_batch_num": _BATCH,
            },
        )

    @cached_property
    def _recogniser(self) -> TextRecognizer:
        # RapidOCR reads many crops at once only behind its own door.
        return cast("TextRecognizer", self._engine._load_rec_model())  # type: ignore[no-untyped-call] # noqa: SLF001

    @cached_property
    def _told(self) -> NDArray[np.float64]:
        """How likely each of the reader's characters is at least where it is told."""
        letters = self._recogniser.postprocess_op.character
        return np.where([letter == DASH for letter in letters], _HARDLY, _LIKELY)

    @cached_property
    def _detector(self) -> TextDetector:
        # As above: boxes without their text.
        return cast("TextDetector", self._engine._load_det_model())  # type: ignore[no-untyped-call] # noqa: SLF001
