"""The token endpoint of the platform (Security Framework 1.0, 4.1)."""

from flask import Blueprint, Response, jsonify, request

from lti_tool.practice_lms.access_tokens import (
    TOKEN_LIFETIME_SECONDS,
    grant_token,
    read_client,
    verify_assertion,
)
from lti_tool.practice_lms.database_file import work
from lti_tool.practice_lms.running import running_lms

blueprint = Blueprint("tokens", __name__, url_prefix="/lti")


@blueprint.post("/token")
def give_token() -> Response:
    """Client credentials with an assertion that the tool signed (RFC 7523)."""
    running = running_lms()
    with work(running.engine) as connection:
        tool = read_client(connection, request.form, profile=running.profile)
    # Outside the transaction: the tool may ask us something while we ask it for its keys.
    claims = verify_assertion(
        request.form["client_assertion"],
        tool,
        token_url=f"{running.issuer}/lti/token",
        profile=running.profile,
        fetch_key_set=running.fetch_key_set,
        now=running.clock(),
    )
    with work(running.engine) as connection:
        granted = grant_token(
            connection,
            tool,
            claims,
            asked_scopes=request.form.get("scope", ""),
            profile=running.profile,
            now=running.clock(),
        )
    answer = jsonify(
        access_token=granted.token,
        token_type="Bearer",  # noqa: S106 - the kind of token
        expires_in=TOKEN_LIFETIME_SECONDS,
        scope=" ".join(granted.scopes),
    )
    answer.headers["Content-Type"] = running.profile.token_reply_type
    return answer
