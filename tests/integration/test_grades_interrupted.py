"""The outbox of scores when processes die, stall or work side by side."""

from datetime import UTC, timedelta

import pytest

from sync.grade_errors import ScoreNotDelivered
from sync.score_delivery import (
    LEASE,
    DeliveryRound,
    count_waiting_scores,
    is_score_due,
    send_waiting_now,
)
from tests.factories.gradebook import FakeGradebook
from tests.factories.learning import NOON, make_completed, make_result
from tests.factories.outbox import SOON, Outbox


@pytest.fixture
def outbox(engine):
    return Outbox(engine)


class ProcessKilled(BaseException):
    """kill -9 between posting and recording."""


def test_a_crash_between_posting_and_recording_posts_the_same_score_again(outbox):
    outbox.expect()
    outbox.record(make_result(0.9))
    outbox.follow()
    gradebook = FakeGradebook(ProcessKilled())
    with pytest.raises(ProcessKilled):
        outbox.deliver(gradebook, now=SOON)

    during_lease = outbox.deliver(gradebook, now=SOON + LEASE - timedelta(seconds=1))
    after_lease = outbox.deliver(gradebook, now=SOON + LEASE)

    assert (during_lease, after_lease) == (DeliveryRound(), DeliveryRound(delivered=1))
    assert gradebook.posted[0] == gradebook.posted[1]


def test_the_next_start_may_send_what_a_killed_process_had_claimed(outbox):
    outbox.expect()
    outbox.record(make_result(0.9))
    outbox.follow()
    with pytest.raises(ProcessKilled):
        outbox.deliver(FakeGradebook(ProcessKilled()), now=SOON)

    with outbox.transaction() as session:
        waiting = count_waiting_scores(session)
        send_waiting_now(session, now=SOON)

    assert waiting == 1
    assert outbox.deliver(FakeGradebook(), now=SOON) == DeliveryRound(delivered=1)


def test_a_worker_that_was_thought_dead_cannot_overwrite_the_outcome(outbox):
    outbox.expect()
    outbox.record(make_result(0.9))
    outbox.follow()
    gradebook = FakeGradebook()

    class SlowGradebook:
        def post_score(self, score) -> None:
            # Its lease ends meanwhile, and another worker delivers.
            assert outbox.deliver(gradebook, now=SOON + LEASE) == DeliveryRound(delivered=1)
            raise ScoreNotDelivered("timed out after all")

    outbox.deliver(SlowGradebook(), now=SOON)

    assert (outbox.row().delivered_scaled, outbox.row().due_at) == (0.9, None)
    assert outbox.row().failures == 0


def test_a_better_result_that_comes_while_posting_is_due_at_once(outbox):
    outbox.expect()
    outbox.record(make_result(0.4))
    outbox.follow()
    posted = []

    class GradebookDuringAttempt:
        def post_score(self, score) -> None:
            posted.append(score.score_given)
            if len(posted) == 1:
                outbox.record(make_result(0.9))
                outbox.follow()

    outbox.deliver(GradebookDuringAttempt())
    outbox.deliver(GradebookDuringAttempt())

    assert posted == [4.0, 9.0]


def test_posting_holds_no_transaction_open(outbox):
    outbox.expect()
    outbox.record(make_result(0.4))
    outbox.follow()

    class WritingGradebook:
        def post_score(self, score) -> None:
            # On SQLite this would wait for itself if the outbox were still locked.
            outbox.record(make_completed("an"))

    assert outbox.deliver(WritingGradebook()) == DeliveryRound(delivered=1)


def test_a_claimed_score_is_not_given_to_a_second_worker(outbox):
    for name in ("an", "binh"):
        outbox.expect(name)
        outbox.record(make_result(0.9, name))
    outbox.follow()
    others = FakeGradebook()

    own = []

    class Meanwhile:
        def post_score(self, score) -> None:
            own.append(score.lms_user_id)
            outbox.deliver(others, now=SOON)

    outbox.deliver(Meanwhile(), now=SOON, limit=1)

    assert len(own) == 1
    assert {"an", "binh"} - set(own) == {score.lms_user_id for score in others.posted}


def test_asking_whether_a_score_is_due_does_not_claim_it(outbox):
    outbox.expect()
    outbox.record(make_result(0.9))
    outbox.follow()

    with outbox.transaction() as session:
        answers = [is_score_due(session, now=instant) for instant in (NOON, NOON - timedelta(seconds=1))]

    assert answers == [True, False]
    assert outbox.row().due_at == NOON.astimezone(UTC)
    assert outbox.row().claims == 0
