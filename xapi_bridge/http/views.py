"""The xAPI door, versions 1.0.3 and 2.0.0: which view answers what, and the headers of every answer."""

from collections.abc import Callable, Mapping
from functools import wraps

from flask import Blueprint, Response, g, request
from werkzeug.exceptions import MethodNotAllowed, NotFound

from xapi_bridge.http import consistency, documents, resources, statements
from xapi_bridge.http.access import challenge
from xapi_bridge.http.request import XapiRequest, read_request
from xapi_bridge.http.version_memory import VersionMemory
from xapi_bridge.http.versions import HEADER, version_of_answer

_MEMORY = VersionMemory()

View = Callable[[XapiRequest], Response]

blueprint = Blueprint("xapi", __name__, url_prefix="/xapi")

_METHODS = ("GET", "PUT", "POST", "DELETE", "PATCH")

#: Open to everybody and in no version.
_ABOUT = "/about"
#: Whose every answer tells how far it is complete.
_STATEMENTS = "/statements"

#: What can be asked: path below /xapi -> method -> view.
RESOURCES: Mapping[str, Mapping[str, View]] = {
    _ABOUT: {"GET": resources.show_about},
    _STATEMENTS: {
        "GET": statements.show_statements,
        "PUT": statements.store_one_statement,
        "POST": statements.store_statements,
    },
    "/agents": {"GET": resources.show_agent},
    "/activities": {"GET": resources.show_activity},
    "/activities/state": documents.STATES.views,
    "/activities/profile": documents.ACTIVITY_PROFILES.views,
    "/agents/profile": documents.AGENT_PROFILES.views,
}

#: What scripts on other sites may send, and what they may read of the answer.
_REQUEST_HEADERS = (
    "Accept", "Accept-Language", "Authorization", "Content-Type", "Content-Length", "If-Match",
    "If-None-Match", HEADER,
)  # fmt: skip
_ANSWER_HEADERS = (
    "Allow", "Content-Length", "Content-Type", "Date", "ETag", "Last-Modified", "Retry-After",
    "WWW-Authenticate", HEADER, consistency.HEADER,
)  # fmt: skip

#: Any page may ask: a key is sent by the script that has it, never by the browser on its own.
_CORS_HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, HEAD, PUT, POST, DELETE, OPTIONS",
    "Access-Control-Allow-Headers": ", ".join(_REQUEST_HEADERS),
    "Access-Control-Expose-Headers": ", ".join(_ANSWER_HEADERS),
    "Access-Control-Max-Age": "86400",
}


@blueprint.after_request
def add_headers(response: Response) -> Response:
    """The headers that every answer of the store carries, refusals included."""
    version = g.get("xapi_version_asked") or request.headers.get(HEADER)
    if version is None:
        version = _MEMORY.recall(request.headers.get("Authorization"))
    response.headers[HEADER] = version_of_answer(version)
    response.headers.extend(_CORS_HEADERS)
    if request.path.removeprefix("/xapi") != _ABOUT:
        # Statements are about people, and may be voided a moment later.
        response.headers["Cache-Control"] = "no-store"
    if request.path.removeprefix("/xapi") == _STATEMENTS and request.method != "OPTIONS":
        consistency.tell_consistency(response)
    if response.status_code == 401:
        response.headers["WWW-Authenticate"] = challenge(request)
    return response


def _open(resource: str) -> None:
    """Lets Flask call the views of a resource with the request as the standard means it."""
    views = RESOURCES[resource]
    # Alternate syntax asks for every method by POST, so each resource takes POST.
    for method, view in {"POST": ask_in_a_form, **views}.items():
        blueprint.add_url_rule(
            resource,
            endpoint=f"{resource.strip('/').replace('/', '_')}_{method.lower()}",
            view_func=_answering(resource, view),
            methods=[method],
        )


def _answering(resource: str, described: View) -> Callable[[], Response]:
    """What Flask calls; it carries the description of `described` for the page of addresses."""

    @wraps(described)
    def answer() -> Response:
        asked = read_request(request, resource=resource)
        if resource != _ABOUT:
            asked.require_version()
            _MEMORY.note(asked.authorization, asked.version)
        view = RESOURCES[resource].get(asked.method)
        if view is None:
            raise _method_not_allowed(resource)
        return view(asked)

    return answer


def ask_in_a_form(asked: XapiRequest) -> Response:
    """Alternate request syntax: POST ?method=… of version 1.0.3 (xAPI Communication 1.3)."""
    raise _method_not_allowed(asked.resource)


def _method_not_allowed(resource: str) -> MethodNotAllowed:
    return MethodNotAllowed(valid_methods=[*RESOURCES[resource], "HEAD", "OPTIONS"])


@blueprint.route("/", defaults={"path": ""}, methods=_METHODS)
@blueprint.route("/<path:path>", methods=_METHODS)
def say_not_found(path: str) -> Response:
    """Any other address: 404 in JSON, with the headers of every answer."""
    if f"/{path}" in RESOURCES:
        # Flask comes here also for a method that the resource does not have.
        raise _method_not_allowed(f"/{path}")
    raise NotFound


for _resource in RESOURCES:
    _open(_resource)
