"""Columns that a launch did not name: who waits for them, and when the LMS is asked.

Some launches carry no `lineitem`, or an empty one: the activity has no column, or several. A column is looked
for, and made where there is none, only once there is a score to put into it: nobody gets empty columns.
"""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from sync.models import AwaitedColumn, LineItemWish
from sync.ports import WantedLineItem
from xapi_bridge.database import insert_if_absent


def find_or_create_wish(session: Session, wanted: WantedLineItem, *, now: datetime) -> LineItemWish:
    """The wish for a link and purpose; several launches at once make one."""
    row = {
        "wish_key": wish_key(wanted),
        "platform_registration_id": wanted.platform_registration_id,
        "container_url": wanted.container_url,
        "resource_link_id": wanted.resource_link_id,
        "purpose": wanted.purpose,
        "label": wanted.label,
        "score_maximum": wanted.score_maximum,
        "wished_at": now,
    }
    insert_if_absent(session, LineItemWish.__table__, [row])
    return session.scalars(select(LineItemWish).where(LineItemWish.wish_key == row["wish_key"])).one()


def want_columns(session: Session, registrations: Iterable[UUID], *, now: datetime) -> None:
    """Has the columns looked for that these registrations wait for, because they have a result now."""
    waiting = select(AwaitedColumn.line_item_wish_id).where(
        AwaitedColumn.registration.in_(list(registrations))
    )
    session.execute(
        update(LineItemWish)
        .where(LineItemWish.line_item_wish_id.in_(waiting), LineItemWish.due_at.is_(None))
        .values(due_at=now)
        .execution_options(synchronize_session=False)
    )


def forget_column(session: Session, platform_registration_id: int, line_item_url: str) -> None:
    """A column that we found or made is gone: the next launch has it looked for again."""
    session.execute(
        update(LineItemWish)
        .where(
            LineItemWish.platform_registration_id == platform_registration_id,
            LineItemWish.line_item_url == line_item_url,
        )
        .values(line_item_url=None, is_ours=False)
        .execution_options(synchronize_session=False)
    )


def wanted_of(wish: LineItemWish) -> WantedLineItem:
    """The wish as the gradebook understands it."""
    return WantedLineItem(
        platform_registration_id=wish.platform_registration_id,
        container_url=wish.container_url,
        resource_link_id=wish.resource_link_id,
        purpose=wish.purpose,
        label=wish.label,
        score_maximum=wish.score_maximum,
    )


def wish_key(wanted: WantedLineItem) -> str:
    """What makes two wishes the same: the place and the purpose, not heading and maximum."""
    parts = (
        str(wanted.platform_registration_id),
        wanted.container_url,
        wanted.resource_link_id,
        wanted.purpose,
    )
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
