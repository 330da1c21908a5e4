"""What a learner may answer: one small shape per question type, read once from JSON or a form (pure)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from content_packages.contents import Question
from content_packages.errors import AnswerUnreadable

#: A text answer is a word or a number, not an essay.
LONGEST_TEXT = 500


@dataclass(frozen=True)
class Response:
    """An answer in canonical positions, whatever order the learner saw.

    Attributes:
        chosen: positions of chosen options (single, truefalse, multiple), ascending.
        places: for `match` the right-hand position given to each left side; for `order` the item position
            put at each place; None where nothing is chosen yet.
        text: for `numeric` and `short`.
    """

    chosen: tuple[int, ...] = ()
    places: tuple[int | None, ...] = ()
    text: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all was answered."""
        return not self.chosen and not self.text.strip() and all(place is None for place in self.places)


def read_response(question: Question, written: Any) -> Response:
    """The answer in its JSON shape: `{"chosen": […]}`, `{"places": […]}` or `{"text": "…"}`.

    Raises:
        AnswerUnreadable: another shape, or a position that the question does not have.
    """
    if not isinstance(written, Mapping) or set(written) - {"chosen", "places", "text"}:
        raise AnswerUnreadable("An answer is an object with `chosen`, `places` or `text`.")
    if question.type in {"single", "truefalse", "multiple"}:
        return Response(chosen=_read_chosen(question, written.get("chosen", [])))
    if question.type in {"match", "order"}:
        return Response(places=_read_places(question, written.get("places", [])))
    return Response(text=_read_text(written.get("text", "")))


def written_response(response: Response) -> dict[str, Any]:
    """The inverse of `read_response`; an empty part is left out."""
    written: dict[str, Any] = {}
    if response.chosen:
        written["chosen"] = list(response.chosen)
    if any(place is not None for place in response.places):
        written["places"] = list(response.places)
    if response.text:
        written["text"] = response.text
    return written


def response_from_form(question: Question, form: Mapping[str, Sequence[str]]) -> Response:
    """The answer in a posted form: fields `chosen` (repeated), `place-<n>` and `text`.

    Raises:
        AnswerUnreadable: a field holds something else than the page offered.
    """
    try:
        chosen = [int(value) for value in form.get("chosen", ())]
        count = len(question.pairs) or len(question.items)
        given = [next(iter(form.get(f"place-{place}", ())), "") for place in range(count)]
        places = [int(value) if value else None for value in given]
    except ValueError as refused:
        raise AnswerUnreadable("A choice must be one of those on the page.") from refused
    text = next(iter(form.get("text", ())), "")
    return read_response(question, {"chosen": chosen, "places": places, "text": text})


def _read_chosen(question: Question, chosen: Any) -> tuple[int, ...]:
    known = range(len(question.options))
    if not isinstance(chosen, list) or any(type(one) is not int or one not in known for one in chosen):
        raise AnswerUnreadable(f"`chosen` is a list of positions from 0 to {len(known) - 1}.")
    if question.type != "multiple" and len(set(chosen)) > 1:
        raise AnswerUnreadable("This question takes one choice.")
    return tuple(sorted(set(chosen)))


def _read_places(question: Question, places: Any) -> tuple[int | None, ...]:
    count = len(question.pairs) or len(question.items)
    known = range(count)
    if not isinstance(places, list) or len(places) not in {0, count}:
        raise AnswerUnreadable(f"`places` is a list of {count} positions.")
    if any(place is not None and (type(place) is not int or place not in known) for place in places):
        raise AnswerUnreadable(f"Each place is empty or a position from 0 to {count - 1}.")
    return tuple(places) or (None,) * count


def _read_text(text: Any) -> str:
    if not isinstance(text, str) or len(text) > LONGEST_TEXT:
        raise AnswerUnreadable(f"`text` is a text of at most {LONGEST_TEXT} characters.")
    # Form fields may carry NUL, which PostgreSQL cannot store.
    return text.replace("\x00", "").strip()
