"""What a person may do here, from the roles that the LMS names. Pure.

Spec: LTI Core 1.3, 5.3.7 and appendix A.2. A role opens doors only when it is known: an unknown, an empty
or a purely institutional role (a lecturer who is a student of this course) is a learner's.
"""

from collections.abc import Iterable
from typing import Final, Literal

Role = Literal["learner", "teacher"]

_MEMBERSHIP: Final = "http://purl.imsglobal.org/vocab/lis/v2/membership"

#: Context roles that teach or run the course. Simple names are allowed for context roles only.
_TEACHING_NAMES: Final = frozenset({"Instructor", "Administrator"})

#: Sub-roles that teach, written `…/membership/Instructor#<name>`.
_TEACHING_SUB_ROLES: Final = frozenset(
    {
        "GuestInstructor",
        "Lecturer",
        "PrimaryInstructor",
        "SecondaryInstructor",
        "TeachingAssistant",
        "TeachingAssistantGroup",
        "TeachingAssistantOffering",
        "TeachingAssistantSection",
    }
)

_TEACHING: Final = (
    _TEACHING_NAMES
    | {f"{_MEMBERSHIP}#{name}" for name in _TEACHING_NAMES}
    | {f"{_MEMBERSHIP}/Instructor#{name}" for name in _TEACHING_SUB_ROLES}
)


def role_from_lti(roles: Iterable[str]) -> Role:
    """`teacher` when any of the roles teaches this course, wherever it stands in the list; else `learner`."""
    return "teacher" if _TEACHING.intersection(roles) else "learner"
