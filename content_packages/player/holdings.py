"""What is kept of one learner's studying, as JSON: for whoever asks what is kept of them."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from content_packages.assessment.models import Attempt, AttemptItem, Step, TimeAllowance
from content_packages.player.models import CheckAnswer, ModuleProgress, SectionRead, VersionChoice
from xapi_bridge.statement import Account


def attempts_of(session: Session, learner: Account) -> list[dict[str, Any]]:
    """Attempts in the order of their beginning, each with the answers that were sent."""
    attempts = session.scalars(
        select(Attempt)
        .where(Attempt.home_page == learner.home_page, Attempt.name == learner.name)
        .order_by(Attempt.started_at, Attempt.id)
    )
    return [_attempt(session, attempt) for attempt in attempts.all()]


def progress_of(session: Session, learner: Account) -> list[dict[str, Any]]:
    """Opened modules, the sections read in each and the tries at its checks."""
    modules = session.scalars(
        select(ModuleProgress)
        .where(ModuleProgress.home_page == learner.home_page, ModuleProgress.name == learner.name)
        .order_by(ModuleProgress.started_at, ModuleProgress.id)
    )
    return [_module(session, module) for module in modules.all()]


def allowances_of(session: Session, learner: Account) -> list[dict[str, Any]]:
    """More time that was given to the learner, oldest first."""
    rows = session.scalars(
        select(TimeAllowance)
        .where(TimeAllowance.home_page == learner.home_page, TimeAllowance.name == learner.name)
        .order_by(TimeAllowance.id)
    )
    return [
        {
            "package": row.package_id,
            "quiz": row.quiz_id,
            "percent": row.percent,
            "reason": row.reason,
            "given_at": row.given_at,
        }
        for row in rows
    ]


def choices_of(session: Session, learner: Account) -> list[dict[str, Any]]:
    """What the learner chose when newer versions were offered, oldest first."""
    rows = session.scalars(
        select(VersionChoice)
        .where(VersionChoice.home_page == learner.home_page, VersionChoice.name == learner.name)
        .order_by(VersionChoice.id)
    )
    return [
        {
            "package": row.package_id,
            "version": row.digest,
            "moves": row.moves,
            "chosen_at": row.chosen_at,
        }
        for row in rows
    ]


def _attempt(session: Session, attempt: Attempt) -> dict[str, Any]:
    steps = session.execute(
        select(AttemptItem.question_id, Step.kind, Step.content, Step.earned, Step.saved_at)
        .join(AttemptItem, AttemptItem.id == Step.item_id)
        .where(Step.attempt_id == attempt.id)
        .order_by(AttemptItem.position, Step.seq)
    )
    return {
        "package": attempt.package_id,
        "quiz": attempt.quiz_id,
        "number": attempt.number,
        "state": attempt.state,
        "started_at": attempt.started_at,
        "finished_at": attempt.finished_at,
        "score": attempt.score,
        "passed": attempt.passed,
        "steps": [
            {"question": question, "kind": kind, "content": content, "earned": earned, "saved_at": saved_at}
            for question, kind, content, earned, saved_at in steps
        ],
    }


def _module(session: Session, module: ModuleProgress) -> dict[str, Any]:
    read = session.execute(
        select(SectionRead.section, SectionRead.read_at)
        .where(SectionRead.progress_id == module.id)
        .order_by(SectionRead.section)
    )
    tries = session.execute(
        select(CheckAnswer.question_id, CheckAnswer.response, CheckAnswer.earned, CheckAnswer.answered_at)
        .where(CheckAnswer.progress_id == module.id)
        .order_by(CheckAnswer.answered_at, CheckAnswer.id)
    )
    return {
        "package": module.package_id,
        "module": module.module_id,
        "started_at": module.started_at,
        "completed_at": module.completed_at,
        "sections_read": [{"section": section, "read_at": at} for section, at in read],
        "checks": [
            {"question": question, "response": response, "earned": earned, "answered_at": at}
            for question, response, earned, at in tries
        ],
    }
