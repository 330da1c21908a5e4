"""The experts' desk: the queue, one question, its draft, merging, taking a question."""

from datetime import timedelta
from typing import Final

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from content_packages.errors import AnsweringRefused
from content_packages.experts.answering import answer_with_entry, merge_into_question
from content_packages.experts.areas import AREA_TITLES
from content_packages.experts.drafts import Draft, refuse_foreign, save_draft, submit_draft
from content_packages.experts.history import get_question
from content_packages.experts.queue import QueueFilter, count_queue, deadline_of, list_queue
from content_packages.experts.routing import assign_question
from content_packages.experts.settings import ExpertSettings
from content_packages.experts.states import ANSWERED, OPEN, State
from content_packages.experts.working_days import local_day
from lti_tool.admin.guard import keep_private, only_as_permitted, say
from lti_tool.asking.words import lend_words
from lti_tool.error_pages import explanation_of
from lti_tool.experts.desk import act, current_editor, expert_account, question_page
from lti_tool.experts.draft_form import read_draft_form
from xapi_bridge.running_app import now, reading, section, transaction
from xapi_bridge.store.audit import note_action

blueprint = Blueprint("expert_desk", __name__, url_prefix="/quan-tri/hoi-dap")
blueprint.before_request(only_as_permitted)
blueprint.after_request(keep_private)
blueprint.app_context_processor(lend_words)

_PER_PAGE: Final = 50
#: Word in the address -> states shown.
_VIEWS: Final = {
    "cho": OPEN,
    "duyet": frozenset({State.IN_REVIEW}),
    "da-tra-loi": ANSWERED | {State.MERGED},
    "khac": frozenset({State.WITHDRAWN, State.HIDDEN, State.RETRACTED}),
}


@blueprint.get("/")
def listing() -> str:
    """Questions, the most urgent first, with their deadlines."""
    view = request.args.get("xem", "cho")
    wanted = _wanted(view)
    page = max(1, request.args.get("trang", 1, type=int))
    today, holidays = local_day(now()), section(ExpertSettings).holidays
    with reading() as session:
        total = count_queue(session, wanted)
        questions = list_queue(session, wanted, offset=(page - 1) * _PER_PAGE, limit=_PER_PAGE)
        overdue = count_queue(session, QueueFilter(of_expert=wanted.of_expert, overdue_on=today))
        soon = count_queue(
            session, QueueFilter(of_expert=wanted.of_expert, overdue_on=today + timedelta(days=2))
        )
    return render_template(
        "admin/expert_queue.html",
        questions=questions,
        deadlines={one.id: deadline_of(one, today=today, holidays=holidays) for one in questions},
        view=view if view in _VIEWS else "cho",
        views=list(_VIEWS),
        areas=AREA_TITLES,
        area=wanted.area,
        words=wanted.words,
        mine=bool(wanted.of_expert),
        only_overdue=wanted.overdue_on is not None,
        overdue=overdue,
        soon=soon - overdue,
        total=total,
        page=page,
        pages=-(-total // _PER_PAGE),
        reviews=current_editor().reviews,
    )


@blueprint.get("/<int:question_id>")
def question(question_id: int) -> str:
    """One question with its draft, its history and what can be done."""
    return question_page(question_id)


@blueprint.post("/<int:question_id>/nhap")
def write(question_id: int) -> Response | str | tuple[str, int]:
    """Keeps the draft, shows it as readers will see it, or keeps it and sends it to review."""
    try:
        draft = read_draft_form(request.form)
    except AnsweringRefused as refusal:
        return question_page(question_id, refusal=refusal), explanation_of(type(refusal)).status
    do = request.form.get("do", "save")
    if do == "preview":
        return question_page(question_id, typed=draft, previews=True)
    try:
        return _keep(question_id, draft, submits=do == "submit")
    except AnsweringRefused as refusal:
        # What was typed stays on the page: nothing is lost.
        status = explanation_of(type(refusal)).status
        return question_page(question_id, typed=draft, refusal=refusal), status


@blueprint.post("/<int:question_id>/gop")
def merge(question_id: int) -> Response:
    """Says that the question is the same as another one, by its number, or as an entry, by its name."""
    other = request.form.get("same", "").strip().removeprefix("#").replace("\x00", "")

    def change(session: Session) -> None:
        if other.isascii() and other.isdigit() and len(other) < 10:
            merge_into_question(session, question_id, int(other), editor=current_editor(), now=now())
            return
        answer_with_entry(
            session,
            question_id,
            other,
            editor=current_editor(),
            expert=expert_account(),
            settings=section(ExpertSettings),
            now=now(),
        )

    return act(question_id, "question_merged", change, done=_("Đã gộp; người hỏi được báo khi có trả lời."))


@blueprint.post("/<int:question_id>/nhan")
def take(question_id: int) -> Response:
    """The signed-in expert takes a question of the own areas."""
    editor = current_editor()

    def change(session: Session) -> None:
        found = get_question(session, question_id, for_change=True)
        refuse_foreign(session, found, editor)
        assign_question(session, found, editor.name, who=editor.name, now=now())

    return act(question_id, "question_taken", change, done=_("Bạn đã nhận câu hỏi này."))


def _keep(question_id: int, draft: Draft, *, submits: bool) -> Response:
    editor = current_editor()
    with transaction() as session:
        save_draft(session, question_id, draft, editor=editor, now=now())
        if submits:
            submit_draft(session, question_id, editor=editor, now=now())
        action = "draft_submitted" if submits else "draft_saved"
        note_action(session, action, operator=editor.name, subject=f"question:{question_id}", now=now())
    say(_("Đã lưu và gửi duyệt.") if submits else _("Đã lưu nháp."))
    return redirect(url_for("expert_desk.question", question_id=question_id), code=303)


def _wanted(view: str) -> QueueFilter:
    editor = current_editor()
    mine = not editor.reviews or request.args.get("cua") == "toi"
    area = request.args.get("linh-vuc", "")
    return QueueFilter(
        states=_VIEWS.get(view, OPEN),
        area=area if area in AREA_TITLES else "",
        of_expert=editor.name if mine else "",
        overdue_on=local_day(now()) if request.args.get("qua-han") == "1" else None,
        words=request.args.get("q", "").replace("\x00", "").strip()[:100],
    )
