"""The learner's pages: every address of the player on one screen."""

from flask import Blueprint

from content_packages.player import (
    lesson_pages,
    question_pages,
    quiz_pages,
    review_pages,
    teaching_pages,
    version_pages,
)
from content_packages.player.visits import guard
from content_packages.player.wording import (
    lesson_html,
    question_html,
    shown_instant,
    shown_length,
    shown_number,
    shown_percent,
    shown_time,
)

blueprint = Blueprint(
    "player", __name__, url_prefix="/hoc", template_folder="templates", static_folder="static"
)
guard(blueprint)

# ---- package and modules ----
blueprint.add_url_rule("/<ticket>/", view_func=lesson_pages.show_entry)
blueprint.add_url_rule("/<ticket>/m/<module_id>", view_func=lesson_pages.show_module)
blueprint.add_url_rule("/<ticket>/m/<module_id>/<int:number>", view_func=lesson_pages.show_section)
blueprint.add_url_rule(
    "/<ticket>/m/<module_id>/<int:number>", view_func=lesson_pages.mark_section_read, methods=["POST"]
)
blueprint.add_url_rule(
    "/<ticket>/m/<module_id>/<int:number>/<question_id>", view_func=lesson_pages.try_check, methods=["POST"]
)
blueprint.add_url_rule(
    "/<ticket>/m/<module_id>/<int:number>/cho-dang-doc",
    view_func=lesson_pages.remember_place,
    methods=["POST"],
)
blueprint.add_url_rule("/<ticket>/m/<module_id>/in", view_func=lesson_pages.print_module)
blueprint.add_url_rule("/<ticket>/ban-moi", view_func=version_pages.show_versions)
blueprint.add_url_rule("/<ticket>/ban-moi", view_func=version_pages.send_choice, methods=["POST"])
blueprint.add_url_rule("/<ticket>/tim", view_func=lesson_pages.search_lessons)
blueprint.add_url_rule("/<ticket>/m/<module_id>/media/<name>", view_func=lesson_pages.send_media)

# ---- quizzes ----
_QUIZ = "/<ticket>/z/<quiz_id>"
blueprint.add_url_rule(_QUIZ, view_func=quiz_pages.show_quiz)
blueprint.add_url_rule(_QUIZ, view_func=quiz_pages.begin_attempt, methods=["POST"])
blueprint.add_url_rule(f"{_QUIZ}/<int:number>", view_func=quiz_pages.show_attempt)
blueprint.add_url_rule(f"{_QUIZ}/<int:number>/cac-cau", view_func=question_pages.show_all_questions)
blueprint.add_url_rule(f"{_QUIZ}/<int:number>/<int:position>", view_func=question_pages.show_question)
blueprint.add_url_rule(
    f"{_QUIZ}/<int:number>/<int:position>", view_func=question_pages.send_answer, methods=["POST"]
)
blueprint.add_url_rule(
    f"{_QUIZ}/<int:number>/<int:position>/luu", view_func=question_pages.keep_draft, methods=["POST"]
)
blueprint.add_url_rule(f"{_QUIZ}/<int:number>/nop-bai", view_func=quiz_pages.show_review)
blueprint.add_url_rule(
    f"{_QUIZ}/<int:number>/nop-bai", view_func=quiz_pages.hand_in_attempt, methods=["POST"]
)

# ---- a learner's work, for teachers ----
blueprint.add_url_rule("/<ticket>/bai-lam", view_func=review_pages.show_work)
blueprint.add_url_rule("/<ticket>/bai-lam/<quiz_id>/<int:number>", view_func=review_pages.show_work_attempt)

# ---- what teachers do ----
blueprint.add_url_rule("/<ticket>/giang-vien", view_func=teaching_pages.show_desk)
blueprint.add_url_rule("/<ticket>/cham-bai", view_func=teaching_pages.show_essays)
_ESSAY = "/<ticket>/cham-bai/<int:attempt_id>/<int:position>"
blueprint.add_url_rule(_ESSAY, view_func=teaching_pages.show_essay)
blueprint.add_url_rule(_ESSAY, view_func=teaching_pages.give_points, methods=["POST"])
blueprint.add_url_rule("/<ticket>/them-gio", view_func=teaching_pages.show_time)
blueprint.add_url_rule("/<ticket>/them-gio", view_func=teaching_pages.give_time, methods=["POST"])
blueprint.add_url_rule("/<ticket>/phan-tich/<quiz_id>", view_func=teaching_pages.show_analysis)
blueprint.add_url_rule("/<ticket>/phan-tich/<quiz_id>/<form>", view_func=teaching_pages.send_analysis)

for _words in (
    lesson_html,
    question_html,
    shown_instant,
    shown_length,
    shown_number,
    shown_percent,
    shown_time,
):
    blueprint.add_app_template_filter(_words)
