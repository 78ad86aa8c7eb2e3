"""What else a user would pick, over the same documents: tables by a library with known words, a model that transcribes.

Needs the extra `baselines`.
"""

from pathlib import Path

STORED = Path(__file__).parent / "log.json.gz"
"""The log that the README's table is made from: labels, outputs and conditions of its run."""
