"""The teacher's page of a course, opened from an LTI launch: behind the player's door, with its ticket."""

from flask import Blueprint, g, render_template, url_for

from content_packages.player.ticket import Ticket
from content_packages.player.visits import current_visit, guard
from lti_tool.admin.errors import AccessRefused
from lti_tool.reports.course import follow_course
from sync.rollups.follower import freshness
from sync.settings import SyncSettings
from xapi_bridge.running_app import reading, section

# Under /hoc, because the cookie that binds a ticket to its browser goes to these addresses only.
blueprint = Blueprint("course_report", __name__, url_prefix="/hoc")
guard(blueprint)


@blueprint.get("/<ticket>/lop-hoc")
def learners() -> str:
    """The learners of the course and how far each one is."""
    with reading() as session:
        visit = current_visit(session)
        if not visit.is_preview:
            raise AccessRefused("This page is for the teachers of the course.")
        progress = follow_course(
            session,
            visit.ticket.launch_session_id,
            package=visit.package,
            iri_base=section(SyncSettings).iri_base,
        )
        return render_template(
            "reports/course.html", visit=visit, progress=progress, fresh=freshness(session)
        )


@blueprint.app_context_processor
def offer_course_report() -> dict[str, str]:
    """The player's pages show a way to this page when it is given; they do not know it otherwise."""
    ticket: Ticket | None = g.get("ticket")
    if ticket is None or ticket.role != "teacher":
        return {}
    return {"course_report_url": url_for("course_report.learners")}
