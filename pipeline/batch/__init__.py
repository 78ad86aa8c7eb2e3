"""Many files become Runs; killed and started again, it goes on."""

from pipeline.batch.batch import Batch, Progress, Summary
from pipeline.batch.files import InputFile, input_files

__all__ = ["Batch", "InputFile", "Progress", "Summary", "input_files"]
