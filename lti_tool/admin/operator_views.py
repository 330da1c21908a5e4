"""Pages on which administrators manage the operators' accounts."""

from datetime import date

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from lti_tool.admin.errors import ConfirmationNeeded, OperatorRefused, UnitNotClear
from lti_tool.admin.guard import (
    keep_private,
    lead_to_confirmation,
    only_as_permitted,
    require_confirmed,
    required_operator,
    say,
)
from lti_tool.admin.lockout import list_locks, unlock
from lti_tool.admin.operators import (
    Role,
    allow_external_name,
    change_password,
    change_role,
    create_operator,
    disable_operator,
    enable_operator,
    end_sessions,
    get_operator,
    list_operators,
)
from lti_tool.admin.passwords import make_password
from lti_tool.admin.second_factor import remove_second_factor
from lti_tool.error_pages import explanation_of
from lti_tool.settings import Settings
from sync.calendars import local_day
from sync.organization.units import label_on, search_units
from xapi_bridge.errors import RuleBroken
from xapi_bridge.running_app import now, reading, transaction
from xapi_bridge.store.audit import note_action

blueprint = Blueprint("operators", __name__, url_prefix="/quan-tri/nguoi-dung")
blueprint.before_request(only_as_permitted)
blueprint.after_request(keep_private)
blueprint.register_error_handler(ConfirmationNeeded, lead_to_confirmation)

_UNITS_NAMED = 5


@blueprint.get("/")
def listing() -> str:
    """Every account, who must wait after wrong passwords, and the form for a new account."""
    return _list_page()


@blueprint.post("/moi")
def create() -> str | tuple[str, int]:
    """Makes an account with a password that is shown this once, or one for single sign-on only."""
    require_confirmed()
    form = request.form
    password = None if form.get("kind") == "sso" else make_password()
    try:
        with transaction() as session:
            role = _asked_role()
            made = create_operator(
                session,
                username=form.get("username", ""),
                password=password,
                role=role,
                unit_id=_asked_unit(session, role),
                external_name=form.get("external_name", "").strip() or None,
                must_change_password=True,
                now=now(),
            )
            _note(session, "operator_created", made.username, role=role.value, unit_id=made.unit_id)
    except OperatorRefused as refusal:
        return _explain(refusal)
    return render_template("admin/operator_password.html", username=made.username, password=password)


@blueprint.get("/<username>")
def account(username: str) -> str:
    """One account and what can be done with it."""
    return _account_page(username)


@blueprint.post("/<username>/vai-tro")
def set_role(username: str) -> Response | tuple[str, int]:
    """Another role or unit."""
    require_confirmed()
    try:
        with transaction() as session:
            role = _asked_role()
            changed = change_role(session, username, role=role, unit_id=_asked_unit(session, role))
            allow_external_name(session, username, request.form.get("external_name", "").strip() or None)
            _note(
                session, "operator_role_changed", changed.username, role=role.value, unit_id=changed.unit_id
            )
    except OperatorRefused as refusal:
        return _explain(refusal, username)
    say(_("Đã đổi vai trò. Các phiên đang mở của tài khoản đã kết thúc."))
    return _back(username)


@blueprint.post("/<username>/khoa")
def disable(username: str) -> Response | tuple[str, int]:
    """Keeps the account from signing in."""
    require_confirmed()
    try:
        with transaction() as session:
            _note(session, "operator_disabled", disable_operator(session, username, now=now()).username)
    except OperatorRefused as refusal:
        return _explain(refusal, username)
    say(_("Đã khóa tài khoản và kết thúc mọi phiên."))
    return _back(username)


@blueprint.post("/<username>/mo-khoa")
def enable(username: str) -> Response:
    """Lets a disabled account sign in again."""
    require_confirmed()
    with transaction() as session:
        _note(session, "operator_enabled", enable_operator(session, username).username)
    say(_("Đã mở lại tài khoản."))
    return _back(username)


@blueprint.post("/<username>/mat-khau")
def reset_password(username: str) -> str:
    """A new password, shown this once, to be changed at the first sign-in."""
    require_confirmed()
    password = make_password()
    with transaction() as session:
        changed = change_password(session, username, password=password, must_change=True)
        unlock(session, changed.username)
        _note(session, "operator_password_reset", changed.username)
    return render_template("admin/operator_password.html", username=changed.username, password=password)


@blueprint.post("/<username>/bo-ung-dung-ma")
def reset_second_factor(username: str) -> Response:
    """Takes the authenticator app away from someone who lost it."""
    require_confirmed()
    with transaction() as session:
        found = get_operator(session, username)
        remove_second_factor(session, found.id)
        end_sessions(session, found.id)
        _note(session, "second_factor_reset", found.username)
    say(_("Đã bỏ ứng dụng xác thực của tài khoản. Các phiên đang mở đã kết thúc."))
    return _back(username)


@blueprint.post("/<username>/cho-dang-nhap-lai")
def end_waiting(username: str) -> Response:
    """Ends the wait after wrong passwords."""
    with transaction() as session:
        unlock(session, username)
        _note(session, "operator_unlocked", username[:64])
    say(_("Đã cho đăng nhập lại ngay."))
    return redirect(url_for("operators.listing"), code=303)


@blueprint.post("/<username>/ket-thuc-phien")
def sign_out(username: str) -> Response:
    """Ends every session of the account."""
    with transaction() as session:
        found = get_operator(session, username)
        end_sessions(session, found.id)
        _note(session, "operator_sessions_ended", found.username)
    say(_("Đã kết thúc mọi phiên của tài khoản."))
    return _back(username)


def find_unit_id(session: Session, words: str, *, on: date) -> int:
    """The unit that the words name: its number, its code or its name, tones or not.

    Raises:
        UnitNotClear: no unit in force is called so, or several are; then they are named with their numbers.
    """
    if words.isascii() and words.isdigit() and len(words) < 10:
        numbered = label_on(session, [int(words)], on_date=on)
        if (unit := numbered.get(int(words))) is not None and unit.is_in_force(on):
            return unit.unit_id
    found = search_units(session, words, on_date=on, limit=_UNITS_NAMED)
    exact = [one for one in found if one.unit.name.casefold() == words.strip().casefold()] or found
    if len(exact) == 1:
        return exact[0].unit.unit_id
    if not exact:
        raise UnitNotClear("No unit in force is called so. Type its name, or its number from the statistics.")
    named = "; ".join(
        f"{one.unit.unit_id} = {one.unit.name}, {one.above[-1].name if one.above else ''}" for one in exact
    )
    raise UnitNotClear(f"Several units are called so; type the number: {named}.")


def _list_page(**shown: object) -> str:
    today = local_day(now())
    with reading() as session:
        accounts = list_operators(session)
        return render_template(
            "admin/operators.html",
            accounts=accounts,
            units=label_on(session, [one.unit_id for one in accounts if one.unit_id], on_date=today),
            locks=list_locks(session, now=now()),
            roles=list(Role),
            typed=request.form,
            sso=bool(_settings().sso_issuer),
            **shown,
        )


def _account_page(username: str, **shown: object) -> str:
    with reading() as session:
        found = get_operator(session, username)
        units = label_on(session, [found.unit_id] if found.unit_id else [], on_date=local_day(now()))
    return render_template(
        "admin/operator.html",
        account=found,
        unit=units.get(found.unit_id or 0),
        roles=list(Role),
        sso=bool(_settings().sso_issuer),
        **shown,
    )


def _asked_role() -> Role:
    try:
        return Role(request.form.get("role", ""))
    except ValueError as unknown:
        raise OperatorRefused("Choose one of the roles.") from unknown


def _asked_unit(session: Session, role: Role) -> int | None:
    if role is not Role.UNIT_MANAGER:
        return None
    return find_unit_id(session, request.form.get("unit", "").replace("\x00", ""), on=local_day(now()))


def _note(session: Session, action: str, subject: str, **particulars: object) -> None:
    note_action(
        session, action, operator=required_operator().username, subject=subject, now=now(), **particulars
    )


def _explain(refusal: RuleBroken, username: str = "") -> tuple[str, int]:
    explanation = explanation_of(type(refusal))
    shown = {"refused": explanation, "detail": str(refusal)}
    page = _account_page(username, **shown) if username else _list_page(**shown)
    return page, explanation.status


def _back(username: str) -> Response:
    return redirect(url_for("operators.account", username=username), code=303)


def _settings() -> Settings:
    settings: Settings = current_app.config["CCHC_SETTINGS"]
    return settings
