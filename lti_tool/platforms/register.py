"""Registrations of LMSs: enter one, and find the one that a message speaks of."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

from pylti1p3.registration import Registration
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from lti_tool.platforms.errors import PlatformAmbiguous, PlatformFieldRefused, PlatformUnknown
from lti_tool.platforms.models import Deployment, PlatformRegistration
from lti_tool.platforms.quirks import Quirks, quirks_of

LONGEST_IDENTIFIER: Final = 255
LONGEST_ADDRESS: Final = 2000
LONGEST_NAME: Final = 160

#: Field of `PlatformFields` -> what messages call it.
FIELD_LABELS: Final = {
    "issuer": "issuer",
    "client_id": "client id",
    "authorization_url": "authorization address",
    "token_url": "token address",
    "key_set_url": "key set address",
    "name": "name",
    "token_audience": "token audience",
}
ADDRESS_FIELDS: Final = frozenset({"issuer", "authorization_url", "token_url", "key_set_url"})


class FieldFault(StrEnum):
    """What may be wrong with a value; the text completes "The issuer …"."""

    MISSING = "is missing"
    TOO_LONG = "is too long"
    NOT_PRINTABLE = "has blanks at an end or characters that cannot be printed"
    NOT_AN_ADDRESS = "must be a full http(s) address without user name and fragment"


@dataclass(frozen=True)
class PlatformFields:
    """What a registration says, from whatever hand it comes.

    Attributes:
        token_audience: empty: the token address.
    """

    issuer: str
    client_id: str
    authorization_url: str
    token_url: str
    key_set_url: str
    name: str
    token_audience: str = ""


@dataclass(frozen=True)
class Platform:
    """An active registration, as login, launch and services use it.

    Attributes:
        id: `platform_registration_id`.
        token_audience: `aud` of client assertions; the token address where the LMS named no other.
        deployment_ids: the deployments whose messages are accepted.
        product_family, product_version: as the LMS last named itself; empty until the first launch.
    """

    id: int
    issuer: str
    client_id: str
    authorization_url: str
    token_url: str
    token_audience: str
    key_set_url: str
    deployment_ids: frozenset[str]
    product_family: str = ""
    product_version: str = ""

    @property
    def quirks(self) -> Quirks:
        """What this LMS is known to do differently."""
        return quirks_of(self.product_family, self.product_version)

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
    deployment_id: str | None,
    authorization_url: str,
    token_url: str,
    key_set_url: str,
    name: str,
    now: datetime,
    token_audience: str = "",
) -> PlatformRegistration:
    """An operator enters a registration, or brings the one with this issuer and client id up to date.

    A deployment is added to those already known; none is taken away.

    Args:
        deployment_id: None where the LMS names it later.

    Raises:
        PlatformFieldRefused: a value is missing, too long, or an address is not http(s).
    """
    fields = PlatformFields(
        issuer=issuer,
        client_id=client_id,
        authorization_url=authorization_url,
        token_url=token_url,
        key_set_url=key_set_url,
        name=name,
        token_audience=token_audience,
    )
    if deployment_id is not None:
        _refuse_bad_identifier("deployment id", deployment_id)
    registration = save_registration(session, fields, now=now)
    registration.active, registration.approved_at = True, registration.approved_at or now
    if deployment_id is not None:
        add_deployment(session, registration.id, deployment_id)
    session.flush()
    return registration


def save_registration(session: Session, fields: PlatformFields, *, now: datetime) -> PlatformRegistration:
    """The registration with these values: the known one of this issuer and client id, or a new one.

    A new one is not approved and not active. Whoever calls decides about both.

    Raises:
        PlatformFieldRefused: a value is missing, too long, or an address is not http(s).
    """
    refuse_bad_fields(fields)
    if session.get_bind().dialect.name == "postgresql":
        # Two that enter the same registration at once: the second waits and then finds the first.
        session.execute(text(f"LOCK TABLE {PlatformRegistration.__tablename__} IN SHARE ROW EXCLUSIVE MODE"))
    found = find_registration(session, issuer=fields.issuer, client_id=fields.client_id)
    registration = found or PlatformRegistration(
        issuer=fields.issuer, client_id=fields.client_id, created_at=now, active=False, approved_at=None
    )
    registration.authorization_url = fields.authorization_url
    registration.token_url = fields.token_url
    registration.token_audience = fields.token_audience
    registration.key_set_url = fields.key_set_url
    registration.name = fields.name
    session.add(registration)
    session.flush()
    return registration


def find_registration(session: Session, *, issuer: str, client_id: str) -> PlatformRegistration | None:
    """The registration of this pair, whatever its state."""
    return session.scalar(
        select(PlatformRegistration).where(
            PlatformRegistration.issuer == issuer, PlatformRegistration.client_id == client_id
        )
    )


def add_deployment(session: Session, registration_id: int, deployment_id: str) -> None:
    """Lets messages of a deployment in; one that is known stays as it is.

    Raises:
        PlatformFieldRefused: the id is empty, too long or not printable.
    """
    _refuse_bad_identifier("deployment id", deployment_id)
    if session.get(Deployment, (registration_id, deployment_id)) is None:
        session.add(Deployment(registration_id=registration_id, deployment_id=deployment_id))
        session.flush()


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
    return platform_of(session, found[0])


def find_platform_by_id(session: Session, registration_id: int) -> Platform:
    """An active registration by its key.

    Raises:
        PlatformUnknown: it does not exist or is inactive.
    """
    found = session.get(PlatformRegistration, registration_id)
    if found is None or not found.active:
        raise PlatformUnknown(f"Registration {registration_id} does not exist or is inactive.")
    return platform_of(session, found)


def list_registrations(session: Session) -> list[PlatformRegistration]:
    """All registrations, oldest first, inactive ones included."""
    return list(session.scalars(select(PlatformRegistration).order_by(PlatformRegistration.id)))


def list_deployments(session: Session, registration_id: int) -> list[str]:
    """The deployment ids of a registration, sorted."""
    return sorted(
        session.scalars(select(Deployment.deployment_id).where(Deployment.registration_id == registration_id))
    )


def platform_of(session: Session, row: PlatformRegistration) -> Platform:
    """A registration as login, launch and services use it, whatever its state."""
    return Platform(
        id=row.id,
        issuer=row.issuer,
        client_id=row.client_id,
        authorization_url=row.authorization_url,
        token_url=row.token_url,
        token_audience=row.token_audience or row.token_url,
        key_set_url=row.key_set_url,
        deployment_ids=frozenset(list_deployments(session, row.id)),
        product_family=row.product_family,
        product_version=row.product_version,
    )


def refuse_bad_fields(fields: PlatformFields) -> None:
    """Refuses the first value that cannot work.

    Raises:
        PlatformFieldRefused
    """
    for field, label in FIELD_LABELS.items():
        _require(label, field_fault(field, getattr(fields, field)))


def field_fault(field: str, value: str) -> FieldFault | None:
    """What is wrong with one value of a registration; None when it can work.

    Args:
        field: a name of `PlatformFields`, or `deployment_id`.
    """
    if field == "token_audience":
        return FieldFault.TOO_LONG if len(value) > LONGEST_ADDRESS or not value.isprintable() else None
    if not value.strip():
        return FieldFault.MISSING
    longest = {"name": LONGEST_NAME, "issuer": LONGEST_IDENTIFIER, "client_id": LONGEST_IDENTIFIER}
    if len(value) > longest.get(field, LONGEST_IDENTIFIER if field == "deployment_id" else LONGEST_ADDRESS):
        return FieldFault.TOO_LONG
    if not value.isprintable() or (field != "name" and value != value.strip()):
        return FieldFault.NOT_PRINTABLE
    if field in ADDRESS_FIELDS and not is_web_address(value):
        return FieldFault.NOT_AN_ADDRESS
    return None


def is_web_address(address: str) -> bool:
    """Whether it is a full http(s) address without user name, password and fragment."""
    try:
        parts = urlsplit(address)
        _port = parts.port
    except ValueError:
        return False
    return (
        parts.scheme in {"http", "https"}
        and bool(parts.hostname)
        and "@" not in parts.netloc
        and not parts.fragment
        and not any(character.isspace() for character in address)
    )


def _refuse_bad_identifier(label: str, value: str) -> None:
    _require(label, field_fault("deployment_id", value))


def _require(label: str, fault: FieldFault | None) -> None:
    if fault is not None:
        raise PlatformFieldRefused(f"The {label} {fault.value}.")
