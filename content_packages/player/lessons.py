"""A learner works through a module: open it, read sections, try checks, complete it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from content_packages.assessment.attempts import has_passed
from content_packages.assessment.responses import Response, written_response
from content_packages.assessment.scoring import score_response
from content_packages.contents import Module, Section
from content_packages.errors import AnswerConflict, AnswerUnreadable, ItemNotFound
from content_packages.player import milestones
from content_packages.player.models import CheckAnswer, ModuleProgress, SectionRead
from content_packages.player.study import Study
from xapi_bridge.database import insert_if_absent
from xapi_bridge.statement import Statement


@dataclass(frozen=True)
class CheckTry:
    """The newest try at an inline check. `earned` is 0..1."""

    seq: int
    response: Mapping[str, Any]
    earned: float


@dataclass(frozen=True)
class ModuleStanding:
    """How far a learner is with a module.

    Attributes:
        sections_read: numbers of the sections marked as read.
        checks: newest try at each inline check that was tried, by question id.
        last_section: number of the section that was open last.
        last_block: what stood at the top of the screen there, counted from 0.
    """

    module: Module
    started_at: datetime | None
    completed_at: datetime | None
    sections_read: frozenset[int]
    checks: Mapping[str, CheckTry]
    quiz_passed: bool
    last_section: int | None = None
    last_block: int = 0

    @property
    def resume_section(self) -> Section | None:
        """Where to go on: the section that was open last unless it is done, else the first that is not."""
        left = next((one for one in self.module.sections if one.number == self.last_section), None)
        return left if left is not None and not self.is_done(left) else self.next_section

    @property
    def open_checks(self) -> int:
        """How many inline checks were not tried yet."""
        return sum(check not in self.checks for check in self.module.check_ids)

    @property
    def next_section(self) -> Section | None:
        """The first section not read, or read with a check left open."""
        return next((section for section in self.module.sections if not self.is_done(section)), None)

    def is_done(self, section: Section) -> bool:
        """Whether the section is read and its checks were tried."""
        return section.number in self.sections_read and all(
            check in self.checks for check in section.check_ids
        )

    @property
    def percent(self) -> int:
        """Share of what the module asks for, 0 to 100; 100 only when everything is done."""
        done, wanted = 0, 0
        if self.module.sections_count:
            done, wanted = len(self.sections_read), len(self.module.sections)
        if self.module.checks_count:
            done, wanted = done + len(self.checks), wanted + len(self.module.check_ids)
        if self.module.quiz_id is not None:
            done, wanted = done + int(self.quiz_passed), wanted + 1
        return 100 if done >= wanted else min(99, done * 100 // wanted)

    @property
    def is_complete(self) -> bool:
        """Whether everything that the module asks for is done."""
        return self.completed_at is not None or self.percent == 100


def find_module_standing(session: Session, study: Study, module: Module) -> ModuleStanding:
    """How far the learner is; asking changes nothing."""
    progress = _find_progress(session, study, module)
    return _standing(session, study, module, progress)


def open_module(session: Session, study: Study, module: Module, *, now: datetime) -> ModuleStanding:
    """Notes the first opening of the module."""
    progress, statements = _begin(session, study, module, now=now)
    standing = _standing(session, study, module, progress)
    milestones.record_milestones(session, study, statements, now=now)
    return standing


def read_section(
    session: Session, study: Study, module: Module, section: Section, *, now: datetime
) -> ModuleStanding:
    """Marks the section as read; a second time changes nothing."""
    progress, statements = _begin(session, study, module, now=now)
    row = {"progress_id": progress.id, "section": section.number, "read_at": now}
    if insert_if_absent(session, SectionRead.__table__, [row]):
        statements.append(milestones.section_read(study, module, section, at=now))
    standing = _complete_if_done(session, study, module, progress, statements, now=now)
    milestones.record_milestones(session, study, statements, now=now)
    return standing


def note_place(
    session: Session, study: Study, module: Module, section: Section, *, block: int, now: datetime
) -> None:
    """Remembers where the reader is: the section, and what stands at the top of the screen.

    Args:
        block: paragraph, heading, table or check, counted from 0.
    """
    progress, statements = _begin(session, study, module, now=now)
    progress.last_section, progress.last_block, progress.last_seen_at = section.number, block, now
    session.flush()
    milestones.record_milestones(session, study, statements, now=now)


def answer_check(
    session: Session,
    study: Study,
    module: Module,
    question_id: str,
    response: Response,
    *,
    seen_seq: int,
    now: datetime,
) -> ModuleStanding:
    """Notes one try at an inline check; the same try sent twice counts once.

    Args:
        seen_seq: how many tries the page knew of.

    Raises:
        ItemNotFound: the module has no such check.
        AnswerUnreadable: nothing was answered.
        AnswerConflict: another page tried it meanwhile.
    """
    if question_id not in module.check_ids:
        raise ItemNotFound(f"Module {module.id} has no check {question_id}.")
    if response.is_empty:
        raise AnswerUnreadable("Nothing was answered. Choose or write an answer first.")
    progress, statements = _begin(session, study, module, now=now)
    newest = _newest_tries(session, progress).get(question_id)
    written = written_response(response)
    if not _is_repeated(newest, written, seen_seq):
        statements.append(
            _add_try(session, study, module, progress, question_id, response, seen_seq + 1, now=now)
        )
    standing = _complete_if_done(session, study, module, progress, statements, now=now)
    milestones.record_milestones(session, study, statements, now=now)
    return standing


def complete_module_if_done(
    session: Session, study: Study, module: Module, statements: list[Statement], *, now: datetime
) -> None:
    """Called when the end quiz was passed: adds the milestone when nothing else was missing."""
    progress = _find_progress(session, study, module, for_update=True)
    if progress is None and not _standing(session, study, module, None).is_complete:
        return
    if progress is None:
        progress, begun = _begin(session, study, module, now=now)
        statements += begun
    _complete_if_done(session, study, module, progress, statements, now=now)


def _add_try(
    session: Session,
    study: Study,
    module: Module,
    progress: ModuleProgress,
    question_id: str,
    response: Response,
    seq: int,
    *,
    now: datetime,
) -> Statement:
    question = study.package.questions[question_id]
    earned = score_response(question, response)
    session.add(
        CheckAnswer(
            progress_id=progress.id,
            question_id=question_id,
            seq=seq,
            response=written_response(response),
            earned=earned,
            answered_at=now,
        )
    )
    session.flush()
    return milestones.check_answered(
        study, module, question, response=response, earned=earned, seq=seq, at=now
    )


def _is_repeated(newest: CheckTry | None, written: Mapping[str, Any], seen_seq: int) -> bool:
    """Whether this try is the newest one sent again; refuses one from a stale page."""
    current = newest.seq if newest is not None else 0
    if newest is not None and newest.response == written and seen_seq == current - 1:
        return True
    if seen_seq != current:
        raise AnswerConflict(
            f"The check has {current} tries, the page knew {seen_seq}. Open the section again."
        )
    return False


def _begin(
    session: Session, study: Study, module: Module, *, now: datetime
) -> tuple[ModuleProgress, list[Statement]]:
    """The learner's row of the module, held until the end, and the milestone when it is new."""
    row = {
        "home_page": study.learner.home_page,
        "name": study.learner.name,
        "package_id": study.package.id,
        "module_id": module.id,
        "registration": study.registration,
        "started_at": now,
        "told_percent": 0,
    }
    progress = _find_progress(session, study, module, for_update=True)
    if progress is not None:
        return progress, []
    is_new = insert_if_absent(session, ModuleProgress.__table__, [row])
    progress = _find_progress(session, study, module, for_update=True)
    assert progress is not None  # noqa: S101 - inserted here or by who came first
    return progress, [milestones.opened(study, module, at=now)] if is_new else []


def _complete_if_done(
    session: Session,
    study: Study,
    module: Module,
    progress: ModuleProgress,
    statements: list[Statement],
    *,
    now: datetime,
) -> ModuleStanding:
    """The standing after this step; milestones are added: how far, and the first time everything is done."""
    standing = _standing(session, study, module, progress)
    if progress.completed_at is not None:
        return standing
    if not standing.is_complete:
        if standing.percent > progress.told_percent:
            progress.told_percent = standing.percent
            statements.append(milestones.progressed(study, module, percent=standing.percent, at=now))
        return standing
    progress.completed_at = now
    session.flush()
    statements.append(milestones.completed(study, module, at=now))
    return _standing(session, study, module, progress)


def _find_progress(
    session: Session, study: Study, module: Module, *, for_update: bool = False
) -> ModuleProgress | None:
    query = select(ModuleProgress).where(
        ModuleProgress.home_page == study.learner.home_page,
        ModuleProgress.name == study.learner.name,
        ModuleProgress.package_id == study.package.id,
        ModuleProgress.module_id == module.id,
    )
    if for_update:
        query = query.with_for_update().execution_options(populate_existing=True)
    return session.scalar(query)


def _standing(
    session: Session, study: Study, module: Module, progress: ModuleProgress | None
) -> ModuleStanding:
    known_sections = {section.number for section in module.sections}
    read = (
        session.scalars(select(SectionRead.section).where(SectionRead.progress_id == progress.id))
        if progress is not None
        else ()
    )
    tries = _newest_tries(session, progress) if progress is not None else {}
    return ModuleStanding(
        module=module,
        started_at=progress.started_at if progress is not None else None,
        completed_at=progress.completed_at if progress is not None else None,
        sections_read=frozenset(read) & known_sections,
        checks={check: tries[check] for check in module.check_ids if check in tries},
        quiz_passed=module.quiz_id is not None
        and has_passed(session, study.learner, package_id=study.package.id, quiz_id=module.quiz_id),
        last_section=progress.last_section if progress is not None else None,
        last_block=(progress.last_block or 0) if progress is not None else 0,
    )


def _newest_tries(session: Session, progress: ModuleProgress) -> dict[str, CheckTry]:
    rows = session.scalars(
        select(CheckAnswer).where(CheckAnswer.progress_id == progress.id).order_by(CheckAnswer.seq)
    )
    return {row.question_id: CheckTry(row.seq, row.response, row.earned) for row in rows}
