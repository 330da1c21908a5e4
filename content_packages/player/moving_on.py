"""Another version becomes current while somebody studies: what is offered, and what the learner chooses."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from content_packages.assessment.attempts import find_standing
from content_packages.contents import Module, Package, Section
from content_packages.errors import VersionNotOffered
from content_packages.library import (
    Following,
    PublishedVersion,
    find_current_version,
    find_version,
    following,
    read_package,
)
from content_packages.player.models import ModuleProgress, SectionRead, VersionChoice
from content_packages.player.study import Study
from xapi_bridge.statement import Account


@dataclass(frozen=True)
class Offer:
    """A newer version that a learner may choose.

    Attributes:
        begins_anew: another major version: attempts begin again, at the next launch.
        answer: what the learner chose: `stay`, `move`, or "" for nothing yet.
    """

    version: PublishedVersion
    begins_anew: bool
    answer: str = ""


def find_offer(session: Session, study: Study) -> Offer | None:
    """The current version, when it is another than the one that is studied and the learner has a choice."""
    current = find_current_version(session, study.package.id)
    if current is None or current.digest == study.package.digest:
        return None
    follows = following(begun=study.package.version, current=current.version)
    if follows not in {Following.OFFER, Following.FINISH}:
        return None
    choice = _find_choice(session, study.learner, current.package_id, current.digest)
    answer = "" if choice is None else "move" if choice.moves else "stay"
    return Offer(current, follows is Following.FINISH, answer)


def find_chosen_version(session: Session, learner: Account, package_id: str) -> PublishedVersion | None:
    """The version to which the learner moved last."""
    digest = session.scalar(
        select(VersionChoice.digest)
        .where(*_of(learner, package_id), VersionChoice.moves.is_(True))
        .order_by(VersionChoice.chosen_at.desc(), VersionChoice.id.desc())
        .limit(1)
    )
    return find_version(session, digest) if digest is not None else None


def choose_version(session: Session, study: Study, digest: str, *, moves: bool, now: datetime) -> Offer:
    """Keeps what the learner chose; with `moves`, what was read counts in the new version's sections.

    The answers to checks and the attempts belong to questions and quizzes that keep their names, so they need
    no moving.

    Raises:
        VersionNotOffered: that version is not (or no longer) offered.
    """
    offer = find_offer(session, study)
    if offer is None or offer.version.digest != digest:
        raise VersionNotOffered("This version is not offered any more. Open the lesson again.")
    choice = _find_choice(session, study.learner, study.package.id, digest)
    if choice is None:
        choice = VersionChoice(
            home_page=study.learner.home_page,
            name=study.learner.name,
            package_id=study.package.id,
            digest=digest,
        )
        session.add(choice)
    choice.moves, choice.chosen_at = moves, now
    if moves:
        _carry_reading(session, study, read_package(session, digest))
    session.flush()
    return Offer(offer.version, offer.begins_anew, "move" if moves else "stay")


def same_sections(old: Module, new: Module) -> dict[int, int]:
    """Number of each section that is in both versions: old -> new.

    A section is the same when its title is, or when it asks the same checks; else when it stands in the same
    place and neither found another partner.
    """
    found: dict[int, int] = {}
    for alike in (_same_title, _same_checks, _same_place):
        free = [section for section in new.sections if section.number not in found.values()]
        for section in old.sections:
            partner = next((one for one in free if alike(section, one)), None)
            if section.number not in found and partner is not None:
                found[section.number] = partner.number
                free.remove(partner)
    return found


def _same_title(old: Section, new: Section) -> bool:
    return old.title == new.title


def _same_checks(old: Section, new: Section) -> bool:
    return bool(old.check_ids) and old.check_ids == new.check_ids


def _same_place(old: Section, new: Section) -> bool:
    return old.number == new.number


def is_finished(
    session: Session, learner: Account, *, registration: UUID, package: Package, item: str
) -> bool:
    """Whether nothing is left to do of what a launch opens: the outline, a module or a quiz."""
    kind, _, name = item.partition("/")
    modules = [name] if kind == "m" else list(package.modules) if not item else []
    quizzes = [name] if kind == "z" else [] if item else _own_quizzes(package)
    completed = session.scalars(
        select(ModuleProgress.module_id).where(
            ModuleProgress.home_page == learner.home_page,
            ModuleProgress.name == learner.name,
            ModuleProgress.package_id == package.id,
            ModuleProgress.completed_at.is_not(None),
        )
    ).all()
    return set(modules) <= set(completed) and all(
        find_standing(
            session, learner, registration=registration, package=package, quiz=package.quizzes[quiz]
        ).is_closed
        for quiz in quizzes
    )


def _own_quizzes(package: Package) -> list[str]:
    """Quizzes of the outline that are more than practice."""
    named = [entry.id for entry in package.outline if entry.kind == "quiz"]
    return [quiz for quiz in named if package.quizzes[quiz].mode != "practice"]


def _carry_reading(session: Session, study: Study, newer: Package) -> None:
    rows = session.scalars(
        select(ModuleProgress)
        .where(
            ModuleProgress.home_page == study.learner.home_page,
            ModuleProgress.name == study.learner.name,
            ModuleProgress.package_id == study.package.id,
        )
        .with_for_update()
    ).all()
    for row in rows:
        old, new = study.package.modules.get(row.module_id), newer.modules.get(row.module_id)
        if old is not None and new is not None:
            _renumber(session, row, same_sections(old, new))


def _renumber(session: Session, row: ModuleProgress, partners: dict[int, int]) -> None:
    read = session.scalars(select(SectionRead).where(SectionRead.progress_id == row.id)).all()
    moved = {partners[one.section]: one.read_at for one in read if one.section in partners}
    session.execute(delete(SectionRead).where(SectionRead.progress_id == row.id))
    session.add_all(
        SectionRead(progress_id=row.id, section=number, read_at=at) for number, at in moved.items()
    )
    if row.last_section is not None:
        row.last_section = partners.get(row.last_section)
    session.flush()


def _find_choice(session: Session, learner: Account, package_id: str, digest: str) -> VersionChoice | None:
    return session.scalar(
        select(VersionChoice).where(*_of(learner, package_id), VersionChoice.digest == digest)
    )


def _of(learner: Account, package_id: str) -> tuple[ColumnElement[bool], ...]:
    return (
        VersionChoice.home_page == learner.home_page,
        VersionChoice.name == learner.name,
        VersionChoice.package_id == package_id,
    )
