"""The learner's pages: every address of the player on one screen."""

from flask import Blueprint

from content_packages.player import lesson_pages, quiz_pages
from content_packages.player.visits import guard
from content_packages.player.wording import (
    lesson_html,
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
blueprint.add_url_rule("/<ticket>/m/<module_id>/media/<name>", view_func=lesson_pages.send_media)

# ---- quizzes ----
_QUIZ = "/<ticket>/z/<quiz_id>"
blueprint.add_url_rule(_QUIZ, view_func=quiz_pages.show_quiz)
blueprint.add_url_rule(_QUIZ, view_func=quiz_pages.begin_attempt, methods=["POST"])
blueprint.add_url_rule(f"{_QUIZ}/<int:number>", view_func=quiz_pages.show_attempt)
blueprint.add_url_rule(f"{_QUIZ}/<int:number>/<int:position>", view_func=quiz_pages.show_question)
blueprint.add_url_rule(
    f"{_QUIZ}/<int:number>/<int:position>", view_func=quiz_pages.send_answer, methods=["POST"]
)
blueprint.add_url_rule(
    f"{_QUIZ}/<int:number>/<int:position>/luu", view_func=quiz_pages.keep_draft, methods=["POST"]
)
blueprint.add_url_rule(f"{_QUIZ}/<int:number>/nop-bai", view_func=quiz_pages.show_review)
blueprint.add_url_rule(
    f"{_QUIZ}/<int:number>/nop-bai", view_func=quiz_pages.hand_in_attempt, methods=["POST"]
)

for _words in (lesson_html, shown_instant, shown_length, shown_number, shown_percent, shown_time):
    blueprint.add_app_template_filter(_words)
