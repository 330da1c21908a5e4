"""The arithmetic of the indicators, against values worked out by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.indicators.catalogue import CATALOGUE, find_indicator
from sync.indicators.forms import count_forms
from sync.indicators.measures import Share, Unmeasured, count_bands, gain_of, student_t
from sync.organization_errors import IndicatorUnknown
from sync.rollups.definitions import TrainingForm


def test_marks_fall_into_bands_at_their_limits():
    counted = count_bands([1.0, 0.8, 0.7999, 0.65, 0.5, 0.4999, 0.0, -1.0])

    assert [count for _, count in counted.counts] == [2, 2, 1, 3]
    assert (counted.passed.people, counted.passed.of) == (5, 8)


def test_nobody_tested_is_no_zero_percent():
    assert count_bands([]).passed.because is Unmeasured.NOTHING_RECORDED
    assert count_bands([]).passed.value is None


def test_gain_of_three_people_worked_out_by_hand():
    gain = gain_of([(0.4, 0.6), (0.5, 0.9), (0.6, 0.9)])

    assert gain.mean_before == pytest.approx(50)
    assert gain.mean_after == pytest.approx(80)
    assert gain.mean_gain == pytest.approx(30)
    assert gain.normalised == pytest.approx(0.6)
    # Gains 20, 40, 30: deviation 10; t(2) = 4.3027; margin 4.3027 * 10 / sqrt(3).
    assert (gain.low, gain.high) == (pytest.approx(5.159, abs=0.001), pytest.approx(54.841, abs=0.001))


def test_one_pair_has_no_interval_and_full_marks_before_nothing_to_gain():
    assert gain_of([(1.0, 1.0)]).low is None
    assert gain_of([(1.0, 1.0)]).normalised is None
    assert gain_of([]).because is Unmeasured.NOTHING_RECORDED


@pytest.mark.parametrize(
    ("freedom", "value"), [(4, 2.7764), (5, 2.5706), (10, 2.2281), (30, 2.0423), (1000, 1.9623)]
)
def test_students_t_agrees_with_the_printed_table(freedom, value):
    assert student_t(freedom) == pytest.approx(value, abs=0.003)


@given(
    st.lists(
        st.tuples(st.integers(1, 5), st.sampled_from("ab"), st.sampled_from(list(TrainingForm))), max_size=30
    )
)
def test_nobody_is_counted_in_more_than_everybody_and_every_turn_has_its_form(turns):
    counted = {one.form: one for one in count_forms(turns)}

    assert all(one.share.people <= one.share.of for one in counted.values())
    assert all(one.turns >= one.share.people for one in counted.values())
    assert {form for form, one in counted.items() if one.turns} >= {form for _, _, form in turns}


def test_a_module_in_a_class_and_alone_is_blended():
    turns = [
        (1, "m", TrainingForm.SELF_PACED),
        (1, "m", TrainingForm.IN_CLASS),
        (2, "m", TrainingForm.WORKSHOP),
    ]

    counted = {one.form: (one.share.people, one.turns) for one in count_forms(turns)}

    assert counted[TrainingForm.BLENDED] == (1, 1)
    assert counted[TrainingForm.WORKSHOP] == (1, 1)
    assert counted[TrainingForm.LIVE_ONLINE] == (0, 0)


def test_codes_are_unique_and_every_indicator_says_what_it_is():
    assert len({one.code for one in CATALOGUE}) == len(CATALOGUE)
    for one in CATALOGUE:
        assert find_indicator(one.code) is one
        assert all((one.title, one.formula, one.numerator, one.denominator, one.legal_basis))
    with pytest.raises(IndicatorUnknown):
        find_indicator("khong-co")


def test_a_share_without_a_denominator_has_no_value():
    assert Share(0, 0, Unmeasured.NOBODY).value is None
