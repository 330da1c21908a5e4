"""What one learner did, for a teacher to read: attempts at the quizzes of this launch, and each with its key.

The ticket of a review names the learner and the registration; any other teacher's ticket names the teacher,
who has no attempts. Nothing here writes.
"""

from dataclasses import dataclass

from flask import g, render_template

from content_packages.assessment.attempts import AttemptState, QuizStanding, find_attempt, find_standing
from content_packages.assessment.disclosure import Disclosure
from content_packages.assessment.finishing import read_outcome
from content_packages.contents import Module
from content_packages.errors import ItemNotFound, ReviewForTeachers
from content_packages.library import read_package
from content_packages.player.lessons import ModuleStanding, find_module_standing
from content_packages.player.question_form import question_form
from content_packages.player.teacher_looks import note_teacher_look
from content_packages.player.visits import Visit, current_visit, reading_language
from xapi_bridge.running_app import reading

_EVERYTHING = Disclosure(marks=True, key=True, feedback=True, explanation=True)


@dataclass(frozen=True)
class ReviewedModule:
    """How far the learner read a module."""

    module: Module
    standing: ModuleStanding


def show_work() -> str:
    """The modules and quizzes that this launch covers, with what the learner did so far."""
    _refuse_learner()
    with reading() as session:
        visit = current_visit(session)
        modules = [
            ReviewedModule(module, find_module_standing(session, visit.study, module))
            for module in visit.package.modules.values()
            if visit.ticket.item in {"", f"m/{module.id}"}
        ]
        study = visit.study
        quizzes: list[QuizStanding] = [
            find_standing(
                session, study.learner, registration=study.registration, package=visit.package, quiz=quiz
            )
            for quiz in visit.package.quizzes.values()
            if visit.covers_quiz(quiz.id)
        ]
    note_teacher_look("learner_work", visit=visit, people=1, learner=study.learner)
    return render_template(
        "player/work.html", visit=visit, learner=_shown_learner(visit), modules=modules, quizzes=quizzes
    )


def show_work_attempt(quiz_id: str, number: int) -> str:
    """A finished attempt with every answer, its marks and the key."""
    _refuse_learner()
    with reading() as session:
        visit = current_visit(session)
        quiz = visit.find_quiz(quiz_id)
        study = visit.study
        attempt = find_attempt(
            session,
            study.learner,
            registration=study.registration,
            package=visit.package,
            quiz=quiz,
            number=number,
        )
        _refuse_open(attempt)
        package = read_package(session, attempt.package_digest, language=reading_language())
        outcome = read_outcome(session, attempt, package=package)
    note_teacher_look(
        "learner_attempt", visit=visit, people=1, learner=study.learner, quiz=quiz_id, attempt=number
    )
    forms = [
        question_form(
            scored.question,
            scored.item.response,
            key=f"cau-{scored.item.position}",
            order=scored.item.option_order,
            earned=scored.earned,
            disclosure=_EVERYTHING,
        )
        for scored in outcome.items
    ]
    maximum = sum(scored.question.mark for scored in outcome.items)
    return render_template(
        "player/work_attempt.html",
        visit=visit,
        learner=_shown_learner(visit),
        quiz=package.quizzes[quiz_id],
        attempt=attempt,
        forms=forms,
        points=(attempt.score or 0.0) * maximum,
        maximum=maximum,
    )


def _refuse_learner() -> None:
    if g.ticket.role != "teacher":
        raise ReviewForTeachers("Only a teacher of the course may open this page.")


def _refuse_open(attempt: AttemptState) -> None:
    if attempt.is_open:
        raise ItemNotFound(f"Attempt {attempt.number} is not handed in yet.")


def _shown_learner(visit: Visit) -> str:
    """The name that the LMS sent with this launch, else the beginning of the pseudonym."""
    return visit.ticket.learner_name or visit.ticket.learner.name[:8]
