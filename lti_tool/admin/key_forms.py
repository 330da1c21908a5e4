"""What an operator typed about a key, turned into its terms; and the words for scopes."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Final

from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict

from sync.calendars import VIET_NAM
from xapi_bridge.access_errors import LifetimeMalformed
from xapi_bridge.statement import Account
from xapi_bridge.store.credentials import DEFAULT_GROUP, Credential, Terms
from xapi_bridge.store.scopes import PSEUDONYMS, SCOPES

#: Scope -> what a person reads beside it.
SCOPE_WORDS: Final = {
    "statements/write": _l("Ghi bản ghi học tập"),
    "statements/read": _l("Đọc mọi bản ghi, có thông tin người học"),
    "statements/read/mine": _l("Chỉ đọc bản ghi do chính nguồn này ghi"),
    PSEUDONYMS: _l("Dành cho người phân tích: đọc mọi bản ghi dưới bí danh"),
    "state": _l("Đọc, ghi tài liệu trạng thái học"),
    "profile": _l("Đọc, ghi tài liệu hồ sơ"),
    "define": _l("Được đặt tên, mô tả hoạt động"),
    "all/read": _l("Đọc mọi thứ"),
    "all": _l("Toàn quyền, kể cả thu hồi bản ghi của nguồn khác"),
}
assert SCOPE_WORDS.keys() == SCOPES.keys()  # noqa: S101 - a scope without words would be offered blank


def terms_from_form(form: MultiDict[str, str]) -> Terms:
    """The terms that the form asks for.

    Raises:
        LifetimeMalformed: a day or a limit that cannot be read.
    """
    home_page, name = _typed(form, "authority_home_page"), _typed(form, "authority_name")
    return Terms(
        label=_typed(form, "label"),
        scopes=frozenset(form.getlist("scope")),
        expires_at=_end_of_day(_typed(form, "expires_on")),
        # With one of the two missing the store says what is wrong.
        authority=Account(home_page=home_page, name=name) if home_page or name else None,
        source=_typed(form, "source"),
        note=_typed(form, "note"),
        pseudonym_group=_typed(form, "pseudonym_group") or DEFAULT_GROUP,
        requests_per_minute=_whole_number(_typed(form, "requests_per_minute")),
    )


def overlap_from_form(form: Mapping[str, str]) -> timedelta:
    """How long the old secret opens beside the new one.

    Raises:
        LifetimeMalformed: no whole number of days.
    """
    days = _whole_number(form.get("overlap_days", "").strip())
    if days is None or days > 10_000:
        raise LifetimeMalformed("Say for how many days the old secret opens beside the new one.")
    return timedelta(days=days)


def find_matching(
    credentials: list[Credential], *, words: str, state: str, now: datetime
) -> list[Credential]:
    """The keys whose label, key, source or authority holds the words, in a state: usable, over or any."""
    wanted = words.casefold()
    return [
        one
        for one in credentials
        if wanted in _searched(one)
        and (state not in {"usable", "over"} or one.is_usable(now=now) == (state == "usable"))
    ]


def _searched(one: Credential) -> str:
    authority = one.own_authority.name if one.own_authority else ""
    return " ".join((one.label, one.key, one.source, authority, one.note, *one.scopes)).casefold()


def _typed(form: Mapping[str, str], name: str) -> str:
    return form.get(name, "").strip()


def _end_of_day(text: str) -> datetime | None:
    """The end of a day in Viet Nam, from 2026-12-31."""
    if not text:
        return None
    try:
        day = datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=VIET_NAM).date()
        return datetime.combine(day + timedelta(days=1), time.min, tzinfo=VIET_NAM)
    except (ValueError, OverflowError) as malformed:
        raise LifetimeMalformed("The last day is written as 2026-12-31.") from malformed


def _whole_number(text: str) -> int | None:
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise LifetimeMalformed("A limit is a whole number.")
    return int(text)
