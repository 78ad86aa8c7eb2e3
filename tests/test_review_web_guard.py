"""Claims about who gets in: each way around the token, the Host and the page's own origin is refused."""

import json
import re
from pathlib import Path

import pytest
from asking import Client, form_of
from conftest import Open

from eval.reviewing import Served, Stored, serving
from pipeline.review.web.guard import Keys


def test_the_first_line_is_the_address_with_its_token(running: Served) -> None:
    """127.0.0.1, a port that was free, a token of 43 characters."""
    assert re.fullmatch(r"http://127\.0\.0\.1:[0-9]+/open\?token=[\w-]{43}", running.address)


@pytest.mark.parametrize(
    "path", ["/", "/api/queue", "/dashboard", "/layouts", "/api/openapi.json", "/static/x/base.css"]
)
def test_without_a_session_nothing_is_shown(running: Served, inside: Client, path: str) -> None:
    """Pages, the API, its description and static files alike."""
    assert Client(running).ask("GET", path).status == 403
    assert inside.ask("GET", path).status in {200, 404}


def test_a_wrong_token_opens_nothing() -> None:
    """A guess is refused, and does not use up the right token."""
    keys = Keys(port=1)
    right = str(keys.token)
    assert not keys.spend("guess")
    assert not keys.spend("")
    assert keys.spend(right)
    assert not keys.spend(right)


def test_the_token_works_once(running: Served, inside: Client) -> None:
    """Who finds the address in a history later gets nothing; who is inside stays inside."""
    late = Client(running)
    assert late.enter().status == 403
    assert late.cookie == ""
    assert inside.ask("GET", running.address.removeprefix(running.base)).status == 200


def test_a_look_ahead_does_not_use_the_token_up(served: Served) -> None:
    """A preview of the link asks with HEAD, a browser with Sec-Purpose: the person who follows still gets in."""
    client = Client(served)
    path = served.address.removeprefix(served.base)
    assert client.ask("HEAD", path).status == 403
    assert client.ask("GET", path, Sec_Purpose="prefetch").status == 403
    assert client.enter().status == 200


def test_the_session_cookie_is_kept_from_scripts_and_other_sites(confirmed_store: Stored, tmp_path: Path) -> None:
    """HttpOnly, SameSite=Strict, named after its port because cookies are not."""
    with serving(confirmed_store.copied(tmp_path)) as served:
        cookie = Client(served).enter().headers["set-cookie"]
    assert cookie.startswith(f"hedui_review_{served.port}=")
    assert "HttpOnly" in cookie
    assert "samesite=strict" in cookie.lower()


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:{port}", "127.0.0.1", "127.0.0.1:1", "localhost.evil:{port}"]
)
def test_another_host_is_refused(running: Served, inside: Client, host: str) -> None:
    """A name that someone points at 127.0.0.1 (DNS rebinding) gets nothing, even with the session."""
    assert inside.ask("GET", "/api/queue", Host=host.format(port=running.port)).status == 421
    assert inside.ask("GET", "/api/queue", Host=f"localhost:{running.port}").status == 200


def test_a_forged_form_post_is_refused(inside: Client) -> None:
    """A form on another site sends the cookie's owner's browser here: without the page's token nothing is done."""
    form, version = form_of(inside)
    body = json.dumps({"request": {"kind": "no_form"}, "version": version})
    path = f"/api/forms/{form}/edits"
    forged = inside.ask("POST", path, "kind=no_form", Content_Type="application/x-www-form-urlencoded")
    as_text = inside.ask("POST", path, body, Content_Type="text/plain")
    assert (forged.status, as_text.status) == (403, 403)
    assert form_of(inside) == (form, version)


def test_a_post_from_another_origin_is_refused_even_with_the_token(inside: Client) -> None:
    """The Origin and Sec-Fetch-Site that browsers send are believed."""
    form, version = form_of(inside)
    body = json.dumps({"request": {"kind": "no_form"}, "version": version})
    headers = {"Content_Type": "application/json", "X_CSRF_Token": inside.csrf()}
    path = f"/api/forms/{form}/edits"
    assert inside.ask("POST", path, body, **headers, Origin="http://evil.example").status == 403
    assert inside.ask("POST", path, body, **headers, Origin="null").status == 403
    assert inside.ask("POST", path, body, **headers, Sec_Fetch_Site="cross-site").status == 403
    assert form_of(inside) == (form, version)


def test_every_answer_forbids_what_is_inline_or_from_elsewhere(inside: Client) -> None:
    """Pages, JSON, pictures and refusals carry the same strict policy and are kept in no cache."""
    form, _ = form_of(inside)
    for path in ("/", "/api/queue", f"/api/forms/{form}/pages/1.png", "/nowhere"):
        answer = inside.ask("GET", path)
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'self'" in policy
        assert "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"


def test_no_page_holds_a_script_or_a_style_of_its_own(inside: Client) -> None:
    """Every script element has a source or is data; no style element, style attribute or on… attribute."""
    form, _ = form_of(inside)
    key = json.loads(inside.ask("GET", "/api/layouts").body)[0]["key"]
    for path in ("/", f"/forms/{form}", f"/forms/{form}/print", "/layouts", f"/layouts/{key}", "/dashboard"):
        body = inside.ask("GET", path).body
        assert [tag for tag in re.findall(r"<script[^>]*>", body) if "src=" not in tag and "json" not in tag] == []
        assert re.findall(r"<style|\sstyle=|\son[a-z]+=", body) == []


@pytest.mark.parametrize(
    "path",
    [
        "/static/x/../../../pyproject.toml",
        "/static/%2e%2e/%2e%2e/hedui.db",
        "/forms/..%2f..%2fetc%2fpasswd",
        "/api/forms/%2e%2e%2f%2e%2e%2fetc%2fpasswd/pages/1.png",
        "/hedui.db",
        "/out/hedui.db",
    ],
)
def test_nothing_outside_the_store_is_served(inside: Client, path: str) -> None:
    """No address leads to a file: ids are looked up, never joined to a path."""
    assert inside.ask("GET", path).status == 404


def test_addresses_hold_ids_and_no_paths(inside: Client) -> None:
    """The file's name stands in the pages, but in no link of them."""
    body = inside.ask("GET", "/").body
    assert "report-libreoffice.pdf" in body
    links = re.findall(r'(?:href|src|action)="([^"]*)"', body)
    assert len(links) > 10
    assert [link for link in links if "report-libreoffice" in link] == []


def test_going_back_leads_to_this_server_only(inside: Client) -> None:
    """The language switch cannot be used to send someone elsewhere."""
    for back in ("//evil.example", "https://evil.example", "/\\evil.example"):
        answer = inside.ask("GET", f"/language/en?back={back}")
        assert (answer.status, answer.headers["location"]) == (303, "/")
    assert inside.ask("GET", "/language/en?back=/dashboard").headers["location"] == "/dashboard"


def test_everything_the_app_does_is_described(inside: Client) -> None:
    """The OpenAPI description names every JSON address; writes take a body that is described."""
    described = json.loads(inside.ask("GET", "/api/openapi.json").body)["paths"]
    assert sorted(described) == [
        "/api/audit",
        "/api/audit.csv",
        "/api/dashboard",
        "/api/forms/{form_id}",
        "/api/forms/{form_id}/edits",
        "/api/forms/{form_id}/neighbours",
        "/api/forms/{form_id}/pages/{page}",
        "/api/forms/{form_id}/pages/{page}.png",
        "/api/forms/{form_id}/version",
        "/api/layouts",
        "/api/layouts/{key}",
        "/api/layouts/{key}/back",
        "/api/layouts/{key}/columns/{number}",
        "/api/layouts/{key}/preview",
        "/api/queue",
        "/api/results",
    ]
    assert "requestBody" in described["/api/forms/{form_id}/edits"]["post"]


def test_a_browser_enters_by_the_printed_address(served: Served, open_review: Open) -> None:
    """The token leaves the address bar at once, and no script can read the session."""
    page = open_review(served)
    assert page.url == f"{served.base}/"
    assert "hedui_review" not in str(page.evaluate("document.cookie"))
