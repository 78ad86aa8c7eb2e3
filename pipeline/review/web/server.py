"""An app for given keys comes in; it is served on 127.0.0.1 until the user stops it."""

import contextlib
import socket
import sys
from collections.abc import Callable

import uvicorn
from fastapi import FastAPI

from pipeline.garbage import rarely_collected
from pipeline.review.web.guard import Keys
from schemas.errors import UsageError

_WAITING = 128
_LAST_SECONDS = 3


def serve(made: Callable[[Keys], FastAPI], port: int, announce: Callable[[str], None]) -> None:
    """Listen, announce the address with its token, answer until SIGINT; port 0 takes a free one.

    Raises UsageError if the port is taken.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        if sys.platform != "win32":  # there it would let two servers listen on one port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
        except (OSError, OverflowError):
            raise UsageError("web.port_taken", port=port) from None
        listener.listen(_WAITING)
        keys = Keys(port=listener.getsockname()[1])
        app = made(keys)
        config = uvicorn.Config(
            app,
            log_level="error",
            access_log=False,
            server_header=False,
            proxy_headers=False,
            ws="none",
            timeout_graceful_shutdown=_LAST_SECONDS,
        )
        announce(keys.address)
        # At Python's own pace a collection walks all that was imported in the middle of somebody's edit: 60 ms.
        with contextlib.suppress(KeyboardInterrupt), rarely_collected():
            uvicorn.Server(config).run(sockets=[listener])
