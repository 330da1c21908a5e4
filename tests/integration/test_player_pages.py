"""The learner's pages in plain HTTP: without JavaScript, in two tabs, out of time, with bad tickets."""

import re
from html import unescape

import pytest

from content_packages.player.settings import PlayerSettings
from content_packages.player.ticket import browser_cookie_name, browser_proof
from tests.factories.content import make_ticket
from tests.factories.player import JSON, MODULE, QUIZ, form_of, open_classroom, seq_on
from xapi_bridge.running_app import section
from xapi_bridge.statement import Account


@pytest.fixture
def classroom(database_url, tmp_path, clock):
    with open_classroom(database_url, tmp_path, clock=clock) as opened:
        yield opened


@pytest.fixture
def learner(classroom):
    return classroom.admit()


def words(page) -> str:
    """What a reader sees, white space folded."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.text)).split())


# ---- entry ----


@pytest.mark.parametrize(("item", "path"), [("m/tong-quan", "/m/tong-quan"), ("z/cuoi-bai", "/z/cuoi-bai")])
def test_a_launch_enters_at_what_it_opened(classroom, item, path):
    answer = classroom.admit(item=item).get()

    assert answer.status_code == 303
    assert answer.headers["Location"].endswith(path)


def test_a_launch_of_the_package_enters_at_its_outline(learner):
    page = learner.get()

    assert page.status_code == 200
    assert "Tổng quan cải cách hành chính" in words(page)
    assert "Kiểm tra cuối bài" in words(page)
    assert "Chào Nguyễn Thị Hạnh" in words(page)


def test_pages_are_framed_by_the_lms_of_the_launch_and_kept_by_nobody(learner):
    headers = learner.get().headers

    assert "frame-ancestors https://lms.example" in headers["Content-Security-Policy"]
    assert headers["Cache-Control"] == "no-store"
    assert "X-Frame-Ancestors-Allowed" not in headers


def test_style_sheets_are_asked_for_without_the_ticket_in_the_referrer(learner):
    assert learner.get().headers["Referrer-Policy"] == "strict-origin"


def test_no_page_needs_what_the_policy_forbids(learner):
    learner.read_everything()
    attempt = learner.begin()
    paths = ["", MODULE, f"{MODULE}/1", QUIZ, f"{attempt}/1", f"{attempt}/nop-bai"]
    pages = [learner.get(path).text for path in paths] + [learner.hand_in(attempt).text]

    for page in pages:
        assert " style=" not in page
        assert " onclick=" not in page
        assert "<script>" not in page


# ---- bad tickets ----


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        (lambda sealed: sealed[:-3], 403, "ticket_forged"),
        (lambda sealed: sealed[:10] + "A" + sealed[11:], 403, "ticket_forged"),
        (lambda sealed: "x", 403, "ticket_forged"),
        (lambda sealed: "đường-dẫn", 403, "ticket_forged"),
    ],
)
@pytest.mark.parametrize("path", ["", MODULE, QUIZ])
def test_a_changed_ticket_opens_nothing(learner, change, status, code, path):
    learner.sealed = change(learner.sealed)

    page = learner.get(path)
    program = learner.get(path, headers=JSON)

    assert (page.status_code, program.status_code, program.get_json()["code"]) == (status, status, code)
    assert "Địa chỉ bài học không đúng" in words(page)


def test_an_expired_ticket_says_so_inside_the_frame(learner, clock):
    clock.forward(hours=9)

    page = learner.get(MODULE)

    assert page.status_code == 401
    assert "Phiên học đã hết hạn" in words(page)
    assert "frame-ancestors https://lms.example" in page.headers["Content-Security-Policy"]


def test_a_refusal_repeats_neither_ticket_nor_name(learner, clock):
    clock.forward(hours=9)

    page = learner.get(MODULE)

    assert learner.sealed not in page.text
    assert "Hạnh" not in page.text


def test_a_bound_ticket_needs_the_browser_of_its_launch(classroom):
    learner = classroom.admit(bound=True)
    with classroom.app.app_context():
        proof = browser_proof(learner.ticket.launch_session_id, secret=section(PlayerSettings).secret)

    stranger = learner.get()
    learner.client.set_cookie(browser_cookie_name(learner.ticket.launch_session_id), proof, path="/hoc")

    assert stranger.status_code == 403
    assert "Bài học này được mở ở trình duyệt khác" in words(stranger)
    assert learner.get().status_code == 200


def test_a_ticket_for_a_version_that_is_not_here_is_not_found(classroom, learner):
    learner.sealed = classroom.seal(make_ticket(package_digest="f" * 64))

    assert learner.get().status_code == 404


@pytest.mark.parametrize("origin", ["https://evil.example", "null"])
def test_a_form_from_another_site_is_refused(learner, origin):
    answer = learner.post(f"{MODULE}/1", headers={"Origin": origin})

    assert answer.status_code == 403
    assert learner.statements() == []


@pytest.mark.parametrize("origin", ["http://127.0.0.1:8100", "http://localhost"])
def test_a_form_from_our_own_page_is_taken(learner, origin):
    assert learner.post(f"{MODULE}/1", headers={"Origin": origin}).status_code == 303


@pytest.mark.parametrize(
    "path",
    [
        "m/khong-co",
        f"{MODULE}/9",
        f"{MODULE}/0",
        "z/khong-co",
        f"{QUIZ}/1",
        f"{QUIZ}/1/1",
        f"{MODULE}/media/a.png",
    ],
)
def test_what_does_not_exist_is_not_found(learner, path):
    assert learner.get(path).status_code == 404


def test_a_launch_of_one_thing_opens_no_other_quiz(classroom):
    learner = classroom.admit(item="m/khac")

    assert learner.get(QUIZ).status_code == 404
    assert learner.post(QUIZ).status_code == 404


# ---- reading ----


def test_a_module_is_read_section_after_section(learner):
    start = learner.get(MODULE)
    first = learner.get(f"{MODULE}/1")
    learner.post(f"{MODULE}/1/tq-1", {"seq": "0", "chosen": "1"})
    to_second = learner.post(f"{MODULE}/1")
    to_start = learner.post(f"{MODULE}/2")
    done = learner.get(MODULE)

    assert "Bắt đầu học" in words(start)
    assert "Nêu được sáu nội dung" in words(start)
    assert "<strong>sáu nội dung</strong>" in first.text
    assert '<div class="table-scroll"' in first.text
    assert to_second.headers["Location"].endswith("/m/tong-quan/2")
    assert to_start.headers["Location"].endswith("/m/tong-quan")
    assert "Còn một bước: bài kiểm tra" in words(done)


def test_an_open_check_holds_the_learner_at_its_place(learner):
    answer = learner.post(f"{MODULE}/1")

    page = learner.get(answer.headers["Location"].partition(f"{learner.sealed}/")[2].partition("#")[0])

    assert answer.headers["Location"].endswith("?thieu=tq-1#kiem-tra-tq-1")
    assert "Hãy chọn hoặc nhập câu trả lời" in words(page)


def test_a_wrong_try_is_explained_without_the_key_and_can_be_repeated(learner):
    page = learner.post(f"{MODULE}/1/tq-1", {"seq": "0", "chosen": "0"}, follow_redirects=True)

    assert "Chưa đúng" in words(page)
    assert "Thiếu hai nội dung." in words(page)
    assert "Xem mục Sáu nội dung." in words(page)
    assert "Đáp án đúng" not in words(page)
    assert "Kiểm tra lại" in words(page)


def test_a_right_try_tells_the_key(learner):
    page = learner.post(f"{MODULE}/1/tq-1", {"seq": "0", "chosen": "1"}, follow_redirects=True)

    assert 'class="choice choice-right"' in page.text
    assert "Kiểm tra lại" not in words(page)


def test_a_try_without_an_answer_asks_for_one_and_counts_nothing(learner):
    page = learner.post(f"{MODULE}/1/tq-1", {"seq": "0"})
    program = learner.post(f"{MODULE}/1/tq-1", {"seq": "0"}, headers=JSON)

    assert (page.status_code, program.status_code) == (400, 400)
    assert "Hãy chọn hoặc nhập câu trả lời" in words(page)
    assert [line for line in learner.told() if line.startswith("answered")] == []


def test_a_try_by_script_gets_the_checked_question(learner):
    answer = learner.post(f"{MODULE}/1/tq-1", {"seq": "0", "chosen": "1"}, headers=JSON).get_json()

    assert "verdict-right" in answer["html"]
    assert answer["percent"] == 25


def test_a_try_from_a_stale_page_is_a_conflict(learner):
    learner.post(f"{MODULE}/1/tq-1", {"seq": "0", "chosen": "0"})

    again = learner.post(f"{MODULE}/1/tq-1", {"seq": "0", "chosen": "1"}, headers=JSON)

    assert (again.status_code, again.get_json()["code"]) == (409, "answer_conflict")


@pytest.mark.parametrize("form", [{"seq": "0", "chosen": "7"}, {"seq": "x", "chosen": "0"}, {"chosen": "0"}])
def test_a_form_that_no_page_made_is_refused(learner, form):
    assert learner.post(f"{MODULE}/1/tq-1", form, headers=JSON).status_code == 400


def test_a_check_belongs_to_its_section(learner):
    assert learner.post(f"{MODULE}/2/tq-1", {"seq": "0", "chosen": "1"}).status_code == 404


# ---- quiz ----


def test_the_rules_stand_before_the_quiz(learner):
    page = words(learner.get(QUIZ))

    for rule in ("Số câu hỏi 4", "từ 75% tổng điểm", "20 phút", "còn 2 trên 2 lượt", "nghỉ 5 phút"):
        assert rule in page
    assert "Cơ quan nào ban hành" not in page


def test_a_quiz_is_taken_with_plain_forms_to_its_result(learner):
    attempt = learner.begin()
    learner.answer_all(attempt)
    review = learner.get(f"{attempt}/nop-bai")
    result = learner.hand_in(attempt)

    assert "Bạn đã trả lời tất cả các câu hỏi." in words(review)
    assert "Đạt 100% 4 trên 4 điểm" in words(result)
    assert "Nộp lúc 09:00 24/11/2026" in words(result)
    assert "Bạn đã đạt bài kiểm tra này" in words(learner.get(QUIZ))


def test_a_failed_attempt_recommends_and_says_when_to_come_back(learner):
    result = words(learner.hand_in(learner.begin()))

    assert "Chưa đạt 0%" in result
    assert "Bạn nên đọc lại trước khi làm lượt mới: Tổng quan cải cách hành chính" in result
    assert "Bạn có thể bắt đầu lượt mới từ 09:05 24/11/2026" in result


def test_the_key_is_told_only_when_the_last_attempt_is_over(learner, clock):
    first = learner.hand_in(learner.begin())
    clock.forward(minutes=6)
    last = learner.hand_in(learner.begin())

    assert "Đáp án đúng" not in words(first)
    assert "Đáp án đúng" in words(last)
    assert "Bạn đã dùng hết số lượt làm bài." in words(last)


def test_an_explanation_that_holds_the_key_waits_like_the_key(learner, clock):
    first = learner.hand_in(learner.begin())
    clock.forward(minutes=6)
    last = learner.hand_in(learner.begin())

    assert "Lấy 22 chia 24." not in words(first)
    assert "Lấy 22 chia 24." in words(last)


def test_a_right_answer_is_explained_at_once(learner):
    attempt = learner.begin()
    position = learner.question_ids(attempt).index("tq-5") + 1
    learner.answer(attempt, position, {"text": "91,7"})

    assert "Lấy 22 chia 24." in words(learner.hand_in(attempt))


def test_a_new_attempt_too_soon_is_answered_with_the_rules(learner):
    learner.hand_in(learner.begin())

    page = learner.post(QUIZ)

    assert page.status_code == 409
    assert "Bạn có thể bắt đầu lượt mới từ 09:05 24/11/2026" in words(page)


def test_no_attempt_is_left_after_the_last(learner, clock):
    for _ in range(2):
        learner.hand_in(learner.begin())
        clock.forward(minutes=6)

    page = learner.post(QUIZ)

    assert page.status_code == 409
    assert "Bạn đã dùng hết số lượt làm bài." in words(page)


def test_the_learner_resumes_at_the_first_open_question(classroom, learner):
    attempt = learner.begin()
    learner.answer(attempt, 1, form_of(classroom.package, learner.question_ids(attempt)[0]))

    resumed = classroom.admit().post(QUIZ, follow_redirects=True)

    assert resumed.request.path.endswith("/z/cuoi-bai/1/2")
    assert "Làm tiếp lượt đang dở" in words(learner.get(QUIZ))


@pytest.mark.parametrize(
    ("goto", "target"),
    [
        ("next", "/1/3"),
        ("previous", "/1/1"),
        ("4", "/1/4"),
        ("review", "/1/nop-bai"),
        ("9", "/1/nop-bai"),
        ("stay", "/1/2"),
    ],
)
def test_every_button_saves_and_goes_its_way(learner, goto, target):
    attempt = learner.begin()
    question_id = learner.question_ids(attempt)[1]

    answer = learner.answer(attempt, 2, {**form_of(learner.package, question_id), "goto": goto})

    assert answer.headers["Location"].endswith(f"/z/cuoi-bai{target}")
    assert seq_on(learner.get(f"{attempt}/2")) == 1


def test_autosave_acknowledges_with_the_time(learner, clock):
    attempt = learner.begin()
    form = form_of(learner.package, learner.question_ids(attempt)[0])
    clock.forward(minutes=12)

    saved = learner.post(f"{attempt}/1/luu", {"seq": "0", **form}, headers=JSON).get_json()

    assert saved == {"seq": 1, "words": "Đã lưu 09:12", "seconds_left": 480}
    assert "Đã lưu 09:12" in words(learner.get(f"{attempt}/1"))


def test_two_tabs_meet_and_nothing_is_overwritten(classroom, learner):
    attempt = learner.begin()
    position = learner.question_ids(attempt).index("tq-2") + 1
    other_tab = classroom.admit()
    other_tab.answer(attempt, position, {"chosen": "1"})

    page = learner.answer(attempt, position, {"chosen": "2"})

    assert page.status_code == 409
    assert "Câu này vừa được trả lời ở cửa sổ hoặc thiết bị khác" in words(page)
    assert "chưa được lưu: Bộ Nội vụ" in words(page)
    assert 'id="cau-1" checked' in page.text
    assert learner.answer(attempt, position, {"chosen": "2"}, seq=seq_on(page)).status_code == 303


def test_when_time_is_over_the_saved_answers_are_handed_in(learner, clock):
    attempt = learner.begin()
    learner.answer_all(attempt, rightly=3)
    last = form_of(learner.package, learner.question_ids(attempt)[3])
    clock.forward(minutes=20, seconds=11)

    late = learner.answer(attempt, 4, last)
    autosave = learner.post(f"{attempt}/4/luu", {"seq": "0", **last}, headers=JSON)
    result = learner.get(attempt)

    assert late.headers["Location"].endswith("/z/cuoi-bai/1")
    assert (autosave.status_code, autosave.get_json()["code"]) == (409, "attempt_over")
    assert "Đạt 75% 3 trên 4 điểm" in words(result)
    assert "Đã hết giờ" in words(result)


def test_pages_of_an_attempt_lead_to_its_result_when_it_is_over(learner):
    attempt = learner.begin()
    learner.hand_in(attempt)

    for path in (f"{attempt}/1", f"{attempt}/nop-bai"):
        assert learner.get(path).headers["Location"].endswith("/z/cuoi-bai/1")
    assert learner.answer(attempt, 1, {"chosen": "0"}).headers["Location"].endswith("/z/cuoi-bai/1")


def test_a_learner_sees_no_attempt_of_another(classroom, learner):
    attempt = learner.begin()
    stranger = classroom.admit(learner=Account(home_page="https://lms.example", name="another"))

    assert stranger.get(f"{attempt}/1").status_code == 404
    assert stranger.post(f"{attempt}/nop-bai").status_code == 404


def test_the_page_of_a_question_holds_no_key(learner):
    attempt = learner.begin()

    for position in range(1, 5):
        page = learner.get(f"{attempt}/{position}").text
        assert "choice-right" not in page
        assert "Giải thích" not in page


def test_a_teacher_sees_the_key(classroom):
    teacher = classroom.admit(role="teacher")

    assert "Xem trước với vai trò giảng viên" in words(teacher.get(MODULE))
    assert 'class="choice choice-right"' in teacher.get(f"{MODULE}/1").text
    assert "đề rút thử" in words(teacher.get(QUIZ))


def test_pages_speak_english_when_asked(learner):
    assert '<html lang="en">' in learner.get(query_string={"lang": "en"}).text


def test_style_sheets_and_scripts_need_no_ticket(learner):
    for name in ("player.css", "player.js"):
        with learner.client.get(f"/hoc/static/{name}") as answer:
            assert answer.status_code == 200
