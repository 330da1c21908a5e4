"""Essays and keys by hand: teachers of the course by their pages, experts and operators by the console."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from content_packages.assessment.allowances import allowed_percent
from content_packages.assessment.models import Attempt, Step
from lti_tool.launch.models import LaunchSession
from tests.factories.content import LEARNER, PACKAGE
from tests.factories.lti import FakePlatform, create_platform
from tests.factories.player import open_classroom
from tests.factories.reports import create_country, create_operators, csrf_token, sign_in
from tests.integration.test_attempt_steps import ESSAY
from xapi_bridge.running_app import reading, transaction

DRAW = """  - {bank: tong-quan, count: 3, where: {type: [single, multiple, match], graded: [true]}}
  - {bank: tong-quan, count: 1, where: {type: [essay]}}"""
WITH_ESSAY = {
    "banks/tong-quan.md": PACKAGE["banks/tong-quan.md"] + ESSAY,
    "quizzes/cuoi-bai.yaml": ("  - {bank: tong-quan, count: 4, where: {graded: [true]}}", DRAW),
}
CONSOLE = "/quan-tri/bai-kiem-tra"


@pytest.fixture
def classroom(database_url, tmp_path, clock):
    with open_classroom(database_url, tmp_path / "cu", clock=clock, changes=WITH_ESSAY) as opened:
        yield opened


@pytest.fixture
def console(classroom):
    """A content manager at the console."""
    with classroom.app.app_context(), transaction() as session:
        create_operators(session, create_country(session))
    client = classroom.app.test_client()
    sign_in(client, "content_manager")
    return client


def write_essay(classroom, **ticket) -> int:
    """A learner hands in an attempt with an essay; returns the essay's position."""
    learner = classroom.admit(**ticket)
    attempt = learner.begin()
    pages = {position: learner.get(f"{attempt}/{position}").text for position in range(1, 5)}
    position = next(position for position, page in pages.items() if "<textarea" in page)
    learner.answer(attempt, position, {"text": "Căn cứ Nghị quyết 76."})
    learner.hand_in(attempt)
    return position


def note_launches(classroom, teacher):
    """The launches of the teacher and of one learner of the course."""
    with classroom.app.app_context(), transaction() as session:
        platform = create_platform(session, FakePlatform(), now=teacher.ticket.expires_at)
        for name, role, of in (
            (teacher.ticket.launch_session_id, "teacher", "gv"),
            ("b" * 32, "learner", LEARNER.name),
        ):
            session.add(
                LaunchSession(
                    id=name,
                    registration_id=platform.id,
                    account_home_page=LEARNER.home_page,
                    account_name=of,
                    course_id=teacher.ticket.course_id,
                    resource_link_id="1",
                    role=role,
                    xapi_registration=teacher.ticket.registration,
                    package_digest=classroom.package.digest,
                    created_at=teacher.ticket.expires_at - timedelta(hours=1),
                    expires_at=teacher.ticket.expires_at,
                )
            )


def score_of_the_attempt(classroom) -> float | None:
    with classroom.app.app_context(), reading() as session:
        return session.scalars(select(Attempt)).one().score


def fields_of(page, **given) -> dict[str, str]:
    """The hidden fields of the marking form, with what a marker fills in."""
    seq = re.search(r'name="seq" value="(\d+)"', page.text)
    assert seq, page.text
    return {"seq": seq[1], "points-0": "2", "points-1": "0,5", "comment": "Nêu thêm ví dụ.", **given}


def test_a_teacher_marks_an_essay_of_the_course(classroom):
    position = write_essay(classroom)
    teacher = classroom.admit(role="teacher")
    assert f"Chấm câu {position}" in teacher.get("cham-bai").text
    page = teacher.get(f"cham-bai/1/{position}")

    answer = teacher.post(f"cham-bai/1/{position}", fields_of(page))

    assert answer.status_code == 303
    assert score_of_the_attempt(classroom) == pytest.approx(2.5 / 3 / 4)
    assert "Không có bài nào đang chờ" in teacher.get("cham-bai").text


def test_points_beyond_the_rubric_are_refused_with_words(classroom):
    position = write_essay(classroom)
    teacher = classroom.admit(role="teacher")
    fields = fields_of(teacher.get(f"cham-bai/1/{position}"))

    answer = teacher.post(f"cham-bai/1/{position}", fields | {"points-0": "9"})

    assert answer.status_code == 409
    assert score_of_the_attempt(classroom) is None


def test_a_learner_marks_nothing(classroom):
    position = write_essay(classroom)
    learner = classroom.admit()

    assert learner.post(f"cham-bai/1/{position}", {"seq": "1", "points-0": "2"}).status_code == 403


def test_a_teacher_gives_a_learner_more_time(classroom):
    teacher = classroom.admit(role="teacher")
    note_launches(classroom, teacher)
    form = {"learner": LEARNER.name, "quiz": "", "percent": "50", "reason": "Theo đề nghị của đơn vị"}

    refused = teacher.post("them-gio", form | {"percent": "rất nhiều"})
    given = teacher.post("them-gio", form)

    assert (refused.status_code, given.status_code) == (400, 303)
    with classroom.app.app_context(), reading() as session:
        assert allowed_percent(session, LEARNER, package_id="nhap-mon", quiz_id="cuoi-bai") == 50


def test_a_content_manager_marks_essays_of_all_courses_without_names(classroom, console):
    position = write_essay(classroom, course_id="khac", learner_name="Nguyễn Văn An")
    listing = console.get(CONSOLE)
    assert f"Chấm câu {position}" in listing.text
    page = console.get(f"{CONSOLE}/tu-luan/1/{position}")
    assert "Nguyễn Văn An" not in page.text

    answer = console.post(
        f"{CONSOLE}/tu-luan/1/{position}", data=fields_of(page, csrf_token=csrf_token(page))
    )

    assert answer.status_code == 303
    assert score_of_the_attempt(classroom) == pytest.approx(2.5 / 3 / 4)
    with classroom.app.app_context(), reading() as session:
        assert "content_manager" in session.scalars(select(Step.made_by)).all()


def test_a_quiz_is_counted_again_only_as_it_was_seen(classroom, console, tmp_path, clock):
    learner = classroom.admit()
    attempt = learner.begin()
    learner.answer(attempt, position_of(learner, attempt, "Cơ quan nào ban hành"), {"chosen": "1"})
    learner.hand_in(attempt)
    address = f"{CONSOLE}/cham-lai/nhap-mon/cuoi-bai"
    page = console.get(f"{address}?xem=1&all=tq-2")
    assert "1 trên 1 lượt đổi điểm" in page.text
    fingerprint = re.search(r'name="fingerprint" value="([^"]+)"', page.text)[1]
    fields = {
        "csrf_token": csrf_token(page),
        "all": "tq-2",
        "reason": "Câu hỏi sai",
        "fingerprint": fingerprint,
    }

    refused = console.post(address, data=fields | {"fingerprint": "khac"})
    applied = console.post(address, data=fields)

    assert (refused.status_code, applied.status_code) == (409, 303)
    assert score_of_the_attempt(classroom) == pytest.approx(0.25)
    assert "0 trên 1 lượt đổi điểm" in console.get(f"{address}?xem=1&all=tq-2").text


def position_of(learner, attempt, words) -> int:
    return next(number for number in range(1, 5) if words in learner.get(f"{attempt}/{number}").text)


@pytest.mark.parametrize("path", ["cham-lai/nhap-mon/khong-co", "cham-lai/khong-co/z", "tu-luan/99/1"])
def test_what_is_not_there_is_said_so(console, path):
    assert console.get(f"{CONSOLE}/{path}").status_code == 404
