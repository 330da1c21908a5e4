"""People's names, for those readers only who may see them."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from lti_tool.admin.guard import required_operator
from sync.reports.people import PersonName, find_names

_SLICE = 500


def names_for_reader(session: Session, person_ids: Sequence[int]) -> dict[int, PersonName]:
    """Person id → name and staff code; empty for a reader who works with pseudonyms.

    Whether the people are in the reader's units was decided before they were listed.
    """
    if not required_operator().sees_names:
        return {}
    wanted = sorted(set(person_ids))
    names: dict[int, PersonName] = {}
    for start in range(0, len(wanted), _SLICE):
        names |= find_names(session, wanted[start : start + _SLICE])
    return names
