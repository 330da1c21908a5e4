"""Registrations of LMSs: enter one, and find the one that a message speaks of."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from pylti1p3.registration import Registration
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.platforms.errors import PlatformAmbiguous, PlatformFieldRefused, PlatformUnknown
from lti_tool.platforms.models import Deployment, PlatformRegistration


@dataclass(frozen=True)
class Platform:
    """An active registration, as login, launch and services use it.

    Attributes:
        id: `platform_registration_id`.
        token_audience: `aud` of client assertions; the token address where the LMS named no other.
        deployment_ids: the deployments whose messages are accepted.
    """

    id: int
    issuer: str
    client_id: str
    authorization_url: str
    token_url: str
    token_audience: str
    key_set_url: str
    deployment_ids: frozenset[str]

    def as_pylti1p3(self) -> Registration:
        """The same as the object that pylti1p3 works with, without keys."""
        return (
            Registration()
            .set_issuer(self.issuer)
            .set_client_id(self.client_id)
            .set_auth_login_url(self.authorization_url)
            .set_auth_token_url(self.token_url)
            .set_auth_audience(self.token_audience)
            .set_key_set_url(self.key_set_url)
        )


def register_platform(
    session: Session,
    *,
    issuer: str,
    client_id: str,
    deployment_id: str,
    authorization_url: str,
    token_url: str,
    key_set_url: str,
    name: str,
    now: datetime,
    token_audience: str = "",
) -> PlatformRegistration:
    """Enters a registration, or brings the one with the same issuer and client id up to date.

    A deployment is added to those already known; none is taken away.

    Raises:
        PlatformFieldRefused: a value is missing, too long, or an address is not http(s).
    """
    for label, value in (("issuer", issuer), ("client id", client_id), ("deployment id", deployment_id)):
        _refuse_bad_identifier(label, value)
    for label, value in (
        ("issuer", issuer),
        ("authorization address", authorization_url),
        ("token address", token_url),
        ("key set address", key_set_url),
    ):
        _refuse_bad_address(label, value)
    found = session.scalar(
        select(PlatformRegistration).where(
            PlatformRegistration.issuer == issuer, PlatformRegistration.client_id == client_id
        )
    )
    registration = found or PlatformRegistration(issuer=issuer, client_id=client_id, created_at=now)
    registration.authorization_url = authorization_url
    registration.token_url = token_url
    registration.token_audience = token_audience
    registration.key_set_url = key_set_url
    registration.name = name
    registration.active = True
    session.add(registration)
    session.flush()
    session.merge(Deployment(registration_id=registration.id, deployment_id=deployment_id))
    session.flush()
    return registration


def find_platform(session: Session, *, issuer: str, client_id: str | None) -> Platform:
    """The active registration of an issuer; without a client id, the only one.

    Raises:
        PlatformUnknown: there is none.
        PlatformAmbiguous: there are several and no client id tells which.
    """
    wanted = select(PlatformRegistration).where(
        PlatformRegistration.issuer == issuer, PlatformRegistration.active.is_(True)
    )
    if client_id:
        wanted = wanted.where(PlatformRegistration.client_id == client_id)
    found = session.scalars(wanted.limit(2)).all()
    if not found:
        raise PlatformUnknown("No active registration has the issuer and client id of this login.")
    if len(found) > 1:
        raise PlatformAmbiguous("Several registrations have this issuer, and the login names no client id.")
    return _platform_of(session, found[0])


def find_platform_by_id(session: Session, registration_id: int) -> Platform:
    """An active registration by its key.

    Raises:
        PlatformUnknown: it does not exist or is inactive.
    """
    found = session.get(PlatformRegistration, registration_id)
    if found is None or not found.active:
        raise PlatformUnknown(f"Registration {registration_id} does not exist or is inactive.")
    return _platform_of(session, found)


def list_registrations(session: Session) -> list[PlatformRegistration]:
    """All registrations, oldest first, inactive ones included."""
    return list(session.scalars(select(PlatformRegistration).order_by(PlatformRegistration.id)))


def list_deployments(session: Session, registration_id: int) -> list[str]:
    """The deployment ids of a registration, sorted."""
    return sorted(
        session.scalars(select(Deployment.deployment_id).where(Deployment.registration_id == registration_id))
    )


def _platform_of(session: Session, row: PlatformRegistration) -> Platform:
    return Platform(
        id=row.id,
        issuer=row.issuer,
        client_id=row.client_id,
        authorization_url=row.authorization_url,
        token_url=row.token_url,
        token_audience=row.token_audience or row.token_url,
        key_set_url=row.key_set_url,
        deployment_ids=frozenset(list_deployments(session, row.id)),
    )


def _refuse_bad_identifier(label: str, value: str) -> None:
    if not value or len(value) > 255 or not value.isprintable():
        raise PlatformFieldRefused(f"The {label} must be 1 to 255 printable characters.")


def _refuse_bad_address(label: str, value: str) -> None:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname or len(value) > 2000:
        raise PlatformFieldRefused(f"The {label} must be a full http(s) address of at most 2000 characters.")
