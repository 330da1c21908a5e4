"""What counts of an imported course: opened, completed, scored, told as of a native module.

The course is one module of a package of its own. Only this installation vouches for these statements, so only
they count; what the scripts of the course say is kept under an account by which nothing counts.
"""

from collections.abc import Mapping
from datetime import datetime

from content_packages.active.moving_on import UnitProgress, course_score, satisfied_parts
from content_packages.active.running import Course, Following
from xapi_bridge.statement import Statement
from xapi_bridge.translate import Enrolment, NamedActivity, attempt, lesson
from xapi_bridge.vocabulary import adl, cchc


def course_opened(following: Following) -> Statement:
    """The learner opened the course for the first time; told again, it is the same statement."""
    enrolment, module = _enrolment(following), _module(following.course)
    event, at = _event(following, "opened"), following.row.opened_at
    return lesson.module_initialized(enrolment, module, event_id=event, at=at)


def course_changed(
    following: Following, progress: Mapping[int, UnitProgress], *, at: datetime
) -> list[Statement]:
    """Completed and scored, as far as they are new; notes in the row what was told.

    Args:
        progress: as it is after the change.
    """
    told: list[Statement] = []
    structure, row = following.course.structure, following.row
    has_begun = any(one != UnitProgress() for one in progress.values())
    # A course without any condition is satisfied from the start; it counts when something was done in it.
    is_satisfied = has_begun and satisfied_parts(structure, progress).course
    is_new = is_satisfied and row.satisfied_at is None
    score = course_score(structure, progress)
    if score is not None and (is_new or score != row.score):
        row.score, row.told = score, row.told + 1
        told.append(_scored(following, score, passed=is_satisfied, at=at))
    if is_new:
        row.satisfied_at = at
        told.append(_completed(following, at=at))
    return told


def _completed(following: Following, *, at: datetime) -> Statement:
    enrolment, module = _enrolment(following), _module(following.course)
    return lesson.module_completed(enrolment, module, event_id=_event(following, "completed"), at=at)


def _scored(following: Following, score: float, *, passed: bool, at: datetime) -> Statement:
    result = attempt.AttemptScore(raw=round(score * 100, 4), maximum=100.0, passed=passed)
    return attempt.quiz_passed_or_failed(
        _enrolment(following),
        _quiz(following.course),
        result,
        parents=[_module(following.course)],
        event_id=_event(following, f"scored/{following.row.told}"),
        at=at,
    )


def _enrolment(following: Following) -> Enrolment:
    course = following.course
    package_id = cchc.imported_package_id(course.package.name)
    iri = cchc.package_iri(course.iri_base, package_id)
    return Enrolment(
        learner=following.learner,
        registration=following.row.enrolment,
        package=NamedActivity(iri, course.package.title, adl.COURSE),
        package_version=course.package.digest,
        iri_base=course.iri_base,
    )


def _module(course: Course) -> NamedActivity:
    name = course.package.name
    iri = cchc.module_iri(course.iri_base, cchc.imported_package_id(name), name)
    return NamedActivity(iri, course.package.title, adl.MODULE)


def _quiz(course: Course) -> NamedActivity:
    name = course.package.name
    iri = cchc.quiz_iri(course.iri_base, cchc.imported_package_id(name), name)
    return NamedActivity(iri, course.package.title, adl.ASSESSMENT)


def _event(following: Following, what: str) -> str:
    return f"imported/{following.row.id}/{what}"
