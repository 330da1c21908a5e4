"""Review and order: publish, return, correct, withdraw, refuse, block; experts' areas; figures."""

from datetime import timedelta
from typing import Final

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from content_packages.errors import AnsweringRefused
from content_packages.experts.answering import correct_answer, publish_answer, withdraw_answer
from content_packages.experts.areas import AREA_TITLES
from content_packages.experts.drafts import return_draft
from content_packages.experts.history import get_question
from content_packages.experts.moderation import (
    block_asker,
    hide_question,
    list_objections,
    restore_question,
    settle_objections,
    unblock_asker,
)
from content_packages.experts.queue import QueueFilter, deadline_of, list_queue
from content_packages.experts.routing import (
    areas_of,
    assign_question,
    change_area,
    list_experts,
    set_expert_areas,
)
from content_packages.experts.settings import ExpertSettings
from content_packages.experts.working_days import local_day
from lti_tool.admin.errors import OperatorNotFound
from lti_tool.admin.guard import keep_private, only_as_permitted, required_operator, say
from lti_tool.admin.operators import Role, list_operators
from lti_tool.error_pages import explanation_of
from lti_tool.experts.desk import act, current_editor, expert_account, question_page
from lti_tool.experts.draft_form import read_draft_form
from sync.reports.questions import count_answered_in_time, list_most_answering, list_unanswered_topics
from xapi_bridge.running_app import now, reading, section, transaction
from xapi_bridge.store.audit import note_action

blueprint = Blueprint("expert_review", __name__, url_prefix="/quan-tri/hoi-dap")
blueprint.before_request(only_as_permitted)
blueprint.after_request(keep_private)

#: Days that the figures look back, and the choices offered.
_SPANS: Final = (30, 90, 365)
_MAY_ANSWER: Final = frozenset({Role.EXPERT, Role.CONTENT_MANAGER, Role.ADMINISTRATOR})


@blueprint.post("/<int:question_id>/cong-bo")
def publish(question_id: int) -> Response:
    """The draft becomes an entry that search finds at once."""
    editor, expert, settings = current_editor(), expert_account(), section(ExpertSettings)

    def change(session: Session) -> None:
        publish_answer(session, question_id, editor=editor, expert=expert, settings=settings, now=now())

    return act(
        question_id, "answer_published", change, done=_("Đã công bố; tìm thấy ngay và người hỏi được báo.")
    )


@blueprint.post("/<int:question_id>/tra-lai")
def give_back(question_id: int) -> Response:
    """The draft needs mending."""

    def change(session: Session) -> None:
        return_draft(session, question_id, editor=current_editor(), reason=_reason(), now=now())

    return act(question_id, "draft_returned", change, done=_("Đã trả bản nháp để sửa."))


@blueprint.post("/<int:question_id>/sua")
def correct(question_id: int) -> Response | tuple[str, int]:
    """Another wording of a published answer."""
    typed = None
    try:
        typed = read_draft_form(request.form, written_by=current_editor().name)
        with transaction() as session:
            correct_answer(session, question_id, typed, editor=current_editor(), reason=_reason(), now=now())
            note_action(
                session,
                "answer_corrected",
                operator=current_editor().name,
                subject=f"question:{question_id}",
                now=now(),
            )
    except AnsweringRefused as refusal:
        # What was typed stays on the page.
        status = explanation_of(type(refusal)).status
        return question_page(question_id, typed=typed, refusal=refusal), status
    say(_("Đã sửa; bản trước vẫn lưu, mọi người hỏi được báo."))
    return redirect(url_for("expert_desk.question", question_id=question_id), code=303)


@blueprint.post("/<int:question_id>/rut")
def withdraw(question_id: int) -> Response:
    """The answer is no longer found."""

    def change(session: Session) -> None:
        withdraw_answer(session, question_id, editor=current_editor(), reason=_reason(), now=now())

    return act(question_id, "answer_withdrawn", change, done=_("Đã rút câu trả lời; người hỏi được báo."))


@blueprint.post("/<int:question_id>/khong-nhan")
def hide(question_id: int) -> Response:
    """The question is refused; the asker reads why."""

    def change(session: Session) -> None:
        hide_question(session, question_id, who=current_editor().name, reason=_reason(), now=now())

    return act(question_id, "question_hidden", change, done=_("Đã từ chối; người hỏi đọc được lý do."))


@blueprint.post("/<int:question_id>/nhan-lai")
def restore(question_id: int) -> Response:
    """A refused question waits again."""

    def change(session: Session) -> None:
        restore_question(session, question_id, who=current_editor().name, now=now())

    return act(question_id, "question_restored", change, done=_("Câu hỏi lại chờ trả lời."))


@blueprint.post("/<int:question_id>/chan")
def block(question_id: int) -> Response:
    """Whoever asked may not ask for some days."""
    days = request.form.get("days", "")
    count = int(days) if days.isascii() and days.isdigit() and len(days) < 5 else 0

    def change(session: Session) -> None:
        block_asker(session, question_id, days=count, who=current_editor().name, reason=_reason(), now=now())

    return act(question_id, "asker_blocked", change, done=_("Đã chặn người hỏi gửi câu mới."))


@blueprint.post("/<int:question_id>/bo-chan")
def unblock(question_id: int) -> Response:
    """Whoever asked may ask again."""
    return act(
        question_id,
        "asker_unblocked",
        lambda session: unblock_asker(session, question_id),
        done=_("Đã bỏ chặn."),
    )


@blueprint.post("/<int:question_id>/giao")
def assign(question_id: int) -> Response:
    """Another expert, another area, or both."""
    expert, area = request.form.get("expert", ""), request.form.get("area", "")

    def change(session: Session) -> None:
        found = get_question(session, question_id, for_change=True)
        if area in AREA_TITLES and area != found.area:
            change_area(session, found, area, who=current_editor().name, now=now())
        if expert and expert != found.expert:
            _require_answering(session, expert)
            assign_question(session, found, expert, who=current_editor().name, now=now(), note=_reason())

    return act(question_id, "question_assigned", change, done=_("Đã phân công."))


@blueprint.get("/chuyen-gia")
def experts() -> str:
    """Which expert answers which area."""
    with reading() as session:
        accounts = [
            one for one in list_operators(session) if one.role in _MAY_ANSWER and one.disabled_at is None
        ]
        loads = {one.expert: one for one in list_experts(session)}
    return render_template("admin/expert_areas.html", accounts=accounts, loads=loads, areas=AREA_TITLES)


@blueprint.post("/chuyen-gia")
def set_areas() -> Response:
    """The areas of one expert."""
    expert = request.form.get("expert", "")
    ticked = {area: True for area in request.form.getlist("area") if area in AREA_TITLES}
    with transaction() as session:
        _require_answering(session, expert)
        before = sorted(areas_of(session, expert))
        set_expert_areas(session, expert, ticked)
        note_action(
            session,
            "expert_areas_set",
            operator=required_operator().username,
            subject=f"operator:{expert}",
            now=now(),
            before=before,
            after=sorted(ticked),
        )
    say(_("Đã lưu lĩnh vực của %(name)s.", name=expert))
    return redirect(url_for("expert_review.experts"), code=303)


@blueprint.get("/so-lieu")
def report() -> str:
    """Deadlines kept, what is overdue, what answers most, what nobody answered."""
    span = request.args.get("ngay", 90, type=int)
    span = span if span in _SPANS else 90
    today = local_day(now())
    first = today - timedelta(days=span - 1)
    with reading() as session:
        by_area = {
            code: count_answered_in_time(session, first, today, today=today, area=code)
            for code in AREA_TITLES
        }
        overdue = list_queue(session, QueueFilter(overdue_on=today), limit=100)
        return render_template(
            "admin/expert_report.html",
            whole=count_answered_in_time(session, first, today, today=today),
            by_area=by_area,
            overdue=overdue,
            deadlines={
                one.id: deadline_of(one, today=today, holidays=section(ExpertSettings).holidays)
                for one in overdue
            },
            most={
                kind: list_most_answering(session, kind, first, today, limit=10)
                for kind in ("entry", "document", "section")
            },
            topics=list_unanswered_topics(session, first, today),
            span=span,
            spans=_SPANS,
        )


@blueprint.get("/bao-chua-dung")
def objections() -> str:
    """What readers call wrong, until somebody looked into it."""
    with reading() as session:
        found = list_objections(session)
    return render_template("admin/expert_objections.html", objections=found)


@blueprint.post("/bao-chua-dung")
def settle() -> Response:
    """Somebody looked into the objections to one answer."""
    key = request.form.get("key", "").replace("\x00", "")[:200]
    with transaction() as session:
        settle_objections(session, key, who=required_operator().username, now=now())
        note_action(
            session, "objections_settled", operator=required_operator().username, subject=key, now=now()
        )
    say(_("Đã ghi nhận đã xem."))
    return redirect(url_for("expert_review.objections"), code=303)


def _require_answering(session: Session, expert: str) -> None:
    """Raises unless the account exists, may sign in and may answer.

    Raises:
        OperatorNotFound: it does not.
    """
    found = {one.username: one for one in list_operators(session)}.get(expert)
    if found is None or found.role not in _MAY_ANSWER or found.disabled_at is not None:
        raise OperatorNotFound("No account of that name may answer questions.")


def _reason() -> str:
    return request.form.get("reason", "").replace("\x00", "").strip()
