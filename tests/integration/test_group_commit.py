"""Requests that write at the same time share a commit, and each has its own outcome."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from datetime import UTC, datetime

import pytest
from sqlalchemy import event, func, select, text
from sqlalchemy.orm import Session

from tests.factories.statements import AUTHORITY, make_statement
from xapi_bridge.errors import StatementConflict
from xapi_bridge.group_commit import GroupCommit
from xapi_bridge.store.models import StatementKey, StatementRow, Term
from xapi_bridge.store.record import record_statements

SECONDS = 60


class Refused(Exception):  # noqa: N818 - named as our refusals are
    """A change that raises."""


def recording(*statements) -> Callable[[Session], list]:
    return lambda session: record_statements(session, statements, authority=AUTHORITY, now=datetime.now(UTC))


def count(engine, table=StatementRow) -> int:
    with Session(engine) as session:
        return session.scalar(select(func.count()).select_from(table))


@pytest.fixture
def commits(engine):
    """How many transactions were committed since the test began."""
    counted: list[object] = []
    event.listen(engine, "commit", counted.append)
    return counted


class Held:
    """A change that keeps the lead until the test has brought others into the queue."""

    def __init__(self) -> None:
        self.began, self.may_end = threading.Event(), threading.Event()

    def __call__(self, session: Session) -> str:
        session.execute(text("SELECT 1"))
        self.began.set()
        assert self.may_end.wait(SECONDS)
        return "held"


def wait_for_queue(group: GroupCommit, length: int) -> None:
    released = threading.Event()
    for _ in range(SECONDS * 100):
        if len(group._queue) == length:
            return
        released.wait(0.01)
    raise AssertionError(f"{len(group._queue)} of {length} came to the queue")


def test_those_who_come_meanwhile_share_the_next_commit(engine, commits):
    group, held = GroupCommit(engine), Held()
    with ThreadPoolExecutor(9) as pool:
        leading = pool.submit(group.commit, held)
        assert held.began.wait(SECONDS)
        following = [pool.submit(group.commit, recording(make_statement())) for _ in range(8)]
        wait_for_queue(group, 8)

        held.may_end.set()

        assert leading.result(SECONDS) == "held"
        assert [len(one.result(SECONDS)) for one in following] == [1] * 8
    assert len(commits) == 2
    assert count(engine) == 8


def test_a_refused_change_leaves_the_others_alone(engine):
    group, held, known = GroupCommit(engine), Held(), make_statement()
    group.commit(recording(known))
    other = make_statement(id=str(known.id), result={"success": False})
    with ThreadPoolExecutor(4) as pool:
        pool.submit(group.commit, held)
        assert held.began.wait(SECONDS)
        good = pool.submit(group.commit, recording(make_statement()))
        bad = pool.submit(group.commit, recording(make_statement(), other))
        last = pool.submit(group.commit, recording(make_statement()))
        wait_for_queue(group, 3)

        held.may_end.set()

        assert len(good.result(SECONDS)) == len(last.result(SECONDS)) == 1
        with pytest.raises(StatementConflict):
            bad.result(SECONDS)
    assert count(engine) == count(engine, StatementKey) == 3


def test_terms_of_a_refused_change_are_not_remembered(engine):
    group, held = GroupCommit(engine), Held()
    lesson = {"id": "https://cchc.example/never-seen-before"}

    def record_and_raise(session: Session) -> None:
        recording(make_statement(object=lesson))(session)
        raise Refused

    with ThreadPoolExecutor(3) as pool:
        pool.submit(group.commit, held)
        assert held.began.wait(SECONDS)
        bad = pool.submit(group.commit, record_and_raise)
        other = pool.submit(group.commit, recording(make_statement(object=lesson)))
        wait_for_queue(group, 2)
        held.may_end.set()
        other.result(SECONDS)
        with pytest.raises(Refused):
            bad.result(SECONDS)

    group.commit(recording(make_statement(object=lesson)))

    with Session(engine) as session:
        counted = session.scalar(select(Term.posting_count).where(Term.value == lesson["id"]))
    assert counted == 2


def test_nobody_is_told_success_when_the_commit_fails(engine):
    group, held = GroupCommit(engine), Held()

    def fail(_connection: object) -> None:
        raise Refused("the disk is full")

    with ThreadPoolExecutor(3) as pool:
        leading = pool.submit(group.commit, held)
        assert held.began.wait(SECONDS)
        following = [pool.submit(group.commit, recording(make_statement())) for _ in range(2)]
        wait_for_queue(group, 2)
        event.listen(engine, "commit", fail)
        held.may_end.set()

        for one in [leading, *following]:
            with pytest.raises(Refused):
                one.result(SECONDS)
    event.remove(engine, "commit", fail)
    assert count(engine) == 0
    assert len(group.commit(recording(make_statement()))) == 1


def test_a_change_runs_in_the_context_of_its_caller(engine):
    group, held, who = GroupCommit(engine), Held(), ContextVar("who", default="nobody")

    def ask(name: str) -> str:
        who.set(name)
        return group.commit(lambda _session: who.get())

    with ThreadPoolExecutor(4) as pool:
        pool.submit(group.commit, held)
        assert held.began.wait(SECONDS)
        asked = [pool.submit(ask, name) for name in ("a", "b", "c")]
        wait_for_queue(group, 3)
        held.may_end.set()

        assert [one.result(SECONDS) for one in asked] == ["a", "b", "c"]


def test_no_group_is_larger_than_allowed_and_nobody_is_forgotten(engine, commits):
    group, held = GroupCommit(engine, most=3), Held()
    with ThreadPoolExecutor(9) as pool:
        pool.submit(group.commit, held)
        assert held.began.wait(SECONDS)
        following = [pool.submit(group.commit, recording(make_statement())) for _ in range(8)]
        wait_for_queue(group, 8)
        held.may_end.set()
        for one in following:
            one.result(SECONDS)

    assert len(commits) == 1 + 3
    assert count(engine) == 8


def test_a_lone_writer_raises_what_its_change_raised(engine):
    group = GroupCommit(engine)

    def record_and_raise(session: Session) -> None:
        recording(make_statement())(session)
        raise Refused

    with pytest.raises(Refused):
        group.commit(record_and_raise)

    assert count(engine) == 0
    assert len(group.commit(recording(make_statement()))) == 1
