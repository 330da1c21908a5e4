"""Under which registration and in which version a person goes on: no lesson changes under anybody's hands."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy import select
from sqlalchemy.orm import Session

from content_packages.authoring.numbering import numbers_of
from content_packages.library import (
    Following,
    PublishedVersion,
    find_version,
    following,
    list_versions,
    read_package,
)
from content_packages.player.moving_on import find_chosen_version, is_finished
from lti_tool.deep_linking.links import Link
from lti_tool.launch.claims import LaunchClaims
from lti_tool.launch.errors import ContentNotFound
from lti_tool.launch.models import LaunchSession
from lti_tool.launch.roles import Role
from sync.calendars import local_day
from sync.campaigns.windows import list_rounds
from xapi_bridge.statement import Account
from xapi_bridge.vocabulary import cchc


@dataclass(frozen=True)
class Enrolling:
    """Who opens what.

    Attributes:
        item: "" for the outline, `m/<module>` or `z/<quiz>`.
        current: the version that a new learner gets.
    """

    claims: LaunchClaims
    link: Link | None
    account: Account
    package_id: str
    item: str
    current: PublishedVersion
    iri_base: str

    def registration(self, version: str, *, window: str = "") -> UUID:
        """As `registration_of`."""
        return registration_of(
            self.claims, self.link, package_id=self.package_id, version=version, window=window
        )


@dataclass(frozen=True)
class Enrolment:
    """`registration` is `context.registration` of all statements of this work."""

    registration: UUID
    version: PublishedVersion


def registration_of(
    claims: LaunchClaims, link: Link | None = None, *, package_id: str, version: str, window: str = ""
) -> UUID:
    """The learner's attempt at this link: `context.registration` of all its statements.

    The same for every launch of the same person, link and package of the same major version, so that work
    goes on where it stopped.

    Args:
        window: the round of a periodic test, which can be passed once in each; "" for everything else.
    """
    major = version.partition(".")[0]
    parts = [claims.issuer, claims.subject, claims.resource_link_id, package_id, major]
    if link is not None:
        # A copy carries the same link id; should an LMS keep the resource link's id too, the course differs.
        parts += [link.id, claims.course.id if claims.course else ""]
    if window:
        parts.append(f"window {window}")
    return uuid5(NAMESPACE_URL, "\n".join(parts))


def find_enrolment(session: Session, of: Enrolling, *, role: Role, now: datetime) -> Enrolment:
    """Where the work at this link goes on, or begins.

    A learner stays with the version that was begun, unless only words changed or the learner chose the newer
    one. Another major version begins anew, once the begun one is finished. Others get the current one.

    Raises:
        ContentNotFound: neither version has the module or the quiz.
    """
    window = _window(session, of, now=now)
    newest = Enrolment(of.registration(of.current.version, window=window), of.current)
    if role == "learner":
        begun = _begun(session, of, newest.registration) or _unfinished(session, of, window)
        if begun is not None and _has_item(session, begun.version, of.item):
            return begun
    if not _has_item(session, of.current, of.item):
        raise ContentNotFound(f"Package {of.package_id} has no {of.item}.")
    return newest


def _begun(session: Session, of: Enrolling, registration: UUID) -> Enrolment | None:
    """The work that was begun under that registration, in the version that it goes on with."""
    digest = _first_digest(session, registration)
    version = find_version(session, digest) if digest else None
    if version is None:
        return None
    chosen = find_chosen_version(session, of.account, of.package_id)
    if chosen is not None and numbers_of(chosen.version) > numbers_of(version.version):
        version = chosen if numbers_of(chosen.version)[0] == numbers_of(version.version)[0] else version
    if following(begun=version.version, current=of.current.version) is Following.MOVE:
        version = of.current
    return Enrolment(registration, version)


def _unfinished(session: Session, of: Enrolling, window: str) -> Enrolment | None:
    """Work begun in another major version that is not done yet, unless the learner chose the current one."""
    chosen = find_chosen_version(session, of.account, of.package_id)
    if chosen is not None and numbers_of(chosen.version)[0] == numbers_of(of.current.version)[0]:
        return None
    for major in _other_majors(session, of):
        begun = _begun(session, of, of.registration(f"{major}.0.0", window=window))
        if begun is not None:
            done = is_finished(
                session,
                of.account,
                registration=begun.registration,
                package=read_package(session, begun.version.digest),
                item=of.item,
            )
            return None if done else begun
    return None


def _other_majors(session: Session, of: Enrolling) -> Iterator[int]:
    """Major numbers of the package's other versions, the highest first."""
    majors = {numbers_of(one.version)[0] for one in list_versions(session, of.package_id)}
    yield from sorted(majors - {numbers_of(of.current.version)[0]}, reverse=True)


def _first_digest(session: Session, registration: UUID) -> str | None:
    return session.scalar(
        select(LaunchSession.package_digest)
        .where(LaunchSession.xapi_registration == registration, LaunchSession.role == "learner")
        .order_by(LaunchSession.created_at, LaunchSession.id)
        .limit(1)
    )


def _has_item(session: Session, version: PublishedVersion, item: str) -> bool:
    package = read_package(session, version.digest)
    kind, _, name = item.partition("/")
    return not item or name in (package.modules if kind == "m" else package.quizzes)


def _window(session: Session, of: Enrolling, *, now: datetime) -> str:
    """The round of a periodic test that this launch belongs to; "" for everything else.

    A round that was begun is kept while it is open, also when the person is tied to a unit with another round
    meanwhile.
    """
    kind, _, name = of.item.partition("/")
    quiz = read_package(session, of.current.digest).quizzes.get(name) if kind == "z" else None
    if quiz is None or quiz.mode != "periodic":
        return ""
    iri = cchc.quiz_iri(of.iri_base, of.package_id, name)
    rounds = list_rounds(session, iri, account=of.account, on=local_day(now))
    for one in rounds:
        registration = of.registration(of.current.version, window=str(one.id))
        if one.is_open and _first_digest(session, registration) is not None:
            return str(one.id)
    if rounds:
        return str(rounds[0].id)
    opens_at = quiz.window.opens_at if quiz.window is not None else None
    return opens_at.isoformat() if opens_at is not None else ""
