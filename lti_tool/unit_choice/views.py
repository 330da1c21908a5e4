"""The learner's page of the unit, behind the player's door: find it, choose it, do it later, correct it."""

from flask import Blueprint, Response, current_app, g, jsonify, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from content_packages.player import views as player_pages
from content_packages.player.visits import Visit, current_visit, guard, refuse_preview
from lti_tool.error_pages import explanation_of
from lti_tool.identity.recognizing import seal_name
from lti_tool.settings import Settings
from lti_tool.unit_choice.asking import find_standing, is_unit_missing
from sync.calendars import local_day
from sync.errors import OrganizationRefused, UnitUnknown
from sync.organization.staff import find_identity
from sync.organization.unit_claims import declare_unit, skip_choice
from sync.organization.units import FoundUnit, search_units
from xapi_bridge.running_app import now, reading, transaction

# Under /hoc, because the cookie that binds a ticket to its browser goes to these addresses only.
blueprint = Blueprint("unit_choice", __name__, url_prefix="/hoc")
guard(blueprint)

_FOUND_UNITS = 20
_SHORTEST_WORDS = 2
_LONGEST_WORDS = 80


@blueprint.get("/<ticket>/don-vi")
def choose() -> str:
    """What is known of the learner's unit, and the search for it."""
    refuse_preview()
    return _page()


@blueprint.get("/<ticket>/don-vi/tim")
def search() -> Response:
    """Units by a part of the name, for the list that opens while typing."""
    refuse_preview()
    with reading() as session:
        found = _find(session, request.args.get("ten", ""))
    return jsonify([{"id": one.unit.unit_id, "name": one.unit.name, "above": _above(one)} for one in found])


@blueprint.post("/<ticket>/don-vi")
def declare() -> AnyResponse | tuple[str, int]:
    """The learner chose a unit."""
    refuse_preview()
    try:
        with transaction() as session:
            visit = current_visit(session)
            identity = find_identity(session, visit.ticket.learner, now=now())
            sealed = seal_name(visit.ticket.learner_name, secret=_settings().secret_key.get_secret_value())
            declare_unit(session, identity.identity_id, unit_id=_asked_unit(), sealed_name=sealed, now=now())
    except OrganizationRefused as refusal:
        explanation = explanation_of(type(refusal))
        return _page(refused=explanation), explanation.status
    return redirect(url_for("player.show_entry"), code=303)


@blueprint.post("/<ticket>/don-vi/de-sau")
def skip() -> AnyResponse:
    """The learner wants to learn first."""
    refuse_preview()
    if _settings().unit_choice == "required":
        return redirect(url_for("unit_choice.choose"), code=303)
    with transaction() as session:
        visit = current_visit(session)
        skip_choice(session, find_identity(session, visit.ticket.learner, now=now()).identity_id, now=now())
    return redirect(url_for("player.show_entry"), code=303)


@player_pages.blueprint.before_request
def lesson_waits_for_unit() -> AnyResponse | None:
    """Where the choice is required, every page of the lesson leads to it first."""
    if _settings().unit_choice != "required" or "ticket" not in g or request.method != "GET":
        return None
    with reading() as session:
        is_missing = is_unit_missing(session, g.ticket)
    return redirect(url_for("unit_choice.choose"), code=303) if is_missing else None


@blueprint.app_context_processor
def offer_unit_choice() -> dict[str, str]:
    """The player's pages show a way to this page when it is given; they do not know it otherwise."""
    ticket = g.get("ticket")
    if ticket is None or ticket.role != "learner" or _settings().unit_choice == "off":
        return {}
    return {"unit_choice_url": url_for("unit_choice.choose")}


def _page(**shown: object) -> str:
    words = request.args.get("ten", "").strip()[:_LONGEST_WORDS]
    with transaction() as session:
        visit: Visit = current_visit(session)
        identity = find_identity(session, visit.ticket.learner, now=now())
        standing = find_standing(session, identity, now=now())
        return render_template(
            "unit_choice.html",
            visit=visit,
            standing=standing,
            words=words,
            found=[(one, _above(one)) for one in _find(session, words)],
            may_skip=_settings().unit_choice != "required",
            **shown,
        )


def _find(session: Session, words: str) -> list[FoundUnit]:
    words = words.replace("\x00", "").strip()[:_LONGEST_WORDS]
    if len(words) < _SHORTEST_WORDS:
        return []
    found = search_units(session, words, on_date=local_day(now()), limit=_FOUND_UNITS)
    return [one for one in found if one.unit.level != "national"]


def _above(found: FoundUnit) -> str:
    """The units above, the nearest first, without the nation."""
    return ", ".join(unit.name for unit in reversed(found.above) if unit.level != "national")


def _asked_unit() -> int:
    value = request.form.get("unit_id", "")
    if not value.isascii() or not value.isdigit() or len(value) > 9:
        raise UnitUnknown("Choose a unit from the list.")
    return int(value)


def _settings() -> Settings:
    settings: Settings = current_app.config["CCHC_SETTINGS"]
    return settings
