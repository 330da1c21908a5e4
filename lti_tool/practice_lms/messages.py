"""The login and the message (LTI 1.3 Core 5.1 and 5.4; Security Framework 1.0, 5.1.1)."""

import json
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal
from urllib.parse import urlencode

from sqlalchemy import Connection, insert, update

from lti_tool.practice_lms.courses import Activity, Course, Person, Tool
from lti_tool.practice_lms.errors import AuthorizationRefused, LoginRejected
from lti_tool.practice_lms.tables import launch
from lti_tool.practice_lms.tools import find_tool_by_client_id

MESSAGE_LIFETIME_SECONDS: Final = 60
CLAIM: Final = "https://purl.imsglobal.org/spec/lti/claim/"
AGS_CLAIM: Final = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
AGS_SCOPES: Final = tuple(
    f"https://purl.imsglobal.org/spec/lti-ags/scope/{name}"
    for name in ("lineitem.readonly", "result.readonly", "score")
)
_ROLES: Final = {
    "learner": "http://purl.imsglobal.org/vocab/lis/v2/membership#Learner",
    "teacher": "http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor",
}

DocumentTarget = Literal["iframe", "window"]


@dataclass(frozen=True)
class AuthorizationRequest:
    """What the tool asks for, its addresses already checked."""

    tool: Tool
    login_hint: str
    message_hint: str
    nonce: str
    state: str
    response_mode: str
    response_type: str
    prompt: str


@dataclass(frozen=True)
class Launch:
    """One opening of an activity by one person."""

    activity_id: int
    document_target: str


def begin_launch(
    connection: Connection,
    activity: Activity,
    *,
    person: Person,
    tool: Tool,
    document_target: DocumentTarget,
    issuer: str,
    now: datetime,
) -> dict[str, str]:
    """The fields of the login initiation that the browser posts to the tool (Security Framework 5.1.1.1)."""
    launch_id = f"launch{activity.activity_id}_{secrets.token_urlsafe(16)}"
    connection.execute(
        insert(launch).values(
            launch_id=launch_id,
            activity_id=activity.activity_id,
            person_id=person.person_id,
            document_target=document_target,
            begun_at=now,
        )
    )
    return {
        "iss": issuer,
        "target_link_uri": tool.redirect_uri,
        "login_hint": str(person.person_id),
        # JSON, as the most common LMS sends it: a tool that does not encode it properly is found out here.
        "lti_message_hint": json.dumps({"cmid": activity.activity_id, "launchid": launch_id}),
        "client_id": tool.client_id,
        "lti_deployment_id": str(tool.tool_id),
    }


def read_authorization_request(connection: Connection, sent: dict[str, str]) -> AuthorizationRequest:
    """The request, when it comes from a known tool and names the one address to answer to.

    Raises:
        AuthorizationRefused: unknown client, another redirect_uri, scope, or no nonce, hint or state. Such a
            request is never answered to an address that it brings along (OpenID Connect Core 3.1.2.6).
    """
    tool = find_tool_by_client_id(connection, sent.get("client_id", ""))
    if tool is None:
        raise AuthorizationRefused("client_id không thuộc công cụ nào đã đăng ký ở LMS này.")
    if sent.get("redirect_uri") != tool.redirect_uri:
        raise AuthorizationRefused("redirect_uri phải giống từng ký tự với địa chỉ đã đăng ký của công cụ.")
    if sent.get("scope") != "openid":
        raise AuthorizationRefused("scope phải đúng là openid.")
    for name in ("nonce", "state", "login_hint", "lti_message_hint"):
        if not sent.get(name):
            raise AuthorizationRefused(f"Thiếu tham số {name}.")
    return AuthorizationRequest(
        tool=tool,
        login_hint=sent["login_hint"],
        message_hint=sent["lti_message_hint"],
        nonce=sent["nonce"],
        state=sent["state"],
        response_mode=sent.get("response_mode", ""),
        response_type=sent.get("response_type", ""),
        prompt=sent.get("prompt", ""),
    )


def use_launch(
    connection: Connection, request: AuthorizationRequest, *, person: Person, now: datetime
) -> Launch:
    """Uses up the launch that the request answers.

    Raises:
        LoginRejected: a fault that the tool is told (OpenID Connect Core 3.1.2.6).
        AuthorizationRefused: the hint is unknown, another person's, or was used before.
    """
    if request.response_type != "id_token":
        raise LoginRejected("unsupported_response_type", "response_type must be id_token.")
    if request.response_mode != "form_post":
        raise LoginRejected("invalid_request", "response_mode must be form_post.")
    if request.prompt != "none":
        raise LoginRejected("invalid_request", "prompt must be none.")
    if request.login_hint != str(person.person_id):
        raise LoginRejected("access_denied", "login_hint names somebody who is not signed in here.")
    used = connection.execute(
        update(launch)
        .where(
            launch.c.launch_id == _launch_id(request.message_hint),
            launch.c.person_id == person.person_id,
            launch.c.used_at.is_(None),
        )
        .values(used_at=now)
        .returning(launch.c.activity_id, launch.c.document_target)
    ).one_or_none()
    if used is None:
        raise AuthorizationRefused("Lượt mở bài này đã dùng rồi hoặc không có. Hãy mở lại bài từ khóa học.")
    return Launch(activity_id=used.activity_id, document_target=used.document_target)


def _launch_id(message_hint: str) -> str:
    try:
        hint = json.loads(message_hint)
    except ValueError:
        return ""
    return str(hint.get("launchid", "")) if isinstance(hint, dict) else ""


def compose_message(
    request: AuthorizationRequest,
    opened: Launch,
    *,
    activity: Activity,
    course: Course,
    person: Person,
    issuer: str,
    now: datetime,
) -> dict[str, Any]:
    """The claims of an LtiResourceLinkRequest (LTI 1.3 Core 5.3 and 5.4)."""
    issued_at = int(now.timestamp())
    return {
        "iss": issuer,
        "aud": request.tool.client_id,
        "sub": str(person.person_id),
        "iat": issued_at,
        "exp": issued_at + MESSAGE_LIFETIME_SECONDS,
        "nonce": request.nonce,
        CLAIM + "message_type": "LtiResourceLinkRequest",
        CLAIM + "version": "1.3.0",
        CLAIM + "deployment_id": str(request.tool.tool_id),
        CLAIM + "target_link_uri": request.tool.redirect_uri,
        CLAIM + "roles": [_ROLES[course.role]],
        **_person_claims(person),
        **_place_claims(activity, course, document_target=opened.document_target, issuer=issuer),
    }


def _person_claims(person: Person) -> dict[str, Any]:
    return {
        "name": person.full_name,
        "family_name": person.family_name,
        "given_name": person.given_name,
        "email": f"{person.username}@example.test",
        CLAIM + "lis": {"person_sourcedid": person.staff_code},
        CLAIM + "ext": {"user_username": person.username, "lms": "cchc-practice"},
    }


def _place_claims(activity: Activity, course: Course, *, document_target: str, issuer: str) -> dict[str, Any]:
    return_query = urlencode({"activity": activity.activity_id, "target": document_target})
    return {
        CLAIM + "context": {
            "id": str(course.course_id),
            "label": course.label,
            "title": course.title,
            "type": ["CourseSection"],
        },
        CLAIM + "resource_link": {
            "id": str(activity.activity_id),
            "title": activity.title,
            "description": activity.description,
        },
        CLAIM + "launch_presentation": {
            "locale": "vi",
            "document_target": document_target,
            "return_url": f"{issuer}/courses/{course.course_id}/return?{return_query}",
        },
        CLAIM + "tool_platform": {
            "guid": issuer,
            "name": "LMS thực hành",
            "product_family_code": "cchc-practice",
            "version": "1",
        },
        # The second value is a variable that this LMS does not know: it stays as it is, as on real ones.
        CLAIM + "custom": {"content": activity.content, "deadline": "$ResourceLink.submission.endDateTime"},
        AGS_CLAIM: {
            "scope": list(AGS_SCOPES),
            "lineitems": line_items_url(issuer, activity.course_id, tool_id=activity.tool_id),
            **_own_line_item(activity, issuer=issuer),
        },
    }


def _own_line_item(activity: Activity, *, issuer: str) -> dict[str, str]:
    if activity.line_item_id is None:
        return {}
    return {"lineitem": line_item_url(issuer, activity, line_item_id=activity.line_item_id)}


def line_items_url(issuer: str, course_id: int, *, tool_id: int) -> str:
    """Address of the columns that a tool has in a course. It has a query, as on the most common LMS."""
    return f"{issuer}/lti/courses/{course_id}/lineitems?type_id={tool_id}"


def line_item_url(issuer: str, activity: Activity, *, line_item_id: int) -> str:
    """Address of one column; `/scores` and `/results` go before its query (AGS 2.0, 3.1)."""
    path = f"{issuer}/lti/courses/{activity.course_id}/lineitems/{line_item_id}/lineitem"
    return f"{path}?type_id={activity.tool_id}"
