"""Tables of who is counted: named rules with versions, and the headcounts that units declare."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from xapi_bridge.database import Base, UtcInstant


class PopulationRule(Base):
    """One version of a named rule; versions are added, never changed."""

    __tablename__ = "sync_population_rule"

    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    title: Mapped[str] = mapped_column(String(200))
    #: Words separated by a space: can_bo, cong_chuc, vien_chuc.
    staff_categories: Mapped[str] = mapped_column(String(60))
    only_cchc: Mapped[bool]
    #: Words separated by a space; empty: any role.
    cchc_roles: Mapped[str] = mapped_column(String(200), default="")
    legal_basis: Mapped[str] = mapped_column(String(300))
    made_by: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime] = mapped_column(UtcInstant)


class Headcount(Base):
    """How many people a unit says it has, beside the list that names them."""

    __tablename__ = "sync_headcount"
    __table_args__ = (
        UniqueConstraint("unit_id", "population_code", "as_of"),
        CheckConstraint("people >= 0", name="not_negative"),
    )

    headcount_id: Mapped[int] = mapped_column(primary_key=True)
    #: The unit with everything below it.
    unit_id: Mapped[int] = mapped_column(ForeignKey("sync_unit.unit_id"))
    population_code: Mapped[str] = mapped_column(String(40))
    #: The day that the number speaks of; it holds until the next one.
    as_of: Mapped[date] = mapped_column(Date)
    people: Mapped[int]
    #: Number and day of the document that says so.
    document: Mapped[str] = mapped_column(String(200))
    declared_by: Mapped[str] = mapped_column(String(64))
    declared_at: Mapped[datetime] = mapped_column(UtcInstant)
