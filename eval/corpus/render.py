"""A page or a Word document comes in, its PDF goes out: the only place that starts a browser or an office."""

import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from schemas.errors import UsageError

_SECONDS = 180

_DATE = re.compile(rb"(/(?:CreationDate|ModDate)\s*\(D:)[0-9]{14}([^)]*\))")
_ID = re.compile(rb"(?<=<)[0-9A-Fa-f]{32}(?=>)")
_CHECKSUM = re.compile(rb"(?<=/DocChecksum /)[0-9A-F]{32}")


def browser_pdf(page: Path, pdf: Path) -> None:
    """Print an HTML file as a browser does; UsageError if there is no Chromium or it prints nothing."""
    with tempfile.TemporaryDirectory() as profile:
        _start(
            _program("chromium", "chromium-browser", "google-chrome"),
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--no-pdf-header-footer",
            f"--user-data-dir={profile}",
            f"--print-to-pdf={pdf}",
            page.resolve().as_uri(),
        )
    _settle(pdf)


def office_pdf(document: Path, pdf: Path) -> None:
    """Convert a Word document as LibreOffice does; UsageError if there is none or it writes nothing."""
    with tempfile.TemporaryDirectory() as scratch:
        _start(
            _program("soffice", "libreoffice"),
            f"-env:UserInstallation={(Path(scratch) / 'profile').as_uri()}",
            "--headless",
            "--convert-to",
            "pdf",
            "--outdir",
            scratch,
            str(document),
        )
        written = Path(scratch) / f"{document.stem}.pdf"
        if written.is_file():
            shutil.copyfile(written, pdf)
    _settle(pdf)


def dateless(pdf: bytes) -> bytes:
    """The same PDF with its dates and identifiers replaced by fixed ones of the same length.

    Offsets stay valid, because no byte moves; two runs on one machine then give one file.
    """
    settled = _DATE.sub(rb"\g<1>20250101000000\g<2>", pdf)
    head, mark, trailer = settled.rpartition(b"trailer")
    trailer = _CHECKSUM.sub(b"0" * 32, _ID.sub(b"0" * 32, trailer))
    return head + mark + trailer


def _program(*names: str) -> str:
    for name in names:
        found = shutil.which(name)
        if found:
            return found
    raise UsageError("corpus.no_program", names=names)


def _start(program: str, *arguments: str) -> None:
    try:
        subprocess.run([program, *arguments], check=True, capture_output=True, timeout=_SECONDS)  # noqa: S603 - our own file names
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        raise UsageError("corpus.program_failed", program=program) from error


def _settle(pdf: Path) -> None:
    if not pdf.is_file():
        raise UsageError("corpus.nothing_written", path=str(pdf))
    pdf.write_bytes(dateless(pdf.read_bytes()))
