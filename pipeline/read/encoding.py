"""The bytes of a text file become its characters, or nothing if they are no text in any encoding of Chinese offices."""

import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE

# Characters that no text file holds: controls other than tab, line ends, vertical tab and form feed.
_NOT_TEXT = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
# What a Chinese report is written in: GB18030 bytes taken for UTF-16 give other scripts and private characters.
_EXPECTED = re.compile(r"[\t\n\f\r -~\u00a0-\u00ff\u2000-\u27bf\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
# So many Chinese characters for one broken byte: in a wrong encoding every other one breaks.
_FEW = 50
_MAY_BE_BROKEN = frozenset({"utf-8", "utf-8-sig", "gb18030"})
# DOS programs end a text with it.
_END_OF_FILE = b"\x1a"
# UTF-16 without a mark is believed if this share of its characters is expected.
_SURE = 0.95
# So many bytes tell whether a text is UTF-16 without a mark.
_SAMPLE = 4096


def decoded(data: bytes) -> str | None:
    """The characters of a text in UTF-8, UTF-16 or GB18030; the most telling encoding first.

    A byte here and there that no encoding takes becomes U+FFFD: a reader sees it, and no number is read beside it.
    """
    data = data.removesuffix(_END_OF_FILE)
    for encoding in _candidates(data):
        text = _strictly(data, encoding)
        if text is None and encoding in _MAY_BE_BROKEN:
            text = _nearly(data, encoding)
        if text is not None and not _NOT_TEXT.search(text):
            return text
    return None


def _strictly(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _nearly(data: bytes, encoding: str) -> str | None:
    """The text with its broken bytes replaced, if there are very few for its Chinese characters."""
    text = data.decode(encoding, errors="replace")
    broken = text.count("\ufffd") - data.count("\ufffd".encode())
    return text if broken * _FEW <= len(_CHINESE.findall(text)) else None


def _candidates(data: bytes) -> tuple[str, ...]:
    if data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return ("utf-16",)
    if data.startswith(BOM_UTF8):
        return ("utf-8-sig",)
    return ("utf-8", *_unmarked_utf16(data), "gb18030")


def _unmarked_utf16(data: bytes) -> tuple[str, ...]:
    """UTF-16 that lost its mark: nearly all characters are what a Chinese report holds."""
    sample = data[:_SAMPLE]
    if len(data) % 2 or len(sample) < 4:  # noqa: PLR2004 - two characters tell something
        return ()
    found = []
    for encoding in ("utf-16-le", "utf-16-be"):
        text = sample.decode(encoding, errors="replace")
        if len(_EXPECTED.findall(text)) >= _SURE * len(text):
            found.append(encoding)
    return tuple(found)
