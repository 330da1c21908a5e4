"""Tables of the audit log. Rows are added and, after their time, pruned; none is ever changed.

On SQLite the readings lie in a file of their own beside the database
(docs/decisions/0014-audit-before-answer.md).
"""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from xapi_bridge.database import Base, UtcInstant
from xapi_bridge.store.models import RowNumber


class ReadingRow(Base):
    """Somebody was shown records of learners."""

    __tablename__ = "xapi_reading"
    __table_args__ = (
        CheckConstraint(
            "reader_kind IN ('key', 'token', 'operator', 'teacher', 'command')", name="known_reader"
        ),
        Index("ix_xapi_reading_reader", "reader", "reading_id"),
        Index("ix_xapi_reading_person_digest", "person_digest", "reading_id"),
    )

    reading_id: Mapped[int] = mapped_column(RowNumber, primary_key=True)
    read_at: Mapped[datetime] = mapped_column(UtcInstant, index=True)
    #: key, token, operator, teacher or command.
    reader_kind: Mapped[str] = mapped_column(String(8))
    #: The key, the client or subject of a token (a digest for people), the operator's user name,
    #: the pseudonym of a teacher.
    reader: Mapped[str] = mapped_column(String(200))
    #: What was read, for example `statements`, `state`, `agents`, `export`.
    resource: Mapped[str] = mapped_column(String(40))
    #: What was asked, as JSON; identifiers of people stand in it as digests.
    asked: Mapped[str] = mapped_column(Text)
    #: Keyed digest of the person asked for, hexadecimal; empty when none was named.
    person_digest: Mapped[str | None] = mapped_column(String(32))
    #: How many records were answered.
    records: Mapped[int] = mapped_column(Integer)
    #: Names the request in the logs.
    request_id: Mapped[str] = mapped_column(String(64))


class ActionRow(Base):
    """An operator changed who may ask what; written in the transaction of the change."""

    __tablename__ = "xapi_action"

    action_id: Mapped[int] = mapped_column(RowNumber, primary_key=True)
    done_at: Mapped[datetime] = mapped_column(UtcInstant, index=True)
    #: User name of the operator; `command` for the command line.
    operator: Mapped[str] = mapped_column(String(64))
    #: For example `credential_created`.
    action: Mapped[str] = mapped_column(String(40))
    #: What it was done to, for example a key.
    subject: Mapped[str] = mapped_column(String(200))
    #: Particulars as JSON; no secrets, no names of learners.
    particulars: Mapped[str] = mapped_column(Text)
