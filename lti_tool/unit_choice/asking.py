"""Whether a learner is asked for the unit, and what is known of it so far (no web)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from content_packages.player.ticket import Ticket
from lti_tool.settings import Settings
from sync.calendars import local_day
from sync.organization.claim_models import UnitClaim
from sync.organization.models import ActorIdentity, Unit
from sync.organization.staff import find_primary_post
from sync.organization.unit_claims import CONFIRMED, DECLARED, find_claim, may_declare, should_ask
from sync.organization.units import UnitOnDay, label_on


@dataclass(frozen=True)
class UnitChoice:
    """The installation's wish.

    Attributes:
        mode: off, skippable or required.
        again_after: pause before someone who skipped is asked again.
    """

    mode: str
    again_after: timedelta


@dataclass(frozen=True)
class UnitStanding:
    """What is known of a learner's unit.

    Attributes:
        unit: the declared one, else that of the staff list; None: neither.
        may_choose: False when the staff list says it.
    """

    unit: UnitOnDay | None
    claim: UnitClaim | None
    may_choose: bool


def unit_choice_from(settings: Settings) -> UnitChoice:
    """The part of the settings about the choice."""
    return UnitChoice(settings.unit_choice, timedelta(days=settings.unit_choice_again_days))


def asks_for_unit(session: Session, ticket: Ticket, *, choice: UnitChoice, now: datetime) -> bool:
    """Whether the launch should lead to the choice first; without loaded units there is nothing to ask."""
    identity = _learner(session, ticket)
    if choice.mode == "off" or identity is None or not _has_units(session):
        return False
    if choice.mode == "required":
        return is_unit_missing(session, ticket)
    return should_ask(session, identity, again_after=choice.again_after, now=now)


def is_unit_missing(session: Session, ticket: Ticket) -> bool:
    """Whether neither the staff list nor the learner says the unit; False for a teacher."""
    identity = _learner(session, ticket)
    if identity is None or identity.person_id is not None or not _has_units(session):
        return False
    claim = find_claim(session, identity.identity_id)
    return claim is None or claim.state not in {DECLARED, CONFIRMED}


def find_standing(session: Session, identity: ActorIdentity, *, now: datetime) -> UnitStanding:
    """What the page of the choice shows."""
    today = local_day(now)
    claim = find_claim(session, identity.identity_id)
    unit_id = claim.unit_id if claim else None
    if unit_id is None and identity.person_id is not None:
        post = find_primary_post(session, identity.person_id, on_date=today)
        unit_id = post.unit_id if post else None
    units = label_on(session, [unit_id], on_date=today) if unit_id is not None else {}
    return UnitStanding(units.get(unit_id or 0), claim, may_declare(identity, claim))


def find_learner(session: Session, ticket: Ticket) -> ActorIdentity | None:
    """The row of the account of a ticket."""
    return session.scalar(
        select(ActorIdentity).where(
            ActorIdentity.home_page == ticket.learner.home_page,
            ActorIdentity.account_name == ticket.learner.name,
        )
    )


def _learner(session: Session, ticket: Ticket) -> ActorIdentity | None:
    return find_learner(session, ticket) if ticket.role == "learner" else None


def _has_units(session: Session) -> bool:
    return session.scalar(select(Unit.unit_id).where(Unit.level != "national").limit(1)) is not None
