"""Tables of what is said about accounts: the unit that a learner declares, and whose account it was when."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from xapi_bridge.database import Base, UtcInstant


class UnitClaim(Base):
    """The unit that an account without a person in the staff list is said to belong to. Counts for nothing
    until the unit's manager confirms it: then a post in the staff list stands behind it.
    """

    __tablename__ = "sync_unit_claim"
    __table_args__ = (
        CheckConstraint("state IN ('skipped', 'declared', 'confirmed', 'rejected')", name="known_state"),
        CheckConstraint("source IN ('learner', 'lms')", name="known_source"),
        CheckConstraint("state = 'skipped' OR unit_id IS NOT NULL", name="unit_named"),
        Index("ix_sync_unit_claim_unit", "unit_id", "state"),
    )

    claim_id: Mapped[int] = mapped_column(primary_key=True)
    identity_id: Mapped[int] = mapped_column(ForeignKey("sync_actor_identity.identity_id"), unique=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("sync_unit.unit_id"))
    #: skipped, declared, confirmed or rejected.
    state: Mapped[str] = mapped_column(String(10))
    #: learner: chose it; lms: an identity rule read it from the launch.
    source: Mapped[str] = mapped_column(String(8))
    #: The name that the LMS showed, sealed; opened for the manager of that unit only.
    sealed_name: Mapped[str] = mapped_column(Text, default="")
    declared_at: Mapped[datetime] = mapped_column(UtcInstant)
    decided_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    #: User name of the unit's manager.
    decided_by: Mapped[str] = mapped_column(String(64), default="")
    #: Why it was rejected; the learner reads it.
    reason: Mapped[str] = mapped_column(String(500), default="")
    #: The post that the confirmation made; taken back with it.
    appointment_id: Mapped[int | None] = mapped_column(
        ForeignKey("sync_appointment.appointment_id", ondelete="SET NULL")
    )


class UnitClaimEvent(Base):
    """What happened to a claim, one line each."""

    __tablename__ = "sync_unit_claim_event"
    __table_args__ = (Index("ix_sync_unit_claim_event_claim", "claim_id", "happened_at"),)

    event_id: Mapped[int] = mapped_column(primary_key=True)
    claim_id: Mapped[int] = mapped_column(ForeignKey("sync_unit_claim.claim_id"))
    happened_at: Mapped[datetime] = mapped_column(UtcInstant)
    #: skipped, declared, confirmed, rejected or withdrawn.
    what: Mapped[str] = mapped_column(String(10))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("sync_unit.unit_id"))
    #: User name of the manager; empty: the learner, or a rule.
    by: Mapped[str] = mapped_column(String(64), default="")
    reason: Mapped[str] = mapped_column(String(500), default="")


class AccountMove(Base):
    """An account passed from one person (or nobody) to another (or nobody)."""

    __tablename__ = "sync_account_move"

    move_id: Mapped[int] = mapped_column(primary_key=True)
    identity_id: Mapped[int] = mapped_column(ForeignKey("sync_actor_identity.identity_id"), index=True)
    from_person_id: Mapped[int | None] = mapped_column(ForeignKey("sync_person.person_id"))
    to_person_id: Mapped[int | None] = mapped_column(ForeignKey("sync_person.person_id"))
    moved_at: Mapped[datetime] = mapped_column(UtcInstant, index=True)
    #: User name of the operator; `launch`: a rule at a launch; `claim`: a confirmed unit.
    by: Mapped[str] = mapped_column(String(64))
    reason: Mapped[str] = mapped_column(String(300), default="")
    #: The move that this one took back.
    undoes_id: Mapped[int | None] = mapped_column(ForeignKey("sync_account_move.move_id"), unique=True)
