"""Claims about who answers: the command line, the environment and the settings decide, in this order."""

import pytest

from pipeline.llm import from_environment
from pipeline.settings import ModelSettings
from schemas.errors import UsageError

ENDPOINT = {"HEDUI_BASE_URL": "https://llm.example:8443/v1", "HEDUI_API_KEY": "sk-1", "HEDUI_MODEL": "qwen-max"}


def test_nothing_set_is_the_embedded_model() -> None:
    """No address, no key, no name: it runs on this machine."""
    access = from_environment({}, None)
    assert access is not None
    assert (access.embedded, access.host, access.name) == (True, "127.0.0.1", "qwen2.5-coder-1.5b-instruct")


def test_all_set_is_the_endpoint_and_its_key_shows_nowhere() -> None:
    """Host and name can be told, the key cannot."""
    access = from_environment(ENDPOINT, None)
    assert access is not None
    assert (access.embedded, access.host, access.name) == (False, "llm.example:8443", "qwen-max")
    assert "sk-1" not in f"{access!r}{access}{access.model_dump()}{access.model_dump_json()}"


def test_an_address_with_a_password_is_told_by_its_host() -> None:
    """A user's name and password in an address are nobody else's."""
    access = from_environment(ENDPOINT | {"HEDUI_BASE_URL": "https://me:pw@llm.example/v1"}, None)
    assert access is not None
    assert access.host == "llm.example"


@pytest.mark.parametrize(
    ("environ", "flag", "settings"),
    [
        (ENDPOINT, "none", ModelSettings()),
        (ENDPOINT | {"HEDUI_MODEL": "none"}, None, ModelSettings()),
        ({}, None, ModelSettings(model="none")),
    ],
)
def test_none_means_nobody(environ: dict[str, str], flag: str | None, settings: ModelSettings) -> None:
    """Whoever says "none" last is obeyed, whatever else is set."""
    assert from_environment(environ, flag, settings) is None


@pytest.mark.parametrize(
    ("environ", "missing"),
    [
        ({"HEDUI_BASE_URL": "https://llm.example/v1"}, "HEDUI_MODEL"),
        ({"HEDUI_MODEL": "qwen-max"}, "HEDUI_BASE_URL"),
        ({"HEDUI_API_KEY": "sk-1"}, "HEDUI_BASE_URL"),
    ],
)
def test_half_of_an_endpoint_names_the_missing_half(environ: dict[str, str], missing: str) -> None:
    """Nobody who set a key is quietly answered by another model."""
    with pytest.raises(UsageError) as caught:
        from_environment(environ, None)
    assert (caught.value.code, caught.value.params) == ("model.half_set", {"missing": missing})


def test_the_command_line_outranks_the_environment_and_that_the_file() -> None:
    """The nearest word counts."""
    settings = ModelSettings(base_url="https://file.example/v1", model="from-file")
    names = [
        from_environment(environ, flag, settings)
        for environ, flag in ((ENDPOINT, "flag"), (ENDPOINT, None), ({}, None))
    ]
    assert [access.name for access in names if access is not None] == ["flag", "qwen-max", "from-file"]
