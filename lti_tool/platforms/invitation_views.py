"""Console pages about invitations: make a link, see what became of each, take one back."""

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from lti_tool.admin.guard import keep_private, only_as_permitted, required_operator, say
from lti_tool.error_pages import explanation_of
from lti_tool.platforms.console_forms import LIFE_DAYS, read_invitation_form
from lti_tool.platforms.errors import InvitationRefused
from lti_tool.platforms.invitations import InvitationState, invite, list_invitations, revoke_invitation
from lti_tool.platforms.tool_configuration import UNIT_VARIABLES
from lti_tool.settings import Settings
from xapi_bridge.running_app import now, reading, transaction

blueprint = Blueprint("invitation_console", __name__, url_prefix="/quan-tri/loi-moi")
blueprint.before_request(only_as_permitted)
blueprint.after_request(keep_private)


@blueprint.get("/")
def show_all() -> str:
    """The form for a new link, and all invitations."""
    return _page(typed={"days": "3", "auto_approve": "yes" if _settings().registration_auto_approve else ""})


@blueprint.post("/")
def create() -> str | tuple[str, int]:
    """Makes a link and shows it this once, or shows the form again with the reason."""
    try:
        terms = read_invitation_form(request.form)
        with transaction() as session:
            token = invite(session, terms, operator=required_operator().username, now=now())
    except InvitationRefused as refusal:
        explanation = explanation_of(type(refusal))
        page = _page(typed=request.form.to_dict(), refused=explanation, detail=str(refusal))
        return page, explanation.status
    link = f"{_settings().tool_origin}{url_for('registration.show', token=token)}"
    return render_template("platforms/invited.html", terms=terms, link=link, expires_at=now() + terms.life)


@blueprint.post("/<int:invitation_id>/thu-hoi")
def revoke(invitation_id: int) -> Response:
    """The link opens nothing any more."""
    try:
        with transaction() as session:
            revoke_invitation(session, invitation_id, operator=required_operator().username, now=now())
    except InvitationRefused:
        say(_("Lời mời này không còn mở."), kind="error")
    else:
        say(_("Đã thu hồi lời mời."))
    return redirect(url_for("invitation_console.show_all"), code=303)


def _page(*, typed: dict[str, str], **shown: object) -> str:
    with reading() as session:
        found = list_invitations(session, now=now())
    return render_template(
        "platforms/invitations.html",
        invitations=found,
        states=InvitationState,
        typed=typed,
        life_days=LIFE_DAYS,
        unit_variables=UNIT_VARIABLES,
        **shown,
    )


def _settings() -> Settings:
    settings: Settings = current_app.config["CCHC_SETTINGS"]
    return settings
