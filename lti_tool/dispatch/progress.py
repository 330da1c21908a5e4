"""What a learner reached in the content of a ticket, as the other LMS is to be told."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from content_packages.active.running import find_registration, registration_id_of
from content_packages.active.tickets import is_imported
from content_packages.assessment.attempts import find_standing
from content_packages.contents import Quiz
from content_packages.player.lessons import find_module_standing
from content_packages.player.visits import Visit


@dataclass(frozen=True)
class Reached:
    """Attributes: `passed` is None where nothing is tested; `scaled` the best result, 0.0 to 1.0."""

    completed: bool
    passed: bool | None = None
    scaled: float | None = None


def find_reached(session: Session, visit: Visit, *, iri_base: str) -> Reached:
    """The standing of what the ticket opens."""
    if is_imported(visit.ticket):
        return _of_imported(session, visit, iri_base=iri_base)
    kind, _slash, name = visit.ticket.item.partition("/")
    package = visit.package
    if kind == "z":
        return _of_quizzes(session, visit, [package.quizzes[name]], completed=True)
    names = [name] if kind == "m" else [step.id for step in package.outline if step.kind == "module"]
    modules = [package.modules[one] for one in names]
    completed = all(find_module_standing(session, visit.study, one).is_complete for one in modules)
    quizzes = [package.quizzes[one.quiz_id] for one in modules if one.quiz_id]
    return _of_quizzes(session, visit, quizzes, completed=completed)


def _of_quizzes(session: Session, visit: Visit, quizzes: list[Quiz], *, completed: bool) -> Reached:
    study = visit.study
    standings = [
        find_standing(
            session, study.learner, registration=study.registration, package=visit.package, quiz=quiz
        )
        for quiz in quizzes
    ]
    best = [one.best.score or 0.0 if one.best else None for one in standings]
    if not standings or all(one is None for one in best):
        return Reached(completed and not quizzes)
    passed = all(one.is_passed for one in standings)
    return Reached(completed and passed, passed, sum(one or 0.0 for one in best) / len(best))


def _of_imported(session: Session, visit: Visit, *, iri_base: str) -> Reached:
    ticket = visit.ticket
    registration_id = registration_id_of(ticket.registration, ticket.package_digest)
    following = find_registration(session, registration_id, iri_base=iri_base)
    if following is None:
        return Reached(completed=False)
    is_done, score = following.row.satisfied_at is not None, following.row.score
    return Reached(is_done, is_done if score is not None else None, score)
