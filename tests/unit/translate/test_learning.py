"""Lessons and attempts, told as statements."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from xapi_bridge.statement import Account
from xapi_bridge.translate import Enrolment, NamedActivity
from xapi_bridge.translate.attempt import (
    Answer,
    AttemptScore,
    question_answered,
    quiz_initialized,
    quiz_passed_or_failed,
)
from xapi_bridge.translate.building import duration_from_seconds
from xapi_bridge.translate.lesson import (
    module_completed,
    module_initialized,
    module_progressed,
    section_experienced,
)
from xapi_bridge.vocabulary import adl, cchc, cmi5

BASE = "https://cchc.example/"
AT = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
PACKAGE = NamedActivity(cchc.package_iri(BASE, "cchc"), "Cải cách hành chính", adl.COURSE)
MODULE = NamedActivity(cchc.module_iri(BASE, "cchc", "m1"), "Giới thiệu", adl.MODULE)
SECTION = NamedActivity(cchc.section_iri(BASE, "cchc", "m1", 1), "Vì sao", adl.LESSON)
QUIZ = NamedActivity(cchc.quiz_iri(BASE, "cchc", "z1"), "Kiểm tra", adl.ASSESSMENT)
QUESTION = NamedActivity(cchc.question_iri(BASE, "cchc", "q1"), "Câu 1", adl.INTERACTION)
ENROLMENT = Enrolment(
    learner=Account("https://lms.example", "hoc-vien-1"),
    registration=UUID("6690e6c9-3ef0-4ed3-8b37-7f3964730bee"),
    package=PACKAGE,
    package_version="sha256:abc",
    iri_base=BASE,
)
ANSWER = Answer("choice", "b", scaled=1.0, success=True, correct_responses=["b"])
PASSING = AttemptScore(raw=8, maximum=10, passed=True)


def test_the_same_event_always_gives_the_same_statement():
    first = module_completed(ENROLMENT, MODULE, event_id="progress/1/completed", at=AT)
    again = module_completed(ENROLMENT, MODULE, event_id="progress/1/completed", at=AT)

    assert first == again


def test_different_events_and_verbs_have_different_ids():
    statements = [
        module_completed(ENROLMENT, MODULE, event_id="progress/1", at=AT),
        module_completed(ENROLMENT, MODULE, event_id="progress/2", at=AT),
        module_initialized(ENROLMENT, MODULE, event_id="progress/1", at=AT),
    ]

    assert len({statement.id for statement in statements}) == 3


ALL = [
    (module_initialized(ENROLMENT, MODULE, event_id="e", at=AT), adl.INITIALIZED, PACKAGE),
    (module_progressed(ENROLMENT, MODULE, percent=40, event_id="e", at=AT), adl.PROGRESSED, PACKAGE),
    (module_completed(ENROLMENT, MODULE, event_id="e", at=AT, seconds=60), adl.COMPLETED, PACKAGE),
    (section_experienced(ENROLMENT, SECTION, module=MODULE, event_id="e", at=AT), adl.EXPERIENCED, MODULE),
    (quiz_initialized(ENROLMENT, QUIZ, parents=[MODULE], event_id="e", at=AT), adl.INITIALIZED, MODULE),
    (question_answered(ENROLMENT, QUESTION, ANSWER, parents=[QUIZ], event_id="e", at=AT), adl.ANSWERED, QUIZ),
    (
        quiz_passed_or_failed(ENROLMENT, QUIZ, PASSING, parents=[MODULE], event_id="e", at=AT),
        adl.PASSED,
        MODULE,
    ),
]


@pytest.mark.parametrize(("statement", "verb", "parent"), ALL, ids=[case[1].rsplit("/")[-1] for case in ALL])
def test_every_statement_tells_who_what_within_what_and_when(statement, verb, parent):
    related = statement.context.context_activities

    assert statement.actor.account == ENROLMENT.learner
    assert statement.actor.name is None
    assert statement.verb.id == verb
    assert statement.verb.display["vi"]
    assert statement.timestamp == AT
    assert statement.registration == ENROLMENT.registration
    assert [one.id for one in related.parent] == [parent.iri]
    assert [one.id for one in related.grouping] == [PACKAGE.iri]
    assert statement.context.extensions[cchc.package_version_extension(BASE)] == "sha256:abc"


def test_progress_is_told_in_the_words_of_cmi5():
    statement = module_progressed(ENROLMENT, MODULE, percent=40, event_id="e", at=AT)

    assert statement.result.extensions == {cmi5.PROGRESS: 40}
    assert statement.result.completion is False


def test_an_answer_carries_the_response_and_its_worth():
    statement = question_answered(ENROLMENT, QUESTION, ANSWER, parents=[QUIZ], event_id="e", at=AT)

    assert statement.object.definition.interaction_type == "choice"
    assert statement.object.definition.correct_responses_pattern == ("b",)
    assert statement.result.response == "b"
    assert statement.result.success is True
    assert statement.result.score.scaled == 1.0


@pytest.mark.parametrize(("passed", "verb"), [(True, adl.PASSED), (False, adl.FAILED)])
def test_a_finished_attempt_passes_or_fails_with_its_points(passed, verb):
    score = AttemptScore(raw=7.5, maximum=10, passed=passed)

    statement = quiz_passed_or_failed(
        ENROLMENT, QUIZ, score, parents=[MODULE], event_id="attempt/1", at=AT, seconds=272.5
    )

    assert statement.verb.id == verb
    assert (statement.result.score.scaled, statement.result.score.raw, statement.result.score.max) == (
        0.75,
        7.5,
        10,
    )
    assert statement.result.success is passed
    assert statement.result.duration == "PT272.5S"


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "PT0S"), (12.5, "PT12.5S"), (100, "PT100S"), (1 / 3, "PT0.33S"), (-5, "PT0S")]
)
def test_a_duration_is_written_in_seconds(seconds, text):
    assert duration_from_seconds(seconds) == text
