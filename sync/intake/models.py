"""Tables of intake: the sources, what was refused, where each statement came from, files that were read."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from xapi_bridge.database import Base, UtcInstant


class IntakeSource(Base):
    """Another system whose statements come to us."""

    __tablename__ = "sync_intake_source"
    __table_args__ = (
        CheckConstraint("kind IN ('lrs', 'moodle-logstore', 'other')", name="known_kind"),
        Index("ix_sync_intake_source_due_at", "due_at"),
    )

    source_id: Mapped[int] = mapped_column(primary_key=True)
    #: Stable name in commands, and the end of the authority's account name: source-<name>.
    name: Mapped[str] = mapped_column(String(40), unique=True)
    #: What people call it.
    title: Mapped[str] = mapped_column(String(160))
    #: lrs, moodle-logstore (its statements have no ids) or other.
    kind: Mapped[str] = mapped_column(String(20))
    #: Address before /statements; empty when it only pushes, or only comes in files.
    endpoint: Mapped[str] = mapped_column(String(1000), default="")
    #: Version of xAPI that is spoken with it: 1.0.3 or 2.0.0.
    xapi_version: Mapped[str] = mapped_column(String(8), default="1.0.3")
    #: Our Basic user name there.
    key: Mapped[str] = mapped_column(String(255), default="")
    #: Our password there, sealed under a key derived from CCHC_SECRET_KEY (Fernet).
    sealed_secret: Mapped[str] = mapped_column(Text, default="")
    #: Only statements with this verb are read; empty: all.
    verb_iri: Mapped[str] = mapped_column(String(1000), default="")
    #: Only statements about this activity are read; empty: all.
    activity_iri: Mapped[str] = mapped_column(String(1000), default="")
    #: Whether its statements may count as learning and reach gradebooks.
    trusted: Mapped[bool] = mapped_column(default=False)
    #: Pause between two readings.
    interval_seconds: Mapped[int] = mapped_column(default=300)
    created_at: Mapped[datetime] = mapped_column(UtcInstant)
    #: When an operator stopped it; empty while it runs.
    paused_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    #: The bookmark: everything that the source stored up to here is taken in.
    read_through: Mapped[datetime | None] = mapped_column(UtcInstant)
    #: Where the reading that is under way goes on; empty between readings.
    more: Mapped[str] = mapped_column(Text, default="")
    #: Lowest Consistent-Through of the reading that is under way.
    ceiling: Mapped[datetime | None] = mapped_column(UtcInstant)
    #: Latest `stored` seen in the reading that is under way.
    last_stored: Mapped[datetime | None] = mapped_column(UtcInstant)
    #: When it may be read next; empty when it is not pulled. A claim moves it forward (lease).
    due_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    #: How often it was claimed; only the newest claim may record what it read.
    claims: Mapped[int] = mapped_column(default=0)
    #: Unsuccessful readings since the last page that came.
    failures: Mapped[int] = mapped_column(default=0)
    #: Stable code of the last trouble; empty after a page that came.
    trouble_code: Mapped[str] = mapped_column(String(60), default="")
    #: What went wrong last, without personal data.
    trouble: Mapped[str] = mapped_column(String(500), default="")
    #: When a reading last came to its end.
    complete_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    #: Statements recorded.
    accepted: Mapped[int] = mapped_column(BigInteger, default=0)
    #: Statements that the store had already, word for word.
    known: Mapped[int] = mapped_column(BigInteger, default=0)
    #: Statements that the store had already, with other people in them: copies made pseudonymous elsewhere.
    copies: Mapped[int] = mapped_column(BigInteger, default=0)


class RejectedStatement(Base):
    """A statement that was not recorded: kept as it came, until a person has decided."""

    __tablename__ = "sync_intake_rejected"
    __table_args__ = (
        Index("ix_sync_intake_rejected_source_id_decided_at", "source_id", "decided_at"),
        Index("uq_sync_intake_rejected_source_id_digest", "source_id", "digest", unique=True),
    )

    rejected_id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("sync_intake_source.source_id"))
    #: As the statement says, where it says one.
    statement_id: Mapped[UUID | None] = mapped_column(Uuid)
    #: SHA-256 of the bytes, so that a statement that comes again is kept once.
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    #: Stable code of the refusal; statement_conflict for an id that another statement has.
    code: Mapped[str] = mapped_column(String(60))
    #: The rule that is broken, in words.
    reason: Mapped[str] = mapped_column(String(500))
    #: The JSON exactly as it came.
    raw: Mapped[bytes] = mapped_column(LargeBinary)
    received_at: Mapped[datetime] = mapped_column(UtcInstant)
    #: When it was recorded after all, or discarded; empty while it waits.
    decided_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    #: recorded or discarded; empty while it waits.
    decision: Mapped[str] = mapped_column(String(10), default="")
    #: Why it was discarded, in the operator's words.
    note: Mapped[str] = mapped_column(String(300), default="")


class StatementProvenance(Base):
    """What a source said about a statement before our store put its own in place of it."""

    __tablename__ = "sync_intake_provenance"

    statement_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("sync_intake_source.source_id"), index=True)
    #: `stored` at the source, as written there; empty when it gave none.
    original_stored: Mapped[str] = mapped_column(String(60))
    #: `authority` at the source, JSON; empty when it gave none.
    original_authority: Mapped[str] = mapped_column(Text)
    received_at: Mapped[datetime] = mapped_column(UtcInstant)


class IntakeFile(Base):
    """How far a file was taken in, so that an interrupted command goes on where it stopped."""

    __tablename__ = "sync_intake_file"

    source_id: Mapped[int] = mapped_column(ForeignKey("sync_intake_source.source_id"), primary_key=True)
    #: SHA-256 of the file.
    digest: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    #: Statements done, from the beginning of the file.
    done: Mapped[int] = mapped_column(BigInteger, default=0)
    updated_at: Mapped[datetime] = mapped_column(UtcInstant)
