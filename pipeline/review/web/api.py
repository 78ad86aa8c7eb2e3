"""JSON for programs, and for the pages' own scripts: everything the app does, described by /api/openapi.json."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Security
from fastapi.responses import JSONResponse, Response, StreamingResponse
from fastapi.security import APIKeyHeader
from pydantic import Field
from starlette.requests import Request

from pipeline.catalogue import Lang, explain, say
from pipeline.review.desk import EditResult, FormDesk
from pipeline.review.layouts import LayoutApplied, LayoutPage, LayoutPreview, RoleOption
from pipeline.review.records import AuditRow, Dashboard, LayoutItem, Neighbours, QueuePage
from pipeline.review.requests import EditRequest
from pipeline.review.web import filters
from pipeline.review.web.guard import CSRF_HEADER
from pipeline.review.web.render import voice_of, when
from pipeline.review.web.room import Room
from schemas.base import Record
from schemas.errors import ConflictError
from schemas.reading import Role
from schemas.run import Edit

FormId = Annotated[str, Path(max_length=80)]
LayoutKey = Annotated[str, Path(max_length=80)]
PageNumber = Annotated[int, Path(ge=1, le=100_000)]


class EditCall(Record):
    """One edit of a form, and the version of the form that was looked at."""

    request: EditRequest
    version: Annotated[str, Field(max_length=80)]


class Version(Record):
    """What a form is at; opaque."""

    version: str


class Roles(Record):
    """The roles of a layout's columns, by number."""

    roles: dict[int, Role]


class Correction(Record):
    """Roles to be confirmed, and the version of the layout that was looked at."""

    roles: dict[int, Role]
    version: int
    reason: str = ""


class PutBack(Record):
    """An earlier version to be used again, and the version that was looked at."""

    number: int
    version: int
    reason: str = ""


class PageInfo(Record):
    """A page of a form's document, in points; `picture` is the address of its PNG."""

    page: int
    width: float
    height: float
    picture: str


class Written(Record):
    """The names of the files that were written."""

    files: tuple[str, ...]


def queue_query(  # noqa: PLR0913 - the filters of the queue
    *,
    status: str = "",
    document: str = "",
    department: str | None = None,
    rule: str = "",
    reason: str = "",
    field: str = "",
    layout: str = "",
    text: Annotated[str, Query(max_length=200)] = "",
) -> filters.Query:
    """The queue's filters; `document` is 12 hex digits of the sha256 of the document's path."""
    return filters.Query(status, document, department, rule, reason, field, layout, text)


Asked = Annotated[filters.Query, Depends(queue_query)]


def spoken_in(room: Room) -> Callable[[Request], Lang]:
    """A dependency: the reader's language."""

    def spoken(request: Request) -> Lang:
        return voice_of(request, room.lang).lang

    return spoken


def conflict(room: Room, form_id: str, error: ConflictError, lang: Lang) -> JSONResponse:
    """What the other window did in between, one sentence an event."""
    came = error.params.get("edits")
    ids = {edit.edit_id for edit in came if isinstance(edit, Edit)} if isinstance(came, tuple | list) else set()
    history = room.review.form(form_id, lang).history
    events = [
        f"{when(entry.edit.at)} {entry.edit.author}: {entry.words}" for entry in history if entry.edit.edit_id in ids
    ]
    body = {"detail": explain(error, lang), "code": error.code, "events": events}
    return JSONResponse(body, 409)


def api_routes(room: Room) -> APIRouter:
    """The JSON API. Writes need the CSRF token in a header."""
    router = APIRouter(prefix="/api", dependencies=[Security(APIKeyHeader(name=CSRF_HEADER, auto_error=False))])
    _forms(router, room)
    _layouts(router, room)
    _results(router, room)
    return router


def _forms(router: APIRouter, room: Room) -> None:
    spoken = Annotated[Lang, Depends(spoken_in(room))]

    @router.get("/queue")
    def queue(
        asked: Asked, lang: spoken, cursor: str | None = None, limit: Annotated[int, Query(ge=1, le=500)] = 50
    ) -> QueuePage:
        """A page of the queue, the most doubtful form first."""
        found = room.review.queue(filters.filter_of(asked, room.documents), cursor, limit, lang)
        room.documents.note(found)
        return found

    @router.get("/forms/{form_id}")
    def form(form_id: FormId, lang: spoken) -> FormDesk:
        """One form: fields, doubts, failed equations, cells, history."""
        return room.review.form(form_id, lang)

    @router.get("/forms/{form_id}/version")
    def version(form_id: FormId) -> Version:
        """The version that a form is at: another than a window shows if somebody changed it since."""
        return Version(version=room.review.version(form_id))

    @router.get("/forms/{form_id}/neighbours")
    def neighbours(form_id: FormId, asked: Asked) -> Neighbours:
        """The forms before and after one in the queue."""
        return room.review.neighbours(form_id, filters.filter_of(asked, room.documents))

    @router.post(
        "/forms/{form_id}/edits",
        response_model=EditResult,
        responses={409: {"description": "changed by another window"}},
    )
    def edit(form_id: FormId, call: EditCall, lang: spoken) -> EditResult | JSONResponse:
        """Do one thing to a form; what holds now. 409 if it is no longer at the version: nothing was changed."""
        try:
            done = room.review.edit(form_id, call.request, call.version, lang=lang)
        except ConflictError as error:
            return conflict(room, form_id, error, lang)
        room.results.changed()
        return done

    @router.get(
        "/forms/{form_id}/pages/{page}.png", response_class=Response, responses={200: {"content": {"image/png": {}}}}
    )
    def picture(form_id: FormId, page: PageNumber, zoom: Annotated[int, Query(ge=1, le=4)] = 2) -> Response:
        """A page of the form's document as a picture, `zoom` pixels a point."""
        png = room.pictures.png(room.review.source(form_id), page, zoom)
        if png is None:
            return Response(status_code=404)
        return Response(png, media_type="image/png")

    @router.get("/forms/{form_id}/pages/{page}", response_model=PageInfo)
    def page_info(form_id: FormId, page: PageNumber, lang: spoken) -> PageInfo | JSONResponse:
        """A page's size in points, and the address of its picture."""
        return _page_info(room, form_id, page, lang)


def _page_info(room: Room, form_id: str, page: int, lang: Lang) -> PageInfo | JSONResponse:
    """One page, or why there is none."""
    sizes = room.pictures.sizes(room.review.source(form_id))
    if page > len(sizes):
        code = "web.no_such_page" if sizes else "web.document_gone"
        told = say(code, lang, page=page) if sizes else say(code, lang)
        return JSONResponse({"detail": told, "code": code}, 404)
    size = sizes[page - 1]
    where = f"/api/forms/{form_id}/pages/{page}.png"
    return PageInfo(page=page, width=size.width, height=size.height, picture=where)


def _layouts(router: APIRouter, room: Room) -> None:
    spoken = Annotated[Lang, Depends(spoken_in(room))]

    @router.get("/layouts")
    def layouts(lang: spoken) -> tuple[LayoutItem, ...]:
        """Every layout of the stored forms, those that wait first."""
        return room.review.layouts(lang)

    @router.get("/layouts/{key}")
    def layout(key: LayoutKey, lang: spoken) -> LayoutPage:
        """One layout: its columns, the readings behind each role, what every alternative would do."""
        return room.review.layout(key, lang)

    @router.get("/layouts/{key}/columns/{number}")
    def options(key: LayoutKey, number: int, lang: spoken) -> tuple[RoleOption, ...]:
        """Every role that one column could have, each tried on the equations of the layout's stored forms."""
        return room.review.role_options(key, number, lang)

    @router.post("/layouts/{key}/preview")
    def preview(key: LayoutKey, given: Roles, lang: spoken) -> LayoutPreview:
        """What confirming these roles would change; nothing is changed."""
        return room.review.preview_layout(key, given.roles, lang)

    @router.post("/layouts/{key}")
    def apply(key: LayoutKey, given: Correction, lang: spoken) -> LayoutApplied:
        """Confirm a layout with these roles; its stored forms are mapped again."""
        done = room.review.apply_layout(key, given.roles, given.version, reason=given.reason, lang=lang)
        room.results.changed()
        return done

    @router.post("/layouts/{key}/back")
    def put_back(key: LayoutKey, given: PutBack, lang: spoken) -> LayoutApplied:
        """Use an earlier version of a layout again; its stored forms are mapped again."""
        done = room.review.put_layout_back(key, given.number, given.version, reason=given.reason, lang=lang)
        room.results.changed()
        return done


def _results(router: APIRouter, room: Room) -> None:
    spoken = Annotated[Lang, Depends(spoken_in(room))]

    @router.get("/dashboard")
    def dashboard(lang: spoken) -> Dashboard:
        """Where the review stands."""
        return room.review.dashboard(lang)

    @router.get("/audit")
    def audit(lang: spoken) -> tuple[AuditRow, ...]:
        """Every event, the oldest first."""
        return tuple(room.review.audit(lang))

    @router.get("/audit.csv", response_class=StreamingResponse, responses={200: {"content": {"text/csv": {}}}})
    def audit_csv(lang: spoken) -> StreamingResponse:
        """The same as a CSV file for Excel."""
        headers = {"Content-Disposition": 'attachment; filename="hedui-audit.csv"'}
        return StreamingResponse(room.review.audit_csv(lang), media_type="text/csv; charset=utf-8", headers=headers)

    @router.post("/results")
    def results() -> Written:
        """Write forms.jsonl, files.jsonl and forms.xlsx now instead of at the next pause."""
        return Written(files=tuple(path.name for path in room.results.write()))
