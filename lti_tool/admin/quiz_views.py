"""Console pages of quizzes: essays of all courses that wait for points, and counting a quiz again."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from content_packages.assessment.attempts import AttemptState
from content_packages.assessment.finishing import read_outcome
from content_packages.assessment.marking import find_for_marking, list_waiting, waiting_positions
from content_packages.assessment.regrading import NewKey, RegradePlan
from content_packages.contents import Package, Quiz
from content_packages.errors import ItemNotFound, PackageNotFound, RegradeRefused
from content_packages.library import find_current_version, list_current_packages, read_package
from content_packages.player.attempt_page import situation_of
from content_packages.player.question_form import question_form, with_mark
from content_packages.player.regrades import apply_regrade, plan_regrade
from content_packages.player.results import mark_and_tell
from content_packages.player.settings import PlayerSettings
from content_packages.player.teaching_pages import posted_mark, posted_number
from lti_tool.admin.guard import keep_private, only_as_permitted, required_operator, say
from xapi_bridge.running_app import now, reading, section, transaction
from xapi_bridge.store.audit import note_action

blueprint = Blueprint("quiz_console", __name__, url_prefix="/quan-tri/bai-kiem-tra")
blueprint.before_request(only_as_permitted)
blueprint.after_request(keep_private)

_MOST_ESSAYS = 200


@dataclass(frozen=True)
class WaitingEssays:
    """One attempt with the positions of its essays that have no points yet."""

    attempt: AttemptState
    package: Package
    quiz: Quiz
    positions: tuple[int, ...]


@dataclass(frozen=True)
class AskedRegrade:
    """What an operator asks for: which quiz, by which key."""

    quiz: Quiz
    key: NewKey
    fields: dict[str, str]


@blueprint.get("")
def overview() -> str:
    """Essays that wait, those handed in first coming first, and the quizzes that can be counted again."""
    with reading() as session:
        essays = [_waiting(session, one) for one in list_waiting(session, limit=_MOST_ESSAYS)]
        packages = [read_package(session, one.digest) for one in list_current_packages(session)]
    return render_template(
        "admin/quizzes.html", essays=essays, packages=packages, is_cut=len(essays) == _MOST_ESSAYS
    )


@blueprint.get("/tu-luan/<int:attempt_id>/<int:position>")
def show_essay(attempt_id: int, position: int) -> str:
    """One essay with its rubric. The learner is not named: experts mark without knowing whom."""
    with reading() as session:
        attempt = find_for_marking(session, attempt_id)
        package = read_package(session, attempt.package_digest)
        outcome = read_outcome(session, attempt, package=package)
    scored = next((one for one in outcome.items if one.item.position == position), None)
    if scored is None or scored.question.type != "essay":
        raise ItemNotFound("There is no essay at this place.")
    form = question_form(scored.question, scored.item.response, key="bai", seq=scored.item.seq)
    return render_template(
        "admin/essay.html",
        attempt=attempt,
        quiz=package.quizzes[attempt.quiz_id],
        situation=situation_of(package, scored.question),
        form=with_mark(form, scored.item.mark) if scored.item.mark is not None else form,
        words=scored.response.word_count,
    )


@blueprint.post("/tu-luan/<int:attempt_id>/<int:position>")
def give_points(attempt_id: int, position: int) -> Response:
    """Keeps the points under the operator's name."""
    operator = required_operator().username
    with transaction() as session:
        attempt = find_for_marking(session, attempt_id)
        mark_and_tell(
            session,
            attempt,
            position=position,
            mark=posted_mark(),
            seen_seq=posted_number("seq"),
            made_by=operator,
            iri_base=section(PlayerSettings).iri_base,
            now=now(),
        )
        note_action(
            session,
            "essay_marked",
            operator=operator,
            subject=f"{attempt.package_id}/{attempt.quiz_id}",
            now=now(),
            attempt=attempt_id,
            position=position,
        )
    say(_("Đã lưu điểm. Khi mọi câu tự luận của lượt có điểm, kết quả được chuyển về sổ điểm."))
    return redirect(url_for("quiz_console.overview"), code=303)


@blueprint.get("/cham-lai/<package_id>/<quiz_id>")
def ask_to_regrade(package_id: str, quiz_id: str) -> str:
    """The form; with `xem`, also who would get what instead of what. Nothing is changed."""
    with reading() as session:
        asked = _asked(session, package_id, quiz_id, request.args)
        plan = plan_regrade(session, quiz_id=quiz_id, key=asked.key) if "xem" in request.args else None
    return _regrade_page(asked, plan)


@blueprint.post("/cham-lai/<package_id>/<quiz_id>")
def regrade(package_id: str, quiz_id: str) -> Response | tuple[str, int]:
    """Applies exactly the difference that was seen."""
    operator = required_operator().username
    try:
        with transaction() as session:
            asked = _asked(session, package_id, quiz_id, request.form)
            plan = apply_regrade(
                session,
                quiz_id=quiz_id,
                key=asked.key,
                fingerprint=request.form.get("fingerprint", ""),
                reason=request.form.get("reason", ""),
                made_by=operator,
                iri_base=section(PlayerSettings).iri_base,
                now=now(),
            )
            note_action(
                session,
                "quiz_counted_again",
                operator=operator,
                subject=f"{package_id}/{quiz_id}",
                now=now(),
                attempts=len(plan.changes),
                fingerprint=plan.fingerprint,
            )
    except RegradeRefused:
        with reading() as session:
            asked = _asked(session, package_id, quiz_id, request.form)
            return _regrade_page(
                asked, plan_regrade(session, quiz_id=quiz_id, key=asked.key), refused=True
            ), 409
    say(_("Đã chấm lại %(count)s lượt; điểm mới tự chuyển về sổ điểm.", count=len(plan.changes)))
    return redirect(url_for("quiz_console.overview"), code=303)


def _waiting(session: Session, attempt: AttemptState) -> WaitingEssays:
    package = read_package(session, attempt.package_digest)
    positions = waiting_positions(session, attempt, package=package)
    return WaitingEssays(attempt, package, package.quizzes[attempt.quiz_id], positions)


def _asked(session: Session, package_id: str, quiz_id: str, sent: Any) -> AskedRegrade:
    """What the form says: ids of questions, separated by spaces or commas."""
    current = find_current_version(session, package_id)
    if current is None:
        raise PackageNotFound(f"No package {package_id} is published here.")
    package = read_package(session, current.digest)
    if quiz_id not in package.quizzes:
        raise ItemNotFound(f"The package {package_id} has no quiz {quiz_id}.")
    fields = {name: str(sent.get(name, "")) for name in ("all", "only")}
    given, only = (frozenset(fields[name].replace(",", " ").split()) for name in ("all", "only"))
    return AskedRegrade(package.quizzes[quiz_id], NewKey(package, given, only), fields)


def _regrade_page(asked: AskedRegrade, plan: RegradePlan | None, *, refused: bool = False) -> str:
    return render_template("admin/regrade.html", asked=asked, plan=plan, refused=refused)
