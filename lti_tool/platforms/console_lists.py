"""Registrations as the console lists them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.platforms.care import Standing, standing_of
from lti_tool.platforms.models import Deployment, PlatformRegistration
from lti_tool.platforms.register import list_registrations
from lti_tool.platforms.self_test import find_self_test
from lti_tool.platforms.self_test_steps import Outcome


@dataclass(frozen=True)
class DeploymentEntry:
    """One deployment; `last_launch_at` is None when nothing was ever opened from it."""

    deployment_id: str
    last_launch_at: datetime | None


@dataclass(frozen=True)
class RegistrationEntry:
    """A registration with what belongs to it.

    Attributes:
        tested: the worst outcome of the last finished self-test; None without one.
    """

    registration: PlatformRegistration
    standing: Standing
    deployments: tuple[DeploymentEntry, ...]
    tested: Outcome | None


def list_entries(session: Session) -> list[RegistrationEntry]:
    """All registrations: those that wait for an operator first, then the oldest first."""
    entries = [_entry(session, registration) for registration in list_registrations(session)]
    return sorted(entries, key=lambda entry: entry.standing is not Standing.PENDING)


def _entry(session: Session, registration: PlatformRegistration) -> RegistrationEntry:
    rows = session.scalars(
        select(Deployment)
        .where(Deployment.registration_id == registration.id)
        .order_by(Deployment.deployment_id)
    )
    test = find_self_test(session, registration.id)
    return RegistrationEntry(
        registration=registration,
        standing=standing_of(registration),
        deployments=tuple(DeploymentEntry(row.deployment_id, row.last_launch_at) for row in rows),
        tested=test.outcome if test is not None and test.finished_at is not None else None,
    )
