"""The LTI login of the platform: authorization endpoint and key set (Security Framework 1.0, 5.1.1)."""

from typing import Any

from flask import Blueprint, render_template, request
from sqlalchemy import Connection

from lti_tool.practice_lms.claims import Occasion, compose_message
from lti_tool.practice_lms.courses import Person, course_history, find_activity, find_course
from lti_tool.practice_lms.database_file import work
from lti_tool.practice_lms.deep_linking import find_deep_link
from lti_tool.practice_lms.errors import LoginRejected
from lti_tool.practice_lms.keys import public_key_set, sign_message
from lti_tool.practice_lms.messages import (
    AuthorizationRequest,
    Launch,
    read_authorization_request,
    use_launch,
)
from lti_tool.practice_lms.running import running_lms
from lti_tool.practice_lms.sign_in import signed_in_person

blueprint = Blueprint("login", __name__, url_prefix="/lti")


@blueprint.get("/jwks.json")
def show_key_set() -> dict[str, Any]:
    """The public keys with which messages are checked (RFC 7517)."""
    running = running_lms()
    with work(running.engine) as connection:
        return {"keys": []} if running.misbehaviour.hides_key else public_key_set(connection)


@blueprint.route("/authorize", methods=["GET", "POST"])
def authorize() -> str:
    """Answers an authentication request with a form that posts the message to the tool.

    Inside a frame the browser holds back our session cookie when the tool is on another site, because the
    request comes from there. A page that posts the same request from our own site gets the cookie (`repost`).
    """
    sent = request.values.to_dict()
    person = signed_in_person()
    if person is None and "repost" not in sent:
        return render_template("post_on.html", address=request.path, fields={**sent, "repost": "true"})
    with work(running_lms().engine) as connection:
        asked = read_authorization_request(connection, sent)
    try:
        fields = {"id_token": _message(asked, person), "state": asked.state}
    except LoginRejected as rejected:
        fields = {"error": rejected.error, "error_description": str(rejected), "state": asked.state}
    return render_template("post_on.html", address=asked.redirect_uri, fields=fields)


def _message(asked: AuthorizationRequest, person: Person | None) -> str:
    if person is None:
        raise LoginRejected("login_required", "Nobody is signed in at the LMS in this browser.")
    running = running_lms()
    now = running.clock()
    with work(running.engine) as connection:
        opened = use_launch(connection, asked, person=person, now=now)
        occasion = _occasion(connection, asked, opened, person)
        return sign_message(connection, compose_message(occasion, nonce=asked.nonce, now=now))


def _occasion(
    connection: Connection, asked: AuthorizationRequest, opened: Launch, person: Person
) -> Occasion:
    running = running_lms()
    if opened.activity_id is not None:
        activity = find_activity(connection, opened.activity_id)
        course_id, text_to_echo = activity.course_id, ""
    else:
        visit = find_deep_link(connection, str(opened.deep_link_id))
        activity, course_id, text_to_echo = None, visit.course_id, visit.text_to_echo
    return Occasion(
        issuer=running.issuer,
        profile=running.profile,
        tool=asked.tool,
        person=person,
        course=find_course(connection, course_id, person_id=person.person_id),
        activity=activity,
        launch=opened,
        history=tuple(course_history(connection, course_id)),
        text_to_echo=text_to_echo,
    )
