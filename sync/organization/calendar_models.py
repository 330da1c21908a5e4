"""Table of the reporting calendars that provinces define beside the two that every installation has."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from xapi_bridge.database import Base, UtcInstant


class CalendarRow(Base):
    """One calendar."""

    __tablename__ = "sync_reporting_calendar"
    __table_args__ = (CheckConstraint("closes_on BETWEEN 0 AND 28", name="closing_day"),)

    code: Mapped[str] = mapped_column(String(20), primary_key=True)
    title: Mapped[str] = mapped_column(String(120))
    #: Last day of each month, 1 to 28; 0: the last day that the month has.
    closes_on: Mapped[int]
    legal_basis: Mapped[str] = mapped_column(String(200), default="")
    #: Whose calendar it is; empty: everybody's.
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("sync_unit.unit_id"))
    made_by: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime] = mapped_column(UtcInstant)
