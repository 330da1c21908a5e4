"""Tables of forwarding: the targets, the outbox, and what each target was given."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, SmallInteger, String, Text, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from xapi_bridge.database import Base, UtcInstant


class ForwardingTarget(Base):
    """Another record store that statements go to."""

    __tablename__ = "sync_forwarding_target"

    target_id: Mapped[int] = mapped_column(primary_key=True)
    #: What operators call it.
    name: Mapped[str] = mapped_column(String(80), unique=True)
    #: The address in front of /statements, without a slash at its end.
    endpoint: Mapped[str] = mapped_column(String(1000))
    #: Our Basic user name there.
    key: Mapped[str] = mapped_column(String(255))
    #: Our password there, sealed under CCHC_SECRET_KEY.
    sealed_secret: Mapped[str] = mapped_column(Text)
    #: xAPI version to speak: 1.0.3 or 2.0.0.
    version: Mapped[str] = mapped_column(String(8))
    #: Which statements go there, as JSON (`filters.StatementFilter`); {} means all.
    filters: Mapped[str] = mapped_column(Text)
    #: Whether accounts become pseudonyms of this target.
    pseudonymous: Mapped[bool]
    #: Whether names and e-mail addresses may leave; otherwise they are left out.
    names_allowed: Mapped[bool]
    #: The key of its pseudonyms, sealed; without it nobody can tell who they are.
    sealed_pseudonym_key: Mapped[str] = mapped_column(Text)
    #: Most statements in one request, 1 to 500.
    batch_statements: Mapped[int]
    #: Most bytes in one request.
    batch_bytes: Mapped[int]
    #: Statements after this sequence number count; 0: all.
    start_seq: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(UtcInstant)
    #: Since when an operator pauses it; nothing is sent, nothing is taken in.
    paused_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    #: Requests that failed in a row; above 0 the next request carries one statement, to try.
    failures: Mapped[int] = mapped_column(default=0)
    #: Nothing is sent before this; empty when the target is well.
    retry_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    #: Code of the last refusal, for words and counts; empty when the target is well.
    trouble_code: Mapped[str] = mapped_column(String(64), default="")
    #: The refusal in words, without personal data; empty when the target is well.
    trouble: Mapped[str] = mapped_column(String(500), default="")
    #: Since when it is in trouble.
    trouble_since: Mapped[datetime | None] = mapped_column(UtcInstant)
    last_delivered_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    #: Statements that it holds from us.
    delivered_count: Mapped[int] = mapped_column(BigInteger, default=0)


class OutgoingStatement(Base):
    """One statement that a target is to get. Delivered ones move to `ForwardedStatement`."""

    __tablename__ = "sync_outgoing_statement"
    __table_args__ = (
        Index(
            "ix_sync_outgoing_statement_waiting",
            "target_id",
            "seq",
            postgresql_where=text("due_at IS NOT NULL"),
            sqlite_where=text("due_at IS NOT NULL"),
        ),
        Index(
            "ix_sync_outgoing_statement_due_at",
            "target_id",
            "due_at",
            postgresql_where=text("due_at IS NOT NULL"),
            sqlite_where=text("due_at IS NOT NULL"),
        ),
        Index(
            "ix_sync_outgoing_statement_given_up",
            "target_id",
            "reason",
            "seq",
            postgresql_where=text("due_at IS NULL"),
            sqlite_where=text("due_at IS NULL"),
        ),
        {"sqlite_with_rowid": False},
    )

    target_id: Mapped[int] = mapped_column(ForeignKey("sync_forwarding_target.target_id"), primary_key=True)
    #: `xapi_statement.seq`.
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    statement_id: Mapped[UUID] = mapped_column(Uuid)
    #: BLAKE2b-128 of the actor's identifier: statements of one actor are sent in their order.
    actor_key: Mapped[bytes] = mapped_column(LargeBinary(16))
    queued_at: Mapped[datetime] = mapped_column(UtcInstant)
    #: When it may be sent next; a claim moves it forward (lease). Empty: a dead letter.
    due_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    #: Whether a worker has it; then `due_at` is the end of its lease.
    is_claimed: Mapped[bool] = mapped_column(default=False)
    #: How often it was claimed; only the newest claim may record its outcome.
    claims: Mapped[int] = mapped_column(default=0)
    #: Attempts that failed because the target could not be reached or had no time.
    attempts: Mapped[int] = mapped_column(default=0)
    first_tried_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    #: HTTP status of the last answer; empty when there was none.
    last_status: Mapped[int | None] = mapped_column(SmallInteger)
    #: Code of the last refusal; for a dead letter why it is one. Empty before the first attempt.
    reason: Mapped[str] = mapped_column(String(64), default="")
    #: Beginning of the target's answer, without what it quotes of persons.
    answer: Mapped[str] = mapped_column(String(500), default="")
    #: When it was given up.
    dead_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    #: When an operator put the dead letter away, and the operator's words.
    discarded_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    note: Mapped[str] = mapped_column(String(500), default="")


class ForwardedStatement(Base):
    """What a target was given: the record that an erasure needs. Whose it is, the store's postings say."""

    __tablename__ = "sync_forwarded_statement"
    __table_args__ = (
        Index("ix_sync_forwarded_statement_delivered_at", "target_id", "delivered_at"),
        {"sqlite_with_rowid": False},
    )

    target_id: Mapped[int] = mapped_column(ForeignKey("sync_forwarding_target.target_id"), primary_key=True)
    #: `xapi_statement.seq`.
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    delivered_at: Mapped[datetime] = mapped_column(UtcInstant)
