"""A language model may word an answer, strictly from the passages found; else nothing of it is shown.

Pure but for the port. Every sentence must name a passage, and every number in it must stand in a passage that
it names. What fails falls back to the extract. Off unless an installation names a server of its own.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from content_packages.errors import WordingUnavailable
from content_packages.knowledge.results import Answer, Citation, Hit

#: Passages that are handed over: the answer and what else was found in force.
MOST_PASSAGES = 5
LONGEST_ANSWER = 2_000
_MARK = re.compile(r"\[(\d{1,2})\]")
#: A sentence ends here; marks that follow its full stop still belong to it.
_SENTENCE_END = re.compile(r"(?<=[.!?…])((?:\s*\[\d{1,2}\])*)\s+(?!\[\d)|\n+")
_NUMBER = re.compile(r"\d+(?:[.,/:-]\d+)*(?:/?[A-ZĐ]{1,6}\d{0,2}(?:-[A-ZĐ]{2,8})+)?")
_PARTS = re.compile(r"\d+")

INSTRUCTION = (
    "Bạn diễn đạt lại câu trả lời về cải cách hành chính bằng tiếng Việt, ngắn gọn, chỉ dùng các đoạn được "
    "đánh số. Mỗi câu phải kết thúc bằng số đoạn trong ngoặc vuông, ví dụ [1]. Không thêm số liệu, số hiệu "
    "văn bản hoặc ý nào không có trong đoạn. Nếu các đoạn không trả lời được câu hỏi, chỉ viết: KHÔNG BIẾT."
)


@dataclass(frozen=True)
class WordingRequest:
    """What a model gets: the question, and passages that it may use, counted from 1."""

    question: str
    passages: tuple[str, ...]


class AnswerWording(Protocol):
    """A server that words answers."""

    def word(self, request: WordingRequest) -> str | None:
        """The model's text; None: this installation has no such server.

        Raises:
            WordingUnavailable: no usable answer in time.
        """


class NoWording:
    """The default: answers are extracts."""

    def word(self, request: WordingRequest) -> str | None:  # noqa: ARG002 - the port's form
        """None."""
        return None


@dataclass(frozen=True)
class WordedAnswer:
    """What to show.

    Attributes:
        text: the model's wording, or the extract.
        by_model: pages say so; the passages stand below either way.
        passages: label and text of [1], [2]…; empty when the extract is shown.
        refused: why a wording was not shown (for logs), or empty.
    """

    text: str
    by_model: bool
    passages: tuple[str, ...] = ()
    refused: str = ""


def word_answer(given: Answer, *, wording: AnswerWording) -> WordedAnswer:
    """The answer worded by a model, when every sentence is covered; else its extract.

    Call it outside of any transaction: a server may take its time.
    """
    extract = WordedAnswer(given.extract.text, by_model=False)
    if given.kind in ("unknown", "validity") or given.band != "high":
        return extract
    request = WordingRequest(given.question, passages_for(given))
    try:
        text = wording.word(request)
    except WordingUnavailable as unavailable:
        return WordedAnswer(given.extract.text, by_model=False, refused=f"unavailable: {unavailable}")
    if text is None:
        return extract
    reason = reason_to_refuse(text, request.passages)
    if reason:
        return WordedAnswer(given.extract.text, by_model=False, refused=reason)
    return WordedAnswer(text.strip(), by_model=True, passages=request.passages)


def passages_for(given: Answer) -> tuple[str, ...]:
    """The answer's own text first, then what its documents say and is in force."""
    cited = {citation.ref for citation in given.citations}
    hits = [
        hit for hit in given.alternatives if hit.kind == "document" and hit.place and _is_usable(hit, cited)
    ]
    own = f"{_label(given.citations)}: {given.extract.text}"
    return (own, *(f"{_label(hit.citations)}: {hit.extract.text}" for hit in hits))[:MOST_PASSAGES]


def _is_usable(hit: Hit, cited: set[str]) -> bool:
    return all(one.standing == "in_force" and one.ref in cited for one in hit.citations)


def _label(citations: Sequence[Citation]) -> str:
    return "; ".join(", ".join(filter(None, (one.ref, one.article, one.clause))) for one in citations)


def reason_to_refuse(text: str, passages: Sequence[str]) -> str:
    """Why the wording cannot be shown; empty when every sentence is covered (pure)."""
    if not text.strip() or "KHÔNG BIẾT" in text:
        return "the model does not answer"
    if len(text) > LONGEST_ANSWER:
        return "longer than an answer may be"
    for sentence in sentences(text):
        marks = {int(mark) for mark in _MARK.findall(sentence)}
        if not marks:
            return f"a sentence names no passage: {sentence[:60]!r}"
        if not marks <= set(range(1, len(passages) + 1)):
            return f"a sentence names a passage that is not there: {sentence[:60]!r}"
        named = " ".join(passages[mark - 1] for mark in marks)
        strange = numbers_in(_MARK.sub(" ", sentence)) - numbers_in(named)
        if strange:
            return f"not in the passages that its sentence names: {', '.join(sorted(strange))}"
    return ""


def sentences(text: str) -> list[str]:
    """The sentences, each with the marks that follow it."""
    pieces = _SENTENCE_END.split(text)
    joined = [
        f"{sentence or ''}{marks or ''}"
        for sentence, marks in zip(pieces[::2], [*pieces[1::2], ""], strict=True)
    ]
    return [sentence.strip() for sentence in joined if sentence.strip()]


def numbers_in(text: str) -> set[str]:
    """Numbers, dates and law numbers in one form: leading zeros and separators at the end fall away."""
    return {_PARTS.sub(lambda part: part[0].lstrip("0") or "0", found[0]) for found in _NUMBER.finditer(text)}
