"""One example of each kind of statement, made by the translations themselves: for the profile's pages."""

from collections.abc import Mapping
from datetime import UTC, datetime
from uuid import UUID

from xapi_bridge.statement import Account, Statement
from xapi_bridge.translate import asking, attempt, attendance, launch, lesson
from xapi_bridge.translate.building import Enrolment, NamedActivity
from xapi_bridge.vocabulary import adl, cchc

_AT = datetime(2026, 11, 25, 2, 30, tzinfo=UTC)
_LEARNER = Account("https://lms.example", "3f1c9a0b7d5e4a2c")
_TEACHER = Account("https://lms.example", "a2b4c6d8e0f21436")


def example_statements(base: str) -> Mapping[str, Statement]:
    """Template code -> an example.

    Args:
        base: beginning of our own IRIs (CCHC_IRI_BASE).
    """
    return {**_learning(base), **_asking(base), **_class(base)}


def _learning(base: str) -> dict[str, Statement]:
    package = NamedActivity(cchc.package_iri(base, "cchc"), "Cải cách hành chính", adl.COURSE)
    module = NamedActivity(cchc.module_iri(base, "cchc", "mot-cua"), "Cơ chế một cửa", adl.MODULE)
    section = NamedActivity(cchc.section_iri(base, "cchc", "mot-cua", 1), "Vì sao cần một cửa", adl.LESSON)
    quiz = NamedActivity(cchc.quiz_iri(base, "cchc", "mot-cua"), "Kiểm tra: một cửa", adl.ASSESSMENT)
    question = NamedActivity(cchc.question_iri(base, "cchc", "mot-cua-01"), "Câu 1", adl.INTERACTION)
    course = NamedActivity(
        cchc.course_iri(base, _LEARNER.home_page, "42"), "Lớp cải cách hành chính 2026", adl.COURSE
    )
    one = Enrolment(
        learner=_LEARNER,
        registration=UUID("6f0f4cf4-5a4b-5d8b-9d3a-0d0c3a2f7f10"),
        package=package,
        package_version="sha256:0f3a",
        iri_base=base,
    )
    answer = attempt.Answer("choice", "b", scaled=1.0, success=True, correct_responses=["b"])
    passing, failing = (
        attempt.AttemptScore(raw=raw, maximum=10, passed=passed) for raw, passed in ((8, True), (3, False))
    )
    return {
        "content-launched": launch.content_launched(one, module, course=course, event_id="launch/1", at=_AT),
        "module-initialized": lesson.module_initialized(one, module, event_id="visit/1/begun", at=_AT),
        "section-experienced": lesson.section_experienced(
            one, section, module=module, event_id="visit/1/section/1", at=_AT, seconds=95
        ),
        "module-progressed": lesson.module_progressed(one, module, percent=40, event_id="visit/1/40", at=_AT),
        "module-completed": lesson.module_completed(
            one, module, event_id="visit/1/completed", at=_AT, seconds=1260
        ),
        "quiz-initialized": attempt.quiz_initialized(
            one, quiz, parents=[module], event_id="attempt/1/begun", at=_AT
        ),
        "quiz-question-answered": attempt.question_answered(
            one, question, answer, parents=[quiz, module], event_id="attempt/1/answer/1", at=_AT
        ),
        "quiz-passed": attempt.quiz_passed_or_failed(
            one, quiz, passing, parents=[module], event_id="attempt/1/finished", at=_AT, seconds=272.5
        ),
        "quiz-failed": attempt.quiz_passed_or_failed(
            one, quiz, failing, parents=[module], event_id="attempt/2/finished", at=_AT, seconds=180
        ),
    }


def _asking(base: str) -> dict[str, Statement]:
    learner = asking.Asking(_LEARNER, base)
    question = asking.asked_question(base, "17", "Hồ sơ trễ hạn thì phải xin lỗi như thế nào?")
    answer = asking.given_answer(base, "53", "Thư xin lỗi khi hồ sơ trễ hạn")
    asked = asking.question_asked(learner, question, event_id="question/17/asked", at=_AT)
    return {
        "knowledge-searched": asking.knowledge_searched(
            learner, words="thư xin lỗi", found=3, event_id="search/5", at=_AT
        ),
        "question-asked": asked,
        "question-answered": asking.question_answered(
            asking.Asking(cchc.tool_authority(base), base),
            question,
            answer,
            event_id="question/17/answer/53",
            at=_AT,
            asked_in=asked.id,
        ),
        "answer-rated": asking.answer_rated(
            learner, answer, asking.Rating(5), event_id="answer/53/rating/9", at=_AT
        ),
    }


def _class(base: str) -> dict[str, Statement]:
    session = attendance.ClassSession(
        class_id="2026-03",
        session_id="1",
        class_title="Lớp bồi dưỡng tháng 3",
        title="Buổi 1: cơ chế một cửa",
        delivery="in-class",
        begins_at=_AT,
    )
    attended = attendance.session_attended(
        _LEARNER,
        session,
        responsible=_TEACHER,
        seconds=3 * 3600,
        iri_base=base,
        event_id="roll-call/8",
    )
    assert attended.id is not None  # noqa: S101 - our own statements always carry an id
    return {
        "session-attended": attended,
        "statement-voided": attendance.statement_voided(
            _TEACHER,
            attended.id,
            reason="roll-call-mistake",
            iri_base=base,
            event_id="roll-call/8/taken-back",
            at=_AT,
        ),
    }
