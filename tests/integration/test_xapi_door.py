"""The xAPI door as programs meet it: keys, scopes, versions, headers, and a table of bad input."""

import json
from collections.abc import Iterator
from uuid import uuid4

import pytest

from tests.factories.statements import LESSON, make_agent, make_properties
from tests.factories.xapi_door import Door, open_door

ID = "6690e6c9-3ef0-4ed3-8b37-7f3964730bee"


@pytest.fixture
def door(database_url, clock) -> Iterator[Door]:
    with open_door(database_url, clock=clock) as opened:
        yield opened


def test_what_is_posted_can_be_read_at_once(door):
    answer = door.post([make_properties(), make_properties(id=ID)])

    first, second = answer.get_json()
    assert answer.status_code == 200
    assert second == ID
    assert door.get(statementId=first).get_json()["verb"] == make_properties()["verb"]
    assert door.stored_ids() == [second, first]


def test_a_put_statement_takes_the_id_of_its_address(door):
    answer = door.put(ID, make_properties())

    assert (answer.status_code, answer.data) == (204, b"")
    assert door.get(statementId=ID).get_json()["id"] == ID


def test_the_same_again_is_answered_the_same_and_stored_once(door):
    for _ in range(2):
        assert door.put(ID, make_properties()).status_code == 204
        assert door.post(make_properties(id=ID)).get_json() == [ID]

    assert door.stored_ids() == [ID]


def test_another_statement_under_the_same_id_is_a_conflict(door):
    door.put(ID, make_properties())

    answers = [
        door.put(ID, make_properties(object={"id": "https://cchc.example/p/x"})),
        door.post([make_properties(), make_properties(id=ID, actor=make_agent("b"))]),
    ]

    assert [(one.status_code, one.get_json()["code"]) for one in answers] == [(409, "statement_conflict")] * 2
    assert door.stored_ids() == [ID]


def test_all_filters_reach_the_store(door):
    registration = str(uuid4())
    door.post(make_properties(id=ID, context={"registration": registration, "instructor": make_agent("a")}))
    door.post(make_properties(object={"id": "https://cchc.example/p/x"}, actor=make_agent("b")))

    asked = [
        {"agent": json.dumps(make_agent("hoc-vien-1"))},
        {"agent": json.dumps(make_agent("a")), "related_agents": "true"},
        {"activity": LESSON, "related_activities": "false"},
        {"registration": registration.upper()},
        {"verb": make_properties()["verb"]["id"], "activity": LESSON, "limit": "5", "ascending": "true"},
        {"until": "2026-11-24T09:00:00.000000+07:00"},
    ]

    assert [door.stored_ids(**parameters) for parameters in asked] == [[ID]] * len(asked)
    assert door.stored_ids(agent=json.dumps(make_agent("a"))) == []
    assert door.stored_ids(since="2026-11-25T00:00:00Z") == []


def test_more_leads_through_the_whole_answer_and_stays_valid(door):
    ids = door.post([make_properties() for _ in range(5)]).get_json()
    first = door.get(limit=2, ascending="true", activity=LESSON).get_json()
    door.post(make_properties())

    collected, more = first["statements"], first["more"]
    while more:
        assert more.startswith("/xapi/statements?")
        page = door.client.get(more, auth=door.auth, headers=door.headers).get_json()
        collected, more = collected + page["statements"], page["more"]

    assert [one["id"] for one in collected][:5] == ids
    assert len(collected) == 6


def test_a_voided_statement_is_found_only_as_voided(door):
    door.post(make_properties(id=ID))

    door.post(
        make_properties(
            verb={"id": "http://adlnet.gov/expapi/verbs/voided"},
            object={"objectType": "StatementRef", "id": ID},
        )
    )

    assert door.get(statementId=ID).status_code == 404
    assert door.get(voidedStatementId=ID).get_json()["id"] == ID
    assert ID not in door.stored_ids()


# Headers


def test_every_answer_tells_version_and_consistency(door):
    door.post(make_properties(id=ID))

    for answer in (door.get(), door.get(statementId=ID), door.get(statementId=uuid4()), door.get(limit="x")):
        assert answer.headers["X-Experience-API-Version"] == "1.0.3"
        assert answer.headers["X-Experience-API-Consistent-Through"] == "2026-11-24T02:00:00.000000Z"


def test_version_2_is_spoken_beside_version_1(door):
    context = {"contextAgents": [{"objectType": "contextAgent", "agent": make_agent("a")}]}
    newer = door.speaking("2.0.0")

    refused = door.post(make_properties(context=context))
    accepted = newer.post(make_properties(context=context))

    assert (refused.status_code, refused.get_json()["code"]) == (400, "property_unknown")
    assert accepted.status_code == 200
    assert accepted.headers["X-Experience-API-Version"] == "2.0.0"
    assert newer.get(statementId=accepted.get_json()[0]).get_json()["version"] == "2.0.0"
    assert newer.stored_ids(agent=json.dumps(make_agent("a")), related_agents="true") == accepted.get_json()


def test_head_answers_like_get_without_a_body(door):
    door.post(make_properties(id=ID))

    answer = door.client.head("/xapi/statements", auth=door.auth, headers=door.headers)

    assert (answer.status_code, answer.data) == (200, b"")
    assert int(answer.headers["Content-Length"]) == len(door.get().data)


def test_one_statement_tells_when_it_was_stored(door):
    door.post(make_properties(id=ID))

    assert door.get(statementId=ID).headers["Last-Modified"] == "Tue, 24 Nov 2026 02:00:00 GMT"


def test_about_is_open_and_lists_both_versions(door):
    answer = door.client.get("/xapi/about")

    assert answer.get_json() == {"version": ["1.0.3", "2.0.0"]}


def test_a_page_elsewhere_may_ask_first(door):
    answer = door.client.options("/xapi/statements", headers={"Origin": "https://analyst.example"})

    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Authorization" in answer.headers["Access-Control-Allow-Headers"]
    assert "X-Experience-API-Version" in answer.headers["Access-Control-Allow-Headers"]
    assert "Access-Control-Allow-Credentials" not in answer.headers


def test_an_address_that_is_not_there_is_told_in_json(door):
    answer = door.client.get("/xapi/activities/states", auth=door.auth, headers=door.headers)

    assert (answer.status_code, answer.get_json()["code"]) == (404, "http_404")


# Keys and scopes


@pytest.mark.parametrize(
    ("authorization", "code"),
    [
        (None, "credential_missing"),
        ("Bearer abc", "token_refused"),
        ("Basic ???", "credential_missing"),
        ("Basic YWI=", "credential_unknown"),
        ("Basic YTpi", "credential_unknown"),
        ("Basic AGE6AGI=", "credential_unknown"),
    ],
)
def test_without_a_good_key_nothing_is_told(door, authorization, code):
    headers = {**door.headers, **({"Authorization": authorization} if authorization else {})}

    answer = door.client.get("/xapi/statements", headers=headers)

    assert (answer.status_code, answer.get_json()["code"]) == (401, code)
    assert answer.headers["WWW-Authenticate"].startswith("Basic ")


@pytest.mark.parametrize("sent", [{"Sec-Fetch-Mode": "cors"}, {"Origin": "https://analyst.example"}])
def test_a_script_in_a_browser_is_refused_without_a_login_dialog(door, sent):
    answer = door.client.get("/xapi/statements", headers={**door.headers, **sent})

    assert answer.status_code == 401
    assert not answer.headers["WWW-Authenticate"].startswith("Basic ")


SCOPES = [
    ("all", True, "everything"),
    ("all/read", False, "everything"),
    ("statements/read", False, "everything"),
    ("statements/read/mine", False, "own"),
    ("statements/write", True, "nothing"),
]


@pytest.mark.parametrize(("scope", "may_write", "sees"), SCOPES, ids=[case[0] for case in SCOPES])
def test_a_key_may_do_what_its_scope_says(door, scope, may_write, sees):
    door.post(make_properties(id=ID))
    scoped = door.with_key(scope)

    written = [scoped.post(make_properties()), scoped.put(uuid4(), make_properties())]
    read = scoped.get(statementId=ID)

    assert [one.status_code for one in written] == ([200, 204] if may_write else [403, 403])
    assert read.status_code == {"everything": 200, "own": 404, "nothing": 403}[sees]


def test_a_key_for_own_statements_sees_those_and_no_others(door):
    door.post(make_properties(id=ID))
    own = door.with_key("statements/write", "statements/read/mine")

    (mine,) = own.post(make_properties()).get_json()

    assert own.stored_ids() == [mine]
    assert own.stored_ids(activity=LESSON) == [mine]
    assert set(door.stored_ids()) == {ID, mine}


# Bad input: each is refused precisely, and nothing is stored


BAD_BODIES = [
    ("empty", b"", 400, "json_malformed"),
    ("not JSON", b"{actor", 400, "json_malformed"),
    ("a number", b"1", 400, "json_malformed"),
    ("NaN", b'{"actor": NaN}', 400, "json_malformed"),
    ("not UTF-8", b'{"actor": "\xff"}', 400, "json_malformed"),
    ("lone surrogate", b'{"actor": "\\udc00"}', 400, "json_malformed"),
    ("NUL", b'{"actor": "\\u0000"}', 400, "character_forbidden"),
    ("key twice", b'{"actor": {}, "actor": {}}', 400, "key_repeated"),
    ("deep", b"[" * 50_000, 413, "statement_too_large"),
    ("deep inside", b'{"actor":' * 50_000, 413, "statement_too_large"),
    ("large", b'{"actor":"' + b"x" * 2_000_000 + b'"}', 413, "statement_too_large"),
    ("larger than any request", b" " * (17 * 1024 * 1024), 413, "http_413"),
    ("list in a list", b"[[]]", 400, "json_malformed"),
    ("empty object", b"{}", 400, "property_missing"),
    ("one bad of two", json.dumps([make_properties(), {}]).encode(), 400, "property_missing"),
    ("id twice", json.dumps([make_properties(id=ID)] * 2).encode(), 400, "statement_id_repeated"),
    ("attachment without bytes", json.dumps(make_properties(attachments=[{
        "usageType": "https://u.vn/1", "display": {"vi": "Tệp"}, "contentType": "text/plain", "length": 1,
        "sha2": "0" * 64}])).encode(), 400, "attachment_body_missing"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("body", "status", "code"), [case[1:] for case in BAD_BODIES], ids=[case[0] for case in BAD_BODIES]
)
def test_a_bad_body_is_refused_precisely_and_nothing_is_stored(door, body, status, code):
    answer = door.post(body)

    assert (answer.status_code, answer.get_json()["code"]) == (status, code)
    assert door.stored_ids() == []


def test_every_type_in_every_place_is_answered_without_a_failure(door):
    junk = [1, "x", [], {}, True, None, [{}], {"id": 1}, {"objectType": []}, -0.0, "\u202e"]
    places = ["actor", "verb", "object", "result", "context", "timestamp", "attachments", "id", "version"]

    answers = [door.post({**make_properties(), place: value}) for place in places for value in junk]

    assert {one.status_code for one in answers} <= {200, 400}


BAD_QUERIES = [
    ({"colour": "red"}, "parameter_unknown"),
    ({"statementID": ID}, "parameter_unknown"),
    ({"statementId": ID, "voidedStatementId": ID}, "parameters_exclude"),
    ({"statementId": ID, "verb": "https://v.vn/1"}, "parameters_exclude"),
    ({"statementId": ""}, "uuid_malformed"),
    ({"statementId": "x"}, "uuid_malformed"),
    ({"registration": "x"}, "uuid_malformed"),
    ({"verb": "completed"}, "iri_malformed"),
    ({"activity": "x:\x00"}, "iri_malformed"),
    ({"agent": "me"}, "json_malformed"),
    ({"agent": "{}"}, "identifier_count_wrong"),
    ({"agent": '{"objectType":"Group","member":[{"mbox":"mailto:a@b.vn"}]}'}, "parameter_malformed"),
    ({"since": "yesterday"}, "timestamp_malformed"),
    ({"until": "2026-02-30T00:00:00Z"}, "timestamp_malformed"),
    ({"limit": "-1"}, "parameter_malformed"),
    ({"limit": "9" * 5000}, "parameter_malformed"),
    ({"limit": ["1", "2"]}, "parameter_malformed"),
    ({"ascending": "yes"}, "parameter_malformed"),
    ({"format": "pretty"}, "parameter_malformed"),
    ({"attachments": "yes"}, "parameter_malformed"),
    ({"cursor": "AAAA"}, "cursor_forged"),
]


@pytest.mark.parametrize(("parameters", "code"), BAD_QUERIES, ids=lambda value: str(value)[:40])
def test_a_bad_question_is_refused_precisely(door, parameters, code):
    answer = door.get(**parameters)

    assert (answer.status_code, answer.get_json()["code"]) == (400, code)


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({}, "version_header_missing"),
        ({"X-Experience-API-Version": "0.95"}, "version_header_unsupported"),
        ({"X-Experience-API-Version": "1.1.0"}, "version_header_unsupported"),
        ({"X-Experience-API-Version": "3"}, "version_header_unsupported"),
        ({"X-Experience-API-Version": ""}, "version_header_unsupported"),
    ],
)
def test_a_request_in_an_unknown_version_is_refused(door, headers, code):
    answer = door.client.get("/xapi/statements", auth=door.auth, headers=headers)

    assert (answer.status_code, answer.get_json()["code"]) == (400, code)


@pytest.mark.parametrize("version", ["1.0", "1.0.0", "1.0.3", "1.0.9", "2.0", "2.0.0"])
def test_every_patch_of_a_known_version_is_spoken(door, version):
    assert door.speaking(version).get().status_code == 200


@pytest.mark.parametrize(
    "content_type", [None, "text/plain", "application/x-www-form-urlencoded", "multipart/form-data"]
)
def test_another_kind_of_body_is_refused(door, content_type):
    answer = door.client.post(
        "/xapi/statements",
        data=json.dumps(make_properties()),
        content_type=content_type,
        auth=door.auth,
        headers=door.headers,
    )

    assert (answer.status_code, answer.get_json()["code"]) == (400, "content_type_refused")


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({}, "parameter_missing"),
        ({"statementId": "x"}, "uuid_malformed"),
        ({"statementId": ID, "limit": "1"}, "parameter_unknown"),
        ({"statementId": str(uuid4())}, "statement_id_differs"),
    ],
)
def test_a_put_to_a_bad_address_is_refused(door, parameters, code):
    answer = door.client.put(
        "/xapi/statements",
        query_string=parameters,
        json=make_properties(id=ID),
        auth=door.auth,
        headers=door.headers,
    )

    assert (answer.status_code, answer.get_json()["code"]) == (400, code)
    assert door.stored_ids() == []
