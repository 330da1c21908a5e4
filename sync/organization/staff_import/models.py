"""Tables of what was entered together, so that it can be looked at before and taken back after."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from xapi_bridge.database import Base, UtcInstant


class StaffBatch(Base):
    """One import of a list, or one merging of two people: everything in it goes back together."""

    __tablename__ = "sync_staff_batch"
    __table_args__ = (
        CheckConstraint(
            "state IN ('staged', 'applying', 'applied', 'discarded', 'undone')", name="known_state"
        ),
        CheckConstraint("kind IN ('list', 'merge', 'units')", name="known_kind"),
    )

    batch_id: Mapped[int] = mapped_column(primary_key=True)
    #: list: a file; merge: two people made one; units: posts that a reorganisation moved.
    kind: Mapped[str] = mapped_column(String(8))
    state: Mapped[str] = mapped_column(String(10))
    file_name: Mapped[str] = mapped_column(String(200), default="")
    #: SHA-256 of the file, hexadecimal: the same file again is told.
    digest: Mapped[str] = mapped_column(String(64), default="", index=True)
    #: The unit whose subtree the list may name; empty: every unit.
    scope_unit_id: Mapped[int | None] = mapped_column(ForeignKey("sync_unit.unit_id"))
    made_by: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime] = mapped_column(UtcInstant)
    rows: Mapped[int] = mapped_column(default=0)
    #: Number of the last row that was applied; the next chunk begins after it.
    applied_through: Mapped[int] = mapped_column(default=0)
    applied_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    undone_by: Mapped[str] = mapped_column(String(64), default="")
    undone_at: Mapped[datetime | None] = mapped_column(UtcInstant)


class StaffBatchRow(Base):
    """One row of a list, what it would do, and what was found in it."""

    __tablename__ = "sync_staff_batch_row"

    batch_id: Mapped[int] = mapped_column(ForeignKey("sync_staff_batch.batch_id"), primary_key=True)
    #: As the spreadsheet shows it.
    row_number: Mapped[int] = mapped_column(primary_key=True)
    #: The cells as JSON; emptied once the row was applied or thrown away, because it names people.
    content: Mapped[str] = mapped_column(Text)
    #: new, move, change, same or error.
    effect: Mapped[str] = mapped_column(String(8))
    #: JSON list of findings (`sync.organization.staff_import.findings`).
    findings: Mapped[str] = mapped_column(Text)


class StaffChange(Base):
    """One change of the registry, with what stood there before."""

    __tablename__ = "sync_staff_change"

    change_id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("sync_staff_batch.batch_id"), index=True)
    row_number: Mapped[int] = mapped_column(default=0)
    #: person_added, name_changed, post_added, post_changed, post_removed or account_moved.
    kind: Mapped[str] = mapped_column(String(16))
    #: No foreign keys: the change outlives what it speaks of.
    person_id: Mapped[int] = mapped_column(index=True)
    #: Post or account, by kind.
    thing_id: Mapped[int | None]
    #: JSON of the changed values; emptied when the person is erased.
    before: Mapped[str] = mapped_column(Text, default="")
    after: Mapped[str] = mapped_column(Text, default="")
    undone_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    #: Why an undoing left it: changed_later, in_use or posts_overlap; empty otherwise.
    kept_because: Mapped[str] = mapped_column(String(16), default="")
