"""A file's content becomes its media type; its name is never asked."""

import csv
import io
import re
import zipfile
from collections import Counter
from pathlib import Path
from typing import Literal

from pipeline.read.compound import streams
from pipeline.read.encoding import decoded
from schemas.errors import DamagedDocument, DocumentError, LockedDocument, UnsupportedFormat

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
XLS = "application/vnd.ms-excel"
DOC = "application/msword"
RTF = "application/rtf"
ODT = "application/vnd.oasis.opendocument.text"
ODS = "application/vnd.oasis.opendocument.spreadsheet"
XLSB = "application/vnd.ms-excel.sheet.binary.macroenabled.12"
SHEET_XML = "application/vnd.ms-excel.sheet+xml"
WORD_XML = "application/vnd.ms-word.document+xml"
ZIP = "application/zip"
HTML = "text/html"
CSV = "text/csv"
TEXT = "text/plain"
PNG, JPEG, TIFF = "image/png", "image/jpeg", "image/tiff"
PICTURES: dict[str, str] = {PNG: "png", JPEG: "jpeg", TIFF: "tiff"}
"""Pictures of a page, and what PyMuPDF calls them."""

Stranger = Literal["ofd", "presentation", "rar", "7z", "picture", "mhtml", "unknown"]
"""Kinds that are told apart only to say what to do instead."""

# A PDF may have other bytes in front of its header, but not more than these.
_HEADER_WITHIN = 1024
# A text larger than this is no report.
LARGEST_TEXT = 64 * 2**20
LARGEST_FILE = 2**30

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"\xff\xd8\xff", JPEG),
    (b"II*\x00", TIFF),
    (b"MM\x00*", TIFF),
    (b"{\\rtf", RTF),
    # Workbooks of programs older than compound files.
    (b"\x09\x00\x04\x00", XLS),
    (b"\x09\x02\x06\x00", XLS),
    (b"\x09\x04\x06\x00", XLS),
    (b"\x09\x08\x08\x00", XLS),
    (b"\x09\x08\x10\x00", XLS),
)
_STRANGERS: tuple[tuple[bytes, Stranger], ...] = (
    (b"Rar!\x1a\x07", "rar"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"GIF8", "picture"),
    (b"BM", "picture"),
    (b"RIFF", "picture"),
    (b"\x00\x00\x00 ftyp", "picture"),
)
_ZIPPED = (b"PK\x03\x04", b"PK\x05\x06")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PARTS: tuple[tuple[str, str], ...] = (
    ("word/document.xml", DOCX),
    ("xl/workbook.xml", XLSX),
    ("xl/workbook.bin", XLSB),
)
_HTML = re.compile(r"<(?:!doctype\s+html|html|head|body|table)[\s>]", re.IGNORECASE)
_MARKUP = 2048
# Excel's own word for the character that parts the columns.
_HINT = re.compile(r"\ufeff?sep=([,;\t|])\r?\n")
# A table kept by separators: so many records of one width, and so many of them out of all.
_FEWEST_RECORDS, _FEWEST_FIELDS, _SAME_WIDTH = 3, 3, 0.8


def is_zip(path: Path) -> bool:
    """Whether a file is an archive, or an office file that is one inside; raises OSError."""
    with path.open("rb") as stream:
        return stream.read(4) in _ZIPPED


def media_type(path: Path) -> str:
    """What a file holds. Raises UnsupportedFormat for what no reader takes, DamagedDocument for an empty file."""
    size = path.stat().st_size
    if size > LARGEST_FILE:
        raise DocumentError("formats.too_large", most=LARGEST_FILE // 2**20)
    with path.open("rb") as stream:
        head = stream.read(_HEADER_WITHIN)
    if not head.strip():
        raise DamagedDocument("errors.empty_file")
    if head[:4] in _ZIPPED:
        return _zipped(path)
    if head.startswith(_OLE):
        return _compound(path)
    magic = next((kind for mark, kind in _MAGIC if head.startswith(mark)), None)
    if magic is not None:
        return magic
    if b"%PDF-" in head:
        return PDF
    stranger = next((kind for mark, kind in _STRANGERS if head.startswith(mark)), None)
    if size > LARGEST_TEXT:
        raise DocumentError("formats.too_large", most=LARGEST_TEXT // 2**20)
    text = decoded(path.read_bytes())
    if text is None:
        raise _unsupported(stranger or "unknown")
    return _written(text)


def _unsupported(kind: Stranger) -> UnsupportedFormat:
    return UnsupportedFormat("errors.unsupported_format" if kind == "unknown" else f"formats.unsupported_{kind}")


def _zipped(path: Path) -> str:
    """An office file or an archive, told by the names of its members."""
    try:
        with zipfile.ZipFile(path) as opened:
            names = set(opened.namelist())
            kind = next((kind for part, kind in _PARTS if part in names), None)
            if kind is not None:
                return kind
            if "mimetype" in names:
                with opened.open("mimetype") as stream:
                    said = stream.read(200).decode("ascii", errors="replace").strip()
                return said if said in {ODT, ODS} else ZIP
    except (zipfile.BadZipFile, NotImplementedError, ValueError, RuntimeError, OSError):
        raise DamagedDocument("formats.damaged_zip") from None
    if "OFD.xml" in names:
        raise _unsupported("ofd")
    if "ppt/presentation.xml" in names:
        raise _unsupported("presentation")
    return ZIP


def _compound(path: Path) -> str:
    """An office file of the old kind, told by the names of its streams."""
    names = streams(path)
    if "encryptedpackage" in names:
        raise LockedDocument("formats.locked_office")
    if "worddocument" in names:
        return DOC
    if names & {"workbook", "book"}:
        return XLS
    raise _unsupported("presentation" if "powerpoint document" in names else "unknown")


def _written(text: str) -> str:
    """What kind of text a text is."""
    start = text[:_MARKUP].lstrip("\ufeff \t\r\n")
    if start.startswith("<?xml") and "urn:schemas-microsoft-com:office:spreadsheet" in start:
        return SHEET_XML
    if start.startswith("<?xml") and "schemas.microsoft.com/office/word/2003" in start:
        return WORD_XML
    if start.startswith("<") and _HTML.search(start):
        return HTML
    if re.match(r"MIME-Version:", start, re.IGNORECASE):
        raise _unsupported("mhtml")
    return TEXT if separator(text) is None else CSV


def separator(text: str) -> str | None:
    """The character that keeps a text's columns apart, if it says so or most of its records have one width."""
    hint = _HINT.match(text)
    if hint is not None:
        return hint[1]
    best: tuple[float, str] | None = None
    for mark in (",", "\t", ";", "|"):
        if mark not in text:
            continue
        try:
            widths = [len(record) for record in csv.reader(io.StringIO(text, newline=""), delimiter=mark) if record]
        except csv.Error:
            continue
        if len(widths) < _FEWEST_RECORDS:
            continue
        width, count = Counter(widths).most_common(1)[0]
        share = count / len(widths)
        if width >= _FEWEST_FIELDS and share >= _SAME_WIDTH and (best is None or share * width > best[0]):
            best = (share * width, mark)
    return None if best is None else best[1]
