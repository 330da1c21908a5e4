"""The right answer of a question, in the shape in which a learner would give it (pure)."""

from typing import Any

from content_packages.contents import Blank, Question


def right_answer(question: Question) -> dict[str, Any]:
    """The right answer in its JSON shape; empty for an essay."""
    if question.options:
        return {"chosen": [position for position, option in enumerate(question.options) if option.correct]}
    count = len(question.pairs) or len(question.items)
    if count:
        return {"places": list(range(count))}
    if question.blanks:
        return {"blanks": [_right_blank(blank) for blank in question.blanks]}
    return {"text": question.answers[0]} if question.answers else {}


def _right_blank(blank: Blank) -> str | int:
    if blank.options:
        return next(position for position, option in enumerate(blank.options) if option.correct)
    return blank.answers[0]
