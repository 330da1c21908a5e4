"""Pauses grow, spread and end; points fit the column."""

from hypothesis import given
from hypothesis import strategies as st

from sync.score_delivery import (
    FIRST_PAUSE_SECONDS,
    LONGEST_PAUSE_SECONDS,
    MOST_FAILURES,
    retry_pause_seconds,
    score_given,
)

FAILURES = st.integers(1, 10_000)
DRAWN = st.floats(0, 1, exclude_max=True)


@given(failures=FAILURES, drawn=DRAWN)
def test_a_pause_is_never_shorter_than_half_the_first_nor_longer_than_one_and_a_half_of_the_longest(
    failures, drawn
):
    pause = retry_pause_seconds(failures, drawn=drawn)

    assert 0.5 * FIRST_PAUSE_SECONDS <= pause <= 1.5 * LONGEST_PAUSE_SECONDS


@given(failures=FAILURES, drawn=DRAWN)
def test_each_failure_lengthens_the_pause_or_leaves_it(failures, drawn):
    assert retry_pause_seconds(failures, drawn=drawn) <= retry_pause_seconds(failures + 1, drawn=drawn)


def test_retries_of_one_moment_spread():
    pauses = {retry_pause_seconds(3, drawn=drawn / 10) for drawn in range(10)}

    assert len(pauses) == 10


def test_an_lms_that_does_not_answer_has_about_two_weeks():
    days = sum(retry_pause_seconds(failures, drawn=0.5) for failures in range(1, MOST_FAILURES)) / 86400

    assert 12 < days < 16


@given(scaled=st.floats(0, 1), maximum=st.floats(0.01, 1000))
def test_points_lie_between_zero_and_the_maximum(scaled, maximum):
    assert 0 <= score_given(scaled, score_maximum=maximum) <= maximum


def test_points_carry_no_binary_dust():
    assert score_given(0.7, score_maximum=10) == 7.0
    assert score_given(1 / 3, score_maximum=10) == 3.3333
