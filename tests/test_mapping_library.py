"""Layouts kept in one file: the newest of a key counts, none is lost, a foreign file is told."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from pipeline.mapping.library import Library
from schemas.errors import StoreError
from schemas.reading import Reading, Slot, Template, TemplateState


def template(key: str, state: TemplateState = "proposed", forms: int = 1) -> Template:
    """A layout of one slot."""
    reading = Reading(source="model", role="score", probability=0.8, rivals=(("weight", 0.1),))
    slot = Slot(number=1, section="indicator_column", text="得分", role="score", state="single", readings=(reading,))
    return Template(key=key, state=state, slots=(slot,), forms_seen=forms, samples=(("甲", "10"),))


def count(path: Path) -> int:
    """How many versions the file holds."""
    with closing(sqlite3.connect(path)) as connection:
        return int(connection.execute("SELECT COUNT(*) FROM templates").fetchone()[0])


def test_a_template_comes_back_whole_from_another_process_view(tmp_path: Path) -> None:
    """Its readings, probabilities and samples too; the folder is made if it is missing."""
    path = tmp_path / "deep" / "templates.db"
    Library(path).put(template("a1"), "2024-01-01T00:00:00Z")
    assert Library(path).get("a1") == template("a1")
    assert Library(path).get("a2") is None


def test_versions_are_appended_and_the_newest_counts(tmp_path: Path) -> None:
    """The same template twice is one version; going back to an older state is a third."""
    library = Library(tmp_path / "t.db")
    for state in ("proposed", "proposed", "confirmed", "proposed"):
        library.put(template("a1", state), "2024-01-01T00:00:00Z")
    assert library.get("a1") == template("a1")
    assert count(tmp_path / "t.db") == 3
    assert library.all() == (template("a1"),)


def test_layouts_that_wait_for_a_person_come_first_then_the_common_ones(tmp_path: Path) -> None:
    """What `hedui layouts` lists."""
    library = Library(tmp_path / "t.db")
    for entry in (template("a", "confirmed", 9), template("b", forms=1), template("c", forms=5)):
        library.put(entry, "2024-01-01T00:00:00Z")
    assert [entry.key for entry in library.all()] == ["c", "b", "a"]


def test_a_layout_is_found_by_the_beginning_of_its_key(tmp_path: Path) -> None:
    """All that match, so that an ambiguous beginning can be told."""
    library = Library(tmp_path / "t.db")
    for key in ("ab12", "ab34", "cd56"):
        library.put(template(key), "2024-01-01T00:00:00Z")
    assert [entry.key for entry in library.matching("ab")] == ["ab12", "ab34"]
    assert [entry.key for entry in library.matching("ab3")] == ["ab34"]
    assert library.matching("b") == ()


def test_a_file_of_a_later_version_is_left_alone(tmp_path: Path) -> None:
    """Told with both versions."""
    path = tmp_path / "t.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 7")
    with pytest.raises(StoreError) as raised:
        Library(path)
    assert (raised.value.code, raised.value.params["found"]) == ("errors.library_version", 7)


def test_a_file_that_is_no_library_is_told_and_kept(tmp_path: Path) -> None:
    """Its bytes stay as they were."""
    path = tmp_path / "t.db"
    path.write_bytes(b"a report of many words, no database at all" * 40)
    with pytest.raises(StoreError) as raised:
        Library(path)
    assert raised.value.code == "errors.library_unusable"
    assert path.read_bytes() == b"a report of many words, no database at all" * 40
