"""Pages of a quiz: rules, questions one by one, autosave, review, result."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from flask import jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from content_packages.assessment.answers import ItemState, read_items, save_answer, save_draft
from content_packages.assessment.attempts import (
    AttemptState,
    QuizStanding,
    find_attempt,
    find_standing,
)
from content_packages.assessment.blueprint import draw_questions
from content_packages.assessment.finishing import AttemptOutcome, read_outcome
from content_packages.assessment.responses import Response, response_from_form, written_response
from content_packages.contents import Module, Package, Question, Quiz
from content_packages.errors import AnswerConflict, AttemptNotAllowed, AttemptOver, ItemNotFound
from content_packages.library import read_package
from content_packages.player.examinations import begin_quiz, hand_in
from content_packages.player.lesson_pages import posted_seq
from content_packages.player.question_form import (
    Disclosure,
    QuestionForm,
    key_form,
    plain_text,
    question_form,
)
from content_packages.player.visits import Visit, current_visit, refuse_preview
from content_packages.player.wording import shown_time
from xapi_bridge.running_app import now, reading, transaction

_PREVIEW_SEED = 1


@dataclass(frozen=True)
class AttemptPage:
    """An attempt with its questions, as each of its pages needs them."""

    visit: Visit
    quiz: Quiz
    attempt: AttemptState
    package: Package
    items: tuple[ItemState, ...]

    @property
    def seconds_left(self) -> int | None:
        """Time left by the clock of the server; None without a limit."""
        if self.attempt.due_at is None:
            return None
        return max(0, int((self.attempt.due_at - now()).total_seconds()))

    @property
    def unanswered(self) -> list[int]:
        """Positions without an answer."""
        return [item.position for item in self.items if not item.is_answered]

    def find_item(self, position: int) -> ItemState:
        """The question at that place.

        Raises:
            ItemNotFound: there is none.
        """
        if not 1 <= position <= len(self.items):
            raise ItemNotFound(f"The attempt has no question {position}.")
        return self.items[position - 1]

    def question_at(self, position: int) -> Question:
        """The question at that place, in the version to which the attempt is pinned."""
        return self.package.questions[self.find_item(position).question_id]


def show_quiz(quiz_id: str) -> str:
    """Rules of a quiz, earlier attempts, and the button to begin or go on."""
    with reading() as session:
        visit = current_visit(session)
        quiz = visit.find_quiz(quiz_id)
        if visit.is_preview:
            return _preview_page(visit, quiz)
        standing = _standing(session, visit, quiz)
    return _quiz_page(visit, standing)


def begin_attempt(quiz_id: str) -> AnyResponse | tuple[str, int]:
    """Begins an attempt, or goes on with the one in progress."""
    refuse_preview()
    try:
        with transaction() as session:
            visit = current_visit(session)
            quiz = visit.find_quiz(quiz_id)
            attempt = begin_quiz(session, visit.study, quiz, seed=secrets.randbelow(2**31), now=now())
    except AttemptNotAllowed:
        with reading() as session:
            standing = _standing(session, visit, quiz)
        return _quiz_page(visit, standing), 409
    return redirect(url_for("player.show_attempt", quiz_id=quiz_id, number=attempt.number), code=303)


def show_attempt(quiz_id: str, number: int) -> AnyResponse | str:
    """The result of a finished attempt; an open one goes on where it stopped."""
    refuse_preview()
    with transaction() as session:
        page = _attempt_page(session, quiz_id, number)
        if page.attempt.is_open and not page.attempt.is_time_over(now()):
            position = next(iter(page.unanswered), 1)
            return redirect(_question_url(page, position), code=303)
        outcome = _outcome(session, page)
        standing = _standing(session, page.visit, page.quiz)
    return _result_page(page, outcome, standing)


def show_question(quiz_id: str, number: int, position: int) -> AnyResponse | str:
    """One question of an attempt with the saved answer."""
    refuse_preview()
    with reading() as session:
        page = _attempt_page(session, quiz_id, number)
    if not page.attempt.is_open or page.attempt.is_time_over(now()):
        return redirect(url_for("player.show_attempt", quiz_id=quiz_id, number=number), code=303)
    return _question_page(page, position)


def send_answer(quiz_id: str, number: int, position: int) -> AnyResponse | tuple[str, int]:
    """Saves the answer of the form and goes where its button says; works without JavaScript."""
    refuse_preview()
    response = None
    try:
        with transaction() as session:
            page = _attempt_page(session, quiz_id, number)
            response = response_from_form(page.question_at(position), request.form.to_dict(flat=False))
            save_answer(
                session,
                page.attempt.id,
                position=position,
                response=response,
                seen_seq=posted_seq(),
                now=now(),
            )
    except AnswerConflict:
        return _conflict_page(quiz_id, number, position, response or Response())
    except AttemptOver:
        return redirect(url_for("player.show_attempt", quiz_id=quiz_id, number=number), code=303)
    return redirect(_target(page, position), code=303)


def keep_draft(quiz_id: str, number: int, position: int) -> AnyResponse:
    """Autosave: acknowledges the answer with the time at which it was kept (JSON)."""
    refuse_preview()
    with transaction() as session:
        page = _attempt_page(session, quiz_id, number)
        response = response_from_form(page.question_at(position), request.form.to_dict(flat=False))
        saved = save_draft(
            session, page.attempt.id, position=position, response=response, seen_seq=posted_seq(), now=now()
        )
    words = _("Đã lưu %(time)s", time=shown_time(saved.saved_at))
    return jsonify({"seq": saved.seq, "words": words, "seconds_left": page.seconds_left})


def show_review(quiz_id: str, number: int) -> AnyResponse | str:
    """All questions of an attempt before it is handed in."""
    refuse_preview()
    with reading() as session:
        page = _attempt_page(session, quiz_id, number)
    if not page.attempt.is_open or page.attempt.is_time_over(now()):
        return redirect(url_for("player.show_attempt", quiz_id=quiz_id, number=number), code=303)
    stems = {item.position: plain_text(page.question_at(item.position).stem) for item in page.items}
    return render_template("player/review.html", page=page, visit=page.visit, stems=stems)


def hand_in_attempt(quiz_id: str, number: int) -> AnyResponse:
    """Hands in the attempt; a second time changes nothing."""
    refuse_preview()
    with transaction() as session:
        page = _attempt_page(session, quiz_id, number)
        hand_in(session, page.attempt, iri_base=page.visit.study.iri_base, now=now())
    return redirect(url_for("player.show_attempt", quiz_id=quiz_id, number=number), code=303)


def _standing(session: Session, visit: Visit, quiz: Quiz) -> QuizStanding:
    study = visit.study
    return find_standing(
        session, study.learner, registration=study.registration, package=visit.package, quiz=quiz
    )


def _attempt_page(session: Session, quiz_id: str, number: int) -> AttemptPage:
    visit = current_visit(session)
    quiz = visit.find_quiz(quiz_id)
    study = visit.study
    attempt = find_attempt(
        session,
        study.learner,
        registration=study.registration,
        package=visit.package,
        quiz=quiz,
        number=number,
    )
    package = read_package(session, attempt.package_digest)
    return AttemptPage(visit, package.quizzes[quiz_id], attempt, package, read_items(session, attempt.id))


def _outcome(session: Session, page: AttemptPage) -> AttemptOutcome:
    """Of a finished attempt; one whose time is over is handed in now."""
    if page.attempt.is_open:
        return hand_in(session, page.attempt, iri_base=page.visit.study.iri_base, now=now())
    return read_outcome(session, page.attempt, package=page.package)


def _quiz_page(visit: Visit, standing: QuizStanding) -> str:
    allowed_at = standing.next_allowed_at
    open_attempt = standing.open_attempt
    return render_template(
        "player/quiz.html",
        visit=visit,
        quiz=standing.quiz,
        standing=standing,
        waits_until=allowed_at if allowed_at is not None and allowed_at > now() else None,
        resumes=open_attempt is not None and not open_attempt.is_time_over(now()),
        module=visit.package.module_of_quiz(standing.quiz.id),
    )


def _preview_page(visit: Visit, quiz: Quiz) -> str:
    """One possible draw with its key, for a teacher."""
    drawn = draw_questions(quiz, visit.package.questions.values(), seed=_PREVIEW_SEED)
    forms = [
        key_form(visit.package.questions[one.question_id], key=one.question_id, order=one.option_order)
        for one in drawn
    ]
    return render_template("player/quiz_preview.html", visit=visit, quiz=quiz, forms=forms)


def _question_page(page: AttemptPage, position: int, *, sent: str = "") -> str:
    item = page.find_item(position)
    form = question_form(
        page.question_at(position), item.response, key="cau", seq=item.seq, order=item.option_order
    )
    return render_template(
        "player/question.html", page=page, visit=page.visit, item=item, form=form, sent=sent
    )


def _conflict_page(quiz_id: str, number: int, position: int, response: Response) -> tuple[str, int]:
    """Both answers: the saved one in the form, the one just sent in words."""
    with reading() as session:
        page = _attempt_page(session, quiz_id, number)
    return _question_page(page, position, sent=_told(page.question_at(position), response)), 409


def _told(question: Question, response: Response) -> str:
    """An answer in the words of the question."""
    if question.options:
        words = [plain_text(question.options[position].text) for position in response.chosen]
    elif question.pairs or question.items:
        texts = [right for _left, right in question.pairs] or list(question.items)
        words = [plain_text(texts[place]) if place is not None else "…" for place in response.places]
    else:
        words = [response.text] if response.text else []
    return "; ".join(words) if written_response(response) else _("(chưa chọn gì)")


def _target(page: AttemptPage, position: int) -> str:
    """Where the pressed button leads: the question before or after, one by its number, or the review."""
    asked = request.form.get("goto", "next")
    steps = {"previous": position - 1, "next": position + 1}
    target = steps.get(asked, int(asked) if asked.isascii() and asked.isdigit() else 0)
    if asked == "stay":
        target = position
    if 1 <= target <= len(page.items):
        return _question_url(page, target)
    return url_for("player.show_review", quiz_id=page.quiz.id, number=page.attempt.number)


def _question_url(page: AttemptPage, position: int) -> str:
    return url_for(
        "player.show_question", quiz_id=page.quiz.id, number=page.attempt.number, position=position
    )


def _result_page(page: AttemptPage, outcome: AttemptOutcome, standing: QuizStanding) -> str:
    maximum = sum(scored.question.mark for scored in outcome.items)
    quiz = page.quiz
    return render_template(
        "player/result.html",
        visit=page.visit,
        quiz=quiz,
        attempt=outcome.attempt,
        standing=standing,
        points=(outcome.attempt.score or 0.0) * maximum,
        maximum=maximum,
        forms=_feedback_forms(outcome, quiz, standing),
        recommended=_recommended(page.visit, quiz, outcome),
        module=page.visit.package.module_of_quiz(quiz.id),
        may_retry=standing.attempts_left != 0,
        waits_until=_waits_until(standing, now()),
    )


def _waits_until(standing: QuizStanding, at: datetime) -> datetime | None:
    allowed_at = standing.next_allowed_at
    return allowed_at if allowed_at is not None and allowed_at > at else None


def _feedback_forms(outcome: AttemptOutcome, quiz: Quiz, standing: QuizStanding) -> list[QuestionForm]:
    """The questions with as much feedback as the policy of the quiz allows."""
    shows_key = quiz.answers == "after_attempt" or (quiz.answers == "after_close" and standing.is_closed)
    if not shows_key and not quiz.feedback_after & {"marks", "explanations"}:
        return []
    return [
        question_form(
            scored.question,
            scored.item.response,
            key=f"cau-{scored.item.position}",
            order=scored.item.option_order,
            earned=scored.earned,
            disclosure=_disclosure(quiz, shows_key=shows_key, is_right=scored.earned >= 1.0),
        )
        for scored in outcome.items
    ]


def _disclosure(quiz: Quiz, *, shows_key: bool, is_right: bool) -> Disclosure:
    """Explanations often hold the key, so a wrong answer is explained only where the key may be told."""
    explains = "explanations" in quiz.feedback_after
    return Disclosure(
        marks="marks" in quiz.feedback_after,
        key=shows_key,
        feedback=explains,
        explanation=explains and (shows_key or is_right),
    )


def _recommended(visit: Visit, quiz: Quiz, outcome: AttemptOutcome) -> list[Module]:
    """Modules to read again after a fail."""
    if outcome.attempt.passed:
        return []
    return [visit.package.modules[module_id] for module_id in quiz.recommend]
