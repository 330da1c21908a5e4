"""Words of cmi5: verbs of a launched session, categories, and the extensions of its statements."""

from typing import Final

#: Share of the content done, whole number 0 to 100 (cmi5, 9.5.5.1).
PROGRESS = "https://w3id.org/xapi/cmi5/result/extensions/progress"
#: Why an assignable unit is waived (cmi5, 9.5.5.2).
REASON = "https://w3id.org/xapi/cmi5/result/extensions/reason"

LAUNCHED = "http://adlnet.gov/expapi/verbs/launched"
INITIALIZED = "http://adlnet.gov/expapi/verbs/initialized"
COMPLETED = "http://adlnet.gov/expapi/verbs/completed"
PASSED = "http://adlnet.gov/expapi/verbs/passed"
FAILED = "http://adlnet.gov/expapi/verbs/failed"
TERMINATED = "http://adlnet.gov/expapi/verbs/terminated"
ABANDONED = "https://w3id.org/xapi/adl/verbs/abandoned"
WAIVED = "https://w3id.org/xapi/adl/verbs/waived"
SATISFIED = "https://w3id.org/xapi/adl/verbs/satisfied"

#: Verbs that the content sends, and those that only the LMS sends (cmi5, 9.3).
CONTENT_VERBS: Final = frozenset({INITIALIZED, COMPLETED, PASSED, FAILED, TERMINATED})
LMS_VERBS: Final = frozenset({LAUNCHED, ABANDONED, WAIVED, SATISFIED})

#: Category of every statement that cmi5 defines, and of those that count for moveOn (cmi5, 9.6.2).
CATEGORY = "https://w3id.org/xapi/cmi5/context/categories/cmi5"
MOVE_ON = "https://w3id.org/xapi/cmi5/context/categories/moveon"

BLOCK = "https://w3id.org/xapi/cmi5/activitytype/block"
COURSE = "https://w3id.org/xapi/cmi5/activitytype/course"

_EXTENSIONS = "https://w3id.org/xapi/cmi5/context/extensions/"
#: Context extensions (cmi5, 9.6.3): one run of an assignable unit, and what it was launched with.
SESSION_ID = f"{_EXTENSIONS}sessionid"
MASTERY_SCORE = f"{_EXTENSIONS}masteryscore"
LAUNCH_MODE = f"{_EXTENSIONS}launchmode"
LAUNCH_URL = f"{_EXTENSIONS}launchurl"
MOVE_ON_RULE = f"{_EXTENSIONS}moveon"
LAUNCH_PARAMETERS = f"{_EXTENSIONS}launchparameters"

#: State document that tells the content how it was launched (cmi5, 10).
LAUNCH_DATA = "LMS.LaunchData"
#: Agent profile with language and sound (cmi5, 11).
LEARNER_PREFERENCES = "cmi5LearnerPreferences"
