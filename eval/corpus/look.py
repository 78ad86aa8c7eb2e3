"""How a document looks: font, sizes, line and column widths, and where a form begins."""

from schemas.base import Record


class Look(Record):
    """Lengths in points; `widths` are those of the table's grid columns from left to right."""

    font: str
    title_size: float
    size: float
    rule: float
    """Thickness of the ruling lines."""
    padding: float
    margin_x: float
    margin_y: float
    widths: tuple[float, ...]
    row_height: float
    """The least height of a row."""
    new_page: bool
    """True if every form begins a page, False if it follows the one before."""


CHROMIUM = Look(
    font="AR PL UMing CN",
    title_size=16,
    size=10,
    rule=0.75,
    padding=2.5,
    margin_x=54,
    margin_y=56,
    widths=(30, 34, 84, 40, 37, 35, 68, 33, 33, 93),
    row_height=26,
    new_page=False,
)

LIBREOFFICE = Look(
    font="Noto Serif CJK SC",
    title_size=15,
    size=9.5,
    rule=0.5,
    padding=2,
    margin_x=60,
    margin_y=54,
    widths=(28, 40, 76, 34, 33, 41, 74, 30, 30, 89),
    row_height=23,
    new_page=True,
)
