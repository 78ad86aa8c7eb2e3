"""Claims about the embedded model itself, not a stand-in: it is installed, starts, answers and keeps its prefix."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import platformdirs
import pytest

from pipeline.llm import ModelClient, from_environment
from pipeline.llm.parts import model_file
from pipeline.llm.server import EmbeddedServer
from schemas.errors import ModelUnavailable
from schemas.reading import ROLES_OF, CutQuestion, RoleAnswer, RoleQuestion

FUNDS = ("年初预算数", "全年预算数", "全年执行数", "分值", "执行率", "得分")
SAMPLES = dict(zip(FUNDS, ("615.90", "615.90", "615.14", "10.00", "99.87", "9.99"), strict=True))


@pytest.fixture(scope="module")
def client() -> Iterator[ModelClient]:
    """The embedded model, one server for all tests here; its file stays in the user's cache, its answers do not."""
    access = from_environment({}, None)
    assert access is not None
    folder = platformdirs.user_cache_path("hedui", appauthor=False)
    server = EmbeddedServer(model_file(folder))
    client = ModelClient(access.model_copy(update={"base_url": server.base_url, "api_key": server.api_key}))
    yield client
    client.close()
    server.close()


def asked(client: ModelClient, label: str) -> RoleAnswer:
    """What the model says about a column of the funds table."""
    options = ROLES_OF["fund_column"]
    question = RoleQuestion(section="fund_column", text=label, neighbours=FUNDS, sample=SAMPLES[label], options=options)
    return client.ask_role(question, "role:fund_column:test")


@pytest.mark.parametrize(
    ("label", "role"),
    [("年初预算数", "initial_budget"), ("全年执行数", "executed"), ("分值", "weight"), ("执行率", "execution_rate")],
)
def test_it_knows_the_standard_words_and_says_how_sure_it_is(client: ModelClient, label: str, role: str) -> None:
    """None of them is a worked example; shares of all answers add up to one."""
    answer = asked(client, label)
    assert answer.role == role
    assert answer.probability is not None
    assert answer.probability + sum(share for _, share in answer.rivals) == pytest.approx(1.0)


def test_what_questions_share_is_evaluated_once(client: ModelClient) -> None:
    """A further label of the same row costs less than 40 tokens of its more than a thousand."""
    asked(client, "全年预算数")
    asked(client, "得分")
    last = client.calls[-1]
    if last.from_cache:
        last = client.calls[-2]
    assert last.prompt_tokens > 800
    assert last.prompt_tokens - last.cached_tokens < 40


def test_it_chooses_a_cut(client: ModelClient) -> None:
    """One of the candidates, with a probability."""
    question = CutQuestion(
        columns=("三级指标", "年度指标值"),
        text="聘用人员⏎总数≥53.00(人)",
        candidates=(("聘用人员", "总数≥53.00(人)"), ("聘用人员总数", "≥53.00(人)")),
    )
    answer = client.ask_cut(question, "cut:test")
    assert answer.choice in (0, 1)
    assert answer.probability is not None


def test_it_listens_on_this_machine_only_and_answers_nobody_without_its_key(client: ModelClient) -> None:
    """Another program of this machine cannot read what is asked."""
    assert client.access.base_url is not None
    address = urlsplit(client.access.base_url)
    assert address.hostname == "127.0.0.1"
    body = {"messages": [{"role": "user", "content": "x"}], "max_tokens": 1}
    for headers in ({}, {"Authorization": "Bearer wrong"}):
        url = f"{client.access.base_url}/chat/completions"
        assert httpx2.post(url, json=body, headers=headers, trust_env=False).status_code == 401


def test_a_file_that_is_no_model_does_not_end_the_program(tmp_path: Path) -> None:
    """It is one clear error."""
    file = tmp_path / "no.gguf"
    file.write_bytes(b"GGUF and nothing")
    with pytest.raises(ModelUnavailable) as caught:
        EmbeddedServer(file)
    assert caught.value.code == "model.not_started"
