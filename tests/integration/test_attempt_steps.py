"""Steps of an attempt: the chain, checks at once, more time, essays, counting again."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from content_packages.assessment.allowances import extended
from content_packages.assessment.answers import read_items, save_draft
from content_packages.assessment.finishing import (
    FORGOTTEN_AFTER,
    find_forgotten,
)
from content_packages.assessment.keys import right_answer
from content_packages.assessment.marking import EssayMark, list_waiting, mark_essay
from content_packages.assessment.models import Attempt, Step
from content_packages.assessment.regrading import NewKey, compare_attempt
from content_packages.assessment.responses import read_response
from content_packages.assessment.steps import check_chain
from content_packages.assessment.tries import try_answer
from content_packages.errors import (
    AllowanceRefused,
    AnswerConflict,
    AnswerSettled,
    AnswerUnreadable,
    AttemptOver,
    MarkRefused,
    RegradeRefused,
)
from content_packages.player.examinations import begin_quiz, give_more_time, hand_in, hand_in_overdue
from content_packages.player.regrades import apply_regrade, plan_regrade
from content_packages.player.results import mark_and_tell
from content_packages.player.study import Study
from tests.factories.content import (
    LEARNER,
    NINE_O_CLOCK,
    PACKAGE,
    REGISTRATION,
    change_quiz,
    create_package,
)
from xapi_bridge.statement import parse_statement
from xapi_bridge.store.follow import find_stored, read_after

IRI_BASE = "https://cchc.example/"
ESSAY = """

## tq-6
{type: essay, level: van-dung, graded: true, source: "76/NQ-CP", min_words: 3, rubric: [{criterion: "Căn cứ", points: 2}, {criterion: "Ví dụ", points: 1}]}

Nêu căn cứ và ví dụ về sáu nội dung cải cách.
"""  # noqa: E501 - one line in the format


class Exam:
    """One learner at the quiz of the small package, through the use cases of the player."""

    def __init__(self, session, package, quiz=None):
        self.session, self.package = session, package
        self.quiz = quiz or package.quizzes["cuoi-bai"]
        self.study = Study(LEARNER, REGISTRATION, package, IRI_BASE)

    def begin(self, *, at=NINE_O_CLOCK, **given):
        attempt = begin_quiz(self.session, self.study, self.quiz, seed=1, now=at, course_id="c-1", **given)
        self.items = {one.question_id: one for one in read_items(self.session, attempt.id)}
        return attempt

    def draft(self, attempt, question_id, written, *, seen=0, at=NINE_O_CLOCK, client_id=None):
        item, question = self.items[question_id], self.package.questions[question_id]
        return save_draft(
            self.session,
            attempt.id,
            position=item.position,
            response=read_response(question, written),
            seen_seq=seen,
            now=at,
            client_id=client_id,
        )

    def check(self, attempt, question_id, written, *, seen=0, quiz=None):
        item, question = self.items[question_id], self.package.questions[question_id]
        return try_answer(
            self.session,
            attempt.id,
            quiz=quiz or self.quiz,
            question=question,
            position=item.position,
            response=read_response(question, written),
            seen_seq=seen,
            now=NINE_O_CLOCK,
        )

    def answer_rightly(self, attempt):
        for question_id in self.items:
            written = right_answer(self.package.questions[question_id])
            if written:
                self.draft(attempt, question_id, written)

    def hand_in(self, attempt, *, at=NINE_O_CLOCK + timedelta(minutes=1)):
        return hand_in(self.session, attempt, iri_base=IRI_BASE, now=at)

    def told(self):
        statements = [parse_statement(one.payload) for one in read_after(self.session, 0, limit=500)]
        return [
            one.verb.id.rsplit("/", 1)[1] for one in statements if one.verb.id.rsplit("/", 1)[1] != "answered"
        ]


@pytest.fixture
def exam(session, tmp_path):
    return Exam(session, create_package(session, tmp_path))


@pytest.fixture
def essay_exam(session, tmp_path):
    draw = """  - {bank: tong-quan, count: 3, where: {type: [single, multiple, match], graded: [true]}}
  - {bank: tong-quan, count: 1, where: {type: [numeric]}}
  - {bank: tong-quan, count: 1, where: {type: [essay]}}"""
    changed = {
        "banks/tong-quan.md": PACKAGE["banks/tong-quan.md"] + ESSAY,
        "quizzes/cuoi-bai.yaml": ("  - {bank: tong-quan, count: 4, where: {graded: [true]}}", draw),
    }
    return Exam(session, create_package(session, tmp_path, changes=changed))


# ---- the chain ----


def test_the_chain_of_an_honest_attempt_fits(exam):
    attempt = exam.begin()
    exam.answer_rightly(attempt)

    outcome = exam.hand_in(attempt)

    assert check_chain(exam.session, attempt.id).state == "intact"
    assert outcome.attempt.chain


@pytest.mark.parametrize(
    "tamper",
    [
        {"content": {"chosen": [1]}},
        {"earned": 1.0},
        {"saved_at": NINE_O_CLOCK - timedelta(days=1)},
        {"kind": "try"},
    ],
)
def test_a_step_that_was_changed_breaks_the_chain_where_it_stands(exam, tamper):
    attempt = exam.begin()
    exam.answer_rightly(attempt)
    exam.hand_in(attempt)

    exam.session.execute(update(Step).where(Step.attempt_id == attempt.id, Step.number == 2).values(**tamper))

    checked = check_chain(exam.session, attempt.id)
    assert (checked.state, checked.broken_at) == ("broken", 2)


def test_steps_cut_off_at_the_end_break_the_chain(exam):
    attempt = exam.begin()
    exam.answer_rightly(attempt)
    exam.hand_in(attempt)

    last = exam.session.scalars(select(Step).order_by(Step.number.desc())).first()
    exam.session.delete(last)
    exam.session.flush()

    assert check_chain(exam.session, attempt.id).state == "broken"


def test_the_result_bears_witness_to_the_chain(exam):
    attempt = exam.begin()
    outcome = exam.hand_in(attempt)

    failed = [parse_statement(one.payload) for one in read_after(exam.session, 0, limit=50)][-1]

    assert outcome.attempt.chain in failed.result.extensions.values()


# ---- the browser's own ids ----


def test_a_save_sent_again_under_its_id_is_kept_once(exam):
    attempt = exam.begin()
    first = exam.draft(attempt, "tq-2", {"chosen": [1]}, client_id="save-0001")

    again = exam.draft(
        attempt,
        "tq-2",
        {"chosen": [1]},
        client_id="save-0001",
        at=NINE_O_CLOCK + timedelta(hours=0, minutes=3),
    )

    assert again == first


def test_an_old_save_that_comes_again_does_not_hide_a_newer_answer(exam):
    attempt = exam.begin()
    exam.draft(attempt, "tq-2", {"chosen": [1]}, client_id="save-0001")
    exam.draft(attempt, "tq-2", {"chosen": [2]}, client_id="save-0002", seen=1)

    with pytest.raises(AnswerConflict):
        exam.draft(attempt, "tq-2", {"chosen": [1]}, client_id="save-0001")

    kept = {one.question_id: one for one in read_items(exam.session, attempt.id)}["tq-2"]
    assert kept.response == {"chosen": [2]}


# ---- answers checked at once ----


def behaving(exam, **given):
    _package, quiz = change_quiz(exam.package, **given)
    exam.quiz = quiz
    return quiz


def test_an_answer_checked_at_once_can_no_longer_change(exam):
    behaving(exam, behaviour="immediate")
    attempt = exam.begin()

    exam.check(attempt, "tq-2", {"chosen": [1]})

    with pytest.raises(AnswerSettled):
        exam.draft(attempt, "tq-2", {"chosen": [0]}, seen=1)
    with pytest.raises(AnswerSettled):
        exam.check(attempt, "tq-2", {"chosen": [0]}, seen=1)


def test_each_further_try_earns_less(exam):
    behaving(exam, behaviour="interactive", tries=3)
    attempt = exam.begin()
    exam.check(attempt, "tq-2", {"chosen": [1]})
    exam.check(attempt, "tq-2", {"chosen": [0]}, seen=1)

    item = {one.question_id: one for one in read_items(exam.session, attempt.id)}["tq-2"]

    assert (item.tries, item.is_settled) == (2, True)
    assert item.earned == pytest.approx(2 / 3)


def test_the_same_check_sent_twice_is_one_try(exam):
    behaving(exam, behaviour="interactive", tries=3)
    attempt = exam.begin()

    first = exam.check(attempt, "tq-2", {"chosen": [1]})
    again = exam.check(attempt, "tq-2", {"chosen": [1]})

    assert again == first
    item = {one.question_id: one for one in read_items(exam.session, attempt.id)}["tq-2"]
    assert (item.tries, item.is_settled) == (1, False)


def test_an_answer_that_was_only_saved_can_be_checked(exam):
    behaving(exam, behaviour="immediate")
    attempt = exam.begin()
    exam.draft(attempt, "tq-2", {"chosen": [0]})

    exam.check(attempt, "tq-2", {"chosen": [0]}, seen=1)

    item = {one.question_id: one for one in read_items(exam.session, attempt.id)}["tq-2"]
    assert (item.tries, item.earned) == (1, 1.0)


def test_a_deferred_quiz_checks_nothing_before_the_end(exam):
    attempt = exam.begin()

    with pytest.raises(AnswerUnreadable):
        exam.check(attempt, "tq-2", {"chosen": [0]})


# ---- time ----


def test_more_time_counts_for_the_attempt_in_progress_and_for_those_to_come(exam):
    attempt = exam.begin()
    given = {
        "package_id": "nhap-mon",
        "quiz_id": "",
        "reason": "Quyết định 12",
        "given_by": "gv",
        "now": NINE_O_CLOCK,
    }

    give_more_time(exam.session, LEARNER, percent=50, **given)
    exam.draft(attempt, "tq-2", {"chosen": [1]}, at=NINE_O_CLOCK + timedelta(minutes=29))
    with pytest.raises(AttemptOver):
        exam.draft(attempt, "tq-2", {"chosen": [0]}, seen=1, at=NINE_O_CLOCK + timedelta(minutes=31))
    exam.hand_in(attempt, at=NINE_O_CLOCK + timedelta(minutes=31))
    second = exam.begin(at=NINE_O_CLOCK + timedelta(hours=1))

    assert second.due_at == NINE_O_CLOCK + timedelta(hours=1, minutes=30)


def test_more_time_never_goes_beyond_the_window(exam):
    closes_at = NINE_O_CLOCK + timedelta(minutes=25)
    attempt = exam.begin(closes_at=closes_at)
    given = {"package_id": "nhap-mon", "quiz_id": "cuoi-bai", "reason": "Quyết định 12", "given_by": "gv"}

    give_more_time(exam.session, LEARNER, percent=100, now=NINE_O_CLOCK, **given)

    assert exam.session.get_one(Attempt, attempt.id).due_at == closes_at


@pytest.mark.parametrize(("percent", "reason"), [(-1, "Quyết định"), (401, "Quyết định"), (20, " ")])
def test_more_time_needs_bounds_and_a_reason(exam, percent, reason):
    given = {"package_id": "nhap-mon", "quiz_id": "", "given_by": "gv", "now": NINE_O_CLOCK}

    with pytest.raises(AllowanceRefused):
        give_more_time(exam.session, LEARNER, percent=percent, reason=reason, **given)


def test_extra_time_is_rounded_up_to_whole_seconds():
    assert extended(timedelta(seconds=10), percent=25) == timedelta(seconds=13)


def test_an_attempt_without_a_limit_is_abandoned_after_half_a_year(exam):
    behaving(exam, time_limit=None)
    attempt = exam.begin()
    exam.draft(attempt, "tq-2", {"chosen": [1]})
    later = NINE_O_CLOCK + FORGOTTEN_AFTER + timedelta(days=1)

    assert find_forgotten(exam.session, now=later - timedelta(days=2), limit=5) == []
    assert hand_in_overdue(exam.session, iri_base=IRI_BASE, now=later, limit=5) == 1

    row = exam.session.get_one(Attempt, attempt.id)
    assert (row.state, row.score, row.passed) == ("abandoned", None, None)
    assert [one.response for one in read_items(exam.session, attempt.id) if one.is_answered] == [
        {"chosen": [1]}
    ]
    assert exam.told() == ["initialized"]


# ---- essays ----


def test_an_attempt_with_an_essay_waits_and_then_has_its_score(essay_exam):
    exam = essay_exam
    attempt = exam.begin()
    exam.answer_rightly(attempt)
    exam.draft(attempt, "tq-6", {"text": "Căn cứ Nghị quyết 76."})
    waiting = exam.hand_in(attempt).attempt

    assert (waiting.score, waiting.passed, waiting.awaits_marking) == (None, None, True)
    assert [one.id for one in list_waiting(exam.session, home_page=LEARNER.home_page, course_id="c-1")] == [
        attempt.id
    ]
    assert list_waiting(exam.session, home_page=LEARNER.home_page, course_id="other") == ()
    assert exam.told() == ["initialized"]

    marked = mark(exam, waiting, (2, 0), at=NINE_O_CLOCK + timedelta(days=1))

    assert marked.score == pytest.approx((4 + 2 / 3) / 5)
    assert exam.told() == ["initialized", "passed"]
    assert list_waiting(exam.session) == ()


def mark(exam, attempt, points, *, comment="Tốt", seen=None, at=NINE_O_CLOCK):
    item = {one.question_id: one for one in read_items(exam.session, attempt.id)}["tq-6"]
    return mark_and_tell(
        exam.session,
        attempt,
        position=item.position,
        mark=EssayMark(points, comment),
        seen_seq=item.seq if seen is None else seen,
        made_by="gv",
        iri_base=IRI_BASE,
        now=at,
    )


def test_points_given_again_take_the_earlier_result_back(essay_exam):
    exam = essay_exam
    attempt = exam.begin()
    exam.answer_rightly(attempt)
    exam.draft(attempt, "tq-6", {"text": "Căn cứ Nghị quyết 76."})
    first = mark(exam, exam.hand_in(attempt).attempt, (2, 1))

    again = mark(exam, first, (0, 0), at=NINE_O_CLOCK + timedelta(days=2))
    same = mark(exam, again, (0, 0), at=NINE_O_CLOCK + timedelta(days=3))

    assert (first.score, again.score, same.chain) == (1.0, 0.8, again.chain)
    assert exam.told() == ["initialized", "passed", "voided", "passed"]
    assert check_chain(exam.session, attempt.id).state == "intact"


@pytest.mark.parametrize("points", [(2,), (3, 0), (-1, 0), (1, 1, 1)])
def test_points_must_fit_the_rubric(essay_exam, points):
    exam = essay_exam
    attempt = exam.begin()
    exam.draft(attempt, "tq-6", {"text": "Một bài."})
    waiting = exam.hand_in(attempt).attempt

    with pytest.raises(MarkRefused):
        mark(exam, waiting, points)


def test_two_markers_do_not_overwrite_each_other(essay_exam):
    exam = essay_exam
    attempt = exam.begin()
    exam.draft(attempt, "tq-6", {"text": "Một bài."})
    waiting = exam.hand_in(attempt).attempt
    mark(exam, waiting, (1, 1))

    with pytest.raises(MarkRefused):
        mark(exam, waiting, (0, 0), seen=1)


def test_an_essay_left_empty_waits_for_nobody(essay_exam):
    attempt = essay_exam.begin()

    outcome = essay_exam.hand_in(attempt)

    assert outcome.attempt.score == 0.0


def test_open_work_cannot_be_marked(essay_exam):
    exam = essay_exam
    attempt = exam.begin()

    with pytest.raises(MarkRefused):
        mark_essay(
            exam.session,
            attempt.id,
            position=1,
            mark=EssayMark((0, 0)),
            seen_seq=0,
            package=exam.package,
            made_by="gv",
            now=NINE_O_CLOCK,
        )


# ---- counting again ----


def with_key(package, question_id, right):
    question = package.questions[question_id]
    options = tuple(
        replace(option, correct=number == right) for number, option in enumerate(question.options)
    )
    questions = {**package.questions, question_id: replace(question, options=options)}
    return replace(package, questions=questions, digest="f" * 64)


def test_a_new_key_is_shown_before_it_counts_and_destroys_nothing(exam):
    attempt = exam.begin()
    exam.draft(attempt, "tq-2", {"chosen": [1]})
    exam.hand_in(attempt)
    key = NewKey(with_key(exam.package, "tq-2", 1))
    before = exam.session.scalars(select(Step.content).order_by(Step.number)).all()

    plan = plan_regrade(exam.session, quiz_id="cuoi-bai", key=key)
    assert [(one.old_score, one.new_score) for one in plan.changes] == [(0.0, 0.25)]
    assert exam.session.get_one(Attempt, attempt.id).score == 0.0
    given = {"quiz_id": "cuoi-bai", "key": key, "reason": "Sai đáp án", "made_by": "vh", "iri_base": IRI_BASE}
    apply_regrade(exam.session, fingerprint=plan.fingerprint, now=NINE_O_CLOCK + timedelta(days=1), **given)

    after = exam.session.scalars(select(Step.content).order_by(Step.number)).all()
    assert after[: len(before)] == before
    assert exam.session.get_one(Attempt, attempt.id).score == 0.25
    assert exam.told() == ["initialized", "failed", "voided", "failed"]
    assert check_chain(exam.session, attempt.id).state == "intact"
    again = plan_regrade(exam.session, quiz_id="cuoi-bai", key=key)
    assert again.changes == ()


def test_only_the_difference_that_was_seen_is_applied(exam):
    attempt = exam.begin()
    exam.hand_in(attempt)
    key = NewKey(exam.package, given_to_all=frozenset({"tq-2"}))
    given = {
        "quiz_id": "cuoi-bai",
        "key": key,
        "reason": "Câu hỏi sai",
        "made_by": "vh",
        "iri_base": IRI_BASE,
    }

    with pytest.raises(RegradeRefused):
        apply_regrade(exam.session, fingerprint="another", now=NINE_O_CLOCK, **given)


def test_a_question_can_be_given_to_everybody(exam):
    attempt = exam.begin()
    outcome = exam.hand_in(attempt)

    change = compare_attempt(
        exam.session,
        outcome.attempt,
        pinned=exam.package,
        key=NewKey(exam.package, given_to_all=frozenset({"tq-2"})),
    )

    assert change is not None
    assert (change.old_score, change.new_score) == (0.0, 0.25)


def test_other_options_cannot_be_compared(exam):
    attempt = exam.begin()
    exam.draft(attempt, "tq-2", {"chosen": [0]})
    exam.hand_in(attempt)
    question = exam.package.questions["tq-2"]
    other = replace(question, options=tuple(reversed(question.options)))
    newer = replace(exam.package, questions={**exam.package.questions, "tq-2": other}, digest="e" * 64)

    plan = plan_regrade(exam.session, quiz_id="cuoi-bai", key=NewKey(newer))

    assert (plan.changes, plan.not_comparable) == ((), ("tq-2",))


def test_a_result_that_was_taken_back_is_voided_in_the_store(exam):
    attempt = exam.begin()
    exam.hand_in(attempt)
    failed = read_after(exam.session, 0, limit=50)[-1].statement_id
    key = NewKey(exam.package, given_to_all=frozenset(exam.items))
    plan = plan_regrade(exam.session, quiz_id="cuoi-bai", key=key)

    apply_regrade(
        exam.session,
        quiz_id="cuoi-bai",
        key=key,
        fingerprint=plan.fingerprint,
        reason="Đề in sai",
        made_by="vh",
        iri_base=IRI_BASE,
        now=NINE_O_CLOCK + timedelta(hours=1),
    )

    stored = find_stored(exam.session, failed)
    assert stored is not None
    assert stored.voided
    assert exam.told()[-1] == "passed"
