"""What verbs say in a sentence, in the reader's language: ours, ADL's, cmi5's and those of common tools."""

from typing import Final

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from xapi_bridge.vocabulary import adl

_ADL: Final = "http://adlnet.gov/expapi/verbs/"
_CMI5: Final = "https://w3id.org/xapi/adl/verbs/"
_VIDEO: Final = "https://w3id.org/xapi/video/verbs/"
_STREAMS: Final = "http://activitystrea.ms/schema/1.0/"
_TINCAN: Final = "http://id.tincanapi.com/verb/"

#: Verb IRI → how it reads between who and with what.
VERB_WORDS: Final[dict[str, LazyString]] = {
    adl.INITIALIZED: _l("đã bắt đầu"),
    adl.EXPERIENCED: _l("đã xem"),
    adl.PROGRESSED: _l("đã học được một phần"),
    adl.COMPLETED: _l("đã hoàn thành"),
    adl.ANSWERED: _l("đã trả lời"),
    adl.PASSED: _l("đã đạt"),
    adl.FAILED: _l("chưa đạt"),
    adl.VOIDED: _l("đã hủy"),
    f"{_ADL}attempted": _l("đã làm thử"),
    f"{_ADL}attended": _l("đã tham dự"),
    f"{_ADL}asked": _l("đã hỏi"),
    f"{_ADL}commented": _l("đã nhận xét về"),
    f"{_ADL}exited": _l("đã rời khỏi"),
    f"{_ADL}imported": _l("đã nhập"),
    f"{_ADL}interacted": _l("đã tương tác với"),
    f"{_ADL}launched": _l("đã mở"),
    f"{_ADL}mastered": _l("đã nắm vững"),
    f"{_ADL}preferred": _l("đã chọn"),
    f"{_ADL}registered": _l("đã ghi danh"),
    f"{_ADL}responded": _l("đã phản hồi"),
    f"{_ADL}resumed": _l("đã học tiếp"),
    f"{_ADL}satisfied": _l("đã đáp ứng yêu cầu của"),
    f"{_ADL}scored": _l("đã được chấm điểm"),
    f"{_ADL}shared": _l("đã chia sẻ"),
    f"{_ADL}suspended": _l("đã tạm dừng"),
    f"{_ADL}terminated": _l("đã kết thúc"),
    f"{_ADL}logged-in": _l("đã đăng nhập vào"),
    f"{_ADL}logged-out": _l("đã đăng xuất khỏi"),
    f"{_CMI5}abandoned": _l("đã bỏ dở"),
    f"{_CMI5}satisfied": _l("đã đáp ứng yêu cầu của"),
    f"{_CMI5}waived": _l("đã được miễn"),
    f"{_VIDEO}played": _l("đã phát"),
    f"{_VIDEO}paused": _l("đã tạm dừng"),
    f"{_VIDEO}seeked": _l("đã tua"),
    f"{_STREAMS}create": _l("đã tạo"),
    f"{_STREAMS}update": _l("đã cập nhật"),
    f"{_STREAMS}submit": _l("đã nộp"),
    f"{_TINCAN}viewed": _l("đã xem"),
}

#: Type of an activity → what kind of thing it is.
KIND_WORDS: Final[dict[str, LazyString]] = {
    adl.COURSE: _l("khóa học"),
    adl.MODULE: _l("chuyên đề"),
    adl.LESSON: _l("bài học"),
    adl.ASSESSMENT: _l("bài kiểm tra"),
    adl.INTERACTION: _l("câu hỏi"),
    "http://adlnet.gov/expapi/activities/question": _l("câu hỏi"),
    "http://adlnet.gov/expapi/activities/media": _l("học liệu"),
    "http://adlnet.gov/expapi/activities/file": _l("tệp"),
    "http://adlnet.gov/expapi/activities/link": _l("liên kết"),
    "http://adlnet.gov/expapi/activities/meeting": _l("buổi học"),
    "http://adlnet.gov/expapi/activities/performance": _l("nhiệm vụ"),
    "https://w3id.org/xapi/video/activity-type/video": _l("video"),
    "https://w3id.org/xapi/cmi5/activitytype/course": _l("khóa học"),
    "https://w3id.org/xapi/cmi5/activitytype/block": _l("phần"),
}


def last_part(iri: str) -> str:
    """The end of an IRI, for what nobody has named: `http://example.org/verbs/looked-at` → `looked-at`."""
    return iri.rstrip("/#").replace("#", "/").rpartition("/")[2] or iri
