"""Tables of the LRS. Statements are append-only; only `voided` ever changes.

One inverted index (`xapi_posting`) answers every filter: a term is a verb, an activity, an agent or a
registration, and a posting says in which statement it stands and in which part it plays there.
"""

from datetime import datetime
from enum import IntEnum, IntFlag
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from xapi_bridge.database import Base, UtcInstant

#: SQLite's own row number is a 64-bit INTEGER; naming it so saves a second index.
RowNumber = BigInteger().with_variant(Integer, "sqlite")


class TermKind(IntEnum):
    """What a term is."""

    VERB = 1
    ACTIVITY = 2
    AGENT = 3
    REGISTRATION = 4


class Part(IntFlag):
    """The parts that a term plays in one statement; fifteen bits, for a SMALLINT.

    `SUB` stands for any part inside a SubStatement. `VIA_REF` marks what came from the statement that a
    StatementRef points to; the part that it plays there is set as well, because the filters of xAPI
    Communication 2.1.3 apply to that statement too.
    """

    ACTOR = 1
    OBJECT = 2
    AUTHORITY = 4
    INSTRUCTOR = 8
    TEAM = 16
    CONTEXT_AGENT = 32
    MEMBER = 64
    SUB = 128
    PARENT = 256
    GROUPING = 512
    CATEGORY = 1024
    OTHER = 2048
    VERB = 4096
    REGISTRATION = 8192
    VIA_REF = 16384


#: What a filter without `related_agents` or `related_activities` looks at.
DIRECT = Part.ACTOR | Part.OBJECT | Part.VERB | Part.REGISTRATION


class StatementRow(Base):
    """One statement."""

    __tablename__ = "xapi_statement"
    __table_args__ = (
        Index(
            "ix_xapi_statement_target_id",
            "target_id",
            postgresql_where=text("target_id IS NOT NULL"),
            sqlite_where=text("target_id IS NOT NULL"),
        ),
    )

    #: Microseconds since 1970 in UTC, strictly increasing: the place in the one order, and `stored`.
    seq: Mapped[int] = mapped_column(RowNumber, primary_key=True, autoincrement=False)
    #: The public id.
    statement_id: Mapped[UUID] = mapped_column(Uuid, unique=True)
    verb_term_id: Mapped[int] = mapped_column(ForeignKey("xapi_term.term_id"))
    #: `context.registration`.
    registration: Mapped[UUID | None] = mapped_column(Uuid)
    #: The statement that this one is about or takes back (object is a StatementRef); it may arrive later.
    target_id: Mapped[UUID | None] = mapped_column(Uuid)
    #: Whether another statement took this one back.
    voided: Mapped[bool] = mapped_column(default=False)
    #: `version` of the statement, for example 1.0.0.
    version: Mapped[str] = mapped_column(String(16))
    authority_term_id: Mapped[int] = mapped_column(ForeignKey("xapi_term.term_id"))
    #: UTF-8 JSON: each property byte for byte as received, with what the store assigns spliced in.
    payload: Mapped[bytes] = mapped_column(LargeBinary)


class Term(Base):
    """Dictionary of everything that a filter can ask for."""

    __tablename__ = "xapi_term"
    __table_args__ = (UniqueConstraint("digest"),)

    term_id: Mapped[int] = mapped_column(RowNumber, primary_key=True)
    #: A `TermKind`.
    kind: Mapped[int] = mapped_column(SmallInteger)
    #: BLAKE2b-128 of kind and value: IRIs may be longer than an index entry may be.
    digest: Mapped[bytes] = mapped_column(LargeBinary(16))
    #: The verb or activity IRI, the agent's identifier, or the registration.
    value: Mapped[str] = mapped_column(Text)
    #: How many postings it has; a query starts from the rarest.
    posting_count: Mapped[int] = mapped_column(BigInteger, default=0)


class Posting(Base):
    """In which statement a term stands. Without foreign keys: both sides are written by one function."""

    __tablename__ = "xapi_posting"
    __table_args__ = (
        Index(
            "ix_xapi_posting_direct",
            "term_id",
            "seq",
            postgresql_where=text(f"mask & {int(DIRECT)} <> 0"),
            sqlite_where=text(f"mask & {int(DIRECT)} <> 0"),
        ),
        {"sqlite_with_rowid": False},
    )

    term_id: Mapped[int] = mapped_column(RowNumber, primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(RowNumber, primary_key=True, autoincrement=False)
    #: A `Part`.
    mask: Mapped[int] = mapped_column(SmallInteger)


class CredentialRow(Base):
    """A key that programs and analysts use at the xAPI door."""

    __tablename__ = "xapi_credential"

    #: The Basic user name; random, not secret.
    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    #: HMAC-SHA256 of the secret; the secret itself is random and kept nowhere.
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    #: Who uses it and what for, in the operator's words.
    label: Mapped[str] = mapped_column(String(160))
    #: Scope names, separated by one space.
    scopes: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(UtcInstant)
    expires_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    #: To the minute, so that reading does not write.
    last_used_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcInstant)
