"""Shares of the people who are in a unit on a day: knowledge, access, areas, skills."""

from collections.abc import Collection, Mapping
from datetime import date

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from content_packages.library.versions import list_current_packages, read_package
from sync.indicators.measures import Share, Unmeasured
from sync.organization.population_sql import people_of
from sync.rollups.definitions import Population
from sync.rollups.models import PersonDays, PersonModule
from xapi_bridge.vocabulary.cchc import module_iri


def measure_knowledge(session: Session, unit_id: int, *, on: date, population: Population) -> Share:
    """Who had completed at least one module by the day."""
    return _share(session, unit_id, on, population, PersonDays, PersonDays.first_completed_on <= on)


def measure_access(session: Session, unit_id: int, *, on: date, population: Population) -> Share:
    """Who had opened at least one module by the day."""
    return _share(session, unit_id, on, population, PersonDays, PersonDays.first_accessed_on <= on)


def measure_topics(
    session: Session,
    unit_id: int,
    *,
    on: date,
    population: Population,
    topics: Mapping[str, Collection[str]],
) -> dict[str, Share]:
    """Topic -> who had completed at least one of its modules by the day.

    Args:
        topics: area or skill -> module IRIs (`areas_of_modules`, `skills_of_modules`).
    """
    return {
        topic: _share(
            session,
            unit_id,
            on,
            population,
            PersonModule,
            PersonModule.first_completed_on <= on,
            PersonModule.module_iri.in_(sorted(iris)),
        )
        if iris
        else Share(0, 0, Unmeasured.NOT_TAGGED)
        for topic, iris in topics.items()
    }


def areas_of_modules(session: Session, *, iri_base: str) -> dict[str, set[str]]:
    """Subject area -> modules that name it; areas that only the package names have none."""
    found: dict[str, set[str]] = {}
    for version in list_current_packages(session):
        package = read_package(session, version.digest)
        for area in package.areas:
            found.setdefault(area, set())
        for module in package.modules.values():
            if module.area:
                found.setdefault(module.area, set()).add(module_iri(iri_base, package.id, module.id))
    return found


def skills_of_modules(session: Session, *, iri_base: str) -> dict[str, set[str]]:
    """Skill -> all modules of the packages that train it."""
    found: dict[str, set[str]] = {}
    for version in list_current_packages(session):
        package = read_package(session, version.digest)
        for skill in package.skills:
            iris = {module_iri(iri_base, package.id, one) for one in package.modules}
            found.setdefault(skill, set()).update(iris)
    return found


def _share(
    session: Session,
    unit_id: int,
    on: date,
    population: Population,
    table: type[PersonDays | PersonModule],
    *conditions: ColumnElement[bool],
) -> Share:
    people = people_of(unit_id, on=on, population=population).subquery()
    done = select(table.person_id).where(table.person_id == people.c.person_id, *conditions)
    above, of = session.execute(
        select(func.count().filter(done.exists()), func.count()).select_from(people)
    ).one()
    return Share(above, of, None if of else Unmeasured.NOBODY)
