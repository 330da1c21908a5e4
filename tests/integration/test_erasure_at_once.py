"""Recording, counting and erasing at the same time: nothing is lost, and the counts agree at the end."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select

from lti_tool.launch.erasure import OpenedLaunches
from sync.followers import follow_once
from sync.privacy.carrying_out import Tools, carry_out
from sync.privacy.erasures import Order, confirm_erasure, get_erasure, order_erasure
from sync.privacy.subjects import find_subject_by_agent
from sync.rollups.follower import rollups_follower
from sync.rollups.models import LearningFact
from sync.rollups.verify import verify_rollups
from tests.factories.erasure import KEY
from tests.factories.learning import (
    IRI_BASE,
    NOON,
    create_appointment,
    create_identity,
    create_person,
    create_small_tree,
    make_completed,
    record,
)

LEARNER = "hv-an-4f1c2d3e9a"
NOW = NOON + timedelta(hours=1)
ROUNDS = 12


def in_threads(*works) -> None:
    """Runs them at once and raises what any of them raised."""
    failed: list[BaseException] = []

    def guarded(work) -> None:
        try:
            work()
        except BaseException as broken:  # noqa: BLE001 - raised again in the test's own thread
            failed.append(broken)

    threads = [threading.Thread(target=guarded, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=240)
    assert not any(thread.is_alive() for thread in threads)
    if failed:
        raise failed[0]


@pytest.fixture
def erasure_id(opened) -> int:
    """A request about a learner of sixty statements that nobody has counted yet."""
    with opened() as session:
        person = create_person(session, "bi-danh-1")
        create_appointment(session, person, create_small_tree(session).commune_a)
        create_identity(session, LEARNER, person_id=person)
        record(session, *(make_completed(LEARNER, f"m{number % 5}") for number in range(60)))
        agent = f'{{"account": {{"homePage": "https://lms.example", "name": "{LEARNER}"}}}}'
        subject = find_subject_by_agent(session, agent, key=KEY)
        order = Order("CV-1", "Đơn", "erase")
        made = order_erasure(session, subject, order, by="x", iri_base=IRI_BASE, key=KEY, now=NOW)
        return made.erasure_id


def test_the_same_learner_goes_on_while_the_old_records_are_erased(opened, erasure_id):
    new, late = [], []

    def learn() -> None:
        for number in range(ROUNDS):
            with opened() as session:
                new.extend(
                    record(session, make_completed(LEARNER, f"n{number}", at=NOW + timedelta(hours=1)))
                )
                late.extend(record(session, make_completed(LEARNER, f"l{number}", at=NOON)))

    def count() -> None:
        for _ in range(2 * ROUNDS):
            with opened() as session:
                follow_once(session, rollups_follower(iri_base=IRI_BASE), limit=10, now=NOW)

    def erase() -> None:
        with opened() as session:
            confirm_erasure(session, erasure_id, typed_reference="CV-1", by="x", key=KEY, now=NOW)
        carry_out(opened, Tools(KEY, OpenedLaunches()), clock=lambda: NOW, most_chunks=1000)

    in_threads(learn, count, erase)
    with opened() as session:
        while follow_once(session, rollups_follower(iri_base=IRI_BASE), limit=500, now=NOW):
            pass

    with opened() as session:
        assert get_erasure(session, erasure_id).state == "finished"
        report = verify_rollups(session, iri_base=IRI_BASE)
        assert report.agree, report.differences
        facts = set(session.scalars(select(LearningFact.statement_id)))
        assert facts >= {*new, *late}
        assert len(facts) == 60 + 2 * ROUNDS
