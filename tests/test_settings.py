"""Claims about hedui.toml: which file is read, what it may hold, and what is said when it holds something else."""

import ast
import os
from decimal import Decimal
from pathlib import Path

import pytest

from pipeline import settings
from pipeline.catalogue import explain
from schemas.errors import SettingsError


def written(folder: Path, text: str) -> Path:
    """A hedui.toml in `folder` with this text."""
    file = folder / "hedui.toml"
    file.write_text(text, encoding="utf-8")
    return file


def refused(folder: Path, text: str) -> str:
    """What an English reader is told about a hedui.toml with this text, its folder left out."""
    with pytest.raises(SettingsError) as caught:
        settings.load(written(folder, text), {})
    return explain(caught.value, "en").replace(f"{folder}{os.sep}", "")


def test_without_file_and_environment_the_embedded_model_answers_and_every_rule_is_on() -> None:
    """Nothing set means: no endpoint, no price, no rule off, results in `out`."""
    loaded = settings.load(None, {})
    assert loaded.model.base_url is None
    assert loaded.model.model is None
    assert loaded.model.price is None
    assert loaded.rules.off == ()
    assert loaded.output.folder == Path("out")
    assert loaded.templates.file is None


def test_the_file_in_the_module_docstring_is_valid_and_holds_every_key(tmp_path: Path) -> None:
    """What is documented can be pasted, and no key is undocumented."""
    document = settings.__doc__ or ""
    block = "\n".join(line[4:] for line in document.splitlines() if line.startswith("    "))
    loaded = settings.load(written(tmp_path, block), {})
    for section, fields in loaded.model_dump().items():
        assert f"[{section}]" in block
        for key in fields:
            assert f"\n{key} = " in block, f"{section}.{key} is not documented"
    assert loaded.model.base_url == "http://192.168.1.20:8000/v1"
    assert loaded.rules.off == ("unit_agrees",)
    assert loaded.rules.severity == {"grade_scale": "information"}


def test_every_key_is_read_by_the_program() -> None:
    """A setting that changes nothing does not stay: each key is an attribute that some other module reads."""
    pipeline = Path(settings.__file__).parent
    files = [file for file in pipeline.rglob("*.py") if file.name not in {"settings.py", "doctor.py"}]
    read = {
        node.attr
        for file in files
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
    }
    by_itself = {("templates", "file")}  # `library_file` of the settings module reads it
    keys = {(section, key) for section, fields in settings.Settings().model_dump().items() for key in fields}
    assert sorted(f"{section}.{key}" for section, key in keys - by_itself if key not in read) == []


def test_a_price_keeps_its_printed_decimals(tmp_path: Path) -> None:
    """0.10 stays 0.10, and a whole number is a price too."""
    file = written(tmp_path, "[model]\nprice = { prompt = 2, cached = 0.10, completion = 8.5 }\nmax_cost = 3\n")
    price = settings.load(file, {}).model.price
    assert price is not None
    assert (str(price.prompt), str(price.cached), str(price.completion)) == ("2", "0.10", "8.5")
    assert settings.load(file, {}).model.max_cost == Decimal(3)


def test_the_environment_outranks_the_file_and_an_empty_variable_does_not(tmp_path: Path) -> None:
    """HEDUI_MODEL wins over [model] model; HEDUI_BASE_URL="" is as if it were not there."""
    file = written(tmp_path, '[model]\nbase_url = "http://10.0.0.1/v1"\nmodel = "from-file"\nmax_calls = 7\n')
    loaded = settings.load(file, {"HEDUI_MODEL": "from-environment", "HEDUI_BASE_URL": ""})
    assert loaded.model.model == "from-environment"
    assert loaded.model.base_url == "http://10.0.0.1/v1"
    assert loaded.model.max_calls == 7


def test_paths_count_from_the_folder_of_their_file(tmp_path: Path) -> None:
    """A settings file means the same wherever hedui is started."""
    file = written(tmp_path, '[output]\nfolder = "results"\n[templates]\nfile = "shared/layouts.db"\n')
    loaded = settings.load(file, {})
    assert loaded.output.folder == tmp_path / "results"
    assert loaded.templates.file == tmp_path / "shared" / "layouts.db"
    assert settings.library_file(loaded) == tmp_path / "shared" / "layouts.db"


def test_the_library_is_the_users_own_unless_one_is_set() -> None:
    """By default the library is in the user's data folder, never in the current or an output folder."""
    file = settings.library_file(settings.load(None, {}))
    assert file.name == "layouts.db"
    assert "hedui" in file.parent.parts
    assert file.is_absolute()


def test_config_outranks_the_current_folder_which_outranks_the_users(tmp_path: Path) -> None:
    """Of three files the nearest to the call is read, and only that one."""
    current, user, elsewhere = tmp_path / "current", tmp_path / "user", tmp_path / "elsewhere"
    for folder in (current, user, elsewhere):
        folder.mkdir()
    assert settings.find(None, current, user) is None
    in_user = written(user, "")
    assert settings.find(None, current, user) == in_user
    in_current = written(current, "")
    assert settings.find(None, current, user) == in_current
    given = written(elsewhere, "")
    assert settings.find(given, current, user) == given


def test_a_config_that_is_not_there_is_an_error_not_a_default(tmp_path: Path) -> None:
    """--config with a wrong path never falls back to another file."""
    written(tmp_path, "")
    with pytest.raises(SettingsError) as caught:
        settings.find(tmp_path / "other.toml", tmp_path, tmp_path)
    assert explain(caught.value, "en").endswith("other.toml. Check the path after --config.")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "[modle]\nmodel = 'x'",
            "Settings file hedui.toml: there is no setting modle. Known here: model, rules, output, review, templates.",
        ),
        (
            "[output]\nfoler = 'x'",
            "Settings file hedui.toml: there is no setting output.foler. Known here: folder, csv.",
        ),
        (
            "[model]\nprice = { promt = 1.0, cached = 1.0, completion = 1.0 }",
            "Settings file hedui.toml: there is no setting model.price.promt. Known here: prompt, cached, completion.",
        ),
        (
            "[rules]\nseverity = { grade_scale = 'eror' }",
            "Settings file hedui.toml: rules.severity.grade_scale cannot be eror. Known: error, warning, information.",
        ),
        (
            "[model]\nmax_calls = -1",
            (
                "Settings file hedui.toml: model.max_calls has a value that hedui cannot use. "
                "Write it like this: max_calls = 500"
            ),
        ),
        (
            "[model]\nprice = { prompt = -1.0, cached = 0.0, completion = 0.0 }",
            (
                "Settings file hedui.toml: model.price has a value that hedui cannot use. "
                "Write it like this: price = { prompt = 2.0, cached = 0.5, completion = 8.0 }"
            ),
        ),
        (
            "[model]\nbase_url = 'my server'",
            (
                "Settings file hedui.toml: model.base_url has a value that hedui cannot use. "
                'Write it like this: base_url = "http://192.168.1.20:8000/v1"'
            ),
        ),
        (
            "model = 'qwen'",
            "Settings file hedui.toml: model is a section. Write a line [model] and put its settings below it.",
        ),
        (
            "[model]\nmax_cost = 5",
            (
                "Settings file hedui.toml: model.max_cost sets a limit, but no model.price says what a token costs. "
                "Add the price or remove the limit."
            ),
        ),
    ],
)
def test_a_wrong_key_or_value_is_named_with_its_file_and_the_remedy(tmp_path: Path, text: str, told: str) -> None:
    """Nothing in a settings file is silently dropped."""
    assert refused(tmp_path, text) == told


def test_an_unknown_rule_is_named_with_all_known_ones(tmp_path: Path) -> None:
    """`off` and `severity` take the codes of the rules and nothing else."""
    for text in ("[rules]\noff = ['weights']", "[rules]\nseverity = { weights = 'error' }"):
        told = refused(tmp_path, text)
        assert "cannot be weights" in told
        assert "weights_sum" in told
        assert "[key]" not in told


def test_a_key_in_the_file_is_refused_without_repeating_it(tmp_path: Path) -> None:
    """A key in hedui.toml never reaches an error, and the remedy is the variable."""
    told = refused(tmp_path, "[model]\napi_key = 'sk-very-secret'\n")
    assert "HEDUI_API_KEY" in told
    assert "sk-very-secret" not in told


def test_a_wrong_variable_is_told_without_its_value() -> None:
    """An address may hold a password, so it is not repeated."""
    with pytest.raises(SettingsError) as caught:
        settings.load(None, {"HEDUI_BASE_URL": "user:secret@server"})
    assert caught.value.params["variable"] == "HEDUI_BASE_URL"
    assert "secret" not in str(caught.value)


def test_a_broken_file_says_where_it_is_broken(tmp_path: Path) -> None:
    """A typing error is located by line."""
    assert "line 2" in refused(tmp_path, "[model]\nmodel = qwen\n")


def test_a_file_in_another_encoding_is_told_and_a_byte_order_mark_is_not(tmp_path: Path) -> None:
    """GB18030 is refused by name of the remedy; what Windows puts before UTF-8 is read over."""
    file = tmp_path / "hedui.toml"
    file.write_bytes("[model]\nmodel = '千问'\n".encode("gb18030"))
    with pytest.raises(SettingsError) as caught:
        settings.load(file, {})
    assert "Save it as UTF-8" in explain(caught.value, "en")
    file.write_bytes("[model]\nmodel = '千问'\n".encode("utf-8-sig"))
    assert settings.load(file, {}).model.model == "千问"
