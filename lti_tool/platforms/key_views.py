"""Console page about our keys: where each stands, start a rotation, take a step, replace all at once."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from lti_tool.admin.guard import keep_private, only_as_permitted, required_operator, say
from lti_tool.error_pages import explanation_of
from lti_tool.platforms import key_rotation
from lti_tool.platforms.errors import KeyRefused
from lti_tool.platforms.key_waits import key_waits_from
from xapi_bridge.running_app import now, reading, transaction

blueprint = Blueprint("key_console", __name__, url_prefix="/quan-tri/khoa-ky")
blueprint.before_request(only_as_permitted)
blueprint.after_request(keep_private)


@blueprint.get("/")
def show_all() -> str:
    """All keys with their stages, and the LMSs that may still trust one that others may know."""
    waits = key_waits_from(current_app.config["CCHC_SETTINGS"])
    with reading() as session:
        keys = key_rotation.list_keys(session, secret=_secret(), waits=waits)
        endangered = key_rotation.list_endangered(session)
    return render_template(
        "platforms/keys.html",
        keys=keys,
        stages=key_rotation.Stage,
        endangered=endangered,
        waits=waits,
        now=now(),
    )


@blueprint.post("/bat-dau")
def start() -> Response:
    """Publishes the next key."""
    how: dict[str, Any] = {"secret": _secret(), "operator": _operator(), "now": now()}
    return _act(
        lambda session: key_rotation.start_rotation(session, **how),
        _("Đã công bố khóa kế tiếp. Hệ thống tự chuyển sang ký bằng khóa đó khi hết thời gian chờ."),
    )


@blueprint.post("/<kid>/ky")
def sign(kid: str) -> Response:
    """Signs with a published key."""
    return _act(
        lambda session: key_rotation.sign_with_next(session, kid, **_how()),
        _("Từ nay công cụ ký bằng khóa này."),
    )


@blueprint.post("/<kid>/rut")
def retire(kid: str) -> Response:
    """Takes a resting key out of the key set."""
    return _act(lambda session: key_rotation.retire_key(session, kid, **_how()), _("Đã rút khóa."))


@blueprint.post("/khan-cap")
def replace() -> Response:
    """Replaces every key at once, when the operator has confirmed it."""
    if request.form.get("confirmed") != "yes":
        say(_("Chưa thay khóa: hãy đánh dấu vào ô xác nhận."), kind="error")
        return redirect(url_for("key_console.show_all"), code=303)
    how: dict[str, Any] = {"secret": _secret(), "operator": _operator(), "now": now()}
    return _act(
        lambda session: key_rotation.replace_at_once(session, **how),
        _("Đã thay mọi khóa. Làm tiếp theo danh sách LMS bên dưới."),
    )


def _act(act: Callable[[Session], object], done: str) -> Response:
    try:
        with transaction() as session:
            act(session)
    except KeyRefused as refusal:
        explanation = explanation_of(type(refusal))
        say(f"{explanation.title}. {explanation.next_step}", kind="error")
    else:
        say(done)
    return redirect(url_for("key_console.show_all"), code=303)


def _how() -> dict[str, Any]:
    waits = key_waits_from(current_app.config["CCHC_SETTINGS"])
    return {"secret": _secret(), "waits": waits, "operator": _operator(), "now": now()}


def _secret() -> str:
    return str(current_app.secret_key)


def _operator() -> str:
    return required_operator().username
