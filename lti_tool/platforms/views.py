"""Our key set, and the proof that an address leads to this installation."""

from flask import Blueprint, Response, current_app, jsonify, request

from lti_tool.platforms.outside_view import prove_instance
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
    # Far shorter than the shortest wait of a rotation, so that no cache holds a key set that is too old.
    response.headers["Cache-Control"] = "public, max-age=300"
    response.add_etag()
    response.make_conditional(request)
    return response


@blueprint.get("/instance")
def prove() -> Response:
    """Answers a challenge of the self-test: that this installation was reached, and as which address."""
    challenge = request.args.get("challenge", "")[:64]
    response = jsonify(
        proof=prove_instance(challenge, secret=str(current_app.secret_key)),
        # As it arrived here: behind a proxy that hides scheme or host this is not what browsers see.
        origin=request.host_url.rstrip("/"),
    )
    response.headers["Cache-Control"] = "no-store"
    return response
