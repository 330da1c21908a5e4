"""What learners do: ask, look after their own questions, take one back.

Nothing of a question is shown to other learners before an expert has made an entry of it.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from content_packages.errors import AskerBlocked, QuestionEmpty, QuestionNotFound, TooManyQuestions
from content_packages.experts.history import ASKER, note_step, take_step
from content_packages.experts.models import AskerBlock, ExpertQuestion
from content_packages.experts.routing import route_question
from content_packages.experts.settings import ExpertSettings
from content_packages.experts.states import ANSWERED, OPEN, State, Step
from content_packages.experts.stripping import Kind, strip_personal
from content_packages.experts.telling import tell_asked
from content_packages.experts.working_days import add_working_days, local_day
from content_packages.knowledge import Filters, Hit, search
from content_packages.knowledge.source.fields import AREAS
from content_packages.knowledge.syllables import syllables
from xapi_bridge.statement import Account

SHORTEST_QUESTION: Final = 10
LONGEST_QUESTION: Final = 500
LONGEST_DETAILS: Final = 3000
#: How many stored questions are shown before one is sent.
MOST_SIMILAR: Final = 3
_ONE_DAY: Final = timedelta(hours=24)


@dataclass(frozen=True)
class Lesson:
    """Where somebody asks.

    Attributes:
        section: from 1; 0: the module as a whole, or no lesson at all.
    """

    package_id: str = ""
    module_id: str = ""
    section: int = 0


@dataclass(frozen=True)
class NewQuestion:
    """A question as it was typed; it is stripped before anything of it is kept."""

    text: str
    area: str
    details: str = ""
    lesson: Lesson = Lesson()


@dataclass(frozen=True)
class Asker:
    """Who asks: a pseudonymous account, and the registration under which."""

    account: Account
    registration: UUID | None = None


@dataclass(frozen=True)
class Asked:
    """What became of it.

    Attributes:
        removed: kinds of personal numbers and addresses that were taken out.
        is_new: False: the same person had asked just this, and it is still open.
    """

    question: ExpertQuestion
    removed: tuple[Kind, ...]
    is_new: bool


def ask_question(
    session: Session, given: NewQuestion, *, asker: Asker, settings: ExpertSettings, now: datetime
) -> Asked:
    """Puts a question into the queue, with its deadline and, where one has the area, its expert.

    Raises:
        QuestionEmpty: too short, too long, or of no area.
        AskerBlocked, TooManyQuestions: this person may not ask now.
    """
    text, details = strip_personal(_folded(given.text)), strip_personal(given.details.strip())
    _refuse_unfit(text.text, details.text, given.area)
    removed = tuple(dict.fromkeys((*text.removed, *details.removed)))
    before = _open_of_the_same_words(session, asker.account, text.text)
    if before is not None:
        return Asked(before, removed, is_new=False)
    _refuse_blocked(session, asker.account, now=now)
    _refuse_too_many(session, asker.account, settings=settings, now=now)
    question = _row(given, text.text, details.text, asker=asker, settings=settings, now=now)
    session.add(question)
    session.flush()
    note_step(session, question, Step.ASK, who=ASKER, now=now)
    route_question(session, question, now=now)
    tell_asked(session, question, settings=settings, now=now)
    return Asked(question, removed, is_new=True)


def find_similar(session: Session, text: str, *, now: datetime) -> tuple[Hit, ...]:
    """Stored questions that may answer already, best first, at most three; in force today."""
    found = search(session, text, on=local_day(now), filters=Filters(), limit=MOST_SIMILAR)
    return found.entries[:MOST_SIMILAR]


def list_own_questions(session: Session, account: Account) -> Sequence[ExpertQuestion]:
    """What this person asked, the newest first."""
    return session.scalars(
        select(ExpertQuestion)
        .where(*_of(account))
        .order_by(ExpertQuestion.asked_at.desc(), ExpertQuestion.id.desc())
    ).all()


def count_news(session: Session, account: Account) -> int:
    """Own questions of which something is new that was not yet read."""
    unseen = or_(ExpertQuestion.seen_at.is_(None), ExpertQuestion.seen_at < ExpertQuestion.news_at)
    return (
        session.scalar(select(func.count()).where(*_of(account), ExpertQuestion.news_at.is_not(None), unseen))
        or 0
    )


def is_news(question: ExpertQuestion) -> bool:
    """Whether its asker has something to read."""
    return question.news_at is not None and (question.seen_at is None or question.seen_at < question.news_at)


def open_own_question(session: Session, account: Account, code: str, *, now: datetime) -> ExpertQuestion:
    """The question, which counts as read from now on.

    Raises:
        QuestionNotFound: there is none, or it is another's: which of them is not told.
    """
    question = find_own_question(session, account, code)
    if is_news(question):
        question.seen_at = now
        session.flush()
    return question


def find_own_question(session: Session, account: Account, code: str) -> ExpertQuestion:
    """The question of this person.

    Raises:
        QuestionNotFound: there is none, or it is another's.
    """
    question = session.scalar(
        select(ExpertQuestion).where(*_of(account), ExpertQuestion.code == code[:16].replace("\x00", ""))
    )
    if question is None:
        raise QuestionNotFound("You have asked no such question.")
    return question


def retract_question(session: Session, account: Account, code: str, *, now: datetime) -> None:
    """The asker does not need an answer any more.

    Raises:
        QuestionNotFound: none of this person's.
        StepNotAllowed: it is answered already, or about to be.
    """
    question = find_own_question(session, account, code)
    session.refresh(question, with_for_update=True)
    take_step(session, question, Step.RETRACT, who=ASKER, now=now)


def entry_of(session: Session, question: ExpertQuestion) -> str:
    """Entry that answers the question, its own or that of the question of which it is the same; or empty."""
    if question.state == State.MERGED and question.same_as is not None:
        question = session.get_one(ExpertQuestion, question.same_as)
        return question.entry_id if question.state in ANSWERED else ""
    return question.entry_id if question.state in ANSWERED | {State.MERGED} else ""


def _folded(text: str) -> str:
    return " ".join(text.replace("\x00", "").split())


def _refuse_unfit(text: str, details: str, area: str) -> None:
    if not SHORTEST_QUESTION <= len(text) <= LONGEST_QUESTION or len(syllables(text)) < 3:
        raise QuestionEmpty(
            f"Write the question in {SHORTEST_QUESTION} to {LONGEST_QUESTION} characters, in whole words."
        )
    if len(details) > LONGEST_DETAILS or "\x00" in details:
        raise QuestionEmpty(f"The details have at most {LONGEST_DETAILS} characters.")
    if area not in AREAS:
        raise QuestionEmpty("Choose the area that the question is about.")


def _open_of_the_same_words(session: Session, account: Account, text: str) -> ExpertQuestion | None:
    return session.scalar(
        select(ExpertQuestion)
        .where(*_of(account), ExpertQuestion.text == text, ExpertQuestion.state.in_(OPEN))
        .limit(1)
    )


def _refuse_blocked(session: Session, account: Account, *, now: datetime) -> None:
    block = session.get(AskerBlock, (account.home_page, account.name))
    if block is not None and block.until > now:
        raise AskerBlocked(f"A moderator lets no questions pass until {block.until.date()}: {block.reason}")


def _refuse_too_many(session: Session, account: Account, *, settings: ExpertSettings, now: datetime) -> None:
    sent = session.scalar(select(func.count()).where(*_of(account), ExpertQuestion.asked_at > now - _ONE_DAY))
    if (sent or 0) >= settings.questions_per_day:
        raise TooManyQuestions(
            f"One person may send {settings.questions_per_day} questions within 24 hours. Ask again tomorrow."
        )


def _row(
    given: NewQuestion, text: str, details: str, *, asker: Asker, settings: ExpertSettings, now: datetime
) -> ExpertQuestion:
    return ExpertQuestion(
        code=secrets.token_hex(8),
        home_page=asker.account.home_page,
        name=asker.account.name,
        registration=asker.registration,
        text=text,
        details=details,
        area=given.area,
        package_id=given.lesson.package_id,
        module_id=given.lesson.module_id,
        section=given.lesson.section,
        state=State.ASKED,
        asked_at=now,
        due_on=add_working_days(local_day(now), settings.answer_days, settings.holidays),
        expert="",
        entry_id="",
        told="",
    )


def _of(account: Account) -> tuple[ColumnElement[bool], ...]:
    return ExpertQuestion.home_page == account.home_page, ExpertQuestion.name == account.name
