"""Operator console: what is connected, what waits, what went wrong."""

from datetime import date

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from lti_tool.admin import console
from lti_tool.admin.guard import keep_private, only_as_permitted, required_operator, say
from sync.calendars import local_day
from sync.forwarding.state import look_at_targets
from sync.organization.account_moves import move_account
from sync.organization.staff import find_person_by_staff_code
from xapi_bridge.running_app import now, reading, transaction

blueprint = Blueprint("admin", __name__, url_prefix="/quan-tri")
blueprint.before_request(only_as_permitted)
blueprint.after_request(keep_private)

_ACCOUNTS_PER_PAGE = 50
_TROUBLES_SHOWN = 20


@blueprint.get("/")
def overview() -> str:
    """Counts, followers, outboxes, last errors."""
    with reading() as session:
        return render_template(
            "admin/overview.html",
            counts=console.count_everything(session, on=_today()),
            followers=console.list_followers(session),
            outbox=console.look_into_outbox(session),
            troubles=console.list_troubles(session, limit=_TROUBLES_SHOWN),
            forwarding=look_at_targets(session, now=now()),
        )


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
            operator = required_operator().username
            move_account(session, identity_id, person_id=person.person_id, by=operator, now=now())
    if person is None:
        say(_("Không có cán bộ nào mang mã “%(code)s”. Kiểm tra lại mã.", code=staff_code), kind="error")
    else:
        say(_("Đã gắn tài khoản. Kết quả học tập sẽ vào số liệu của đơn vị sau ít giây."))
    return redirect(url_for("admin.accounts"), code=303)


def _today() -> date:
    return local_day(now())
