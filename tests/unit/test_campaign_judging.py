"""States, commendation and recommendation of periodic tests, from results alone."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.campaigns.judging import CommendationRule, Sitting, SittingState, commend, recommend, state_of

CLOSES = date(2026, 11, 30)


def sat(person_id: int, best: float | None, *, level: str = "commune", pass_scaled: float = 0.5) -> Sitting:
    state = state_of(best, pass_scaled=pass_scaled, closes_on=CLOSES, today=CLOSES)
    return Sitting(person_id, 1, level, state, best, 0 if best is None else 1)


@pytest.mark.parametrize(
    ("best", "today", "state"),
    [
        (None, date(2026, 11, 30), SittingState.NOT_STARTED),
        (None, date(2026, 12, 1), SittingState.OVERDUE),
        (0.7, date(2026, 12, 1), SittingState.PASSED),
        (0.6999, date(2026, 11, 1), SittingState.FAILED),
    ],
)
def test_the_best_result_and_the_day_give_the_state(best, today, state):
    assert state_of(best, pass_scaled=0.7, closes_on=CLOSES, today=today) is state


def test_the_best_tenth_of_each_level_is_commended_with_place_and_limit():
    communes = [sat(number, number / 20) for number in range(20)]
    ministry = [sat(100, 0.55, level="central")]

    found = commend(communes + ministry, CommendationRule(percent=10, at_least=None))

    told = [(one.sitting.person_id, one.rank, one.of, one.places) for one in found]
    assert told == [(100, 1, 1, 1), (19, 1, 20, 2), (18, 2, 20, 2)]


def test_whoever_has_as_many_points_as_the_last_place_is_commended_too():
    found = commend([sat(1, 0.9), sat(2, 0.8), sat(3, 0.8), sat(4, 0.7)], CommendationRule(50, None))

    assert [(one.sitting.person_id, one.rank) for one in found] == [(1, 1), (2, 2), (3, 2)]


def test_with_two_rules_both_must_hold_and_without_one_nobody_is_commended():
    everybody = [sat(1, 0.9), sat(2, 0.6)]

    assert [one.sitting.person_id for one in commend(everybody, CommendationRule(100, 0.8))] == [1]
    assert commend(everybody, CommendationRule(None, None)) == []


def test_nobody_who_failed_is_commended_and_everybody_low_gets_a_recommendation():
    failed, low, good, absent = sat(1, 0.4), sat(2, 0.6), sat(3, 0.9), sat(4, None)

    assert [one.sitting.person_id for one in commend([failed], CommendationRule(100, None))] == []
    assert recommend([good, low, absent, failed], below=0.65) == [failed, low]


@given(st.lists(st.integers(0, 100), min_size=1, max_size=40), st.integers(1, 100))
def test_nobody_better_is_left_out(points, percent):
    everybody = [sat(number, value / 100, pass_scaled=0.0) for number, value in enumerate(points)]

    found = {one.sitting.person_id for one in commend(everybody, CommendationRule(percent, None))}

    worst = min(points[number] for number in found)
    assert {number for number, value in enumerate(points) if value >= worst} == found
