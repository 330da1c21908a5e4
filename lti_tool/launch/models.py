"""Tables of the launch: logins that wait for their answer, launches that were opened, attempts of both."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from xapi_bridge.database import Base, UtcInstant


class LoginState(Base):
    """One login: binds state, nonce, registration, target link and browser, and is used once."""

    __tablename__ = "lti_login_state"

    #: Random; travels through the LMS and back.
    state: Mapped[str] = mapped_column(String(64), primary_key=True)
    #: Random; comes back inside the signed id_token.
    nonce: Mapped[str] = mapped_column(String(64))
    registration_id: Mapped[int] = mapped_column(ForeignKey("lti_platform_registration.id"))
    #: What the login asked to open; the launch must ask for the same.
    target_link_uri: Mapped[str] = mapped_column(String(2000))
    #: SHA-256 of the secret that the browser got as a cookie.
    browser_secret_hash: Mapped[str] = mapped_column(String(64))
    #: Rung of the cookie ladder for which the login was begun anew: storage_access or window; else empty.
    asked_rung: Mapped[str] = mapped_column(String(16), default="", server_default="")
    #: Frame of the LMS that keeps data for tools (`lti_storage_target`); empty when it offers none.
    storage_target: Mapped[str] = mapped_column(String(100), default="", server_default="")
    #: Fields and next address of a login that waits on the ladder, sealed; empty once it was answered.
    sealed_login: Mapped[str] = mapped_column(Text, default="", server_default="")
    created_at: Mapped[datetime] = mapped_column(UtcInstant)
    expires_at: Mapped[datetime] = mapped_column(UtcInstant, index=True)
    #: When the launch came; set once.
    used_at: Mapped[datetime | None] = mapped_column(UtcInstant)


class LaunchSession(Base):
    """One opened launch: who, from which course, until when. Names and LMS user ids are not kept here."""

    __tablename__ = "lti_launch_session"
    __table_args__ = (CheckConstraint("role IN ('learner', 'teacher')", name="known_role"),)

    #: Random, 32 hexadecimal digits.
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("lti_platform_registration.id"), index=True)
    #: `actor.account` of the learner: the platform and the pseudonym.
    account_home_page: Mapped[str] = mapped_column(String(400))
    account_name: Mapped[str] = mapped_column(String(255))
    #: The course's id within the platform; empty when the launch came from outside a course.
    course_id: Mapped[str] = mapped_column(String(255), default="")
    course_title: Mapped[str] = mapped_column(String(400), default="")
    resource_link_id: Mapped[str] = mapped_column(String(255))
    #: The gradebook column, where the LMS offers one.
    line_item_url: Mapped[str | None] = mapped_column(String(2000))
    #: learner or teacher.
    role: Mapped[str] = mapped_column(String(8))
    #: The learner's attempt at this content: `context.registration` of the statements.
    xapi_registration: Mapped[UUID] = mapped_column(Uuid, index=True)
    #: SHA-256 digest of the package version that was opened.
    package_digest: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime] = mapped_column(UtcInstant)
    expires_at: Mapped[datetime] = mapped_column(UtcInstant)


class LaunchAttempt(Base):
    """One request to log in or to launch, whatever came of it; nothing in it names a person.

    It refers to nothing, so that a registration can be removed while its attempts are still of interest.
    """

    __tablename__ = "lti_launch_attempt"
    __table_args__ = (
        Index("ix_lti_launch_attempt_registration", "registration_id", "started_at"),
        Index("ix_lti_launch_attempt_login", "login_digest"),
    )

    #: Surrogate key.
    id: Mapped[int] = mapped_column(primary_key=True)
    #: Support code, 8 letters, shown on the learner's error page.
    code: Mapped[str] = mapped_column(String(8), index=True)
    #: login or launch.
    step: Mapped[str] = mapped_column(String(8))
    #: sent_on (to the LMS), laddered (a page of ours looks for a way), opened, refused, broken.
    outcome: Mapped[str] = mapped_column(String(12))
    #: Stable code of the refusal; empty when there was none.
    error_code: Mapped[str] = mapped_column(String(64))
    started_at: Mapped[datetime] = mapped_column(UtcInstant, index=True)
    #: From the request to its answer.
    duration_ms: Mapped[int]
    #: The registration, once it was known.
    registration_id: Mapped[int | None]
    #: Keyed digest of the state: joins a login and its launch.
    login_digest: Mapped[str] = mapped_column(String(12))
    #: moodle, canvas …, as far as it is known.
    product_family: Mapped[str] = mapped_column(String(32))
    #: Message type as sent; empty at a login.
    message_type: Mapped[str] = mapped_column(String(64))
    #: learner or teacher, when it opened.
    role: Mapped[str] = mapped_column(String(8))
    #: Rung of the cookie ladder.
    rung: Mapped[str] = mapped_column(String(16))
    #: Browser family, for example chrome-mobile.
    browser: Mapped[str] = mapped_column(String(24))
    #: frame or window, as the browser said; empty when it did not.
    placed: Mapped[str] = mapped_column(String(8))
    #: Ordered checks: [[name, passed | failed | not_reached], …].
    checks: Mapped[list[list[str]]] = mapped_column(JSON)
    #: What may be kept of the message; see `lti_tool.launch.redaction`.
    claims: Mapped[dict[str, Any]] = mapped_column(JSON)
