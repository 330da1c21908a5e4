"""Logins that wait for their launch: one row binds state, nonce, registration, target, browser and time.

The row is consumed by one UPDATE, so of two launches with one state exactly one opens, on every database and
with any number of web processes. Nothing about a login is kept in memory or in a readable cookie.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from lti_tool.launch.errors import LoginAlreadyUsed, LoginExpired, LoginUnknown
from lti_tool.launch.models import LoginState

#: Long enough to sign in to the LMS on the way.
LIFETIME: Final = timedelta(minutes=10)
#: A used or expired row is kept this long, so that a repeated launch is told what happened.
REMEMBERED: Final = timedelta(days=1)
#: Old rows removed with each new login: more than one, so that the table shrinks.
_REMOVED_AT_ONCE: Final = 50


@dataclass(frozen=True)
class PendingLogin:
    """A login as it was begun.

    Attributes:
        browser_secret_hash: SHA-256, hexadecimal, of the cookie that the browser got.
        asked_rung, storage_target, sealed_login: see `lti_tool.launch.ladder`.
    """

    state: str
    nonce: str
    registration_id: int
    target_link_uri: str
    browser_secret_hash: str
    asked_rung: str = ""
    storage_target: str = ""
    sealed_login: str = ""


def remember_login(
    session: Session,
    *,
    state: str,
    nonce: str,
    registration_id: int,
    target_link_uri: str,
    now: datetime,
    asked_rung: str = "",
    storage_target: str = "",
    sealed_login: str = "",
) -> str:
    """Notes a login that was just begun; returns the secret that the browser must bring back."""
    _forget_old_logins(session, now)
    browser_secret = secrets.token_urlsafe(32)
    session.add(
        LoginState(
            state=state,
            nonce=nonce,
            registration_id=registration_id,
            target_link_uri=target_link_uri,
            browser_secret_hash=_hash(browser_secret),
            asked_rung=asked_rung,
            storage_target=storage_target,
            sealed_login=sealed_login,
            created_at=now,
            expires_at=now + LIFETIME,
            used_at=None,
        )
    )
    session.flush()
    return browser_secret


def find_login(session: Session, state: str | None) -> PendingLogin:
    """The login that a launch answers, whether or not it is still waiting.

    Raises:
        LoginUnknown
    """
    row = session.get(LoginState, state) if state and len(state) <= 64 and "\x00" not in state else None
    if row is None:
        raise LoginUnknown("The launch answers a login that this tool did not begin, or begun long ago.")
    return PendingLogin(
        state=row.state,
        nonce=row.nonce,
        registration_id=row.registration_id,
        target_link_uri=row.target_link_uri,
        browser_secret_hash=row.browser_secret_hash,
        asked_rung=row.asked_rung,
        storage_target=row.storage_target,
        sealed_login=row.sealed_login,
    )


def shows_login_secret(login: PendingLogin, browser_secret: str | None) -> bool:
    """Whether this is the browser that began the login: it brought back the cookie that it got."""
    return bool(browser_secret) and hmac.compare_digest(
        _hash(browser_secret or ""), login.browser_secret_hash
    )


def consume_login(session: Session, login: PendingLogin, *, now: datetime) -> None:
    """Marks the login as answered, once and for all.

    Raises:
        LoginAlreadyUsed: it was answered before, or at the same moment by another request.
        LoginExpired: it waited longer than ten minutes.
    """
    consumed = session.scalar(
        update(LoginState)
        .where(LoginState.state == login.state, LoginState.used_at.is_(None), LoginState.expires_at > now)
        .values(used_at=now, sealed_login="")
        .returning(LoginState.state)
        .execution_options(synchronize_session=False)
    )
    if consumed is None:
        _refuse_consumed(session, login)


def _refuse_consumed(session: Session, login: PendingLogin) -> None:
    used_at = session.scalar(select(LoginState.used_at).where(LoginState.state == login.state))
    if used_at is not None:
        raise LoginAlreadyUsed("This login was already answered. Start again from the course.")
    raise LoginExpired("The login waited too long for its launch. Start again from the course.")


def _forget_old_logins(session: Session, now: datetime) -> None:
    old = (
        select(LoginState.state)
        .where(LoginState.expires_at < now - REMEMBERED)
        .limit(_REMOVED_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    session.execute(
        delete(LoginState).where(LoginState.state.in_(old)).execution_options(synchronize_session=False)
    )


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
