"""Console pages about access to the record store: keys, and the audit log; for administrators only."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from lti_tool.admin.audit_pages import asked_readings, number_before, readings_as_csv
from lti_tool.admin.guard import keep_private, only_as_permitted, required_operator, say
from lti_tool.admin.key_forms import SCOPE_WORDS, find_matching, overlap_from_form, terms_from_form
from lti_tool.admin.keys import change_secret, issue_key, revoke_key
from lti_tool.admin.reading_words import READING_WORDS
from lti_tool.error_pages import explanation_of
from xapi_bridge.access_errors import CredentialRefused
from xapi_bridge.http.settings import LrsSettings
from xapi_bridge.reading_log import log_reading
from xapi_bridge.running_app import audit_transaction, now, reading, section, transaction
from xapi_bridge.store.audit import Reader, list_actions, list_readings
from xapi_bridge.store.credentials import DEFAULT_GROUP, NewCredential, find_credential, list_credentials

blueprint = Blueprint("access", __name__, url_prefix="/quan-tri")
blueprint.before_request(only_as_permitted)
blueprint.after_request(keep_private)

_READINGS_PER_PAGE = 100
_MOST_IN_FILE = 100_000


@blueprint.get("/khoa-xapi")
def credentials() -> str:
    """Keys of the xAPI door."""
    words, state = request.args.get("q", "").strip(), request.args.get("tinh-trang", "")
    with reading() as session:
        every = list_credentials(session)
    found = find_matching(every, words=words, state=state, now=now())
    return render_template(
        "admin/credentials.html", credentials=found, total=len(every), words=words, state=state, now=now()
    )


@blueprint.get("/khoa-xapi/moi")
def new_credential() -> str:
    """The form for a new key."""
    return _show_form()


@blueprint.post("/khoa-xapi/moi")
def create() -> str | tuple[str, int]:
    """Makes a key and shows its secret this once, or shows the form again with the reason."""
    try:
        terms = terms_from_form(request.form)
        with transaction() as session:
            made = issue_key(session, terms, operator=_operator(), now=now(), pepper=_pepper())
    except CredentialRefused as refusal:
        explanation = explanation_of(type(refusal))
        return _show_form(refused=explanation, detail=str(refusal)), explanation.status
    return _show_secret(made, rotated=False)


@blueprint.get("/khoa-xapi/<key>")
def credential(key: str) -> str:
    """One key, and what can be done with it."""
    with reading() as session:
        found = find_credential(session, key)
    return render_template("admin/credential.html", credential=found, scope_words=SCOPE_WORDS, now=now())


@blueprint.post("/khoa-xapi/<key>/doi-mat-khau")
def rotate(key: str) -> str:
    """Gives a key a new secret and shows it this once."""
    overlap = overlap_from_form(request.form)
    with transaction() as session:
        made = change_secret(session, key, overlap=overlap, operator=_operator(), now=now(), pepper=_pepper())
    return _show_secret(made, rotated=True)


@blueprint.post("/khoa-xapi/<key>/thu-hoi")
def revoke(key: str) -> Response:
    """Ends a key at once, when the operator has confirmed it."""
    if request.form.get("confirmed") != "yes":
        say(_("Chưa thu hồi: hãy đánh dấu vào ô xác nhận."), kind="error")
        return redirect(url_for("access.credential", key=key), code=303)
    with transaction() as session:
        revoke_key(session, key, operator=_operator(), now=now())
    say(_("Đã thu hồi khóa. Chương trình dùng khóa này không đọc, ghi được nữa."))
    return redirect(url_for("access.credentials"), code=303)


@blueprint.get("/nhat-ky")
def readings() -> str:
    """Who was shown which records of learners."""
    asked = asked_readings(request.args, secret=_pepper())
    with audit_transaction(read_only=True) as session:
        found = list_readings(session, asked.filter, limit=_READINGS_PER_PAGE + 1, before=asked.before)
    shown = found[:_READINGS_PER_PAGE]
    older = shown[-1].reading_id if len(found) > _READINGS_PER_PAGE else None
    return render_template(
        "admin/readings.html", readings=shown, asked=asked, older=older, reading_words=READING_WORDS
    )


@blueprint.get("/nhat-ky.csv")
def readings_file() -> Response:
    """The readings that match, as a table for Excel; that it was taken is a reading, too."""
    asked = asked_readings(request.args, secret=_pepper())
    with audit_transaction(read_only=True) as session:
        found = list_readings(session, asked.filter, limit=_MOST_IN_FILE, before=asked.before)
    log_reading(Reader("operator", _operator()), "audit_log", asked=request.args, records=len(found))
    headers = {"Content-Disposition": 'attachment; filename="nhat-ky-xem-ban-ghi.csv"'}
    return Response(readings_as_csv(found), mimetype="text/csv", headers=headers)


@blueprint.get("/nhat-ky/thao-tac")
def actions() -> str:
    """What operators changed."""
    before = number_before(request.args.get("truoc", ""))
    with reading() as session:
        found = list_actions(session, limit=_READINGS_PER_PAGE + 1, before=before)
    shown = found[:_READINGS_PER_PAGE]
    older = shown[-1].action_id if len(found) > _READINGS_PER_PAGE else None
    return render_template("admin/actions.html", actions=shown, older=older)


def _show_form(**shown: object) -> str:
    return render_template(
        "admin/credential_form.html",
        typed=request.form,
        chosen=request.form.getlist("scope"),
        scope_words=SCOPE_WORDS,
        default_group=DEFAULT_GROUP,
        **shown,
    )


def _show_secret(made: NewCredential, *, rotated: bool) -> str:
    with reading() as session:
        found = find_credential(session, made.key)
    return render_template("admin/secret.html", made=made, credential=found, rotated=rotated)


def _operator() -> str:
    return required_operator().username


def _pepper() -> bytes:
    return section(LrsSettings).secret
