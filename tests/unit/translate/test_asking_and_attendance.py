"""Launches, questions and roll-calls, told as statements."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xapi_bridge.statement import Account, parse_statement
from xapi_bridge.translate import asking, attendance, launch
from xapi_bridge.translate.building import Enrolment, NamedActivity
from xapi_bridge.vocabulary import acrossx, adl, cchc, tincanapi

BASE = "https://cchc.example/"
AT = datetime(2026, 11, 25, 2, 30, tzinfo=UTC)
LEARNER = Account("https://lms.example", "hoc-vien-1")
TEACHER = Account("https://lms.example", "giao-vien-1")
PACKAGE = NamedActivity(cchc.package_iri(BASE, "cchc"), "Cải cách hành chính", adl.COURSE)
MODULE = NamedActivity(cchc.module_iri(BASE, "cchc", "m1"), "Giới thiệu", adl.MODULE)
ENROLMENT = Enrolment(LEARNER, UUID("6690e6c9-3ef0-4ed3-8b37-7f3964730bee"), PACKAGE, "sha256:abc", BASE)
SESSION = attendance.ClassSession("2026-03", "1", "Lớp tháng 3", "Buổi 1", "workshop", AT, MODULE)
LEARNER_ASKS = asking.Asking(LEARNER, BASE)
#: Any text that JSON may carry and a database may keep.
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1, max_size=80)


def groupings(statement):
    return [one.id for one in statement.context.context_activities.grouping]


def test_a_launch_names_the_module_its_package_and_the_course_in_the_lms():
    course = NamedActivity(cchc.course_iri(BASE, "https://lms.example", "42"), "Lớp A", adl.COURSE)

    statement = launch.content_launched(ENROLMENT, MODULE, course=course, event_id="launch/1", at=AT)

    assert (statement.verb.id, statement.object.id) == (adl.LAUNCHED, MODULE.iri)
    assert statement.registration == ENROLMENT.registration
    assert groupings(statement) == [PACKAGE.iri, course.iri]


def test_a_launch_of_the_package_itself_has_no_parent():
    statement = launch.content_launched(ENROLMENT, PACKAGE, course=None, event_id="launch/1", at=AT)

    assert statement.context.context_activities.parent is None
    assert groupings(statement) == [PACKAGE.iri]


def test_courses_of_two_platforms_with_one_number_are_two():
    one = cchc.course_iri(BASE, "https://lms-1.example", "42")

    assert one != cchc.course_iri(BASE, "https://lms-2.example", "42")


def test_a_search_keeps_its_words_and_how_much_it_found():
    statement = asking.knowledge_searched(LEARNER_ASKS, words="một cửa", found=0, event_id="s/1", at=AT)

    assert (statement.verb.id, statement.result.response) == (acrossx.SEARCHED, "một cửa")
    assert b'"https://cchc.example/x/found":0' in statement.raw


def test_an_answer_refers_to_the_statement_in_which_was_asked():
    question = asking.asked_question(BASE, "17", "Thế nào là trễ hạn?")
    asked = asking.question_asked(LEARNER_ASKS, question, event_id="question/17", at=AT)

    answered = asking.question_answered(
        asking.Asking(cchc.tool_authority(BASE), BASE),
        question,
        asking.given_answer(BASE, "53", "Trễ hạn"),
        event_id="question/17/answer",
        at=AT,
        asked_in=asked.id,
    )

    assert answered.context.statement.id == asked.id
    assert answered.object.id == asked.object.id
    assert answered.id != asked.id


@pytest.mark.parametrize(("points", "scaled"), [(1, 0.0), (3, 0.5), (5, 1.0)])
def test_a_rating_is_a_score_between_its_ends(points, scaled):
    answer = asking.given_answer(BASE, "53", "Trễ hạn")

    statement = asking.answer_rated(LEARNER_ASKS, answer, asking.Rating(points), event_id="r", at=AT)

    assert statement.verb.id == tincanapi.RATED
    assert (statement.result.score.raw, statement.result.score.scaled) == (points, scaled)


def test_an_attendance_names_the_responsible_person_the_session_and_the_time_spent():
    statement = attendance.session_attended(
        LEARNER, SESSION, responsible=TEACHER, seconds=5400, iri_base=BASE, event_id="roll-call/8"
    )

    assert (statement.verb.id, statement.timestamp) == (adl.ATTENDED, AT)
    assert statement.context.instructor.account == TEACHER
    assert statement.result.duration == "PT5400S"
    assert groupings(statement) == [MODULE.iri]
    assert b'"https://cchc.example/x/delivery":"workshop"' in statement.raw


def test_a_mistaken_roll_call_is_taken_back_by_a_voiding_statement_with_one_id():
    target = UUID("11111111-1111-4111-8111-111111111111")

    first, again = (
        attendance.statement_voided(TEACHER, target, reason="mistake", iri_base=BASE, event_id="v/1", at=AT)
        for _ in range(2)
    )

    assert first.is_voiding
    assert (first.target_id, first.id) == (target, again.id)


@given(learner=TEXTS, event=TEXTS, words=TEXTS, title=TEXTS, found=st.integers(0, 10**6))
def test_whatever_people_type_becomes_statements_of_both_versions(learner, event, words, title, found):
    who = asking.Asking(Account("https://lms.example", learner), BASE)
    question = asking.asked_question(BASE, event, title)

    told = [
        asking.knowledge_searched(who, words=words, found=found, event_id=event, at=AT),
        asking.question_asked(who, question, event_id=event, at=AT),
    ]

    for statement in told:
        assert parse_statement(statement.raw, version="2.0.0").id == statement.id


@given(events=st.lists(TEXTS, min_size=2, max_size=5, unique=True))
def test_different_events_have_different_ids_and_the_same_event_one(events):
    question = asking.asked_question(BASE, "1", "Câu hỏi")

    def told():
        return [asking.question_asked(LEARNER_ASKS, question, event_id=event, at=AT) for event in events]

    assert told() == told()
    assert len({statement.id for statement in told()}) == len(events)
