"""A store of finished files comes in; its forms say of each other what they have in common."""

from pipeline.checks.across import FormKey, across, without_across
from pipeline.checks.wording import render
from pipeline.run import Ways
from pipeline.store import Store


def mark_across(store: Store, ways: Ways) -> int:
    """Write what forms say of each other into their findings; gives the number of forms that changed.

    To be called when all files of a call are finished: whatever was said of each other before is replaced.
    """
    said = across(store.forms(), rules_off=ways.rules_off, severities=ways.severities)
    changed = []
    for record in store.forms():
        key = FormKey(record.document.path, record.form_index)
        told = (finding.model_copy(update={"message": render(finding, ways.lang)}) for finding in said.get(key, ()))
        findings = (*without_across(record), *told)
        if findings != record.findings:
            changed.append((key, findings))
    for key, findings in changed:
        store.replace_findings(key.path, key.form_index, findings)
    return len(changed)
