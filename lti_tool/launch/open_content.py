"""A verified launch opens its content: which package version, for whom, until when.

One transaction: the login is consumed, the account and the person are known, the launch session is noted, and
the gradebook column is told what it will get. What the player needs travels in a signed ticket.
"""

import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import parse_qs, urlsplit
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy import select
from sqlalchemy.orm import Session

from content_packages.library import PublishedVersion, find_current_version, find_version, read_package
from content_packages.player.ticket import Ticket
from lti_tool.launch.claims import LaunchClaims
from lti_tool.launch.errors import ContentNotChosen, ContentNotFound
from lti_tool.launch.identity import account_from_subject, recognize_learner
from lti_tool.launch.login_state import PendingLogin, consume_login
from lti_tool.launch.models import LaunchSession
from lti_tool.launch.roles import Role, role_from_lti
from lti_tool.platforms.register import Platform
from sync.grades import expect_score
from xapi_bridge.statement import Account

#: Scores are sent as points of 100; the LMS converts them to the maximum of its column.
SCORE_MAXIMUM: Final = 100.0

_CHOICE = re.compile(
    r"(?P<package>[A-Za-z0-9][A-Za-z0-9._-]{0,99})(?:/(?P<item>[mz]/[A-Za-z0-9._-]{1,100}))?"
)


@dataclass(frozen=True)
class ContentChoice:
    """What a link opens.

    Attributes:
        item: "" for the package's outline, `m/<module>` or `z/<quiz>`.
    """

    package_id: str
    item: str


def open_launch(
    session: Session,
    claims: LaunchClaims,
    *,
    login: PendingLogin,
    platform: Platform,
    secret: str,
    open_for: timedelta,
    now: datetime,
) -> Ticket:
    """Opens the content of a verified launch, once.

    Args:
        secret: keys the pseudonym.
        open_for: how long the pages work before they ask to be opened again.

    Raises:
        LoginAlreadyUsed, LoginExpired: the launch comes twice or too late.
        ContentNotChosen, ContentNotFound: the link leads nowhere.
    """
    consume_login(session, login, now=now)
    choice = choose_content(claims)
    role = role_from_lti(claims.roles)
    account = account_from_subject(claims.issuer, claims.subject, secret=secret)
    # A teacher looks and records nothing, so that no account waits to be tied to a unit.
    if role == "learner":
        recognize_learner(session, account, staff_code=claims.staff_code, now=now)
    current = _find_published(session, choice)
    registration = registration_of(claims, package_id=choice.package_id, version=current.version)
    version = _version_for(session, choice, role, registration=registration, current=current)
    ticket = _write_ticket(
        claims,
        choice,
        platform,
        role=role,
        account=account,
        version=version,
        registration=registration,
        expires_at=now + open_for,
    )
    session.add(_launch_session(claims, ticket, registration_id=platform.id, now=now))
    if role == "learner" and claims.line_item_url:
        expect_score(
            session,
            registration=registration,
            platform_registration_id=platform.id,
            line_item_url=claims.line_item_url,
            lms_user_id=claims.subject,
            score_maximum=SCORE_MAXIMUM,
            now=now,
        )
    session.flush()
    return ticket


def choose_content(claims: LaunchClaims) -> ContentChoice:
    """The content that a link names: its custom parameter `content`, else `?content=` in its address.

    Our own name binds the content and not the resource link's id: a copied course keeps the first and gets
    new ones of the second.

    Raises:
        ContentNotChosen: neither is there, or it is not written as `package`, `package/m/module` or
            `package/z/quiz`.
    """
    in_address = parse_qs(urlsplit(claims.target_link_uri).query).get("content", [""])
    named = claims.custom.get("content") or in_address[0]
    matched = _CHOICE.fullmatch(named)
    if matched is None:
        raise ContentNotChosen(
            "The link must name its content: custom parameter content=<package>, <package>/m/<module> or "
            "<package>/z/<quiz>."
        )
    return ContentChoice(matched["package"], matched["item"] or "")


def registration_of(claims: LaunchClaims, *, package_id: str, version: str) -> UUID:
    """The learner's attempt at this link: `context.registration` of all its statements.

    The same for every launch of the same person, link and package of the same major version, so that work
    goes on where it stopped; a new major version begins anew.
    """
    major = version.partition(".")[0]
    parts = (claims.issuer, claims.subject, claims.resource_link_id, package_id, major)
    return uuid5(NAMESPACE_URL, "\n".join(parts))


def framing_origins(platform: Platform, return_url: str | None) -> str:
    """The origins of the LMS's pages, for `frame-ancestors`: its issuer is not always where its pages are."""
    addresses = (platform.issuer, platform.authorization_url, return_url or "")
    parts = [urlsplit(address) for address in addresses]
    origins = [
        f"{part.scheme}://{part.netloc}" for part in parts if part.netloc and part.scheme in {"http", "https"}
    ]
    safe = [origin for origin in origins if re.fullmatch(r"[a-z]+://[A-Za-z0-9.\[\]:_-]+", origin)]
    return " ".join(dict.fromkeys(safe)) or "'none'"


def _find_published(session: Session, choice: ContentChoice) -> PublishedVersion:
    found = find_current_version(session, choice.package_id)
    if found is None:
        raise ContentNotFound(f"No package {choice.package_id} is published here.")
    return found


def _version_for(
    session: Session, choice: ContentChoice, role: Role, *, registration: UUID, current: PublishedVersion
) -> PublishedVersion:
    """A learner stays with the version that was begun; everyone else gets the current one.

    Raises:
        ContentNotFound: neither has the module or the quiz.
    """
    begun = _begun_version(session, registration) if role == "learner" else None
    for version in (begun, current):
        if version is not None and _has_item(session, version, choice.item):
            return version
    raise ContentNotFound(f"Package {choice.package_id} has no {choice.item}.")


def _has_item(session: Session, version: PublishedVersion, item: str) -> bool:
    package = read_package(session, version.digest)
    kind, _, name = item.partition("/")
    return not item or name in (package.modules if kind == "m" else package.quizzes)


def _begun_version(session: Session, registration: UUID) -> PublishedVersion | None:
    """The version in which the learner began this link: nobody's lesson changes under their hands."""
    digest = session.scalar(
        select(LaunchSession.package_digest)
        .where(LaunchSession.xapi_registration == registration, LaunchSession.role == "learner")
        .order_by(LaunchSession.created_at, LaunchSession.id)
        .limit(1)
    )
    return find_version(session, digest) if digest else None


def _write_ticket(
    claims: LaunchClaims,
    choice: ContentChoice,
    platform: Platform,
    *,
    role: Role,
    account: Account,
    version: PublishedVersion,
    registration: UUID,
    expires_at: datetime,
) -> Ticket:
    return Ticket(
        launch_session_id=secrets.token_hex(16),
        learner=account,
        learner_name=claims.full_name,
        role=role,
        package_id=choice.package_id,
        package_digest=version.digest,
        item=choice.item,
        registration=registration,
        course_id=claims.course.id if claims.course else "",
        course_title=claims.course.title if claims.course else "",
        return_url=claims.return_url or "",
        frame_origin=framing_origins(platform, claims.return_url),
        expires_at=expires_at,
        bound=True,
    )


def _launch_session(
    claims: LaunchClaims, ticket: Ticket, *, registration_id: int, now: datetime
) -> LaunchSession:
    return LaunchSession(
        id=ticket.launch_session_id,
        registration_id=registration_id,
        account_home_page=ticket.learner.home_page,
        account_name=ticket.learner.name,
        course_id=ticket.course_id,
        course_title=ticket.course_title,
        resource_link_id=claims.resource_link_id,
        line_item_url=claims.line_item_url,
        role=ticket.role,
        xapi_registration=ticket.registration,
        package_digest=ticket.package_digest,
        created_at=now,
        expires_at=ticket.expires_at,
    )
