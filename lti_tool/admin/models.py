"""Tables of the console: operators, their second factor, their open sessions, failed attempts and locks."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from xapi_bridge.database import Base, UtcInstant


class Operator(Base):
    """Someone who signs in here and not through an LMS."""

    __tablename__ = "lti_operator"
    __table_args__ = (
        CheckConstraint(
            "role IN ('administrator', 'operator', 'content_manager', 'expert', 'analyst', 'unit_manager')",
            name="known_role",
        ),
        CheckConstraint("role <> 'unit_manager' OR unit_id IS NOT NULL", name="manager_has_unit"),
        UniqueConstraint("external_issuer", "external_subject"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Lower case.
    username: Mapped[str] = mapped_column(String(64), unique=True)
    #: argon2id, or scrypt until the next sign-in; empty: signs in through single sign-on only.
    password_hash: Mapped[str] = mapped_column(String(255))
    #: administrator, operator, content_manager, expert, analyst or unit_manager.
    role: Mapped[str] = mapped_column(String(16))
    #: Root of the subtree that a unit manager sees; empty for the others.
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("sync_unit.unit_id"))
    created_at: Mapped[datetime] = mapped_column(UtcInstant)
    #: A disabled operator keeps the history and may not sign in.
    disabled_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    #: Somebody else chose the password: it must be changed before anything else.
    must_change_password: Mapped[bool] = mapped_column(default=False, server_default=false())
    #: Secret of the authenticator app, sealed; empty: no second factor.
    sealed_totp_secret: Mapped[str] = mapped_column(Text, default="", server_default="")
    #: A secret that was shown and not yet confirmed by a code; sealed.
    sealed_totp_draft: Mapped[str] = mapped_column(Text, default="", server_default="")
    #: Newest 30-second step whose code was taken: an older or equal one is a replay (RFC 6238, 5.2).
    totp_last_step: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    #: `preferred_username` (or the chosen claim) by which single sign-on finds the account the first time.
    external_name: Mapped[str | None] = mapped_column(String(255), unique=True)
    #: `iss` and `sub` of single sign-on, fixed at the first sign-in.
    external_issuer: Mapped[str | None] = mapped_column(String(255))
    external_subject: Mapped[str | None] = mapped_column(String(255))
    #: Made by single sign-on: its groups decide the role at every sign-in.
    made_by_issuer: Mapped[bool] = mapped_column(default=False, server_default=false())
    last_signed_in_at: Mapped[datetime | None] = mapped_column(UtcInstant)


class RecoveryCode(Base):
    """One code that replaces the authenticator app, once."""

    __tablename__ = "lti_recovery_code"

    operator_id: Mapped[int] = mapped_column(ForeignKey("lti_operator.id"), primary_key=True)
    #: SHA-256 of the code; 80 random bits, so a slow hash would add nothing.
    code_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    used_at: Mapped[datetime | None] = mapped_column(UtcInstant)


class OperatorSession(Base):
    """One signed-in browser. Kept here, so that signing out and disabling take effect at once."""

    __tablename__ = "lti_operator_session"

    #: SHA-256 of the token in the browser's cookie.
    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    operator_id: Mapped[int] = mapped_column(ForeignKey("lti_operator.id"), index=True)
    opened_at: Mapped[datetime] = mapped_column(UtcInstant)
    expires_at: Mapped[datetime] = mapped_column(UtcInstant, index=True)
    #: Last request, to a minute; empty in sessions of earlier versions.
    seen_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    #: When the operator last proved to be there (password, or a fresh single sign-on).
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    #: The password was right and the second factor is still asked for: opens nothing yet.
    awaits_code: Mapped[bool] = mapped_column(default=False, server_default=false())
    #: password or sso.
    method: Mapped[str] = mapped_column(String(8), default="password", server_default="password")
    #: Network address and browser, so that the operator recognises the session in the list.
    address: Mapped[str] = mapped_column(String(45), default="", server_default="")
    browser: Mapped[str] = mapped_column(String(160), default="", server_default="")


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


class SignInLock(Base):
    """Failures in a row for one user name, from one address or (address '') from anywhere."""

    __tablename__ = "lti_sign_in_lock"

    #: What was typed, lower case, whether or not such an operator exists.
    username: Mapped[str] = mapped_column(String(64), primary_key=True)
    address: Mapped[str] = mapped_column(String(45), primary_key=True)
    #: Failures since the last lock.
    failures: Mapped[int] = mapped_column(default=0)
    #: How often it was locked already: each lock lasts twice as long as the one before.
    locks: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None] = mapped_column(UtcInstant)
    failed_at: Mapped[datetime] = mapped_column(UtcInstant, index=True)
