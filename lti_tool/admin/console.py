"""What the console shows: counts, followers, the outbox, what went wrong last."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from lti_tool.launch.models import LaunchSession
from lti_tool.platforms.models import PlatformRegistration
from sync.models import FollowerBookmark, OutgoingScore
from sync.organization.models import ActorIdentity, Appointment, Person, Unit
from sync.organization.units import LEVELS
from sync.rollups.models import LearningFact
from xapi_bridge.store.follow import count_after
from xapi_bridge.store.models import StatementRow


@dataclass(frozen=True)
class Counts:
    """How much of everything there is."""

    units_in_force: int
    people: int
    accounts: int
    unlinked_accounts: int
    statements: int
    launches: int
    platforms: int


@dataclass(frozen=True)
class FollowerState:
    """One follower of the store.

    Attributes:
        updated_at: when it last took something in; `None` before the first.
        waiting: statements after its bookmark.
    """

    name: str
    updated_at: datetime | None
    waiting: int


@dataclass(frozen=True)
class Outbox:
    """Scores on their way to the gradebooks.

    Attributes:
        due: to be sent for the first time, or for a better result.
        retrying: failed at least once, to be tried again.
        delivered: the LMS holds the best result.
        given_up: the LMS will never take them.
    """

    due: int
    retrying: int
    delivered: int
    given_up: int


@dataclass(frozen=True)
class Trouble:
    """A score that an LMS did not take; `since` is the instant of the result."""

    platform_name: str
    since: datetime
    failures: int
    words: str
    given_up: bool


@dataclass(frozen=True)
class UnitTally:
    """Units of one kind of list in force on a day."""

    scheme: str
    level: str
    units: int


@dataclass(frozen=True)
class UnlinkedAccount:
    """An account of the statements that belongs to no person yet; `statements` of it are counted ones."""

    identity_id: int
    home_page: str
    account_name: str
    first_seen_at: datetime
    statements: int


def count_everything(session: Session, *, on: date) -> Counts:
    """One row of numbers for the first page."""
    return Counts(
        units_in_force=_count(session, Unit.unit_id, Unit.valid_from <= on, on < Unit.valid_to),
        people=_count(session, Person.person_id),
        accounts=_count(session, ActorIdentity.identity_id),
        unlinked_accounts=count_unlinked_accounts(session),
        statements=_count(session, StatementRow.seq),
        launches=_count(session, LaunchSession.id),
        platforms=_count(session, PlatformRegistration.id, PlatformRegistration.active.is_(True)),
    )


def list_followers(session: Session) -> list[FollowerState]:
    """The followers that have begun, by name."""
    bookmarks = session.scalars(select(FollowerBookmark).order_by(FollowerBookmark.name))
    return [
        FollowerState(mark.name, mark.updated_at, count_after(session, mark.last_seq)) for mark in bookmarks
    ]


def look_into_outbox(session: Session) -> Outbox:
    """How many scores are in which state."""
    due = OutgoingScore.due_at.is_not(None)
    return Outbox(
        due=_count(session, OutgoingScore.outgoing_score_id, due, OutgoingScore.failures == 0),
        retrying=_count(session, OutgoingScore.outgoing_score_id, due, OutgoingScore.failures > 0),
        delivered=_count(
            session,
            OutgoingScore.outgoing_score_id,
            OutgoingScore.delivered_scaled == OutgoingScore.best_scaled,
        ),
        given_up=_count(session, OutgoingScore.outgoing_score_id, OutgoingScore.given_up_at.is_not(None)),
    )


def list_troubles(session: Session, *, limit: int) -> list[Trouble]:
    """Scores whose last attempt failed, the newest results first."""
    rows = session.execute(
        select(OutgoingScore, PlatformRegistration.name)
        .outerjoin(PlatformRegistration, PlatformRegistration.id == OutgoingScore.platform_registration_id)
        .where(OutgoingScore.trouble != "")
        .order_by(OutgoingScore.scored_at.desc())
        .limit(limit)
    )
    return [
        Trouble(name or "", score.scored_at, score.failures, score.trouble, score.given_up_at is not None)
        for score, name in rows
    ]


def tally_units(session: Session, *, on: date) -> list[UnitTally]:
    """How many units of each list and level are in force on a day, from the top down."""
    rows = session.execute(
        select(Unit.scheme, Unit.level, func.count())
        .where(Unit.valid_from <= on, on < Unit.valid_to)
        .group_by(Unit.scheme, Unit.level)
    )
    tallies = [UnitTally(*row) for row in rows]
    return sorted(tallies, key=lambda tally: (LEVELS.index(tally.level), tally.scheme))


def count_posts(session: Session, *, on: date) -> int:
    """How many primary posts run on a day."""
    return _count(
        session,
        Appointment.appointment_id,
        Appointment.is_primary.is_(True),
        Appointment.valid_from <= on,
        on < Appointment.valid_to,
    )


def count_unlinked_accounts(session: Session) -> int:
    """How many accounts belong to no person yet."""
    return _count(session, ActorIdentity.identity_id, ActorIdentity.person_id.is_(None))


def list_unlinked_accounts(session: Session, *, offset: int, limit: int) -> list[UnlinkedAccount]:
    """Accounts that belong to no person yet, the newest first."""
    rows = session.execute(
        select(
            ActorIdentity.identity_id,
            ActorIdentity.home_page,
            ActorIdentity.account_name,
            ActorIdentity.first_seen_at,
            func.count(LearningFact.statement_id),
        )
        .outerjoin(LearningFact, LearningFact.identity_id == ActorIdentity.identity_id)
        .where(ActorIdentity.person_id.is_(None))
        .group_by(
            ActorIdentity.identity_id,
            ActorIdentity.home_page,
            ActorIdentity.account_name,
            ActorIdentity.first_seen_at,
        )
        .order_by(ActorIdentity.first_seen_at.desc(), ActorIdentity.identity_id)
        .offset(offset)
        .limit(limit)
    )
    return [UnlinkedAccount(*row) for row in rows]


def _count(session: Session, key: InstrumentedAttribute[object], *conditions: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count(key)).where(*conditions)) or 0
