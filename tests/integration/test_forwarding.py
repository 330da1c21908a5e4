"""Forwarding with a record store in memory: what goes where, in which order, and what a refusal does."""

from datetime import timedelta

import pytest

from sync.errors import TargetFieldRefused, TargetNameTaken
from sync.forwarding.dead_letters import (
    count_dead_letters,
    discard_dead_letter,
    list_dead_letters,
    resend_dead_letter,
    resend_dead_letters,
)
from sync.forwarding.delivery import ForwardingRound
from sync.forwarding.filters import StatementFilter
from sync.forwarding.outbox import ACCESS_PAUSE_SECONDS, LEASE
from sync.forwarding.sending import HORIZON_OVER
from sync.forwarding.state import Condition, list_forwarded_of_agent
from sync.forwarding.targets import account_at, pause_target, resume_target
from tests.factories.learning import (
    HOME_PAGE,
    NOON,
    make_completed,
    make_opened,
    make_voiding,
)
from tests.factories.remote_lrs import SECRET, SOON, FakeRemoteLrs, ForwardingHouse
from xapi_bridge.lrs_account import AttachmentBody
from xapi_bridge.remote_errors import (
    RemoteAccessRefused,
    RemoteConflict,
    RemoteStatementsRefused,
    RemoteUnavailable,
)
from xapi_bridge.statement import parse_statement
from xapi_bridge.store.follow import last_sequence
from xapi_bridge.vocabulary import adl

ENDPOINT = "https://lrs.example/xapi"


class ProcessKilled(BaseException):
    """kill -9 between sending and recording."""


@pytest.fixture
def house(engine):
    return ForwardingHouse(engine)


def held(remote):
    return list(remote.held.get(ENDPOINT, {}))


def test_statements_arrive_in_the_order_of_the_store(house):
    target = house.create_target()
    ids = house.record(make_opened("an"), make_completed("binh"), make_completed("an"))
    house.follow(target)
    remote = FakeRemoteLrs()

    outcome = house.deliver(remote)

    assert outcome == ForwardingRound(delivered=3)
    assert held(remote) == ids
    assert (house.rows(target), len(house.forwarded(target))) == ([], 3)
    assert house.state(target).condition is Condition.CURRENT


def test_a_target_from_now_on_gets_nothing_older(house):
    house.record(make_opened("an"))
    with house.transaction() as session:
        start = last_sequence(session)
    target = house.create_target(start_seq=start)
    later = house.record(make_completed("an"))
    house.follow(target)
    remote = FakeRemoteLrs()

    house.deliver(remote)

    assert held(remote) == later


def test_each_target_has_its_own_filter_and_bookmark(house):
    only_completed = house.create_target("A", filters=StatementFilter(verbs=(adl.COMPLETED,)))
    everything = house.create_target("B", endpoint="https://b.example/xapi")
    opened, completed = house.record(make_opened("an"), make_completed("an"))
    for target in (only_completed, everything):
        house.follow(target)
    remote = FakeRemoteLrs()

    house.deliver(remote)

    assert held(remote) == [completed]
    assert list(remote.held["https://b.example/xapi"]) == [opened, completed]


def test_a_batch_keeps_to_the_sizes_of_the_target(house):
    target = house.create_target(batch_statements=2)
    house.record(*[make_completed(f"hoc-vien-{number}") for number in range(5)])
    house.follow(target)
    remote = FakeRemoteLrs()

    house.deliver(remote)

    assert [len(batch) for batch in remote.posted] == [2, 2, 1]


def test_a_batch_keeps_to_the_bytes_of_the_target(house):
    target = house.create_target(batch_bytes=10_000)
    house.record(*[make_completed(f"hoc-vien-{number}") for number in range(30)])
    house.follow(target)
    remote = FakeRemoteLrs()

    house.deliver(remote)

    sizes = [sum(len(remote.held[ENDPOINT][one]) for one in batch) for batch in remote.posted]
    assert len(remote.posted) > 1
    assert max(sizes) <= 10_000
    assert len(held(remote)) == 30


def test_the_follower_stands_still_while_much_waits(engine):
    house = ForwardingHouse(engine, most_waiting=3)
    target = house.create_target()
    house.record(*[make_completed(f"hoc-vien-{number}") for number in range(10)])

    house.follow(target, limit=2)

    state = house.state(target)
    assert (state.waiting, state.behind) == (4, 6)
    house.deliver(FakeRemoteLrs())
    assert house.follow(target, limit=2) == 4


def test_lag_is_told_in_statements_and_in_time(house):
    target = house.create_target()
    house.record(make_opened("an"), make_completed("an"), now=NOON)
    house.follow_once(target, limit=1)

    state = house.state(target, now=NOON + timedelta(hours=2))

    assert (state.behind, state.waiting, state.lag) == (1, 1, timedelta(hours=2))
    assert state.condition is Condition.CATCHING_UP


def test_a_target_that_is_away_is_left_alone_longer_and_longer(house):
    target = house.create_target()
    house.record(make_completed("an"))
    house.follow(target)
    remote = FakeRemoteLrs(*[RemoteUnavailable("No answer.") for _ in range(3)])

    pauses, now = [], SOON
    for _ in range(3):
        house.deliver(remote, now=now)
        retry_at = house.target(target).retry_at
        assert house.deliver(remote, now=retry_at - timedelta(seconds=1)) == ForwardingRound()
        pauses.append((retry_at - now).total_seconds())
        now = retry_at

    assert pauses == [5.0, 10.0, 20.0]
    assert house.deliver(remote, now=now) == ForwardingRound(delivered=1)
    assert house.target(target).trouble_code == ""


def test_the_pause_that_a_target_asks_for_is_kept(house):
    target = house.create_target()
    house.record(make_completed("an"))
    house.follow(target)

    house.deliver(FakeRemoteLrs(RemoteUnavailable("Busy.", status=429, retry_after_seconds=120.0)))

    assert house.target(target).retry_at == SOON + timedelta(seconds=120)


def test_after_a_failure_one_statement_goes_ahead_to_try(house):
    target = house.create_target()
    house.record(*[make_completed(f"hoc-vien-{number}") for number in range(10)])
    house.follow(target)
    remote = FakeRemoteLrs(RemoteUnavailable("No answer."))
    house.deliver(remote)

    house.deliver(remote, now=SOON + timedelta(minutes=1))

    assert [len(batch) for batch in remote.posted] == [10, 1, 9]


def test_a_wrong_key_pauses_the_target_with_a_reason_and_is_tried_again_later(house):
    target = house.create_target()
    house.record(make_completed("an"))
    house.follow(target)
    remote = FakeRemoteLrs(RemoteAccessRefused("The store answered 401.", status=401))
    house.deliver(remote)

    troubled = house.target(target)

    assert (troubled.trouble_code, troubled.trouble) == ("remote_access_refused", "The store answered 401.")
    assert house.state(target).condition is Condition.TROUBLED
    assert troubled.retry_at == SOON + timedelta(seconds=ACCESS_PAUSE_SECONDS)
    assert house.deliver(remote, now=troubled.retry_at) == ForwardingRound(delivered=1)


def test_only_the_statement_that_is_refused_dies(house):
    target = house.create_target()
    ids = house.record(*[make_completed(f"hoc-vien-{number}") for number in range(9)])
    house.follow(target)
    remote = FakeRemoteLrs()
    remote.refuses = {ids[4]}

    outcome = house.deliver(remote)

    assert outcome == ForwardingRound(delivered=8, given_up=1)
    assert held(remote) == ids[:4] + ids[5:]
    (dead,) = house.rows(target)
    assert (dead.statement_id, dead.reason, dead.last_status) == (ids[4], "remote_statements_refused", 400)
    assert dead.answer == "verb is missing"


def test_a_dead_statement_does_not_hold_up_its_actor(house):
    target = house.create_target()
    ids = house.record(make_opened("an"), make_completed("an"))
    house.follow(target)
    remote = FakeRemoteLrs()
    remote.refuses = {ids[0]}

    house.deliver(remote)

    assert held(remote) == [ids[1]]


def test_nothing_dies_when_the_store_refuses_everything_and_our_account_as_well(house):
    target = house.create_target()
    house.record(*[make_completed(f"hoc-vien-{number}") for number in range(3)])
    house.follow(target)
    remote = FakeRemoteLrs(*[RemoteStatementsRefused("400", status=400) for _ in range(5)])
    remote.check_trouble = RemoteAccessRefused("It does not speak our version.", status=400)

    house.deliver(remote)

    assert [one.dead_at for one in house.rows(target)] == [None, None, None]
    assert house.target(target).trouble == "It does not speak our version."


def test_a_conflict_with_the_same_statement_is_a_delivery(house):
    target = house.create_target()
    ids = house.record(make_opened("an"), make_completed("binh"))
    house.follow(target)
    remote = FakeRemoteLrs()
    house.deliver(remote)
    again = house.create_target("B")
    house.follow(again)
    # A store that answers 409 to every repetition, also to an equal one.
    remote.troubles = [RemoteConflict("409", status=409) for _ in range(3)]

    outcome = house.deliver(remote)

    assert outcome == ForwardingRound(delivered=2)
    assert held(remote) == ids


def test_a_conflict_with_another_statement_is_a_dead_letter(house):
    target = house.create_target()
    mine = make_completed("an")
    other = parse_statement(make_completed("binh").raw)
    house.record(mine)
    house.follow(target)
    remote = FakeRemoteLrs()
    remote.held[ENDPOINT] = {mine.id: other.raw}

    house.deliver(remote)

    (dead,) = house.rows(target)
    assert (dead.reason, dead.last_status) == ("remote_conflict", 409)
    assert remote.held[ENDPOINT][mine.id] == other.raw


def test_a_conflict_that_the_store_cannot_show_is_tried_again(house):
    target = house.create_target()
    house.record(make_completed("an"))
    house.follow(target)
    remote = FakeRemoteLrs(RemoteConflict("409", status=409))
    house.deliver(remote)

    outcome = house.deliver(remote, now=SOON + timedelta(minutes=10))

    assert outcome == ForwardingRound(delivered=1)


def test_a_batch_that_is_too_large_is_halved_until_it_fits(house):
    target = house.create_target()
    ids = house.record(*[make_completed(f"hoc-vien-{number}") for number in range(8)])
    house.follow(target)
    remote = FakeRemoteLrs()
    remote.most_statements = 3

    house.deliver(remote)

    assert held(remote) == ids
    assert [len(batch) for batch in remote.posted] == [8, 4, 2, 2, 4, 2, 2]


def test_a_statement_on_which_the_store_breaks_steps_aside_and_its_actor_waits(house):
    target = house.create_target()
    ids = house.record(
        *[make_completed(f"hoc-vien-{number}") for number in range(10)],
        make_opened("hoc-vien-5", "m2"),
        make_opened("hoc-vien-6", "m2"),
    )
    house.follow(target)
    remote = FakeRemoteLrs()
    remote.breaks_on = {ids[5]: RemoteUnavailable("The store answered 500.", status=500)}

    house.deliver_for(remote, rounds=30, minutes=1)

    assert set(held(remote)) == set(ids) - {ids[5], ids[10]}
    remote.breaks_on = {}
    house.deliver_for(remote, since=SOON + timedelta(hours=2), rounds=5)
    assert held(remote)[-2:] == [ids[5], ids[10]]


def test_after_the_horizon_a_statement_becomes_a_dead_letter(house):
    target = house.create_target()
    house.record(make_completed("an"))
    house.follow(target)
    remote = FakeRemoteLrs(*[RemoteUnavailable("No answer.", status=503)] * 40)
    house.deliver(remote, now=SOON)

    house.deliver(remote, now=SOON + timedelta(days=6, hours=23))
    assert house.rows(target)[0].dead_at is None
    house.deliver(remote, now=SOON + timedelta(days=8))

    (dead,) = house.rows(target)
    assert (dead.reason, dead.last_status) == (HORIZON_OVER, 503)


def test_a_killed_worker_loses_and_doubles_nothing(house):
    target = house.create_target()
    ids = house.record(make_opened("an"), make_completed("an"))
    house.follow(target)
    remote = FakeRemoteLrs(ProcessKilled())
    with pytest.raises(ProcessKilled):
        house.deliver(remote)

    during_lease = house.deliver(remote, now=SOON + LEASE - timedelta(seconds=1))
    after_lease = house.deliver(remote, now=SOON + LEASE)

    assert (during_lease, after_lease) == (ForwardingRound(), ForwardingRound(delivered=2))
    assert held(remote) == ids


def test_an_operator_may_end_the_lease_of_a_killed_worker(house):
    target = house.create_target()
    house.record(make_completed("an"))
    house.follow(target)
    remote = FakeRemoteLrs(ProcessKilled())
    with pytest.raises(ProcessKilled):
        house.deliver(remote)

    with house.transaction() as session:
        resume_target(session, target, now=SOON)

    assert house.deliver(remote) == ForwardingRound(delivered=1)


def test_a_worker_that_was_thought_dead_overwrites_nothing(house):
    target = house.create_target()
    house.record(make_completed("an"))
    house.follow(target)
    quick = FakeRemoteLrs()

    class Slow(FakeRemoteLrs):
        def post_statements(self, account, statements, *, bodies=()):
            house.deliver(quick, now=SOON + LEASE)
            raise RemoteUnavailable("It took too long.")

    house.deliver(Slow())

    assert len(held(quick)) == 1
    assert house.rows(target) == []
    assert len(house.forwarded(target)) == 1


def test_while_a_statement_is_on_its_way_nothing_of_its_actor_is_claimed(house):
    target = house.create_target(batch_statements=1)
    ids = house.record(make_opened("an"), make_completed("an"), make_completed("binh"))
    house.follow(target)
    other = FakeRemoteLrs()

    class Slow(FakeRemoteLrs):
        def post_statements(self, account, statements, *, bodies=()):
            if not self.posted:
                house.deliver(other)
            super().post_statements(account, statements, bodies=bodies)

    slow = Slow()
    house.deliver(slow)

    assert other.posted == [[ids[2]]]
    assert held(slow) == ids[:2]


def test_a_voiding_follows_what_it_takes_back(house):
    target = house.create_target(filters=StatementFilter(verbs=(adl.COMPLETED,)))
    opened, completed = house.record(make_opened("an"), make_completed("an"))
    house.follow(target)
    remote = FakeRemoteLrs()
    house.deliver(remote)
    _, relevant = house.record(make_voiding(opened), make_voiding(completed))

    house.follow(target)
    house.deliver(remote)

    assert held(remote) == [completed, relevant]


def test_a_voiding_that_came_first_follows_when_its_target_comes(house):
    target = house.create_target(filters=StatementFilter(verbs=(adl.COMPLETED,)))
    completed = make_completed("an")
    (voiding,) = house.record(make_voiding(completed.id))
    house.follow(target)
    house.record(completed)

    house.follow(target)
    remote = FakeRemoteLrs()
    house.deliver(remote)

    assert set(held(remote)) == {completed.id, voiding}


def test_the_bytes_of_attachments_travel_with_their_statements_only(house):
    target = house.create_target(batch_statements=1)
    first, second = house.record(make_opened("an"), make_completed("an"))
    house.follow(target)
    remote = FakeRemoteLrs()
    bodies = {first: AttachmentBody("ab" * 32, "text/plain", b"x")}
    asked = []

    def find_bodies(ids):
        asked.append(list(ids))
        return [bodies[one] for one in ids if one in bodies]

    house.deliver(remote, find_bodies=find_bodies)

    assert asked == [[first], [second]]
    assert remote.bodies == list(bodies.values())


def test_a_paused_target_takes_in_and_gets_nothing_until_it_is_resumed(house):
    target = house.create_target()
    house.record(make_completed("an"))
    with house.transaction() as session:
        pause_target(session, target, now=SOON)
    remote = FakeRemoteLrs()

    assert (house.follow(target), house.deliver(remote)) == (0, ForwardingRound())

    with house.transaction() as session:
        resume_target(session, target, now=SOON)
    assert (house.follow(target), house.deliver(remote)) == (1, ForwardingRound(delivered=1))


def test_dead_letters_are_listed_resent_and_put_away(house):
    target = house.create_target()
    ids = house.record(*[make_completed(f"hoc-vien-{number}") for number in range(3)])
    house.follow(target)
    remote = FakeRemoteLrs()
    remote.refuses = set(ids)
    house.deliver(remote)
    with house.transaction() as session:
        letters = list_dead_letters(session, target, offset=0, limit=10)
        (counted,) = count_dead_letters(session, target)
        discard_dead_letter(session, target, letters[0].outgoing.seq, note="thử nghiệm", now=SOON)
        resend_dead_letter(session, target, letters[1].outgoing.seq, now=SOON)
        resent = resend_dead_letters(session, target, reason=counted.reason, now=SOON)
    remote.refuses = set()

    house.deliver(remote)

    assert [letter.stored.statement_id for letter in letters] == ids
    assert (counted.letters, resent) == (3, 1)
    assert held(remote) == ids[1:]
    (discarded,) = house.rows(target)
    assert (discarded.note, house.state(target).dead) == ("thử nghiệm", 0)


def test_what_a_target_was_given_of_a_person_stays_known(house):
    target = house.create_target()
    house.record(make_opened("an"), make_completed("binh"), make_completed("an"))
    house.follow(target)
    house.deliver(FakeRemoteLrs())

    with house.transaction() as session:
        given = list_forwarded_of_agent(session, ("account", HOME_PAGE, "an"))

    all_seqs = house.forwarded(target)
    assert given == {target: [all_seqs[0], all_seqs[2]]}


def test_pseudonyms_of_two_targets_cannot_be_joined(house):
    first = house.create_target("A", pseudonymous=True)
    second = house.create_target("B", endpoint="https://b.example/xapi", pseudonymous=True)
    house.record(make_opened("an"), make_completed("an"))
    for target in (first, second):
        house.follow(target)
    remote = FakeRemoteLrs()

    house.deliver(remote)

    one, other = remote.names(ENDPOINT), remote.names("https://b.example/xapi")
    assert len({*one}) == len({*other}) == 1
    assert len({"an", *one, *other}) == 3


def test_the_password_is_sealed_in_the_database_and_opened_for_sending(house):
    target = house.create_target(secret="mật khẩu rất dài")
    house.record(make_completed("an"))
    house.follow(target)
    remote = FakeRemoteLrs()

    house.deliver(remote)

    row = house.target(target)
    assert "mật khẩu" not in row.sealed_secret
    assert remote.accounts[0].secret == "mật khẩu rất dài"
    assert "mật khẩu" not in repr(account_at(row, sealing_secret=SECRET))


def test_another_secret_key_puts_the_target_in_trouble_and_loses_nothing(house):
    target = house.create_target()
    house.record(make_completed("an"))
    house.follow(target)
    right = house.settings
    house.settings = type(right)(secret="another secret of thirty-two chars.", iri_base=right.iri_base)

    house.deliver(FakeRemoteLrs())

    assert house.target(target).trouble_code == "target_secret_unreadable"
    house.settings = right
    later = SOON + timedelta(hours=1)
    assert house.deliver(FakeRemoteLrs(), now=later) == ForwardingRound(delivered=1)


@pytest.mark.parametrize(
    "fields",
    [
        {"endpoint": "lrs.example/xapi"},
        {"endpoint": "ftp://lrs.example/xapi"},
        {"endpoint": "https://user:secret@lrs.example/xapi"},
        {"endpoint": "https://lrs.example/xapi?key=1"},
        {"name": " "},
        {"key": "a:b"},
        {"secret": ""},
        {"version": "0.95"},
        {"batch_statements": 501},
        {"batch_bytes": 1},
    ],
    ids=str,
)
def test_a_target_that_cannot_be_is_refused(house, fields):
    with pytest.raises(TargetFieldRefused):
        house.create_target(**fields)


def test_two_targets_do_not_share_a_name(house):
    house.create_target("Bộ")

    with pytest.raises(TargetNameTaken):
        house.create_target("Bộ")


def test_the_endpoint_may_be_given_with_its_resource(house):
    target = house.create_target(endpoint="https://lrs.example/xapi/statements/")

    assert house.target(target).endpoint == ENDPOINT
