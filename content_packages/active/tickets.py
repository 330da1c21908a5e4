"""A launch from an LMS that opens an imported course: how its ticket names it."""

from typing import Final

from sqlalchemy.orm import Session

from content_packages.active.models import ActivePackage
from content_packages.active.staging import find_running
from content_packages.contents import Package
from content_packages.player.ticket import Ticket
from xapi_bridge.vocabulary import cchc

#: Before the name of an imported course in a link: `content=goi/<name>`.
LINK_PREFIX: Final = "goi/"
_PACKAGE_PREFIX: Final = cchc.imported_package_id("")


def is_imported(ticket: Ticket) -> bool:
    """Whether the ticket opens an imported course."""
    return is_imported_id(ticket.package_id)


def is_imported_id(package_id: str) -> bool:
    """Whether a package id is that under which an imported course counts."""
    return package_id.startswith(_PACKAGE_PREFIX)


def item_of(name: str) -> str:
    """The ticket's item: the course counts as one module of a package of its own."""
    return f"m/{name}"


def as_package(package: ActivePackage) -> Package:
    """The course as the frame of the player's pages knows packages: title, version, nothing to read."""
    return Package(
        digest=package.digest,
        id=cchc.imported_package_id(package.name),
        version=package.kind,
        title=package.title,
        lang="vi",
        owner=None,
        outline=(),
        modules={},
        quizzes={},
        questions={},
    )


def read_imported(session: Session, ticket: Ticket) -> Package:
    """The course that a ticket opens, as a package.

    Raises:
        ActivePackageNotFound, PackageWithdrawn: it is not, or no longer, there.
    """
    return as_package(find_running(session, ticket.package_digest))
