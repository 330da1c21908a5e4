"""A share against its target: strict where the act says "trên", and how many people are missing."""

from datetime import date
from fractions import Fraction

import pytest

from sync.reports.targets import (
    FIRST_DAY,
    Standing,
    judge,
    judge_target,
    path_percent,
    people_needed,
    target_on,
)
from sync.rollups.definitions import GIVEN_ACCESS, PROVIDED_WITH_KNOWLEDGE

FIRST_TARGET, LAST_TARGET = PROVIDED_WITH_KNOWLEDGE.targets
DUE = date(2025, 12, 31)


def test_exactly_85_percent_is_not_over_85_percent():
    exactly = judge_target(PROVIDED_WITH_KNOWLEDGE, FIRST_TARGET, 85, of=100, on=DUE)
    one_more = judge_target(PROVIDED_WITH_KNOWLEDGE, FIRST_TARGET, 86, of=100, on=DUE)

    assert (exactly.standing, exactly.missing) == (Standing.ON_PATH, 1)
    assert (one_more.standing, one_more.missing) == (Standing.REACHED, 0)


def test_all_people_are_needed_for_access():
    judgement = judge(GIVEN_ACCESS, 99, of=100, on=DUE)

    assert judgement.missing == 1
    assert judge(GIVEN_ACCESS, 100, of=100, on=DUE).standing is Standing.REACHED


@pytest.mark.parametrize(("of", "needed"), [(0, 0), (1, 1), (7, 6), (20, 18), (100, 86), (1000, 851)])
def test_people_needed_is_the_least_number_that_reaches_the_target(of, needed):
    assert people_needed(FIRST_TARGET, of=of) == needed
    assert of == 0 or FIRST_TARGET.is_reached(needed, of=of)
    assert not FIRST_TARGET.is_reached(needed - 1, of=of)


@pytest.mark.parametrize(
    ("on", "percent"),
    [(FIRST_DAY, 0), (DUE, 85), (date(2030, 12, 31), 95), (date(2031, 1, 1), 95)],
)
def test_the_path_goes_through_the_targets(on, percent):
    assert path_percent(PROVIDED_WITH_KNOWLEDGE, on) == percent


def test_between_two_targets_the_next_one_counts():
    assert target_on(PROVIDED_WITH_KNOWLEDGE, DUE) is FIRST_TARGET
    assert target_on(PROVIDED_WITH_KNOWLEDGE, date(2026, 1, 1)) is LAST_TARGET


@pytest.mark.parametrize(
    ("people", "on", "standing"),
    [
        (87, date(2026, 11, 24), Standing.ON_PATH),
        (86, date(2026, 11, 24), Standing.BEHIND),
        (95, date(2031, 1, 1), Standing.MISSED),
        (96, date(2031, 1, 1), Standing.REACHED),
    ],
)
def test_standing_follows_the_path_and_the_day(people, on, standing):
    assert judge(PROVIDED_WITH_KNOWLEDGE, people, of=100, on=on).standing is standing


def test_nobody_has_no_share():
    judgement = judge(PROVIDED_WITH_KNOWLEDGE, 0, of=0, on=DUE)

    assert judgement.standing is Standing.NOBODY
    assert judgement.percent is None


def test_shares_are_exact():
    assert judge(PROVIDED_WITH_KNOWLEDGE, 1, of=3, on=DUE).percent == Fraction(100, 3)
