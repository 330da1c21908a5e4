"""A question as a form or as feedback: what the templates show, computed here (pure)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from html import unescape
from typing import Any, Literal

import nh3

from content_packages.assessment.disclosure import EVERYTHING, NOTHING, Disclosure
from content_packages.assessment.keys import right_answer
from content_packages.assessment.responses import Response, read_response
from content_packages.assessment.scoring import is_right_blank
from content_packages.authoring.markup import render_phrase, render_text
from content_packages.contents import Question

Verdict = Literal["right", "partly", "wrong"]
_BLANK = re.compile(r"\[\[(\d+)\]\]")


@dataclass(frozen=True)
class Choice:
    """One option to tick. `mark` is told only with the key."""

    position: int
    html: str
    chosen: bool
    mark: Literal["right", "wrong", "missed", ""]
    feedback_html: str


@dataclass(frozen=True)
class Place:
    """One list to choose from: what belongs to a left side, or stands at a place."""

    name: str
    label_html: str
    options: tuple[tuple[int, str], ...]
    chosen: int | None
    mark: Literal["right", "wrong", ""]
    right_answer: str


@dataclass(frozen=True)
class BlankField:
    """One blank of a cloze text, after `html_before`; without `options` it is typed.

    Attributes:
        number: as the author numbered it, from 1; 0 for the text after the last blank.
    """

    number: int
    html_before: str
    options: tuple[str, ...]
    value: str | int | None
    mark: Literal["right", "wrong", ""]
    right_answer: str


@dataclass(frozen=True)
class CriterionMark:
    """One line of a rubric with the points that a person gave; None while nobody did."""

    criterion: str
    highest: float
    points: float | None


@dataclass(frozen=True)
class QuestionForm:
    """A question ready to be shown.

    Attributes:
        key: distinguishes the ids of several forms on one page.
        seq: number of saves or tries that this page knows of.
        verdict: None when it may not be told, or nothing was scored.
        right_text: accepted answers, when the key may be told.
        tries_left: how often it may still be checked; None where answers are not checked one by one.
        can_check: whether the learner may have it checked now.
        is_settled: it was checked and can no longer change.
    """

    key: str
    question: Question
    stem_html: str
    choices: tuple[Choice, ...]
    places: tuple[Place, ...]
    text: str
    seq: int
    verdict: Verdict | None
    right_text: str
    explanation_html: str
    blanks: tuple[BlankField, ...] = ()
    rubric: tuple[CriterionMark, ...] = ()
    comment: str = ""
    certainty: int | None = None
    tries_left: int | None = None
    hint_html: str = ""
    can_check: bool = False
    is_settled: bool = False
    awaits_marking: bool = False
    asks_certainty: bool = False

    @property
    def takes_many(self) -> bool:
        """Whether several options may be ticked."""
        return self.question.type == "multiple"


def question_form(
    question: Question,
    written: Mapping[str, Any] | None,
    *,
    key: str,
    seq: int = 0,
    order: tuple[int, ...] = (),
    earned: float | None = None,
    disclosure: Disclosure = NOTHING,
) -> QuestionForm:
    """The question with the saved answer filled in, and as much feedback as may be told.

    Args:
        written: saved answer in its JSON shape.
        order: order of options, right sides or items; the written order when empty, except for match and
            order, whose written order is the key.
        earned: what the answer earned, 0..1; None when it was not scored.
    """
    response = read_response(question, written or {})
    order = order or _default_order(question)
    shown = disclosure if earned is not None else NOTHING
    return QuestionForm(
        key=key,
        question=question,
        stem_html=render_text(question.stem),
        choices=tuple(_choice(question, position, response, shown) for position in order if question.options),
        places=_places(question, response, order, shown),
        text=response.text,
        seq=seq,
        verdict=_verdict(earned) if shown.marks and earned is not None else None,
        right_text="; ".join(question.answers) if shown.key else "",
        explanation_html=render_text(question.explain) if shown.explanation and question.explain else "",
        blanks=_blanks(question, response, shown),
        rubric=tuple(CriterionMark(one.criterion, one.points, None) for one in question.rubric),
        certainty=response.certainty,
    )


def with_mark(form: QuestionForm, mark: Mapping[str, Any]) -> QuestionForm:
    """The form of an essay with the points and the comment of its marker."""
    given = zip(form.rubric, mark["points"], strict=True)
    return replace(
        form,
        rubric=tuple(replace(one, points=points) for one, points in given),
        comment=mark.get("comment", ""),
    )


def key_form(question: Question, *, key: str, order: tuple[int, ...] = ()) -> QuestionForm:
    """The question with its right answer filled in and everything told, for who may see the key."""
    disclosure = replace(EVERYTHING, marks=False)
    written = right_answer(question)
    return question_form(question, written, key=key, order=order, earned=1.0, disclosure=disclosure)


def plain_text(text: str) -> str:
    """A short Markdown text without any markup, for a list of choices."""
    return unescape(nh3.clean(render_phrase(text), tags=set()))


def _verdict(earned: float) -> Verdict:
    if earned >= 1.0:
        return "right"
    return "partly" if earned > 0.0 else "wrong"


def _default_order(question: Question) -> tuple[int, ...]:
    """Stable and not the key: right sides and items by their words."""
    if question.options:
        return tuple(range(len(question.options)))
    texts = [right for _, right in question.pairs] or list(question.items)
    return tuple(sorted(range(len(texts)), key=lambda position: (texts[position].casefold(), position)))


def _choice(question: Question, position: int, response: Response, shown: Disclosure) -> Choice:
    option = question.options[position]
    chosen = position in response.chosen
    tells = shown.feedback and chosen and option.feedback
    return Choice(
        position=position,
        html=render_phrase(option.text),
        chosen=chosen,
        mark=_choice_mark(chosen, option.correct) if shown.key else "",
        feedback_html=render_phrase(option.feedback) if tells and option.feedback else "",
    )


def _choice_mark(chosen: bool, correct: bool) -> Literal["right", "wrong", "missed", ""]:
    if chosen:
        return "right" if correct else "wrong"
    return "missed" if correct else ""


def _places(
    question: Question, response: Response, order: tuple[int, ...], shown: Disclosure
) -> tuple[Place, ...]:
    texts = [plain_text(right) for _, right in question.pairs] or [
        plain_text(item) for item in question.items
    ]
    lefts = [left for left, _ in question.pairs] or [""] * len(question.items)
    options = tuple((position, texts[position]) for position in order) if texts else ()
    return tuple(
        Place(
            name=f"place-{number}",
            label_html=render_phrase(lefts[number]) if lefts[number] else "",
            options=options,
            chosen=response.places[number],
            mark=("right" if response.places[number] == number else "wrong") if shown.key else "",
            right_answer=text if shown.key else "",
        )
        for number, text in enumerate(texts)
    )


def _blanks(question: Question, response: Response, shown: Disclosure) -> tuple[BlankField, ...]:
    """The text of a cloze question in pieces, each with the blank that follows it."""
    if not question.blanks:
        return ()
    pieces = _BLANK.split(render_text(question.stem))
    fields = [
        _blank(question, int(number), before, response, shown)
        for before, number in zip(pieces[0::2], pieces[1::2], strict=False)
    ]
    return (*fields, BlankField(0, pieces[-1], (), None, "", ""))


def _blank(question: Question, number: int, before: str, response: Response, shown: Disclosure) -> BlankField:
    blank = question.blanks[number - 1]
    given = response.blanks[number - 1] if response.blanks else None
    right = "; ".join(blank.answers) or next(
        (plain_text(option.text) for option in blank.options if option.correct), ""
    )
    return BlankField(
        number=number,
        html_before=before,
        options=tuple(plain_text(option.text) for option in blank.options),
        value=given,
        mark=("right" if is_right_blank(question, blank, given) else "wrong") if shown.key else "",
        right_answer=right if shown.key else "",
    )
