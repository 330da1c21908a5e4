"""Several workers, learners and staff clerks at the same time."""

from concurrent.futures import ThreadPoolExecutor, wait
from datetime import date, timedelta

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from sync.followers import follow_once
from sync.organization.models import ActorIdentity, Appointment
from sync.organization.staff import link_identity
from sync.rollups.dirty import mark_person_dirty
from sync.rollups.follower import rollups_follower
from sync.rollups.models import LearningFact, UnitCount
from sync.rollups.verify import verify_rollups
from tests.factories.learning import (
    IRI_BASE,
    NOON,
    create_appointment,
    create_identity,
    create_person,
    create_small_tree,
    make_completed,
    make_opened,
    record,
)

FOLLOWER = rollups_follower(iri_base=IRI_BASE)
LEARNERS = 24


def follow_in_own_transaction(engine: Engine, *, limit: int) -> int:
    with Session(engine) as session, session.begin():
        return follow_once(session, FOLLOWER, limit=limit, now=NOON)


def follow_until(engine: Engine, writers: list) -> int:
    """A worker: goes on while anyone writes, then until nothing is left."""
    total = 0
    while True:
        are_done = all(writer.done() for writer in writers)
        step = follow_in_own_transaction(engine, limit=7)
        total += step
        if are_done and not step:
            return total


def test_two_workers_never_take_the_same_batch(engine):
    with Session(engine) as session, session.begin():
        tree = create_small_tree(session)
        person = create_person(session, "an")
        create_appointment(session, person, tree.commune_a)
        create_identity(session, "an", person_id=person)
        record(session, *[make_opened("an") for _ in range(100)])

    with ThreadPoolExecutor(2) as pool:
        workers = [pool.submit(follow_until, engine, []) for _ in range(2)]
        taken = [worker.result(timeout=60) for worker in workers]

    with Session(engine) as session:
        assert sum(taken) == 100
        assert session.scalar(select(func.count()).select_from(LearningFact)) == 100
        assert verify_rollups(session, iri_base=IRI_BASE).agree


class Office:
    """A busy installation: people with posts, and accounts that nobody has linked yet."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        with Session(engine) as session, session.begin():
            self.tree = create_small_tree(session)
            self.people = [create_person(session, f"nguoi-{number}") for number in range(LEARNERS)]
            for number, person_id in enumerate(self.people):
                create_appointment(session, person_id, self.tree.leaves[number % 3])
                create_identity(session, f"tk-{number}")

    def learn(self) -> None:
        for number in range(LEARNERS):
            with Session(self.engine) as session, session.begin():
                name, instant = f"tk-{number}", NOON + timedelta(seconds=number)
                record(session, make_opened(name), make_completed(name), now=instant)

    def link(self) -> None:
        for number, person_id in enumerate(self.people):
            with Session(self.engine) as session, session.begin():
                link_account(session, f"tk-{number}", person_id)

    def move(self) -> None:
        for person_id in self.people:
            with Session(self.engine) as session, session.begin():
                move_person(session, person_id, self.tree.commune_b)


def link_account(session: Session, name: str, person_id: int) -> None:
    account = ActorIdentity.account_name == name
    session.scalars(select(ActorIdentity).where(account)).one().person_id = person_id
    mark_person_dirty(session, person_id)


def move_person(session: Session, person_id: int, unit_id: int) -> None:
    own = Appointment.person_id == person_id
    session.scalars(select(Appointment).where(own)).one().valid_to = date(2026, 11, 1)
    session.flush()
    create_appointment(session, person_id, unit_id, valid_from=date(2026, 11, 1))
    mark_person_dirty(session, person_id)


def test_links_and_moves_beside_running_workers_are_never_missed(engine):
    office = Office(engine)

    with ThreadPoolExecutor(5) as pool:
        writers = [pool.submit(work) for work in (office.learn, office.link, office.move)]
        workers = [pool.submit(follow_until, engine, writers) for _ in range(2)]
        for each in (*writers, *workers):
            each.result(timeout=120)

    with Session(engine) as session:
        report = verify_rollups(session, iri_base=IRI_BASE)
        of_commune_b = select(UnitCount.people_completed).where(
            UnitCount.unit_id == office.tree.commune_b, UnitCount.calendar == "official"
        )
        assert (report.agree, report.differences) == (True, ())
        assert session.scalars(of_commune_b).all() == [LEARNERS]


@pytest.mark.parametrize("change", ["link", "move"])
def test_a_change_waits_for_the_batch_that_cannot_see_it(engine, change):
    """The batch reads the old link or post; the change, made beside it, must mark what the batch stores."""
    office = Office(engine)
    person = office.people[0]
    with Session(engine) as session, session.begin():
        record(session, make_completed("tk-0"))
        if change == "move":
            link_account(session, "tk-0", person)

    def make_change() -> None:
        with Session(engine) as session, session.begin():
            if change == "link":
                link_account(session, "tk-0", person)
            else:
                move_person(session, person, office.tree.commune_b)

    with ThreadPoolExecutor(1) as pool, Session(engine) as batch:
        follow_once(batch, FOLLOWER, limit=10, now=NOON)
        changing = pool.submit(make_change)
        is_waiting = wait([changing], timeout=0.5).not_done
        batch.commit()
        changing.result(timeout=30)
    follow_until(engine, [])

    with Session(engine) as session:
        report = verify_rollups(session, iri_base=IRI_BASE)
        assert is_waiting
        assert (report.agree, report.differences, report.states) == (True, (), 1)


@pytest.mark.parametrize("change", ["link", "move"])
def test_a_batch_waits_for_the_change_that_it_cannot_see(engine, change):
    office = Office(engine)
    person = office.people[0]
    with Session(engine) as session, session.begin():
        record(session, make_completed("tk-0"))
        if change == "move":
            link_account(session, "tk-0", person)

    with ThreadPoolExecutor(1) as pool, Session(engine) as changing:
        if change == "link":
            link_account(changing, "tk-0", person)
        else:
            move_person(changing, person, office.tree.commune_b)
        batch = pool.submit(follow_in_own_transaction, engine, limit=10)
        is_waiting = wait([batch], timeout=0.5).not_done
        changing.commit()
        batch.result(timeout=30)
    follow_until(engine, [])

    with Session(engine) as session:
        report = verify_rollups(session, iri_base=IRI_BASE)
        assert is_waiting
        assert (report.agree, report.differences, report.states) == (True, (), 1)


# SQLite lets no second writer begin, so the race exists on PostgreSQL only.
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_clerk_who_looked_before_another_linked_sees_whom_the_other_named(engine):
    """Otherwise the person whom the other named would keep a result that is no longer theirs."""
    office = Office(engine)
    first, second, third = office.people[:3]
    with Session(engine) as session, session.begin():
        record(session, make_completed("tk-0"))
        of_account = ActorIdentity.account_name == "tk-0"
        identity_id = session.scalars(select(ActorIdentity.identity_id).where(of_account)).one()
        link_identity(session, identity_id, person_id=first, now=NOON)

    with Session(engine) as late_clerk, late_clerk.begin():
        looked_at = late_clerk.get(ActorIdentity, identity_id)
        with Session(engine) as quick_clerk, quick_clerk.begin():
            link_identity(quick_clerk, identity_id, person_id=second, now=NOON)
        follow_until(engine, [])
        link_identity(late_clerk, identity_id, person_id=third, now=NOON)
        assert looked_at.person_id == third
    follow_until(engine, [])

    with Session(engine) as session:
        report = verify_rollups(session, iri_base=IRI_BASE)
        assert (report.agree, report.differences, report.states) == (True, (), 1)
