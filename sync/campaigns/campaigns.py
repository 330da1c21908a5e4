"""Periodic tests: plan one, see how far people are, list whom to commend and what to recommend."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from sync.campaigns.judging import (
    CommendationRule,
    Commended,
    Sitting,
    SittingState,
    commend,
    recommend,
    state_of,
)
from sync.campaigns.models import Campaign
from sync.organization.models import COMMAND, ActorIdentity, Unit, UnitClosure
from sync.organization.population_sql import people_of
from sync.organization.populations import find_population
from sync.organization_errors import CampaignMalformed, CampaignUnknown
from sync.rollups.models import LONGEST_IRI, PersonModule, QuizScore


@dataclass(frozen=True)
class CampaignPlan:
    """A test as it is entered; see the columns of `Campaign`."""

    title: str
    quiz_iri: str
    unit_id: int
    population_code: str
    opens_on: date
    closes_on: date
    pass_scaled: float
    commend_percent: int | None = None
    commend_scaled: float | None = None
    recommend_below: float = 0.65
    recommend_iris: tuple[str, ...] = ()
    document: str = ""


@dataclass(frozen=True)
class Recommendation:
    """Somebody to whom modules are recommended: those of the test that are not completed, or else all."""

    sitting: Sitting
    module_iris: tuple[str, ...]


def create_campaign(session: Session, plan: CampaignPlan, *, by: str, now: datetime) -> Campaign:
    """Plans a test; the rule of population is kept in its present version.

    Raises:
        CampaignMalformed: no title or quiz, days the wrong way round, or a share outside 0 to 1.
        PopulationUnknown.
    """
    _check(session, plan)
    population = find_population(session, plan.population_code)
    row = Campaign(
        title=plan.title.strip(),
        quiz_iri=plan.quiz_iri,
        unit_id=plan.unit_id,
        population_code=population.code,
        population_version=population.version,
        opens_on=plan.opens_on,
        closes_on=plan.closes_on,
        pass_scaled=plan.pass_scaled,
        commend_percent=plan.commend_percent,
        commend_scaled=plan.commend_scaled,
        recommend_below=plan.recommend_below,
        recommend_iris="\n".join(plan.recommend_iris),
        document=plan.document.strip()[:200],
        made_by=by,
        made_at=now,
    )
    session.add(row)
    session.flush()
    return row


def get_campaign(session: Session, campaign_id: int, *, root_id: int | None) -> Campaign:
    """The test; a manager gets tests of the own subtree and of the units above it.

    Raises:
        CampaignUnknown.
    """
    row = session.get(Campaign, campaign_id)
    if row is None or not any(
        row.campaign_id == one.campaign_id for one in list_campaigns(session, root_id=root_id)
    ):
        raise CampaignUnknown(f"There is no test {campaign_id} of yours.")
    return row


def list_campaigns(session: Session, *, root_id: int | None) -> Sequence[Campaign]:
    """Tests that concern a unit: of its subtree, and of the units above it; the latest first."""
    asked = select(Campaign).order_by(Campaign.closes_on.desc(), Campaign.campaign_id.desc())
    if root_id is not None:
        near = select(UnitClosure.descendant_id).where(
            UnitClosure.hierarchy == COMMAND, UnitClosure.ancestor_id == root_id
        )
        above = select(UnitClosure.ancestor_id).where(
            UnitClosure.hierarchy == COMMAND, UnitClosure.descendant_id == root_id
        )
        asked = asked.where(Campaign.unit_id.in_(near) | Campaign.unit_id.in_(above))
    return session.scalars(asked).all()


def list_sittings(
    session: Session, row: Campaign, *, today: date, within_id: int | None = None
) -> list[Sitting]:
    """Everybody who must sit, with the state of a day; after the last day the people of the last day.

    Args:
        within_id: only people of this subtree.
    """
    on = min(max(today, row.opens_on), row.closes_on)
    population = find_population(session, row.population_code, version=row.population_version)
    people = people_of(row.unit_id, on=on, population=population).subquery()
    asked = select(people.c.person_id, people.c.unit_id, Unit.level).join(
        Unit, Unit.unit_id == people.c.unit_id
    )
    if within_id is not None:
        below = and_(UnitClosure.descendant_id == people.c.unit_id, UnitClosure.hierarchy == COMMAND)
        asked = asked.join(UnitClosure, below).where(UnitClosure.ancestor_id == within_id)
    results = _results(session, row, until=min(today, row.closes_on))
    sittings = []
    for person_id, unit_id, level in session.execute(asked.order_by(people.c.person_id)):
        best, attempts, reached_on = results.get(person_id, (None, 0, None))
        state = state_of(best, pass_scaled=row.pass_scaled, closes_on=row.closes_on, today=today)
        sittings.append(Sitting(person_id, unit_id, level, state, best, attempts, reached_on))
    return sittings


def count_states(sittings: Sequence[Sitting]) -> dict[SittingState, int]:
    """How many people are in which state; every state, also the empty ones."""
    return {state: sum(one.state is state for one in sittings) for state in SittingState}


def list_commended(
    session: Session, row: Campaign, *, today: date, within_id: int | None = None
) -> list[Commended]:
    """Whom the rule of the test commends, each with place and limit; places are those of the whole test.

    Args:
        within_id: only people of this subtree.
    """
    rule = CommendationRule(row.commend_percent, row.commend_scaled)
    found = commend(list_sittings(session, row, today=today), rule)
    if within_id is None:
        return found
    mine = {one.person_id for one in list_sittings(session, row, today=today, within_id=within_id)}
    return [one for one in found if one.sitting.person_id in mine]


def list_recommended(
    session: Session, row: Campaign, *, today: date, within_id: int | None = None
) -> list[Recommendation]:
    """To whom which modules are recommended, lowest results first."""
    low = recommend(list_sittings(session, row, today=today, within_id=within_id), below=row.recommend_below)
    wanted = tuple(row.recommend_iris.splitlines())
    done: set[tuple[int, str]] = set()
    people = [one.person_id for one in low]
    for start in range(0, len(people), 500):
        rows = session.execute(
            select(PersonModule.person_id, PersonModule.module_iri).where(
                PersonModule.person_id.in_(people[start : start + 500]),
                PersonModule.first_completed_on.is_not(None),
            )
        )
        done |= {(person_id, iri) for person_id, iri in rows}
    recommended = []
    for one in low:
        missing = tuple(iri for iri in wanted if (one.person_id, iri) not in done)
        recommended.append(Recommendation(one, missing or wanted))
    return recommended


def _results(session: Session, row: Campaign, *, until: date) -> dict[int, tuple[float, int, date]]:
    """Person -> best result, number of results, day of the first that was as good."""
    rows = session.execute(
        select(ActorIdentity.person_id, QuizScore.scaled, QuizScore.occurred_on)
        .join(ActorIdentity, ActorIdentity.identity_id == QuizScore.identity_id)
        .where(
            QuizScore.quiz_iri == row.quiz_iri,
            QuizScore.voided.is_(False),
            QuizScore.occurred_on.between(row.opens_on, until),
            ActorIdentity.person_id.is_not(None),
        )
        .order_by(QuizScore.occurred_at, QuizScore.seq)
    )
    found: dict[int, tuple[float, int, date]] = {}
    for person_id, scaled, day in rows:
        if person_id is None:
            continue
        best, attempts, reached_on = found.get(person_id, (scaled, 0, day))
        found[person_id] = (
            max(best, scaled),
            attempts + 1,
            day if scaled > best else reached_on,
        )
    return found


def _check(session: Session, plan: CampaignPlan) -> None:
    if not 0 < len(plan.title.strip()) <= 200 or not 0 < len(plan.quiz_iri) <= LONGEST_IRI:
        raise CampaignMalformed("A test has a title of up to 200 characters and a quiz.")
    if plan.opens_on > plan.closes_on:
        raise CampaignMalformed("A test does not close before it opens.")
    shares = [one for one in (plan.pass_scaled, plan.commend_scaled, plan.recommend_below) if one is not None]
    if not all(0 <= one <= 1 for one in shares):
        raise CampaignMalformed("Shares of the points lie between 0 and 1.")
    if plan.commend_percent is not None and not 1 <= plan.commend_percent <= 100:
        raise CampaignMalformed("The best 1 to 100 percent are commended.")
    if session.get(Unit, plan.unit_id) is None:
        raise CampaignMalformed(f"There is no unit {plan.unit_id}.")
