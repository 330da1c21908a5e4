"""Writing exports in the background, so that a worker may be killed at any instant.

A part is written under a name that no other worker uses, made safe on disk, and only then entered, together
with the bookmark, in one transaction. Killed before: the part is written again, under another name, and the
orphan is deleted at the end. Killed after: the next worker begins behind it. No row is lost or doubled.
"""

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import structlog
from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.orm import Session

from sync.errors import ExportTooLarge
from sync.exports.asking import expiry_from
from sync.exports.forms import Part, join_parts, write_part
from sync.exports.models import Export, ExportPart
from sync.exports.rows import find_people
from sync.exports.settings import ExportSettings
from sync.statement_filters import Reach, read_filters, search_for
from xapi_bridge.statement import Account
from xapi_bridge.store.search import read_matches

#: Parts in one run, so that one export does not keep a worker from its other jobs.
MOST_PARTS = 10
#: Rows in a part: some tens of megabytes at most, a second or two of work.
PART_ROWS = 5_000
#: A worker that enters nothing for so long is taken for dead.
_LEASE = timedelta(minutes=2)
#: How often a worker that joins parts says that it lives.
_SIGN_OF_LIFE = timedelta(seconds=30)

Opened = Callable[[], AbstractContextManager[Session]]

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Desk:
    """What a worker works with.

    Attributes:
        transaction, reading: as in `xapi_bridge.running_app`.
        part_rows: rows in one part. most_parts: parts in one run.
    """

    transaction: Opened
    reading: Opened
    clock: Callable[[], datetime]
    settings: ExportSettings
    part_rows: int = PART_ROWS
    most_parts: int = MOST_PARTS


class _Lost(Exception):  # noqa: N818 - not an error: another one has the export now
    """The export was cancelled, or another worker took it over."""


def is_export_waiting(session: Session, *, now: datetime) -> bool:
    """Whether an export waits for a worker, or its worker is taken for dead."""
    return session.scalar(select(Export.export_id).where(_claimable(now)).limit(1)) is not None


def write_next_export(desk: Desk) -> int:
    """Writes at the oldest export that waits, some parts of it; returns how many parts were written.

    What cannot be written (a full disk, too many rows) is noted with the export, not raised.
    """
    export_id, lease = _claim(desk)
    if export_id is None:
        return 0
    try:
        return _write(desk, export_id, lease)
    except _Lost:
        return 0
    except ExportTooLarge as refused:
        _fail(desk, export_id, lease, code=refused.code)
    except OSError:
        # The parts so far stay, and it can be continued when there is room again.
        log.exception("export_failed", export_id=str(export_id))
        _fail(desk, export_id, lease, code="disk_refused")
    return 0


def file_of(export: Export, settings: ExportSettings) -> Path:
    """Where the finished file lies."""
    return folder_of(export.export_id, settings) / f"statements.{export.form}"


def folder_of(export_id: UUID, settings: ExportSettings) -> Path:
    """Everything that an export has on disk."""
    return settings.folder / str(export_id)


def delete_expired(desk: Desk) -> int:
    """Deletes the files of exports whose time is over, and of cancelled ones; returns how many exports."""
    now = desk.clock()
    kept_since = now - timedelta(days=desk.settings.keep_days)
    cancelled = (Export.state == "cancelled") & (Export.ended_at <= now - _LEASE)
    failed = (Export.state == "failed") & (Export.ended_at <= kept_since)
    finished = (Export.state == "finished") & (Export.expires_at <= now)
    with desk.transaction() as session:
        over = session.scalars(
            select(Export).where(Export.has_files.is_(True), or_(cancelled, failed, finished))
        ).all()
        for export in over:
            export.has_files = False
            if export.state == "finished":
                export.state = "expired"
    for export in over:
        shutil.rmtree(folder_of(export.export_id, desk.settings), ignore_errors=True)
    return len(over)


def _claimable(now: datetime) -> ColumnElement[bool]:
    waits = Export.state == "waiting"
    given_back = (Export.state == "running") & (Export.leased_until <= now)
    return or_(waits, given_back)


def _claim(desk: Desk) -> tuple[UUID | None, UUID]:
    lease, now = uuid4(), desk.clock()
    with desk.transaction() as session:
        export = session.scalars(
            select(Export)
            .where(_claimable(now))
            .order_by(Export.requested_at)
            .limit(1)
            .with_for_update(skip_locked=True)
        ).one_or_none()
        if export is None:
            return None, lease
        export.state, export.lease, export.leased_until = "running", lease, now + _LEASE
        return export.export_id, lease


def _write(desk: Desk, export_id: UUID, lease: UUID) -> int:
    folder = folder_of(export_id, desk.settings)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for written in range(desk.most_parts):
        if not _write_one_part(desk, export_id, lease, folder):
            _finish(desk, export_id, lease, folder)
            return written + 1
    _give_back(desk, export_id, lease)
    return desk.most_parts


def _write_one_part(desk: Desk, export_id: UUID, lease: UUID, folder: Path) -> bool:
    """False when everything is written already."""
    with desk.reading() as session:
        export = _own(session, export_id, lease)
        if export.reached_seq >= export.upper_seq:
            return False
        part, reached = _read_part(session, export, desk)
    _refuse_too_many_rows(export, len(part.statements), desk.settings)
    file_name = f"part-{lease.hex[:8]}-{reached}.{export.form}"
    if part.statements:
        write_part(export.form, part, folder / file_name)
    _enter_part(desk, export, lease, file_name=file_name, rows=len(part.statements), reached=reached)
    return True


def _own(session: Session, export_id: UUID, lease: UUID) -> Export:
    """The export as it stands, if this worker still has it."""
    export = session.scalar(select(Export).where(Export.export_id == export_id, Export.lease == lease))
    if export is None or export.state != "running":
        raise _Lost
    return export


def authority_of(export: Export) -> Account | None:
    """The account that must vouch for what is exported; None: whoever."""
    if not export.authority_name:
        return None
    return Account(home_page=export.authority_home_page, name=export.authority_name)


def _read_part(session: Session, export: Export, desk: Desk) -> tuple[Part, int]:
    """The next part, and the `seq` up to which it reaches."""
    reach = Reach(on=export.posts_on, root_id=export.root_id, authority=authority_of(export))
    search = search_for(session, read_filters(export.filters), reach=reach, iri_base=desk.settings.iri_base)
    statements, reached = read_matches(
        session, search, after=export.reached_seq, until=export.upper_seq, limit=desk.part_rows
    )
    people = {}
    if export.form != "ndjson":
        people = find_people(session, statements, with_names=export.with_names)
    return Part(statements, people, export.with_names), reached


def _refuse_too_many_rows(export: Export, more: int, settings: ExportSettings) -> None:
    if export.rows_done + more > settings.most_rows:
        raise ExportTooLarge(
            f"The answer has more than {settings.most_rows} statements. Divide it by month or by unit."
        )


def _enter_part(desk: Desk, export: Export, lease: UUID, *, file_name: str, rows: int, reached: int) -> None:
    """The bookmark moves, and the part is known, in one transaction; or neither."""
    with desk.transaction() as session:
        moved = session.scalars(
            update(Export)
            .where(
                Export.export_id == export.export_id,
                Export.lease == lease,
                Export.state == "running",
                Export.reached_seq == export.reached_seq,
            )
            .values(
                reached_seq=reached,
                rows_done=Export.rows_done + rows,
                leased_until=desk.clock() + _LEASE,
            )
            .returning(Export.export_id)
        ).all()
        if not moved:
            raise _Lost
        if rows:
            numbers = session.scalars(
                select(ExportPart.number).where(ExportPart.export_id == export.export_id)
            ).all()
            session.add(
                ExportPart(
                    export_id=export.export_id,
                    number=max(numbers, default=0) + 1,
                    file_name=file_name,
                    rows=rows,
                )
            )


def _finish(desk: Desk, export_id: UUID, lease: UUID, folder: Path) -> None:
    """Joins the parts into the file; done again from the beginning when a worker is killed in between."""
    with desk.reading() as session:
        export = _own(session, export_id, lease)
        names = session.scalars(
            select(ExportPart.file_name).where(ExportPart.export_id == export_id).order_by(ExportPart.number)
        ).all()
    joined = folder / f"joined-{lease.hex[:8]}.{export.form}"
    parts = _with_signs_of_life(desk, export_id, lease, [folder / name for name in names])
    join_parts(export.form, parts, joined, with_names=export.with_names)
    size = joined.stat().st_size
    joined.replace(file_of(export, desk.settings))
    now = desk.clock()
    with desk.transaction() as session:
        own = _own(session, export_id, lease)
        own.state, own.lease, own.leased_until = "finished", None, None
        own.size_bytes, own.ended_at, own.expires_at = size, now, expiry_from(now, desk.settings)
    _delete_all_but(folder, file_of(export, desk.settings))
    log.info("export_finished", export_id=str(export_id), rows=export.rows_done, size_bytes=size)


def _with_signs_of_life(desk: Desk, export_id: UUID, lease: UUID, parts: Sequence[Path]) -> Iterator[Path]:
    """The parts; between them the lease is renewed, because joining millions of rows takes its time."""
    renew_at = desk.clock() + _SIGN_OF_LIFE
    for part in parts:
        if desk.clock() >= renew_at:
            with desk.transaction() as session:
                _own(session, export_id, lease).leased_until = desk.clock() + _LEASE
            renew_at = desk.clock() + _SIGN_OF_LIFE
        yield part


def _give_back(desk: Desk, export_id: UUID, lease: UUID) -> None:
    """Lets the next run, here or elsewhere, go on."""
    with desk.transaction() as session:
        own = _own(session, export_id, lease)
        own.lease, own.leased_until = None, desk.clock()


def _delete_all_but(folder: Path, kept: Path) -> None:
    """Parts that are in the file now, and orphans of workers that were killed."""
    for path in folder.iterdir():
        if path != kept:
            path.unlink(missing_ok=True)


def _fail(desk: Desk, export_id: UUID, lease: UUID, *, code: str) -> None:
    with desk.transaction() as session:
        session.execute(
            update(Export)
            .where(Export.export_id == export_id, Export.lease == lease)
            .values(state="failed", failure=code, ended_at=desk.clock(), lease=None, leased_until=None)
        )
