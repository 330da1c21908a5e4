"""Every address of the xAPI door × every method × every scope: who is let in."""

import json
import shutil

import pytest

from tests.factories.statements import LESSON, make_agent, make_properties, make_voiding
from tests.factories.xapi_door import create_key, open_door
from xapi_bridge.http.views import RESOURCES
from xapi_bridge.running_app import utc_now
from xapi_bridge.store.scopes import PSEUDONYMS, SCOPES

AGENT = json.dumps(make_agent("hoc-vien-1"))
ID = "6690e6c9-3ef0-4ed3-8b37-7f3964730bee"
STATE = {"activityId": LESSON, "agent": AGENT, "stateId": "x"}
ACTIVITY_PROFILE = {"activityId": LESSON, "profileId": "x"}
AGENT_PROFILE = {"agent": AGENT, "profileId": "x"}

WRITERS = {"all", "statements/write"}
READERS = {"all", "all/read", "statements/read", "statements/read/mine", PSEUDONYMS}
READS_STATES, WRITES_STATES = {"all", "all/read", "state"}, {"all", "state"}
READS_PROFILES, WRITES_PROFILES = {"all", "all/read", "profile"}, {"all", "profile"}

#: (address, method) -> parameters, and the scopes that are let in.
DOORS = {
    ("/about", "GET"): ({}, set(SCOPES)),
    ("/statements", "GET"): ({}, READERS),
    ("/statements", "POST"): ({}, WRITERS),
    ("/statements", "PUT"): ({"statementId": ID}, WRITERS),
    ("/agents", "GET"): ({"agent": AGENT}, {"all", "all/read", "statements/read", "profile"}),
    ("/activities", "GET"): ({"activityId": LESSON}, set(SCOPES) - {"statements/write"}),
    **{
        (address, method): (parameters, readers if method == "GET" else writers)
        for address, parameters, readers, writers in (
            ("/activities/state", STATE, READS_STATES, WRITES_STATES),
            ("/activities/profile", ACTIVITY_PROFILE, READS_PROFILES, WRITES_PROFILES),
            ("/agents/profile", AGENT_PROFILE, READS_PROFILES, WRITES_PROFILES),
        )
        for method in ("GET", "PUT", "POST", "DELETE")
    },
}


@pytest.fixture(scope="module")
def door(tmp_path_factory, prepared_sqlite_file):
    # Rights do not depend on the database; one file serves the whole table.
    copy = tmp_path_factory.mktemp("scopes") / "scopes.sqlite"
    shutil.copy(prepared_sqlite_file, copy)
    with open_door(f"sqlite:///{copy}", clock=utc_now) as opened:
        yield opened


@pytest.fixture(scope="module")
def keys(door):
    return {scope: create_key(door.app, scope) for scope in SCOPES}


def ask(door, key, address, method, parameters):
    body = json.dumps(make_properties() if address == "/statements" else {"a": 1})
    return door.client.open(
        f"/xapi{address}",
        method=method,
        query_string=parameters,
        data=body if method in {"PUT", "POST"} else None,
        content_type="application/json",
        auth=(key.key, key.secret),
        headers={**door.headers, **({"If-None-Match": "*"} if method == "PUT" else {})},
    )


def test_the_table_holds_every_address_and_method():
    assert DOORS.keys() == {(address, method) for address, views in RESOURCES.items() for method in views}


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize(("address", "method"), DOORS)
def test_a_key_is_let_in_where_its_scope_says(door, keys, address, method, scope):
    parameters, let_in = DOORS[address, method]

    answer = ask(door, keys[scope], address, method, parameters)

    if scope in let_in:
        assert answer.status_code not in {401, 403}, answer.text
        return
    assert answer.status_code == 403
    assert answer.get_json()["code"] in {"scope_missing", "pseudonym_only"}


@pytest.mark.parametrize(("address", "method"), sorted(DOORS.keys() - {("/about", "GET")}))
def test_without_a_key_every_address_is_closed(door, address, method):
    parameters, _ = DOORS[address, method]

    answer = door.client.open(f"/xapi{address}", method=method, query_string=parameters, headers=door.headers)

    assert (answer.status_code, answer.get_json()["code"]) == (401, "credential_missing")


def test_a_key_that_reads_its_own_sees_what_its_authority_recorded(door):
    writer = door.with_key("statements/write", "statements/read/mine")
    own = writer.post(make_properties()).get_json()

    assert writer.stored_ids() == own
    assert writer.get(statementId=own[0]).status_code == 200
    (foreign,) = door.with_key("statements/write").post(make_properties()).get_json()
    assert writer.get(statementId=foreign).status_code == 404


def test_voiding_needs_writing(door):
    target = door.post(make_properties()).get_json()[0]

    answer = door.with_key("statements/read").post(json.loads(make_voiding(target).raw))

    assert answer.status_code == 403
    assert door.get(statementId=target).status_code == 200


@pytest.mark.parametrize(
    ("scopes", "defines"),
    [(["statements/write"], False), (["statements/write", "define"], True), (["all"], True)],
)
def test_definitions_count_only_with_the_scope_define(door, scopes, defines):
    activity_id = f"https://lms.example/{'-'.join(scopes).replace('/', '-')}"
    activity = {"id": activity_id, "definition": {"name": {"vi": "Bài một"}}}

    assert door.with_key(*scopes).post(make_properties(object=activity)).status_code == 200

    key = door.credential
    known = ask(door, key, "/activities", "GET", {"activityId": activity_id}).get_json()
    assert ("definition" in known) is defines
