"""How often questions were drawn before: what the learner has not seen comes first."""

from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from content_packages.assessment.blueprint import Exposure
from content_packages.assessment.models import Attempt, AttemptItem

#: Attempts that tell how much a question is used. Counting the newest only keeps the cost the same however
#: many officials have taken the quiz, and lets a new question catch up.
_LATELY = 200


def find_exposure(session: Session, attempt: Attempt) -> Exposure:
    """Counts for the learner of the attempt, whose own questions are not drawn yet."""
    mine = select(Attempt.id).where(
        Attempt.home_page == attempt.home_page,
        Attempt.name == attempt.name,
        Attempt.package_id == attempt.package_id,
        Attempt.id != attempt.id,
    )
    lately = (
        select(Attempt.id)
        .where(Attempt.package_id == attempt.package_id, Attempt.quiz_id == attempt.quiz_id)
        .order_by(Attempt.id.desc())
        .limit(_LATELY)
    )
    return Exposure(by_learner=_counts(session, mine), lately=_counts(session, lately))


def _counts(session: Session, attempts: Select[Any]) -> dict[str, int]:
    rows = session.execute(
        select(AttemptItem.question_id, func.count())
        .where(AttemptItem.attempt_id.in_(attempts))
        .group_by(AttemptItem.question_id)
    )
    return {question_id: count for question_id, count in rows}  # noqa: C416 - rows are no pairs to mypy
