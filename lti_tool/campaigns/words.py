"""Words for periodic tests."""

from typing import Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from sync.campaigns.judging import Commended, SittingState

STATE_WORDS: Final[dict[SittingState, LazyString]] = {
    SittingState.NOT_STARTED: _l("Chưa làm"),
    SittingState.PASSED: _l("Đạt"),
    SittingState.FAILED: _l("Chưa đạt"),
    SittingState.OVERDUE: _l("Quá hạn, chưa làm"),
}


def reason_of(one: Commended) -> str:
    """Why somebody is on the list of commendation."""
    if one.places is None:
        return str(_("hạng %(rank)s trong %(of)s người đã kiểm tra của cấp", rank=one.rank, of=one.of))
    words = _(
        "hạng %(rank)s trong %(of)s người đã kiểm tra của cấp; biểu dương đến hạng %(places)s",
        rank=one.rank,
        of=one.of,
        places=one.places,
    )
    return str(words)
