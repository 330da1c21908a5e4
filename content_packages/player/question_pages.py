"""Pages of one question of an open attempt: shown, saved, checked, all of them ahead for a poor line."""

import re
from datetime import datetime
from typing import Any

from flask import jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from content_packages.assessment.answers import save_answer, save_draft
from content_packages.assessment.responses import Response, response_from_form
from content_packages.assessment.tries import try_answer
from content_packages.errors import AnswerConflict, AnswerSettled, AnswerUnreadable, AttemptOver
from content_packages.player.attempt_page import AttemptPage, find_attempt_page, told_answer
from content_packages.player.lesson_pages import posted_seq
from content_packages.player.visits import refuse_preview
from content_packages.player.wording import shown_time
from xapi_bridge.running_app import now, reading, transaction

_MOST_REPLACED = 8
_CLIENT_ID = re.compile(r"[0-9a-zA-Z-]{8,36}")


def show_question(quiz_id: str, number: int, position: int) -> AnyResponse | str:
    """One question of an attempt with the saved answer."""
    refuse_preview()
    with reading() as session:
        page = find_attempt_page(session, quiz_id, number)
    if is_over(page):
        return _to_attempt(quiz_id, number)
    return _question_page(page, position)


def show_all_questions(quiz_id: str, number: int) -> AnyResponse:
    """Every question of an open attempt as a form (JSON), so that a broken line stops nobody half-way."""
    refuse_preview()
    with reading() as session:
        page = find_attempt_page(session, quiz_id, number)
    if is_over(page):
        raise AttemptOver("The attempt is finished, or its time is over.")
    return jsonify({"forms": {str(one.position): _form_html(page, one.position) for one in page.items}})


def send_answer(quiz_id: str, number: int, position: int) -> AnyResponse | tuple[str, int]:
    """Saves the answer of the form and goes where its button says; works without JavaScript."""
    refuse_preview()
    response = Response()
    checks = request.form.get("goto") == "check"
    try:
        with transaction() as session:
            page = find_attempt_page(session, quiz_id, number)
            question = page.question_at(position)
            response = response_from_form(question, request.form.to_dict(flat=False))
            if checks and not response.is_empty:
                try_answer(
                    session,
                    page.attempt.id,
                    quiz=page.quiz,
                    question=question,
                    position=position,
                    response=response,
                    seen_seq=posted_seq(),
                    now=now(),
                )
            else:
                save_answer(
                    session,
                    page.attempt.id,
                    position=position,
                    response=response,
                    seen_seq=posted_seq(),
                    now=now(),
                )
    except AnswerConflict:
        return _conflict_page(quiz_id, number, position, response)
    except AnswerSettled:
        pass  # It was checked meanwhile and stays as it is; the learner goes on.
    except AttemptOver:
        return _to_attempt(quiz_id, number)
    return redirect(_target(page, position), code=303)


def keep_draft(quiz_id: str, number: int, position: int) -> AnyResponse | tuple[AnyResponse, int]:
    """Autosave: acknowledges the answer with the time at which it was kept (JSON)."""
    refuse_preview()
    response = Response()
    try:
        with transaction() as session:
            page = find_attempt_page(session, quiz_id, number)
            response = response_from_form(page.question_at(position), request.form.to_dict(flat=False))
            saved = save_draft(
                session,
                page.attempt.id,
                position=position,
                response=response,
                seen_seq=posted_seq(),
                now=now(),
                client_id=_client_id(),
                after=_replaced_ids(),
            )
    except AnswerConflict:
        return _conflict_fragment(quiz_id, number, position, response)
    return jsonify(
        {"seq": saved.seq, "words": _saved_words(saved.saved_at), "seconds_left": page.seconds_left}
    )


def is_over(page: AttemptPage) -> bool:
    """Whether no answer can come any more."""
    return not page.attempt.is_open or page.attempt.is_time_over(now())


def question_url(page: AttemptPage, position: int) -> str:
    """Address of a question of the attempt."""
    return url_for(
        "player.show_question", quiz_id=page.quiz.id, number=page.attempt.number, position=position
    )


def _to_attempt(quiz_id: str, number: int) -> AnyResponse:
    return redirect(url_for("player.show_attempt", quiz_id=quiz_id, number=number), code=303)


def _client_id() -> str | None:
    """The browser's own id of a save.

    Raises:
        AnswerUnreadable: it is none.
    """
    written = request.form.get("client_id", "")
    if written and not _CLIENT_ID.fullmatch(written):
        raise AnswerUnreadable("The field `client_id` is 8 to 36 letters and digits.")
    return written or None


def _replaced_ids() -> tuple[str, ...]:
    """The browser's ids of earlier saves that this one replaces, whether or not they arrived.

    Raises:
        AnswerUnreadable: one is none, or they are too many.
    """
    written = request.form.getlist("after")
    if len(written) > _MOST_REPLACED or not all(_CLIENT_ID.fullmatch(one) for one in written):
        raise AnswerUnreadable(f"The field `after` holds at most {_MOST_REPLACED} ids of saves.")
    return tuple(written)


def _saved_words(saved_at: datetime) -> str:
    return str(_("Đã lưu %(time)s", time=shown_time(saved_at)))


def _question_page(page: AttemptPage, position: int, *, sent: str = "") -> str:
    return render_template("player/question.html", **_shown(page, position, sent))


def _form_html(page: AttemptPage, position: int, *, sent: str = "") -> str:
    html: str = render_template("player/question_form.html", **_shown(page, position, sent))
    return html


def _shown(page: AttemptPage, position: int, sent: str) -> dict[str, Any]:
    return {
        "page": page,
        "visit": page.visit,
        "item": page.find_item(position),
        "form": page.live_form(position),
        "situation": page.situation_at(position),
        "sent": sent,
    }


def _conflict_page(quiz_id: str, number: int, position: int, response: Response) -> tuple[str, int]:
    """Both answers: the saved one in the form, the one just sent in words."""
    with reading() as session:
        page = find_attempt_page(session, quiz_id, number)
    return _question_page(page, position, sent=told_answer(page.question_at(position), response)), 409


def _conflict_fragment(
    quiz_id: str, number: int, position: int, response: Response
) -> tuple[AnyResponse, int]:
    with reading() as session:
        page = find_attempt_page(session, quiz_id, number)
    html = _form_html(page, position, sent=told_answer(page.question_at(position), response))
    words = _("Câu %(number)s vừa được trả lời ở nơi khác.", number=position)
    return jsonify({"code": AnswerConflict.code, "title": words, "next_step": "", "html": html}), 409


def _target(page: AttemptPage, position: int) -> str:
    """Where the pressed button leads: the question before or after, one by its number, or the review."""
    asked = request.form.get("goto", "next")
    steps = {"previous": position - 1, "next": position + 1, "stay": position, "check": position}
    target = steps.get(asked, int(asked) if asked.isascii() and asked.isdigit() else 0)
    if 1 <= target <= len(page.items):
        return question_url(page, target)
    return url_for("player.show_review", quiz_id=page.quiz.id, number=page.attempt.number)
