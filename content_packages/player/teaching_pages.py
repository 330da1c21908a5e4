"""Pages for who teaches the course: essays to mark, more time for a learner, how questions work."""

from dataclasses import dataclass

from flask import Response, g, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from content_packages.assessment.allowances import Allowance, list_allowances
from content_packages.assessment.analysed_attempts import analyse_attempts, pinned_digests
from content_packages.assessment.attempts import AttemptState
from content_packages.assessment.finishing import ScoredItem, read_outcome
from content_packages.assessment.item_analysis import QuizStatistics
from content_packages.assessment.marking import (
    EssayMark,
    find_for_marking,
    list_waiting,
    waiting_positions,
)
from content_packages.contents import Package, Quiz
from content_packages.errors import AllowanceRefused, ItemNotFound, MarkRefused, ReviewForTeachers
from content_packages.library import read_package
from content_packages.player.analysis_files import standing_of_figures, statistics_csv, statistics_xlsx
from content_packages.player.attempt_page import situation_of
from content_packages.player.course_members import CourseMember, CourseMembers
from content_packages.player.examinations import give_more_time
from content_packages.player.question_form import plain_text, question_form, with_mark
from content_packages.player.results import mark_and_tell
from content_packages.player.teacher_looks import note_teacher_look
from content_packages.player.visits import Visit, current_visit
from xapi_bridge.running_app import borrow, now, reading, transaction

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class WaitingEssays:
    """One attempt of the course with the positions of its essays that have no points yet."""

    attempt: AttemptState
    learner: str
    quiz: Quiz
    positions: tuple[int, ...]


def show_desk() -> str:
    """What a teacher can do here beside looking at the content."""
    with reading() as session:
        visit = _teachers_visit(session)
        waiting = len(_waiting(session, visit))
    return render_template("player/desk.html", visit=visit, waiting=waiting)


def show_essays() -> str:
    """Essays of the course that wait for points, those handed in first coming first."""
    with reading() as session:
        visit = _teachers_visit(session)
        names = _names(session, visit)
        essays = [
            _waiting_essays(session, attempt, names.get(attempt.learner.name, attempt.learner.name[:8]))
            for attempt in _waiting(session, visit)
        ]
    note_teacher_look("essays", visit=visit, people=len({one.attempt.learner for one in essays}))
    return render_template("player/essays.html", visit=visit, essays=essays)


def show_essay(attempt_id: int, position: int) -> str:
    """One essay with its rubric, to give points or to change them."""
    with reading() as session:
        visit = _teachers_visit(session)
        learner = _attempt_of_course(session, visit, attempt_id).learner
        page = _essay_page(session, visit, attempt_id, position)
    note_teacher_look("essay", visit=visit, people=1, learner=learner, attempt=attempt_id, question=position)
    return page


def give_points(attempt_id: int, position: int) -> AnyResponse | tuple[str, int]:
    """Keeps the points and goes on to the next essay that waits."""
    with transaction() as session:
        visit = _teachers_visit(session)
        attempt = _attempt_of_course(session, visit, attempt_id)
        mark_and_tell(
            session,
            attempt,
            position=position,
            mark=posted_mark(),
            seen_seq=posted_number("seq"),
            made_by=borrow(CourseMembers).find_teacher(session, visit.ticket.launch_session_id),  # type: ignore[type-abstract]
            iri_base=visit.study.iri_base,
            now=now(),
        )
    return redirect(url_for("player.show_essays"), code=303)


def show_time() -> str:
    """Learners of the course, what more time each has, and a form to give some."""
    return _time_page()


def give_time() -> AnyResponse | tuple[str, int]:
    """Gives one learner of the course more time, at once and for attempts to come."""
    try:
        with transaction() as session:
            visit = _teachers_visit(session)
            learner = _posted_learner(session, visit)
            quiz_id = request.form.get("quiz", "")
            if quiz_id:
                visit.find_quiz(quiz_id)
            give_more_time(
                session,
                learner.account,
                package_id=visit.package.id,
                quiz_id=quiz_id,
                percent=_posted_percent(),
                reason=request.form.get("reason", ""),
                given_by=borrow(CourseMembers).find_teacher(session, visit.ticket.launch_session_id),  # type: ignore[type-abstract]
                now=now(),
            )
    except AllowanceRefused:
        return _time_page(refused=True), 400
    return redirect(url_for("player.show_time"), code=303)


def show_analysis(quiz_id: str) -> str:
    """How the questions of a quiz work, over everybody's first attempts; no person can be recognised."""
    with reading() as session:
        visit = _teachers_visit(session)
        quiz = visit.find_quiz(quiz_id)
        statistics = _statistics(session, visit.package, quiz_id)
    stems = {name: plain_text(one.stem) for name, one in visit.package.questions.items()}
    return render_template(
        "player/analysis.html",
        visit=visit,
        quiz=quiz,
        statistics=statistics,
        stems=stems,
        standing=standing_of_figures(statistics.count),
    )


def send_analysis(quiz_id: str, form: str) -> Response:
    """The same figures as a file: csv or xlsx."""
    with reading() as session:
        visit = _teachers_visit(session)
        visit.find_quiz(quiz_id)
        statistics = _statistics(session, visit.package, quiz_id)
    if form == "csv":
        response = Response(statistics_csv(statistics), mimetype="text/csv")
    elif form == "xlsx":
        response = Response(statistics_xlsx(statistics), mimetype=_XLSX)
    else:
        raise ItemNotFound(f"Statistics come as csv or xlsx, not as {form}.")
    response.headers["Content-Disposition"] = f'attachment; filename="phan-tich-{quiz_id}.{form}"'
    return response


def _teachers_visit(session: Session) -> Visit:
    if g.ticket.role != "teacher" or g.ticket.is_sample:
        raise ReviewForTeachers("Only a teacher of the course may open this page.")
    return current_visit(session)


def _waiting(session: Session, visit: Visit) -> list[AttemptState]:
    if not visit.ticket.course_id:
        return []
    found = list_waiting(session, home_page=visit.ticket.learner.home_page, course_id=visit.ticket.course_id)
    return [one for one in found if one.package_id == visit.package.id and visit.covers_quiz(one.quiz_id)]


def _waiting_essays(session: Session, attempt: AttemptState, learner: str) -> WaitingEssays:
    package = read_package(session, attempt.package_digest)
    positions = waiting_positions(session, attempt, package=package)
    return WaitingEssays(attempt, learner, package.quizzes[attempt.quiz_id], positions)


def _attempt_of_course(session: Session, visit: Visit, attempt_id: int) -> AttemptState:
    attempt = find_for_marking(session, attempt_id)
    place = (attempt.learner.home_page, attempt.course_id, attempt.package_id)
    ticket = visit.ticket
    if not ticket.course_id or place != (ticket.learner.home_page, ticket.course_id, visit.package.id):
        raise ItemNotFound("There is no such attempt in this course.")
    return attempt


def _essay_page(session: Session, visit: Visit, attempt_id: int, position: int) -> str:
    attempt = _attempt_of_course(session, visit, attempt_id)
    package = read_package(session, attempt.package_digest)
    outcome = read_outcome(session, attempt, package=package)
    scored = next((one for one in outcome.items if one.item.position == position), None)
    if scored is None or scored.question.type != "essay":
        raise ItemNotFound("There is no essay at this place.")
    return render_template(
        "player/essay.html",
        visit=visit,
        attempt=attempt,
        quiz=package.quizzes[attempt.quiz_id],
        learner=_names(session, visit).get(attempt.learner.name, attempt.learner.name[:8]),
        situation=situation_of(package, scored.question),
        form=_essay_form(scored),
        words=scored.response.word_count,
    )


def _essay_form(scored: ScoredItem) -> object:
    form = question_form(scored.question, scored.item.response, key="bai", seq=scored.item.seq)
    return with_mark(form, scored.item.mark) if scored.item.mark is not None else form


def posted_mark() -> EssayMark:
    """Points and comment of the marking form.

    Raises:
        MarkRefused: points that are no numbers.
    """
    points: list[float] = []
    while (written := request.form.get(f"points-{len(points)}")) is not None:
        try:
            points.append(float(written.replace(",", ".")))
        except ValueError as refused:
            raise MarkRefused("Points are numbers, for example 1.5.") from refused
    return EssayMark(tuple(points), request.form.get("comment", ""))


def posted_number(name: str) -> int:
    """A number that the page gave along.

    Raises:
        MarkRefused: it is none.
    """
    written = request.form.get(name, "")
    if not written.isascii() or not written.isdigit() or len(written) > 9:
        raise MarkRefused(f"The field {name} must be the number that the page gave.")
    return int(written)


def _posted_percent() -> int:
    written = request.form.get("percent", "").strip().removesuffix("%")
    if not written.isascii() or not written.isdigit() or len(written) > 4:
        raise AllowanceRefused("More time is a whole number of percent.")
    return int(written)


def _posted_learner(session: Session, visit: Visit) -> CourseMember:
    named = request.form.get("learner", "")
    for member in _members(session, visit):
        if member.account.name == named:
            return member
    raise AllowanceRefused("Choose a learner of this course.")


def _time_page(*, refused: bool = False) -> str:
    with reading() as session:
        visit = _teachers_visit(session)
        members = _members(session, visit)
        given: list[tuple[CourseMember, Allowance]] = [
            (member, allowance)
            for member in members
            for allowance in list_allowances(session, member.account, package_id=visit.package.id)
        ]
    note_teacher_look("more_time", visit=visit, people=len(members))
    quizzes = [
        quiz for quiz in visit.package.quizzes.values() if visit.covers_quiz(quiz.id) and quiz.time_limit
    ]
    return render_template(
        "player/more_time.html",
        visit=visit,
        members=members,
        given=given,
        quizzes=quizzes,
        quiz_titles={quiz.id: quiz.title for quiz in visit.package.quizzes.values()},
        refused=refused,
    )


def _members(session: Session, visit: Visit) -> list[CourseMember]:
    members = borrow(CourseMembers)  # type: ignore[type-abstract]
    return list(members.list_learners(session, visit.ticket.launch_session_id))


def _names(session: Session, visit: Visit) -> dict[str, str]:
    return {member.account.name: member.shown_name for member in _members(session, visit)}


def _statistics(session: Session, package: Package, quiz_id: str) -> QuizStatistics:
    digests = pinned_digests(session, package_id=package.id, quiz_id=quiz_id)
    versions = {digest: read_package(session, digest) for digest in digests}
    return analyse_attempts(session, package=package, quiz_id=quiz_id, versions=versions)
