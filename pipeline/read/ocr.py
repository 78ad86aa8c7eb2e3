"""Crops of a page become their characters: the only place that imports RapidOCR."""

from collections.abc import Sequence
from functools import cached_property
from importlib.metadata import version
from typing import NamedTuple, cast

import cv2
import numpy as np
from rapidocr import RapidOCR
from rapidocr.ch_ppocr_det import TextDetector
from rapidocr.ch_ppocr_rec import TextRecInput, TextRecognizer
from rapidocr.ch_ppocr_rec.typings import WordInfo

from pipeline.read.ink import Strip
from pipeline.read.seals import Grey

# Crops are read in batches of like width; a narrow one is padded to no more than this many of its heights.
_NARROWEST = 2
_HEIGHT = 48
_BATCH = 8


class Read(NamedTuple):
    """What stands in a crop, and how sure the reader is (0 to 1)."""

    text: str
    score: float
    at: tuple[float, ...]
    """About the middle of each character that is no space, in shares of the crop's width."""


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
        pictures = [np.asarray(cv2.cvtColor(crop, cv2.COLOR_GRAY2BGR), np.uint8) for crop in crops]
        found = self._recogniser(TextRecInput(img=pictures, return_word_box=True))
        texts, scores = cast("tuple[str, ...]", found.txts), found.scores
        words = cast("tuple[WordInfo, ...]", found.word_results)
        return [Read(text, float(score), _at(own)) for text, score, own in zip(texts, scores, words, strict=True)]

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
    def _detector(self) -> TextDetector:
        # As above: boxes without their text.
        return cast("TextDetector", self._engine._load_det_model())  # type: ignore[no-untyped-call] # noqa: SLF001


def _at(info: WordInfo) -> tuple[float, ...]:
    """The reader's columns in which it saw the characters, in shares of the width that the crop took of them."""
    return tuple((column + 0.5) / info.line_txt_len for columns in info.word_cols for column in columns)
