"""/xapi/activities/state, /xapi/activities/profile and /xapi/agents/profile (xAPI Communication 2.2)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import msgspec
from flask import Response

from xapi_bridge.errors import EntityTagMalformed, ParameterMalformed
from xapi_bridge.http.access import recognise, require_documents
from xapi_bridge.http.answers import http_date, json_answer
from xapi_bridge.http.callers import Caller
from xapi_bridge.http.parameters import agent_from_text, instant_parameter, iri_from_text, uuid_parameter
from xapi_bridge.http.request import XapiRequest
from xapi_bridge.http.settings import LrsSettings
from xapi_bridge.reading_log import log_reading
from xapi_bridge.running_app import now, reading, section, transaction
from xapi_bridge.store.documents import (
    Document,
    DocumentShelf,
    NewDocument,
    delete_document,
    delete_documents,
    find_document,
    list_documents,
    merge_document,
    put_document,
    refuse_large_body,
)
from xapi_bridge.store.models import DocumentKind
from xapi_bridge.store.preconditions import Preconditions, entity_tags_from_header

View = Callable[[XapiRequest], Response]

#: Longer names are a mistake, for example the document itself in the address.
_MAX_NAME = 2048


@dataclass(frozen=True)
class DocumentResource:
    """One of the three resources, and its views.

    Attributes:
        name_parameter: which parameter names one document.
        owner_parameters: which parameters say whose documents.
        scope: which kind of scope a key needs.
        deletes_many: whether DELETE without a name removes all documents of the owner.
    """

    kind: DocumentKind
    name_parameter: Literal["stateId", "profileId"]
    owner_parameters: tuple[str, ...]
    scope: Literal["state", "profile"]
    deletes_many: bool = False

    @property
    def views(self) -> Mapping[str, View]:
        """Method -> view."""
        return {"GET": self.show, "PUT": self.put, "POST": self.merge, "DELETE": self.delete}

    def show(self, asked: XapiRequest) -> Response:
        """One document, or the names of all (xAPI Communication 2.3, 2.6, 2.7)."""
        caller = recognise(asked.authorization)
        require_documents(caller, resource=self.scope, writing=False)
        asked.allow_parameters(*self.owner_parameters, *self._optional, self.name_parameter, "since")
        shelf, since = self._shelf(asked), instant_parameter(asked.parameters, "since")
        if self.name_parameter in asked.parameters:
            return self._show_one(asked, shelf, caller)
        with reading() as session:
            names = list_documents(session, shelf, since=since)
        self._log(asked, shelf, caller, records=len(names))
        return json_answer(msgspec.json.encode(names))

    def put(self, asked: XapiRequest) -> Response:
        """Keeps a document, guarded by If-Match and If-None-Match (xAPI Communication 2.2, 3.1)."""
        shelf, name, given, preconditions = self._read_change(asked)
        with transaction() as session:
            put_document(
                session, shelf, name, given, preconditions=preconditions, version=asked.version, now=now()
            )
        return Response(status=204)

    def merge(self, asked: XapiRequest) -> Response:
        """Merges a JSON object into the kept one, or keeps a new document (xAPI Communication 2.2.s7)."""
        shelf, name, given, preconditions = self._read_change(asked)
        limit = section(LrsSettings).document_max_bytes
        with transaction() as session:
            merge_document(
                session, shelf, name, given, preconditions=preconditions, max_bytes=limit, now=now()
            )
        return Response(status=204)

    def delete(self, asked: XapiRequest) -> Response:
        """Removes a document; without stateId all states of an agent in an activity."""
        require_documents(recognise(asked.authorization), resource=self.scope, writing=True)
        asked.allow_parameters(*self.owner_parameters, *self._optional, self.name_parameter)
        shelf, preconditions = self._shelf(asked), _preconditions(asked)
        if self.deletes_many and self.name_parameter not in asked.parameters:
            return _delete_many(shelf, preconditions)
        name = self._name(asked)
        with transaction() as session:
            delete_document(session, shelf, name, preconditions=preconditions)
        return Response(status=204)

    @property
    def _optional(self) -> tuple[str, ...]:
        return ("registration",) if self.kind is DocumentKind.STATE else ()

    def _read_change(self, asked: XapiRequest) -> tuple[DocumentShelf, str, NewDocument, Preconditions]:
        require_documents(recognise(asked.authorization), resource=self.scope, writing=True)
        asked.allow_parameters(*self.owner_parameters, *self._optional, self.name_parameter)
        shelf, name, preconditions = self._shelf(asked), self._name(asked), _preconditions(asked)
        body = asked.read_body()
        refuse_large_body(body, max_bytes=section(LrsSettings).document_max_bytes)
        given = NewDocument(body, asked.content_type or "application/octet-stream")
        return shelf, name, given, preconditions

    def _show_one(self, asked: XapiRequest, shelf: DocumentShelf, caller: Caller) -> Response:
        preconditions = _preconditions(asked)
        with reading() as session:
            document = find_document(session, shelf, self._name(asked))
        self._log(asked, shelf, caller, records=1)
        if preconditions.none_match is not None and preconditions.none_match.include(document.etag):
            return _with_document_headers(Response(status=304), document)
        return _with_document_headers(Response(document.body), document)

    def _log(self, asked: XapiRequest, shelf: DocumentShelf, caller: Caller, *, records: int) -> None:
        resource = f"{self.kind.name.lower()}_documents"
        log_reading(caller.reader, resource, asked=asked.parameters, person=shelf.agent, records=records)

    def _shelf(self, asked: XapiRequest) -> DocumentShelf:
        activity = agent = None
        if "activityId" in self.owner_parameters:
            activity = iri_from_text(asked.require_parameter("activityId"), at="activityId")
        if "agent" in self.owner_parameters:
            agent = agent_from_text(asked.require_parameter("agent"), at="agent")
        return DocumentShelf(self.kind, activity, agent, uuid_parameter(asked.parameters, "registration"))

    def _name(self, asked: XapiRequest) -> str:
        name = asked.require_parameter(self.name_parameter)
        if not name or "\x00" in name or len(name) > _MAX_NAME:
            raise ParameterMalformed(
                f"{self.name_parameter} must have 1 to {_MAX_NAME} characters and no NUL."
            )
        return name


STATES = DocumentResource(
    DocumentKind.STATE, "stateId", ("activityId", "agent"), scope="state", deletes_many=True
)
ACTIVITY_PROFILES = DocumentResource(
    DocumentKind.ACTIVITY_PROFILE, "profileId", ("activityId",), scope="profile"
)
AGENT_PROFILES = DocumentResource(DocumentKind.AGENT_PROFILE, "profileId", ("agent",), scope="profile")


def _preconditions(asked: XapiRequest) -> Preconditions:
    return Preconditions(
        match=entity_tags_from_header(asked.headers.get("If-Match"), header="If-Match"),
        none_match=entity_tags_from_header(asked.headers.get("If-None-Match"), header="If-None-Match"),
    )


def _delete_many(shelf: DocumentShelf, preconditions: Preconditions) -> Response:
    if not preconditions.are_absent:
        raise EntityTagMalformed("An entity tag names one document. Add stateId, or leave If-Match out.")
    with transaction() as session:
        delete_documents(session, shelf)
    return Response(status=204)


def _with_document_headers(response: Response, document: Document) -> Response:
    response.headers["Content-Type"] = document.content_type
    response.headers["ETag"] = f'"{document.etag}"'
    response.headers["Last-Modified"] = http_date(document.updated_at)
    # The body comes from outside: should a browser show it as a page, nothing in it runs in our name.
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
