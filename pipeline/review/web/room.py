"""What every request of one server shares: the review, the keys, the pictures, the writing of results."""

from typing import NamedTuple

from pipeline.catalogue import Lang
from pipeline.review.review import Review
from pipeline.review.web.filters import Documents
from pipeline.review.web.guard import Keys
from pipeline.review.web.pictures import Pictures
from pipeline.review.web.results import Results


class Room(NamedTuple):
    """One server's shared things."""

    review: Review
    keys: Keys
    lang: Lang
    pictures: Pictures
    results: Results
    documents: Documents
