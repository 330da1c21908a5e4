"""Answers: published, corrected, taken back; questions that are the same; askers are told of each.

A published answer is an entry of the knowledge base from the same transaction on: search finds it at once.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from content_packages.errors import DraftIncomplete, OwnDraft, StepNotAllowed
from content_packages.experts.drafts import (
    Draft,
    Editor,
    draft_from_row,
    entry_from_draft,
    keep_draft,
    refuse_foreign,
    refuse_incomplete,
)
from content_packages.experts.history import get_question, take_step
from content_packages.experts.models import ExpertDraft, ExpertQuestion
from content_packages.experts.settings import ExpertSettings
from content_packages.experts.states import OPEN, State, Step
from content_packages.experts.telling import tell_answered
from content_packages.knowledge import find_entry, publish_entry, withdraw_entry
from xapi_bridge.statement import Account

#: Entries that experts wrote begin so; shipped ones never do.
_ENTRY_PREFIX: Final = "hoi-dap-"


def publish_answer(
    session: Session,
    question_id: int,
    *,
    editor: Editor,
    expert: Account,
    settings: ExpertSettings,
    now: datetime,
) -> str:
    """Shows the reviewed draft to everybody; returns the entry's id.

    Args:
        expert: pseudonymous account under which the answer is told.

    Raises:
        OwnDraft: the editor wrote it, and the installation wants four eyes.
        DraftIncomplete, StepNotAllowed, QuestionNotFound.
    """
    question = get_question(session, question_id, for_change=True)
    row = session.get(ExpertDraft, question_id)
    draft = draft_from_row(row) if row else None
    refuse_incomplete(draft)
    if draft is None or (settings.four_eyes and draft.written_by == editor.name):
        raise OwnDraft("A second person reads the draft before it is published.")
    take_step(session, question, Step.PUBLISH, who=editor.name, now=now)
    entry = entry_from_draft(draft, f"{_ENTRY_PREFIX}{question.code}")
    publish_entry(session, entry, by=editor.name, now=now)
    for one in (question, *_merged_into(session, question)):
        _answer(session, one, entry.id, now=now)
        tell_answered(
            session, one, expert=expert, entry_id=entry.id, title=entry.question, settings=settings, now=now
        )
    return entry.id


def correct_answer(
    session: Session, question_id: int, draft: Draft, *, editor: Editor, reason: str, now: datetime
) -> None:
    """Shows another wording from now on; every asker is told, and the earlier one stays in the history.

    Raises:
        DraftIncomplete: the draft or the reason is missing.
        StepNotAllowed, QuestionNotFound: nothing is published.
    """
    question = get_question(session, question_id, for_change=True)
    refuse_incomplete(draft)
    _require_reason(reason)
    take_step(session, question, Step.CORRECT, who=editor.name, now=now, note=reason)
    kept = keep_draft(session, question_id, draft, editor=editor, now=now)
    publish_entry(
        session, entry_from_draft(kept, question.entry_id), by=editor.name, now=now, reason=reason[:500]
    )
    _tell_askers(session, question, reason, now=now)


def withdraw_answer(
    session: Session, question_id: int, *, editor: Editor, reason: str, now: datetime
) -> None:
    """Takes the answer back: no longer found. Every asker is told why.

    Raises:
        DraftIncomplete: no reason is given.
        StepNotAllowed, QuestionNotFound: nothing is published.
    """
    question = get_question(session, question_id, for_change=True)
    _require_reason(reason)
    take_step(session, question, Step.WITHDRAW, who=editor.name, now=now, note=reason)
    withdraw_entry(session, question.entry_id, by=editor.name, now=now, reason=reason[:500])
    _tell_askers(session, question, reason, now=now)


def merge_into_question(
    session: Session, question_id: int, other_id: int, *, editor: Editor, now: datetime
) -> None:
    """Says that the question is the same as another: its answer answers both, and both askers are told.

    Raises:
        StepNotAllowed: one of them cannot be merged, or they are one and the same.
        NotYourArea, QuestionNotFound.
    """
    # In one order, so that two editors who merge crosswise cannot wait for each other.
    both = {
        number: get_question(session, number, for_change=True) for number in sorted({question_id, other_id})
    }
    question, other = both[question_id], _first_of(session, both[other_id])
    refuse_foreign(session, question, editor)
    if other.id == question.id or other.state not in OPEN | {State.PUBLISHED, State.CORRECTED}:
        raise StepNotAllowed(f"Question {question_id} cannot be the same as question {other_id}.")
    followers = _merged_into(session, question)
    take_step(session, question, Step.MERGE, who=editor.name, now=now, note=f"#{other.id}")
    for one in (question, *followers):
        one.same_as = other.id
        if other.entry_id and other.state not in OPEN:
            _answer(session, one, other.entry_id, now=now)
    session.flush()


def answer_with_entry(
    session: Session,
    question_id: int,
    entry_id: str,
    *,
    editor: Editor,
    expert: Account,
    settings: ExpertSettings,
    now: datetime,
) -> None:
    """Says that an entry that exists answers the question.

    Raises:
        KnowledgeItemNotFound: no such entry is shown.
        StepNotAllowed, NotYourArea, QuestionNotFound.
    """
    question = get_question(session, question_id, for_change=True)
    refuse_foreign(session, question, editor)
    entry = find_entry(session, entry_id)
    take_step(session, question, Step.MERGE, who=editor.name, now=now, note=entry.id)
    for one in (question, *_merged_into(session, question)):
        _answer(session, one, entry.id, now=now)
        tell_answered(
            session, one, expert=expert, entry_id=entry.id, title=entry.question, settings=settings, now=now
        )


def _merged_into(session: Session, question: ExpertQuestion) -> Sequence[ExpertQuestion]:
    return session.scalars(
        select(ExpertQuestion)
        .where(ExpertQuestion.same_as == question.id, ExpertQuestion.state == State.MERGED)
        .order_by(ExpertQuestion.id)
    ).all()


def _first_of(session: Session, question: ExpertQuestion) -> ExpertQuestion:
    """A question that is itself the same as another stands for that one."""
    if question.state == State.MERGED and question.same_as is not None:
        return get_question(session, question.same_as, for_change=True)
    return question


def _answer(session: Session, question: ExpertQuestion, entry_id: str, *, now: datetime) -> None:
    question.entry_id = entry_id
    question.answered_at = question.answered_at or now
    question.news_at, question.told = now, ""
    session.flush()


def _tell_askers(session: Session, question: ExpertQuestion, reason: str, *, now: datetime) -> None:
    for one in (question, *_merged_into(session, question)):
        one.news_at, one.told = now, reason[:500]
    session.flush()


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise DraftIncomplete("Say why: the askers read it.")
