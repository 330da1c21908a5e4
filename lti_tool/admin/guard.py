"""Who is asking, and whether they may: the one gate before every page of operators."""

from datetime import timedelta
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, flash, g, redirect, request, session, url_for
from flask_wtf.csrf import CSRFProtect
from werkzeug.wrappers import Response as WerkzeugResponse

from lti_tool.admin.errors import AccessRefused, ConfirmationNeeded, NotSignedIn
from lti_tool.admin.menu import ROOMS, menu_for, room_of
from lti_tool.admin.operators import Role
from lti_tool.admin.permissions import FIRST_PAGE, may_open, roles_for
from lti_tool.admin.sign_in import SignedIn, find_signed_in, find_waiting, is_seen_note_due, note_seen
from lti_tool.error_pages import wants_json
from lti_tool.settings import Settings
from xapi_bridge.running_app import now, reading, transaction

_TOKEN = "operator_token"  # noqa: S105 - the key under which the token lies, not a token
#: Where an operator who still has to do something about the account may go.
_OWN_ROOM = "own_account"

#: Forms are protected unless their door has a protection of its own (launch state, sealed ticket, LRS key).
csrf = CSRFProtect()


def watch_operators(app: Flask) -> None:
    """Protects forms and lets every template know who signed in and where they may go."""
    # The token lives as long as the operator's session; a shorter life would lose what someone typed.
    app.config.setdefault("WTF_CSRF_TIME_LIMIT", None)
    csrf.init_app(app)
    app.context_processor(
        lambda: {
            "current_operator": current_operator,
            "may_open": may_open,
            "console_menu": menu_for,
            "console_rooms": ROOMS,
            "room_of": room_of,
        }
    )


def current_operator() -> SignedIn | None:
    """The operator who signed in with this browser; looked up once per request."""
    if "operator" not in g:
        token = session.get(_TOKEN)
        g.operator = None
        if isinstance(token, str):
            idle = timedelta(minutes=_settings().operator_idle_minutes)
            with reading() as opened:
                g.operator = find_signed_in(opened, token, now=now(), idle=idle)
    return g.operator  # type: ignore[no-any-return]


def waiting_operator() -> SignedIn | None:
    """The operator whose password was right in this browser and whose code is still to come."""
    token = session.get(_TOKEN)
    if not isinstance(token, str):
        return None
    with reading() as opened:
        return find_waiting(opened, token, now=now())


def required_operator() -> SignedIn:
    """The signed-in operator of a page behind `only_as_permitted`.

    Raises:
        NotSignedIn: nobody signed in.
    """
    operator = current_operator()
    if operator is None:
        raise NotSignedIn("This address is for operators. Sign in first.")
    return operator


def only_as_permitted() -> WerkzeugResponse | None:
    """A `before_request` that lets those pass whom `lti_tool.admin.permissions` names for the endpoint."""
    return _admit(roles_for(request.endpoint or ""))


def require_confirmed() -> None:
    """Before a dangerous action: the operator must have proved to be there a short while ago.

    Raises:
        ConfirmationNeeded: answered with the way to the page that asks for the password.
    """
    if not required_operator().is_confirmed(now=now()):
        raise ConfirmationNeeded("Confirm that it is you, then do it again.")


def lead_to_confirmation(refusal: ConfirmationNeeded) -> WerkzeugResponse:
    """Answers `ConfirmationNeeded` with the form that asks for the password: an error handler."""
    if wants_json():
        raise refusal
    back = request.full_path.rstrip("?") if request.method == "GET" else urlsplit(request.referrer or "").path
    return redirect(url_for("own_account.confirm", next=back), code=303)


def first_page(operator: SignedIn) -> str:
    """Where the operator's work begins."""
    return url_for(FIRST_PAGE[operator.role])


def must_add_second_factor(operator: SignedIn) -> bool:
    """Whether the installation wants a second factor that the account does not have yet."""
    return (
        operator.method == "password"
        and not operator.has_second_factor
        and _settings().wants_second_factor(is_administrator=operator.role is Role.ADMINISTRATOR)
    )


def begin_session(token: str) -> None:
    """Puts the token into a fresh cookie: nothing of the time before signing in survives."""
    session.clear()
    session[_TOKEN] = token
    g.pop("operator", None)


def end_session() -> str | None:
    """Empties the cookie; returns the token that was in it."""
    token = session.get(_TOKEN)
    session.clear()
    g.pop("operator", None)
    return token if isinstance(token, str) else None


def keep_private(response: Response) -> Response:
    """Pages of operators stay out of shared and browser caches: `after_request`."""
    response.headers["Cache-Control"] = "no-store"
    return response


def local_target(asked: str | None, *, otherwise: str) -> str:
    """Where to go after signing in: an address of ours, never another site's."""
    # Browsers drop tabs and line ends and read a backslash as a slash, so none of them has a place here.
    if not asked or not asked.startswith("/") or asked.startswith("//"):
        return otherwise
    if "\\" in asked or not asked.isprintable():
        return otherwise
    parts = urlsplit(asked)
    return asked if not parts.netloc and not parts.scheme else otherwise


def say(message: str, *, kind: str = "good") -> None:
    """Shows a message on the next page: good, warn or error."""
    flash(message, kind)


def _admit(roles: frozenset[Role]) -> WerkzeugResponse | None:
    operator = current_operator()
    if operator is None and request.method == "GET" and not wants_json():
        return redirect(url_for("sign_in.form", next=request.full_path.rstrip("?")))
    operator = required_operator()
    if operator.role not in roles:
        raise AccessRefused("Your role does not include this page.")
    _keep_awake(operator)
    return _unfinished_account(operator)


def _keep_awake(operator: SignedIn) -> None:
    with reading() as opened:
        is_due = is_seen_note_due(opened, operator, now=now())
    if is_due:
        with transaction() as opened:
            note_seen(opened, operator, now=now())


def _unfinished_account(operator: SignedIn) -> WerkzeugResponse | None:
    """The way to what the operator must do first: another password, a second factor."""
    if request.blueprint == _OWN_ROOM:
        return None
    if operator.must_change_password:
        return redirect(url_for("own_account.show", _anchor="mat-khau"), code=303)
    if must_add_second_factor(operator):
        return redirect(url_for("own_account.show", _anchor="ung-dung-ma"), code=303)
    return None


def _settings() -> Settings:
    settings: Settings = current_app.config["CCHC_SETTINGS"]
    return settings
