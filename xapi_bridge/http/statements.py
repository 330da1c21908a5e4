"""/xapi/statements (xAPI Communication 2.1)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from flask import Response, url_for
from sqlalchemy.orm import Session

from xapi_bridge.errors import StatementIdDiffers
from xapi_bridge.http.access import recognise, require_reading, require_writing
from xapi_bridge.http.analysts import view_for
from xapi_bridge.http.answers import http_date, json_answer
from xapi_bridge.http.attachments import (
    check_attachments_came,
    keep_bodies,
    links_between,
    multipart_answer,
    received_statements,
)
from xapi_bridge.http.callers import Caller
from xapi_bridge.http.consistency import announce, reading_consistently
from xapi_bridge.http.cursors import open_cursor, seal_cursor
from xapi_bridge.http.multipart import ReceivedBody
from xapi_bridge.http.parameters import (
    query_from_parameters,
    refuse_bad_combination,
    uuid_from_text,
    wants_attachments,
)
from xapi_bridge.http.presentation import Presentation, present, presentation_of
from xapi_bridge.http.request import XapiRequest
from xapi_bridge.http.settings import LrsSettings
from xapi_bridge.reading_log import log_reading
from xapi_bridge.running_app import commit_together, now, section
from xapi_bridge.statement import Statement, parse_statement, parse_statements
from xapi_bridge.store.attachments import KeptAttachment, find_attachments, link_attachments
from xapi_bridge.store.query import (
    StatementPage,
    find_statement,
    find_voided_statement,
    query_statements,
)
from xapi_bridge.store.record import Recorded, record_batch
from xapi_bridge.translate.unnamed import name_unnamed
from xapi_bridge.vocabulary.cchc import source_of_authority


def show_statements(asked: XapiRequest) -> Response:
    """One statement by its id, or a page of those that match (xAPI Communication 2.1.3)."""
    caller = recognise(asked.authorization)
    require_reading(caller)
    refuse_bad_combination(asked.parameters)
    if wants_attachments(asked.parameters):
        view_for(caller).refuse_attachments()
    presentation = presentation_of(asked)
    if "statementId" in asked.parameters or "voidedStatementId" in asked.parameters:
        return _show_one(asked.parameters, presentation, caller=caller)
    return _show_page(asked.parameters, presentation, caller=caller)


def store_statements(asked: XapiRequest) -> Response:
    """Records one statement or an array of them, all or none; answers the ids (xAPI Communication 2.1.2)."""
    caller = recognise(asked.authorization)
    require_writing(caller)
    asked.allow_parameters()
    with received_statements(asked) as received:
        statements = parse_statements(received.json, version=asked.version)
        ids = _record(statements, received.bodies, caller=caller)
    return json_answer(msgspec.json.encode([str(one) for one in ids]))


def store_one_statement(asked: XapiRequest) -> Response:
    """Records one statement under the id in the address (xAPI Communication 2.1.1)."""
    caller = recognise(asked.authorization)
    require_writing(caller)
    asked.allow_parameters("statementId")
    statement_id = uuid_from_text(asked.require_parameter("statementId"), at="statementId")
    with received_statements(asked) as received:
        statement = parse_statement(received.json, version=asked.version)
        if statement.id not in {None, statement_id}:
            raise StatementIdDiffers("statementId in the address and id in the statement are not the same.")
        _record([replace(statement, id=statement_id)], received.bodies, caller=caller)
    return Response(status=204)


def _record(
    statements: Sequence[Statement], bodies: Mapping[str, ReceivedBody], *, caller: Caller
) -> list[UUID]:
    """Keeps the bytes, then records the statements: what was answered has its attachments."""
    source = source_of_authority(section(LrsSettings).iri_base, caller.authority)
    if source:
        # Moodle's plugin sends no ids and repeats a batch when a time-out leaves it in doubt.
        statements = name_unnamed(statements, source_name=source)
    check_attachments_came(statements, bodies)
    keep_bodies(bodies)

    def record(session: Session) -> Recorded:
        recorded = record_batch(
            session,
            statements,
            authority=caller.authority,
            may_define=caller.may_define,
            may_void_others=caller.may_void_others,
            now=now(),
        )
        link_attachments(session, links_between(recorded.ids, statements, bodies))
        return recorded

    ids, through = commit_together(record)
    announce(through)
    return ids


def _show_one(parameters: Mapping[str, str], presentation: Presentation, *, caller: Caller) -> Response:
    find, name = find_statement, "statementId"
    if "voidedStatementId" in parameters:
        find, name = find_voided_statement, "voidedStatementId"
    statement_id = uuid_from_text(parameters[name], at=name)
    with reading_consistently() as session:
        found = find(session, statement_id, authority=require_reading(caller))
        (shown,) = present(session, [found.payload], presentation)
        kept = find_attachments(session, [found.statement_id]) if wants_attachments(parameters) else None
    log_reading(caller.reader, "statement", asked=parameters, records=1)
    response = _answer(view_for(caller).show(shown), kept)
    response.headers["Last-Modified"] = http_date(found.stored)
    return response


def _show_page(parameters: Mapping[str, str], presentation: Presentation, *, caller: Caller) -> Response:
    view = view_for(caller)
    query = query_from_parameters(parameters, authority=require_reading(caller))
    filters = {name: value for name, value in parameters.items() if name != "cursor"}
    secret = section(LrsSettings).secret
    after = None
    if "cursor" in parameters:
        after = open_cursor(parameters["cursor"], filters, secret=secret)
    with reading_consistently() as session:
        query = view.reveal(session, query)
        page = query_statements(session, query, after=after)
        shown = present(session, [one.payload for one in page.statements], presentation)
        ids = [one.statement_id for one in page.statements]
        kept = find_attachments(session, ids) if wants_attachments(parameters) else None
    more = _more_address(page, {**filters, **presentation.for_more}, secret=secret)
    log_reading(caller.reader, "statements", asked=parameters, person=query.agent, records=len(shown))
    body = (
        b'{"statements":['
        + b",".join(map(view.show, shown))
        + b'],"more":'
        + msgspec.json.encode(more)
        + b"}"
    )
    return _answer(body, kept)


def _answer(body: bytes, kept: Sequence[KeptAttachment] | None) -> Response:
    """JSON alone, or followed by the bytes of attachments when they were asked for, be it none."""
    return json_answer(body) if kept is None else multipart_answer(body, kept)


def _more_address(page: StatementPage, filters: Mapping[str, str], *, secret: bytes) -> str:
    if page.last_seq is None:
        return ""
    cursor = seal_cursor(page.last_seq, filters, secret=secret)
    return f"{url_for('xapi.statements_get')}?{urlencode({**filters, 'cursor': cursor})}"
