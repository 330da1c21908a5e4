"""Words of cmi5 that we use: the progress extension, and the verbs and categories of its launches."""

#: Share of the content done, whole number 0 to 100 (cmi5, 9.5.5.1).
PROGRESS = "https://w3id.org/xapi/cmi5/result/extensions/progress"

LAUNCHED = "http://adlnet.gov/expapi/verbs/launched"
TERMINATED = "http://adlnet.gov/expapi/verbs/terminated"
ABANDONED = "https://w3id.org/xapi/adl/verbs/abandoned"
WAIVED = "https://w3id.org/xapi/adl/verbs/waived"
SATISFIED = "https://w3id.org/xapi/adl/verbs/satisfied"

#: Category of every statement that cmi5 defines, and of those that count for moveOn (cmi5, 9.6.2).
CATEGORY = "https://w3id.org/xapi/cmi5/context/categories/cmi5"
MOVE_ON = "https://w3id.org/xapi/cmi5/context/categories/moveon"

#: Context extension: one run of an assignable unit (cmi5, 9.6.3.1).
SESSION_ID = "https://w3id.org/xapi/cmi5/context/extensions/sessionid"
