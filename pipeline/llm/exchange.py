"""What one request took: values only, so that who keeps the account needs no library of a vendor."""

from typing import NamedTuple


class Exchange(NamedTuple):
    """One request that was answered: what it took."""

    prompt_tokens: int
    cached_tokens: int
    completion_tokens: int
    seconds: float
