"""An export of everything that is kept of one person: asked for, written, fetched, deleted."""

import json
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import msgspec
import structlog
from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from sync.privacy.erasures import subject_digest
from sync.privacy.models import PersonExport
from sync.privacy.person_archive import write_person_archive
from sync.privacy.subjects import Subject
from sync.privacy_errors import ErasureIncomplete, PersonExportNotReady, PersonExportUnknown
from sync.settings import PrivacySettings
from xapi_bridge.statement.rewriting import Identifier
from xapi_bridge.store.audit import Reading
from xapi_bridge.store.blobs import Blobs
from xapi_bridge.store.erasure import find_named_seqs
from xapi_bridge.store.sequence import last_sequence

OpenTransaction = Callable[[], AbstractContextManager[Session]]
FindReadings = Callable[[Sequence[Identifier]], Sequence[Reading]]

WAITING, RUNNING, FINISHED, FAILED, EXPIRED = "waiting", "running", "finished", "failed", "expired"
#: How long a worker may be silent before another one begins anew.
LEASE = timedelta(minutes=5)

log = structlog.get_logger(__name__)


def no_readings(_identifiers: Sequence[Identifier]) -> Sequence[Reading]:
    """Where no audit log is kept."""
    return ()


@dataclass(frozen=True)
class Desk:
    """What the writing needs.

    Attributes:
        reading: opens a session that only reads.
        find_readings: who asked for the records of a person with these identifiers.
    """

    transaction: OpenTransaction
    reading: OpenTransaction
    blobs: Blobs
    settings: PrivacySettings
    clock: Callable[[], datetime]
    find_readings: FindReadings = no_readings


class _Working(msgspec.Struct, frozen=True):
    identifiers: list[list[str]]
    person_id: int | None

    @property
    def subject(self) -> Subject:
        return Subject(tuple(tuple(one) for one in self.identifiers), self.person_id)


def request_person_export(
    session: Session,
    subject: Subject,
    *,
    reference: str,
    by: str,
    settings: PrivacySettings,
    key: bytes,
    now: datetime,
) -> PersonExport:
    """Files the request; the background work writes the file.

    Raises:
        ErasureIncomplete: the reference is missing or too long.
    """
    if not 0 < len(reference.strip()) <= (PersonExport.reference.type.length or 0):
        raise ErasureIncomplete("The reference of the request has 1 to 80 characters.")
    until = last_sequence(session)
    own, _ = find_named_seqs(session, subject.identifiers, until=until)
    export = PersonExport(
        export_id=uuid4(),
        reference=reference.strip(),
        subject=json.dumps({"identifiers": subject.identifiers, "person_id": subject.person_id}),
        subject_digest=subject_digest(subject.identifiers, key=key),
        state=WAITING,
        until_seq=until,
        total=len(own),
        ordered_by=by,
        ordered_at=now,
        expires_at=now + settings.person_exports_kept,
    )
    session.add(export)
    session.flush()
    return export


def list_person_exports(session: Session, *, limit: int = 50) -> list[PersonExport]:
    """Requests, the newest first."""
    return list(session.scalars(select(PersonExport).order_by(PersonExport.ordered_at.desc()).limit(limit)))


def get_person_export(session: Session, export_id: UUID) -> PersonExport:
    """The request.

    Raises:
        PersonExportUnknown: there is none with this number.
    """
    export = session.get(PersonExport, export_id)
    if export is None:
        raise PersonExportUnknown(f"There is no export {export_id}.")
    return export


def file_of(export: PersonExport, settings: PrivacySettings) -> Path:
    """The finished file.

    Raises:
        PersonExportNotReady: it is not written yet, could not be written, or its time is over.
    """
    path = _path(export.export_id, settings)
    if export.state != FINISHED or not path.is_file():
        raise PersonExportNotReady(f"The export is {export.state}; there is no file to fetch.")
    return path


def is_person_export_waiting(session: Session, *, now: datetime) -> bool:
    """Whether there is something to write or to delete; takes no lock."""
    due = select(PersonExport.export_id).where(or_(_claimable(now), _outlived(now))).limit(1)
    return session.scalar(due) is not None


def write_person_exports(desk: Desk) -> int:
    """Writes what waits and deletes what outlived its time; returns how many of both."""
    done = delete_outlived(desk)
    while (claimed := _claim(desk)) is not None:
        _write(desk, claimed)
        done += 1
    return done


def delete_outlived(desk: Desk) -> int:
    """Deletes files whose time is over, and forgets whom they were about."""
    with desk.transaction() as session:
        over = session.scalars(
            select(PersonExport).where(_outlived(desk.clock())).with_for_update(skip_locked=True)
        ).all()
        for export in over:
            _path(export.export_id, desk.settings).unlink(missing_ok=True)
            export.state, export.subject = EXPIRED, ""
    return len(over)


def count_exports_of(session: Session, subject: Subject) -> int:
    """How many requests or files about the person are kept."""
    return len(_exports_of(session, subject))


def expire_exports_of(session: Session, subject: Subject, *, now: datetime) -> int:
    """Has every file about the person deleted by the next round, for an erasure; returns how many."""
    found = _exports_of(session, subject)
    for export in found:
        export.expires_at, export.subject = now, ""
    session.flush()
    return len(found)


def _exports_of(session: Session, subject: Subject) -> list[PersonExport]:
    names = {tuple(one) for one in subject.identifiers}
    kept = session.scalars(select(PersonExport).where(PersonExport.subject != "")).all()
    return [one for one in kept if names & {tuple(each) for each in _working(one).identifiers}]


def _working(export: PersonExport) -> _Working:
    return msgspec.json.decode(export.subject, type=_Working)


def _claim(desk: Desk) -> UUID | None:
    now = desk.clock()
    with desk.transaction() as session:
        export = session.scalar(
            select(PersonExport)
            .where(_claimable(now))
            .order_by(PersonExport.ordered_at)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        if export is None:
            return None
        export.state, export.leased_until, export.done = RUNNING, now + LEASE, 0
        return export.export_id


def _write(desk: Desk, export_id: UUID) -> None:
    path = _path(export_id, desk.settings)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    unfinished = path.with_suffix(f".{uuid4().hex}.part")
    try:
        with desk.reading() as session:
            export = get_person_export(session, export_id)
            subject = _working(export).subject
            written = write_person_archive(
                session,
                subject,
                unfinished,
                reference=export.reference,
                until=export.until_seq,
                blobs=desk.blobs,
                readings=desk.find_readings(subject.identifiers),
                now=desk.clock(),
                report=lambda done: _note_progress(desk, export_id, done),
            )
        unfinished.replace(path)
        _finish(desk, export_id, sha256=written, size=path.stat().st_size)
    except Exception as broken:
        # One export that cannot be written must not hold up the others; the operator sees the code.
        log.exception("person_export_failed", export_id=str(export_id))
        _fail(desk, export_id, code=str(getattr(broken, "code", type(broken).__name__)))
    finally:
        unfinished.unlink(missing_ok=True)


def _note_progress(desk: Desk, export_id: UUID, done: int) -> None:
    with desk.transaction() as session:
        export = get_person_export(session, export_id)
        export.done, export.leased_until = done, desk.clock() + LEASE


def _finish(desk: Desk, export_id: UUID, *, sha256: str, size: int) -> None:
    with desk.transaction() as session:
        export = get_person_export(session, export_id)
        export.state, export.leased_until = FINISHED, None
        export.sha256, export.size_bytes, export.done = sha256, size, export.total


def _fail(desk: Desk, export_id: UUID, *, code: str) -> None:
    with desk.transaction() as session:
        export = get_person_export(session, export_id)
        export.state, export.failure, export.leased_until = FAILED, code[:64], None


def _path(export_id: UUID, settings: PrivacySettings) -> Path:
    return settings.folder / f"{export_id}.zip"


def _claimable(now: datetime) -> ColumnElement[bool]:
    abandoned = (PersonExport.state == RUNNING) & (PersonExport.leased_until < now)
    return (PersonExport.subject != "") & ((PersonExport.state == WAITING) | abandoned)


def _outlived(now: datetime) -> ColumnElement[bool]:
    return (PersonExport.state != EXPIRED) & (PersonExport.expires_at <= now)
