"""Document resources: states, activity profiles, agent profiles (xAPI 1.0.3 Communication 2.2 ff., 3.1)."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from hashlib import sha1
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.factories.statements import LESSON, make_agent
from tests.factories.xapi_door import Door, open_door

AGENT = make_agent("hoc-vien-1")
REGISTRATION = "0f0a1c39-5f6a-4d7c-9a54-7a9a5b5b6c11"


@dataclass(frozen=True)
class Shelf:
    """One document resource, asked through a door about one owner."""

    door: Door
    path: str
    name_parameter: str
    owner: dict[str, str]

    def ask(
        self,
        method: str,
        name: str | None = "tien-do",
        body: Any = b"",
        headers: dict | None = None,
        **more: Any,
    ) -> TestResponse:
        content_type = "application/octet-stream"
        if not isinstance(body, bytes):
            body, content_type = json.dumps(body).encode(), "application/json"
        named = {} if name is None else {self.name_parameter: name}
        return self.door.client.open(
            f"/xapi/{self.path}",
            method=method,
            query_string={**self.owner, **named, **more},
            data=body if method in {"PUT", "POST"} else None,
            auth=self.door.auth,
            headers={"Content-Type": content_type, **self.door.headers, **(headers or {})},
        )

    def create(self, body: Any, name: str = "tien-do", **more: Any) -> str:
        """Keeps a new document and returns its ETag."""
        answer = self.ask("PUT", name, body, headers={"If-None-Match": "*"}, **more)
        assert answer.status_code == 204, answer.get_json()
        return self.ask("GET", name, **more).headers["ETag"]

    def speaking(self, version: str) -> "Shelf":
        return replace(self, door=self.door.speaking(version))


SHELVES = {
    "state": ("activities/state", "stateId", {"activityId": LESSON, "agent": json.dumps(AGENT)}),
    "activity profile": ("activities/profile", "profileId", {"activityId": LESSON}),
    "agent profile": ("agents/profile", "profileId", {"agent": json.dumps(AGENT)}),
}
PROFILES = ["activity profile", "agent profile"]


@pytest.fixture
def door(database_url, clock) -> Iterator[Door]:
    with open_door(database_url, clock=clock) as opened:
        yield opened


@pytest.fixture(params=list(SHELVES))
def shelf(request, door) -> Shelf:
    return Shelf(door, *SHELVES[request.param])


@pytest.fixture
def states(door) -> Shelf:
    return Shelf(door, *SHELVES["state"])


@pytest.mark.spec("xAPI 1.0.3 Communication 2.2.s3")
@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"\x00\xff\r\n binary", "application/octet-stream"),
        ('{ "số":1.10,"số":2 }'.encode(), "application/json; charset=UTF-8"),
        (b"suspend_data=1", "application/json"),
        (b"", "text/plain;charset=iso-8859-1"),
        (b"<b>", "text/html"),
    ],
)
def test_a_document_comes_back_byte_for_byte_with_its_content_type(states, body, content_type):
    states.ask("PUT", body=body, headers={"Content-Type": content_type})

    answer = states.ask("GET")

    assert (answer.status_code, answer.data) == (200, body)
    assert answer.headers["Content-Type"] == content_type
    assert "sandbox" in answer.headers["Content-Security-Policy"]


@pytest.mark.spec("xAPI 1.0.3 Communication 3.1.s2")
def test_a_document_tells_its_hash_and_when_it_was_changed(shelf, clock):
    shelf.create("một".encode())
    clock.forward(minutes=1)
    shelf.ask("POST", "khac", {"a": 1})

    answer = shelf.ask("GET")
    head = shelf.ask("HEAD")

    assert answer.headers["ETag"] == f'"{sha1("một".encode(), usedforsecurity=False).hexdigest()}"'
    assert answer.headers["Last-Modified"] == "Tue, 24 Nov 2026 02:00:00 GMT"
    assert shelf.ask("GET", "khac").headers["Last-Modified"] == "Tue, 24 Nov 2026 02:01:00 GMT"
    assert (head.data, head.headers["ETag"]) == (b"", answer.headers["ETag"])


@pytest.mark.spec("xAPI 1.0.3 Communication 2.2.s7")
def test_post_lays_properties_over_the_kept_ones_one_level_deep(shelf):
    shelf.ask("POST", body={"a": {"x": 1, "y": 2}, "b": 1})

    answer = shelf.ask("POST", body={"a": {"z": 3}, "c": [1.0, 12345678901234567890123]})

    assert answer.status_code == 204
    assert shelf.ask("GET").data == b'{"a":{"z": 3},"b":1,"c":[1.0, 12345678901234567890123]}'


@pytest.mark.spec("xAPI 1.0.3 Communication 2.2.s8.b1")
@pytest.mark.parametrize(
    ("kept", "sent"), [(b"x", {"a": 1}), ({"a": 1}, b"x"), ([1], {"a": 1}), ({"a": 1}, [1]), ({"a": 1}, "x")]
)
def test_post_merges_json_objects_only_and_leaves_the_rest_alone(states, kept, sent):
    states.create(kept)
    before = states.ask("GET").data

    answer = states.ask("POST", body=sent)

    assert (answer.status_code, answer.get_json()["code"]) == (400, "document_not_mergeable")
    assert states.ask("GET").data == before


@pytest.mark.parametrize(
    "broken", [b"{", b'{"a":1}{', b"[" * 100_000, b'{"a":"\xff"}', b"NaN", b"", b'{"a":"\\ud800"}']
)
def test_post_of_broken_json_is_refused(states, broken):
    states.create({"a": 1})

    answer = states.ask("POST", body=broken, headers={"Content-Type": "application/json"})

    assert (answer.status_code, answer.get_json()["code"]) == (400, "document_not_mergeable")
    assert states.ask("GET").get_json() == {"a": 1}


@pytest.mark.spec("xAPI 1.0.3 Communication 2.3.s4, 2.6.s4, 2.7.s4")
def test_the_names_of_documents_are_listed_also_those_changed_since(shelf, clock):
    shelf.create(b"1", "b")
    clock.forward(seconds=1)
    shelf.create(b"2", "a")

    assert shelf.ask("GET", None).get_json() == ["a", "b"]
    assert shelf.ask("GET", None, since="2026-11-24T02:00:00Z").get_json() == ["a"]
    assert shelf.ask("GET", None, since="2026-11-24T09:00:01+07:00").get_json() == []
    assert shelf.ask("GET", None, since="hôm qua").get_json()["code"] == "timestamp_malformed"


def test_what_is_not_there_is_told_and_may_be_removed_all_the_same(shelf):
    missing = shelf.ask("GET")

    assert (missing.status_code, missing.get_json()["code"]) == (404, "document_not_found")
    assert shelf.ask("GET", None).get_json() == []
    assert shelf.ask("DELETE").status_code == 204


@pytest.mark.spec("xAPI 1.0.3 Communication 2.2.s4")
def test_documents_of_different_owners_names_and_registrations_are_different(door, states):
    states.create(b"1")
    states.create(b"2", registration=REGISTRATION)
    other = replace(states, owner={**states.owner, "activityId": f"{LESSON}/2"})
    other.create(b"3")
    upper = replace(states, owner={**states.owner, "activityId": LESSON.upper()})

    assert [states.ask("GET").data, states.ask("GET", registration=REGISTRATION.upper()).data] == [b"1", b"2"]
    assert other.ask("GET").data == b"3"
    assert states.ask("GET", "TIEN-DO").status_code == 404
    assert upper.ask("GET").status_code == 404


def test_the_same_identifier_is_the_same_agent_however_it_is_written(door):
    small = {"mbox": "mailto:a@cchc.example", "name": "A"}
    large = {"objectType": "Agent", "mbox": "mailto:a@CCHC.example"}
    path, name, _ = SHELVES["agent profile"]
    Shelf(door, path, name, {"agent": json.dumps(small)}).create(b"1")

    assert Shelf(door, path, name, {"agent": json.dumps(large)}).ask("GET").data == b"1"


@pytest.mark.spec("xAPI 1.0.3 Communication 2.3.s5")
def test_all_states_of_an_agent_in_an_activity_are_removed_at_once(states):
    states.create(b"1", "a")
    states.create(b"2", "b", registration=REGISTRATION)
    other = replace(states, owner={**states.owner, "agent": json.dumps(make_agent("b"))})
    other.create(b"3", "c")

    assert states.ask("DELETE", None, registration=REGISTRATION).status_code == 204
    assert states.ask("GET", None).get_json() == ["a"]
    assert states.ask("DELETE", None).status_code == 204
    assert states.ask("GET", None).get_json() == []
    assert other.ask("GET", None).get_json() == ["c"]


def test_an_entity_tag_cannot_guard_many_documents(states):
    etag = states.create(b"1")

    answer = states.ask("DELETE", None, headers={"If-Match": etag})

    assert (answer.status_code, answer.get_json()["code"]) == (400, "entity_tag_malformed")
    assert states.ask("GET").status_code == 200


# If-Match and If-None-Match


@pytest.mark.spec("xAPI 1.0.3 Communication 3.1.s4")
@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE"])
@pytest.mark.parametrize("version", ["1.0.3", "2.0.0"])
def test_a_change_to_another_document_than_believed_is_refused(shelf, method, version):
    etag = shelf.create({"a": 1})
    shelf = shelf.speaking(version)

    refused = [
        shelf.ask(method, body={"a": 2}, headers={"If-Match": f'"{"1" * 40}"'}),
        shelf.ask(method, body={"a": 2}, headers={"If-None-Match": "*"}),
        shelf.ask(method, body={"a": 2}, headers={"If-None-Match": f'"x", {etag}'}),
        shelf.ask(method, "khac", {"a": 2}, headers={"If-Match": etag}),
        shelf.ask(method, "khac", {"a": 2}, headers={"If-Match": "*"}),
    ]

    assert [one.status_code for one in refused] == [412] * 5
    assert {one.get_json()["code"] for one in refused} == {"precondition_failed"}
    assert refused[0].get_json()["rule"] == "Communication 3.1"
    assert (shelf.ask("GET").get_json(), shelf.ask("GET", "khac").status_code) == ({"a": 1}, 404)


@pytest.mark.parametrize("form", ["{}", "W/{}", '"x", {}', '  {} ,W/"y"', "*", "bare"])
def test_a_change_to_the_document_believed_is_made(states, form):
    etag = states.create(b"1")
    value = etag.strip('"').upper() if form == "bare" else form.format(etag)

    assert states.ask("PUT", body=b"2", headers={"If-Match": value}).status_code == 204
    assert states.ask("GET").data == b"2"


HOSTILE_TAGS = [
    "", "x", '"', '"a', 'a"', '"a" "b"', ",", '"a",', "* , *", '"a"b', "W/", "W/x", '"\t"', '"a",' * 500
]  # fmt: skip


@pytest.mark.parametrize("header", ["If-Match", "If-None-Match"])
def test_a_hostile_entity_tag_is_refused_precisely(states, header):
    states.create(b"1")

    answers = [states.ask("PUT", body=b"2", headers={header: hostile}) for hostile in HOSTILE_TAGS]

    told = [(one.status_code, one.get_json()["code"]) for one in answers]
    assert dict(zip(HOSTILE_TAGS, told, strict=True)) == dict.fromkeys(
        HOSTILE_TAGS, (400, "entity_tag_malformed")
    )
    assert states.ask("GET").data == b"1"


def test_a_reader_who_has_the_document_is_told_so(shelf):
    etag = shelf.create(b"1")

    answer = shelf.ask("GET", headers={"If-None-Match": etag})

    assert (answer.status_code, answer.data, answer.headers["ETag"]) == (304, b"", etag)
    assert shelf.ask("GET", headers={"If-None-Match": '"x"'}).status_code == 200


@pytest.mark.spec("xAPI 1.0.3 Communication 3.1.s5")
@pytest.mark.parametrize("name", list(SHELVES))
@pytest.mark.parametrize(
    ("version", "new_state", "new_profile", "over_state"),
    [("1.0.3", 204, 400, 204), ("2.0.0", 204, 204, 409)],
)
def test_a_put_that_says_nothing_of_what_it_replaces(door, name, version, new_state, new_profile, over_state):
    shelf = Shelf(door, *SHELVES[name]).speaking(version)
    is_state = name == "state"

    new = shelf.ask("PUT", "moi", b"1")
    shelf.create(b"1")
    over = shelf.ask("PUT", body=b"2")

    assert new.status_code == (new_state if is_state else new_profile)
    assert over.status_code == (over_state if is_state else 409)
    assert shelf.ask("GET").data == (b"2" if over.status_code == 204 else b"1")
    if over.status_code == 409:
        assert over.get_json()["code"] == "document_conflict"
        assert "If-Match" in over.get_json()["detail"]


def at_once(count: int, act) -> list[int]:
    """Statuses of `count` requests made at the same time."""
    ready, statuses = threading.Barrier(count), []

    def run(number: int) -> None:
        ready.wait()
        statuses.append(act(number).status_code)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return sorted(statuses)


def by_own_client(shelf: Shelf) -> Shelf:
    return replace(shelf, door=replace(shelf.door, client=shelf.door.app.test_client()))


def test_of_many_who_create_a_document_at_once_exactly_one_does(shelf):
    statuses = at_once(
        6, lambda n: by_own_client(shelf).ask("PUT", body=str(n).encode(), headers={"If-None-Match": "*"})
    )

    assert statuses == [204] + [412] * 5


def test_of_many_who_replace_the_same_document_at_once_exactly_one_does(states):
    etag = states.create(b"0")

    statuses = at_once(
        6, lambda n: by_own_client(states).ask("PUT", body=b"%d" % (n + 1), headers={"If-Match": etag})
    )

    assert statuses == [204] + [412] * 5


def test_no_merge_is_lost_when_many_come_at_once(states):
    statuses = at_once(8, lambda n: by_own_client(states).ask("POST", body={str(n): n}))

    assert statuses == [204] * 8
    assert states.ask("GET").get_json() == {str(n): n for n in range(8)}


# Bad requests


@pytest.mark.parametrize("method", ["GET", "PUT", "POST", "DELETE"])
def test_a_bad_address_is_refused_precisely(door, method):
    for parameters, code in BAD_ADDRESSES:
        asked = {**SHELVES["state"][2], "stateId": "tien-do", **parameters}

        answer = door.client.open(
            "/xapi/activities/state",
            method=method,
            query_string={name: value for name, value in asked.items() if value is not None},
            data=b"{}" if method in {"PUT", "POST"} else None,
            content_type="application/json",
            auth=door.auth,
            headers=door.headers,
        )

        assert (answer.status_code, answer.get_json()["code"]) == (400, code), parameters


BAD_ADDRESSES = [
    ({"activityId": None}, "parameter_missing"),
    ({"agent": None}, "parameter_missing"),
    ({"activityId": "bài học"}, "iri_malformed"),
    ({"agent": "me"}, "json_malformed"),
    ({"agent": "{}"}, "identifier_count_wrong"),
    ({"agent": json.dumps({"objectType": "Group", "member": [AGENT]})}, "parameter_malformed"),
    ({"registration": "1"}, "uuid_malformed"),
    ({"stateId": ""}, "parameter_malformed"),
    ({"stateId": "a\x00b"}, "parameter_malformed"),
    ({"stateId": "x" * 3000}, "parameter_malformed"),
    ({"stateid": "x"}, "parameter_unknown"),
    ({"stateId": ["a", "b"]}, "parameter_malformed"),
]


@pytest.mark.parametrize("name", PROFILES)
@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE"])
def test_one_profile_is_changed_by_its_name_only(door, name, method):
    answer = Shelf(door, *SHELVES[name]).ask(method, None, {"a": 1})

    assert (answer.status_code, answer.get_json()["code"]) == (400, "parameter_missing")


def test_a_document_that_is_too_large_is_refused_also_when_it_grows(states):
    half = {"a": "x" * 600_000}

    refused = states.ask("PUT", body=b"x" * (1024 * 1024 + 1))
    states.ask("POST", body=half)
    grown = states.ask("POST", body={"b": half["a"]})

    assert [(one.status_code, one.get_json()["code"]) for one in (refused, grown)] == [
        (413, "document_too_large")
    ] * 2
    assert states.ask("GET").get_json() == half


def test_a_compressed_body_is_refused(states):
    answer = states.ask("PUT", body=b"\x1f\x8b", headers={"Content-Encoding": "gzip"})

    assert (answer.status_code, answer.get_json()["code"]) == (415, "content_encoding_refused")
