"""Which round of a periodic test a person sits in."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import case, exists, select
from sqlalchemy.orm import Session

from sync.campaigns.models import Campaign
from sync.organization.models import COMMAND, ActorIdentity, Appointment, UnitClosure
from xapi_bridge.statement import Account

_MOST = 20


@dataclass(frozen=True)
class Round:
    """One round of a test on a day."""

    id: int
    is_open: bool


def list_rounds(session: Session, quiz_iri: str, *, account: Account, on: date) -> list[Round]:
    """The test's rounds that have begun, the likeliest for this person first.

    Rounds of the person's own unit or of units above come first, then those that are still open, then the
    latest. So somebody who is not tied to a unit yet sits in the latest round, and after its last day the
    result stays in sight.
    """
    mine = (
        exists()
        .where(
            UnitClosure.hierarchy == COMMAND,
            UnitClosure.ancestor_id == Campaign.unit_id,
            UnitClosure.descendant_id == Appointment.unit_id,
            Appointment.is_primary,
            Appointment.valid_from <= on,
            Appointment.valid_to > on,
            Appointment.person_id == ActorIdentity.person_id,
            ActorIdentity.home_page == account.home_page,
            ActorIdentity.account_name == account.name,
        )
        .correlate(Campaign)
    )
    rows = session.execute(
        select(Campaign.campaign_id, Campaign.closes_on >= on)
        .where(Campaign.quiz_iri == quiz_iri, Campaign.opens_on <= on)
        .order_by(
            case((mine, 0), else_=1),
            case((Campaign.closes_on >= on, 0), else_=1),
            Campaign.opens_on.desc(),
            Campaign.campaign_id.desc(),
        )
        .limit(_MOST)
    )
    return [Round(number, bool(is_open)) for number, is_open in rows]
