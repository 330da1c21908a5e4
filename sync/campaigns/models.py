"""Table of the periodic tests."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from sync.rollups.models import LONGEST_IRI
from xapi_bridge.database import Base, UtcInstant


class Campaign(Base):
    """One round of a test: data, from which states and lists are computed whenever they are asked for."""

    __tablename__ = "sync_campaign"
    __table_args__ = (CheckConstraint("opens_on <= closes_on", name="days_in_order"),)

    campaign_id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(200))
    quiz_iri: Mapped[str] = mapped_column(String(LONGEST_IRI))
    #: Who must sit: this unit with everything below it …
    unit_id: Mapped[int] = mapped_column(ForeignKey("sync_unit.unit_id"), index=True)
    #: … and of its people those of this rule, in this version.
    population_code: Mapped[str] = mapped_column(String(40))
    population_version: Mapped[int]
    opens_on: Mapped[date] = mapped_column(Date)
    #: Last day.
    closes_on: Mapped[date] = mapped_column(Date)
    #: Pass mark, 0.0 to 1.0.
    pass_scaled: Mapped[float]
    #: Commend the best so many percent of each level; empty: no such rule.
    commend_percent: Mapped[int | None]
    #: Commend from this share of the points on; empty: no such rule. With both, both must hold.
    commend_scaled: Mapped[float | None]
    #: Recommend to who failed or stayed below this share.
    recommend_below: Mapped[float]
    #: IRIs of the modules that are recommended, one a line.
    recommend_iris: Mapped[str] = mapped_column(Text, default="")
    #: Number and day of the plan.
    document: Mapped[str] = mapped_column(String(200), default="")
    made_by: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime] = mapped_column(UtcInstant)
