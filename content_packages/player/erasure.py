"""What studying leaves behind of a learner: attempts lose the learner, reading progress and drafts go."""

from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, delete, exists, func, or_, select, update
from sqlalchemy.orm import Session

from content_packages.active.erasure import erase_imported
from content_packages.assessment.models import IN_PROGRESS, Attempt, AttemptItem, Draft, Step, TimeAllowance
from content_packages.player.models import CheckAnswer, ModuleProgress, SectionRead, VersionChoice
from xapi_bridge.statement import Account


def erase_learner(
    session: Session,
    learner: Account,
    *,
    pseudonym: Account,
    registration_for: Callable[[UUID], UUID],
    reduces: bool,
) -> dict[str, int]:
    """Attempts that ended go to the pseudonym with their scores; what only helps to resume is deleted.

    An attempt that is still open is deleted: nobody could finish it.

    Args:
        registration_for: the replacement of each registration.
        reduces: whether the answers of ended attempts go as well.

    Returns:
        `attempts` that were kept under the pseudonym, `study_records` that were deleted.
    """
    deleted = _delete_progress(session, learner) + _delete_own(session, learner)
    deleted += erase_imported(session, learner)
    open_ones = _attempts(session, learner, only_open=True)
    deleted += _delete_answers(session, open_ones) + _delete_attempts(session, open_ones)
    ended = _attempts(session, learner, only_open=False)
    deleted += _delete_drafts(session, ended)
    if reduces:
        deleted += _delete_answers(session, ended)
    for attempt_id, registration in ended:
        session.execute(
            update(Attempt)
            .where(Attempt.id == attempt_id)
            .values(
                home_page=pseudonym.home_page,
                name=pseudonym.name,
                registration=registration_for(registration),
            )
            .execution_options(synchronize_session=False)
        )
    return {"attempts": len(ended), "study_records": deleted}


def _delete_progress(session: Session, learner: Account) -> int:
    mine = select(ModuleProgress.id).where(
        ModuleProgress.home_page == learner.home_page, ModuleProgress.name == learner.name
    )
    deleted = 0
    for table in (SectionRead, CheckAnswer):
        deleted += len(
            session.execute(
                delete(table).where(table.progress_id.in_(mine)).returning(table.progress_id)
            ).all()
        )
    gone = session.execute(
        delete(ModuleProgress)
        .where(ModuleProgress.home_page == learner.home_page, ModuleProgress.name == learner.name)
        .returning(ModuleProgress.id)
    )
    return deleted + len(gone.all())


def _attempts(session: Session, learner: Account, *, only_open: bool) -> list[tuple[int, UUID]]:
    state = Attempt.state == IN_PROGRESS if only_open else Attempt.state != IN_PROGRESS
    rows = session.execute(
        select(Attempt.id, Attempt.registration)
        .where(Attempt.home_page == learner.home_page, Attempt.name == learner.name, state)
        .order_by(Attempt.id)
        .with_for_update()
    )
    return [(attempt_id, registration) for attempt_id, registration in rows]


def _delete_answers(session: Session, attempts: Sequence[tuple[int, UUID]]) -> int:
    deleted = _delete_drafts(session, attempts)
    for attempt_id, _ in attempts:
        gone = session.execute(delete(Step).where(Step.attempt_id == attempt_id).returning(Step.id))
        deleted += len(gone.all())
        # Without its steps an attempt has no chain any more, rather than a broken one.
        session.execute(update(Attempt).where(Attempt.id == attempt_id).values(steps=0, chain=""))
    return deleted


def _delete_drafts(session: Session, attempts: Sequence[tuple[int, UUID]]) -> int:
    deleted = 0
    for attempt_id, _ in attempts:
        items = select(AttemptItem.id).where(AttemptItem.attempt_id == attempt_id)
        gone = session.execute(delete(Draft).where(Draft.item_id.in_(items)).returning(Draft.item_id))
        deleted += len(gone.all())
    return deleted


def _delete_own(session: Session, learner: Account) -> int:
    """More time that was given, and choices between versions."""
    deleted = 0
    for table in (TimeAllowance, VersionChoice):
        gone = session.execute(
            delete(table)
            .where(table.home_page == learner.home_page, table.name == learner.name)
            .returning(table.id)
        )
        deleted += len(gone.all())
    return deleted


def _delete_attempts(session: Session, attempts: Sequence[tuple[int, UUID]]) -> int:
    for attempt_id, _ in attempts:
        session.execute(delete(AttemptItem).where(AttemptItem.attempt_id == attempt_id))
        session.execute(delete(Attempt).where(Attempt.id == attempt_id))
    return len(attempts)


def count_stale_progress(session: Session, *, before: datetime) -> int:
    """How many modules were opened before, and nothing of them read or tried since."""
    return session.scalar(select(func.count()).where(*_stale(before))) or 0


def delete_stale_progress(session: Session, *, before: datetime, limit: int) -> int:
    """Deletes what helps to resume them, at most `limit` modules; completions stay in the records."""
    stale = session.scalars(
        select(ModuleProgress.id).where(*_stale(before)).order_by(ModuleProgress.id).limit(limit)
    ).all()
    for table in (SectionRead, CheckAnswer):
        session.execute(delete(table).where(table.progress_id.in_(stale)))
    session.execute(delete(ModuleProgress).where(ModuleProgress.id.in_(stale)))
    return len(stale)


def _stale(before: datetime) -> list[ColumnElement[bool]]:
    return [
        ModuleProgress.started_at < before,
        or_(ModuleProgress.completed_at.is_(None), ModuleProgress.completed_at < before),
        ~exists().where(SectionRead.progress_id == ModuleProgress.id, SectionRead.read_at >= before),
        ~exists().where(CheckAnswer.progress_id == ModuleProgress.id, CheckAnswer.answered_at >= before),
    ]
