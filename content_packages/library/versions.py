"""Questions to the catalogue, and the one parsed form of each version."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from content_packages.contents import Package, package_from_canonical
from content_packages.errors import PackageNotFound
from content_packages.library.models import ContentChannel, ContentVersion


@dataclass(frozen=True)
class PublishedVersion:
    """One published version, without its content (see `read_package`)."""

    package_id: str
    version: str
    title: str
    digest: str
    published_at: datetime


#: Digest -> parsed content, of the versions that this process has shown.
_PARSED: dict[str, Package] = {}

_COLUMNS = (
    ContentVersion.package_id,
    ContentVersion.version,
    ContentVersion.title,
    ContentVersion.digest,
    ContentVersion.published_at,
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


def list_current_packages(session: Session) -> list[PublishedVersion]:
    """The current version of every package, by package id."""
    rows = session.execute(
        select(*_COLUMNS)
        .join(ContentChannel, ContentChannel.digest == ContentVersion.digest)
        .order_by(ContentVersion.package_id)
    )
    return [PublishedVersion(*row) for row in rows]


def read_package(session: Session, digest: str) -> Package:
    """The content of a version. Versions never change, so a process parses each once.

    Raises:
        PackageNotFound: no version has this digest.
    """
    parsed = _PARSED.get(digest)
    if parsed is None:
        canonical = session.scalar(select(ContentVersion.canonical).where(ContentVersion.digest == digest))
        if canonical is None:
            raise PackageNotFound(
                f"No published version has the digest {digest[:12]}…. Open the course again."
            )
        parsed = _PARSED[digest] = package_from_canonical(canonical, digest=digest)
    return parsed
