"""Asking for an export, looking at it, cancelling and continuing it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sync.errors import ExportEnded, ExportFormUnknown, ExportUnknown, TooManyExports
from sync.exports.forms import MEDIA_TYPES
from sync.exports.models import Export
from sync.exports.settings import ExportSettings
from sync.statement_filters import Reach, StatementFilters, read_filters, search_for, write_filters
from xapi_bridge.store.search import count_matches
from xapi_bridge.store.sequence import last_sequence

_OPEN = ("waiting", "running")


@dataclass(frozen=True)
class Requester:
    """Who asks.

    Attributes:
        name: 'operator:<id>' or 'key:<key>'.
        sees_all: whether exports of others are shown too (administrators).
    """

    name: str
    sees_all: bool = False


@dataclass(frozen=True)
class ExportStatus:
    """How an export stands.

    Attributes:
        rows_expected: counted no further than ten thousand; `more_expected` says that there are more.
        certain_until: everything stored up to this instant is in the file.
        failure: stable code of what stopped it; empty otherwise.
    """

    export_id: UUID
    requester: str
    form: str
    filters: StatementFilters
    state: str
    rows_done: int
    rows_expected: int
    more_expected: bool
    size_bytes: int | None
    failure: str
    requested_at: datetime
    ended_at: datetime | None
    expires_at: datetime | None
    certain_until: int

    @property
    def is_open(self) -> bool:
        """Whether it is still being worked on."""
        return self.state in _OPEN

    @property
    def percent(self) -> int | None:
        """0 to 100 where the number of rows is known; None while it is not."""
        if self.state == "finished":
            return 100
        if self.more_expected or not self.rows_expected:
            return None
        return min(99, self.rows_done * 100 // self.rows_expected)


def request_export(
    session: Session,
    filters: StatementFilters,
    *,
    form: str,
    requester: Requester,
    reach: Reach,
    with_names: bool,
    settings: ExportSettings,
    now: datetime,
) -> UUID:
    """Enters an export into the queue; its snapshot ends with what the store holds now.

    Raises:
        ExportFormUnknown: as its name says.
        TooManyExports: the requester has `settings.most_open` unfinished ones already.
    """
    if form not in MEDIA_TYPES:
        raise ExportFormUnknown(f"There is no form {form[:20]!r}. There are: {', '.join(MEDIA_TYPES)}.")
    _refuse_too_many(session, requester, settings)
    # What is visible now is complete: numbers become visible in their order.
    upper = last_sequence(session)
    expected = count_matches(session, search_for(session, filters, reach=reach, iri_base=settings.iri_base))
    export = Export(
        export_id=uuid4(),
        requester=requester.name,
        form=form,
        filters=write_filters(filters),
        with_names=with_names,
        root_id=reach.root_id,
        authority_home_page=reach.authority.home_page if reach.authority else "",
        authority_name=reach.authority.name if reach.authority else "",
        posts_on=reach.on,
        state="waiting",
        upper_seq=upper,
        rows_expected=expected.count,
        more_expected=expected.is_more,
        requested_at=now,
    )
    session.add(export)
    session.flush()
    return export.export_id


def list_exports(session: Session, requester: Requester, *, limit: int = 50) -> Sequence[ExportStatus]:
    """The requester's exports, newest first; of administrators, everybody's."""
    question = select(Export).order_by(Export.requested_at.desc(), Export.export_id).limit(limit)
    if not requester.sees_all:
        question = question.where(Export.requester == requester.name)
    return [status_of(export) for export in session.scalars(question)]


def get_export(session: Session, export_id: UUID, *, requester: Requester) -> Export:
    """The export, if the requester may have it.

    Raises:
        ExportUnknown: there is none, or it is someone else's.
    """
    export = session.get(Export, export_id)
    if export is None or not (requester.sees_all or export.requester == requester.name):
        raise ExportUnknown(f"You have no export {export_id}.")
    return export


def cancel_export(session: Session, export_id: UUID, *, requester: Requester, now: datetime) -> None:
    """Stops an unfinished export; the worker notices at its next part, and its files are deleted later.

    Raises:
        ExportUnknown: there is none, or it is someone else's.
        ExportEnded: it is not running any more.
    """
    export = get_export(session, export_id, requester=requester)
    if export.state not in _OPEN:
        raise ExportEnded(f"This export is {export.state}; only an unfinished one can be cancelled.")
    export.state, export.ended_at, export.lease = "cancelled", now, None
    session.flush()


def continue_export(session: Session, export_id: UUID, *, requester: Requester) -> None:
    """Puts a failed export back into the queue; it goes on after its last complete part.

    Raises:
        ExportUnknown: there is none, or it is someone else's.
        ExportEnded: it did not fail.
    """
    export = get_export(session, export_id, requester=requester)
    if export.state != "failed" or export.failure == "export_too_large":
        raise ExportEnded(f"This export is {export.state}; only a failed one can be continued.")
    export.state, export.failure, export.ended_at = "waiting", "", None
    session.flush()


def status_of(export: Export) -> ExportStatus:
    """The row as a value."""
    return ExportStatus(
        export_id=export.export_id,
        requester=export.requester,
        form=export.form,
        filters=read_filters(export.filters),
        state=export.state,
        rows_done=export.rows_done,
        rows_expected=export.rows_expected,
        more_expected=export.more_expected,
        size_bytes=export.size_bytes,
        failure=export.failure,
        requested_at=export.requested_at,
        ended_at=export.ended_at,
        expires_at=export.expires_at,
        certain_until=export.upper_seq,
    )


def expiry_from(now: datetime, settings: ExportSettings) -> datetime:
    """When a file that is finished now is deleted."""
    return now + timedelta(days=settings.keep_days)


def _refuse_too_many(session: Session, requester: Requester, settings: ExportSettings) -> None:
    unfinished = session.scalar(
        select(func.count())
        .select_from(Export)
        .where(Export.requester == requester.name, Export.state.in_(_OPEN))
    )
    if (unfinished or 0) >= settings.most_open:
        raise TooManyExports(
            f"{unfinished} exports of yours are unfinished; {settings.most_open} may be. "
            "Wait for one, or cancel one."
        )
