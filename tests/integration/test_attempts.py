"""Attempts: rules, saves, conflicts, time, and the end that comes once."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from content_packages.assessment.answers import read_items, save_answer, save_draft
from content_packages.assessment.attempts import find_attempt, find_standing, start_attempt
from content_packages.assessment.finishing import find_overdue, finish_attempt
from content_packages.assessment.keys import right_answer
from content_packages.assessment.models import ANSWER, Attempt, AttemptItem, Draft, Step
from content_packages.assessment.responses import Response, read_response
from content_packages.errors import (
    AnswerConflict,
    AttemptOver,
    AttemptsUsedUp,
    AttemptTooSoon,
    ItemNotFound,
)
from tests.factories.content import LEARNER, NINE_O_CLOCK, REGISTRATION, change_quiz, create_package
from xapi_bridge.statement import Account


class Exam:
    """One learner at the quiz of the small package."""

    def __init__(self, session, package, quiz):
        self.session, self.package, self.quiz = session, package, quiz

    def start(self, *, at=NINE_O_CLOCK, registration=REGISTRATION, seed=1):
        return start_attempt(
            self.session,
            LEARNER,
            registration=registration,
            package=self.package,
            quiz=self.quiz,
            seed=seed,
            now=at,
        )

    def right(self, item) -> Response:
        question = self.package.questions[item.question_id]
        return read_response(question, right_answer(question))

    def items(self, attempt):
        return read_items(self.session, attempt.id)

    def save(self, attempt, position, response, *, seen=0, at=NINE_O_CLOCK, how=save_answer):
        return how(self.session, attempt.id, position=position, response=response, seen_seq=seen, now=at)

    def finish(self, attempt, *, at=NINE_O_CLOCK):
        return finish_attempt(self.session, attempt.id, package=self.package, now=at)

    def standing(self):
        return find_standing(
            self.session, LEARNER, registration=REGISTRATION, package=self.package, quiz=self.quiz
        )


@pytest.fixture
def exam(session, tmp_path):
    package = create_package(session, tmp_path)
    return Exam(session, package, package.quizzes["cuoi-bai"])


@pytest.fixture
def single_position(exam):
    """Position of the single-choice question in the draw of seed 1."""
    return next(item.position for item in exam.items(exam.start()) if item.question_id == "tq-2")


def test_beginning_twice_begins_once(exam):
    first = exam.start(seed=1)
    second = exam.start(seed=2)

    assert second == first
    assert len(exam.items(first)) == 4


def test_an_attempt_stays_as_it_was_drawn(exam):
    attempt = exam.start()

    assert exam.items(attempt) == exam.items(attempt)
    assert attempt.due_at == NINE_O_CLOCK + timedelta(minutes=20)


def test_attempts_are_limited_and_wait(exam):
    first = exam.start()
    exam.finish(first)

    with pytest.raises(AttemptTooSoon) as refused:
        exam.start(at=NINE_O_CLOCK + timedelta(minutes=4))
    assert refused.value.allowed_at == NINE_O_CLOCK + timedelta(minutes=5)
    second = exam.start(at=NINE_O_CLOCK + timedelta(minutes=5))
    exam.finish(second, at=NINE_O_CLOCK + timedelta(minutes=6))
    with pytest.raises(AttemptsUsedUp):
        exam.start(at=NINE_O_CLOCK + timedelta(days=1))
    assert (first.number, second.number) == (1, 2)


def test_another_registration_has_attempts_of_its_own(exam):
    exam.finish(exam.start())

    other = exam.start(registration=uuid4())

    assert other.number == 1


def test_a_quiz_without_limits_can_be_repeated_at_once(exam):
    exam.package, exam.quiz = change_quiz(
        exam.package, attempts=None, wait_between=timedelta(), time_limit=None
    )

    numbers = []
    for _ in range(4):
        attempt = exam.start()
        exam.finish(attempt)
        numbers.append(attempt.number)

    assert numbers == [1, 2, 3, 4]
    assert exam.standing().attempts_left is None
    assert attempt.due_at is None


def test_only_the_learner_finds_the_attempt(exam):
    exam.start()

    with pytest.raises(ItemNotFound):
        find_attempt(
            exam.session,
            Account(home_page=LEARNER.home_page, name="another"),
            registration=REGISTRATION,
            package=exam.package,
            quiz=exam.quiz,
            number=1,
        )


def test_a_saved_answer_is_there_when_the_learner_comes_back(exam, single_position):
    attempt = exam.start()

    saved = exam.save(attempt, single_position, Response(chosen=(1,)))

    item = exam.items(attempt)[single_position - 1]
    assert (item.seq, item.response, item.saved_at) == (saved.seq, {"chosen": [1]}, NINE_O_CLOCK)


def test_drafts_and_answers_share_one_row_of_saves(exam, single_position):
    attempt = exam.start()

    exam.save(attempt, single_position, Response(chosen=(0,)), how=save_draft)
    exam.save(attempt, single_position, Response(chosen=(1,)), seen=1, how=save_draft)
    exam.save(attempt, single_position, Response(chosen=(2,)), seen=2)
    exam.save(attempt, single_position, Response(chosen=(0,)), seen=3, how=save_draft)

    item = exam.items(attempt)[single_position - 1]
    assert (item.seq, item.response) == (4, {"chosen": [0]})
    assert exam.session.scalars(select(Step.seq)).all() == [3]


@pytest.mark.parametrize("how", [save_answer, save_draft])
def test_a_repeated_save_is_acknowledged_again_and_stored_once(exam, single_position, how):
    attempt = exam.start()
    first = exam.save(attempt, single_position, Response(chosen=(1,)), how=how)

    again = exam.save(
        attempt, single_position, Response(chosen=(1,)), at=NINE_O_CLOCK + timedelta(minutes=1), how=how
    )

    assert again == first
    assert exam.items(attempt)[single_position - 1].seq == 1


@pytest.mark.parametrize("how", [save_answer, save_draft])
def test_a_stale_page_overwrites_nothing(exam, single_position, how):
    attempt = exam.start()
    exam.save(attempt, single_position, Response(chosen=(1,)), how=how)

    with pytest.raises(AnswerConflict):
        exam.save(attempt, single_position, Response(chosen=(2,)), how=how)

    assert exam.items(attempt)[single_position - 1].response == {"chosen": [1]}


def test_an_old_save_that_arrives_late_is_refused_even_when_it_repeats_an_old_answer(exam, single_position):
    attempt = exam.start()
    exam.save(attempt, single_position, Response(chosen=(1,)))
    exam.save(attempt, single_position, Response(chosen=(2,)), seen=1)

    with pytest.raises(AnswerConflict):
        exam.save(attempt, single_position, Response(chosen=(1,)))


def test_saying_nothing_is_no_save_but_taking_an_answer_back_is(exam, single_position):
    attempt = exam.start()

    exam.save(attempt, single_position, Response())
    assert exam.items(attempt)[single_position - 1].seq == 0
    exam.save(attempt, single_position, Response(chosen=(1,)))
    exam.save(attempt, single_position, Response(), seen=1)

    item = exam.items(attempt)[single_position - 1]
    assert (item.seq, item.is_answered) == (2, False)


def test_the_database_itself_refuses_two_steps_of_one_number(exam):
    attempt = exam.start()
    item_id = exam.items(attempt)[0].item_id
    exam.session.add_all(
        Step(
            attempt_id=attempt.id,
            number=number,
            item_id=item_id,
            seq=1,
            kind=ANSWER,
            content={},
            saved_at=NINE_O_CLOCK,
            chain="",
        )
        for number in (1, 2)
    )

    with pytest.raises(IntegrityError):
        exam.session.flush()


def test_right_answers_pass(exam):
    attempt = exam.start()
    for item in exam.items(attempt):
        exam.save(attempt, item.position, exam.right(item))

    outcome = exam.finish(attempt, at=NINE_O_CLOCK + timedelta(minutes=3))

    assert (outcome.attempt.score, outcome.attempt.passed, outcome.attempt.state) == (1.0, True, "finished")
    assert [scored.earned for scored in outcome.items] == [1.0] * 4


def test_what_was_only_autosaved_counts_at_the_end(exam):
    attempt = exam.start()
    for item in exam.items(attempt):
        exam.save(attempt, item.position, exam.right(item), how=save_draft)

    outcome = exam.finish(attempt)

    assert outcome.attempt.score == 1.0
    assert exam.session.scalar(select(func.count()).select_from(Draft)) == 0
    assert exam.session.scalar(select(func.count()).where(Step.kind == ANSWER)) == 4


def test_finishing_twice_is_finishing_once(exam):
    attempt = exam.start()
    first = exam.finish(attempt, at=NINE_O_CLOCK + timedelta(minutes=1))

    again = exam.finish(attempt, at=NINE_O_CLOCK + timedelta(minutes=9))

    assert again == first


def test_after_the_end_nothing_can_be_saved(exam):
    attempt = exam.start()
    exam.finish(attempt)

    for how in (save_answer, save_draft):
        with pytest.raises(AttemptOver):
            exam.save(attempt, 1, Response(chosen=(0,)), how=how)


def test_the_clock_of_the_server_ends_an_attempt_with_what_was_saved(exam, single_position):
    attempt = exam.start()
    due_at = NINE_O_CLOCK + timedelta(minutes=20)
    exam.save(
        attempt, single_position, Response(chosen=(0,)), at=due_at + timedelta(seconds=9), how=save_draft
    )

    with pytest.raises(AttemptOver):
        exam.save(attempt, single_position, Response(chosen=(1,)), seen=1, at=due_at + timedelta(seconds=11))
    outcome = exam.finish(attempt, at=due_at + timedelta(hours=1))

    assert (outcome.attempt.state, outcome.attempt.finished_at) == ("overdue", due_at)
    assert outcome.attempt.score == 0.25


def test_overdue_attempts_are_found_when_nobody_comes_back(exam):
    attempt = exam.start()
    due_at = NINE_O_CLOCK + timedelta(minutes=20)

    assert find_overdue(exam.session, now=due_at, limit=10) == []
    assert [one.id for one in find_overdue(exam.session, now=due_at + timedelta(minutes=1), limit=10)] == [
        attempt.id
    ]


def test_a_question_that_was_not_drawn_cannot_be_answered(exam):
    attempt = exam.start()

    with pytest.raises(ItemNotFound):
        exam.save(attempt, 9, Response(chosen=(0,)))


def test_a_question_stands_once_in_an_attempt(exam):
    attempt = exam.start()
    drawn = exam.items(attempt)[0].question_id
    exam.session.add(AttemptItem(attempt_id=attempt.id, position=9, question_id=drawn, option_order=[]))

    with pytest.raises(IntegrityError):
        exam.session.flush()


def test_the_best_attempt_counts(exam):
    first = exam.start()
    for item in exam.items(first):
        exam.save(first, item.position, exam.right(item))
    exam.finish(first)
    second = exam.start(at=NINE_O_CLOCK + timedelta(minutes=5))
    exam.finish(second, at=NINE_O_CLOCK + timedelta(minutes=6))

    standing = exam.standing()

    assert standing.best is not None
    assert (standing.best.number, standing.is_passed, standing.attempts_left) == (1, True, 0)
    assert standing.is_closed


def test_answers_may_be_told_only_when_nothing_more_can_be_won(exam):
    assert not exam.standing().is_closed
    attempt = exam.start()
    exam.finish(attempt)
    assert not exam.standing().is_closed
    last = exam.start(at=NINE_O_CLOCK + timedelta(hours=1))
    assert not exam.standing().is_closed
    exam.finish(last, at=NINE_O_CLOCK + timedelta(hours=1))

    assert exam.standing().is_closed


def test_an_attempt_keeps_its_version_when_a_newer_one_is_published(exam, tmp_path):
    attempt = exam.start()
    newer = create_package(
        exam.session, tmp_path / "new", changes={"package.yaml": ("version: 1.0.0", "version: 2.0.0")}
    )
    exam.package, exam.quiz = newer, newer.quizzes["cuoi-bai"]

    resumed = exam.start(seed=5)

    assert resumed.package_digest == attempt.package_digest != newer.digest
    assert exam.session.scalar(select(func.count()).select_from(Attempt)) == 1


def autosave(exam, attempt, position, chosen, *, name, after=()):
    """As a page that knows of no save yet."""
    return save_draft(
        exam.session,
        attempt.id,
        position=position,
        response=Response(chosen=(chosen,)),
        seen_seq=0,
        now=NINE_O_CLOCK,
        client_id=name,
        after=after,
    )


def test_a_page_never_meets_its_own_earlier_save(exam, single_position):
    """The reply to the first save got lost, and the learner wrote on."""
    attempt = exam.start()
    autosave(exam, attempt, single_position, 1, name="0123456789abcdef-1")

    later = autosave(exam, attempt, single_position, 2, name="0123456789abcdef-2")

    assert later.seq == 2
    assert exam.items(attempt)[single_position - 1].response == {"chosen": [2]}


def test_a_save_that_arrives_late_does_not_replace_the_newer_one_of_its_page(exam, single_position):
    attempt = exam.start()
    autosave(exam, attempt, single_position, 2, name="0123456789abcdef-2")

    with pytest.raises(AnswerConflict):
        autosave(exam, attempt, single_position, 1, name="0123456789abcdef-1")


def test_a_page_replaces_what_an_earlier_page_of_the_device_left(exam, single_position):
    attempt = exam.start()
    autosave(exam, attempt, single_position, 1, name="0123456789abcdef-4")

    later = autosave(
        exam, attempt, single_position, 2, name="fedcba9876543210-1", after=["0123456789abcdef-4"]
    )

    assert later.seq == 2
