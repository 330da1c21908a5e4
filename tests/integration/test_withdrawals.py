"""Taking back from another record store what it was given of an erased person."""

from datetime import timedelta
from uuid import UUID

import msgspec
import pytest

from lti_tool.launch.erasure import OpenedLaunches
from sync.privacy.carrying_out import Tools, carry_out
from sync.privacy.erasures import Order, confirm_erasure, order_erasure
from sync.privacy.subjects import find_subject_by_agent
from sync.privacy.targets import list_targets_of, note_voided
from tests.factories.erasure import KEY
from tests.factories.learning import HOME_PAGE, IRI_BASE, make_completed
from tests.factories.remote_lrs import NOON, SOON, FakeRemoteLrs, ForwardingHouse
from xapi_bridge.store.follow import find_stored

AGENT = msgspec.json.encode({"account": {"homePage": HOME_PAGE, "name": "hv-an"}}).decode()


@pytest.fixture
def house(engine):
    return ForwardingHouse(engine)


def erase(house) -> int:
    with house.transaction() as session:
        subject = find_subject_by_agent(session, AGENT, key=KEY)
        order = Order("CV-1", "Đơn", "erase")
        made = order_erasure(session, subject, order, by="x", iri_base=IRI_BASE, key=KEY, now=SOON)
        confirm_erasure(session, made.erasure_id, typed_reference="CV-1", by="x", key=KEY, now=SOON)
    tools = Tools(key=KEY, launches=OpenedLaunches())
    carry_out(house.transaction, tools, clock=lambda: SOON, most_chunks=100)
    return made.erasure_id


def test_the_target_gets_a_voiding_statement_for_each_own_statement_and_we_keep_ours(house):
    remote = FakeRemoteLrs()
    target = house.create_target()
    given = house.record(make_completed("hv-an"), make_completed("hv-an", "m2"), make_completed("hv-binh"))
    house.follow(target)
    house.deliver(remote)
    erasure_id = erase(house)

    house.deliver(remote)

    endpoint = house.target(target).endpoint
    voided = {
        UUID(one["object"]["id"])
        for one in (msgspec.json.decode(raw) for raw in remote.held[endpoint].values())
        if one["object"].get("objectType") == "StatementRef"
    }
    assert voided == set(given[:2])
    with house.transaction() as session:
        assert not any(find_stored(session, one).voided for one in given)
        assert note_voided(session, now=SOON) == 1
        assert [one.state for one in list_targets_of(session, erasure_id)] == ["voided"]


def test_a_withdrawal_that_waits_is_late_since_it_was_asked(house):
    target = house.create_target()
    house.record(make_completed("hv-an"))
    house.follow(target)
    house.deliver(FakeRemoteLrs())
    erase(house)

    state = house.state(target, now=SOON + timedelta(hours=1))

    assert (state.waiting, state.oldest_stored_at, state.lag) == (1, SOON, timedelta(hours=1))


def test_what_was_never_sent_is_not_taken_back(house):
    house.create_target()
    house.record(make_completed("hv-an"), now=NOON)

    erasure_id = erase(house)

    with house.transaction() as session:
        assert [one.state for one in list_targets_of(session, erasure_id)] == ["none"]
