"""Exports for programs with a key, and the document that describes them."""

import json
from datetime import UTC, datetime

import pytest
from openapi_spec_validator import validate

from sync.exports.settings import ExportSettings
from sync.exports.writing import Desk, write_next_export
from tests.factories.statements import make_properties
from tests.factories.xapi_door import open_door
from xapi_bridge.running_app import now, reading, section, transaction

EXPORTS = "/xapi/extensions/exports"


@pytest.fixture
def door(database_url, tmp_path):
    from dataclasses import replace

    from xapi_bridge.running_app import lend, running_app

    with open_door(database_url, clock=lambda: datetime.now(UTC)) as opened:
        with opened.app.app_context():
            running = running_app()
            settings = replace(section(ExportSettings), folder=tmp_path / "exports")
            lend(opened.app, replace(running, sections={**running.sections, ExportSettings: settings}))
        yield opened


def write_exports(door) -> None:
    with door.app.app_context():
        while write_next_export(Desk(transaction, reading, now, section(ExportSettings))):
            pass


def test_a_program_asks_polls_and_fetches(door):
    ids = door.post([make_properties() for _ in range(3)]).get_json()

    created = door.client.post(EXPORTS, json={"form": "ndjson"}, auth=door.auth)
    waiting = door.client.get(created.headers["Location"], auth=door.auth)
    write_exports(door)
    finished = door.client.get(created.headers["Location"], auth=door.auth).get_json()
    file = door.client.get(finished["file"], auth=door.auth, buffered=True)

    assert (created.status_code, waiting.headers["Retry-After"]) == (202, "3")
    assert (finished["state"], finished["rows_done"], finished["percent"]) == ("finished", 3, 100)
    assert [json.loads(line)["id"] for line in file.data.splitlines()] == ids
    assert file.headers["Cache-Control"] == "no-store"


def test_the_next_export_begins_where_the_last_one_ended(door):
    door.post([make_properties() for _ in range(3)])
    first = door.client.post(EXPORTS, auth=door.auth).get_json()
    (later,) = door.post(make_properties()).get_json()
    bookmark = datetime.fromisoformat(first["consistent_through"])
    since = bookmark.isoformat().replace("+00:00", "Z")

    second = door.client.post(EXPORTS, json={"since": next_microsecond(since)}, auth=door.auth).get_json()
    write_exports(door)

    status = door.client.get(f"{EXPORTS}/{second['id']}", auth=door.auth).get_json()
    file = door.client.get(status["file"], auth=door.auth, buffered=True)
    assert [json.loads(line)["id"] for line in file.data.splitlines()] == [later]


def next_microsecond(instant: str) -> str:
    from datetime import timedelta

    return (datetime.fromisoformat(instant) + timedelta(microseconds=1)).isoformat()


def test_keys_have_exports_of_their_own(door):
    created = door.client.post(EXPORTS, auth=door.auth).get_json()
    other = door.with_key("all/read")

    assert other.client.get(f"{EXPORTS}/{created['id']}", auth=other.auth).status_code == 404
    assert other.client.delete(f"{EXPORTS}/{created['id']}", auth=other.auth).status_code == 404
    assert other.client.get(EXPORTS, auth=other.auth).get_json() == {"exports": []}
    assert len(door.client.get(EXPORTS, auth=door.auth).get_json()["exports"]) == 1


def test_a_key_that_reads_its_own_gets_its_own(door):
    door.post(make_properties())
    own_key = door.with_key("statements/write", "statements/read/mine")
    (own,) = own_key.post(make_properties()).get_json()
    created = own_key.client.post(EXPORTS, auth=own_key.auth).get_json()
    write_exports(door)

    status = own_key.client.get(f"{EXPORTS}/{created['id']}", auth=own_key.auth).get_json()
    file = own_key.client.get(status["file"], auth=own_key.auth, buffered=True)

    assert [json.loads(line)["id"] for line in file.data.splitlines()] == [own]


def test_who_may_not_read_gets_nothing(door):
    writer = door.with_key("statements/write")

    assert writer.client.post(EXPORTS, auth=writer.auth).status_code == 403
    assert door.client.post(EXPORTS).status_code == 401
    assert door.client.post(EXPORTS).headers["WWW-Authenticate"].startswith("Basic")


@pytest.mark.parametrize(
    "body",
    ['[]', '"x"', '{', '{"unit": 3}', '{"verb": 3}', '{"verb": "not an iri"}', '{"registration": "x"}',
     '{"since": "yesterday"}', '{"validity": "maybe"}', '{"form": "xlsx"}', '{"related_activities": "yes"}',
     '{"person": "a\\u0000"}'],
)  # fmt: skip
def test_a_request_that_cannot_be_understood_is_explained(door, body):
    answer = door.client.post(EXPORTS, data=body, content_type="application/json", auth=door.auth)

    assert answer.status_code == 400
    assert answer.get_json()["code"] in {"filter_refused", "export_form_unknown"}
    assert answer.get_json()["next_step"]


def test_a_cancelled_export_has_no_file(door):
    created = door.client.post(EXPORTS, auth=door.auth).get_json()

    cancelled = door.client.delete(f"{EXPORTS}/{created['id']}", auth=door.auth)
    again = door.client.delete(f"{EXPORTS}/{created['id']}", auth=door.auth)

    assert (cancelled.status_code, again.status_code) == (204, 409)
    assert door.client.get(f"{EXPORTS}/{created['id']}/file", auth=door.auth).status_code == 409


def test_health_says_how_far_the_store_is_complete(door):
    empty = door.client.get("/xapi/extensions/health").get_json()
    door.post(make_properties())
    full = door.client.get("/xapi/extensions/health").get_json()

    assert empty == {"status": "ok", "consistent_through": None}
    assert full["consistent_through"] == door.get().get_json()["statements"][0]["stored"]


# ---- the document ----


def test_the_document_is_valid_openapi(door):
    document = door.client.get("/xapi/extensions/openapi.json").get_json()

    validate(document)
    assert document["openapi"].startswith("3.1")


def test_the_document_and_the_routes_agree_both_ways(door):
    document = door.client.get("/xapi/extensions/openapi.json").get_json()
    described = {
        (method.upper(), path)
        for path, operations in document["paths"].items()
        for method in operations
        if method in {"get", "put", "post", "delete"}
    }

    served = {
        (method, rule.rule.replace("<uuid:export_id>", "{export_id}"))
        for rule in door.app.url_map.iter_rules()
        if rule.rule.startswith("/xapi") and rule.endpoint != "xapi.say_not_found"
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }

    assert described == served


def test_answers_have_the_shape_that_the_document_promises(door):
    from jsonschema import Draft202012Validator

    document = door.client.get("/xapi/extensions/openapi.json").get_json()
    created = door.client.post(EXPORTS, auth=door.auth).get_json()
    refused = door.client.post(EXPORTS, json={"form": "xlsx"}, auth=door.auth).get_json()

    for value, name in ((created, "Export"), (refused, "Refusal")):
        Draft202012Validator(document["components"]["schemas"][name]).validate(value)
    assert set(created) == set(document["components"]["schemas"]["Export"]["properties"])
