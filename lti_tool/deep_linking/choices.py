"""A teacher's choice from the request to the answer: one row per tab, kept for two hours, answered once."""

import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from lti_tool.deep_linking.basket import Basket, read_basket, write_basket
from lti_tool.deep_linking.claims import RESOURCE_LINK, DeepLinkingRequest, DeepLinkingSettings
from lti_tool.deep_linking.errors import ChoiceAnswered, ChoiceExpired, ChoiceUnknown
from lti_tool.deep_linking.models import PendingChoice
from lti_tool.launch.errors import TeachingRoleMissing
from lti_tool.launch.identity import account_from_subject
from lti_tool.launch.login_state import PendingLogin, consume_login
from lti_tool.launch.open_content import framing_origins
from lti_tool.launch.roles import role_from_lti
from lti_tool.platforms.register import Platform
from xapi_bridge.statement import Account

#: About as long as an LMS keeps the page to which the answer goes.
LIFETIME: Final = timedelta(hours=2)
#: An expired row is kept this long, so that its page can say what happened.
REMEMBERED: Final = timedelta(days=1)
_REMOVED_AT_ONCE: Final = 50


@dataclass(frozen=True)
class Choice:
    """A choice as its pages see it.

    Attributes:
        id: stands in the address of its pages.
        basket: what was chosen so far.
        bound: whether the pages open only in the browser that made the request.
        response: the signed answer, once there is one.
    """

    id: str
    registration_id: int
    deployment_id: str
    teacher: Account
    course_id: str
    course_title: str
    settings: DeepLinkingSettings
    frame_origin: str
    bound: bool
    basket: Basket
    expires_at: datetime
    answered_at: datetime | None
    response: str | None

    @property
    def takes_links(self) -> bool:
        """Whether the platform takes the one kind of item that we have."""
        return RESOURCE_LINK in self.settings.accept_types

    @property
    def takes_several(self) -> bool:
        """Whether the platform takes several items at once."""
        return self.settings.accept_multiple

    @property
    def takes_columns(self) -> bool:
        """Whether a gradebook column can be asked for; a platform that does not say usually makes one."""
        return self.settings.accept_lineitem is not False

    @property
    def targets(self) -> tuple[str, ...]:
        """Where items can be shown, when the teacher can choose: both in the page and in a window."""
        both = ("iframe", "window")
        return both if set(both) <= set(self.settings.accept_targets) else ()

    def has(self, content: str) -> bool:
        """Whether the content is in the basket."""
        return any(item.content == content for item in self.basket)


def open_deep_linking(
    session: Session,
    request: DeepLinkingRequest,
    *,
    login: PendingLogin,
    platform: Platform,
    secret: str,
    now: datetime,
    bound: bool = True,
) -> Choice:
    """Begins the choice that a verified request asks for, once per request.

    Args:
        secret: keys the pseudonym.
        bound: False where the launch could leave no cookie with the browser.

    Raises:
        LoginAlreadyUsed, LoginExpired: the request comes twice or too late.
        TeachingRoleMissing: whoever asks does not teach the course.
    """
    consume_login(session, login, now=now)
    if role_from_lti(request.roles) != "teacher":
        raise TeachingRoleMissing("Only who teaches the course may choose content for it.")
    _forget_old_choices(session, now)
    account = account_from_subject(request.issuer, request.subject, secret=secret)
    row = PendingChoice(
        id=secrets.token_hex(16),
        registration_id=platform.id,
        deployment_id=request.deployment_id,
        account_home_page=account.home_page,
        account_name=account.name,
        course_id=request.course.id if request.course else "",
        course_title=request.course.title if request.course else "",
        return_url=request.settings.return_url,
        accepts=_written_accepts(request.settings),
        echoed_data=request.settings.data,
        frame_origin=framing_origins(platform, request.settings.return_url),
        bound=bound,
        basket="[]",
        created_at=now,
        expires_at=now + LIFETIME,
        answered_at=None,
        response=None,
    )
    session.add(row)
    session.flush()
    return choice_of(row)


def find_choice(session: Session, choice_id: str) -> Choice:
    """The choice with that id, in whatever state.

    Raises:
        ChoiceUnknown
    """
    return choice_of(_row(session, choice_id))


def lock_choice(session: Session, choice_id: str) -> PendingChoice:
    """The choice's row, held until the transaction ends: two clicks come in turn.

    Raises:
        ChoiceUnknown
    """
    return _row(session, choice_id, lock=True)


def refuse_over(choice: Choice, *, now: datetime) -> None:
    """Raises when nothing can be chosen any more.

    Raises:
        ChoiceAnswered, ChoiceExpired
    """
    if choice.answered_at is not None:
        raise ChoiceAnswered("This choice was sent to the LMS. Begin again in the course to add more.")
    if choice.expires_at <= now:
        raise ChoiceExpired("This choice was begun more than two hours ago. Begin again in the course.")


def change_basket(
    session: Session, choice_id: str, change: Callable[[Basket], Basket], *, now: datetime
) -> Choice:
    """Keeps what `change` makes of the basket as it is now.

    Raises:
        ChoiceUnknown, ChoiceAnswered, ChoiceExpired
    """
    row = lock_choice(session, choice_id)
    refuse_over(choice_of(row), now=now)
    row.basket = write_basket(change(read_basket(row.basket)))
    session.flush()
    return choice_of(row)


def _row(session: Session, choice_id: str, *, lock: bool = False) -> PendingChoice:
    wanted = select(PendingChoice).where(PendingChoice.id == choice_id)
    if lock:
        wanted = wanted.with_for_update().execution_options(populate_existing=True)
    row = session.scalars(wanted).one_or_none() if len(choice_id) == 32 and choice_id.isalnum() else None
    if row is None:
        raise ChoiceUnknown("No choice of content with this address was begun here, or it was long ago.")
    return row


def choice_of(row: PendingChoice) -> Choice:
    """The frozen form of a row."""
    accepts: dict[str, Any] = json.loads(row.accepts)
    return Choice(
        id=row.id,
        registration_id=row.registration_id,
        deployment_id=row.deployment_id,
        teacher=Account(home_page=row.account_home_page, name=row.account_name),
        course_id=row.course_id,
        course_title=row.course_title,
        settings=DeepLinkingSettings(
            return_url=row.return_url,
            accept_types=tuple(accepts["types"]),
            accept_targets=tuple(accepts["targets"]),
            accept_multiple=accepts["multiple"],
            accept_lineitem=accepts["lineitem"],
            data=row.echoed_data,
        ),
        frame_origin=row.frame_origin,
        bound=row.bound,
        basket=read_basket(row.basket),
        expires_at=row.expires_at,
        answered_at=row.answered_at,
        response=row.response,
    )


def _written_accepts(settings: DeepLinkingSettings) -> str:
    return json.dumps(
        {
            "types": settings.accept_types,
            "targets": settings.accept_targets,
            "multiple": settings.accept_multiple,
            "lineitem": settings.accept_lineitem,
        }
    )


def _forget_old_choices(session: Session, now: datetime) -> None:
    old = (
        select(PendingChoice.id)
        .where(PendingChoice.expires_at < now - REMEMBERED)
        .limit(_REMOVED_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    session.execute(
        delete(PendingChoice).where(PendingChoice.id.in_(old)).execution_options(synchronize_session=False)
    )
