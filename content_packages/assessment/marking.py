"""Essays wait for a person, who gives points by the rubric; until then their attempt has no score."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from content_packages.assessment.answers import ItemState, read_items
from content_packages.assessment.attempts import AttemptState, attempt_state, lock_attempt
from content_packages.assessment.finishing import count_score, read_outcome
from content_packages.assessment.models import (
    ABANDONED,
    FINISHED,
    IN_PROGRESS,
    MARK,
    OVERDUE,
    Attempt,
    AttemptItem,
)
from content_packages.assessment.scoring import DIGITS
from content_packages.assessment.steps import add_step
from content_packages.contents import Package, Question
from content_packages.errors import ItemNotFound, MarkRefused

_LONGEST_COMMENT = 4000


@dataclass(frozen=True)
class EssayMark:
    """What a marker decides about one essay.

    Attributes:
        points: one number per criterion of the rubric, in its order.
        comment: for the learner; may be empty.
    """

    points: tuple[float, ...]
    comment: str = ""


def list_waiting(
    session: Session, *, home_page: str | None = None, course_id: str | None = None, limit: int = 200
) -> tuple[AttemptState, ...]:
    """Attempts that wait for a marker, those handed in first coming first.

    Args:
        home_page, course_id: only those of one course of one LMS.
    """
    query = select(Attempt).where(Attempt.state.in_([FINISHED, OVERDUE]), Attempt.score.is_(None))
    if home_page is not None:
        query = query.where(Attempt.home_page == home_page, Attempt.course_id == course_id)
    rows = session.scalars(query.order_by(Attempt.finished_at, Attempt.id).limit(limit))
    return tuple(attempt_state(row) for row in rows)


def find_for_marking(session: Session, attempt_id: int) -> AttemptState:
    """An attempt that was handed in.

    Raises:
        ItemNotFound: there is none, or it is still open.
    """
    row = session.get(Attempt, attempt_id)
    if row is None or row.state in {IN_PROGRESS, ABANDONED}:
        raise ItemNotFound("There is no attempt that was handed in at this address.")
    return attempt_state(row)


def mark_essay(
    session: Session,
    attempt_id: int,
    *,
    position: int,
    mark: EssayMark,
    seen_seq: int,
    package: Package,
    made_by: str,
    now: datetime,
) -> AttemptState:
    """Adds the points as a step; when nothing else waits, the attempt has its score from then on.

    An essay may be marked again; the newest mark counts. The same mark sent twice counts once.

    Args:
        seen_seq: the item's `seq` when the page was made.
        package: the version to which the attempt is pinned.
        made_by: pseudonym or name of the marker.

    Raises:
        MarkRefused: the points do not fit the rubric, the attempt is open, or somebody marked meanwhile.
        ItemNotFound: the attempt has no such question.
    """
    attempt = lock_attempt(session, attempt_id)
    if attempt.state in {IN_PROGRESS, ABANDONED}:
        raise MarkRefused("Only an attempt that was handed in can be marked.")
    item = _find_item(session, attempt_id, position)
    question = package.questions[item.question_id]
    content = _content(question, mark)
    if dict(item.mark or {}) == content:
        return attempt_state(attempt)
    if seen_seq != item.seq:
        raise MarkRefused("Somebody marked this essay meanwhile. Open it again to see the points.")
    add_step(
        session,
        attempt,
        MARK,
        content,
        at=now,
        item=session.get_one(AttemptItem, item.item_id),
        seq=item.seq + 1,
        earned=earned_by(question, mark.points),
        made_by=made_by,
    )
    count_score(session, attempt, package=package)
    return attempt_state(attempt)


def earned_by(question: Question, points: Sequence[float]) -> float:
    """What an essay earns, 0..1: points given of points possible (pure)."""
    return round(sum(points) / sum(one.points for one in question.rubric), DIGITS)


def waiting_positions(session: Session, attempt: AttemptState, *, package: Package) -> tuple[int, ...]:
    """Positions of the essays of an attempt that have no points yet."""
    outcome = read_outcome(session, attempt, package=package)
    return tuple(scored.item.position for scored in outcome.items if scored.awaits_marking)


def _find_item(session: Session, attempt_id: int, position: int) -> ItemState:
    found = next((one for one in read_items(session, attempt_id) if one.position == position), None)
    if found is None:
        raise ItemNotFound(f"The attempt has no question {position}.")
    return found


def _content(question: Question, mark: EssayMark) -> Mapping[str, Any]:
    if question.type != "essay":
        raise MarkRefused("Only essays are marked by a person.")
    if len(mark.points) != len(question.rubric):
        raise MarkRefused(f"The rubric has {len(question.rubric)} criteria; give points for each.")
    for given, one in zip(mark.points, question.rubric, strict=True):
        if not 0 <= given <= one.points:
            raise MarkRefused(f"Points for “{one.criterion}” are 0 to {one.points:g}.")
    comment = mark.comment.replace("\x00", "").strip()
    if len(comment) > _LONGEST_COMMENT:
        raise MarkRefused(f"A comment has at most {_LONGEST_COMMENT} characters.")
    return {"points": [float(one) for one in mark.points], "comment": comment}
