"""What a message says: the claims of the three kinds of launch (LTI 1.3 Core 5.3; Deep Linking 2.0)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

from lti_tool.practice_lms.addresses import (
    deep_link_return_url,
    line_item_url,
    line_items_url,
    members_url,
)
from lti_tool.practice_lms.courses import Activity, Course, Person, Tool
from lti_tool.practice_lms.messages import Launch, target_of
from lti_tool.practice_lms.profiles import Profile
from lti_tool.practice_lms.vocabulary import (
    ADMINISTRATOR_ROLES,
    AGS_CLAIM,
    AGS_SCOPES,
    BASIC_OUTCOME_CLAIM,
    CLAIM,
    DEEP_LINK,
    DEEP_LINKING,
    INSTRUCTOR,
    LEARNER,
    MEMBERS_SCOPE,
    NRPS_CLAIM,
    RESOURCE_LINK,
    SUBMISSION_REVIEW,
    TEACHING_ASSISTANT,
)

MESSAGE_LIFETIME_SECONDS: Final = 60
_ROLES: Final = {"learner": [LEARNER], "assistant": [INSTRUCTOR, TEACHING_ASSISTANT], "teacher": [INSTRUCTOR]}


@dataclass(frozen=True)
class Occasion:
    """One message: who opens what, in which course, with which tool.

    Attributes:
        activity: absent when content is chosen.
        history: ids of the courses that this one was copied from, nearest first.
        text_to_echo: what the picker must send back as `data`.
    """

    issuer: str
    profile: Profile
    tool: Tool
    person: Person
    course: Course
    activity: Activity | None
    launch: Launch
    history: tuple[int, ...] = ()
    text_to_echo: str = ""

    @property
    def message_type(self) -> str:
        """The kind of message, in the standard's word."""
        if self.activity is None:
            return DEEP_LINK
        return RESOURCE_LINK if self.launch.reviewed_person_id is None else SUBMISSION_REVIEW


def compose_message(occasion: Occasion, *, nonce: str, now: datetime) -> dict[str, Any]:
    """The claims of one message."""
    issued_at = int(now.timestamp())
    tool = occasion.tool
    return {
        "iss": occasion.issuer,
        **_audience(occasion),
        "sub": str(occasion.person.person_id),
        "iat": issued_at,
        "exp": issued_at + MESSAGE_LIFETIME_SECONDS,
        "nonce": nonce,
        CLAIM + "message_type": occasion.message_type,
        CLAIM + "version": "1.3.0",
        CLAIM + "deployment_id": str(tool.tool_id),
        CLAIM + "target_link_uri": target_of(tool, occasion.activity, occasion.launch),
        CLAIM + "roles": roles_of(occasion.person, occasion.course),
        **_person_claims(occasion),
        **_place_claims(occasion),
        **(_picker_claims(occasion) if occasion.activity is None else _activity_claims(occasion)),
    }


def _audience(occasion: Occasion) -> dict[str, Any]:
    client_id = occasion.tool.client_id
    if occasion.profile.message_audience_list:
        return {"aud": [client_id], "azp": client_id}
    return {"aud": client_id}


def roles_of(person: Person, course: Course) -> list[str]:
    """Roles as full addresses; an administrator's membership is not the first of them."""
    roles = list(_ROLES[course.role])
    if person.is_administrator:
        return [ADMINISTRATOR_ROLES[0], *roles, ADMINISTRATOR_ROLES[1]]
    return roles


def _person_claims(occasion: Occasion) -> dict[str, Any]:
    person, tool = occasion.person, occasion.tool
    claims: dict[str, Any] = {CLAIM + "lis": {"person_sourcedid": person.staff_code}}
    family_code = occasion.profile.product_family_code
    extension = {"lms": family_code}
    if tool.shares_name:
        claims |= {
            "name": person.full_name,
            "family_name": person.family_name,
            "given_name": person.given_name,
        }
        extension["user_username"] = person.username
    if tool.shares_email:
        claims["email"] = person.email
    return claims | {CLAIM + "ext": extension}


def _place_claims(occasion: Occasion) -> dict[str, Any]:
    course, activity = occasion.course, occasion.activity
    target = occasion.launch.document_target
    query = urlencode({"activity": activity.activity_id if activity else "", "target": target})
    return {
        CLAIM + "context": {
            "id": str(course.course_id),
            "label": course.label,
            "title": course.title,
            "type": ["CourseSection"],
        },
        CLAIM + "launch_presentation": {
            "locale": "vi",
            "document_target": target,
            "return_url": f"{occasion.issuer}/courses/{course.course_id}/return?{query}",
        },
        CLAIM + "tool_platform": {
            "guid": occasion.issuer,
            "name": occasion.profile.title,
            "product_family_code": occasion.profile.product_family_code,
            "version": occasion.profile.version,
        },
        CLAIM + "custom": custom_claim(occasion),
    }


def _picker_claims(occasion: Occasion) -> dict[str, Any]:
    """Settings of a deep linking request (Deep Linking 2.0, 4.4.1); no services, as on common LMSs."""
    settings = {
        "deep_link_return_url": deep_link_return_url(
            occasion.issuer, occasion.course.course_id, str(occasion.launch.deep_link_id)
        ),
        "accept_types": ["ltiResourceLink"],
        "accept_presentation_document_targets": ["iframe", "window"],
        "accept_multiple": True,
        "accept_lineitem": True,
        "auto_create": False,
        "title": occasion.tool.name,
        "text": "",
    }
    if occasion.profile.deep_link_sends_text:
        settings["data"] = occasion.text_to_echo
    return {DEEP_LINKING + "deep_linking_settings": settings}


def _activity_claims(occasion: Occasion) -> dict[str, Any]:
    activity = _activity(occasion)
    claims: dict[str, Any] = {
        CLAIM + "resource_link": {
            "id": str(activity.activity_id),
            "title": activity.title,
            "description": activity.description,
        },
    }
    if occasion.launch.reviewed_person_id is not None:
        claims[CLAIM + "for_user"] = {"user_id": str(occasion.launch.reviewed_person_id)}
    if occasion.profile.basic_outcome_claim:
        claims[BASIC_OUTCOME_CLAIM] = {
            "lis_result_sourcedid": f"{activity.activity_id}:{occasion.person.person_id}",
            "lis_outcome_service_url": f"{occasion.issuer}/lti/outcomes",
        }
    return claims | _service_claims(occasion, activity)


def _activity(occasion: Occasion) -> Activity:
    if occasion.activity is None:
        raise ValueError("A deep linking request has no activity.")
    return occasion.activity


def _service_claims(occasion: Occasion, activity: Activity) -> dict[str, Any]:
    tool, issuer = occasion.tool, occasion.issuer
    claims: dict[str, Any] = {}
    grade_scopes = [scope for scope in AGS_SCOPES if scope in tool.granted_scopes]
    if grade_scopes:
        claims[AGS_CLAIM] = {
            "scope": grade_scopes,
            "lineitems": line_items_url(issuer, activity.course_id, tool_id=tool.tool_id),
            **_own_line_item(occasion, activity),
        }
    if MEMBERS_SCOPE in tool.granted_scopes:
        claims[NRPS_CLAIM] = {
            "context_memberships_url": members_url(issuer, activity.course_id, tool_id=tool.tool_id),
            "service_versions": ["2.0"],
        }
    return claims


def _own_line_item(occasion: Occasion, activity: Activity) -> dict[str, str]:
    if activity.added_columns and occasion.profile.second_column_hides_first:
        return {"lineitem": ""}
    # With several columns the standard has the tool ask for the list (AGS 2.0, 3.1).
    if activity.line_item_id is None or activity.added_columns:
        return {}
    url = line_item_url(
        occasion.issuer,
        activity.course_id,
        tool_id=activity.tool_id,
        line_item_id=activity.line_item_id,
    )
    return {"lineitem": url}


def custom_claim(occasion: Occasion) -> dict[str, str]:
    """Custom parameters of the tool and of the activity, variables replaced.

    A variable that this LMS does not know stays as it is, as on real ones.
    """
    # A variable that common LMSs do not know: a tool must not take it for a value.
    given: dict[str, str] = {"deadline": "$ResourceLink.submission.endDateTime"} | occasion.tool.custom
    activity = occasion.activity
    if activity is not None:
        given |= ({"content": activity.content} if activity.content else {}) | activity.custom
        if occasion.launch.reviewed_person_id is not None:
            given |= (activity.submission_review or {}).get("custom", {})
    known = _variables(occasion)
    replaced = {name: known.get(value, value) for name, value in given.items()}
    if occasion.profile.custom_keys_doubled:
        return replaced | {name.lower(): value for name, value in replaced.items()}
    return replaced


def _variables(occasion: Occasion) -> dict[str, str]:
    """Substitution variables (LTI 1.3 Core, Appendix B) that this LMS knows."""
    person, course, activity = occasion.person, occasion.course, occasion.activity
    known = {
        "$User.id": str(person.person_id),
        "$User.username": person.username,
        "$Person.sourcedId": person.staff_code,
        "$Context.id": str(course.course_id),
        "$Context.title": course.title,
        "$Context.label": course.label,
        "$Context.id.history": ",".join(str(past) for past in occasion.history),
    }
    if occasion.tool.shares_name:
        known |= {
            "$Person.name.full": person.full_name,
            "$Person.name.family": person.family_name,
            "$Person.name.given": person.given_name,
        }
    if occasion.tool.shares_email:
        known["$Person.email.primary"] = person.email
    if activity is not None:
        known |= {"$ResourceLink.id": str(activity.activity_id), "$ResourceLink.title": activity.title}
    return known
