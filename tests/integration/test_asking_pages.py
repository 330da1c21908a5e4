"""The learner's pages of the question channel, through plain forms, on the whole application."""

import re
from html import unescape

import pytest

from content_packages.experts.areas import CHANNEL
from content_packages.experts.models import ExpertQuestion
from content_packages.knowledge import publish_knowledge
from tests.factories.content import make_ticket
from tests.factories.experts import AREA, MINH, TEXT, answer
from tests.factories.knowledge import make_source
from tests.factories.player import open_classroom
from xapi_bridge.running_app import now, transaction

HARDLY_ANYTHING = "Giá vé xem bóng đá tối nay bao nhiêu?"


@pytest.fixture
def classroom(database_url, tmp_path, clock):
    with open_classroom(database_url, tmp_path, clock=clock) as opened:
        with opened.app.app_context(), transaction() as session:
            publish_knowledge(session, make_source(), by="test", now=now())
        yield opened


@pytest.fixture
def learner(classroom):
    return classroom.admit(package_id=CHANNEL, item="")


def send(learner, text=TEXT, **given):
    """Sends the form again after the stored questions were shown, as a person does."""
    form = {"text": text, "area": AREA, "details": "", **given}
    answered = learner.post("hoi-dap/gui", form)
    if answered.status_code == 200:
        seen = re.search(r'name="seen" value="([^"]*)"', answered.text)
        answered = learner.post("hoi-dap/gui", {**form, "seen": unescape(seen[1])})
    return answered


def test_an_answer_says_that_a_machine_answers_and_what_it_rests_on(learner):
    page = learner.get("hoi-dap?q=nguoi+xa+khac+nop+ho+so+o+xa+toi+duoc+khong")

    assert page.status_code == 200
    assert "Máy trả lời" in page.text
    assert "<strong>không phụ thuộc</strong>" in page.text
    assert "Nghị định 118/2025/NĐ-CP" in page.text
    assert "Còn hiệu lực" in page.text
    assert "22/11/2026" in page.text


def test_what_the_machine_does_not_know_it_says_and_offers_the_experts(learner):
    page = learner.get("hoi-dap", query_string={"q": HARDLY_ANYTHING})

    assert "Máy không biết câu trả lời" in page.text
    assert "Gửi chuyên gia" in page.text


def test_the_ticket_of_a_lesson_opens_the_channel_and_the_lesson_shows_the_way(classroom):
    learner = classroom.admit()

    lesson = learner.get("m/tong-quan/1")

    assert "Hỏi về bài này" in lesson.text
    way = unescape(re.search(r'href="([^"]*/hoi-dap\?[^"]*)"', lesson.text)[1])
    page = learner.client.get(way)
    assert page.status_code == 200
    assert "Hỏi về bài:" in page.text


def test_a_ticket_of_the_channel_opens_no_lesson(classroom, learner):
    sealed = classroom.seal(make_ticket(package_id=CHANNEL, package_digest=""))

    assert learner.client.get(f"/hoc/{sealed}/").status_code == 404


def test_a_question_is_sent_after_the_stored_ones_were_shown(learner):
    first = learner.post("hoi-dap/gui", {"text": TEXT, "area": AREA, "details": ""})

    assert "Có thể đã có câu trả lời" in first.text
    sent = send(learner)
    assert sent.status_code == 303
    page = learner.client.get(sent.headers["Location"])
    assert "Đã nhận câu hỏi" in page.text
    assert TEXT in page.text
    assert "01/12/2026" in page.text


def test_personal_numbers_are_taken_out_and_the_person_is_told(learner):
    sent = send(learner, text=f"{TEXT} Gọi 0912345678")

    page = learner.client.get(sent.headers["Location"])

    assert "0912345678" not in page.text
    assert "số điện thoại" in page.text


def test_a_bad_question_comes_back_with_what_was_typed(learner):
    page = send(learner, text="ngắn", details="Chi tiết của tôi")

    assert page.status_code == 400
    assert "Câu hỏi chưa đủ" in page.text
    assert "Chi tiết của tôi" in page.text


def test_an_answered_question_is_announced_until_it_was_read(classroom, learner):
    location = send(learner).headers["Location"].partition("?")[0]
    with classroom.app.app_context(), transaction() as session:
        answer(session, session.query(ExpertQuestion).one(), now=now())

    assert "1 mới" in learner.get("hoi-dap").text
    page = learner.client.get(location)
    assert "Chuyên gia trả lời" in page.text
    assert "mẫu phiếu xin lỗi" in page.text
    assert "1 mới" not in learner.get("hoi-dap").text


def test_nobody_reads_the_question_of_another(classroom, learner):
    path = send(learner).headers["Location"].partition(f"{learner.sealed}/")[2]
    other = classroom.admit(package_id=CHANNEL, item="", learner=MINH)

    assert other.get(path).status_code == 404
    assert TEXT not in other.get("hoi-dap/cau-hoi").text


def test_a_question_can_be_taken_back(learner):
    path = send(learner).headers["Location"].partition("?")[0].partition(f"{learner.sealed}/")[2]

    assert learner.post(f"{path}/rut").status_code == 303

    assert "Bạn đã rút" in learner.get("hoi-dap/cau-hoi").text


def test_a_vote_is_kept_and_shown(learner):
    voted = learner.post("hoi-dap/binh-chon", {"key": "entry:nop-ho-so-khac-xa", "vote": "thanks"})

    page = learner.client.get(voted.headers["Location"])

    assert "Bạn đã chọn: Cảm ơn, hữu ích." in page.text


def test_a_teacher_reads_and_records_nothing(classroom):
    teacher = classroom.admit(package_id=CHANNEL, item="", role="teacher")

    assert teacher.get("hoi-dap?q=một+cửa").status_code == 200
    assert teacher.get("hoi-dap/gui").status_code == 403
    assert teacher.post("hoi-dap/gui", {"text": TEXT, "area": AREA}).status_code == 403
    assert classroom.statements() == []


def test_searching_asking_and_rating_are_told_once(classroom, learner):
    for _ in range(2):
        learner.get("hoi-dap?q=người+xã+khác+nộp+hồ+sơ")
    send(learner)
    learner.post("hoi-dap/binh-chon", {"key": "entry:nop-ho-so-khac-xa", "vote": "thanks"})

    verbs = [statement.verb.id.rsplit("/", 1)[1] for statement in classroom.statements()]

    assert verbs == ["searched", "asked", "rated"]
    assert "người xã khác" not in str([statement.result for statement in classroom.statements()])


def test_suggestions_lead_to_pages_of_the_same_room(learner):
    found = learner.get("hoi-dap/goi-y?q=nguoi o xa").get_json()

    assert found[0]["text"].startswith("Người ở xã khác")
    assert learner.client.get(found[0]["url"]).status_code == 200


def test_a_document_shows_its_validity_and_what_replaced_it(learner):
    page = learner.get("hoi-dap/van-ban/61/2018/NĐ-CP")

    assert "Hết hiệu lực" in page.text
    assert "118/2025/NĐ-CP" in page.text


@pytest.mark.parametrize("path", ["hoi-dap/muc/khong-co", "hoi-dap/van-ban/0/0", "hoi-dap/cau-hoi/abc"])
def test_what_does_not_exist_is_not_found(learner, path):
    assert learner.get(path).status_code == 404


@pytest.mark.parametrize(
    "query", ["q=%00", "ngay=hom-qua", "linh-vuc=x&cap=y", "muc=-1&bai=%00", "q=" + "x" * 5000]
)
def test_an_odd_address_is_answered(learner, query):
    assert learner.get(f"hoi-dap?{query}").status_code == 200


def test_a_link_of_one_area_asks_that_area_first(classroom):
    learner = classroom.admit(package_id=CHANNEL, item="cai-cach-bo-may")

    page = learner.get("hoi-dap?q=nguoi+xa+khac+nop+ho+so+o+xa+toi+duoc+khong")

    assert "Lĩnh vực đã chọn không có câu trả lời" in page.text
    assert "không phụ thuộc" in page.text
