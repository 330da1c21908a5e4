"""What operators do with registrations once they exist, and what launches tell about them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from lti_tool.identity.models import IdentityRules
from lti_tool.platforms.errors import (
    DeploymentNotFound,
    PlatformInUse,
    PlatformUnknown,
    RegistrationTaken,
)
from lti_tool.platforms.models import Deployment, PlatformRegistration, RegistrationInvitation, SelfTest
from lti_tool.platforms.register import (
    PlatformFields,
    add_deployment,
    find_registration,
    refuse_bad_fields,
)
from xapi_bridge.database import Base
from xapi_bridge.store.audit import note_action

#: A launch is noted at most this often: one row per registration is written by all its launches.
NOTED_EVERY: Final = timedelta(minutes=5)
_LONGEST_PRODUCT: Final = 80
_TOOL_PLATFORM: Final = "https://purl.imsglobal.org/spec/lti/claim/tool_platform"
#: Tables that belong to a registration and go with it; whatever else names it keeps it.
_OWN_TABLES: Final = frozenset(
    {
        Deployment.__tablename__,
        IdentityRules.__tablename__,
        RegistrationInvitation.__tablename__,
        SelfTest.__tablename__,
    }
)
#: Names of columns that point to a registration without a foreign key.
_POINTING_COLUMNS: Final = frozenset({"platform_registration_id"})


class Standing(StrEnum):
    """Whether a registration opens launches."""

    #: Waits for an operator.
    PENDING = "pending"
    ACTIVE = "active"
    INACTIVE = "inactive"


@dataclass(frozen=True)
class ProductSeen:
    """How an LMS names itself in a message: `tool_platform` (LTI Core 1.3, 5.4.1)."""

    family: str
    version: str


def standing_of(registration: PlatformRegistration) -> Standing:
    """Pending, active or inactive."""
    if registration.approved_at is None:
        return Standing.PENDING
    return Standing.ACTIVE if registration.active else Standing.INACTIVE


def get_registration(session: Session, registration_id: int) -> PlatformRegistration:
    """The registration, whatever its state.

    Raises:
        PlatformUnknown
    """
    found = session.get(PlatformRegistration, registration_id)
    if found is None:
        raise PlatformUnknown(f"There is no registration {registration_id}. List them: cchc platforms list")
    return found


def approve_registration(session: Session, registration_id: int, *, operator: str, now: datetime) -> None:
    """From now on its launches open.

    Raises:
        PlatformUnknown
    """
    registration = get_registration(session, registration_id)
    registration.approved_at, registration.active = registration.approved_at or now, True
    _note(session, "registration_approved", registration, operator=operator, now=now)


def deactivate_registration(session: Session, registration_id: int, *, operator: str, now: datetime) -> None:
    """Its launches, scores and rosters stop; nothing is forgotten.

    Raises:
        PlatformUnknown
    """
    registration = get_registration(session, registration_id)
    registration.active, registration.approved_at = False, registration.approved_at or now
    _note(session, "registration_deactivated", registration, operator=operator, now=now)


def reactivate_registration(session: Session, registration_id: int, *, operator: str, now: datetime) -> None:
    """Its launches open again.

    Raises:
        PlatformUnknown
    """
    registration = get_registration(session, registration_id)
    registration.active, registration.approved_at = True, registration.approved_at or now
    _note(session, "registration_reactivated", registration, operator=operator, now=now)


def change_registration(
    session: Session, registration_id: int, fields: PlatformFields, *, operator: str, now: datetime
) -> None:
    """Corrects its values. What was granted by other addresses is no longer known to hold.

    Raises:
        PlatformUnknown, PlatformFieldRefused
        RegistrationTaken: another registration has this issuer and client id.
        PlatformInUse: the issuer would change, and the accounts of its learners are named by it.
    """
    registration = get_registration(session, registration_id)
    refuse_bad_fields(fields)
    other = find_registration(session, issuer=fields.issuer, client_id=fields.client_id)
    if other is not None and other.id != registration_id:
        raise RegistrationTaken(f"Registration {other.id} has this issuer and client id already.")
    if fields.issuer != registration.issuer and count_uses(session, registration_id):
        raise PlatformInUse(
            "Learners came by this registration, and their accounts are named by its issuer. "
            "Enter the new issuer as a registration of its own."
        )
    changed = [name for name, value in vars(fields).items() if getattr(registration, name) != value]
    for name in changed:
        setattr(registration, name, getattr(fields, name))
    if set(changed) & {"client_id", "token_url", "token_audience", "issuer"}:
        registration.granted_scopes, registration.scopes_checked_at = "", None
    _note(session, "registration_changed", registration, operator=operator, now=now, changed=changed)


def delete_registration(session: Session, registration_id: int, *, operator: str, now: datetime) -> None:
    """Forgets a registration that nothing was done with.

    Raises:
        PlatformUnknown
        PlatformInUse: launches, scores or rosters belong to it.
    """
    registration = get_registration(session, registration_id)
    used = count_uses(session, registration_id)
    if used:
        raise PlatformInUse(
            f"{used} records belong to registration {registration_id}. Deactivate it instead."
        )
    _note(session, "registration_deleted", registration, operator=operator, now=now)
    session.execute(
        update(RegistrationInvitation)
        .where(RegistrationInvitation.registration_id == registration_id)
        .values(registration_id=None)
    )
    for table in (Deployment, IdentityRules, SelfTest):
        session.execute(delete(table).where(table.registration_id == registration_id))
    session.delete(registration)
    session.flush()


def count_uses(session: Session, registration_id: int) -> int:
    """How many rows of other rooms name the registration; a room that comes later is counted, too."""
    own = PlatformRegistration.__table__.c.id
    total = 0
    for table in Base.metadata.sorted_tables:
        if table.name in _OWN_TABLES:
            continue
        pointing = [
            column
            for column in table.columns
            if column.name in _POINTING_COLUMNS or any(key.column is own for key in column.foreign_keys)
        ]
        if pointing:
            named = or_(*(column == registration_id for column in pointing))
            total += session.scalar(select(func.count()).select_from(table).where(named)) or 0
    return total


def admit_deployment(
    session: Session, registration_id: int, deployment_id: str, *, operator: str, now: datetime
) -> None:
    """Lets messages of a deployment in.

    Raises:
        PlatformUnknown, PlatformFieldRefused
    """
    registration = get_registration(session, registration_id)
    add_deployment(session, registration_id, deployment_id)
    _note(session, "deployment_added", registration, operator=operator, now=now, deployment_id=deployment_id)


def remove_deployment(
    session: Session, registration_id: int, deployment_id: str, *, operator: str, now: datetime
) -> None:
    """Messages of this deployment are refused from now on.

    Raises:
        PlatformUnknown
        DeploymentNotFound: the registration does not have it.
    """
    registration = get_registration(session, registration_id)
    found = session.get(Deployment, (registration_id, deployment_id))
    if found is None:
        raise DeploymentNotFound(f"Registration {registration_id} has no such deployment.")
    session.delete(found)
    _note(
        session, "deployment_removed", registration, operator=operator, now=now, deployment_id=deployment_id
    )


def read_product(claims: Mapping[str, Any]) -> ProductSeen:
    """How a verified message names its platform; empty where it says nothing that can be kept."""
    about = claims.get(_TOOL_PLATFORM)
    about = about if isinstance(about, dict) else {}
    return ProductSeen(_plain(about.get("product_family_code")), _plain(about.get("version")))


def note_launch(
    session: Session, registration_id: int, *, deployment_id: str, product: ProductSeen, now: datetime
) -> None:
    """Notes that a launch opened, and how the LMS names itself; writes at most every five minutes."""
    before = now - NOTED_EVERY
    deployment = session.get(Deployment, (registration_id, deployment_id))
    if deployment is not None and _is_due(deployment.last_launch_at, before):
        deployment.last_launch_at = now
    registration = session.get(PlatformRegistration, registration_id)
    if registration is None:
        return
    if _is_due(registration.last_launch_at, before):
        registration.last_launch_at = now
    if product.family:
        note_product(registration, product)


def note_product(registration: PlatformRegistration, product: ProductSeen) -> None:
    """Keeps how the LMS names itself; written only when it changed."""
    family, version = product.family.strip().lower()[:_LONGEST_PRODUCT], product.version[:_LONGEST_PRODUCT]
    if (registration.product_family, registration.product_version) != (family, version):
        registration.product_family, registration.product_version = family, version


def _plain(sent: Any) -> str:
    return (
        "".join(character for character in sent if character.isprintable()) if isinstance(sent, str) else ""
    )


def _is_due(noted_at: datetime | None, before: datetime) -> bool:
    return noted_at is None or noted_at <= before


def _note(
    session: Session,
    action: str,
    registration: PlatformRegistration,
    *,
    operator: str,
    now: datetime,
    **more: object,
) -> None:
    subject = f"{registration.id} {registration.issuer} {registration.client_id}"[:200]
    note_action(session, action, operator=operator, subject=subject, now=now, **more)
    session.flush()
