"""Every look at people is in the audit log before the page is answered."""

from sqlalchemy.orm import Session

from lti_tool.admin.guard import required_operator
from lti_tool.reports.asked import Asked
from sync.reports.accounts import list_identifiers
from xapi_bridge.reading_log import log_reading
from xapi_bridge.store.audit import Reader


def note_list(what: str, asked: Asked, *, unit_id: int, people: int) -> None:
    """Somebody is about to be shown a list of people of a unit."""
    log_reading(_reader(), what, asked={"unit": unit_id, **asked.link(trang=asked.page)}, records=people)


def note_person(session: Session, what: str, asked: Asked, *, person_id: int, records: int) -> None:
    """Somebody is about to be shown one person: one entry for each account, by which the person can ask."""
    identifiers: list[tuple[str, ...]] = [*list_identifiers(session, person_id)]
    for identifier in identifiers or [("person", str(person_id))]:
        log_reading(_reader(), what, asked=asked.link(), records=records, person=identifier)


def _reader() -> Reader:
    return Reader("operator", required_operator().username)
