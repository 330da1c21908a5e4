"""Who may see which unit and whom: one place for all pages of statistics."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.admin.errors import AccessRefused
from lti_tool.admin.sign_in import SignedIn
from sync.errors import PersonUnknown
from sync.organization.models import COMMAND, UnitClosure
from sync.reports.evidence import Evidence
from sync.reports.people import find_person_id, is_in_subtree


def require_unit(session: Session, operator: SignedIn, unit_id: int) -> None:
    """Lets a unit manager into the own subtree only.

    Raises:
        AccessRefused: the unit lies elsewhere.
    """
    if not may_see_unit(session, operator, unit_id):
        raise AccessRefused("This unit is not below the unit that you manage.")


def may_see_unit(session: Session, operator: SignedIn, unit_id: int) -> bool:
    """Whether the operator may see the figures of a unit."""
    if operator.unit_id is None:
        return True
    below = select(UnitClosure.depth).where(
        UnitClosure.hierarchy == COMMAND,
        UnitClosure.ancestor_id == operator.unit_id,
        UnitClosure.descendant_id == unit_id,
    )
    return session.scalar(below) is not None


def require_person(session: Session, operator: SignedIn, pseudonym: str, *, on: date) -> int:
    """The person behind a pseudonym, who on that day is in a unit that the operator may see.

    Raises:
        AccessRefused: a unit manager asks for someone elsewhere, or for nobody: which of them is not told.
        PersonUnknown: nobody has this pseudonym.
    """
    person_id = find_person_id(session, pseudonym)
    if not _may_see_person(session, operator, person_id, on=on):
        raise AccessRefused("This person is not in the unit that you manage.")
    if person_id is None:
        raise PersonUnknown("Nobody has this pseudonym.")
    return person_id


def require_evidence(session: Session, operator: SignedIn, evidence: Evidence | None, *, on: date) -> None:
    """Lets a unit manager see what people of the own subtree did up to the day on which they are in it.

    Raises:
        AccessRefused: the statement is someone else's, later, or counts for nobody.
    """
    if operator.unit_id is None:
        return
    person_id = evidence.person_id if evidence and evidence.occurred_on <= on else None
    if not _may_see_person(session, operator, person_id, on=on):
        raise AccessRefused("This statement is not of a person in the unit that you manage.")


def _may_see_person(session: Session, operator: SignedIn, person_id: int | None, *, on: date) -> bool:
    root_id = operator.unit_id
    if root_id is None:
        return True
    return person_id is not None and is_in_subtree(session, person_id, root_id=root_id, on=on)
