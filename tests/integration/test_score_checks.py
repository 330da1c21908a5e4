"""What LMSs show is compared with what was delivered: after each delivery, and every night."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from sync.grade_errors import ColumnGone, ResultsUnreadable, ScoreNotDelivered
from sync.models import ColumnCheck, ScoreDifference
from sync.score_checks import (
    compare_due_columns,
    is_comparison_due,
    is_read_back_due,
    next_night,
    plan_comparisons,
    read_back_scores,
)
from sync.score_delivery import READ_BACK_AFTER
from sync.score_state import (
    ScoreState,
    count_scores,
    list_scores,
    send_again,
    send_all_again,
    view_scores_of_registrations,
)
from sync.settings import GradesSettings
from tests.factories.gradebook import FakeGradebook
from tests.factories.learning import make_registration, make_result
from tests.factories.outbox import SOON, Outbox

COLUMN = "https://lms.example/1/lineitem"
CHECKED = SOON + READ_BACK_AFTER
NAMES = ("an", "binh", "chi")


@pytest.fixture
def outbox(engine):
    made = Outbox(engine)
    for name in NAMES:
        made.expect(name)
        made.record(make_result(0.8, name))
    made.follow()
    return made


@pytest.fixture
def gradebook():
    return FakeGradebook()


def state_of(outbox, name="an"):
    with outbox.transaction() as session:
        registration = make_registration(name)
        return view_scores_of_registrations(session, [registration])[registration].state


def read_back(outbox, gradebook, now=CHECKED):
    return read_back_scores(outbox.transaction, gradebook, now=now)


def compare(outbox, gradebook, *, now):
    with outbox.transaction() as session:
        plan_comparisons(session, now=SOON, hour=1)
    return compare_due_columns(outbox.transaction, gradebook, now=now, hour=1)


def differences(outbox):
    with outbox.transaction() as session:
        return session.scalars(select(ScoreDifference).order_by(ScoreDifference.outgoing_score_id)).all()


def test_a_delivered_score_is_asked_for_and_confirmed(outbox, gradebook):
    outbox.deliver(gradebook)
    with outbox.transaction() as session:
        too_early, due = (is_read_back_due(session, now=at) for at in (SOON, CHECKED))
    before = state_of(outbox)

    asked = read_back(outbox, gradebook)

    assert (too_early, due, asked) == (False, True, 3)
    assert (before, state_of(outbox)) == (ScoreState.SENT, ScoreState.CONFIRMED)
    assert differences(outbox) == []


@pytest.mark.parametrize(
    ("held", "kind"), [(0.5, "lower"), (1.0, "higher"), (1.4, "higher"), (None, "missing")]
)
def test_another_grade_there_is_noted_and_not_overwritten(outbox, gradebook, held, kind):
    outbox.deliver(gradebook)
    gradebook.held[COLUMN, "an"] = held
    posts = len(gradebook.posted)

    read_back(outbox, gradebook)

    (found,) = differences(outbox)
    assert (found.kind, found.sent_scaled, found.held_scaled, found.found_by) == (
        kind,
        0.8,
        held,
        "read_back",
    )
    assert state_of(outbox) is ScoreState.DIFFERENT
    assert outbox.deliver(gradebook).claimed == 0
    assert len(gradebook.posted) == posts


def test_rounding_is_no_difference(outbox, gradebook):
    outbox.deliver(gradebook)
    gradebook.held[COLUMN, "an"] = 0.8049

    read_back(outbox, gradebook)

    assert differences(outbox) == []


def test_a_share_of_the_scores_can_be_read_back(outbox, gradebook):
    outbox.deliver(gradebook, settings=GradesSettings(read_back_percent=50))

    # The factory draws 0.5 for every score, which is not below 50 percent.
    assert read_back(outbox, gradebook) == 0


def test_an_lms_that_fails_is_asked_again_and_the_score_stays_sent(outbox, gradebook):
    outbox.deliver(gradebook)
    gradebook.reading = ScoreNotDelivered("502")
    read_back(outbox, gradebook)
    gradebook.reading = None

    assert state_of(outbox) is ScoreState.SENT
    assert read_back(outbox, gradebook, now=CHECKED + timedelta(hours=1)) == 3
    assert state_of(outbox) is ScoreState.CONFIRMED


def test_where_results_cannot_be_read_nothing_is_asked_again(outbox, gradebook):
    outbox.deliver(gradebook)
    gradebook.reading = ResultsUnreadable("no scope")
    read_back(outbox, gradebook)

    assert read_back(outbox, gradebook, now=CHECKED + timedelta(days=1)) == 0
    assert state_of(outbox) is ScoreState.SENT


def test_the_night_is_viet_nams():
    assert next_night(datetime(2026, 11, 24, 17, 59, tzinfo=UTC), hour=1) == datetime(
        2026, 11, 24, 18, 0, tzinfo=UTC
    )
    assert next_night(datetime(2026, 11, 24, 18, 0, tzinfo=UTC), hour=1) == datetime(
        2026, 11, 25, 18, 0, tzinfo=UTC
    )


def test_the_nightly_comparison_finds_what_changed_afterwards(outbox, gradebook):
    outbox.deliver(gradebook)
    read_back(outbox, gradebook)
    night = next_night(SOON, hour=1)
    del gradebook.held[COLUMN, "binh"]

    before_night = compare(outbox, gradebook, now=night - timedelta(seconds=1))
    at_night = compare(outbox, gradebook, now=night)

    assert (before_night, at_night) == (0, 1)
    (found,) = differences(outbox)
    assert (found.kind, found.found_by) == ("missing", "nightly")
    with outbox.transaction() as session:
        (column,) = session.scalars(select(ColumnCheck)).all()
        assert (column.scores, column.differences) == (3, 1)
        assert column.due_at == night + timedelta(days=1)
        assert not is_comparison_due(session, now=night)


def test_a_difference_that_is_gone_is_forgotten(outbox, gradebook):
    outbox.deliver(gradebook)
    gradebook.held[COLUMN, "an"] = 0.1
    read_back(outbox, gradebook)
    gradebook.held[COLUMN, "an"] = 0.8

    compare(outbox, gradebook, now=next_night(SOON, hour=1))

    assert differences(outbox) == []


def test_sending_again_is_later_than_before_and_settles_the_difference(outbox, gradebook):
    outbox.deliver(gradebook)
    gradebook.held[COLUMN, "an"] = 0.1
    read_back(outbox, gradebook)
    now = CHECKED + timedelta(hours=1)
    (found,) = differences(outbox)

    with outbox.transaction() as session:
        send_again(session, found.outgoing_score_id, now=now)
    outbox.deliver(gradebook, now=now, settings=GradesSettings(read_back_percent=0))
    # Whatever is sampled, a difference is always looked at again.
    read_back(outbox, gradebook, now=now + READ_BACK_AFTER)

    assert gradebook.posted[-1].scored_at == now
    assert differences(outbox) == []
    assert state_of(outbox) is ScoreState.CONFIRMED


def test_all_of_one_kind_can_be_sent_again(outbox, gradebook):
    outbox.deliver(gradebook)
    for name in NAMES:
        gradebook.held[COLUMN, name] = 0.1
    read_back(outbox, gradebook)

    with outbox.transaction() as session:
        (counts,) = count_scores(session)
        resent = send_all_again(session, state=ScoreState.DIFFERENT, now=CHECKED)
        left = list_scores(session, state=ScoreState.DIFFERENT, limit=10)

    assert (counts.delivered, counts.confirmed, counts.differences) == (3, 3, 3)
    assert (resent, len(left)) == (3, 3)
    assert outbox.deliver(gradebook, now=CHECKED).delivered == 3


@pytest.mark.parametrize("refused", [ColumnGone("404"), ResultsUnreadable("403")])
def test_a_column_that_cannot_be_read_says_so_until_the_next_night(outbox, gradebook, refused):
    outbox.deliver(gradebook)
    read_back(outbox, gradebook)
    gradebook.reading = refused
    night = next_night(SOON, hour=1)

    compare(outbox, gradebook, now=night)

    with outbox.transaction() as session:
        (column,) = session.scalars(select(ColumnCheck)).all()
    assert (column.trouble_code, column.checked_at) == (refused.code, None)
    assert column.due_at == night + timedelta(days=1)
