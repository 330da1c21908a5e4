"""409: the gradebook holds a score that is as new or newer. What it holds decides."""

from datetime import timedelta

import pytest

from sync.grade_errors import ResultsUnreadable, ScoreConflict, ScoreNotDelivered
from sync.score_delivery import LEASE, DeliveryRound
from tests.factories.gradebook import FakeGradebook
from tests.factories.learning import NOON, make_result
from tests.factories.outbox import SOON, Outbox

COLUMN = "https://lms.example/1/lineitem"
USER = "hoc-vien-1"


@pytest.fixture
def outbox(engine):
    made = Outbox(engine)
    made.expect()
    made.record(make_result(0.8))
    made.follow()
    return made


def test_the_same_score_there_means_done(outbox):
    gradebook = FakeGradebook(ScoreConflict("409"))
    gradebook.held[COLUMN, USER] = 0.8

    outcome = outbox.deliver(gradebook)

    assert outcome == DeliveryRound(delivered=1)
    assert len(gradebook.posted) == 1
    assert outbox.row().settled_by == "held"


@pytest.mark.parametrize("held", [0.3, 0.95, None])
def test_another_score_there_is_replaced_as_of_now(outbox, held):
    gradebook = FakeGradebook(ScoreConflict("409"))
    gradebook.held[COLUMN, USER] = held

    outcome = outbox.deliver(gradebook)

    assert outcome == DeliveryRound(delivered=1)
    assert [score.scored_at for score in gradebook.posted] == [NOON, SOON]
    assert (outbox.row().settled_by, outbox.row().scored_at) == ("resent", SOON)


def test_a_later_result_is_later_than_what_was_sent_as_of_now(outbox):
    gradebook = FakeGradebook(ScoreConflict("409"))
    outbox.deliver(gradebook, now=SOON)

    outbox.record(make_result(0.9, at=NOON + timedelta(seconds=5)))
    outbox.follow()
    outbox.deliver(gradebook, now=SOON)

    assert gradebook.posted[-1].scored_at >= SOON + timedelta(seconds=1)


def test_where_results_cannot_be_read_sending_again_tells(outbox):
    gradebook = FakeGradebook(ScoreConflict("409"))
    gradebook.reading = ResultsUnreadable("no scope")

    assert outbox.deliver(gradebook) == DeliveryRound(delivered=1)
    assert len(gradebook.posted) == 2


def test_a_conflict_that_stays_is_tried_again_later_and_does_not_count_against_the_lms(outbox):
    outcome = outbox.deliver(FakeGradebook(ScoreConflict("409"), ScoreConflict("409")))

    assert outcome == DeliveryRound(postponed=1)
    assert outbox.row().trouble_code == "score_conflict"


def test_a_late_worker_does_not_put_its_old_score_over_a_new_one(outbox):
    new = FakeGradebook()

    class LateGradebook(FakeGradebook):
        def post_score(self, score):
            self.posted.append(score)
            # Its lease ends, a better result comes, and another worker delivers that.
            outbox.record(make_result(1.0, at=NOON + timedelta(minutes=1)))
            outbox.follow()
            outbox.deliver(new, now=SOON + LEASE)
            self.held = new.held
            raise ScoreConflict("409")

    late = LateGradebook()

    outcome = outbox.deliver(late, now=SOON)

    assert outcome == DeliveryRound(untried=1)
    assert (len(late.posted), new.points) == (1, [10.0])
    assert outbox.row().delivered_scaled == 1.0


def test_an_lms_that_fails_while_the_conflict_is_settled_is_asked_again(outbox):
    gradebook = FakeGradebook(ScoreConflict("409"))
    gradebook.reading = ScoreNotDelivered("502")

    assert outbox.deliver(gradebook) == DeliveryRound(postponed=1)
