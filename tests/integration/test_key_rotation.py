"""One key of ours follows another: publish, wait, sign, wait, retire; or all at once in an emergency."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from lti_tool.platforms.errors import KeyNotFound, KeyWaitNotOver, RotationUnderWay
from lti_tool.platforms.key_rotation import (
    Stage,
    Waits,
    list_endangered,
    list_keys,
    replace_at_once,
    retire_key,
    sign_with_next,
    start_rotation,
    take_due_steps,
)
from lti_tool.platforms.tool_keys import create_tool_key, find_signing_key, publish_key_set
from lti_tool.platforms.trust import note_trust
from tests.factories.lti import SECRET, FakePlatform, create_platform
from xapi_bridge.store.audit import list_actions

WAITS = Waits(publish=timedelta(hours=24), overlap=timedelta(hours=48))


def rotate(session, clock):
    return start_rotation(session, secret=SECRET, operator="an.nguyen", now=clock())


def sign(session, clock, kid):
    sign_with_next(session, kid, secret=SECRET, waits=WAITS, operator="an.nguyen", now=clock())


def retire(session, clock, kid):
    retire_key(session, kid, secret=SECRET, waits=WAITS, operator="an.nguyen", now=clock())


def due(session, clock):
    return take_due_steps(session, secret=SECRET, waits=WAITS, now=clock())


def stages(session):
    return {key.kid: key.stage for key in list_keys(session, secret=SECRET, waits=WAITS)}


def published(session):
    return {key["kid"] for key in publish_key_set(session)["keys"]}


def test_the_next_key_is_published_long_before_it_signs(session, clock):
    old = create_tool_key(session, secret=SECRET, now=clock())

    new = rotate(session, clock)

    assert published(session) == {old.kid, new}
    assert find_signing_key(session, secret=SECRET) == old
    assert stages(session) == {old.kid: Stage.SIGNING, new: Stage.PUBLISHED}


@pytest.mark.parametrize("hours", [0, 23.9])
def test_a_published_key_does_not_sign_before_lmss_had_time_to_read_it(session, clock, hours):
    create_tool_key(session, secret=SECRET, now=clock())
    new = rotate(session, clock)
    clock.forward(hours=hours)

    with pytest.raises(KeyWaitNotOver):
        sign(session, clock, new)

    assert due(session, clock) == 0


def test_a_key_that_signed_stays_published_until_nothing_of_it_is_on_its_way(session, clock):
    old = create_tool_key(session, secret=SECRET, now=clock())
    new = rotate(session, clock)
    clock.forward(hours=24)
    sign(session, clock, new)
    assert find_signing_key(session, secret=SECRET).kid == new
    assert published(session) == {old.kid, new}

    clock.forward(hours=47)
    with pytest.raises(KeyWaitNotOver):
        retire(session, clock, old.kid)

    clock.forward(hours=1)
    retire(session, clock, old.kid)
    assert published(session) == {new}
    assert stages(session) == {old.kid: Stage.RETIRED, new: Stage.SIGNING}


def test_the_timetable_takes_each_step_when_it_comes_due(session, clock):
    old = create_tool_key(session, secret=SECRET, now=clock())
    new = rotate(session, clock)

    taken = []
    for _ in range(4):
        taken.append(due(session, clock))
        clock.forward(hours=24)

    # At 0 h nothing, at 24 h the new one signs, at 48 h nothing, at 72 h the old one goes.
    assert taken == [0, 1, 0, 1]
    assert stages(session) == {old.kid: Stage.RETIRED, new: Stage.SIGNING}


def test_the_timetable_that_slept_for_a_week_still_leaves_the_overlap(session, clock):
    old = create_tool_key(session, secret=SECRET, now=clock())
    rotate(session, clock)
    clock.forward(days=7)

    assert due(session, clock) == 1

    assert stages(session)[old.kid] is Stage.RESTING


def test_without_a_rotation_the_timetable_does_nothing(session, clock):
    create_tool_key(session, secret=SECRET, now=clock())
    clock.forward(days=1000)

    assert due(session, clock) == 0


def test_one_rotation_at_a_time(session, clock):
    create_tool_key(session, secret=SECRET, now=clock())
    rotate(session, clock)

    with pytest.raises(RotationUnderWay):
        rotate(session, clock)


def test_the_first_key_of_all_signs_at_once(session, clock):
    kid = rotate(session, clock)

    assert find_signing_key(session, secret=SECRET).kid == kid


def test_the_key_that_signs_cannot_be_retired(session, clock):
    key = create_tool_key(session, secret=SECRET, now=clock())
    clock.forward(days=30)

    with pytest.raises(KeyWaitNotOver):
        retire(session, clock, key.kid)


def test_an_unknown_or_retired_key_takes_no_step(session, clock):
    old = create_tool_key(session, secret=SECRET, now=clock())
    replace_at_once(session, secret=SECRET, operator="an.nguyen", now=clock())

    for kid in ("unknown", old.kid, "x" * 500):
        with pytest.raises(KeyNotFound):
            sign(session, clock, kid)
        with pytest.raises(KeyNotFound):
            retire(session, clock, kid)


def test_a_key_of_another_secret_never_signs_and_blocks_no_rotation(session, clock):
    create_tool_key(session, secret="an earlier secret", now=clock())
    stranded = start_rotation(session, secret="an earlier secret", operator="an.nguyen", now=clock())
    current = create_tool_key(session, secret=SECRET, now=clock())
    clock.forward(days=7)

    # The stranded key signs never; the earlier secret's signing key only goes.
    assert due(session, clock) == 1
    assert find_signing_key(session, secret=SECRET) == current
    with pytest.raises(KeyNotFound):
        sign(session, clock, stranded)
    rotate(session, clock)


def test_in_an_emergency_nothing_waits(session, clock):
    old = create_tool_key(session, secret=SECRET, now=clock())
    waiting = rotate(session, clock)

    made = replace_at_once(session, secret=SECRET, operator="an.nguyen", now=clock())

    assert published(session) == {made.kid}
    assert find_signing_key(session, secret=SECRET).kid == made.kid
    assert stages(session) == {
        made.kid: Stage.SIGNING,
        old.kid: Stage.RETIRED,
        waiting: Stage.RETIRED,
    }


def test_after_an_emergency_the_lmss_that_trust_the_old_key_are_listed_until_they_accept_the_new(
    session, clock
):
    old = create_tool_key(session, secret=SECRET, now=clock())
    known = create_platform(session, FakePlatform(), now=clock())
    silent = create_platform(session, FakePlatform(client_id="never-asked"), now=clock())
    note_trust(session, known.id, kid=old.kid, now=clock())
    made = replace_at_once(session, secret=SECRET, operator="an.nguyen", now=clock())
    session.flush()

    assert [row.id for row in list_endangered(session)] == [known.id]
    assert silent.trusted_kid == ""

    note_trust(session, known.id, kid=made.kid, now=clock())
    session.flush()
    assert list_endangered(session) == []


def test_an_ordinary_rotation_endangers_nobody(session, clock):
    old = create_tool_key(session, secret=SECRET, now=clock())
    registration = create_platform(session, FakePlatform(), now=clock())
    note_trust(session, registration.id, kid=old.kid, now=clock())
    new = rotate(session, clock)
    clock.forward(hours=24)
    sign(session, clock, new)
    session.flush()

    assert list_endangered(session) == []
    (resting,) = [key for key in list_keys(session, secret=SECRET, waits=WAITS) if key.kid == old.kid]
    assert [row.id for row in resting.trusted_by] == [registration.id]


def test_every_step_stands_in_the_audit_log_with_its_operator(session, clock):
    create_tool_key(session, secret=SECRET, now=clock())
    rotate(session, clock)
    clock.forward(hours=24)
    due(session, clock)
    replace_at_once(session, secret=SECRET, operator="binh.le", now=clock())

    told = [(action.action, action.operator) for action in reversed(list_actions(session, limit=10))]
    assert told == [
        ("key_published", "an.nguyen"),
        ("key_began_signing", "timetable"),
        ("keys_replaced_at_once", "binh.le"),
    ]


def test_two_operators_who_start_at_once_make_one_next_key(engine, clock):
    with Session(engine) as session, session.begin():
        create_tool_key(session, secret=SECRET, now=clock())
    start, refused = threading.Barrier(2), []

    def start_at_once():
        start.wait()
        try:
            with Session(engine) as session, session.begin():
                rotate(session, clock)
        except RotationUnderWay as refusal:
            refused.append(refusal)

    threads = [threading.Thread(target=start_at_once) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(refused) == 1
    with Session(engine) as session:
        assert len(published(session)) == 2
