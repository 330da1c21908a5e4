"""Our key set and registration addresses."""

from flask import Blueprint, Response, current_app, jsonify

from lti_tool.platforms.tool_keys import find_or_create_signing_key, publish_key_set
from xapi_bridge.running_app import now, reading, transaction

blueprint = Blueprint("platforms", __name__, url_prefix="/lti")


@blueprint.get("/jwks.json")
def show_key_set() -> Response:
    """Our public keys; the first question makes the first key."""
    with reading() as session:
        keys = publish_key_set(session)
    if not keys["keys"]:
        with transaction() as session:
            find_or_create_signing_key(session, secret=str(current_app.secret_key), now=now())
            keys = publish_key_set(session)
    response = jsonify(keys)
    response.headers["Cache-Control"] = "public, max-age=300"
    return response
