"""Operator accounts: make, list, disable, change the password."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session
from werkzeug.security import generate_password_hash

from lti_tool.admin.errors import (
    OperatorNameMalformed,
    OperatorNameTaken,
    OperatorNotFound,
    OperatorUnitMissing,
    PasswordTooShort,
)
from lti_tool.admin.models import Operator, OperatorSession
from sync.organization.models import Unit

SHORTEST_PASSWORD: Final = 12
_USERNAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{2,63}")


class Role(StrEnum):
    """What an operator may do and see."""

    #: Everything, with people's names.
    ADMINISTRATOR = "administrator"
    #: Statistics of all units, people by pseudonym only.
    ANALYST = "analyst"
    #: Statistics of the own unit and those below it, with people's names.
    UNIT_MANAGER = "unit_manager"


@dataclass(frozen=True)
class OperatorAccount:
    """An operator, as lists show it.

    Attributes:
        unit_id: root of the subtree of a unit manager; `None` for the others.
    """

    id: int
    username: str
    role: Role
    unit_id: int | None
    created_at: datetime
    disabled_at: datetime | None


def create_operator(
    session: Session, *, username: str, password: str, role: Role, unit_id: int | None, now: datetime
) -> OperatorAccount:
    """A new account that may sign in at once.

    Args:
        username: folded to lower case.
        unit_id: of a unit manager; `None` for the other roles.

    Raises:
        OperatorNameMalformed, OperatorNameTaken, OperatorUnitMissing, PasswordTooShort.
    """
    name = fold_username(username)
    if not _USERNAME.fullmatch(name):
        raise OperatorNameMalformed(
            "A user name has 3 to 64 letters a-z, digits, dots, hyphens or underscores and begins with a "
            "letter or digit."
        )
    if session.scalar(select(Operator.id).where(Operator.username == name)) is not None:
        raise OperatorNameTaken(f"An operator named {name} exists. Choose another user name.")
    _refuse_unit(session, role, unit_id)
    operator = Operator(
        username=name, password_hash=_hash(password), role=role, unit_id=unit_id, created_at=now
    )
    session.add(operator)
    session.flush()
    return _account(operator)


def list_operators(session: Session) -> list[OperatorAccount]:
    """All accounts, disabled ones too, by user name."""
    return [_account(operator) for operator in session.scalars(select(Operator).order_by(Operator.username))]


def disable_operator(session: Session, username: str, *, now: datetime) -> OperatorAccount:
    """Ends the account's sessions and keeps it from signing in again.

    Raises:
        OperatorNotFound: no such user name.
    """
    operator = _find(session, username)
    operator.disabled_at = operator.disabled_at or now
    _end_sessions(session, operator)
    return _account(operator)


def change_password(session: Session, username: str, *, password: str) -> OperatorAccount:
    """Sets a new password and ends the sessions that were opened with the old one.

    Raises:
        OperatorNotFound, PasswordTooShort.
    """
    operator = _find(session, username)
    operator.password_hash = _hash(password)
    _end_sessions(session, operator)
    return _account(operator)


def fold_username(username: str) -> str:
    """User names are the same in capital and small letters."""
    return username.strip().lower()


def _find(session: Session, username: str) -> Operator:
    name = fold_username(username)
    operator = session.scalar(select(Operator).where(Operator.username == name))
    if operator is None:
        raise OperatorNotFound(f"No operator is named {name}. `cchc operators list` shows all.")
    return operator


def _refuse_unit(session: Session, role: Role, unit_id: int | None) -> None:
    if role is not Role.UNIT_MANAGER:
        if unit_id is not None:
            raise OperatorUnitMissing(f"The role {role} sees all units: name no unit.")
        return
    if unit_id is None or session.get(Unit, unit_id) is None:
        raise OperatorUnitMissing("A unit manager needs the id of an existing unit.")


def _end_sessions(session: Session, operator: Operator) -> None:
    session.execute(delete(OperatorSession).where(OperatorSession.operator_id == operator.id))
    session.flush()


def _hash(password: str) -> str:
    if len(password) < SHORTEST_PASSWORD:
        raise PasswordTooShort(f"A password has {SHORTEST_PASSWORD} characters or more.")
    return generate_password_hash(password)


def _account(operator: Operator) -> OperatorAccount:
    return OperatorAccount(
        id=operator.id,
        username=operator.username,
        role=Role(operator.role),
        unit_id=operator.unit_id,
        created_at=operator.created_at,
        disabled_at=operator.disabled_at,
    )
