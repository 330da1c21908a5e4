"""Tables of the followers and of the grades that leave the house."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, String, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from xapi_bridge.database import Base, UtcInstant


class FollowerBookmark(Base):
    """How far one follower has read the statement store."""

    __tablename__ = "sync_follower"

    #: 'rollups', 'grades' …
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    #: Sequence number of the last statement that is taken in; 0 before the first.
    last_seq: Mapped[int] = mapped_column(BigInteger, default=0)
    #: When the last batch was taken in; empty before the first.
    updated_at: Mapped[datetime | None] = mapped_column(UtcInstant)


class ExpectedScore(Base):
    """Where the result of one xAPI registration belongs: told by the launch that opened it."""

    __tablename__ = "sync_expected_score"
    __table_args__ = (CheckConstraint("score_maximum > 0", name="maximum_above_zero"),)

    #: The xAPI registration that the launch put into the learner's ticket.
    registration: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    #: The LMS registration whose credentials will send the score.
    platform_registration_id: Mapped[int]
    #: The gradebook column, as the LMS gave it.
    line_item_url: Mapped[str] = mapped_column(String(1000))
    #: `sub` of the learner at that LMS.
    lms_user_id: Mapped[str] = mapped_column(String(255))
    #: Points possible in that column.
    score_maximum: Mapped[float]
    #: When a launch last named this target.
    named_at: Mapped[datetime] = mapped_column(UtcInstant)


class FinalResult(Base):
    """Best final result of one xAPI registration, kept even while no gradebook column is known."""

    __tablename__ = "sync_final_result"

    registration: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    #: 0.0 to 1.0.
    best_scaled: Mapped[float]
    #: When that result was reached.
    reached_at: Mapped[datetime] = mapped_column(UtcInstant)


class OutgoingScore(Base):
    """The outbox: one row per learner and gradebook column, always the best result known."""

    __tablename__ = "sync_outgoing_score"
    __table_args__ = (
        UniqueConstraint("platform_registration_id", "line_item_url", "lms_user_id"),
        Index("ix_sync_outgoing_score_due_at", "due_at"),
    )

    outgoing_score_id: Mapped[int] = mapped_column(primary_key=True)
    platform_registration_id: Mapped[int]
    line_item_url: Mapped[str] = mapped_column(String(1000))
    lms_user_id: Mapped[str] = mapped_column(String(255))
    score_maximum: Mapped[float]
    #: 0.0 to 1.0; only ever rises.
    best_scaled: Mapped[float]
    #: Instant sent with the score; rises with every better result, because an LMS ignores an older one.
    scored_at: Mapped[datetime] = mapped_column(UtcInstant)
    #: When it may be sent next; empty when nothing is left to send. A claim moves it forward (lease).
    due_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    #: How often it was claimed; only the newest claim may record its outcome.
    claims: Mapped[int] = mapped_column(default=0)
    #: Unsuccessful attempts since the last success.
    failures: Mapped[int] = mapped_column(default=0)
    #: What the LMS holds, 0.0 to 1.0; empty before the first delivery.
    delivered_scaled: Mapped[float | None]
    delivered_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    #: Why it was not delivered the last time, without personal data; empty after a success.
    trouble: Mapped[str] = mapped_column(String(500), default="")
    #: When it was given up; a better result revives it.
    given_up_at: Mapped[datetime | None] = mapped_column(UtcInstant)
