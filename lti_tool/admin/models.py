"""Tables of the console: operators, their open sessions, attempts to sign in."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from xapi_bridge.database import Base, UtcInstant


class Operator(Base):
    """Someone who signs in here and not through an LMS: administrator, analyst or unit manager."""

    __tablename__ = "lti_operator"
    __table_args__ = (
        CheckConstraint("role IN ('administrator', 'analyst', 'unit_manager')", name="known_role"),
        CheckConstraint("role <> 'unit_manager' OR unit_id IS NOT NULL", name="manager_has_unit"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Lower case.
    username: Mapped[str] = mapped_column(String(64), unique=True)
    #: scrypt, with its salt and parameters.
    password_hash: Mapped[str] = mapped_column(String(255))
    #: administrator, analyst or unit_manager.
    role: Mapped[str] = mapped_column(String(16))
    #: Root of the subtree that a unit manager sees; empty for the others.
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("sync_unit.unit_id"))
    created_at: Mapped[datetime] = mapped_column(UtcInstant)
    #: A disabled operator keeps the history and may not sign in.
    disabled_at: Mapped[datetime | None] = mapped_column(UtcInstant)


class OperatorSession(Base):
    """One signed-in browser. Kept here, so that signing out and disabling take effect at once."""

    __tablename__ = "lti_operator_session"

    #: SHA-256 of the token in the browser's cookie.
    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    operator_id: Mapped[int] = mapped_column(ForeignKey("lti_operator.id"), index=True)
    opened_at: Mapped[datetime] = mapped_column(UtcInstant)
    expires_at: Mapped[datetime] = mapped_column(UtcInstant, index=True)


class SignInAttempt(Base):
    """An attempt to sign in that has not (yet) succeeded; old ones are swept away by newer ones."""

    __tablename__ = "lti_sign_in_attempt"
    __table_args__ = (Index("ix_lti_sign_in_attempt_pair", "username", "address", "tried_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    #: What was typed, lower case, whether or not such an operator exists.
    username: Mapped[str] = mapped_column(String(64))
    #: Network address of the browser.
    address: Mapped[str] = mapped_column(String(45), index=True)
    tried_at: Mapped[datetime] = mapped_column(UtcInstant, index=True)
