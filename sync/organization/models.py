"""Tables of the organisation: units with dates, their names, ancestors and successors; people and posts.

A unit row is a node: same territory, parent and level for its whole life. A change of name or kind is a
label; a change of parent, level or territory is a new node and a succession. Dates are half-open:
`valid_from` is the first day, `valid_to` the first day no more (9999-12-31 when open).
"""

from datetime import date, datetime
from typing import Final

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from sync.figure_versions import count_as_staff
from sync.organization.one_primary_post import enforce_one_primary_post
from xapi_bridge.database import Base, UtcInstant

OPEN_END: Final = date(9999, 12, 31)

#: The two hierarchies of a unit (a ministry's office in a province commands and lies differently).
COMMAND: Final = "command"
TERRITORY: Final = "territory"

#: How we know the first day: an act says it, or it is only the first day on which a list shows the unit.
ENACTED: Final = "enacted"
ATTESTED: Final = "attested"


class Unit(Base):
    """One administrative unit, agency or department, during one uninterrupted stretch of time."""

    __tablename__ = "sync_unit"
    __table_args__ = (
        UniqueConstraint("scheme", "code", "valid_from"),
        CheckConstraint("valid_from < valid_to", name="dates_in_order"),
        CheckConstraint(
            "level IN ('national', 'central', 'province', 'district', 'commune')", name="known_level"
        ),
        CheckConstraint("dating IN ('enacted', 'attested')", name="known_dating"),
    )

    #: Surrogate key; a code alone does not identify a unit over time.
    unit_id: Mapped[int] = mapped_column(primary_key=True)
    #: Who gave the code: 'QD19/2025', 'QD124/2004', 'TW' (central bodies), 'LOCAL'.
    scheme: Mapped[str] = mapped_column(String(16))
    #: Official code with its leading zeros.
    code: Mapped[str] = mapped_column(String(35))
    #: national, central, province, district or commune.
    level: Mapped[str] = mapped_column(String(12))
    #: Line of command; empty only for the national root.
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("sync_unit.unit_id"), index=True)
    #: The territorial unit that it lies in, where that is not its line of command.
    territory_id: Mapped[int | None] = mapped_column(ForeignKey("sync_unit.unit_id"), index=True)
    valid_from: Mapped[date] = mapped_column(Date)
    #: First day on which it no longer exists.
    valid_to: Mapped[date] = mapped_column(Date, default=OPEN_END)
    #: `ENACTED` or `ATTESTED`: an attested unit may well be older than `valid_from`.
    dating: Mapped[str] = mapped_column(String(8), default=ENACTED)
    #: The legal act that created this node, for example 'QĐ 19/2025/QĐ-TTg'.
    legal_basis: Mapped[str] = mapped_column(String(120))


class UnitLabel(Base):
    """What a unit was called and what kind it was, with dates."""

    __tablename__ = "sync_unit_label"

    unit_id: Mapped[int] = mapped_column(ForeignKey("sync_unit.unit_id"), primary_key=True)
    valid_from: Mapped[date] = mapped_column(Date, primary_key=True)
    valid_to: Mapped[date] = mapped_column(Date, default=OPEN_END)
    #: Full official name, NFC: 'Xã Tân Trào', 'Bộ Nội vụ'.
    name: Mapped[str] = mapped_column(String(160))
    #: The name without its kind, for lists under a heading: 'Tân Trào'.
    short_name: Mapped[str] = mapped_column(String(160))
    #: Letters only, lower case, no diacritics, for searching: 'xa tan trao'.
    folded_name: Mapped[str] = mapped_column(String(160), index=True)
    #: tinh, thanh-pho, quan, huyen, thi-xa, xa, phuong, thi-tran, dac-khu, bo, co-quan-ngang-bo …
    kind: Mapped[str] = mapped_column(String(24))
    #: `ENACTED` or `ATTESTED`: how the first day of this name is known.
    dating: Mapped[str] = mapped_column(String(8), default=ENACTED)
    legal_basis: Mapped[str] = mapped_column(String(120))


class UnitClosure(Base):
    """Every ancestor of every unit, itself included (depth 0), per hierarchy."""

    __tablename__ = "sync_unit_closure"
    __table_args__ = (Index("ix_sync_unit_closure_upwards", "hierarchy", "descendant_id", "ancestor_id"),)

    #: `COMMAND` or `TERRITORY`.
    hierarchy: Mapped[str] = mapped_column(String(10), primary_key=True)
    ancestor_id: Mapped[int] = mapped_column(ForeignKey("sync_unit.unit_id"), primary_key=True)
    descendant_id: Mapped[int] = mapped_column(ForeignKey("sync_unit.unit_id"), primary_key=True)
    depth: Mapped[int]


class UnitSuccession(Base):
    """Which unit took over the territory or the tasks of which, and when."""

    __tablename__ = "sync_unit_succession"

    from_unit_id: Mapped[int] = mapped_column(ForeignKey("sync_unit.unit_id"), primary_key=True)
    to_unit_id: Mapped[int] = mapped_column(ForeignKey("sync_unit.unit_id"), primary_key=True, index=True)
    #: First day of the new unit.
    on_date: Mapped[date] = mapped_column(Date, primary_key=True)
    #: whole, part (the old unit was divided), tasks (an agency's tasks moved).
    mode: Mapped[str] = mapped_column(String(8))
    #: The successor that takes figures which cannot be divided; one per old unit.
    is_default: Mapped[bool]
    legal_basis: Mapped[str] = mapped_column(String(120))


class LoadedUnitList(Base):
    """Which list of units this database holds: one row, so that two processes cannot load it twice."""

    __tablename__ = "sync_unit_list"

    #: 'shipped': the list in this package's data folder.
    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    #: SHA-256 of the data files, hexadecimal.
    digest: Mapped[str] = mapped_column(String(64))


class Person(Base):
    """One official. Who it is stands in `sync_person_detail`, which fewer may read."""

    __tablename__ = "sync_person"

    person_id: Mapped[int] = mapped_column(primary_key=True)
    #: Stable opaque text that stands for the person in reports without names.
    pseudonym: Mapped[str] = mapped_column(String(40), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcInstant)


class PersonDetail(Base):
    """Name and staff code of a person: restricted."""

    __tablename__ = "sync_person_detail"

    person_id: Mapped[int] = mapped_column(ForeignKey("sync_person.person_id"), primary_key=True)
    #: The code that the LMS sends as `lis.person_sourcedid`.
    staff_code: Mapped[str] = mapped_column(String(64), unique=True)
    full_name: Mapped[str] = mapped_column(String(160))


class ActorIdentity(Base):
    """One account in the statements; several may belong to one person, some to nobody yet."""

    __tablename__ = "sync_actor_identity"
    __table_args__ = (UniqueConstraint("home_page", "account_name"),)

    identity_id: Mapped[int] = mapped_column(primary_key=True)
    #: `actor.account.homePage`: the platform.
    home_page: Mapped[str] = mapped_column(String(400))
    #: `actor.account.name`: opaque.
    account_name: Mapped[str] = mapped_column(String(255))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("sync_person.person_id"), index=True)
    first_seen_at: Mapped[datetime] = mapped_column(UtcInstant)
    #: When the account was last linked to a person or unlinked.
    linked_at: Mapped[datetime | None] = mapped_column(UtcInstant)


class Appointment(Base):
    """A post in a unit, with dates. Never two primary posts at once: the database itself refuses that."""

    __tablename__ = "sync_appointment"
    __table_args__ = (
        CheckConstraint("valid_from < valid_to", name="dates_in_order"),
        CheckConstraint("staff_category IN ('can_bo', 'cong_chuc', 'vien_chuc')", name="known_category"),
        # Pages count the posts of units without a look at the table; restating asks where a person was later.
        Index(
            "ix_sync_appointment_unit",
            *("unit_id", "person_id", "valid_from", "valid_to"),
            *("is_primary", "staff_category", "is_cchc", "cchc_role"),
        ),
        Index("ix_sync_appointment_person", "person_id", "is_primary", "valid_from", "valid_to", "unit_id"),
    )

    appointment_id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("sync_person.person_id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("sync_unit.unit_id"))
    position: Mapped[str] = mapped_column(String(160), default="")
    #: can_bo, cong_chuc or vien_chuc.
    staff_category: Mapped[str] = mapped_column(String(10))
    #: Whether the post works on administrative reform: the population of the targets.
    is_cchc: Mapped[bool] = mapped_column(default=True)
    #: One of `sync.organization.cchc_roles.CCHC_ROLES`; empty: not said.
    cchc_role: Mapped[str] = mapped_column(String(20), default="")
    is_primary: Mapped[bool] = mapped_column(default=True)
    valid_from: Mapped[date] = mapped_column(Date)
    valid_to: Mapped[date] = mapped_column(Date, default=OPEN_END)
    recorded_at: Mapped[datetime] = mapped_column(UtcInstant)


enforce_one_primary_post(Appointment.metadata.tables[Appointment.__tablename__])
for _counted in (Unit, UnitLabel, UnitClosure, UnitSuccession, Appointment):
    count_as_staff(_counted.metadata.tables[_counted.__tablename__])
