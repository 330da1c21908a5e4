"""What accounts have done, whether or not they belong to a person of the registry yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from sync.organization.models import ActorIdentity
from sync.rollups.definitions import FactKind
from sync.rollups.models import LearningFact

_SLICE = 500


@dataclass(frozen=True)
class AccountStanding:
    """One account and one module, from all facts that are not voided.

    Attributes:
        best_scaled: best quiz result, -1.0 to 1.0; `None` without one.
    """

    identity_id: int
    module_iri: str
    first_accessed_on: date
    first_completed_on: date | None
    best_scaled: float | None


def list_account_standings(
    session: Session, identity_ids: Sequence[int], *, module_iris: Sequence[str]
) -> list[AccountStanding]:
    """What the accounts have done with the modules; a module that was not opened has no row."""
    found: list[AccountStanding] = []
    wanted = sorted(set(identity_ids))
    completed_on = case((LearningFact.kind == FactKind.COMPLETED.value, LearningFact.occurred_on))
    for start in range(0, len(wanted), _SLICE):
        rows = session.execute(
            select(
                LearningFact.identity_id,
                LearningFact.module_iri,
                func.min(LearningFact.occurred_on),
                func.min(completed_on),
                func.max(LearningFact.score_scaled),
            )
            .where(
                LearningFact.identity_id.in_(wanted[start : start + _SLICE]),
                LearningFact.module_iri.in_(module_iris),
                LearningFact.voided.is_(False),
            )
            .group_by(LearningFact.identity_id, LearningFact.module_iri)
        )
        found += [AccountStanding(*row) for row in rows]
    return found


def list_identifiers(session: Session, person_id: int) -> list[tuple[str, str, str]]:
    """The accounts of a person as `Actor.identifier` gives them."""
    rows = session.execute(
        select(ActorIdentity.home_page, ActorIdentity.account_name).where(
            ActorIdentity.person_id == person_id
        )
    )
    return [("account", row.home_page, row.account_name) for row in rows]


def find_owner(session: Session, home_page: str, account_name: str) -> int | None:
    """The person whom an account belongs to; `None`: nobody yet."""
    return session.scalar(
        select(ActorIdentity.person_id).where(
            ActorIdentity.home_page == home_page, ActorIdentity.account_name == account_name
        )
    )
