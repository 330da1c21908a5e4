"""The record store as a running unit sees it: its own learner, activity, registration, and cmi5's rules.

Every request brings the token of its session. What another learner or activity has is not there for it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from flask import Response
from sqlalchemy.orm import Session
from werkzeug.datastructures import Authorization
from werkzeug.exceptions import MethodNotAllowed, NotFound

from content_packages.active.errors import DocumentOutsideCmi5, SessionUnknown
from content_packages.active.preferences import check_preferences
from content_packages.active.recording import record_from_unit
from content_packages.active.sessions import HeldSession, admit_run
from content_packages.active.settings import ActiveSettings
from xapi_bridge.errors import StatementIdDiffers, StatementNotFound
from xapi_bridge.http.answers import http_date, json_answer
from xapi_bridge.http.cursors import open_cursor, seal_cursor
from xapi_bridge.http.parameters import (
    agent_from_text,
    instant_parameter,
    query_from_parameters,
    refuse_bad_combination,
    uuid_from_text,
    uuid_parameter,
)
from xapi_bridge.http.presentation import present, presentation_of
from xapi_bridge.http.request import XapiRequest
from xapi_bridge.http.settings import LrsSettings
from xapi_bridge.http.versions import SUPPORTED
from xapi_bridge.running_app import now, section, transaction
from xapi_bridge.statement import parse_statement, parse_statements
from xapi_bridge.store.documents import (
    Document,
    DocumentShelf,
    NewDocument,
    delete_document,
    find_document,
    list_documents,
    merge_document,
    put_document,
    refuse_large_body,
)
from xapi_bridge.store.models import DocumentKind
from xapi_bridge.store.preconditions import Preconditions, entity_tags_from_header
from xapi_bridge.store.query import find_statement, query_statements
from xapi_bridge.vocabulary import cmi5


@dataclass(frozen=True)
class RunRequest:
    """A request of a unit whose token was admitted."""

    asked: XapiRequest
    held: HeldSession
    session: Session

    @property
    def learner(self) -> tuple[str, ...]:
        """The learner's identifier."""
        account = self.held.following.learner
        return ("account", account.home_page, account.name)

    @property
    def activity_iri(self) -> str:
        """The unit's activityId."""
        course = self.held.following.course
        return course.unit_part(course.find_unit(self.held.row.place)).iri

    @property
    def registration(self) -> UUID:
        """Of the launch."""
        return self.held.following.row.id


View = Callable[[RunRequest], Response]


def answer_unit(asked: XapiRequest, session_id: UUID) -> Response:
    """The answer to a unit's request, in one transaction.

    Raises:
        SessionUnknown, SessionOver: the token does not open the session.
        StatementOutsideCmi5, DocumentOutsideCmi5: a rule of cmi5 is broken.
        XapiRefused: a rule of xAPI is broken.
    """
    if asked.resource == "/about":
        return json_answer(msgspec.json.encode({"version": list(SUPPORTED)}))
    views = RESOURCES.get(asked.resource)
    if views is None:
        raise NotFound
    view = views.get(asked.method)
    if view is None:
        raise MethodNotAllowed(valid_methods=[*views, "HEAD", "OPTIONS"])
    token = _token_of(asked.authorization, session_id)
    asked.require_version()
    iri_base = section(ActiveSettings).iri_base
    if _asks_for_preferences(asked):
        # Asked and not there counts as read (cmi5 11): it is noted although the answer may be 404.
        with transaction() as session:
            held = admit_run(session, session_id, token, iri_base=iri_base, now=now())
            held.row.preferences_read = True
    with transaction() as session:
        held = admit_run(session, session_id, token, iri_base=iri_base, now=now())
        return view(RunRequest(asked, held, session))


def _asks_for_preferences(asked: XapiRequest) -> bool:
    is_profile = asked.method == "GET" and asked.resource == "/agents/profile"
    return is_profile and asked.parameters.get("profileId") == cmi5.LEARNER_PREFERENCES


def _token_of(header: str | None, session_id: UUID) -> str:
    given = Authorization.from_header(header)
    if given is None or given.type != "basic" or given.username != str(session_id):
        raise SessionUnknown("Send the token that fetch gave for this session, as Basic authorization.")
    return given.password or ""


def _store_statements(run: RunRequest) -> Response:
    run.asked.allow_parameters()
    statements = parse_statements(run.asked.read_json(), version=run.asked.version)
    ids = record_from_unit(run.session, run.held, statements, now=now())
    return json_answer(msgspec.json.encode([str(one) for one in ids]))


def _store_one_statement(run: RunRequest) -> Response:
    run.asked.allow_parameters("statementId")
    statement_id = uuid_from_text(run.asked.require_parameter("statementId"), at="statementId")
    statement = parse_statement(run.asked.read_json(), version=run.asked.version)
    if statement.id not in {None, statement_id}:
        raise StatementIdDiffers("statementId in the address and id in the statement are not the same.")
    record_from_unit(run.session, run.held, [replace(statement, id=statement_id)], now=now())
    return Response(status=204)


def _show_statements(run: RunRequest) -> Response:
    """Those of the own registration only."""
    parameters = run.asked.parameters
    refuse_bad_combination(parameters)
    if "statementId" in parameters or "voidedStatementId" in parameters:
        return _show_one(run)
    filters = {name: value for name, value in parameters.items() if name != "cursor"}
    secret = section(LrsSettings).secret
    after = open_cursor(parameters["cursor"], filters, secret=secret) if "cursor" in parameters else None
    query = query_from_parameters(parameters, authority=None)
    query = replace(query, agent=run.learner, registration=run.registration, related_agents=False)
    page = query_statements(run.session, query, after=after)
    shown = present(run.session, [one.payload for one in page.statements], presentation_of(run.asked))
    more = ""
    if page.last_seq is not None:
        cursor = seal_cursor(page.last_seq, filters, secret=secret)
        more = f"/xapi/{run.held.row.id}/statements?{urlencode({**filters, 'cursor': cursor})}"
    body = b'{"statements":[' + b",".join(shown) + b'],"more":' + msgspec.json.encode(more) + b"}"
    return json_answer(body)


def _show_one(run: RunRequest) -> Response:
    statement_id = uuid_from_text(run.asked.require_parameter("statementId"), at="statementId")
    found = find_statement(run.session, statement_id)
    if parse_statement(found.payload).registration != run.registration:
        raise StatementNotFound("The registration of this launch has no such statement.")
    return json_answer(present(run.session, [found.payload], presentation_of(run.asked))[0])


def _show_agent(run: RunRequest) -> Response:
    _own_agent(run)
    account = run.held.following.learner
    person = {"objectType": "Person", "account": [{"homePage": account.home_page, "name": account.name}]}
    return json_answer(msgspec.json.encode(person))


def _show_activity(run: RunRequest) -> Response:
    _own_activity(run)
    return json_answer(msgspec.json.encode({"objectType": "Activity", "id": run.activity_iri}))


def _own_agent(run: RunRequest) -> None:
    given = agent_from_text(run.asked.require_parameter("agent"), at="agent")
    if given != run.learner:
        raise DocumentOutsideCmi5("8.1.3.0-3", "The agent is the actor of the launch.")


def _own_activity(run: RunRequest) -> None:
    if run.asked.require_parameter("activityId") != run.activity_iri:
        raise DocumentOutsideCmi5("8.1.5.0-6", "The activityId is the one of the launch.")


def _own_registration(run: RunRequest) -> None:
    given = uuid_parameter(run.asked.parameters, "registration")
    is_cmi5 = run.held.following.course.structure.kind == "cmi5"
    if given != run.registration and (is_cmi5 or given is not None):
        raise DocumentOutsideCmi5("8.1.4.0-3", "The registration is the one of the launch.")


@dataclass(frozen=True)
class _Documents:
    """One kind of documents.

    Attributes:
        name_parameter: names one document.
        owners: parameters that say whose, each with its check.
        may_change: whether the unit may change a document of that name.
    """

    kind: DocumentKind
    name_parameter: str
    owners: Mapping[str, Callable[[RunRequest], None]]
    check_change: Callable[[RunRequest, str], None]

    @property
    def views(self) -> Mapping[str, View]:
        """Method -> view."""
        return {"GET": self.show, "PUT": self.put, "POST": self.merge, "DELETE": self.delete}

    def show(self, run: RunRequest) -> Response:
        """One document, or the names of all."""
        shelf, name = self._shelf(run), run.asked.parameters.get(self.name_parameter)
        if name is None:
            since = instant_parameter(run.asked.parameters, "since")
            return json_answer(msgspec.json.encode(list_documents(run.session, shelf, since=since)))
        return _document_answer(find_document(run.session, shelf, name))

    def put(self, run: RunRequest) -> Response:
        """Keeps a document."""
        shelf, name, given = self._change(run)
        put_document(
            run.session,
            shelf,
            name,
            given,
            preconditions=_preconditions(run.asked),
            version=run.asked.version,
            now=now(),
        )
        return Response(status=204)

    def merge(self, run: RunRequest) -> Response:
        """Merges a JSON object into the kept one."""
        shelf, name, given = self._change(run)
        merge_document(
            run.session,
            shelf,
            name,
            given,
            preconditions=_preconditions(run.asked),
            max_bytes=section(LrsSettings).document_max_bytes,
            now=now(),
        )
        return Response(status=204)

    def delete(self, run: RunRequest) -> Response:
        """Removes a document."""
        shelf, name = self._shelf(run), run.asked.require_parameter(self.name_parameter)
        self.check_change(run, name)
        delete_document(run.session, shelf, name, preconditions=_preconditions(run.asked))
        return Response(status=204)

    def _change(self, run: RunRequest) -> tuple[DocumentShelf, str, NewDocument]:
        shelf, name = self._shelf(run), run.asked.require_parameter(self.name_parameter)
        self.check_change(run, name)
        body = run.asked.read_body()
        refuse_large_body(body, max_bytes=section(LrsSettings).document_max_bytes)
        given = NewDocument(body, run.asked.content_type or "application/octet-stream")
        if self.kind is DocumentKind.AGENT_PROFILE:
            check_preferences(given)
        return shelf, name, given

    def _shelf(self, run: RunRequest) -> DocumentShelf:
        for parameter in self.owners:
            run.asked.require_parameter(parameter)
        for check in self.owners.values():
            check(run)
        is_state = self.kind is DocumentKind.STATE
        if is_state:
            _own_registration(run)
        return DocumentShelf(
            self.kind,
            run.activity_iri if "activityId" in self.owners else None,
            run.learner if "agent" in self.owners else None,
            uuid_parameter(run.asked.parameters, "registration") if is_state else None,
        )


def _check_state_change(_run: RunRequest, name: str) -> None:
    if name == cmi5.LAUNCH_DATA:
        raise DocumentOutsideCmi5("10.2.1.0-5", "A unit does not change LMS.LaunchData.")


def _check_profile_change(run: RunRequest, name: str) -> None:
    if name != cmi5.LEARNER_PREFERENCES or run.asked.method != "PUT":
        raise DocumentOutsideCmi5("11.0.0.0-4", "A unit changes cmi5LearnerPreferences only, by PUT.")


def _refuse_change(_run: RunRequest, _name: str) -> None:
    raise DocumentOutsideCmi5("11.0.0.0-4", "Profiles of activities belong to all learners; ask for a state.")


RESOURCES: Final[Mapping[str, Mapping[str, View]]] = {
    "/statements": {
        "GET": _show_statements,
        "PUT": _store_one_statement,
        "POST": _store_statements,
    },
    "/activities/state": _Documents(
        DocumentKind.STATE,
        "stateId",
        {"activityId": _own_activity, "agent": _own_agent},
        _check_state_change,
    ).views,
    "/activities/profile": _Documents(
        DocumentKind.ACTIVITY_PROFILE, "profileId", {"activityId": _own_activity}, _refuse_change
    ).views,
    "/agents/profile": _Documents(
        DocumentKind.AGENT_PROFILE, "profileId", {"agent": _own_agent}, _check_profile_change
    ).views,
    "/agents": {"GET": _show_agent},
    "/activities": {"GET": _show_activity},
}


def _preconditions(asked: XapiRequest) -> Preconditions:
    return Preconditions(
        match=entity_tags_from_header(asked.headers.get("If-Match"), header="If-Match"),
        none_match=entity_tags_from_header(asked.headers.get("If-None-Match"), header="If-None-Match"),
    )


def _document_answer(document: Document) -> Response:
    response = Response(document.body)
    response.headers["Content-Type"] = document.content_type
    response.headers["ETag"] = f'"{document.etag}"'
    response.headers["Last-Modified"] = http_date(document.updated_at)
    # Kept bytes of a script: should a browser show them as a page, nothing in it runs.
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
