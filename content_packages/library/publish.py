"""Publishing: a compiled package becomes the current version, once and for good."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from content_packages.authoring import CompiledPackage
from content_packages.errors import PackageHasErrors, VersionAlreadyPublished, VersionNotNewer
from content_packages.library.models import ContentChannel, ContentMedia, ContentVersion
from content_packages.library.versions import PublishedVersion, find_current_version, find_version
from xapi_bridge.database import insert_if_absent


def publish_package(session: Session, compiled: CompiledPackage, *, now: datetime) -> PublishedVersion:
    """Makes the package current; publishing the same content again changes nothing.

    Raises:
        PackageHasErrors: the source has lint errors.
        VersionAlreadyPublished: other content has this version number.
        VersionNotNewer: the version is lower than the current one.
    """
    if compiled.canonical is None or compiled.digest is None:
        raise PackageHasErrors(
            f"The package has {len(compiled.errors)} errors. Run `cchc content lint` and mend them first."
        )
    current = find_current_version(session, compiled.package_id)
    if current is not None and current.digest == compiled.digest:
        return current
    _refuse_unfit_number(session, compiled, current)
    _store_version(session, compiled, canonical=compiled.canonical, digest=compiled.digest, now=now)
    _point_channel(session, compiled.package_id, digest=compiled.digest, now=now)
    published = find_version(session, compiled.digest)
    assert published is not None  # noqa: S101 - written two lines above
    return published


def _refuse_unfit_number(
    session: Session, compiled: CompiledPackage, current: PublishedVersion | None
) -> None:
    taken = session.scalar(
        select(ContentVersion.digest).where(
            ContentVersion.package_id == compiled.package_id, ContentVersion.version == compiled.version
        )
    )
    if taken is not None and taken != compiled.digest:
        raise VersionAlreadyPublished(
            f"Version {compiled.version} of {compiled.package_id} was published with other content. "
            "Raise the version number in package.yaml."
        )
    if current is not None and _numbers(compiled.version) < _numbers(current.version):
        raise VersionNotNewer(
            f"Version {compiled.version} of {compiled.package_id} is lower than the current "
            f"{current.version}. Raise the version number in package.yaml."
        )


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def _store_version(
    session: Session, compiled: CompiledPackage, *, canonical: str, digest: str, now: datetime
) -> None:
    media = [
        {"name": file.name, "media_type": file.media_type, "content": file.content} for file in compiled.media
    ]
    insert_if_absent(session, ContentMedia.__table__, media)
    version = {
        "digest": digest,
        "package_id": compiled.package_id,
        "version": compiled.version,
        "title": compiled.title,
        "canonical": canonical,
        "published_at": now,
    }
    insert_if_absent(session, ContentVersion.__table__, [version])


def _point_channel(session: Session, package_id: str, *, digest: str, now: datetime) -> None:
    session.merge(ContentChannel(package_id=package_id, digest=digest, changed_at=now))
    session.flush()
