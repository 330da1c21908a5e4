"""An operator's own account: password, authenticator app, open sessions, proof of being there."""

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from lti_tool.admin.errors import (
    CodeRefused,
    ConfirmationNeeded,
    OperatorRefused,
    SecondFactorRequired,
    SignInRefused,
)
from lti_tool.admin.guard import (
    begin_session,
    first_page,
    keep_private,
    lead_to_confirmation,
    local_target,
    must_add_second_factor,
    only_as_permitted,
    require_confirmed,
    required_operator,
    say,
)
from lti_tool.admin.lockout import forget_failures, note_attempt
from lti_tool.admin.operators import change_password, end_sessions
from lti_tool.admin.second_factor import (
    address_for_app,
    begin_enrolment,
    confirm_enrolment,
    count_recovery_codes,
    find_draft,
    picture_for_app,
    remove_second_factor,
)
from lti_tool.admin.sign_in import (
    end_own_session,
    list_sessions,
    note_confirmed,
    open_operator_session,
    verify_password,
)
from lti_tool.error_pages import explanation_of
from lti_tool.settings import Settings
from xapi_bridge.errors import RuleBroken
from xapi_bridge.running_app import now, reading, transaction
from xapi_bridge.store.audit import note_action

blueprint = Blueprint("own_account", __name__, url_prefix="/quan-tri/tai-khoan-cua-toi")
blueprint.before_request(only_as_permitted)
blueprint.after_request(keep_private)
blueprint.register_error_handler(ConfirmationNeeded, lead_to_confirmation)

_SERVICE = "CCHC"


@blueprint.get("/")
def show() -> str:
    """What the account has and where it is signed in."""
    return _page()


@blueprint.post("/mat-khau")
def set_password() -> Response | tuple[str, int]:
    """Another password: the present one is asked for, and all other sessions end."""
    operator = required_operator()
    try:
        _prove(request.form.get("present", ""))
        if request.form.get("new", "") != request.form.get("again", ""):
            say(_("Hai lần nhập mật khẩu mới không giống nhau."), kind="error")
            return redirect(url_for("own_account.show", _anchor="mat-khau"), code=303)
        with transaction() as session:
            change_password(session, operator.username, password=request.form.get("new", ""))
            _note(session, "own_password_changed")
            token, _waits = _reopen(session)
    except (SignInRefused, OperatorRefused) as refusal:
        return _explain(refusal)
    begin_session(token)
    say(_("Đã đổi mật khẩu. Các phiên khác đã kết thúc."))
    return redirect(url_for("own_account.show"), code=303)


@blueprint.post("/ung-dung-ma")
def begin_second_factor() -> Response:
    """Shows a new secret for the authenticator app."""
    require_confirmed()
    with transaction() as session:
        begin_enrolment(session, required_operator().operator_id, secret=_secret())
    return redirect(url_for("own_account.show", _anchor="ung-dung-ma"), code=303)


@blueprint.post("/ung-dung-ma/xac-nhan")
def confirm_second_factor() -> str | tuple[str, int]:
    """The first code of the app puts it into force; the recovery codes are shown this once."""
    operator = required_operator()
    try:
        with transaction() as session:
            codes = confirm_enrolment(
                session, operator.operator_id, request.form.get("code", ""), secret=_secret(), now=now()
            )
            end_sessions(session, operator.operator_id, but=operator.token_hash)
            _note(session, "second_factor_set")
    except CodeRefused as refusal:
        return _explain(refusal)
    return render_template("admin/recovery_codes.html", codes=codes)


@blueprint.post("/ung-dung-ma/bo")
def drop_second_factor() -> Response | tuple[str, int]:
    """Takes the authenticator app away, where it is not required."""
    require_confirmed()
    operator = required_operator()
    if _settings().wants_second_factor(is_administrator=operator.role == "administrator"):
        return _explain(SecondFactorRequired("Your role needs a second factor. Set up another app instead."))
    with transaction() as session:
        remove_second_factor(session, operator.operator_id)
        _note(session, "second_factor_removed")
    say(_("Đã bỏ ứng dụng xác thực."))
    return redirect(url_for("own_account.show"), code=303)


@blueprint.post("/phien/<name>/ket-thuc")
def end_session(name: str) -> Response:
    """Signs one of the own browsers out."""
    with transaction() as session:
        ended = end_own_session(session, required_operator(), name)
    say(_("Đã kết thúc phiên.") if ended else _("Phiên này đã kết thúc từ trước."))
    return redirect(url_for("own_account.show", _anchor="phien"), code=303)


@blueprint.post("/phien/ket-thuc-tat-ca")
def end_other_sessions() -> Response:
    """Signs all other own browsers out."""
    operator = required_operator()
    with transaction() as session:
        end_sessions(session, operator.operator_id, but=operator.token_hash)
    say(_("Đã kết thúc mọi phiên khác."))
    return redirect(url_for("own_account.show", _anchor="phien"), code=303)


@blueprint.get("/xac-nhan")
def confirm() -> str:
    """Asks for the password again before something dangerous."""
    return render_template("admin/confirm.html", next=request.args.get("next", ""))


@blueprint.post("/xac-nhan")
def confirm_with_password() -> Response | tuple[str, int]:
    """The right password counts as proof for a quarter of an hour."""
    operator = required_operator()
    try:
        _prove(request.form.get("password", ""))
    except SignInRefused as refusal:
        explanation = explanation_of(type(refusal))
        page = render_template(
            "admin/confirm.html", next=request.form.get("next", ""), refused=explanation, detail=str(refusal)
        )
        return page, explanation.status
    with transaction() as session:
        note_confirmed(session, operator, now=now())
    say(_("Đã xác nhận. Bạn có 15 phút để làm việc cần xác nhận."))
    target = local_target(request.form.get("next"), otherwise=first_page(operator))
    return redirect(target, code=303)


def _prove(password: str) -> None:
    """Raises unless the password is the operator's; guesses are counted as at the sign-in.

    Raises:
        SignInRefused, TooManySignIns.
    """
    username, address = required_operator().username, request.remote_addr or ""
    with transaction() as session:
        note_attempt(session, username=username, address=address, now=now())
    with reading() as session:
        verify_password(session, username=username, password=password)
    with transaction() as session:
        forget_failures(session, username=username, address=address)


def _reopen(session: Session) -> tuple[str, bool]:
    """A new session for this browser, since a new password ended all of them; the code was given already."""
    operator = required_operator()
    return open_operator_session(
        session,
        operator,
        address=request.remote_addr or "",
        browser=request.user_agent.string,
        method=operator.method,
        now=now(),
        code_given=True,
    )


def _page(**shown: object) -> str:
    operator = required_operator()
    with reading() as session:
        drafted = find_draft(session, operator.operator_id, secret=_secret())
        address = address_for_app(operator.username, drafted, service=_SERVICE) if drafted else ""
        return render_template(
            "admin/own_account.html",
            operator=operator,
            sessions=list_sessions(session, operator, now=now()),
            recovery_codes=count_recovery_codes(session, operator.operator_id),
            drafted=drafted,
            picture=picture_for_app(address) if address else "",
            factor_required=must_add_second_factor(operator),
            **shown,
        )


def _explain(refusal: RuleBroken) -> tuple[str, int]:
    explanation = explanation_of(type(refusal))
    return _page(refused=explanation, detail=str(refusal)), explanation.status


def _note(session: Session, action: str) -> None:
    operator = required_operator().username
    note_action(session, action, operator=operator, subject=operator, now=now())


def _secret() -> str:
    return _settings().secret_key.get_secret_value()


def _settings() -> Settings:
    settings: Settings = current_app.config["CCHC_SETTINGS"]
    return settings
