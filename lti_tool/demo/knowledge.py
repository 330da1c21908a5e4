"""What a played learner knows: the right answers from the package, or deliberately others (pure)."""

from collections.abc import Iterable
from dataclasses import dataclass

from content_packages.authoring.markup import render_phrase, render_text
from content_packages.contents import Package, Question
from lti_tool.demo.errors import PageNotAsExpected
from lti_tool.demo.pages import Field, Form, read_page

FormValues = list[tuple[str, str]]


@dataclass(frozen=True)
class Knowledge:
    """All questions of a package, found again by their words."""

    questions: tuple[tuple[str, Question], ...]

    @classmethod
    def of(cls, package: Package) -> "Knowledge":
        """The knowledge of who has learned the whole package."""
        questions = package.questions.values()
        stems = [(plain_words(render_text(question.stem)), question) for question in questions]
        # The longest first: one stem may begin like another.
        return cls(tuple(sorted(stems, key=lambda pair: -len(pair[0]))))

    def find_question(self, words: str) -> Question:
        """The question that stands in these words of a page.

        Raises:
            PageNotAsExpected: none does.
        """
        for stem, question in self.questions:
            if stem in words:
                return question
        raise PageNotAsExpected(f"No question of the package stands in: {words[:200]}")


def fill_in(form: Form, question: Question, *, rightly: bool) -> FormValues:
    """What a learner sends: the form's own values with the answer in its fields."""
    answer = _answer(form, question, rightly=rightly)
    answered = {name for name, _ in answer}
    return [pair for pair in form.untouched() if pair[0] not in answered] + answer


def _answer(form: Form, question: Question, *, rightly: bool) -> FormValues:
    if question.options:
        return _choose_options(form, question, rightly=rightly)
    if question.pairs:
        return _place(form, [right for _, right in question.pairs], rightly=rightly)
    if question.items:
        return _place(form, question.items, rightly=rightly)
    return _write(form, question.answers[0] if rightly else "0")


def _choose_options(form: Form, question: Question, *, rightly: bool) -> FormValues:
    wanted = {_shown(option.text) for option in question.options if option.correct is rightly}
    boxes = [one for one in form.fields if one.kind in {"radio", "checkbox"}]
    chosen = [(box.name, box.value) for box in boxes if plain_words(box.label) in wanted]
    if not chosen:
        raise PageNotAsExpected(f"The form of question {question.id} offers none of its options.")
    return chosen if boxes[0].kind == "checkbox" else chosen[:1]


def _place(form: Form, right_order: Iterable[str], *, rightly: bool) -> FormValues:
    """Chooses in each list the words that belong there; wrongly: those of the next place."""
    wanted = [_shown(words) for words in right_order]
    if not rightly:
        wanted = wanted[1:] + wanted[:1]
    names = list(dict.fromkeys(one.name for one in form.fields if one.kind == "select"))
    return [(name, _find_choice(form, name, words).value) for name, words in zip(names, wanted, strict=True)]


def _find_choice(form: Form, name: str, words: str) -> Field:
    for one in form.fields:
        if one.name == name and one.kind == "select" and plain_words(one.label) == words:
            return one
    raise PageNotAsExpected(f"The list {name} does not offer what belongs there.")


def _write(form: Form, answer: str) -> FormValues:
    names = [one.name for one in form.fields if one.kind in {"text", "number", "textarea"}]
    if not names:
        raise PageNotAsExpected("The form has no field to write an answer in.")
    return [(names[0], answer)]


def plain_words(html: str) -> str:
    """The words of a piece of HTML, white space folded."""
    return read_page(html).words


def _shown(markdown: str) -> str:
    """The words that the player shows for an option, a pair or an item."""
    return plain_words(render_phrase(markdown))
