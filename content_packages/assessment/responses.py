"""What a learner may answer: one small shape per question type, read once from JSON or a form (pure)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from content_packages.contents import Blank, Question, QuestionType
from content_packages.errors import AnswerUnreadable

#: A text answer is a word or a number.
LONGEST_TEXT = 500
#: An essay of a few pages.
LONGEST_ESSAY = 20_000
#: How sure a learner may be (certainty-based marking): 1 a little, 2 rather, 3 very.
CERTAINTIES = (1, 2, 3)


@dataclass(frozen=True)
class Response:
    """An answer in canonical positions, whatever order the learner saw.

    Attributes:
        chosen: positions of chosen options (single, truefalse, multiple), ascending.
        places: for `match` the right-hand position given to each left side; for `order` the item position
            put at each place; None where nothing is chosen yet.
        text: for `numeric`, `short` and `essay`.
        blanks: for `cloze` the text or the option position of each blank; "" or None where nothing is given.
        certainty: how sure the learner is, 1 to 3, where the quiz asks for it.
    """

    chosen: tuple[int, ...] = ()
    places: tuple[int | None, ...] = ()
    text: str = ""
    blanks: tuple[str | int | None, ...] = ()
    certainty: int | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all was answered; to be sure of nothing is no answer."""
        return (
            not self.chosen
            and not self.text.strip()
            and all(place is None for place in self.places)
            and all(blank in {"", None} for blank in self.blanks)
        )

    @property
    def word_count(self) -> int:
        """How many words the text has."""
        return len(self.text.split())


def read_response(question: Question, written: Any) -> Response:
    """The answer in its JSON shape: an object with `chosen`, `places`, `blanks` or `text`.

    Each may have `certainty` in addition.

    Raises:
        AnswerUnreadable: another shape, or a position that the question does not have.
    """
    if not isinstance(written, Mapping) or set(written) - {"chosen", "places", "text", "blanks", "certainty"}:
        raise AnswerUnreadable("An answer is an object with `chosen`, `places`, `blanks` or `text`.")
    response = _READERS[question.type](question, written)
    return replace(response, certainty=_read_certainty(written.get("certainty")))


def written_response(response: Response) -> dict[str, Any]:
    """The inverse of `read_response`; an empty part is left out, and certainty about nothing too."""
    written: dict[str, Any] = {}
    if response.is_empty:
        return written
    if response.chosen:
        written["chosen"] = list(response.chosen)
    if any(place is not None for place in response.places):
        written["places"] = list(response.places)
    if any(blank not in {"", None} for blank in response.blanks):
        written["blanks"] = list(response.blanks)
    if response.text:
        written["text"] = response.text
    if response.certainty is not None:
        written["certainty"] = response.certainty
    return written


def response_from_form(question: Question, form: Mapping[str, Sequence[str]]) -> Response:
    """The answer in a posted form: fields `chosen` (repeated), `place-<n>`, `blank-<n>`, `text`, `certainty`.

    Raises:
        AnswerUnreadable: a field holds something else than the page offered.
    """
    try:
        chosen = [int(value) for value in form.get("chosen", ())]
        count = len(question.pairs) or len(question.items)
        given = [_field(form, f"place-{place}") for place in range(count)]
        places = [int(value) if value else None for value in given]
        blanks = [
            _blank_from_form(blank, _field(form, f"blank-{number}"))
            for number, blank in enumerate(question.blanks)
        ]
        certainty = int(_field(form, "certainty")) if _field(form, "certainty") else None
    except ValueError as refused:
        raise AnswerUnreadable("A choice must be one of those on the page.") from refused
    written = {"chosen": chosen, "places": places, "text": _field(form, "text"), "blanks": blanks}
    return read_response(question, {**written, "certainty": certainty})


def _field(form: Mapping[str, Sequence[str]], name: str) -> str:
    return next(iter(form.get(name, ())), "")


def _blank_from_form(blank: Blank, value: str) -> str | int | None:
    if not blank.options:
        return value
    return int(value) if value else None


def _read_choice(question: Question, written: Mapping[str, Any]) -> Response:
    return Response(chosen=_read_chosen(question, written.get("chosen", [])))


def _read_order(question: Question, written: Mapping[str, Any]) -> Response:
    return Response(places=_read_places(question, written.get("places", [])))


def _read_short(_question: Question, written: Mapping[str, Any]) -> Response:
    return Response(text=_read_text(written.get("text", "")))


def _read_essay(_question: Question, written: Mapping[str, Any]) -> Response:
    return Response(text=_read_text(written.get("text", ""), longest=LONGEST_ESSAY))


def _read_cloze(question: Question, written: Mapping[str, Any]) -> Response:
    blanks = written.get("blanks", [])
    if not isinstance(blanks, list) or len(blanks) not in {0, len(question.blanks)}:
        raise AnswerUnreadable(f"`blanks` is a list of {len(question.blanks)} answers.")
    if not blanks:
        return Response(blanks=tuple(None if blank.options else "" for blank in question.blanks))
    pairs = zip(question.blanks, blanks, strict=True)
    return Response(blanks=tuple(_read_blank(blank, given) for blank, given in pairs))


def _read_blank(blank: Blank, given: Any) -> str | int | None:
    if not blank.options:
        return _read_text(given if given is not None else "")
    if given is not None and (type(given) is not int or given not in range(len(blank.options))):
        raise AnswerUnreadable(f"A blank is empty or a position from 0 to {len(blank.options) - 1}.")
    return given


def _read_certainty(certainty: Any) -> int | None:
    if certainty is not None and (type(certainty) is not int or certainty not in CERTAINTIES):
        raise AnswerUnreadable("`certainty` is 1, 2 or 3.")
    return certainty


_READERS: Mapping[QuestionType, Callable[[Question, Mapping[str, Any]], Response]] = {
    "single": _read_choice,
    "truefalse": _read_choice,
    "multiple": _read_choice,
    "match": _read_order,
    "order": _read_order,
    "numeric": _read_short,
    "short": _read_short,
    "cloze": _read_cloze,
    "essay": _read_essay,
}


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


def _read_text(text: Any, *, longest: int = LONGEST_TEXT) -> str:
    if not isinstance(text, str) or len(text) > longest:
        raise AnswerUnreadable(f"`text` is a text of at most {longest} characters.")
    # Form fields may carry NUL, which PostgreSQL cannot store.
    return text.replace("\x00", "").strip()
