"""Console page of dispatch packages: give one out, see which are in use, take one back."""

from datetime import timedelta
from io import BytesIO

from flask import Blueprint, current_app, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as WerkzeugResponse

from content_packages.active.errors import DispatchRefused
from content_packages.formats.dispatch_out import write_dispatch
from lti_tool.admin.guard import keep_private, only_as_permitted, required_operator, say
from lti_tool.deep_linking.catalogue import list_contents
from lti_tool.dispatch.keys import give_out, list_keys, take_back
from lti_tool.settings import Settings
from xapi_bridge.running_app import now, reading, transaction

blueprint = Blueprint("dispatch_console", __name__, url_prefix="/quan-tri/goi-scorm-cap-ra")
blueprint.before_request(only_as_permitted)
blueprint.after_request(keep_private)

_MOST_DAYS = 1100


@blueprint.get("/")
def overview() -> str:
    """The packages that were given out, and the form for another."""
    with reading() as session:
        keys, contents = list_keys(session), list_contents(session)
    return render_template("content_exchange/dispatch.html", keys=keys, contents=contents, now=now())


@blueprint.post("/")
def give() -> WerkzeugResponse:
    """Makes a package and sends it; it cannot be had a second time."""
    settings: Settings = current_app.config["CCHC_SETTINGS"]
    days = min(max(request.form.get("days", 365, type=int), 1), _MOST_DAYS)
    try:
        with transaction() as session:
            package = give_out(
                session,
                request.form.get("content", ""),
                label=request.form.get("label", ""),
                origin=settings.tool_origin,
                lasts=timedelta(days=days),
                by=required_operator().username,
                now=now(),
            )
    except DispatchRefused:
        say(_("Chọn nội dung và ghi gói này cấp cho ai."), kind="error")
        return redirect(url_for("dispatch_console.overview"), code=303)
    name = f"cchc-scorm-{package.key_id[:8]}.zip"
    return send_file(
        BytesIO(write_dispatch(package)), "application/zip", as_attachment=True, download_name=name
    )


@blueprint.post("/<key_id>/thu-hoi")
def revoke(key_id: str) -> WerkzeugResponse:
    """Takes a package back."""
    with transaction() as session:
        take_back(session, key_id, now=now())
    say(_("Đã thu hồi gói. Gói này không mở được nội dung nữa."))
    return redirect(url_for("dispatch_console.overview"), code=303)
