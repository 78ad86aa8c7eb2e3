"""The embedded model's file comes in, an OpenAI-compatible address on this machine goes out."""

import os
import secrets
from pathlib import Path

from pydantic import SecretStr

from schemas.errors import ModelUnavailable

CONTEXT = 4096
"""Tokens of one question with its answer; the longest question has about a third of it."""


class EmbeddedServer:
    """The embedded model, served on a free loopback port under a random key until it is closed.

    It lives in this process and ends with it. It writes no log. Raises ModelUnavailable if it does not start.
    """

    def __init__(self, file: Path, context: int = CONTEXT) -> None:
        self.context = context
        # Threads that wait for each other by spinning write 0.5 to 2 tokens a second instead of 8 as soon as other
        # programs want the same processors. OpenMP reads this once, when the library below is loaded.
        os.environ.setdefault("OMP_WAIT_POLICY", "passive")
        try:
            # Only who asks the embedded model pays for loading its library, and only they need it.
            import xllamacpp  # noqa: PLC0415
        except ImportError:
            raise ModelUnavailable("model.server_missing") from None
        self.api_key = SecretStr(secrets.token_urlsafe(32))
        params = xllamacpp.CommonParams()
        params.model.path = str(file)
        params.model_alias = [file.stem]
        params.hostnames = ["127.0.0.1"]
        params.port = 0
        params.api_keys = [self.api_key.get_secret_value()]
        params.n_ctx = context
        params.n_parallel = 1
        params.cache_prompt = True
        # Two prompts take turns; each finds its prefix again at 28 kB a token.
        params.cache_ram_mib = 256
        params.cpuparams.n_threads = params.cpuparams_batch.n_threads = threads()
        # Nothing that was asked may end in a log.
        params.verbosity = -1
        params.ui = False
        params.endpoint_slots = False
        params.endpoint_props = False
        params.offline = True
        try:
            self._server = xllamacpp.Server(params)
        except (RuntimeError, ValueError, OSError) as error:
            raise ModelUnavailable("model.not_started", detail=type(error).__name__) from None
        self.base_url = f"{self._server.listening_address}/v1"

    def close(self) -> None:
        """Stop serving and free the model's memory."""
        self._server = None


def threads() -> int:
    """The processors this process may use; more threads than these would wait for each other."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
