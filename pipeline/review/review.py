"""A store, a library and a person come in; all that a reviewer can see and do goes out, one method each."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

from pipeline.catalogue import Lang
from pipeline.review.desk import EditResult, FormDesk
from pipeline.review.layouts import LayoutApplied, LayoutPage, LayoutPreview
from pipeline.review.records import AuditRow, Dashboard, LayoutItem, Neighbours, QueueFilter, QueuePage
from pipeline.review.requests import EditRequest
from pipeline.session import Session
from schemas.reading import Role
from schemas.run import DocumentInfo


class Source(NamedTuple):
    """The document of a form, to show its pages."""

    document: DocumentInfo
    path: Path | None
    """Where its bytes lie on this machine and are still the same; None if they are gone, changed or in an archive."""


class Review:
    """The review of one output folder. Safe to call from several threads: one call at a time goes through.

    Words come in `lang`, by default that of the session. Every method raises StoreError where SQLite fails.
    """

    @classmethod
    def open(
        cls,
        folder: Path,
        session: Session,
        *,
        author: str,
        now: Callable[[], str] | None = None,
        new_id: Callable[[], str] | None = None,
    ) -> Self:
        """The review of `folder`, beside a run if there is one; an older store is brought up to date.

        `author` stands in every event unless a call names another. Raises StoreError if there is no store.
        """
        raise NotImplementedError

    def close(self) -> None:
        """Close the store."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def queue(
        self, wanted: QueueFilter, cursor: str | None = None, limit: int = 50, lang: Lang | None = None
    ) -> QueuePage:
        """A page of forms under a filter, the most doubtful first, with waiting layouts and counts.

        `limit` is at most 500. A cursor that is none of `queue`'s raises ReviewError.
        """
        raise NotImplementedError

    def neighbours(self, form_id: str, wanted: QueueFilter) -> Neighbours:
        """The forms before and after one under a filter, where it stands in the order even if it left the filter."""
        raise NotImplementedError

    def form(self, form_id: str, lang: Lang | None = None) -> FormDesk:
        """One form on the desk; raises ReviewError `review.no_such_form`."""
        raise NotImplementedError

    def source(self, form_id: str) -> Source:
        """The document of a form; raises ReviewError `review.no_such_form`."""
        raise NotImplementedError

    def edit(
        self,
        form_id: str,
        request: EditRequest,
        version: str,
        *,
        author: str | None = None,
        lang: Lang | None = None,
    ) -> EditResult:
        """Append what `request` asks for, check and decide again, store it: what holds now.

        Raises ConflictError if the form is no longer at `version`, ReviewError if the request does not fit; then
        nothing was changed.
        """
        raise NotImplementedError

    def layouts(self, lang: Lang | None = None) -> tuple[LayoutItem, ...]:
        """Every layout of the stored forms: those that wait first, the one most forms wait for in front."""
        raise NotImplementedError

    def layout(self, key: str, lang: Lang | None = None) -> LayoutPage:
        """One layout; `key` may be cut short. Raises ReviewError `review.no_such_layout`."""
        raise NotImplementedError

    def preview_layout(self, key: str, roles: Mapping[int, Role], lang: Lang | None = None) -> LayoutPreview:
        """What confirming a layout with these roles (slot number → role) would do; nothing is changed.

        Raises ReviewError `review.no_such_layout`, UsageError for a slot or role that cannot be.
        """
        raise NotImplementedError

    def apply_layout(  # noqa: PLR0913 - a correction and who is behind it
        self,
        key: str,
        roles: Mapping[int, Role],
        version: int,
        *,
        reason: str = "",
        author: str | None = None,
        lang: Lang | None = None,
    ) -> LayoutApplied:
        """Confirm a layout with these roles: kept in the library, its stored forms mapped again with their edits.

        Raises ConflictError if the layout is no longer at `version`, else as `preview_layout`.
        """
        raise NotImplementedError

    def put_layout_back(  # noqa: PLR0913 - a correction and who is behind it
        self,
        key: str,
        number: int,
        version: int,
        *,
        reason: str = "",
        author: str | None = None,
        lang: Lang | None = None,
    ) -> LayoutApplied:
        """Make an earlier LayoutVersion the newest again and map its forms; raises as `apply_layout`."""
        raise NotImplementedError

    def dashboard(self, lang: Lang | None = None) -> Dashboard:
        """Where the review stands."""
        raise NotImplementedError

    def audit(self, lang: Lang | None = None) -> Iterator[AuditRow]:
        """Every event, the oldest first."""
        raise NotImplementedError

    def write_audit(self, path: Path, lang: Lang | None = None) -> Path:
        """The log as a CSV file for Excel: UTF-8 with BOM, no cell that a spreadsheet would run."""
        raise NotImplementedError

    def audit_csv(self, lang: Lang | None = None) -> Iterator[str]:
        """The lines of that CSV file, with the BOM in front of the first: what a download streams."""
        raise NotImplementedError

    def write_results(self) -> tuple[Path, ...]:
        """Write forms.jsonl, files.jsonl and forms.xlsx (and the CSV files, if the settings want them) anew.

        What forms say of each other is asked again first. Some seconds for thousands of forms: to be called when a
        person pauses. Raises UsageError if a file is open in another program.
        """
        raise NotImplementedError
