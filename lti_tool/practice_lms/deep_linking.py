"""Choosing content in a tool (Deep Linking 2.0): the visit, the answer, and what becomes of it."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import jwt
from sqlalchemy import Connection, func, insert, select, update

from lti_tool.practice_lms.courses import Tool
from lti_tool.practice_lms.errors import DeepLinkRefused, PageNotFound
from lti_tool.practice_lms.items import ChosenItem, read_items
from lti_tool.practice_lms.profiles import Profile
from lti_tool.practice_lms.tables import activity, deep_link, line_item
from lti_tool.practice_lms.tools import FetchKeySet
from lti_tool.practice_lms.vocabulary import CLAIM, DEEP_LINK_ANSWER, DEEP_LINKING


@dataclass(frozen=True)
class DeepLink:
    """One visit of a teacher to a tool's picker.

    Attributes:
        items: what came back; absent before the answer.
        message: what the tool said with it.
    """

    deep_link_id: str
    course_id: int
    tool_id: int
    person_id: int
    text_to_echo: str
    begun_at: datetime
    items: list[dict[str, Any]] | None
    message: str
    answered_at: datetime | None
    accepted_at: datetime | None

    def chosen(self, profile: Profile) -> list[ChosenItem]:
        """The items as activities to be."""
        return read_items(self.items or [], profile=profile)


def begin_deep_link(
    connection: Connection, *, course_id: int, tool_id: int, person_id: int, now: datetime
) -> str:
    """A new visit; returns its id, which is hard to guess."""
    deep_link_id = secrets.token_urlsafe(16)
    connection.execute(
        insert(deep_link).values(
            deep_link_id=deep_link_id,
            course_id=course_id,
            tool_id=tool_id,
            person_id=person_id,
            text_to_echo=secrets.token_urlsafe(8),
            begun_at=now,
        )
    )
    return deep_link_id


def find_deep_link(connection: Connection, deep_link_id: str) -> DeepLink:
    """The visit with that id.

    Raises:
        PageNotFound: there is none.
    """
    row = (
        connection.execute(select(deep_link).where(deep_link.c.deep_link_id == deep_link_id))
        .mappings()
        .one_or_none()
    )
    if row is None:
        raise PageNotFound("Không có lượt chọn nội dung này. Hãy mở lại từ khóa học.")
    return DeepLink(**row)


def read_answer(
    token: str,
    visit: DeepLink,
    tool: Tool,
    *,
    issuer: str,
    profile: Profile,
    fetch_key_set: FetchKeySet,
    now: datetime,
) -> dict[str, Any]:
    """The claims of what the tool answers, when it is from the tool and for this visit.

    Raises:
        DeepLinkRefused: forged, for somebody else, of another time or kind, or not for this visit.
        TokenRefused: the tool's key set cannot be read.
    """
    claims = _verify(token, tool, issuer=issuer, keys=fetch_key_set(tool.key_set_url))
    _check_times(claims, now=now)
    if claims.get(CLAIM + "message_type") != DEEP_LINK_ANSWER or claims.get(CLAIM + "version") != "1.3.0":
        raise DeepLinkRefused(f"message_type phải là {DEEP_LINK_ANSWER}, version phải là 1.3.0.")
    if profile.deep_link_answer_once:
        _check_visit(claims, visit, tool)
    return claims


def _verify(token: str, tool: Tool, *, issuer: str, keys: dict[str, Any]) -> dict[str, Any]:
    try:
        kid = jwt.get_unverified_header(token).get("kid", "")
        return jwt.decode(
            token,
            jwt.PyJWKSet.from_dict(keys)[kid],
            algorithms=["RS256"],
            audience=issuer,
            issuer=tool.client_id,
            options={"require": ["iss", "aud", "iat", "exp"], "verify_exp": False, "verify_iat": False},
        )
    except (KeyError, jwt.PyJWTError) as refused:
        raise DeepLinkRefused(f"Không nhận được nội dung đã chọn: {refused}.") from refused


def _check_times(claims: Mapping[str, Any], *, now: datetime) -> None:
    try:
        issued_at, expires_at = (datetime.fromtimestamp(float(claims[name]), UTC) for name in ("iat", "exp"))
    except (TypeError, ValueError, OverflowError) as broken:
        raise DeepLinkRefused("iat và exp phải là số giây.") from broken
    if issued_at > now or expires_at <= now:
        raise DeepLinkRefused("Nội dung đã chọn quá hạn, hoặc đồng hồ của công cụ chạy trước LMS.")


def _check_visit(claims: Mapping[str, Any], visit: DeepLink, tool: Tool) -> None:
    if claims.get(CLAIM + "deployment_id") != str(tool.tool_id):
        raise DeepLinkRefused("deployment_id không phải của công cụ này.")
    if not claims.get("nonce"):
        raise DeepLinkRefused("Thiếu nonce.")
    if claims.get(DEEP_LINKING + "data") != visit.text_to_echo:
        raise DeepLinkRefused("data phải giống như LMS đã gửi.")
    if visit.answered_at is not None:
        raise DeepLinkRefused("Lượt chọn nội dung này đã trả lời rồi. Hãy mở lại từ khóa học.")


def keep_answer(
    connection: Connection, visit: DeepLink, claims: Mapping[str, Any], *, profile: Profile, now: datetime
) -> None:
    """Keeps what was chosen until the teacher accepts it.

    Raises:
        DeepLinkRefused: an item cannot become an activity.
    """
    items = claims.get(DEEP_LINKING + "content_items") or []
    read_items(items, profile=profile)
    message = str(claims.get(DEEP_LINKING + "msg") or claims.get(DEEP_LINKING + "errormsg") or "")
    connection.execute(
        update(deep_link)
        .where(deep_link.c.deep_link_id == visit.deep_link_id)
        .values(
            items=items,
            message=message if profile.deep_link_shows_message else "",
            answered_at=now,
        )
    )


def accept_items(connection: Connection, visit: DeepLink, *, profile: Profile, now: datetime) -> list[str]:
    """Makes the chosen items activities of the course, once; returns the addresses that they name."""
    accepted = connection.execute(
        update(deep_link)
        .where(deep_link.c.deep_link_id == visit.deep_link_id, deep_link.c.accepted_at.is_(None))
        .values(accepted_at=now)
    )
    if accepted.rowcount == 0:
        return []
    chosen = visit.chosen(profile)
    for item in chosen:
        _place(connection, item, visit)
    return [item.url for item in chosen if item.url]


def _place(connection: Connection, item: ChosenItem, visit: DeepLink) -> None:
    last = connection.scalar(
        select(func.max(activity.c.position)).where(activity.c.course_id == visit.course_id)
    )
    made = connection.execute(
        insert(activity).values(
            course_id=visit.course_id,
            tool_id=visit.tool_id,
            position=(last or 0) + 1,
            title=item.title,
            description=item.text,
            custom=item.custom,
            target_link_uri=item.url,
            submission_review=item.submission_review,
        )
    ).inserted_primary_key
    if item.score_maximum is not None:
        connection.execute(
            insert(line_item).values(
                activity_id=made[0] if made else None,
                label=item.column_label,
                score_maximum=item.score_maximum,
                resource_id=item.resource_id,
                tag=item.tag,
            )
        )
