"""GIFT files -> questions. Pure."""

import re
from collections.abc import Callable
from typing import Any

from content_packages.formats.foreign_text import (
    block_text,
    decode_text,
    html_to_markdown,
    one_line,
    plain_to_markdown,
)
from content_packages.formats.gift_lines import (
    GiftBlock,
    find_plain,
    gift_blocks,
    split_answers,
    split_plain,
    unescaped,
)
from content_packages.formats.imported import (
    ImportedQuestion,
    ImportedQuestions,
    ImportNotes,
    QuestionNotUnderstood,
)
from content_packages.formats.points import options_by_points

_TRUE_FALSE = re.compile(r"^\s*(T|TRUE|F|FALSE)\s*(#.*)?$", re.IGNORECASE | re.DOTALL)
_WEIGHT = re.compile(r"^\s*%(-?\d+(?:\.\d+)?)%")
_NUMBER = r"[-+]?\d+(?:[.,]\d+)?"
_RANGE = re.compile(rf"^({_NUMBER})\s*\.\.\s*({_NUMBER})$")
_TOLERANCE = re.compile(rf"^({_NUMBER})\s*(?::\s*({_NUMBER}))?$")
_HTML_TAG = re.compile(r"</?[a-zA-Z][^>]*>")
_GAP = "_____"
_LEVELS = {"nhan-biet", "thong-hieu", "van-dung", "van-dung-cao"}

#: Words of the file in one of its text formats -> Markdown.
_Words = Callable[[str], str]


def read_gift(content: bytes, *, path: str) -> ImportedQuestions:
    """All questions of a GIFT file; what cannot be read is a finding with its line."""
    notes = ImportNotes(path)
    try:
        text, encoding = decode_text(content)
    except UnicodeDecodeError:
        notes.error(1, "I001", "tệp không phải văn bản đọc được; hãy lưu lại bằng UTF-8")
        return ImportedQuestions(findings=tuple(notes.findings))
    if encoding == "cp1258":
        notes.warn(1, "I002", "tệp không phải UTF-8, đã đọc theo Windows-1258; hãy xem lại dấu tiếng Việt")
    questions = []
    for block in gift_blocks(text):
        try:
            questions.append(_question(block, notes))
        except QuestionNotUnderstood as refused:
            notes.error(block.line, "I010", str(refused))
    return ImportedQuestions(tuple(questions), tuple(notes.findings))


def _question(block: GiftBlock, notes: ImportNotes) -> ImportedQuestion:
    if block.answers is None:
        raise QuestionNotUnderstood("không có phần trả lời trong dấu { }")
    words = _words_of(block.text_format)
    answers, explanation = split_plain(block.answers, "####")
    canonical: dict[str, Any] = {**_tagged(block), **_answered(block, answers.strip(), words, notes)}
    canonical["stem"] = block_text(_stem(block, words))
    if explanation is not None and explanation.strip():
        canonical["explain"] = block_text(words(explanation.strip()))
    named = next((value for kind, value in block.tags if kind == "id"), block.title)
    return ImportedQuestion(block.line, named, canonical)


def _words_of(text_format: str) -> _Words:
    convert = _TO_MARKDOWN.get(text_format, plain_to_markdown)
    return lambda text: convert(unescaped(text.strip()))


def _automatic(text: str) -> str:
    """Moodle's own format: HTML when it has a tag, else plain words with their line ends."""
    return html_to_markdown(text) if _HTML_TAG.search(text) else plain_to_markdown(text)


_TO_MARKDOWN: dict[str, _Words] = {
    "html": html_to_markdown,
    "moodle": _automatic,
    "markdown": lambda text: text,
}


def _stem(block: GiftBlock, words: _Words) -> str:
    """The text; where answers stand inside a sentence a gap shows their place."""
    if not block.after.strip():
        return words(block.before)
    return f"{words(block.before)} {_GAP} {words(block.after)}"


def _tagged(block: GiftBlock) -> dict[str, Any]:
    tags = [value for kind, value in block.tags if kind == "tag"]
    level = next((tag for tag in tags if tag in _LEVELS), None)
    source = next((tag.removeprefix("nguon=") for tag in tags if tag.startswith("nguon=")), None)
    return {
        **({"level": level} if level else {}),
        **({"source": source} if source else {}),
        **({"graded": True} if "graded" in tags else {}),
    }


def _answered(block: GiftBlock, answers: str, words: _Words, notes: ImportNotes) -> dict[str, Any]:
    if not answers:
        notes.warn(block.line, "I012", "câu tự luận: thêm tiêu chí chấm (rubric) sau khi nhập")
        return {"type": "essay", "rubric": [{"criterion": "Nội dung trả lời", "points": 10}]}
    if found := _TRUE_FALSE.match(answers):
        return _true_false(found[1], found[2] or "", words)
    if answers.startswith("#"):
        return _numeric(answers[1:], notes, block.line)
    pieces = split_answers(answers)
    if any(find_plain(piece, "->") != -1 for piece in pieces):
        return {"type": "match", "pairs": [_pair(piece, words) for piece in pieces]}
    if all(piece.startswith("=") for piece in pieces):
        return _short(pieces, notes, block.line)
    return _choices(pieces, words, notes, block.line)


def _true_false(key: str, feedback: str, words: _Words) -> dict[str, Any]:
    """`T#…#…`: the first feedback is for the wrong answer, the second for the right one."""
    wrong, right = split_plain(feedback.removeprefix("#"), "#")
    is_true = key.upper().startswith("T")
    options = []
    for text, correct in (("Đúng", is_true), ("Sai", not is_true)):
        told = one_line(words((right or "") if correct else wrong))
        options.append({"text": text, "correct": correct, **({"feedback": told} if told else {})})
    return {"type": "truefalse", "options": options}


def _numeric(answers: str, notes: ImportNotes, line: int) -> dict[str, Any]:
    pieces = split_answers(answers.strip())
    accepted, tolerances = [], []
    for piece in pieces:
        value, _feedback = split_plain(piece.lstrip("=~"), "#")
        weight = _WEIGHT.match(value)
        if weight and float(weight[1]) < 100:
            notes.warn(line, "I016", "đáp án số được một phần điểm đã bỏ; chỉ giữ đáp án trọn điểm")
            continue
        number, tolerance = _number_and_tolerance(unescaped(value[weight.end() if weight else 0 :]).strip())
        accepted.append(number)
        tolerances.append(tolerance)
    if not accepted:
        raise QuestionNotUnderstood("câu trả lời số không có đáp án trọn điểm")
    if len(set(tolerances)) > 1:
        notes.warn(line, "I012", "các đáp án có sai số khác nhau; đã dùng sai số lớn nhất")
    return {"type": "numeric", "answers": accepted, "tolerance": max(tolerances)}


def _number_and_tolerance(text: str) -> tuple[str, float]:
    if found := _RANGE.match(text):
        low, high = (float(part.replace(",", ".")) for part in found.groups())
        return f"{(low + high) / 2:g}", abs(high - low) / 2
    if found := _TOLERANCE.match(text):
        return found[1], float((found[2] or "0").replace(",", "."))
    raise QuestionNotUnderstood(f"“{text}” không phải là số")


def _pair(piece: str, words: _Words) -> list[str]:
    left, right = split_plain(piece.lstrip("=~"), "->")
    # The right half is chosen from a list, which shows plain words.
    return [one_line(words(left)), one_line(plain_to_markdown(unescaped(right or "")))]


def _short(pieces: list[str], notes: ImportNotes, line: int) -> dict[str, Any]:
    accepted = []
    for piece in pieces:
        answer, _feedback = split_plain(piece[1:], "#")
        weight = _WEIGHT.match(answer)
        if weight and float(weight[1]) < 100:
            notes.warn(line, "I016", "đáp án được một phần điểm đã bỏ; chỉ giữ đáp án trọn điểm")
            continue
        accepted.append(one_line(unescaped(answer[weight.end() if weight else 0 :])))
    if not accepted:
        raise QuestionNotUnderstood("không có đáp án trọn điểm")
    return {"type": "short", "answers": accepted}


def _choices(pieces: list[str], words: _Words, notes: ImportNotes, line: int) -> dict[str, Any]:
    points = []
    for piece in pieces:
        text, feedback = split_plain(piece[1:], "#")
        weight = _WEIGHT.match(text)
        share = float(weight[1]) if weight else (100.0 if piece.startswith("=") else 0.0)
        written = one_line(words(text[weight.end() if weight else 0 :]))
        points.append((written, share, one_line(words(feedback or ""))))
    return options_by_points(points, single=None, notes=notes, line=line)
