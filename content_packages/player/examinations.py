"""A learner takes a quiz: begin, hand in, or be handed in by the clock, each told as statements."""

from datetime import datetime

from sqlalchemy.orm import Session

from content_packages.assessment.attempts import AttemptState, find_standing, lock_attempt, start_attempt
from content_packages.assessment.finishing import AttemptOutcome, find_overdue, finish_attempt
from content_packages.assessment.models import IN_PROGRESS
from content_packages.contents import Quiz
from content_packages.library import read_package
from content_packages.player import milestones
from content_packages.player.lessons import complete_module_if_done
from content_packages.player.study import Study


def begin_quiz(session: Session, study: Study, quiz: Quiz, *, seed: int, now: datetime) -> AttemptState:
    """The attempt in progress, or a new one; one whose time is over is handed in first.

    Raises:
        AttemptsUsedUp, AttemptTooSoon: the rules of the quiz.
    """
    standing = find_standing(
        session, study.learner, registration=study.registration, package=study.package, quiz=quiz
    )
    begun = standing.open_attempt
    if begun is not None and begun.is_time_over(now):
        hand_in(session, begun, iri_base=study.iri_base, now=now)
    attempt = start_attempt(
        session,
        study.learner,
        registration=study.registration,
        package=study.package,
        quiz=quiz,
        seed=seed,
        now=now,
    )
    if attempt.id not in {earlier.id for earlier in standing.attempts}:
        milestones.record_milestones(session, study, [milestones.attempt_begun(study, attempt)], now=now)
    return attempt


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
        statements = milestones.attempt_finished(study, outcome)
        module = pinned.module_of_quiz(attempt.quiz_id)
        if module is not None and outcome.attempt.passed:
            complete_module_if_done(session, study, module, statements, now=now)
        milestones.record_milestones(session, study, statements, now=now)
    return outcome


def hand_in_overdue(session: Session, *, iri_base: str, now: datetime, limit: int) -> int:
    """Hands in attempts whose time is over and whose learners did not come back; returns how many."""
    overdue = find_overdue(session, now=now, limit=limit)
    for attempt in overdue:
        hand_in(session, attempt, iri_base=iri_base, now=now)
    return len(overdue)


def is_attempt_overdue(session: Session, *, now: datetime) -> bool:
    """Whether any attempt waits for `hand_in_overdue`; asking takes no lock."""
    return bool(find_overdue(session, now=now, limit=1))
