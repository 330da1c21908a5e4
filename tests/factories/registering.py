"""An LMS that lets tools register themselves, and an administrator's browser that does it."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from lti_tool.platforms.invitations import InvitationTerms, invite
from tests.factories.lti import AGS_SCOPE, TOOL, FakePlatform, engine_of, json_answer

ROSTER = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"
TOOL_CONFIGURATION = "https://purl.imsglobal.org/spec/lti-tool-configuration"
PLATFORM_CONFIGURATION = "https://purl.imsglobal.org/spec/lti-platform-configuration"
ALL_SCOPES = [AGS_SCOPE + name for name in ("lineitem", "lineitem.readonly", "result.readonly", "score")] + [
    ROSTER
]


@dataclass
class RegisteringLms(FakePlatform):
    """A platform with a configuration and a registration endpoint.

    Attributes:
        configuration: what it publishes; a test changes what it needs.
        granted: the scopes that its token endpoint grants.
        registered: bodies that were sent to it.
    """

    configuration: dict[str, Any] = field(default_factory=dict)
    granted: list[str] = field(default_factory=lambda: list(ALL_SCOPES))
    registered: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.configuration = make_configuration(self.issuer) | self.configuration
        self.answers["/openid-configuration"] = lambda _request: json_answer(self.configuration)
        self.answers["/register"] = self._register
        self.answers["/token"] = self._grant

    @property
    def configuration_url(self) -> str:
        return f"{self.issuer}/openid-configuration"

    def _register(self, request: Any) -> Any:
        self.registered.append(json.loads(request.body))
        # As Moodle: 200, text/html, and more scopes than asked for.
        reply = self.registered[-1] | {"client_id": self.client_id, "scope": " ".join(ALL_SCOPES)}
        reply[TOOL_CONFIGURATION] = reply[TOOL_CONFIGURATION] | {"deployment_id": self.deployment_id}
        return 200, {"Content-Type": "text/html; charset=utf-8"}, json.dumps(reply).encode()

    def _grant(self, request: Any) -> Any:
        asked = self.sent_forms("/token")[-1]["scope"][0].split()
        granted = [scope for scope in asked if scope in self.granted]
        if not granted:
            return json_answer({"error": "invalid_scope"}, status=400)
        return json_answer({"access_token": "t", "expires_in": 3600, "scope": " ".join(granted)})


def make_configuration(issuer: str, /, **changes: Any) -> dict[str, Any]:
    """What an LMS publishes; a change to None leaves a member out."""
    whole = {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/auth",
        "token_endpoint": f"{issuer}/token",
        "jwks_uri": f"{issuer}/keys",
        "registration_endpoint": f"{issuer}/register",
        "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "response_types_supported": ["id_token"],
        "scopes_supported": ["openid", *ALL_SCOPES],
        PLATFORM_CONFIGURATION: {
            "product_family_code": "moodle",
            "version": "4.4dev (Build: 20231124)",
            "messages_supported": [{"type": "LtiResourceLinkRequest"}, {"type": "LtiDeepLinkingRequest"}],
            "variables": ["Person.sourcedId", "User.username", "Context.id.history"],
        },
    } | changes
    return {name: value for name, value in whole.items() if value is not None}


def make_invitation(app: Flask, clock: Callable[[], datetime], **changes: Any) -> str:
    """An open invitation; returns its token."""
    terms = InvitationTerms(**{"name": "Bộ Nội vụ", "life": timedelta(days=3)} | changes)
    with Session(engine_of(app)) as session, session.begin():
        return invite(session, terms, operator="an.nguyen", now=clock())


def ask_registration(lms: RegisteringLms, **changes: str | None) -> dict[str, str]:
    """What the LMS adds to the link."""
    fields = {"openid_configuration": lms.configuration_url, "registration_token": "reg-token"} | changes
    return {name: value for name, value in fields.items() if value is not None}


def look(app: Flask, token: str, lms: RegisteringLms, **changes: str | None) -> TestResponse:
    return app.test_client().get(
        f"/lti/register/{token}", query_string=ask_registration(lms, **changes), base_url=TOOL
    )


def confirm(app: Flask, token: str, lms: RegisteringLms, **changes: str | None) -> TestResponse:
    return app.test_client().post(
        f"/lti/register/{token}", data=ask_registration(lms, **changes), base_url=TOOL
    )
