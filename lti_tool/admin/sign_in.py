"""Signing in and out: attempts are counted before a password is looked at, sessions live in the database.

Three steps, so that the slow password check happens in no transaction: `note_attempt`, `verify_password`,
`open_operator_session`.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Final

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import Session
from werkzeug.security import check_password_hash, generate_password_hash

from lti_tool.admin.errors import SignInRefused, TooManySignIns
from lti_tool.admin.models import Operator, OperatorSession, SignInAttempt
from lti_tool.admin.operators import Role, fold_username

SESSION_LENGTH: Final = timedelta(hours=10)
ATTEMPT_WINDOW: Final = timedelta(minutes=15)
#: Attempts within the window for one user name from one address.
ATTEMPTS_PER_NAME: Final = 5
#: Attempts within the window from one address, whatever the names: a whole office may share an address.
ATTEMPTS_PER_ADDRESS: Final = 50
_LONGEST_USERNAME: Final = 64


@dataclass(frozen=True)
class SignedIn:
    """The operator behind a request.

    Attributes:
        unit_id: root of the subtree of a unit manager; `None` for the others.
    """

    operator_id: int
    username: str
    role: Role
    unit_id: int | None

    @property
    def sees_names(self) -> bool:
        """Whether people's names may be shown; an analyst works with pseudonyms."""
        return self.role is not Role.ANALYST


def note_attempt(session: Session, *, username: str, address: str, now: datetime) -> None:
    """Counts an attempt as failed until `open_operator_session` takes it back.

    Raises:
        TooManySignIns: 5 for this name and address, or 50 from this address, within 15 minutes.
    """
    name = _typed_name(username)
    session.execute(delete(SignInAttempt).where(SignInAttempt.tried_at <= now - ATTEMPT_WINDOW))
    from_address = SignInAttempt.address == address
    if (
        _count(session, from_address, SignInAttempt.username == name) >= ATTEMPTS_PER_NAME
        or _count(session, from_address) >= ATTEMPTS_PER_ADDRESS
    ):
        raise TooManySignIns(
            f"Too many attempts failed. Wait {int(ATTEMPT_WINDOW.total_seconds() // 60)} minutes."
        )
    session.add(SignInAttempt(username=name, address=address, tried_at=now))
    session.flush()


def verify_password(session: Session, *, username: str, password: str) -> SignedIn:
    """The operator whom name and password belong to.

    Raises:
        SignInRefused: unknown name, wrong password or disabled account; all three take the same time.
    """
    operator = session.scalar(select(Operator).where(Operator.username == _typed_name(username)))
    right = check_password_hash(operator.password_hash if operator else _nobodys_hash(), password)
    if operator is None or not right or operator.disabled_at is not None:
        raise SignInRefused("User name and password do not belong to an active operator.")
    return _signed_in(operator)


def open_operator_session(session: Session, operator: SignedIn, *, address: str, now: datetime) -> str:
    """A token for the browser's cookie; the failed attempts of this name and address are forgotten."""
    session.execute(
        delete(SignInAttempt).where(
            SignInAttempt.username == operator.username, SignInAttempt.address == address
        )
    )
    session.execute(delete(OperatorSession).where(OperatorSession.expires_at <= now))
    token = secrets.token_urlsafe(32)
    session.add(
        OperatorSession(
            token_hash=_hash(token),
            operator_id=operator.operator_id,
            opened_at=now,
            expires_at=now + SESSION_LENGTH,
        )
    )
    session.flush()
    return token


def find_signed_in(session: Session, token: str, *, now: datetime) -> SignedIn | None:
    """The operator whose open session the token is; `None` when it ended or the account was disabled."""
    operator = session.scalar(
        select(Operator)
        .join(OperatorSession, OperatorSession.operator_id == Operator.id)
        .where(
            OperatorSession.token_hash == _hash(token),
            OperatorSession.expires_at > now,
            Operator.disabled_at.is_(None),
        )
    )
    return _signed_in(operator) if operator else None


def close_operator_session(session: Session, token: str) -> None:
    """Ends the session; the token is worth nothing afterwards."""
    session.execute(delete(OperatorSession).where(OperatorSession.token_hash == _hash(token)))


def _count(session: Session, *conditions: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).select_from(SignInAttempt).where(*conditions)) or 0


def _typed_name(username: str) -> str:
    return fold_username(username)[:_LONGEST_USERNAME]


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@cache
def _nobodys_hash() -> str:
    """Compared when the name is unknown, so that the answer's time does not tell which names exist."""
    return generate_password_hash(secrets.token_urlsafe(32))


def _signed_in(operator: Operator) -> SignedIn:
    return SignedIn(operator.id, operator.username, Role(operator.role), operator.unit_id)
