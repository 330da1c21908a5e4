"""The cookie ladder: how a browser inside another site's frame is recognized when it comes back.

Decided before the browser is sent to the LMS, because an LMS may allow its part of the login only once
(Moodle's `lti_message_hint`). From the first rung to the last:

    cookie          the partitioned cookie of the login comes back
    storage         the LMS keeps a proof for us (`lti_storage_target`), which our page asks back
    storage_access  the browser allows our cookies in the frame after a click
    window          the login begins again in a window of its own, where our cookies are first-party

The state itself is on the server, is used once, and never depends on the rung.

Spec: LTI Client Side postMessages 0.1; LTI OIDC Login with Client Side postMessages 0.1; Storage Access API.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final
from urllib.parse import urlsplit

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from lti_tool.launch.errors import BrowserNotRecognized, CookiesBlocked, LoginAlreadyUsed
from lti_tool.launch.login_state import PendingLogin, shows_login_secret

COOKIE: Final = "cookie"
STORAGE: Final = "storage"
STORAGE_ACCESS: Final = "storage_access"
WINDOW: Final = "window"
#: Rungs that begin the login again, and say so in this field of it.
ASKED_RUNGS: Final = frozenset({STORAGE_ACCESS, WINDOW})
ASKED_FIELD: Final = "cchc_rung"

_LONGEST_TARGET: Final = 100
_PURPOSE: Final = b"cchc login on the ladder"


@dataclass(frozen=True)
class HeldLogin:
    """A login that waits on the ladder.

    Attributes:
        authorization_url: where the browser goes once it is known how it will be recognized.
        fields: what the LMS sent; posted again where the login begins anew.
    """

    authorization_url: str
    fields: Mapping[str, str]


def hold_login(authorization_url: str, fields: Mapping[str, str], *, secret: str) -> str:
    """The login as a sealed text: the hints of the LMS name the learner."""
    written = json.dumps({"url": authorization_url, "fields": dict(fields)}, ensure_ascii=False)
    return _sealer(secret).encrypt(written.encode()).decode()


def take_up_login(login: PendingLogin, *, secret: str) -> HeldLogin:
    """The login as it was held.

    Raises:
        LoginAlreadyUsed: it went on, and is held no more.
    """
    try:
        written: Any = json.loads(_sealer(secret).decrypt(login.sealed_login.encode()))
    except InvalidToken as gone:
        raise LoginAlreadyUsed("This login already went on. Start again from the course.") from gone
    return HeldLogin(written["url"], written["fields"])


def asked_rung(fields: Mapping[str, str]) -> str:
    """The rung for which the login begins anew; empty at an LMS's own login."""
    sent = fields.get(ASKED_FIELD, "")
    return sent if sent in ASKED_RUNGS else ""


def storage_target(fields: Mapping[str, str]) -> str:
    """Name of the frame that keeps data for tools, or `_parent`; empty when the LMS offers none."""
    sent = fields.get("lti_storage_target", "")
    return sent if len(sent) <= _LONGEST_TARGET and sent.isprintable() else ""


def storage_key(state: str) -> str:
    """Under which our page keeps the proof; another one for every login."""
    return f"cchc_login_{hashlib.sha256(state.encode()).hexdigest()[:16]}"


def storage_proof(login: PendingLogin, *, secret: str) -> str:
    """What our page keeps at the LMS for this login, and asks back after it."""
    message = f"cchc platform storage|{login.state}|{login.nonce}"
    return hmac.new(secret.encode(), message.encode(), hashlib.sha256).hexdigest()


def origin_of(address: str) -> str:
    """Scheme, host and port of an address: where messages of the LMS's pages must come from."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def recognize_browser(
    login: PendingLogin, *, cookie: str | None, proof: str, is_own_page: bool, secret: str
) -> str:
    """The rung by which this is the browser that began the login.

    Args:
        proof: what our page got back from the LMS's storage; empty when it did not ask.
        is_own_page: whether one of our pages posted this. Any page could post a proof that it knows; only
            ours asks the LMS for it in the browser that is looked at.

    Raises:
        BrowserNotRecognized: neither is shown.
    """
    if shows_login_secret(login, cookie):
        return login.asked_rung or COOKIE
    expected = storage_proof(login, secret=secret)
    if login.storage_target and is_own_page and hmac.compare_digest(proof.encode(), expected.encode()):
        return STORAGE
    if login.asked_rung == WINDOW:
        raise CookiesBlocked("The browser keeps no cookies of this tool, not even in a window of its own.")
    raise BrowserNotRecognized("The browser did not bring back the cookie that the login gave it.")


def may_ask_again(login: PendingLogin) -> bool:
    """Whether a page of ours can still find out, before the launch is refused."""
    return bool(login.storage_target) or login.asked_rung == STORAGE_ACCESS


@lru_cache(maxsize=4)
def _sealer(secret: str) -> Fernet:
    derived = HKDF(SHA256(), length=32, salt=None, info=_PURPOSE).derive(secret.encode())
    return Fernet(base64.urlsafe_b64encode(derived))
