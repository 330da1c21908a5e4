"""How often a key may ask and an address may fail, at the door."""

import base64

import pytest

from lti_tool.settings import load_settings
from lti_tool.xapi_access import open_counters
from tests.factories.statements import make_properties
from tests.factories.xapi_door import Door, open_door
from xapi_bridge.http.settings import LrsSettings
from xapi_bridge.running_app import now, section, transaction, utc_now
from xapi_bridge.store.credentials import Terms, issue_credential


@pytest.fixture
def door(database_url, clock):
    with open_door(database_url, clock=clock, CCHC_FAILED_KEYS_PER_MINUTE="3") as opened:
        yield opened


def slow_key(door, per_minute: int) -> Door:
    terms = Terms(label="x", scopes=frozenset({"all"}), requests_per_minute=per_minute)
    with door.app.app_context(), transaction() as session:
        key = issue_credential(session, terms, now=now(), pepper=section(LrsSettings).secret)
    return Door(door.app, door.client, key)


def fail(door):
    wrong = base64.b64encode(b"abc:wrong").decode()
    return door.client.get("/xapi/statements", headers={**door.headers, "Authorization": f"Basic {wrong}"})


def test_a_key_over_its_limit_is_told_when_to_come_back(door):
    slow = slow_key(door, 2)

    answers = [slow.post(make_properties()) for _ in range(3)]

    assert [one.status_code for one in answers] == [200, 200, 429]
    assert answers[2].get_json()["code"] == "too_many_requests"
    assert 1 <= int(answers[2].headers["Retry-After"]) <= 60
    assert len(door.stored_ids()) == 2


def test_the_limit_of_one_key_is_not_that_of_another(door):
    slow = slow_key(door, 1)
    slow.get()

    assert slow.get().status_code == 429
    assert door.get().status_code == 200


def test_an_address_that_fails_too_often_is_told_so_and_good_keys_still_open(door):
    answers = [fail(door) for _ in range(4)]

    assert [one.status_code for one in answers] == [401, 401, 401, 429]
    assert answers[3].get_json()["code"] == "too_many_failures"
    assert int(answers[3].headers["Retry-After"]) >= 1
    assert "WWW-Authenticate" not in answers[3].headers
    assert door.get().status_code == 200


def test_two_applications_on_one_machine_count_together(database_url, clock, tmp_path):
    folder = {"CCHC_DATA_DIR": str(tmp_path)}
    with (
        open_door(database_url, clock=clock, **folder) as door,
        open_door(database_url, clock=utc_now, **folder) as other,
    ):
        slow = slow_key(door, 2)
        beside = Door(other.app, other.client, slow.credential)

        answers = [slow.get(), beside.get(), slow.get(), beside.get()]

    assert [one.status_code for one in answers] == [200, 200, 429, 429]


def test_with_a_redis_broker_the_counters_are_there():
    counters = open_counters(load_settings({"CCHC_BROKER_URL": "redis://redis.example/0"}))

    assert type(counters._shared.storage).__name__ == "RedisStorage"
