"""What launches leave behind of a learner, for an erasure (fills `sync.ports.LaunchTraces`)."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from lti_tool.identity.models import IdentityConflict, IdentityEvidence, IdentitySample
from lti_tool.launch.models import LaunchSession
from sync.organization.models import ActorIdentity
from xapi_bridge.statement import Account


class OpenedLaunches:
    """Opened launches and what identity rules kept of them hold the account of the learner."""

    def forget_accounts(self, session: Session, accounts: Sequence[Account]) -> frozenset[UUID]:
        """Deletes them; returns the registrations."""
        registrations: set[UUID] = set()
        for account in sorted(accounts, key=lambda one: (one.home_page, one.name)):
            gone = session.scalars(
                delete(LaunchSession)
                .where(
                    LaunchSession.account_home_page == account.home_page,
                    LaunchSession.account_name == account.name,
                )
                .returning(LaunchSession.xapi_registration)
            )
            registrations.update(gone)
            _forget_identity(session, account)
        return frozenset(registrations)


def _forget_identity(session: Session, account: Account) -> None:
    identity = select(ActorIdentity.identity_id).where(
        ActorIdentity.home_page == account.home_page, ActorIdentity.account_name == account.name
    )
    for table in (IdentitySample, IdentityConflict, IdentityEvidence):
        session.execute(
            delete(table).where(table.identity_id.in_(identity)).execution_options(synchronize_session=False)
        )
