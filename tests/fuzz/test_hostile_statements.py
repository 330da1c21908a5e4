"""Whatever comes to the door: a precise 4xx, never a 500, and never half a batch."""

import json
from dataclasses import replace
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories.hostile_json import ANY_JSON, spoilt_statements, written
from tests.factories.statements import make_properties
from tests.factories.xapi_door import open_door

#: All examples of a test share a database on purpose: what one leaves behind must not break the next.
FUZZ = settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
    ],
)
REFUSALS = {400, 403, 404, 409, 412, 413, 415}


@pytest.fixture
def door(database_url, clock):
    with open_door(database_url, clock=clock) as opened:
        yield opened


def is_stored(door, statement_id: str) -> bool:
    return door.get(statementId=statement_id).status_code == 200


def assert_precise(answer, *, taken: set[int]) -> None:
    assert answer.status_code in REFUSALS | taken, answer.get_data(as_text=True)[:500]
    if answer.status_code not in taken:
        assert answer.json["code"]
        assert answer.json["detail"]


@FUZZ
@given(statement=spoilt_statements(), version=st.sampled_from(["1.0.3", "2.0.0"]))
def test_a_spoilt_statement_takes_its_whole_batch_down_or_is_taken(door, statement, version):
    good = make_properties(id=str(uuid4()))

    answer = door.speaking(version).post(written([good, statement]))

    assert_precise(answer, taken={200})
    assert is_stored(door, good["id"]) is (answer.status_code == 200)


@FUZZ
@given(
    body=st.one_of(st.binary(max_size=300), ANY_JSON.map(written), spoilt_statements().map(written)),
    cut=st.integers(0, 400),
)
def test_any_bytes_are_answered_precisely(door, body, cut):
    assert_precise(door.post(body[: len(body) - cut] if cut < len(body) else body), taken={200})


_PARAMETERS = (
    "statementId", "voidedStatementId", "agent", "verb", "activity", "registration", "related_agents",
    "related_activities", "since", "until", "limit", "format", "attachments", "ascending", "cursor", "x",
)  # fmt: skip
_WORDS = ("true", "false", "0", "-1", "9" * 30, "ids", "exact", "canonical", "2026-11-24", "\x00")
_VALUES = st.one_of(st.text(max_size=40), st.sampled_from(_WORDS), ANY_JSON.map(json.dumps))


@FUZZ
@given(parameters=st.dictionaries(st.sampled_from(_PARAMETERS), _VALUES, max_size=5))
def test_any_parameters_are_answered_precisely(door, parameters):
    readable = {name: value.encode("utf-8", "replace").decode() for name, value in parameters.items()}

    assert_precise(door.get(**readable), taken={200})


@FUZZ
@given(
    statement_id=st.one_of(st.uuids().map(str), st.text(max_size=40)),
    statement=spoilt_statements(),
)
def test_any_put_is_answered_precisely(door, statement_id, statement):
    readable = statement_id.encode("utf-8", "replace").decode()
    if "\ud800" in json.dumps(statement, ensure_ascii=False):
        return
    answer = door.client.put(
        "/xapi/statements",
        query_string={"statementId": readable},
        data=written(statement),
        content_type="application/json",
        auth=door.auth,
        headers=door.headers,
    )

    assert_precise(answer, taken={204})


@pytest.mark.parametrize(
    "version", [None, "", "0.95", "1.0.9999", "2.0.0 ", "2", "9" * 5000, "1.0.3\u00e9", "3.0.0"]
)
def test_any_version_header_is_answered_precisely(door, version):
    headers = {} if version is None else {"X-Experience-API-Version": version}

    answer = door.client.get("/xapi/statements", auth=door.auth, headers=headers)

    assert_precise(answer, taken={200})


@pytest.mark.parametrize(
    "authorization",
    ["", "Basic", "Basic !!!", "Basic " + "A" * 9000, "Bearer x.y.z", "Digest a=b", "basic Og=="],
)
def test_any_authorization_is_answered_precisely(door, authorization):
    answer = door.client.get("/xapi/statements", headers={**door.headers, "Authorization": authorization})

    assert answer.status_code == 401
    assert answer.json["code"]


def test_a_statement_of_ten_megabytes_is_refused_by_its_size(door):
    large = make_properties(result={"response": "x" * 10_000_000})

    assert_precise(door.post(large), taken=set())


def test_fifty_thousand_statements_in_one_batch_are_all_taken_or_none(door):
    batch = [make_properties(id=str(uuid4())) for _ in range(50_000)]

    answer = door.post(written(batch))

    assert_precise(answer, taken={200})
    assert is_stored(door, batch[0]["id"]) is is_stored(door, batch[-1]["id"]) is (answer.status_code == 200)


@pytest.mark.parametrize("depth", [65, 1000, 200_000])
@pytest.mark.parametrize("opening", ["[", '{"a":'])
def test_deep_nesting_is_refused(door, depth, opening):
    closing = "]" if opening == "[" else "}"
    nested = opening * depth + "1" + closing * depth
    statement = json.dumps(make_properties())[:-1] + ',"result":{"extensions":{"urn:x":' + nested + "}}}"

    assert_precise(door.post(statement), taken=set())
    assert_precise(door.post(nested), taken=set())


def test_a_key_that_occurs_twice_is_refused(door):
    twice = (
        '{"actor":{"mbox":"mailto:a@cchc.example"},"actor":{"mbox":"mailto:b@cchc.example"},'
        + json.dumps({"verb": {"id": "urn:v"}, "object": {"id": "urn:o"}}).removeprefix("{")
    )

    answer = door.post(twice)

    assert (answer.status_code, answer.json["code"]) == (400, "key_repeated")


def test_a_clock_in_the_future_is_taken_as_told(door):
    future = make_properties(id=str(uuid4()), timestamp="2999-01-01T00:00:00Z")

    answer = replace(door, version="2.0.0").post(future)

    assert answer.status_code == 200
    assert door.get(statementId=future["id"]).json["timestamp"].startswith("2999-01-01")
