"""Operator console: what is connected, what waits, what went wrong; for administrators only."""

from datetime import date

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from lti_tool.admin import console
from lti_tool.admin.guard import keep_private, only_for, say
from lti_tool.admin.operators import Role, list_operators
from lti_tool.settings import Settings
from sync.calendars import local_day
from sync.organization.staff import find_person_by_staff_code, link_identity
from xapi_bridge.running_app import now, reading, transaction
from xapi_bridge.store.credentials import list_credentials, revoke_credential

blueprint = Blueprint("admin", __name__, url_prefix="/quan-tri")
blueprint.before_request(only_for(Role.ADMINISTRATOR))
blueprint.after_request(keep_private)

_ACCOUNTS_PER_PAGE = 50
_TROUBLES_SHOWN = 20


@blueprint.get("/")
def overview() -> str:
    """Counts, followers, outbox, last errors."""
    with reading() as session:
        return render_template(
            "admin/overview.html",
            counts=console.count_everything(session, on=_today()),
            followers=console.list_followers(session),
            outbox=console.look_into_outbox(session),
            troubles=console.list_troubles(session, limit=_TROUBLES_SHOWN),
            operators=list_operators(session),
        )


@blueprint.get("/nen-tang")
def platforms() -> str:
    """Registered LMSs, and our addresses for the next one."""
    settings: Settings = current_app.config["CCHC_SETTINGS"]
    with reading() as session:
        registered = console.list_platforms(session)
    return render_template("admin/platforms.html", platforms=registered, origin=settings.tool_origin)


@blueprint.get("/khoa-xapi")
def credentials() -> str:
    """Keys of the xAPI door."""
    with reading() as session:
        found = list_credentials(session)
    return render_template("admin/credentials.html", credentials=found, now=now())


@blueprint.post("/khoa-xapi/thu-hoi")
def revoke() -> Response:
    """Ends a key at once."""
    with transaction() as session:
        revoke_credential(session, request.form.get("key", ""), now=now())
    say(_("Đã thu hồi khóa. Chương trình dùng khóa này không đọc, ghi được nữa."))
    return redirect(url_for("admin.credentials"), code=303)


@blueprint.get("/noi-dung")
def content() -> str:
    """Published versions of the packages."""
    with reading() as session:
        releases = console.list_releases(session)
    return render_template("admin/content.html", releases=releases)


@blueprint.get("/don-vi")
def units() -> str:
    """How many units the list holds, before and after the reorganisation."""
    days = (date(2025, 6, 30), _today())
    with reading() as session:
        tallies = [(day, console.tally_units(session, on=day)) for day in days]
        posts = console.count_posts(session, on=_today())
    return render_template("admin/units.html", tallies=tallies, posts=posts)


@blueprint.get("/tai-khoan")
def accounts() -> str:
    """Accounts that belong to no person yet."""
    page = max(1, request.args.get("trang", 1, type=int))
    offset = (page - 1) * _ACCOUNTS_PER_PAGE
    with reading() as session:
        total = console.count_unlinked_accounts(session)
        found = console.list_unlinked_accounts(session, offset=offset, limit=_ACCOUNTS_PER_PAGE)
    pages = -(-total // _ACCOUNTS_PER_PAGE)
    return render_template("admin/accounts.html", accounts=found, total=total, page=page, pages=pages)


@blueprint.post("/tai-khoan/<int:identity_id>/gan")
def link_account(identity_id: int) -> Response:
    """Gives an account to the person with a staff code; that person is counted again."""
    staff_code = request.form.get("staff_code", "").strip()
    with transaction() as session:
        person = find_person_by_staff_code(session, staff_code)
        if person is not None:
            link_identity(session, identity_id, person_id=person.person_id, now=now())
    if person is None:
        say(_("Không có cán bộ nào mang mã “%(code)s”. Kiểm tra lại mã.", code=staff_code), kind="error")
    else:
        say(_("Đã gắn tài khoản. Kết quả học tập sẽ vào số liệu của đơn vị sau ít giây."))
    return redirect(url_for("admin.accounts"), code=303)


def _today() -> date:
    return local_day(now())
