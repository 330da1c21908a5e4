"""A question as a page shows it: never more than may be told."""

from datetime import timedelta

import pytest
from flask import Flask
from flask_babel import Babel

from content_packages.assessment.disclosure import Disclosure
from content_packages.contents import Option
from content_packages.player.question_form import key_form, question_form
from content_packages.player.wording import lesson_html, shown_length, shown_number, shown_percent
from tests.factories.content import make_question

EVERYTHING = Disclosure(marks=True, key=True, feedback=True, explanation=True)
TOLD = make_question(
    options=(Option("a", True, "vì đúng"), Option("b", False, "vì sai")), explain="Xem mục 1."
)


def test_before_it_is_scored_nothing_is_told():
    form = question_form(TOLD, {"chosen": [1]}, key="k", disclosure=EVERYTHING)

    assert form.verdict is None
    assert {choice.mark for choice in form.choices} == {""}
    assert {choice.feedback_html for choice in form.choices} == {""}
    assert form.explanation_html == ""


def test_marks_alone_tell_the_verdict_and_not_the_key():
    form = question_form(TOLD, {"chosen": [1]}, key="k", earned=0.0, disclosure=Disclosure(marks=True))

    assert form.verdict == "wrong"
    assert {choice.mark for choice in form.choices} == {""}


def test_feedback_speaks_only_of_what_was_chosen():
    form = question_form(TOLD, {"chosen": [1]}, key="k", earned=0.0, disclosure=Disclosure(feedback=True))

    assert [choice.feedback_html for choice in form.choices] == ["", "vì sai"]
    assert form.explanation_html == ""


def test_the_key_marks_what_was_right_wrong_and_missed():
    form = question_form(TOLD, {"chosen": [1]}, key="k", earned=0.0, disclosure=EVERYTHING)

    assert [choice.mark for choice in form.choices] == ["missed", "wrong"]


@pytest.mark.parametrize("kind", ["single", "truefalse", "multiple", "match", "order", "numeric", "short"])
def test_the_key_of_every_type_is_the_right_answer(kind):
    form = key_form(make_question(kind), key="k")

    assert {choice.mark for choice in form.choices} <= {"right", ""}
    assert {place.mark for place in form.places} <= {"right"}
    assert (form.choices and any(choice.chosen for choice in form.choices)) or form.places or form.text


@pytest.mark.parametrize("kind", ["match", "order"])
def test_lists_without_a_drawn_order_do_not_stand_in_the_order_of_the_key(kind):
    texts = {"match": {"pairs": (("A", "z"), ("B", "a"))}, "order": {"items": ("z", "a")}}[kind]

    form = question_form(make_question(kind, **texts), None, key="k")

    assert form.places[0].options == ((1, "a"), (0, "z"))


def test_author_text_is_cleaned_and_formatted():
    hostile = make_question(stem="**Đậm** <script>x</script>", options=TOLD.options)

    form = question_form(hostile, None, key="k")

    assert "<strong>Đậm</strong>" in form.stem_html
    assert "script" not in form.stem_html


@pytest.fixture
def vietnamese():
    app = Flask("test")
    Babel(app, default_locale="vi")
    with app.test_request_context():
        yield


@pytest.mark.parametrize(("value", "words"), [(7, "7"), (7.25, "7,2"), (7.5, "7,5"), (0, "0")])
def test_numbers_have_a_decimal_comma(value, words):
    assert shown_number(value) == words


def test_english_pages_have_a_decimal_point():
    app = Flask("test")
    Babel(app, default_locale="en")

    with app.test_request_context():
        shown = shown_number(7.5), shown_percent(0.875)

    assert shown == ("7.5", "87.5%")


@pytest.mark.parametrize(
    ("share", "words"), [(0.7, "70%"), (0.69999, "69,9%"), (0.875, "87,5%"), (1, "100%")]
)
def test_a_percentage_never_rounds_up_to_a_pass(share, words):
    assert shown_percent(share) == words


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(minutes=20), "20 phút"),
        (timedelta(minutes=90), "1 giờ 30 phút"),
        (timedelta(days=2, hours=1, minutes=1), "2 ngày 1 giờ"),
        (timedelta(seconds=5), "5 giây"),
    ],
)
def test_lengths_of_time_are_said_in_two_parts(vietnamese, length, words):
    assert shown_length(length) == words


def test_tables_scroll_in_boxes_that_a_keyboard_reaches(vietnamese):
    html = lesson_html("<p>a</p><table><tr><td>1</td></tr></table>")

    assert html.startswith("<p>a</p>")
    assert '<div class="table-scroll" tabindex="0" role="region" aria-label="Bảng"><table>' in html
    assert html.endswith("</table></div>")
