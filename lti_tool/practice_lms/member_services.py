"""The roster of a course (Names and Role Provisioning Services 2.0)."""

from typing import Any

from flask import Blueprint, Response, request

from lti_tool.practice_lms.courses import (
    Participant,
    Tool,
    course_label,
    find_activity,
    find_tool,
    list_participants,
)
from lti_tool.practice_lms.database_file import work
from lti_tool.practice_lms.errors import ServiceRefused
from lti_tool.practice_lms.profiles import Profile
from lti_tool.practice_lms.running import running_lms
from lti_tool.practice_lms.service_answers import (
    answer_json,
    asking_tool,
    cut_page,
    link_next,
    require_accept,
)
from lti_tool.practice_lms.vocabulary import (
    CLAIM,
    INSTRUCTOR,
    LEARNER,
    MEMBERS,
    MEMBERS_SCOPE,
    RESOURCE_LINK,
    TEACHING_ASSISTANT,
)

blueprint = Blueprint("members", __name__, url_prefix="/lti")


@blueprint.get("/courses/<int:course_id>/members")
def show_members(course_id: int) -> Response:
    """Everybody in the course; `role` narrows, `rlid` adds what belongs to one activity (NRPS 2.0, 2.4)."""
    require_accept(MEMBERS, any_will_do=True)
    tool_id = asking_tool(MEMBERS_SCOPE)
    running = running_lms()
    with work(running.engine) as connection:
        tool = find_tool(connection, tool_id)
        found = list_participants(connection, course_id)
        label = course_label(connection, course_id)
        if "rlid" in request.args:
            _require_own_activity(connection, course_id, tool_id)
    members = [_member(participant, tool, running.profile) for participant in found]
    page, next_url = cut_page([member for member in members if _has_role(member, request.args.get("role"))])
    body = {
        "id": f"{running.issuer}{request.full_path.rstrip('?')}",
        "context": {"id": str(course_id), "label": label},
        "members": page,
    }
    return link_next(answer_json(body, MEMBERS), next_url)


def _require_own_activity(connection: Any, course_id: int, tool_id: int) -> None:
    link = request.args["rlid"]
    if link.isascii() and link.isdigit():
        activity = find_activity(connection, int(link))
        if (activity.course_id, activity.tool_id) == (course_id, tool_id):
            return
    raise ServiceRefused(400, "rlid is no activity of this tool in this course.")


def _has_role(member: dict[str, Any], role: str | None) -> bool:
    """Whether a member has the role, asked for by its address or its last word."""
    wanted = role.rpartition("#")[2] if role else None
    return wanted is None or any(held.rpartition("#")[2] == wanted for held in member["roles"])


def _member(participant: Participant, tool: Tool, profile: Profile) -> dict[str, Any]:
    person = participant.person
    member: dict[str, Any] = {
        "status": "Active",
        "user_id": str(person.person_id),
        "lis_person_sourcedid": person.staff_code,
        "roles": _roles(participant, profile),
    }
    if tool.shares_name:
        member |= {"given_name": person.given_name, "family_name": person.family_name}
        member["name"] = (
            f"{person.given_name} {person.family_name}"
            if profile.member_name_given_first
            else person.full_name
        )
    if tool.shares_email:
        member["email"] = person.email
    if "rlid" in request.args:
        member["message"] = [{CLAIM + "message_type": RESOURCE_LINK}]
    return member


def _roles(participant: Participant, profile: Profile) -> list[str]:
    roles = {"teacher": [INSTRUCTOR], "learner": [LEARNER], "assistant": [INSTRUCTOR, TEACHING_ASSISTANT]}
    held = roles[participant.role]
    if participant.role == "assistant" and profile.member_assistant_is_learner:
        held = [LEARNER]
    return [role.rpartition("#")[2] for role in held] if profile.member_short_roles else held
