"""Around the statements: formats, alternate syntax, agents, activities, headers, versions (xAPI 1.0.3)."""

import json
from collections.abc import Iterator
from urllib.parse import urlencode
from uuid import uuid4

import pytest

from tests.factories.statements import LESSON, make_agent, make_properties
from tests.factories.xapi_door import Door, open_door

ID = "6690e6c9-3ef0-4ed3-8b37-7f3964730bee"
VERSION = "X-Experience-API-Version"
GROUP = {"objectType": "Group", "name": "Lớp 1", "member": [{**make_agent("a"), "name": "A"}]}
DEFINITION = {
    "name": {"vi": "Giới thiệu", "en-US": "Introduction"},
    "type": "http://adlnet.gov/expapi/activities/module",
    "extensions": {"https://x.example/so": 1.10},
}


@pytest.fixture
def door(database_url, clock) -> Iterator[Door]:
    with open_door(database_url, clock=clock) as opened:
        yield opened


def ask(door: Door, path: str, method: str = "GET", headers: dict | None = None, **parameters):
    return door.client.open(
        f"/xapi/{path}",
        method=method,
        query_string=parameters,
        auth=door.auth,
        headers={**door.headers, **(headers or {})},
    )


def in_a_form(door: Door, path: str, method: str, *, fields: dict, headers: dict | None = None):
    """A request in alternate syntax."""
    return door.client.post(
        f"/xapi/{path}?{urlencode({'method': method})}",
        data=urlencode(fields),
        content_type="application/x-www-form-urlencoded",
        headers=headers or {},
    )


def authorization(door: Door) -> str:
    answer = door.client.get("/xapi/about", auth=door.auth)
    return answer.request.headers["Authorization"]


# format


@pytest.mark.spec("xAPI 1.0.3 Communication 2.1.3.s1.table1.row11, format ids")
def test_ids_are_all_that_is_left_of_people_verbs_and_activities(door):
    sent = json.dumps(
        make_properties(
            id=ID,
            actor=GROUP,
            verb={"id": "https://v.example/x", "display": {"vi": "xong"}},
            object={"objectType": "Activity", "id": LESSON, "definition": DEFINITION},
            context={
                "instructor": {
                    "objectType": "Group",
                    "mbox": "mailto:a@b.example",
                    "member": [make_agent("b")],
                },
                "contextActivities": {"parent": {"id": "https://a.example/p", "definition": DEFINITION}},
            },
            result={"extensions": {"https://x.example/so": "SO"}},
        )
    ).encode()
    door.post(sent.replace(b'"SO"', b"1.10"))

    (one,) = door.get(format="ids").get_json()["statements"]

    assert one["actor"] == {"objectType": "Group", "member": [make_agent("a")]}
    assert one["verb"] == {"id": "https://v.example/x"}
    assert one["object"] == {"id": LESSON}
    assert one["context"] == {
        "instructor": {"objectType": "Group", "mbox": "mailto:a@b.example"},
        "contextActivities": {"parent": [{"id": "https://a.example/p"}]},
    }
    assert door.get(statementId=ID, format="ids").get_json() == one
    assert b"1.10" in door.get(format="ids").data, "numbers keep their digits"


@pytest.mark.spec("xAPI 1.0.3 Communication 2.1.3.s1.table1.row11, format canonical")
@pytest.mark.parametrize(
    ("accepted", "tag"),
    [
        ("en-US", "en-US"),
        ("EN", "en-US"),
        ("en-GB", "en-US"),
        ("fr, vi;q=0.5, en;q=0.4", "vi"),
        ("en;q=0.1, vi;q=0.9", "vi"),
        ("en;q=0", "vi"),
        ("fr", "vi"),
        ("*", "vi"),
        ("", "vi"),
        (";;;q=x", "vi"),
    ],
)
def test_canonical_texts_come_in_one_language(door, accepted, tag):
    verb = {"id": "https://v.example/x", "display": {"vi": "xong", "en-US": "done"}}
    door.post(make_properties(id=ID, verb=verb, object={"id": LESSON, "definition": DEFINITION}))

    answer = ask(
        door, "statements", headers={"Accept-Language": accepted}, statementId=ID, format="canonical"
    )

    assert answer.get_json()["verb"]["display"] == {tag: verb["display"][tag]}
    assert answer.get_json()["object"]["definition"] == {**DEFINITION, "name": {tag: DEFINITION["name"][tag]}}


def test_the_canonical_definition_is_what_all_statements_told(door):
    door.post(make_properties(object={"id": LESSON, "definition": DEFINITION}))

    door.post(make_properties(id=ID))

    shown = door.get(statementId=ID, format="canonical").get_json()
    assert shown["object"]["definition"]["name"] == {"vi": "Giới thiệu"}
    assert "definition" not in door.get(statementId=ID).get_json()["object"]


def test_more_leads_on_in_the_same_form_and_language_also_after_a_restart(database_url, clock):
    with open_door(database_url, clock=clock) as door:
        door.post([make_properties(object={"id": LESSON, "definition": DEFINITION}) for _ in range(3)])
        parameters = {"format": "canonical", "limit": 1, "attachments": "false"}
        first = ask(door, "statements", headers={"Accept-Language": "en"}, **parameters).get_json()
        credential = door.credential

    with open_door(database_url, clock=clock) as restarted:
        auth = (credential.key, credential.secret)
        more, names = first["more"], []
        while more:
            page = restarted.client.get(more, auth=auth, headers=restarted.headers).get_json()
            names += [one["object"]["definition"]["name"] for one in page["statements"]]
            more = page["more"]

        changed = first["more"].replace("language=en", "language=vi")
        forged = restarted.client.get(changed, auth=auth, headers=restarted.headers)
    assert names == [{"en-US": "Introduction"}] * 2
    assert (forged.status_code, forged.get_json()["code"]) == (400, "cursor_forged")


@pytest.mark.spec("xAPI 1.0.3 Data 2.4.6.2.s4.b3")
def test_a_lone_context_activity_is_answered_as_a_list_and_all_else_as_received(door):
    raw = (
        f'{{"id":"{ID}","actor":{{"mbox":"mailto:a@b.example"}},"verb":{{"id":"https://v.example/x"}},'
        f'"object":{{"id":"{LESSON}"}}, "context":{{ "extensions":{{"https://x.example/n":1.10}},'
        '"contextActivities":{"parent":{"id":"https://a.example/p"},"other":[{"id":"https://a.example/o"}]}}}'
    )

    door.post(raw)

    stored = door.get(statementId=ID).data
    assert b'"parent":[{"id":"https://a.example/p"}]' in stored
    assert b'"other":[{"id":"https://a.example/o"}]' in stored
    assert b'{"https://x.example/n":1.10}' in stored
    assert door.post(raw).status_code == 200, "the same again is the same statement"


# Activities and agents


@pytest.mark.spec("xAPI 1.0.3 Communication 2.5")
def test_an_activity_gathers_what_statements_tell_wherever_it_stands(door):
    part_of = {"contextActivities": {"parent": [{"id": LESSON, "definition": {"name": {"fr": "Cours"}}}]}}
    door.post([make_properties(object={"id": LESSON, "definition": DEFINITION})] * 1)
    door.post(
        make_properties(
            object={
                "objectType": "SubStatement",
                **make_properties(object={"id": "https://a.example/1"}, context=part_of),
            }
        )
    )
    door.post(make_properties(object={"id": LESSON, "definition": {"type": "https://t.example/2"}}))

    activity = ask(door, "activities", activityId=LESSON).get_json()

    assert activity == {
        "objectType": "Activity",
        "id": LESSON,
        "definition": {
            **DEFINITION,
            "name": {**DEFINITION["name"], "fr": "Cours"},
            "type": "https://t.example/2",
        },
    }


def test_a_refused_or_repeated_statement_tells_nothing_new_of_an_activity(door):
    door.post(make_properties(id=ID, object={"id": LESSON, "definition": DEFINITION}))
    other = {"id": LESSON, "definition": {"name": {"vi": "Khác"}}}

    repeated = door.post(make_properties(id=ID, object=other))
    refused = door.post([make_properties(object=other), {}])

    assert (repeated.status_code, refused.status_code) == (200, 400)
    assert ask(door, "activities", activityId=LESSON).get_json()["definition"] == DEFINITION


def test_an_activity_nobody_told_of_is_answered_with_its_id(door):
    assert ask(door, "activities", activityId=LESSON).get_json() == {"objectType": "Activity", "id": LESSON}
    assert ask(door, "activities").get_json()["code"] == "parameter_missing"
    assert ask(door, "activities", activityId="x").get_json()["code"] == "iri_malformed"


@pytest.mark.spec("xAPI 1.0.3 Communication 2.4")
def test_a_person_has_lists_of_what_an_agent_has(door):
    agent = {"name": "Hoa", "account": {"homePage": "https://lms.example", "name": "1"}}

    answer = ask(door, "agents", agent=json.dumps(agent))

    assert answer.get_json() == {"objectType": "Person", "name": ["Hoa"], "account": [agent["account"]]}
    assert ask(door, "agents", agent="{}").get_json()["code"] == "identifier_count_wrong"
    assert ask(door, "agents").get_json()["code"] == "parameter_missing"


# Alternate syntax


@pytest.mark.spec("xAPI 1.0.3 Communication 1.3.s3")
def test_a_form_asks_as_the_method_in_the_address(door):
    head = {"Authorization": authorization(door), VERSION: "1.0.3"}
    state = {"activityId": LESSON, "agent": json.dumps(make_agent("a")), "stateId": "tien-do"}

    put = in_a_form(
        door,
        "statements",
        "PUT",
        fields={**head, "statementId": ID, "content": json.dumps(make_properties())},
    )
    posted = in_a_form(door, "statements", "POST", fields={**head, "content": json.dumps(make_properties())})
    got = in_a_form(door, "statements", "GET", fields={**head, "statementId": ID})
    kept = in_a_form(door, "activities/state", "PUT", fields={
        **head, **state, "content": "tiếng Việt", "Content-Type": "text/plain;charset=UTF-8"})  # fmt: skip
    read = in_a_form(door, "activities/state", "GET", fields={**head, **state})
    refused = in_a_form(door, "activities/state", "DELETE", fields={**head, **state, "If-Match": '"x"'})
    removed = in_a_form(door, "activities/state", "DELETE", fields={**head, **state})

    assert [one.status_code for one in (put, posted, got, kept, read)] == [204, 200, 200, 204, 200]
    assert (got.get_json()["id"], got.headers[VERSION]) == (ID, "1.0.3")
    assert (read.data.decode(), read.headers["Content-Type"]) == ("tiếng Việt", "text/plain;charset=UTF-8")
    assert (refused.status_code, removed.status_code) == (412, 204)


@pytest.mark.spec("xAPI 1.0.3 Communication 1.3.s3.b4; 2.0.0 has no alternate syntax")
def test_a_form_that_is_not_exact_is_refused(door):
    head = {"Authorization": authorization(door), VERSION: "1.0.3"}
    put = {**head, "statementId": ID, "content": json.dumps(make_properties())}

    def form(method, fields, query=""):
        return door.client.post(
            f"/xapi/statements?method={method}{query}",
            data=fields if isinstance(fields, bytes) else urlencode(fields),
            content_type="application/x-www-form-urlencoded",
        )

    refused = [
        form("PUT", put, query="&statementId=" + ID),
        form("PATCH", put),
        form("put", put),
        form("PUT", {name: value for name, value in put.items() if name != "content"}),
        form("PUT", urlencode(put).encode() + b"&content=1"),
        form("PUT", urlencode({**put, "If-Match": "a\r\nX: b"}).encode()),
        form("PUT", b"%ff=%fe"),
        form("PUT", b"a=1&" * 200),
        form("PUT", {**put, VERSION: "2.0.0"}),
        door.client.post("/xapi/statements?method=PUT", json=put),
        door.client.post("/xapi/statements?method=PUT", data=urlencode(put), headers={VERSION: "2.0.0"}),
    ]

    told = [(one.status_code, one.get_json()["code"]) for one in refused]
    assert told == [(400, "alternate_syntax_refused")] * len(refused)
    not_posted = door.client.put("/xapi/statements?method=POST", auth=door.auth, headers=door.headers)
    assert not_posted.get_json()["code"] == "parameter_unknown"
    assert form("PUT", {**put, VERSION: "0.8"}).get_json()["code"] == "version_header_unsupported"
    assert form("PUT", {**put, "Authorization": "Basic x"}).status_code == 401
    assert door.stored_ids() == []


# Headers of every answer


RESOURCES = [
    "statements",
    "activities",
    "activities/state",
    "activities/profile",
    "agents",
    "agents/profile",
    "about",
]


@pytest.mark.parametrize("path", [*RESOURCES, "nowhere", ""])
def test_every_answer_may_be_read_by_a_page_elsewhere(door, path):
    origin = {"Origin": "https://analyst.example"}

    first = door.client.options(
        f"/xapi/{path}", headers={**origin, "Access-Control-Request-Method": "DELETE"}
    )
    refused = door.client.delete(f"/xapi/{path}", headers=origin)

    for answer in (first, refused):
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert {"GET", "HEAD", "PUT", "POST", "DELETE"} <= set(
            answer.headers["Access-Control-Allow-Methods"].split(", ")
        )
        assert {"If-Match", "If-None-Match", "Accept-Language", VERSION} <= set(
            answer.headers["Access-Control-Allow-Headers"].split(", ")
        )
        assert {"ETag", "Last-Modified", VERSION} <= set(
            answer.headers["Access-Control-Expose-Headers"].split(", ")
        )
        assert answer.headers[VERSION] == "1.0.3"
    assert first.status_code in {200, 404}
    assert refused.status_code in {400, 404, 405}
    assert refused.get_json()["code"]


@pytest.mark.spec("xAPI 1.0.3 Communication 1.1")
@pytest.mark.parametrize("path", RESOURCES)
def test_head_answers_as_get_does_without_a_body(door, path):
    parameters = {
        "activities": {"activityId": LESSON},
        "activities/state": {"activityId": LESSON, "agent": json.dumps(make_agent("a"))},
        "activities/profile": {"activityId": LESSON},
        "agents": {"agent": json.dumps(make_agent("a"))},
        "agents/profile": {"agent": json.dumps(make_agent("a"))},
    }.get(path, {})

    get, head = (ask(door, path, method, **parameters) for method in ("GET", "HEAD"))

    assert (get.status_code, head.status_code, head.data) == (200, 200, b"")
    assert head.headers["Content-Length"] == str(len(get.data))
    assert head.headers["Content-Type"] == get.headers["Content-Type"]


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "statements", {"GET", "HEAD", "OPTIONS", "POST", "PUT"}),
        ("PATCH", "activities/state", {"DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT"}),
        ("PUT", "agents", {"GET", "HEAD", "OPTIONS"}),
        ("POST", "about", {"GET", "HEAD", "OPTIONS"}),
        ("POST", "activities", {"GET", "HEAD", "OPTIONS"}),
    ],
)
def test_a_method_that_is_not_there_is_told_with_those_that_are(door, method, path, allowed):
    answer = ask(door, path, method)

    assert (answer.status_code, answer.get_json()["code"]) == (405, "http_405")
    assert set(answer.headers["Allow"].split(", ")) == allowed


@pytest.mark.spec("xAPI 1.0.3 Communication 3.3.s3")
def test_a_request_without_a_version_is_answered_in_the_one_its_client_spoke_last(door):
    newer = door.speaking("2.0.0").with_key("all")

    newer.get()
    forgetful = newer.client.get("/xapi/statements", auth=newer.auth)
    stranger = door.client.get("/xapi/statements", auth=door.auth)

    assert [one.get_json()["code"] for one in (forgetful, stranger)] == ["version_header_missing"] * 2
    assert (forgetful.headers[VERSION], stranger.headers[VERSION]) == ("2.0.0", "1.0.3")


def test_a_refusal_names_the_rule_and_the_place(door):
    told = door.post([make_properties(), make_properties(actor={"mbox": "x"})]).get_json()
    missing = door.get(statementId=uuid4()).get_json()

    assert (told["code"], told["at"], told["rule"]) == ("mailbox_malformed", "[1].actor.mbox", "Data 2.4.2.3")
    assert (missing["code"], missing["rule"]) == ("statement_not_found", "Communication 2.1.3")


@pytest.mark.spec("xAPI 1.0.3 Communication 1.4")
@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Content-Type": "application/json; charset=utf-8"}, 200),
        ({"Content-Type": 'APPLICATION/JSON;charset="UTF-8"'}, 200),
        ({"Content-Type": "application/json; charset=utf-16"}, 415),
        ({"Content-Type": "application/json", "Content-Encoding": "identity"}, 200),
        ({"Content-Type": "application/json", "Content-Encoding": "gzip"}, 415),
    ],
)
def test_statements_come_in_utf_8_and_not_compressed(door, headers, status):
    answer = door.client.post(
        "/xapi/statements",
        data=json.dumps(make_properties()),
        auth=door.auth,
        headers={**door.headers, **headers},
    )

    assert answer.status_code == status
