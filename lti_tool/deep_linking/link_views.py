"""The teacher's page of one link: its times in this course, behind the player's door, with its ticket."""

from dataclasses import dataclass, replace

from flask import Blueprint, g, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from content_packages.player.ticket import Ticket
from content_packages.player.visits import current_visit, guard
from lti_tool.admin.errors import AccessRefused
from lti_tool.deep_linking.catalogue import find_content, kind_of
from lti_tool.deep_linking.item_form import ItemForm, read_item, show_item
from lti_tool.deep_linking.links import LinkSettings, read_link_settings, set_up_link
from lti_tool.launch.models import LaunchSession
from xapi_bridge.running_app import now, reading, transaction

# Under /hoc, because the cookie that binds a ticket to its browser goes to these addresses only.
blueprint = Blueprint("link_settings", __name__, url_prefix="/hoc")
guard(blueprint)


@dataclass(frozen=True)
class OpenedLink:
    """The link of this request, in the course from which its teacher came."""

    settings: LinkSettings
    registration_id: int
    course_id: str


@blueprint.get("/<ticket>/cai-dat-bai")
def show() -> str:
    """The settings of a link in this course; a copy offers those of the course it was copied from."""
    with reading() as session:
        opened = _opened(session)
        return _page(session, opened, show_item(opened.settings.item), saved="da-luu" in request.args)


@blueprint.post("/<ticket>/cai-dat-bai")
def change() -> AnyResponse | tuple[str, int]:
    """Keeps the settings for this course."""
    with transaction() as session:
        opened = _opened(session)
        item, form = read_item(opened.settings.item, request.form)
        if request.form.get("do") == "carry-over":
            item = replace(
                opened.settings.item,
                available=opened.settings.earlier_available,
                submission=opened.settings.earlier_submission,
            )
        elif form.troubles:
            return _page(session, opened, form), 400
        ticket: Ticket = g.ticket
        set_up_link(
            session,
            ticket.link_id,
            item,
            registration_id=opened.registration_id,
            course_id=opened.course_id,
            by=ticket.learner.name,
            now=now(),
        )
    return redirect(f"{url_for('link_settings.show')}?da-luu=1", code=303)


@blueprint.app_context_processor
def offer_settings() -> dict[str, str]:
    """The player's pages show a way to this page when it is given; they do not know it otherwise."""
    ticket: Ticket | None = g.get("ticket")
    if ticket is None or ticket.role != "teacher" or not ticket.link_id:
        return {}
    return {"link_settings_url": url_for("link_settings.show")}


def _opened(session: Session) -> OpenedLink:
    """The link of the ticket.

    Raises:
        AccessRefused: a learner asks, or the launch opened no link of ours.
    """
    ticket: Ticket = g.ticket
    launch = session.get(LaunchSession, ticket.launch_session_id)
    if ticket.role != "teacher" or launch is None:
        raise AccessRefused("This page is for the teachers of the course.")
    settings = read_link_settings(
        session, ticket.link_id, registration_id=launch.registration_id, course_id=launch.course_id
    )
    if settings is None:
        raise AccessRefused("This activity was not added by choosing content, so it has no settings here.")
    return OpenedLink(settings, launch.registration_id, launch.course_id)


def _page(session: Session, opened: OpenedLink, form: ItemForm, *, saved: bool = False) -> str:
    entry = find_content(session, form.content)
    return render_template(
        "deep_linking/link.html",
        visit=current_visit(session),
        settings=opened.settings,
        form=form,
        testing=entry is not None and kind_of(entry).is_test,
        saved=saved,
    )
