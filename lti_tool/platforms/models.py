"""Tables of the platforms: registrations, their deployments, and the keys that we sign with."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from xapi_bridge.database import Base, UtcInstant


class PlatformRegistration(Base):
    """One client of ours at one LMS: what both sides agreed on (LTI Core 1.3, 3.1.2)."""

    __tablename__ = "lti_platform_registration"
    __table_args__ = (UniqueConstraint("issuer", "client_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    #: `iss` of its messages, character for character.
    issuer: Mapped[str] = mapped_column(String(255))
    #: Our name at that LMS.
    client_id: Mapped[str] = mapped_column(String(255))
    #: Where a login sends the browser.
    authorization_url: Mapped[str] = mapped_column(String(2000))
    #: Where access tokens for its services come from.
    token_url: Mapped[str] = mapped_column(String(2000))
    #: `aud` of our client assertions where it is not the token address; empty otherwise.
    token_audience: Mapped[str] = mapped_column(String(2000), default="")
    #: Where its public keys lie.
    key_set_url: Mapped[str] = mapped_column(String(2000))
    #: What operators call it.
    name: Mapped[str] = mapped_column(String(160))
    created_at: Mapped[datetime] = mapped_column(UtcInstant)
    #: An inactive registration opens nothing and keeps its history.
    active: Mapped[bool] = mapped_column(default=True)


class Deployment(Base):
    """One place in the LMS where the tool was put: a site, an account, a course."""

    __tablename__ = "lti_deployment"

    registration_id: Mapped[int] = mapped_column(ForeignKey("lti_platform_registration.id"), primary_key=True)
    #: Case-sensitive, at most 255 ASCII characters (LTI Core 1.3, 5.3.3).
    deployment_id: Mapped[str] = mapped_column(String(255), primary_key=True)


class ToolKey(Base):
    """A key pair of ours; LMSs read the public halves at /lti/jwks.json."""

    __tablename__ = "lti_tool_key"

    #: RFC 7638 thumbprint of the public half.
    kid: Mapped[str] = mapped_column(String(64), primary_key=True)
    #: PEM.
    public_key: Mapped[str] = mapped_column(Text)
    #: PEM, encrypted with a key that is derived from CCHC_SECRET_KEY (Fernet).
    sealed_private_key: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcInstant)
    #: A retired key signs nothing and is no longer published.
    retired_at: Mapped[datetime | None] = mapped_column(UtcInstant)
