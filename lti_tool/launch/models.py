"""Tables of the launch: logins that wait for their answer, and launches that were opened."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String, Uuid
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
