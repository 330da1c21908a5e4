"""One LMS that does not answer is left alone, by all processes, and the others get their scores."""

from datetime import timedelta

import pytest

from sync.grade_errors import LearnerNotGraded, ScoreNotDelivered
from sync.gradebook_breaker import close_breaker, list_breakers, probe_pause_seconds
from sync.score_delivery import DeliveryRound, is_score_due
from tests.factories.gradebook import FakeGradebook
from tests.factories.learning import make_result
from tests.factories.outbox import SOON, Outbox

NAMES = [f"hv-{number}" for number in range(8)]


@pytest.fixture
def outbox(engine):
    made = Outbox(engine)
    for name in NAMES:
        made.expect(name)
        made.record(make_result(0.8, name))
    made.follow()
    return made


def failing(times, **how):
    return FakeGradebook(*[ScoreNotDelivered("502", **how) for _ in range(times)])


def breaker_of(outbox):
    with outbox.transaction() as session:
        return list_breakers(session)[0]


def test_after_five_failures_nothing_more_goes_there(outbox):
    gradebook = failing(100)

    outcome = outbox.deliver(gradebook)

    assert outcome == DeliveryRound(postponed=5, untried=3)
    assert len(gradebook.posted) == 5
    assert breaker_of(outbox).opened_at == SOON
    with outbox.transaction() as session:
        assert not is_score_due(session, now=SOON)
    assert outbox.deliver(gradebook) == DeliveryRound()


def test_another_lms_gets_its_scores_meanwhile(outbox):
    outbox.deliver(failing(100))
    outbox.expect("other", platform_registration_id=2)
    outbox.record(make_result(0.7, "other"))
    outbox.follow()
    gradebook = FakeGradebook()

    assert outbox.deliver(gradebook) == DeliveryRound(delivered=1)
    assert gradebook.posted[0].platform_registration_id == 2


def test_one_score_tries_when_the_pause_is_over(outbox):
    outbox.deliver(failing(100))
    half_open = SOON + timedelta(seconds=probe_pause_seconds(0, drawn=0.5))
    still_down = failing(100)

    outcome = outbox.deliver(still_down, now=half_open)

    assert outcome == DeliveryRound(postponed=1)
    assert breaker_of(outbox).retry_at == half_open + timedelta(seconds=probe_pause_seconds(1, drawn=0.5))


def test_only_one_worker_tries(outbox):
    outbox.deliver(failing(100))
    half_open = SOON + timedelta(minutes=1)
    others = FakeGradebook()

    class Meanwhile(FakeGradebook):
        def post_score(self, score):
            super().post_score(score)
            if len(self.posted) == 1:
                assert outbox.deliver(others, now=half_open) == DeliveryRound()

    assert outbox.deliver(Meanwhile(), now=half_open) == DeliveryRound(delivered=1)


def test_when_the_lms_answers_everything_that_waited_is_due_at_once(outbox):
    outbox.deliver(failing(100))
    half_open = SOON + timedelta(minutes=1)
    gradebook = FakeGradebook()

    first = outbox.deliver(gradebook, now=half_open)
    second = outbox.deliver(gradebook, now=half_open)

    assert (first, second) == (DeliveryRound(delivered=1), DeliveryRound(delivered=7))
    assert breaker_of(outbox).opened_at is None


def test_an_lms_that_asks_to_wait_is_left_alone_for_that_long(outbox):
    gradebook = failing(1, retry_after_seconds=300.0)

    outcome = outbox.deliver(gradebook)

    assert outcome == DeliveryRound(postponed=1, untried=7)
    assert breaker_of(outbox).retry_at == SOON + timedelta(seconds=300)


def test_refusals_of_single_scores_do_not_open_it(outbox):
    gradebook = FakeGradebook(*[LearnerNotGraded("400") for _ in range(6)])

    assert outbox.deliver(gradebook) == DeliveryRound(given_up=6, delivered=2)


def test_failures_between_successes_do_not_open_it(outbox):
    troubles = [ScoreNotDelivered("502"), ScoreNotDelivered("502"), ScoreNotDelivered("502")]
    outbox.deliver(FakeGradebook(*troubles), limit=4)
    outbox.deliver(FakeGradebook(*troubles), limit=4)

    assert breaker_of(outbox).opened_at is None


def test_an_operator_who_knows_better_closes_it(outbox):
    outbox.deliver(failing(100))

    with outbox.transaction() as session:
        was_open = close_breaker(session, 1, now=SOON)

    assert was_open
    assert outbox.deliver(FakeGradebook(), now=SOON) == DeliveryRound(delivered=8)
