"""The learner's own page, opened from an LTI launch: results, what is next, the own data."""

from flask import Blueprint, Response, g, render_template, url_for
from sqlalchemy.orm import Session

from content_packages.player.ticket import Ticket
from content_packages.player.visits import Visit, current_visit, guard
from lti_tool.admin.errors import AccessRefused
from lti_tool.reports import csv_tables
from lti_tool.reports.pages import FORMS, current_programme, file_of
from sync.calendars import local_day
from sync.organization.units import label_on
from sync.reports.accounts import find_owner
from sync.reports.evidence import Evidence, list_account_evidence, standings_from
from sync.reports.next_steps import next_step
from sync.reports.people import find_names, list_posts
from sync.rollups.follower import freshness
from xapi_bridge.running_app import now, reading

# Under /hoc, because the cookie that binds a ticket to its browser goes to these addresses only.
blueprint = Blueprint("own_results", __name__, url_prefix="/hoc")
guard(blueprint)


@blueprint.get("/<ticket>/ket-qua")
def show() -> str:
    """What the learner has done, what is next, and what is kept about the learner."""
    today = local_day(now())
    with reading() as session:
        visit = _learners_visit(session)
        programme = current_programme(session)
        pieces = _own(session, visit)
        standings = standings_from(pieces)
        done = {one.module_iri: one for one in standings}
        person_id = find_owner(session, visit.ticket.learner.home_page, visit.ticket.learner.name)
        posts = [] if person_id is None else list_posts(session, person_id)
        required = [module for module in programme.modules if module.iri in programme.required_iris]
        return render_template(
            "reports/own_results.html",
            visit=visit,
            fresh=freshness(session),
            programme=programme,
            required=required,
            done=done,
            others=[one for one in standings if one.module_iri not in programme.required_iris],
            completed=sum(1 for module in required if _is_complete(done.get(module.iri))),
            step=next_step(standings, programme),
            pieces=pieces,
            name=None if person_id is None else find_names(session, [person_id]).get(person_id),
            posts=posts,
            units=label_on(session, {post.unit_id for post in posts}, on_date=today),
        )


@blueprint.get(f"/<ticket>/ket-qua/ban-ghi.{FORMS}")
def records(form: str) -> Response:
    """Everything that counts for the learner, as a file."""
    with reading() as session:
        pieces = _own(session, _learners_visit(session))
        table = csv_tables.tabulate_evidence(pieces, current_programme(session))
    return file_of("ket-qua-cua-toi", table, day=local_day(now()), form=form)


@blueprint.app_context_processor
def offer_own_results() -> dict[str, str]:
    """The player's pages show a way to this page when it is given; they do not know it otherwise."""
    ticket: Ticket | None = g.get("ticket")
    if ticket is None or ticket.role != "learner" or ticket.is_sample:
        return {}
    return {"own_results_url": url_for("own_results.show")}


def _learners_visit(session: Session) -> Visit:
    visit = current_visit(session)
    if visit.is_preview:
        raise AccessRefused("This page is for learners: a teacher has the page of the course.")
    return visit


def _own(session: Session, visit: Visit) -> list[Evidence]:
    learner = visit.ticket.learner
    return list_account_evidence(session, learner.home_page, learner.name, until=local_day(now()))


def _is_complete(standing: object) -> bool:
    return getattr(standing, "first_completed_on", None) is not None
