"""What stands in which sheet: the columns of 项目, 资金, 指标, 问题, 文件, 修改记录 and 汇总, with their widths."""

from typing import Literal, NamedTuple

ColumnKind = Literal["text", "long", "note", "number", "money", "file", "page"]
"""`long` wraps and is cut in height, `note` never makes its row higher, neither is printed; `file` and
`page` link to the document."""


class Column(NamedTuple):
    """A column of a sheet: its heading's key in the catalogue and its width in characters."""

    key: str
    width: int
    kind: ColumnKind = "text"


_HEAD = (Column("status", 10), Column("name", 32), Column("pages", 10, "page"))
_FORM_TAIL = (Column("file", 28, "note"), Column("form_id", 22, "note"))
BUDGETS = ("initial_budget", "adjusted_budget", "executed")
_MONEY = (
    Column("amount_unit", 8),
    *(Column(key, 14, "money") for key in BUDGETS),
    *(Column(f"{key}_wan", 14, "money") for key in BUDGETS),
    Column("execution_rate", 10, "number"),
    Column("rate_per_cent", 10, "number"),
    Column("weight", 8, "number"),
    Column("score", 8, "number"),
)

PROJECTS = (
    *_HEAD,
    Column("reasons", 44),
    Column("supervising_department", 34),
    Column("implementing_unit", 34),
    Column("fiscal_year", 8),
    Column("project_code", 12),
    Column("title", 24),
    Column("kind", 12),
    *_MONEY[:-2],
    Column("fund_weight", 9, "number"),
    Column("fund_score", 9, "number"),
    Column("total_weight", 9, "number"),
    Column("total_score", 9, "number"),
    Column("grade", 8),
    Column("located_only", 34, "note"),
    Column("unread", 14, "note"),
    Column("edits", 30, "long"),
    Column("template", 10, "note"),
    Column("expected_goal", 48, "long"),
    Column("actual_achievement", 48, "long"),
    Column("extras", 30, "long"),
    *_FORM_TAIL,
)

FUNDS = (
    *_HEAD,
    Column("label", 24),
    Column("source", 14),
    *_MONEY,
    Column("located_only", 34, "note"),
    Column("unread", 14, "note"),
    Column("edits", 26, "long"),
    Column("extras", 24, "long"),
    *_FORM_TAIL,
)

INDICATORS = (
    *_HEAD,
    Column("number", 6, "number"),
    Column("level1", 12),
    Column("level1_weight", 13, "number"),
    Column("level2", 14),
    Column("indicator", 30),
    Column("target", 24),
    Column("target_operator", 7),
    Column("target_value", 11, "number"),
    Column("target_unit", 8),
    Column("actual", 24),
    Column("actual_value", 11, "number"),
    Column("actual_unit", 8),
    Column("weight", 8, "number"),
    Column("score", 8, "number"),
    Column("deviation_note", 30, "long"),
    Column("located_only", 34, "note"),
    Column("unread", 14, "note"),
    Column("edits", 26, "long"),
    Column("extras", 24, "long"),
    *_FORM_TAIL,
)

FINDINGS = (
    *_HEAD,
    Column("severity", 8),
    Column("rule", 20),
    Column("message", 56),
    Column("verdict", 16),
    Column("printed", 13, "money"),
    Column("computed", 13, "money"),
    Column("difference", 19, "money"),
    Column("slack", 9, "number"),
    Column("places", 36, "long"),
    Column("diagnosis", 36, "long"),
    *_FORM_TAIL,
)

FILES = (
    Column("file", 44, "file"),
    Column("outcome", 14),
    Column("file_reason", 44),
    Column("form_count", 8, "number"),
    Column("page_count", 8, "number"),
    Column("media_type", 24),
    Column("sha256", 24),
)

LOG = (
    Column("at", 24),
    Column("author", 12),
    Column("event", 12),
    Column("name", 32),
    Column("file", 28, "file"),
    Column("form_id", 22, "note"),
    Column("field", 26),
    Column("old", 24),
    Column("new", 24),
    Column("edit_reason", 30),
    Column("undone", 8),
    Column("pointer", 26, "note"),
    Column("edit_id", 34, "note"),
)

SUMMARY = (
    Column("supervising_department", 40),
    Column("form_count", 8, "number"),
    Column("accepted_count", 9, "number"),
    Column("review_count", 9, "number"),
    Column("initial_budget_wan", 17, "money"),
    Column("adjusted_budget_wan", 17, "money"),
    Column("executed_wan", 17, "money"),
    Column("rate_per_cent", 10, "number"),
    Column("left_out", 18, "number"),
    Column("mean_score", 10, "number"),
    *(Column(f"grade_{number}", 7, "number") for number in range(1, 5)),
    Column("grade_other", 9, "number"),
)
