"""What the roles of an LMS allow."""

import pytest

from lti_tool.launch.roles import role_from_lti

MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership"
INSTITUTION = "http://purl.imsglobal.org/vocab/lis/v2/institution/person"
SYSTEM = "http://purl.imsglobal.org/vocab/lis/v2/system/person"


@pytest.mark.parametrize(
    "roles",
    [
        [f"{MEMBERSHIP}#Instructor"],
        ["Instructor"],
        [f"{MEMBERSHIP}#Learner", f"{MEMBERSHIP}#Instructor"],
        [f"{INSTITUTION}#Administrator", f"{MEMBERSHIP}#Instructor", f"{SYSTEM}#Administrator"],
        [f"{MEMBERSHIP}/Instructor#TeachingAssistant"],
        [f"{MEMBERSHIP}#Administrator"],
    ],
)
def test_a_role_that_teaches_the_course_makes_a_teacher_wherever_it_stands(roles):
    assert role_from_lti(roles) == "teacher"


@pytest.mark.parametrize(
    "roles",
    [
        [],
        [""],
        [f"{MEMBERSHIP}#Learner"],
        ["Learner"],
        [f"{MEMBERSHIP}#Mentor"],
        [f"{MEMBERSHIP}#ContentDeveloper"],
        [f"{INSTITUTION}#Instructor"],
        [f"{INSTITUTION}#Administrator"],
        [f"{SYSTEM}#Administrator"],
        ["urn:unknown:Instructor"],
        ["instructor"],
        ["http://example.test/roles#Instructor"],
        [f"{MEMBERSHIP}/Instructor#Unknown"],
        [f"{MEMBERSHIP}#InstructorAssistant"],
    ],
)
def test_any_other_role_has_the_least_privilege(roles):
    assert role_from_lti(roles) == "learner"
