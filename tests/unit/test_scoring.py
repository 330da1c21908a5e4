"""What answers earn: by rule, by table, and by property."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content_packages.assessment.responses import Response
from content_packages.assessment.scoring import (
    fold,
    is_passed,
    numbers_read_from,
    score_attempt,
    score_response,
)
from tests.factories.content import make_options, make_question


@pytest.mark.parametrize(("chosen", "earned"), [((0,), 1.0), ((1,), 0.0), ((), 0.0), ((0, 1), 0.0)])
def test_a_single_choice_is_right_or_wrong(chosen, earned):
    assert score_response(make_question("single"), Response(chosen=chosen)) == earned


@pytest.mark.parametrize(
    ("chosen", "earned", "partly"),
    [
        ((0, 1), 1.0, 1.0),
        ((0,), 0.0, 0.5),
        ((0, 2), 0.0, 0.0),
        ((0, 1, 2), 0.0, 0.5),
        ((2, 3), 0.0, 0.0),
        ((0, 1, 2, 3), 0.0, 0.0),
        ((), 0.0, 0.0),
    ],
)
def test_a_multiple_choice_counts_wholly_or_by_shares(chosen, earned, partly):
    response = Response(chosen=chosen)

    assert score_response(make_question("multiple"), response) == earned
    assert score_response(make_question("multiple", partial=True), response) == partly


def test_a_multiple_choice_without_wrong_options_counts_what_was_found():
    question = make_question("multiple", partial=True, options=make_options(4, 0))

    assert score_response(question, Response(chosen=(0, 1, 2))) == 0.75


@pytest.mark.parametrize("kind", ["match", "order"])
@pytest.mark.parametrize(
    ("places", "earned"),
    [((0, 1, 2), 1.0), ((0, 2, 1), 0.3333333), ((1, 2, 0), 0.0), ((0, None, None), 0.3333333)],
)
def test_places_count_by_their_share(kind, places, earned):
    assert score_response(make_question(kind), Response(places=places)) == earned


@pytest.mark.parametrize(
    ("text", "earned"),
    [
        ("91,7", 1.0),
        ("91.7", 1.0),
        (" 91,7 % ", 1.0),
        ("91,65", 1.0),
        ("91,8", 1.0),
        ("91,9", 0.0),
        ("917", 0.0),
        ("", 0.0),
        ("khoảng 91,7", 0.0),
        ("91,7 hoặc 92", 0.0),
    ],
)
def test_a_number_counts_within_its_tolerance(text, earned):
    question = make_question("numeric", answers=("91,7",), tolerance=0.1)

    assert score_response(question, Response(text=text)) == earned


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("1.234", {"1234", "1.234"}),
        ("1.234,5", {"1234.5"}),
        ("1,234.5", {"1234.5"}),
        ("1 234", {"1234"}),
        ("-3", {"-3"}),
        ("0,5", {"0.5"}),
        ("5.", {"5"}),
        ("năm", set()),
        ("1.2.3", {"12.3"}),
    ],
)
def test_numbers_are_read_as_vietnamese_and_english_write_them(text, numbers):
    assert numbers_read_from(text) == {Decimal(number) for number in numbers}


@pytest.mark.parametrize("text", ["Bộ Nội vụ", " BỘ  NỘI VỤ. ", "“Bộ Nội vụ”", "bộ nội vụ"])
def test_a_short_answer_forgives_haste(text):
    assert score_response(make_question("short"), Response(text=text)) == 1.0


@pytest.mark.parametrize(
    ("rules", "text", "earned"),
    [
        ({}, "bo noi vu", 0.0),
        ({"fold_diacritics": True}, "bo noi vu", 1.0),
        ({"fold_diacritics": True}, "Bộ Nội vụ", 1.0),
        ({"case_sensitive": True}, "bộ nội vụ", 0.0),
        ({"case_sensitive": True}, "Bộ Nội vụ.", 1.0),
        ({"case_sensitive": True, "fold_diacritics": True}, "Bo Noi vu", 1.0),
        ({"case_sensitive": True, "fold_diacritics": True}, "bo noi vu", 0.0),
    ],
)
def test_a_short_answer_is_as_tolerant_as_its_question_says(rules, text, earned):
    assert score_response(make_question("short", **rules), Response(text=text)) == earned


@pytest.mark.parametrize(
    ("blanks", "earned"),
    [(("76/NQ-CP", 0), 1.0), (("76/nq-cp", 1), 0.5), (("", None), 0.0), (("905", 0), 0.5)],
)
def test_a_cloze_question_earns_the_share_of_its_blanks(blanks, earned):
    assert score_response(make_question("cloze"), Response(blanks=blanks)) == earned


@pytest.mark.parametrize("text", ["Bộ Tư pháp", "", "Bộ", "Bộ Nội vụ và Bộ Tư pháp"])
def test_a_short_answer_does_not_forgive_another_answer(text):
    assert score_response(make_question("short"), Response(text=text)) == 0.0


def test_an_empty_text_is_never_right_even_when_an_answer_folds_to_nothing():
    assert score_response(make_question("short", answers=("...",)), Response(text="")) == 0.0


def test_folding_treats_the_letter_d_with_stroke_as_d():
    assert fold("Đánh giá định kỳ") == "danh gia dinh ky"


def test_an_essay_earns_nothing_by_itself():
    assert score_response(make_question("essay"), Response(text="dài")) == 0.0


def test_marks_weigh_the_score_of_an_attempt():
    assert score_attempt([(2.0, 1.0), (1.0, 0.0), (1.0, 0.5)]) == 0.625


def test_an_attempt_without_questions_earns_nothing():
    assert score_attempt([]) == 0.0


def test_exactly_the_pass_mark_passes():
    seven_of_ten = score_attempt([(1.0, 1.0)] * 7 + [(1.0, 0.0)] * 3)

    assert is_passed(seven_of_ten, mastery=0.7)
    assert not is_passed(seven_of_ten - 0.001, mastery=0.7)


KINDS = st.sampled_from(
    ["single", "truefalse", "multiple", "match", "order", "numeric", "short", "cloze", "essay"]
)
RESPONSES = st.builds(
    Response,
    chosen=st.lists(st.integers(0, 3), unique=True).map(tuple),
    places=st.lists(st.none() | st.integers(0, 2), min_size=3, max_size=3).map(tuple),
    text=st.text(max_size=20),
    blanks=st.tuples(st.text(max_size=10), st.none() | st.integers(0, 2)),
)


@given(KINDS, RESPONSES, st.booleans())
def test_every_answer_earns_between_nothing_and_all(kind, response, partial):
    assert 0.0 <= score_response(make_question(kind, partial=partial), response) <= 1.0


@given(st.lists(st.tuples(st.floats(0.1, 100), st.floats(0, 1)), max_size=30))
def test_every_attempt_earns_between_nothing_and_all(earned):
    assert 0.0 <= score_attempt(earned) <= 1.0


@given(st.integers(1, 5), st.integers(0, 5), st.integers(0, 4))
def test_one_more_right_option_never_costs(right, wrong, count):
    question = make_question("multiple", partial=True, options=make_options(right, wrong))
    chosen = tuple(range(min(count, right)))

    less = score_response(question, Response(chosen=chosen[:-1]))

    assert less <= score_response(question, Response(chosen=chosen))
