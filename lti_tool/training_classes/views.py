"""Console pages of classes and their rolls."""

from datetime import datetime
from typing import Final

import segno
from flask import Blueprint, Response, current_app, redirect, render_template, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as WerkzeugResponse

from lti_tool.admin.guard import keep_private, only_as_permitted, required_operator, say
from lti_tool.admin.looks import note_look
from lti_tool.reports.access import require_unit
from lti_tool.reports.names import names_for_reader
from lti_tool.settings import Settings
from lti_tool.training_classes.words import FORM_WORDS, ROLL_WORDS
from sync.calendars import VIET_NAM, local_day
from sync.organization.models import PersonDetail
from sync.organization.population_sql import people_of
from sync.organization.units import find_nation, get_unit, label_on
from sync.organization_errors import ClassMalformed, SheetUnreadable
from sync.reports.programme import Programme, read_programme
from sync.rollups.definitions import WITH_PUBLIC_EMPLOYEES, TrainingForm
from sync.training_classes.attendance import Caller, list_attendance, take_back_attendance
from sync.training_classes.check_in import WINDOW_SECONDS, check_in_token
from sync.training_classes.classes import (
    ClassPlan,
    create_class,
    expect_people,
    get_class,
    list_classes,
    list_sites,
)
from sync.training_classes.models import TrainingClass
from sync.training_classes.rolls import enter_roll, write_roll
from xapi_bridge.running_app import now, reading, transaction

blueprint = Blueprint("training_classes", __name__, url_prefix="/quan-tri/lop-hoc")
blueprint.before_request(only_as_permitted)
blueprint.after_request(keep_private)

_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: The screen asks for the next code well before the one it shows is too old.
REFRESH_SECONDS: Final = WINDOW_SECONDS // 2


@blueprint.get("/")
def listing() -> str:
    """Classes of the reader's units, and the form for a new one."""
    with reading() as session:
        lines = list_classes(session, root_id=required_operator().unit_id)
        return render_template(
            "classes/listing.html",
            lines=lines,
            units=label_on(session, [one.row.unit_id for one in lines], on_date=local_day(now())),
            programme=_programme(session),
            form_words=FORM_WORDS,
        )


@blueprint.post("/")
def create() -> WerkzeugResponse:
    """Makes a class."""
    operator = required_operator()
    with transaction() as session:
        plan = _plan(session)
        require_unit(session, operator, plan.unit_id)
        class_id = create_class(session, plan, by=operator.username, now=now()).class_id
    return _back(class_id)


@blueprint.get("/<int:class_id>")
def show(class_id: int) -> str:
    """A class: who is expected, who was there."""
    with reading() as session:
        return _page(session, class_id)


@blueprint.post("/<int:class_id>/du-kien")
def expect(class_id: int) -> WerkzeugResponse:
    """Puts staff codes, or everybody of the class's unit, on the list."""
    today = local_day(now())
    operator = required_operator()
    with transaction() as session:
        row = _own_class(session, class_id)
        root_id = operator.unit_id or find_nation(session).unit_id
        within = people_of(row.unit_id, on=today, population=WITH_PUBLIC_EMPLOYEES)
        if request.form.get("who") == "unit":
            wanted = set(session.scalars(within))
        else:
            mine = people_of(root_id, on=today, population=WITH_PUBLIC_EMPLOYEES).subquery()
            codes = request.form.get("codes", "").split()
            asked = select(PersonDetail.person_id).join(mine, mine.c.person_id == PersonDetail.person_id)
            wanted = set(session.scalars(asked.where(PersonDetail.staff_code.in_(codes[:1000]))))
        count = expect_people(session, class_id, wanted)
    say(_("Đã thêm %(count)s người vào danh sách dự kiến.", count=count))
    return _back(class_id)


@blueprint.get("/<int:class_id>/diem-danh.xlsx")
def roll_file(class_id: int) -> Response:
    """The list to tick."""
    with reading() as session:
        row = _own_class(session, class_id)
        note_look("class_roll", people=len(list_attendance(session, class_id)), **{"class": class_id})
        answer = Response(write_roll(session, row), mimetype=_XLSX)
    answer.headers["Content-Disposition"] = f'attachment; filename="diem-danh-{class_id}.xlsx"'
    return answer


@blueprint.post("/<int:class_id>/diem-danh")
def roll(class_id: int) -> str:
    """Enters a roll and shows what was found in it."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise SheetUnreadable("No file was chosen. Choose the roll.")
    operator = required_operator()
    with transaction() as session:
        row = _own_class(session, class_id)
        allowed = None
        if operator.unit_id is not None:
            mine = people_of(operator.unit_id, on=local_day(row.begins_at), population=WITH_PUBLIC_EMPLOYEES)
            allowed = frozenset(session.scalars(mine))
        told = enter_roll(session, row, sent.read(), allowed=allowed, caller=_caller())
    with reading() as session:
        return _page(session, class_id, told=told)


@blueprint.post("/<int:class_id>/bo/<int:attendance_id>")
def take_back(class_id: int, attendance_id: int) -> WerkzeugResponse:
    """Takes one presence back."""
    with transaction() as session:
        take_back_attendance(session, _own_class(session, class_id), attendance_id, caller=_caller())
    say(_("Đã bỏ lượt điểm danh; số liệu được tính lại sau ít giây."))
    return _back(class_id)


@blueprint.get("/<int:class_id>/ma-qr")
def screen(class_id: int) -> str:
    """The code for the screen in the room; the page asks for the next one by itself."""
    settings: Settings = current_app.config["CCHC_SETTINGS"]
    with reading() as session:
        row = _own_class(session, class_id)
        present = len(list_attendance(session, class_id))
    token = check_in_token(class_id, secret=settings.secret_key.get_secret_value().encode(), now=now())
    address = settings.tool_origin + url_for("check_in.scan", token=token)
    picture = segno.make(address, error="m", micro=False).svg_inline(scale=8, omitsize=True, svgclass="qr")
    return render_template(
        "classes/screen.html",
        row=row,
        present=present,
        # Made by segno from our own address: nothing of a reader's is in it.
        picture=Markup(picture),  # noqa: S704
        address=address,
        refresh_seconds=REFRESH_SECONDS,
    )


def _page(session: Session, class_id: int, **shown: object) -> str:
    row = _own_class(session, class_id)
    present = list_attendance(session, class_id)
    note_look("class", people=len(present), **{"class": class_id})
    lines = [one for one in list_classes(session, root_id=None, limit=10_000) if one.row.class_id == class_id]
    return render_template(
        "classes/one.html",
        row=row,
        line=lines[0],
        sites={site.site_id: site.name for site in list_sites(session, class_id)},
        present=present,
        names=names_for_reader(session, [one.person_id for one in present]),
        unit=label_on(session, [row.unit_id], on_date=local_day(row.begins_at))[row.unit_id],
        programme=_programme(session),
        form_words=FORM_WORDS,
        forms=TrainingForm,
        roll_words=ROLL_WORDS,
        **shown,
    )


def _plan(session: Session) -> ClassPlan:
    form = request.form
    operator = required_operator()
    try:
        begins_at = datetime.fromisoformat(form.get("begins_at", "")).replace(tzinfo=VIET_NAM)
        wanted = TrainingForm(form.get("form", ""))
        minutes = int(form.get("minutes", ""))
        cost = int(form["cost"].replace(".", "")) if form.get("cost") else None
    except ValueError as malformed:
        raise ClassMalformed(
            "A class has a form, an instant, a length in minutes and a cost in đồng."
        ) from malformed
    scheme, code = form.get("unit_scheme", "").strip(), form.get("unit_code", "").strip()
    root_id = operator.unit_id or find_nation(session).unit_id
    unit_id = (
        get_unit(session, scheme=scheme, code=code, on_date=local_day(begins_at)).unit_id if code else root_id
    )
    known = {module.iri for module in _programme(session).modules}
    return ClassPlan(
        title=form.get("title", "").replace("\x00", ""),
        form=wanted,
        unit_id=unit_id,
        begins_at=begins_at,
        minutes=minutes,
        place=form.get("place", "").replace("\x00", ""),
        sites=tuple(form.get("sites", "").replace("\x00", "").splitlines()),
        lecturer=form.get("lecturer", "").replace("\x00", ""),
        module_iris=tuple(iri for iri in form.getlist("module") if iri in known),
        cost=cost,
        document=form.get("document", "").replace("\x00", ""),
    )


def _own_class(session: Session, class_id: int) -> TrainingClass:
    return get_class(session, class_id, root_id=required_operator().unit_id)


def _programme(session: Session) -> Programme:
    settings: Settings = current_app.config["CCHC_SETTINGS"]
    return read_programme(session, iri_base=str(settings.iri_base))


def _caller() -> Caller:
    settings: Settings = current_app.config["CCHC_SETTINGS"]
    return Caller(required_operator().username, now(), str(settings.iri_base))


def _back(class_id: int) -> WerkzeugResponse:
    return redirect(url_for("training_classes.show", class_id=class_id), code=303)
