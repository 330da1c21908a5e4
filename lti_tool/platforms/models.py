"""Tables of the platforms: registrations, deployments, invitations, self-tests, our own keys."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint, false
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
    #: When an operator said yes; empty while a dynamic registration waits for that.
    approved_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    #: manual: typed by an operator; dynamic: sent by the LMS (LTI Dynamic Registration 1.0).
    entered_by: Mapped[str] = mapped_column(String(8), default="manual", server_default="manual")
    #: `product_family_code` of its messages or its configuration, lower case; decides the quirks.
    product_family: Mapped[str] = mapped_column(String(80), default="", server_default="")
    product_version: Mapped[str] = mapped_column(String(80), default="", server_default="")
    #: When a launch was last opened; noted at most every few minutes.
    last_launch_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    #: Scopes of the last token replies, with spaces between; what was registered promises more.
    granted_scopes: Mapped[str] = mapped_column(Text, default="", server_default="")
    #: When `granted_scopes` was last asked for.
    scopes_checked_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    #: The key of ours with which this LMS last granted a token: it trusts that key.
    trusted_kid: Mapped[str] = mapped_column(String(64), default="", server_default="")
    #: When it did.
    trusted_kid_at: Mapped[datetime | None] = mapped_column(UtcInstant)


class Deployment(Base):
    """One place in the LMS where the tool was put: a site, an account, a course."""

    __tablename__ = "lti_deployment"

    registration_id: Mapped[int] = mapped_column(ForeignKey("lti_platform_registration.id"), primary_key=True)
    #: Case-sensitive, at most 255 ASCII characters (LTI Core 1.3, 5.3.3).
    deployment_id: Mapped[str] = mapped_column(String(255), primary_key=True)
    #: When a launch from here was last opened; empty: never seen.
    last_launch_at: Mapped[datetime | None] = mapped_column(UtcInstant)


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
    #: Since when it signs, or has signed; empty while LMSs are given time to read it.
    signing_since: Mapped[datetime | None] = mapped_column(UtcInstant)
    #: A retired key signs nothing and is no longer published.
    retired_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    #: Retired at once because others may know it: LMSs that still trust it are in danger.
    compromised: Mapped[bool] = mapped_column(default=False, server_default=false())


class RegistrationInvitation(Base):
    """A link by which one LMS may register itself, once. Of its token only the hash is kept."""

    __tablename__ = "lti_registration_invitation"

    id: Mapped[int] = mapped_column(primary_key=True)
    #: SHA-256, hexadecimal.
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    #: What the registration will be called.
    name: Mapped[str] = mapped_column(String(160))
    #: For operators only.
    note: Mapped[str] = mapped_column(Text, default="")
    #: Host names, with spaces between, where the LMS's addresses may lie; empty: those of its issuer only.
    expected_hosts: Mapped[str] = mapped_column(Text, default="")
    #: LTI variable that holds the unit's code in this LMS, such as `$Person.address.locality`; may be empty.
    unit_variable: Mapped[str] = mapped_column(String(80), default="")
    #: The registration is approved at once.
    auto_approve: Mapped[bool] = mapped_column(default=False)
    #: User name of the operator, or `command`.
    created_by: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcInstant)
    expires_at: Mapped[datetime] = mapped_column(UtcInstant)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    #: While one attempt talks to the LMS, others wait until this instant.
    claimed_until: Mapped[datetime | None] = mapped_column(UtcInstant)
    #: Random; whose attempt holds the claim.
    claim: Mapped[str] = mapped_column(String(32), default="")
    #: When the LMS accepted; set once.
    used_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    registration_id: Mapped[int | None] = mapped_column(
        ForeignKey("lti_platform_registration.id", ondelete="SET NULL"), index=True
    )
    #: Why the last attempt failed, in our words and the LMS's.
    last_failure: Mapped[str] = mapped_column(Text, default="")
    last_failure_at: Mapped[datetime | None] = mapped_column(UtcInstant)


class SelfTest(Base):
    """The last self-test of a registration: asked for by an operator, done in the background."""

    __tablename__ = "lti_self_test"

    registration_id: Mapped[int] = mapped_column(
        ForeignKey("lti_platform_registration.id", ondelete="CASCADE"), primary_key=True
    )
    asked_at: Mapped[datetime] = mapped_column(UtcInstant)
    #: When a process began; one that died is followed by another after some minutes.
    began_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    finished_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    #: JSON list of the steps that are done: name, outcome (pass, warn, fail), cause, seen.
    steps: Mapped[str] = mapped_column(Text, default="[]")
