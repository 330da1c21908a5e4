"""Tables of attempts. Steps are only ever added: what was acknowledged stays."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from xapi_bridge.database import Base, UtcInstant

IN_PROGRESS: Final = "inprogress"
FINISHED: Final = "finished"
OVERDUE: Final = "overdue"
ABANDONED: Final = "abandoned"

#: Kinds of steps: an answer that was sent; one that was checked at once; the same when it was right or the
#: last that was allowed; points given by a person; points counted again by another key; the end.
ANSWER: Final = "answer"
TRY: Final = "try"
SETTLED: Final = "settled"
MARK: Final = "mark"
REGRADE: Final = "regrade"
END: Final = "end"


class Attempt(Base):
    """One learner's one try at a quiz, pinned to one package version."""

    __tablename__ = "content_attempt"
    __table_args__ = (
        UniqueConstraint("home_page", "name", "registration", "package_id", "quiz_id", "number"),
        CheckConstraint("state IN ('inprogress', 'finished', 'overdue', 'abandoned')", name="known_state"),
        Index("ix_content_attempt_learner_quiz", "home_page", "name", "package_id", "quiz_id"),
        Index("ix_content_attempt_due", "state", "due_at"),
        Index("ix_content_attempt_quiz", "package_id", "quiz_id", "id"),
        Index("ix_content_attempt_course", "home_page", "course_id"),
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
    #: `inprogress`, `finished` (handed in), `overdue` (handed in by the clock), `abandoned` (left without
    #: a time limit until nobody waits for it any more; it counts as an attempt and has no score).
    state: Mapped[str] = mapped_column(String(12), default=IN_PROGRESS)
    #: When it began.
    started_at: Mapped[datetime] = mapped_column(UtcInstant)
    #: When its time is over; empty without a time limit.
    due_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    #: When it ended.
    finished_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    #: Share of the maximum, 0..1; empty while in progress, and while an essay waits for its marker.
    score: Mapped[float | None]
    #: Whether the score reached the pass mark; empty as long as the score.
    passed: Mapped[bool | None]
    #: The course of the LMS from which it was begun; its teachers mark the essays. Empty when unknown.
    course_id: Mapped[str] = mapped_column(String(255), default="", server_default="")
    #: When the time window in which it was begun ends for everybody; empty without a window.
    closes_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    #: How many results were told as statements; each one after the first takes the one before back.
    results_told: Mapped[int] = mapped_column(default=0, server_default="0")
    #: How many steps it has.
    steps: Mapped[int] = mapped_column(default=0, server_default="0")
    #: Digest of the newest step, made of the one before as well; before the first step, of what was drawn.
    #: Empty for attempts from before there were chains, and when the answers were erased.
    chain: Mapped[str] = mapped_column(String(64), default="", server_default="")


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
    #: Place in the blueprint, from 1: who drew other questions has the same slots.
    slot: Mapped[int]
    #: The question in the attempt's version.
    question_id: Mapped[str] = mapped_column(String(64))
    #: Canonical positions of options, right sides or items, in the order shown.
    option_order: Mapped[list[int]] = mapped_column(JSON)


class Draft(Base):
    """The autosaved answer of an item that was not yet sent; promoted to a step at the end."""

    __tablename__ = "content_draft"

    #: The item.
    item_id: Mapped[int] = mapped_column(
        ForeignKey("content_attempt_item.id", ondelete="CASCADE"), primary_key=True
    )
    #: Place in the item's row of saves, shared with its steps.
    seq: Mapped[int]
    #: The answer in its JSON shape.
    response: Mapped[dict[str, Any]] = mapped_column(JSON)
    #: Id that the browser gave this save, so that it may send it again; empty from a plain form.
    client_id: Mapped[str | None] = mapped_column(String(36))
    #: When it was saved.
    saved_at: Mapped[datetime] = mapped_column(UtcInstant)


class Step(Base):
    """One thing that happened to an attempt, in order. Rows are only added."""

    __tablename__ = "content_step"
    __table_args__ = (
        UniqueConstraint("attempt_id", "number"),
        UniqueConstraint("item_id", "seq"),
        UniqueConstraint("item_id", "client_id"),
        CheckConstraint("kind IN ('answer', 'try', 'settled', 'mark', 'regrade', 'end')", name="known_kind"),
    )

    #: Surrogate key.
    id: Mapped[int] = mapped_column(primary_key=True)
    #: The attempt.
    attempt_id: Mapped[int] = mapped_column(ForeignKey("content_attempt.id", ondelete="CASCADE"))
    #: Place in the attempt's chain of steps, from 1.
    number: Mapped[int]
    #: The item; empty for a step of the whole attempt.
    item_id: Mapped[int | None] = mapped_column(ForeignKey("content_attempt_item.id", ondelete="CASCADE"))
    #: Place in the item's row of saves, from 1; drafts take numbers too, so there may be gaps.
    seq: Mapped[int]
    #: `answer`, `try`, `settled`, `mark`, `regrade` or `end`.
    kind: Mapped[str] = mapped_column(String(8))
    #: Of an answer or try: the answer in its JSON shape; of a mark or regrade: what was decided.
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    #: What the answer earns from this step on, 0..1; empty where the step says nothing about it.
    earned: Mapped[float | None]
    #: Who decided, for a mark or a regrade: the pseudonym of a teacher, or an operator's name.
    made_by: Mapped[str | None] = mapped_column(String(255))
    #: Id that the browser gave this save, so that it may send it again.
    client_id: Mapped[str | None] = mapped_column(String(36))
    #: When it happened.
    saved_at: Mapped[datetime] = mapped_column(UtcInstant)
    #: Digest of this step and of the one before; empty for steps from before there were chains.
    chain: Mapped[str] = mapped_column(String(64))


class TimeAllowance(Base):
    """More time for one person, given by a teacher or an operator. Rows are only added; the newest counts."""

    __tablename__ = "content_time_allowance"
    __table_args__ = (
        Index("ix_content_time_allowance_learner", "home_page", "name", "package_id"),
        CheckConstraint("percent BETWEEN 0 AND 400", name="sensible_percent"),
    )

    #: Surrogate key.
    id: Mapped[int] = mapped_column(primary_key=True)
    #: The learner's account: the LMS.
    home_page: Mapped[str] = mapped_column(Text)
    #: The learner's account: the pseudonym there.
    name: Mapped[str] = mapped_column(String(255))
    #: The package.
    package_id: Mapped[str] = mapped_column(String(64))
    #: The quiz; empty for all quizzes of the package.
    quiz_id: Mapped[str] = mapped_column(String(64))
    #: How much more, in percent of the quiz's time limit; 0 takes an allowance back.
    percent: Mapped[int]
    #: Why, in a few words; never a diagnosis.
    reason: Mapped[str] = mapped_column(String(200))
    #: Who gave it: the pseudonym of a teacher, or an operator's name.
    given_by: Mapped[str] = mapped_column(String(255))
    #: When it was given.
    given_at: Mapped[datetime] = mapped_column(UtcInstant)
