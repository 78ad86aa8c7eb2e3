"""Someone inside who means harm, or a program gone wrong: every request is answered, none breaks the server."""

import json
import socket

import pytest
from asking import Answer, Client, form_of

from eval.reviewing import Served
from pipeline.store import Store

HUGE = "9" * 5000


def post(client: Client, path: str, body: str) -> Answer:
    """A write as a page of the app sends it."""
    return client.ask("POST", path, body, Content_Type="application/json", X_CSRF_Token=client.csrf())


def test_only_this_machine_is_listened_to(running: Served) -> None:
    """On 127.0.0.1 alone: another address of the same machine has nobody at that port."""
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.2", running.port), timeout=5)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/?cursor=WzFlOTk5LCAiIiwgIiIsIDBd", 422),
        ("/?text=%00", 200),
        ("/?text=%ED%A0%80", 200),
        ("/?document=%27%20OR%201=1&rule=%27%3B--", 200),
        ("/api/queue?limit=99999999999999999999999", 422),
        ("/layouts/{layout}?done=" + HUGE + "-1-1", 200),
        ("/layouts/{layout}/options/99999999999999999999999", 422),
        ("/layouts/%00", 404),
        ("/forms/%00", 404),
        ("/forms/" + "a" * 4000, 422),
        ("/api/forms/{form}/pages/99999.png", 422),
        ("/api/forms/{form}/pages/1.png?zoom=99", 422),
        ("/language/xx", 422),
    ],
)
def test_an_address_made_to_hurt_is_answered(inside: Client, path: str, status: int) -> None:
    """Numbers beyond any, half characters, quotes: an answer in words, never an error of the server."""
    form, _ = form_of(inside)
    layout = json.loads(inside.ask("GET", "/api/layouts").body)[0]["key"]
    assert inside.ask("GET", path.format(form=form, layout=layout)).status == status


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        ({"kind": "value", "pointer": "/fiscal_year", "text": HUGE}, 422),
        ({"kind": "value", "pointer": "/funds/0/score", "text": HUGE}, 422),
        ({"kind": "value", "pointer": "/funds/0/score", "text": "1e9999999"}, 422),
        ({"kind": "value", "pointer": "/funds/0/score", "text": "NaN"}, 422),
        ({"kind": "value", "pointer": "/grade", "text": "\ud800"}, 422),
        ({"kind": "value", "pointer": "/grade", "text": "x" * 20_001}, 422),
        ({"kind": "value", "pointer": "/funds/" + "9" * 190 + "/score", "text": "1"}, 422),
        ({"kind": "value", "pointer": "/funds/²/score", "text": "1"}, 422),
        ({"kind": "nothing"}, 422),
        ([], 422),
    ],
)
def test_an_edit_made_to_hurt_is_refused_and_stores_nothing(inside: Client, request_: object, status: int) -> None:
    """Values that no account has: refused in words, the form as it was."""
    form, version = form_of(inside)
    answer = post(inside, f"/api/forms/{form}/edits", json.dumps({"request": request_, "version": version}))
    assert (answer.status, bool(json.loads(answer.body)["detail"])) == (status, True)
    assert form_of(inside) == (form, version)


@pytest.mark.parametrize(
    "body", ["", "{", "[" * 100_000, "null", '{"request":{"kind":"undo"},"version":"' + HUGE + '"}']
)
def test_a_body_that_is_no_edit_is_refused(inside: Client, body: str) -> None:
    """Broken, nested without end, or of a version that never was."""
    form, version = form_of(inside)
    assert post(inside, f"/api/forms/{form}/edits", body).status in {400, 422}
    assert form_of(inside) == (form, version)


def test_the_longest_texts_and_every_odd_character_reach_the_workbook(running: Served, inside: Client) -> None:
    """20,000 characters, control characters, formulas, a target of 15,000 digits: stored, and all results written."""
    with Store.open(running.stored.out, "read") as store:
        form_id = next(form.form_id for form in store.forms())
    for pointer, text in (
        ("/expected_goal", "中" * 20_000),
        ("/indicators/0/target", "≥" + "9" * 15_000),
        ("/grade", "\x00\x0b\x1b]0;x\u202e\ufffe"),
        ("/project_name", '=HYPERLINK("http://evil.example")'),
    ):
        version = json.loads(inside.ask("GET", f"/api/forms/{form_id}").body)["version"]
        body = json.dumps({"request": {"kind": "value", "pointer": pointer, "text": text}, "version": version})
        assert post(inside, f"/api/forms/{form_id}/edits", body).status == 200
    written = post(inside, "/api/results", "")
    assert (written.status, json.loads(written.body)["files"]) == (200, ["files.jsonl", "forms.jsonl", "forms.xlsx"])
    line = json.loads((running.stored.out / "forms.jsonl").read_text("utf-8").splitlines()[0])
    target = line["form"]["indicators"][0]["target"]
    assert (line["form"]["expected_goal"], target["value"]) == ("中" * 20_000, None)
    for path in ("/", f"/forms/{form_id}", f"/forms/{form_id}/print", "/dashboard", "/api/audit.csv"):
        assert inside.ask("GET", path).status == 200
