"""Tables of official lists of units that were handed in, and of what each did."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from xapi_bridge.database import Base, UtcInstant


class UnitImport(Base):
    """An official list with its conversion table: waiting, applied, taken back or thrown away."""

    __tablename__ = "sync_unit_import"
    __table_args__ = (
        CheckConstraint("state IN ('staged', 'applied', 'discarded', 'undone')", name="known_state"),
    )

    import_id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(String(10))
    #: Scheme of the new codes.
    scheme: Mapped[str] = mapped_column(String(16))
    #: Scheme of the list that is replaced; the same, when codes go on.
    replaces: Mapped[str] = mapped_column(String(16))
    #: First day of the new list.
    on_date: Mapped[date] = mapped_column(Date)
    #: Code of the unit below which the list is whole; empty: the country.
    within_code: Mapped[str] = mapped_column(String(35), default="")
    legal_basis: Mapped[str] = mapped_column(String(120))
    file_name: Mapped[str] = mapped_column(String(200), default="")
    #: JSON of the list and the table (`sync.organization.unit_import.lists`).
    content: Mapped[str] = mapped_column(Text)
    made_by: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime] = mapped_column(UtcInstant)
    applied_by: Mapped[str] = mapped_column(String(64), default="")
    applied_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    undone_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    #: The posts that went along from closed units to their successors.
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("sync_staff_batch.batch_id"))


class UnitImportChange(Base):
    """What an applied list did to one node."""

    __tablename__ = "sync_unit_import_change"
    __table_args__ = (CheckConstraint("what IN ('made', 'closed', 'relabelled')", name="known_what"),)

    import_id: Mapped[int] = mapped_column(ForeignKey("sync_unit_import.import_id"), primary_key=True)
    #: No foreign key: what was made goes away when the import is taken back.
    unit_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    what: Mapped[str] = mapped_column(String(10))
    #: Of a closed node: until when it would have lived.
    lived_until: Mapped[date | None] = mapped_column(Date)
