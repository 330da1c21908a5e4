"""Topics, needs, forms and classes of a report: annexes 3, 4 and 8."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from sync.calendars import VIET_NAM, local_day
from sync.indicators.stock import areas_of_modules, skills_of_modules
from sync.official_reports.figures import ClassLine, NeedLine, TopicLine
from sync.official_reports.people import in_period, slices
from sync.official_reports.succession import Territory
from sync.official_reports.topics import AREAS, SKILLS, in_order
from sync.organization.models import Appointment, Unit
from sync.organization.population_sql import people_of
from sync.organization.units import LEVELS
from sync.rollups.definitions import Population
from sync.rollups.models import PersonModule
from sync.training_classes.models import Attendance, ClassSite, TrainingClass


def find_topics(session: Session, *, iri_base: str) -> list[tuple[str, str, bool, frozenset[str]]]:
    """(code, title, whether it is a skill, modules) of every area and skill, in the decision's order."""
    areas, skills = (
        areas_of_modules(session, iri_base=iri_base),
        skills_of_modules(session, iri_base=iri_base),
    )
    return [
        (code, known.get(code, code), known is SKILLS, frozenset(found.get(code, ())))
        for known, found in ((AREAS, areas), (SKILLS, skills))
        for code in in_order(found, known)
    ]


def count_topics(
    session: Session,
    territory: Territory,
    classes: Sequence[tuple[TrainingClass, ClassLine]],
    *,
    first_day: date,
    last_day: date,
    iri_base: str,
) -> tuple[TopicLine, ...]:
    """Each area and skill: classes, turns and people of the days."""
    lines = []
    for code, title, is_skill, iris in find_topics(session, iri_base=iri_base):
        turns, people = _count_turns(session, territory, iris, first_day, last_day) if iris else (0, 0)
        held = sum(bool(iris & set(row.module_iris.splitlines())) for row, _ in classes)
        lines.append(TopicLine(code, title, is_skill, bool(iris), held, turns, people))
    return tuple(lines)


def count_needs(
    session: Session, root_id: int, *, on: date, population: Population, iri_base: str
) -> tuple[NeedLine, ...]:
    """Level by level, how many have completed no module of a topic; topics without modules are left out."""
    people = people_of(root_id, on=on, population=population).subquery()
    lines: list[NeedLine] = []
    for _code, title, _is_skill, iris in find_topics(session, iri_base=iri_base):
        if not iris:
            continue
        done = select(PersonModule.person_id).where(
            PersonModule.person_id == people.c.person_id,
            PersonModule.module_iri.in_(sorted(iris)),
            PersonModule.first_completed_on <= on,
        )
        rows = session.execute(
            select(Unit.level, func.count())
            .select_from(people)
            .join(Unit, Unit.unit_id == people.c.unit_id)
            .where(~done.exists())
            .group_by(Unit.level)
        )
        lines += [NeedLine(level, title, count) for level, count in rows]
    return tuple(sorted(lines, key=lambda one: (LEVELS.index(one.level), -one.people, one.topic)))


def list_held_classes(
    session: Session, territory: Territory, *, first_day: date, last_day: date
) -> list[tuple[TrainingClass, ClassLine]]:
    """Classes that units of the territory held within the days, the earliest first."""
    begins = datetime.combine(first_day, time(), VIET_NAM)
    ends = datetime.combine(last_day + timedelta(days=1), time(), VIET_NAM)
    rows = session.scalars(
        select(TrainingClass)
        .where(TrainingClass.begins_at >= begins, TrainingClass.begins_at < ends)
        .order_by(TrainingClass.begins_at, TrainingClass.class_id)
    )
    held = [row for row in rows if row.unit_id in territory.answers]
    sites = _sites(session, [row.class_id for row in held])
    return [
        (row, _class_line(row, _attendance_by_level(session, row), sites.get(row.class_id, [])))
        for row in held
    ]


def _class_line(row: TrainingClass, attended: Mapping[str, int], sites: Sequence[str]) -> ClassLine:
    return ClassLine(
        title=row.title,
        form=row.form,
        day=local_day(row.begins_at),
        minutes=row.minutes,
        places="; ".join([*([row.place] if row.place else []), *sites]),
        lecturer=row.lecturer,
        cost=row.cost,
        attended=tuple((level, attended[level]) for level in LEVELS if level in attended),
    )


def _attendance_by_level(session: Session, row: TrainingClass) -> dict[str, int]:
    """Level → people who were there, by the post of that day; without one, of no level."""
    day = local_day(row.begins_at)
    rows = session.execute(
        select(Unit.level, func.count(Attendance.person_id.distinct()))
        .select_from(Attendance)
        .join(
            Appointment,
            and_(
                Appointment.person_id == Attendance.person_id,
                Appointment.is_primary.is_(True),
                Appointment.valid_from <= day,
                day < Appointment.valid_to,
            ),
        )
        .join(Unit, Unit.unit_id == Appointment.unit_id)
        .where(Attendance.class_id == row.class_id, Attendance.taken_back_at.is_(None))
        .group_by(Unit.level)
    )
    return dict(rows.tuples())


def _sites(session: Session, class_ids: Sequence[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for piece in slices(class_ids):
        rows = session.execute(
            select(ClassSite.class_id, ClassSite.name)
            .where(ClassSite.class_id.in_(piece))
            .order_by(ClassSite.name)
        )
        for class_id, name in rows:
            found.setdefault(class_id, []).append(name)
    return found


def _count_turns(
    session: Session, territory: Territory, iris: Collection[str], first_day: date, last_day: date
) -> tuple[int, int]:
    """Turns, and people, who first completed one of the modules within the days, here."""
    people: set[int] = set()
    turns = 0
    for here in _here(territory):
        rows = session.execute(
            select(PersonModule.person_id, func.count())
            .where(
                PersonModule.module_iri.in_(sorted(iris)),
                in_period(first_day, last_day),
                here,
            )
            .group_by(PersonModule.person_id)
        )
        for person_id, count in rows:
            people.add(person_id)
            turns += count
    return turns, len(people)


def _here(territory: Territory) -> list[ColumnElement[bool]]:
    if territory.units[territory.root_id].level == "national":
        return [PersonModule.leaf_unit_id.is_not(None)]
    return [PersonModule.leaf_unit_id.in_(piece) for piece in slices(sorted(territory.answers))]
