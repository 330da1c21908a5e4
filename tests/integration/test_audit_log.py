"""The audit log: nothing of a learner is shown before it says so, and it tells nobody's name itself."""

import json
import sqlite3
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from lti_tool.database import audit_file, create_database_engine
from tests.factories.statements import LESSON, make_properties
from tests.factories.xapi_door import open_door
from xapi_bridge.running_app import audit_transaction, lend, running_app
from xapi_bridge.store.audit import (
    Reader,
    Reading,
    ReadingFilter,
    digest_person,
    list_readings,
    note_action,
    note_reading,
    prune_readings,
    redact_asked,
)

ID = "6690e6c9-3ef0-4ed3-8b37-7f3964730bee"
PERSON = {"mbox": "mailto:nguyen.van.a@bonoivu.example"}
IDENTIFIER = ("mbox", "mailto:nguyen.van.a@bonoivu.example")
SECRET = b"insecure-development-key"


@pytest.fixture
def door(database_url, clock):
    with open_door(database_url, clock=clock) as opened:
        yield opened


def readings(door, **wanted):
    with door.app.app_context(), audit_transaction(read_only=True) as session:
        return list_readings(session, ReadingFilter(**wanted), limit=1000)


def get(door, address, **parameters):
    return door.client.get(f"/xapi{address}", query_string=parameters, auth=door.auth, headers=door.headers)


def test_a_page_of_statements_leaves_who_what_when_and_how_many(door, clock):
    door.post([make_properties(actor=PERSON) for _ in range(3)])

    answer = door.get(agent=json.dumps(PERSON), limit="2")

    (entry,) = readings(door)
    assert (entry.reader, entry.resource, entry.records) == (
        Reader("key", door.credential.key),
        "statements",
        2,
    )
    assert entry.read_at == clock.instant
    assert entry.person_digest == digest_person(IDENTIFIER, secret=SECRET)
    assert json.loads(entry.asked)["limit"] == "2"
    assert entry.request_id == answer.headers["X-Request-ID"]


def test_the_log_names_nobody(door):
    door.post(make_properties(id=ID, actor=PERSON))
    door.get(agent=json.dumps(PERSON))
    get(door, "/agents", agent=json.dumps(PERSON))
    get(door, "/activities/state", activityId="https://x.example/?m=a@b.example", agent=json.dumps(PERSON))

    logged = repr(readings(door))

    assert "nguyen" not in logged
    assert "a@b.example" not in logged
    assert len(readings(door, person_digest=digest_person(IDENTIFIER, secret=SECRET))) == 3


@pytest.mark.parametrize(
    ("address", "parameters", "resource"),
    [
        ("/statements", {"statementId": ID}, "statement"),
        ("/statements", {}, "statements"),
        ("/agents", {"agent": json.dumps(PERSON)}, "agents"),
        ("/activities/state", {"activityId": LESSON, "agent": json.dumps(PERSON)}, "state_documents"),
        ("/activities/profile", {"activityId": LESSON}, "activity_profile_documents"),
        ("/agents/profile", {"agent": json.dumps(PERSON)}, "agent_profile_documents"),
    ],
)
def test_every_way_to_read_leaves_an_entry(door, address, parameters, resource):
    door.post(make_properties(id=ID))

    assert get(door, address, **parameters).status_code == 200
    assert [entry.resource for entry in readings(door)] == [resource]


def test_what_was_refused_or_recorded_is_no_reading(door):
    door.post(make_properties(id=ID))
    door.get(limit="x")
    door.get(statementId="00000000-0000-4000-8000-000000000000")
    door.with_key("statements/write").get()

    assert readings(door) == []


def test_nothing_is_shown_that_cannot_be_logged(door, tmp_path):
    door.post(make_properties(id=ID, actor=PERSON))
    broken = create_database_engine(f"sqlite:///{tmp_path / 'without-tables.sqlite'}")
    with door.app.app_context():
        lend(door.app, replace(running_app(), audit_engine=broken))

    answer = door.get(statementId=ID)
    broken.dispose()

    assert answer.status_code == 500
    assert "nguyen" not in answer.text


def test_a_reader_does_not_wait_for_whoever_records(door, engine):
    """On SQLite the log has a lock of its own; on PostgreSQL rows do not hinder each other."""
    door.post(make_properties(id=ID))
    door.get(statementId=ID)

    with Session(engine) as writer:
        writer.execute(text("UPDATE xapi_term SET posting_count = posting_count"))
        answer = door.get(statementId=ID)

    assert answer.status_code == 200
    assert len(readings(door)) == 2


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_on_sqlite_the_readings_lie_beside_the_database_for_their_owner_only(door, tmp_path):
    door.post(make_properties(id=ID))
    door.get(statementId=ID)

    path = audit_file(tmp_path / "test.sqlite")

    connection = sqlite3.connect(path)
    assert connection.execute("SELECT count(*) FROM xapi_reading").fetchone() == (1,)
    connection.close()
    assert path.stat().st_mode & 0o077 == 0


# ---- the log itself ----


def make_reading(clock, **changes):
    return replace(
        Reading(clock.instant, Reader("key", "k1"), "statements", "{}", None, 1, "request-1"), **changes
    )


@pytest.fixture
def log(door):
    with door.app.app_context(), audit_transaction() as session:
        yield session


def test_entries_are_found_by_reader_person_and_day(log, clock):
    first = make_reading(clock, reader=Reader("operator", "an"), person_digest="a" * 32)
    second = make_reading(clock, read_at=clock.instant + timedelta(days=1))
    for one in (first, second):
        note_reading(log.connection(), one)

    def found(**wanted):
        return [one.reader.name for one in list_readings(log, ReadingFilter(**wanted), limit=10)]

    assert found() == ["k1", "an"]
    assert found(reader="an") == ["an"]
    assert found(person_digest="a" * 32) == ["an"]
    assert found(since=second.read_at) == ["k1"]
    assert found(until=second.read_at) == ["an"]


def test_pages_follow_each_other(log, clock):
    for number in range(5):
        note_reading(log.connection(), make_reading(clock, records=number))

    first = list_readings(log, ReadingFilter(), limit=2)
    second = list_readings(log, ReadingFilter(), limit=2, before=first[-1].reading_id)

    assert [one.records for one in (*first, *second)] == [4, 3, 2, 1]


def test_an_entry_cannot_be_changed(log, clock):
    note_reading(log.connection(), make_reading(clock))

    with pytest.raises(DBAPIError, match="append-only"):
        log.execute(text("UPDATE xapi_reading SET records = 0"))


def test_an_action_cannot_be_changed_either(session, clock):
    note_action(session, "credential_created", operator="an", subject="k1", now=clock.instant)

    with pytest.raises(DBAPIError, match="append-only"):
        session.execute(text("UPDATE xapi_action SET operator = 'binh'"))


def test_pruning_takes_the_old_ones_only(log, clock):
    for days in (0, 1, 800, 900):
        note_reading(
            log.connection(), make_reading(clock, read_at=clock.instant - timedelta(days=days), records=days)
        )

    removed = prune_readings(log, older_than=clock.instant - timedelta(days=730))

    assert removed == 2
    assert [one.records for one in list_readings(log, ReadingFilter(), limit=10)] == [1, 0]
    assert prune_readings(log, older_than=clock.instant - timedelta(days=730)) == 0


@pytest.mark.parametrize("value", ["a@b.example", "mailto%3Aa%40b.example", "x" * 401])
def test_what_could_name_somebody_is_a_digest(value):
    redacted = json.loads(redact_asked({"profileId": value, "limit": 5}, secret=SECRET))

    assert redacted["limit"] == "5"
    assert redacted["profileId"].startswith("digest:")


def test_a_very_long_question_is_kept_as_one_digest():
    asked = {f"p{number}": "y" * 300 for number in range(100)}

    assert json.loads(redact_asked(asked, secret=SECRET)).keys() == {"digest"}


def test_a_cursor_tells_nothing_and_is_left_out():
    assert redact_asked({"cursor": "abc"}, secret=SECRET) == "{}"


def test_the_digest_of_a_person_needs_the_secret():
    assert digest_person(IDENTIFIER, secret=b"a") != digest_person(IDENTIFIER, secret=b"b")
