"""Claims about asking a model, against a scripted OpenAI-compatible server on this machine, over real HTTP."""

import json
import math
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import openai
import pytest
from pydantic import SecretStr

from pipeline.catalogue import explain
from pipeline.llm import ModelAccess, ModelClient
from pipeline.llm.refusals import Asked, renamed
from schemas.errors import ModelAnswerInvalid, ModelError, ModelRefused, ModelUnavailable
from schemas.reading import ROLES_OF, CutQuestion, RoleQuestion

KEY = "sk-secret-5f2d"
WEIGHT = RoleQuestion(
    section="fund_column",
    text="分值",
    neighbours=("年初预算数", "分值", "得分"),
    sample="10.00",
    options=ROLES_OF["fund_column"],
)
CUT = CutQuestion(
    columns=("三级指标", "年度指标值"),
    text="聘用人员⏎总数≥53人",
    candidates=(("聘用人员", "总数≥53人"), ("聘用人员总数", "≥53人")),
)


@dataclass(frozen=True)
class Reply:
    """What the scripted server says to one request."""

    status: int = 200
    body: object = None
    headers: dict[str, str] = field(default_factory=dict)


def said(content: str, alternatives: dict[str, float] | None = None) -> Reply:
    """A completion with this content; `alternatives` are the log probabilities at its fourth token."""
    logprobs = None
    if alternatives is not None:
        tokens = ['{"', "role", '":"', json.loads(content)["role"], '"}']
        top = [
            {"token": token, "logprob": value, "bytes": list(token.encode())} for token, value in alternatives.items()
        ]
        entries = [
            {"token": token, "logprob": -0.1, "bytes": list(token.encode()), "top_logprobs": top if place == 3 else []}
            for place, token in enumerate(tokens)
        ]
        logprobs = {"content": entries}
    choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": content}}
    usage = {
        "prompt_tokens": 900,
        "completion_tokens": 6,
        "total_tokens": 906,
        "prompt_tokens_details": {"cached_tokens": 880},
    }
    made = {"id": "1", "object": "chat.completion", "created": 1, "model": "m", "usage": usage}
    return Reply(body=made | {"choices": [choice | {"logprobs": logprobs}]})


def refused(status: int, message: str, code: str | None = None, **headers: str) -> Reply:
    """An error as OpenAI writes it."""
    return Reply(status, {"error": {"message": message, "type": "invalid_request_error", "code": code}}, headers)


@dataclass
class Script:
    """The replies still to be given (the last one for ever) and the requests that came."""

    replies: list[Reply]
    requests: list[dict[str, object]] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)
    pauses: list[float] = field(default_factory=list)


Serve = Callable[..., tuple[ModelClient, Script]]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts a server with a script and gives a client of it."""
    stop: list[Callable[[], None]] = []

    def start(*replies: Reply, folder: Path | None = None) -> tuple[ModelClient, Script]:
        script = Script(list(replies))

        class Scripted(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                script.requests.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                script.keys.append(self.headers["Authorization"])
                reply = script.replies.pop(0) if len(script.replies) > 1 else script.replies[0]
                body = json.dumps(reply.body).encode()
                self.send_response(reply.status)
                for name, value in ({"Content-Type": "application/json"} | reply.headers).items():
                    self.send_header(name.replace("_", "-"), value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002, the name is http.server's
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Scripted)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        access = ModelAccess(
            name="m",
            base_url=f"http://127.0.0.1:{server.server_port}/v1",
            api_key=SecretStr(KEY),
            timeout_seconds=5.0,
        )
        client = ModelClient(access, folder, clock=lambda: datetime(2026, 1, 2, tzinfo=UTC), sleep=script.pauses.append)
        stop.extend((client.close, server.shutdown, server.server_close))
        return client, script

    yield start
    for end in stop:
        end()


def test_the_words_of_one_role_are_added_up(serve: Serve) -> None:
    """地方 and 上级 are both local: together they are likelier than the one word that was written."""
    question = RoleQuestion(
        section="fund_row",
        text="上级补助",
        neighbours=("资金合计", "镇级财政", "上级补助"),
        sample="6",
        options=ROLES_OF["fund_row"],
    )
    shares = {"中央": math.log(0.45), "上级": math.log(0.3), "地方": math.log(0.25)}
    client, _ = serve(said('{"role":"中央"}', shares))
    answer = client.ask_role(question, "a")
    assert (answer.role, [role for role, _ in answer.rivals]) == ("local", ["central"])
    assert answer.probability == pytest.approx(0.55)


def test_an_answer_is_a_role_with_the_share_of_its_first_token_and_its_rivals(serve: Serve) -> None:
    """0.6 : 0.2 among the words that can be answered is 0.75 : 0.25, whatever else the model thought of."""
    client, _ = serve(said('{"role":"满分"}', {"满分": -0.5108256, "得分": -1.6094379, "无": -3.0}))
    answer = client.ask_role(WEIGHT, "role:fund_column:abc")
    assert (answer.role, answer.rivals[0][0]) == ("weight", "score")
    assert answer.probability == pytest.approx(0.75)
    assert answer.rivals[0][1] == pytest.approx(0.25)


def test_a_cut_is_the_index_of_the_candidate_that_was_named(serve: Serve) -> None:
    """The second number word is the second candidate."""
    client, script = serve(said('{"role":"二"}', {"二": -0.1, "一": -2.4}))
    answer = client.ask_cut(CUT, "cut:abc")
    assert answer.choice == 1
    assert answer.probability == pytest.approx(0.909, abs=0.001)
    schema = script.requests[0]["response_format"]["json_schema"]["schema"]  # type: ignore[index]  # as it was sent
    assert schema["properties"]["role"]["enum"] == ["一", "二"]


def test_a_call_is_recorded_with_what_it_took_and_nothing_of_what_was_said(serve: Serve) -> None:
    """Counts, the prompt's hash and the reason: no label, no sample, no answer."""
    client, _ = serve(said('{"role":"满分"}', {"满分": 0.0}))
    client.ask_role(WEIGHT, "role:fund_column:abc")
    (call,) = client.calls
    assert (call.prompt_tokens, call.cached_tokens, call.completion_tokens) == (900, 880, 6)
    assert (call.at, call.why, call.from_cache) == ("2026-01-02T00:00:00+00:00", "role:fund_column:abc", False)
    assert "分值" not in call.model_dump_json()


def test_the_same_question_is_asked_once_also_in_a_later_process(serve: Serve, tmp_path: Path) -> None:
    """A kept answer costs nothing, says so, and is the same answer."""
    client, script = serve(said('{"role":"满分"}', {"满分": 0.0}), folder=tmp_path)
    first = client.ask_role(WEIGHT, "a")
    later = ModelClient(client.access, tmp_path)
    second = later.ask_role(WEIGHT, "b")
    later.close()
    assert (first, len(script.requests)) == (second, 1)
    assert (later.calls[0].from_cache, later.calls[0].prompt_tokens) == (True, 0)


def test_a_kept_answer_that_is_no_answer_any_more_is_asked_again(serve: Serve, tmp_path: Path) -> None:
    """What comes out of the cache is validated as what comes from a model is."""
    client, script = serve(said('{"role":"满分"}', {"满分": 0.0}), folder=tmp_path)
    client.ask_role(WEIGHT, "a")
    client._cache._connection.execute('UPDATE answers SET answer = \'{"word": "rm -rf"}\'')
    assert client.ask_role(WEIGHT, "a").role == "weight"
    assert len(script.requests) == 2


def test_a_damaged_cache_file_is_begun_anew(serve: Serve, tmp_path: Path) -> None:
    """Answers can be asked again; a run does not stop for them."""
    (tmp_path / "answers.db").write_bytes(b"no database" * 200)
    client, _ = serve(said('{"role":"满分"}'), folder=tmp_path)
    assert client.ask_role(WEIGHT, "a").role == "weight"


def test_an_answer_that_breaks_the_schema_is_asked_again_and_both_calls_count(serve: Serve) -> None:
    """A role that is none of the options never passes."""
    client, script = serve(said('{"role":"颜色"}'), said('{"role":"满分"}'))
    assert client.ask_role(WEIGHT, "a").role == "weight"
    assert (len(script.requests), len(client.calls)) == (2, 2)


def test_asking_again_ends(serve: Serve) -> None:
    """Three wrong answers are one error, and its sentence quotes none of them."""
    client, script = serve(said('{"role":"颜色"}'))
    with pytest.raises(ModelAnswerInvalid) as caught:
        client.ask_role(WEIGHT, "a")
    assert len(script.requests) == 3
    assert "颜色" not in explain(caught.value, "zh")


def test_asking_again_stays_within_its_tokens(serve: Serve) -> None:
    """An answer that cost more than may be spent on asking again is not asked again."""
    expensive = said('{"role":"颜色"}')
    expensive.body["usage"]["total_tokens"] = 50_000  # type: ignore[index]  # as it is sent
    client, script = serve(expensive)
    with pytest.raises(ModelAnswerInvalid):
        client.ask_role(WEIGHT, "a")
    assert len(script.requests) == 1


def test_an_endpoint_that_asks_for_patience_gets_exactly_that(serve: Serve) -> None:
    """Retry-After is waited for to the second."""
    client, script = serve(refused(429, "slow down", Retry_After="7"), said('{"role":"满分"}'))
    assert client.ask_role(WEIGHT, "a").role == "weight"
    assert script.pauses == [7.0]


def test_without_retry_after_the_pauses_grow_within_bounds_and_end(serve: Serve) -> None:
    """Five tries, four pauses, none above eight seconds."""
    client, script = serve(refused(503, "busy"))
    with pytest.raises(ModelUnavailable) as caught:
        client.ask_role(WEIGHT, "a")
    assert (len(script.requests), len(script.pauses), caught.value.code) == (5, 4, "model.overloaded")
    assert max(script.pauses) <= 8.0


def test_an_endpoint_that_asks_for_an_hour_is_not_waited_for(serve: Serve) -> None:
    """What would block a batch for long is told at once."""
    client, script = serve(refused(429, "come back later", Retry_After="3600"))
    with pytest.raises(ModelUnavailable):
        client.ask_role(WEIGHT, "a")
    assert (len(script.requests), script.pauses) == (1, [])


@pytest.mark.parametrize(
    ("reply", "kind", "code"),
    [
        (refused(401, f"Incorrect API key provided: {KEY}"), ModelRefused, "model.wrong_key"),
        (refused(403, "no"), ModelRefused, "model.wrong_key"),
        (refused(404, "no model m", "model_not_found"), ModelRefused, "model.unknown"),
        (refused(429, "pay", "insufficient_quota"), ModelRefused, "model.no_quota"),
        (refused(400, f"cannot read 分值 {KEY}", "bad_input"), ModelRefused, "model.rejected"),
    ],
)
def test_a_refusal_is_told_once_and_tells_neither_key_nor_text(
    serve: Serve, reply: Reply, kind: type[ModelError], code: str
) -> None:
    """What waiting cannot mend is not tried again; what the endpoint wrote never reaches a reader."""
    client, script = serve(reply)
    with pytest.raises(kind) as caught:
        client.ask_role(WEIGHT, "a")
    assert (caught.value.code, len(script.requests)) == (code, 1)
    told = [explain(caught.value, "zh"), explain(caught.value, "en"), str(caught.value), repr(caught.value)]
    assert not any(KEY in text or "分值" in text for text in told)


def test_the_key_is_sent_and_stands_nowhere_else(
    serve: Serve, tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """Not in a repr, a dump, a record, a log, the console or the cache's file; not after a failure either."""
    caplog.set_level("DEBUG")
    client, script = serve(said('{"role":"颜色"}'), said('{"role":"满分"}'), refused(500, KEY), folder=tmp_path)
    client.ask_role(WEIGHT, "a")
    with pytest.raises(ModelUnavailable):
        client.ask_cut(CUT, "b")
    assert script.keys[0] == f"Bearer {KEY}"
    console = capfd.readouterr()
    shown = [repr(client), str(client.access.model_dump()), repr(client.calls), caplog.text, console.out, console.err]
    assert not any(KEY in text for text in shown)
    assert not any(KEY.encode() in file.read_bytes() for file in tmp_path.iterdir())


def test_an_endpoint_without_probabilities_answers_without_one(serve: Serve) -> None:
    """No probability is None, never 1."""
    client, _ = serve(said('{"role":"满分"}'))
    answer = client.ask_role(WEIGHT, "a")
    assert (answer.role, answer.probability, answer.rivals) == ("weight", None, ())


def test_what_an_endpoint_does_not_take_is_left_out_for_good(serve: Serve) -> None:
    """20 alternatives, then 5, then none: learnt with the first question, not asked for with the second."""
    no = refused(400, "logprobs is not supported")
    client, script = serve(no, no, said('{"role":"满分"}'), said('{"role":"一"}'))
    assert client.ask_role(WEIGHT, "a").probability is None
    client.ask_cut(CUT, "b")
    assert [request.get("top_logprobs") for request in script.requests] == [20, 5, None, None]
    assert "logprobs" not in script.requests[3]


def test_an_endpoint_without_schemas_is_told_the_schema_in_the_prompt(serve: Serve) -> None:
    """A plain JSON answer is validated here all the same."""
    client, script = serve(refused(400, "This response_format type is unavailable now"), said('{"role":"满分"}'))
    assert client.ask_role(WEIGHT, "a").role == "weight"
    assert script.requests[1]["response_format"] == {"type": "json_object"}


def test_nobody_there_is_one_clear_error() -> None:
    """A closed port is retried and then told by host."""
    access = ModelAccess(name="m", base_url="http://user:pw@127.0.0.1:9/v1")
    with ModelClient(access, sleep=lambda _: None) as client, pytest.raises(ModelUnavailable) as caught:
        client.ask_role(WEIGHT, "a")
    assert (caught.value.code, caught.value.params) == ("model.no_answer", {"host": "127.0.0.1:9"})


def vendor_errors() -> list[type[Exception]]:
    """Every error class of the vendor's library."""
    kinds = [openai.OpenAIError]
    for kind in kinds:
        kinds += [sub for sub in kind.__subclasses__() if sub not in kinds]
    return list(kinds)


@pytest.mark.parametrize("kind", vendor_errors(), ids=lambda kind: kind.__name__)
def test_every_error_of_the_vendor_has_a_name_of_ours(kind: type[openai.OpenAIError]) -> None:
    """A new version of the library cannot let an error through that nobody renamed."""
    statuses = {
        "BadRequestError": 400, "AuthenticationError": 401, "OAuthError": 401, "PermissionDeniedError": 403,
        "NotFoundError": 404, "ConflictError": 409, "UnprocessableEntityError": 422, "RateLimitError": 429,
        "InternalServerError": 500, "APIStatusError": 418,
    }  # fmt: skip
    expected = {
        "OpenAIError": "model.rejected", "APIError": "model.no_answer", "APIConnectionError": "model.no_answer",
        "APITimeoutError": "model.timeout", "APIResponseValidationError": "model.answer_invalid",
        "LengthFinishReasonError": "model.answer_invalid", "ContentFilterFinishReasonError": "model.filtered",
        "SubjectTokenProviderError": "model.rejected", "WebSocketConnectionClosedError": "model.rejected",
        "WebSocketQueueFullError": "model.rejected", "APIStatusError": "model.rejected",
        "BadRequestError": "model.rejected", "AuthenticationError": "model.wrong_key",
        "OAuthError": "model.wrong_key", "PermissionDeniedError": "model.wrong_key", "NotFoundError": "model.unknown",
        "ConflictError": "model.overloaded", "UnprocessableEntityError": "model.rejected",
        "RateLimitError": "model.overloaded", "InternalServerError": "model.overloaded",
        "StreamAlreadyConsumed": "model.rejected", "MutuallyExclusiveAuthError": "model.rejected",
        "APIRemovedInV1": "model.rejected", "_AmbiguousModuleClientUsageError": "model.rejected",
    }  # fmt: skip
    error = kind.__new__(kind)
    if isinstance(error, openai.APIStatusError):
        error.status_code, error.code, error.type, error.param = statuses[kind.__name__], None, None, None
    assert renamed(error, Asked("h", "m", 1.0)).code == expected[kind.__name__]
