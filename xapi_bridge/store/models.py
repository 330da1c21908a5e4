"""Tables of the LRS. Statements are append-only: only `voided` ever changes, and what names an
erased person (`xapi_bridge.store.erasure`). Documents come and go.

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
    """One statement. On PostgreSQL the table may be parted by month (`xapi_bridge.store.partitions`)."""

    __tablename__ = "xapi_statement"

    #: Microseconds since 1970 in UTC, strictly increasing: the place in the one order, and `stored`.
    seq: Mapped[int] = mapped_column(RowNumber, primary_key=True, autoincrement=False)
    #: The public id. Unique by `xapi_statement_key`, which is also the way to find it.
    statement_id: Mapped[UUID] = mapped_column(Uuid)
    #: Number of the verb in `xapi_term`; without a foreign key, which would cost a look-up per statement.
    verb_term_id: Mapped[int] = mapped_column(RowNumber)
    #: `context.registration`.
    registration: Mapped[UUID | None] = mapped_column(Uuid)
    #: The statement that this one is about or takes back (object is a StatementRef); it may arrive later.
    target_id: Mapped[UUID | None] = mapped_column(Uuid)
    #: Whether another statement took this one back.
    voided: Mapped[bool] = mapped_column(default=False)
    #: `version` of the statement, for example 1.0.0.
    version: Mapped[str] = mapped_column(String(16))
    #: Number of the account that vouches, in `xapi_term`.
    authority_term_id: Mapped[int] = mapped_column(RowNumber)
    #: UTF-8 JSON: each property byte for byte as received, with what the store assigns spliced in.
    payload: Mapped[bytes] = mapped_column(LargeBinary)
    #: The JSON as it was sent, only where `payload` cannot give it back (`payload.received_from`).
    received: Mapped[bytes | None] = mapped_column(LargeBinary)


class StatementKey(Base):
    """Every id that was ever used, and where its statement is. Never parted, so that an id is used once."""

    __tablename__ = "xapi_statement_key"
    __table_args__ = ({"sqlite_with_rowid": False},)

    #: The public id.
    statement_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    #: Its place in the order.
    seq: Mapped[int] = mapped_column(RowNumber)
    #: The archive that the statement was moved to; NULL while it is in the store.
    archive_id: Mapped[int | None] = mapped_column(Integer)
    #: Of an archived statement: BLAKE2b-128 of its canonical form, with and without its timestamp.
    digest: Mapped[bytes | None] = mapped_column(LargeBinary(32))


class StatementReference(Base):
    """Which statement is about which, known or still to come: few rows, looked at whenever one arrives."""

    __tablename__ = "xapi_statement_reference"
    __table_args__ = ({"sqlite_with_rowid": False},)

    #: The id of the statement that is referred to.
    target_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    #: The statement that refers to it.
    seq: Mapped[int] = mapped_column(RowNumber, primary_key=True, autoincrement=False)
    #: The id of the statement that refers to it.
    statement_id: Mapped[UUID] = mapped_column(Uuid)
    #: Whether it takes the target back.
    is_voiding: Mapped[bool] = mapped_column(default=False)
    #: Takes back only what this account vouches for (number in `xapi_term`); NULL: whatever it names.
    only_authority_term_id: Mapped[int | None] = mapped_column(RowNumber)


class ArchiveRow(Base):
    """One month that was moved out of the store into a file."""

    __tablename__ = "xapi_archive"

    archive_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    #: Year and month of `stored` in UTC, for example 2026-03.
    month: Mapped[str] = mapped_column(String(7))
    #: Name of the file, without its folder.
    file_name: Mapped[str] = mapped_column(String(120))
    #: How many statements the file holds.
    statement_count: Mapped[int] = mapped_column(BigInteger)
    #: The first and the last of them in the order of the store.
    first_seq: Mapped[int] = mapped_column(BigInteger)
    last_seq: Mapped[int] = mapped_column(BigInteger)
    #: SHA-256 over the ids and payloads in their order.
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    #: When the file was written and compared with the store.
    verified_at: Mapped[datetime] = mapped_column(UtcInstant)
    #: When the store was rid of the statements; NULL while that is still to do.
    removed_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    #: When the statements came back from the file.
    restored_at: Mapped[datetime | None] = mapped_column(UtcInstant)


class Watermark(Base):
    """How far the store is complete although nothing was recorded; one row (`store.sequence`)."""

    __tablename__ = "xapi_watermark"

    #: Always 1.
    watermark_id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    #: No statement gets this number or a lower one any more.
    through: Mapped[int] = mapped_column(BigInteger)


class Term(Base):
    """Dictionary of everything that a filter can ask for."""

    __tablename__ = "xapi_term"
    __table_args__ = (
        UniqueConstraint("digest"),
        # Agents by their words, for joining a registry of people. A hash, as B-tree entries have a limit.
        Index(
            "ix_xapi_term_agent",
            "value",
            postgresql_using="hash",
            postgresql_where=text(f"kind = {int(TermKind.AGENT)}"),
            sqlite_where=text(f"kind = {int(TermKind.AGENT)}"),
        ),
    )

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


class ActivityRow(Base):
    """What an activity is, put together from all statements that described it."""

    __tablename__ = "xapi_activity"

    term_id: Mapped[int] = mapped_column(
        ForeignKey("xapi_term.term_id"), primary_key=True, autoincrement=False
    )
    #: BLAKE2b-128 of the definition that came last: the same again changes nothing.
    received_digest: Mapped[bytes] = mapped_column(LargeBinary(16))
    #: UTF-8 JSON, an Activity Definition Object.
    definition: Mapped[bytes] = mapped_column(LargeBinary)


class DocumentKind(IntEnum):
    """To which resource a document belongs."""

    STATE = 1
    ACTIVITY_PROFILE = 2
    AGENT_PROFILE = 3


class DocumentRow(Base):
    """A document that a program keeps about an activity, an agent, or the two together."""

    __tablename__ = "xapi_document"
    __table_args__ = (
        UniqueConstraint("key_digest"),
        Index("ix_xapi_document_agent_digest", "agent_digest", "kind", "activity_digest"),
        Index("ix_xapi_document_activity_digest", "activity_digest", "kind"),
    )

    document_id: Mapped[int] = mapped_column(RowNumber, primary_key=True)
    #: A `DocumentKind`.
    kind: Mapped[int] = mapped_column(SmallInteger)
    #: BLAKE2b-128 of kind, activity, agent, registration and name: the document's identity.
    key_digest: Mapped[bytes] = mapped_column(LargeBinary(16))
    #: The digest of the agent's term, whose documents are thereby found together; null for activity profiles.
    agent_digest: Mapped[bytes | None] = mapped_column(LargeBinary(16))
    #: The agent's identifier as the dictionary writes it.
    agent: Mapped[str | None] = mapped_column(Text)
    #: The digest of the activity's term; null for agent profiles.
    activity_digest: Mapped[bytes | None] = mapped_column(LargeBinary(16))
    #: The activity's IRI.
    activity: Mapped[str | None] = mapped_column(Text)
    #: Of a state that belongs to one registration.
    registration: Mapped[UUID | None] = mapped_column(Uuid)
    #: stateId or profileId.
    name: Mapped[str] = mapped_column(Text)
    #: As received, parameters included.
    content_type: Mapped[str] = mapped_column(Text)
    #: SHA-1 of the body, 40 hexadecimal digits.
    etag: Mapped[str] = mapped_column(String(40))
    body: Mapped[bytes] = mapped_column(LargeBinary)
    updated_at: Mapped[datetime] = mapped_column(UtcInstant)


class AttachmentRow(Base):
    """Bytes that the storage keeps, or that a request is about to put there."""

    __tablename__ = "xapi_attachment"

    #: Lower-case hexadecimal SHA-2, the name of the bytes in the storage.
    sha2: Mapped[str] = mapped_column(String(128), primary_key=True)
    #: True number of bytes, which a statement may state wrongly.
    length: Mapped[int] = mapped_column(BigInteger)
    #: When they last came in. What no statement names is removed only a day later.
    kept_at: Mapped[datetime] = mapped_column(UtcInstant, index=True)


class StatementAttachment(Base):
    """A statement that came with these bytes. No key to the statement, whose table may be partitioned."""

    __tablename__ = "xapi_statement_attachment"

    statement_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    sha2: Mapped[str] = mapped_column(ForeignKey("xapi_attachment.sha2"), primary_key=True, index=True)
    #: As the statement says; another statement may call the same bytes otherwise.
    content_type: Mapped[str] = mapped_column(Text)


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
    #: Hash of the secret before the present one, which opens, too, until `old_secret_until`.
    old_secret_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    old_secret_until: Mapped[datetime | None] = mapped_column(UtcInstant)
    #: Account that vouches for what is recorded; both empty: an account of the key's own.
    authority_home_page: Mapped[str | None] = mapped_column(Text)
    authority_name: Mapped[str | None] = mapped_column(String(160))
    #: System that records with the key; empty for none.
    source: Mapped[str] = mapped_column(String(64), default="", server_default="")
    #: Free words of the operator.
    note: Mapped[str] = mapped_column(Text, default="", server_default="")
    #: Keys of one group see the same pseudonyms.
    pseudonym_group: Mapped[str] = mapped_column(String(64), default="analysts", server_default="analysts")
    #: Most requests in a minute; empty: the installation's own limit.
    requests_per_minute: Mapped[int | None] = mapped_column(Integer)


class ErasedAgent(Base):
    """An identifier whose person was erased: recognised when it comes again, and not readable from here."""

    __tablename__ = "xapi_erased_agent"

    #: HMAC-SHA256 of the identifier under a key that is not in this database.
    digest: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    #: JSON of the Agent that stands in the statements now.
    pseudonym: Mapped[str] = mapped_column(Text)
    #: Whether the person's own statements were reduced to what counts need.
    reduces: Mapped[bool]
    #: What happened up to then is rewritten when it arrives late; what happened later is new.
    erased_at: Mapped[datetime] = mapped_column(UtcInstant)


class ErasedStatement(Base):
    """A statement whose content is not what was sent any more: a repeat is recognised by its id alone."""

    __tablename__ = "xapi_erased_statement"

    statement_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
