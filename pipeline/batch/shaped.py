"""A file's regions as read come in; the file understood goes out, in the shape that a person gave its forms."""

from collections.abc import Mapping, Sequence

from pipeline.edits.reshape import reshaped
from pipeline.mapping.lexicon import Lexicon
from pipeline.mapping.settle import Example
from pipeline.mapping.skeleton import analyse
from pipeline.run import Understood
from pipeline.store import Store
from schemas.layout import Region
from schemas.run import DocumentInfo, Edit


def shaped(
    document: DocumentInfo, regions: Sequence[Region], events: Sequence[tuple[str, Edit]], lexicon: Lexicon
) -> Understood:
    """The forms of a document under the events of its log."""
    shape = reshaped(regions, events)
    return Understood(
        document,
        tuple(Example(region, analyse(region, lexicon)) for region in shape.regions),
        tuple(Example(region, analyse(region, lexicon)) for region in shape.dropped),
    )


def understood_of(store: Store, path: str, lexicon: Lexicon) -> Understood | None:
    """A stored file as it stands under its log; None if its regions were not kept."""
    stored = store.read_regions_of(path)
    if not stored:
        return None
    document = stored[0].document
    return shaped(document, [found.region for found in stored], store.edits_of_document(document.sha256), lexicon)


def keep_regions(store: Store, understood: Understood, read: Sequence[Region], lexicon: Lexicon) -> None:
    """Keep a file's regions as they stand, and as they were read where a person made others of them."""
    changed = tuple(form.region for form in understood.forms) != tuple(read)
    store.put_regions(
        understood.document,
        [(form.skeleton.key, form.region) for form in understood.forms],
        [(analyse(region, lexicon).key, region) for region in read] if changed else (),
    )


def edits_by_form(events: Sequence[tuple[str, Edit]]) -> Mapping[str, tuple[Edit, ...]]:
    """The events of a document's log by the form they were made on, the oldest first."""
    found: dict[str, tuple[Edit, ...]] = {}
    for form_id, edit in events:
        found[form_id] = (*found.get(form_id, ()), edit)
    return found
