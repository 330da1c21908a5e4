"""Questions to the catalogue, and the one parsed form of each version."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from content_packages.authoring import Finding
from content_packages.authoring.finding_formats import findings_from_json
from content_packages.authoring.numbering import numbers_of
from content_packages.authoring.overlay import BasePackage, base_from_canonical, read_requirement
from content_packages.contents import Package
from content_packages.errors import BaseNotPublished, PackageNotFound, VersionNotFound
from content_packages.library.models import ContentChannel, ContentRelease, ContentVersion
from content_packages.reading import package_from_canonical


@dataclass(frozen=True)
class PublishedVersion:
    """One published version, without its content (see `read_package`)."""

    package_id: str
    version: str
    title: str
    digest: str
    published_at: datetime
    published_by: str = ""


@dataclass(frozen=True)
class Release:
    """One change of what new learners get: `kind` is `publish` or `rollback`."""

    package_id: str
    version: str
    digest: str
    kind: str
    released_at: datetime
    released_by: str
    reason: str


#: Digest and language -> parsed content, of the versions that this process has shown.
_PARSED: dict[tuple[str, str | None], Package] = {}

_COLUMNS = (
    ContentVersion.package_id,
    ContentVersion.version,
    ContentVersion.title,
    ContentVersion.digest,
    ContentVersion.published_at,
    ContentVersion.published_by,
)


def find_current_version(session: Session, package_id: str) -> PublishedVersion | None:
    """The version that a new learner gets."""
    row = session.execute(
        select(*_COLUMNS)
        .join(ContentChannel, ContentChannel.digest == ContentVersion.digest)
        .where(ContentChannel.package_id == package_id)
    ).one_or_none()
    return PublishedVersion(*row) if row else None


def find_version(session: Session, digest: str) -> PublishedVersion | None:
    """The version with this digest, current or not."""
    row = session.execute(select(*_COLUMNS).where(ContentVersion.digest == digest)).one_or_none()
    return PublishedVersion(*row) if row else None


def find_numbered_version(session: Session, package_id: str, version: str) -> PublishedVersion:
    """The published version with this number.

    Raises:
        VersionNotFound: there is none.
    """
    row = session.execute(
        select(*_COLUMNS).where(ContentVersion.package_id == package_id, ContentVersion.version == version)
    ).one_or_none()
    if row is None:
        raise VersionNotFound(f"Package {package_id} has no published version {version}.")
    return PublishedVersion(*row)


def list_versions(session: Session, package_id: str) -> list[PublishedVersion]:
    """All published versions of a package, the highest number first."""
    rows = session.execute(select(*_COLUMNS).where(ContentVersion.package_id == package_id))
    return sorted(
        (PublishedVersion(*row) for row in rows), key=lambda one: numbers_of(one.version), reverse=True
    )


def list_releases(session: Session, package_id: str) -> list[Release]:
    """What was current when, and by whom, the newest first."""
    rows = session.execute(
        select(
            ContentRelease.package_id,
            ContentVersion.version,
            ContentRelease.digest,
            ContentRelease.kind,
            ContentRelease.released_at,
            ContentRelease.released_by,
            ContentRelease.reason,
        )
        .join(ContentVersion, ContentVersion.digest == ContentRelease.digest)
        .where(ContentRelease.package_id == package_id)
        .order_by(ContentRelease.id.desc())
    )
    return [Release(*row) for row in rows]


def find_base(session: Session, extends: str) -> BasePackage:
    """The highest published version that fits `extends: id@^MAJOR…` of an overlay.

    Raises:
        BaseNotPublished: none fits.
    """
    requirement = read_requirement(extends)
    fitting = [
        one for one in list_versions(session, requirement.package_id) if requirement.admits(one.version)
    ]
    if not fitting:
        raise BaseNotPublished(f"No published version fits {extends}.")
    return base_from_canonical(read_canonical(session, fitting[0].digest), digest=fitting[0].digest)


def read_findings(session: Session, digest: str) -> tuple[Finding, ...]:
    """The warnings with which a version was published."""
    written = session.scalar(select(ContentVersion.findings).where(ContentVersion.digest == digest))
    return findings_from_json(written) if written else ()


def read_canonical(session: Session, digest: str) -> str:
    """The canonical JSON of a version.

    Raises:
        PackageNotFound: no version has this digest.
    """
    canonical = session.scalar(select(ContentVersion.canonical).where(ContentVersion.digest == digest))
    if canonical is None:
        raise PackageNotFound(f"No published version has the digest {digest[:12]}…. Open the course again.")
    return canonical


def list_current_packages(session: Session) -> list[PublishedVersion]:
    """The current version of every package, by package id."""
    rows = session.execute(
        select(*_COLUMNS)
        .join(ContentChannel, ContentChannel.digest == ContentVersion.digest)
        .order_by(ContentVersion.package_id)
    )
    return [PublishedVersion(*row) for row in rows]


def read_package(session: Session, digest: str, *, language: str | None = None) -> Package:
    """The content of a version. Versions never change, so a process parses each once.

    Args:
        language: of its translations, where it has some; what is not translated stays as written. The key of
            every question is that of the original. None: as written, which is what statements tell.

    Raises:
        PackageNotFound: no version has this digest.
    """
    parsed = _PARSED.get((digest, language))
    if parsed is None:
        canonical = read_canonical(session, digest)
        parsed = package_from_canonical(canonical, digest=digest, language=language)
        _PARSED[digest, language] = parsed
    return parsed
