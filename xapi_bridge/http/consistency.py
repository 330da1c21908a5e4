"""X-Experience-API-Consistent-Through: up to when an answer is complete (xAPI Communication 2.1.3)."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from flask import Response, g
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from xapi_bridge.running_app import asking, now, transaction_if_free
from xapi_bridge.store.sequence import certain_through, instant_of, raise_watermark, stored_text

HEADER = "X-Experience-API-Consistent-Through"

#: While nobody records, the announced instant may lag so far behind: more would make every question write.
_FRESH_FOR = timedelta(milliseconds=200)


@contextmanager
def reading_consistently() -> Iterator[Session]:
    """As `asking`; everything that is stored up to the announced instant is visible in it."""
    with asking() as session:
        through = certain_through(session)
        instant = now()
        if instant - instant_of(through) > _FRESH_FOR:
            # A statement may be recorded between this snapshot and the watermark; so look anew afterwards.
            session.rollback()
            through = _raise_watermark(instant) or through
        announce(through)
        yield session


def announce(through: int) -> None:
    """Notes up to which number the answer is complete.

    After recording: only when the transaction has committed. Numbers that are rolled back are given again.
    """
    g.consistent_through = through


def tell_consistency(response: Response) -> None:
    """Writes the header; refusals tell it as well, unless there is no database to ask."""
    if "consistent_through" not in g:
        try:
            with reading_consistently():
                pass
        except DBAPIError:
            return
    response.headers[HEADER] = stored_text(g.consistent_through)


def _raise_watermark(instant: datetime) -> int | None:
    """None when others record just now, or nothing can be written: the lower number is true as well."""
    try:
        with transaction_if_free() as session:
            return raise_watermark(session, now=instant)
    except DBAPIError:
        return None
