"""Which account a person of the organisation's sign-in has here (no web)."""

import re
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.admin.errors import NoAccountHere
from lti_tool.admin.issuer import ExternalPerson
from lti_tool.admin.models import Operator
from lti_tool.admin.operators import Role, account_from_row, create_operator, end_sessions
from lti_tool.admin.sign_in import SignedIn
from xapi_bridge.store.audit import note_action

#: Name in the audit log of what single sign-on did by rule.
BY_RULE = "single sign-on"


def recognize_person(session: Session, person: ExternalPerson, *, now: datetime) -> SignedIn:
    """The account of a person: the one that was tied to it, made beforehand for it, or given by its group.

    Accounts made here by hand keep the role that they were given; those that a group made follow the group.

    Raises:
        NoAccountHere: there is none, it is disabled, or the group that made it no longer holds the person.
    """
    operator = _tied(session, person) or _prepared(session, person) or _made_by_rule(session, person, now=now)
    if operator is None or operator.disabled_at is not None:
        raise NoAccountHere("The organisation knows you, but no active account here is yours.")
    if operator.made_by_issuer:
        _follow_group(session, operator, person, now=now)
    account = account_from_row(operator)
    return SignedIn(account.id, account.username, account.role, account.unit_id, method="sso")


def _tied(session: Session, person: ExternalPerson) -> Operator | None:
    return session.scalar(
        select(Operator).where(
            Operator.external_issuer == person.issuer, Operator.external_subject == person.subject
        )
    )


def _prepared(session: Session, person: ExternalPerson) -> Operator | None:
    """An account made beforehand under the person's name, which nobody has claimed yet."""
    if not person.name:
        return None
    found = session.scalar(
        select(Operator)
        .where(Operator.external_name == person.name, Operator.external_subject.is_(None))
        .with_for_update()
    )
    if found is not None:
        found.external_issuer, found.external_subject = person.issuer, person.subject
        session.flush()
    return found


def _made_by_rule(session: Session, person: ExternalPerson, *, now: datetime) -> Operator | None:
    if person.role is None:
        return None
    username = _free_username(session, person.name)
    made = create_operator(
        session, username=username, password=None, role=Role(person.role), unit_id=None, now=now
    )
    operator = session.get_one(Operator, made.id)
    operator.external_issuer, operator.external_subject = person.issuer, person.subject
    operator.made_by_issuer = True
    session.flush()
    note_action(session, "operator_created", operator=BY_RULE, subject=username, now=now, role=person.role)
    return operator


def _follow_group(session: Session, operator: Operator, person: ExternalPerson, *, now: datetime) -> None:
    if person.role is None:
        end_sessions(session, operator.id)
        raise NoAccountHere("No group of yours opens this console any more.")
    if operator.role != person.role:
        operator.role = person.role
        end_sessions(session, operator.id)
        note_action(
            session,
            "operator_role_changed",
            operator=BY_RULE,
            subject=operator.username,
            now=now,
            role=person.role,
        )


def _free_username(session: Session, wanted: str) -> str:
    """A user name like the person's name there; a number is added while another account has it."""
    local = re.sub(r"[^a-z0-9._-]", "", wanted.partition("@")[0].lower()).lstrip("._-")[:56] or "sso"
    base = local if len(local) >= 3 else f"{local}-sso"
    taken = set(session.scalars(select(Operator.username).where(Operator.username.like(f"{base}%"))))
    return next(name for name in (base, *(f"{base}-{n}" for n in range(2, 10_000))) if name not in taken)
