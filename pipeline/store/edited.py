"""A FormRecord and the edits made to it come in, the record with a person's values goes out. Pure."""

from collections.abc import Sequence

from schemas.form import SelfEvaluation
from schemas.run import Edit, FormRecord

Node = dict[str, "Node"] | list["Node"] | str | int | float | None
"""A form as JSON: what a pointer walks through."""


def with_edits(record: FormRecord, edits: Sequence[Edit]) -> FormRecord:
    """`record` with every edit listed, and the last one of each pointer in the form's own fields.

    Status, evidence and findings stay: they are the checker's to renew. An edit of a whole target or
    actual gives its text; operator, value and unit have pointers of their own. An edit that no longer
    fits (its row is gone since the layout was read anew, its text is no number) stays listed and
    changes nothing.
    """
    if not edits:
        return record
    return record.model_copy(update={"form": edited_form(record.form, edits), "edits": tuple(edits)})


def edited_form(form: SelfEvaluation, edits: Sequence[Edit]) -> SelfEvaluation:
    """The form with the last edit of each pointer in its fields; edits that do not fit change nothing."""
    for edit in edits:
        form = _applied(form, edit)
    return form


def _applied(form: SelfEvaluation, edit: Edit) -> SelfEvaluation:
    """The form with one value replaced; the same form where the edit does not fit."""
    tree: Node = form.model_dump(mode="json")
    *path, last = edit.pointer.removeprefix("/").split("/")
    node = tree
    for step in path:
        if isinstance(node, dict) and step in node:
            node = node[step]
        elif isinstance(node, list) and step.isdecimal() and int(step) < len(node):
            node = node[int(step)]
        else:
            return form
    if not isinstance(node, dict) or last not in node or isinstance(node[last], list):
        return form
    is_quantity = last in {"target", "actual"} and edit.new is not None
    node[last] = {"text": edit.new} if is_quantity else edit.new
    try:
        return SelfEvaluation.model_validate(tree)
    except ValueError:
        return form
