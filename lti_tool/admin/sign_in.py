"""Signing in and out. Sessions live in the database, so that ending one takes effect at once.

The slow password check happens in no writing transaction: `lockout.note_attempt`, `verify_password`,
`open_operator_session`. With a second factor the session opens waiting, and `enter_code` opens it anew.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from lti_tool.admin.errors import SignInRefused
from lti_tool.admin.lockout import forget_failures, typed_name
from lti_tool.admin.models import Operator, OperatorSession
from lti_tool.admin.operators import Role
from lti_tool.admin.passwords import hash_password, is_outdated, is_password
from lti_tool.admin.second_factor import has_second_factor, use_code

SESSION_LENGTH: Final = timedelta(hours=10)
#: The second factor must come within this time.
CODE_LENGTH: Final = timedelta(minutes=5)
#: A dangerous action asks again for the password when the last proof is older.
CONFIRMED_FOR: Final = timedelta(minutes=15)
_SEEN_PRECISION: Final = timedelta(minutes=1)
_LONGEST_BROWSER: Final = 160
_LONGEST_ADDRESS: Final = 45


@dataclass(frozen=True)
class SignedIn:
    """The operator behind a request.

    Attributes:
        unit_id: root of the subtree of a unit manager; `None` for the others.
        token_hash: of the session; empty before one is open.
        method: password or sso.
        confirmed_at: last proof that the operator is there.
        has_second_factor: whether an authenticator app belongs to the account.
    """

    operator_id: int
    username: str
    role: Role
    unit_id: int | None
    token_hash: str = ""
    method: str = "password"
    confirmed_at: datetime | None = None
    has_second_factor: bool = False
    must_change_password: bool = False

    @property
    def sees_names(self) -> bool:
        """Whether people's names may be shown; an analyst works with pseudonyms."""
        return self.role in {Role.ADMINISTRATOR, Role.UNIT_MANAGER}

    def is_confirmed(self, *, now: datetime) -> bool:
        """Whether the last proof is young enough for a dangerous action."""
        return self.confirmed_at is not None and now - self.confirmed_at < CONFIRMED_FOR


@dataclass(frozen=True)
class OpenSession:
    """One signed-in browser, as its owner sees it in the list."""

    name: str
    opened_at: datetime
    seen_at: datetime | None
    expires_at: datetime
    address: str
    browser: str
    method: str
    is_this_one: bool


def verify_password(session: Session, *, username: str, password: str) -> tuple[SignedIn, str | None]:
    """The operator whom name and password belong to, and a new hash when the kept one is of an older kind.

    Raises:
        SignInRefused: unknown name, wrong password, disabled account, account without password; all take the
            same time and read the same.
    """
    operator = session.scalar(select(Operator).where(Operator.username == typed_name(username)))
    some_are_old = session.scalar(select(Operator.id).where(Operator.password_hash.like("scrypt:%")).limit(1))
    kept = operator.password_hash if operator else None
    right = is_password(kept, password, some_are_old=some_are_old is not None)
    if operator is None or not right or operator.disabled_at is not None:
        raise SignInRefused("User name and password do not belong to an active operator.")
    return _signed_in(operator), _new_hash(operator, password)


def open_operator_session(
    session: Session,
    operator: SignedIn,
    *,
    address: str,
    now: datetime,
    browser: str = "",
    new_hash: str | None = None,
    method: str = "password",
    code_given: bool = False,
) -> tuple[str, bool]:
    """A token for the browser's cookie, and whether a code is asked for before it opens anything.

    Args:
        new_hash: of the password just typed, when the kept hash is of an older kind.
        method: password or sso.
        code_given: the second factor was proved in the session that this one replaces.
    """
    row = session.get_one(Operator, operator.operator_id)
    if new_hash is not None and row.password_hash and is_outdated(row.password_hash):
        row.password_hash = new_hash
    # The organisation's sign-in has a second factor of its own, or decides against one.
    awaits_code = method == "password" and not code_given and has_second_factor(row)
    if not awaits_code:
        forget_failures(session, username=operator.username, address=address)
        row.last_signed_in_at = now
    session.execute(delete(OperatorSession).where(OperatorSession.expires_at <= now))
    token = secrets.token_urlsafe(32)
    session.add(
        OperatorSession(
            token_hash=hash_token(token),
            operator_id=operator.operator_id,
            opened_at=now,
            seen_at=now,
            confirmed_at=None if awaits_code else now,
            expires_at=now + (CODE_LENGTH if awaits_code else SESSION_LENGTH),
            awaits_code=awaits_code,
            method=method,
            address=address[:_LONGEST_ADDRESS],
            browser=browser.replace("\x00", "")[:_LONGEST_BROWSER],
        )
    )
    session.flush()
    return token, awaits_code


def find_waiting(session: Session, token: str, *, now: datetime) -> SignedIn | None:
    """The operator whose password was right and whose code is still to come."""
    return _find(session, token, now=now, awaits_code=True, idle=SESSION_LENGTH)


def enter_code(
    session: Session, waiting: SignedIn, code: str, *, secret: str, address: str, browser: str, now: datetime
) -> str:
    """The token of the open session; the waiting one is over.

    Raises:
        CodeRefused: wrong, over, or used before.
    """
    use_code(session, waiting.operator_id, code, secret=secret, now=now)
    session.execute(delete(OperatorSession).where(OperatorSession.token_hash == waiting.token_hash))
    token, _waits = open_operator_session(
        session, waiting, address=address, browser=browser, now=now, code_given=True
    )
    return token


def find_signed_in(
    session: Session, token: str, *, now: datetime, idle: timedelta = SESSION_LENGTH
) -> SignedIn | None:
    """The operator whose open session the token is; `None` when it ended or the account was disabled.

    Args:
        idle: a session without a request for so long has ended.
    """
    return _find(session, token, now=now, awaits_code=False, idle=idle)


def note_seen(session: Session, operator: SignedIn, *, now: datetime) -> None:
    """Keeps the session from going idle; written once a minute at most."""
    session.execute(
        update(OperatorSession)
        .where(
            OperatorSession.token_hash == operator.token_hash,
            OperatorSession.seen_at.is_(None) | (OperatorSession.seen_at <= now - _SEEN_PRECISION),
        )
        .values(seen_at=now)
    )


def is_seen_note_due(session: Session, operator: SignedIn, *, now: datetime) -> bool:
    """Whether `note_seen` would write."""
    kept = session.get(OperatorSession, operator.token_hash)
    return kept is not None and (kept.seen_at is None or kept.seen_at <= now - _SEEN_PRECISION)


def note_confirmed(session: Session, operator: SignedIn, *, now: datetime) -> None:
    """The operator has proved again to be there."""
    kept = session.get_one(OperatorSession, operator.token_hash)
    kept.confirmed_at = now
    session.flush()


def list_sessions(session: Session, operator: SignedIn, *, now: datetime) -> list[OpenSession]:
    """The signed-in browsers of an operator, newest first."""
    rows = session.scalars(
        select(OperatorSession)
        .where(
            OperatorSession.operator_id == operator.operator_id,
            OperatorSession.expires_at > now,
            OperatorSession.awaits_code.is_(False),
        )
        .order_by(OperatorSession.opened_at.desc(), OperatorSession.token_hash)
    )
    return [
        OpenSession(
            name=row.token_hash[:16],
            opened_at=row.opened_at,
            seen_at=row.seen_at,
            expires_at=row.expires_at,
            address=row.address,
            browser=row.browser,
            method=row.method,
            is_this_one=row.token_hash == operator.token_hash,
        )
        for row in rows
    ]


def end_own_session(session: Session, operator: SignedIn, name: str) -> bool:
    """Ends one of the operator's own sessions by its name in the list; False when there is none."""
    rows = session.scalars(
        select(OperatorSession).where(OperatorSession.operator_id == operator.operator_id)
    ).all()
    ended = [row for row in rows if row.token_hash[:16] == name]
    for row in ended:
        session.delete(row)
    session.flush()
    return bool(ended)


def close_operator_session(session: Session, token: str) -> None:
    """Ends the session; the token is worth nothing afterwards."""
    session.execute(delete(OperatorSession).where(OperatorSession.token_hash == hash_token(token)))


def hash_token(token: str) -> str:
    """What the database keeps of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def _find(
    session: Session, token: str, *, now: datetime, awaits_code: bool, idle: timedelta
) -> SignedIn | None:
    found = session.execute(
        select(Operator, OperatorSession)
        .join(OperatorSession, OperatorSession.operator_id == Operator.id)
        .where(
            OperatorSession.token_hash == hash_token(token),
            OperatorSession.expires_at > now,
            OperatorSession.awaits_code.is_(awaits_code),
            Operator.disabled_at.is_(None),
        )
    ).one_or_none()
    if found is None:
        return None
    operator, kept = found
    if kept.seen_at is not None and now - kept.seen_at >= idle:
        return None
    return _signed_in(operator, kept)


def _new_hash(operator: Operator, password: str) -> str | None:
    return hash_password(password) if is_outdated(operator.password_hash) else None


def _signed_in(operator: Operator, kept: OperatorSession | None = None) -> SignedIn:
    return SignedIn(
        operator_id=operator.id,
        username=operator.username,
        role=Role(operator.role),
        unit_id=operator.unit_id,
        token_hash=kept.token_hash if kept else "",
        method=kept.method if kept else "password",
        confirmed_at=kept.confirmed_at if kept else None,
        has_second_factor=has_second_factor(operator),
        must_change_password=operator.must_change_password,
    )
