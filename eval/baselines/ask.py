"""The text of a form comes in, the form as a model types it out goes out: the plain question, with one example."""

import hashlib

from eval.baselines.shape import PlainForm
from pipeline.llm import ModelClient
from pipeline.llm.transcribing import Filling
from prompts.loader import load


def typed_out(client: ModelClient, text: str, why: str) -> PlainForm:
    """One question a form; raises ModelError."""
    prompt = load("transcribe")
    example = prompt.table("Plain examples")[0]
    asked = prompt.text("Plain form", text=text)
    messages = (
        {"role": "system", "content": prompt.text("Plain system")},
        {"role": "user", "content": prompt.text("Plain form", text=example["form"].replace(" ⏎ ", "\n"))},
        {"role": "assistant", "content": example["answer"]},
        {"role": "user", "content": asked},
    )
    key = hashlib.sha256(f"plain {asked}".encode()).hexdigest()
    return client.fill(Filling(messages, prompt.sha256, key), PlainForm, why)  # type: ignore[arg-type]  # plain dicts are messages
