"""What the pages of the record store share: blueprint, clock, who reads."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import Blueprint

from lti_tool.admin.guard import keep_private, only_as_permitted, required_operator
from sync.calendars import local_day
from sync.settings import SyncSettings
from xapi_bridge.reading_log import log_reading
from xapi_bridge.running_app import now, section
from xapi_bridge.store.audit import Reader

blueprint = Blueprint("records", __name__, url_prefix="/ban-ghi")
blueprint.before_request(only_as_permitted)
blueprint.after_request(keep_private)


def today() -> date:
    """The day in Viet Nam."""
    return local_day(now())


def iri_base() -> str:
    """Beginning of our activity identifiers, and home page of the accounts that vouch."""
    return section(SyncSettings).iri_base


def note_operator_reading(what: str, *, asked: Mapping[str, Any], count: int) -> None:
    """Notes that the signed-in operator is about to be shown records of learners."""
    log_reading(Reader("operator", required_operator().username), what, asked=asked, records=count)
