"""Runs, regions, calls and edits come in, one batch in `OUT/hedui.db` keeps them and gives them back."""

from pipeline.store.connection import DATABASE, Mode
from pipeline.store.edits import Judged
from pipeline.store.queue import Key, Narrowed, Queued
from pipeline.store.queued import Beside, lot_of, name_of, open_places
from pipeline.store.store import Batch, FileState, Store, StoredRegion, natural_key

__all__ = [
    "DATABASE",
    "Batch",
    "Beside",
    "FileState",
    "Judged",
    "Key",
    "Mode",
    "Narrowed",
    "Queued",
    "Store",
    "StoredRegion",
    "lot_of",
    "name_of",
    "natural_key",
    "open_places",
]
