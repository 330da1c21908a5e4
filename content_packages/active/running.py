"""What belongs together while a course is followed: learner, course, registration, progress."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID, uuid5

from sqlalchemy import select
from sqlalchemy.orm import Session

from content_packages.active.errors import UnitNotFound
from content_packages.active.models import ActivePackage, ActiveRegistration, ActiveUnitProgress
from content_packages.active.moving_on import UnitProgress
from content_packages.active.staging import RUNNING, structure_of
from content_packages.formats.course_structure import Block, CourseStructure, Unit
from xapi_bridge.statement import Account
from xapi_bridge.translate.cmi5 import CoursePart
from xapi_bridge.vocabulary import cchc, cmi5

#: Digest of a package -> its structure, of those that this process has read; a published one never changes.
_STRUCTURES: Final[dict[tuple[str, str], CourseStructure]] = {}


@dataclass(frozen=True)
class Enrolment:
    """Who opened which course from where.

    Attributes:
        learner: pseudonymous account.
        registration: of the launch from the LMS; the course counts and is graded under it.
    """

    learner: Account
    registration: UUID


@dataclass(frozen=True)
class Course:
    """A course in one version, with the ids that we generate for its parts.

    Attributes:
        iri_base: beginning of our own IRIs.
    """

    package: ActivePackage
    structure: CourseStructure
    iri_base: str

    def find_unit(self, place: int) -> Unit:
        """The unit with that number.

        Raises:
            UnitNotFound: there is none.
        """
        if not 0 <= place < len(self.structure.units):
            raise UnitNotFound(f"The course has no unit {place + 1}.")
        return self.structure.units[place]

    def unit_part(self, unit: Unit) -> CoursePart:
        """The unit as statements name it. Content of tincan names itself."""
        if self.structure.kind == "tincan":
            return CoursePart(unit.id, unit.id)
        iri = cchc.imported_part_iri(self.iri_base, self.package.name, "u", unit.id)
        return CoursePart(iri, unit.id)

    def block_part(self, block: Block) -> CoursePart:
        """The block as statements name it."""
        iri = cchc.imported_part_iri(self.iri_base, self.package.name, "b", block.id)
        return CoursePart(iri, block.id, cmi5.BLOCK)

    def course_part(self) -> CoursePart:
        """The whole course as statements name it."""
        iri = cchc.imported_course_iri(self.iri_base, self.package.name)
        return CoursePart(iri, self.structure.id, cmi5.COURSE)


@dataclass(frozen=True)
class Following:
    """A learner in a course.

    Attributes:
        row: the registration, locked when it was taken to be changed.
        progress: number of the unit -> how far; units without any are left out.
    """

    course: Course
    row: ActiveRegistration
    progress: Mapping[int, UnitProgress]

    @property
    def learner(self) -> Account:
        """The learner's account."""
        return Account(home_page=self.row.home_page, name=self.row.name)


def course_of(package: ActivePackage, *, iri_base: str) -> Course:
    """The package with its structure, which a process parses once."""
    key = (package.id, package.title)
    if key not in _STRUCTURES:
        _STRUCTURES[key] = structure_of(package)
    return Course(package, _STRUCTURES[key], iri_base)


def registration_id_of(enrolment: UUID, package_id: str) -> UUID:
    """The registration of a course that a launch opens: the same on every launch."""
    return uuid5(enrolment, package_id)


def find_begun(session: Session, enrolment: UUID, name: str) -> ActivePackage | None:
    """The version of a course that was begun under a launch, if it still runs."""
    return session.scalars(
        select(ActivePackage)
        .join(ActiveRegistration, ActiveRegistration.package_id == ActivePackage.id)
        .where(
            ActiveRegistration.enrolment == enrolment,
            ActivePackage.name == name,
            ActivePackage.state.in_(RUNNING),
        )
        .order_by(ActiveRegistration.opened_at, ActiveRegistration.id)
        .limit(1)
    ).first()


def hold_registration(session: Session, registration_id: UUID, *, iri_base: str) -> Following | None:
    """The learner in the course, so that nobody else changes it until the transaction ends."""
    wanted = select(ActiveRegistration).where(ActiveRegistration.id == registration_id).with_for_update()
    row = session.scalars(wanted.execution_options(populate_existing=True)).one_or_none()
    return None if row is None else _following(session, row, iri_base=iri_base)


def find_registration(session: Session, registration_id: UUID, *, iri_base: str) -> Following | None:
    """The same to look at."""
    row = session.get(ActiveRegistration, registration_id)
    return None if row is None else _following(session, row, iri_base=iri_base)


def _following(session: Session, row: ActiveRegistration, *, iri_base: str) -> Following:
    package = session.get_one(ActivePackage, row.package_id)
    kept = session.scalars(
        select(ActiveUnitProgress)
        .where(ActiveUnitProgress.registration_id == row.id)
        .execution_options(populate_existing=True)
    )
    progress = {one.place: progress_of(one) for one in kept}
    return Following(course_of(package, iri_base=iri_base), row, progress)


def keep_progress(
    session: Session, registration_id: UUID, place: int, progress: UnitProgress, *, now: datetime
) -> None:
    """Keeps how far a learner is with a unit; instants of what was reached before stay."""
    row = session.get(ActiveUnitProgress, (registration_id, place))
    if row is None:
        row = ActiveUnitProgress(registration_id=registration_id, place=place)
        session.add(row)
    row.completed_at = row.completed_at or (now if progress.completed else None)
    row.passed_at = row.passed_at or (now if progress.passed else None)
    row.failed_at = now if progress.failed else row.failed_at
    row.waived_at = row.waived_at or (now if progress.waived else None)
    row.score = progress.score
    session.flush()


def progress_of(row: ActiveUnitProgress) -> UnitProgress:
    """The row as a value."""
    return UnitProgress(
        completed=row.completed_at is not None,
        passed=row.passed_at is not None,
        failed=row.failed_at is not None,
        waived=row.waived_at is not None,
        score=row.score,
    )
