"""Tables of exports: what was asked for, how far it is, and the parts that are safely on disk."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Date, ForeignKey, Index, String, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from xapi_bridge.database import Base, UtcInstant


class Export(Base):
    """One export. `reached_seq` moves in the transaction that enters a part, and never otherwise."""

    __tablename__ = "sync_export"
    __table_args__ = (
        CheckConstraint("form IN ('ndjson', 'csv', 'parquet')", name="known_form"),
        CheckConstraint(
            "state IN ('waiting', 'running', 'finished', 'cancelled', 'failed', 'expired')",
            name="known_state",
        ),
        Index("ix_sync_export_requester", "requester", "requested_at"),
        Index("ix_sync_export_state", "state", "requested_at"),
    )

    export_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    #: 'operator:<id>' or 'key:<key>': who asked, and the only one who may fetch it (beside administrators).
    requester: Mapped[str] = mapped_column(String(80))
    #: ndjson, csv or parquet.
    form: Mapped[str] = mapped_column(String(8))
    #: The filters as JSON (`sync.statement_filters.write_filters`).
    filters: Mapped[str] = mapped_column(Text)
    #: Whether names and e-mail addresses may stand in the file.
    with_names: Mapped[bool]
    #: The requester's unit: only people of it and below; empty for everybody.
    root_id: Mapped[int | None] = mapped_column(ForeignKey("sync_unit.unit_id"))
    #: Only what this account vouches for, its home page; empty for everything.
    authority_home_page: Mapped[str] = mapped_column(String(500), default="")
    #: The name of that account; empty for everything.
    authority_name: Mapped[str] = mapped_column(String(160), default="")
    #: The day on which posts are looked up.
    posts_on: Mapped[date] = mapped_column(Date)
    #: waiting, running, finished, cancelled, failed or expired.
    state: Mapped[str] = mapped_column(String(10))
    #: Last sequence number of the snapshot: what was certain when the export was asked for.
    upper_seq: Mapped[int] = mapped_column(BigInteger)
    #: Sequence number up to which everything stands in parts.
    reached_seq: Mapped[int] = mapped_column(BigInteger, default=-1)
    #: Rows in all parts.
    rows_done: Mapped[int] = mapped_column(BigInteger, default=0)
    #: Rows expected, counted no further than ten thousand.
    rows_expected: Mapped[int] = mapped_column(BigInteger)
    #: Whether more than `rows_expected` are expected.
    more_expected: Mapped[bool]
    #: Size of the finished file, empty before.
    size_bytes: Mapped[int | None] = mapped_column(BigInteger)
    #: Stable code of what stopped it, for a failed one.
    failure: Mapped[str] = mapped_column(String(40), default="")
    #: The worker that writes it now.
    lease: Mapped[UUID | None] = mapped_column(Uuid)
    #: When another worker may take over.
    leased_until: Mapped[datetime | None] = mapped_column(UtcInstant)
    requested_at: Mapped[datetime] = mapped_column(UtcInstant)
    #: When it was finished, cancelled or failed.
    ended_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    #: When the finished file is deleted.
    expires_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    #: Whether something of it still lies on disk, or may.
    has_files: Mapped[bool] = mapped_column(default=True)


class ExportPart(Base):
    """One part that is complete on disk, and stands in the finished file once."""

    __tablename__ = "sync_export_part"

    export_id: Mapped[UUID] = mapped_column(ForeignKey("sync_export.export_id"), primary_key=True)
    #: 1 for the first.
    number: Mapped[int] = mapped_column(primary_key=True)
    #: Name within the export's folder; carries the lease, so that two workers never write one file.
    file_name: Mapped[str] = mapped_column(String(80))
    rows: Mapped[int]
