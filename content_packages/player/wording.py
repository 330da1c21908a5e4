"""Figures and instants as the reader writes them, and lesson text ready for narrow screens."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flask_babel import get_locale, ngettext
from flask_babel import gettext as _
from markupsafe import Markup, escape

from content_packages.authoring.markup import render_text

_VIET_NAM = ZoneInfo("Asia/Ho_Chi_Minh")


def shown_number(value: float) -> str:
    """At most one decimal: 7, 7,5; in English 7.5."""
    rounded = round(value, 1)
    return str(int(rounded)) if rounded == int(rounded) else f"{rounded:.1f}".replace(".", _decimal_mark())


def shown_percent(share: float) -> str:
    """A share 0..1 as percent: 87,5%. Rounded down, so that nobody reads a pass that is none."""
    return f"{shown_number(int(share * 1000 + 1e-6) / 10)}%"


def shown_time(instant: datetime) -> str:
    """Time of day in Viet Nam: 10:32."""
    return instant.astimezone(_VIET_NAM).strftime("%H:%M")


def shown_instant(instant: datetime) -> str:
    """Time and day in Viet Nam: 10:32 24/11/2026."""
    return instant.astimezone(_VIET_NAM).strftime("%H:%M %d/%m/%Y")


def shown_length(length: timedelta) -> str:
    """A length of time in its two largest parts: 20 phút, 1 giờ 30 phút, 2 ngày."""
    seconds = int(length.total_seconds())
    days, hours = seconds // 86400, seconds % 86400 // 3600
    minutes, rest = seconds % 3600 // 60, seconds % 60
    parts = [
        (days, ngettext("%(num)d ngày", "%(num)d ngày", days)),
        (hours, ngettext("%(num)d giờ", "%(num)d giờ", hours)),
        (minutes, ngettext("%(num)d phút", "%(num)d phút", minutes)),
        (rest, ngettext("%(num)d giây", "%(num)d giây", rest)),
    ]
    return " ".join([words for amount, words in parts if amount][:2]) or _("không")


def lesson_html(clean: str) -> Markup:
    """HTML that the compiler has cleaned, its tables in boxes that scroll on their own, by keyboard too."""
    name = escape(_("Bảng"))
    opening = f'<div class="table-scroll" tabindex="0" role="region" aria-label="{name}"><table>'
    boxed = clean.replace("<table>", opening).replace("</table>", "</table></div>")
    return Markup(boxed)  # noqa: S704 - cleaned by content_packages.authoring.markup before it was published


def question_html(text: str) -> Markup:
    """A stem or a situation in Markdown as clean HTML."""
    return Markup(render_text(text))  # noqa: S704 - render_text cleans it


def _decimal_mark() -> str:
    return "." if str(get_locale()) == "en" else ","
