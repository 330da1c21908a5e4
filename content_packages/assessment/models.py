"""Tables of attempts. Answers are only ever added: what was acknowledged stays."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from xapi_bridge.database import Base, UtcInstant

IN_PROGRESS: Final = "inprogress"
FINISHED: Final = "finished"
OVERDUE: Final = "overdue"


class Attempt(Base):
    """One learner's one try at a quiz, pinned to one package version."""

    __tablename__ = "content_attempt"
    __table_args__ = (
        UniqueConstraint("home_page", "name", "registration", "package_id", "quiz_id", "number"),
        CheckConstraint("state IN ('inprogress', 'finished', 'overdue')", name="known_state"),
        Index("ix_content_attempt_learner_quiz", "home_page", "name", "package_id", "quiz_id"),
        Index("ix_content_attempt_due", "state", "due_at"),
    )

    #: Surrogate key.
    id: Mapped[int] = mapped_column(primary_key=True)
    #: The learner's account: the LMS.
    home_page: Mapped[str] = mapped_column(Text)
    #: The learner's account: the pseudonym there.
    name: Mapped[str] = mapped_column(String(255))
    #: xAPI registration under which it is reported.
    registration: Mapped[UUID] = mapped_column(Uuid)
    #: The package.
    package_id: Mapped[str] = mapped_column(String(64))
    #: The version whose questions were drawn.
    package_digest: Mapped[str] = mapped_column(ForeignKey("content_version.digest"), index=True)
    #: The quiz in that version.
    quiz_id: Mapped[str] = mapped_column(String(64))
    #: 1 for the first attempt under this registration.
    number: Mapped[int]
    #: Repeats the draw.
    seed: Mapped[int]
    #: `inprogress`, `finished` (handed in) or `overdue` (handed in by the clock).
    state: Mapped[str] = mapped_column(String(12), default=IN_PROGRESS)
    #: When it began.
    started_at: Mapped[datetime] = mapped_column(UtcInstant)
    #: When its time is over; empty without a time limit.
    due_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    #: When it ended.
    finished_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    #: Share of the maximum, 0..1; empty while in progress.
    score: Mapped[float | None]
    #: Whether the score reached the pass mark; empty while in progress.
    passed: Mapped[bool | None]


class AttemptItem(Base):
    """One drawn question of an attempt, in the place and order that the learner sees; never changed."""

    __tablename__ = "content_attempt_item"
    __table_args__ = (
        UniqueConstraint("attempt_id", "position"),
        UniqueConstraint("attempt_id", "question_id"),
    )

    #: Surrogate key.
    id: Mapped[int] = mapped_column(primary_key=True)
    #: The attempt.
    attempt_id: Mapped[int] = mapped_column(ForeignKey("content_attempt.id", ondelete="CASCADE"))
    #: 1 for the first question.
    position: Mapped[int]
    #: The question in the attempt's version.
    question_id: Mapped[str] = mapped_column(String(64))
    #: Canonical positions of options, right sides or items, in the order shown.
    option_order: Mapped[list[int]] = mapped_column(JSON)


class Draft(Base):
    """The autosaved answer of an item that was not yet sent; promoted to an answer at the end."""

    __tablename__ = "content_draft"

    #: The item.
    item_id: Mapped[int] = mapped_column(
        ForeignKey("content_attempt_item.id", ondelete="CASCADE"), primary_key=True
    )
    #: Place in the item's row of saves, shared with its answers.
    seq: Mapped[int]
    #: The answer in its JSON shape.
    response: Mapped[dict[str, Any]] = mapped_column(JSON)
    #: When it was saved.
    saved_at: Mapped[datetime] = mapped_column(UtcInstant)


class Answer(Base):
    """One step of an item: an answer that was sent. Rows are only added."""

    __tablename__ = "content_answer"
    __table_args__ = (UniqueConstraint("item_id", "seq"),)

    #: Surrogate key.
    id: Mapped[int] = mapped_column(primary_key=True)
    #: The item.
    item_id: Mapped[int] = mapped_column(ForeignKey("content_attempt_item.id", ondelete="CASCADE"))
    #: Place in the item's row of saves, from 1; drafts take numbers too, so there may be gaps.
    seq: Mapped[int]
    #: The answer in its JSON shape.
    response: Mapped[dict[str, Any]] = mapped_column(JSON)
    #: When it was saved.
    saved_at: Mapped[datetime] = mapped_column(UtcInstant)
