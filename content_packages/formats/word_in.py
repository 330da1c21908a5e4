"""Word question lists ("Câu 1. … A. … B. …") -> questions. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from content_packages.formats.foreign_text import block_text, one_line, plain_to_markdown
from content_packages.formats.imported import (
    ImportedQuestion,
    ImportedQuestions,
    ImportNotes,
    QuestionNotUnderstood,
    slug_of,
)
from content_packages.formats.office_file import OfficeFileRefused
from content_packages.formats.sheet_columns import LETTERS, LEVELS
from content_packages.formats.word_lines import WordLine, read_word_lines

_START = re.compile(
    r"^(?:câu(?:\s+hỏi)?|question)\s+(\d+)\s*(?:\[([^\]]+)\]|\(([^)]+)\))?\s*[.:)]\s*(.*)$", re.IGNORECASE
)
_OPTION = re.compile(r"(?:^|\t|\s{3,})(\*?)\s*([A-H])\s*[.)]\s*(\*?)\s*")
_LABEL = re.compile(
    r"^(đáp án|dap an|answer|giải thích|gợi ý|nguồn|căn cứ|mức độ|phản hồi\s+[A-H])\s*:\s*(.*)$",
    re.IGNORECASE,
)
_KEYS = re.compile(r"\b[A-H]\b")
_NUMBER = re.compile(r"^[-+]?\d+([.,]\d+)?$")
_LEVEL_OF = {slug_of(words): level for level, words in LEVELS.items()}


@dataclass
class _Option:
    letter: str
    text: str
    starred: bool
    marked: bool
    feedback: str = ""


@dataclass
class _Draft:
    """A question while its lines are read."""

    line: int
    number: str
    level: str = ""
    stem: list[str] = field(default_factory=list)
    options: list[_Option] = field(default_factory=list)
    key: str = ""
    explain: str = ""
    hint: str = ""
    source: str = ""


def read_word(content: bytes, *, path: str) -> ImportedQuestions:
    """All questions of a .docx; each finding has the number of its paragraph.

    A question begins with "Câu 1." or a numbered paragraph, an option with "A." or a lettered paragraph.
    The key is, in this order: a line "Đáp án: B"; a star at the option ("B.*", "*B."); the only option that
    is bold, underlined, highlighted or coloured as a whole.
    """
    notes = ImportNotes(path)
    try:
        lines = read_word_lines(content)
    except OfficeFileRefused as refused:
        notes.error(1, "I001", str(refused))
        return ImportedQuestions(findings=tuple(notes.findings))
    questions = []
    for draft in _drafts(lines, notes):
        try:
            questions.append(ImportedQuestion(draft.line, "", _canonical(draft, notes)))
        except QuestionNotUnderstood as refused:
            notes.error(draft.line, "I010", f"câu {draft.number}: {refused}")
    return ImportedQuestions(tuple(questions), tuple(notes.findings))


def _drafts(lines: list[WordLine], notes: ImportNotes) -> Iterator[_Draft]:
    draft: _Draft | None = None
    count = 0
    for line in lines:
        started = _start(line, count + 1, draft)
        if started is not None:
            if draft is not None:
                yield draft
            draft, count = started, count + 1
        elif draft is None:
            notes.warn(line.number, "I012", f"đoạn đứng trước câu đầu tiên bị bỏ qua: “{line.text[:40]}”")
        else:
            _add(line, draft)
    if draft is not None:
        yield draft


def _start(line: WordLine, number: int, draft: _Draft | None) -> _Draft | None:
    if found := _START.match(line.text):
        level = _LEVEL_OF.get(slug_of(found[2] or found[3] or ""), "")
        return _Draft(line.number, found[1], level, [found[4]] if found[4].strip() else [])
    is_counted = line.list_kind == "number" and (draft is None or bool(draft.options))
    return _Draft(line.number, str(number), stem=[line.text]) if is_counted else None


def _add(line: WordLine, draft: _Draft) -> None:
    if found := _LABEL.match(line.text):
        _add_label(found[1], found[2].strip(), draft)
    elif line.list_kind == "letter" and len(draft.options) < len(LETTERS):
        _add_option(LETTERS[len(draft.options)], line.text, line, draft, starred=False)
    elif _OPTION.match(line.text):
        _add_options(line, draft)
    elif draft.options:
        draft.options[-1].text += f" {line.text}"
    else:
        draft.stem.append(line.text)


def _add_label(label: str, text: str, draft: _Draft) -> None:
    name = slug_of(label)
    if name in {"dap-an", "answer"}:
        draft.key = text
    elif name.startswith("phan-hoi"):
        for option in draft.options:
            if option.letter == label[-1].upper():
                option.feedback = text
    elif name == "muc-do":
        draft.level = _LEVEL_OF.get(slug_of(text), "")
    elif name == "goi-y":
        draft.hint = text
    elif name == "giai-thich":
        draft.explain = text
    else:
        draft.source = text


def _add_options(line: WordLine, draft: _Draft) -> None:
    """One or more options of one line: "A. một	B. hai"."""
    found = list(_OPTION.finditer(line.text))
    for option, following in zip(found, [*found[1:], None], strict=True):
        text = line.text[option.end() : following.start() if following else None].strip()
        starred = bool(option[1] or option[3]) or text.endswith("*")
        _add_option(option[2], text.removesuffix("*").strip(), line, draft, starred=starred)


def _add_option(letter: str, text: str, line: WordLine, draft: _Draft, *, starred: bool) -> None:
    draft.options.append(_Option(letter, text, starred, line.marked))


def _canonical(draft: _Draft, notes: ImportNotes) -> dict[str, Any]:
    if not draft.stem:
        raise QuestionNotUnderstood("thiếu nội dung câu hỏi")
    extras = {
        "level": draft.level,
        "source": draft.source,
        "hint": one_line(plain_to_markdown(draft.hint)),
        "explain": block_text(plain_to_markdown(draft.explain)),
    }
    stem = block_text("\n".join(plain_to_markdown(line) for line in draft.stem))
    answers = _choices(draft, notes) if draft.options else _written(draft)
    return {"stem": stem, **answers, **{name: value for name, value in extras.items() if value}}


def _choices(draft: _Draft, notes: ImportNotes) -> dict[str, Any]:
    letters = [option.letter for option in draft.options]
    if len(set(letters)) < len(letters):
        raise QuestionNotUnderstood(f"chữ cái phương án bị lặp: {', '.join(letters)}")
    keys = _keys(draft, notes)
    options = []
    for option in draft.options:
        told = one_line(plain_to_markdown(option.feedback))
        written = {"text": one_line(plain_to_markdown(option.text)), "correct": option.letter in keys}
        options.append({**written, **({"feedback": told} if told else {})})
    if {slug_of(option.text) for option in draft.options} == {"dung", "sai"}:
        return {"type": "truefalse", "options": options}
    kind: dict[str, Any] = {"type": "single"} if len(keys) == 1 else {"type": "multiple", "partial": True}
    return {**kind, "options": options}


def _keys(draft: _Draft, notes: ImportNotes) -> set[str]:
    letters = {option.letter for option in draft.options}
    keys = set(_KEYS.findall(draft.key.upper()))
    if not keys and draft.key:
        keys = {option.letter for option in draft.options if slug_of(option.text) == slug_of(draft.key)}
    keys = keys or {option.letter for option in draft.options if option.starred}
    if not keys:
        marked = {option.letter for option in draft.options if option.marked}
        keys = marked if len(marked) == 1 else set()
        if keys:
            message = (
                f"câu {draft.number}: lấy phương án {min(keys)} in đậm, gạch chân hoặc tô màu làm đáp án"
            )
            notes.warn(draft.line, "I012", message)
    if not keys or keys - letters:
        raise QuestionNotUnderstood("không tìm thấy đáp án: ghi “Đáp án: B” hoặc đánh dấu * ở phương án đúng")
    return keys


def _written(draft: _Draft) -> dict[str, Any]:
    if not draft.key:
        raise QuestionNotUnderstood("không có phương án, cũng không có dòng “Đáp án: …”")
    answers = [one_line(part) for part in draft.key.split("|") if part.strip()]
    if all(_NUMBER.match(answer) for answer in answers):
        return {"type": "numeric", "answers": answers, "tolerance": 0}
    return {"type": "short", "answers": answers}
