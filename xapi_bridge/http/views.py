"""The xAPI door: /xapi/statements and /xapi/about, versions 1.0.3 and 2.0.0."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC
from email.utils import format_datetime
from urllib.parse import urlencode

import msgspec
from flask import Blueprint, Response, g, request, url_for

from xapi_bridge.errors import (
    ContentTypeRefused,
    ParameterMalformed,
    ParameterMissing,
    ParameterUnknown,
    StatementIdDiffers,
)
from xapi_bridge.http.access import challenge, recognise, require_reading, require_writing
from xapi_bridge.http.cursors import open_cursor, seal_cursor
from xapi_bridge.http.parameters import query_from_parameters, refuse_bad_combination, uuid_from_text
from xapi_bridge.http.settings import LrsSettings
from xapi_bridge.http.versions import HEADER, SUPPORTED, negotiate_version, version_of_answer
from xapi_bridge.running_app import now, reading, section, transaction
from xapi_bridge.statement import Account, Statement, parse_statement, parse_statements
from xapi_bridge.statement.errors import AttachmentBodyMissing
from xapi_bridge.store.query import (
    StatementPage,
    find_statement,
    find_voided_statement,
    query_statements,
)
from xapi_bridge.store.record import record_statements
from xapi_bridge.store.sequence import last_sequence, stored_text

blueprint = Blueprint("xapi", __name__, url_prefix="/xapi")

_CONSISTENT_THROUGH = "X-Experience-API-Consistent-Through"

#: Any page may ask: a key is sent by the script that has it, never by the browser on its own.
_CORS_HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, HEAD, PUT, POST, OPTIONS",
    "Access-Control-Allow-Headers": f"Authorization, Content-Type, {HEADER}",
    "Access-Control-Expose-Headers": f"{HEADER}, {_CONSISTENT_THROUGH}, Last-Modified",
    "Access-Control-Max-Age": "86400",
}


@blueprint.before_request
def note_consistency() -> None:
    """Reads how far the store is complete, before the question is asked, so that it is true of the answer."""
    if request.endpoint == "xapi.about" or request.method == "OPTIONS":
        return
    with reading() as session:
        g.consistent_through = stored_text(last_sequence(session))


@blueprint.after_request
def add_headers(response: Response) -> Response:
    """The headers that every answer of the store carries, refusals included."""
    response.headers[HEADER] = version_of_answer(request.headers.get(HEADER))
    response.headers.extend(_CORS_HEADERS)
    if request.endpoint != "xapi.about":
        # Statements are about people, and may be voided a moment later.
        response.headers["Cache-Control"] = "no-store"
    if "consistent_through" in g:
        response.headers[_CONSISTENT_THROUGH] = g.consistent_through
    if response.status_code == 401:
        response.headers["WWW-Authenticate"] = challenge(request)
    return response


@blueprint.get("/about")
def about() -> Response:
    """Which versions are spoken; open to everybody (xAPI Communication 2.8)."""
    return _json_answer(msgspec.json.encode({"version": list(SUPPORTED)}))


@blueprint.get("/statements")
def show_statements() -> Response:
    """One statement by its id, or a page of those that match (xAPI Communication 2.1.3)."""
    authority = require_reading(recognise(request))
    negotiate_version(request.headers.get(HEADER))
    parameters = _single_parameters()
    refuse_bad_combination(parameters)
    if "statementId" in parameters or "voidedStatementId" in parameters:
        return _show_one(parameters, authority=authority)
    return _show_page(parameters, authority=authority)


@blueprint.post("/statements")
def store_statements() -> Response:
    """Records one statement or an array of them, all or none; answers the ids (xAPI Communication 2.1.2)."""
    authority = require_writing(recognise(request))
    version = negotiate_version(request.headers.get(HEADER))
    _refuse_parameters(_single_parameters(), allowed=())
    statements = parse_statements(_json_body(), version=version)
    _refuse_bodiless_attachments(statements)
    with transaction() as session:
        ids = record_statements(session, statements, authority=authority, now=now())
    return _json_answer(msgspec.json.encode([str(one) for one in ids]))


@blueprint.put("/statements")
def store_one_statement() -> Response:
    """Records one statement under the id in the address (xAPI Communication 2.1.1)."""
    authority = require_writing(recognise(request))
    version = negotiate_version(request.headers.get(HEADER))
    parameters = _single_parameters()
    _refuse_parameters(parameters, allowed=("statementId",))
    if "statementId" not in parameters:
        raise ParameterMissing("PUT needs the parameter statementId; POST takes statements without it.")
    statement_id = uuid_from_text(parameters["statementId"], at="statementId")
    statement = parse_statement(_json_body(), version=version)
    if statement.id not in {None, statement_id}:
        raise StatementIdDiffers("statementId in the address and id in the statement are not the same.")
    _refuse_bodiless_attachments([statement])
    with transaction() as session:
        record_statements(session, [replace(statement, id=statement_id)], authority=authority, now=now())
    return Response(status=204)


def _show_one(parameters: Mapping[str, str], *, authority: Account | None) -> Response:
    find, name = find_statement, "statementId"
    if "voidedStatementId" in parameters:
        find, name = find_voided_statement, "voidedStatementId"
    statement_id = uuid_from_text(parameters[name], at=name)
    with reading() as session:
        found = find(session, statement_id, authority=authority)
    response = _json_answer(found.payload)
    response.headers["Last-Modified"] = format_datetime(found.stored.astimezone(UTC), usegmt=True)
    return response


def _show_page(parameters: Mapping[str, str], *, authority: Account | None) -> Response:
    query = query_from_parameters(parameters, authority=authority)
    filters = {name: value for name, value in parameters.items() if name != "cursor"}
    secret = section(LrsSettings).secret
    after = None
    if "cursor" in parameters:
        after = open_cursor(parameters["cursor"], filters, secret=secret)
    with reading() as session:
        page = query_statements(session, query, after=after)
    return _json_answer(_statement_result(page, more=_more_address(page, filters, secret=secret)))


def _more_address(page: StatementPage, filters: Mapping[str, str], *, secret: bytes) -> str:
    if page.last_seq is None:
        return ""
    cursor = seal_cursor(page.last_seq, filters, secret=secret)
    return f"{url_for('xapi.show_statements')}?{urlencode({**filters, 'cursor': cursor})}"


def _statement_result(page: StatementPage, *, more: str) -> bytes:
    # The statements are served as they are kept; reading and writing them again would cost, and change them.
    statements = b",".join(statement.payload for statement in page.statements)
    return b'{"statements":[' + statements + b'],"more":' + msgspec.json.encode(more) + b"}"


def _single_parameters() -> dict[str, str]:
    repeated = sorted(name for name, values in request.args.lists() if len(values) > 1)
    if repeated:
        raise ParameterMalformed(f"The parameter {', '.join(repeated)} is given more than once.")
    return request.args.to_dict()


def _refuse_parameters(parameters: Mapping[str, str], *, allowed: Sequence[str]) -> None:
    unknown = sorted(set(parameters) - set(allowed))
    if unknown:
        raise ParameterUnknown(f"{request.method} /statements has no parameter {', '.join(unknown)}.")


def _json_body() -> bytes:
    if request.mimetype != "application/json":
        raise ContentTypeRefused(
            "Send statements as Content-Type: application/json. Attachments come by fileUrl; bodies in "
            "multipart/mixed are not taken."
        )
    return request.get_data(cache=False)


def _refuse_bodiless_attachments(statements: Sequence[Statement]) -> None:
    for position, statement in enumerate(statements):
        for place, attachment in enumerate(statement.attachments):
            if attachment.file_url is None:
                raise AttachmentBodyMissing(
                    f"[{position}].attachments[{place}]", "has no fileUrl, and its bytes are not here"
                )


def _json_answer(body: bytes) -> Response:
    return Response(body, mimetype="application/json")
