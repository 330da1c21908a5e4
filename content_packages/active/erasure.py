"""What imported courses keep of a learner beside the record store: shown on request, deleted on erasure."""

from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from content_packages.active.models import (
    ActivePackage,
    ActiveRegistration,
    ActiveSession,
    ActiveUnitProgress,
    ScormRecord,
)
from xapi_bridge.statement import Account


def erase_imported(session: Session, learner: Account) -> int:
    """Deletes registrations with their sessions, progress and kept data; returns how many rows went.

    What was learned stays in the record store, under the pseudonym.
    """
    mine = select(ActiveRegistration.id).where(
        ActiveRegistration.home_page == learner.home_page, ActiveRegistration.name == learner.name
    )
    deleted = 0
    for table in (ActiveSession, ActiveUnitProgress, ScormRecord):
        gone = session.execute(
            delete(table).where(table.registration_id.in_(mine)).returning(table.registration_id)
        )
        deleted += len(gone.all())
    gone = session.execute(
        delete(ActiveRegistration).where(ActiveRegistration.id.in_(mine)).returning(ActiveRegistration.id)
    )
    return deleted + len(gone.all())


def imported_progress_of(session: Session, learner: Account) -> list[dict[str, Any]]:
    """Imported courses that the learner opened, with what was reached and what the content keeps."""
    rows = session.execute(
        select(ActiveRegistration, ActivePackage.name, ActivePackage.title)
        .join(ActivePackage, ActivePackage.id == ActiveRegistration.package_id)
        .where(ActiveRegistration.home_page == learner.home_page, ActiveRegistration.name == learner.name)
        .order_by(ActiveRegistration.opened_at, ActiveRegistration.id)
    )
    return [
        {
            "course": name,
            "title": title,
            "opened_at": row.opened_at,
            "satisfied_at": row.satisfied_at,
            "score": row.score,
            "units": _units(session, row),
        }
        for row, name, title in rows.all()
    ]


def _units(session: Session, row: ActiveRegistration) -> list[dict[str, Any]]:
    reached = session.scalars(
        select(ActiveUnitProgress)
        .where(ActiveUnitProgress.registration_id == row.id)
        .order_by(ActiveUnitProgress.place)
    )
    kept = session.scalars(select(ScormRecord).where(ScormRecord.registration_id == row.id))
    elements = {one.place: one.elements for one in kept}
    return [
        {
            "unit": one.place + 1,
            "completed_at": one.completed_at,
            "passed_at": one.passed_at,
            "failed_at": one.failed_at,
            "waived_at": one.waived_at,
            "score": one.score,
            "kept": elements.get(one.place),
        }
        for one in reached
    ]
