"""The teacher's page of a course, opened from an LTI launch: behind the player's door, with its ticket."""

from flask import Blueprint, g, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from content_packages.player.teacher_looks import note_teacher_look
from content_packages.player.ticket import Ticket
from content_packages.player.visits import Visit, current_visit, guard
from lti_tool.admin.errors import AccessRefused
from lti_tool.reports.course import CourseProgress, follow_course
from lti_tool.reports.course_scores import (
    NEEDS_ATTENTION,
    list_course_scores,
    require_score_of_course,
)
from sync.grade_errors import RosterUnknown
from sync.rollups.follower import freshness
from sync.roster import read_roster_now
from sync.score_state import send_again
from sync.settings import SyncSettings
from xapi_bridge.running_app import now, reading, section, transaction

# Under /hoc, because the cookie that binds a ticket to its browser goes to these addresses only.
blueprint = Blueprint("course_report", __name__, url_prefix="/hoc")
guard(blueprint)


@blueprint.get("/<ticket>/lop-hoc")
def learners() -> str:
    """The learners of the course and how far each one is."""
    with reading() as session:
        visit = _teachers_visit(session)
        progress = _progress(session, visit)
        fresh = freshness(session)
    note_teacher_look("teacher_course", visit=visit, people=len(progress.learners) + len(progress.not_begun))
    return render_template("reports/course.html", visit=visit, progress=progress, fresh=fresh)


@blueprint.get("/<ticket>/lop-hoc/diem")
def scores() -> str:
    """Where each score of the course is on its way to the LMS, and what to do."""
    with reading() as session:
        visit = _teachers_visit(session)
        listed = list_course_scores(session, visit.ticket.launch_session_id)
    note_teacher_look("teacher_scores", visit=visit, people=len({one.code for one in listed}))
    return render_template(
        "reports/course_scores.html",
        visit=visit,
        scores=listed,
        attention=sum(one.score.state in NEEDS_ATTENTION for one in listed),
        resent=request.args.get("da-gui") == "1",
    )


@blueprint.post("/<ticket>/lop-hoc/diem/<int:outgoing_score_id>/gui-lai")
def resend(outgoing_score_id: int) -> Response:
    """Sends one score of the course again."""
    with transaction() as session:
        visit = _teachers_visit(session)
        require_score_of_course(session, visit.ticket.launch_session_id, outgoing_score_id)
        send_again(session, outgoing_score_id, now=now())
    return redirect(f"{url_for('course_report.scores')}?da-gui=1", code=303)


@blueprint.post("/<ticket>/lop-hoc/danh-sach/doc-lai")
def read_members_again() -> Response:
    """Has the course's list of members read now."""
    with transaction() as session:
        visit = _teachers_visit(session)
        progress = _progress(session, visit)
        if progress.roster is None:
            raise RosterUnknown("The LMS gives no list of members for this course.")
        read_roster_now(session, progress.roster.roster_id, now=now())
    return redirect(url_for("course_report.learners"), code=303)


def _teachers_visit(session: Session) -> Visit:
    visit = current_visit(session)
    if not visit.is_preview:
        raise AccessRefused("This page is for the teachers of the course.")
    return visit


def _progress(session: Session, visit: Visit) -> CourseProgress:
    return follow_course(
        session,
        visit.ticket.launch_session_id,
        package=visit.package,
        iri_base=section(SyncSettings).iri_base,
    )


@blueprint.app_context_processor
def offer_course_report() -> dict[str, str]:
    """The player's pages show a way to this page when it is given; they do not know it otherwise."""
    ticket: Ticket | None = g.get("ticket")
    if ticket is None or ticket.role != "teacher" or ticket.is_sample:
        return {}
    return {"course_report_url": url_for("course_report.learners")}
