"""What an LMS says of itself for a dynamic registration: JSON from outside -> one frozen object. Pure.

Whoever holds an invitation could point us at a configuration of their own that names somebody else's issuer.
So all addresses must lie where the issuer lies, or where the invitation says that this LMS has its addresses.

Spec: LTI Dynamic Registration 1.0, 3.3 and 3.4; OpenID Connect Discovery 1.0, 3.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from lti_tool.platforms.errors import (
    IssuerHostMismatch,
    OpenidConfigurationRefused,
    RegistrationRequestIncomplete,
)
from lti_tool.platforms.register import field_fault, is_web_address

PLATFORM_CONFIGURATION: Final = "https://purl.imsglobal.org/spec/lti-platform-configuration"
LONGEST_REGISTRATION_TOKEN: Final = 16 * 1024
_MOST_VARIABLES: Final = 500

#: Member of the configuration -> field of a registration, or "" where it is not kept.
_ADDRESSES: Final = {
    "issuer": "issuer",
    "authorization_endpoint": "authorization_url",
    "token_endpoint": "token_url",
    "jwks_uri": "key_set_url",
    "registration_endpoint": "authorization_url",
}


@dataclass(frozen=True)
class OpenidConfiguration:
    """What a registration needs of it.

    Attributes:
        token_audience: `authorization_server` where the LMS names one; empty otherwise.
        product_family, product_version: as sent; may be empty.
        variables: the custom variables that the LMS says it fills in; empty when it does not say.
        scopes: the scopes that it says it knows; empty when it does not say.
        offers_deep_linking: whether it lists LtiDeepLinkingRequest.
    """

    issuer: str
    authorization_url: str
    token_url: str
    key_set_url: str
    registration_url: str
    token_audience: str
    product_family: str
    product_version: str
    variables: frozenset[str]
    scopes: frozenset[str]
    offers_deep_linking: bool


def read_registration_request(arguments: Mapping[str, str]) -> tuple[str, str]:
    """The configuration's address and the registration token (may be empty), as the LMS sent them.

    Raises:
        RegistrationRequestIncomplete
    """
    address = arguments.get("openid_configuration", "").strip()
    token = arguments.get("registration_token", "").strip()
    if not address:
        raise RegistrationRequestIncomplete(
            "The link was opened without openid_configuration: an LMS adds it when its administrator "
            "registers "
            "a tool."
        )
    if len(address) > 2000 or not is_web_address(address):
        raise RegistrationRequestIncomplete("openid_configuration must be a full http(s) address.")
    if len(token) > LONGEST_REGISTRATION_TOKEN or not token.isascii() or not token.isprintable():
        raise RegistrationRequestIncomplete("registration_token must be printable ASCII of bearable length.")
    return address, token


def refuse_foreign_configuration(address: str, expected_hosts: Sequence[str]) -> None:
    """Before the address is asked at all: it lies on a host that the invitation names, if it names any.

    Raises:
        IssuerHostMismatch
    """
    if expected_hosts and not _is_on_any(address, expected_hosts):
        raise IssuerHostMismatch(
            f"The LMS's configuration lies on {_host_of(address)}, and the invitation is for "
            f"{', '.join(expected_hosts)}."
        )


def read_configuration(content: bytes, *, address: str, expected_hosts: Sequence[str]) -> OpenidConfiguration:
    """The configuration that was fetched from `address`, checked.

    Raises:
        OpenidConfigurationRefused: not JSON, incomplete, or it offers nothing that is spoken here.
        IssuerHostMismatch: an address lies elsewhere.
    """
    told = _json_object(content)
    for member, field in _ADDRESSES.items():
        value = told.get(member)
        if not isinstance(value, str) or field_fault(field, value) is not None:
            raise OpenidConfigurationRefused(f"The configuration must name {member}, an http(s) address.")
    _refuse_unspoken(told)
    _refuse_other_hosts(told, address=address, expected_hosts=expected_hosts)
    about = told.get(PLATFORM_CONFIGURATION)
    about = about if isinstance(about, dict) else {}
    return OpenidConfiguration(
        issuer=told["issuer"],
        authorization_url=told["authorization_endpoint"],
        token_url=told["token_endpoint"],
        key_set_url=told["jwks_uri"],
        registration_url=told["registration_endpoint"],
        token_audience=_audience(told),
        product_family=_short_text(about.get("product_family_code")),
        product_version=_short_text(about.get("version")),
        variables=frozenset(_texts(about.get("variables"))),
        scopes=frozenset(_texts(told.get("scopes_supported"))),
        offers_deep_linking=any(
            isinstance(message, dict) and message.get("type") == "LtiDeepLinkingRequest"
            for message in _list(about.get("messages_supported"))
        ),
    )


def origins_of(configuration: OpenidConfiguration) -> tuple[str, ...]:
    """Where the LMS's pages may lie, for `frame-ancestors`."""
    parts = [urlsplit(each) for each in (configuration.issuer, configuration.authorization_url)]
    return tuple(dict.fromkeys(f"{part.scheme}://{part.netloc}" for part in parts))


def _refuse_unspoken(told: Mapping[str, Any]) -> None:
    """What is listed must hold what we use; what is not listed is left to the registration itself."""
    for member, needed in (
        ("token_endpoint_auth_methods_supported", "private_key_jwt"),
        ("id_token_signing_alg_values_supported", "RS256"),
        ("response_types_supported", "id_token"),
    ):
        listed = _texts(told.get(member))
        if listed and needed not in listed:
            raise OpenidConfigurationRefused(f"{member} of the configuration lacks {needed}.")


def _refuse_other_hosts(told: Mapping[str, Any], *, address: str, expected_hosts: Sequence[str]) -> None:
    # Exactly the issuer's host: whoever has a name below it is not yet the issuer.
    home = _netloc(told["issuer"])
    for member, value in (("The configuration's own address", address), *_named_addresses(told)):
        if _netloc(value) != home and not _is_on_any(value, expected_hosts):
            raise IssuerHostMismatch(
                f"{member} lies on {_host_of(value)}, and the issuer on {_host_of(told['issuer'])}. If "
                "this LMS "
                f"really uses both, the invitation must name {_host_of(value)}."
            )
    if expected_hosts and not _is_on_any(told["issuer"], expected_hosts):
        raise IssuerHostMismatch(
            f"The issuer lies on {_host_of(told['issuer'])}, and the invitation is for "
            f"{', '.join(expected_hosts)}."
        )
    if urlsplit(told["issuer"]).scheme == "https":
        for member, value in _named_addresses(told):
            if urlsplit(value).scheme != "https":
                raise IssuerHostMismatch(f"{member} must be https as the issuer is.")


def _named_addresses(told: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(member, told[member]) for member in _ADDRESSES if member != "issuer"]


def _is_on_any(address: str, hosts: Sequence[str]) -> bool:
    """Whether an address lies on an invited host or below it; a port counts when the host names one."""
    host, netloc = _host_of(address), _netloc(address)
    return any(
        netloc == allowed or (":" not in allowed and (host == allowed or host.endswith(f".{allowed}")))
        for allowed in hosts
    )


def _netloc(address: str) -> str:
    """Host, and the port where it is not the usual one."""
    parts = urlsplit(address)
    usual = {"http": 80, "https": 443}[parts.scheme]
    host = _host_of(address)
    return host if parts.port in {None, usual} else f"{host}:{parts.port}"


def _host_of(address: str) -> str:
    return (urlsplit(address).hostname or "").rstrip(".")


def _audience(told: Mapping[str, Any]) -> str:
    """`authorization_server` of the platform is the audience of assertions where it is named (3.3)."""
    named = told.get("authorization_server")
    return named if isinstance(named, str) and field_fault("token_audience", named) is None else ""


def _json_object(content: bytes) -> dict[str, Any]:
    try:
        told: Any = json.loads(content)
    except (ValueError, RecursionError) as malformed:
        raise OpenidConfigurationRefused(
            "openid_configuration does not lead to a JSON document."
        ) from malformed
    if not isinstance(told, dict):
        raise OpenidConfigurationRefused("The configuration must be a JSON object.")
    return told


def _list(value: Any) -> list[Any]:
    return value[:_MOST_VARIABLES] if isinstance(value, list) else []


def _texts(value: Any) -> list[str]:
    return [each for each in _list(value) if isinstance(each, str)]


def _short_text(value: Any) -> str:
    return (
        "".join(character for character in value[:80] if character.isprintable())
        if isinstance(value, str)
        else ""
    )
