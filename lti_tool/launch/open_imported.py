"""Which version of an imported course a launch opens."""

from uuid import UUID

from sqlalchemy.orm import Session

from content_packages.active.models import ActivePackage
from content_packages.active.running import find_begun
from content_packages.active.staging import find_published
from content_packages.library import PublishedVersion
from lti_tool.launch.errors import ContentNotFound
from lti_tool.launch.roles import Role
from xapi_bridge.vocabulary import cchc

#: An imported file has no version number that says what changed; every one goes on as the same course.
_ONLY_MAJOR = "1"


def find_imported(session: Session, name: str) -> PublishedVersion:
    """The version that a new learner gets.

    Raises:
        ContentNotFound: no course of that name is published.
    """
    package = find_published(session, name)
    if package is None:
        raise ContentNotFound(f"No imported course {name} is published here.")
    return as_version(package)


def version_of_imported(
    session: Session, name: str, role: Role, *, registration: UUID, current: PublishedVersion
) -> PublishedVersion:
    """A learner stays with the version that was begun; others get the current one."""
    begun = find_begun(session, registration, name) if role == "learner" else None
    return as_version(begun) if begun is not None else current


def as_version(package: ActivePackage) -> PublishedVersion:
    """The course as launches know versions; its row's id stands for the digest."""
    return PublishedVersion(
        package_id=cchc.imported_package_id(package.name),
        version=_ONLY_MAJOR,
        title=package.title,
        digest=package.id,
        published_at=package.changed_at,
        published_by=package.changed_by,
    )
