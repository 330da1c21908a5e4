"""A quiz result reaches the gradebook: the best one, once, whatever happens on the way."""

from contextlib import contextmanager
from datetime import UTC, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sync.errors import ScoreNotDelivered, ScoreRefused
from sync.followers import follow_once
from sync.grades import expect_score, grades_follower
from sync.models import OutgoingScore
from sync.score_delivery import (
    FIRST_PAUSE_SECONDS,
    LEASE,
    MOST_FAILURES,
    DeliveryRound,
    count_waiting_scores,
    deliver_due_scores,
    is_score_due,
    send_waiting_now,
)
from tests.factories.gradebook import FakeGradebook
from tests.factories.learning import (
    IRI_BASE,
    NOON,
    make_completed,
    make_registration,
    make_result,
    record,
)

FOLLOWER = grades_follower(iri_base=IRI_BASE)
SOON = NOON + timedelta(minutes=1)


class Outbox:
    """One installation seen from its gradebooks."""

    def __init__(self, engine) -> None:
        self.engine = engine

    @contextmanager
    def transaction(self):
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session

    def expect(self, name="hoc-vien-1", *, column="https://lms.example/1/lineitem", **changed):
        target = {
            "registration": make_registration(name),
            "platform_registration_id": 1,
            "line_item_url": column,
            "lms_user_id": name,
            "score_maximum": 10.0,
            "now": NOON,
        }
        with self.transaction() as session:
            expect_score(session, **target | changed)

    def record(self, *statements, now=NOON) -> None:
        with self.transaction() as session:
            record(session, *statements, now=now)

    def follow(self, now=NOON) -> None:
        with self.transaction() as session:
            while follow_once(session, FOLLOWER, limit=100, now=now):
                pass

    def deliver(self, gradebook, *, now=SOON, **options) -> DeliveryRound:
        return deliver_due_scores(self.transaction, gradebook, now=now, draw=lambda: 0.5, **options)

    def rows(self) -> list[OutgoingScore]:
        with self.transaction() as session:
            return list(session.scalars(select(OutgoingScore).order_by(OutgoingScore.outgoing_score_id)))

    def row(self) -> OutgoingScore:
        (only,) = self.rows()
        return only


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
