"""A verified launch opens its content: which package version, for whom, until when.

One transaction: the login is consumed, the account and the person are known, the launch session is noted, and
the gradebook column is told what it will get. What the player needs travels in a signed ticket.
"""

import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from sqlalchemy.orm import Session

from content_packages.active.tickets import LINK_PREFIX, is_imported_id, item_of
from content_packages.experts.areas import AREA_TITLES, CHANNEL, CHANNEL_TITLE
from content_packages.library import PublishedVersion, find_current_version, read_package
from content_packages.player.ticket import Ticket
from lti_tool.advantage.launch_services import note_services
from lti_tool.deep_linking.basket import Span
from lti_tool.deep_linking.links import Link, find_link, refuse_outside
from lti_tool.identity.recognizing import LaunchIdentity, recognize_learner
from lti_tool.launch.claims import LaunchClaims
from lti_tool.launch.enrolment import Enrolling, Enrolment, find_enrolment
from lti_tool.launch.errors import ContentNotChosen, ContentNotFound
from lti_tool.launch.identity import find_current_account
from lti_tool.launch.login_state import PendingLogin, consume_login
from lti_tool.launch.models import LaunchSession
from lti_tool.launch.open_imported import find_imported, version_of_imported
from lti_tool.launch.roles import Role, role_from_lti
from lti_tool.launch.tell import tell_launch
from lti_tool.platforms.register import Platform
from xapi_bridge.statement import Account
from xapi_bridge.vocabulary import cchc

_IMPORTED = re.compile(rf"{LINK_PREFIX}(?P<name>[a-z0-9]+(?:-[a-z0-9]+)*)")
_CHOICE = re.compile(
    r"(?P<package>[A-Za-z0-9][A-Za-z0-9._-]{0,99})(?:/(?P<item>[mz]/[A-Za-z0-9._-]{1,100}))?"
)

#: The channel has no versions; it stands where a package's version does.
CHANNEL_VERSION: Final = PublishedVersion(CHANNEL, "1", CHANNEL_TITLE, "", datetime.min.replace(tzinfo=UTC))


@dataclass(frozen=True)
class ContentChoice:
    """What a link opens.

    Attributes:
        item: "" for the package's outline, `m/<module>` or `z/<quiz>`; of the question channel an area or "".
        imported: name of an imported course, which counts as the one module of a package of its own.
    """

    package_id: str
    item: str
    imported: str = ""

    @property
    def is_channel(self) -> bool:
        """Whether it is the question channel and no package."""
        return self.package_id == CHANNEL


def open_launch(
    session: Session,
    claims: LaunchClaims,
    *,
    login: PendingLogin,
    platform: Platform,
    secret: str,
    iri_base: str,
    open_for: timedelta,
    now: datetime,
    bound: bool = True,
    email_digests: bool = False,
) -> Ticket:
    """Opens the content of a verified launch, once.

    Args:
        secret: keys the pseudonym.
        iri_base: beginning of our own IRIs.
        open_for: how long the pages work before they ask to be opened again.
        bound: whether the browser keeps our cookies, so that the ticket can be tied to it.
        email_digests: whether a digest of the e-mail address may be kept.

    Raises:
        LoginAlreadyUsed, LoginExpired: the launch comes twice or too late.
        ContentNotChosen, ContentNotFound: the link leads nowhere.
        LinkNotOpenYet, LinkClosed: a learner comes outside the time that the teacher set.
    """
    consume_login(session, login, now=now)
    link = find_own_link(session, claims, platform)
    choice = choose_content(claims, link)
    role = role_from_lti(claims.roles)
    if link is not None and role == "learner":
        refuse_outside(link, now=now)
    account = find_current_account(session, claims.issuer, claims.subject, secret=secret)
    # A teacher looks and records nothing, so that no account waits to be tied to a unit.
    if role == "learner":
        told = _told_identity(claims, email_digests=email_digests)
        recognize_learner(session, account, told, registration_id=platform.id, secret=secret, now=now)
    enrolling = Enrolling(
        claims, link, account, choice.package_id, choice.item, find_published(session, choice), iri_base
    )
    enrolment = _enrol(session, choice, enrolling, role=role, now=now)
    version = enrolment.version
    ticket = write_ticket(
        claims,
        choice,
        platform,
        role=role,
        account=account,
        version=version,
        registration=enrolment.registration,
        expires_at=now + open_for,
        bound=bound,
        link=link,
    )
    session.add(launch_session_of(claims, ticket, registration_id=platform.id, now=now))
    is_graded = role == "learner" and not choice.is_channel and (link is None or link.graded)
    note_services(session, claims, ticket, platform.id, is_graded=is_graded, title=version.title, now=now)
    session.flush()
    # Opening the channel is no learning: what is done in it tells of itself.
    if role == "learner" and not choice.is_channel:
        title = _title_of(session, version, choice.item)
        tell_launch(session, ticket, version=version, title=title, iri_base=iri_base, now=now)
    return ticket


def _enrol(
    session: Session, choice: ContentChoice, enrolling: Enrolling, *, role: Role, now: datetime
) -> Enrolment:
    """As `find_enrolment`; an imported course keeps its versions in another room, the channel has none."""
    if choice.is_channel:
        return Enrolment(enrolling.registration(CHANNEL_VERSION.version), CHANNEL_VERSION)
    if not choice.imported:
        return find_enrolment(session, enrolling, role=role, now=now)
    registration = enrolling.registration(enrolling.current.version)
    version = version_of_imported(
        session, choice.imported, role, registration=registration, current=enrolling.current
    )
    return Enrolment(registration, version)


def choose_content(claims: LaunchClaims, link: Link | None = None) -> ContentChoice:
    """The content that a link names: its custom parameter `content`, else `?content=` in its address.

    Our own name binds the content and not the resource link's id: a copied course keeps the first and gets
    new ones of the second. A teacher sees it in the LMS and may change it there, so it comes before what deep
    linking kept of the link.

    Raises:
        ContentNotChosen: neither is there, or it is not written as `package`, `package/m/module`,
            `package/z/quiz`, `goi/name`, `hoi-dap` or `hoi-dap/<area>`.
    """
    in_address = parse_qs(urlsplit(claims.target_link_uri).query).get("content", [""])
    named = claims.custom.get("content") or in_address[0] or (link.content if link else "")
    return choice_of(named)


def choice_of(named: str) -> ContentChoice:
    """The content that a name of ours means.

    Raises:
        ContentNotChosen: it has another form.
    """
    imported = _IMPORTED.fullmatch(named)
    if imported is not None:
        name = imported["name"]
        return ContentChoice(cchc.imported_package_id(name), item_of(name), imported=name)
    channel, _, area = named.partition("/")
    if channel == CHANNEL and area in ("", *AREA_TITLES):
        return ContentChoice(CHANNEL, area)
    matched = _CHOICE.fullmatch(named)
    if matched is None:
        raise ContentNotChosen(
            "The link must name its content: custom parameter content=<package>, <package>/m/<module>, "
            "<package>/z/<quiz>, goi/<imported course>, hoi-dap or hoi-dap/<area>."
        )
    return ContentChoice(matched["package"], matched["item"] or "")


def framing_origins(platform: Platform, return_url: str | None) -> str:
    """The origins of the LMS's pages, for `frame-ancestors`: its issuer is not always where its pages are."""
    addresses = (platform.issuer, platform.authorization_url, return_url or "")
    parts = [urlsplit(address) for address in addresses]
    origins = [
        f"{part.scheme}://{part.netloc}" for part in parts if part.netloc and part.scheme in {"http", "https"}
    ]
    safe = [origin for origin in origins if re.fullmatch(r"[a-z]+://[A-Za-z0-9.\[\]:_-]+", origin)]
    return " ".join(dict.fromkeys(safe)) or "'none'"


def _told_identity(claims: LaunchClaims, *, email_digests: bool) -> LaunchIdentity:
    email = claims.email if email_digests else ""
    return LaunchIdentity(values=claims.identity_values, full_name=claims.full_name, email=email)


def find_own_link(session: Session, claims: LaunchClaims, platform: Platform) -> Link | None:
    """The link that deep linking made, when the launch carries its id."""
    return find_link(
        session,
        claims.custom,
        claims.target_link_uri,
        registration_id=platform.id,
        course_id=claims.course.id if claims.course else "",
    )


def find_published(session: Session, choice: ContentChoice) -> PublishedVersion:
    if choice.imported:
        return find_imported(session, choice.imported)
    if choice.is_channel:
        return CHANNEL_VERSION
    found = find_current_version(session, choice.package_id)
    if found is None:
        raise ContentNotFound(f"No package {choice.package_id} is published here.")
    return found


def _title_of(session: Session, version: PublishedVersion, item: str) -> str:
    """Title of the module or quiz, or of the package."""
    if is_imported_id(version.package_id):
        return version.title
    package = read_package(session, version.digest)
    kind, _, name = item.partition("/")
    if not item:
        return package.title
    return package.modules[name].title if kind == "m" else package.quizzes[name].title


def write_ticket(
    claims: LaunchClaims,
    choice: ContentChoice,
    platform: Platform,
    *,
    role: Role,
    account: Account,
    version: PublishedVersion,
    registration: UUID,
    expires_at: datetime,
    bound: bool,
    link: Link | None,
) -> Ticket:
    # A teacher looks at any time, and may change the times.
    bound_by = link if role == "learner" else None
    available, submission = (bound_by.available, bound_by.submission) if bound_by else (Span(), Span())
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
        # No page stays open beyond the time that the teacher set.
        expires_at=min(expires_at, available.ends_at or expires_at),
        bound=bound,
        answers_from=submission.begins_at,
        answers_until=_earlier(submission.ends_at, available.ends_at),
        link_id=link.id if link and bound_by is None else "",
    )


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    return min((instant for instant in (one, other) if instant is not None), default=None)


def launch_session_of(
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
