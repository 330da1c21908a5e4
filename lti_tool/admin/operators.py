"""Operator accounts: make, list, change, disable."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from lti_tool.admin.errors import (
    LastAdministrator,
    OperatorNameMalformed,
    OperatorNameTaken,
    OperatorNotFound,
    OperatorUnitMissing,
)
from lti_tool.admin.models import Operator, OperatorSession
from lti_tool.admin.passwords import SHORTEST_PASSWORD, hash_password
from lti_tool.admin.second_factor import has_second_factor
from sync.organization.models import Unit

__all__ = ["SHORTEST_PASSWORD", "OperatorAccount", "Role"]

_USERNAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{2,63}")
_LONGEST_EXTERNAL_NAME: Final = 255


class Role(StrEnum):
    """What an operator may do and see; `lti_tool.admin.permissions` says which page is for whom."""

    #: Everything, with people's names.
    ADMINISTRATOR = "administrator"
    #: Connections with LMSs, identity rules, background work; no statistics, no names.
    OPERATOR = "operator"
    #: Published content; no statistics, no names.
    CONTENT_MANAGER = "content_manager"
    #: Questions of learners in the areas given to the account; no statistics, no names.
    EXPERT = "expert"
    #: Statistics of all units, people by pseudonym only.
    ANALYST = "analyst"
    #: Statistics of the own unit and those below it, with people's names.
    UNIT_MANAGER = "unit_manager"


@dataclass(frozen=True)
class OperatorAccount:
    """An operator, as lists show it.

    Attributes:
        unit_id: root of the subtree of a unit manager; `None` for the others.
        has_password: False: single sign-on only.
        external_name: how single sign-on names the person; `None`: not allowed that way.
    """

    id: int
    username: str
    role: Role
    unit_id: int | None
    created_at: datetime
    disabled_at: datetime | None
    has_password: bool
    must_change_password: bool
    has_second_factor: bool
    external_name: str | None
    last_signed_in_at: datetime | None


def create_operator(
    session: Session,
    *,
    username: str,
    password: str | None,
    role: Role,
    unit_id: int | None,
    now: datetime,
    must_change_password: bool = False,
    external_name: str | None = None,
) -> OperatorAccount:
    """A new account that may sign in at once.

    Args:
        username: folded to lower case.
        password: None: single sign-on only.
        unit_id: of a unit manager; `None` for the other roles.
        external_name: how single sign-on names the person.

    Raises:
        OperatorNameMalformed, OperatorNameTaken, OperatorUnitMissing, PasswordTooShort, PasswordTooLong.
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
        username=name,
        password_hash="" if password is None else hash_password(password),
        role=role,
        unit_id=unit_id,
        created_at=now,
        must_change_password=must_change_password,
        external_name=_free_external_name(session, external_name),
    )
    session.add(operator)
    session.flush()
    return account_from_row(operator)


def list_operators(session: Session) -> list[OperatorAccount]:
    """All accounts, disabled ones too, by user name."""
    return [
        account_from_row(operator)
        for operator in session.scalars(select(Operator).order_by(Operator.username))
    ]


def get_operator(session: Session, username: str) -> OperatorAccount:
    """One account.

    Raises:
        OperatorNotFound: no such user name.
    """
    return account_from_row(find_operator_row(session, username))


def change_role(session: Session, username: str, *, role: Role, unit_id: int | None) -> OperatorAccount:
    """Gives the account another role or unit, and ends its sessions.

    Raises:
        OperatorNotFound, OperatorUnitMissing, LastAdministrator.
    """
    operator = find_operator_row(session, username, for_change=True)
    _refuse_unit(session, role, unit_id)
    if role is not Role.ADMINISTRATOR:
        _keep_an_administrator(session, operator)
    operator.role, operator.unit_id = role, unit_id
    end_sessions(session, operator.id)
    return account_from_row(operator)


def allow_external_name(session: Session, username: str, external_name: str | None) -> OperatorAccount:
    """Says under which name single sign-on may open the account; a new name unties the old identity.

    Raises:
        OperatorNotFound, OperatorNameMalformed, OperatorNameTaken.
    """
    operator = find_operator_row(session, username)
    if external_name != operator.external_name:
        operator.external_name = _free_external_name(session, external_name)
        operator.external_issuer = operator.external_subject = None
        session.flush()
    return account_from_row(operator)


def disable_operator(session: Session, username: str, *, now: datetime) -> OperatorAccount:
    """Ends the account's sessions and keeps it from signing in again.

    Raises:
        OperatorNotFound: no such user name.
        LastAdministrator: nobody else could manage accounts.
    """
    operator = find_operator_row(session, username, for_change=True)
    _keep_an_administrator(session, operator)
    operator.disabled_at = operator.disabled_at or now
    end_sessions(session, operator.id)
    return account_from_row(operator)


def enable_operator(session: Session, username: str) -> OperatorAccount:
    """Lets a disabled account sign in again, with the password that it had.

    Raises:
        OperatorNotFound: no such user name.
    """
    operator = find_operator_row(session, username)
    operator.disabled_at = None
    session.flush()
    return account_from_row(operator)


def change_password(
    session: Session, username: str, *, password: str, must_change: bool = False
) -> OperatorAccount:
    """Sets a new password and ends the sessions that were opened with the old one.

    Args:
        must_change: somebody else chose it, so the first page asks for another.

    Raises:
        OperatorNotFound, PasswordTooShort, PasswordTooLong.
    """
    operator = find_operator_row(session, username)
    operator.password_hash = hash_password(password)
    operator.must_change_password = must_change
    end_sessions(session, operator.id)
    return account_from_row(operator)


def fold_username(username: str) -> str:
    """User names are the same in capital and small letters."""
    return username.strip().lower()


def find_operator_row(session: Session, username: str, *, for_change: bool = False) -> Operator:
    """The row of an account.

    Args:
        for_change: two administrators who demote each other wait for each other.

    Raises:
        OperatorNotFound: no such user name.
    """
    name = fold_username(username).replace("\x00", "")
    if for_change:
        # In one order, so that two changes cannot wait for each other for ever.
        session.scalars(
            select(Operator)
            .where(Operator.role == Role.ADMINISTRATOR)
            .order_by(Operator.id)
            .with_for_update()
        ).all()
    operator = session.scalar(
        select(Operator).where(Operator.username == name).execution_options(populate_existing=True)
    )
    if operator is None:
        raise OperatorNotFound(f"No operator is named {name}. `cchc operators list` shows all.")
    return operator


def end_sessions(session: Session, operator_id: int, *, but: str = "") -> int:
    """Ends the open sessions of an account.

    Args:
        but: hash of the one token that stays.
    """
    ended = session.execute(
        delete(OperatorSession).where(
            OperatorSession.operator_id == operator_id, OperatorSession.token_hash != but
        )
    )
    session.flush()
    return int(getattr(ended, "rowcount", 0))


def _keep_an_administrator(session: Session, operator: Operator) -> None:
    if operator.role != Role.ADMINISTRATOR or operator.disabled_at is not None:
        return
    others = session.scalar(
        select(func.count())
        .select_from(Operator)
        .where(
            Operator.role == Role.ADMINISTRATOR,
            Operator.disabled_at.is_(None),
            Operator.id != operator.id,
        )
    )
    if not others:
        raise LastAdministrator("This is the last administrator. Make another one first.")


def _refuse_unit(session: Session, role: Role, unit_id: int | None) -> None:
    if role is not Role.UNIT_MANAGER:
        if unit_id is not None:
            raise OperatorUnitMissing(f"The role {role} belongs to no unit: name none.")
        return
    if unit_id is None or session.get(Unit, unit_id) is None:
        raise OperatorUnitMissing("A unit manager needs the id of an existing unit.")


def _free_external_name(session: Session, name: str | None) -> str | None:
    if not name:
        return None
    if len(name) > _LONGEST_EXTERNAL_NAME or not name.isprintable():
        raise OperatorNameMalformed("The name in single sign-on is a text of at most 255 characters.")
    if session.scalar(select(Operator.id).where(Operator.external_name == name)) is not None:
        raise OperatorNameTaken("Another account has this name in single sign-on.")
    return name


def account_from_row(operator: Operator) -> OperatorAccount:
    """The row as lists show it."""
    return OperatorAccount(
        id=operator.id,
        username=operator.username,
        role=Role(operator.role),
        unit_id=operator.unit_id,
        created_at=operator.created_at,
        disabled_at=operator.disabled_at,
        has_password=bool(operator.password_hash),
        must_change_password=operator.must_change_password,
        has_second_factor=has_second_factor(operator),
        external_name=operator.external_name,
        last_signed_in_at=operator.last_signed_in_at,
    )
