"""Use cases of bringing a course in: receive, look, publish, withdraw, discard.

Until it is published nothing of it is served, and what was withdrawn is served no more.
"""

import re
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from content_packages.active.errors import (
    ActivePackageNotFound,
    ActivePackageUnready,
    PackageNameRefused,
    PackageWithdrawn,
)
from content_packages.active.files import KeptFile, forget_files, list_files_of
from content_packages.active.models import ActivePackage
from content_packages.active.reading import ReadCourse
from content_packages.authoring.findings import Finding
from content_packages.formats.course_structure import CourseStructure, words
from content_packages.formats.imported import slug_of

_SLUG: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LONGEST_NAME: Final = 60
_LONGEST_TITLE: Final = 200
#: States in which learners may be at work in a course.
RUNNING: Final = frozenset({"published", "replaced"})


def receive_course(
    session: Session, read: ReadCourse, files: Sequence[KeptFile], *, file_name: str, by: str, now: datetime
) -> str:
    """Keeps a course aside with what was found in it, and returns its id."""
    title = words(read.course.title) if read.course else ""
    row = ActivePackage(
        id=secrets.token_hex(16),
        name=slug_of(file_name.rpartition(".")[0] or file_name)[:_LONGEST_NAME].strip("-") or "goi",
        kind=read.course.kind if read.course else "",
        title=(title or file_name)[:_LONGEST_TITLE],
        structure=read.course.to_json() if read.course else "",
        findings=msgspec.json.encode(read.findings).decode(),
        file_name=file_name,
        digest=read.digest,
        size=sum(one.size for one in files),
        state="staged",
        received_at=now,
        received_by=by,
        changed_at=now,
        changed_by=by,
    )
    session.add(row)
    session.flush()
    list_files_of(session, row.id, files)
    return row.id


def list_courses(session: Session, *, limit: int) -> Sequence[ActivePackage]:
    """The newest first."""
    newest = select(ActivePackage).order_by(ActivePackage.received_at.desc(), ActivePackage.id)
    return session.scalars(newest.limit(limit)).all()


def list_published(session: Session) -> Sequence[ActivePackage]:
    """The current version of every course that can be linked, by name."""
    wanted = select(ActivePackage).where(ActivePackage.state == "published")
    return session.scalars(wanted.order_by(ActivePackage.name)).all()


def find_course(session: Session, package_id: str) -> ActivePackage:
    """The course with this id.

    Raises:
        ActivePackageNotFound: there is none.
    """
    row = session.get(ActivePackage, package_id)
    if row is None:
        raise ActivePackageNotFound("No imported course has this id. Open the list of courses again.")
    return row


def find_published(session: Session, name: str) -> ActivePackage | None:
    """The version of that name which a new learner gets."""
    wanted = select(ActivePackage).where(ActivePackage.name == name, ActivePackage.state == "published")
    return session.scalars(wanted).one_or_none()


def find_running(session: Session, package_id: str) -> ActivePackage:
    """The course, if it may be shown.

    Raises:
        ActivePackageNotFound: there is none.
        PackageWithdrawn: it was withdrawn, or never published.
    """
    row = find_course(session, package_id)
    if row.state not in RUNNING:
        raise PackageWithdrawn("The course was withdrawn by an operator. Ask whoever gave you the link.")
    return row


def structure_of(row: ActivePackage) -> CourseStructure:
    """The course's units and blocks.

    Raises:
        ActivePackageUnready: it could not be read when it came.
    """
    if not row.structure:
        raise ActivePackageUnready("The file could not be read as a course. See its findings.")
    return CourseStructure.from_json(row.structure)


def findings_of(row: ActivePackage) -> list[Finding]:
    """What was found when the course was read."""
    return msgspec.json.decode(row.findings, type=list[Finding])


def publish_course(
    session: Session, package_id: str, *, name: str, title: str, by: str, now: datetime
) -> ActivePackage:
    """Lets learners open the course; a published one of the same name is replaced.

    Whoever began the replaced version stays with it.

    Raises:
        ActivePackageNotFound: there is none.
        ActivePackageUnready: it has errors, or is not waiting.
        PackageNameRefused: name or title have another form.
    """
    row = _waiting(session, package_id)
    structure = structure_of(row)
    if any(one.severity == "error" for one in findings_of(row)):
        raise ActivePackageUnready("The course has errors. Mend the file and bring it in again.")
    if not _SLUG.fullmatch(name) or len(name) > _LONGEST_NAME:
        raise PackageNameRefused("The name is made of a-z, 0-9 and single hyphens, 60 at most.")
    if not 3 <= len(title.strip()) <= _LONGEST_TITLE:
        raise PackageNameRefused("The title has 3 to 200 letters.")
    session.execute(
        update(ActivePackage)
        .where(ActivePackage.name == name, ActivePackage.state == "published")
        .values(state="replaced", changed_at=now, changed_by=by)
    )
    row.name, row.title = name, title.strip()
    row.structure = structure.titled(row.title).to_json()
    _change(row, "published", by=by, now=now)
    session.flush()
    return row


def withdraw_course(session: Session, package_id: str, *, by: str, now: datetime) -> ActivePackage:
    """Stops a course at once, for those at work in it as well; records that were made stay.

    Raises:
        ActivePackageNotFound: there is none.
        ActivePackageUnready: it is not published.
    """
    row = find_course(session, package_id)
    if row.state not in RUNNING:
        raise ActivePackageUnready("Only a published course can be withdrawn.")
    _change(row, "withdrawn", by=by, now=now)
    session.flush()
    return row


def restore_course(session: Session, package_id: str, *, by: str, now: datetime) -> ActivePackage:
    """Takes a withdrawal back; becomes current unless another version of the name is.

    Raises:
        ActivePackageNotFound: there is none.
        ActivePackageUnready: it is not withdrawn.
    """
    row = find_course(session, package_id)
    if row.state != "withdrawn":
        raise ActivePackageUnready("Only a withdrawn course can be restored.")
    _change(row, "replaced" if find_published(session, row.name) else "published", by=by, now=now)
    session.flush()
    return row


def discard_course(session: Session, package_id: str, *, by: str, now: datetime) -> set[str]:
    """Throws a waiting course away; returns the hashes whose bytes nobody needs any more.

    Raises:
        ActivePackageNotFound: there is none.
        ActivePackageUnready: it is not waiting.
    """
    row = _waiting(session, package_id)
    _change(row, "discarded", by=by, now=now)
    return forget_files(session, row.id)


def _waiting(session: Session, package_id: str) -> ActivePackage:
    row = find_course(session, package_id)
    if row.state != "staged":
        raise ActivePackageUnready("The course was already published, withdrawn or discarded.")
    return row


def _change(row: ActivePackage, state: str, *, by: str, now: datetime) -> None:
    row.state, row.changed_at, row.changed_by = state, now, by
