"""Attempts to launch in the console: find one by its support code, see where it stopped and what to do."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from werkzeug.wrappers import Response

from lti_tool.admin.errors import LaunchAttemptUnknown
from lti_tool.admin.guard import keep_private, only_as_permitted
from lti_tool.launch.advice import advise
from lti_tool.launch.flight import read_code, shown_code
from lti_tool.launch.flight_records import (
    AttemptFilter,
    count_attempts,
    find_attempt,
    list_attempts,
    list_related,
    tally_rungs,
)
from lti_tool.platforms.register import list_registrations
from xapi_bridge.running_app import now, reading

blueprint = Blueprint("launch_records", __name__, url_prefix="/quan-tri/luot-mo")
blueprint.before_request(only_as_permitted)
blueprint.after_request(keep_private)

_PER_PAGE: Final = 50
_RUNGS_OVER: Final = timedelta(days=30)

OUTCOME_WORDS: Final[dict[str, LazyString]] = {
    "opened": _l("Đã mở"),
    "sent_on": _l("Đã chuyển sang LMS"),
    "laddered": _l("Đang dò cookie"),
    "refused": _l("Bị từ chối"),
    "broken": _l("Lỗi của công cụ"),
}
RUNG_WORDS: Final[dict[str, LazyString]] = {
    "cookie": _l("Cookie trong khung"),
    "storage": _l("LMS giữ hộ (Platform Storage)"),
    "storage_access": _l("Người dùng cho phép cookie"),
    "window": _l("Cửa sổ riêng"),
}
CHECK_WORDS: Final[dict[str, LazyString]] = {
    "size": _l("Kích thước yêu cầu"),
    "fields": _l("Các trường bắt buộc của đăng nhập"),
    "target": _l("Địa chỉ cần mở thuộc công cụ"),
    "registration": _l("Có bản đăng ký đang dùng"),
    "login_kept": _l("Đã ghi lượt đăng nhập"),
    "browser": _l("Nhận ra trình duyệt"),
    "state": _l("Lượt đăng nhập do công cụ bắt đầu (state)"),
    "platform_answer": _l("LMS không trả lời bằng lỗi"),
    "format": _l("Đọc được id_token, ký RS256, có kid"),
    "nonce": _l("nonce của lượt đăng nhập này"),
    "audience": _l("Issuer, Client ID (iss, aud, azp)"),
    "signature": _l("Chữ ký bằng khóa của LMS"),
    "times": _l("Thời hạn (iat, exp, nbf)"),
    "deployment": _l("Deployment ID đã đăng ký"),
    "message": _l("Phiên bản, loại thông điệp, kiểu dữ liệu"),
    "single_use": _l("Chỉ dùng một lần, còn hạn"),
    "content": _l("Mở nội dung"),
}


@dataclass(frozen=True)
class Asked:
    """What the operator typed into the search form."""

    code: str
    registration: str
    outcome: str
    days: str

    def as_filter(self, at: datetime) -> AttemptFilter:
        """For the search; what is no number allows everything."""
        days = int(self.days) if self.days.isascii() and self.days.isdigit() else 0
        number = self.registration if self.registration.isascii() and self.registration.isdigit() else ""
        return AttemptFilter(
            code=read_code(self.code),
            registration_id=int(number) if number and len(number) < 10 else None,
            outcome=self.outcome if self.outcome in {*OUTCOME_WORDS, "failed"} else "",
            since=at - timedelta(days=min(days, 400)) if days else None,
        )

    def link(self) -> dict[str, str]:
        """The form's fields, for the addresses of other pages of the list."""
        sent = {"ma": self.code, "nen-tang": self.registration, "ket-qua": self.outcome, "ngay": self.days}
        return {name: value for name, value in sent.items() if value}


@blueprint.get("/")
def attempts() -> Response | str:
    """Attempts to log in and to launch, newest first; a whole code leads to its attempt."""
    asked = Asked(
        code=request.args.get("ma", "").strip()[:40],
        registration=request.args.get("nen-tang", ""),
        outcome=request.args.get("ket-qua", ""),
        days=request.args.get("ngay", ""),
    )
    page = max(1, request.args.get("trang", 1, type=int))
    wanted = asked.as_filter(now())
    with reading() as session:
        found = find_attempt(session, asked.code) if asked.code else None
        total = count_attempts(session, wanted)
        rows = list_attempts(session, wanted, limit=_PER_PAGE, offset=(page - 1) * _PER_PAGE)
        registrations = list_registrations(session)
        rungs = tally_rungs(session, since=now() - _RUNGS_OVER)
    if found is not None:
        return redirect(url_for("launch_records.attempt", code=found.code))
    return render_template(
        "admin/launch_attempts.html",
        attempts=rows,
        asked=asked,
        total=total,
        page=page,
        pages=-(-total // _PER_PAGE),
        registrations=registrations,
        names={one.id: one.name for one in registrations},
        rungs=rungs,
        shown_code=shown_code,
        outcome_words=OUTCOME_WORDS,
        rung_words=RUNG_WORDS,
    )


@blueprint.get("/<code>")
def attempt(code: str) -> str:
    """One attempt: its checks, its cause in plain words, and the screen of the LMS to go to."""
    with reading() as session:
        found = find_attempt(session, code)
        if found is None:
            raise LaunchAttemptUnknown("No attempt has this support code, or it was kept long enough.")
        related = list_related(session, found)
        names = {one.id: one.name for one in list_registrations(session)}
    return render_template(
        "admin/launch_attempt.html",
        attempt=found,
        related=related,
        names=names,
        advice=advise(_trouble_code(found.outcome, found.error_code), found.product_family),
        shown_code=shown_code,
        outcome_words=OUTCOME_WORDS,
        rung_words=RUNG_WORDS,
        check_words=CHECK_WORDS,
    )


def _trouble_code(outcome: str, error_code: str) -> str:
    return error_code or ("internal_error" if outcome == "broken" else "")
