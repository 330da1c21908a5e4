"""Reasons, next steps and bands in words."""

from typing import Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from sync.reports.next_steps import NextStep, Step

_STEPS: Final[dict[Step, LazyString]] = {
    Step.BEGIN: _l("Bắt đầu học"),
    Step.REPEAT: _l("Học lại và làm lại bài kiểm tra"),
    Step.CONTINUE: _l("Học tiếp phần dở"),
    Step.GO_ON: _l("Học chuyên đề mới"),
    Step.NOTHING: _l("Đã xong cả chương trình"),
}
_REASONS: Final[dict[str, LazyString]] = {
    "chua-mo": _l("Chưa mở bài nào"),
    "dang-bo": _l("Học dở, đã dừng"),
    "chua-dat": _l("Kết quả kiểm tra thấp"),
}


def show_step(step: NextStep) -> str:
    """What to do next, without the module."""
    return str(_STEPS[step.step])


def show_reason(word: str) -> str:
    """Why somebody stands on the list; the word is that of the address."""
    return str(_REASONS[word])


def show_band(band: tuple[int, int] | None) -> str:
    """A band of rates: trên 50% đến 85%."""
    if band is None:
        return str(_("quá ít người"))
    low, high = (f"{limit}%" for limit in band)
    return str(
        _("trên %(low)s đến %(high)s", low=low, high=high) if band[0] else _("đến %(high)s", high=high)
    )
