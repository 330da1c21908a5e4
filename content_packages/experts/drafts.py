"""Drafts of answers: saved, sent to review, sent back. Nothing here is seen by learners."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from content_packages.errors import DraftChanged, DraftIncomplete, NotYourArea
from content_packages.experts.history import get_question, take_step
from content_packages.experts.models import ExpertDraft, ExpertQuestion
from content_packages.experts.routing import areas_of
from content_packages.experts.states import Step
from content_packages.experts.stripping import strip_personal
from content_packages.experts.working_days import local_day
from content_packages.knowledge import Basis, Entry
from content_packages.knowledge.source.fields import AREAS, LEVELS

LONGEST_ANSWER: Final = 10_000
LONGEST_SHOWN_QUESTION: Final = 500
_MOST_WORDINGS: Final = 10


@dataclass(frozen=True)
class Editor:
    """An operator at the queue.

    Attributes:
        reviews: may read and publish the drafts of others, in every area.
    """

    name: str
    reviews: bool


@dataclass(frozen=True)
class Draft:
    """An answer as it is being written.

    Attributes:
        question: as it will be shown to all.
        answer: Markdown in the narrow form that lessons use.
        sources: what it rests on.
        also: other wordings, searched and not shown.
        edition: which saving this is; 0: nothing saved yet.
    """

    question: str
    answer: str
    area: str
    as_of: date
    sources: tuple[Basis, ...] = ()
    also: tuple[str, ...] = ()
    level: str = ""
    edition: int = 0
    written_by: str = ""


def read_draft(session: Session, question: ExpertQuestion, *, now: datetime) -> Draft:
    """The draft, or what an empty form begins with: the learner's words."""
    row = session.get(ExpertDraft, question.id)
    if row is None:
        return Draft(question.text, "", question.area, local_day(now))
    return draft_from_row(row)


def save_draft(
    session: Session, question_id: int, draft: Draft, *, editor: Editor, now: datetime
) -> ExpertQuestion:
    """Keeps the draft; personal numbers and addresses are taken out of it.

    Raises:
        QuestionNotFound, StepNotAllowed: there is no question that could be answered now.
        NotYourArea: it belongs to others.
        DraftChanged: somebody saved since the editor opened it.
        DraftIncomplete: what was typed is too long, or of an unknown area.
    """
    question = get_question(session, question_id, for_change=True)
    refuse_foreign(session, question, editor)
    _refuse_misshapen(draft)
    row = session.get(ExpertDraft, question_id)
    if draft.edition != (row.edition if row else 0):
        raise DraftChanged("Somebody else saved this draft since you opened it. Open it again.")
    take_step(session, question, Step.DRAFT, who=editor.name, now=now)
    session.merge(_row(question_id, draft, editor=editor, now=now))
    question.expert = question.expert or editor.name
    session.flush()
    return question


def submit_draft(session: Session, question_id: int, *, editor: Editor, now: datetime) -> None:
    """Sends the draft to review.

    Raises:
        DraftIncomplete: it lacks its answer or what it rests on.
        QuestionNotFound, StepNotAllowed, NotYourArea: as `save_draft`.
    """
    question = get_question(session, question_id, for_change=True)
    refuse_foreign(session, question, editor)
    row = session.get(ExpertDraft, question_id)
    refuse_incomplete(draft_from_row(row) if row else None)
    take_step(session, question, Step.SUBMIT, who=editor.name, now=now)


def return_draft(session: Session, question_id: int, *, editor: Editor, reason: str, now: datetime) -> None:
    """Gives the draft back to its writer, with what is to be mended.

    Raises:
        QuestionNotFound, StepNotAllowed: nothing is in review.
    """
    question = get_question(session, question_id, for_change=True)
    take_step(session, question, Step.RETURN, who=editor.name, now=now, note=reason)


def refuse_foreign(session: Session, question: ExpertQuestion, editor: Editor) -> None:
    """Raises for an expert who neither has the question nor its area.

    Raises:
        NotYourArea: so it is.
    """
    if editor.reviews or question.expert == editor.name or question.area in areas_of(session, editor.name):
        return
    raise NotYourArea(f"Question {question.id} belongs to {question.area}, which is not one of your areas.")


def refuse_incomplete(draft: Draft | None) -> None:
    """Raises when the draft cannot be shown to people yet.

    Raises:
        DraftIncomplete: no question, no answer, or nothing that it rests on.
    """
    if draft is None or not draft.question.strip() or not draft.answer.strip():
        raise DraftIncomplete("Write the question and the answer first.")
    if not draft.sources:
        raise DraftIncomplete("Name at least one document that the answer rests on.")


def entry_from_draft(draft: Draft, entry_id: str) -> Entry:
    """The entry that the draft becomes."""
    return Entry(
        id=entry_id,
        question=draft.question,
        answer=draft.answer,
        as_of=draft.as_of,
        area=draft.area,
        also=draft.also,
        sources=draft.sources,
        level=draft.level,
    )


def draft_from_row(row: ExpertDraft) -> Draft:
    """The row as the pages show it."""
    rest: Mapping[str, Any] = row.rest
    return Draft(
        question=row.question,
        answer=row.answer,
        area=row.area,
        as_of=row.as_of,
        sources=tuple(Basis(**basis) for basis in rest["sources"]),
        also=tuple(rest["also"]),
        level=row.level,
        edition=row.edition,
        written_by=row.written_by,
    )


def keep_draft(session: Session, question_id: int, draft: Draft, *, editor: Editor, now: datetime) -> Draft:
    """Saves without a step, for corrections; returns what was kept, stripped."""
    _refuse_misshapen(draft)
    row = _row(question_id, draft, editor=editor, now=now)
    session.merge(row)
    session.flush()
    return draft_from_row(row)


def _row(question_id: int, draft: Draft, *, editor: Editor, now: datetime) -> ExpertDraft:
    also = dict.fromkeys(strip_personal(" ".join(one.split())).text for one in draft.also)
    return ExpertDraft(
        question_id=question_id,
        question=strip_personal(" ".join(draft.question.split())).text,
        answer=strip_personal(draft.answer.strip()).text,
        area=draft.area,
        level=draft.level,
        as_of=draft.as_of,
        rest={
            "also": [one for one in also if one][:_MOST_WORDINGS],
            "sources": [asdict(basis) for basis in draft.sources],
        },
        written_by=editor.name,
        written_at=now,
        edition=draft.edition + 1,
    )


def _refuse_misshapen(draft: Draft) -> None:
    if draft.area not in AREAS or draft.level not in LEVELS:
        raise DraftIncomplete("Choose the area and the level from the lists.")
    if len(draft.question) > LONGEST_SHOWN_QUESTION or len(draft.answer) > LONGEST_ANSWER:
        raise DraftIncomplete(
            f"The question has at most {LONGEST_SHOWN_QUESTION} characters, the answer {LONGEST_ANSWER}."
        )
    if "\x00" in draft.question + draft.answer:
        raise DraftIncomplete("The text contains a character that no database keeps.")
