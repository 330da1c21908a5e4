"""Console pages of declared units: the manager of a unit confirms or rejects, one by one or many at once."""

from collections.abc import Sequence
from datetime import date

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from lti_tool.admin.errors import AccessRefused
from lti_tool.admin.guard import keep_private, only_as_permitted, required_operator, say
from lti_tool.admin.looks import note_look
from lti_tool.admin.operators import Role
from lti_tool.error_pages import explanation_of
from lti_tool.identity.recognizing import open_name
from lti_tool.reports.access import may_see_unit
from lti_tool.settings import Settings
from sync.calendars import local_day
from sync.errors import AppointmentDatesInvalid, ClaimUnknown, OrganizationRefused
from sync.organization.claim_models import UnitClaim
from sync.organization.unit_claims import (
    CONFIRMED,
    DECLARED,
    REJECTED,
    Confirmation,
    confirm_claim,
    count_claims,
    list_claims,
    reject_claim,
    unit_of_claim,
    withdraw_decision,
)
from sync.organization.units import label_on
from xapi_bridge.running_app import now, reading, transaction

blueprint = Blueprint("declared_units", __name__, url_prefix="/quan-tri/don-vi-khai-bao")
blueprint.before_request(only_as_permitted)
blueprint.after_request(keep_private)

_CLAIMS_PER_PAGE = 50
_CATEGORIES = ("can_bo", "cong_chuc", "vien_chuc")
_STATES = {"cho": DECLARED, "da-xac-nhan": CONFIRMED, "da-tu-choi": REJECTED}


@blueprint.get("/")
def listing() -> str:
    """Who says to belong to the reader's unit; names for its manager only."""
    word = request.args.get("loai", "cho")
    state = _STATES.get(word, DECLARED)
    page = max(1, request.args.get("trang", 1, type=int))
    operator = required_operator()
    with reading() as session:
        total = count_claims(session, root_id=operator.unit_id, state=state)
        claims = list_claims(
            session,
            root_id=operator.unit_id,
            state=state,
            offset=(page - 1) * _CLAIMS_PER_PAGE,
            limit=_CLAIMS_PER_PAGE,
        )
        names = _names(claims)
        if names:
            note_look("declared_units", people=len(names), state=state)
        return render_template(
            "admin/declared_units.html",
            claims=claims,
            names=names,
            units=label_on(session, [one.unit_id for one in claims if one.unit_id], on_date=_today()),
            may_decide=operator.role is Role.UNIT_MANAGER,
            state=state,
            word=word if word in _STATES else "cho",
            words=list(_STATES),
            total=total,
            page=page,
            pages=-(-total // _CLAIMS_PER_PAGE),
            today=_today(),
        )


@blueprint.post("/")
def decide() -> Response:
    """Confirms or rejects all ticked claims; what cannot be decided is named and the others go on."""
    is_confirmed = request.form.get("decision") == "confirm"
    reason = request.form.get("reason", "").replace("\x00", "").strip()
    ticked = _ticked()
    if not is_confirmed and not reason:
        say(_("Ghi lý do từ chối; người học đọc lý do này."), kind="error")
        return _back()
    if not ticked:
        say(_("Chưa chọn người nào."), kind="error")
        return _back()
    done = 0
    for claim_id, unit_id in ticked:
        try:
            _decide_one(claim_id, unit_id, is_confirmed=is_confirmed, reason=reason)
            done += 1
        except OrganizationRefused as refusal:
            say(f"{explanation_of(type(refusal)).title} ({claim_id})", kind="error")
    words = (
        ngettext("Đã xác nhận %(num)d người.", "Đã xác nhận %(num)d người.", done)
        if is_confirmed
        else ngettext("Đã từ chối %(num)d người.", "Đã từ chối %(num)d người.", done)
    )
    say(words)
    return _back()


@blueprint.post("/<int:claim_id>/xac-nhan")
def confirm(claim_id: int) -> Response:
    """Confirms one claim with staff code, category or first day."""
    with transaction() as session:
        _require_own(session, claim_id)
        claim = session.get_one(UnitClaim, claim_id)
        given = Confirmation(
            seen_unit_id=_number(request.form.get("unit_id", "")),
            full_name=open_name(claim.sealed_name, secret=_secret()),
            staff_code=request.form.get("staff_code", "").replace("\x00", "").strip(),
            staff_category=_category(),
            is_cchc=request.form.get("is_cchc") == "yes",
            since=_since(),
        )
        confirm_claim(session, claim_id, given, by=required_operator().username, now=now())
    say(_("Đã xác nhận. Kết quả học được tính cho đơn vị sau ít giây."))
    return _back()


@blueprint.post("/<int:claim_id>/xet-lai")
def withdraw(claim_id: int) -> Response:
    """Takes a decision back."""
    with transaction() as session:
        _require_own(session, claim_id)
        withdraw_decision(session, claim_id, by=required_operator().username, now=now())
    say(_("Đã rút lại quyết định; người này lại chờ xác nhận."))
    return _back()


def _decide_one(claim_id: int, unit_id: int, *, is_confirmed: bool, reason: str) -> None:
    operator = required_operator().username
    with transaction() as session:
        _require_own(session, claim_id)
        if not is_confirmed:
            reject_claim(session, claim_id, seen_unit_id=unit_id, by=operator, reason=reason, now=now())
            return
        name = open_name(session.get_one(UnitClaim, claim_id).sealed_name, secret=_secret())
        given = Confirmation(seen_unit_id=unit_id, full_name=name)
        confirm_claim(session, claim_id, given, by=operator, now=now())


def _require_own(session: Session, claim_id: int) -> None:
    """Raises unless the claim names a unit that the reader manages.

    Raises:
        AccessRefused: another's, or nobody's: which of them is not told.
    """
    unit_id = unit_of_claim(session, claim_id)
    if unit_id is None or not may_see_unit(session, required_operator(), unit_id):
        raise AccessRefused("This declared unit is not below the unit that you manage.")


def _names(claims: Sequence[UnitClaim]) -> dict[int, str]:
    """Claim → the learner's name; empty for everybody but a unit's manager, whose own units were listed."""
    if required_operator().role is not Role.UNIT_MANAGER:
        return {}
    return {one.claim_id: open_name(one.sealed_name, secret=_secret()) for one in claims}


def _ticked() -> list[tuple[int, int]]:
    """(claim, unit that the page showed), sorted, so that two managers cannot wait for each other."""
    pairs = [one.partition(":") for one in request.form.getlist("claim")[:_CLAIMS_PER_PAGE]]
    return sorted({(_number(claim), _number(unit)) for claim, _sign, unit in pairs})


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise ClaimUnknown("The form names no declared unit.")
    return int(text)


def _category() -> str:
    asked = request.form.get("staff_category", "")
    return asked if asked in _CATEGORIES else "cong_chuc"


def _since() -> date | None:
    text = request.form.get("since", "").strip()
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError as malformed:
        raise AppointmentDatesInvalid("The first day is written as 2026-11-25.") from malformed
    if day > _today():
        raise AppointmentDatesInvalid("The first day cannot lie in the future.")
    return day


def _back() -> Response:
    return redirect(url_for("declared_units.listing", loai=request.args.get("loai", "cho")), code=303)


def _today() -> date:
    return local_day(now())


def _secret() -> str:
    settings: Settings = current_app.config["CCHC_SETTINGS"]
    return settings.secret_key.get_secret_value()
