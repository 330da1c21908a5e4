"""Tables of erasures, retention rules and exports of one person's records."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Date, ForeignKey, LargeBinary, String, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from xapi_bridge.database import Base, UtcInstant


class Erasure(Base):
    """One request to erase a person. When it is done, nothing here names the person any more."""

    __tablename__ = "sync_erasure"
    __table_args__ = (
        CheckConstraint("kind IN ('pseudonymise', 'erase')", name="known_kind"),
        CheckConstraint("state IN ('ordered', 'running', 'finished', 'cancelled')", name="known_state"),
    )

    erasure_id: Mapped[int] = mapped_column(primary_key=True)
    #: The number under which the request is filed; typed once more to confirm it.
    reference: Mapped[str] = mapped_column(String(80), unique=True)
    #: As the operator entered it.
    legal_basis: Mapped[str] = mapped_column(String(400))
    #: pseudonymise, or erase (pseudonymise and reduce the person's own statements).
    kind: Mapped[str] = mapped_column(String(12))
    #: Whether name and staff code in the registry go as well.
    anonymises_person: Mapped[bool]
    #: HMAC-SHA256 of the identifiers under a key that is not in this database.
    subject_digest: Mapped[bytes] = mapped_column(LargeBinary(32), index=True)
    #: JSON of identifiers, person and pseudonym while the work needs them; empty afterwards.
    subject: Mapped[str] = mapped_column(Text)
    #: ordered, running, finished or cancelled.
    state: Mapped[str] = mapped_column(String(10), index=True)
    #: The step that is next (`sync.privacy.carrying_out.STEPS`).
    step: Mapped[str] = mapped_column(String(12), default="")
    #: How far the step is: the last sequence number that it has seen.
    reached_seq: Mapped[int] = mapped_column(BigInteger, default=0)
    #: The last statement that belongs to the erasure; later ones are new learning.
    until_seq: Mapped[int] = mapped_column(BigInteger, default=0)
    #: JSON: kind of record -> how many were changed or deleted.
    counts: Mapped[str] = mapped_column(Text, default="{}")
    #: Files of archived months, separated by blanks, that may still hold the person.
    archives: Mapped[str] = mapped_column(Text, default="")
    #: User name of the operator, or `command line`.
    ordered_by: Mapped[str] = mapped_column(String(64))
    ordered_at: Mapped[datetime] = mapped_column(UtcInstant)
    confirmed_by: Mapped[str] = mapped_column(String(64), default="")
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    finished_at: Mapped[datetime | None] = mapped_column(UtcInstant)


class ErasureTarget(Base):
    """What another record store still holds of an erased person."""

    __tablename__ = "sync_erasure_target"
    __table_args__ = (
        CheckConstraint("state IN ('none', 'asked', 'voided', 'confirmed')", name="known_state"),
    )

    erasure_id: Mapped[int] = mapped_column(ForeignKey("sync_erasure.erasure_id"), primary_key=True)
    #: Number of the forwarding target.
    target_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    #: What the target was called on that day.
    target_name: Mapped[str] = mapped_column(String(80))
    #: Statements of the person that went there.
    statements: Mapped[int] = mapped_column(BigInteger)
    #: none: nothing went there; asked: voiding statements wait; voided: the target took them; confirmed: a
    #: person says that the other side has deleted.
    state: Mapped[str] = mapped_column(String(10))
    #: JSON list of statement ids for the other side's operator; empty once confirmed.
    statement_ids: Mapped[str] = mapped_column(Text, default="")
    #: What the person who confirmed it wrote.
    note: Mapped[str] = mapped_column(String(400), default="")
    confirmed_by: Mapped[str] = mapped_column(String(64), default="")
    changed_at: Mapped[datetime] = mapped_column(UtcInstant)


class RetentionRule(Base):
    """What is kept no longer than needed: a kind of record, an age, and what becomes of it then."""

    __tablename__ = "sync_retention_rule"

    rule_id: Mapped[int] = mapped_column(primary_key=True)
    #: In the operator's words.
    title: Mapped[str] = mapped_column(String(120))
    #: statements, attachments, documents, dead_letters, study_records or person_exports.
    kind: Mapped[str] = mapped_column(String(16))
    #: JSON: what of that kind (`sync.privacy.retention_rules.Scope`); {} means all.
    scope: Mapped[str] = mapped_column(Text, default="{}")
    #: Age in days from which the rule applies.
    keep_days: Mapped[int]
    #: reduce or delete.
    action: Mapped[str] = mapped_column(String(8))
    #: Since when it runs on the timetable; empty: off.
    active_since: Mapped[datetime | None] = mapped_column(UtcInstant)
    #: Statements up to this sequence number were looked at; they never come up again.
    reached_seq: Mapped[int] = mapped_column(BigInteger, default=0)
    created_by: Mapped[str] = mapped_column(String(64))
    changed_at: Mapped[datetime] = mapped_column(UtcInstant)


class RetentionRun(Base):
    """One day of one rule: what it changed or deleted. Kept, so that it can be shown."""

    __tablename__ = "sync_retention_run"

    rule_id: Mapped[int] = mapped_column(ForeignKey("sync_retention_rule.rule_id"), primary_key=True)
    #: The day in Viet Nam.
    ran_on: Mapped[date] = mapped_column(Date, primary_key=True)
    #: The rule in one line, as it was on that day.
    rule: Mapped[str] = mapped_column(String(500))
    #: Records that were changed or deleted.
    records: Mapped[int] = mapped_column(BigInteger)
    last_at: Mapped[datetime] = mapped_column(UtcInstant)


class PersonExport(Base):
    """A ZIP of everything that is kept of one person (right of access)."""

    __tablename__ = "sync_person_export"
    __table_args__ = (
        CheckConstraint(
            "state IN ('waiting', 'running', 'finished', 'failed', 'expired')", name="known_state"
        ),
    )

    export_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    #: The number under which the request is filed.
    reference: Mapped[str] = mapped_column(String(80))
    #: JSON of the identifiers and the person while the file exists; empty afterwards.
    subject: Mapped[str] = mapped_column(Text)
    #: HMAC-SHA256 of the identifiers under a key that is not in this database.
    subject_digest: Mapped[bytes] = mapped_column(LargeBinary(32), index=True)
    #: waiting, running, finished, failed or expired.
    state: Mapped[str] = mapped_column(String(10), index=True)
    #: Last statement of the snapshot.
    until_seq: Mapped[int] = mapped_column(BigInteger)
    #: Statements written, and how many there are.
    done: Mapped[int] = mapped_column(BigInteger, default=0)
    total: Mapped[int] = mapped_column(BigInteger, default=0)
    #: SHA-256 of the finished file, hexadecimal.
    sha256: Mapped[str] = mapped_column(String(64), default="")
    size_bytes: Mapped[int] = mapped_column(BigInteger, default=0)
    #: Stable code of what stopped it.
    failure: Mapped[str] = mapped_column(String(64), default="")
    ordered_by: Mapped[str] = mapped_column(String(64))
    ordered_at: Mapped[datetime] = mapped_column(UtcInstant)
    #: When another worker may take it over; empty while nobody writes it.
    leased_until: Mapped[datetime | None] = mapped_column(UtcInstant)
    #: When the file is deleted.
    expires_at: Mapped[datetime] = mapped_column(UtcInstant)
