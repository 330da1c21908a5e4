"""Figures of the question channel: answered in time, what answers most, what nobody answered.

The indicator "questions answered in time" takes its two numbers from `count_answered_in_time`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from content_packages.experts.clusters import Cluster, CountedText, cluster_texts
from content_packages.experts.models import AnswerUse, ExpertQuestion, UnansweredSearch
from content_packages.experts.states import OPEN, State
from content_packages.experts.voting import VoteCounts, count_votes
from sync.calendars import VIET_NAM, local_day

#: Texts that are clustered at once; the most asked ones.
_MOST_TEXTS: Final = 1000
#: Neither waiting for an answer nor answered: they count nowhere.
UNCOUNTED: Final = (State.HIDDEN, State.RETRACTED)


@dataclass(frozen=True)
class AnswersInTime:
    """Questions sent in a period.

    Attributes:
        asked: all but refused ones and those taken back by whoever asked.
        in_time: answered within their deadline.
        late: answered after it.
        overdue: not answered, and the deadline is over.
        waiting: not answered, the deadline still to come.
    """

    asked: int
    in_time: int
    late: int
    overdue: int
    waiting: int

    @property
    def decided(self) -> int:
        """Of which it is known whether they were answered in time: `waiting` is not."""
        return self.asked - self.waiting


@dataclass(frozen=True)
class AnswerSource:
    """Something that answered.

    Attributes:
        key: `entry:<id>`, `document:<ref>` or `section:<package>/<module>/<n>`.
        times: how often it was shown as the answer.
    """

    key: str
    times: int
    votes: VoteCounts


def count_answered_in_time(
    session: Session, first_day: date, last_day: date, *, today: date, area: str = ""
) -> AnswersInTime:
    """Questions that were sent on the days of a period, both ends included."""
    begins, ends = instants_of_days(first_day, last_day)
    wanted = select(ExpertQuestion.answered_at, ExpertQuestion.due_on).where(
        ExpertQuestion.asked_at >= begins,
        ExpertQuestion.asked_at < ends,
        ExpertQuestion.state.not_in(UNCOUNTED),
    )
    if area:
        wanted = wanted.where(ExpertQuestion.area == area)
    rows = session.execute(wanted).all()
    answered = [local_day(at) <= due for at, due in rows if at is not None]
    overdue = sum(at is None and due < today for at, due in rows)
    in_time = sum(answered)
    return AnswersInTime(
        asked=len(rows),
        in_time=in_time,
        late=len(answered) - in_time,
        overdue=overdue,
        waiting=len(rows) - len(answered) - overdue,
    )


def list_most_answering(
    session: Session, kind: str, first_day: date, last_day: date, *, limit: int = 20
) -> list[AnswerSource]:
    """What was shown most as the answer.

    Args:
        kind: `entry`, `document` or `section`.
    """
    times = func.sum(AnswerUse.times)
    rows = session.execute(
        select(AnswerUse.key, times)
        .where(AnswerUse.day.between(first_day, last_day), AnswerUse.key.startswith(f"{kind}:"))
        .group_by(AnswerUse.key)
        .order_by(times.desc(), AnswerUse.key)
        .limit(limit)
    ).all()
    votes = count_votes(session, [key for key, _ in rows])
    return [AnswerSource(key, int(count), votes.get(key, VoteCounts())) for key, count in rows]


def list_unanswered_topics(
    session: Session, first_day: date, last_day: date, *, limit: int = 20
) -> Sequence[Cluster]:
    """What people asked and got no answer to, grouped by shared words, the most asked first.

    Searches that the machine did not know, and questions that wait for an expert.
    """
    begins, ends = instants_of_days(first_day, last_day)
    searched = session.execute(
        select(
            func.min(UnansweredSearch.words),
            func.sum(UnansweredSearch.times),
            func.min(UnansweredSearch.area),
        )
        .where(UnansweredSearch.day.between(first_day, last_day))
        .group_by(UnansweredSearch.folded)
        .order_by(func.sum(UnansweredSearch.times).desc(), UnansweredSearch.folded)
        .limit(_MOST_TEXTS)
    ).all()
    waiting = session.execute(
        select(ExpertQuestion.text, ExpertQuestion.area)
        .where(
            ExpertQuestion.asked_at >= begins, ExpertQuestion.asked_at < ends, ExpertQuestion.state.in_(OPEN)
        )
        .order_by(ExpertQuestion.id)
        .limit(_MOST_TEXTS)
    ).all()
    texts = [CountedText(words, int(times), area) for words, times, area in searched]
    texts += [CountedText(text, 1, area) for text, area in waiting]
    return cluster_texts(texts)[:limit]


def instants_of_days(first_day: date, last_day: date) -> tuple[datetime, datetime]:
    """The first instant of the days in Viet Nam, and the first one after them."""
    begins = datetime.combine(first_day, time(), VIET_NAM)
    return begins, datetime.combine(last_day + timedelta(days=1), time(), VIET_NAM)
