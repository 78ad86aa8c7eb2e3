"""A store of finished files comes in; every rule is asked again about every form. No model, no document."""

from typing import NamedTuple

from pipeline.batch.digest import Conditions, digest
from pipeline.batch.together import mark_across
from pipeline.mapping.library import Library
from pipeline.mapping.settle import Example
from pipeline.mapping.skeleton import analyse
from pipeline.run import Understood, Ways, finish
from pipeline.store import Store, StoredRegion
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
        stored, regions = store.run(file.path), store.regions_of(file.path)
        templates = _templates(library, regions)
        if stored is None or not regions or templates is None:
            skipped.append(file.path)
            continue
        done = _checked(store, stored, regions, templates, ways, conditions)
        store.put_run(done, store.location(file.path))
    mark_across(store, ways)
    after = [form for form in store.forms() if form.document.path not in skipped]
    changed = tuple(form for form in after if form.form_id not in before or _differs(before[form.form_id], form))
    return Again(len(after), changed, tuple(skipped))


def _checked(  # noqa: PLR0913, PLR0917 - a file and all that it is judged by
    store: Store,
    stored: Run,
    regions: tuple[StoredRegion, ...],
    templates: dict[str, Template],
    ways: Ways,
    conditions: Conditions,
) -> Run:
    """The file's run anew; what it cost, and whom a person settled, is kept."""
    forms = tuple(Example(found.region, analyse(found.region, ways.lexicon)) for found in regions)
    cut_short = any(reason.code == "run_incomplete" for form in stored.forms for reason in form.decision.reasons)
    done = finish(
        Understood(regions[0].document, forms),
        templates,
        ways,
        digest=digest(conditions, templates.values(), complete=not cut_short),
        incomplete=set(templates) if cut_short else (),
        edits={form.form_id: store.edits(form.form_id) for form in stored.forms},
    )
    known = {form.form_id: form for form in stored.forms}
    kept = tuple(_kept(form, known.get(form.form_id)) for form in done.forms)
    return done.model_copy(update={"forms": kept, "usage": stored.usage})


def _kept(form: FormRecord, stored: FormRecord | None) -> FormRecord:
    """The form as checked now, with what it cost then; what a reviewer settled stays settled."""
    if stored is None:
        return form
    if stored.decision.by == "reviewer":
        return form.model_copy(
            update={"usage": stored.usage, "status": stored.status, "decision": stored.decision},
        )
    return form.model_copy(update={"usage": stored.usage})


def _templates(library: Library, regions: tuple[StoredRegion, ...]) -> dict[str, Template] | None:
    """The templates of the regions' layouts; None if one of them is not in the library."""
    found = {key: library.get(key) for key in {region.layout_key for region in regions}}
    known = {key: template for key, template in found.items() if template is not None}
    return known if len(known) == len(found) else None


def _differs(before: FormRecord, after: FormRecord) -> bool:
    return (before.status, before.findings, before.decision) != (after.status, after.findings, after.decision)
