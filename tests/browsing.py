"""A reviewer's hands and eyes in tests: a form opened in a browser, its fields and cells, what the store then has."""

from playwright.sync_api import Locator, Page

from eval.reviewing import Served
from pipeline.store import Store
from schemas.run import FormRecord

VIDEO = "会议室音视频升级改造"
"""A project whose initial budget does not add up in the report itself: 70.00 printed, 74.85 below it."""


class Keyboard:
    """Presses that are counted."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.presses = 0

    def press(self, *keys: str) -> None:
        """One press a key."""
        for key in keys:
            self.page.keyboard.press(key)
            self.presses += 1


def record(served: Served, form_id: str) -> FormRecord:
    """A form as the store has it."""
    with Store.open(served.stored.out, "read") as store:
        found = store.form(form_id)
    assert found is not None
    return found


def form_named(served: Served, name: str) -> str:
    """The id of the form whose project's name holds `name`."""
    with Store.open(served.stored.out, "read") as store:
        (found,) = [form.form_id for form in store.forms() if name in (form.form.project_name or "")]
    return found


def opened(page: Page, served: Served, form_id: str) -> None:
    """The form's page, its script ready."""
    page.goto(f"{served.base}/forms/{form_id}")
    page.wait_for_selector("#work[data-ready]")


def field(page: Page, pointer: str) -> Locator:
    """A field by its pointer."""
    return page.locator(f'.field[data-pointer="{pointer}"]')


def cell_of(page: Page, pointer: str) -> str:
    """The id of the cell in which a field stands."""
    data = page.evaluate("JSON.parse(document.getElementById('desk-data').textContent).fields")
    (found,) = [one for one in data if one["pointer"] == pointer]
    return str(found["cells"][0])


def click_cell(page: Page, cell: str) -> None:
    """A click on the page's picture where the cell is."""
    page.locator(f'#marks [data-cell="{cell}"]').first.click()


def focused(page: Page) -> str:
    """The pointer of the field in focus, else the id or class of what is."""
    return str(
        page.evaluate(
            "(() => { const one = document.activeElement;"
            " return one.dataset.pointer ?? (one.id || one.className); })()",
        ),
    )
