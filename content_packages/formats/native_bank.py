"""Canonical questions -> a bank file as an author writes it; `authoring.banks` reads the same back. Pure."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

_ATTRIBUTES = (
    "type", "level", "graded", "situational", "situation", "skill", "area", "partial", "mark", "tolerance",
    "fold_diacritics", "case_sensitive", "min_words", "hint", "source", "facts", "review_by",
)  # fmt: skip


def write_bank(
    bank: str,
    questions: Iterable[Mapping[str, Any]],
    *,
    situations: Sequence[Mapping[str, str]] = (),
    header: Mapping[str, str] | None = None,
) -> str:
    """The text of `banks/<bank>.md`.

    Args:
        questions: in canonical form (schema cchc-question/1).
        situations: of this bank, in canonical form.
        header: `area` and `skill` of the whole bank.
    """
    shared = {"bank": bank, **(header or {})}
    front = [f"{name}: {value}" for name, value in shared.items()]
    blocks = [_situation(one) for one in situations]
    blocks += ["\n".join(_question_lines(one, shared)) for one in questions]
    return "\n".join(["---", *front, "---", "", "\n\n".join(blocks), ""])


def _situation(situation: Mapping[str, str]) -> str:
    return f"## tinh-huong {situation['id']}\n\n{situation['text']}"


def _question_lines(question: Mapping[str, Any], shared: Mapping[str, str]) -> Iterator[str]:
    yield f"## {question['id']}"
    yield _attribute_line(question, shared)
    yield ""
    yield str(question["stem"])
    yield ""
    yield from _answer_lines(question)
    if "explain" in question:
        yield ""
        yield from (f"> {line}" for line in str(question["explain"]).split("\n"))


def _attribute_line(question: Mapping[str, Any], shared: Mapping[str, str]) -> str:
    written = [
        f"{name}: {json.dumps(question[name], ensure_ascii=False)}"
        for name in _ATTRIBUTES
        if name in question and shared.get(name) != question[name]
    ]
    return f"{{{', '.join(written)}}}"


def _answer_lines(question: Mapping[str, Any]) -> Iterator[str]:
    for option in question.get("options", ()):
        pin = "{pin} " if option.get("pin") else ""
        yield f"- [{'x' if option['correct'] else ' '}] {pin}{option['text']}"
        if option.get("feedback"):
            yield f"  > {option['feedback']}"
    yield from (f"- {left} => {right}" for left, right in question.get("pairs", ()))
    yield from (f"{number}. {item}" for number, item in enumerate(question.get("items", ()), start=1))
    yield from (f"= {answer}" for answer in question.get("answers", ()))
    for number, blank in enumerate(question.get("blanks", ()), start=1):
        yield from _blank_lines(number, blank)
    yield from (f"- ({_number(line['points'])}) {line['criterion']}" for line in question.get("rubric", ()))


def _blank_lines(number: int, blank: Mapping[str, Any]) -> Iterator[str]:
    yield from (f"= [{number}] {answer}" for answer in blank.get("answers", ()))
    for option in blank.get("options", ()):
        yield f"{'=' if option['correct'] else '~'} [{number}] {option['text']}"


def _number(value: float) -> str:
    return f"{value:g}"
