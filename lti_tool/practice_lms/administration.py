"""Pages of the administrator: tools that registered themselves or are entered by hand, activation, keys."""

from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from lti_tool.practice_lms.courses import Person, Tool, find_tool, list_tools
from lti_tool.practice_lms.database_file import work
from lti_tool.practice_lms.errors import PageNotFound, RegistrationRefused
from lti_tool.practice_lms.keys import rotate_signing_key
from lti_tool.practice_lms.registration import begin_registration, find_registration, registration_address
from lti_tool.practice_lms.running import running_lms
from lti_tool.practice_lms.sign_in import require_sign_in
from lti_tool.practice_lms.tools import activate_tool, register_tool

blueprint = Blueprint("administration", __name__, url_prefix="/administration")
_TEXTS = ("name", "login_url", "redirect_uris", "key_set_url")


def _administrator() -> Person:
    person = require_sign_in()
    if not person.is_administrator:
        raise PageNotFound("Trang này chỉ dành cho quản trị viên của LMS.")
    return person


@blueprint.get("/tools")
def show_tools() -> str:
    """Every tool, and the two ways to add one."""
    _administrator()
    with work(running_lms().engine) as connection:
        tools = list_tools(connection)
    return render_template("tools.html", tools=tools)


@blueprint.get("/tools/<int:tool_id>")
def show_tool(tool_id: int) -> str:
    """One tool, with everything that its side must know of this LMS."""
    _administrator()
    running = running_lms()
    with work(running.engine) as connection:
        tool = find_tool(connection, tool_id)
    return render_template("tool.html", tool=tool, ours=_our_addresses(tool))


def _our_addresses(tool: Tool) -> list[tuple[str, str]]:
    issuer = running_lms().issuer
    return [
        ("Issuer (mã nền tảng)", issuer),
        ("Client ID", tool.client_id),
        ("Deployment ID", str(tool.tool_id)),
        ("Authorization URL", f"{issuer}/lti/authorize"),
        ("Token URL", f"{issuer}/lti/token"),
        ("Keyset URL", f"{issuer}/lti/jwks.json"),
    ]


@blueprint.post("/tools/<int:tool_id>/activate")
def activate(tool_id: int) -> Response:
    """Lets teachers use the tool."""
    _administrator()
    with work(running_lms().engine) as connection:
        activate_tool(connection, tool_id)
    return redirect(url_for("administration.show_tools"), code=303)


@blueprint.post("/registrations")
def begin() -> Response:
    """Takes the address that the tool's people sent."""
    _administrator()
    running = running_lms()
    chosen = request.form.get("tool_id", "")
    with work(running.engine) as connection:
        client_id = begin_registration(
            connection,
            request.form.get("registration_url", "").strip(),
            tool_id=int(chosen) if chosen.isascii() and chosen.isdigit() else None,
            now=running.clock(),
        )
    return redirect(url_for("administration.show_registration", client_id=client_id), code=303)


@blueprint.get("/registrations/<client_id>")
def show_registration(client_id: str) -> str:
    """The tool's own page in a frame, with our configuration and a token for one registration."""
    _administrator()
    running = running_lms()
    with work(running.engine) as connection:
        begun = find_registration(connection, client_id)
        address = registration_address(connection, begun, issuer=running.issuer, now=running.clock())
    origin = "{0.scheme}://{0.netloc}".format(urlsplit(begun.registration_url))
    return render_template("registration.html", begun=begun, address=address, origin=origin)


@blueprint.get("/tools/new")
def enter_tool() -> str:
    """The form for a tool that does not register itself."""
    _administrator()
    return render_template("tool_form.html", entered={}, missing=[])


@blueprint.post("/tools/new")
def take_tool() -> Response | tuple[str, int]:
    """Keeps a tool that was entered by hand."""
    _administrator()
    entered = {name: value.strip() for name, value in request.form.items()}
    missing = [name for name in _TEXTS if not entered.get(name)]
    if missing:
        return render_template("tool_form.html", entered=entered, missing=missing), 400
    with work(running_lms().engine) as connection:
        made = register_tool(connection, **_columns(entered))
    return redirect(url_for("administration.show_tool", tool_id=made.tool_id), code=303)


def _columns(entered: dict[str, str]) -> dict[str, Any]:
    redirect_uris = entered["redirect_uris"].split()
    for url in (entered["login_url"], entered["key_set_url"], *redirect_uris):
        if urlsplit(url).scheme not in {"http", "https"}:
            raise RegistrationRefused("invalid_address", f"Không phải địa chỉ http: {url[:80]}")
    pairs = (line.partition("=") for line in entered.get("custom", "").splitlines() if "=" in line)
    return {
        "name": entered["name"],
        "login_url": entered["login_url"],
        "redirect_uri": redirect_uris[0],
        "more_redirect_uris": "\n".join(redirect_uris[1:]),
        "key_set_url": entered["key_set_url"],
        "deep_linking_url": entered.get("deep_linking_url", ""),
        "shares_name": "shares_name" in entered,
        "shares_email": "shares_email" in entered,
        "container": "window" if entered.get("container") == "window" else "iframe",
        "custom": {name.strip(): text.strip() for name, _, text in pairs},
    }


@blueprint.post("/keys/rotate")
def rotate_keys() -> Response:
    """Signs with a new key from now on: tools must fetch the key set again."""
    _administrator()
    with work(running_lms().engine) as connection:
        rotate_signing_key(connection)
    return redirect(url_for("administration.show_tools"), code=303)
