"""Our extensions of the xAPI door, for programs with a key: exports, health, and their OpenAPI document."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from flask import Blueprint, Response, jsonify, request, url_for

from lti_tool.records.export_views import answer_file
from lti_tool.records.openapi import describe_extensions
from lti_tool.records.pages import today
from sync.errors import FilterRefused
from sync.exports.asking import (
    ExportStatus,
    Requester,
    cancel_export,
    get_export,
    list_exports,
    request_export,
    status_of,
)
from sync.exports.settings import ExportSettings
from sync.exports.writing import authority_of
from sync.statement_filters import Reach, StatementFilters
from xapi_bridge.access_errors import ScopeMissing
from xapi_bridge.http.access import challenge, recognise, require_reading
from xapi_bridge.http.callers import Caller
from xapi_bridge.reading_log import log_reading
from xapi_bridge.running_app import now, reading, section, transaction
from xapi_bridge.statement.errors import StatementRefused
from xapi_bridge.statement.formats import check_iri, check_uuid, instant_from_timestamp
from xapi_bridge.store.search import Validity
from xapi_bridge.store.sequence import last_sequence, stored_text

blueprint = Blueprint("extensions", __name__, url_prefix="/xapi/extensions")

#: Scopes that show statements as they are kept; a scope that veils them has no files.
_EXPORTING_SCOPES = frozenset({"all", "all/read", "statements/read", "statements/read/mine"})
_TEXTS = ("person", "verb", "activity", "registration", "since", "before", "validity")
_FIELDS = frozenset({"form", "related_activities", *_TEXTS})


@blueprint.after_request
def add_headers(response: Response) -> Response:
    """No cache keeps what is about people; a 401 names the scheme."""
    response.headers["Cache-Control"] = "no-store"
    if response.status_code == 401:
        response.headers["WWW-Authenticate"] = challenge(request)
    return response


@blueprint.get("/openapi.json")
def openapi() -> Response:
    """This document of the extensions and of the resources of xAPI that are served."""
    return jsonify(describe_extensions(server=request.host_url.rstrip("/")))


@blueprint.get("/health")
def health() -> Response:
    """Whether the store answers, and up to which instant it is complete."""
    with reading() as session:
        last = last_sequence(session)
    return jsonify({"status": "ok", "consistent_through": stored_text(last) if last else None})


@blueprint.post("/exports")
def create_export() -> tuple[Response, int]:
    """Enters an export into the queue; poll the address in Location."""
    caller = recognise(request.headers.get("Authorization"))
    reach = _reach_of(caller)
    asked = _asked()
    with transaction() as session:
        export_id = request_export(
            session,
            _filters(asked),
            form=str(asked.get("form", "ndjson")),
            requester=_requester(caller),
            reach=reach,
            # Whoever may export reads the same statements with their names at /xapi/statements.
            with_names=True,
            settings=section(ExportSettings),
            now=now(),
        )
        status = status_of(get_export(session, export_id, requester=_requester(caller)))
    log_reading(caller.reader, "export_requested", asked=asked, records=0)
    answer = jsonify(_describe(status))
    answer.headers["Location"] = url_for("extensions.show_export", export_id=export_id)
    return answer, 202


@blueprint.get("/exports")
def list_own_exports() -> Response:
    """The key's exports, newest first."""
    caller = recognise(request.headers.get("Authorization"))
    require_reading(caller)
    with reading() as session:
        listed = list_exports(session, _requester(caller))
    return jsonify({"exports": [_describe(one) for one in listed]})


@blueprint.get("/exports/<uuid:export_id>")
def show_export(export_id: UUID) -> Response:
    """How far an export is."""
    caller = recognise(request.headers.get("Authorization"))
    require_reading(caller)
    with reading() as session:
        status = status_of(get_export(session, export_id, requester=_requester(caller)))
    answer = jsonify(_describe(status))
    if status.is_open:
        answer.headers["Retry-After"] = "3"
    return answer


@blueprint.delete("/exports/<uuid:export_id>")
def delete_export(export_id: UUID) -> Response:
    """Cancels an unfinished export."""
    caller = recognise(request.headers.get("Authorization"))
    require_reading(caller)
    with transaction() as session:
        cancel_export(session, export_id, requester=_requester(caller), now=now())
    return Response(status=204)


@blueprint.get("/exports/<uuid:export_id>/file")
def fetch_export(export_id: UUID) -> Response:
    """The finished file; takes Range."""
    caller = recognise(request.headers.get("Authorization"))
    require_reading(caller)
    requester = _requester(caller)
    with reading() as session:
        export = get_export(session, export_id, requester=requester)
        if authority_of(export) != _reach_of(caller).authority:
            raise ScopeMissing("This export was made with other scopes than the key has now.")
    log_reading(caller.reader, "export_fetched", asked={"export": export_id}, records=export.rows_done)
    return answer_file(export)


def _requester(caller: Caller) -> Requester:
    return Requester(f"{caller.reader.kind}:{caller.reader.name}")


def _reach_of(caller: Caller) -> Reach:
    """Everything, or what this key recorded itself.

    Raises:
        ScopeMissing: the key may only write, or sees statements in another form than files have.
    """
    if not caller.scopes & _EXPORTING_SCOPES:
        raise ScopeMissing(f"Exports need one of the scopes {', '.join(sorted(_EXPORTING_SCOPES))}.")
    return Reach(on=today(), authority=require_reading(caller))


def _asked() -> Mapping[str, object]:
    """The body, an object of known fields.

    Raises:
        FilterRefused: another body.
    """
    body = request.get_json(silent=True) if request.get_data() else {}
    if not isinstance(body, dict):
        raise FilterRefused("The body must be a JSON object, sent as application/json.")
    unknown = sorted(set(body) - _FIELDS)
    if unknown:
        raise FilterRefused(
            f"Unknown field {', '.join(unknown)[:200]}. There are: {', '.join(sorted(_FIELDS))}."
        )
    mistyped = [name for name in ("form", *_TEXTS) if not isinstance(body.get(name, ""), str)]
    if mistyped or not isinstance(body.get("related_activities", False), bool):
        raise FilterRefused(f"{', '.join(mistyped) or 'related_activities'} has the wrong JSON type.")
    if any("\0" in str(value) for value in body.values()):
        raise FilterRefused("NUL stands in no statement, so nothing can be asked by it.")
    return body


def _filters(asked: Mapping[str, object]) -> StatementFilters:
    text = {name: str(asked[name]) for name in _TEXTS if asked.get(name)}
    try:
        for name in ("verb", "activity"):
            if name in text:
                check_iri(text[name], at=name)
        if "registration" in text:
            check_uuid(text["registration"], at="registration")
        return StatementFilters(
            person=text.get("person", ""),
            verb=text.get("verb", ""),
            activity=text.get("activity", ""),
            related=bool(asked.get("related_activities", False)),
            registration=UUID(text["registration"]) if "registration" in text else None,
            since=_instant(text, "since"),
            before=_instant(text, "before"),
            validity=_validity(text.get("validity", Validity.VALID.value)),
        )
    except StatementRefused as malformed:
        raise FilterRefused(str(malformed)) from malformed


def _instant(text: Mapping[str, str], name: str) -> datetime | None:
    return instant_from_timestamp(text[name], at=name) if name in text else None


def _validity(word: str) -> Validity:
    if word not in set(Validity):
        raise FilterRefused(f"validity must be one of {', '.join(Validity)}.")
    return Validity(word)


def _describe(status: ExportStatus) -> dict[str, object]:
    address = url_for("extensions.fetch_export", export_id=status.export_id)
    return {
        "id": str(status.export_id),
        "form": status.form,
        "state": status.state,
        "rows_done": status.rows_done,
        "rows_expected": status.rows_expected,
        "more_expected": status.more_expected,
        "percent": status.percent,
        "size_bytes": status.size_bytes,
        "failure": status.failure or None,
        "consistent_through": stored_text(max(status.certain_until, 0)),
        "requested_at": status.requested_at.isoformat(),
        "expires_at": status.expires_at.isoformat() if status.expires_at else None,
        "file": address if status.state == "finished" else None,
    }
