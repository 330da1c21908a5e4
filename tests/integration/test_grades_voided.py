"""A result that is taken back gives way to the best that remains, also at the LMS."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, select

from sync.bookmarks import rewind_bookmark
from sync.grades import CORRECTED_COMMENT, GRADES, WITHDRAWN_COMMENT
from sync.models import FinalResult, QuizResult
from tests.factories.gradebook import FakeGradebook
from tests.factories.learning import NOON, make_completed, make_registration, make_result, make_voiding
from tests.factories.outbox import SOON, Outbox

LATER = SOON + timedelta(hours=1)


@pytest.fixture
def outbox(engine):
    return Outbox(engine)


def test_the_best_that_remains_is_sent_with_a_later_instant(outbox):
    best, lesser = make_result(0.9, at=NOON), make_result(0.6, at=NOON - timedelta(days=1))
    outbox.expect()
    outbox.record(best, lesser)
    outbox.follow()
    gradebook = FakeGradebook()
    outbox.deliver(gradebook)

    outbox.record(make_voiding(best.id), now=LATER)
    outbox.follow(now=LATER)
    outbox.deliver(gradebook, now=LATER)

    first, second = gradebook.posted
    assert (first.score_given, second.score_given) == (9.0, 6.0)
    assert second.scored_at == LATER
    assert second.comment == CORRECTED_COMMENT
    assert outbox.row().delivered_scaled == 0.6


def test_when_no_result_remains_zero_points_and_a_comment_stand_for_it(outbox):
    only = make_result(0.9)
    outbox.expect()
    outbox.record(only)
    outbox.follow()
    gradebook = FakeGradebook()
    outbox.deliver(gradebook)

    outbox.record(make_voiding(only.id), now=LATER)
    outbox.follow(now=LATER)
    outbox.deliver(gradebook, now=LATER)

    assert gradebook.posted[-1].score_given == 0.0
    assert gradebook.posted[-1].comment == WITHDRAWN_COMMENT
    assert outbox.row().withdrawn_at == LATER


def test_a_new_result_after_a_withdrawal_is_sent_even_if_it_is_zero(outbox):
    only = make_result(0.9)
    outbox.expect()
    outbox.record(only)
    outbox.follow()
    gradebook = FakeGradebook()
    outbox.deliver(gradebook)
    outbox.record(make_voiding(only.id), now=LATER)
    outbox.follow(now=LATER)
    outbox.deliver(gradebook, now=LATER)

    outbox.record(make_result(0.0, at=LATER + timedelta(hours=1)), now=LATER + timedelta(hours=1))
    outbox.follow(now=LATER + timedelta(hours=1))
    outbox.deliver(gradebook, now=LATER + timedelta(hours=1))

    assert gradebook.posted[-1].comment == CORRECTED_COMMENT
    assert outbox.row().withdrawn_at is None


def test_a_result_that_was_never_sent_is_simply_not_sent(outbox):
    only = make_result(0.9)
    outbox.expect()
    outbox.record(only)
    outbox.follow()

    outbox.record(make_voiding(only.id))
    outbox.follow()

    assert outbox.rows() == []


def test_a_lesser_result_that_is_voided_sends_nothing(outbox):
    lesser = make_result(0.3)
    outbox.expect()
    outbox.record(make_result(0.9), lesser)
    outbox.follow()
    gradebook = FakeGradebook()
    outbox.deliver(gradebook)

    outbox.record(make_voiding(lesser.id), now=LATER)
    outbox.follow(now=LATER)
    outbox.deliver(gradebook, now=LATER)

    assert gradebook.points == [9.0]


def test_another_registration_of_the_same_column_keeps_its_result(outbox):
    best = make_result(0.9, "lan-1")
    outbox.expect("lan-1", lms_user_id="u1")
    outbox.expect("lan-2", lms_user_id="u1")
    outbox.record(best, make_result(0.5, "lan-2"))
    outbox.follow()
    gradebook = FakeGradebook()
    outbox.deliver(gradebook)

    outbox.record(make_voiding(best.id), now=LATER)
    outbox.follow(now=LATER)
    outbox.deliver(gradebook, now=LATER)

    assert gradebook.points == [9.0, 5.0]


def test_voiding_another_statement_changes_no_grade(outbox):
    completed = make_completed()
    outbox.expect()
    outbox.record(make_result(0.9), completed)
    outbox.follow()

    outbox.record(make_voiding(completed.id))
    outbox.follow()

    assert outbox.row().best_scaled == 0.9


def test_a_correction_that_comes_while_the_old_score_is_on_its_way_goes_out_next(outbox):
    best = make_result(0.9)
    outbox.expect()
    outbox.record(best, make_result(0.4))
    outbox.follow()
    posted = []

    class VoidedMeanwhile(FakeGradebook):
        def post_score(self, score):
            posted.append(score)
            if len(posted) == 1:
                outbox.record(make_voiding(best.id))
                outbox.follow()

    outbox.deliver(VoidedMeanwhile())
    outbox.deliver(VoidedMeanwhile())

    assert [score.score_given for score in posted] == [9.0, 4.0]
    assert posted[1].scored_at >= posted[0].scored_at + timedelta(seconds=1)
    assert outbox.row().due_at is None


def test_reading_the_store_again_finds_the_same(outbox):
    best = make_result(0.9)
    outbox.expect()
    outbox.record(best, make_result(0.4))
    outbox.follow()
    outbox.record(make_voiding(best.id))
    outbox.follow()
    with outbox.transaction() as session:
        # As an installation that kept only the best result of each registration before.
        session.execute(delete(QuizResult))
        rewind_bookmark(session, GRADES)

    outbox.follow()

    with outbox.transaction() as session:
        kept = session.scalars(select(QuizResult).order_by(QuizResult.scaled)).all()
        best_now = session.get(FinalResult, make_registration())
    assert [(one.scaled, one.voided) for one in kept] == [(0.4, False), (0.9, True)]
    assert best_now.best_scaled == 0.4
