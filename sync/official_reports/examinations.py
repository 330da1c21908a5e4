"""Results of tests, and who is commended and recommended: annexes 5, 6 and 7."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from sync.campaigns.campaigns import list_campaigns, list_commended, list_recommended
from sync.campaigns.judging import Commended
from sync.campaigns.models import Campaign
from sync.indicators.catalogue import BANDS
from sync.indicators.measures import count_bands
from sync.official_reports.figures import ListedPerson, TestLine
from sync.official_reports.people import slices
from sync.official_reports.succession import Territory
from sync.organization.models import ActorIdentity, Appointment, Person
from sync.organization.population_sql import belongs_to
from sync.reports.programme import Programme
from sync.rollups.definitions import Population
from sync.rollups.models import QuizScore


def count_tests(
    session: Session, territory: Territory, *, first_day: date, last_day: date, population: Population
) -> tuple[TestLine, ...]:
    """Results by unit directly below the root, the root's own posts first; units without results left out.

    Each person once, by the best result of the days, in the unit of that day (`measure_results`).
    """
    by_part: defaultdict[int, list[float]] = defaultdict(list)
    for unit_id, scaled in _best_results(session, first_day, last_day, population):
        leaf = territory.answers.get(unit_id)
        if leaf is not None:
            by_part[part_of(territory, leaf)].append(scaled)
    parts = sorted(by_part, key=lambda one: (one != territory.root_id, territory.units[one].name))
    return tuple(_line(territory, one, by_part[one]) for one in parts)


def part_of(territory: Territory, unit_id: int) -> int:
    """The unit directly below the root that holds a unit; the root itself for its own posts."""
    way = territory.way_up(unit_id)
    return way[-2] if len(way) > 1 else way[-1]


def list_commended_people(
    session: Session, territory: Territory, *, first_day: date, last_day: date
) -> tuple[ListedPerson, ...]:
    """Whom the rules of the tests that closed within the days commend, best first within each test."""
    found: list[tuple[Campaign, Commended]] = []
    for row in _closed_tests(session, territory.root_id, first_day, last_day):
        listed = list_commended(session, row, today=last_day, within_id=territory.root_id)
        found += [(row, one) for one in listed]
    names = find_pseudonyms(session, [one.sitting.person_id for _, one in found])
    return tuple(
        ListedPerson(
            names[one.sitting.person_id],
            unit_name(territory, one.sitting.unit_id),
            100 * (one.sitting.best or 0.0),
            f"{row.title}: hạng {one.rank}/{one.of} của cấp",
        )
        for row, one in found
    )


def list_recommended_people(
    session: Session, territory: Territory, *, first_day: date, last_day: date, programme: Programme
) -> tuple[ListedPerson, ...]:
    """To whom the tests that closed within the days recommend modules, lowest first within each test."""
    lines: list[tuple[int, int, float, str]] = []
    for row in _closed_tests(session, territory.root_id, first_day, last_day):
        for one in list_recommended(session, row, today=last_day, within_id=territory.root_id):
            modules = (
                "; ".join(programme.title_of(iri) for iri in one.module_iris) or "ôn lại nội dung kiểm tra"
            )
            sitting = one.sitting
            lines.append((sitting.person_id, sitting.unit_id, sitting.best or 0.0, f"{row.title}: {modules}"))
    names = find_pseudonyms(session, [line[0] for line in lines])
    return tuple(
        ListedPerson(names[person], unit_name(territory, unit_id), 100 * best, reason)
        for person, unit_id, best, reason in lines
    )


def find_pseudonyms(session: Session, people: Sequence[int]) -> dict[int, str]:
    """Person → pseudonym."""
    found: dict[int, str] = {}
    for piece in slices(sorted(set(people))):
        rows = session.execute(select(Person.person_id, Person.pseudonym).where(Person.person_id.in_(piece)))
        found |= dict(rows.tuples())
    return found


def unit_name(territory: Territory, unit_id: int) -> str:
    """The name of a unit of the territory; of a dissolved one, of the unit that answers for it."""
    unit = territory.units.get(territory.answers.get(unit_id, unit_id))
    return unit.name if unit else ""


def _line(territory: Territory, unit_id: int, scores: Sequence[float]) -> TestLine:
    bands = tuple(count for _, count in count_bands(scores).counts)
    return TestLine(unit_id, territory.units[unit_id].name, bands or (0,) * len(BANDS), 100 * sum(scores))


def _closed_tests(session: Session, root_id: int, first_day: date, last_day: date) -> list[Campaign]:
    listed = list_campaigns(session, root_id=root_id)
    return [row for row in reversed(listed) if first_day <= row.closes_on <= last_day]


def _best_results(
    session: Session, first_day: date, last_day: date, population: Population
) -> Iterable[tuple[int, float]]:
    """(unit of the day, best result) of everybody with a result within the days."""
    rows = session.execute(
        select(ActorIdentity.person_id, QuizScore.scaled, Appointment.unit_id)
        .join(ActorIdentity, ActorIdentity.identity_id == QuizScore.identity_id)
        .join(
            Appointment,
            and_(
                Appointment.person_id == ActorIdentity.person_id,
                *belongs_to(population),
                Appointment.valid_from <= QuizScore.occurred_on,
                QuizScore.occurred_on < Appointment.valid_to,
            ),
        )
        .where(QuizScore.voided.is_(False), QuizScore.occurred_on.between(first_day, last_day))
        # Of equal results the earliest decides the unit.
        .order_by(ActorIdentity.person_id, QuizScore.scaled.desc(), QuizScore.occurred_at, QuizScore.seq)
    )
    best: dict[int, tuple[int, float]] = {}
    for person_id, scaled, unit_id in rows:
        if person_id is not None:
            best.setdefault(person_id, (unit_id, scaled))
    return best.values()
