"""Following: whatever writers do at the same time, a follower meets every statement once, in order."""

import random
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from tests.factories.statements import AUTHORITY, make_agent, make_statement
from xapi_bridge.running_app import utc_now
from xapi_bridge.store.follow import count_after, find_stored, last_sequence, read_after
from xapi_bridge.store.record import record_statements
from xapi_bridge.store.sequence import instant_of, sequence_at

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


def test_a_follower_reads_on_from_where_it_stopped(session):
    statements = [make_statement() for _ in range(5)]
    record_statements(session, statements, authority=AUTHORITY, now=NOW)

    first = read_after(session, 0, limit=2)
    rest = read_after(session, first[-1].seq, limit=10)

    assert [one.statement_id for one in [*first, *rest]] == [one.id for one in statements]
    assert rest[-1].seq == last_sequence(session)
    assert count_after(session, first[-1].seq) == 3
    assert first[0].stored == NOW


def test_an_empty_store_has_nothing_to_follow(session):
    assert read_after(session, 0, limit=10) == []
    assert last_sequence(session) == 0
    assert count_after(session, 0) == 0
    assert find_stored(session, make_statement().id) is None


def test_a_sequence_number_is_an_instant_to_the_microsecond():
    instant = datetime(2026, 11, 24, 2, 0, 0, 123_457, tzinfo=UTC)

    assert instant_of(sequence_at(instant)) == instant


def test_a_second_writer_waits_and_gets_the_higher_numbers(engine: Engine):
    """Without the lock the second could commit lower-numbered work later, behind the follower's back."""
    second_done = threading.Event()
    statement, later = make_statement(), make_statement()

    def write_second() -> None:
        with Session(engine) as session, session.begin():
            # Its clock is far behind, so only the lock keeps its number above the first one's.
            record_statements(session, [later], authority=AUTHORITY, now=datetime(2020, 1, 1, tzinfo=UTC))
        second_done.set()

    with Session(engine) as first, first.begin():
        record_statements(first, [statement], authority=AUTHORITY, now=NOW)
        writer = threading.Thread(target=write_second)
        writer.start()
        finished_early = second_done.wait(0.3)
        seen_before_commit = read_committed(engine)
    writer.join(20)

    assert not finished_early
    assert seen_before_commit == []
    assert read_committed(engine) == [statement.id, later.id]


def test_concurrent_writers_never_slip_a_statement_behind_the_follower(engine: Engine):
    batches = {name: [[make_statement(actor=make_agent(name))] * 1 for _ in range(25)] for name in "abcd"}
    writers = [threading.Thread(target=write_slowly, args=(engine, batches[name])) for name in batches]

    seen = run_following(engine, writers)

    expected = {one.id for name in batches for batch in batches[name] for one in batch}
    assert len(seen) == len(set(seen)) == len(expected)
    assert set(seen) == expected


def write_slowly(engine: Engine, batches: list) -> None:
    pause = random.Random(id(batches))
    for batch in batches:
        with Session(engine) as session, session.begin():
            now = utc_now()
            time.sleep(pause.uniform(0, 0.004))
            record_statements(session, batch, authority=AUTHORITY, now=now)
            time.sleep(pause.uniform(0, 0.004))


def run_following(engine: Engine, writers: list[threading.Thread]) -> list:
    """Starts the writers and follows until they are done and nothing is left to read."""
    seen, reached = [], 0
    for writer in writers:
        writer.start()
    finished: Callable[[], bool] = lambda: not any(writer.is_alive() for writer in writers)  # noqa: E731
    while True:
        last_round = finished()
        with Session(engine.execution_options(read_only=True)) as session:
            batch = read_after(session, reached, limit=7)
        seen += [one.statement_id for one in batch]
        reached = batch[-1].seq if batch else reached
        if last_round and not batch:
            return seen


def read_committed(engine: Engine) -> list:
    with Session(engine.execution_options(read_only=True)) as session:
        return [one.statement_id for one in read_after(session, 0, limit=10)]
