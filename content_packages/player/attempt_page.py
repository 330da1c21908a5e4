"""An attempt as its pages need it: who, which version, which questions, and what may be told of them now."""

from dataclasses import dataclass, replace

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from content_packages.assessment.answers import ItemState, read_items
from content_packages.assessment.attempts import (
    AttemptState,
    QuizStanding,
    find_attempt,
    find_standing,
)
from content_packages.assessment.disclosure import NOTHING, Phase, disclose, phase_of, shown_in
from content_packages.assessment.finishing import AttemptOutcome, ScoredItem
from content_packages.assessment.responses import Response, read_response, written_response
from content_packages.assessment.scoring import score_response
from content_packages.assessment.tries import allowed_tries, is_checkable
from content_packages.authoring.markup import render_text
from content_packages.contents import Package, Question, Quiz, Situation
from content_packages.errors import ItemNotFound
from content_packages.library import read_package
from content_packages.player.question_form import QuestionForm, plain_text, question_form, with_mark
from content_packages.player.visits import Visit, current_visit, reading_language
from xapi_bridge.running_app import now


@dataclass(frozen=True)
class AttemptPage:
    """An attempt with its questions."""

    visit: Visit
    quiz: Quiz
    attempt: AttemptState
    package: Package
    items: tuple[ItemState, ...]

    @property
    def key(self) -> str:
        """Names the attempt in the browser, where answers may wait longer than a launch lasts."""
        return f"{self.attempt.id}-{self.attempt.package_digest[:8]}"

    @property
    def seconds_left(self) -> int | None:
        """Time left by the clock of the server; None without a limit."""
        if self.attempt.due_at is None:
            return None
        return max(0, int((self.attempt.due_at - now()).total_seconds()))

    @property
    def unanswered(self) -> list[int]:
        """Positions without an answer."""
        return [item.position for item in self.items if not item.is_answered]

    @property
    def too_short(self) -> list[int]:
        """Positions of essays with fewer words than they ask for."""
        return [item.position for item in self.items if item.is_answered and self._is_too_short(item)]

    def find_item(self, position: int) -> ItemState:
        """The question at that place.

        Raises:
            ItemNotFound: there is none.
        """
        if not 1 <= position <= len(self.items):
            raise ItemNotFound(f"The attempt has no question {position}.")
        return self.items[position - 1]

    def question_at(self, position: int) -> Question:
        """The question at that place, in the version to which the attempt is pinned."""
        return self.package.questions[self.find_item(position).question_id]

    def situation_at(self, position: int) -> Situation | None:
        """The situation that the question asks about, if any."""
        return situation_of(self.package, self.question_at(position))

    def live_form(self, position: int) -> QuestionForm:
        """The question to answer, with as much about the checked answer as may be told meanwhile."""
        item, question = self.find_item(position), self.question_at(position)
        can_check = is_checkable(self.quiz, question) and not item.is_settled
        raw, shown = None, NOTHING
        if item.tries and item.earned is not None:
            raw = score_response(question, read_response(question, item.response or {}))
            shown = disclose(self.quiz, "during", is_right=raw >= 1.0, may_try_again=not item.is_settled)
        form = question_form(
            question,
            item.response,
            key="cau",
            seq=item.seq,
            order=item.option_order,
            earned=raw,
            disclosure=shown,
        )
        shows_hint = bool(item.tries) and can_check and question.hint
        return replace(
            form,
            can_check=can_check,
            is_settled=item.is_settled,
            tries_left=allowed_tries(self.quiz) - item.tries if can_check else None,
            hint_html=render_text(question.hint) if shows_hint and question.hint else "",
            asks_certainty=self.quiz.certainty and question.type != "essay",
        )

    def _is_too_short(self, item: ItemState) -> bool:
        question = self.package.questions[item.question_id]
        return read_response(question, item.response or {}).word_count < (question.min_words or 0)


def find_attempt_page(session: Session, quiz_id: str, number: int) -> AttemptPage:
    """The learner's own attempt with that number.

    Raises:
        ItemNotFound: there is none.
    """
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
    package = read_package(session, attempt.package_digest, language=reading_language())
    return AttemptPage(visit, package.quizzes[quiz_id], attempt, package, read_items(session, attempt.id))


def standing_of(session: Session, visit: Visit, quiz: Quiz) -> QuizStanding:
    """Where the learner of this visit stands with the quiz."""
    study = visit.study
    return find_standing(
        session, study.learner, registration=study.registration, package=visit.package, quiz=quiz
    )


def situation_of(package: Package, question: Question) -> Situation | None:
    """The situation that a question asks about, if any."""
    return package.situations.get(question.situation) if question.situation else None


def phase_now(attempt: AttemptState, standing: QuizStanding) -> Phase:
    """The row of the feedback matrix that holds for the attempt now."""
    return phase_of(
        is_open=attempt.is_open,
        nothing_to_win=standing.is_closed,
        closes_at=attempt.closes_at,
        now=now(),
    )


def feedback_forms(outcome: AttemptOutcome, quiz: Quiz, phase: Phase) -> list[QuestionForm]:
    """The questions of a finished attempt with as much feedback as the policy of the quiz allows."""
    if not shown_in(quiz, phase) & {"marks", "answers", "explanations"}:
        return []
    return [_feedback_form(scored, quiz, phase) for scored in outcome.items]


def _feedback_form(scored: ScoredItem, quiz: Quiz, phase: Phase) -> QuestionForm:
    disclosure = disclose(quiz, phase, is_right=scored.earned >= 1.0)
    form = question_form(
        scored.question,
        scored.item.response,
        key=f"cau-{scored.item.position}",
        order=scored.item.option_order,
        earned=None if scored.awaits_marking else scored.earned,
        disclosure=disclosure,
    )
    if scored.item.mark is not None and disclosure.marks:
        form = with_mark(form, scored.item.mark)
    return replace(form, awaits_marking=scored.awaits_marking)


def told_answer(question: Question, response: Response) -> str:
    """An answer in the words of the question."""
    if question.options:
        words = [plain_text(question.options[position].text) for position in response.chosen]
    elif question.pairs or question.items:
        texts = [right for _left, right in question.pairs] or list(question.items)
        words = [plain_text(texts[place]) if place is not None else "…" for place in response.places]
    elif question.blanks:
        words = [_told_blank(question, number, given) for number, given in enumerate(response.blanks)]
    else:
        words = [response.text] if response.text else []
    return "; ".join(words) if written_response(response) else _("(chưa chọn gì)")


def _told_blank(question: Question, number: int, given: str | int | None) -> str:
    if isinstance(given, int):
        return plain_text(question.blanks[number].options[given].text)
    return given or "…"
