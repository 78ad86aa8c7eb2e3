"""An endpoint's complaint comes in, goes out what is left out of the next request.

OpenAI-compatible endpoints differ in what they take: DeepSeek takes no JSON schema, DashScope no more than
5 alternatives a token, models that think take neither a temperature nor `max_tokens`, some give no
probabilities at all. Nothing here depends on a vendor's name: what was complained about is left out.
"""

from dataclasses import dataclass, replace
from typing import Self


@dataclass(frozen=True)
class Dialect:
    """What is asked of an endpoint; the most that can be asked is the default."""

    alternatives: int | None = 20
    """`top_logprobs`, 20 at most; None to ask for no probabilities."""
    schema: bool = True
    """Whether the answer's JSON schema is enforced by the endpoint; else it is told in the prompt."""
    temperature: bool = True
    limit: str = "max_tokens"

    def without(self, complaint: str) -> Self | None:
        """The dialect without what `complaint` (the text of a 400 or 422) names; None if it names nothing known."""
        said = complaint.lower()
        if "logprob" in said and self.alternatives is not None:
            return replace(self, alternatives=5 if self.alternatives > 5 else None)  # noqa: PLR2004, what DashScope takes
        if ("response_format" in said or "json_schema" in said or "schema" in said) and self.schema:
            return replace(self, schema=False)
        if "max_completion_tokens" in said and self.limit == "max_tokens":
            return replace(self, limit="max_completion_tokens")
        if "temperature" in said and self.temperature:
            return replace(self, temperature=False)
        return None
