"""Pages of a package and its modules: outline, start of a module, one section, an inline check."""

from dataclasses import dataclass

from flask import Response, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from content_packages.active.tickets import is_imported
from content_packages.assessment.attempts import QuizStanding, find_standing
from content_packages.assessment.disclosure import Disclosure
from content_packages.assessment.responses import response_from_form
from content_packages.contents import Module, Quiz, Section
from content_packages.errors import AnswerUnreadable, ItemNotFound
from content_packages.library.media import read_media
from content_packages.player.lessons import (
    ModuleStanding,
    answer_check,
    find_module_standing,
    note_place,
    open_module,
    read_section,
)
from content_packages.player.question_form import QuestionForm, key_form, question_form
from content_packages.player.searching import search_modules
from content_packages.player.version_pages import offer_for
from content_packages.player.visits import Visit, current_visit, refuse_preview
from xapi_bridge.running_app import now, reading, transaction


@dataclass(frozen=True)
class OutlineStep:
    """One line of the outline; `module` or `quiz` is set."""

    module: ModuleStanding | None
    quiz: QuizStanding | None


def show_entry() -> AnyResponse | str:
    """What the launch opened: the outline of the package, a module or a quiz."""
    with reading() as session:
        visit = current_visit(session)
        if is_imported(visit.ticket):
            return redirect(url_for("imported.show_course"), code=303)
        kind, _slash, item_id = visit.ticket.item.partition("/")
        if kind == "m":
            return redirect(url_for("player.show_module", module_id=item_id), code=303)
        if kind == "z":
            return redirect(url_for("player.show_quiz", quiz_id=item_id), code=303)
        steps = _outline(session, visit)
        offer = offer_for(session, visit)
    return render_template(
        "player/outline.html", visit=visit, steps=steps, next_step=_next_step(steps), offer=offer
    )


def show_module(module_id: str) -> str:
    """Start of a module: what it teaches, how far the learner is, where to go on."""
    with transaction() as session:
        visit = current_visit(session)
        module = visit.find_module(module_id)
        standing = _open(session, visit, module)
        quiz = _quiz_standing(session, visit, module)
        offer = offer_for(session, visit)
    return render_template(
        "player/module.html", visit=visit, module=module, standing=standing, quiz=quiz, offer=offer
    )


def show_section(module_id: str, number: int) -> str:
    """One section with its inline checks."""
    with transaction() as session:
        visit = current_visit(session)
        module = visit.find_module(module_id)
        section = visit.find_section(module, number)
        standing = _open(session, visit, module)
    return _section_page(visit, module, section, standing)


def mark_section_read(module_id: str, number: int) -> AnyResponse:
    """The learner has read the section and goes on to the next."""
    refuse_preview()
    with transaction() as session:
        visit = current_visit(session)
        module = visit.find_module(module_id)
        section = visit.find_section(module, number)
        standing = read_section(session, visit.study, module, section, now=now())
    if open_check := next((check for check in section.check_ids if check not in standing.checks), None):
        anchor = f"kiem-tra-{open_check}"
        return redirect(
            url_for(
                "player.show_section", module_id=module_id, number=number, thieu=open_check, _anchor=anchor
            ),
            code=303,
        )
    if number < len(module.sections):
        return redirect(url_for("player.show_section", module_id=module_id, number=number + 1), code=303)
    return redirect(url_for("player.show_module", module_id=module_id), code=303)


def remember_place(module_id: str, number: int) -> AnyResponse:
    """Remembers which paragraph the reader is at; an empty object in return."""
    refuse_preview()
    block = request.form.get("block", "")
    if not block.isascii() or not block.isdigit() or len(block) > 5:
        raise AnswerUnreadable("The field `block` is the number of a paragraph.")
    with transaction() as session:
        visit = current_visit(session)
        module = visit.find_module(module_id)
        section = visit.find_section(module, number)
        note_place(session, visit.study, module, section, block=int(block), now=now())
    return jsonify({})


def print_module(module_id: str) -> str:
    """The whole module on one page, to print or to keep; the checks without their key."""
    with reading() as session:
        visit = current_visit(session)
        module = visit.find_module(module_id)
    forms = {
        check: question_form(visit.package.questions[check], None, key=check) for check in module.check_ids
    }
    return render_template("player/print.html", visit=visit, module=module, forms=forms)


def search_lessons() -> str:
    """Sections that hold all words of the question `q`, with the place where they stand."""
    asked = " ".join(request.args.get("q", "").split())[:100]
    with reading() as session:
        visit = current_visit(session)
    modules = [one for one in visit.package.modules.values() if visit.ticket.item in {"", f"m/{one.id}"}]
    found = search_modules(modules, asked) if asked else ()
    return render_template("player/search.html", visit=visit, asked=asked, found=found)


def try_check(module_id: str, number: int, question_id: str) -> AnyResponse | str | tuple[str, int]:
    """The learner tries an inline check and gets feedback at once."""
    refuse_preview()
    with transaction() as session:
        visit = current_visit(session)
        module = visit.find_module(module_id)
        section = visit.find_section(module, number)
        if question_id not in section.check_ids:
            raise ItemNotFound(f"Section {number} has no check {question_id}.")
        response = response_from_form(visit.package.questions[question_id], request.form.to_dict(flat=False))
        if response.is_empty:
            return _ask_for_answer(
                visit, module, section, question_id, open_module(session, visit.study, module, now=now())
            )
        standing = answer_check(
            session, visit.study, module, question_id, response, seen_seq=posted_seq(), now=now()
        )
    if _wants_json():
        return _check_fragment(visit, module, section, question_id, standing)
    anchor = f"kiem-tra-{question_id}"
    return redirect(
        url_for("player.show_section", module_id=module_id, number=number, _anchor=anchor), code=303
    )


def send_media(module_id: str, name: str) -> Response:
    """A picture or another file that a section shows."""
    with reading() as session:
        current_visit(session).find_module(module_id)
        media = read_media(session, name)
    response = Response(media.content, mimetype=media.media_type)
    response.headers["Cache-Control"] = "private, max-age=31536000, immutable"
    return response


def posted_seq() -> int:
    """Number of saves or tries that the posting page knew of.

    Raises:
        AnswerUnreadable: the field is missing or no number.
    """
    value = request.form.get("seq", "")
    if not value.isascii() or not value.isdigit() or len(value) > 9:
        raise AnswerUnreadable("The field `seq` must be the number that the page gave.")
    return int(value)


def check_form(visit: Visit, question_id: str, standing: ModuleStanding) -> QuestionForm:
    """An inline check with the newest try and its feedback. A teacher sees the key."""
    question = visit.package.questions[question_id]
    if visit.is_preview:
        return key_form(question, key=question_id)
    newest = standing.checks.get(question_id)
    if newest is None:
        return question_form(question, None, key=question_id)
    # The key is told once it was found; until then the learner may try again.
    disclosure = Disclosure(marks=True, key=newest.earned >= 1.0, feedback=True, explanation=True)
    return question_form(
        question,
        newest.response,
        key=question_id,
        seq=newest.seq,
        earned=newest.earned,
        disclosure=disclosure,
    )


def _open(session: Session, visit: Visit, module: Module) -> ModuleStanding:
    """The standing, noting the first opening unless a teacher looks."""
    if visit.is_preview:
        return find_module_standing(session, visit.study, module)
    return open_module(session, visit.study, module, now=now())


def _outline(session: Session, visit: Visit) -> list[OutlineStep]:
    steps = []
    for entry in visit.package.outline:
        if entry.kind == "module":
            module = visit.package.modules[entry.id]
            steps.append(OutlineStep(find_module_standing(session, visit.study, module), None))
        else:
            steps.append(OutlineStep(None, _standing_of(session, visit, visit.package.quizzes[entry.id])))
    return steps


def _next_step(steps: list[OutlineStep]) -> OutlineStep | None:
    """The first line that is not done."""
    for step in steps:
        is_done = step.module.is_complete if step.module else bool(step.quiz and step.quiz.is_passed)
        if not is_done:
            return step
    return None


def _quiz_standing(session: Session, visit: Visit, module: Module) -> QuizStanding | None:
    if module.quiz_id is None:
        return None
    return _standing_of(session, visit, visit.package.quizzes[module.quiz_id])


def _standing_of(session: Session, visit: Visit, quiz: Quiz) -> QuizStanding:
    study = visit.study
    return find_standing(
        session, study.learner, registration=study.registration, package=visit.package, quiz=quiz
    )


def _section_page(
    visit: Visit, module: Module, section: Section, standing: ModuleStanding, *, asked_for: str = ""
) -> str:
    forms = {check: check_form(visit, check, standing) for check in section.check_ids}
    return render_template(
        "player/section.html",
        visit=visit,
        module=module,
        section=section,
        standing=standing,
        forms=forms,
        asked_for=asked_for or request.args.get("thieu", ""),
    )


def _ask_for_answer(
    visit: Visit, module: Module, section: Section, question_id: str, standing: ModuleStanding
) -> AnyResponse | tuple[str, int]:
    """Nothing was chosen: the same page says so beside the question."""
    if _wants_json():
        words = _("Hãy chọn hoặc nhập câu trả lời trước khi kiểm tra.")
        response = jsonify({"code": AnswerUnreadable.code, "title": words, "next_step": ""})
        response.status_code = 400
        return response
    return _section_page(visit, module, section, standing, asked_for=question_id), 400


def _check_fragment(
    visit: Visit, module: Module, section: Section, question_id: str, standing: ModuleStanding
) -> AnyResponse:
    html = render_template(
        "player/check.html",
        visit=visit,
        module=module,
        section=section,
        form=check_form(visit, question_id, standing),
        asked_for="",
    )
    return jsonify({"html": html, "percent": standing.percent})


def _wants_json() -> bool:
    return request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"
