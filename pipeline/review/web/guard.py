"""A request comes in; it goes on to the app only with this server's Host, session and, for a write, its CSRF token.

The way in is the one-time token of the printed address: `/open?token=…` exchanges it for a session cookie, once.
"""

import hmac
import secrets
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pipeline.catalogue import Lang, say
from pipeline.review.web.assets import edition

OPEN = "/open"
CSRF_HEADER = "x-csrf-token"
_READS = frozenset({"GET", "HEAD"})
_HOURS_12 = 12 * 3600

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
"""On every answer. Nothing inline, nothing from elsewhere, nothing framed."""


def _secret() -> str:
    return secrets.token_urlsafe(32)


@dataclass
class Keys:
    """What opens one server: made anew at every start, never written anywhere but the printed address."""

    port: int
    token: str | None = field(default_factory=_secret)
    session: str = field(default_factory=_secret)
    csrf: str = field(default_factory=_secret)

    @property
    def address(self) -> str:
        """The address to print, with its token; the token is spent by the first who uses it."""
        return f"http://127.0.0.1:{self.port}{OPEN}?token={self.token}"

    @property
    def cookie(self) -> str:
        """The session cookie's name; cookies ignore ports, so the port is part of it."""
        return f"hedui_review_{self.port}"

    def hosts(self) -> frozenset[str]:
        """What a browser that means this server says in its Host header."""
        return frozenset({f"127.0.0.1:{self.port}", f"localhost:{self.port}"})

    def spend(self, token: str) -> bool:
        """True once, for the right token."""
        if self.token is None or not _same(token, self.token):
            return False
        self.token = None
        return True


class Guard:
    """ASGI middleware around the whole app, static files included."""

    def __init__(self, app: ASGIApp, keys: Keys, lang: Lang) -> None:
        self._app = app
        self._keys = keys
        self._lang = lang

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through, or answer it here."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return

        async def sealed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(_HEADERS)
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        answer = self._answer(scope)
        await (self._app if answer is None else answer)(scope, receive, sealed)

    def _answer(self, scope: Scope) -> Response | None:
        """The refusal or the exchange; None if the request may go on."""
        headers = Headers(scope=scope)
        if headers.get("host") not in self._keys.hosts():
            return self._refused(scope, 421, "web.refused_host")
        if scope["path"] == OPEN and scope["method"] == "GET" and "sec-purpose" not in headers:
            # A look ahead (HEAD, a browser's prefetch) must not use the token up.
            return self._exchanged(scope, headers)
        if not self._known(headers):
            return self._refused(scope, 403, "web.refused_session")
        if scope["method"] not in _READS and not self._meant(headers):
            return self._refused(scope, 403, "web.refused_forged")
        return None

    def _exchanged(self, scope: Scope, headers: Headers) -> Response:
        """A session for the token; the page leads on by itself, as a redirect from elsewhere would lose the cookie."""
        (token, *_) = parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])
        if not self._keys.spend(token):
            if not self._known(headers):
                return self._refused(scope, 403, "web.refused_session")
            return self._onward()
        answer = self._onward()
        answer.set_cookie(
            self._keys.cookie, self._keys.session, max_age=_HOURS_12, path="/", httponly=True, samesite="strict"
        )
        return answer

    def _onward(self) -> Response:
        told = say("web.opening", self._lang)
        return HTMLResponse(
            f'<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0;url=/">'
            f'<link rel="icon" href="/static/{edition()}/icon.svg"><title>hedui</title><p><a href="/">{told}</a></p>',
        )

    def _known(self, headers: Headers) -> bool:
        """True if the request carries the session's cookie."""
        try:
            held = SimpleCookie(headers.get("cookie", "")).get(self._keys.cookie)
        except CookieError:
            return False
        return held is not None and _same(held.value, self._keys.session)

    def _meant(self, headers: Headers) -> bool:
        """True if a write comes from a page of this server: its token, and no other origin."""
        origin, site = headers.get("origin"), headers.get("sec-fetch-site")
        if origin is not None and origin not in {f"http://{host}" for host in self._keys.hosts()}:
            return False
        if site not in {None, "same-origin"}:
            return False
        return _same(headers.get(CSRF_HEADER, ""), self._keys.csrf)

    def _refused(self, scope: Scope, status: int, code: str) -> Response:
        told = say(code, self._lang)
        if scope["path"].startswith("/api/"):
            return JSONResponse({"detail": told}, status)
        page = (
            f'<!doctype html><html lang="{self._lang}"><meta charset="utf-8"><title>hedui</title><p>{told}</p></html>'
        )
        return HTMLResponse(page, status)


def _same(given: str, wanted: str) -> bool:
    return hmac.compare_digest(given.encode(), wanted.encode())
