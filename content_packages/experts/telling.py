"""Statements of the channel: searched, asked, answered, rated. Ids follow from the event; no names in them.

What people typed stands in a statement only where the installation wants it (`ExpertSettings.tells_texts`).
A statement that the store refuses is noted in the log: the answer matters more.
"""

import hashlib
from collections.abc import Callable
from datetime import datetime
from typing import Final
from uuid import UUID

import structlog
from sqlalchemy.orm import Session

from content_packages.experts.models import ExpertQuestion
from content_packages.experts.settings import ExpertSettings
from content_packages.experts.working_days import local_day
from xapi_bridge.errors import XapiRefused
from xapi_bridge.statement import Account, Statement
from xapi_bridge.store.record import record_statements
from xapi_bridge.translate.asking import (
    Asking,
    Rating,
    answer_rated,
    asked_question,
    given_answer,
    knowledge_searched,
    question_answered,
    question_asked,
)
from xapi_bridge.vocabulary import cchc

log = structlog.get_logger(__name__)

#: Points of a vote, from -1 to 1.
POINTS: Final = {"thanks": 1, "unhelpful": 0, "wrong": -1}
_LONGEST_TITLE: Final = 200
_UNTOLD_QUESTION: Final = "Câu hỏi gửi chuyên gia"


def tell_searched(
    session: Session,
    account: Account,
    *,
    registration: UUID,
    words: str,
    found: int,
    settings: ExpertSettings,
    now: datetime,
) -> None:
    """Once per person, day and question, however often the page is opened again."""
    typed = hashlib.sha256(words.casefold().encode()).hexdigest()[:16]
    asking = Asking(account, settings.iri_base, registration)
    event_id = f"search/{account.home_page}/{account.name}/{local_day(now)}/{typed}"
    told = words[:_LONGEST_TITLE] if settings.tells_texts else ""
    _record(
        session,
        lambda: knowledge_searched(asking, words=told, found=found, event_id=event_id, at=now),
        settings,
        now,
    )


def tell_asked(
    session: Session, question: ExpertQuestion, *, settings: ExpertSettings, now: datetime
) -> None:
    """The asker put the question."""
    asking = Asking(_asker(question), settings.iri_base, question.registration)
    thing = asked_question(settings.iri_base, question.code, _title(question, settings))
    _record(
        session,
        lambda: question_asked(asking, thing, event_id=f"question/{question.code}/asked", at=now),
        settings,
        now,
    )


def tell_answered(
    session: Session,
    question: ExpertQuestion,
    *,
    expert: Account,
    entry_id: str,
    title: str,
    settings: ExpertSettings,
    now: datetime,
) -> None:
    """An expert answered the question, with this entry; merged questions each have their own statement."""
    thing = asked_question(settings.iri_base, question.code, _title(question, settings))
    answer = given_answer(settings.iri_base, entry_id, title[:_LONGEST_TITLE])
    asking = Asking(expert, settings.iri_base)
    event_id = f"question/{question.code}/answered"
    _record(
        session,
        lambda: question_answered(asking, thing, answer, event_id=event_id, at=now),
        settings,
        now,
    )


def tell_rated(
    session: Session,
    account: Account,
    *,
    key: str,
    title: str,
    vote: str,
    settings: ExpertSettings,
    now: datetime,
) -> None:
    """Somebody rated an answer; a changed vote is a new statement."""
    answer = given_answer(settings.iri_base, key.partition(":")[2], title[:_LONGEST_TITLE])
    asking, rating = Asking(account, settings.iri_base), Rating(POINTS[vote], minimum=-1, maximum=1)
    event_id = f"vote/{account.home_page}/{account.name}/{key}/{vote}/{now.isoformat()}"
    _record(session, lambda: answer_rated(asking, answer, rating, event_id=event_id, at=now), settings, now)


def _asker(question: ExpertQuestion) -> Account:
    return Account(home_page=question.home_page, name=question.name)


def _title(question: ExpertQuestion, settings: ExpertSettings) -> str:
    return question.text[:_LONGEST_TITLE] if settings.tells_texts else _UNTOLD_QUESTION


def _record(session: Session, make: Callable[[], Statement], settings: ExpertSettings, now: datetime) -> None:
    authority = cchc.tool_authority(settings.iri_base)
    try:
        with session.begin_nested():
            record_statements(session, [make()], authority=authority, now=now)
    except XapiRefused as refused:
        log.warning("asking_not_told", code=refused.code)
