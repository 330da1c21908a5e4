"""Who is enrolled in a course and never opened anything from it, by the LMS's list of members."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from sync.models import RosterMember
from sync.organization.models import ActorIdentity
from sync.reports.people import PersonName, find_names
from sync.reports.vietnamese_order import vietnamese_key

_SLICE = 500


@dataclass(frozen=True)
class NotBegun:
    """One enrolled learner.

    Attributes:
        full_name: from the staff registry; `None` while the account belongs to nobody there.
        code: stands for the learner without a name.
    """

    full_name: str | None
    code: str


def list_not_begun(
    session: Session, members: Sequence[RosterMember], *, opened_by: frozenset[str]
) -> tuple[NotBegun, ...]:
    """The active members that are not among `opened_by`, by name; those without a name last."""
    absent = [one for one in members if one.status == "active" and one.account_name not in opened_by]
    people = _people_of(session, absent)
    names: dict[int, PersonName] = {}
    wanted = sorted(set(people.values()))
    for start in range(0, len(wanted), _SLICE):
        names |= find_names(session, wanted[start : start + _SLICE])
    listed = []
    for one in absent:
        person_id = people.get((one.account_home_page, one.account_name))
        known = names.get(person_id) if person_id is not None else None
        listed.append(NotBegun(known.full_name if known else None, one.account_name[:8]))
    return tuple(sorted(listed, key=lambda one: by_given_name(one.full_name, one.code)))


def by_given_name(full_name: str | None, code: str) -> tuple[bool, object, str]:
    """Vietnamese lists are sorted by the given name, which is the last word."""
    words = (full_name or "").split()
    return not words, vietnamese_key(" ".join([*words[-1:], *words[:-1]])), code


def _people_of(session: Session, members: Sequence[RosterMember]) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}
    for start in range(0, len(members), _SLICE):
        part = [one.account_name for one in members[start : start + _SLICE]]
        rows = session.execute(
            select(ActorIdentity.home_page, ActorIdentity.account_name, ActorIdentity.person_id).where(
                ActorIdentity.account_name.in_(part), ActorIdentity.person_id.is_not(None)
            )
        )
        found |= {
            (home_page, name): person_id for home_page, name, person_id in rows if person_id is not None
        }
    return found
