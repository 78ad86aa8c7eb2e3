"""A code and its values come in, the sentence a user reads goes out, in Chinese or English.

The words stand in `pipeline/words/<lang>/<topic>.toml`: flat tables `key = "sentence with {holes}"`.
The code `errors.no_model` is the key `no_model` of `errors.toml`.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from string import Formatter
from typing import Literal, get_args

from schemas.errors import HeduiError, UsageError

Lang = Literal["zh", "en"]

LANGUAGES: tuple[Lang, ...] = get_args(Lang)

_JOINT: Mapping[Lang, str] = {"zh": "、", "en": ", "}

_LOCALE_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")
"""In the order in which POSIX lets one outrank the next."""


class WordsMissing(KeyError):
    """A mistake of the program, not of its user: a code without a sentence, or a hole without a value."""

    def __str__(self) -> str:
        """Say what is missing as it is; KeyError would print its repr."""
        return str(self.args[0])


def say(code: str, lang: Lang, **params: object) -> str:
    """The sentence for `code` in `lang`, its holes filled from `params`; a list is written out in words.

    Values without a hole are ignored, because an error may carry more than its sentence tells.
    Raises WordsMissing naming the code, and the hole if that is what is missing.
    """
    topic, _, key = code.partition(".")
    sentence = _topic(topic, lang).get(key)
    if sentence is None:
        message = f"pipeline/words/{lang}/{topic}.toml has no sentence {key!r} (code {code!r})"
        raise WordsMissing(message)
    try:
        return sentence.format_map({name: _written(value, lang) for name, value in params.items()})
    except KeyError as missing:
        message = f"the sentence {code!r} needs a value for {{{missing.args[0]}}}, got {sorted(params)}"
        raise WordsMissing(message) from None


def explain(error: HeduiError, lang: Lang) -> str:
    """What happened and what to do about it: the sentence of the error's code, filled with its values."""
    return say(error.code, lang, **error.params)


def language(explicit: str | None, environ: Mapping[str, str], system: str | None = None) -> Lang:
    """The reader's language: `explicit` (`--lang`) if given, else that of the locale.

    The locale is the first of LC_ALL, LC_MESSAGES, LANG that is set, else `system`, what the operating
    system calls its own (Windows sets no variables). Raises UsageError for a language hedui does not speak.
    """
    if explicit is not None:
        for known in LANGUAGES:
            if explicit == known:
                return known
        raise UsageError("errors.unknown_language", given=explicit, known=LANGUAGES)
    named = next((environ[name] for name in _LOCALE_VARIABLES if environ.get(name)), system or "")
    return "zh" if named.lower().startswith(("zh", "chinese")) else "en"


def codes(lang: Lang) -> dict[str, frozenset[str]]:
    """Every code of `lang` with the names of the holes in its sentence."""
    folder = files("pipeline") / "words" / lang
    topics = sorted(entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml"))
    return {
        f"{topic}.{key}": frozenset(name for _, name, _, _ in Formatter().parse(sentence) if name is not None)
        for topic in topics
        for key, sentence in _topic(topic, lang).items()
    }


@cache
def _topic(topic: str, lang: Lang) -> Mapping[str, str]:
    """The sentences of one topic file; empty if there is no such file. Tables and numbers are a mistake."""
    path = files("pipeline") / "words" / lang / f"{topic}.toml"
    if not path.is_file():
        return {}
    sentences: dict[str, str] = {}
    for key, value in tomllib.loads(path.read_text(encoding="utf-8")).items():
        if not isinstance(value, str):
            message = f"pipeline/words/{lang}/{topic}.toml: {key!r} is no sentence; the files are flat"
            raise WordsMissing(message)
        sentences[key] = value
    return sentences


def _written(value: object, lang: Lang) -> object:
    """A list as words with the language's own comma; anything else as it is."""
    if isinstance(value, tuple | list | set | frozenset):
        items = sorted(value) if isinstance(value, set | frozenset) else value
        return _JOINT[lang].join(str(item) for item in items)
    return value
