"""Questions to experts: from asking to an answer that search finds, and what may go wrong on the way."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from content_packages.errors import (
    AskerBlocked,
    DraftChanged,
    DraftIncomplete,
    KnowledgeItemNotFound,
    NotYourArea,
    OwnDraft,
    QuestionEmpty,
    QuestionNotFound,
    StepNotAllowed,
    TooManyQuestions,
)
from content_packages.experts.answering import (
    answer_with_entry,
    correct_answer,
    merge_into_question,
    publish_answer,
    withdraw_answer,
)
from content_packages.experts.asking import (
    Asker,
    ask_question,
    count_news,
    entry_of,
    find_similar,
    list_own_questions,
    open_own_question,
    retract_question,
)
from content_packages.experts.drafts import read_draft, return_draft, save_draft, submit_draft
from content_packages.experts.erasure import erase_asker, questions_of, votes_of
from content_packages.experts.history import list_history
from content_packages.experts.models import AnswerVote
from content_packages.experts.moderation import (
    block_asker,
    hide_question,
    list_objections,
    restore_question,
    settle_objections,
    unblock_asker,
)
from content_packages.experts.queue import (
    QueueFilter,
    count_queue,
    deadline_of,
    is_reminder_due,
    list_queue,
    remind_experts,
    was_in_time,
)
from content_packages.experts.routing import assign_question, is_routable, route_waiting, set_expert_areas
from content_packages.experts.states import State
from content_packages.experts.use import count_answer
from content_packages.experts.voting import count_votes, vote_on_answer
from content_packages.experts.working_days import local_day
from content_packages.knowledge import answer as machine_answer
from content_packages.knowledge import find_entry, list_entry_versions, publish_knowledge, search
from sync.reports.questions import count_answered_in_time, list_most_answering, list_unanswered_topics
from tests.factories.experts import (
    AREA,
    EXPERT,
    EXPERT_ACCOUNT,
    LAN,
    MINH,
    REVIEWER,
    REVIEWER_AS_WRITER,
    SETTINGS,
    TEXT,
    answer,
    ask,
    make_draft,
    make_question,
)
from tests.factories.knowledge import make_source
from xapi_bridge.statement import Account, parse_statement
from xapi_bridge.store.follow import read_after

NOW = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
TODAY = date(2026, 11, 24)


def told(session):
    return [parse_statement(stored.payload) for stored in read_after(session, 0, limit=1000)]


def verbs(session):
    return [statement.verb.id.rsplit("/", 1)[1] for statement in told(session)]


def steps(session, question):
    return [event.step for event in list_history(session, question.id)]


def publish(session, question, settings=SETTINGS):
    return publish_answer(
        session, question.id, editor=REVIEWER, expert=EXPERT_ACCOUNT, settings=settings, now=NOW
    )


def test_a_question_waits_with_a_deadline_of_five_working_days(session):
    question = ask(session, now=NOW)

    assert (question.state, question.due_on) == (State.ASKED, date(2026, 12, 1))
    assert verbs(session) == ["asked"]


def test_a_question_comes_to_the_expert_of_its_area_with_the_shortest_desk(session):
    set_expert_areas(session, "an", {AREA: True})
    set_expert_areas(session, "binh", {AREA: True})
    set_expert_areas(session, "chi", {AREA: False})

    experts = [ask(session, text=f"{TEXT} Trường hợp {number}", now=NOW).expert for number in range(4)]

    assert experts == ["an", "binh", "an", "binh"]


def test_a_question_that_found_no_expert_is_routed_when_there_is_one(session):
    question = ask(session, now=NOW)
    assert not is_routable(session)
    set_expert_areas(session, "an", {AREA: True})

    assert is_routable(session)
    assert route_waiting(session, now=NOW, limit=10) == 1

    assert (question.state, question.expert) == (State.ROUTED, "an")


def test_what_names_a_person_is_never_stored(session):
    asked = ask_question(
        session,
        make_question("Tôi ở số 0912345678, thư a@b.vn, hỏi mẫu phiếu xin lỗi?", details="CCCD 231099012345"),
        asker=Asker(LAN),
        settings=SETTINGS,
        now=NOW,
    )

    assert asked.removed == ("email", "phone", "number")
    assert not any(sign.isdigit() for sign in asked.question.text + asked.question.details)


def test_statements_carry_no_text_unless_the_installation_wants_it(session):
    ask(session, now=NOW)
    ask_question(
        session,
        make_question(f"{TEXT} Lần hai"),
        asker=Asker(MINH),
        settings=replace(SETTINGS, tells_texts=True),
        now=NOW,
    )

    payloads = [stored.payload.decode() for stored in read_after(session, 0, limit=10)]

    assert ["xin lỗi" in payload for payload in payloads] == [False, True]


@pytest.mark.parametrize("text", ["", "ngắn quá", "x" * 501, "a" * 100])
def test_what_is_no_question_is_refused(session, text):
    with pytest.raises(QuestionEmpty):
        ask(session, text=text, now=NOW)


def test_a_question_needs_one_of_the_areas(session):
    with pytest.raises(QuestionEmpty):
        ask(session, area="linh-vuc-la", now=NOW)


def test_the_same_question_sent_twice_is_one(session):
    first = ask(session, now=NOW)

    again = ask_question(session, make_question(), asker=Asker(LAN), settings=SETTINGS, now=NOW)

    assert (again.question, again.is_new) == (first, False)
    assert verbs(session) == ["asked"]


def test_a_person_may_ask_only_so_much_in_a_day(session):
    for number in range(SETTINGS.questions_per_day):
        ask(session, text=f"{TEXT} Trường hợp số {number}", now=NOW)

    with pytest.raises(TooManyQuestions):
        ask(session, text=f"{TEXT} Thêm nữa", now=NOW + timedelta(hours=23))
    assert ask(session, MINH, now=NOW).state == State.ASKED
    assert ask(session, text=f"{TEXT} Hôm sau", now=NOW + timedelta(hours=24)).state == State.ASKED


def test_similar_questions_are_shown_before_one_is_sent(session):
    publish_knowledge(session, make_source(), by="test", now=NOW)

    found = find_similar(session, "nguoi xa khac nop ho so o xa toi", now=NOW)

    assert found[0].key.startswith("entry:")
    assert len(found) <= 3


def test_a_published_answer_is_found_at_once_and_its_asker_is_told(session):
    question = ask(session, now=NOW)

    entry_id = answer(session, question, now=NOW)

    assert search(session, "mau xin loi tra ket qua muon", on=TODAY).entries[0].key == f"entry:{entry_id}"
    assert question.state == State.PUBLISHED
    assert count_news(session, LAN) == 1
    assert entry_of(session, open_own_question(session, LAN, question.code, now=NOW)) == entry_id
    assert count_news(session, LAN) == 0
    assert verbs(session) == ["asked", "answered"]
    assert steps(session, question) == ["ask", "draft", "submit", "publish"]


def test_whoever_wrote_a_draft_may_not_publish_it(session):
    question = ask(session, now=NOW)
    save_draft(session, question.id, make_draft(), editor=REVIEWER, now=NOW)
    submit_draft(session, question.id, editor=REVIEWER, now=NOW)

    with pytest.raises(OwnDraft):
        publish(session, question)

    assert publish(session, question, settings=replace(SETTINGS, four_eyes=False))


def test_a_draft_without_a_source_is_not_sent_to_review(session):
    question = ask(session, now=NOW)
    save_draft(session, question.id, make_draft(sources=()), editor=REVIEWER, now=NOW)

    with pytest.raises(DraftIncomplete):
        submit_draft(session, question.id, editor=REVIEWER, now=NOW)


def test_two_editors_do_not_overwrite_each_other(session):
    question = ask(session, now=NOW)
    save_draft(session, question.id, make_draft(), editor=REVIEWER, now=NOW)

    with pytest.raises(DraftChanged):
        save_draft(session, question.id, make_draft(answer="Khác"), editor=REVIEWER_AS_WRITER, now=NOW)

    opened = read_draft(session, question, now=NOW)
    save_draft(session, question.id, replace(opened, answer="Khác"), editor=REVIEWER_AS_WRITER, now=NOW)
    assert read_draft(session, question, now=NOW).answer == "Khác"


def test_a_draft_sent_back_can_be_mended(session):
    question = ask(session, now=NOW)
    save_draft(session, question.id, make_draft(), editor=REVIEWER_AS_WRITER, now=NOW)
    submit_draft(session, question.id, editor=REVIEWER_AS_WRITER, now=NOW)

    return_draft(session, question.id, editor=REVIEWER, reason="Thiếu khoản", now=NOW)

    assert question.state == State.DRAFTED
    assert list_history(session, question.id)[-1].note == "Thiếu khoản"


def test_an_expert_answers_in_the_own_areas_only(session):
    question = ask(session, now=NOW)

    with pytest.raises(NotYourArea):
        save_draft(session, question.id, make_draft(), editor=EXPERT, now=NOW)

    assign_question(session, question, EXPERT.name, who="duyet-bai", now=NOW)
    save_draft(session, question.id, make_draft(), editor=EXPERT, now=NOW)
    assert question.state == State.DRAFTED


def test_a_new_expert_keeps_what_is_written(session):
    question = ask(session, now=NOW)
    save_draft(session, question.id, make_draft(), editor=REVIEWER, now=NOW)

    assign_question(session, question, "nguoi-khac", who="duyet-bai", now=NOW)

    assert (question.state, question.expert) == (State.DRAFTED, "nguoi-khac")
    assert read_draft(session, question, now=NOW).edition == 1


def test_the_same_question_of_two_people_is_answered_to_both(session):
    first, second = ask(session, now=NOW), ask(session, MINH, "Mẫu xin lỗi khi trễ hẹn trả kết quả?", now=NOW)
    merge_into_question(session, second.id, first.id, editor=REVIEWER, now=NOW)

    entry_id = answer(session, first, now=NOW)

    assert [count_news(session, who) for who in (LAN, MINH)] == [1, 1]
    assert entry_of(session, second) == entry_id
    assert verbs(session) == ["asked", "asked", "answered", "answered"]
    assert was_in_time(second) is True


def test_what_is_merged_moves_on_with_what_it_was_merged_into(session):
    first, second = ask(session, now=NOW), ask(session, MINH, f"{TEXT} Hai", now=NOW)
    third = ask(session, Account(LAN.home_page, "hoa"), f"{TEXT} Ba", now=NOW)
    merge_into_question(session, first.id, second.id, editor=REVIEWER, now=NOW)
    merge_into_question(session, second.id, third.id, editor=REVIEWER, now=NOW)

    entry_id = answer(session, third, now=NOW)

    assert [entry_of(session, one) for one in (first, second, third)] == [entry_id] * 3


def test_a_question_is_not_the_same_as_itself(session):
    first, second = ask(session, now=NOW), ask(session, MINH, f"{TEXT} Hai", now=NOW)
    merge_into_question(session, first.id, second.id, editor=REVIEWER, now=NOW)

    with pytest.raises(StepNotAllowed):
        merge_into_question(session, second.id, first.id, editor=REVIEWER, now=NOW)


def test_an_entry_that_exists_may_answer(session):
    publish_knowledge(session, make_source(), by="test", now=NOW)
    question = ask(session, now=NOW)

    answer_with_entry(
        session,
        question.id,
        "nop-ho-so-khac-xa",
        editor=REVIEWER,
        expert=EXPERT_ACCOUNT,
        settings=SETTINGS,
        now=NOW,
    )

    assert entry_of(session, question) == "nop-ho-so-khac-xa"
    assert count_news(session, LAN) == 1


def test_a_correction_is_a_new_version_and_tells_every_asker(session):
    question, other = ask(session, now=NOW), ask(session, MINH, f"{TEXT} Hai", now=NOW)
    merge_into_question(session, other.id, question.id, editor=REVIEWER, now=NOW)
    entry_id = answer(session, question, now=NOW)
    for who, one in ((LAN, question), (MINH, other)):
        open_own_question(session, who, one.code, now=NOW)

    later = NOW + timedelta(days=1)
    mended = replace(read_draft(session, question, now=later), answer="Dùng mẫu 05.")
    correct_answer(session, question.id, mended, editor=REVIEWER, reason="Mẫu đã đổi số.", now=later)

    assert find_entry(session, entry_id).answer == "Dùng mẫu 05."
    assert [one.reason for one in list_entry_versions(session, entry_id)] == ["", "Mẫu đã đổi số."]
    assert [count_news(session, who) for who in (LAN, MINH)] == [1, 1]
    assert (question.state, question.told) == (State.CORRECTED, "Mẫu đã đổi số.")


def test_an_answer_taken_back_is_no_longer_found(session):
    question = ask(session, now=NOW)
    entry_id = answer(session, question, now=NOW)

    withdraw_answer(session, question.id, editor=REVIEWER, reason="Nghị định đã thay.", now=NOW)

    with pytest.raises(KnowledgeItemNotFound):
        find_entry(session, entry_id)
    assert search(session, "mau xin loi tra ket qua muon", on=TODAY).entries == ()
    assert entry_of(session, question) == ""
    assert question.told == "Nghị định đã thay."


def test_a_correction_without_a_reason_is_refused(session):
    question = ask(session, now=NOW)
    answer(session, question, now=NOW)

    with pytest.raises(DraftIncomplete):
        correct_answer(session, question.id, make_draft(), editor=REVIEWER, reason=" ", now=NOW)


def test_nobody_opens_the_question_of_another(session):
    question = ask(session, now=NOW)

    with pytest.raises(QuestionNotFound):
        open_own_question(session, MINH, question.code, now=NOW)
    assert list_own_questions(session, MINH) == []


def test_a_question_can_be_taken_back_until_it_is_in_review(session):
    question = ask(session, now=NOW)
    retract_question(session, LAN, question.code, now=NOW)
    assert question.state == State.RETRACTED

    second = ask(session, now=NOW)
    save_draft(session, second.id, make_draft(), editor=REVIEWER, now=NOW)
    submit_draft(session, second.id, editor=REVIEWER, now=NOW)
    with pytest.raises(StepNotAllowed):
        retract_question(session, LAN, second.code, now=NOW)


def test_a_refused_question_tells_its_asker_why_and_can_come_back(session):
    question = ask(session, now=NOW)

    hide_question(session, question.id, who="duyet-bai", reason="Không thuộc cải cách hành chính.", now=NOW)
    assert (count_news(session, LAN), question.told) == (1, "Không thuộc cải cách hành chính.")

    restore_question(session, question.id, who="duyet-bai", now=NOW)
    assert question.state == State.ASKED


def test_a_blocked_person_asks_nothing_until_the_block_is_over(session):
    question = ask(session, now=NOW)
    block_asker(session, question.id, days=2, who="duyet-bai", reason="Quảng cáo", now=NOW)

    with pytest.raises(AskerBlocked, match="Quảng cáo"):
        ask(session, text=f"{TEXT} Hai", now=NOW)
    assert ask(session, text=f"{TEXT} Hai", now=NOW + timedelta(days=2))
    unblock_asker(session, question.id)
    assert ask(session, text=f"{TEXT} Ba", now=NOW)


def test_the_last_vote_of_a_reader_counts_and_each_is_told(session):
    publish_knowledge(session, make_source(), by="test", now=NOW)
    key = "entry:nop-ho-so-khac-xa"
    for vote in ("thanks", "thanks", "wrong"):
        vote_on_answer(session, LAN, key, vote, remark="", settings=SETTINGS, now=NOW)
    vote_on_answer(session, MINH, key, "thanks", settings=SETTINGS, now=NOW)

    counts = count_votes(session, [key])[key]

    assert (counts.thanks, counts.wrong) == (1, 1)
    assert [one.result.score.raw for one in told(session)] == [1, -1, 1]


def test_an_objection_waits_until_somebody_looked_into_it(session):
    publish_knowledge(session, make_source(), by="test", now=NOW)
    key = "document:118/2025/NĐ-CP"
    vote_on_answer(session, LAN, key, "wrong", remark="Sai, gọi 0912345678", settings=SETTINGS, now=NOW)

    (objection,) = list_objections(session)
    assert objection.remark == "Sai, gọi [đã bỏ số điện thoại]"
    assert settle_objections(session, key, who="duyet-bai", now=NOW) == 1
    assert list_objections(session) == []


def test_nobody_votes_on_what_is_not_shown(session):
    with pytest.raises(KnowledgeItemNotFound):
        vote_on_answer(session, LAN, "entry:khong-co", "thanks", settings=SETTINGS, now=NOW)


def test_the_queue_shows_the_most_urgent_first_and_its_tone(session):
    late = ask(session, text=f"{TEXT} Cũ", now=NOW - timedelta(days=20))
    soon = ask(session, text=f"{TEXT} Gần", now=NOW - timedelta(days=5))
    new = ask(session, now=NOW)

    listed = list_queue(session, QueueFilter())

    assert listed == [late, soon, new]
    tones = [deadline_of(one, today=TODAY, holidays=SETTINGS.holidays).tone for one in listed]
    assert tones == ["bad", "good", "good"]
    assert count_queue(session, QueueFilter(overdue_on=TODAY)) == 1


def test_an_expert_sees_the_own_questions_and_those_of_the_own_areas(session):
    set_expert_areas(session, "an", {AREA: False})
    own_area = ask(session, now=NOW)
    other = ask(session, text=f"{TEXT} Khác", area="cai-cach-bo-may", now=NOW)
    given = ask(session, text=f"{TEXT} Giao", area="cai-cach-the-che", now=NOW)
    assign_question(session, given, "an", who="duyet-bai", now=NOW)

    listed = list_queue(session, QueueFilter(of_expert="an"))

    assert set(listed) == {own_area, given}
    assert other not in listed


def test_an_expert_is_reminded_once_a_day_near_the_deadline_and_on_no_day_off(session):
    set_expert_areas(session, "an", {AREA: True})
    question = ask(session, now=NOW)
    holidays = SETTINGS.holidays
    saturday, monday = NOW + timedelta(days=4), NOW + timedelta(days=6)

    assert not is_reminder_due(session, today=local_day(NOW), holidays=holidays)
    assert not is_reminder_due(session, today=local_day(saturday), holidays=holidays)
    assert is_reminder_due(session, today=local_day(monday), holidays=holidays)
    assert remind_experts(session, now=monday, holidays=holidays) == 1
    assert remind_experts(session, now=monday, holidays=holidays) == 0
    assert steps(session, question) == ["ask", "route", "remind"]


def test_the_indicator_counts_what_was_answered_within_its_deadline(session):
    in_time = ask(session, text=f"{TEXT} Một", now=NOW)
    answer(session, in_time, now=NOW + timedelta(days=7))
    late = ask(session, text=f"{TEXT} Hai", now=NOW)
    answer(session, late, now=NOW + timedelta(days=8))
    ask(session, text=f"{TEXT} Ba", now=NOW)
    hidden = ask(session, text=f"{TEXT} Bốn", now=NOW)
    hide_question(session, hidden.id, who="duyet-bai", reason="Trùng", now=NOW)

    before = count_answered_in_time(session, TODAY, TODAY, today=date(2026, 12, 1))
    after = count_answered_in_time(session, TODAY, TODAY, today=date(2026, 12, 2))

    assert (after.asked, after.in_time, after.late, after.overdue, after.waiting) == (3, 1, 1, 1, 0)
    assert (before.overdue, before.waiting, before.decided) == (0, 1, 2)
    assert count_answered_in_time(session, date(2026, 11, 25), date(2026, 11, 25), today=TODAY).asked == 0


def test_what_answers_most_and_what_nobody_answered_is_counted(session):
    publish_knowledge(session, make_source(), by="test", now=NOW)
    for _ in range(2):
        given = machine_answer(session, "Người ở xã khác có nộp hồ sơ tại xã tôi được không?", on=TODAY)
        count_answer(session, given, area="", now=NOW)
    for words in ("Giá vé xem bóng đá hôm nay bao nhiêu", "gia ve xem bong da hom nay bao nhieu"):
        count_answer(session, machine_answer(session, words, on=TODAY), area="", now=NOW)

    (most,) = list_most_answering(session, "entry", TODAY, TODAY)
    (topic,) = list_unanswered_topics(session, TODAY, TODAY)

    assert (most.key, most.times) == ("entry:nop-ho-so-khac-xa", 2)
    assert (topic.title, topic.times) == ("Giá vé xem bóng đá hôm nay bao nhiêu", 2)


def test_erasing_a_person_leaves_the_answer_and_nobody_behind_it(session):
    question = ask(session, now=NOW)
    entry_id = answer(session, question, now=NOW)
    open_one = ask(session, text=f"{TEXT} Còn chờ", now=NOW)
    vote_on_answer(session, LAN, f"entry:{entry_id}", "thanks", settings=SETTINGS, now=NOW)
    pseudonym = Account("https://cchc.example", "p-1")

    counts = erase_asker(session, LAN, pseudonym=pseudonym, reduces=True)
    session.expire_all()

    assert counts == {"asked_questions": 2, "votes": 1}
    assert questions_of(session, LAN) == votes_of(session, LAN) == []
    assert session.scalars(select(AnswerVote)).all() == []
    assert (question.text, open_one.state) == ("", State.RETRACTED)
    assert find_entry(session, entry_id)
