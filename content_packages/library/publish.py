"""Publishing and going back: which version of a package learners get. Versions themselves never change."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from content_packages.authoring import CompiledPackage
from content_packages.authoring.differences import compare_packages, heaviest
from content_packages.authoring.finding_formats import findings_as_json
from content_packages.authoring.numbering import is_enough, lowest_version, numbers_of
from content_packages.errors import (
    PackageHasErrors,
    VersionAlreadyPublished,
    VersionNotNewer,
    VersionRisesTooLittle,
)
from content_packages.knowledge.publishing import index_package
from content_packages.library.models import ContentChannel, ContentMedia, ContentRelease, ContentVersion
from content_packages.library.versions import (
    PublishedVersion,
    find_current_version,
    find_numbered_version,
    find_version,
    read_canonical,
    read_package,
)
from xapi_bridge.database import insert_if_absent


def publish_package(
    session: Session, compiled: CompiledPackage, *, now: datetime, by: str = ""
) -> PublishedVersion:
    """Makes the package current; publishing the same content again changes nothing.

    Args:
        by: the operator, or `command`.

    Raises:
        PackageHasErrors: the source has lint errors.
        VersionAlreadyPublished: other content has this version number.
        VersionNotNewer: the version is lower than the current one.
        VersionRisesTooLittle: the number rises less than the changes weigh.
    """
    if compiled.canonical is None or compiled.digest is None:
        raise PackageHasErrors(
            f"The package has {len(compiled.errors)} errors. Run `cchc content lint` and mend them first."
        )
    current = find_current_version(session, compiled.package_id)
    if current is not None and current.digest == compiled.digest:
        return current
    _refuse_taken_number(session, compiled)
    if current is not None:
        _refuse_unfit_number(session, compiled.version, compiled.canonical, current)
    _store_version(session, compiled, canonical=compiled.canonical, digest=compiled.digest, now=now, by=by)
    _release(session, compiled.package_id, compiled.digest, kind="publish", now=now, by=by, reason="")
    published = find_version(session, compiled.digest)
    assert published is not None  # noqa: S101 - written two lines above
    return published


def roll_back(
    session: Session, package_id: str, *, version: str, now: datetime, by: str, reason: str = ""
) -> PublishedVersion:
    """Makes an already published version current again; new learners get it from now on.

    The way back is the same call with the newer number.

    Raises:
        VersionNotFound: the package has no such published version.
    """
    chosen = find_numbered_version(session, package_id, version)
    current = find_current_version(session, package_id)
    if current is None or current.digest != chosen.digest:
        _release(session, package_id, chosen.digest, kind="rollback", now=now, by=by, reason=reason)
    return chosen


def _refuse_taken_number(session: Session, compiled: CompiledPackage) -> None:
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


def _refuse_unfit_number(session: Session, version: str, canonical: str, current: PublishedVersion) -> None:
    if numbers_of(version) < numbers_of(current.version):
        raise VersionNotNewer(
            f"Version {version} of {current.package_id} is lower than the current {current.version}. "
            "Raise the version number in package.yaml, or go back with `cchc content rollback`."
        )
    changes = compare_packages(read_canonical(session, current.digest), canonical)
    weight = heaviest(changes)
    if weight is not None and not is_enough(current.version, version, weight):
        raise VersionRisesTooLittle(
            f"{len(changes)} changes since {current.version}, the heaviest is {weight.name} "
            f"({changes[0].what} {changes[0].id or changes[0].field}): the version must be "
            f"{lowest_version(current.version, weight)} or higher, not {version}."
        )


def _store_version(
    session: Session, compiled: CompiledPackage, *, canonical: str, digest: str, now: datetime, by: str
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
        "published_by": by,
        "findings": findings_as_json(compiled.findings),
    }
    insert_if_absent(session, ContentVersion.__table__, [version])


def _release(
    session: Session, package_id: str, digest: str, *, kind: str, now: datetime, by: str, reason: str
) -> None:
    """Points the channel, keeps that it did, and makes the lessons of this version findable."""
    session.merge(ContentChannel(package_id=package_id, digest=digest, changed_at=now))
    session.add(
        ContentRelease(
            package_id=package_id, digest=digest, kind=kind, released_at=now, released_by=by, reason=reason
        )
    )
    session.flush()
    index_package(session, read_package(session, digest))
