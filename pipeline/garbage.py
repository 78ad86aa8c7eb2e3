"""A block of work goes in that builds many records; it comes out sooner, because they are not searched for cycles."""

import contextlib
import gc
from collections.abc import Iterator

_RARELY = (100_000, 50, 100)
"""Records are trees, counted references free them; what has cycles (errors, a workbook) is still found, later."""


@contextlib.contextmanager
def rarely_collected() -> Iterator[None]:
    """Let the collector look at what is made inside only now and then, and not at what was there before.

    At Python's own pace it walks over all records of a report a dozen times, a fifth of a run, and frees nothing.
    Where the collector is off, or already slowed, nothing changes.
    """
    before = gc.get_threshold()
    if not gc.isenabled() or before == _RARELY:
        yield
        return
    gc.freeze()
    gc.set_threshold(*_RARELY)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
