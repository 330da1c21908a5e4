"""A learner takes a quiz: begin, hand in, or be handed in by the clock, each told as statements."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from content_packages.assessment.allowances import Allowance, allow_more_time, open_attempt_ids
from content_packages.assessment.attempts import (
    AttemptState,
    attempt_state,
    due_instant,
    find_standing,
    lock_attempt,
    start_attempt,
)
from content_packages.assessment.finishing import (
    AttemptOutcome,
    abandon_attempt,
    find_forgotten,
    find_overdue,
    finish_attempt,
)
from content_packages.assessment.legal_validity import draw_pool
from content_packages.assessment.models import IN_PROGRESS
from content_packages.contents import Package, Question, Quiz, Window
from content_packages.errors import AttemptOutsideWindow
from content_packages.library import read_package
from content_packages.player import milestones
from content_packages.player.results import tell_result
from content_packages.player.study import Study
from xapi_bridge.statement import Account

VIET_NAM = ZoneInfo("Asia/Ho_Chi_Minh")


def begin_quiz(
    session: Session,
    study: Study,
    quiz: Quiz,
    *,
    seed: int,
    now: datetime,
    opens_at: datetime | None = None,
    closes_at: datetime | None = None,
    course_id: str = "",
) -> AttemptState:
    """The attempt in progress, or a new one; one whose time is over is handed in first.

    Args:
        opens_at, closes_at: the time for attempts that the teacher of the course set; the window of the quiz
            itself is kept as well.
        course_id: the course of the LMS from which the learner came.

    Raises:
        AttemptsUsedUp, AttemptTooSoon: the rules of the quiz.
        AttemptOutsideWindow: the time for attempts.
        QuestionsExpired: too few questions rest on law in force.
    """
    standing = find_standing(
        session, study.learner, registration=study.registration, package=study.package, quiz=quiz
    )
    begun = standing.open_attempt
    if begun is not None and begun.is_time_over(now):
        hand_in(session, begun, iri_base=study.iri_base, now=now)
    window = attempt_window(quiz, opens_at=opens_at, closes_at=closes_at)
    if begun is None or begun.is_time_over(now):
        refuse_outside_window(window.opens_at, window.last_start_at or window.closes_at, now=now)
    attempt = start_attempt(
        session,
        study.learner,
        registration=study.registration,
        package=study.package,
        quiz=quiz,
        seed=seed,
        now=now,
        closes_at=window.closes_at,
        course_id=course_id,
        pool=drawable(study.package, quiz, now=now),
    )
    if attempt.id not in {earlier.id for earlier in standing.attempts}:
        milestones.record_milestones(session, study, [milestones.attempt_begun(study, attempt)], now=now)
    return attempt


def attempt_window(quiz: Quiz, *, opens_at: datetime | None, closes_at: datetime | None) -> Window:
    """The quiz's own window and the teacher's together: the later beginning, the earlier end (pure)."""
    own = quiz.window or Window(None, None, None)
    begins = [one for one in (own.opens_at, opens_at) if one is not None]
    ends = [one for one in (own.closes_at, closes_at) if one is not None]
    closes = min(ends, default=None)
    starts = [one for one in (own.last_start_at, closes) if one is not None]
    return Window(max(begins, default=None), closes, min(starts, default=None))


def drawable(package: Package, quiz: Quiz, *, now: datetime) -> list[Question]:
    """What an attempt may draw today, in written order: in practice all, else only what is in force."""
    if quiz.mode == "practice":
        return list(package.questions.values())
    in_force = {question.id for question in draw_pool(package, on=now.astimezone(VIET_NAM).date())}
    return [question for question in package.questions.values() if question.id in in_force]


def refuse_outside_window(opens_at: datetime | None, closes_at: datetime | None, *, now: datetime) -> None:
    """Raises when the teacher's time for attempts is not now.

    Raises:
        AttemptOutsideWindow
    """
    if opens_at is not None and now < opens_at:
        raise AttemptOutsideWindow(f"Attempts may begin at {opens_at.isoformat()}.")
    if closes_at is not None and now >= closes_at:
        raise AttemptOutsideWindow(f"Attempts could be made until {closes_at.isoformat()}.")


def hand_in(session: Session, attempt: AttemptState, *, iri_base: str, now: datetime) -> AttemptOutcome:
    """Finishes the attempt with all saved answers, and completes the module when that was the last thing.

    Handing in twice gives the same outcome and tells nothing twice. The attempt is scored and told by the
    package version to which it is pinned.
    """
    pinned = read_package(session, attempt.package_digest)
    was_open = lock_attempt(session, attempt.id).state == IN_PROGRESS
    outcome = finish_attempt(session, attempt.id, package=pinned, now=now)
    if was_open:
        study = Study(attempt.learner, attempt.registration, pinned, iri_base)
        milestones.record_milestones(session, study, milestones.answers_given(study, outcome), now=now)
        tell_result(session, study, outcome, now=now)
    return outcome


def hand_in_overdue(session: Session, *, iri_base: str, now: datetime, limit: int) -> int:
    """Closes attempts whose learners did not come back; returns how many.

    Those whose time is over are handed in; those without a time limit that lay untouched for long are
    abandoned.
    """
    overdue = find_overdue(session, now=now, limit=limit)
    for attempt in overdue:
        hand_in(session, attempt, iri_base=iri_base, now=now)
    forgotten = find_forgotten(session, now=now, limit=limit)
    return len(overdue) + sum(abandon_attempt(session, one.id, now=now) for one in forgotten)


def is_attempt_overdue(session: Session, *, now: datetime) -> bool:
    """Whether any attempt waits for `hand_in_overdue`; asking takes no lock."""
    return bool(find_overdue(session, now=now, limit=1) or find_forgotten(session, now=now, limit=1))


def give_more_time(
    session: Session,
    learner: Account,
    *,
    package_id: str,
    quiz_id: str,
    percent: int,
    reason: str,
    given_by: str,
    now: datetime,
) -> Allowance:
    """Gives the learner more time, for attempts to come and for those in progress.

    Args:
        quiz_id: empty for all quizzes of the package.
        percent: in addition to the time limit; 0 takes it back, though never what is already used.

    Raises:
        AllowanceRefused: the percentage is out of bounds, or there is no reason.
    """
    allowance = allow_more_time(
        session,
        learner,
        package_id=package_id,
        quiz_id=quiz_id,
        percent=percent,
        reason=reason,
        given_by=given_by,
        now=now,
    )
    for attempt_id in open_attempt_ids(session, learner, package_id=package_id, quiz_id=quiz_id):
        _set_due(session, attempt_id)
    return allowance


def _set_due(session: Session, attempt_id: int) -> None:
    attempt = lock_attempt(session, attempt_id)
    state = attempt_state(attempt)
    quiz = read_package(session, state.package_digest).quizzes[state.quiz_id]
    attempt.due_at = due_instant(
        session,
        state.learner,
        package_id=state.package_id,
        quiz=quiz,
        begun_at=state.started_at,
        closes_at=state.closes_at,
    )
    session.flush()
