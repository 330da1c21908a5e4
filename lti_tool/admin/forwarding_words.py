"""What a forwarding trouble means and what to do, in words, from its stable code."""

from collections.abc import Iterator
from typing import NamedTuple

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from lti_tool.error_pages import explanation_of
from sync.errors import ForwardingRefused
from sync.forwarding.sending import CONFLICT_UNREADABLE, HORIZON_OVER, STATEMENT_GONE
from xapi_bridge.errors import RuleBroken
from xapi_bridge.remote_errors import RemoteLrsRefused


class Words(NamedTuple):
    """What happened, and what the operator can do now."""

    title: LazyString
    next_step: LazyString


_OWN = {
    CONFLICT_UNREADABLE: Words(
        _l("Nơi nhận báo trùng mã nhưng không cho đọc để so sánh"),
        _l("Xin cho khóa quyền đọc bản ghi ở nơi nhận, rồi gửi lại."),
    ),
    HORIZON_OVER: Words(
        _l("Đã thử quá thời hạn mà nơi nhận không nhận"),
        _l("Khi nơi nhận hoạt động lại, bấm gửi lại."),
    ),
    STATEMENT_GONE: Words(
        _l("Bản ghi không còn trong kho"), _l("Bản ghi đã bị xóa theo yêu cầu; bỏ khỏi danh sách.")
    ),
}


def words_of(code: str) -> Words:
    """The words for the code of a target's trouble or of a dead letter."""
    if code in _OWN:
        return _OWN[code]
    kinds = {kind.code: kind for kind in (*_with_heirs(RemoteLrsRefused), *_with_heirs(ForwardingRefused))}
    explanation = explanation_of(kinds.get(code, RemoteLrsRefused))
    return Words(explanation.title, explanation.next_step)


def _with_heirs(kind: type[RuleBroken]) -> Iterator[type[RuleBroken]]:
    yield kind
    for heir in kind.__subclasses__():
        yield from _with_heirs(heir)
