"""Studying is told exactly once, in the transaction of its cause, under the learner's registration."""

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest

from content_packages.player.examinations import hand_in_overdue, is_attempt_overdue
from tests.factories.content import LEARNER, REGISTRATION
from tests.factories.player import JSON, MODULE, QUIZ, form_of, open_classroom, seq_on, told
from xapi_bridge.running_app import transaction
from xapi_bridge.store.follow import read_after
from xapi_bridge.vocabulary.conformity import judge_statement

IRI_BASE = "https://cchc.example/"


@pytest.fixture
def classroom(database_url, tmp_path, clock):
    with open_classroom(database_url, tmp_path, clock=clock) as opened:
        yield opened


@pytest.fixture
def learner(classroom):
    return classroom.admit()


def test_a_whole_module_is_told_in_exactly_these_statements(learner):
    learner.read_everything()
    attempt = learner.begin()
    answered = learner.question_ids(attempt)
    learner.answer_all(attempt)
    learner.hand_in(attempt)

    assert learner.told() == [
        "initialized m/tong-quan",
        "answered q/tq-1",
        "progressed m/tong-quan 25",
        "experienced m/tong-quan/s/1",
        "progressed m/tong-quan 50",
        "experienced m/tong-quan/s/2",
        "progressed m/tong-quan 75",
        "initialized z/cuoi-bai",
        *[f"answered q/{question_id}" for question_id in answered],
        "passed z/cuoi-bai",
        "completed m/tong-quan",
    ]


def test_every_statement_of_the_player_is_as_the_profile_says(learner, classroom):
    learner.read_everything()
    attempt = learner.begin()
    learner.answer_all(attempt)
    learner.hand_in(attempt)

    with classroom.app.app_context(), transaction() as session:
        stored = [json.loads(one.payload) for one in read_after(session, 0, limit=100)]
    verdicts = [judge_statement(one, base=IRI_BASE) for one in stored]
    assert len(verdicts) > 5
    assert [verdict for verdict in verdicts if not verdict.conforms] == []


def test_everything_sent_twice_is_told_once(learner, clock):
    for _ in range(2):
        learner.read_everything()
        clock.forward(seconds=1)
    first, second = learner.begin(), learner.begin()
    for _ in range(2):
        learner.answer_all(first)
    for _ in range(3):
        learner.hand_in(first)
        clock.forward(seconds=1)

    told_often = [line for line, count in Counter(learner.told()).items() if count > 1]
    assert (second, told_often) == (first, [])
    assert len(learner.told()) == 14


def test_a_failed_attempt_is_told_and_completes_nothing(learner):
    learner.read_everything()
    attempt = learner.begin()
    learner.answer_all(attempt, rightly=2)

    learner.hand_in(attempt)

    assert learner.told()[-1] == "failed z/cuoi-bai"
    assert learner.statements()[-1].result.success is False
    assert learner.statements()[-1].result.score.scaled == 0.5


def test_passing_before_reading_completes_the_module_with_the_last_section(learner):
    attempt = learner.begin()
    learner.answer_all(attempt)
    learner.hand_in(attempt)
    assert "completed m/tong-quan" not in learner.told()

    learner.read_everything()

    assert learner.told()[-1] == "completed m/tong-quan"


def test_reading_again_after_completion_tells_nothing_more(learner, clock):
    learner.read_everything()
    attempt = learner.begin()
    learner.answer_all(attempt)
    learner.hand_in(attempt)
    before = learner.told()
    clock.forward(minutes=30)

    answer = learner.post(f"{MODULE}/1")

    assert answer.status_code == 303
    assert learner.told() == before


def test_reading_from_one_link_and_passing_from_another_completes_the_module(classroom):
    reader = classroom.admit(item="m/tong-quan")
    reader.read_everything()
    examinee = classroom.admit(item="z/cuoi-bai", registration=uuid4())
    attempt = examinee.begin()
    examinee.answer_all(attempt)

    examinee.hand_in(attempt)

    assert examinee.told()[-1] == "completed m/tong-quan"


def test_every_statement_names_learner_registration_package_and_tool(learner):
    learner.read_everything()
    attempt = learner.begin()
    learner.answer_all(attempt)
    learner.hand_in(attempt)

    for statement in learner.statements():
        assert statement.actor.account == LEARNER
        assert statement.context.registration == REGISTRATION
        assert [one.id for one in statement.context.context_activities.grouping] == [f"{IRI_BASE}p/nhap-mon"]
        assert statement.authority.account.name == "cchc-tool"


def test_the_end_of_an_attempt_carries_score_and_module(learner, clock):
    attempt = learner.begin()
    learner.answer_all(attempt)
    clock.forward(minutes=4, seconds=30)

    learner.hand_in(attempt)

    passed = next(statement for statement in learner.statements() if told(statement) == "passed z/cuoi-bai")
    assert (passed.result.score.scaled, passed.result.score.raw, passed.result.score.max) == (1.0, 4.0, 4.0)
    assert (passed.result.success, passed.result.completion, passed.result.duration) == (True, True, "PT270S")
    assert [one.id for one in passed.context.context_activities.parent] == [
        f"{IRI_BASE}p/nhap-mon/m/tong-quan"
    ]


def test_answers_are_told_in_the_notation_of_the_standard(learner):
    attempt = learner.begin()
    learner.answer_all(attempt)
    learner.hand_in(attempt)

    answers = {
        told(statement).removeprefix("answered q/"): statement.result.response
        for statement in learner.statements()
        if told(statement).startswith("answered")
    }
    assert answers == {"tq-2": "a", "tq-3": "a[,]b", "tq-4": "a[.]1[,]b[.]2", "tq-5": "91.7"}


def test_each_try_at_a_check_is_told(learner):
    learner.get(MODULE)
    learner.post(f"{MODULE}/1/tq-1", {"seq": "0", "chosen": "0"})
    learner.post(f"{MODULE}/1/tq-1", {"seq": "1", "chosen": "1"})

    tries = [one.result.success for one in learner.statements() if told(one) == "answered q/tq-1"]
    assert tries == [False, True]


def test_a_teacher_leaves_no_trace(classroom):
    teacher = classroom.admit(role="teacher")

    pages = [teacher.get(), teacher.get(MODULE), teacher.get(f"{MODULE}/1"), teacher.get(QUIZ)]
    posts = [teacher.post(f"{MODULE}/1"), teacher.post(f"{MODULE}/1/tq-1"), teacher.post(QUIZ)]

    assert [page.status_code for page in pages] == [200] * 4
    assert [post.status_code for post in posts] == [403] * 3
    assert classroom.statements() == []


def test_an_attempt_nobody_comes_back_to_is_handed_in_by_the_clock(classroom, learner, clock):
    attempt = learner.begin()
    question_id = learner.question_ids(attempt)[0]
    learner.post(f"{attempt}/1/luu", {"seq": "0", **form_of(classroom.package, question_id)}, headers=JSON)
    clock.forward(minutes=21)

    with classroom.app.app_context():
        with transaction() as session:
            assert is_attempt_overdue(session, now=clock())
            assert hand_in_overdue(session, iri_base=IRI_BASE, now=clock(), limit=10) == 1
        with transaction() as session:
            assert not is_attempt_overdue(session, now=clock())

    last = learner.statements()[-1]
    assert (told(last), last.result.score.scaled) == ("failed z/cuoi-bai", 0.25)
    assert last.timestamp == clock() - timedelta(minutes=1)


def test_many_hands_at_once_hand_in_once(classroom, learner):
    learner.read_everything()
    attempt = learner.begin()
    learner.answer_all(attempt)
    others = [classroom.admit() for _ in range(6)]

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda one: one.post(f"{attempt}/nop-bai").status_code, others))

    assert answers == [303] * 6
    assert [line for line, count in Counter(learner.told()).items() if count > 1] == []
    assert learner.told()[-2:] == ["passed z/cuoi-bai", "completed m/tong-quan"]


def test_many_clicks_at_once_begin_one_attempt(classroom, learner):
    others = [classroom.admit() for _ in range(6)]

    with ThreadPoolExecutor(6) as pool:
        begun = set(pool.map(lambda one: one.begin(), others))

    assert begun == {"z/cuoi-bai/1"}
    assert learner.told() == ["initialized z/cuoi-bai"]


def test_of_many_tabs_that_save_at_once_one_is_kept_and_the_others_are_told(classroom, learner):
    attempt = learner.begin()
    position = learner.question_ids(attempt).index("tq-2") + 1
    tabs = [classroom.admit() for _ in range(3)]

    with ThreadPoolExecutor(3) as pool:
        answers = list(
            pool.map(
                lambda tab: tab[1].post(
                    f"{attempt}/{position}/luu", {"seq": "0", "chosen": str(tab[0])}, headers=JSON
                ),
                enumerate(tabs),
            )
        )

    assert sorted(answer.status_code for answer in answers) == [200, 409, 409]
    kept = next(number for number, answer in enumerate(answers) if answer.status_code == 200)
    page = learner.get(f"{attempt}/{position}")
    assert seq_on(page) == 1
    assert f'value="{kept}"\n      id="cau-{kept}" checked' in page.text
