"""Claims about the words a user reads: both languages say the same, and nothing is said that does not exist."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import get_args

import pytest

from pipeline.catalogue import LANGUAGES, WordsMissing, codes, explain, language, say
from schemas import errors
from schemas.check import RuleCode, Severity, Verdict
from schemas.decision import ReasonCode
from schemas.errors import HeduiError, UsageError
from schemas.form import FormKind, FundSource
from schemas.reading import TemplateState
from schemas.run import Outcome

ROOT = Path(__file__).parent.parent
ROOMS = ("schemas", "prompts", "pipeline", "eval")
CODE = re.compile(r"[a-z][a-z0-9]*\.[a-z][a-z0-9_]*")
QUOTED = re.compile(r"['`]([a-z][a-z0-9]*)\.([a-z0-9_]+)(['`]\s*~|\$\{|['`])")
SPEAKERS = {"say"} | {
    name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, HeduiError)
}


@cache
def trees() -> tuple[tuple[str, ast.Module], ...]:
    """Every module of hedui, parsed."""
    files = sorted(file for room in ROOMS for file in (ROOT / room).rglob("*.py"))
    return tuple((file.relative_to(ROOT).as_posix(), ast.parse(file.read_text(encoding="utf-8"))) for file in files)


def spoken() -> Iterator[tuple[str, str]]:
    """Each constant code given to `say` or to an error, with its place."""
    for name, tree in trees():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            first = node.args[0]
            if called in SPEAKERS and isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield first.value, f"{name}:{node.lineno}"


@cache
def said_by_pages() -> tuple[tuple[str, bool, str], ...]:
    """Each code quoted in a template or a script: the code, whether it is only a code's beginning, the file."""
    files = [file for file in sorted((ROOT / "pipeline").rglob("*")) if file.suffix in {".html", ".js"}]
    topics = {code.partition(".")[0] for code in codes("en")}
    return tuple(
        (f"{found[1]}.{found[2]}", len(found[3]) > 1, file.relative_to(ROOT).as_posix())
        for file in files
        for found in QUOTED.finditer(file.read_text(encoding="utf-8"))
        if found[1] in topics
    )


def patterns() -> Iterator[re.Pattern[str]]:
    """What the source can make a code of: each string constant, and each f-string with its holes open."""
    for _, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and CODE.fullmatch(node.value):
                yield re.compile(re.escape(node.value))
            elif isinstance(node, ast.JoinedStr):
                parts = [re.escape(str(part.value)) if isinstance(part, ast.Constant) else None for part in node.values]
                if parts[0] is not None and re.match(r"[a-z][a-z0-9]*\\\.", parts[0]):
                    yield re.compile("".join("[a-z0-9_]+" if part is None else part for part in parts))
    for code, begins, _ in said_by_pages():
        yield re.compile(re.escape(code) + ("[a-z0-9_]+" if begins else ""))


def test_both_languages_have_the_same_codes_with_the_same_holes() -> None:
    """What can be told to one reader can be told to the other, with the same values."""
    assert codes("zh") == codes("en")


def test_every_code_that_the_source_says_exists() -> None:
    """No reader meets a code without a sentence."""
    known = codes("en")
    assert [f"{place}: {code}" for code, place in spoken() if code not in known] == []
    assert [f"{file}: {code}" for code, begins, file in said_by_pages() if not begins and code not in known] == []


def test_every_sentence_is_used() -> None:
    """A sentence that nothing says is removed with the code that said it."""
    possible = list(patterns())
    assert [code for code in codes("en") if not any(pattern.fullmatch(code) for pattern in possible)] == []


@pytest.mark.parametrize(
    ("start", "values"),
    [
        ("reasons.", get_args(ReasonCode)),
        ("checks.name_", get_args(RuleCode)),
        ("export.rule_", get_args(RuleCode)),
        ("export.verdict_", get_args(Verdict)),
        ("export.severity_", get_args(Severity)),
        ("export.source_", get_args(FundSource)),
        ("export.kind_", get_args(FormKind)),
        ("export.outcome_", get_args(Outcome)),
        ("export.template_", get_args(TemplateState)),
    ],
)
def test_every_value_of_the_contract_can_be_told(start: str, values: tuple[str, ...]) -> None:
    """Codes that are put together from a value of the schemas exist for each of its values."""
    known = codes("en")
    assert [value for value in values if f"{start}{value}" not in known] == []


def test_holes_are_plain_names() -> None:
    """No sentence reaches into a value (`{a.b}`, `{0}`): values are prepared where they are known."""
    for lang in LANGUAGES:
        assert [(code, hole) for code, holes in codes(lang).items() for hole in holes if not hole.isidentifier()] == []


def test_every_chinese_sentence_is_chinese() -> None:
    """A sentence copied over from English without translation is found: letters without a Chinese character."""
    filled = {code: say(code, "zh", **dict.fromkeys(holes, "")) for code, holes in codes("zh").items()}
    assert [
        code for code, text in filled.items() if re.search(r"[A-Za-z]{4}", text) and not re.search("[一-鿿]", text)
    ] == []


def test_a_sentence_is_filled_in_the_readers_language() -> None:
    """The same code and values, two languages."""
    assert say("errors.unknown_language", "zh", given="fr", known=("zh", "en")) == "不支持语言 fr。请改用：zh、en。"
    assert say("errors.unknown_language", "en", given="fr", known=("zh", "en")) == (
        "hedui does not speak fr. Use one of: zh, en."
    )


def test_braces_in_a_value_are_text() -> None:
    """A file's name cannot reach a hole."""
    told = say("errors.unknown_language", "en", given="{known}", known="zh")
    assert told == "hedui does not speak {known}. Use one of: zh."


def test_a_missing_sentence_and_a_missing_value_are_named() -> None:
    """A mistake of the program says which code and which hole, not only that there is one."""
    with pytest.raises(WordsMissing, match=r"pipeline/words/en/errors.toml has no sentence 'no_such'"):
        say("errors.no_such", "en")
    with pytest.raises(WordsMissing, match=r"pipeline/words/zh/nowhere.toml has no sentence 'x'"):
        say("nowhere.x", "zh")
    with pytest.raises(WordsMissing, match=r"'errors.unknown_language' needs a value for \{known\}"):
        say("errors.unknown_language", "en", given="fr")


@pytest.mark.parametrize(
    ("explicit", "environ", "system", "expected"),
    [
        ("zh", {"LANG": "en_US.UTF-8"}, None, "zh"),
        ("en", {"LANG": "zh_CN.UTF-8"}, None, "en"),
        (None, {"LANG": "zh_CN.UTF-8"}, None, "zh"),
        (None, {"LANG": "zh_TW"}, None, "zh"),
        (None, {"LANG": "C.UTF-8"}, None, "en"),
        (None, {"LC_ALL": "en_GB.UTF-8", "LC_MESSAGES": "zh_CN.UTF-8", "LANG": "zh_CN.UTF-8"}, None, "en"),
        (None, {"LC_ALL": "", "LC_MESSAGES": "zh_CN.UTF-8", "LANG": "en_GB.UTF-8"}, None, "zh"),
        (None, {}, None, "en"),
        (None, {}, "Chinese (Simplified)_China", "zh"),
        (None, {}, "English_United States", "en"),
        (None, {"LANG": "en_US.UTF-8"}, "zh_CN", "en"),
    ],
)
def test_the_language_is_the_one_asked_for_else_the_locales(
    explicit: str | None,
    environ: dict[str, str],
    system: str | None,
    expected: str,
) -> None:
    """--lang, then LC_ALL, LC_MESSAGES, LANG, then what the system calls its own, then English."""
    assert language(explicit, environ, system) == expected


def test_an_unknown_language_is_a_usage_error_that_names_the_known_ones() -> None:
    """--lang fr is told what there is."""
    with pytest.raises(UsageError) as caught:
        language("fr", {})
    assert explain(caught.value, "en") == "hedui does not speak fr. Use one of: zh, en."
