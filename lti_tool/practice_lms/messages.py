"""The login (LTI 1.3 Core 5.1; Security Framework 1.0, 5.1.1): begun, asked for, and answered once."""

import json
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, cast

from sqlalchemy import Connection, insert, update

from lti_tool.practice_lms.courses import Activity, Person, Tool
from lti_tool.practice_lms.errors import AuthorizationRefused, LoginRejected
from lti_tool.practice_lms.tables import launch
from lti_tool.practice_lms.tools import find_tool_by_client_id

#: Name of the frame that keeps data for tools (LTI Client Side postMessages; LTI Platform Storage).
STORAGE_FRAME: Final = "lti_storage"

DocumentTarget = Literal["iframe", "window"]


@dataclass(frozen=True)
class Opening:
    """What somebody opens.

    Attributes:
        activity: absent when content is chosen.
        deep_link_id: the visit to the tool's picker.
        reviewed_person_id: whose submission is reviewed.
    """

    document_target: DocumentTarget
    activity: Activity | None = None
    deep_link_id: str | None = None
    reviewed_person_id: int | None = None


@dataclass(frozen=True)
class AuthorizationRequest:
    """What the tool asks for, its addresses already checked."""

    tool: Tool
    redirect_uri: str
    login_hint: str
    message_hint: str
    nonce: str
    state: str
    response_mode: str
    response_type: str
    prompt: str


@dataclass(frozen=True)
class Launch:
    """One opening by one person, as it was begun."""

    activity_id: int | None
    deep_link_id: str | None
    reviewed_person_id: int | None
    document_target: str


def begin_launch(
    connection: Connection,
    opening: Opening,
    *,
    person: Person,
    tool: Tool,
    issuer: str,
    storage_offered: bool = False,
    now: datetime,
) -> dict[str, str]:
    """The fields of the login initiation that the browser posts to the tool (Security Framework 5.1.1.1)."""
    activity_id = opening.activity.activity_id if opening.activity else None
    launch_id = f"launch{activity_id or 0}_{secrets.token_urlsafe(16)}"
    connection.execute(
        insert(launch).values(
            launch_id=launch_id,
            activity_id=activity_id,
            person_id=person.person_id,
            document_target=opening.document_target,
            begun_at=now,
            deep_link_id=opening.deep_link_id,
            reviewed_person_id=opening.reviewed_person_id,
        )
    )
    fields = {
        "iss": issuer,
        "target_link_uri": target_of(tool, opening.activity, launch_of(opening)),
        "login_hint": str(person.person_id),
        # JSON, as the most common LMS sends it: a tool that does not encode it properly is found out here.
        "lti_message_hint": json.dumps({"cmid": activity_id, "launchid": launch_id}),
        "client_id": tool.client_id,
        "lti_deployment_id": str(tool.tool_id),
    }
    return fields | ({"lti_storage_target": STORAGE_FRAME} if storage_offered else {})


def launch_of(opening: Opening) -> Launch:
    """The launch that an opening begins."""
    return Launch(
        activity_id=opening.activity.activity_id if opening.activity else None,
        deep_link_id=opening.deep_link_id,
        reviewed_person_id=opening.reviewed_person_id,
        document_target=opening.document_target,
    )


def target_of(tool: Tool, activity: Activity | None, begun: Launch) -> str:
    """The address that shall open: the picker, the review, the activity's, or the tool's."""
    if activity is None:
        return tool.deep_linking_url
    if begun.reviewed_person_id is not None:
        review_url = (activity.submission_review or {}).get("url")
        if review_url:
            return cast(str, review_url)
    return activity.target_link_uri or tool.opens_at


def read_authorization_request(connection: Connection, sent: dict[str, str]) -> AuthorizationRequest:
    """The request, when it comes from a known tool and names an address that the tool registered.

    Raises:
        AuthorizationRefused: unknown or pending client, another redirect_uri, scope, or no nonce, hint or
            state. Such a request is never answered to an address that it brings along (OpenID Connect Core
            3.1.2.6).
    """
    tool = find_tool_by_client_id(connection, sent.get("client_id", ""))
    if tool is None:
        raise AuthorizationRefused("client_id không thuộc công cụ nào đã đăng ký ở LMS này.")
    if tool.status != "active":
        raise AuthorizationRefused("Công cụ còn chờ quản trị viên của LMS kích hoạt.")
    if sent.get("redirect_uri") not in tool.redirect_uris:
        raise AuthorizationRefused("redirect_uri phải giống từng ký tự với địa chỉ đã đăng ký của công cụ.")
    _check_needed(sent)
    return AuthorizationRequest(
        tool=tool,
        redirect_uri=sent["redirect_uri"],
        login_hint=sent["login_hint"],
        message_hint=sent["lti_message_hint"],
        nonce=sent["nonce"],
        state=sent["state"],
        response_mode=sent.get("response_mode", ""),
        response_type=sent.get("response_type", ""),
        prompt=sent.get("prompt", ""),
    )


def _check_needed(sent: dict[str, str]) -> None:
    if sent.get("scope") != "openid":
        raise AuthorizationRefused("scope phải đúng là openid.")
    for name in ("nonce", "state", "login_hint", "lti_message_hint"):
        if not sent.get(name):
            raise AuthorizationRefused(f"Thiếu tham số {name}.")


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
        .returning(
            launch.c.activity_id,
            launch.c.deep_link_id,
            launch.c.reviewed_person_id,
            launch.c.document_target,
        )
    ).one_or_none()
    if used is None:
        raise AuthorizationRefused("Lượt mở bài này đã dùng rồi hoặc không có. Hãy mở lại bài từ khóa học.")
    return Launch(*used)


def _launch_id(message_hint: str) -> str:
    try:
        hint = json.loads(message_hint)
    except ValueError:
        return ""
    return str(hint.get("launchid", "")) if isinstance(hint, dict) else ""
