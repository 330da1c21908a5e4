"""Forms of answer that several resources share."""

from datetime import UTC, datetime
from email.utils import format_datetime

from flask import Response


def json_answer(body: bytes) -> Response:
    """200 with JSON that is ready to send."""
    return Response(body, mimetype="application/json")


def http_date(instant: datetime) -> str:
    """An aware instant as HTTP headers write it, to the second."""
    return format_datetime(instant.astimezone(UTC), usegmt=True)
