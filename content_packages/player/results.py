"""The result of an attempt, told once; told anew when points were given or counted again."""

from datetime import datetime

from sqlalchemy.orm import Session

from content_packages.assessment.attempts import AttemptState, lock_attempt
from content_packages.assessment.finishing import AttemptOutcome, read_outcome
from content_packages.assessment.marking import EssayMark, mark_essay
from content_packages.assessment.regrading import AttemptChange, NewKey, apply_change
from content_packages.library import read_package
from content_packages.player import milestones
from content_packages.player.lessons import complete_module_if_done
from content_packages.player.study import Study
from xapi_bridge.statement import Statement


def tell_result(
    session: Session,
    study: Study,
    outcome: AttemptOutcome,
    *,
    now: datetime,
    before: AttemptState | None = None,
    reason: str = "",
) -> None:
    """Passed or failed, when the attempt has its score; takes back what was told before.

    A module that the quiz ends is completed when that was the last thing. A completion is never taken back:
    the learner did what was asked then.

    Args:
        before: the attempt as it was told last, when it was told.
        reason: code of why the earlier result is taken back.
    """
    attempt = lock_attempt(session, outcome.attempt.id)
    statements: list[Statement] = []
    if before is not None and attempt.results_told and before.score is not None:
        statements.append(
            milestones.result_taken_back(study, before, attempt.results_told, reason=reason, at=now)
        )
    if outcome.attempt.score is not None:
        attempt.results_told += 1
        statements.append(milestones.attempt_result(study, outcome, attempt.results_told, now=now))
    module = study.package.module_of_quiz(outcome.attempt.quiz_id)
    if module is not None and outcome.attempt.passed:
        complete_module_if_done(session, study, module, statements, now=now)
    milestones.record_milestones(session, study, statements, now=now)
    session.flush()


def mark_and_tell(
    session: Session,
    attempt: AttemptState,
    *,
    position: int,
    mark: EssayMark,
    seen_seq: int,
    made_by: str,
    iri_base: str,
    now: datetime,
) -> AttemptState:
    """Gives points for an essay; the result follows when it was the last one that waited.

    Raises:
        MarkRefused, ItemNotFound: as `mark_essay`.
    """
    pinned = read_package(session, attempt.package_digest)
    marked = mark_essay(
        session,
        attempt.id,
        position=position,
        mark=mark,
        seen_seq=seen_seq,
        package=pinned,
        made_by=made_by,
        now=now,
    )
    if marked.chain == attempt.chain:
        return marked  # The same mark was sent twice.
    _tell_anew(session, attempt, marked, reason="marked-again", iri_base=iri_base, now=now)
    return marked


def regrade_and_tell(
    session: Session,
    change: AttemptChange,
    *,
    key: NewKey,
    reason: str,
    made_by: str,
    iri_base: str,
    now: datetime,
) -> AttemptState:
    """Applies what a new key changes about one attempt; the grade follows the new result."""
    regraded = apply_change(session, change, key=key, reason=reason, made_by=made_by, now=now)
    _tell_anew(session, change.attempt, regraded, reason="counted-again", iri_base=iri_base, now=now)
    return regraded


def _tell_anew(
    session: Session, before: AttemptState, after: AttemptState, *, reason: str, iri_base: str, now: datetime
) -> None:
    if (before.score, before.passed) == (after.score, after.passed):
        return
    pinned = read_package(session, after.package_digest)
    study = Study(after.learner, after.registration, pinned, iri_base)
    outcome = read_outcome(session, after, package=pinned)
    tell_result(session, study, outcome, before=before, reason=reason, now=now)
