"""Tables of classes: what was held where, who was expected, who was there."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from xapi_bridge.database import Base, UtcInstant


class TrainingClass(Base):
    """One class session; a class of several meetings is several rows."""

    __tablename__ = "sync_training_class"
    __table_args__ = (
        CheckConstraint("minutes > 0", name="some_time"),
        CheckConstraint(
            "form IN ('in-class', 'live-online', 'self-paced', 'blended', 'workshop', 'study-trip')",
            name="known_form",
        ),
    )

    class_id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(200))
    #: `sync.rollups.definitions.TrainingForm`.
    form: Mapped[str] = mapped_column(String(12))
    #: The unit that holds it; whoever manages that unit calls the roll.
    unit_id: Mapped[int] = mapped_column(ForeignKey("sync_unit.unit_id"), index=True)
    begins_at: Mapped[datetime] = mapped_column(UtcInstant)
    #: How long it lasts in all.
    minutes: Mapped[int]
    place: Mapped[str] = mapped_column(String(200), default="")
    lecturer: Mapped[str] = mapped_column(String(200), default="")
    #: IRIs of the modules that it teaches, one a line; attending it completes them.
    module_iris: Mapped[str] = mapped_column(Text, default="")
    #: In đồng; empty: not known.
    cost: Mapped[int | None] = mapped_column(BigInteger)
    #: Number and day of the plan or decision.
    document: Mapped[str] = mapped_column(String(200), default="")
    made_by: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime] = mapped_column(UtcInstant)


class ClassSite(Base):
    """One place (điểm cầu) of a class that is held in several."""

    __tablename__ = "sync_class_site"
    __table_args__ = (UniqueConstraint("class_id", "name"),)

    site_id: Mapped[int] = mapped_column(primary_key=True)
    class_id: Mapped[int] = mapped_column(ForeignKey("sync_training_class.class_id"))
    name: Mapped[str] = mapped_column(String(160))


class ClassPerson(Base):
    """Somebody who is expected."""

    __tablename__ = "sync_class_person"

    class_id: Mapped[int] = mapped_column(ForeignKey("sync_training_class.class_id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("sync_person.person_id"), primary_key=True)
    site_id: Mapped[int | None] = mapped_column(ForeignKey("sync_class_site.site_id"))


class Attendance(Base):
    """Somebody who was there. The statements tell it; this row keeps which ones, to take them back."""

    __tablename__ = "sync_attendance"
    __table_args__ = (
        CheckConstraint("source IN ('roll', 'qr', 'hand')", name="known_source"),
        Index(
            "uq_sync_attendance_once",
            "class_id",
            "person_id",
            unique=True,
            sqlite_where=text("taken_back_at IS NULL"),
            postgresql_where=text("taken_back_at IS NULL"),
        ),
    )

    attendance_id: Mapped[int] = mapped_column(primary_key=True)
    class_id: Mapped[int] = mapped_column(ForeignKey("sync_training_class.class_id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("sync_person.person_id"), index=True)
    site_id: Mapped[int | None] = mapped_column(ForeignKey("sync_class_site.site_id"))
    #: roll: a list; qr: signed in with the code on the screen; hand: entered by the operator.
    source: Mapped[str] = mapped_column(String(4))
    #: Ids of the statements, separated by a space.
    statement_ids: Mapped[str] = mapped_column(Text, default="")
    recorded_by: Mapped[str] = mapped_column(String(64))
    recorded_at: Mapped[datetime] = mapped_column(UtcInstant)
    taken_back_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    taken_back_by: Mapped[str] = mapped_column(String(64), default="")
