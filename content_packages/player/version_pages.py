"""The page on which a learner sees what a newer version brings, and chooses."""

from dataclasses import replace

from flask import redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from content_packages.library import read_canonical, read_package
from content_packages.player.moving_on import Offer, choose_version, find_offer
from content_packages.player.settings import PlayerSettings
from content_packages.player.ticket import seal_ticket
from content_packages.player.version_words import authors_words, told_changes
from content_packages.player.visits import Visit, current_visit, reading_language, refuse_preview
from xapi_bridge.running_app import now, reading, section, transaction


def offer_for(session: Session, visit: Visit) -> Offer | None:
    """As `find_offer`; nothing for a teacher, who always sees the current version."""
    return None if visit.is_preview else find_offer(session, visit.study)


def show_versions() -> AnyResponse | str:
    """What the newer version brings; back to the lesson when there is none."""
    refuse_preview()
    with reading() as session:
        visit = current_visit(session)
        offer = find_offer(session, visit.study)
        if offer is None:
            return redirect(url_for("player.show_entry"), code=303)
        digest = offer.version.digest
        newer = read_package(session, digest, language=reading_language())
        begun = visit.package
        words = authors_words(
            read_canonical(session, digest), after=begun.version, until=offer.version.version
        )
    return render_template(
        "player/versions.html", visit=visit, offer=offer, words=words, changes=told_changes(begun, newer)
    )


def send_choice() -> AnyResponse:
    """Keeps the choice. Who moves within a major version goes on at once, with a ticket for the new one."""
    refuse_preview()
    with transaction() as session:
        visit = current_visit(session)
        moves = request.form.get("choice") == "move"
        offer = choose_version(session, visit.study, request.form.get("digest", ""), moves=moves, now=now())
    if not moves:
        return redirect(url_for("player.show_entry"), code=303)
    if offer.begins_anew:
        return redirect(url_for("player.show_versions"), code=303)
    moved = replace(visit.ticket, package_digest=offer.version.digest)
    sealed = seal_ticket(moved, secret=section(PlayerSettings).secret)
    return redirect(url_for("player.show_entry", ticket=sealed), code=303)
