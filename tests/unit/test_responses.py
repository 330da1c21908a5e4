"""Answers are read at the door; what the page did not offer is refused."""

import pytest

from content_packages.assessment.responses import (
    Response,
    read_response,
    response_from_form,
    written_response,
)
from content_packages.errors import AnswerUnreadable
from tests.factories.content import make_question


@pytest.mark.parametrize(
    ("kind", "form", "written"),
    [
        ("single", {"chosen": ["2"]}, {"chosen": [2]}),
        ("multiple", {"chosen": ["3", "1", "3"]}, {"chosen": [1, 3]}),
        ("match", {"place-0": ["1"], "place-2": ["0"]}, {"places": [1, None, 0]}),
        ("order", {"place-0": [""], "place-1": ["2"]}, {"places": [None, 2, None]}),
        ("short", {"text": ["  Bộ Nội vụ "]}, {"text": "Bộ Nội vụ"}),
        ("short", {"text": ["a\x00b"]}, {"text": "ab"}),
        ("single", {}, {}),
        ("match", {}, {}),
    ],
)
def test_a_form_becomes_an_answer_and_back(kind, form, written):
    question = make_question(kind)

    response = response_from_form(question, form)

    assert written_response(response) == written
    assert read_response(question, written) == response
    assert response.is_empty == (written == {})


@pytest.mark.parametrize(
    ("kind", "form"),
    [
        ("single", {"chosen": ["9"]}),
        ("single", {"chosen": ["-1"]}),
        ("single", {"chosen": ["0", "1"]}),
        ("single", {"chosen": ["một"]}),
        ("match", {"place-0": ["3"]}),
        ("match", {"place-0": ["x"]}),
        ("short", {"text": ["a" * 501]}),
    ],
)
def test_a_choice_that_was_not_offered_is_refused(kind, form):
    with pytest.raises(AnswerUnreadable):
        response_from_form(make_question(kind), form)


@pytest.mark.parametrize(
    ("kind", "written"),
    [
        ("single", []),
        ("single", {"chosen": [True]}),
        ("single", {"chosen": "0"}),
        ("single", {"picked": [0]}),
        ("match", {"places": [0]}),
        ("match", {"places": [0, 1, "2"]}),
        ("short", {"text": 5}),
    ],
)
def test_another_shape_is_refused(kind, written):
    with pytest.raises(AnswerUnreadable):
        read_response(make_question(kind), written)


def test_an_unanswered_match_has_a_place_for_each_side():
    assert read_response(make_question("match"), {}) == Response(places=(None, None, None))
