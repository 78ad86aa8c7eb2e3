"""A form read from a picture, with a number that a second look put right, on the reviewer's desk."""

from decimal import Decimal
from pathlib import Path

from reviewed import SOUND, field, own_copy, read_report, reviewing, session

from pipeline.mapping.lexicon import standard
from pipeline.mapping.library import Library
from pipeline.mapping.settle import Example
from pipeline.mapping.skeleton import analyse
from pipeline.review.requests import AcceptField, SetValue, Undo
from pipeline.review.review import Review
from pipeline.run import Understood, Ways, finish
from pipeline.store import Store
from schemas.evidence import PageSpan


class Magnifier:
    """An outside party that reads every place of one page as the same number."""

    def __init__(self, text: str) -> None:
        self.text = text

    def read_again(self, span: PageSpan, page: int) -> str | None:
        """The number."""
        del span, page
        return self.text


def test_second_look_outlives_every_edit(tmp_path: Path) -> None:
    """0.10 was read for 0.00 and corrected by a second look; edits of other fields, and undo, keep the correction."""
    folder = own_copy(read_report(tmp_path / "read"), tmp_path)
    with reviewing(folder) as review, Store.open(folder / "out", "read") as store:
        form_id = [form.form_id for form in store.forms()][SOUND]
        (cell,) = field(review.form(form_id), "/funds/3/executed").cells
    with Store.open(folder / "out") as store:
        regions, run = store.regions_of("a.pdf"), store.run("a.pdf")
        assert run is not None
        region = regions[SOUND].region
        cells = tuple(
            one.model_copy(update={"text": "0.10", "origin": "ocr"}) if one.cell_id == cell else one
            for one in region.grid.cells
        )
        region = region.model_copy(update={"grid": region.grid.model_copy(update={"cells": cells})})
        lexicon = standard()
        example = Example(region, analyse(region, lexicon))
        template = Library(folder / "library.db").all()[0]
        document = regions[SOUND].document
        done = finish(
            Understood(document, (example,)),
            {example.skeleton.key: template},
            Ways(lexicon, "zh"),
            digest=run.digest,
            look=Magnifier("0.00"),
        )
        store.put_regions(document, [(example.skeleton.key, region)])
        store.put_run(done)
    with reviewing(folder) as review:
        desk = review.form(form_id)
        proof = desk.record.evidence["/funds/3/executed"]
        assert (field(desk, "/funds/3/executed").text, proof.before) == ("0.00", "0.10")
        desk = review.edit(form_id, AcceptField(pointer="/grade"), desk.version).desk
        assert desk.record.form.funds[3].executed == Decimal("0.00")
        desk = review.edit(form_id, SetValue(pointer="/funds/3/executed", text="0.20"), desk.version).desk
        desk = review.edit(form_id, Undo(), desk.version).desk
        assert desk.record.evidence["/funds/3/executed"].before == "0.10"
    with Review.open(folder / "out", session(folder), author="王") as review:
        desk = review.form(form_id)
        desk = review.edit(form_id, AcceptField(pointer="/project_name"), desk.version).desk
        assert desk.record.form.funds[3].executed == Decimal("0.00")
