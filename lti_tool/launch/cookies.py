"""The cookies of login and launch: each comes back from inside the LMS's frame, as far as browsers allow."""

import hashlib
from datetime import timedelta
from typing import Final

from flask import request
from werkzeug import Response

from lti_tool.launch.login_state import LIFETIME

#: Shows that this frame keeps our cookies, so that the next login needs no look at it. Says nothing else.
_SIGN: Final = "cchc_frame"
_SIGN_LIFETIME: Final = timedelta(days=30)


def set_login_cookies(response: Response, state: str, browser_secret: str) -> None:
    """The secret of this login, and the sign for the next one."""
    set_cookie(response, login_cookie_name(state), browser_secret, path="/lti", lifetime=LIFETIME)
    set_cookie(response, _SIGN, "1", path="/lti", lifetime=_SIGN_LIFETIME)


def has_cookie_sign() -> bool:
    """Whether an earlier login in this frame left its sign."""
    return request.cookies.get(_SIGN) == "1"


def login_cookie_of(state: str) -> str | None:
    """The secret that this browser brought back for a login."""
    return request.cookies.get(login_cookie_name(state))


def drop_login_cookie(response: Response, state: str) -> None:
    """The login is over."""
    set_cookie(response, login_cookie_name(state), "", path="/lti", lifetime=timedelta())


def login_cookie_name(state: str) -> str:
    """One cookie per login, so that several tabs can launch at once."""
    return f"cchc_login_{hashlib.sha256(state.encode()).hexdigest()[:16]}"


def set_cookie(response: Response, name: str, value: str, *, path: str, lifetime: timedelta) -> None:
    """A cookie that comes back from inside the LMS's frame.

    `SameSite=None; Secure` lets it travel there, and `Partitioned` keeps it where browsers block third-party
    cookies. Browsers take Secure cookies over http from localhost, so the demo needs no certificate.
    """
    response.set_cookie(
        name,
        value,
        max_age=lifetime,
        path=path,
        secure=True,
        httponly=True,
        samesite="None",
        partitioned=True,
    )
