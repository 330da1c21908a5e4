"""How far an operator sees in the record store: everything, or what people of the own units did."""

from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.admin.errors import AccessRefused
from lti_tool.admin.operators import Role
from lti_tool.admin.sign_in import SignedIn
from lti_tool.records.sentences import read_stored
from sync.errors import EvidenceUnknown
from sync.exports.asking import Requester
from sync.organization.models import ActorIdentity
from sync.reports.people import is_in_subtree
from sync.statement_filters import Reach
from xapi_bridge.store.follow import StoredStatement, find_stored


def reach_of(operator: SignedIn, *, on: date) -> Reach:
    """A unit manager sees the people who are in the own subtree on that day; the others see everybody."""
    return Reach(on=on, root_id=operator.unit_id)


def requester_of(operator: SignedIn) -> Requester:
    """The operator as someone who asks for exports; administrators see everybody's."""
    return Requester(f"operator:{operator.operator_id}", sees_all=operator.role is Role.ADMINISTRATOR)


def require_statement(
    session: Session, operator: SignedIn, statement_id: UUID, *, on: date
) -> StoredStatement:
    """The statement, if the operator may read it.

    Raises:
        AccessRefused: a unit manager asks for one of somebody else, or for none: which of them is not told.
        EvidenceUnknown: the store has no such statement.
    """
    stored = find_stored(session, statement_id)
    if operator.unit_id is not None and (stored is None or not may_read(session, operator, stored, on=on)):
        raise AccessRefused("This statement is not of a person in the unit that you manage.")
    if stored is None:
        raise EvidenceUnknown(f"The store has no statement {statement_id}.")
    return stored


def may_read(session: Session, operator: SignedIn, stored: StoredStatement, *, on: date) -> bool:
    """Whether the actor is a person whom the operator may see."""
    if operator.unit_id is None:
        return True
    actor = read_stored(stored).actor
    if actor.is_group or actor.account is None:
        return False
    person_id = session.scalar(
        select(ActorIdentity.person_id).where(
            ActorIdentity.home_page == actor.account.home_page,
            ActorIdentity.account_name == actor.account.name,
        )
    )
    return person_id is not None and is_in_subtree(session, person_id, root_id=operator.unit_id, on=on)
