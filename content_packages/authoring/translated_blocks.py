"""Translated questions, situations and Q&A entries: other words, the same key (see `translations`)."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from content_packages.authoring.blocks import Block, read_blocks, take_attributes
from content_packages.authoring.findings import Finding
from content_packages.authoring.question_lines import (
    SITUATION_HEADING,
    QuestionDraft,
    canonical_question,
    read_question_line,
)
from content_packages.authoring.source_text import SourceText, split_front_matter

Written = Mapping[str, Any]
Translated = tuple[str, str, dict[str, Any]] | Finding

#: Lists of a question -> which fields of their entries are words. Accepted answers and blanks are the key.
_WORDS_OF_ENTRIES = {"options": ("text", "feedback"), "rubric": ("criterion",)}
_PLAIN_LISTS = ("pairs", "items")
_TEXTS = ("stem", "explain", "hint")


def translated_bank(
    source: SourceText, questions: Mapping[str, Written], situations: Mapping[str, Written]
) -> Iterator[Translated]:
    """Each translated question and situation of a file, or what is wrong with it."""
    for block in _blocks(source):
        if isinstance(block, Finding):
            yield block
        elif found := SITUATION_HEADING.match(block.heading):
            yield _situation(source, block, found[1], situations)
        elif block.id in questions:
            yield _question(source, block, questions[block.id])
        else:
            yield Finding(source.path, block.line, "T003", f"bản gốc không có câu “{block.id}”")


def translated_qa(source: SourceText, entries: Mapping[str, Written]) -> Iterator[Translated]:
    """Each translated Q&A entry of a file, or what is wrong with it."""
    for block in _blocks(source):
        if isinstance(block, Finding):
            yield block
        elif block.id in entries:
            yield _entry(source, block)
        else:
            yield Finding(source.path, block.line, "T003", f"bản gốc không có mục “{block.id}”")


def _blocks(source: SourceText) -> Iterator[Block | Finding]:
    front = split_front_matter(source.text)
    body, first_line = (front.body, front.body_line) if front else (source.text, 1)
    findings: list[Finding] = []
    yield from read_blocks(body, first_line, source, findings, code="T002")
    yield from findings


def _situation(source: SourceText, block: Block, name: str, situations: Mapping[str, Written]) -> Translated:
    text = _joined(block.lines)
    if name not in situations or not text:
        return Finding(
            source.path, block.line, "T003", f"bản gốc không có tình huống “{name}”, hoặc chưa dịch"
        )
    return "situations", name, {"text": text}


def _entry(source: SourceText, block: Block) -> Translated:
    attributes, lines, findings = take_attributes(source, block, code="T002")
    bare = [line.rstrip() for line in lines]
    if findings or set(attributes) - {"also"} or "---" not in bare:
        message = f"mục {block.id}: bản dịch gồm câu hỏi, dòng “---”, câu trả lời và có thể có also"
        return findings[0] if findings else Finding(source.path, block.line, "T002", message)
    cut = bare.index("---")
    words = {"question": _joined(bare[:cut]), "answer": _joined(bare[cut + 1 :])}
    return "qa", block.id, {**{name: text for name, text in words.items() if text}, **attributes}


def _question(source: SourceText, block: Block, original: Written) -> Translated:
    attributes, lines, findings = take_attributes(source, block, code="T002")
    if findings or set(attributes) - {"hint"}:
        message = f"câu {block.id}: bản dịch chỉ có thể ghi hint trong dòng thuộc tính"
        return findings[0] if findings else Finding(source.path, block.line, "T002", message)
    draft = QuestionDraft(block.id, block.line, attributes={**attributes, "type": original["type"]})
    if not all(read_question_line(line, draft) for line in lines):
        return Finding(source.path, block.line, "T002", f"câu {block.id}: có lời phản hồi lạc chỗ")
    translated = canonical_question(draft, {"bank": original["bank"]})
    words = _words(translated, original)
    if words is None:
        message = f"câu {block.id}: bản dịch phải giữ số phương án, thứ tự và đáp án của bản gốc"
        return Finding(source.path, block.line, "T004", message)
    return "questions", block.id, words


def _words(translated: Written, original: Written) -> dict[str, Any] | None:
    """The fields that replace those of the original; None when they would alter the key."""
    words = {name: translated[name] for name in _TEXTS if name in translated}
    if "blanks" in original and "stem" in words and words["stem"].count("[[") != original["stem"].count("[["):
        return None
    for name in ("options", "rubric", *_PLAIN_LISTS):
        if name in translated:
            merged = _merged(translated[name], original.get(name, ()), _WORDS_OF_ENTRIES.get(name))
            if merged is None:
                return None
            words[name] = merged
    return None if {"answers", "blanks"} & translated.keys() else words


def _merged(
    translated: Sequence[Any], original: Sequence[Any], fields: tuple[str, ...] | None
) -> list[Any] | None:
    """The original entries with other words; None when the two lists do not fit."""
    if len(translated) != len(original):
        return None
    if fields is None:
        return list(translated)
    kept = ("correct", "points")
    pairs = list(zip(translated, original, strict=True))
    if any(new.get(one) != old.get(one) for new, old in pairs for one in kept):
        return None
    return [{**old, **{one: new[one] for one in fields if one in new}} for new, old in pairs]


def _joined(lines: Sequence[str]) -> str:
    return "\n".join(line.rstrip() for line in lines).strip("\n")
