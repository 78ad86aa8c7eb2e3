"""HTML for people: the queue, one form beside its page, its print view, layouts, the dashboard."""

import json
from typing import Annotated, NamedTuple

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.requests import Request

from pipeline.catalogue import Lang, explain, say
from pipeline.edits.values import NUMBERS
from pipeline.read.picture import PageSize
from pipeline.review.desk import EditResult, FormDesk
from pipeline.review.layouts import SlotView
from pipeline.review.records import Neighbours, QueueFilter
from pipeline.review.web import filters
from pipeline.review.web.api import Asked, EditCall, FormId, LayoutKey, Roles, conflict
from pipeline.review.web.assets import assets, edition
from pipeline.review.web.pictures import has_pages
from pipeline.review.web.render import LANGUAGE_COOKIE, Voice, block, page, voice_of
from pipeline.review.web.room import Room
from pipeline.review.web.sheet import sheet_of, table_of
from schemas.errors import ConflictError, DocumentError

_FOR_GOOD = "private, max-age=31536000, immutable"
_YEAR = 365 * 24 * 3600
_MINUTE = 60
_COUNT_DIGITS = 9
_PER_PAGE = 50


class Shown(NamedTuple):
    """Where the form's first page is, or why there is none; both None for documents without pages."""

    page: int
    size: PageSize | None
    why_not: str | None


class Group(NamedTuple):
    """Columns and labels of one kind of a layout."""

    words: str
    slots: tuple[SlotView, ...]


def page_routes(room: Room) -> APIRouter:
    """Every page; none is part of the described API."""
    router = APIRouter(include_in_schema=False)
    _shell(router)
    _queue(router, room)
    _form(router, room)
    _layouts(router, room)
    _dashboard(router, room)
    return router


def _voice(room: Room) -> object:
    def voice(request: Request) -> Voice:
        return voice_of(request, room.lang)

    return Depends(voice)


def _shell(router: APIRouter) -> None:
    @router.get("/static/{of}/{name}")
    def static(of: str, name: str) -> Response:
        found = assets().get(name)
        if found is None or of != edition():
            return Response(status_code=404)
        return Response(found.body, media_type=found.media_type, headers={"Cache-Control": _FOR_GOOD})

    @router.get("/language/{lang}")
    def language(lang: Lang, back: str = "/") -> RedirectResponse:
        """Remember a language and go back, within this server only."""
        there = back if back.startswith("/") and not back.startswith(("//", "/\\")) else "/"
        answer = RedirectResponse(there, 303)
        answer.set_cookie(LANGUAGE_COOKIE, lang, max_age=_YEAR, path="/", httponly=True, samesite="strict")
        return answer


def _back(request: Request) -> str:
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")


def _queue(router: APIRouter, room: Room) -> None:
    reader = Annotated[Voice, _voice(room)]

    @router.get("/")
    def queue(request: Request, asked: Asked, voice: reader, cursor: str | None = None) -> HTMLResponse:
        wanted = filters.filter_of(asked, room.documents)
        found = room.review.queue(wanted, cursor, _PER_PAGE, voice.lang)
        room.documents.note(found)
        facets = filters.facets_of(found, asked, voice.lang)
        heading = next((one.label for one in facets[0].choices if one.chosen), say("web.nav_queue", voice.lang))
        kept = [(name, value) for name, value in asked._asdict().items() if value and name != "text"]
        return page(
            "queue.html", voice, room.keys, here="queue", back=_back(request),
            page=found, wanted=wanted, facets=facets, heading=heading, kept=kept,
            narrowed=bool(asked.encoded()), trail=asked.encoded(), first=f"/{asked.encoded()}",
            next=f"/{asked.encoded(found.next_cursor)}" if found.next_cursor else None,
            trouble=room.results.trouble(voice.lang),
        )  # fmt: skip


def _form(router: APIRouter, room: Room) -> None:
    reader = Annotated[Voice, _voice(room)]

    def drawn(
        name: str, desk: FormDesk, asked: filters.Query, voice: Voice, done: EditResult | None = None, **more: object
    ) -> HTMLResponse:
        near = _near(room, desk.record.form_id, filters.filter_of(asked, room.documents))
        data = desk.model_dump_json(exclude={"record", "history", "notes"})
        return page(
            name, voice, room.keys, here="queue", desk=desk, sheet=sheet_of(desk, voice.lang), near=near,
            trail=asked.encoded(), data=block(data), result=block(_result(done)),
            changed=frozenset(done.changed) if done else frozenset(), **more,
        )  # fmt: skip

    @router.get("/forms/{form_id}")
    def form(request: Request, form_id: FormId, asked: Asked, voice: reader) -> HTMLResponse:
        desk = room.review.form(form_id, voice.lang)
        shown = _shown(room, desk, voice.lang)
        pictures = f"/api/forms/{form_id}/pages"
        return drawn(
            "form.html", desk, asked, voice, back=_back(request), table=table_of(desk), page=shown.page,
            size=shown.size, no_picture=shown.why_not, pictures=pictures,
            picture=f"{pictures}/{shown.page}.png?zoom=2" if shown.size else None,
        )  # fmt: skip

    @router.get("/forms/{form_id}/desk")
    def desk_again(form_id: FormId, asked: Asked, voice: reader) -> HTMLResponse:
        return drawn("_desk.html", room.review.form(form_id, voice.lang), asked, voice)

    @router.post("/forms/{form_id}/edits", response_model=None)
    def edit(form_id: FormId, call: EditCall, asked: Asked, voice: reader) -> HTMLResponse | JSONResponse:
        """The same as /api/forms/{id}/edits, its result drawn."""
        try:
            done = room.review.edit(form_id, call.request, call.version, lang=voice.lang)
        except ConflictError as error:
            return conflict(room, form_id, error, voice.lang)
        room.results.changed()
        return drawn("_desk.html", done.desk, asked, voice, done)

    @router.get("/forms/{form_id}/print")
    def printed(form_id: FormId, asked: Asked, voice: reader) -> HTMLResponse:
        return drawn("print.html", room.review.form(form_id, voice.lang), asked, voice, numbers=NUMBERS)


def _near(room: Room, form_id: str, wanted: QueueFilter) -> Neighbours:
    """The forms before and after one; from the end of the queue on goes its beginning, where the most doubtful is."""
    near = room.review.neighbours(form_id, wanted)
    if near.after is not None:
        return near
    return near.model_copy(update={"after": room.review.first(wanted, form_id)})


def _result(done: EditResult | None) -> str:
    """What a script needs to know of an edit beside the desk."""
    if done is None:
        return "{}"
    words = done.desk.history[0].words if done.desk.history else ""
    return json.dumps(
        {"changed": done.changed, "row": done.row, "others": done.others, "words": words}, ensure_ascii=False
    )


def _shown(room: Room, desk: FormDesk, lang: Lang) -> Shown:
    """The form's first page if its document is there unchanged."""
    source = room.review.source(desk.record.form_id)
    first = desk.record.pages[0] if desk.record.pages else 1
    if not has_pages(source):
        return Shown(first, None, None)
    try:
        sizes = room.pictures.sizes(source)
    except DocumentError as error:
        return Shown(first, None, explain(error, lang))
    if not sizes:
        return Shown(first, None, say("web.document_gone", lang))
    return Shown(first, sizes[first - 1] if first <= len(sizes) else None, None)


def _layouts(router: APIRouter, room: Room) -> None:
    reader = Annotated[Voice, _voice(room)]

    @router.get("/layouts")
    def layouts(request: Request, voice: reader) -> HTMLResponse:
        found = room.review.layouts(voice.lang)
        return page("layouts.html", voice, room.keys, here="layouts", back=_back(request), layouts=found)

    @router.get("/layouts/{key}")
    def layout(request: Request, key: LayoutKey, voice: reader, done: str = "") -> HTMLResponse:
        found = room.review.layout(key, voice.lang)
        groups: dict[tuple[int, str], list[SlotView]] = {}
        for slot in found.slots:
            groups.setdefault((slot.table, slot.section_words), []).append(slot)
        told = [Group(words, tuple(slots)) for (_, words), slots in groups.items()]
        return page(
            "layout.html", voice, room.keys, here="layouts", back=request.url.path, page=found, groups=told,
            done=_counts(done, voice.lang),
        )  # fmt: skip

    @router.get("/layouts/{key}/options/{number}")
    def options(key: LayoutKey, number: int, voice: reader) -> HTMLResponse:
        """The same as /api/layouts/{key}/columns/{number}, drawn."""
        found = room.review.role_options(key, number, voice.lang)
        return page("_options.html", voice, room.keys, options=found)

    @router.post("/layouts/{key}/preview")
    def preview(key: LayoutKey, given: Roles, voice: reader) -> HTMLResponse:
        """The same as /api/layouts/{key}/preview, drawn."""
        found = room.review.preview_layout(key, given.roles, voice.lang)
        effect = found.effect
        rows = [
            (say("web.effect_accepted", voice.lang), found.accepted_now, found.accepted_then, True),
            (say("web.effect_hold", voice.lang), effect.hold_now, effect.hold_then, True),
            (say("web.effect_holding", voice.lang), effect.holding_now, effect.holding_then, True),
            (say("web.effect_failing_all", voice.lang), effect.failing_now, effect.failing_then, False),
        ]
        return page("_effect.html", voice, room.keys, preview=found, rows=rows)


def _counts(done: str, lang: Lang) -> str | None:
    """What the last correction did, told on the page that follows it."""
    counts = [int(part) for part in done.split("-") if part.isdecimal() and len(part) <= _COUNT_DIGITS]
    if len(counts) != 3:  # noqa: PLR2004 - files, accepted, review
        return None
    return say("web.layout_done", lang, files=counts[0], accepted=counts[1], review=counts[2])


def _dashboard(router: APIRouter, room: Room) -> None:
    reader = Annotated[Voice, _voice(room)]

    @router.get("/dashboard")
    def dashboard(request: Request, voice: reader) -> HTMLResponse:
        board = room.review.dashboard(voice.lang)
        return page(
            "dashboard.html", voice, room.keys, here="dashboard", back=_back(request), board=board,
            seconds=_duration(board.median_seconds, voice.lang), share=f"{board.share * 100:g}%",
            trouble=room.results.trouble(voice.lang),
        )  # fmt: skip


def _duration(seconds: float | None, lang: Lang) -> str:
    if seconds is None:
        return "—"
    if seconds < _MINUTE:
        return say("web.seconds", lang, seconds=round(seconds))
    return say("web.minutes", lang, minutes=f"{seconds / _MINUTE:.1f}")
