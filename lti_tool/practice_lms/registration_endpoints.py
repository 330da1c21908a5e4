"""What a tool meets when it registers itself: our configuration, and where to register."""

from typing import Any

from flask import Blueprint, Response, jsonify, request

from lti_tool.practice_lms.courses import Tool
from lti_tool.practice_lms.database_file import work
from lti_tool.practice_lms.registered_tool import RegisteredTool
from lti_tool.practice_lms.registration import finish_registration, reply_custom
from lti_tool.practice_lms.running import RunningLms, running_lms
from lti_tool.practice_lms.vocabulary import (
    DEEP_LINK,
    PLATFORM_CONFIGURATION,
    RESOURCE_LINK,
    SCOPES,
    SUBMISSION_REVIEW,
    TOOL_CONFIGURATION,
)

blueprint = Blueprint("registration", __name__, url_prefix="/lti")


@blueprint.get("/openid-configuration")
def show_configuration() -> dict[str, Any]:
    """Everything a tool must know of this platform (Dynamic Registration 1.0, 3.3)."""
    running = running_lms()
    messages = [{"type": name} for name in (RESOURCE_LINK, DEEP_LINK, SUBMISSION_REVIEW)]
    configuration = {
        "product_family_code": running.profile.product_family_code,
        "version": running.profile.version,
        "messages_supported": messages,
        "variables": ["User.id", "User.username", "Person.sourcedId", "Person.name.full", "Context.id"],
    }
    return {
        "issuer": running.issuer,
        "authorization_endpoint": f"{running.issuer}/lti/authorize",
        "token_endpoint": f"{running.issuer}/lti/token",
        "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": ["RS256"],
        "jwks_uri": f"{running.issuer}/lti/jwks.json",
        "registration_endpoint": f"{running.issuer}/lti/register",
        "scopes_supported": ["openid", *SCOPES],
        "response_types_supported": ["id_token"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "claims_supported": ["sub", "iss", "name", "given_name", "family_name", "email"],
        PLATFORM_CONFIGURATION: configuration,
    }


@blueprint.post("/register")
def register() -> tuple[Response, int]:
    """Keeps the tool and answers with what it is now (Dynamic Registration 1.0, 3.5)."""
    running = running_lms()
    with work(running.engine) as connection:
        made, wanted = finish_registration(
            connection,
            request.headers.get("Authorization", ""),
            request.get_json(force=True, silent=True),
            profile=running.profile,
            now=running.clock(),
        )
    return jsonify(_reply(running, made, wanted)), running.profile.registration_status


def _reply(running: RunningLms, made: Tool, wanted: RegisteredTool) -> dict[str, Any]:
    granted = SCOPES if running.profile.registration_scope_overreported else wanted.scopes
    configuration = {
        "domain": made.opens_at.split("/")[2],
        "target_link_uri": made.opens_at,
        "deployment_id": str(made.tool_id),
        "claims": sorted(wanted.claims),
        "custom_parameters": reply_custom(made.custom, profile=running.profile),
        "messages": [{"type": DEEP_LINK, "target_link_uri": made.deep_linking_url}]
        if made.deep_linking_url
        else [],
    }
    return {
        "client_id": made.client_id,
        "application_type": "web",
        "client_name": made.name,
        "response_types": ["id_token"],
        "grant_types": ["implicit", "client_credentials"],
        "initiate_login_uri": made.login_url,
        "redirect_uris": list(made.redirect_uris),
        "jwks_uri": made.key_set_url,
        "token_endpoint_auth_method": "private_key_jwt",
        "scope": " ".join(granted),
        TOOL_CONFIGURATION: configuration,
    }
