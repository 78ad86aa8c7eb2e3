"""A store of finished files comes in; every rule is asked again about every form. No model, no document."""

from typing import NamedTuple

from pipeline.batch.account import is_incomplete, with_cost
from pipeline.batch.digest import Conditions, digest
from pipeline.batch.look import Remembered
from pipeline.batch.shaped import edits_by_form, understood_of
from pipeline.batch.together import mark_across
from pipeline.mapping.library import Library
from pipeline.run import Understood, Ways, finish
from pipeline.store import Store
from schemas.reading import Template
from schemas.run import FormRecord, Run


class Again(NamedTuple):
    """What checking again did."""

    forms: int
    """Forms that were checked."""
    changed: tuple[FormRecord, ...]
    """Those whose status or findings are not what they were, as they are now."""
    skipped: tuple[str, ...]
    """Files that stay as they are: a layout of theirs is not in the library, or their forms were not kept."""


def check_again(store: Store, library: Library, ways: Ways, conditions: Conditions) -> Again:
    """Ground and check every stored form anew under today's rules and templates; a person's word stays.

    What was incomplete stays so: its questions were never asked. The digests become those of `conditions`.
    """
    skipped: list[str] = []
    before = {form.form_id: form for form in store.forms()}
    for file in [file for file in store.files() if file.outcome == "read"]:
        stored, understood = store.run(file.path), understood_of(store, file.path, ways.lexicon)
        templates = _templates(library, understood) if understood is not None else None
        if stored is None or understood is None or templates is None:
            skipped.append(file.path)
            continue
        store.put_run(_checked(store, stored, understood, templates, ways, conditions), store.location(file.path))
        while store.behind(file.path):  # a person spoke in the meantime
            store.put_run(_checked(store, stored, understood, templates, ways, conditions), store.location(file.path))
    mark_across(store, ways)
    after = [form for form in store.forms() if form.document.path not in skipped]
    changed = tuple(form for form in after if form.form_id not in before or _differs(before[form.form_id], form))
    return Again(len(after), changed, tuple(skipped))


def _checked(  # noqa: PLR0913, PLR0917 - a file and all that it is judged by
    store: Store,
    stored: Run,
    understood: Understood,
    templates: dict[str, Template],
    ways: Ways,
    conditions: Conditions,
) -> Run:
    """The file's run anew; what it cost, and whom a person settled, is kept."""
    cut_short = is_incomplete(stored)
    done = finish(
        understood,
        templates,
        ways,
        digest=digest(conditions, templates.values(), complete=not cut_short),
        incomplete=set(templates) if cut_short else (),
        edits=edits_by_form(store.edits_of_document(understood.document.sha256)),
        look=Remembered(stored.forms),
    )
    known = {form.form_id: form for form in stored.forms}
    kept = tuple(_kept(form, known.get(form.form_id)) for form in done.forms)
    return with_cost(done.model_copy(update={"forms": kept}), stored)


def _kept(form: FormRecord, stored: FormRecord | None) -> FormRecord:
    """The form as checked now; what a reviewer settled before events were kept stays settled."""
    if stored is None or stored.decision.by != "reviewer" or form.edits:
        return form
    return form.model_copy(update={"status": stored.status, "decision": stored.decision})


def _templates(library: Library, understood: Understood) -> dict[str, Template] | None:
    """The templates of a file's layouts; None if one of them is not in the library."""
    keys = {form.skeleton.key for form in (*understood.forms, *understood.dropped)}
    found = {key: library.get(key) for key in keys}
    known = {key: template for key, template in found.items() if template is not None}
    return known if len(known) == len(found) else None


def _differs(before: FormRecord, after: FormRecord) -> bool:
    return (before.status, before.findings, before.decision) != (after.status, after.findings, after.decision)
