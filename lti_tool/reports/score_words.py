"""States and troubles of scores and rosters in words, from their stable codes."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from lti_tool.error_pages import explanation_of
from sync.errors import SyncRefused
from sync.score_state import ScoreState


class Words(NamedTuple):
    """What happened, and what the reader can do now."""

    title: LazyString
    next_step: LazyString


class StateWords(NamedTuple):
    """A state for a badge: its words, and good, warn, bad or nothing."""

    title: LazyString
    tone: str


_UNFORESEEN: Final = Words(
    _l("Lỗi chưa lường trước khi gửi điểm"), _l("Hệ thống tự gửi lại; nếu kéo dài, báo quản trị viên.")
)

STATES: Final[dict[ScoreState, StateWords]] = {
    ScoreState.NO_RESULT: StateWords(_l("Chưa có kết quả"), ""),
    ScoreState.NO_COLUMN: StateWords(_l("Chờ cột điểm"), "warn"),
    ScoreState.WAITING: StateWords(_l("Chưa gửi"), "warn"),
    ScoreState.RETRYING: StateWords(_l("Gửi lỗi, sẽ thử lại"), "warn"),
    ScoreState.REFUSED: StateWords(_l("LMS từ chối"), "bad"),
    ScoreState.SENT: StateWords(_l("Đã gửi"), "good"),
    ScoreState.CONFIRMED: StateWords(_l("Đã gửi, đã kiểm tra lại"), "good"),
    ScoreState.DIFFERENT: StateWords(_l("LMS hiện điểm khác"), "bad"),
}


def trouble_words(code: str) -> Words:
    """The words for the code of a score's, column's, breaker's or roster's trouble."""
    kinds = {kind.code: kind for kind in _with_heirs(SyncRefused)}
    if code not in kinds:
        return _UNFORESEEN
    explanation = explanation_of(kinds[code])
    return Words(explanation.title, explanation.next_step)


def _with_heirs(kind: type[SyncRefused]) -> Iterator[type[SyncRefused]]:
    yield kind
    for heir in kind.__subclasses__():
        yield from _with_heirs(heir)
