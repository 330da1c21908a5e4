"""Tables of the expert queue: questions, drafts, history, experts' areas, blocks, votes, use.

Askers are pseudonymous accounts as in statements; texts were stripped of what names people before they came
here. No table of this room is shown to other learners: what they see are entries of the knowledge base.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Boolean, Date, ForeignKey, Index, Integer, SmallInteger, String, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from xapi_bridge.database import Base, UtcInstant


class ExpertQuestion(Base):
    """One question of one learner."""

    __tablename__ = "content_expert_question"
    __table_args__ = (
        Index("ix_content_expert_question_asker", "home_page", "name", "asked_at"),
        Index("ix_content_expert_question_queue", "state", "due_on"),
    )

    #: Surrogate key.
    id: Mapped[int] = mapped_column(primary_key=True)
    #: Random, for addresses that a learner sees: how many others asked stays unknown.
    code: Mapped[str] = mapped_column(String(16), unique=True)
    #: The asker's account: the LMS.
    home_page: Mapped[str] = mapped_column(Text)
    #: The asker's account: the pseudonym there.
    name: Mapped[str] = mapped_column(String(255))
    #: xAPI registration under which it was asked.
    registration: Mapped[UUID | None] = mapped_column(Uuid)
    #: The question, stripped of what names people.
    text: Mapped[str] = mapped_column(Text)
    #: More about the case, likewise; empty.
    details: Mapped[str] = mapped_column(Text)
    #: Subject area.
    area: Mapped[str] = mapped_column(String(64), index=True)
    #: Lesson beside which it was asked: package, or empty.
    package_id: Mapped[str] = mapped_column(String(64))
    #: Lesson: module, or empty.
    module_id: Mapped[str] = mapped_column(String(64))
    #: Lesson: section, from 1; 0: none.
    section: Mapped[int] = mapped_column(SmallInteger)
    #: One of `states.State`.
    state: Mapped[str] = mapped_column(String(12))
    #: When it was sent.
    asked_at: Mapped[datetime] = mapped_column(UtcInstant, index=True)
    #: Last working day on which an answer is in time.
    due_on: Mapped[date] = mapped_column(Date)
    #: Expert who has it (user name); empty: nobody yet.
    expert: Mapped[str] = mapped_column(String(64), index=True)
    #: Question of which this is the same; its answer answers this one too.
    same_as: Mapped[int | None] = mapped_column(ForeignKey("content_expert_question.id"), index=True)
    #: Entry of the knowledge base that answers it; empty: none yet.
    entry_id: Mapped[str] = mapped_column(String(96), index=True)
    #: When it was first answered.
    answered_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    #: When something last happened that the asker should read.
    news_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    #: When the asker last opened it.
    seen_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    #: Words for the asker: why it was refused, or why an answer was taken back.
    told: Mapped[str] = mapped_column(String(500))
    #: Day on which the expert was last reminded.
    reminded_on: Mapped[date | None] = mapped_column(Date)


class ExpertDraft(Base):
    """The answer as it is being written; it stays after publication, for corrections."""

    __tablename__ = "content_expert_draft"

    #: The question.
    question_id: Mapped[int] = mapped_column(ForeignKey("content_expert_question.id"), primary_key=True)
    #: The question as it will be shown to all.
    question: Mapped[str] = mapped_column(Text)
    #: The answer, Markdown.
    answer: Mapped[str] = mapped_column(Text)
    #: Subject area of the entry.
    area: Mapped[str] = mapped_column(String(64))
    #: Level of administration; empty: all.
    level: Mapped[str] = mapped_column(String(32))
    #: Day on which the answer was checked.
    as_of: Mapped[date] = mapped_column(Date)
    #: Other wordings, and what the answer rests on.
    rest: Mapped[dict[str, Any]] = mapped_column(JSON)
    #: Who wrote it last.
    written_by: Mapped[str] = mapped_column(String(64))
    #: When.
    written_at: Mapped[datetime] = mapped_column(UtcInstant)
    #: Counts the savings, so that two editors do not overwrite each other unseen.
    edition: Mapped[int] = mapped_column(Integer)


class ExpertEvent(Base):
    """One line of a question's history; never changed."""

    __tablename__ = "content_expert_event"

    #: Surrogate key; grows.
    id: Mapped[int] = mapped_column(primary_key=True)
    #: The question.
    question_id: Mapped[int] = mapped_column(ForeignKey("content_expert_question.id"), index=True)
    #: When.
    at: Mapped[datetime] = mapped_column(UtcInstant)
    #: User name of the operator; `asker`, or `system`.
    who: Mapped[str] = mapped_column(String(64))
    #: One of `states.Step`.
    step: Mapped[str] = mapped_column(String(12))
    #: Reason, new expert, number of the other question; or empty.
    note: Mapped[str] = mapped_column(String(500))


class ExpertArea(Base):
    """An expert answers the questions of an area."""

    __tablename__ = "content_expert_area"

    #: Subject area.
    area: Mapped[str] = mapped_column(String(64), primary_key=True)
    #: User name of the expert.
    expert: Mapped[str] = mapped_column(String(64), primary_key=True)
    #: New questions come to this expert; False: may answer, gets none by itself.
    takes_new: Mapped[bool] = mapped_column(Boolean)


class AskerBlock(Base):
    """Somebody who may not ask for a while."""

    __tablename__ = "content_expert_block"

    #: The account: the LMS.
    home_page: Mapped[str] = mapped_column(String(400), primary_key=True)
    #: The account: the pseudonym there.
    name: Mapped[str] = mapped_column(String(255), primary_key=True)
    #: First instant at which asking is allowed again.
    until: Mapped[datetime] = mapped_column(UtcInstant)
    #: Why; the learner reads it.
    reason: Mapped[str] = mapped_column(String(500))
    #: Who blocked.
    blocked_by: Mapped[str] = mapped_column(String(64))
    #: When.
    blocked_at: Mapped[datetime] = mapped_column(UtcInstant)


class AnswerVote(Base):
    """What one reader thinks of one answer; the last vote counts."""

    __tablename__ = "content_answer_vote"
    __table_args__ = (Index("ix_content_answer_vote_open", "vote", "settled_at"),)

    #: The account: the LMS.
    home_page: Mapped[str] = mapped_column(String(400), primary_key=True)
    #: The account: the pseudonym there.
    name: Mapped[str] = mapped_column(String(255), primary_key=True)
    #: What was answered with: `entry:<id>`, `document:<ref>`, `section:<package>/<module>/<n>`.
    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    #: `thanks`, `unhelpful` or `wrong`.
    vote: Mapped[str] = mapped_column(String(12))
    #: What is wrong, stripped of what names people; or empty.
    remark: Mapped[str] = mapped_column(String(500))
    #: When.
    voted_at: Mapped[datetime] = mapped_column(UtcInstant)
    #: When somebody looked into a `wrong`; NULL: not yet.
    settled_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    #: Who looked into it, or empty.
    settled_by: Mapped[str] = mapped_column(String(64))


class AnswerUse(Base):
    """How often something answered on a day; nobody is named."""

    __tablename__ = "content_answer_use"

    #: Day in Viet Nam.
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    #: As of a vote.
    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    #: Times shown as the answer.
    times: Mapped[int] = mapped_column(Integer)


class UnansweredSearch(Base):
    """Something searched for that the machine did not know; nobody is named."""

    __tablename__ = "content_unanswered_search"

    #: Day in Viet Nam.
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    #: The folded words, so that the same question counts once with and without marks.
    folded: Mapped[str] = mapped_column(String(300), primary_key=True)
    #: Subject area that was searched in, or empty.
    area: Mapped[str] = mapped_column(String(64))
    #: As first typed that day, stripped of what names people.
    words: Mapped[str] = mapped_column(String(300))
    #: Times.
    times: Mapped[int] = mapped_column(Integer)
