"""Pushing with a key of a source: statements without ids are stored once, however often a batch comes."""

import json

import pytest

from tests.factories.statements import make_agent, make_properties
from tests.factories.xapi_door import open_door
from xapi_bridge.http import statements as statements_door
from xapi_bridge.http.callers import Caller
from xapi_bridge.statement import Account, parse_statement
from xapi_bridge.store.audit import Reader
from xapi_bridge.vocabulary.cchc import source_authority

BASE = "https://cchc.example/"
MOODLE = source_authority(BASE, "moodle-bo")


@pytest.fixture
def door(database_url, clock):
    with open_door(database_url, clock=clock) as opened:
        yield opened


def push(door, *properties, authority=MOODLE):
    parsed = [parse_statement(json.dumps(one).encode()) for one in properties]
    caller = Caller(Reader("key", "tap"), frozenset({"all"}), authority)
    with door.app.test_request_context("/xapi/statements", method="POST"):
        return statements_door._record(parsed, {}, caller=caller)


def unnamed(second):
    return make_properties(timestamp=f"2026-11-25T02:00:{second:02}Z")


def test_a_batch_that_is_sent_again_after_a_time_out_is_stored_once(door):
    first = push(door, unnamed(1), unnamed(2), unnamed(2))

    again = push(door, unnamed(1), unnamed(2), unnamed(2))

    assert first == again
    assert len(set(first)) == 3
    assert len(door.stored_ids()) == 3


def test_a_part_of_the_batch_that_is_sent_alone_is_known(door):
    _first, second = push(door, unnamed(1), unnamed(2))

    assert push(door, unnamed(2)) == [second]
    assert len(door.stored_ids()) == 2


def test_a_key_of_no_source_gets_new_ids_each_time(door):
    other = Account(BASE, "key-0123")

    push(door, unnamed(1), authority=other)
    push(door, unnamed(1), authority=other)

    assert len(door.stored_ids()) == 2


def test_what_a_source_said_is_found_by_its_authority(door):
    push(door, unnamed(1))
    push(door, make_properties(actor=make_agent("khac")), authority=Account(BASE, "key-0123"))

    found = door.get(
        agent=json.dumps({"account": {"homePage": MOODLE.home_page, "name": MOODLE.name}}),
        related_agents="true",
    )

    assert len(found.get_json()["statements"]) == 1
