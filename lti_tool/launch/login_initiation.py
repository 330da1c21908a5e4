"""The first half of the sign-in: pylti1p3's OpenID Connect login with our own state.

Spec: Security Framework 1.0, 5.1.1; LTI Core 1.3, 5.1.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from pylti1p3.cookie import CookieService
from pylti1p3.deployment import Deployment
from pylti1p3.oidc_login import OIDCLogin
from pylti1p3.redirect import Redirect
from pylti1p3.registration import Registration
from pylti1p3.request import Request
from pylti1p3.session import SessionService
from pylti1p3.tool_config.abstract import ToolConfAbstract

from lti_tool.launch.errors import LoginIncomplete, TargetElsewhere
from lti_tool.platforms.errors import PlatformAmbiguous
from lti_tool.platforms.register import Platform

#: Hints of some LMSs are signed tokens of more than a thousand characters, and go into an address.
LONGEST_FIELD: Final = 6000


@dataclass(frozen=True)
class AskedLogin:
    """What the LMS sent to begin a login.

    Attributes:
        fields: all fields as sent; hints go back to the LMS verbatim.
    """

    issuer: str
    client_id: str | None
    target_link_uri: str
    fields: Mapping[str, str]


@dataclass(frozen=True)
class PreparedLogin:
    """Where the browser goes next, and what the launch will be compared with."""

    authorization_url: str
    state: str
    nonce: str


def read_login(fields: Mapping[str, str], *, tool_origin: str) -> AskedLogin:
    """A login request, checked before anything is looked up.

    Raises:
        LoginIncomplete: `iss`, `login_hint` or `target_link_uri` is missing or far too long.
        TargetElsewhere: the target is not an address of this tool.
    """
    for name in ("iss", "login_hint", "target_link_uri"):
        if not fields.get(name) or len(fields[name]) > 2000 or "\x00" in fields[name]:
            raise LoginIncomplete(f"The login must carry {name}, of at most 2000 characters.")
    if any(len(value) > LONGEST_FIELD for value in fields.values()):
        raise LoginIncomplete(f"No field of the login may have more than {LONGEST_FIELD} characters.")
    if not is_on_origin(fields["target_link_uri"], tool_origin):
        raise TargetElsewhere(f"The login asks to open an address that is not on {tool_origin}.")
    return AskedLogin(fields["iss"], fields.get("client_id") or None, fields["target_link_uri"], fields)


def is_on_origin(address: str, origin: str) -> bool:
    """Whether an address has the scheme, host and port of `origin`, written in whatever case."""
    try:
        return _origin_of(address) == _origin_of(origin)
    except ValueError:
        return False


def _origin_of(address: str) -> tuple[str, str, int | None]:
    parts = urlsplit(address)
    usual = {"http": 80, "https": 443}
    return parts.scheme, parts.hostname or "", parts.port or usual.get(parts.scheme)


def prepare_login(asked: AskedLogin, platform: Platform, *, launch_url: str) -> PreparedLogin:
    """The authorization request, with a fresh state and nonce. `launch_url` must be registered at the LMS."""
    login = LoginInitiation(asked, platform)
    address = login.get_redirect_object(launch_url).get_redirect_url()
    return PreparedLogin(address, login.state, login.nonce)


class SentFields(Request):
    """The fields of a login or a launch as pylti1p3 asks for them."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__()
        self._fields = fields

    @property
    def session(self) -> dict[str, Any]:
        """Empty: pylti1p3 would keep whole launches in Flask's readable cookie (W26)."""
        return {}

    def is_secure(self) -> bool:
        """Our cookies are always `Secure`; see `lti_tool.launch.views`."""
        return True

    def get_param(self, key: str) -> str:
        return self._fields.get(key, "")


class OnePlatform(ToolConfAbstract[SentFields]):
    """pylti1p3's configuration, knowing the one platform that this request is about.

    Its own keeps what it knows in a dictionary that all configurations of the process share (W24).
    """

    def __init__(self, platform: Platform) -> None:
        self.platform = platform

    def check_iss_has_one_client(self, iss: str) -> bool:  # noqa: ARG002 - pylti1p3's signature
        """False, so that the client id is always looked at."""
        return False

    def find_registration_by_params(
        self, iss: str, client_id: str, *_args: Any, **_options: Any
    ) -> Registration:
        """The registration, or None, which pylti1p3 takes for "unknown"."""
        known = iss == self.platform.issuer and client_id in {self.platform.client_id, ""}
        return self.platform.as_pylti1p3() if known else None  # type: ignore[return-value]

    def find_deployment_by_params(
        self,
        iss: str,  # noqa: ARG002 - pylti1p3's signature
        deployment_id: str,
        client_id: str,  # noqa: ARG002 - pylti1p3's signature
        *_args: Any,
        **_options: Any,
    ) -> Deployment | None:
        """The deployment, if the registration has it."""
        known = deployment_id in self.platform.deployment_ids
        return Deployment().set_deployment_id(deployment_id) if known else None

    def find_registration_by_issuer(self, iss: str, *_args: Any, **_options: Any) -> Registration:
        """Never asked: see `check_iss_has_one_client`."""
        raise PlatformAmbiguous(f"A registration is found by issuer and client id, not by {iss} alone.")

    def find_deployment(self, iss: str, deployment_id: str) -> Deployment | None:
        """Never asked: see `check_iss_has_one_client`."""
        raise PlatformAmbiguous(f"Deployment {deployment_id} is found by issuer and client id, not by {iss}.")


class KeepsNothing(SessionService, CookieService):
    """Stands where pylti1p3 would write to sessions and cookies: our row and our cookie replace both."""

    def __init__(self) -> None:
        """Nothing to prepare."""

    def save_nonce(self, nonce: str) -> None:
        """The row keeps it."""

    def get_cookie(self, name: str) -> str | None:  # noqa: ARG002 - pylti1p3's signature
        return None

    def set_cookie(self, name: str, value: str | int, exp: int | None = 3600) -> None:
        """The view sets ours."""


class AuthorizationRequest(Redirect[str]):
    """The address of the authorization request; pylti1p3 glues `?` to addresses that already have a query."""

    def __init__(self, glued: str, authorization_url: str) -> None:
        asked = parse_qsl(glued.removeprefix(authorization_url + "?"), keep_blank_values=True)
        parts = urlsplit(authorization_url)
        own = parse_qsl(parts.query, keep_blank_values=True)
        self._address = urlunsplit(parts._replace(query=urlencode(own + asked), fragment=""))

    def get_redirect_url(self) -> str:
        return self._address

    def set_redirect_url(self, location: str) -> None:
        self._address = location

    def do_redirect(self) -> str:
        return self._address

    def do_js_redirect(self) -> str:
        return self._address


class LoginInitiation(OIDCLogin[SentFields, OnePlatform, KeepsNothing, KeepsNothing, str]):
    """pylti1p3's login, with random values of full strength and nothing written on the way."""

    def __init__(self, asked: AskedLogin, platform: Platform) -> None:
        super().__init__(SentFields(asked.fields), OnePlatform(platform), KeepsNothing(), KeepsNothing())
        self._platform = platform
        self.state = ""
        self.nonce = ""

    def _get_uuid(self) -> str:
        random_part = secrets.token_urlsafe(24)
        # pylti1p3 puts "state-" before what it gets here.
        self.state = f"state-{random_part}"
        return random_part

    def _generate_nonce(self) -> str:
        self.nonce = secrets.token_urlsafe(24)
        return self.nonce

    def get_redirect(self, url: str) -> Redirect[str]:
        return AuthorizationRequest(url, self._platform.authorization_url)
