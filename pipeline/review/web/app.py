"""A Review and the keys of a server come in, the web app goes out: pages for people, JSON for programs."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from pipeline.catalogue import Lang, explain, say
from pipeline.review.review import Review
from pipeline.review.web.api import api_routes
from pipeline.review.web.filters import Documents
from pipeline.review.web.guard import Guard, Keys
from pipeline.review.web.pages import page_routes
from pipeline.review.web.pictures import Pictures
from pipeline.review.web.render import page, ready, voice_of
from pipeline.review.web.results import Results
from pipeline.review.web.room import Room
from schemas.errors import ConflictError, DocumentError, HeduiError, ReviewError, StoreError

_NOT_THERE = frozenset({"review.no_such_form", "review.no_such_layout"})


def create_app(review: Review, keys: Keys, lang: Lang) -> FastAPI:
    """The whole app behind its guard; results still to be written are written when it ends."""
    ready(lang)
    results = Results(review.write_apart)
    room = Room(review, keys, lang, Pictures(), results, Documents(review))

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        if results.busy:
            sys.stderr.write(f"{say('web.writing', lang)}\n")
        results.finish()

    app = FastAPI(
        title="hedui review",
        description=say("web.api_description", "en"),
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
        lifespan=lifespan,
    )
    app.include_router(api_routes(room))
    app.include_router(page_routes(room))
    app.add_middleware(Guard, keys=keys, lang=lang)
    _tell_errors(app, keys, lang)
    return app


def _tell_errors(app: FastAPI, keys: Keys, lang: Lang) -> None:
    """Expected failures are told in the reader's language: a page to a person, JSON to a script."""

    def told(request: Request, status: int, sentence: str, code: str) -> Response:
        voice = voice_of(request, lang)
        if request.method in {"GET", "HEAD"} and not request.url.path.startswith("/api/"):
            answer = page("told.html", voice, keys, heading=say("web.not_shown", voice.lang), told=sentence)
            answer.status_code = status
            return answer
        return JSONResponse({"detail": sentence, "code": code}, status)

    @app.exception_handler(HeduiError)
    async def expected(request: Request, error: HeduiError) -> Response:
        return told(request, status_of(error), explain(error, voice_of(request, lang).lang), error.code)

    @app.exception_handler(HTTPException)
    async def refused(request: Request, error: HTTPException) -> Response:
        code = "web.not_found" if error.status_code == 404 else "web.not_possible"  # noqa: PLR2004 - HTTP's own number
        return told(request, error.status_code, say(code, voice_of(request, lang).lang), code)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, _: RequestValidationError) -> Response:
        return told(request, 422, say("web.not_possible", voice_of(request, lang).lang), "web.not_possible")


def status_of(error: HeduiError) -> int:
    """The HTTP status of an expected failure."""
    if error.code in _NOT_THERE:
        return 404
    if isinstance(error, ConflictError):
        return 409
    if isinstance(error, StoreError):
        return 503
    return 422 if isinstance(error, ReviewError | DocumentError) else 400
