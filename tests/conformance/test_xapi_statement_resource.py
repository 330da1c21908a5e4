"""xAPI 1.0.3, part three (Communication): the Statement Resource, by the numbers of the specification."""

import json
from collections.abc import Iterator
from datetime import datetime

import pytest

from tests.factories.statements import make_agent, make_properties
from tests.factories.xapi_door import Door, open_door

ID = "6690e6c9-3ef0-4ed3-8b37-7f3964730bee"
OTHER_ID = "0f0a1c39-5f6a-4d7c-9a54-7a9a5b5b6c11"
REFERENCE = {"objectType": "StatementRef", "id": ID}
VOIDED = {"id": "http://adlnet.gov/expapi/verbs/voided"}


@pytest.fixture
def door(database_url, clock) -> Iterator[Door]:
    with open_door(database_url, clock=clock) as opened:
        yield opened


@pytest.mark.spec("xAPI 1.0.3 Communication 2.1.1.s2.b2")
def test_a_statement_sent_under_a_known_id_changes_nothing(door):
    door.put(ID, make_properties())
    before = door.get(statementId=ID).data

    door.put(ID, make_properties(actor=make_agent("b")))
    door.post(make_properties(id=ID, actor=make_agent("c")))

    assert door.get(statementId=ID).data == before


@pytest.mark.spec("xAPI 1.0.3 Communication 2.1.1.s2.b3")
def test_a_differing_statement_under_a_known_id_conflicts(door):
    door.put(ID, make_properties())

    assert door.put(ID, make_properties()).status_code == 204
    assert door.put(ID, make_properties(actor=make_agent("b"))).status_code == 409


@pytest.mark.spec("xAPI 1.0.3 Communication 2.1.2.s1")
def test_post_answers_ids_in_the_order_of_the_statements(door):
    statements = [make_properties(id=ID), make_properties(), make_properties(id=OTHER_ID)]

    answer = door.post(statements)

    first, _, third = answer.get_json()
    assert answer.status_code == 200
    assert (first, third) == (ID, OTHER_ID)


@pytest.mark.spec("xAPI 1.0.3 Communication 2.1.2.s2.b6")
@pytest.mark.parametrize("version", ["1.0.3", "2.0.0"])
def test_a_batch_with_one_id_twice_is_refused_whole(door, version):
    speaking = door.speaking(version)

    answer = speaking.post([make_properties(), make_properties(id=ID), make_properties(id=ID)])

    assert answer.status_code == 400
    assert door.stored_ids() == []


@pytest.mark.spec("xAPI 1.0.3 Communication 2.1.3.s2.b1")
def test_both_ids_at_once_are_refused(door):
    assert door.get(statementId=ID, voidedStatementId=ID).status_code == 400


@pytest.mark.spec("xAPI 1.0.3 Communication 2.1.3.s2.b2")
@pytest.mark.parametrize("name", ["statementId", "voidedStatementId"])
@pytest.mark.parametrize(
    "other",
    [
        {"agent": json.dumps(make_agent("a"))},
        {"verb": "https://v.example/x"},
        {"activity": "https://a.example/x"},
        {"registration": OTHER_ID},
        {"related_activities": "true"},
        {"related_agents": "true"},
        {"since": "2026-11-24T02:00:00Z"},
        {"until": "2026-11-24T02:00:00Z"},
        {"limit": "1"},
        {"ascending": "true"},
    ],
    ids=lambda other: next(iter(other)),
)
def test_one_statement_is_asked_for_without_filters(door, name, other):
    assert door.get(**{name: ID}, **other).status_code == 400


@pytest.mark.spec("xAPI 1.0.3 Communication 2.1.3.s2.b2")
def test_one_statement_may_be_asked_for_with_its_presentation(door):
    door.put(ID, make_properties())

    assert door.get(statementId=ID, attachments="false", format="exact").status_code == 200


@pytest.mark.spec("xAPI 1.0.3 Communication 2.1.3.s2.b4")
def test_no_match_is_an_empty_list_and_no_error(door):
    answer = door.get(verb="https://v.example/never")

    assert (answer.status_code, answer.get_json()) == (200, {"statements": [], "more": ""})


@pytest.mark.spec("xAPI 1.0.3 Communication 2.1.3.s2.b5")
def test_consistent_through_reaches_what_was_stored_before(door):
    door.put(ID, make_properties())

    answer = door.get(statementId=ID)

    through = datetime.fromisoformat(answer.headers["X-Experience-API-Consistent-Through"])
    assert through >= datetime.fromisoformat(answer.get_json()["stored"])


@pytest.mark.spec("xAPI 1.0.3 Communication 2.1.3.s2.b8")
def test_last_modified_is_the_stored_instant(door):
    door.put(ID, make_properties())

    assert door.get(statementId=ID).headers["Last-Modified"] == "Tue, 24 Nov 2026 02:00:00 GMT"


@pytest.mark.spec("xAPI 1.0.3 Communication 2.1.3.s3")
def test_filters_look_through_a_reference_but_time_does_not(door, clock):
    door.put(ID, make_properties(actor=make_agent("a")))
    clock.forward(hours=1)
    (referrer,) = door.post(make_properties(actor=make_agent("b"), object=REFERENCE)).get_json()
    agent = json.dumps(make_agent("a"))

    assert door.stored_ids(agent=agent) == [referrer, ID]
    assert door.stored_ids(agent=agent, since="2026-11-24T02:30:00Z") == [referrer]
    assert door.stored_ids(agent=agent, until="2026-11-24T02:30:00Z") == [ID]


@pytest.mark.spec("xAPI 1.0.3 Communication 2.1.3.s3")
def test_a_statement_in_the_context_does_not_widen_the_filter(door):
    door.put(ID, make_properties(actor=make_agent("a")))
    door.post(make_properties(actor=make_agent("b"), context={"statement": REFERENCE}))

    assert door.stored_ids(agent=json.dumps(make_agent("a"))) == [ID]


@pytest.mark.spec("xAPI 1.0.3 Communication 2.1.4.s1.b1")
def test_a_voided_statement_is_returned_only_by_its_voided_id(door):
    door.put(ID, make_properties())
    door.post(make_properties(verb=VOIDED, object=REFERENCE))

    assert ID not in door.stored_ids()
    assert door.get(statementId=ID).status_code == 404
    assert door.get(voidedStatementId=ID).status_code == 200


@pytest.mark.spec("xAPI 1.0.3 Communication 2.1.4.s1.b2")
def test_statements_about_a_voided_one_are_still_returned(door):
    door.put(ID, make_properties(actor=make_agent("a")))
    (voider,) = door.post(make_properties(actor=make_agent("b"), verb=VOIDED, object=REFERENCE)).get_json()

    assert door.stored_ids(agent=json.dumps(make_agent("a"))) == [voider]


@pytest.mark.spec("xAPI 1.0.3 Data 2.3.2.s2.b5")
def test_voiding_what_has_not_arrived_is_accepted(door):
    assert door.post(make_properties(verb=VOIDED, object=REFERENCE)).status_code == 200


@pytest.mark.spec("xAPI 1.0.3 Communication 2.8")
def test_about_tells_the_versions_without_a_key(door):
    assert door.client.get("/xapi/about").get_json()["version"] == ["1.0.3", "2.0.0"]


@pytest.mark.spec("xAPI 1.0.3 Communication 3.3")
def test_every_request_names_its_version(door):
    answer = door.client.get("/xapi/statements", auth=door.auth)

    assert (answer.status_code, answer.get_json()["code"]) == (400, "version_header_missing")
