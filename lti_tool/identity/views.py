"""Console pages of identity rules: look, try on the last launches, save, go back."""

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from lti_tool.admin.guard import keep_private, only_as_permitted, required_operator, say
from lti_tool.error_pages import explanation_of
from lti_tool.identity.errors import IdentityRefused
from lti_tool.identity.models import IdentityConflict, IdentitySample
from lti_tool.identity.preview import Preview, try_rules
from lti_tool.identity.rule_form import TypedRule, rules_from_typed, typed_from_form, typed_from_rules
from lti_tool.identity.rule_versions import list_rule_versions, restore_rules, rules_in_force, save_rules
from lti_tool.identity.rules import SOURCES, STAFF_CODE_RULES, Rule
from lti_tool.platforms.models import PlatformRegistration
from lti_tool.settings import Settings
from sync.calendars import local_day
from sync.organization.units import label_on
from xapi_bridge.running_app import now, reading, transaction

blueprint = Blueprint("identity_rules", __name__, url_prefix="/quan-tri/nhan-dien")
blueprint.before_request(only_as_permitted)
blueprint.after_request(keep_private)

_CONFLICTS_SHOWN = 50


@blueprint.get("/")
def listing() -> str:
    """Every registration, what its rules are, how many launches wait to try them on."""
    with reading() as session:
        registrations = session.scalars(
            select(PlatformRegistration).order_by(PlatformRegistration.name)
        ).all()
        rows = [
            (
                one,
                rules_in_force(session, one.id),
                _count(session, IdentitySample, one.id),
                _count(session, IdentityConflict, one.id),
            )
            for one in registrations
        ]
        return render_template("admin/identity_registrations.html", rows=rows)


@blueprint.get("/<int:registration_id>")
def rules(registration_id: int) -> str:
    """The rules of a registration as a form, with their history."""
    with reading() as session:
        in_force = rules_in_force(session, registration_id)
        offered = STAFF_CODE_RULES if request.args.get("mau") == "ma-can-bo" else in_force.rules
        return _page(session, registration_id, typed_from_rules(offered))


@blueprint.post("/<int:registration_id>")
def save(registration_id: int) -> Response | str | tuple[str, int]:
    """Tries the typed rules, or puts them into force."""
    typed = typed_from_form(request.form)
    try:
        wanted = rules_from_typed(typed)
        if request.form.get("action") != "save":
            return _show_trial(registration_id, typed, wanted)
        with transaction() as session:
            _require_registration(session, registration_id)
            saved = save_rules(
                session,
                registration_id,
                wanted,
                seen_version=_seen_version(),
                note=request.form.get("note", "").replace("\x00", ""),
                by=required_operator().username,
                now=now(),
            )
    except IdentityRefused as refusal:
        explanation = explanation_of(type(refusal))
        with reading() as session:
            page = _page(session, registration_id, typed, refused=explanation, detail=str(refusal))
        return page, explanation.status
    say(_("Đã lưu bản quy tắc %(version)s. Các lượt mở bài từ bây giờ dùng bản này.", version=saved.version))
    return redirect(url_for("identity_rules.rules", registration_id=registration_id), code=303)


@blueprint.post("/<int:registration_id>/ma-can-bo")
def use_staff_codes(registration_id: int) -> Response:
    """Puts the ready-made rules for staff codes into force: one click for a new registration."""
    with transaction() as session:
        _require_registration(session, registration_id)
        saved = save_rules(
            session,
            registration_id,
            STAFF_CODE_RULES,
            seen_version=_seen_version(),
            note="",
            by=required_operator().username,
            now=now(),
        )
    say(_("Đã lưu bản quy tắc %(version)s. Các lượt mở bài từ bây giờ dùng bản này.", version=saved.version))
    return redirect(url_for("identity_rules.rules", registration_id=registration_id), code=303)


@blueprint.post("/<int:registration_id>/ban/<int:version>")
def restore(registration_id: int, version: int) -> Response:
    """Puts an older version into force again."""
    with transaction() as session:
        _require_registration(session, registration_id)
        saved = restore_rules(
            session,
            registration_id,
            version=version,
            seen_version=_seen_version(),
            by=required_operator().username,
            now=now(),
        )
    say(_("Đã dùng lại bản %(old)s thành bản %(new)s.", old=version, new=saved.version))
    return redirect(url_for("identity_rules.rules", registration_id=registration_id), code=303)


def _show_trial(registration_id: int, typed: list[TypedRule], wanted: tuple[Rule, ...]) -> str:
    settings: Settings = current_app.config["CCHC_SETTINGS"]
    with reading() as session:
        preview = try_rules(
            session,
            registration_id,
            wanted,
            rules_now=rules_in_force(session, registration_id).rules,
            secret=settings.secret_key.get_secret_value(),
            now=now(),
        )
        return _page(session, registration_id, typed, preview=preview)


def _page(
    session: Session,
    registration_id: int,
    typed: list[TypedRule],
    *,
    preview: Preview | None = None,
    **shown: object,
) -> str:
    registration = _require_registration(session, registration_id)
    conflicts = session.scalars(
        select(IdentityConflict)
        .where(IdentityConflict.registration_id == registration_id)
        .order_by(IdentityConflict.seen_at.desc())
        .limit(_CONFLICTS_SHOWN)
    ).all()
    outcomes = [side for row in preview.rows for side in (row.now, row.then)] if preview else []
    named = [one.unit_id for one in outcomes] + [one.unit_id for one in conflicts]
    unit_ids = [one for one in named if one is not None]
    return render_template(
        "admin/identity_rules.html",
        registration=registration,
        in_force=rules_in_force(session, registration_id),
        versions=list_rule_versions(session, registration_id),
        typed=typed,
        sources=SOURCES,
        note=request.form.get("note", ""),
        preview=preview,
        conflicts=conflicts,
        units=label_on(session, unit_ids, on_date=local_day(now())),
        **shown,
    )


def _require_registration(session: Session, registration_id: int) -> PlatformRegistration:
    return session.get(PlatformRegistration, registration_id) or abort(404)


def _seen_version() -> int:
    value = request.form.get("seen_version", "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 9 else -1


def _count(session: Session, table: type[IdentitySample | IdentityConflict], registration_id: int) -> int:
    counted = select(func.count()).select_from(table).where(table.registration_id == registration_id)
    return session.scalar(counted) or 0
