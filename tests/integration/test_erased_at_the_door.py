"""The xAPI door after an erasure: repeats are known, latecomers lose the person, everybody else goes on."""

import json

import pytest

from sync.privacy.erasures import Order, confirm_erasure, order_erasure
from sync.privacy.subjects import find_subject_by_agent
from sync.privacy_jobs import carry_out_erasures
from sync.settings import PrivacySettings
from tests.factories.statements import make_agent, make_properties
from tests.factories.xapi_door import open_door
from xapi_bridge.running_app import now, section, transaction

LEARNER = make_agent("hv-an-4f1c2d3e9a")
STATEMENT_ID = "11111111-2222-4333-8444-555555555555"
#: Before the erasure; the clock of the tests stands at 09:00 in Ha Noi on 24 November 2026.
BEFORE = "2026-11-20T01:00:00Z"


@pytest.fixture
def door(database_url, clock):
    with open_door(database_url, clock=clock) as opened:
        yield opened


def sent(**given):
    return make_properties(
        **{"actor": LEARNER, "timestamp": BEFORE, "result": {"response": "bí mật"}, **given}
    )


def erase(door) -> None:
    with door.app.app_context():
        rules = section(PrivacySettings)
        with transaction() as session:
            subject = find_subject_by_agent(session, json.dumps(LEARNER), key=rules.key)
            made = order_erasure(
                session,
                subject,
                Order("CV-1", "Đơn", "erase"),
                by="x",
                iri_base=rules.iri_base,
                key=rules.key,
                now=now(),
            )
            confirm_erasure(
                session, made.erasure_id, typed_reference="CV-1", by="x", key=rules.key, now=now()
            )
        carry_out_erasures()


def test_a_repeat_is_known_and_a_latecomer_loses_the_person(door):
    door.post(sent(id=STATEMENT_ID))
    erase(door)

    repeated = door.post(sent(id=STATEMENT_ID))
    late = door.post(sent())
    other = door.post(sent(actor=make_agent("hv-binh")))

    assert [one.status_code for one in (repeated, late, other)] == [200, 200, 200]
    assert repeated.get_json() == [STATEMENT_ID]
    assert door.get(agent=json.dumps(LEARNER)).get_json()["statements"] == []
    kept = door.get(statementId=STATEMENT_ID).get_json()
    assert kept["actor"]["account"]["name"].startswith("erased-")
    assert "result" not in kept
    assert "result" not in door.get(statementId=late.get_json()[0]).get_json()
    assert door.get(statementId=other.get_json()[0]).get_json()["result"] == {"response": "bí mật"}
