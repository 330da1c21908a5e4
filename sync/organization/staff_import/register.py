"""What the registry knows about the people and units of some rows, read in a few questions."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from sync.organization.models import COMMAND, Appointment, PersonDetail, Unit, UnitClosure
from sync.organization.staff_import.entries import StaffEntry
from sync.organization.staff_import.findings import RowFinding
from sync.organization.staff_import.planning import (
    Effect,
    EntryPlan,
    KnownPerson,
    KnownPost,
    UnitLife,
    plan_entry,
)

_SLICE = 500
_POST_COLUMNS = (
    Appointment.appointment_id,
    Appointment.unit_id,
    Appointment.position,
    Appointment.staff_category,
    Appointment.is_cchc,
    Appointment.cchc_role,
    Appointment.is_primary,
    Appointment.valid_from,
    Appointment.valid_to,
)


@dataclass(frozen=True)
class _UnitOfCode:
    unit_id: int
    scheme: str
    valid_from: date
    valid_to: date
    is_in_scope: bool


class Register:
    """People by staff code and units by code; `scope_unit_id` is the unit whose subtree may be touched."""

    def __init__(self, session: Session, *, scope_unit_id: int | None, today: date) -> None:
        self._session = session
        self._scope = scope_unit_id
        self._today = today
        self._people: dict[str, KnownPerson | None] = {}
        self._units: dict[str, list[_UnitOfCode]] = {}
        self._outside: dict[int, bool] = {}

    def look_up(self, entries: Iterable[StaffEntry]) -> None:
        """Reads what `plan` will need for these entries."""
        listed = list(entries)
        self._read_people(sorted({entry.staff_code for entry in listed} - self._people.keys()))
        self._read_units(sorted({entry.unit_code for entry in listed} - self._units.keys()))

    def forget_person(self, staff_code: str) -> None:
        """What is known of the person changed."""
        self._people.pop(staff_code, None)

    def person(self, staff_code: str) -> KnownPerson | None:
        """The person with the code."""
        if staff_code not in self._people:
            self._read_people([staff_code])
        return self._people[staff_code]

    def unit(self, entry: StaffEntry) -> UnitLife | RowFinding:
        """The unit that the entry names on its first day, or why there is none."""
        wanted = [
            one
            for one in self._units[entry.unit_code]
            if one.valid_from <= entry.valid_from < one.valid_to and entry.unit_scheme in {"", one.scheme}
        ]
        if not wanted:
            return RowFinding("unit_unknown", entry.unit_code)
        if len(wanted) > 1:
            return RowFinding("unit_ambiguous", ", ".join(sorted(one.scheme for one in wanted)))
        if not wanted[0].is_in_scope:
            return RowFinding("unit_outside", entry.unit_code)
        return UnitLife(wanted[0].unit_id, wanted[0].valid_from, wanted[0].valid_to)

    def plan(self, entry: StaffEntry) -> tuple[EntryPlan, UnitLife | None]:
        """What entering would do, within the scope."""
        unit = self.unit(entry)
        if isinstance(unit, RowFinding):
            return EntryPlan(Effect.ERROR, (unit,)), None
        known = self.person(entry.staff_code)
        if known is not None and not self._may_touch(known):
            # Which unit has the person is not told: a code must not be a way to look people up.
            return EntryPlan(Effect.ERROR, (RowFinding("person_elsewhere"),)), None
        return plan_entry(entry, unit, known, today=self._today), unit

    def _may_touch(self, known: KnownPerson) -> bool:
        """Whoever has a post now or later must have one within the scope; people of the past are free."""
        if self._scope is None:
            return True
        open_posts = [post.unit_id for post in known.posts if post.valid_to > self._today]
        return not open_posts or any(self._is_in_scope(unit_id) for unit_id in open_posts)

    def _is_in_scope(self, unit_id: int) -> bool:
        if unit_id not in self._outside:
            below = select(UnitClosure.depth).where(
                UnitClosure.hierarchy == COMMAND,
                UnitClosure.ancestor_id == self._scope,
                UnitClosure.descendant_id == unit_id,
            )
            self._outside[unit_id] = self._session.scalar(below) is None
        return not self._outside[unit_id]

    def _read_people(self, codes: Sequence[str]) -> None:
        for start in range(0, len(codes), _SLICE):
            chunk = codes[start : start + _SLICE]
            self._people |= dict.fromkeys(chunk)
            details = self._session.execute(
                select(PersonDetail.staff_code, PersonDetail.person_id, PersonDetail.full_name).where(
                    PersonDetail.staff_code.in_(chunk)
                )
            ).all()
            posts = self._posts([row.person_id for row in details])
            self._people |= {
                code: KnownPerson(person_id, name, tuple(posts.get(person_id, ())))
                for code, person_id, name in details
            }

    def _posts(self, person_ids: Sequence[int]) -> dict[int, list[KnownPost]]:
        found: dict[int, list[KnownPost]] = {}
        rows = self._session.execute(
            select(Appointment.person_id, *_POST_COLUMNS)
            .where(Appointment.person_id.in_(person_ids))
            .order_by(Appointment.valid_from, Appointment.appointment_id)
        )
        for person_id, *values in rows:
            found.setdefault(person_id, []).append(KnownPost(*values))
        return found

    def _read_units(self, codes: Sequence[str]) -> None:
        in_scope = and_(
            UnitClosure.descendant_id == Unit.unit_id,
            UnitClosure.hierarchy == COMMAND,
            UnitClosure.ancestor_id == self._scope,
        )
        for start in range(0, len(codes), _SLICE):
            chunk = codes[start : start + _SLICE]
            self._units |= {code: [] for code in chunk}
            rows = self._session.execute(
                select(
                    Unit.code, Unit.unit_id, Unit.scheme, Unit.valid_from, Unit.valid_to, UnitClosure.depth
                )
                .outerjoin(UnitClosure, in_scope)
                .where(Unit.code.in_(chunk))
            )
            for code, unit_id, scheme, first, end, depth in rows:
                is_in_scope = self._scope is None or depth is not None
                self._units[code].append(_UnitOfCode(unit_id, scheme, first, end, is_in_scope))
