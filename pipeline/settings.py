"""A `hedui.toml` and the environment come in, Settings go out; a key or value hedui does not know is an error.

The whole file, every key with its default or an example; all of it may be left out:

    [model]
    base_url = "http://192.168.1.20:8000/v1"  # HEDUI_BASE_URL wins; none of both: the embedded model
    model = "qwen2.5-7b-instruct"             # HEDUI_MODEL wins; "none": read without a model
    price = { prompt = 2.0, cached = 0.5, completion = 8.0 }  # per million tokens; without it cost is null
    max_calls = 500                           # stop a batch after so many calls; without it no limit
    max_cost = 20.0                           # stop a batch at this cost; needs a price
    reask_tokens = 512                        # tokens that asking again after one invalid answer may cost
    timeout_seconds = 120.0                   # how long one answer may take

    [rules]
    off = ["unit_agrees"]                     # rules that are not applied; every form records them
    severity = { grade_scale = "information" }  # another severity than the rule's own

    [output]
    folder = "out"                            # where `hedui run` writes if -o is not given
    csv = false                               # write the CSV files beside forms.xlsx

    [review]
    share = 0.02                              # of the forms that the rules accepted, so many a person looks at too

    [templates]
    file = "layouts.db"                       # the template library; `--templates` wins

Relative paths count from the folder of the file that holds them; `~` is the user's home. The key of an
endpoint never stands in a file: HEDUI_API_KEY alone gives it.
"""

import re
import tomllib
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Self

import platformdirs
from pydantic import AfterValidator, AnyHttpUrl, BeforeValidator, Field, TypeAdapter, ValidationError, model_validator
from pydantic_core import ErrorDetails, PydanticCustomError

from schemas.base import PrintedDecimal, Record
from schemas.check import RuleCode, Severity
from schemas.errors import SettingsError
from schemas.run import Price

FILE_NAME = "hedui.toml"

_ENVIRONMENT = {"HEDUI_BASE_URL": "base_url", "HEDUI_MODEL": "model"}
"""Which key of [model] an environment variable outranks; an empty variable is not set."""

_SECRETS = frozenset({"api_key", "key", "token", "secret", "password"})
"""Keys that someone may write who looks for a place for the endpoint's key."""

_URL = TypeAdapter(AnyHttpUrl)


def _as_printed(value: object) -> object:
    """A whole number of a TOML file as text: a printed decimal takes no int."""
    return str(value) if isinstance(value, int) else value


def _as_float(value: object) -> object:
    """A share as a number; a settings file's numbers with a point keep their digits until here."""
    return float(value) if isinstance(value, Decimal | int) and not isinstance(value, bool) else value


def _prices_as_printed(value: object) -> object:
    return {key: _as_printed(price) for key, price in value.items()} if isinstance(value, dict) else value


def _not_negative(price: Price) -> Price:
    if min(price.prompt, price.cached, price.completion) < 0:
        kind = "negative_price"
        message = "a price is not below 0"
        raise PydanticCustomError(kind, message)
    return price


def _web_address(value: object) -> object:
    """The address as it was written, if it is one that a client can call."""
    if isinstance(value, str):
        _URL.validate_python(value)
    return value


class ModelSettings(Record):
    """[model]: who answers, what it costs, and where to stop."""

    base_url: Annotated[str, BeforeValidator(_web_address)] | None = Field(
        None,
        examples=['"http://192.168.1.20:8000/v1"'],
    )
    """Any OpenAI-compatible endpoint; None for the embedded model."""
    model: str | None = Field(None, min_length=1, examples=['"qwen2.5-7b-instruct"'])
    """The endpoint's name for its model; "none" reads without a model."""
    price: Annotated[Price, BeforeValidator(_prices_as_printed), AfterValidator(_not_negative)] | None = Field(
        None,
        examples=["{ prompt = 2.0, cached = 0.5, completion = 8.0 }"],
    )
    max_calls: int | None = Field(None, ge=0, examples=["500"])
    """Calls after which a batch stops with BudgetExceeded; None for no limit."""
    max_cost: Annotated[PrintedDecimal, BeforeValidator(_as_printed), Field(ge=0)] | None = Field(
        None,
        examples=["20.0"],
    )
    """Cost at which a batch stops with BudgetExceeded; needs a price."""
    reask_tokens: int = Field(512, ge=0, examples=["512"])
    """Tokens that re-asking after one answer that broke its schema may cost."""
    timeout_seconds: float = Field(120.0, gt=0, le=3600, examples=["120.0"])

    @model_validator(mode="after")
    def _a_cost_limit_needs_a_price(self) -> Self:
        if self.max_cost is not None and self.price is None:
            kind = "price_missing"
            message = "max_cost needs a price"
            raise PydanticCustomError(kind, message)
        return self


class RuleSettings(Record):
    """[rules]: which rules are not applied, which have another severity."""

    off: tuple[RuleCode, ...] = Field((), examples=['["unit_agrees"]'])
    severity: dict[RuleCode, Severity] = Field({}, examples=['{ grade_scale = "information" }'])


class OutputSettings(Record):
    """[output]: where results go and in which shapes."""

    folder: Path = Field(Path("out"), examples=['"out"'])
    """Used if `hedui run` is given no -o."""
    csv: bool = Field(default=False, examples=["true"])
    """Whether the CSV files stand beside forms.xlsx."""


class ReviewSettings(Record):
    """[review]: what a person is asked to look at."""

    share: Annotated[float, BeforeValidator(_as_float)] = Field(0.02, ge=0, le=1, examples=["0.02"])
    """The share of accepted forms that join the queue, so that the accuracy of what was accepted is known."""


class TemplateSettings(Record):
    """[templates]: where the layouts that were read are kept."""

    file: Path | None = Field(None, examples=['"layouts.db"'])
    """None for the library in the user's data folder."""


class Settings(Record):
    """Everything a user can set; the command line outranks it."""

    model: ModelSettings = ModelSettings()
    rules: RuleSettings = RuleSettings()
    output: OutputSettings = OutputSettings()
    review: ReviewSettings = ReviewSettings()
    templates: TemplateSettings = TemplateSettings()


_SECTIONS: Mapping[str, type[Record]] = {
    "model": ModelSettings,
    "rules": RuleSettings,
    "output": OutputSettings,
    "review": ReviewSettings,
    "templates": TemplateSettings,
}


def user_folder() -> Path:
    """Where this user's settings file stands if the current folder has none."""
    return platformdirs.user_config_path("hedui", appauthor=False)


def library_file(settings: Settings) -> Path:
    """The template library: the one that is set, else the one in the user's data folder."""
    return settings.templates.file or platformdirs.user_data_path("hedui", appauthor=False) / "layouts.db"


def cache_folder() -> Path:
    """Where what can be made again is kept: the joined model, the stored answers."""
    return platformdirs.user_cache_path("hedui", appauthor=False)


def find(config: Path | None, current: Path, user: Path) -> Path | None:
    """The settings file: `config` if given, else `hedui.toml` of the current folder, else of the user's."""
    if config is not None:
        if not config.is_file():
            raise SettingsError("errors.settings_missing", file=config)
        return config
    return next((path for path in (current / FILE_NAME, user / FILE_NAME) if path.is_file()), None)


def load(file: Path | None, environ: Mapping[str, str]) -> Settings:
    """Settings from `file` (None: the defaults) under those of the environment.

    Raises SettingsError naming the key, the file, and the known keys or an example that would be right.
    """
    try:
        settings = Settings() if file is None else Settings.model_validate(_placed(_parsed(file), file.parent))
    except ValidationError as error:
        # An unknown key first: a misspelt one also leaves the right one missing.
        wrong = sorted(error.errors(), key=lambda found: found["type"] != "extra_forbidden")
        raise _told(wrong[0], source=file) from None
    overrides = {key: environ[name] for name, key in _ENVIRONMENT.items() if environ.get(name)}
    try:
        model = ModelSettings.model_validate(settings.model.model_dump() | overrides)
    except ValidationError as error:
        raise _told_of_environment(error.errors()[0]) from None
    return settings.model_copy(update={"model": model})


def _parsed(file: Path) -> dict[str, object]:
    """The tables of a settings file; numbers with a point keep their digits."""
    try:
        # Editors on Windows put a byte-order mark in front, which TOML does not know.
        return tomllib.loads(file.read_text(encoding="utf-8-sig"), parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError("errors.settings_syntax", file=file, detail=str(error)) from None
    except UnicodeDecodeError:
        raise SettingsError("errors.settings_encoding", file=file) from None
    except OSError as error:
        raise SettingsError("errors.settings_unreadable", file=file, detail=error.strerror or "") from None


def _placed(tables: dict[str, object], folder: Path) -> dict[str, object]:
    """The same tables with their paths counted from `folder`."""
    placed = dict(tables)
    for section, key in (("output", "folder"), ("templates", "file")):
        table = placed.get(section)
        if isinstance(table, dict) and isinstance(table.get(key), str):
            placed[section] = table | {key: folder / Path(table[key]).expanduser()}
    return placed


def _told(error: ErrorDetails, source: Path | None) -> SettingsError:
    """The sentence for one thing that pydantic found wrong in a settings file."""
    # Pydantic adds a list's index, and to a table's wrong name a mark: neither stands in the file.
    place = error["loc"][:-2] if error["loc"][-1] == "[key]" else error["loc"]
    path = tuple(part for part in place if isinstance(part, str))
    key = ".".join(path)
    if error["type"] == "price_missing":
        return SettingsError("errors.settings_price_missing", file=source)
    if error["type"] == "extra_forbidden":
        if path[-1] in _SECRETS:
            return SettingsError("errors.settings_key_in_file", file=source, key=key)
        return SettingsError("errors.settings_unknown_key", file=source, key=key, known=_known(path))
    if error["type"] == "literal_error":
        known = tuple(re.findall(r"'([^']*)'", (error.get("ctx") or {}).get("expected", "")))
        return SettingsError("errors.settings_choice", file=source, key=key, given=error["input"], known=known)
    if len(path) == 1:
        return SettingsError("errors.settings_no_table", file=source, key=key)
    example = _example(path[0], path[1])
    return SettingsError("errors.settings_value", file=source, key=key, example=f"{path[1]} = {example}")


def _told_of_environment(error: ErrorDetails) -> SettingsError:
    """The sentence for a variable that holds no possible value; the value itself may hold a password."""
    key = str(error["loc"][0])
    variable = next(name for name, setting in _ENVIRONMENT.items() if setting == key)
    return SettingsError("errors.settings_variable", variable=variable, example=_example("model", key).strip('"'))


def _known(path: tuple[str, ...]) -> tuple[str, ...]:
    """The keys that may stand where an unknown one stood: tables, a table's keys, or a price's."""
    if len(path) == 1:
        return tuple(_SECTIONS)
    return tuple((_SECTIONS[path[0]] if len(path) == 2 else Price).model_fields)  # noqa: PLR2004, the depth of a price


def _example(section: str, key: str) -> str:
    """What a user could write after `key =`."""
    examples = _SECTIONS[section].model_fields[key].examples or [""]
    return str(examples[0])
