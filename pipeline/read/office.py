"""A file that only an office program reads (.doc, .wps, .rtf, .odt, .ods) becomes a .docx or .xlsx by LibreOffice.

It runs with a profile of its own that is thrown away: no macros, no links to other files, no window, and not for ever.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.read.kinds import DOC, ODS, ODT, RTF, SHEET_XML, WORD_XML, XLS, XLSB
from pipeline.read.packages import package
from schemas.errors import DamagedDocument, UnsupportedFormat

SECONDS = 120
TO_DOCX: dict[str, str] = {DOC: "doc", RTF: "rtf", ODT: "odt", WORD_XML: "xml"}
TO_XLSX: dict[str, str] = {XLS: "xls", ODS: "ods", XLSB: "xlsb", SHEET_XML: "xml"}

PLACES: tuple[str, ...] = (
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
    r"C:\Program Files\LibreOffice\program\soffice.exe",
    r"C:\Program Files (x86)\LibreOffice\program\soffice.exe",
)
"""Where LibreOffice stands on systems that do not put it on the PATH."""
_SAFE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>3</value></prop>
<prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop>
<prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop>
</item>
</oor:items>
"""


def program() -> str | None:
    """Where LibreOffice's program is; None if it is not installed."""
    found = shutil.which("soffice") or shutil.which("libreoffice")
    return found or next((place for place in PLACES if Path(place).is_file()), None)


@contextmanager
def converted(path: Path, kind: str) -> Iterator[Path]:
    """The file as .docx or .xlsx in a folder that is removed afterwards.

    Raises UnsupportedFormat if LibreOffice is not there, DamagedDocument if it cannot read the file in time.
    """
    office = program()
    if office is None:
        raise UnsupportedFormat("formats.install_libreoffice")
    if kind in {ODT, ODS, XLSB}:
        with package(path):
            pass  # within every limit of a package, or refused
    target = "docx" if kind in TO_DOCX else "xlsx"
    with tempfile.TemporaryDirectory(prefix="hedui-") as folder:
        scratch = Path(folder)
        # A name of our own: the document's may be read as an option, or leave the folder.
        given = scratch / f"document.{(TO_DOCX | TO_XLSX)[kind]}"
        shutil.copyfile(path, given)
        profile = scratch / "profile"
        (profile / "user").mkdir(parents=True)
        (profile / "user" / "registrymodifications.xcu").write_text(_SAFE, encoding="utf-8")
        made = scratch / "out" / f"document.{target}"
        options = ["--headless", "--norestore", "--nologo", "--nodefault", "--nolockcheck", "--nofirststartwizard"]
        call = [office, f"-env:UserInstallation={profile.as_uri()}", *options]
        _finish([*call, "--convert-to", target, "--outdir", str(made.parent), str(given)])
        if not made.is_file():
            raise DamagedDocument("formats.damaged_office")
        yield made


def _finish(call: list[str]) -> None:
    """Run the program to its end, or end it and all that it started."""
    own_group = sys.platform != "win32"
    with subprocess.Popen(  # noqa: S603 - our own words and a path of our own
        call,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=own_group,
    ) as running:
        try:
            running.wait(SECONDS)
        except subprocess.TimeoutExpired:
            if own_group:
                os.killpg(running.pid, signal.SIGKILL)
            else:
                running.kill()
            raise DamagedDocument("formats.office_too_slow", seconds=SECONDS) from None
