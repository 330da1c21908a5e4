"""Scores that wait can be counted, and made due at once when what they waited for is over."""

from datetime import timedelta

from sync.models import OutgoingScore
from sync.score_delivery import count_waiting_scores, is_score_due, send_waiting_now


def create_score(session, user, *, due_at, now):
    session.add(
        OutgoingScore(
            platform_registration_id=1,
            line_item_url="https://lms.example/lineitems/1",
            lms_user_id=user,
            score_maximum=100.0,
            best_scaled=0.8,
            scored_at=now,
            due_at=due_at,
        )
    )
    session.flush()


def test_a_leased_score_is_due_at_once_when_its_worker_is_known_to_be_gone(session, clock):
    create_score(session, "5", due_at=clock() + timedelta(minutes=15), now=clock())

    send_waiting_now(session, now=clock())

    assert is_score_due(session, now=clock())


def test_a_delivered_score_does_not_wait_and_is_not_sent_again(session, clock):
    create_score(session, "5", due_at=None, now=clock())
    create_score(session, "6", due_at=clock() + timedelta(hours=1), now=clock())

    send_waiting_now(session, now=clock())

    assert count_waiting_scores(session) == 1
