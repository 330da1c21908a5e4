"""What a phone opens that scanned the code of a class: type the staff code, done.

The scan proves to be in the room now; the ticket it gives stands for that proof during five minutes. One
browser signs in one person per class. Whether somebody is on the list is told only to who was in the room.
"""

from typing import Final

from flask import Blueprint, current_app, render_template, request, session
from sqlalchemy import select

from lti_tool.admin.guard import keep_private
from lti_tool.settings import Settings
from sync.organization.models import PersonDetail
from sync.organization_errors import CheckInRefused
from sync.training_classes.attendance import Caller, record_attendance
from sync.training_classes.check_in import class_of_ticket, class_of_token, ticket_for
from sync.training_classes.classes import get_class, list_sites
from sync.training_classes.models import ClassPerson
from xapi_bridge.running_app import now, reading, transaction

blueprint = Blueprint("check_in", __name__, url_prefix="/diem-danh")
blueprint.after_request(keep_private)

_BY: Final = "qr"
_SIGNED_IN: Final = "checked_in"
#: Wrong codes that one scan may try, so that a ticket is no way to look who is on the list.
_MOST_TRIES: Final = 5
_TRIES: Final = "check_in_tries"


@blueprint.get("/<token>")
def scan(token: str) -> str:
    """The form, for whoever scanned the screen just now."""
    class_id = class_of_token(token, secret=_secret(), now=now())
    with reading() as opened:
        row = get_class(opened, class_id, root_id=None)
        sites = list_sites(opened, class_id)
        return render_template(
            "classes/check_in.html",
            row=row,
            sites=sites,
            ticket=ticket_for(class_id, secret=_secret(), now=now()),
        )


@blueprint.post("/")
def sign_in() -> str:
    """Enters the person of a staff code as present."""
    class_id = class_of_ticket(request.form.get("ticket", ""), secret=_secret(), now=now())
    code = request.form.get("staff_code", "").replace("\x00", "").strip()
    _refuse_repeats(class_id, code)
    with transaction() as opened:
        row = get_class(opened, class_id, root_id=None)
        person_id = opened.scalar(
            select(ClassPerson.person_id)
            .join(PersonDetail, PersonDetail.person_id == ClassPerson.person_id)
            .where(ClassPerson.class_id == class_id, PersonDetail.staff_code == code)
        )
        if person_id is None:
            session[_TRIES] = session.get(_TRIES, 0) + 1
            raise CheckInRefused("This code is not on the list of the class.")
        sites = {site.site_id for site in list_sites(opened, class_id)}
        site_id = request.form.get("site", type=int)
        record_attendance(
            opened,
            row,
            person_id,
            source="qr",
            caller=Caller(_BY, now(), str(_settings().iri_base)),
            site_id=site_id if site_id in sites else None,
        )
        title = row.title
    session[_SIGNED_IN] = {**session.get(_SIGNED_IN, {}), str(class_id): code}
    return render_template("classes/checked_in.html", title=title)


def _refuse_repeats(class_id: int, code: str) -> None:
    signed_in = session.get(_SIGNED_IN, {}).get(str(class_id), code)
    if signed_in != code:
        raise CheckInRefused("This phone signed in somebody else to this class.")
    if session.get(_TRIES, 0) >= _MOST_TRIES:
        raise CheckInRefused("Too many wrong codes from this phone. Let the teacher enter you.")


def _secret() -> bytes:
    return _settings().secret_key.get_secret_value().encode()


def _settings() -> Settings:
    settings: Settings = current_app.config["CCHC_SETTINGS"]
    return settings
