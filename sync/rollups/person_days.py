"""State -> the first days of each person, over all modules: what the stock of every unit is counted from.

Pages ask for all people of a unit whether they had begun, completed something or completed everything
required by a day. One row per person answers that without a look at the person's modules.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import zip_longest
from typing import Any, NamedTuple

from sqlalchemy import Select, case, delete, func, insert, literal, null, select
from sqlalchemy.orm import Session

from content_packages.library.versions import list_current_packages, read_package
from sync.figure_versions import Changed, add_up_changes, note_change
from sync.rollups.batch_sql import KEEP_PERSON_DAYS, PERSON_DAYS, days_from, read_by_numbers, write_rows
from sync.rollups.definitions import PROGRAMME_PACKAGE
from sync.rollups.models import PersonDays, PersonModule, RequiredModule
from sync.rollups.state import StateChange
from xapi_bridge.vocabulary.cchc import module_iri

_SLICE = 500


class Days(NamedTuple):
    """The fields of `PersonDays` after the person, in order."""

    first_accessed_on: date
    first_completed_on: date | None
    completed_all_on: date | None


def read_required(session: Session, *, iri_base: str) -> frozenset[str]:
    """The modules that make the programme complete now; empty when it is not published."""
    return frozenset(
        module_iri(iri_base, version.package_id, entry.id)
        for version in list_current_packages(session)
        if version.package_id == PROGRAMME_PACKAGE
        for entry in read_package(session, version.digest).outline
        if entry.kind == "module"
    )


def counted_required(session: Session) -> frozenset[str]:
    """The required modules for which `completed_all_on` holds."""
    return frozenset(session.scalars(select(RequiredModule.module_iri)))


def keep_person_days(session: Session, changes: Iterable[StateChange], *, required: frozenset[str]) -> None:
    """Brings the days of people in line with changes of their states, which are kept already.

    For the holder of the follower's bookmark. A changed programme counts everybody anew.

    Args:
        required: the modules that make the programme complete now.
    """
    if counted_required(session) != required:
        recount_person_days(session, required=required)
        return
    moved = [change for change in changes if _days(change.before) != _days(change.after)]
    if not moved:
        return
    note_change(session, Changed.MODULES, since=min(map(_first_day, moved)))
    earlier, doubtful = _sort_out(moved, required)
    kept = _kept(session, earlier.keys() | doubtful)
    wanted = {person_id: _joined(kept.get(person_id), days) for person_id, days in earlier.items()}
    wanted |= _counted(session, doubtful, required)
    changed = [person_id for person_id, days in wanted.items() if kept.get(person_id) != days]
    gone = doubtful & kept.keys() - wanted.keys()
    write_rows(session, KEEP_PERSON_DAYS, [(one, *wanted[one]) for one in sorted(changed)])
    for piece in _slices(gone):
        session.execute(delete(PersonDays).where(PersonDays.person_id.in_(piece)))
    if changed or gone:
        others = [(kept.get(one), wanted.get(one)) for one in [*changed, *gone]]
        note_change(session, Changed.PEOPLE, since=min(_first_difference(*both) for both in others))
        add_up_changes(session)


def recount_person_days(session: Session, *, required: frozenset[str]) -> None:
    """Makes the days of everybody anew from the states."""
    for table in (PersonDays, RequiredModule):
        session.execute(delete(table).execution_options(synchronize_session=False))
    if required:
        session.execute(insert(RequiredModule), [{"module_iri": one} for one in sorted(required)])
    names = [each.name for each in PersonDays.__table__.columns]
    session.execute(insert(PersonDays).from_select(names, days_of_people(required)))
    note_change(session, Changed.MODULES)
    note_change(session, Changed.PEOPLE)


def days_of_people(required: frozenset[str]) -> Select[*tuple[Any, ...]]:
    """The rows of `PersonDays` as the states give them."""
    all_on: Any = null()
    if required:
        completed = case(
            (PersonModule.module_iri.in_(sorted(required)), PersonModule.first_completed_on), else_=null()
        )
        all_on = case((func.count(completed) == literal(len(required)), func.max(completed)), else_=null())
    return select(
        PersonModule.person_id,
        func.min(PersonModule.first_accessed_on),
        func.min(PersonModule.first_completed_on),
        all_on,
    ).group_by(PersonModule.person_id)


def _sort_out(moved: Iterable[StateChange], required: frozenset[str]) -> tuple[dict[int, Days], set[int]]:
    """Days that a person has now at the latest, and people whose days must be looked up among all modules."""
    earlier: dict[int, Days] = {}
    doubtful: set[int] = set()
    for before, after in moved:
        if after is None:
            doubtful |= {before.person_id} if before else set()
        elif (before is not None and _is_later(before, after)) or (
            after.module_iri in required
            and (before is None or before.first_completed_on != after.first_completed_on)
        ):
            doubtful.add(after.person_id)
        else:
            days = Days(after.first_accessed_on, after.first_completed_on, None)
            earlier[after.person_id] = _joined(earlier.get(after.person_id), days)
    return {one: days for one, days in earlier.items() if one not in doubtful}, doubtful


def _is_later(before: Any, after: Any) -> bool:
    if after.first_accessed_on > before.first_accessed_on:
        return True
    was, now_is = before.first_completed_on, after.first_completed_on
    return was is not None and (now_is is None or now_is > was)


def _joined(one: Days | None, other: Days) -> Days:
    """The earlier of both days; the day of completing everything stays."""
    if one is None:
        return other
    completed = [day for day in (one.first_completed_on, other.first_completed_on) if day is not None]
    return Days(
        min(one.first_accessed_on, other.first_accessed_on),
        min(completed, default=None),
        one.completed_all_on,
    )


def _kept(session: Session, people: Iterable[int]) -> dict[int, Days]:
    rows = read_by_numbers(session, PERSON_DAYS, sorted(people))
    return {person_id: Days(*days_from(days)) for person_id, *days in rows}


def _counted(session: Session, people: set[int], required: frozenset[str]) -> Mapping[int, Days]:
    found: dict[int, Days] = {}
    for piece in _slices(people):
        rows = session.execute(days_of_people(required).where(PersonModule.person_id.in_(piece)))
        found |= {person_id: Days(*days) for person_id, *days in rows}
    return found


def _first_day(change: StateChange) -> date:
    """No figure of an earlier day knows of the change."""
    return _first_difference(_days(change.before), _days(change.after))


def _first_difference(one: Sequence[date | None] | None, other: Sequence[date | None] | None) -> date:
    """The earliest of the days in which two rows differ; `None` is a row without any."""
    if one is None and other is not None:  # most of what is new
        return min([day for day in other if day is not None])
    pairs = zip_longest(one or (), other or ())
    return min(day for pair in pairs if pair[0] != pair[1] for day in pair if day is not None)


def _days(state: Any) -> tuple[date, date | None] | None:
    return None if state is None else (state.first_accessed_on, state.first_completed_on)


def _slices(people: set[int]) -> Iterator[list[int]]:
    listed = sorted(people)
    for start in range(0, len(listed), _SLICE):
        yield listed[start : start + _SLICE]
