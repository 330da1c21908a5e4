"""Attempts: begin or resume one, and where a learner stands with a quiz."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from content_packages.assessment.allowances import allowed_percent, extended
from content_packages.assessment.blueprint import PoolTooSmall, draw_questions
from content_packages.assessment.exposure import find_exposure
from content_packages.assessment.models import ABANDONED, IN_PROGRESS, Attempt, AttemptItem
from content_packages.assessment.steps import begin_chain
from content_packages.contents import Package, Question, Quiz
from content_packages.errors import AttemptsUsedUp, AttemptTooSoon, ItemNotFound, QuestionsExpired
from xapi_bridge.database import insert_if_absent
from xapi_bridge.statement import Account

#: An answer sent in the last second may travel this long on a poor line and still counts.
GRACE = timedelta(seconds=10)


@dataclass(frozen=True)
class AttemptState:
    """One attempt as pages see it.

    Attributes:
        score: 0..1; None while it is open, while an essay waits for its marker, and when it was abandoned.
        closes_at: end of the time window for everybody, if there is one.
    """

    id: int
    learner: Account
    registration: UUID
    package_id: str
    package_digest: str
    quiz_id: str
    number: int
    state: str
    started_at: datetime
    due_at: datetime | None
    finished_at: datetime | None
    score: float | None
    passed: bool | None
    course_id: str = ""
    closes_at: datetime | None = None
    chain: str = ""

    @property
    def is_open(self) -> bool:
        """Whether answers can still come."""
        return self.state == IN_PROGRESS

    @property
    def awaits_marking(self) -> bool:
        """Whether it was handed in and a person must still give points for an essay."""
        return self.state not in {IN_PROGRESS, ABANDONED} and self.score is None

    def is_time_over(self, now: datetime) -> bool:
        """Whether it is open only because nobody has closed it yet."""
        return self.is_open and self.due_at is not None and now > self.due_at + GRACE


@dataclass(frozen=True)
class QuizStanding:
    """All attempts of a learner at a quiz under one registration, oldest first."""

    quiz: Quiz
    attempts: tuple[AttemptState, ...]

    @property
    def open_attempt(self) -> AttemptState | None:
        """The attempt in progress, if any."""
        return next((attempt for attempt in self.attempts if attempt.is_open), None)

    @property
    def attempts_left(self) -> int | None:
        """How many more may begin; None: no limit."""
        return None if self.quiz.attempts is None else max(0, self.quiz.attempts - len(self.attempts))

    @property
    def best(self) -> AttemptState | None:
        """The finished attempt with the highest score."""
        over = [attempt for attempt in self.attempts if attempt.score is not None]
        return max(over, key=lambda attempt: attempt.score or 0.0, default=None)

    @property
    def is_passed(self) -> bool:
        """Whether any attempt passed."""
        return any(attempt.passed for attempt in self.attempts)

    @property
    def is_closed(self) -> bool:
        """Whether the answers may be told: nothing more can be won by knowing them."""
        return self.open_attempt is None and (self.is_passed or self.attempts_left == 0)

    @property
    def next_allowed_at(self) -> datetime | None:
        """When the pause after the last attempt ends; None before the first."""
        ends = [attempt.finished_at for attempt in self.attempts if attempt.finished_at is not None]
        return max(ends) + self.quiz.wait_between if ends else None


def find_standing(
    session: Session, learner: Account, *, registration: UUID, package: Package, quiz: Quiz
) -> QuizStanding:
    """Where the learner stands with the quiz."""
    rows = session.scalars(
        select(Attempt).where(_of_quiz(learner, registration, package.id, quiz.id)).order_by(Attempt.number)
    )
    return QuizStanding(quiz, tuple(attempt_state(row) for row in rows))


def start_attempt(
    session: Session,
    learner: Account,
    *,
    registration: UUID,
    package: Package,
    quiz: Quiz,
    seed: int,
    now: datetime,
    closes_at: datetime | None = None,
    course_id: str = "",
    pool: Sequence[Question] | None = None,
) -> AttemptState:
    """The attempt in progress, or a new one when the rules allow it. Two clicks begin one attempt.

    Args:
        seed: decides the draw; give each attempt another.
        closes_at: when every attempt ends, however much of its own time is left.
        course_id: the course of the LMS; its teachers mark the essays.
        pool: what may be drawn today, in written order; None: every question of the package.

    Raises:
        AttemptsUsedUp, AttemptTooSoon: the rules of the quiz.
        QuestionsExpired: too few questions may be drawn today.
    """
    standing = find_standing(session, learner, registration=registration, package=package, quiz=quiz)
    if standing.open_attempt is not None:
        return standing.open_attempt
    refuse_new_attempt(standing, now=now)
    number = len(standing.attempts) + 1
    due_at = due_instant(
        session, learner, package_id=package.id, quiz=quiz, begun_at=now, closes_at=closes_at
    )
    row = {
        "home_page": learner.home_page,
        "name": learner.name,
        "registration": registration,
        "package_id": package.id,
        "package_digest": package.digest,
        "quiz_id": quiz.id,
        "number": number,
        "seed": seed,
        "state": IN_PROGRESS,
        "started_at": now,
        "due_at": due_at,
        "closes_at": closes_at,
        "course_id": course_id,
        "results_told": 0,
        "steps": 0,
        "chain": "",
    }
    is_new = insert_if_absent(session, Attempt.__table__, [row])
    attempt = session.scalars(
        select(Attempt).where(_of_quiz(learner, registration, package.id, quiz.id), Attempt.number == number)
    ).one()
    if is_new:
        _draw_items(session, attempt, package.questions.values() if pool is None else pool, quiz)
    return attempt_state(attempt)


def due_instant(
    session: Session,
    learner: Account,
    *,
    package_id: str,
    quiz: Quiz,
    begun_at: datetime,
    closes_at: datetime | None,
) -> datetime | None:
    """When an attempt ends: its time limit with what this learner has in addition, or the window's end."""
    limits = [closes_at] if closes_at is not None else []
    if quiz.time_limit is not None:
        percent = allowed_percent(session, learner, package_id=package_id, quiz_id=quiz.id)
        limits.append(begun_at + extended(quiz.time_limit, percent=percent))
    return min(limits, default=None)


def refuse_new_attempt(standing: QuizStanding, *, now: datetime) -> None:
    """Raises what forbids a new attempt, if anything does.

    Raises:
        AttemptsUsedUp: no attempt is left.
        AttemptTooSoon: the pause is not over.
    """
    if standing.attempts_left == 0:
        raise AttemptsUsedUp(f"All {standing.quiz.attempts} attempts at {standing.quiz.id} were used.")
    allowed_at = standing.next_allowed_at
    if allowed_at is not None and now < allowed_at:
        raise AttemptTooSoon(
            f"The next attempt at {standing.quiz.id} may begin at {allowed_at.isoformat()}.",
            allowed_at=allowed_at,
        )


def find_attempt(
    session: Session, learner: Account, *, registration: UUID, quiz: Quiz, package: Package, number: int
) -> AttemptState:
    """The learner's own attempt with that number.

    Raises:
        ItemNotFound: there is none.
    """
    row = session.scalar(
        select(Attempt).where(_of_quiz(learner, registration, package.id, quiz.id), Attempt.number == number)
    )
    if row is None:
        raise ItemNotFound(f"There is no attempt {number} at {quiz.id} under this launch.")
    return attempt_state(row)


def has_passed(session: Session, learner: Account, *, package_id: str, quiz_id: str) -> bool:
    """Whether the learner ever passed the quiz, under any registration and version."""
    found = session.scalar(
        select(Attempt.id)
        .where(
            Attempt.home_page == learner.home_page,
            Attempt.name == learner.name,
            Attempt.package_id == package_id,
            Attempt.quiz_id == quiz_id,
            Attempt.passed.is_(True),
        )
        .limit(1)
    )
    return found is not None


def lock_attempt(session: Session, attempt_id: int) -> Attempt:
    """The attempt's row, held until the transaction ends: saves and the end of one attempt come in turn."""
    return session.scalars(
        select(Attempt)
        .where(Attempt.id == attempt_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def attempt_state(row: Attempt) -> AttemptState:
    """The frozen form of a row."""
    return AttemptState(
        id=row.id,
        learner=Account(home_page=row.home_page, name=row.name),
        registration=row.registration,
        package_id=row.package_id,
        package_digest=row.package_digest,
        quiz_id=row.quiz_id,
        number=row.number,
        state=row.state,
        started_at=row.started_at,
        due_at=row.due_at,
        finished_at=row.finished_at,
        score=row.score,
        passed=row.passed,
        course_id=row.course_id,
        closes_at=row.closes_at,
        chain=row.chain,
    )


def _of_quiz(learner: Account, registration: UUID, package_id: str, quiz_id: str) -> ColumnElement[bool]:
    return and_(
        Attempt.home_page == learner.home_page,
        Attempt.name == learner.name,
        Attempt.registration == registration,
        Attempt.package_id == package_id,
        Attempt.quiz_id == quiz_id,
    )


def _draw_items(session: Session, attempt: Attempt, pool: Iterable[Question], quiz: Quiz) -> None:
    exposure = find_exposure(session, attempt)
    try:
        drawn = draw_questions(quiz, pool, seed=attempt.seed, exposure=exposure)
    except PoolTooSmall as refused:
        raise QuestionsExpired(
            f"Too few questions of {quiz.id} rest on law in force. Its author must publish a new version."
        ) from refused
    items = [
        AttemptItem(
            attempt_id=attempt.id,
            position=position,
            slot=question.slot,
            question_id=question.question_id,
            option_order=list(question.option_order),
        )
        for position, question in enumerate(drawn, start=1)
    ]
    session.add_all(items)
    begin_chain(attempt, items)
    session.flush()
