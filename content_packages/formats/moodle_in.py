"""Moodle XML question files -> questions. Pure.

Read from Moodle's documentation of the format and from files that a Moodle wrote.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from content_packages.formats.foreign_text import (
    block_text,
    html_to_markdown,
    one_line,
    plain_to_markdown,
)
from content_packages.formats.imported import (
    ImportedQuestion,
    ImportedQuestions,
    ImportNotes,
    QuestionNotUnderstood,
)
from content_packages.formats.moodle_cloze import read_cloze, restore_blanks
from content_packages.formats.points import options_by_points
from content_packages.formats.safe_xml import Element, XmlRefused, child, children, read_xml, text_of

_PICTURE = re.compile(r"@@PLUGINFILE@@|<img\b|<audio\b|<video\b", re.IGNORECASE)
_LEVELS = {"nhan-biet", "thong-hieu", "van-dung", "van-dung-cao"}
_IGNORED = {"category"}


def read_moodle_xml(content: bytes, *, path: str) -> ImportedQuestions:
    """All questions of a Moodle XML file; each finding has the line of its `<question>`."""
    notes = ImportNotes(path)
    try:
        root = read_xml(content)
    except XmlRefused as refused:
        notes.error(refused.line, "I001", str(refused))
        return ImportedQuestions(findings=tuple(notes.findings))
    questions = []
    for element in children(root, "question"):
        kind = element.get("type", "")
        if kind in _IGNORED:
            continue
        try:
            questions.append(_question(element, kind, notes))
        except QuestionNotUnderstood as refused:
            notes.error(_line(element), "I010", str(refused))
    return ImportedQuestions(tuple(questions), tuple(notes.findings))


def _line(element: Element) -> int:
    return element.sourceline or 1


def _question(element: Element, kind: str, notes: ImportNotes) -> ImportedQuestion:
    reader = _READERS.get(kind)
    if reader is None:
        raise QuestionNotUnderstood(f"loại câu hỏi “{kind}” của Moodle chưa nhập được")
    canonical: dict[str, Any] = {**_tagged(element)}
    if kind != "cloze":
        canonical["stem"] = block_text(_words(child(element, "questiontext"), notes))
    canonical |= reader(element, notes)
    explanation = block_text(_words(child(element, "generalfeedback"), notes))
    if explanation:
        canonical["explain"] = explanation
    _note_losses(element, notes)
    name = text_of(child(element, "idnumber")) or text_of(child(element, "name"))
    return ImportedQuestion(_line(element), name, canonical)


def _tagged(element: Element) -> dict[str, Any]:
    holder = child(element, "tags")
    tags = [text_of(tag) for tag in children(holder, "tag")] if holder is not None else []
    level = next((tag for tag in tags if tag in _LEVELS), None)
    source = next((tag.removeprefix("nguon=") for tag in tags if tag.startswith("nguon=")), None)
    mark = _float(text_of(child(element, "defaultgrade")), 1.0)
    return {
        **({"level": level} if level else {}),
        **({"source": source} if source else {}),
        **({"graded": True} if "graded" in tags else {}),
        **({"mark": mark} if mark not in {0.0, 1.0} else {}),
    }


def _note_losses(element: Element, notes: ImportNotes) -> None:
    if len(children(element, "hint")) > 1:
        notes.warn(_line(element), "I012", "chỉ giữ gợi ý (hint) đầu tiên")
    if child(element, "file") is not None:
        notes.warn(_line(element), "I013", "tệp nhúng trong câu hỏi bị bỏ")


def _words(element: Element | None, notes: ImportNotes) -> str:
    """Markdown of a `<questiontext format="…"><text>…` element."""
    if element is None:
        return ""
    text = text_of(child(element, "text")) if child(element, "text") is not None else text_of(element)
    if _PICTURE.search(text):
        notes.warn(_line(element), "I013", "hình, âm thanh trong câu hỏi chưa nhập được; hãy mô tả bằng lời")
        text = re.sub(r"<(img|audio|video)\b[^>]*>", "", text, flags=re.IGNORECASE)
    return _to_markdown(element)(text)


def _to_markdown(element: Element) -> Callable[[str], str]:
    written = element.get("format", "html")
    if written == "markdown":
        return str
    return plain_to_markdown if written == "plain_text" else html_to_markdown


def _float(text: str, otherwise: float) -> float:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return otherwise


def _choices(element: Element, notes: ImportNotes) -> dict[str, Any]:
    options = [
        (
            one_line(_words(answer, notes)),
            _float(answer.get("fraction", "0"), 0.0),
            one_line(_words(child(answer, "feedback"), notes)),
        )
        for answer in children(element, "answer")
    ]
    if len(options) < 2:
        raise QuestionNotUnderstood("câu trắc nghiệm có ít hơn hai phương án")
    single = text_of(child(element, "single")).casefold() not in {"false", "0"}
    return {
        **options_by_points(options, single=single, notes=notes, line=_line(element)),
        **_hint(element, notes),
    }


def _hint(element: Element, notes: ImportNotes) -> dict[str, str]:
    hint = one_line(_words(child(element, "hint"), notes))
    return {"hint": hint} if hint else {}


def _true_false(element: Element, notes: ImportNotes) -> dict[str, Any]:
    told = {
        text_of(child(answer, "text")).casefold(): (
            _float(answer.get("fraction", "0"), 0.0) > 0,
            one_line(_words(child(answer, "feedback"), notes)),
        )
        for answer in children(element, "answer")
    }
    if set(told) != {"true", "false"}:
        raise QuestionNotUnderstood("câu đúng/sai phải có hai đáp án true và false")
    options = []
    for word, text in (("true", "Đúng"), ("false", "Sai")):
        correct, feedback = told[word]
        options.append({"text": text, "correct": correct, **({"feedback": feedback} if feedback else {})})
    return {"type": "truefalse", "options": options}


def _matching(element: Element, notes: ImportNotes) -> dict[str, Any]:
    pairs, spare = [], 0
    for pair in children(element, "subquestion"):
        left = one_line(_words(pair, notes))
        right = one_line(plain_to_markdown(text_of(child(pair, "answer"))))
        if left:
            pairs.append([left, right])
        else:
            spare += 1
    if spare:
        notes.warn(_line(element), "I012", f"{spare} phương án ghép thừa (không có vế trái) bị bỏ")
    return {"type": "match", "pairs": pairs}


def _full_answers(element: Element, notes: ImportNotes) -> list[Element]:
    answers = children(element, "answer")
    full = [one for one in answers if _float(one.get("fraction", "0"), 0.0) >= 100]
    if any(0 < _float(one.get("fraction", "0"), 0.0) < 100 for one in answers):
        notes.warn(_line(element), "I016", "đáp án được một phần điểm đã bỏ; chỉ giữ đáp án trọn điểm")
    if not full:
        raise QuestionNotUnderstood("không có đáp án trọn điểm")
    return full


def _short(element: Element, notes: ImportNotes) -> dict[str, Any]:
    accepted = [one_line(text_of(child(one, "text"))) for one in _full_answers(element, notes)]
    if any("*" in answer for answer in accepted):
        notes.warn(_line(element), "I012", "dấu * thay cho chữ bất kỳ không dùng được; hãy ghi rõ đáp án")
        accepted = [answer.replace("*", "").strip() for answer in accepted if answer.strip("* ")]
    case = {"case_sensitive": True} if text_of(child(element, "usecase")) == "1" else {}
    return {"type": "short", "answers": accepted, **case}


def _numerical(element: Element, notes: ImportNotes) -> dict[str, Any]:
    full = _full_answers(element, notes)
    tolerances = [_float(text_of(child(one, "tolerance")), 0.0) for one in full]
    if len(set(tolerances)) > 1:
        notes.warn(_line(element), "I012", "các đáp án có sai số khác nhau; đã dùng sai số lớn nhất")
    if child(element, "units") is not None:
        notes.warn(_line(element), "I012", "đơn vị đo không giữ được; hãy ghi đơn vị trong đề bài")
    answers = [text_of(child(one, "text")) for one in full]
    return {"type": "numeric", "answers": answers, "tolerance": max(tolerances)}


def _essay(element: Element, notes: ImportNotes) -> dict[str, Any]:
    notes.warn(_line(element), "I012", "câu tự luận: thêm tiêu chí chấm (rubric) sau khi nhập")
    points = _float(text_of(child(element, "defaultgrade")), 10.0) or 10.0
    minimum = _float(text_of(child(element, "minwordlimit")), 0.0)
    return {
        "type": "essay",
        "rubric": [{"criterion": "Nội dung trả lời", "points": points}],
        **({"min_words": int(minimum)} if minimum >= 1 else {}),
    }


def _cloze(element: Element, _notes: ImportNotes) -> dict[str, Any]:
    holder = child(element, "questiontext")
    cloze = read_cloze(text_of(child(holder, "text"))) if holder is not None else None
    if holder is None or cloze is None:
        raise QuestionNotUnderstood("câu điền chỗ trống (cloze) có ô không đọc được")
    text, blanks = cloze
    to_markdown = _to_markdown(holder)
    return {"type": "cloze", "stem": restore_blanks(block_text(to_markdown(text))), "blanks": blanks}


_READERS: Mapping[str, Callable[[Element, ImportNotes], dict[str, Any]]] = {
    "multichoice": _choices,
    "truefalse": _true_false,
    "matching": _matching,
    "shortanswer": _short,
    "numerical": _numerical,
    "essay": _essay,
    "cloze": _cloze,
}
