"""Tables of identity rules: their versions, short-lived samples to try them on, conflicts, evidence."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from xapi_bridge.database import Base, UtcInstant


class IdentityRules(Base):
    """One version of the rules of one registration; the highest version is in force."""

    __tablename__ = "lti_identity_rules"
    __table_args__ = (UniqueConstraint("registration_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("lti_platform_registration.id"))
    #: 1, 2, 3 …
    version: Mapped[int]
    #: JSON list of rules (`lti_tool.identity.rules`).
    rules: Mapped[str] = mapped_column(Text)
    #: Why they were changed.
    note: Mapped[str] = mapped_column(String(200), default="")
    #: User name of the operator; `migration` or `command`.
    made_by: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime] = mapped_column(UtcInstant)


class IdentitySample(Base):
    """What rules could read in the last launch of an account; kept seven days, to try rules on."""

    __tablename__ = "lti_identity_sample"
    __table_args__ = (Index("ix_lti_identity_sample_taken", "registration_id", "taken_at"),)

    registration_id: Mapped[int] = mapped_column(ForeignKey("lti_platform_registration.id"), primary_key=True)
    identity_id: Mapped[int] = mapped_column(ForeignKey("sync_actor_identity.identity_id"), primary_key=True)
    taken_at: Mapped[datetime] = mapped_column(UtcInstant, index=True)
    #: Source -> value as JSON, sealed with a key that is derived from CCHC_SECRET_KEY.
    sealed_values: Mapped[str] = mapped_column(Text)


class IdentityConflict(Base):
    """The last launch of an account says something else than the staff list; somebody must look at it."""

    __tablename__ = "lti_identity_conflict"

    identity_id: Mapped[int] = mapped_column(ForeignKey("sync_actor_identity.identity_id"), primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("lti_platform_registration.id"), index=True)
    #: unit_differs: the staff list has the person elsewhere; several_units: the launch names several.
    kind: Mapped[str] = mapped_column(String(16))
    #: The unit that the launch names, where it is one.
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("sync_unit.unit_id"))
    seen_at: Mapped[datetime] = mapped_column(UtcInstant)


class IdentityEvidence(Base):
    """What may show that two accounts belong to one person."""

    __tablename__ = "lti_identity_evidence"

    identity_id: Mapped[int] = mapped_column(ForeignKey("sync_actor_identity.identity_id"), primary_key=True)
    #: The code that the rules found at the last launch; empty: none.
    staff_code: Mapped[str] = mapped_column(String(64), index=True, default="")
    #: Keyed digest of the e-mail address; empty unless CCHC_EMAIL_DIGESTS is on.
    email_digest: Mapped[str] = mapped_column(String(64), index=True, default="")
    seen_at: Mapped[datetime] = mapped_column(UtcInstant)
