"""A quiz result reaches the gradebook: the best one, once, whatever happens on the way."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from sync.grade_errors import ScoreNotDelivered, ScoreRefused
from sync.models import OutgoingScore
from sync.score_delivery import FIRST_PAUSE_SECONDS, MOST_FAILURES, DeliveryRound
from tests.factories.gradebook import FakeGradebook
from tests.factories.learning import NOON, make_completed, make_result
from tests.factories.outbox import SOON, Outbox


@pytest.fixture
def outbox(engine):
    return Outbox(engine)


def test_a_final_result_is_posted_in_points_of_the_column(outbox):
    outbox.expect(score_maximum=20.0)
    outbox.record(make_result(0.85))
    outbox.follow()
    gradebook = FakeGradebook()

    outcome = outbox.deliver(gradebook)

    (score,) = gradebook.posted
    assert (score.score_given, score.score_maximum) == (17.0, 20.0)
    assert (score.lms_user_id, score.line_item_url) == ("hoc-vien-1", "https://lms.example/1/lineitem")
    assert score.scored_at == NOON
    assert outcome == DeliveryRound(delivered=1)


def test_a_delivered_score_is_not_posted_again(outbox):
    outbox.expect()
    outbox.record(make_result(0.85))
    outbox.follow()
    gradebook = FakeGradebook()
    outbox.deliver(gradebook)

    outbox.follow()
    again = outbox.deliver(gradebook, now=SOON + timedelta(days=30))

    assert again == DeliveryRound()
    assert gradebook.points == [8.5]


def test_several_results_become_one_post_of_the_best(outbox):
    outbox.expect()
    outbox.record(make_result(0.3), make_result(0.9), make_result(0.6))
    outbox.follow()
    gradebook = FakeGradebook()

    outbox.deliver(gradebook)

    assert gradebook.points == [9.0]


def test_a_worse_result_later_sends_nothing(outbox):
    outbox.expect()
    outbox.record(make_result(0.9))
    outbox.follow()
    gradebook = FakeGradebook()
    outbox.deliver(gradebook)

    outbox.record(make_result(0.4, at=NOON + timedelta(hours=1)))
    outbox.follow()
    outbox.deliver(gradebook, now=SOON + timedelta(hours=2))

    assert gradebook.points == [9.0]


def test_a_better_result_later_is_sent_with_a_later_instant(outbox):
    outbox.expect()
    outbox.record(make_result(0.4))
    outbox.follow()
    gradebook = FakeGradebook()
    outbox.deliver(gradebook)

    outbox.record(make_result(0.9, at=NOON + timedelta(hours=1)))
    outbox.follow()
    outbox.deliver(gradebook, now=SOON + timedelta(hours=2))

    assert gradebook.points == [4.0, 9.0]
    assert gradebook.posted[1].scored_at == NOON + timedelta(hours=1)


def test_a_better_result_that_was_stored_late_does_not_lose_to_the_newer_one(outbox):
    outbox.expect()
    outbox.record(make_result(0.4, at=NOON))
    outbox.follow()
    gradebook = FakeGradebook()
    outbox.deliver(gradebook)

    outbox.record(make_result(0.9, at=NOON - timedelta(days=1)))
    outbox.follow()
    outbox.deliver(gradebook)

    first, second = gradebook.posted
    assert second.score_given == 9.0
    assert second.scored_at >= first.scored_at + timedelta(seconds=1)


def test_other_learners_and_other_statements_give_no_grade(outbox):
    outbox.expect("an")
    outbox.record(make_result(0.9, "binh"), make_completed("an"))

    outbox.follow()

    assert outbox.rows() == []


def test_a_result_reached_before_its_column_existed_is_sent_when_it_does(outbox):
    outbox.record(make_result(0.9))
    outbox.follow()

    outbox.expect()

    assert outbox.row().best_scaled == 0.9


def test_expecting_the_same_again_changes_nothing(outbox):
    outbox.expect()
    outbox.record(make_result(0.9))
    outbox.follow()
    outbox.deliver(FakeGradebook())

    outbox.expect(now=NOON + timedelta(days=1))

    assert outbox.row().due_at is None


def test_a_column_made_anew_gets_the_result_too(outbox):
    outbox.expect()
    outbox.record(make_result(0.9))
    outbox.follow()
    gradebook = FakeGradebook()
    outbox.deliver(gradebook)

    outbox.expect(column="https://lms.example/2/lineitem", now=SOON)
    outbox.deliver(gradebook)

    assert [score.line_item_url for score in gradebook.posted] == [
        "https://lms.example/1/lineitem",
        "https://lms.example/2/lineitem",
    ]


def test_two_registrations_of_one_column_share_its_best_result(outbox):
    outbox.expect("lan-1", lms_user_id="u1")
    outbox.expect("lan-2", lms_user_id="u1")
    outbox.record(make_result(0.9, "lan-1"), make_result(0.5, "lan-2"))
    outbox.follow()
    gradebook = FakeGradebook()

    outbox.deliver(gradebook)

    assert gradebook.points == [9.0]


def test_a_score_that_was_not_delivered_comes_again_after_a_growing_pause(outbox):
    outbox.expect()
    outbox.record(make_result(0.9))
    outbox.follow()
    gradebook = FakeGradebook(ScoreNotDelivered("no line"), ScoreNotDelivered("no line"))

    first = outbox.deliver(gradebook, now=SOON)
    after_first = outbox.row()
    too_early = outbox.deliver(gradebook, now=SOON + timedelta(seconds=FIRST_PAUSE_SECONDS - 1))
    second_at = SOON + timedelta(seconds=FIRST_PAUSE_SECONDS)
    outbox.deliver(gradebook, now=second_at)
    after_second = outbox.row()
    third = outbox.deliver(gradebook, now=after_second.due_at)

    assert (first, too_early) == (DeliveryRound(postponed=1), DeliveryRound())
    assert after_first.trouble == "score_not_delivered: no line"
    assert after_second.due_at == second_at + timedelta(seconds=2 * FIRST_PAUSE_SECONDS)
    assert third == DeliveryRound(delivered=1)
    assert (outbox.row().trouble, outbox.row().failures) == ("", 0)


def test_the_pause_that_an_lms_asks_for_is_kept(outbox):
    outbox.expect()
    outbox.record(make_result(0.9))
    outbox.follow()

    outbox.deliver(FakeGradebook(ScoreNotDelivered("busy", retry_after_seconds=7200.0)), now=SOON)

    assert outbox.row().due_at == SOON + timedelta(seconds=7200)


def test_a_refused_score_is_given_up_with_its_reason(outbox):
    outbox.expect()
    outbox.record(make_result(0.9))
    outbox.follow()
    gradebook = FakeGradebook(ScoreRefused("The column does not exist any more."))

    outcome = outbox.deliver(gradebook)
    later = outbox.deliver(gradebook, now=SOON + timedelta(days=30))

    assert (outcome, later) == (DeliveryRound(given_up=1), DeliveryRound())
    assert outbox.row().trouble == "score_refused: The column does not exist any more."
    assert outbox.row().given_up_at == SOON


def test_a_better_result_revives_a_score_that_was_given_up(outbox):
    outbox.expect()
    outbox.record(make_result(0.4))
    outbox.follow()
    gradebook = FakeGradebook(ScoreRefused("unknown learner"))
    outbox.deliver(gradebook)

    outbox.record(make_result(0.9))
    outbox.follow()
    outcome = outbox.deliver(gradebook)

    assert outcome == DeliveryRound(delivered=1)
    assert outbox.row().given_up_at is None


def test_an_lms_that_never_answers_is_given_up_after_many_attempts(outbox):
    outbox.expect()
    outbox.record(make_result(0.9))
    outbox.follow()
    with outbox.transaction() as session:
        session.scalars(select(OutgoingScore)).one().failures = MOST_FAILURES - 1

    outcome = outbox.deliver(FakeGradebook(ScoreNotDelivered("no line")))

    assert outcome == DeliveryRound(given_up=1)


def test_one_score_that_trips_the_adapter_does_not_hold_up_the_others(outbox):
    for name in ("an", "binh"):
        outbox.expect(name)
        outbox.record(make_result(0.9, name))
    outbox.follow()

    outcome = outbox.deliver(FakeGradebook(KeyError("unforeseen")))

    assert outcome == DeliveryRound(delivered=1, postponed=1)
    assert outbox.rows()[0].trouble == "unexpected: KeyError"
