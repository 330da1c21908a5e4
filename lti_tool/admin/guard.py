"""Who is asking, and whether they may: the one gate before every page of operators."""

from collections.abc import Callable
from urllib.parse import urlsplit

from flask import Flask, Response, flash, g, redirect, request, session, url_for
from flask_wtf.csrf import CSRFProtect
from werkzeug.wrappers import Response as WerkzeugResponse

from lti_tool.admin.errors import AccessRefused, NotSignedIn
from lti_tool.admin.operators import Role
from lti_tool.admin.sign_in import SignedIn, find_signed_in
from lti_tool.error_pages import wants_json
from xapi_bridge.running_app import now, reading

_TOKEN = "operator_token"  # noqa: S105 - the key under which the token lies, not a token

#: Forms are protected unless their door has a protection of its own (launch state, sealed ticket, LRS key).
csrf = CSRFProtect()


def watch_operators(app: Flask) -> None:
    """Protects forms and lets every template know who signed in."""
    # The token lives as long as the operator's session; a shorter life would lose what someone typed.
    app.config.setdefault("WTF_CSRF_TIME_LIMIT", None)
    csrf.init_app(app)
    app.context_processor(lambda: {"current_operator": current_operator})


def current_operator() -> SignedIn | None:
    """The operator who signed in with this browser; looked up once per request."""
    if "operator" not in g:
        token = session.get(_TOKEN)
        g.operator = None
        if isinstance(token, str):
            with reading() as opened:
                g.operator = find_signed_in(opened, token, now=now())
    return g.operator  # type: ignore[no-any-return]


def required_operator() -> SignedIn:
    """The signed-in operator of a page behind `only_for`.

    Raises:
        NotSignedIn: nobody signed in.
    """
    operator = current_operator()
    if operator is None:
        raise NotSignedIn("This address is for operators. Sign in first.")
    return operator


def only_for(*roles: Role) -> Callable[[], WerkzeugResponse | None]:
    """A `before_request` that lets the roles pass; people without a session are led to the sign-in page."""

    def gate() -> WerkzeugResponse | None:
        operator = current_operator()
        if operator is None and request.method == "GET" and not wants_json():
            return redirect(url_for("sign_in.form", next=request.full_path.rstrip("?")))
        if required_operator().role not in roles:
            raise AccessRefused("Your role does not include this page.")
        return None

    return gate


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
