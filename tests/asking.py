"""Requests to the review's server written by hand in tests, so that each can be done wrongly."""

import http.client
import json
import re
from collections.abc import Mapping
from typing import NamedTuple

from eval.reviewing import Served


class Answer(NamedTuple):
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: str


class Client:
    """A browser's doings by hand, so that each can be done wrongly."""

    def __init__(self, served: Served) -> None:
        self.served = served
        self.cookie = ""

    def ask(self, method: str, path: str, body: str | None = None, **headers: str) -> Answer:
        """One request; header names are written with underscores."""
        connection = http.client.HTTPConnection("127.0.0.1", self.served.port, timeout=30)
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.cookie and "Cookie" not in given:
            given["Cookie"] = self.cookie
        connection.request(method, path, body, given)
        answer = connection.getresponse()
        text = answer.read().decode("utf-8", errors="replace")
        connection.close()
        return Answer(answer.status, dict(answer.getheaders()), text)

    def enter(self) -> Answer:
        """Exchange the printed token for a session, as a browser would."""
        answer = self.ask("GET", self.served.address.removeprefix(self.served.base))
        self.cookie = answer.headers.get("set-cookie", "").partition(";")[0]
        return answer

    def csrf(self) -> str:
        """The token that a page of the session carries."""
        found = re.search(r'<meta name="csrf" content="([^"]+)">', self.ask("GET", "/").body)
        assert found is not None
        return found[1]


def form_of(client: Client) -> tuple[str, str]:
    """The first form of the queue and its version."""
    form = json.loads(client.ask("GET", "/api/queue").body)["items"][0]["form_id"]
    return form, json.loads(client.ask("GET", f"/api/forms/{form}").body)["version"]
