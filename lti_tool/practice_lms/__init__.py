"""A small honest LTI 1.3 platform for the demo, the docs and the tests.

It is an outsider: it imports nothing of the tool, keeps its own SQLite file and its own key, and talks to the
tool only in the words of LTI 1.3, as any LMS does. Where specifications leave room it is as strict as the
strictest platform that was observed: messages live 60 seconds, hints work once, addresses must match exactly,
a score that is not final erases the grade.

It is for practice only: people are chosen from a list and there are no passwords. Serve it on the loopback
address and nowhere else.
"""

from lti_tool.practice_lms.app import create_practice_lms
from lti_tool.practice_lms.course_plans import (
    ActivityPlan,
    CoursePlan,
    PersonPlan,
    add_administrator,
    open_course,
)
from lti_tool.practice_lms.courses import Tool
from lti_tool.practice_lms.profiles import GENERIC, MOODLE, PROFILES, STRICT, Profile
from lti_tool.practice_lms.tools import register_tool

__all__ = [
    "GENERIC",
    "MOODLE",
    "PROFILES",
    "STRICT",
    "ActivityPlan",
    "CoursePlan",
    "PersonPlan",
    "Profile",
    "Tool",
    "add_administrator",
    "create_practice_lms",
    "open_course",
    "register_tool",
]
