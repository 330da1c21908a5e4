"""The people behind a stock figure: who is in a unit on a day, and what each had done by then."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, case, exists, func, or_, select
from sqlalchemy.orm import Session

from sync.organization.models import (
    COMMAND,
    ActorIdentity,
    Appointment,
    Person,
    PersonDetail,
    Unit,
    UnitClosure,
)
from sync.reports.attention import Attention, needs_attention
from sync.reports.learned import Learned, count_completed, learned_by_people
from sync.reports.placing import place_posts
from sync.reports.population import holds_post
from sync.reports.programme import Programme
from sync.rollups.definitions import FactKind, Population
from sync.rollups.models import LearningFact

#: People per query: databases limit the parameters of one statement.
_SLICE: Final = 500


class Progress(StrEnum):
    """How far a person is; each person is in exactly one of these."""

    NOT_STARTED = "not_started"
    STARTED = "started"
    COMPLETED = "completed"


class PeopleOrder(StrEnum):
    """How lists are sorted."""

    #: Tells nothing and never changes.
    PSEUDONYM = "pseudonym"
    #: For readers who may see who it is.
    STAFF_CODE = "staff_code"


@dataclass(frozen=True)
class PersonName:
    """Who a person is: only for readers who may see names."""

    full_name: str
    staff_code: str


@dataclass(frozen=True)
class PersonStanding:
    """One person of a unit on a day.

    Attributes:
        unit_id: the unit of the post, which may lie below the unit asked for.
        first_accessed_on, first_completed_on: over all modules asked for; `None`: not by that day.
        completed: modules completed.
    """

    person_id: int
    pseudonym: str
    unit_id: int
    position: str
    staff_category: str
    first_accessed_on: date | None
    first_completed_on: date | None
    completed: int

    @property
    def progress(self) -> Progress:
        if self.first_accessed_on is None:
            return Progress.NOT_STARTED
        return Progress.STARTED if self.first_completed_on is None else Progress.COMPLETED


@dataclass(frozen=True)
class PeopleQuestion:
    """Which people are meant.

    Attributes:
        unit_id: this unit and everything below it.
        progress: only those who are in one of these states.
        whole_programme: only those who completed every required module.
        module_iri: look at this module only.
        direct_only: only people posted in the unit itself.
        level: only people posted in units of this level.
        restated_to: the people of `on` who belong to the unit in the tree of this later day.
        attention: only those who need attention for this reason.
    """

    unit_id: int
    on: date
    population: Population
    programme: Programme
    progress: frozenset[Progress] = frozenset(Progress)
    module_iri: str | None = None
    whole_programme: bool = False
    direct_only: bool = False
    level: str | None = None
    restated_to: date | None = None
    attention: Attention | None = None
    order: PeopleOrder = PeopleOrder.PSEUDONYM


@dataclass(frozen=True)
class ModuleStanding:
    """What one person had done with one module by a day.

    Attributes:
        best_scaled: best quiz result by then, -1.0 to 1.0; `None` without one.
    """

    module_iri: str
    first_accessed_on: date
    first_completed_on: date | None
    best_scaled: float | None


@dataclass(frozen=True)
class Post:
    """A primary post with its days; `valid_to` is the first day no more."""

    unit_id: int
    position: str
    staff_category: str
    valid_from: date
    valid_to: date


def count_people(session: Session, asked: PeopleQuestion) -> int:
    """How many people `list_people` would list without a limit."""
    learned = _learned(session, asked)
    question = _choose(session, select(func.count()).select_from(Appointment), asked, learned)
    return session.scalar(question) or 0


def list_people(
    session: Session, asked: PeopleQuestion, *, offset: int = 0, limit: int | None = None
) -> list[PersonStanding]:
    """The people, in the order asked for."""
    learned = _learned(session, asked)
    posts = select(Appointment.appointment_id).join(Person, Person.person_id == Appointment.person_id)
    page = _in_order(_choose(session, posts, asked, learned), asked).offset(offset).limit(limit)
    # The page is cut out by what indexes hold; the rest is read for its people only.
    shown = learned.beside(_people(asked, learned)).where(Appointment.appointment_id.in_(page))
    rows: list[tuple[Any, ...]] = [tuple(row) for row in session.execute(_in_order(shown, asked))]
    completed: dict[int, int] = {}
    for start in range(0, len(rows), _SLICE):
        # Asked beside each row, it would be counted for everybody before the page is cut out.
        ids = [person_id for person_id, *_ in rows[start : start + _SLICE]]
        completed |= count_completed(session, ids, on=asked.on, module_iri=asked.module_iri)
    return [PersonStanding(*(*row, completed.get(row[0], 0))) for row in rows]


def find_names(session: Session, person_ids: Sequence[int]) -> dict[int, PersonName]:
    """Person id → name and staff code. Ask only for a reader who may see them."""
    rows = session.execute(
        select(PersonDetail.person_id, PersonDetail.full_name, PersonDetail.staff_code).where(
            PersonDetail.person_id.in_(person_ids)
        )
    )
    return {row.person_id: PersonName(row.full_name, row.staff_code) for row in rows}


def find_person_id(session: Session, pseudonym: str) -> int | None:
    """The person behind a pseudonym."""
    return session.scalar(select(Person.person_id).where(Person.pseudonym == pseudonym))


def find_pseudonym(session: Session, person_id: int) -> str | None:
    """What a person is called where names are not shown."""
    return session.scalar(select(Person.pseudonym).where(Person.person_id == person_id))


def is_in_subtree(session: Session, person_id: int, *, root_id: int, on: date) -> bool:
    """Whether the person's primary post on that day is in the unit or below it."""
    held = exists().where(
        Appointment.person_id == person_id,
        Appointment.is_primary.is_(True),
        Appointment.valid_from <= on,
        on < Appointment.valid_to,
        UnitClosure.descendant_id == Appointment.unit_id,
        UnitClosure.hierarchy == COMMAND,
        UnitClosure.ancestor_id == root_id,
    )
    return bool(session.scalar(select(held)))


def list_posts(session: Session, person_id: int) -> list[Post]:
    """A person's primary posts, the newest first."""
    rows = session.execute(
        select(
            Appointment.unit_id,
            Appointment.position,
            Appointment.staff_category,
            Appointment.valid_from,
            Appointment.valid_to,
        )
        .where(Appointment.person_id == person_id, Appointment.is_primary.is_(True))
        .order_by(Appointment.valid_from.desc())
    )
    return [Post(*row) for row in rows]


def list_module_standings(session: Session, person_id: int, *, on: date) -> list[ModuleStanding]:
    """What a person had done by a day, one row per module that was opened; from the facts up to that day."""
    return list_standings_of(session, [person_id], on=on).get(person_id, [])


def list_standings_of(
    session: Session, person_ids: Sequence[int], *, on: date
) -> dict[int, list[ModuleStanding]]:
    """The same for the people of one page of a list."""
    completed_on = case((LearningFact.kind == FactKind.COMPLETED.value, LearningFact.occurred_on))
    rows = session.execute(
        select(
            ActorIdentity.person_id,
            LearningFact.module_iri,
            func.min(LearningFact.occurred_on),
            func.min(completed_on),
            func.max(LearningFact.score_scaled),
        )
        .join(ActorIdentity, ActorIdentity.identity_id == LearningFact.identity_id)
        .where(
            ActorIdentity.person_id.in_(person_ids),
            LearningFact.occurred_on <= on,
            LearningFact.voided.is_(False),
        )
        .group_by(ActorIdentity.person_id, LearningFact.module_iri)
        .order_by(LearningFact.module_iri)
    )
    found: dict[int, list[ModuleStanding]] = {}
    for person_id, *standing in rows:
        found.setdefault(person_id, []).append(ModuleStanding(*standing))
    return found


def _learned(session: Session, asked: PeopleQuestion) -> Learned:
    return learned_by_people(session, asked.programme, module_iri=asked.module_iri)


def _in_order(question: Select[*tuple[Any, ...]], asked: PeopleQuestion) -> Select[*tuple[Any, ...]]:
    if asked.order is PeopleOrder.STAFF_CODE:
        question = question.outerjoin(PersonDetail, PersonDetail.person_id == Person.person_id).order_by(
            PersonDetail.staff_code
        )
    return question.order_by(Person.pseudonym)


def _people(asked: PeopleQuestion, learned: Learned) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Person.person_id,
            Person.pseudonym,
            Appointment.unit_id,
            Appointment.position,
            Appointment.staff_category,
            case((learned.had_accessed(asked.on), learned.accessed_on)),
            case((learned.had_completed(asked.on), learned.completed_on)),
        )
        .select_from(Appointment)
        .join(Person, Person.person_id == Appointment.person_id)
    )


def _choose(
    session: Session, question: Select[*tuple[Any, ...]], asked: PeopleQuestion, learned: Learned
) -> Select[*tuple[Any, ...]]:
    placing = place_posts(
        session,
        asked.unit_id,
        on=asked.on,
        restated_to=asked.restated_to,
        direct_only=asked.direct_only,
    )
    question = learned.beside(question.join(Unit, Unit.unit_id == Appointment.unit_id))
    question = placing.narrow(question.where(holds_post(asked.population, on=asked.on)))
    rules: list[ColumnElement[bool]] = []
    if asked.progress != frozenset(Progress):
        rules.append(or_(*(_is_at(progress, learned, on=asked.on) for progress in sorted(asked.progress))))
    if asked.whole_programme:
        rules.append(learned.had_completed_all(asked.on))
    if asked.level is not None:
        rules.append(Unit.level == asked.level)
    if asked.attention is not None:
        rules.append(needs_attention(asked.attention, learned, on=asked.on))
    return question.where(*rules)


def _is_at(progress: Progress, learned: Learned, *, on: date) -> ColumnElement[bool]:
    has_opened, has_completed = learned.had_accessed(on), learned.had_completed(on)
    rules: dict[Progress, ColumnElement[bool]] = {
        Progress.NOT_STARTED: ~has_opened,
        Progress.STARTED: has_opened & ~has_completed,
        Progress.COMPLETED: has_completed,
    }
    return rules[progress]
