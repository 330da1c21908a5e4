"""Verbs and activity types of the ADL vocabulary (http://adlnet.gov/expapi/)."""

from collections.abc import Mapping
from types import MappingProxyType

_VERBS = "http://adlnet.gov/expapi/verbs/"
_ACTIVITIES = "http://adlnet.gov/expapi/activities/"

INITIALIZED = f"{_VERBS}initialized"
EXPERIENCED = f"{_VERBS}experienced"
PROGRESSED = f"{_VERBS}progressed"
COMPLETED = f"{_VERBS}completed"
ANSWERED = f"{_VERBS}answered"
PASSED = f"{_VERBS}passed"
FAILED = f"{_VERBS}failed"
VOIDED = f"{_VERBS}voided"

COURSE = f"{_ACTIVITIES}course"
MODULE = f"{_ACTIVITIES}module"
LESSON = f"{_ACTIVITIES}lesson"
ASSESSMENT = f"{_ACTIVITIES}assessment"
INTERACTION = f"{_ACTIVITIES}cmi.interaction"

#: How each verb reads in a sentence: verb -> language tag -> text.
VERB_DISPLAY: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        INITIALIZED: {"vi": "đã bắt đầu", "en": "initialized"},
        EXPERIENCED: {"vi": "đã xem", "en": "experienced"},
        PROGRESSED: {"vi": "đã học được một phần", "en": "progressed"},
        COMPLETED: {"vi": "đã hoàn thành", "en": "completed"},
        ANSWERED: {"vi": "đã trả lời", "en": "answered"},
        PASSED: {"vi": "đã đạt", "en": "passed"},
        FAILED: {"vi": "chưa đạt", "en": "failed"},
        VOIDED: {"vi": "đã hủy bản ghi", "en": "voided"},
    }
)
