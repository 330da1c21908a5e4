"""Tables of the followers, of the grades that leave the house, and of the rosters that come in."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, Uuid
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


class QuizResult(Base):
    """One final result, by its statement: what remains when another one is voided."""

    __tablename__ = "sync_quiz_result"

    statement_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    registration: Mapped[UUID] = mapped_column(Uuid, index=True)
    #: 0.0 to 1.0.
    scaled: Mapped[float]
    reached_at: Mapped[datetime] = mapped_column(UtcInstant)
    #: Another statement took it back.
    voided: Mapped[bool] = mapped_column(default=False)


class FinalResult(Base):
    """Best valid result of one xAPI registration, kept even while no gradebook column is known."""

    __tablename__ = "sync_final_result"

    registration: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    #: 0.0 to 1.0.
    best_scaled: Mapped[float]
    #: When that result was reached.
    reached_at: Mapped[datetime] = mapped_column(UtcInstant)


class OutgoingScore(Base):
    """The outbox: one row per learner and gradebook column, always the best valid result known."""

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
    #: 0.0 to 1.0; falls only when the statement behind it is voided.
    best_scaled: Mapped[float]
    #: Instant sent with the score; rises with every change, because an LMS ignores an older one.
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
    #: Stable code of that refusal; empty after a success.
    trouble_code: Mapped[str] = mapped_column(String(40), default="", server_default="")
    #: When it was given up; a better result revives it.
    given_up_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    #: Counts what is to be sent: another result, a correction, an order to send again.
    revision: Mapped[int] = mapped_column(default=1, server_default="1")
    #: Sent with the score for the learner to read; usually empty.
    comment: Mapped[str] = mapped_column(String(255), default="", server_default="")
    #: Every result behind it was voided: zero points stand for it.
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    #: How it was settled the last time: sent, held (the LMS had it), resent (as of a later instant).
    settled_by: Mapped[str] = mapped_column(String(8), default="", server_default="")
    #: When the LMS shall be asked what it holds; empty when nothing is to be asked.
    check_due_at: Mapped[datetime | None] = mapped_column(UtcInstant, index=True)
    #: When the LMS last told what it holds.
    checked_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    #: What it told, 0.0 to 1.0; empty: no result.
    held_scaled: Mapped[float | None]


class ScoreDifference(Base):
    """An LMS shows something else than what we delivered. Gone as soon as it shows the same."""

    __tablename__ = "sync_score_difference"

    outgoing_score_id: Mapped[int] = mapped_column(
        ForeignKey("sync_outgoing_score.outgoing_score_id", ondelete="CASCADE"), primary_key=True
    )
    #: missing, lower or higher, seen from our score.
    kind: Mapped[str] = mapped_column(String(8))
    #: What we delivered, 0.0 to 1.0.
    sent_scaled: Mapped[float]
    #: What the LMS shows; empty: no result.
    held_scaled: Mapped[float | None]
    #: read_back (after a delivery) or nightly.
    found_by: Mapped[str] = mapped_column(String(12))
    found_at: Mapped[datetime] = mapped_column(UtcInstant)
    #: When it was last seen to be so.
    seen_at: Mapped[datetime] = mapped_column(UtcInstant)


class ColumnCheck(Base):
    """The nightly comparison of one gradebook column with what we delivered there."""

    __tablename__ = "sync_column_check"

    platform_registration_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    line_item_url: Mapped[str] = mapped_column(String(1000), primary_key=True)
    #: When it is compared next. A claim moves it forward.
    due_at: Mapped[datetime] = mapped_column(UtcInstant, index=True)
    #: When it was last compared to the end.
    checked_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    #: How many scores were compared, and how many differed.
    scores: Mapped[int] = mapped_column(default=0)
    differences: Mapped[int] = mapped_column(default=0)
    failures: Mapped[int] = mapped_column(default=0)
    trouble_code: Mapped[str] = mapped_column(String(40), default="")
    trouble: Mapped[str] = mapped_column(String(500), default="")


class GradebookBreaker(Base):
    """The circuit breaker of one LMS, shared by all processes: open while its services do not answer."""

    __tablename__ = "sync_gradebook_breaker"

    platform_registration_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    #: Failures of the LMS, not of single scores, since its last answer.
    failures: Mapped[int] = mapped_column(default=0)
    #: Since when nothing is sent there; empty: closed.
    opened_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    #: When one score may try again (half open). The one that tries moves it forward.
    retry_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    #: Tries that failed since it opened; each doubles the pause.
    probes: Mapped[int] = mapped_column(default=0)
    trouble_code: Mapped[str] = mapped_column(String(40), default="")
    #: What the LMS answered last, without personal data.
    trouble: Mapped[str] = mapped_column(String(500), default="")
    last_answer_at: Mapped[datetime | None] = mapped_column(UtcInstant)


class LineItemWish(Base):
    """A column that a launch did not name: to be found in the gradebook, or made, once it has a score."""

    __tablename__ = "sync_line_item_wish"

    line_item_wish_id: Mapped[int] = mapped_column(primary_key=True)
    #: SHA-256 of registration, container, link and purpose: one column for each.
    wish_key: Mapped[str] = mapped_column(String(64), unique=True)
    platform_registration_id: Mapped[int]
    #: `lineitems` of the launch.
    container_url: Mapped[str] = mapped_column(String(1000))
    resource_link_id: Mapped[str] = mapped_column(String(255))
    #: `resourceId`: which content the column is for.
    purpose: Mapped[str] = mapped_column(String(255))
    #: Heading of the column.
    label: Mapped[str] = mapped_column(String(255))
    score_maximum: Mapped[float]
    #: The column, once it is known.
    line_item_url: Mapped[str | None] = mapped_column(String(1000), index=True)
    #: We made it, so that its heading is ours to change.
    is_ours: Mapped[bool] = mapped_column(default=False)
    #: When the LMS may be asked next; empty: nothing to do. A claim moves it forward.
    due_at: Mapped[datetime | None] = mapped_column(UtcInstant, index=True)
    claims: Mapped[int] = mapped_column(default=0)
    failures: Mapped[int] = mapped_column(default=0)
    trouble_code: Mapped[str] = mapped_column(String(40), default="")
    trouble: Mapped[str] = mapped_column(String(500), default="")
    wished_at: Mapped[datetime] = mapped_column(UtcInstant)
    found_at: Mapped[datetime | None] = mapped_column(UtcInstant)


class AwaitedColumn(Base):
    """A registration whose result waits for a column to be found or made."""

    __tablename__ = "sync_awaited_column"

    registration: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    line_item_wish_id: Mapped[int] = mapped_column(
        ForeignKey("sync_line_item_wish.line_item_wish_id"), index=True
    )
    lms_user_id: Mapped[str] = mapped_column(String(255))
    named_at: Mapped[datetime] = mapped_column(UtcInstant)


class CourseRoster(Base):
    """The list of members of one course of an LMS, and how far it has been read."""

    __tablename__ = "sync_roster"
    __table_args__ = (UniqueConstraint("platform_registration_id", "course_id"),)

    roster_id: Mapped[int] = mapped_column(primary_key=True)
    platform_registration_id: Mapped[int]
    course_id: Mapped[str] = mapped_column(String(255))
    course_title: Mapped[str] = mapped_column(String(400), default="")
    #: `context_memberships_url` of the newest launch.
    memberships_url: Mapped[str] = mapped_column(String(2000))
    #: When it is read next. A claim moves it forward.
    due_at: Mapped[datetime] = mapped_column(UtcInstant, index=True)
    claims: Mapped[int] = mapped_column(default=0)
    #: Number of the reading that is going on or was the last.
    reading: Mapped[int] = mapped_column(default=0)
    #: Bookmark of a reading that was interrupted: the page to go on with; empty: begin anew.
    next_page_url: Mapped[str] = mapped_column(String(2000), default="")
    #: Where the LMS shows only what changed since the last reading; empty where it does not.
    differences_url: Mapped[str] = mapped_column(String(2000), default="")
    #: The reading that is going on shows changes only: whoever is absent has not left.
    differences_only: Mapped[bool] = mapped_column(default=False)
    #: Members of the reading that is going on or was the last.
    members_read: Mapped[int] = mapped_column(default=0)
    begun_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    #: When a whole list, or all differences, were last read to the end.
    completed_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    #: When a whole list was last read to the end.
    whole_read_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    failures: Mapped[int] = mapped_column(default=0)
    trouble_code: Mapped[str] = mapped_column(String(40), default="")
    trouble: Mapped[str] = mapped_column(String(500), default="")


class RosterMember(Base):
    """One learner whom an LMS lists as a member of a course. Names and LMS user ids are not kept."""

    __tablename__ = "sync_roster_member"
    __table_args__ = (CheckConstraint("status IN ('active', 'inactive', 'left')", name="known_status"),)

    roster_id: Mapped[int] = mapped_column(ForeignKey("sync_roster.roster_id"), primary_key=True)
    #: The pseudonym that launches use as well.
    account_name: Mapped[str] = mapped_column(String(255), primary_key=True)
    account_home_page: Mapped[str] = mapped_column(String(400))
    #: active; inactive (the LMS says so); left (absent from a whole list, or said to be deleted).
    status: Mapped[str] = mapped_column(String(8))
    #: `CourseRoster.reading` that last showed the member.
    seen_reading: Mapped[int]
    first_seen_at: Mapped[datetime] = mapped_column(UtcInstant)
    seen_at: Mapped[datetime] = mapped_column(UtcInstant)
    left_at: Mapped[datetime | None] = mapped_column(UtcInstant)
