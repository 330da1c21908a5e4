"""Results at quizzes: bands within a period, and the gain from a quiz before to a quiz after."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import Select, and_, select
from sqlalchemy.orm import Session

from sync.calendars import Period
from sync.indicators.measures import BandCounts, Gain, count_bands, gain_of
from sync.organization.models import COMMAND, ActorIdentity, Appointment, UnitClosure
from sync.organization.population_sql import belongs_to, people_of
from sync.rollups.definitions import Population
from sync.rollups.models import QuizScore


def measure_results(
    session: Session,
    unit_id: int,
    *,
    period: Period,
    population: Population,
    quiz_iris: Collection[str] | None = None,
) -> BandCounts:
    """Flow: each person once, by the best result within the period, in the unit of that day.

    Args:
        quiz_iris: only these quizzes; `None`: every quiz.
    """
    asked = (
        select(ActorIdentity.person_id, QuizScore.scaled, UnitClosure.ancestor_id)
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
        .outerjoin(
            UnitClosure,
            and_(
                UnitClosure.descendant_id == Appointment.unit_id,
                UnitClosure.hierarchy == COMMAND,
                UnitClosure.ancestor_id == unit_id,
            ),
        )
        .where(
            QuizScore.voided.is_(False),
            QuizScore.occurred_on.between(period.first_day, period.last_day),
            ActorIdentity.person_id.in_(_ever_below(unit_id)),
        )
        # Of equal results the earliest decides the unit.
        .order_by(ActorIdentity.person_id, QuizScore.scaled.desc(), QuizScore.occurred_at, QuizScore.seq)
    )
    if quiz_iris is not None:
        asked = asked.where(QuizScore.quiz_iri.in_(sorted(quiz_iris)))
    best: dict[int, tuple[float, bool]] = {}
    for person_id, scaled, ancestor_id in session.execute(asked):
        if person_id is not None:
            best.setdefault(person_id, (scaled, ancestor_id is not None))
    return count_bands(scaled for scaled, is_here in best.values() if is_here)


def measure_gain(
    session: Session,
    unit_id: int,
    *,
    on: date,
    population: Population,
    quiz_before: str,
    quiz_after: str,
) -> Gain:
    """Stock: the people of a unit on a day who had sat both quizzes by then, in order; first attempts."""
    people = people_of(unit_id, on=on, population=population).subquery()
    rows = session.execute(
        select(people.c.person_id, QuizScore.quiz_iri, QuizScore.scaled)
        .select_from(QuizScore)
        .join(ActorIdentity, ActorIdentity.identity_id == QuizScore.identity_id)
        .join(people, people.c.person_id == ActorIdentity.person_id)
        .where(
            QuizScore.voided.is_(False),
            QuizScore.occurred_on <= on,
            QuizScore.quiz_iri.in_([quiz_before, quiz_after]),
        )
        .order_by(QuizScore.occurred_at, QuizScore.seq)
    )
    first: dict[tuple[int, str], float] = {}
    for person_id, quiz_iri, scaled in rows:
        # An attempt at the second quiz before the first one is no "after".
        if quiz_iri == quiz_before or (person_id, quiz_before) in first:
            first.setdefault((person_id, quiz_iri), scaled)
    return gain_of(
        [
            (first[person_id, quiz_before], scaled)
            for (person_id, quiz_iri), scaled in first.items()
            if quiz_iri == quiz_after
        ]
    )


def _ever_below(unit_id: int) -> Select[*tuple[int]]:
    return (
        select(Appointment.person_id)
        .join(
            UnitClosure,
            and_(UnitClosure.descendant_id == Appointment.unit_id, UnitClosure.hierarchy == COMMAND),
        )
        .where(UnitClosure.ancestor_id == unit_id)
    )
