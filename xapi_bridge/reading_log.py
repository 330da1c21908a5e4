"""One call for every door that shows records of learners: it is in the audit log before it is answered."""

import re
import uuid
from collections.abc import Iterable, Mapping
from typing import Any, Final

from flask import Response, after_this_request, g, has_request_context, request

from xapi_bridge.http.settings import LrsSettings
from xapi_bridge.running_app import noting, now, section
from xapi_bridge.store.audit import Reader, Reading, digest_person, note_reading, redact_asked

_HEADER: Final = "X-Request-ID"
_REQUEST_ID: Final = re.compile(r"[A-Za-z0-9._-]{8,64}")


def log_reading(
    reader: Reader,
    resource: str,
    *,
    asked: Mapping[str, Any],
    records: int,
    person: Iterable[str] | None = None,
) -> None:
    """Keeps, in a transaction of its own, that somebody is about to be shown records.

    Call it when the records are found and before they leave. When it raises, do not show them.

    Args:
        resource: what is read: `statements`, `state`, `export` … at most 40 characters.
        asked: the filters; people in them become digests.
        records: how many are shown.
        person: identifier of the one person asked for, as `Actor.identifier` gives it.
    """
    secret = section(LrsSettings).secret
    entry = Reading(
        read_at=now(),
        reader=reader,
        resource=resource,
        asked=redact_asked(asked, secret=secret),
        person_digest=None if person is None else digest_person(person, secret=secret),
        records=records,
        request_id=request_id(),
    )
    with noting() as connection:
        note_reading(connection, entry)


def request_id() -> str:
    """The name of this request: a proxy's, when it gave a decent one, else ours; the answer carries it."""
    if not has_request_context():
        return uuid.uuid4().hex
    if "request_id" not in g:
        given = request.headers.get(_HEADER, "")
        g.request_id = given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
        after_this_request(_name_request)
    return str(g.request_id)


def _name_request(response: Response) -> Response:
    response.headers[_HEADER] = g.request_id
    return response
