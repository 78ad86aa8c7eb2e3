"""Runs, regions, calls and edits come in, one batch in `OUT/hedui.db` keeps them and gives them back."""

from pipeline.store.connection import DATABASE, Mode
from pipeline.store.store import Batch, FileState, Store, StoredRegion, natural_key

__all__ = ["DATABASE", "Batch", "FileState", "Mode", "Store", "StoredRegion", "natural_key"]
