"""Pages of a quiz as a whole: rules, beginning, review before the end, result."""

import secrets

from flask import redirect, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from content_packages.assessment.allowances import allowed_percent, extended
from content_packages.assessment.attempts import QuizStanding
from content_packages.assessment.blueprint import draw_questions
from content_packages.assessment.certainty import CertaintyResult, sum_certainty
from content_packages.assessment.disclosure import shown_in
from content_packages.assessment.finishing import AttemptOutcome, read_outcome
from content_packages.contents import Quiz, Window
from content_packages.errors import AttemptNotAllowed
from content_packages.player.attempt_page import (
    AttemptPage,
    feedback_forms,
    find_attempt_page,
    phase_now,
    situation_of,
    standing_of,
)
from content_packages.player.examinations import attempt_window, begin_quiz, hand_in
from content_packages.player.question_form import key_form, plain_text
from content_packages.player.question_pages import is_over, question_url
from content_packages.player.recommending import recommend
from content_packages.player.ticket import Ticket
from content_packages.player.version_pages import offer_for
from content_packages.player.visits import Visit, current_visit, refuse_preview
from xapi_bridge.running_app import now, reading, transaction

_PREVIEW_SEED = 1


def show_quiz(quiz_id: str) -> str:
    """Rules of a quiz, earlier attempts, and the button to begin or go on."""
    with reading() as session:
        visit = current_visit(session)
        quiz = visit.find_quiz(quiz_id)
        if visit.is_preview:
            return _preview_page(visit, quiz)
        return _quiz_page(session, visit, quiz)


def begin_attempt(quiz_id: str) -> AnyResponse | tuple[str, int]:
    """Begins an attempt, or goes on with the one in progress."""
    refuse_preview()
    try:
        with transaction() as session:
            visit = current_visit(session)
            quiz = visit.find_quiz(quiz_id)
            attempt = begin_quiz(
                session,
                visit.study,
                quiz,
                seed=secrets.randbelow(2**31),
                now=now(),
                opens_at=visit.ticket.answers_from,
                closes_at=visit.ticket.answers_until,
                course_id=visit.ticket.course_id,
            )
    except AttemptNotAllowed:
        with reading() as session:
            return _quiz_page(session, visit, quiz), 409
    return redirect(url_for("player.show_attempt", quiz_id=quiz_id, number=attempt.number), code=303)


def show_attempt(quiz_id: str, number: int) -> AnyResponse | str:
    """The result of a finished attempt; an open one goes on where it stopped."""
    refuse_preview()
    with transaction() as session:
        page = find_attempt_page(session, quiz_id, number)
        if not is_over(page):
            return redirect(question_url(page, next(iter(page.unanswered), 1)), code=303)
        outcome = _outcome(session, page)
        standing = standing_of(session, page.visit, page.quiz)
    return _result_page(page, outcome, standing)


def show_review(quiz_id: str, number: int) -> AnyResponse | str:
    """All questions of an attempt before it is handed in."""
    refuse_preview()
    with reading() as session:
        page = find_attempt_page(session, quiz_id, number)
    if is_over(page):
        return redirect(url_for("player.show_attempt", quiz_id=quiz_id, number=number), code=303)
    stems = {item.position: plain_text(page.question_at(item.position).stem) for item in page.items}
    return render_template("player/review.html", page=page, visit=page.visit, stems=stems)


def hand_in_attempt(quiz_id: str, number: int) -> AnyResponse:
    """Hands in the attempt; a second time changes nothing."""
    refuse_preview()
    with transaction() as session:
        page = find_attempt_page(session, quiz_id, number)
        hand_in(session, page.attempt, iri_base=page.visit.study.iri_base, now=now())
    return redirect(url_for("player.show_attempt", quiz_id=quiz_id, number=number), code=303)


def _outcome(session: Session, page: AttemptPage) -> AttemptOutcome:
    """Of a finished attempt; one whose time is over is handed in now."""
    if page.attempt.is_open:
        return hand_in(session, page.attempt, iri_base=page.visit.study.iri_base, now=now())
    return read_outcome(session, page.attempt, package=page.package)


def _quiz_page(session: Session, visit: Visit, quiz: Quiz) -> str:
    standing = standing_of(session, visit, quiz)
    percent = allowed_percent(session, visit.study.learner, package_id=visit.package.id, quiz_id=quiz.id)
    allowed_at = standing.next_allowed_at
    open_attempt = standing.open_attempt
    window = window_of(visit.ticket, quiz)
    return render_template(
        "player/quiz.html",
        visit=visit,
        quiz=quiz,
        standing=standing,
        time_limit=extended(quiz.time_limit, percent=percent) if quiz.time_limit else None,
        extra_percent=percent if quiz.time_limit else 0,
        waits_until=allowed_at if allowed_at is not None and allowed_at > now() else None,
        resumes=open_attempt is not None and not open_attempt.is_time_over(now()),
        module=visit.package.module_of_quiz(quiz.id),
        offer=offer_for(session, visit) if open_attempt is None else None,
        window=window,
        window_state=_window_state(window),
    )


def window_of(ticket: Ticket, quiz: Quiz) -> Window:
    """When attempts are possible, by the quiz and by the teacher of the course."""
    return attempt_window(quiz, opens_at=ticket.answers_from, closes_at=ticket.answers_until)


def _window_state(window: Window) -> str:
    """Whether the time for attempts is now: `before`, `open`, `over`; "" where none is set."""
    if window.opens_at is None and window.last_start_at is None:
        return ""
    if window.opens_at is not None and now() < window.opens_at:
        return "before"
    return "over" if window.last_start_at is not None and now() >= window.last_start_at else "open"


def _preview_page(visit: Visit, quiz: Quiz) -> str:
    """One possible draw with its key, for a teacher."""
    questions = visit.package.questions
    drawn = draw_questions(quiz, questions.values(), seed=_PREVIEW_SEED)
    forms = [
        key_form(questions[one.question_id], key=one.question_id, order=one.option_order) for one in drawn
    ]
    situations = {one.question_id: situation_of(visit.package, questions[one.question_id]) for one in drawn}
    return render_template(
        "player/quiz_preview.html", visit=visit, quiz=quiz, forms=forms, situations=situations
    )


def _result_page(page: AttemptPage, outcome: AttemptOutcome, standing: QuizStanding) -> str:
    quiz = page.quiz
    maximum = sum(scored.question.mark for scored in outcome.items)
    phase = phase_now(outcome.attempt, standing)
    allowed_at = standing.next_allowed_at
    return render_template(
        "player/result.html",
        visit=page.visit,
        quiz=quiz,
        attempt=outcome.attempt,
        standing=standing,
        shows_score="score" in shown_in(quiz, phase),
        points=(outcome.attempt.score or 0.0) * maximum,
        maximum=maximum,
        forms=feedback_forms(outcome, quiz, phase),
        situations=[situation_of(page.package, scored.question) for scored in outcome.items],
        certainty=_certainty(quiz, outcome),
        recommendation=recommend(page.visit.package, quiz, outcome),
        module=page.visit.package.module_of_quiz(quiz.id),
        may_retry=standing.attempts_left != 0
        and _window_state(window_of(page.visit.ticket, quiz)) in {"", "open"},
        waits_until=allowed_at if allowed_at is not None and allowed_at > now() else None,
    )


def _certainty(quiz: Quiz, outcome: AttemptOutcome) -> CertaintyResult | None:
    """Points by certainty, where the quiz asks for it and marks may be told."""
    if not quiz.certainty or "marks" not in quiz.feedback.after:
        return None
    return sum_certainty(
        (scored.earned, scored.response.certainty)
        for scored in outcome.items
        if scored.item.is_answered and scored.question.type != "essay"
    )
