"""What a tool says about itself when it registers (Dynamic Registration 1.0, 3.4), checked. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from lti_tool.practice_lms.errors import RegistrationRefused
from lti_tool.practice_lms.vocabulary import DEEP_LINK, SCOPES, TOOL_CONFIGURATION

_NEEDED: Final = ("initiate_login_uri", "redirect_uris", "client_name", "jwks_uri")
_NAME_CLAIMS: Final = {"name", "given_name", "family_name"}


@dataclass(frozen=True)
class RegisteredTool:
    """A tool as it describes itself, in the words of the table `tool`."""

    name: str
    login_url: str
    redirect_uris: tuple[str, ...]
    key_set_url: str
    target_link_uri: str
    deep_linking_url: str
    scopes: tuple[str, ...]
    claims: frozenset[str]
    custom: dict[str, str]

    def columns(self) -> dict[str, Any]:
        """Values of the table `tool`; what it may be told follows the claims that it names."""
        return {
            "name": self.name,
            "login_url": self.login_url,
            "redirect_uri": self.redirect_uris[0],
            "more_redirect_uris": "\n".join(self.redirect_uris[1:]),
            "key_set_url": self.key_set_url,
            "target_link_uri": self.target_link_uri,
            "deep_linking_url": self.deep_linking_url,
            # A tool that asks for nothing gets nothing; a single word that grants no service says so.
            "scopes": " ".join(self.scopes) or "openid",
            "shares_name": bool(self.claims & _NAME_CLAIMS),
            "shares_email": "email" in self.claims,
            "custom": self.custom,
        }


def read_registration(sent: Any, *, needs_domain: bool) -> RegisteredTool:
    """The tool described by the JSON that it posts.

    Raises:
        RegistrationRefused: a member is missing or wrong; the word says which.
    """
    if not isinstance(sent, Mapping):
        raise RegistrationRefused("invalid_client_metadata", "The registration must be a JSON object.")
    _check_client(sent)
    configuration = sent.get(TOOL_CONFIGURATION)
    if not isinstance(configuration, Mapping):
        raise RegistrationRefused("missing_tool_configuration", f"{TOOL_CONFIGURATION} is missing.")
    redirect_uris = _redirect_uris(sent["redirect_uris"])
    target = str(configuration.get("target_link_uri") or redirect_uris[0])
    if needs_domain:
        _check_domain(configuration, target)
    asked = str(sent.get("scope") or "").split()
    return RegisteredTool(
        name=str(sent["client_name"])[:200],
        login_url=str(sent["initiate_login_uri"]),
        redirect_uris=redirect_uris,
        key_set_url=str(sent["jwks_uri"]),
        target_link_uri=target,
        deep_linking_url=_deep_linking_url(configuration, target),
        scopes=tuple(scope for scope in SCOPES if scope in asked),
        claims=frozenset(_texts(configuration.get("claims"))),
        custom=_custom(configuration.get("custom_parameters")),
    )


def _check_client(sent: Mapping[str, Any]) -> None:
    for name in _NEEDED:
        if not sent.get(name):
            raise RegistrationRefused("missing_required_attribute", f"The attribute {name} is missing.")
    if "id_token" not in _texts(sent.get("response_types")):
        raise RegistrationRefused("invalid_response_types", "response_types must contain id_token.")
    if sent.get("token_endpoint_auth_method") != "private_key_jwt":
        raise RegistrationRefused(
            "invalid_auth_method", "token_endpoint_auth_method must be private_key_jwt."
        )
    if sent.get("application_type", "web") != "web":
        raise RegistrationRefused("invalid_application_type", "application_type must be web.")


def _texts(value: Any) -> list[str]:
    return [text for text in value if isinstance(text, str)] if isinstance(value, list) else []


def _redirect_uris(value: Any) -> tuple[str, ...]:
    found = tuple(uri for uri in _texts(value) if urlsplit(uri).scheme in {"http", "https"})
    if not found or found != tuple(value):
        raise RegistrationRefused("invalid_redirect_uris", "redirect_uris must be a list of http addresses.")
    return found


def _check_domain(configuration: Mapping[str, Any], target: str) -> None:
    domain = str(configuration.get("domain") or "").removeprefix("https://").removeprefix("http://")
    if not domain:
        raise RegistrationRefused("missing_domain", "The tool configuration lacks domain.")
    if domain != urlsplit(target).netloc:
        raise RegistrationRefused(
            "domain_targetlinkuri_mismatch", "domain must be the host and port of target_link_uri."
        )


def _deep_linking_url(configuration: Mapping[str, Any], target: str) -> str:
    messages = configuration.get("messages")
    for message in messages if isinstance(messages, list) else []:
        if isinstance(message, Mapping) and message.get("type") == DEEP_LINK:
            return str(message.get("target_link_uri") or target)
    return ""


def _custom(value: Any) -> dict[str, str]:
    return {str(name): str(text) for name, text in value.items()} if isinstance(value, Mapping) else {}
