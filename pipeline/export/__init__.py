"""A Store comes in; files.jsonl and forms.jsonl, forms.xlsx, or CSV files go out, each whole or not at all."""

from pipeline.export.csv_files import write_csv
from pipeline.export.excel import write_excel
from pipeline.export.jsonl import write_jsonl

__all__ = ["write_csv", "write_excel", "write_jsonl"]
