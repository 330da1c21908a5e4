"""Console pages of periodic tests."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from flask import Blueprint, Response, current_app, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as WerkzeugResponse

from content_packages.library.versions import list_current_packages, read_package
from lti_tool.admin.guard import keep_private, only_as_permitted, required_operator
from lti_tool.admin.looks import note_look
from lti_tool.campaigns.words import STATE_WORDS, reason_of
from lti_tool.reports.access import require_unit
from lti_tool.reports.names import names_for_reader
from lti_tool.settings import Settings
from sync.calendars import local_day
from sync.campaigns.campaigns import (
    CampaignPlan,
    count_states,
    create_campaign,
    get_campaign,
    list_campaigns,
    list_commended,
    list_recommended,
    list_sittings,
)
from sync.campaigns.judging import SittingState
from sync.csv_files import write_csv
from sync.organization.populations import list_populations
from sync.organization.units import find_nation, label_on
from sync.organization_errors import CampaignMalformed
from sync.reports.people import PersonName
from sync.reports.programme import read_programme
from xapi_bridge.running_app import now, reading, transaction
from xapi_bridge.vocabulary.cchc import module_iri, quiz_iri

blueprint = Blueprint("campaigns", __name__, url_prefix="/quan-tri/kiem-tra-dinh-ky")
blueprint.before_request(only_as_permitted)
blueprint.after_request(keep_private)

_PEOPLE_SHOWN: Final = 200


@blueprint.get("/")
def listing() -> str:
    """Tests that concern the reader's unit, and the form for a new one."""
    with reading() as session:
        return render_template(
            "campaigns/listing.html",
            campaigns=list_campaigns(session, root_id=required_operator().unit_id),
            quizzes=_quizzes(session),
            populations=list_populations(session),
        )


@blueprint.post("/")
def create() -> WerkzeugResponse:
    """Plans a test for the reader's unit."""
    operator = required_operator()
    with transaction() as session:
        plan = _plan(session, operator.unit_id or find_nation(session).unit_id)
        require_unit(session, operator, plan.unit_id)
        campaign_id = create_campaign(session, plan, by=operator.username, now=now()).campaign_id
    return redirect(url_for("campaigns.show", campaign_id=campaign_id), code=303)


@blueprint.get("/<int:campaign_id>")
def show(campaign_id: int) -> str:
    """States, commended and recommended people of the reader's subtree."""
    chosen = next((one for one in SittingState if one.value == request.args.get("loai")), None)
    root_id, today = required_operator().unit_id, local_day(now())
    with reading() as session:
        row = get_campaign(session, campaign_id, root_id=root_id)
        sittings = list_sittings(session, row, today=today, within_id=root_id)
        shown = [one for one in sittings if chosen in {None, one.state}][:_PEOPLE_SHOWN]
        commended = list_commended(session, row, today=today, within_id=root_id)
        recommended = list_recommended(session, row, today=today, within_id=root_id)
        people = [
            *shown,
            *(one.sitting for one in commended[:_PEOPLE_SHOWN]),
            *(one.sitting for one in recommended[:_PEOPLE_SHOWN]),
        ]
        note_look("campaign", people=len({one.person_id for one in people}), campaign=campaign_id)
        return render_template(
            "campaigns/one.html",
            row=row,
            counts=count_states(sittings),
            sittings=shown,
            total=len(sittings),
            commended=commended[:_PEOPLE_SHOWN],
            recommended=recommended[:_PEOPLE_SHOWN],
            names=names_for_reader(session, [one.person_id for one in people]),
            units=label_on(session, {one.unit_id for one in people}, on_date=today),
            programme=read_programme(session, iri_base=_iri_base()),
            state_words=STATE_WORDS,
            reason_of=reason_of,
            chosen=chosen,
        )


@blueprint.get("/<int:campaign_id>/bieu-duong.csv")
def commended_file(campaign_id: int) -> Response:
    """Whom to commend, each with the reason."""
    root_id, today = required_operator().unit_id, local_day(now())
    with reading() as session:
        row = get_campaign(session, campaign_id, root_id=root_id)
        listed = list_commended(session, row, today=today, within_id=root_id)
        note_look("campaign_file", people=len(listed), campaign=campaign_id)
        names = names_for_reader(session, [one.sitting.person_id for one in listed])
        units = label_on(session, {one.sitting.unit_id for one in listed}, on_date=today)
        rows = [
            (
                *_named(names, one.sitting.person_id),
                units[one.sitting.unit_id].name,
                round(100 * (one.sitting.best or 0), 1),
                reason_of(one),
            )
            for one in listed
        ]
    header = (_("Mã cán bộ"), _("Họ và tên"), _("Đơn vị"), _("Điểm (thang 100)"), _("Lý do"))
    return _csv(f"bieu-duong-{campaign_id}", header, rows)


@blueprint.get("/<int:campaign_id>/khuyen-nghi.csv")
def recommended_file(campaign_id: int) -> Response:
    """To whom which modules are recommended."""
    root_id, today = required_operator().unit_id, local_day(now())
    with reading() as session:
        row = get_campaign(session, campaign_id, root_id=root_id)
        listed = list_recommended(session, row, today=today, within_id=root_id)
        note_look("campaign_file", people=len(listed), campaign=campaign_id)
        names = names_for_reader(session, [one.sitting.person_id for one in listed])
        units = label_on(session, {one.sitting.unit_id for one in listed}, on_date=today)
        programme = read_programme(session, iri_base=_iri_base())
        rows = [
            (
                *_named(names, one.sitting.person_id),
                units[one.sitting.unit_id].name,
                round(100 * (one.sitting.best or 0), 1),
                "; ".join(programme.title_of(iri) for iri in one.module_iris),
            )
            for one in listed
        ]
    header = (_("Mã cán bộ"), _("Họ và tên"), _("Đơn vị"), _("Điểm (thang 100)"), _("Chuyên đề nên học lại"))
    return _csv(f"khuyen-nghi-{campaign_id}", header, rows)


def _plan(session: Session, unit_id: int) -> CampaignPlan:
    form = request.form
    try:
        opens_on, closes_on = (date.fromisoformat(form.get(name, "")) for name in ("opens_on", "closes_on"))
        percent = int(form["commend_percent"]) if form.get("commend_percent") else None
        at_least = int(form["commend_points"]) / 100 if form.get("commend_points") else None
        below = int(form.get("recommend_points") or 65) / 100
    except ValueError as malformed:
        raise CampaignMalformed("A test has two days, and whole numbers as limits.") from malformed
    quiz = _quizzes(session).get(form.get("quiz", ""))
    if quiz is None:
        raise CampaignMalformed("Choose one of the published quizzes.")
    _, pass_scaled, recommended = quiz
    return CampaignPlan(
        title=form.get("title", "").replace("\x00", ""),
        quiz_iri=form["quiz"],
        unit_id=unit_id,
        population_code=form.get("population", ""),
        opens_on=opens_on,
        closes_on=closes_on,
        pass_scaled=pass_scaled,
        commend_percent=percent,
        commend_scaled=at_least,
        recommend_below=below,
        recommend_iris=recommended,
        document=form.get("document", "").replace("\x00", ""),
    )


def _quizzes(session: Session) -> dict[str, tuple[str, float, tuple[str, ...]]]:
    """Quiz IRI -> title, pass mark, modules that its author recommends after a fail."""
    found = {}
    for version in list_current_packages(session):
        package = read_package(session, version.digest)
        for quiz in package.quizzes.values():
            modules = tuple(module_iri(_iri_base(), package.id, one) for one in quiz.recommend)
            found[quiz_iri(_iri_base(), package.id, quiz.id)] = (quiz.title, quiz.mastery, modules)
    return found


def _named(names: dict[int, PersonName], person_id: int) -> tuple[str, str]:
    name = names.get(person_id)
    return (name.staff_code, name.full_name) if name else (str(person_id), "")


def _csv(name: str, header: tuple[str, ...], rows: Sequence[tuple[str | float, ...]]) -> Response:
    answer = Response(write_csv(header, rows), mimetype="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer


def _iri_base() -> str:
    settings: Settings = current_app.config["CCHC_SETTINGS"]
    return str(settings.iri_base)
