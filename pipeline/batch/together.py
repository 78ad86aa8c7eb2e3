"""A store of finished files comes in; its forms say of each other what they have in common."""

from collections.abc import Iterator

from pipeline.checks.across import FormKey, across, without_across
from pipeline.checks.wording import render
from pipeline.run import Ways
from pipeline.store import Store
from schemas.check import Finding
from schemas.run import FormRecord


def mark_across(store: Store, ways: Ways) -> int:
    """Write what forms say of each other into their findings; gives the number of forms that changed.

    To be called when all files of a call are finished: whatever was said of each other before is replaced.
    """
    known: list[tuple[FormKey, tuple[Finding, ...], tuple[Finding, ...]]] = []

    def passing() -> Iterator[FormRecord]:
        """Every form once; only its findings are kept, with and without what others say of it."""
        for record in store.forms():
            known.append((FormKey(record.document.path, record.form_index), record.findings, without_across(record)))
            yield record

    said = across(passing(), rules_off=ways.rules_off, severities=ways.severities)
    changed = 0
    for key, before, own in known:
        told = (finding.model_copy(update={"message": render(finding, ways.lang)}) for finding in said.get(key, ()))
        findings = (*own, *told)
        if findings != before:
            store.replace_findings(key.path, key.form_index, findings, before)
            changed += 1
    return changed
