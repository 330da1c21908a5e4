"""The QR code of a class is good for a minute, a ticket for five, and neither can be made up."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.organization_errors import CheckInExpired
from sync.training_classes.check_in import check_in_token, class_of_ticket, class_of_token, ticket_for

SECRET = b"bi-mat"
SHOWN = datetime(2026, 11, 24, 2, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize("seconds", [0, 29, 30, 59])
def test_a_scan_within_the_minute_names_its_class(seconds):
    token = check_in_token(7, secret=SECRET, now=SHOWN)

    assert class_of_token(token, secret=SECRET, now=SHOWN + timedelta(seconds=seconds)) == 7


@pytest.mark.parametrize("seconds", [-1, 60, 3600])
def test_a_photo_that_travels_is_too_old(seconds):
    token = check_in_token(7, secret=SECRET, now=SHOWN)

    with pytest.raises(CheckInExpired):
        class_of_token(token, secret=SECRET, now=SHOWN + timedelta(seconds=seconds))


def test_a_ticket_ends_after_five_minutes_and_is_no_scan():
    ticket = ticket_for(7, secret=SECRET, now=SHOWN)

    assert class_of_ticket(ticket, secret=SECRET, now=SHOWN + timedelta(seconds=300)) == 7
    with pytest.raises(CheckInExpired):
        class_of_ticket(ticket, secret=SECRET, now=SHOWN + timedelta(seconds=301))
    with pytest.raises(CheckInExpired):
        class_of_token(ticket, secret=SECRET, now=SHOWN)


@given(st.text(max_size=40))
def test_nothing_made_up_is_taken(text):
    with pytest.raises(CheckInExpired):
        class_of_token(text, secret=SECRET, now=SHOWN)


def test_another_class_cannot_be_written_into_a_code():
    token = check_in_token(7, secret=SECRET, now=SHOWN)

    with pytest.raises(CheckInExpired):
        class_of_token("8" + token[1:], secret=SECRET, now=SHOWN)
