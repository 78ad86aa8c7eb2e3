"""Claims about hedui doctor: each thing that is not right is named with what to do, and no secret is shown."""

import sys
from pathlib import Path

import pytest

from pipeline.doctor import Folder, Installation, Places, Sign, examine, gather
from pipeline.llm import EmbeddedStatus
from pipeline.settings import ModelSettings

COMPLETE = EmbeddedStatus(22, 22, server=True, file=Path("/cache/model.gguf"), joined=True)
ROOMY = Folder(Path("/data"), writable=True, free=50_000_000_000)

SOUND = Installation(
    python=(3, 11, 7),
    packages={"hedui": "0.1.0", "pymupdf": "2.0"},
    settings_file=None,
    library=ROOMY,
    cache=ROOMY,
    model=ModelSettings(),
    key_set=False,
    embedded=COMPLETE,
)


def sign(found: Installation, name: str) -> Sign:
    """What an English reader is told about one thing."""
    (one,) = (each for each in examine(found, "en") if each.name == name)
    return one


def endpoint(base_url: str, model: str | None) -> ModelSettings:
    """Settings that name an endpoint."""
    return ModelSettings(base_url=base_url, model=model)


def test_a_sound_installation_has_nothing_to_remedy() -> None:
    """All is ok, in the order in which it would be repaired."""
    signs = examine(SOUND, "en")
    assert [each.name for each in signs] == [
        "Python",
        "Packages",
        "Language model",
        "Settings file",
        "Template library",
        "Cache",
    ]
    assert {each.state for each in signs} == {"ok"}
    assert {each.remedy for each in signs} == {None}


def test_an_old_python_fails() -> None:
    """3.10 is too old, 3.11.0 is not."""
    assert sign(SOUND._replace(python=(3, 10, 14)), "Python").state == "fail"
    assert sign(SOUND._replace(python=(3, 11, 0)), "Python").state == "ok"


def test_a_missing_package_is_named() -> None:
    """Of several packages the missing one is told, not the others."""
    told = sign(SOUND._replace(packages={"hedui": "0.1.0", "pymupdf": None, "openai": "3.3"}), "Packages")
    assert (told.state, told.detail) == ("fail", "missing: pymupdf")


def test_an_incomplete_embedded_model_fails_with_three_ways_out() -> None:
    """A package missing, or all of them unknown: install it, name an endpoint, or do without."""
    for broken in (COMPLETE._replace(server=False), COMPLETE._replace(parts=0, server=False)):
        told = sign(SOUND._replace(embedded=broken), "Language model")
        assert told.state == "fail"
        assert told.remedy is not None
        assert all(way in told.remedy for way in ("hedui[local]", "HEDUI_BASE_URL", "--model none"))


def test_an_incomplete_embedded_model_does_not_matter_where_it_is_not_asked() -> None:
    """With an endpoint, or without any model, nothing is said about it."""
    absent = SOUND._replace(embedded=COMPLETE._replace(server=False, joined=False))
    assert sign(absent._replace(model=ModelSettings(model="none")), "Language model").state == "ok"
    told = sign(absent._replace(model=endpoint("http://10.0.0.1:8000/v1", "qwen"), key_set=True), "Language model")
    assert (told.state, told.detail) == ("ok", "endpoint 10.0.0.1, model qwen")


def test_an_endpoint_without_a_models_name_fails_and_without_a_key_warns() -> None:
    """No request can be made without a name; some endpoints ask for no key."""
    nameless = SOUND._replace(model=endpoint("http://10.0.0.1/v1", None), key_set=True)
    assert sign(nameless, "Language model").state == "fail"
    assert sign(SOUND._replace(model=endpoint("http://10.0.0.1/v1", "qwen")), "Language model").state == "warn"


def test_only_the_host_of_an_endpoint_is_shown() -> None:
    """An address that holds a user and a password is shown without them, in every line and both languages."""
    secret = SOUND._replace(model=endpoint("https://user:pass-word@server.example/v1?token=tok-en", "qwen"))
    shown = str((examine(secret, "en"), examine(secret, "zh")))
    assert "server.example" in shown
    assert "pass-word" not in shown
    assert "tok-en" not in shown


def test_a_place_that_cannot_be_written_fails() -> None:
    """The library's folder is named with the remedy."""
    told = sign(SOUND._replace(library=ROOMY._replace(writable=False)), "Template library")
    assert told.state == "fail"
    assert told.remedy == "/data cannot be written. Check its permissions, or choose another place."


@pytest.mark.parametrize(
    ("joined", "base_url", "state"),
    [(False, None, "warn"), (True, None, "ok"), (False, "http://10.0.0.1/v1", "ok")],
)
def test_room_for_the_model_is_asked_only_if_it_is_still_to_be_joined(
    joined: bool,  # noqa: FBT001 - a parameter of the test
    base_url: str | None,
    state: str,
) -> None:
    """One free gigabyte is enough unless the parts have to be joined."""
    tight = SOUND._replace(
        cache=ROOMY._replace(free=1_000_000_000),
        embedded=COMPLETE._replace(joined=joined),
        model=ModelSettings(base_url=base_url, model="qwen"),
    )
    assert sign(tight, "Cache").state == state


def test_the_machine_is_looked_at_and_not_changed(tmp_path: Path) -> None:
    """Folders that do not exist yet are judged by the one they would be made in, and are not made."""
    places = Places(None, tmp_path / "data" / "deep" / "library.json", tmp_path / "cache")
    found = gather(ModelSettings(), {"HEDUI_API_KEY": "sk-secret"}, places, COMPLETE)
    assert found.python == sys.version_info[:3]
    assert found.packages["hedui"] == "0.1.0"
    assert None not in found.packages.values()
    assert {"pymupdf", "openai", "instructor", "pydantic"} <= found.packages.keys()
    assert "ruff" not in found.packages
    assert found.library.path == tmp_path / "data" / "deep"
    assert found.library.writable
    assert found.cache.free > 0
    assert list(tmp_path.iterdir()) == []
    assert "sk-secret" not in str(found)
