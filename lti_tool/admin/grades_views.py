"""Console pages of grades and rosters: breakers, the outbox, differences, columns, lists of members."""

from typing import Final

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from lti_tool.admin.guard import keep_private, only_as_permitted, say
from lti_tool.platforms.models import PlatformRegistration
from lti_tool.reports.score_words import STATES, trouble_words
from sync.gradebook_breaker import close_breaker, list_breakers
from sync.roster import list_rosters, read_roster_now
from sync.score_checks import compare_all_now
from sync.score_state import (
    ScoreState,
    count_scores,
    list_column_checks,
    list_scores,
    list_troubled_wishes,
    look_again_for_columns,
    send_again,
    send_all_again,
)
from xapi_bridge.running_app import now, reading, transaction

blueprint = Blueprint("grades", __name__, url_prefix="/quan-tri/diem")
blueprint.before_request(only_as_permitted)
blueprint.after_request(keep_private)
blueprint.app_template_global("trouble_words")(trouble_words)
blueprint.app_template_global("score_state_words")(lambda state: STATES[state])

_SHOWN: Final = 100
#: Word in the address -> the scores that it shows.
_STATES: Final = {
    "tu-choi": ScoreState.REFUSED,
    "khac": ScoreState.DIFFERENT,
    "loi": ScoreState.RETRYING,
    "cho": ScoreState.WAITING,
}


@blueprint.get("/")
def overview() -> str:
    """Breakers, the outbox by LMS, scores in trouble, columns, nightly comparison."""
    asked = request.args.get("tinh-trang", "tu-choi")
    shown = asked if asked in _STATES else "tu-choi"
    with reading() as session:
        return render_template(
            "admin/grades.html",
            names=_names(session),
            breakers=[one for one in list_breakers(session) if one.failures or one.opened_at],
            counts=count_scores(session),
            state=_STATES[shown],
            shown=shown,
            states=_STATES,
            scores=list_scores(session, state=_STATES[shown], limit=_SHOWN),
            wishes=list_troubled_wishes(session, limit=_SHOWN),
            columns=list_column_checks(session, limit=_SHOWN),
        )


@blueprint.post("/<int:outgoing_score_id>/gui-lai")
def resend(outgoing_score_id: int) -> Response:
    """Sends one score again."""
    with transaction() as session:
        send_again(session, outgoing_score_id, now=now())
    say(_("Điểm sẽ được gửi lại trong ít giây."))
    return _back()


@blueprint.post("/gui-lai")
def resend_all() -> Response:
    """Sends all scores of one state again."""
    state = _STATES.get(request.form.get("state", ""), ScoreState.REFUSED)
    with transaction() as session:
        resent = send_all_again(session, state=state, now=now())
    say(ngettext("%(num)d điểm sẽ được gửi lại.", "%(num)d điểm sẽ được gửi lại.", resent))
    return _back()


@blueprint.post("/cau-dao/<int:registration_id>/dong")
def close(registration_id: int) -> Response:
    """Closes a breaker: everything that waits for this LMS is tried at once."""
    with transaction() as session:
        close_breaker(session, registration_id, now=now())
    say(_("Đã cho gửi lại đến LMS này ngay."))
    return _back()


@blueprint.post("/doi-chieu")
def compare() -> Response:
    """Has every column compared now, without waiting for the night."""
    with transaction() as session:
        compare_all_now(session, now=now())
    say(_("Đang đối chiếu mọi cột điểm; kết quả hiện ở đây trong ít phút."))
    return _back()


@blueprint.post("/cot/tim-lai")
def look_again() -> Response:
    """Has the columns looked for again that could not be found or made."""
    with transaction() as session:
        count = look_again_for_columns(session, now=now())
    say(ngettext("Đang tìm lại %(num)d cột điểm.", "Đang tìm lại %(num)d cột điểm.", count))
    return _back()


@blueprint.get("/danh-sach-lop")
def rosters() -> str:
    """The lists of members: how far each was read, and what went wrong."""
    with reading() as session:
        return render_template("admin/rosters.html", names=_names(session), rosters=list_rosters(session))


@blueprint.post("/danh-sach-lop/<int:roster_id>/doc-lai")
def read_again(roster_id: int) -> Response:
    """Has one list read now."""
    with transaction() as session:
        read_roster_now(session, roster_id, now=now())
    say(_("Danh sách sẽ được đọc lại trong ít giây."))
    return redirect(url_for("grades.rosters"), code=303)


def _names(session: Session) -> dict[int, str]:
    registrations = session.scalars(select(PlatformRegistration))
    return {one.id: one.name for one in registrations}


def _back() -> Response:
    return redirect(url_for("grades.overview"), code=303)
