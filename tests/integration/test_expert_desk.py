"""The experts' desk in the console, by role, through plain forms, until the asker reads the answer."""

import re

import pytest
from sqlalchemy.orm import Session

from content_packages.experts.history import get_question, list_history
from content_packages.experts.routing import set_expert_areas
from content_packages.experts.voting import vote_on_answer
from content_packages.knowledge import publish_knowledge, search
from tests.factories.experts import AREA, LAN, MINH, SETTINGS, TEXT, answer, ask
from tests.factories.knowledge import TODAY, make_source
from tests.factories.lti import open_tool
from tests.factories.reports import create_country, create_operators, csrf_token, sign_in

DESK = "/quan-tri/hoi-dap"


@pytest.fixture
def base(engine, clock):
    """A knowledge base, operators of every role, an expert of the area, one question."""
    with Session(engine, expire_on_commit=False) as session, session.begin():
        create_operators(session, create_country(session))
        publish_knowledge(session, make_source(), by="test", now=clock())
        set_expert_areas(session, "expert", {AREA: True})
        return ask(session, now=clock()).id


@pytest.fixture
def desk(database_url, base, clock):
    """Signs in as a role and posts forms with their token."""
    with open_tool(database_url, clock=clock) as app:

        class Desk:
            question = f"{DESK}/{base}"

            def enter(self, role):
                self.client = app.test_client()
                sign_in(self.client, role)
                return self

            def get(self, path):
                return self.client.get(path)

            def post(self, path, **form):
                token = csrf_token(self.client.get("/quan-tri/tai-khoan-cua-toi/"))
                return self.client.post(path, data={"csrf_token": token, **form}, follow_redirects=True)

        yield Desk()


def draft_form(**given):
    ordinary = {
        "question": "Trả kết quả muộn thì xin lỗi bằng mẫu nào?",
        "answer": "Dùng **mẫu phiếu xin lỗi**.",
        "area": AREA,
        "level": "",
        "as_of": "2026-11-24",
        "also": TEXT,
        "edition": "0",
        "ref-0": "118/2025/NĐ-CP",
        "article-0": "Điều 7",
    }
    return {**ordinary, **given}


def test_an_answer_goes_from_the_expert_through_the_reviewer_to_the_search(desk, engine, base):
    expert = desk.enter("expert")
    assert TEXT in expert.get(f"{DESK}/").text
    preview = expert.post(f"{desk.question}/nhap", **draft_form(do="preview"))
    assert "<strong>mẫu phiếu xin lỗi</strong>" in preview.text
    assert "Còn hiệu lực" in preview.text
    assert "Đã lưu và gửi duyệt" in expert.post(f"{desk.question}/nhap", **draft_form(do="submit")).text

    reviewer = desk.enter("content_manager")
    published = reviewer.post(f"{desk.question}/cong-bo")

    assert "Đã công bố" in published.text
    with Session(engine) as session:
        found = search(session, "mau xin loi tra ket qua muon", on=TODAY).entries[0]
        assert found.entry.answer == "Dùng **mẫu phiếu xin lỗi**."
        whos = [(event.step, event.who) for event in list_history(session, base)]
    assert whos[-3:] == [("draft", "expert"), ("submit", "expert"), ("publish", "content_manager")]


def test_what_was_typed_stays_when_it_cannot_be_kept(desk):
    expert = desk.enter("expert")

    page = expert.post(
        f"{desk.question}/nhap", **draft_form(do="submit", answer="Chưa xong", **{"ref-0": ""})
    )

    assert page.status_code == 400
    assert "Bản trả lời còn thiếu" in page.text
    assert "Chưa xong" in page.text


def test_an_expert_neither_publishes_nor_moderates(desk):
    expert = desk.enter("expert")

    for path in ("cong-bo", "tra-lai", "khong-nhan", "chan", "giao"):
        assert expert.post(f"{desk.question}/{path}", reason="x", days="1").status_code == 403
    assert expert.get(f"{DESK}/chuyen-gia").status_code == 403


def test_an_expert_does_not_answer_another_area(desk, engine, clock):
    with Session(engine) as session, session.begin():
        other = ask(session, MINH, f"{TEXT} Khác", area="cai-cach-bo-may", now=clock()).id

    page = desk.enter("expert").post(f"{DESK}/{other}/nhap", **draft_form(do="save"))

    assert page.status_code == 403
    assert "Câu hỏi thuộc lĩnh vực khác" in page.text


def test_a_question_is_merged_refused_and_its_asker_blocked(desk, engine, base, clock):
    with Session(engine) as session, session.begin():
        same = ask(session, MINH, f"{TEXT} Hai", now=clock()).id
        spam = ask(session, MINH, "Mua hàng giảm giá ở đâu rẻ nhất vậy?", now=clock()).id
    reviewer = desk.enter("administrator")

    assert "Đã gộp" in reviewer.post(f"{DESK}/{same}/gop", same=f"#{base}").text
    assert "Đã từ chối" in reviewer.post(f"{DESK}/{spam}/khong-nhan", reason="Quảng cáo").text
    assert "Đang bị chặn đến" in reviewer.post(f"{DESK}/{spam}/chan", days="7", reason="Quảng cáo").text
    assert "Đã bỏ chặn" in reviewer.post(f"{DESK}/{spam}/bo-chan").text
    assert "Trạng thái câu hỏi đã khác" in reviewer.post(f"{DESK}/{spam}/gop", same=f"#{base}").text
    assert "Không tìm thấy" not in reviewer.get(f"{DESK}/{same}").text


def test_an_entry_that_exists_answers_with_one_click(desk, engine, base):
    page = desk.enter("expert").post(f"{desk.question}/gop", same="nop-ho-so-khac-xa")

    assert "Đã gộp" in page.text
    with Session(engine) as session:
        assert get_question(session, base).entry_id == "nop-ho-so-khac-xa"


def test_a_published_answer_is_corrected_and_taken_back_with_reasons(desk, engine, base, clock):
    with Session(engine, expire_on_commit=False) as session, session.begin():
        answer(session, get_question(session, base), now=clock())
    reviewer = desk.enter("content_manager")
    page = reviewer.get(desk.question)
    edition = re.search(r'name="edition" value="(\d+)"', page.text)[1]

    mended = reviewer.post(
        f"{desk.question}/sua", **draft_form(answer="Mẫu 05.", reason="Đổi số mẫu", edition=edition)
    )
    withdrawn = reviewer.post(f"{desk.question}/rut", reason="Hết hiệu lực")

    assert "Đã sửa" in mended.text
    assert "Đổi số mẫu" in mended.text
    assert "Đã rút câu trả lời" in withdrawn.text


def test_areas_are_given_and_questions_reassigned(desk, engine, base):
    administrator = desk.enter("administrator")

    assert "Đã lưu lĩnh vực" in administrator.post(f"{DESK}/chuyen-gia", expert="expert", area=AREA).text
    assert administrator.post(f"{DESK}/chuyen-gia", expert="analyst", area=AREA).status_code == 404
    administrator.post(f"{desk.question}/giao", expert="administrator", area=AREA)

    with Session(engine) as session:
        assert get_question(session, base).expert == "administrator"


def test_the_report_shows_deadlines_topics_and_what_answers_most(desk, clock):
    clock.forward(days=20)
    administrator = desk.enter("administrator")

    page = administrator.get(f"{DESK}/so-lieu")
    queue = administrator.get(f"{DESK}/?qua-han=1")

    assert "Trả lời đúng hạn: 0%" in page.text
    assert TEXT in page.text
    assert "1 câu đã quá hạn" in queue.text


def test_objections_wait_until_somebody_looked(desk, engine, clock):
    with Session(engine) as session, session.begin():
        vote_on_answer(
            session,
            LAN,
            "entry:nop-ho-so-khac-xa",
            "wrong",
            remark="Sai điều",
            settings=SETTINGS,
            now=clock(),
        )
    reviewer = desk.enter("content_manager")

    assert "Sai điều" in reviewer.get(f"{DESK}/bao-chua-dung").text
    assert "Sai điều" not in reviewer.post(f"{DESK}/bao-chua-dung", key="entry:nop-ho-so-khac-xa").text


def test_a_draft_cannot_smuggle_a_script(desk):
    page = desk.enter("expert").post(
        f"{desk.question}/nhap",
        **draft_form(do="preview", answer="<script>alert(1)</script> [x](javascript:1)"),
    )

    assert "<script>alert" not in page.text.partition("xem-truoc")[2].partition("</section>")[0]
    assert 'href="javascript' not in page.text
