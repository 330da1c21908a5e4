"""What we ask an LMS to register, in one place: scopes, claims, messages, custom parameters, addresses. Pure.

Every scope and every piece of personal data stands here with its reason, which the administrator reads before
saying yes.

Spec: LTI Dynamic Registration 1.0, 3.5; OpenID Connect Dynamic Client Registration 1.0, 2.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from lti_tool.platforms.token_requests import TOOL_SCOPES

TOOL_CONFIGURATION: Final = "https://purl.imsglobal.org/spec/lti-tool-configuration"
RESOURCE_LINK: Final = "LtiResourceLinkRequest"
DEEP_LINKING: Final = "LtiDeepLinkingRequest"

NAME: Final = {"vi": "Bồi dưỡng cải cách hành chính", "en": "Public administration reform training"}
DESCRIPTION: Final = {
    "vi": "Chuyên đề và bài kiểm tra về cải cách hành chính theo Quyết định 905/QĐ-BNV.",
    "en": "Modules and quizzes about public administration reform under Decision 905/QĐ-BNV.",
}
CHOOSE: Final = {"vi": "Chọn nội dung CCHC", "en": "Choose CCHC content"}
OPEN: Final = {"vi": "Mở bài học CCHC", "en": "Open a CCHC lesson"}

#: Claims of the id_token that are read. No e-mail address: nothing here needs one.
CLAIMS: Final = ("iss", "sub", "name", "given_name", "family_name")
#: Where the staff code is asked for; `lis.person_sourcedid` carries the same where the LMS sends it.
STAFF_CODE: Final = ("staff_code", "$Person.sourcedId")
#: Custom parameters of every launch: name -> LTI variable (LTI Core 1.3, appendix B).
CUSTOM_PARAMETERS: Final = {
    STAFF_CODE[0]: STAFF_CODE[1],
    "username": "$User.username",
    # A copied course tells where it came from, so that its content is found again.
    "context_history": "$Context.id.history",
}
#: The custom parameter that an installation fills from a field of its choice.
UNIT_PARAMETER: Final = "unit_code"
#: Standard fields of a user's profile in which LMSs keep the unit's code.
UNIT_VARIABLES: Final = (
    "$Person.address.locality",
    "$Person.address.street1",
    "$CourseSection.sourcedId",
    "$User.username",
)
PLACEMENTS: Final = ("ContentArea", "RichTextEditor")


@dataclass(frozen=True)
class ToolAddresses:
    """The addresses of ours that an LMS keeps."""

    origin: str

    @property
    def domain(self) -> str:
        """Host, with its port where it has one: Moodle compares it with the target's."""
        return urlsplit(self.origin).netloc

    @property
    def launch_url(self) -> str:
        return f"{self.origin}/lti/launch"

    @property
    def login_url(self) -> str:
        return f"{self.origin}/lti/login"

    @property
    def key_set_url(self) -> str:
        return f"{self.origin}/lti/jwks.json"

    @property
    def logo_url(self) -> str:
        return f"{self.origin}/static/icon.svg"


def custom_parameters(*, unit_variable: str = "", known: frozenset[str] = frozenset()) -> dict[str, str]:
    """The custom parameters of a registration.

    Args:
        unit_variable: where this LMS keeps the unit's code; empty: it is not asked for.
        known: variables that the LMS fills in; what it does not list would arrive literally. Empty: it did
            not say.
    """
    wanted = CUSTOM_PARAMETERS | ({UNIT_PARAMETER: unit_variable} if unit_variable else {})
    return {
        name: variable
        for name, variable in wanted.items()
        if not known or variable.removeprefix("$") in known or name == UNIT_PARAMETER
    }


def scopes_to_ask(known: frozenset[str]) -> tuple[str, ...]:
    """Our scopes; of an LMS that lists its own, those that it knows."""
    return tuple(scope for scope in TOOL_SCOPES if not known or scope in known)


def registration_body(
    addresses: ToolAddresses, *, scopes: tuple[str, ...], custom: Mapping[str, str]
) -> dict[str, Any]:
    """The JSON that registers us."""
    return {
        "application_type": "web",
        "response_types": ["id_token"],
        "grant_types": ["implicit", "client_credentials"],
        "initiate_login_uri": addresses.login_url,
        # One address for every launch: LMSs compare it letter by letter.
        "redirect_uris": [addresses.launch_url],
        "client_name": NAME["vi"],
        "client_name#en": NAME["en"],
        "jwks_uri": addresses.key_set_url,
        "logo_uri": addresses.logo_url,
        "client_uri": addresses.origin,
        "token_endpoint_auth_method": "private_key_jwt",
        "scope": " ".join(scopes),
        TOOL_CONFIGURATION: {
            "domain": addresses.domain,
            "target_link_uri": addresses.launch_url,
            "description": DESCRIPTION["vi"],
            "description#en": DESCRIPTION["en"],
            "custom_parameters": dict(custom),
            "claims": list(CLAIMS),
            "messages": _messages(addresses),
        },
    }


def _messages(addresses: ToolAddresses) -> list[dict[str, Any]]:
    return [
        {
            "type": DEEP_LINKING,
            "target_link_uri": addresses.launch_url,
            "label": CHOOSE["vi"],
            "label#en": CHOOSE["en"],
            "icon_uri": addresses.logo_url,
            "placements": list(PLACEMENTS),
        },
        {
            "type": RESOURCE_LINK,
            "target_link_uri": addresses.launch_url,
            "label": OPEN["vi"],
            "label#en": OPEN["en"],
            "icon_uri": addresses.logo_url,
        },
    ]


def canvas_developer_key(addresses: ToolAddresses, *, unit_variable: str = "") -> dict[str, Any]:
    """The JSON that a Canvas administrator pastes into a new LTI key (method "Paste JSON")."""
    placements = [
        {
            "placement": placement,
            "message_type": DEEP_LINKING,
            "target_link_uri": addresses.launch_url,
            "text": CHOOSE["vi"],
            "icon_url": addresses.logo_url,
        }
        for placement in ("assignment_selection", "link_selection")
    ]
    return {
        "title": NAME["vi"],
        "description": DESCRIPTION["vi"],
        "target_link_uri": addresses.launch_url,
        "oidc_initiation_url": addresses.login_url,
        "public_jwk_url": addresses.key_set_url,
        "scopes": list(TOOL_SCOPES),
        "custom_fields": custom_parameters(unit_variable=unit_variable),
        "extensions": [
            {
                "platform": "canvas.instructure.com",
                "domain": addresses.domain,
                "tool_id": "cchc-training",
                # Names, without the e-mail address.
                "privacy_level": "name_only",
                "settings": {
                    "text": NAME["vi"],
                    "icon_url": addresses.logo_url,
                    "placements": placements,
                },
            }
        ],
    }


def moodle_fields(addresses: ToolAddresses, *, unit_variable: str = "") -> list[tuple[str, str]]:
    """Moodle's page "configure a tool manually": label as it stands there -> value, in the page's order."""
    return [
        ("Tool name", NAME["vi"]),
        ("Tool URL", addresses.launch_url),
        ("Tool description", DESCRIPTION["vi"]),
        ("LTI version", "LTI 1.3"),
        ("Public key type", "Keyset URL"),
        ("Public keyset", addresses.key_set_url),
        ("Initiate login URL", addresses.login_url),
        ("Redirection URI(s)", addresses.launch_url),
        ("Custom parameters", custom_lines(unit_variable=unit_variable)),
        ("Tool configuration usage", "Show as preconfigured tool when adding an external tool"),
        ("Default launch container", "Embed, without blocks"),
        ("Supports Deep Linking (Content-Item Message)", "☑"),
        ("Content Selection URL", addresses.launch_url),
        ("IMS LTI Assignment and Grade Services", "Use this service for grade sync and column management"),
        (
            "IMS LTI Names and Role Provisioning",
            "Use this service to retrieve members' information as per privacy settings",
        ),
        ("Tool Settings", "Do not use this service"),
        ("Share launcher's name with tool", "Always"),
        ("Share launcher's email with tool", "Never"),
        ("Accept grades from the tool", "Delegate to teacher"),
    ]


def generic_fields(addresses: ToolAddresses, *, unit_variable: str = "") -> list[tuple[str, str]]:
    """What any LMS with LTI 1.3 asks for, by the specification's names."""
    return [
        ("Target link URI / Tool URL", addresses.launch_url),
        ("OpenID Connect initiation URL / Login URL", addresses.login_url),
        ("Redirect URI(s)", addresses.launch_url),
        ("Public keyset URL (JWKS)", addresses.key_set_url),
        ("Deep Linking URL", addresses.launch_url),
        ("Domain", addresses.domain),
        ("Logo / Icon URL", addresses.logo_url),
        ("Scopes", "\n".join(TOOL_SCOPES)),
        ("Custom parameters", custom_lines(unit_variable=unit_variable)),
    ]


def custom_lines(*, unit_variable: str = "") -> str:
    """The custom parameters as LMSs take them by hand: one `name=value` a line."""
    chosen = custom_parameters(unit_variable=unit_variable)
    return "\n".join(f"{name}={variable}" for name, variable in chosen.items())
