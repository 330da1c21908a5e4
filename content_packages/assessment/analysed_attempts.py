"""Finished attempts as item analysis reads them: without anybody's name."""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from content_packages.assessment.attempts import attempt_state
from content_packages.assessment.finishing import AttemptOutcome, ScoredItem, read_outcome
from content_packages.assessment.item_analysis import ItemAnswer, QuizStatistics, analyse_quiz
from content_packages.assessment.models import FINISHED, OVERDUE, Attempt
from content_packages.assessment.timing import seconds_between_saves
from content_packages.contents import Package, Question

#: The newest attempts tell how a question works now; older ones would only make the page slow.
MOST_ATTEMPTS = 5000


def analyse_attempts(
    session: Session, *, package: Package, quiz_id: str, versions: Mapping[str, Package]
) -> QuizStatistics:
    """Item statistics over the newest finished attempts at a quiz, of all its versions.

    The first attempt of each learner counts only: later ones have learned from feedback.

    Args:
        package: the version whose questions name the choices.
        versions: digest -> content of every version that attempts are pinned to.
    """
    rows = session.scalars(
        select(Attempt)
        .where(
            Attempt.package_id == package.id,
            Attempt.quiz_id == quiz_id,
            Attempt.state.in_([FINISHED, OVERDUE]),
            Attempt.score.is_not(None),
            Attempt.number == 1,
        )
        .order_by(Attempt.id.desc())
        .limit(MOST_ATTEMPTS)
    )
    outcomes = [
        read_outcome(session, attempt_state(row), package=versions[row.package_digest])
        for row in rows
        if row.package_digest in versions
    ]
    drawn = {scored.question.id for outcome in outcomes for scored in outcome.items}
    keys = {name: choice_key(package.questions[name]) for name in drawn if name in package.questions}
    return analyse_quiz([item_answers(outcome) for outcome in outcomes], keys=keys)


def pinned_digests(session: Session, *, package_id: str, quiz_id: str) -> tuple[str, ...]:
    """Versions to which attempts at a quiz are pinned."""
    return tuple(
        session.scalars(
            select(Attempt.package_digest)
            .where(Attempt.package_id == package_id, Attempt.quiz_id == quiz_id)
            .distinct()
            .order_by(Attempt.package_digest)
        )
    )


def item_answers(outcome: AttemptOutcome) -> Sequence[ItemAnswer]:
    """The questions of a finished attempt (pure)."""
    saved = {one.item.position: one.item.saved_at for one in outcome.items if one.item.saved_at is not None}
    seconds = seconds_between_saves(outcome.attempt.started_at, saved)
    return [
        ItemAnswer(
            question_id=scored.question.id,
            slot=scored.item.slot,
            mark=scored.question.mark,
            earned=scored.earned,
            choices=tuple(_choices(scored)),
            seconds=seconds.get(scored.item.position),
        )
        for scored in outcome.items
    ]


def choice_key(question: Question) -> dict[str, bool]:
    """Every choice by its letter, and whether it is right; empty where there are no options (pure)."""
    return {choice_letter(position): option.correct for position, option in enumerate(question.options)}


def choice_letter(position: int) -> str:
    """A, B, C … in the written order of the options."""
    return chr(ord("A") + position)


def _choices(scored: ScoredItem) -> Iterable[str]:
    if scored.response.is_empty:
        return ["empty"]
    if scored.question.options:
        return [choice_letter(position) for position in scored.response.chosen]
    return ["right" if scored.earned >= 1.0 else "partly" if scored.earned > 0.0 else "wrong"]
