"""A template's name and its values come in, escaped HTML goes out, in the reader's language."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache, partial
from typing import NamedTuple

from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request

from pipeline.catalogue import LANGUAGES, Lang, codes, say
from pipeline.review.desk import FieldView
from pipeline.review.layouts import LayoutVersion, RoleOption
from pipeline.review.records import Interval, LayoutItem
from pipeline.review.web.assets import edition
from pipeline.review.web.guard import Keys

THEMES = ("auto", "light", "dark")
LANGUAGE_COOKIE = "hedui_lang"
THEME_COOKIE = "hedui_theme"

# Sentences that a script says: they go out with every page.
_SCRIPT_WORDS = ("web.js_", "web.theme_", "web.state_")
_SCRIPT_WORDS_TOO = frozenset(
    {"web.page_of", "web.picture_of", "web.accept", "web.save", "web.document_gone", "web.joint"}
)

_IN_SCRIPT = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}

_MARKS = {"doubtful": "?", "confirmed": "✓", "edited": "✎"}


class Voice(NamedTuple):
    """Who reads a page, and how: what a request's cookies say."""

    lang: Lang
    theme: str


def voice_of(request: Request, default: Lang) -> Voice:
    """The reader's language and theme."""
    lang = next((known for known in LANGUAGES if known == request.cookies.get(LANGUAGE_COOKIE)), default)
    theme = request.cookies.get(THEME_COOKIE)
    return Voice(lang, theme if theme in THEMES else "auto")


def block(json: str) -> Markup:
    """JSON for a data block of a page: no text of a document can end the block."""
    for sign, escaped in _IN_SCRIPT.items():  # five times as fast as str.translate
        json = json.replace(sign, escaped)
    return Markup(json)  # noqa: S704 - every character that HTML looks for is escaped


def page(name: str, voice: Voice, keys: Keys, **values: object) -> HTMLResponse:
    """A whole page, or a part of one if `name` begins with an underscore; whole ones know `here` and `back`."""
    reader = {"lang": voice.lang, "theme": voice.theme, "csrf": keys.csrf}
    given = {**reader, "here": "", "back": "/", **values}
    return HTMLResponse(_environment(voice.lang).get_template(name).render(given))


def ready(lang: Lang) -> None:
    """Compile every template now, so that no reader waits for it."""
    environment = _environment(lang)
    for name in environment.list_templates():
        environment.get_template(name)


@cache
def _environment(lang: Lang) -> Environment:
    """Every template escapes; an unknown name is an error."""
    made = Environment(
        loader=PackageLoader("pipeline.review.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    told = partial(say, lang=lang)
    made.globals.update(
        say=told,
        static=lambda name: f"/static/{edition()}/{name}",
        words=_script_words(lang),
        status_words=partial(_status_words, lang=lang),
        status_badge=partial(_status_badge, lang=lang),
        layout_badge=partial(_layout_badge, lang=lang),
        pages_of=partial(_pages_of, lang=lang),
        effect_words=partial(_effect_words, lang=lang),
        version_words=partial(_version_words, lang=lang),
        version_columns=_version_columns,
        when=when,
        interval=_interval,
        mark=_mark,
        shown=_shown,
        changed=(),
    )
    return made


def when(at: str) -> str:
    """A time of the log as the clock on this machine shows it, to the minute."""
    return datetime.fromisoformat(at).astimezone().strftime("%Y-%m-%d %H:%M")


def _script_words(lang: Lang) -> Mapping[str, str]:
    """Sentences with their holes open: a script fills them."""
    holes = codes(lang)
    wanted = [code for code in holes if code.startswith(_SCRIPT_WORDS) or code in _SCRIPT_WORDS_TOO]
    return {code: say(code, lang, **{hole: f"{{{hole}}}" for hole in holes[code]}) for code in wanted}


def _status_words(status: str, by: str, lang: Lang) -> str:
    by_person = by == "reviewer" and status == "accepted"
    return say("export.status_reviewed" if by_person else f"export.status_{status}", lang)


def _status_badge(status: str, by: str, sampled: bool, dropped: bool, lang: Lang) -> Markup:  # noqa: FBT001 - a template's words
    if dropped:
        kind, text = "", say("web.status_dropped", lang)
    elif sampled:
        kind, text = "accent", say("web.status_sample", lang)
    else:
        text = _status_words(status, by, lang)
        kind = "warn" if status == "review" else "hand" if by == "reviewer" else "good"
    return Markup('<span class="badge {}">{}</span>').format(kind, text)


def _layout_badge(layout: LayoutItem, lang: Lang) -> Markup:
    by_person = layout.state == "confirmed" and layout.decided_by == "human"
    kind = "warn" if layout.state == "proposed" else "hand" if by_person else "good"
    code = "layouts.confirmed_by_person" if by_person else f"layouts.{layout.state}"
    return Markup('<span class="badge {}">{}</span>').format(kind, say(code, lang))


def _pages_of(pages: Sequence[int], lang: Lang) -> str:
    if len(pages) == 1:
        return say("export.page", lang, page=pages[0])
    return say("export.pages", lang, first=pages[0], last=pages[-1])


def _effect_words(option: RoleOption, lang: Lang) -> str:
    effect = option.effect
    if effect is None:
        return ""
    forms = say("web.forms", lang, count=effect.forms)
    if effect.of > effect.forms:
        forms = say("web.forms_of", lang, count=effect.forms, of=effect.of)
    told = say(
        "web.effect_option",
        lang,
        forms=forms,
        held=effect.holding_now,
        holding=effect.holding_then,
        failed=effect.failing_now,
        failing=effect.failing_then,
    )
    if option.exchanged_with:
        columns = [str(number) for number in option.exchanged_with]
        return f"{say('web.effect_exchange', lang, columns=columns)} {told}"
    return told


def _version_words(version: LayoutVersion, lang: Lang) -> str:
    by_person = version.state == "confirmed" and version.decided_by == "human"
    return say("layouts.confirmed_by_person" if by_person else f"layouts.{version.state}", lang)


def _version_columns(version: LayoutVersion) -> list[str]:
    return [str(number) for number, _ in version.roles]


def _interval(found: Interval) -> Markup:
    """Two cells: the share, and its interval at 95 %."""
    if found.share is None or found.low is None or found.high is None:
        return Markup('<td class="right">—</td><td class="right">—</td>')
    share, low, high = (f"{part * 100:.1f}%" for part in (found.share, found.low, found.high))
    return Markup('<td class="right number">{}</td><td class="right number">{} – {}</td>').format(share, low, high)


def _shown(view: FieldView) -> str:
    """A field's value for people: the words of a choice, else its text."""
    return dict(view.options).get(view.text or "", view.text or "")


def _mark(view: FieldView) -> Markup:
    sign = _MARKS.get(view.state)
    return Markup("<sup>{}</sup>").format(sign) if sign else Markup("")
