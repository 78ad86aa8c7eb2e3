"""Claims about the embedded model's file: whole, proven, and hashed no more often than needed."""

import hashlib
import os
from pathlib import Path

import pytest

from pipeline.catalogue import explain
from pipeline.llm.parts import MODEL, Whole, embedded_status, installed_parts, model_file
from schemas.errors import ModelUnavailable

WHOLE = Whole("tiny.gguf", 2, 10, hashlib.sha256(b"helloworld").hexdigest())


@pytest.fixture
def parts(tmp_path: Path) -> tuple[Path, Path]:
    """Two part files of ten bytes together."""
    first, second = tmp_path / "part01.bin", tmp_path / "part02.bin"
    first.write_bytes(b"hello")
    second.write_bytes(b"world")
    return first, second


def test_parts_become_one_file_in_a_folder_that_is_made(parts: tuple[Path, Path], tmp_path: Path) -> None:
    """In order, with a note of its hash, and nothing half-made beside it."""
    file = model_file(tmp_path / "new" / "cache", WHOLE, parts)
    assert file.read_bytes() == b"helloworld"
    assert sorted(path.name for path in file.parent.iterdir()) == ["tiny.gguf", "tiny.json"]


def test_a_joined_file_needs_its_parts_no_more(parts: tuple[Path, Path], tmp_path: Path) -> None:
    """A later start reads neither the parts nor the file."""
    file = model_file(tmp_path / "cache", WHOLE, parts)
    file.chmod(0o000)
    assert model_file(tmp_path / "cache", WHOLE, ()) == file


def test_a_touched_file_is_hashed_again_and_kept(parts: tuple[Path, Path], tmp_path: Path) -> None:
    """Another time of change, the same bytes: it is still the model."""
    file = model_file(tmp_path / "cache", WHOLE, parts)
    os.utime(file, ns=(1, 1))
    assert model_file(tmp_path / "cache", WHOLE, ()) == file


def test_a_changed_file_is_joined_anew(parts: tuple[Path, Path], tmp_path: Path) -> None:
    """One other byte of the same size is found out and mended."""
    file = model_file(tmp_path / "cache", WHOLE, parts)
    file.write_bytes(b"hellowOrld")
    assert model_file(tmp_path / "cache", WHOLE, parts).read_bytes() == b"helloworld"


def test_damaged_parts_leave_nothing_behind(parts: tuple[Path, Path], tmp_path: Path) -> None:
    """A wrong hash is an error before the file can be used."""
    parts[1].write_bytes(b"wOrld")
    with pytest.raises(ModelUnavailable) as caught:
        model_file(tmp_path / "cache", WHOLE, parts)
    assert caught.value.code == "model.wrong_hash"
    assert list((tmp_path / "cache").iterdir()) == []


def test_a_missing_part_says_how_to_install(parts: tuple[Path, Path], tmp_path: Path) -> None:
    """How many there are, how many there should be, and the command."""
    with pytest.raises(ModelUnavailable) as caught:
        model_file(tmp_path / "cache", WHOLE, parts[:1])
    assert caught.value.params == {"parts": 1, "expected": 2}
    assert 'pip install "hedui[local]"' in explain(caught.value, "en")
    assert 'pip install "hedui[local]"' in explain(caught.value, "zh")


def test_a_full_disk_is_told_before_anything_is_written(parts: tuple[Path, Path], tmp_path: Path) -> None:
    """No disk has an exabyte to spare."""
    with pytest.raises(ModelUnavailable) as caught:
        model_file(tmp_path / "cache", WHOLE._replace(size=10**18), parts)
    assert (caught.value.code, caught.value.params["needed"]) == ("model.no_disk", "1000000000.0")


def test_a_folder_that_cannot_be_made_is_one_clear_error(parts: tuple[Path, Path], tmp_path: Path) -> None:
    """A file where the folder should be."""
    with pytest.raises(ModelUnavailable) as caught:
        model_file(parts[0] / "cache", WHOLE, parts)
    assert caught.value.code == "model.cannot_write"
    assert tmp_path.is_dir()


def test_the_installed_parts_are_all_there_in_order(tmp_path: Path) -> None:
    """22 files of 1,117,320,768 bytes together, found without importing their packages."""
    found = installed_parts()
    assert [part.name for part in found[:2]] == ["part01.bin", "part02.bin"]
    assert (len(found), sum(part.stat().st_size for part in found)) == (22, MODEL.size)
    status = embedded_status(tmp_path)
    assert (status.parts, status.parts_expected, status.server, status.joined) == (22, 22, True, False)
