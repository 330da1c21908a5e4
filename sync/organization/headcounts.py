"""Headcounts that units declare, beside what the list of staff has, and where the two differ too much."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Final

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from sync.organization.models import COMMAND, Unit, UnitClosure
from sync.organization.population_models import Headcount
from sync.organization.population_sql import people_of
from sync.organization_errors import HeadcountMalformed
from sync.rollups.definitions import Population

#: Above this share of the declared number a difference is flagged.
MOST_DIFFERENCE: Final = Fraction(5, 100)
_MOST_PEOPLE: Final = 10_000_000


@dataclass(frozen=True)
class HeadcountComparison:
    """Declared beside listed, of a unit with everything below it.

    Attributes:
        as_of: the day that the declared number speaks of; the list is counted on that day, too.
        difference: listed minus declared.
    """

    unit_id: int
    as_of: date
    document: str
    declared: int
    listed: int

    @property
    def difference(self) -> int:
        """Positive: the list has more people."""
        return self.listed - self.declared

    @property
    def share(self) -> Fraction | None:
        """The difference as a share of the declared number; `None` when nobody was declared."""
        return Fraction(abs(self.difference), self.declared) if self.declared else None

    @property
    def is_flagged(self) -> bool:
        """Whether the difference is larger than 5 % of the declared number (or anybody, of nobody)."""
        return self.difference != 0 if self.share is None else self.share > MOST_DIFFERENCE


def declare_headcount(
    session: Session,
    unit_id: int,
    *,
    population_code: str,
    as_of: date,
    people: int,
    document: str,
    by: str,
    now: datetime,
) -> Headcount:
    """Writes down what a unit declares; a second number for the same day replaces the first.

    Raises:
        HeadcountMalformed: below zero, without a document, or of a unit that does not exist on that day.
    """
    unit = session.get(Unit, unit_id)
    if unit is None or not unit.valid_from <= as_of < unit.valid_to:
        raise HeadcountMalformed(f"The unit does not exist on {as_of.isoformat()}.")
    if not 0 <= people <= _MOST_PEOPLE or not 0 < len(document.strip()) <= 200:
        raise HeadcountMalformed("A headcount is a number from 0, with the document that says so.")
    row = session.scalars(
        select(Headcount).where(
            Headcount.unit_id == unit_id,
            Headcount.population_code == population_code,
            Headcount.as_of == as_of,
        )
    ).first()
    if row is None:
        row = Headcount(unit_id=unit_id, population_code=population_code, as_of=as_of)
        session.add(row)
    row.people, row.document, row.declared_by, row.declared_at = people, document.strip(), by, now
    session.flush()
    return row


def compare_headcounts(
    session: Session, root_id: int, *, on: date, population: Population
) -> list[HeadcountComparison]:
    """The last number that each unit at or below one declared up to a day, beside the list of that day.

    Largest differences first.
    """
    declared = _last_declared(session, root_id, on=on, population=population)
    compared = [
        HeadcountComparison(
            row.unit_id,
            row.as_of,
            row.document,
            row.people,
            count_listed(session, row.unit_id, on=row.as_of, population=population),
        )
        for row in declared
    ]
    return sorted(compared, key=lambda one: (not one.is_flagged, -abs(one.difference), one.unit_id))


def count_listed(session: Session, unit_id: int, *, on: date, population: Population) -> int:
    """How many people of a population have their primary post in a unit, or below it, on a day."""
    listed = people_of(unit_id, on=on, population=population).subquery()
    return session.scalar(select(func.count()).select_from(listed)) or 0


def _last_declared(
    session: Session, root_id: int, *, on: date, population: Population
) -> Sequence[Headcount]:
    last = (
        select(Headcount.unit_id, func.max(Headcount.as_of).label("as_of"))
        .join(
            UnitClosure,
            and_(UnitClosure.descendant_id == Headcount.unit_id, UnitClosure.hierarchy == COMMAND),
        )
        .where(
            UnitClosure.ancestor_id == root_id,
            Headcount.population_code == population.code,
            Headcount.as_of <= on,
        )
        .group_by(Headcount.unit_id)
        .subquery()
    )
    return session.scalars(
        select(Headcount)
        .join(last, and_(last.c.unit_id == Headcount.unit_id, last.c.as_of == Headcount.as_of))
        .where(Headcount.population_code == population.code)
    ).all()
