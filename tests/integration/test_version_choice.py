"""A newer version while somebody studies: offered, with what changed; the learner moves or stays."""

from dataclasses import replace

import pytest

from content_packages.library import publish_package
from tests.factories.content import PACKAGE, compile_package
from tests.factories.player import MODULE, QUIZ, open_classroom
from xapi_bridge.running_app import transaction

NEW_SECTION = "## Mục thêm\n\nNội dung mới.\n\n## Sáu nội dung"
NEWER = {
    "package.yaml": PACKAGE["package.yaml"].replace("version: 1.0.0", "version: 1.1.0")
    + 'changes: {1.1.0: "Thêm một mục theo góp ý của các tỉnh."}\n',
    "modules/01-tong-quan/module.md": PACKAGE["modules/01-tong-quan/module.md"].replace(
        "## Sáu nội dung", NEW_SECTION
    ),
}


@pytest.fixture
def classroom(database_url, tmp_path, clock):
    with open_classroom(database_url, tmp_path / "cu", clock=clock) as opened:
        yield opened


def publish(classroom, folder, clock, changes=NEWER):
    """Returns the digest."""
    compiled = compile_package(folder / "moi", changes=changes)
    with classroom.app.app_context(), transaction() as session:
        return publish_package(session, compiled, now=clock()).digest


def moved(learner, answer):
    """The learner at the address to which the choice leads."""
    sealed = answer.headers["Location"].split("/hoc/")[1].split("/")[0]
    return replace(learner, sealed=sealed)


def test_nothing_is_offered_while_the_version_is_current(classroom):
    learner = classroom.admit()

    assert "Có bản mới" not in learner.get().text
    assert learner.get("ban-moi").status_code == 303


def test_a_newer_version_is_offered_with_what_is_new(classroom, tmp_path, clock):
    learner = classroom.admit()
    publish(classroom, tmp_path, clock)

    assert "Có bản mới 1.1.0" in learner.get().text
    assert "Có bản mới 1.1.0" in learner.get(MODULE).text
    assert "Có bản mới 1.1.0" in learner.get(QUIZ).text
    page = learner.get("ban-moi").text
    assert "Thêm một mục theo góp ý của các tỉnh." in page
    assert "có mục mới: Mục thêm" in page


def test_who_moves_keeps_what_was_read_and_learns_what_is_new(classroom, tmp_path, clock):
    learner = classroom.admit()
    learner.read_everything()
    attempt = learner.begin()
    learner.answer_all(attempt)
    digest = publish(classroom, tmp_path, clock)

    learner = moved(learner, learner.post("ban-moi", {"digest": digest, "choice": "move"}))

    page = learner.get(MODULE).text
    assert "Mục thêm" in page
    assert "Học tiếp: mục 1" in page
    assert "Có bản mới" not in learner.get().text
    assert "4/4" in learner.hand_in(attempt).text or "100%" in learner.get(QUIZ).text


def test_who_stays_is_not_asked_again_and_may_still_move(classroom, tmp_path, clock):
    learner = classroom.admit()
    digest = publish(classroom, tmp_path, clock)

    learner.post("ban-moi", {"digest": digest, "choice": "stay"})

    page = learner.get().text
    assert "Có bản mới" not in page
    assert "Xem bản 1.1.0" in page
    assert learner.post("ban-moi", {"digest": digest, "choice": "move"}).status_code == 303


def test_a_version_that_is_not_offered_cannot_be_chosen(classroom):
    learner = classroom.admit()

    answer = learner.post(
        "ban-moi", {"digest": "0" * 64, "choice": "move"}, headers={"Accept": "application/json"}
    )

    assert (answer.status_code, answer.get_json()["code"]) == (409, "version_not_offered")


def test_a_teacher_is_offered_nothing(classroom, tmp_path, clock):
    teacher = classroom.admit(role="teacher")
    publish(classroom, tmp_path, clock)

    assert "Có bản mới" not in teacher.get().text
    assert teacher.get("ban-moi").status_code == 403
