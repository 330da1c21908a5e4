"""Everything that the rollups hold can be made anew from the statements."""

from sqlalchemy import delete
from sqlalchemy.orm import Session

from sync.bookmarks import rewind_bookmark
from sync.figure_versions import Changed, note_change
from sync.rollups.archived import refuse_without_archives
from sync.rollups.dirty import ROLLUPS
from sync.rollups.models import DirtyKey, LearningFact, PersonDays, PersonModule, QuizScore, UnitCount


def rebuild_rollups(session: Session) -> None:
    """Empties facts, state and counts and sends the follower back to the first statement.

    The follower then makes them anew in its usual batches, so that learners' saves are not kept waiting by
    one long transaction; until it has caught up, `freshness` says how much is missing.

    Raises:
        ArchivesNeeded: archived months would be lost from the figures; restore them first.
    """
    refuse_without_archives(session, None)
    rewind_bookmark(session, ROLLUPS)
    for table in (UnitCount, PersonDays, PersonModule, DirtyKey, QuizScore, LearningFact):
        session.execute(delete(table).execution_options(synchronize_session=False))
    note_change(session, Changed.MODULES)
    note_change(session, Changed.PEOPLE)
