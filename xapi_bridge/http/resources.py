"""/xapi/about, /xapi/agents and /xapi/activities: what the store speaks and knows."""

import msgspec
from flask import Response

from xapi_bridge.http.access import recognise, require_activities, require_agents
from xapi_bridge.http.answers import json_answer
from xapi_bridge.http.parameters import actor_from_text, iri_from_text
from xapi_bridge.http.request import XapiRequest
from xapi_bridge.http.versions import SUPPORTED
from xapi_bridge.reading_log import log_reading
from xapi_bridge.running_app import reading
from xapi_bridge.store.activities import find_definitions

#: Properties of an Agent that a Person has as lists.
_PERSON_PROPERTIES = ("name", "mbox", "mbox_sha1sum", "openid", "account")


def show_about(asked: XapiRequest) -> Response:
    """Which versions are spoken; open to everybody (xAPI Communication 2.8)."""
    asked.allow_parameters()
    return json_answer(msgspec.json.encode({"version": list(SUPPORTED)}))


def show_agent(asked: XapiRequest) -> Response:
    """The Person behind an Agent; identifiers are not joined to others (xAPI Communication 2.4)."""
    caller = recognise(asked.authorization)
    require_agents(caller)
    asked.allow_parameters("agent")
    actor = actor_from_text(asked.require_parameter("agent"), at="agent")
    given = msgspec.to_builtins(actor)
    log_reading(caller.reader, "agents", asked=asked.parameters, person=actor.identifier, records=1)
    person = {name: [given[name]] for name in _PERSON_PROPERTIES if name in given}
    return json_answer(msgspec.json.encode({"objectType": "Person", **person}))


def show_activity(asked: XapiRequest) -> Response:
    """An activity with all that statements told about it (xAPI Communication 2.5)."""
    require_activities(recognise(asked.authorization))
    asked.allow_parameters("activityId")
    activity_id = iri_from_text(asked.require_parameter("activityId"), at="activityId")
    with reading() as session:
        known = find_definitions(session, [activity_id])
    activity: dict[str, object] = {"objectType": "Activity", "id": activity_id}
    if activity_id in known:
        activity["definition"] = msgspec.Raw(known[activity_id])
    return json_answer(msgspec.json.encode(activity))
