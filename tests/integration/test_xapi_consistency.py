"""What X-Experience-API-Consistent-Through promises stays true, whoever writes and whatever the clocks do."""

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, delete
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from tests.conftest import StandingClock
from tests.factories.statements import AUTHORITY, make_properties, make_statement
from tests.factories.xapi_door import Door, open_door
from xapi_bridge.running_app import utc_now
from xapi_bridge.store.models import Posting, StatementRow
from xapi_bridge.store.record import record_statements
from xapi_bridge.store.sequence import (
    certain_through,
    instant_of,
    pin_watermark,
    raise_watermark,
    sequence_at,
)

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
HEADER = "X-Experience-API-Consistent-Through"


def raise_if_free(engine: Engine, *, now: datetime) -> int | None:
    with Session(engine.execution_options(only_if_free=True)) as session, session.begin():
        return raise_watermark(session, now=now)


def record_at(engine: Engine, now: datetime) -> None:
    with Session(engine) as session, session.begin():
        record_statements(session, [make_statement()], authority=AUTHORITY, now=now)


def reached(engine: Engine) -> datetime:
    with Session(engine.execution_options(read_only=True)) as session:
        return instant_of(certain_through(session))


def test_while_nobody_records_the_store_is_complete_up_to_the_present(engine):
    assert raise_if_free(engine, now=NOW) == sequence_at(NOW) - 1

    assert reached(engine) == NOW - MICROSECOND


def test_a_clock_that_went_back_neither_lowers_the_watermark_nor_slips_below_it(engine):
    raise_if_free(engine, now=NOW)

    raise_if_free(engine, now=NOW - timedelta(hours=1))
    assert reached(engine) == NOW - MICROSECOND
    record_at(engine, NOW - timedelta(hours=2))
    assert reached(engine) == NOW


def test_a_number_is_not_given_again_after_its_statement_was_deleted(engine):
    record_at(engine, NOW)

    with Session(engine) as session, session.begin():
        pin_watermark(session)
        session.execute(delete(Posting))
        session.execute(delete(StatementRow))
    assert reached(engine) == NOW
    record_at(engine, NOW)

    assert reached(engine) == NOW + MICROSECOND


def test_while_another_records_the_watermark_is_left_alone_and_nobody_waits(engine):
    with Session(engine) as writer, writer.begin():
        record_statements(writer, [make_statement()], authority=AUTHORITY, now=NOW)

        try:
            raised = raise_if_free(engine, now=NOW + timedelta(hours=1))
        except OperationalError:  # SQLite cannot even begin
            raised = None

        assert raised is None
        assert reached(engine) < NOW
    assert reached(engine) == NOW


def test_a_refused_attempt_leaves_the_connection_patient(engine):
    """On SQLite the attempt lowers the patience of a pooled connection; it must be given back."""
    with Session(engine) as writer, writer.begin():
        record_statements(writer, [make_statement()], authority=AUTHORITY, now=NOW)
        with suppress(OperationalError):
            raise_if_free(engine, now=NOW)
        second = threading.Thread(target=record_at, args=(engine, NOW))
        second.start()
        second.join(0.3)
        assert second.is_alive()
    second.join(20)

    assert reached(engine) == NOW + MICROSECOND


# At the door


@pytest.fixture
def door(database_url, clock) -> Iterator[Door]:
    with open_door(database_url, clock=clock) as opened:
        yield opened


def test_the_announced_instant_follows_the_clock_while_nobody_records(door, clock):
    door.post(make_properties())
    clock.forward(minutes=5)

    assert door.get().headers[HEADER] == "2026-11-24T02:04:59.999999Z"
    clock.forward(milliseconds=150)
    assert door.get().headers[HEADER] == "2026-11-24T02:04:59.999999Z", "no write for so little"
    clock.forward(milliseconds=150)
    assert door.get().headers[HEADER] == "2026-11-24T02:05:00.299999Z"


def test_an_announced_instant_binds_every_process_that_records_later(database_url, clock):
    behind = StandingClock(clock() - timedelta(minutes=10))
    with open_door(database_url, clock=clock) as reader, open_door(database_url, clock=behind) as writer:
        announced = reader.get().headers[HEADER]

        (late,) = writer.post(make_properties()).get_json()

        assert reader.get(statementId=late).get_json()["stored"] > announced


def test_a_refusal_tells_how_far_the_store_is_complete(door):
    assert door.get(limit="x").headers[HEADER] == "2026-11-24T01:59:59.999999Z"
    assert "2026" in door.client.get("/xapi/statements").headers[HEADER]


def read_and_note(door: Door, announced: list, *, until: Callable[[], bool]) -> None:
    """Keeps asking, and notes what was announced together with what was visible up to there."""
    while True:
        last_round = until()
        answer = door.get()
        through = answer.headers[HEADER]
        visible = {one["id"] for one in answer.get_json()["statements"] if one["stored"] <= through}
        announced.append((through, visible))
        if last_round:
            return


def assert_all_came_true(door: Door, announced: list) -> None:
    stored = {one["id"]: one["stored"] for one in door.get().get_json()["statements"]}
    for through, visible in announced:
        assert {one for one, instant in stored.items() if instant <= through} == visible


def test_nothing_appears_behind_a_reader_whatever_eight_writers_clocks_say(database_url):
    offsets = [0, 0.05, -30, -3600]
    announced: list = []
    with ExitStack() as stack:
        doors = [
            stack.enter_context(
                open_door(database_url, clock=lambda by=by: utc_now() + timedelta(seconds=by))
            )
            for by in offsets
        ]
        own = [replace(door, client=door.app.test_client()) for door in doors * 2]
        writers = [threading.Thread(target=post_some, args=(door, 8)) for door in own]
        for writer in writers:
            writer.start()

        read_and_note(doors[0], announced, until=lambda: not any(one.is_alive() for one in writers))

        assert len(doors[0].stored_ids()) == 8 * len(own)
        assert_all_came_true(doors[0], announced)


def post_some(door: Door, count: int) -> None:
    for _ in range(count):
        assert door.post(make_properties()).status_code == 200


WRITE_IN_A_PROCESS = """
import sys
from tests.factories.statements import make_properties
from tests.factories.xapi_door import open_door
from xapi_bridge.running_app import utc_now
with open_door(sys.argv[1], clock=utc_now) as door:
    for _ in range(15):
        assert door.post(make_properties()).status_code == 200
"""


def test_nothing_appears_behind_a_reader_when_other_processes_write(database_url):
    announced: list = []
    root = Path(__file__).parents[2]
    with open_door(database_url, clock=utc_now) as door:
        writers = [
            subprocess.Popen([sys.executable, "-c", WRITE_IN_A_PROCESS, database_url], cwd=root)
            for _ in range(2)
        ]

        read_and_note(door, announced, until=lambda: all(one.poll() is not None for one in writers))

        assert [writer.returncode for writer in writers] == [0, 0]
        assert len(door.stored_ids()) == 30
        assert_all_came_true(door, announced)
