"""Links that deep linking made: written with the answer, found again by every launch.

A link is found by our own id in the launch's custom parameters, never by the resource link's id alone: a
copied course keeps the first and gets new ones of the second. Its settings belong to a course; in a copy the
choice of content and the gradebook column carry over, the times do not: they were meant for the other class.
"""

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final
from urllib.parse import parse_qs, quote, urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.deep_linking.basket import BasketItem, Span
from lti_tool.deep_linking.errors import LinkClosed, LinkNotOpenYet
from lti_tool.deep_linking.models import DeepLink
from sync.calendars import VIET_NAM
from xapi_bridge.database import insert_or_update

_ID: Final = re.compile(r"[0-9a-f]{32}")
#: Our custom parameter -> the variable that a platform with dates of its own puts there (LTI Core 1.3, B.4).
#: Others send the variable's name, or nothing, and then what the teacher set here counts.
PLATFORM_DATES: Final = {
    "available_from": "$ResourceLink.available.startDateTime",
    "available_until": "$ResourceLink.available.endDateTime",
    "submission_from": "$ResourceLink.submission.startDateTime",
    "submission_until": "$ResourceLink.submission.endDateTime",
}


@dataclass(frozen=True)
class Link:
    """A link as a launch finds it.

    Attributes:
        content: what the teacher chose.
        graded: whether the LMS's gradebook expects a score.
        available: when learners may open it, in this course.
        submission: when attempts may be made, in this course.
        copied: the launch comes from another course than the one in which the link was made.
    """

    id: str
    content: str
    graded: bool
    available: Span
    submission: Span
    copied: bool


def create_link(
    session: Session,
    item: BasketItem,
    *,
    registration_id: int,
    deployment_id: str,
    course_id: str,
    created_by: str,
    now: datetime,
) -> str:
    """Keeps the link of one item; returns its id."""
    link_id = secrets.token_hex(16)
    session.add(
        DeepLink(
            id=link_id,
            course_id=course_id,
            registration_id=registration_id,
            deployment_id=deployment_id,
            content=item.content,
            title=item.title,
            graded=item.graded,
            score_maximum=item.score_maximum,
            available_from=item.available.begins_at,
            available_until=item.available.ends_at,
            submission_from=item.submission.begins_at,
            submission_until=item.submission.ends_at,
            created_at=now,
            created_by=created_by,
        )
    )
    session.flush()
    return link_id


def link_address(launch_url: str, content: str, link_id: str) -> str:
    """The address of a link: it names the content again, for an LMS that loses custom parameters."""
    return f"{launch_url}?content={quote(content)}&link={link_id}"


def link_parameters(content: str, link_id: str, *, is_test: bool) -> dict[str, str]:
    """The custom parameters of a link; a platform that has dates of its own fills in the last four."""
    named = {"content": content, "link": link_id}
    return named | PLATFORM_DATES if is_test else named


def find_link(
    session: Session,
    custom: Mapping[str, str],
    target_link_uri: str,
    *,
    registration_id: int,
    course_id: str,
) -> Link | None:
    """The link that a launch names; None for a link of the older style, or one of another platform.

    Args:
        course_id: "" outside a course.
    """
    in_address = parse_qs(urlsplit(target_link_uri).query).get("link", [""])
    named = custom.get("link") or in_address[0]
    if not _ID.fullmatch(named):
        return None
    rows = _rows(session, named, registration_id)
    if not rows:
        return None
    own = next((row for row in rows if row.course_id == course_id), None)
    found = _link(own or rows[0], copied=rows[0].course_id != course_id)
    if own is None:
        found = replace(found, available=Span(), submission=Span())
    return _with_platform_dates(found, custom)


@dataclass(frozen=True)
class LinkSettings:
    """What a teacher set for a link in one course, and where a copy came from.

    Attributes:
        item: the link with this course's times; a copy that nobody has set up has none.
        earlier_available: in a copy that nobody has set up, the times of the course it was copied from.
        earlier_submission: likewise.
    """

    item: BasketItem
    earlier_available: Span
    earlier_submission: Span

    @property
    def title(self) -> str:
        """What the teacher called it when it was added."""
        return self.item.title

    @property
    def offers_earlier(self) -> bool:
        """Whether there are times that could carry over."""
        return not (self.earlier_available.is_open and self.earlier_submission.is_open)


def read_link_settings(
    session: Session, link_id: str, *, registration_id: int, course_id: str
) -> LinkSettings | None:
    """The settings of a link in a course; None when the platform has no such link."""
    rows = _rows(session, link_id, registration_id)
    if not rows:
        return None
    own = next((row for row in rows if row.course_id == course_id), None)
    if own is not None:
        return LinkSettings(_item(own), Span(), Span())
    item = _item(rows[0])
    unset = replace(item, available=Span(), submission=Span())
    return LinkSettings(unset, item.available, item.submission)


def set_up_link(
    session: Session,
    link_id: str,
    item: BasketItem,
    *,
    registration_id: int,
    course_id: str,
    by: str,
    now: datetime,
) -> None:
    """Keeps whether a score is expected, and the times, for one course; other courses keep theirs.

    Args:
        by: the teacher's pseudonym, noted when the course gets its row.
    """
    first = _rows(session, link_id, registration_id)[0]
    row = {
        "id": link_id,
        "course_id": course_id,
        "registration_id": registration_id,
        "deployment_id": first.deployment_id,
        "content": first.content,
        "title": first.title,
        "graded": item.graded,
        "score_maximum": first.score_maximum,
        "available_from": item.available.begins_at,
        "available_until": item.available.ends_at,
        "submission_from": item.submission.begins_at,
        "submission_until": item.submission.ends_at,
        "created_at": now,
        "created_by": by,
    }
    set_by_teacher = {name: row[name] for name in ("graded", *PLATFORM_DATES)}
    insert_or_update(session, DeepLink.__table__, [row], change=lambda _kept, _new: set_by_teacher)


def refuse_outside(link: Link, *, now: datetime) -> None:
    """Raises when learners may not open the link now.

    Raises:
        LinkNotOpenYet, LinkClosed
    """
    begins_at, ends_at = link.available.begins_at, link.available.ends_at
    if begins_at is not None and now < begins_at:
        raise LinkNotOpenYet(f"Learners may open this link from {begins_at.isoformat()}.", instant=begins_at)
    if ends_at is not None and now >= ends_at:
        raise LinkClosed(f"Learners could open this link until {ends_at.isoformat()}.", instant=ends_at)


def _rows(session: Session, link_id: str, registration_id: int) -> Sequence[DeepLink]:
    """The link in each of its courses, that in which it was made first."""
    return session.scalars(
        select(DeepLink)
        .where(DeepLink.id == link_id, DeepLink.registration_id == registration_id)
        .order_by(DeepLink.created_at, DeepLink.course_id)
        .execution_options(populate_existing=True)
    ).all()


def _item(row: DeepLink) -> BasketItem:
    return BasketItem(
        content=row.content,
        title=row.title,
        text="",
        graded=row.graded,
        score_maximum=row.score_maximum,
        available=Span(row.available_from, row.available_until),
        submission=Span(row.submission_from, row.submission_until),
    )


def _link(row: DeepLink, *, copied: bool) -> Link:
    return Link(
        id=row.id,
        content=row.content,
        graded=row.graded,
        available=Span(row.available_from, row.available_until),
        submission=Span(row.submission_from, row.submission_until),
        copied=copied,
    )


def _with_platform_dates(link: Link, custom: Mapping[str, str]) -> Link:
    """A teacher who moves a date in the LMS means that date."""
    told = {name: _instant(custom.get(name, "")) for name in PLATFORM_DATES}
    return replace(
        link,
        available=Span(
            told["available_from"] or link.available.begins_at,
            told["available_until"] or link.available.ends_at,
        ),
        submission=Span(
            told["submission_from"] or link.submission.begins_at,
            told["submission_until"] or link.submission.ends_at,
        ),
    )


def _instant(written: str) -> datetime | None:
    """ISO 8601; without a zone it is taken for Viet Nam's. Anything else is no date."""
    try:
        read = datetime.fromisoformat(written)
        return (read if read.tzinfo else read.replace(tzinfo=VIET_NAM)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
